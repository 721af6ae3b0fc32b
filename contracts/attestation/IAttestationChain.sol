// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @title The attestation chain, as LP-80 declares it
/// @notice Selectors and encodings are those of the registry at 0x0AAA, where the fields are described
/// (`abi/IAttestationRegistry.sol`).
interface IAttestationChain {
    /// @notice Whose hardware signed the evidence.
    enum TEEVendor {
        None,
        SGX,
        SEVSNP,
        TDX,
        NVIDIA,
        ARMCCA
    }

    /// @notice What a device proves: the job it ran, and evidence that it is genuine.
    struct ProofOfExecution {
        bytes32 deviceId;
        bytes cpuQuote;
        bytes gpuQuote;
        uint256 nonce;
        bytes32 jobHash;
        bytes32 outputHash;
    }

    /// @notice What is known of a device; all zero for one that never attested.
    struct DeviceStatus {
        bool attested;
        uint8 trustScore;
        uint256 lastSeen;
        address operator;
        TEEVendor vendor;
    }

    /// @notice Verifies a proof and registers its device, or renews it; the caller becomes the operator.
    /// @return true; whatever does not hold reverts
    function verifyAttestation(ProofOfExecution calldata proof) external returns (bool);

    /// @notice What is known of the device now.
    function getDeviceStatus(bytes32 deviceId) external view returns (DeviceStatus memory);

    /// @notice Replaces the vendor's roots. Governance only.
    function updateRootCA(TEEVendor vendor, bytes calldata newRootCA) external;
}
