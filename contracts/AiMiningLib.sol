// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {IAIMining} from "../abi/IAIMining.sol";
import {PrecompileCall} from "./PrecompileCall.sol";

/// @title Typed calls of the AI mining precompile, at 0x0300
/// @notice What the precompile reverts with (`IAIMining`, `IPrecompile`) is passed on as it is. On a chain that lacks the
/// precompile every function reverts with `PrecompileAbsent`, and one that is left too little gas with `InsufficientGas`
/// (`PrecompileCall`): a missing answer is never taken for one.
library AiMiningLib {
    /// @notice Where the precompile is, by default.
    address internal constant PRECOMPILE = address(0x0300);

    /// @notice The parameter sets of FIPS 204.
    bytes1 internal constant ML_DSA_44 = 0x44;
    bytes1 internal constant ML_DSA_65 = 0x65;
    bytes1 internal constant ML_DSA_87 = 0x87;

    /// @notice The bytes of a work proof before its evidence. They make the work id.
    uint256 internal constant HEADER_LENGTH = 78;

    /// @notice What a provider claims to have done.
    struct WorkProof {
        /// As in the attestation registry, for levels 3 and 4.
        bytes32 deviceId;
        bytes32 nonce;
        /// When the work ended, in Unix seconds.
        uint64 timestamp;
        /// 1 Public, 2 Private, 3 Confidential, 4 Sovereign.
        uint16 privacyLevel;
        uint32 computeMinutes;
        /// Empty, or the vendor byte and evidence. Not in the work id.
        bytes evidence;
    }

    /// @notice The public key or the signature does not have the length that its parameter set has.
    error WrongLength(uint256 length, uint256 expected);

    /// @notice A work proof has at least 78 bytes.
    error WorkProofTooShort(uint256 length);

    /// @notice The bytes of a work proof: 78, and the evidence.
    function encode(WorkProof memory proof) internal pure returns (bytes memory) {
        return abi.encodePacked(
            proof.deviceId, proof.nonce, proof.timestamp, proof.privacyLevel, proof.computeMinutes, proof.evidence
        );
    }

    /// @notice What the bytes of a work proof say.
    function decode(bytes calldata workProof) internal pure returns (WorkProof memory proof) {
        if (workProof.length < HEADER_LENGTH) revert WorkProofTooShort(workProof.length);
        proof.deviceId = bytes32(workProof[:32]);
        proof.nonce = bytes32(workProof[32:64]);
        proof.timestamp = uint64(bytes8(workProof[64:72]));
        proof.privacyLevel = uint16(bytes2(workProof[72:74]));
        proof.computeMinutes = uint32(bytes4(workProof[74:78]));
        proof.evidence = workProof[78:];
    }

    /// @notice Whether the signature over the message is good: pure ML-DSA, empty context. 3,000 gas.
    /// @dev The precompile takes key, signature and message as one piece. With other lengths than theirs, what was signed
    /// elsewhere could be cut into a signature and another message: so that reverts.
    function verifyMLDSA(bytes1 parameterSet, bytes memory publicKey, bytes memory signature, bytes memory message)
        internal
        view
        returns (bool)
    {
        (uint256 keyLength, uint256 signatureLength) = lengths(parameterSet);
        if (publicKey.length != keyLength) revert WrongLength(publicKey.length, keyLength);
        if (signature.length != signatureLength) revert WrongLength(signature.length, signatureLength);
        return _bool(_read(abi.encodePacked(hex"01", parameterSet, publicKey, signature, message), 3_000));
    }

    /// @notice The lengths of public keys and signatures: FIPS 204, table 2. Another set is refused as by the precompile.
    function lengths(bytes1 parameterSet) internal pure returns (uint256 publicKey, uint256 signature) {
        if (parameterSet == ML_DSA_44) return (1_312, 2_420);
        if (parameterSet == ML_DSA_65) return (1_952, 3_309);
        if (parameterSet == ML_DSA_87) return (2_592, 4_627);
        revert IAIMining.UnknownParameterSet(uint8(parameterSet));
    }

    /// @notice The reward for the work in wei. 1,000 gas.
    function calculateReward(bytes memory workProof) internal view returns (uint256) {
        return uint256(_word(_read(abi.encodePacked(hex"02", workProof), 1_000)));
    }

    /// @notice Whether the evidence is genuine, accepted, and bound to the nonce; and how far it is trusted, 0 to 100.
    /// 5,000 gas.
    function verifyTEE(bytes memory evidence, bytes32 nonce) internal view returns (bool verified, uint8 trustScore) {
        bytes memory answer = _read(abi.encodePacked(hex"03", evidence, nonce), 5_000);
        if (answer.length != 64) revert PrecompileCall.UnexpectedAnswer(answer);
        (uint256 first, uint256 second) = abi.decode(answer, (uint256, uint256));
        if (first > 1 || second > 100) revert PrecompileCall.UnexpectedAnswer(answer);
        // forge-lint: disable-next-line(unsafe-typecast)
        return (first == 1, uint8(second)); // at most 100
    }

    /// @notice Whether the work was spent. 100 gas.
    function isSpent(bytes32 workId) internal view returns (bool) {
        return _bool(_read(abi.encodePacked(hex"04", workId), 100));
    }

    /// @notice The id of the work: BLAKE3 of the first 78 bytes. 50 gas.
    function computeWorkId(bytes memory workProof) internal view returns (bytes32) {
        return _word(_read(abi.encodePacked(hex"05", workProof), 50));
    }

    /// @notice Spends the work, once. The calling contract must be authorised. 5,000 gas.
    function markSpent(bytes32 workId) internal {
        _write(abi.encodePacked(hex"06", workId), 5_000);
    }

    /// @notice Lets a contract spend work, or no longer. The caller must be governance. 25,000 gas.
    function setAuthorized(address account, bool authorized) internal {
        _write(abi.encodePacked(hex"07", account, authorized), 25_000);
    }

    /// @notice Whether the contract may spend work. 100 gas.
    function isAuthorized(address account) internal view returns (bool) {
        return _bool(_read(abi.encodePacked(hex"08", account), 100));
    }

    function _read(bytes memory input, uint256 price) private view returns (bytes memory) {
        return PrecompileCall.read(PRECOMPILE, input, price);
    }

    function _write(bytes memory input, uint256 price) private {
        bytes memory answer = PrecompileCall.write(PRECOMPILE, input, price);
        if (answer.length != 0) revert PrecompileCall.UnexpectedAnswer(answer);
    }

    function _word(bytes memory answer) private pure returns (bytes32) {
        if (answer.length != 32) revert PrecompileCall.UnexpectedAnswer(answer);
        // forge-lint: disable-next-line(unsafe-typecast)
        return bytes32(answer); // all of it
    }

    function _bool(bytes memory answer) private pure returns (bool) {
        uint256 word = uint256(_word(answer));
        if (word > 1) revert PrecompileCall.UnexpectedAnswer(answer);
        return word == 1;
    }
}
