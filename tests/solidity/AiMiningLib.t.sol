// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAIMining} from "aivm/abi/IAIMining.sol";
import {IAttestationRegistry} from "aivm/abi/IAttestationRegistry.sol";
import {IPrecompile} from "aivm/abi/IPrecompile.sol";
import {AiMiningLib} from "aivm/contracts/AiMiningLib.sol";
import {PrecompileCall} from "aivm/contracts/PrecompileCall.sol";
import {AivmTest} from "aivm/contracts/testing/AivmTest.sol";
import {AiMiningLibCaller} from "./harness/AiMiningLibCaller.sol";

/// @dev Every function of the library on the real precompile, and what it takes no answer from.
contract AiMiningLibTest is AivmTest {
    AiMiningLibCaller private lib;
    bytes32 private constant ID = keccak256("some work");

    function setUp() public {
        installAivm();
        lib = new AiMiningLibCaller();
    }

    // --- what it does ---

    function test_WorkId_Golden() public view {
        assertEq(
            lib.computeWorkId(lib.encode(_golden(3))),
            0xc38004d19259331c91af468b904bde814b1d57228b3f5dffa90e8f24f20a0d41
        );
    }

    function test_WorkId_LeavesTheEvidenceOut() public view {
        AiMiningLib.WorkProof memory work = _golden(3);
        work.evidence = hex"01020304";
        assertEq(
            lib.computeWorkId(lib.encode(work)), 0xc38004d19259331c91af468b904bde814b1d57228b3f5dffa90e8f24f20a0d41
        );
    }

    function test_Reward_Golden() public {
        assertEq(lib.calculateReward(lib.encode(_golden(1))), 15e18);
        assertEq(lib.calculateReward(lib.encode(_golden(2))), 30e18);

        trustSimulator();
        Claim memory claim = claimOf(IAttestationRegistry.TEEVendor.TDX, 1, address(this), 1);
        claim.gpu = 1;
        IAttestationRegistry.ProofOfExecution memory proof = simulateProof(claim);
        registry.verifyAttestation(proof);
        uint256 trust = registry.getDeviceStatus(proof.deviceId).trustScore;
        AiMiningLib.WorkProof memory work = _golden(3);
        work.deviceId = proof.deviceId;
        assertEq(lib.calculateReward(lib.encode(work)), 60e18 * trust / 100);
        work.privacyLevel = 4;
        assertEq(lib.calculateReward(lib.encode(work)), 90e18 * trust / 100);
        work.computeMinutes = type(uint32).max;
        assertEq(lib.calculateReward(lib.encode(work)), 6_442_450_942.5e18 * trust / 100);
    }

    function test_Reward_PassesErrorsOn() public {
        bytes memory workProof = lib.encode(_golden(5));
        vm.expectRevert(abi.encodeWithSelector(IAIMining.InvalidPrivacyLevel.selector, 5));
        lib.calculateReward(workProof);
        workProof = lib.encode(_golden(3));
        vm.expectRevert(abi.encodeWithSelector(IAIMining.DeviceNotAttested.selector, _golden(3).deviceId));
        lib.calculateReward(workProof);
        vm.expectRevert(abi.encodeWithSelector(IPrecompile.InputTooShort.selector, 77, 78));
        lib.calculateReward(new bytes(77));
    }

    function test_VerifyMLDSA() public {
        bytes memory message = "a message";
        (bytes memory key, bytes memory signature) = (simulatedKey(5), simulatedSignature(5, message));
        assertTrue(lib.verifyMLDSA(AiMiningLib.ML_DSA_65, key, signature, message));
        assertFalse(lib.verifyMLDSA(AiMiningLib.ML_DSA_65, key, signature, "another"));
        assertFalse(lib.verifyMLDSA(AiMiningLib.ML_DSA_65, simulatedKey(6), signature, message));
        vm.expectRevert(abi.encodeWithSelector(IAIMining.UnknownParameterSet.selector, 0x45));
        lib.verifyMLDSA(0x45, key, signature, message);
    }

    function test_VerifyTEE() public {
        trustSimulator();
        bytes memory evidence = simulateEvidence(IAttestationRegistry.TEEVendor.SEVSNP, 1, ID);
        (bool verified, uint8 score) = lib.verifyTEE(evidence, ID);
        assertTrue(verified);
        assertGt(score, 0);
        (verified, score) = lib.verifyTEE(evidence, ~ID);
        assertFalse(verified);
        assertEq(score, 0);
        vm.expectRevert(abi.encodeWithSelector(IAIMining.UnknownVendor.selector, 6));
        lib.verifyTEE(hex"06", ID);
    }

    function test_MarkSpent_Once() public {
        AiMiningLib.setAuthorized(address(lib), true);
        assertFalse(lib.isSpent(ID));
        vm.expectEmit(aiMining);
        emit IAIMining.WorkSpent(ID, address(lib));
        lib.markSpent(ID);
        assertTrue(lib.isSpent(ID));
        vm.expectRevert(abi.encodeWithSelector(IAIMining.WorkAlreadySpent.selector, ID));
        lib.markSpent(ID);
    }

    function test_SetAuthorized_IsGovernancesAlone() public {
        assertFalse(lib.isAuthorized(address(lib)));
        vm.expectEmit(aiMining);
        emit IAIMining.AuthorizationChanged(address(lib), true);
        AiMiningLib.setAuthorized(address(lib), true);
        assertTrue(lib.isAuthorized(address(lib)));
        AiMiningLib.setAuthorized(address(lib), false);
        assertFalse(lib.isAuthorized(address(lib)));
        vm.expectRevert(abi.encodeWithSelector(IPrecompile.Unauthorized.selector, address(lib)));
        lib.setAuthorized(address(lib), true);
        vm.expectRevert(abi.encodeWithSelector(IPrecompile.Unauthorized.selector, address(lib)));
        lib.markSpent(ID);
    }

    function test_RevertWhen_ProofToDecodeIsTooShort() public {
        vm.expectRevert(abi.encodeWithSelector(AiMiningLib.WorkProofTooShort.selector, 77));
        lib.decode(new bytes(77));
    }

    // --- who tries to get around it ---

    function test_Attack_AbsentPrecompile() public {
        vm.etch(aiMining, "");
        // What the library is for: without it, nothing is a success.
        (bool ok, bytes memory answer) = aiMining.staticcall(bytes.concat(hex"04", ID));
        assertTrue(ok);
        assertEq(answer, "");
        (ok,) = aiMining.call(bytes.concat(hex"06", ID));
        assertTrue(ok);
        _assertAllRevert(abi.encodeWithSelector(PrecompileCall.PrecompileAbsent.selector));
    }

    function test_Attack_ClientThatLacksThePrecompile() public {
        vm.etch(aiMining, hex"fe"); // the account is there, its code burns all gas
        _assertAllRevert(abi.encodeWithSelector(PrecompileCall.PrecompileAbsent.selector));
    }

    function test_Attack_AnswersOfTheWrongLength() public {
        uint256[6] memory lengths = [uint256(1), 31, 33, 63, 65, 95];
        for (uint256 i; i < lengths.length; i++) {
            bytes memory answer = new bytes(lengths[i]);
            vm.mockCall(aiMining, bytes(""), answer);
            _assertAllRevert(abi.encodeWithSelector(PrecompileCall.UnexpectedAnswer.selector, answer));
        }
    }

    function test_Attack_EmptyAnswers() public {
        vm.mockCall(aiMining, bytes(""), bytes(""));
        bytes memory absent = abi.encodeWithSelector(PrecompileCall.PrecompileAbsent.selector);
        bytes[] memory reads = _reads();
        for (uint256 i; i < reads.length; i++) {
            _assertReverts(reads[i], absent);
        }
        lib.markSpent(ID); // a write answers with nothing
        lib.setAuthorized(address(lib), true);
    }

    function test_Attack_BoolsThatAreNone() public {
        for (uint256 i; i < 3; i++) {
            bytes memory answer = abi.encode([uint256(2), 1 << 255, type(uint256).max][i]);
            vm.mockCall(aiMining, bytes(""), answer);
            bytes memory expected = abi.encodeWithSelector(PrecompileCall.UnexpectedAnswer.selector, answer);
            _assertReverts(
                abi.encodeCall(lib.verifyMLDSA, (bytes1(0x65), new bytes(1_952), new bytes(3_309), "")), expected
            );
            _assertReverts(abi.encodeCall(lib.isSpent, (ID)), expected);
            _assertReverts(abi.encodeCall(lib.isAuthorized, (address(lib))), expected);
        }
    }

    /// @dev The precompile would see key, signature and message as one piece.
    function test_Attack_KeyAndSignatureCutElsewhere() public {
        bytes1[3] memory sets = [AiMiningLib.ML_DSA_44, AiMiningLib.ML_DSA_65, AiMiningLib.ML_DSA_87];
        uint256[2][3] memory sizes = [[uint256(1_312), 2_420], [uint256(1_952), 3_309], [uint256(2_592), 4_627]];
        for (uint256 i; i < 3; i++) {
            (uint256 key, uint256 signature) = (sizes[i][0], sizes[i][1]);
            (bytes memory rightKey, bytes memory rightSignature) = (new bytes(key), new bytes(signature));
            assertFalse(lib.verifyMLDSA(sets[i], rightKey, rightSignature, ""));
            for (uint256 wrong = key - 1; wrong <= key + 1; wrong += 2) {
                bytes memory expected = abi.encodeWithSelector(AiMiningLib.WrongLength.selector, wrong, key);
                _assertReverts(
                    abi.encodeCall(lib.verifyMLDSA, (sets[i], new bytes(wrong), rightSignature, "x")), expected
                );
            }
            for (uint256 wrong = signature - 1; wrong <= signature + 1; wrong += 2) {
                bytes memory expected = abi.encodeWithSelector(AiMiningLib.WrongLength.selector, wrong, signature);
                _assertReverts(abi.encodeCall(lib.verifyMLDSA, (sets[i], rightKey, new bytes(wrong), "x")), expected);
            }
        }
    }

    function test_Attack_VerdictsThatAreNone() public {
        uint256[2][3] memory words = [[uint256(2), 50], [uint256(1), 101], [uint256(1), type(uint256).max]];
        for (uint256 i; i < words.length; i++) {
            bytes memory answer = abi.encode(words[i][0], words[i][1]);
            vm.mockCall(aiMining, bytes(""), answer);
            _assertReverts(
                abi.encodeCall(lib.verifyTEE, ("", ID)),
                abi.encodeWithSelector(PrecompileCall.UnexpectedAnswer.selector, answer)
            );
        }
    }

    function test_Attack_MarkSpentBelowAStaticCall() public {
        AiMiningLib.setAuthorized(address(lib), true);
        (bool ok, bytes memory answer) = address(lib).staticcall(abi.encodeCall(lib.markSpent, (ID)));
        assertFalse(ok);
        assertEq(answer, abi.encodeWithSelector(IPrecompile.StaticCallNotAllowed.selector));
        assertFalse(lib.isSpent(ID));
    }

    function test_Attack_DelegateCall() public {
        AiMiningLib.setAuthorized(address(this), true);
        (bool ok, bytes memory answer) = aiMining.delegatecall(bytes.concat(hex"06", ID));
        assertFalse(ok);
        assertEq(answer, abi.encodeWithSelector(IPrecompile.DelegateCallNotAllowed.selector));
        (ok, answer) = aiMining.delegatecall(bytes.concat(hex"04", ID));
        assertFalse(ok);
        assertEq(answer, abi.encodeWithSelector(IPrecompile.DelegateCallNotAllowed.selector));
        assertFalse(AiMiningLib.isSpent(ID));
    }

    function test_Attack_ValueIsRefused() public {
        vm.deal(address(this), 1);
        (bool ok, bytes memory answer) = aiMining.call{value: 1}(bytes.concat(hex"04", ID));
        assertFalse(ok);
        assertEq(answer, abi.encodeWithSelector(IPrecompile.ValueNotAllowed.selector));
    }

    /// @dev Nothing was said: with less gas than the price, for lack of gas; with more, for lack of a precompile.
    function test_Attack_TooLittleGasIsNotAnAbsentPrecompile() public {
        vm.mockCallRevert(aiMining, bytes(""), bytes(""));
        bytes memory data = abi.encodeCall(lib.setAuthorized, (address(lib), true));
        (bool ok, bytes memory answer) = address(lib).call{gas: 25_000}(data);
        assertFalse(ok);
        assertEq(_word(answer, 0) >> 224, uint32(PrecompileCall.InsufficientGas.selector));
        assertLt(_word(answer, 4), 25_000, "available");
        assertEq(_word(answer, 36), 25_000, "price");
        _assertReverts(data, abi.encodeWithSelector(PrecompileCall.PrecompileAbsent.selector));
    }

    /// @dev Whatever gas there is: the right answer, or none.
    /// forge-config: default.fuzz.runs = 64
    function testFuzz_Attack_JustTooLittleGas(uint256 gas) public {
        gas = bound(gas, 700, 30_000);
        AiMiningLib.setAuthorized(address(lib), true);
        (bool ok,) = address(lib).call{gas: gas}(abi.encodeCall(lib.markSpent, (ID)));
        assertEq(lib.isSpent(ID), ok, "marked if it says so");
        bytes memory answer;
        (ok, answer) = address(lib).call{gas: gas}(abi.encodeCall(lib.isSpent, (ID)));
        if (ok) assertEq(abi.decode(answer, (bool)), lib.isSpent(ID));
    }

    function _assertAllRevert(bytes memory expected) private {
        bytes[] memory reads = _reads();
        for (uint256 i; i < reads.length; i++) {
            _assertReverts(reads[i], expected);
        }
        _assertReverts(abi.encodeCall(lib.markSpent, (ID)), expected);
        _assertReverts(abi.encodeCall(lib.setAuthorized, (address(lib), true)), expected);
    }

    function _assertReverts(bytes memory data, bytes memory expected) private {
        (bool ok, bytes memory answer) = address(lib).call{gas: 10_000_000}(data);
        assertFalse(ok);
        assertEq(answer, expected);
    }

    function _reads() private view returns (bytes[] memory calls) {
        calls = new bytes[](6);
        calls[0] = abi.encodeCall(lib.verifyMLDSA, (bytes1(0x65), new bytes(1_952), new bytes(3_309), ""));
        calls[1] = abi.encodeCall(lib.calculateReward, (new bytes(78)));
        calls[2] = abi.encodeCall(lib.verifyTEE, (hex"01", ID));
        calls[3] = abi.encodeCall(lib.isSpent, (ID));
        calls[4] = abi.encodeCall(lib.computeWorkId, (new bytes(78)));
        calls[5] = abi.encodeCall(lib.isAuthorized, (address(lib)));
    }

    function _word(bytes memory data, uint256 offset) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(add(data, 0x20), offset))
        }
    }

    function _golden(uint16 level) private pure returns (AiMiningLib.WorkProof memory work) {
        work.deviceId = bytes32(uint256(0x1111111111111111111111111111111111111111111111111111111111111111));
        work.nonce = bytes32(uint256(0x2222222222222222222222222222222222222222222222222222222222222222));
        (work.timestamp, work.privacyLevel, work.computeMinutes) = (1_766_708_400, level, 60);
    }
}
