// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IAttestationLightClient} from "../../abi/IAttestationLightClient.sol";
import {IAttestationGate} from "./IAttestationGate.sol";

/// @title A board on which attested devices post results
/// @dev Keeps no list of admitted devices: whoever was admitted once is proven again with every call.
contract AttestationGate is IAttestationGate {
    uint256 private constant MAX_SCORE = 100;

    /// @inheritdoc IAttestationGate
    IAttestationLightClient public immutable client;
    /// @inheritdoc IAttestationGate
    uint256 public immutable minimumScore;
    /// @inheritdoc IAttestationGate
    uint256 public immutable maximumAge;

    /// @inheritdoc IAttestationGate
    mapping(bytes32 task => mapping(bytes32 deviceId => bytes32 result)) public resultOf;

    constructor(IAttestationLightClient client_, uint256 minimumScore_, uint256 maximumAge_) {
        require(address(client_).code.length > 0, NotAClient(address(client_)));
        require(minimumScore_ <= MAX_SCORE, InvalidMinimumScore(minimumScore_, MAX_SCORE));
        require(maximumAge_ > 0, ZeroMaximumAge());
        (client, minimumScore, maximumAge) = (client_, minimumScore_, maximumAge_);
    }

    /// @inheritdoc IAttestationGate
    function postResult(
        bytes32 task,
        bytes32 result,
        bytes32 deviceId,
        IAttestationLightClient.DeviceStatus calldata status,
        bytes32[] calldata merkleProof
    ) external {
        require(result != bytes32(0), ZeroResult());
        require(resultOf[task][deviceId] == bytes32(0), AlreadyPosted(task, deviceId));
        requireAttested(msg.sender, deviceId, status, merkleProof);
        resultOf[task][deviceId] = result;
        emit ResultPosted(task, deviceId, msg.sender, result);
    }

    /// @inheritdoc IAttestationGate
    function requireAttested(
        address operator,
        bytes32 deviceId,
        IAttestationLightClient.DeviceStatus calldata status,
        bytes32[] calldata merkleProof
    ) public view {
        require(operator == status.operator, NotTheOperator(operator, status.operator));
        require(status.attested, NotAttested(deviceId));
        require(status.trustScore >= minimumScore, ScoreTooLow(status.trustScore, minimumScore));
        require(status.lastSeen <= block.timestamp, AttestationFromTheFuture(status.lastSeen, block.timestamp));
        uint256 oldest = Math.saturatingSub(block.timestamp, maximumAge);
        require(status.lastSeen >= oldest, AttestationTooOld(status.lastSeen, oldest));
        // So far the caller's own words; the root makes them true.
        require(client.verifyDeviceProof(deviceId, status, merkleProof), NotProven(deviceId));
    }
}
