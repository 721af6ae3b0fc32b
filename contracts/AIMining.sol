// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// @title Typed calls of the AI mining precompile
/// @notice What the precompile reverts with (see `IAIMining` and `IPrecompile`) is passed on as it is. On a chain that
/// lacks the precompile every function reverts with `PrecompileMissing`.
library AIMining {
    /// @notice Where the precompile is, by default.
    address internal constant PRECOMPILE = address(0x0300);

    /// @notice The parameter sets of FIPS 204.
    bytes1 internal constant ML_DSA_44 = 0x44;
    bytes1 internal constant ML_DSA_65 = 0x65;
    bytes1 internal constant ML_DSA_87 = 0x87;

    /// @notice What a provider claims to have done. Its ML-DSA signature covers `encode` of it.
    struct WorkProof {
        bytes32 deviceId;
        bytes32 nonce;
        uint64 timestamp;
        uint16 privacyLevel;
        uint32 computeMinutes;
        bytes evidence;
    }

    /// @notice Nothing answered at the precompile's address.
    error PrecompileMissing();

    /// @notice The bytes of a work proof: 78, and the evidence.
    function encode(WorkProof memory proof) internal pure returns (bytes memory) {
        return abi.encodePacked(
            proof.deviceId, proof.nonce, proof.timestamp, proof.privacyLevel, proof.computeMinutes, proof.evidence
        );
    }

    /// @notice Whether the signature over the message is good: pure ML-DSA, empty context. 3,000 gas.
    function verifyMLDSA(bytes1 parameterSet, bytes memory publicKey, bytes memory signature, bytes memory message)
        internal
        view
        returns (bool)
    {
        return abi.decode(_read(abi.encodePacked(hex"01", parameterSet, publicKey, signature, message), 32), (bool));
    }

    /// @notice The reward for the work in wei. 1,000 gas.
    function calculateReward(bytes memory workProof) internal view returns (uint256) {
        return abi.decode(_read(abi.encodePacked(hex"02", workProof), 32), (uint256));
    }

    /// @notice Whether the evidence is genuine, accepted, and bound to the nonce; and how far it is trusted, 0 to 100.
    /// 5,000 gas.
    function verifyTEE(bytes memory evidence, bytes32 nonce) internal view returns (bool verified, uint8 trustScore) {
        return abi.decode(_read(abi.encodePacked(hex"03", evidence, nonce), 64), (bool, uint8));
    }

    /// @notice Whether the work was spent. 100 gas.
    function isSpent(bytes32 workId) internal view returns (bool) {
        return abi.decode(_read(abi.encodePacked(hex"04", workId), 32), (bool));
    }

    /// @notice The id of the work: BLAKE3 of the first 78 bytes. 50 gas.
    function computeWorkId(bytes memory workProof) internal view returns (bytes32) {
        return abi.decode(_read(abi.encodePacked(hex"05", workProof), 32), (bytes32));
    }

    /// @notice Spends the work, once. The calling contract must be authorised. 5,000 gas.
    function markSpent(bytes32 workId) internal {
        _write(abi.encodePacked(hex"06", workId));
    }

    /// @notice Lets a contract spend work, or no longer. The caller must be governance. 25,000 gas.
    function setAuthorized(address account, bool authorized) internal {
        _write(abi.encodePacked(hex"07", account, authorized));
    }

    /// @notice Whether the contract may spend work. 100 gas.
    function isAuthorized(address account) internal view returns (bool) {
        return abi.decode(_read(abi.encodePacked(hex"08", account), 32), (bool));
    }

    function _read(bytes memory input, uint256 expected) private view returns (bytes memory) {
        (bool ok, bytes memory output) = PRECOMPILE.staticcall(input);
        if (!ok) _revert(output);
        if (output.length != expected) revert PrecompileMissing();
        return output;
    }

    /// @dev A write returns nothing, and so does an account without code: the code tells them apart.
    function _write(bytes memory input) private {
        if (PRECOMPILE.code.length == 0) revert PrecompileMissing();
        (bool ok, bytes memory output) = PRECOMPILE.call(input);
        if (!ok) _revert(output);
    }

    function _revert(bytes memory output) private pure {
        if (output.length == 0) revert PrecompileMissing();
        assembly ("memory-safe") {
            revert(add(output, 0x20), mload(output))
        }
    }
}
