// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {AIMining} from "../AIMining.sol";

/// @title Every function of `AIMining`, callable from outside, for tests
contract AIMiningCaller {
    function encode(AIMining.WorkProof calldata proof) external pure returns (bytes memory) {
        return AIMining.encode(proof);
    }

    function verifyMLDSA(bytes1 set, bytes calldata publicKey, bytes calldata signature, bytes calldata message)
        external
        view
        returns (bool)
    {
        return AIMining.verifyMLDSA(set, publicKey, signature, message);
    }

    function calculateReward(bytes calldata workProof) external view returns (uint256) {
        return AIMining.calculateReward(workProof);
    }

    function verifyTEE(bytes calldata evidence, bytes32 nonce) external view returns (bool verified, uint8 trustScore) {
        return AIMining.verifyTEE(evidence, nonce);
    }

    function isSpent(bytes32 workId) external view returns (bool) {
        return AIMining.isSpent(workId);
    }

    function computeWorkId(bytes calldata workProof) external view returns (bytes32) {
        return AIMining.computeWorkId(workProof);
    }

    function markSpent(bytes32 workId) external {
        AIMining.markSpent(workId);
    }

    function setAuthorized(address account, bool authorized) external {
        AIMining.setAuthorized(account, authorized);
    }

    function isAuthorized(address account) external view returns (bool) {
        return AIMining.isAuthorized(account);
    }
}
