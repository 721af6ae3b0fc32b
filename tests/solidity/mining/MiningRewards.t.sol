// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IAIMining} from "aivm/abi/IAIMining.sol";
import {IAttestationRegistry} from "aivm/abi/IAttestationRegistry.sol";
import {IPrecompile} from "aivm/abi/IPrecompile.sol";
import {AiMiningLib} from "aivm/contracts/AiMiningLib.sol";
import {IAICoin} from "aivm/contracts/mining/IAICoin.sol";
import {IMiningRewards} from "aivm/contracts/mining/IMiningRewards.sol";
import {MiningBase} from "./MiningBase.sol";

contract MiningRewardsTest is MiningBase {
    function test_Claim_PaysTheOperatorOnce() public {
        Signed memory signed = level3(60);
        bytes32 workId = idOf(signed);
        uint256 reward = rewardOf(3, 60, trustOf(device));
        assertGt(reward, 0);

        vm.expectEmit(address(rewards));
        emit IMiningRewards.Claimed(workId, device, operator, 3, 60, reward);
        vm.expectEmit(aiMining);
        emit IAIMining.WorkSpent(workId, address(rewards));
        assertEq(submit(signed), reward);

        assertEq(coin.balanceOf(operator), reward);
        assertEq(coin.totalSupply(), reward);
        assertTrue(AiMiningLib.isSpent(workId));
        assertEq(rewards.lastClaim(device), NOW);

        vm.expectRevert(abi.encodeWithSelector(IAIMining.WorkAlreadySpent.selector, workId));
        submit(signed);
        vm.warp(NOW + 1 hours);
        vm.expectRevert(abi.encodeWithSelector(IAIMining.WorkAlreadySpent.selector, workId));
        submit(signed);
        assertEq(coin.totalSupply(), reward);
    }

    function test_Claim_ScalesWithTheTrustScore() public {
        (bytes32 measurement,) = registry.getDeviceMeasurements(device);
        assertEq(trustOf(device), 70, "unknown software");
        assertEq(submit(level3(60)), 42e18);

        registry.setMeasurement(measurement, IAttestationRegistry.MeasurementState.Allowed);
        attest(tdx(1, 2));
        assertEq(trustOf(device), 100);
        vm.warp(NOW + 1 hours);
        assertEq(submit(level3(60)), 60e18);
    }

    function test_Claim_Level4PaysAHybridDevice() public {
        bytes32 hybrid = attestHybrid(2, 7);
        Signed memory signed = signedBy(MINER, workOf(hybrid, 4, 60));
        assertEq(submit(signed), rewardOf(4, 60, trustOf(hybrid)));
        assertEq(coin.balanceOf(operator), rewardOf(4, 60, trustOf(hybrid)));
    }

    function test_Claim_TakesEveryParameterSet() public {
        uint256 total;
        for (uint32 i; i < 2; i++) {
            (bytes1 set, string memory name) = i == 0 ? (AiMiningLib.ML_DSA_44, "44") : (AiMiningLib.ML_DSA_87, "87");
            Claim memory claim = tdx(10 + i, 1);
            bytes memory publicKey = _simulate("key", name, "");
            claim.attestedKey = keccak256(publicKey);
            Signed memory signed;
            signed.workProof = AiMiningLib.encode(workOf(attest(claim), 3, 10));
            (signed.parameterSet, signed.publicKey) = (set, publicKey);
            signed.signature = _simulate(
                "sign", name, string.concat("--message=", vm.toString(rewards.claimMessage(signed.workProof)))
            );
            total += submit(signed);
        }
        assertEq(total, 14e18);
    }

    function test_ClaimMessage_Layout() public view {
        AiMiningLib.WorkProof memory work =
            AiMiningLib.WorkProof(keccak256("device"), keccak256("nonce"), 1_766_708_400, 3, 60, "");
        bytes memory workProof = AiMiningLib.encode(work);
        bytes memory message = rewards.claimMessage(workProof);
        assertEq(message.length, 151);
        assertEq(
            message, bytes.concat("aivm.MiningRewards.v1", bytes32(block.chainid), bytes20(address(rewards)), workProof)
        );
    }

    function test_Claim_WindowEndsAnHourAgo() public {
        Signed memory tooOld = ending(NOW - 3_601);
        vm.expectRevert(
            abi.encodeWithSelector(IMiningRewards.OutsideWindow.selector, NOW - 3_601, NOW - 3_600, NOW + 60)
        );
        submit(tooOld);

        uint256 snapshot = vm.snapshotState();
        assertGt(submit(ending(NOW - 3_600)), 0, "at the end");
        vm.revertToState(snapshot);
        assertGt(submit(ending(NOW - 3_599)), 0, "inside");
    }

    function test_Claim_WindowEndsAMinuteAhead() public {
        Signed memory tooEarly = ending(NOW + 61);
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.OutsideWindow.selector, NOW + 61, NOW - 3_600, NOW + 60));
        submit(tooEarly);

        uint256 snapshot = vm.snapshotState();
        assertGt(submit(ending(NOW + 60)), 0, "at the end");
        vm.revertToState(snapshot);
        assertGt(submit(ending(NOW + 59)), 0, "inside");
    }

    function test_Claim_OnAYoungChain() public {
        vm.warp(100); // less than the look-back
        Signed memory signed = ending(161);
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.OutsideWindow.selector, 161, 0, 160));
        submit(signed);
    }

    function test_RevertWhen_TimestampIsTheGreatest() public {
        Signed memory signed = ending(type(uint64).max);
        vm.expectRevert(
            abi.encodeWithSelector(IMiningRewards.OutsideWindow.selector, type(uint64).max, NOW - 3_600, NOW + 60)
        );
        submit(signed);
    }

    function test_Claim_FirstCoversAnHour() public {
        assertEq(rewards.availableMinutes(device), 60);
        Signed memory tooMany = level3(61);
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.TooManyMinutes.selector, 61, 60));
        submit(tooMany);
        assertGt(submit(level3(60)), 0);
    }

    function test_Claim_CoversWhatPassedSinceTheLast() public {
        submit(level3(1));
        assertEq(rewards.availableMinutes(device), 0);

        vm.warp(NOW + 600 - 1);
        Signed memory ten = level3(10);
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.TooManyMinutes.selector, 10, 9));
        submit(ten);

        vm.warp(NOW + 600);
        Signed memory eleven = level3(11);
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.TooManyMinutes.selector, 11, 10));
        submit(eleven);
        assertGt(submit(ten), 0);
        assertEq(rewards.lastClaim(device), NOW + 600);
    }

    function test_Claim_MayCoverMoreThanAnHourOnceItPassed() public {
        submit(level3(1));
        vm.warp(NOW + 5 hours);
        assertEq(submit(level3(300)), rewardOf(3, 300, 70));
    }

    function test_RevertWhen_NoMinutes() public {
        Signed memory signed = level3(0);
        vm.expectRevert(IMiningRewards.NoMinutes.selector);
        submit(signed);
    }

    function test_RevertWhen_ProofIsNotOfTheHeaderAlone() public {
        Signed memory signed = level3(1);
        bytes memory whole = signed.workProof;
        signed.workProof = bytes.concat(whole, hex"01");
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.WorkProofLength.selector, 79));
        submit(signed);
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.WorkProofLength.selector, 79));
        rewards.claimMessage(signed.workProof);
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.WorkProofLength.selector, 79));
        rewards.voucherDigest(signed.workProof, bytes32(0), address(0));

        signed.workProof = new bytes(77);
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.WorkProofLength.selector, 77));
        submit(signed);
    }

    function test_RevertWhen_LevelIsNotAttested() public {
        uint16[5] memory levels = [0, 1, 2, 5, type(uint16).max];
        for (uint256 i; i < levels.length; i++) {
            Signed memory signed = signedBy(MINER, workOf(device, levels[i], 1));
            vm.expectRevert(abi.encodeWithSelector(IMiningRewards.LevelNotTaken.selector, levels[i]));
            submit(signed);
        }
    }

    function test_RevertWhen_RewardIsZero() public {
        Signed memory signed = level3(1);
        vm.mockCall(aiMining, bytes.concat(hex"02", signed.workProof), abi.encode(0));
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.NoReward.selector, idOf(signed)));
        submit(signed);
        assertNothingPaid(signed, device);
    }

    function test_RevertWhen_ContractIsNotAuthorised() public {
        AiMiningLib.setAuthorized(address(rewards), false);
        Signed memory signed = level3(60);
        vm.expectRevert(abi.encodeWithSelector(IPrecompile.Unauthorized.selector, address(rewards)));
        submit(signed);
        assertNothingPaid(signed, device);
    }

    function test_RevertWhen_ContractIsNoMinter() public {
        coin.setMinter(address(rewards), false);
        Signed memory signed = level3(60);
        vm.expectRevert(abi.encodeWithSelector(IAICoin.NotMinter.selector, address(rewards)));
        submit(signed);
        assertNothingPaid(signed, device);
    }

    function test_SetIssuer_IsGovernancesAlone() public {
        vm.expectEmit(address(rewards));
        emit IMiningRewards.IssuerChanged(attacker, true);
        rewards.setIssuer(attacker, true);
        assertTrue(rewards.isIssuer(attacker));
        rewards.setIssuer(attacker, false);
        assertFalse(rewards.isIssuer(attacker));

        vm.prank(attacker);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, attacker));
        rewards.setIssuer(attacker, true);
    }

    function test_Governance_IsHandedOverInTwoSteps() public {
        rewards.transferOwnership(beneficiary);
        assertEq(rewards.owner(), address(this));
        vm.prank(beneficiary);
        rewards.acceptOwnership();
        assertEq(rewards.owner(), beneficiary);
    }

    function test_RevertWhen_GovernanceIsGivenUp() public {
        vm.expectRevert(IMiningRewards.GovernanceRequired.selector);
        rewards.renounceOwnership();
        assertEq(rewards.owner(), address(this));
    }

    function test_Constants() public view {
        assertEq(rewards.coin(), address(coin));
        assertEq(rewards.LOOK_BACK(), 3_600);
        assertEq(rewards.LOOK_AHEAD(), 60);
        assertEq(rewards.owner(), address(this));
    }

    /// @dev `aivm simulate key` and `sign` with a parameter set other than 65.
    function _simulate(string memory what, string memory set, string memory message) private returns (bytes memory) {
        string[] memory command = new string[](bytes(message).length == 0 ? 5 : 6);
        command[0] = vm.envOr("AIVM_BIN", string("target/release/aivm"));
        (command[1], command[2], command[3]) = ("simulate", what, string.concat("--set=", set));
        command[4] = "--seed=9";
        if (bytes(message).length != 0) command[5] = message;
        return vm.ffi(command);
    }
}
