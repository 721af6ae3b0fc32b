// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// @title Merkle proofs of the attestation registry, at 0x0AAB
/// @notice Two kinds of tree, both lean incremental Merkle trees: an odd node moves up unchanged, and a node is
/// `keccak256(min(a, b) ‖ max(a, b))`, so that proofs need no index and OpenZeppelin's `MerkleProof.verify` checks them.
/// Input must be the canonical ABI encoding.
interface IAttestationProofs {
    /// @notice Whose hardware signed the evidence; as in IAttestationRegistry.
    enum TEEVendor {
        None,
        SGX,
        SEVSNP,
        TDX,
        NVIDIA,
        ARMCCA
    }

    /// @notice What the registry tree says of a device; as in IAttestationRegistry.
    struct DeviceStatus {
        bool attested;
        uint8 trustScore;
        uint256 lastSeen;
        address operator;
        TEEVendor vendor;
    }

    /// @notice The device never attested.
    error UnknownDevice(bytes32 deviceId);

    /// @notice The block has `count` attestations, and none with this index.
    error UnknownAttestation(uint256 blockNumber, uint256 index, uint256 count);

    /// @notice The proof of a device's leaf under `registryRoot()`: `keccak256(keccak256(abi.encode(deviceId, status)))`
    /// with the status that `provenStatus` gives.
    /// @return proof The siblings from the leaf up; at most ⌈log2 n⌉ of n devices.
    function getMerkleProof(bytes32 deviceId) external view returns (bytes32[] memory proof);

    /// @notice The status in the device's leaf: what held when it last attested or was refreshed, released or revoked.
    /// `refresh` of the registry brings it up to date.
    function provenStatus(bytes32 deviceId) external view returns (DeviceStatus memory status);

    /// @notice The root of the registry tree, zero without devices.
    function registryRoot() external view returns (bytes32);

    /// @notice The root of a block's attestation tree, zero for a block without attestations. It grows until the block
    /// ends.
    function attestationRoot(uint256 blockNumber) external view returns (bytes32);

    /// @notice How many attestations a block has.
    function attestationCount(uint256 blockNumber) external view returns (uint256);

    /// @notice The proof of a block's attestation under its root. Its leaf is `keccak256(keccak256(attestationHash ‖
    /// operator))`, 52 bytes, with `attestationHash = keccak256(abi.encode(proof))` of the ProofOfExecution.
    /// @dev A relayer can change signatures inside a proof without breaking them, and so this hash: take it from the call
    /// that succeeded.
    function getAttestationProof(uint256 blockNumber, uint256 index) external view returns (bytes32[] memory proof);
}
