// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationRegistry} from "aivm/abi/IAttestationRegistry.sol";
import {IPrecompile} from "aivm/abi/IPrecompile.sol";
import {AiMiningLib} from "aivm/contracts/AiMiningLib.sol";
import {PrecompileCall} from "aivm/contracts/PrecompileCall.sol";
import {AttestationRegistry} from "aivm/contracts/attestation/AttestationRegistry.sol";
import {IAttestationChain} from "aivm/contracts/attestation/IAttestationChain.sol";
import {IAttestationQueries} from "aivm/contracts/attestation/IAttestationQueries.sol";
import {AivmTest} from "aivm/contracts/testing/AivmTest.sol";

/// @dev Lends its identity to the facade.
contract Borrower {
    function run(address facade, bytes calldata call_) external returns (bool ok, bytes memory answer) {
        return facade.delegatecall(call_);
    }
}

/// The facade over the real precompile.
contract AttestationRegistryPrecompileTest is AivmTest {
    IAttestationRegistry.TEEVendor private constant SGX = IAttestationRegistry.TEEVendor.SGX;
    IAttestationRegistry.TEEVendor private constant TDX = IAttestationRegistry.TEEVendor.TDX;

    AttestationRegistry private facade;
    address private operator = makeAddr("operator");
    address private other = makeAddr("other");
    bytes private rootsAtGenesis;

    function setUp() public {
        facade = new AttestationRegistry();
        installAivm();
        (,, rootsAtGenesis) = registry.rootCA(TDX);
        trustSimulator();
    }

    function test_TheCallerBecomesTheOperator() public {
        Claim memory claim = claimOf(SGX, 1, operator, 1);
        IAttestationChain.ProofOfExecution memory proof = _proof(claim);
        vm.expectEmit(true, true, false, false, address(registry));
        emit IAttestationRegistry.AttestationVerified(proof.deviceId, operator, SGX, 0, claim.jobHash, claim.outputHash);
        vm.prank(operator);
        assertTrue(facade.verifyAttestation(proof));

        IAttestationChain.DeviceStatus memory status = facade.getDeviceStatus(proof.deviceId);
        assertTrue(status.attested);
        assertEq(status.operator, operator);
        assertEq(status.lastSeen, block.timestamp);
        assertEq(uint8(status.vendor), uint8(SGX));
        assertEq(abi.encode(status), abi.encode(registry.getDeviceStatus(proof.deviceId)));
        assertEq(abi.encode(status), abi.encode(facade.getStatus(proof.deviceId)));
        assertEq(abi.encode(status), abi.encode(facade.requireAttested(proof.deviceId, status.trustScore)));
    }

    function test_AnUnknownDeviceIsAllZero() public {
        bytes32 unknown = keccak256("unknown");
        IAttestationChain.DeviceStatus memory nothing;
        assertEq(abi.encode(facade.getDeviceStatus(unknown)), abi.encode(nothing));
        vm.expectRevert(abi.encodeWithSelector(IAttestationQueries.DeviceNotAttested.selector, unknown));
        facade.requireAttested(unknown, 0);
    }

    function test_AttestedKey() public {
        bytes memory key = simulatedKey(7);
        Claim memory claim = claimOf(TDX, 2, operator, 1);
        claim.attestedKey = keccak256(key);
        bytes32 device = _attest(claim);
        assertTrue(facade.isAttestedKey(device, key));
        assertFalse(facade.isAttestedKey(device, simulatedKey(8)));
        assertFalse(facade.isAttestedKey("unknown", key));
        registry.revokeDevice(device);
        assertFalse(facade.isAttestedKey(device, key));
    }

    function test_ADeviceWithoutAKeyHasNone() public {
        bytes32 device = _attest(claimOf(SGX, 1, operator, 1));
        assertFalse(facade.isAttestedKey(device, ""));
        assertFalse(facade.isAttestedKey(device, new bytes(32)));
    }

    function test_ScoreIsCompared() public {
        bytes32 device = _attest(claimOf(SGX, 1, operator, 1));
        uint8 score = facade.getDeviceStatus(device).trustScore;
        vm.expectRevert(abi.encodeWithSelector(IAttestationQueries.TrustScoreTooLow.selector, device, score, score + 1));
        facade.requireAttested(device, score + 1);
    }

    // What must be refused, and how 0x0AAA says so

    function test_Attack_SameProofTwice() public {
        IAttestationChain.ProofOfExecution memory proof = _proof(claimOf(SGX, 1, operator, 1));
        vm.startPrank(operator);
        facade.verifyAttestation(proof);
        _expectRejected(18);
        facade.verifyAttestation(proof);
        vm.stopPrank();
    }

    function test_Attack_SameProofThroughAnotherFacade() public {
        IAttestationChain.ProofOfExecution memory proof = _proof(claimOf(SGX, 1, operator, 1));
        AttestationRegistry second = new AttestationRegistry();
        vm.startPrank(operator);
        facade.verifyAttestation(proof);
        _expectRejected(18);
        second.verifyAttestation(proof);
        vm.stopPrank();
        assertTrue(second.getDeviceStatus(proof.deviceId).attested);
    }

    function test_Attack_ProofOfAnotherOperator() public {
        IAttestationChain.ProofOfExecution memory proof = _proof(claimOf(SGX, 1, operator, 1));
        _expectRejected(25);
        vm.prank(other);
        facade.verifyAttestation(proof);
    }

    function test_Attack_ProofMadeForAnotherChain() public {
        IAttestationChain.ProofOfExecution memory proof = _proof(claimOf(SGX, 1, operator, 1));
        vm.chainId(block.chainid + 1);
        _expectRejected(25);
        vm.prank(operator);
        facade.verifyAttestation(proof);
    }

    function test_Attack_ProofForAnotherJob() public {
        IAttestationChain.ProofOfExecution memory proof = _proof(claimOf(SGX, 1, operator, 1));
        proof.jobHash = keccak256("another job");
        _expectRejected(25);
        vm.prank(operator);
        facade.verifyAttestation(proof);
    }

    function test_Attack_ProofOfAnotherDevice() public {
        IAttestationChain.ProofOfExecution memory proof = _proof(claimOf(SGX, 1, operator, 1));
        proof.deviceId = _proof(claimOf(SGX, 2, operator, 1)).deviceId;
        _expectRejected(24);
        vm.prank(operator);
        facade.verifyAttestation(proof);
    }

    function test_Attack_TakingALiveDeviceOver() public {
        _attest(claimOf(SGX, 1, operator, 1));
        IAttestationChain.ProofOfExecution memory proof = _proof(claimOf(SGX, 1, other, 2));
        _expectRejected(22);
        vm.prank(other);
        facade.verifyAttestation(proof);
    }

    function test_Attack_QuoteOfAnotherLength() public {
        IAttestationChain.ProofOfExecution memory proof = _proof(claimOf(SGX, 1, operator, 1));
        proof.cpuQuote = "";
        _expectRejected(1);
        vm.prank(operator);
        facade.verifyAttestation(proof);
        proof.cpuQuote = new bytes(16_385);
        proof.cpuQuote[0] = 0x01;
        _assertSameRefusal(proof);
        proof.cpuQuote = new bytes(40_000);
        _assertSameRefusal(proof);
    }

    function test_Attack_RootsWereReplaced() public {
        bytes32 device = _attest(claimOf(TDX, 1, operator, 1));
        IAttestationChain.ProofOfExecution memory proof = _proof(claimOf(TDX, 1, operator, 2));
        registry.updateRootCA(TDX, rootsAtGenesis);
        _assertSameRefusal(proof);
        // What was proven before lapses: it cannot be renewed.
        skip(registry.validity() + 1);
        vm.expectRevert(abi.encodeWithSelector(IAttestationQueries.DeviceNotAttested.selector, device));
        facade.requireAttested(device, 0);
    }

    function test_RevertWhen_TheVendorIsPaused() public {
        bytes32 device = _attest(claimOf(SGX, 1, operator, 1));
        registry.pause(SGX);
        vm.expectRevert(abi.encodeWithSelector(IAttestationQueries.DeviceNotAttested.selector, device));
        facade.requireAttested(device, 0);
        _assertSameRefusal(_proof(claimOf(SGX, 1, operator, 2)));
        registry.unpause(SGX);
        assertTrue(facade.requireAttested(device, 0).attested);
    }

    function test_LapsesAfterItsValidityAndNotBefore() public {
        bytes32 device = _attest(claimOf(SGX, 1, operator, 1));
        uint256 last = block.timestamp + registry.validity();
        vm.warp(last - 1);
        assertTrue(facade.getDeviceStatus(device).attested);
        vm.warp(last);
        assertTrue(facade.getDeviceStatus(device).attested);
        vm.warp(last + 1);
        assertFalse(facade.getDeviceStatus(device).attested);
    }

    function test_RevertWhen_CalledBelowAStaticCall() public {
        IAttestationChain.ProofOfExecution memory proof = _proof(claimOf(SGX, 1, operator, 1));
        vm.prank(operator);
        (bool ok, bytes memory answer) = address(facade).staticcall(abi.encodeCall(facade.verifyAttestation, (proof)));
        assertFalse(ok);
        assertEq(answer, abi.encodeWithSelector(IPrecompile.StaticCallNotAllowed.selector));
        assertFalse(facade.getDeviceStatus(proof.deviceId).attested);
    }

    function test_Attack_TheFacadeIsDelegatecalled() public {
        Borrower borrower = new Borrower();
        bytes memory update = abi.encodeCall(facade.updateRootCA, (IAttestationChain.TEEVendor.SGX, hex"30"));
        vm.prank(other);
        (bool ok, bytes memory answer) = borrower.run(address(facade), update);
        assertFalse(ok);
        assertEq(answer, abi.encodeWithSelector(IPrecompile.Unauthorized.selector, other));

        // A proof registers for whom it was made for, whoever lends the code.
        IAttestationChain.ProofOfExecution memory proof = _proof(claimOf(SGX, 1, operator, 1));
        vm.prank(other);
        (ok, answer) = borrower.run(address(facade), abi.encodeCall(facade.verifyAttestation, (proof)));
        assertFalse(ok);
        assertEq(answer, abi.encodeWithSelector(IAttestationRegistry.EvidenceRejected.selector, 25));
    }

    /// With whatever gas, the answer is "registered", a reason, or nothing at all, but never "no precompile here".
    function test_Attack_LeftTooLittleGas() public {
        IAttestationChain.ProofOfExecution memory proof = _proof(claimOf(SGX, 1, operator, 1));
        bytes memory call_ = abi.encodeCall(facade.verifyAttestation, (proof));
        uint256 refused;
        for (uint256 gas_ = 20_000; gas_ <= 200_000; gas_ += 10_000) {
            vm.prank(operator);
            (bool ok, bytes memory answer) = address(facade).call{gas: gas_}(call_);
            assertEq(facade.getDeviceStatus(proof.deviceId).attested, ok);
            if (ok) return assertGt(refused, 2);
            refused++;
            // forge-lint: disable-next-line(unsafe-typecast)
            if (answer.length > 0) assertEq(bytes4(answer), PrecompileCall.InsufficientGas.selector);
        }
        fail();
    }

    function _attest(Claim memory claim) private returns (bytes32) {
        IAttestationChain.ProofOfExecution memory proof = _proof(claim);
        vm.prank(claim.operator);
        facade.verifyAttestation(proof);
        return proof.deviceId;
    }

    /// @dev The same bytes under the facade's name for them.
    function _proof(Claim memory claim) private returns (IAttestationChain.ProofOfExecution memory) {
        return abi.decode(abi.encode(simulateProof(claim)), (IAttestationChain.ProofOfExecution));
    }

    function _expectRejected(uint16 code) private {
        vm.expectRevert(abi.encodeWithSelector(IAttestationRegistry.EvidenceRejected.selector, code));
    }

    /// @dev The operator is refused through the facade with what 0x0AAA itself says.
    function _assertSameRefusal(IAttestationChain.ProofOfExecution memory proof) private {
        (bool direct, bytes memory reason) = address(registry)
            .call(abi.encodeWithSelector(IAttestationRegistry.verifyAttestationFor.selector, operator, proof));
        vm.prank(operator);
        (bool through, bytes memory same) = address(facade).call(abi.encodeCall(facade.verifyAttestation, (proof)));
        assertFalse(direct);
        assertFalse(through);
        assertGt(reason.length, 0);
        assertEq(same, reason);
    }
}
