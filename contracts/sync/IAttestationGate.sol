// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationLightClient} from "../../abi/IAttestationLightClient.sol";

/// @title A board on which attested devices post results
/// @notice An example of a contract on one chain that admits devices of another chain's registry. Every call proves the device
/// anew under the latest root, so a device that was banned there is shut out here as soon as its leaf is refreshed and
/// the root relayed. Until then, and if roots stop coming, `maximumAge` bounds how old an attestation is believed.
///
/// Mind: `lastSeen` is a time of the source chain. If its clock is ahead of this chain's, a fresh attestation is refused for
/// as long.
interface IAttestationGate {
    /// @notice A device's operator posted its result of a task.
    event ResultPosted(bytes32 indexed task, bytes32 indexed deviceId, address indexed operator, bytes32 result);

    /// @notice There is no code at the light client's address.
    error NotAClient(address account);

    /// @notice Scores are 0 to 100.
    error InvalidMinimumScore(uint256 score, uint256 maximum);

    /// @notice With an age of zero only attestations of this very second would be believed.
    error ZeroMaximumAge();

    /// @notice The device is another operator's.
    error NotTheOperator(address caller, address operator);

    /// @notice The registry says that the device is not attested.
    error NotAttested(bytes32 deviceId);

    /// @notice The device is trusted too little.
    error ScoreTooLow(uint256 score, uint256 minimum);

    /// @notice The device attested last before `oldest`.
    error AttestationTooOld(uint256 lastSeen, uint256 oldest);

    /// @notice The device attested later than now.
    error AttestationFromTheFuture(uint256 lastSeen, uint256 timestamp);

    /// @notice The latest root does not prove this status of the device.
    error NotProven(bytes32 deviceId);

    /// @notice A result of zero is none.
    error ZeroResult();

    /// @notice The device posted its result of the task before.
    error AlreadyPosted(bytes32 task, bytes32 deviceId);

    /// @notice Posts a device's result of a task, once. The device's operator only, with a proof under the client's latest
    /// root. The client's own errors (`Frozen`, `NoRoot`) are passed on.
    function postResult(
        bytes32 task,
        bytes32 result,
        bytes32 deviceId,
        IAttestationLightClient.DeviceStatus calldata status,
        bytes32[] calldata merkleProof
    ) external;

    /// @notice Reverts unless the operator's device is attested now, as `postResult` would.
    function requireAttested(
        address operator,
        bytes32 deviceId,
        IAttestationLightClient.DeviceStatus calldata status,
        bytes32[] calldata merkleProof
    ) external view;

    /// @notice A device's result of a task; zero for none.
    function resultOf(bytes32 task, bytes32 deviceId) external view returns (bytes32);

    /// @notice The light client that proves devices.
    function client() external view returns (IAttestationLightClient);

    /// @notice The least score that is admitted, 0 to 100.
    function minimumScore() external view returns (uint256);

    /// @notice How long ago a device may have attested last, in seconds.
    function maximumAge() external view returns (uint256);
}
