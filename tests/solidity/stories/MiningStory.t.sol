// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAIMining} from "aivm/abi/IAIMining.sol";
import {IAttestationRegistry} from "aivm/abi/IAttestationRegistry.sol";
import {AiMiningLib} from "aivm/contracts/AiMiningLib.sol";
import {AICoin} from "aivm/contracts/mining/AICoin.sol";
import {IMiningRewards} from "aivm/contracts/mining/IMiningRewards.sol";
import {MiningRewards} from "aivm/contracts/mining/MiningRewards.sol";
import {Motion} from "../governance/GovernanceBase.sol";
import {ChainBase} from "./ChainBase.sol";

/// @notice A miner's ML-DSA signed proof of level 3 is paid exactly once.
contract MiningStoryTest is ChainBase {
    uint64 private constant MINER = 11;

    AICoin private coin;
    MiningRewards private rewards;
    bytes32 private device;

    function setUp() public {
        startChain();
        trustSimulatorByVote();
        coin = new AICoin(address(governance));
        rewards = new MiningRewards(coin, address(governance));
        Motion memory motion_ = motion(address(coin), abi.encodeCall(AICoin.setMinter, (address(rewards), true)));
        motion_ = and(motion_, aiMining, abi.encodePacked(hex"07", address(rewards), true));
        enact(motion_);
        Claim memory claim = claimOf(IAttestationRegistry.TEEVendor.TDX, 1, operator, 1);
        claim.attestedKey = keccak256(simulatedKey(MINER));
        device = attestByFacade(claim);
    }

    function test_AMinersSignedProofIsPaidExactlyOnce() public {
        skip(30 minutes);
        (bytes memory proof, bytes memory key, bytes memory signature) = _work(30);
        uint256 score = registry.getDeviceStatus(device).trustScore;
        uint256 expected = 30 * 1e18 * score / 100;

        // Whoever submits it, the device's operator is paid.
        vm.prank(stranger);
        assertEq(rewards.claim(proof, AiMiningLib.ML_DSA_65, key, signature), expected);
        assertEq(coin.balanceOf(operator), expected);
        assertEq(coin.balanceOf(stranger), 0);
        assertEq(coin.totalSupply(), expected);

        // Again, by anyone, at any time: never.
        bytes32 workId = AiMiningLib.computeWorkId(proof);
        assertTrue(AiMiningLib.isSpent(workId));
        for (uint256 i; i < 3; i++) {
            vm.expectRevert(abi.encodeWithSelector(IAIMining.WorkAlreadySpent.selector, workId));
            rewards.claim(proof, AiMiningLib.ML_DSA_65, key, signature);
            skip(1 hours);
        }
        assertEq(coin.totalSupply(), expected);
    }

    function test_AnotherContractCannotPayItAgain() public {
        skip(30 minutes);
        (bytes memory proof, bytes memory key, bytes memory signature) = _work(30);
        rewards.claim(proof, AiMiningLib.ML_DSA_65, key, signature);

        MiningRewards second = new MiningRewards(coin, address(governance));
        Motion memory motion_ = motion(address(coin), abi.encodeCall(AICoin.setMinter, (address(second), true)));
        motion_.description = "A second contract";
        enact(and(motion_, aiMining, abi.encodePacked(hex"07", address(second), true)));
        bytes memory message = second.claimMessage(proof);
        bytes memory again = simulatedSignature(MINER, message);
        vm.expectRevert(abi.encodeWithSelector(IAIMining.WorkAlreadySpent.selector, AiMiningLib.computeWorkId(proof)));
        second.claim(proof, AiMiningLib.ML_DSA_65, key, again);
    }

    function test_NothingIsPaidBeforeValidatorsAllowIt() public {
        MiningRewards other = new MiningRewards(coin, address(governance));
        skip(30 minutes);
        (bytes memory proof, bytes memory key,) = _work(30);
        bytes memory signature = simulatedSignature(MINER, other.claimMessage(proof));
        vm.expectPartialRevert(bytes4(keccak256("Unauthorized(address)")));
        other.claim(proof, AiMiningLib.ML_DSA_65, key, signature);
        assertEq(coin.totalSupply(), 0);
    }

    function test_ADeviceThatLapsedIsNotPaid() public {
        skip(registry.validity() + 1);
        (bytes memory proof, bytes memory key, bytes memory signature) = _work(30);
        vm.expectRevert(abi.encodeWithSelector(IAIMining.DeviceNotAttested.selector, device));
        rewards.claim(proof, AiMiningLib.ML_DSA_65, key, signature);
    }

    function test_AnotherKeyThanTheDevicesIsNotPaid() public {
        skip(30 minutes);
        (bytes memory proof,,) = _work(30);
        bytes memory key = simulatedKey(MINER + 1);
        bytes memory signature = simulatedSignature(MINER + 1, rewards.claimMessage(proof));
        vm.expectRevert(
            abi.encodeWithSelector(IMiningRewards.WrongKey.selector, keccak256(key), keccak256(simulatedKey(MINER)))
        );
        rewards.claim(proof, AiMiningLib.ML_DSA_65, key, signature);
    }

    /// @dev Work of level 3 that ends now, signed by the key that the device attested.
    function _work(uint32 computeMinutes)
        private
        returns (bytes memory proof, bytes memory key, bytes memory signature)
    {
        proof = AiMiningLib.encode(
            AiMiningLib.WorkProof({
                deviceId: device,
                nonce: keccak256(abi.encode("work", block.timestamp)),
                timestamp: uint64(block.timestamp),
                privacyLevel: 3,
                computeMinutes: computeMinutes,
                evidence: ""
            })
        );
        key = simulatedKey(MINER);
        signature = simulatedSignature(MINER, rewards.claimMessage(proof));
    }
}
