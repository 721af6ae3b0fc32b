// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {AiMiningLib} from "aivm/contracts/AiMiningLib.sol";

/// @title Every function of `AiMiningLib`, callable from outside, for tests
contract AiMiningLibCaller {
    function encode(AiMiningLib.WorkProof calldata proof) external pure returns (bytes memory) {
        return AiMiningLib.encode(proof);
    }

    function decode(bytes calldata workProof) external pure returns (AiMiningLib.WorkProof memory) {
        return AiMiningLib.decode(workProof);
    }

    function verifyMLDSA(bytes1 set, bytes calldata publicKey, bytes calldata signature, bytes calldata message)
        external
        view
        returns (bool)
    {
        return AiMiningLib.verifyMLDSA(set, publicKey, signature, message);
    }

    function calculateReward(bytes calldata workProof) external view returns (uint256) {
        return AiMiningLib.calculateReward(workProof);
    }

    function verifyTEE(bytes calldata evidence, bytes32 nonce) external view returns (bool verified, uint8 trustScore) {
        return AiMiningLib.verifyTEE(evidence, nonce);
    }

    function isSpent(bytes32 workId) external view returns (bool) {
        return AiMiningLib.isSpent(workId);
    }

    function computeWorkId(bytes calldata workProof) external view returns (bytes32) {
        return AiMiningLib.computeWorkId(workProof);
    }

    function markSpent(bytes32 workId) external {
        AiMiningLib.markSpent(workId);
    }

    function setAuthorized(address account, bool authorized) external {
        AiMiningLib.setAuthorized(account, authorized);
    }

    function isAuthorized(address account) external view returns (bool) {
        return AiMiningLib.isAuthorized(account);
    }
}
