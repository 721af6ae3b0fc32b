// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IAIMining} from "aivm/abi/IAIMining.sol";
import {IAttestationRegistry} from "aivm/abi/IAttestationRegistry.sol";
import {AiMiningLib} from "aivm/contracts/AiMiningLib.sol";
import {AivmTest} from "aivm/contracts/testing/AivmTest.sol";
import {AiMiningLibCaller} from "./harness/AiMiningLibCaller.sol";

/// @dev The library against the layout and the formula of section 2 of the specification, written down once more.
contract AiMiningLibFuzz is AivmTest {
    AiMiningLibCaller private lib;
    bytes32 private device;
    bytes32 private hybrid;

    function setUp() public {
        installAivm();
        trustSimulator();
        lib = new AiMiningLibCaller();
        device = _attest(1, 0);
        hybrid = _attest(2, 1);
    }

    function testFuzz_DecodeUndoesEncode(AiMiningLib.WorkProof memory work) public view {
        assertEq(abi.encode(lib.decode(lib.encode(work))), abi.encode(work));
    }

    function testFuzz_EncodeUndoesDecode(bytes calldata tail) public view {
        bytes memory workProof = bytes.concat(new bytes(78), tail);
        for (uint256 i; i < 78; i++) {
            workProof[i] = bytes1(uint8(uint256(keccak256(abi.encode(tail, i)))));
        }
        assertEq(lib.encode(lib.decode(workProof)), workProof);
    }

    function testFuzz_Layout(AiMiningLib.WorkProof memory work) public view {
        bytes memory workProof = lib.encode(work);
        assertEq(workProof.length, 78 + work.evidence.length);
        assertEq(_number(workProof, 0, 32), uint256(work.deviceId));
        assertEq(_number(workProof, 32, 64), uint256(work.nonce));
        assertEq(_number(workProof, 64, 72), work.timestamp);
        assertEq(_number(workProof, 72, 74), work.privacyLevel);
        assertEq(_number(workProof, 74, 78), work.computeMinutes);
        for (uint256 i; i < work.evidence.length; i++) {
            assertEq(workProof[78 + i], work.evidence[i]);
        }
    }

    function testFuzz_RevertWhen_TooShortToDecode(uint256 length) public {
        length = bound(length, 0, 77);
        vm.expectRevert(abi.encodeWithSelector(AiMiningLib.WorkProofTooShort.selector, length));
        lib.decode(new bytes(length));
    }

    /// forge-config: default.fuzz.runs = 32
    function testFuzz_Reward_IsTheFormula(
        bytes32 nonce,
        uint64 timestamp,
        uint16 level,
        uint32 computeMinutes,
        bool gpu
    ) public {
        level = uint16(bound(level, 0, 5));
        AiMiningLib.WorkProof memory work =
            AiMiningLib.WorkProof(gpu ? hybrid : device, nonce, timestamp, level, computeMinutes, "");
        bytes memory workProof = lib.encode(work);
        if (level == 0 || level == 5) {
            vm.expectRevert(abi.encodeWithSelector(IAIMining.InvalidPrivacyLevel.selector, level));
        } else if (level == 4 && !gpu) {
            vm.expectRevert(abi.encodeWithSelector(IAIMining.SovereignNeedsHybrid.selector, device));
        }
        uint256 reward = lib.calculateReward(workProof);
        if (level == 0 || level == 5 || level == 4 && !gpu) return;

        uint256 trust = level < 3 ? 100 : registry.getDeviceStatus(work.deviceId).trustScore;
        uint256 basisPoints = level == 1 ? 2_500 : level == 2 ? 5_000 : level == 3 ? 10_000 : 15_000;
        assertEq(reward, 1e18 * uint256(computeMinutes) * basisPoints * trust / (10_000 * 100));
    }

    /// @dev Every byte of the header makes the id, and no byte behind it.
    /// forge-config: default.fuzz.runs = 32
    function testFuzz_WorkId_IsOfTheHeader(AiMiningLib.WorkProof memory work, uint256 bit) public view {
        if (work.evidence.length > 16_384) work.evidence = "";
        bytes memory workProof = lib.encode(work);
        bytes32 workId = lib.computeWorkId(workProof);
        work.evidence = "";
        assertEq(lib.computeWorkId(lib.encode(work)), workId);
        bit = bound(bit, 0, 78 * 8 - 1);
        workProof[bit / 8] ^= bytes1(SafeCast.toUint8(2 ** (bit % 8)));
        assertNotEq(lib.computeWorkId(workProof), workId);
    }

    function _attest(uint32 number, uint32 gpu) private returns (bytes32) {
        Claim memory claim = claimOf(IAttestationRegistry.TEEVendor.TDX, number, address(this), 1);
        claim.gpu = gpu;
        IAttestationRegistry.ProofOfExecution memory proof = simulateProof(claim);
        registry.verifyAttestation(proof);
        return proof.deviceId;
    }

    /// @dev Big-endian, byte by byte.
    function _number(bytes memory data, uint256 from, uint256 to) private pure returns (uint256 number) {
        for (uint256 i = from; i < to; i++) {
            number = number << 8 | uint8(data[i]);
        }
    }
}
