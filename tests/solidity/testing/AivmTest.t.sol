// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationRegistry} from "aivm/abi/IAttestationRegistry.sol";
import {AiMiningLib} from "aivm/contracts/AiMiningLib.sol";
import {AivmTest} from "aivm/contracts/testing/AivmTest.sol";

/// @notice What a test gets: a chain's default genesis, and devices that attest.
contract AivmTestTest is AivmTest {
    address private governance = makeAddr("governance");

    function setUp() public {
        installAivm(governance);
    }

    function test_GovernanceIsWhoWasNamed() public view {
        assertEq(registry.governance(), governance);
        assertEq(registry.guardian(), address(0));
        assertEq(registry.validity(), 86_400);
        assertEq(registry.minTrustScore(), 50);
    }

    function test_TheDefaultRootsAreThere() public view {
        for (uint8 vendor = 1; vendor <= 4; vendor++) {
            (, bytes32 hash, bytes memory bundle) = registry.rootCA(IAttestationRegistry.TEEVendor(vendor));
            assertGt(bundle.length, 0);
            assertEq(keccak256(bundle), hash);
        }
        (,, bytes memory none) = registry.rootCA(IAttestationRegistry.TEEVendor.ARMCCA);
        assertEq(none.length, 0);
    }

    function test_AccountsHaveNonceAndCode() public view {
        address[4] memory accounts = [aiMining, address(registry), address(proofs), address(stateSync)];
        for (uint256 i; i < accounts.length; i++) {
            assertEq(vm.getNonce(accounts[i]), 1);
            assertGt(accounts[i].code.length, 0);
        }
    }

    function test_RevertWhen_NobodyTrustsTheSimulator() public {
        vm.warp(SIMULATOR_VALID_FROM);
        IAttestationRegistry.ProofOfExecution memory proof =
            simulateProof(claimOf(IAttestationRegistry.TEEVendor.SGX, 1, address(this), 1));
        vm.expectPartialRevert(IAttestationRegistry.EvidenceRejected.selector);
        registry.verifyAttestation(proof);
    }

    function test_DevicesOfEveryVendorAttest() public {
        trustSimulator();
        assertEq(block.timestamp, SIMULATOR_VALID_FROM);
        IAttestationRegistry.TEEVendor[4] memory vendors = [
            IAttestationRegistry.TEEVendor.SGX,
            IAttestationRegistry.TEEVendor.SEVSNP,
            IAttestationRegistry.TEEVendor.TDX,
            IAttestationRegistry.TEEVendor.ARMCCA
        ];
        for (uint256 i; i < vendors.length; i++) {
            Claim memory claim = claimOf(vendors[i], 3, address(this), 1);
            IAttestationRegistry.ProofOfExecution memory proof = simulateProof(claim);
            assertTrue(registry.verifyAttestation(proof));
            assertTrue(registry.getDeviceStatus(proof.deviceId).attested);
            assertFalse(registry.isHybrid(proof.deviceId));
            assertEq(proof.jobHash, claim.jobHash);
        }
        assertEq(registry.deviceCount(), vendors.length);
    }

    function test_AGpuMakesADeviceHybrid() public {
        trustSimulator();
        bytes memory key = simulatedKey(7);
        Claim memory claim = claimOf(IAttestationRegistry.TEEVendor.TDX, 3, address(this), 1);
        claim.gpu = 5;
        claim.attestedKey = keccak256(key);
        IAttestationRegistry.ProofOfExecution memory proof = simulateProof(claim);
        assertTrue(registry.verifyAttestation(proof));
        assertTrue(registry.isHybrid(proof.deviceId));
        assertEq(registry.getDeviceKey(proof.deviceId), keccak256(key));
    }

    function test_EvidenceVerifies() public {
        trustSimulator();
        bytes memory evidence = simulateEvidence(IAttestationRegistry.TEEVendor.NVIDIA, 1, keccak256("nonce"));
        (bool verified, uint8 score) = AiMiningLib.verifyTEE(evidence, keccak256("nonce"));
        assertTrue(verified);
        assertGe(score, 50);
        (verified, score) = AiMiningLib.verifyTEE(evidence, keccak256("other nonce"));
        assertFalse(verified);
        assertEq(score, 0);
    }

    function test_SignaturesVerifyUnderTheirKeyAlone() public {
        bytes memory signature = simulatedSignature(1, "message");
        assertTrue(AiMiningLib.verifyMLDSA(AiMiningLib.ML_DSA_65, simulatedKey(1), signature, "message"));
        assertFalse(AiMiningLib.verifyMLDSA(AiMiningLib.ML_DSA_65, simulatedKey(2), signature, "message"));
        assertFalse(AiMiningLib.verifyMLDSA(AiMiningLib.ML_DSA_65, simulatedKey(1), signature, "another"));
    }
}
