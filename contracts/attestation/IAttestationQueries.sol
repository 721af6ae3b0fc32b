// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationChain} from "./IAttestationChain.sol";

/// @title What contracts ask of the attestation registry most
interface IAttestationQueries {
    /// @notice The device is not attested now, or never was.
    error DeviceNotAttested(bytes32 deviceId);

    /// @notice The device is attested, but trusted less than is asked for.
    error TrustScoreTooLow(bytes32 deviceId, uint8 score, uint8 minimum);

    /// @notice The same as `getDeviceStatus`: LP-80 has both names.
    function getStatus(bytes32 deviceId) external view returns (IAttestationChain.DeviceStatus memory);

    /// @notice The status of a device that is attested now, and trusted at least so far. Reverts for any other.
    /// @dev It may have been attested by anyone: compare `operator`. `lastSeen` is when its last proof was submitted.
    function requireAttested(bytes32 deviceId, uint8 minScore)
        external
        view
        returns (IAttestationChain.DeviceStatus memory);

    /// @notice Whether this is the public key that lives in the enclave of a device that is attested now. False also for
    /// a device that named no key.
    function isAttestedKey(bytes32 deviceId, bytes calldata publicKey) external view returns (bool);

    /// @notice The one address that governs the registry.
    function governance() external view returns (address);
}
