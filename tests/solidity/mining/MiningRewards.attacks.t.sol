// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAIMining} from "aivm/abi/IAIMining.sol";
import {IAttestationRegistry} from "aivm/abi/IAttestationRegistry.sol";
import {AiMiningLib} from "aivm/contracts/AiMiningLib.sol";
import {IMiningRewards} from "aivm/contracts/mining/IMiningRewards.sol";
import {MiningRewards} from "aivm/contracts/mining/MiningRewards.sol";
import {MiningBase} from "./MiningBase.sol";

/// @dev Who tries to be paid what is not theirs, at levels 3 and 4.
contract MiningRewardsAttacks is MiningBase {
    function test_Attack_CopiedCallDataPaysTheOperator() public {
        Signed memory signed = level3(60);
        vm.prank(attacker);
        assertGt(submit(signed), 0);
        assertEq(coin.balanceOf(attacker), 0);
        assertEq(coin.balanceOf(operator), coin.totalSupply());
    }

    function test_Attack_ReplayOnAnotherChain() public {
        Signed memory signed = level3(60);
        vm.chainId(block.chainid + 1);
        _assertInvalid(signed);
    }

    function test_Attack_ReplayOnAnotherContract() public {
        MiningRewards other = _otherContract();
        Signed memory signed = level3(60);
        submit(signed);
        vm.warp(NOW + 1 hours);
        vm.expectRevert(abi.encodeWithSelector(IAIMining.WorkAlreadySpent.selector, idOf(signed)));
        other.claim(signed.workProof, signed.parameterSet, signed.publicKey, signed.signature);

        // And one that the first contract has not seen yet.
        signed = level3(30);
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.InvalidSignature.selector, keccak256(signed.publicKey)));
        other.claim(signed.workProof, signed.parameterSet, signed.publicKey, signed.signature);
    }

    function test_Attack_OneWorkSignedForTwoContractsIsPaidOnce() public {
        MiningRewards other = _otherContract();
        AiMiningLib.WorkProof memory work = workOf(device, 3, 60);
        Signed memory here = signedBy(MINER, work);
        Signed memory there = signedFor(other, MINER, work);
        submit(here);
        uint256 supply = coin.totalSupply();
        vm.expectRevert(abi.encodeWithSelector(IAIMining.WorkAlreadySpent.selector, idOf(here)));
        other.claim(there.workProof, there.parameterSet, there.publicKey, there.signature);
        assertEq(coin.totalSupply(), supply);
        assertEq(other.lastClaim(device), 0);
    }

    function test_Attack_SelfDeclaredSovereign() public {
        // Signed as level 4 by the very device, which has no GPU.
        Signed memory signed = signedBy(MINER, workOf(device, 4, 60));
        vm.expectRevert(abi.encodeWithSelector(IAIMining.SovereignNeedsHybrid.selector, device));
        submit(signed);
        assertNothingPaid(signed, device);
    }

    function test_Attack_SelfDeclaredSovereignWhereTheChainTakesTheFormulaAlone() public {
        Signed memory signed = signedBy(MINER, workOf(device, 4, 60));
        vm.mockCall(aiMining, bytes.concat(hex"02", signed.workProof), abi.encode(90e18));
        vm.expectRevert(abi.encodeWithSelector(IAIMining.SovereignNeedsHybrid.selector, device));
        submit(signed);
    }

    function test_Attack_UnattestedDeviceWhereTheChainTakesTheFormulaAlone() public {
        Signed memory signed = signedBy(MINER, workOf(unattested, 3, 60));
        vm.mockCall(aiMining, bytes.concat(hex"02", signed.workProof), abi.encode(60e18));
        _assertNotAttested(signed, unattested);
    }

    function test_Attack_SignedLevelRaised() public {
        bytes32 hybrid = attestHybrid(2, 7);
        Signed memory signed = signedBy(MINER, workOf(hybrid, 3, 60));
        signed.workProof[73] = 0x04;
        _assertInvalid(signed);
    }

    function test_Attack_StrangersKey() public {
        Signed memory signed = signedBy(STRANGER, workOf(device, 3, 60));
        bytes32 attested = keccak256(simulatedKey(MINER));
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.WrongKey.selector, keccak256(signed.publicKey), attested));
        submit(signed);
        // The device's key, the stranger's signature.
        signed.publicKey = simulatedKey(MINER);
        _assertInvalid(signed);
    }

    function test_Attack_KeyOfAnotherAttestedDevice() public {
        Claim memory claim = tdx(2, 1);
        claim.operator = attacker;
        claim.attestedKey = keccak256(simulatedKey(STRANGER));
        attest(claim);
        Signed memory signed = signedBy(STRANGER, workOf(device, 3, 60));
        vm.prank(attacker);
        vm.expectRevert(
            abi.encodeWithSelector(
                IMiningRewards.WrongKey.selector, keccak256(signed.publicKey), keccak256(simulatedKey(MINER))
            )
        );
        submit(signed);
    }

    function test_Attack_KeyFromBeforeARenewal() public {
        Signed memory signed = level3(60);
        Claim memory claim = tdx(1, 2);
        claim.attestedKey = keccak256(simulatedKey(STRANGER));
        attest(claim);
        vm.expectRevert(
            abi.encodeWithSelector(
                IMiningRewards.WrongKey.selector, keccak256(signed.publicKey), keccak256(simulatedKey(STRANGER))
            )
        );
        submit(signed);
    }

    function test_Attack_DeviceWithoutAnAttestedKey() public {
        Claim memory claim = tdx(3, 1);
        claim.attestedKey = 0;
        bytes32 keyless = attest(claim);
        Signed memory signed = signedBy(MINER, workOf(keyless, 3, 60));
        vm.expectRevert(
            abi.encodeWithSelector(IMiningRewards.WrongKey.selector, keccak256(signed.publicKey), bytes32(0))
        );
        submit(signed);
        signed.publicKey = "";
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.WrongKey.selector, keccak256(""), bytes32(0)));
        submit(signed);
    }

    function test_Attack_UnknownDevice() public {
        _assertNotAttested(signedBy(MINER, workOf(unattested, 3, 60)), unattested);
    }

    function test_Attack_RevokedDevice() public {
        Signed memory signed = level3(60);
        registry.revokeDevice(device);
        _assertNotAttested(signed, device);
    }

    function test_Attack_ReleasedDevice() public {
        Signed memory signed = level3(60);
        vm.prank(operator);
        registry.releaseDevice(device);
        _assertNotAttested(signed, device);
    }

    function test_Attack_LapsedDevice() public {
        uint256 last = NOW + registry.validity();
        vm.warp(last);
        uint256 snapshot = vm.snapshotState();
        assertGt(submit(level3(1)), 0, "in the last second");
        vm.revertToState(snapshot);
        vm.warp(last + 1);
        _assertNotAttested(level3(1), device);
    }

    function test_Attack_BannedSoftware() public {
        Signed memory signed = level3(60);
        (bytes32 measurement,) = registry.getDeviceMeasurements(device);
        registry.setMeasurement(measurement, IAttestationRegistry.MeasurementState.Banned);
        _assertNotAttested(signed, device);
    }

    function test_Attack_PausedVendor() public {
        Signed memory signed = level3(60);
        registry.pause(IAttestationRegistry.TEEVendor.TDX);
        _assertNotAttested(signed, device);
        registry.unpause(IAttestationRegistry.TEEVendor.TDX);
        assertGt(submit(signed), 0);
    }

    function test_Attack_GpuThatWentToAnotherDevice() public {
        Claim memory first = tdx(2, 1);
        first.gpu = 7;
        bytes32 hybrid = attest(first);
        Signed memory signed = signedBy(MINER, workOf(hybrid, 4, 60));
        vm.prank(operator);
        registry.releaseDevice(hybrid);
        attestHybrid(3, 7);
        _assertNotAttested(signed, hybrid);
        first.nonce = 2;
        first.gpu = 0;
        attest(first);
        vm.expectRevert(abi.encodeWithSelector(IAIMining.SovereignNeedsHybrid.selector, hybrid));
        submit(signed);
    }

    function test_Attack_WrongParameterSet() public {
        Signed memory signed = level3(60);
        signed.parameterSet = AiMiningLib.ML_DSA_44;
        vm.expectRevert(abi.encodeWithSelector(AiMiningLib.WrongLength.selector, 1_952, 1_312));
        submit(signed);
        signed.parameterSet = AiMiningLib.ML_DSA_87;
        vm.expectRevert(abi.encodeWithSelector(AiMiningLib.WrongLength.selector, 1_952, 2_592));
        submit(signed);
        signed.parameterSet = 0x66;
        vm.expectRevert(abi.encodeWithSelector(IAIMining.UnknownParameterSet.selector, 0x66));
        submit(signed);
    }

    /// @dev A device that signs what others give it would sign this: the end of a claim follows its own words.
    function test_Attack_SignatureOverMoreThanTheClaim() public {
        Signed memory signed = level3(60);
        bytes memory words = "words of mine: ";
        signed.signature =
            bytes.concat(simulatedSignature(MINER, bytes.concat(words, rewards.claimMessage(signed.workProof))), words);
        bytes memory claim = rewards.claimMessage(signed.workProof);
        (, bytes memory answer) = aiMining.staticcall(
            abi.encodePacked(hex"01", signed.parameterSet, signed.publicKey, signed.signature, claim)
        );
        assertEq(answer, abi.encode(true), "the precompile sees one piece");
        vm.expectRevert(abi.encodeWithSelector(AiMiningLib.WrongLength.selector, 3_309 + words.length, 3_309));
        submit(signed);
    }

    function test_Attack_TruncatedSignature() public {
        Signed memory signed = level3(60);
        signed.signature = "";
        vm.expectRevert(abi.encodeWithSelector(AiMiningLib.WrongLength.selector, 0, 3_309));
        submit(signed);
    }

    function test_Attack_SignatureOverTheProofAlone() public {
        Signed memory signed = level3(60);
        signed.signature = simulatedSignature(MINER, signed.workProof);
        _assertInvalid(signed);
    }

    /// forge-config: default.fuzz.runs = 24
    function testFuzz_Attack_OneBitOfTheProof(uint256 bit) public {
        Signed memory signed = level3(30);
        bytes memory genuine = bytes.concat(signed.workProof);
        bit = bound(bit, 0, 78 * 8 - 1);
        flip(signed.workProof, bit);
        vm.expectRevert(); // which error depends on the field
        submit(signed);
        assertEq(coin.totalSupply(), 0);
        signed.workProof = genuine;
        assertGt(submit(signed), 0);
    }

    /// forge-config: default.fuzz.runs = 24
    function testFuzz_Attack_OneBitOfTheSignature(uint256 bit) public {
        Signed memory signed = level3(60);
        bit = bound(bit, 0, 3_309 * 8 - 1);
        flip(signed.signature, bit);
        _assertInvalid(signed);
    }

    /// forge-config: default.fuzz.runs = 16
    function testFuzz_Attack_OneBitOfTheKey(uint256 bit) public {
        Signed memory signed = level3(60);
        bytes32 attested = keccak256(signed.publicKey);
        bit = bound(bit, 0, 1_952 * 8 - 1);
        flip(signed.publicKey, bit);
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.WrongKey.selector, keccak256(signed.publicKey), attested));
        submit(signed);
    }

    function test_Attack_MinutesRaisedInTheSignedProof() public {
        Signed memory signed = level3(1);
        signed.workProof[77] = 0x3c;
        _assertInvalid(signed);
    }

    function test_Attack_MoreMinutesThanAnyTime() public {
        Signed memory signed = level3(type(uint32).max);
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.TooManyMinutes.selector, type(uint32).max, 60));
        submit(signed);
    }

    function test_Attack_ClaimsFasterThanTime() public {
        submit(level3(60));
        for (uint256 i = 1; i <= 3; i++) {
            vm.warp(NOW + 19 * i);
            Signed memory signed = level3(1);
            vm.expectRevert(abi.encodeWithSelector(IMiningRewards.TooManyMinutes.selector, 1, 0));
            submit(signed);
        }
        vm.warp(NOW + 60);
        assertEq(submit(level3(1)), rewardOf(3, 1, 70));
    }

    function test_Attack_TwoClaimsInOneBlock() public {
        submit(level3(30));
        Signed memory signed = level3(1);
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.TooManyMinutes.selector, 1, 0));
        submit(signed);
    }

    /// @dev Release and take over: the device's clock goes on, whoever its operator is.
    function test_Attack_NewOperatorOldClock() public {
        submit(level3(60));
        vm.prank(operator);
        registry.releaseDevice(device);
        Claim memory claim = tdx(1, 2);
        claim.operator = attacker;
        attest(claim);
        Signed memory signed = level3(60);
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.TooManyMinutes.selector, 60, 0));
        submit(signed);
    }

    function _otherContract() private returns (MiningRewards other) {
        other = new MiningRewards(coin, address(this));
        coin.setMinter(address(other), true);
        AiMiningLib.setAuthorized(address(other), true);
    }

    function _assertInvalid(Signed memory signed) private {
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.InvalidSignature.selector, keccak256(signed.publicKey)));
        submit(signed);
        assertEq(coin.totalSupply(), 0);
    }

    function _assertNotAttested(Signed memory signed, bytes32 deviceId) private {
        vm.expectRevert(abi.encodeWithSelector(IAIMining.DeviceNotAttested.selector, deviceId));
        submit(signed);
        assertEq(coin.totalSupply(), 0);
    }
}
