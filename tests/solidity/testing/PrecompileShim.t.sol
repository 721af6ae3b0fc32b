// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {VmSafe} from "forge-std/Vm.sol";
import {IAIMining} from "aivm/abi/IAIMining.sol";
import {IAttestationRegistry} from "aivm/abi/IAttestationRegistry.sol";
import {IPrecompile} from "aivm/abi/IPrecompile.sol";
import {AiMiningLib} from "aivm/contracts/AiMiningLib.sol";
import {AivmTest} from "aivm/contracts/testing/AivmTest.sol";
import {Caller} from "./Caller.sol";

/// @notice The shim is to forge what the precompile is to a chain: state, frames and cheatcodes work as with any
/// contract.
contract PrecompileShimTest is AivmTest {
    bytes32 private constant WORK = keccak256("work");
    address private constant ACCOUNT = address(0xacc0);

    Caller private caller;

    function setUp() public {
        installAivm();
        caller = new Caller();
        AiMiningLib.setAuthorized(address(this), true);
        AiMiningLib.setAuthorized(address(caller), true);
    }

    function _mark(bytes32 work) private pure returns (bytes memory) {
        return abi.encodePacked(hex"06", work);
    }

    function test_WritesAreKept() public {
        assertFalse(AiMiningLib.isSpent(WORK));
        AiMiningLib.markSpent(WORK);
        assertTrue(AiMiningLib.isSpent(WORK));
    }

    function test_TheSameStateIsSeenByCheatcodes() public {
        vm.record();
        AiMiningLib.markSpent(WORK);
        (, bytes32[] memory writes) = vm.accesses(aiMining);
        assertEq(writes.length, 1);
        assertEq(vm.load(aiMining, writes[0]), bytes32(uint256(1)));
        vm.store(aiMining, writes[0], 0);
        assertFalse(AiMiningLib.isSpent(WORK));
    }

    function test_ARevertOfAnOuterFrameUndoesWrites() public {
        vm.expectRevert(Caller.Undone.selector);
        caller.callAndRevert(aiMining, _mark(WORK));
        assertFalse(AiMiningLib.isSpent(WORK));
    }

    function test_ARevertOfAnOuterFrameUndoesWritesToOtherAccounts() public {
        (, bytes32 before,) = registry.rootCA(IAttestationRegistry.TEEVendor.SGX);
        registry.setGovernance(address(caller));
        bytes memory roots = _sgxRoots();
        vm.expectRevert(Caller.Undone.selector);
        caller.callAndRevert(address(registry), roots);
        (, bytes32 same,) = registry.rootCA(IAttestationRegistry.TEEVendor.SGX);
        assertEq(same, before);
        caller.call(address(registry), roots);
        (, bytes32 changed,) = registry.rootCA(IAttestationRegistry.TEEVendor.SGX);
        assertNotEq(changed, before);
    }

    /// @dev The first call that has governance install the simulator's roots of SGX.
    function _sgxRoots() private returns (bytes memory) {
        bytes[] memory calls = simulatorCalls();
        for (uint256 i; i < calls.length; i++) {
            // forge-lint: disable-next-line(unsafe-typecast)
            bytes4 selector = bytes4(calls[i]);
            bool isSgx = uint8(calls[i][35]) == uint8(IAttestationRegistry.TEEVendor.SGX);
            if (selector == IAttestationRegistry.updateRootCA.selector && isSgx) return calls[i];
        }
        revert("the simulator has no roots of SGX");
    }

    function test_SnapshotsCoverIt() public {
        uint256 snapshot = vm.snapshotState();
        AiMiningLib.markSpent(WORK);
        vm.revertToState(snapshot);
        assertFalse(AiMiningLib.isSpent(WORK));
    }

    function test_PranksSetItsCaller() public {
        address stranger = makeAddr("stranger");
        vm.prank(stranger);
        (bool ok, bytes memory answer) = aiMining.call(_mark(WORK));
        assertFalse(ok);
        assertEq(answer, abi.encodeWithSelector(IPrecompile.Unauthorized.selector, stranger));
        vm.prank(address(caller));
        (ok, answer) = aiMining.call(_mark(WORK));
        assertTrue(ok);
        assertEq(answer.length, 0);
    }

    function test_EventsCanBeExpected() public {
        vm.expectEmit(aiMining);
        emit IAIMining.WorkSpent(WORK, address(this));
        (bool ok,) = aiMining.call(_mark(WORK));
        assertTrue(ok);
    }

    function test_RevertsCanBeExpectedDirectly() public {
        registry.pause(IAttestationRegistry.TEEVendor.TDX);
        address stranger = makeAddr("stranger");
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IPrecompile.Unauthorized.selector, stranger));
        registry.unpause(IAttestationRegistry.TEEVendor.TDX);
    }

    function test_CallsCanBeExpectedAndMocked() public {
        vm.expectCall(aiMining, abi.encodePacked(hex"04", WORK));
        assertFalse(AiMiningLib.isSpent(WORK));
        vm.mockCall(aiMining, abi.encodePacked(hex"04", WORK), abi.encode(true));
        assertTrue(AiMiningLib.isSpent(WORK));
        vm.clearMockedCalls();
        assertFalse(AiMiningLib.isSpent(WORK));
    }

    function test_LogsAreRecorded() public {
        vm.recordLogs();
        AiMiningLib.markSpent(WORK);
        VmSafe.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 1);
        assertEq(logs[0].emitter, aiMining);
        assertEq(logs[0].topics[1], WORK);
    }

    function test_AStaticCallWritesNothing() public view {
        (bool ok, bytes memory answer) = aiMining.staticcall(_mark(WORK));
        assertFalse(ok);
        assertEq(answer, abi.encodeWithSelector(IPrecompile.StaticCallNotAllowed.selector));
        // Nor does a CALL further down.
        bytes memory inner = abi.encodeCall(Caller.call, (aiMining, _mark(WORK)));
        (ok, answer) = address(caller).staticcall(inner);
        assertFalse(ok);
        assertEq(answer, abi.encodeWithSelector(IPrecompile.StaticCallNotAllowed.selector));
        assertFalse(AiMiningLib.isSpent(WORK));
    }

    function test_ADelegateCallIsRefused() public {
        (bool ok, bytes memory answer) = aiMining.delegatecall(_mark(WORK));
        assertFalse(ok);
        assertEq(answer, abi.encodeWithSelector(IPrecompile.DelegateCallNotAllowed.selector));
        (ok, answer) = caller.callCode(aiMining, _mark(WORK));
        assertFalse(ok);
        assertEq(answer, abi.encodeWithSelector(IPrecompile.DelegateCallNotAllowed.selector));
        assertFalse(AiMiningLib.isSpent(WORK));
    }

    function test_ValueIsRefusedAndKept() public {
        vm.deal(address(this), 1 ether);
        (bool ok, bytes memory answer) = aiMining.call{value: 1}(abi.encodePacked(hex"04", WORK));
        assertFalse(ok);
        assertEq(answer, abi.encodeWithSelector(IPrecompile.ValueNotAllowed.selector));
        assertEq(address(this).balance, 1 ether);
    }

    function test_ItsPriceIsBurnt() public {
        bytes memory input = abi.encodePacked(hex"07", ACCOUNT, true);
        (bool ok,) = aiMining.call(input); // warm from here on
        uint256 before = gasleft();
        (ok,) = aiMining.call(input);
        uint256 used = before - gasleft();
        assertTrue(ok);
        assertGe(used, 25_000);
        assertLe(used, 28_000);
    }

    function test_TooLittleGasBurnsAllOfIt() public {
        bytes memory input = abi.encodePacked(hex"07", ACCOUNT, true);
        uint256 before = gasleft();
        (bool ok, bytes memory answer) = aiMining.call{gas: 20_000}(input);
        assertGe(before - gasleft(), 20_000);
        assertFalse(ok);
        assertEq(answer.length, 0);
        assertFalse(AiMiningLib.isAuthorized(ACCOUNT));
    }

    /// @dev However a call ends, gas is metered as before.
    function test_GasIsMeteredAfterACallThatRanOut() public {
        (bool ok,) = aiMining.call{gas: 2_000}(_mark(WORK));
        assertFalse(ok);
        assertGt(_gasOfALoop(), 10_000);
        assertFalse(AiMiningLib.isSpent(WORK));
    }

    function test_GasIsMeteredAfterTheProgramFailed() public {
        bytes memory code = aiMining.code;
        code[code.length - 3] = "?"; // the last letter of the program's name
        vm.etch(aiMining, code);
        (bool ok,) = aiMining.call(_mark(WORK));
        assertFalse(ok);
        assertGt(_gasOfALoop(), 10_000);
    }

    function test_ATestsOwnPauseHolds() public {
        vm.pauseGasMetering();
        AiMiningLib.markSpent(WORK);
        uint256 paused = _gasOfALoop();
        vm.resumeGasMetering();
        assertEq(paused, 0);
        assertGt(_gasOfALoop(), 10_000);
        assertTrue(AiMiningLib.isSpent(WORK));
    }

    function test_AWriteNeedsLittleMoreThanItsPrice() public {
        (bool ok,) = aiMining.call{gas: 12_000}(_mark(WORK));
        assertTrue(ok);
        assertTrue(AiMiningLib.isSpent(WORK));
    }

    function test_AnEmptyCallIsRefused() public {
        (bool ok, bytes memory answer) = aiMining.call("");
        assertFalse(ok);
        assertEq(answer, abi.encodeWithSelector(IPrecompile.UnknownOperation.selector, bytes4(0)));
        vm.prank(aiMining);
        (ok, answer) = aiMining.call("");
        assertFalse(ok);
        assertEq(answer, abi.encodeWithSelector(IPrecompile.UnknownOperation.selector, bytes4(0)));
    }

    function _gasOfALoop() private view returns (uint256 used) {
        used = gasleft();
        for (uint256 i; i < 1_000; i++) {}
        used -= gasleft();
    }

    function test_ItSeesBlockAndChain() public {
        vm.warp(SIMULATOR_VALID_FROM);
        trustSimulator();
        vm.chainId(4_242);
        vm.roll(77);
        vm.warp(SIMULATOR_VALID_FROM + 123);
        IAttestationRegistry.ProofOfExecution memory proof =
            simulateProof(claimOf(IAttestationRegistry.TEEVendor.TDX, 1, address(this), 1));
        assertTrue(registry.verifyAttestation(proof));
        assertEq(registry.getDeviceStatus(proof.deviceId).lastSeen, SIMULATOR_VALID_FROM + 123);
        assertNotEq(proofs.attestationRoot(77), 0);
        assertEq(proofs.attestationRoot(76), 0);
        vm.chainId(4_243);
        proof = simulateProof(claimOf(IAttestationRegistry.TEEVendor.TDX, 1, address(this), 2));
        vm.chainId(4_242);
        vm.expectRevert(abi.encodeWithSelector(IAttestationRegistry.EvidenceRejected.selector, 25));
        registry.verifyAttestation(proof);
    }

    function test_InputsOfMoreThan128KibAreSplit() public {
        // What is too long is refused, by the precompile: the whole of it arrives.
        bytes memory input = abi.encodePacked(hex"02", new bytes(200_000));
        (bool ok, bytes memory answer) = aiMining.call(input);
        assertFalse(ok);
        assertEq(answer, abi.encodeWithSelector(IPrecompile.InputTooLong.selector, 200_000, 78 + 16_384));
    }

    function testFuzz_EachWorkIsSpentOnce(bytes32 work) public {
        AiMiningLib.markSpent(work);
        (bool ok, bytes memory answer) = aiMining.call(_mark(work));
        assertFalse(ok);
        assertEq(answer, abi.encodeWithSelector(IAIMining.WorkAlreadySpent.selector, work));
    }
}
