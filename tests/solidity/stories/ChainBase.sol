// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationChain} from "aivm/contracts/attestation/IAttestationChain.sol";
import {IAttestationRegistry} from "aivm/abi/IAttestationRegistry.sol";
import {AivmTest} from "aivm/contracts/testing/AivmTest.sol";
import {GovernanceBase, Motion} from "../governance/GovernanceBase.sol";

/// @notice A chain with the four precompiles that validators govern, from its first block.
abstract contract ChainBase is GovernanceBase, AivmTest {
    address internal operator = makeAddr("operator");

    function startChain() internal {
        deployGovernance();
        installAivm(address(governance));
        stakeAll();
        assertEq(registry.governance(), address(governance));
    }

    /// @notice Validators install the simulator's roots; anyone submits the collateral.
    function trustSimulatorByVote() internal {
        bytes[] memory calls = simulatorCalls();
        Motion memory roots;
        roots.description = "Trust the simulator";
        for (uint256 i; i < calls.length; i++) {
            if (!_isRoots(calls[i])) continue;
            // One of them by LP-80's own interface.
            bool byFacade = uint8(calls[i][35]) == uint8(IAttestationRegistry.TEEVendor.TDX);
            roots = and(roots, byFacade ? address(facade) : address(registry), calls[i]);
        }
        assertEq(roots.targets.length, 5, "vendors with roots");
        enact(roots);
        for (uint256 i; i < calls.length; i++) {
            if (_isRoots(calls[i])) continue;
            vm.prank(stranger);
            (bool ok,) = address(registry).call(calls[i]);
            assertTrue(ok, "collateral");
        }
    }

    function _isRoots(bytes memory call_) private pure returns (bool) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return bytes4(call_) == IAttestationRegistry.updateRootCA.selector;
    }

    /// @notice The device attests through the contract that implements LP-80's interface.
    function attestByFacade(Claim memory claim) internal returns (bytes32) {
        IAttestationRegistry.ProofOfExecution memory proof = simulateProof(claim);
        vm.prank(claim.operator);
        bool attested = facade.verifyAttestation(
            IAttestationChain.ProofOfExecution({
                deviceId: proof.deviceId,
                cpuQuote: proof.cpuQuote,
                gpuQuote: proof.gpuQuote,
                nonce: proof.nonce,
                jobHash: proof.jobHash,
                outputHash: proof.outputHash
            })
        );
        assertTrue(attested);
        assertEq(facade.getDeviceStatus(proof.deviceId).operator, claim.operator);
        return proof.deviceId;
    }
}
