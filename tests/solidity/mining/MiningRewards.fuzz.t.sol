// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {AiMiningLib} from "aivm/contracts/AiMiningLib.sol";
import {IMiningRewards} from "aivm/contracts/mining/IMiningRewards.sol";
import {MiningBase} from "./MiningBase.sol";

/// @dev Claims against a model in Solidity: section 2 of the specification and the rules of `IMiningRewards`.
contract MiningRewardsFuzz is MiningBase {
    bytes32 private _hybrid;

    function setUp() public override {
        super.setUp();
        _hybrid = attestHybrid(2, 7);
    }

    /// forge-config: default.fuzz.runs = 32
    function testFuzz_Claim_PaysTheFormula(uint32 computeMinutes, bool sovereign) public {
        computeMinutes = uint32(bound(computeMinutes, 1, 60));
        bytes32 deviceId = sovereign ? _hybrid : device;
        uint16 level = sovereign ? 4 : 3;
        uint256 expected = rewardOf(level, computeMinutes, trustOf(deviceId));
        assertEq(submit(signedBy(MINER, workOf(deviceId, level, computeMinutes))), expected);
        assertEq(coin.balanceOf(operator), expected);
    }

    /// forge-config: default.fuzz.runs = 32
    function testFuzz_ClaimVouched_PaysTheFormula(uint32 computeMinutes, bool isPrivate, bytes32 deviceId) public {
        computeMinutes = uint32(bound(computeMinutes, 1, 60));
        uint16 level = isPrivate ? 2 : 1;
        Signed memory signed = signedBy(STRANGER, workOf(deviceId, level, computeMinutes));
        assertEq(submit(signed, vouch(signed, beneficiary)), rewardOf(level, computeMinutes, 100));
    }

    /// forge-config: default.fuzz.runs = 48
    function testFuzz_Claim_TimeAndMinutes(int256 age, uint256 passed, uint32 computeMinutes) public {
        assertGt(submit(level3(1)), 0);
        vm.warp(NOW + bound(passed, 0, 3 hours));
        uint256 available = (block.timestamp - NOW) / 60;
        computeMinutes = uint32(bound(computeMinutes, 1, available + 2));
        AiMiningLib.WorkProof memory work = workOf(device, 3, computeMinutes);
        age = bound(age, -90, 3_630);
        work.timestamp = SafeCast.toUint64(SafeCast.toUint256(SafeCast.toInt256(block.timestamp) - age));
        Signed memory signed = signedBy(MINER, work);
        if (age > 3_600 || age < -60) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IMiningRewards.OutsideWindow.selector, work.timestamp, block.timestamp - 3_600, block.timestamp + 60
                )
            );
        } else if (computeMinutes > available) {
            vm.expectRevert(abi.encodeWithSelector(IMiningRewards.TooManyMinutes.selector, computeMinutes, available));
        }
        submit(signed);
    }

    function testFuzz_VoucherDigest_TellsEveryFieldApart(
        AiMiningLib.WorkProof memory work,
        bytes32 keyHash,
        address payee,
        uint256 field
    ) public view {
        work.evidence = "";
        bytes32 digest = rewards.voucherDigest(AiMiningLib.encode(work), keyHash, payee);
        work.timestamp ^= 1;
        assertEq(rewards.voucherDigest(AiMiningLib.encode(work), keyHash, payee), digest, "has no time in it");
        field = bound(field, 0, 5);
        if (field == 0) work.deviceId ^= bytes32(uint256(1));
        if (field == 1) work.nonce ^= bytes32(uint256(1));
        if (field == 2) work.computeMinutes ^= 1;
        if (field == 3) work.privacyLevel ^= 1;
        if (field == 4) keyHash ^= bytes32(uint256(1));
        if (field == 5) payee = address(uint160(payee) ^ 1);
        assertNotEq(rewards.voucherDigest(AiMiningLib.encode(work), keyHash, payee), digest);
    }
}
