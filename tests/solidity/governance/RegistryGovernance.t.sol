// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IAttestationRegistry} from "aivm/abi/IAttestationRegistry.sol";
import {IPrecompile} from "aivm/abi/IPrecompile.sol";
import {IAttestationChain} from "aivm/contracts/attestation/IAttestationChain.sol";
import {AivmTest} from "aivm/contracts/testing/AivmTest.sol";
import {GovernanceBase, Motion} from "./GovernanceBase.sol";

/// Governance over the real precompile.
contract RegistryGovernanceTest is GovernanceBase, AivmTest {
    IAttestationRegistry.TEEVendor private constant SGX = IAttestationRegistry.TEEVendor.SGX;

    address private guardian = makeAddr("guardian");
    address private operator = makeAddr("operator");

    function setUp() public {
        deployGovernance();
        installAivm(address(governance));
        stakeAll();
    }

    function test_AProposalInstallsVendors() public {
        IAttestationRegistry.ProofOfExecution memory proof = simulateProof(claimOf(SGX, 1, operator, 1));
        vm.expectPartialRevert(IAttestationRegistry.EvidenceRejected.selector);
        registry.verifyAttestationFor(operator, proof); // genuine for nobody yet

        enact(_all(simulatorCalls()));
        vm.prank(operator);
        assertTrue(registry.verifyAttestation(proof));
        assertTrue(registry.getDeviceStatus(proof.deviceId).attested);
    }

    function test_AProposalUpdatesRootsThroughTheFacade() public {
        bytes memory roots = _simulatedRoots(IAttestationRegistry.TEEVendor.TDX);
        (uint64 version, bytes32 before,) = registry.rootCA(IAttestationRegistry.TEEVendor.TDX);
        assertNotEq(before, keccak256(roots));
        Motion memory m =
            motion(address(facade), abi.encodeCall(facade.updateRootCA, (IAttestationChain.TEEVendor.TDX, roots)));
        passAndWait(m);
        vm.expectEmit(address(registry));
        emit IAttestationRegistry.RootCAUpdated(
            IAttestationRegistry.TEEVendor.TDX, version + 1, before, keccak256(roots)
        );
        execute(m);
        (uint64 now_, bytes32 after_,) = registry.rootCA(IAttestationRegistry.TEEVendor.TDX);
        assertEq(now_, version + 1);
        assertEq(after_, keccak256(roots));
    }

    /// What 0x0AAA says comes through facade and governance as it is.
    function test_RevertWhen_TheRegistryRefusesRoots() public {
        bytes memory direct = _refusal(address(governance), abi.encodeCall(registry.updateRootCA, (SGX, hex"3000")));
        // forge-lint: disable-next-line(unsafe-typecast)
        assertEq(bytes4(direct), IAttestationRegistry.RootCARejected.selector);
        Motion memory m =
            motion(address(facade), abi.encodeCall(facade.updateRootCA, (IAttestationChain.TEEVendor.SGX, hex"3000")));
        passAndWait(m);
        vm.expectRevert(direct);
        execute(m);
    }

    function test_RevertWhen_RootsAreUpdatedThroughTheFacadeWithoutAProposal() public {
        address[4] memory callers = [stranger, alice, guardian, address(registry)];
        for (uint256 i; i < callers.length; i++) {
            vm.expectRevert(abi.encodeWithSelector(IPrecompile.Unauthorized.selector, callers[i]));
            vm.prank(callers[i]);
            facade.updateRootCA(IAttestationChain.TEEVendor.SGX, hex"30");
        }
    }

    // Pausing

    function test_TheGuardianPausesAtOnce() public {
        enact(motion(address(registry), abi.encodeCall(registry.setGuardian, (guardian))));
        vm.expectEmit(address(registry));
        emit IAttestationRegistry.Paused(SGX, guardian);
        vm.prank(guardian);
        registry.pause(SGX);
        assertTrue(registry.isPaused(SGX));

        // It takes a proposal, and the delay, to go on.
        Motion memory m = motion(address(registry), abi.encodeCall(registry.unpause, (SGX)));
        uint256 id = pass(m);
        vm.expectRevert(unexpectedState(id, IGovernor.ProposalState.Succeeded, IGovernor.ProposalState.Queued));
        execute(m);
        queue(m);
        skip(DELAY);
        execute(m);
        assertFalse(registry.isPaused(SGX));
    }

    function test_ValidatorsPauseWithoutDelay() public {
        Motion memory m = motion(address(registry), abi.encodeCall(registry.pause, (SGX)));
        m = and(m, address(registry), abi.encodeCall(registry.pause, (IAttestationRegistry.TEEVendor.NVIDIA)));
        pass(m);
        execute(m);
        assertTrue(registry.isPaused(SGX));
        assertTrue(registry.isPaused(IAttestationRegistry.TEEVendor.NVIDIA));
        assertFalse(registry.isPaused(IAttestationRegistry.TEEVendor.TDX));
    }

    function test_AProposalNamesNoGuardian() public {
        enact(motion(address(registry), abi.encodeCall(registry.setGuardian, (guardian))));
        Motion memory m = motion(address(registry), abi.encodeCall(registry.setGuardian, (address(0))));
        m.description = "no guardian any more";
        enact(m);
        vm.expectRevert(abi.encodeWithSelector(IPrecompile.Unauthorized.selector, guardian));
        vm.prank(guardian);
        registry.pause(SGX);
    }

    // Who may do what: every function of 0x0AAA that writes, by everyone who is not governance

    function test_RevertWhen_NotByGovernance() public {
        enact(motion(address(registry), abi.encodeCall(registry.setGuardian, (guardian))));
        bytes[] memory calls = _governed();
        address[6] memory callers = [guardian, stranger, alice, address(facade), address(stake), address(registry)];
        for (uint256 i; i < calls.length; i++) {
            for (uint256 j; j < callers.length; j++) {
                bytes memory refusal = _refusal(callers[j], calls[i]);
                assertEq(refusal, abi.encodeWithSelector(IPrecompile.Unauthorized.selector, callers[j]));
            }
        }
        for (uint256 j = 1; j < callers.length; j++) {
            bytes memory refusal = _refusal(callers[j], abi.encodeCall(registry.pause, (SGX)));
            assertEq(refusal, abi.encodeWithSelector(IPrecompile.Unauthorized.selector, callers[j]));
        }
    }

    /// A function that is added to the interface must be put into the lists here.
    function test_EveryWritingFunctionIsListed() public {
        string[] memory command = new string[](2);
        (command[0], command[1]) = ("cat", "abi/json/IAttestationRegistry.json");
        string memory json = string(vm.ffi(command));
        bytes memory names = vm.parseJson(json, "$[?(@.stateMutability == 'nonpayable')].name");
        uint256 open = 4; // verifyAttestation, verifyAttestationFor, refresh, releaseDevice
        assertEq(abi.decode(names, (string[])).length, _governed().length + 1 + open);
    }

    // Handing over

    function test_GovernanceIsHandedOver() public {
        Motion memory m = motion(address(registry), abi.encodeCall(registry.setGovernance, (stranger)));
        passAndWait(m);
        vm.expectEmit(address(registry));
        emit IAttestationRegistry.GovernanceChanged(address(governance), stranger);
        execute(m);
        assertEq(facade.governance(), stranger);

        bytes memory unauthorized = abi.encodeWithSelector(IPrecompile.Unauthorized.selector, address(governance));
        m = motion(address(registry), abi.encodeCall(registry.setMinTrustScore, (1)));
        passAndWait(m);
        vm.expectRevert(unauthorized);
        execute(m);
        m = motion(address(facade), abi.encodeCall(facade.updateRootCA, (IAttestationChain.TEEVendor.SGX, hex"30")));
        passAndWait(m);
        vm.expectRevert(unauthorized);
        execute(m);
    }

    function test_RevertWhen_GovernanceIsHandedToNobody() public {
        Motion memory m = motion(address(registry), abi.encodeCall(registry.setGovernance, (address(0))));
        passAndWait(m);
        vm.expectRevert(IAttestationRegistry.ZeroGovernance.selector);
        execute(m);
    }

    /// @dev The functions that are governance's alone, one call of each. `pause` is the guardian's too.
    function _governed() private pure returns (bytes[] memory calls) {
        calls = new bytes[](12);
        bytes memory cpak = abi.encode(IAttestationRegistry.CcaCpak("", 0, ""));
        // Anyone's but for this vendor, whose keys nobody signs.
        calls[0] = abi.encodeCall(registry.submitCollateral, (IAttestationRegistry.TEEVendor.ARMCCA, cpak));
        calls[1] = abi.encodeCall(registry.updateRootCA, (SGX, hex"30"));
        calls[2] = abi.encodeCall(registry.unpause, (SGX));
        calls[3] = abi.encodeCall(registry.setMeasurement, (0, IAttestationRegistry.MeasurementState.Allowed));
        calls[4] = abi.encodeCall(registry.requireAllowlist, (SGX, true));
        calls[5] = abi.encodeCall(registry.setMinTrustScore, (1));
        calls[6] = abi.encodeCall(registry.setValidity, (1));
        calls[7] = abi.encodeCall(registry.setMinimumTcb, (SGX, ""));
        calls[8] = abi.encodeCall(registry.setGoldenMeasurement, (IAttestationRegistry.TEEVendor.NVIDIA, ""));
        calls[9] = abi.encodeCall(registry.setGovernance, (address(1)));
        calls[10] = abi.encodeCall(registry.setGuardian, (address(1)));
        calls[11] = abi.encodeCall(registry.revokeDevice, (0));
    }

    /// @dev The roots of the simulator's vendor.
    function _simulatedRoots(IAttestationRegistry.TEEVendor vendor) private returns (bytes memory roots) {
        bytes[] memory calls = simulatorCalls();
        for (uint256 i; i < calls.length; i++) {
            if (bytes4(calls[i]) != IAttestationRegistry.updateRootCA.selector) continue;
            bytes memory arguments = new bytes(calls[i].length - 4);
            for (uint256 j; j < arguments.length; j++) {
                arguments[j] = calls[i][4 + j];
            }
            IAttestationRegistry.TEEVendor found;
            (found, roots) = abi.decode(arguments, (IAttestationRegistry.TEEVendor, bytes));
            if (found == vendor) return roots;
        }
        revert("no such roots");
    }

    /// @dev One proposal with all of these calls.
    function _all(bytes[] memory calls) private pure returns (Motion memory m) {
        uint256 count = calls.length;
        (m.targets, m.values, m.calldatas) = (new address[](count), new uint256[](count), calls);
        for (uint256 i; i < count; i++) {
            m.targets[i] = address(registry);
        }
        m.description = "trust these vendors";
    }

    /// @dev What 0x0AAA reverts with.
    function _refusal(address caller, bytes memory call_) private returns (bytes memory reason) {
        bool ok;
        vm.prank(caller);
        (ok, reason) = address(registry).call(call_);
        assertFalse(ok, "not refused");
    }
}
