// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationLightClient as I} from "aivm/abi/IAttestationLightClient.sol";
import {IPrecompile} from "aivm/abi/IPrecompile.sol";
import {LightClientDifferential} from "./LightClientDifferential.sol";

/// @dev The client in Solidity against the precompile itself, call by call.
contract LightClientDifferentialTest is LightClientDifferential {
    uint256 private constant STEPS = 600;

    function test_Differential_SameAnswersErrorsLogsAndStorage() public {
        _begin(0xa1);
        for (uint256 i; i < STEPS; ++i) {
            _step();
        }
        // The sequence is the same in every run. Whatever can happen, did.
        bytes4[19] memory errors = [
            I.NoCommittee.selector,
            I.NoRoot.selector,
            I.UnknownHeight.selector,
            I.HeightNotNew.selector,
            I.Frozen.selector,
            I.ZeroRoot.selector,
            I.CommitteeSize.selector,
            I.ZeroChainId.selector,
            I.CommitteeMismatch.selector,
            I.CommitteeOrder.selector,
            I.CommitteeUsed.selector,
            I.ZeroWeight.selector,
            I.InvalidSignatureLength.selector,
            I.InvalidSignature.selector,
            I.SignerOrder.selector,
            I.UnknownSigner.selector,
            I.InsufficientWeight.selector,
            IPrecompile.InputTooLong.selector,
            IPrecompile.Unauthorized.selector
        ];
        for (uint256 i; i < errors.length; ++i) {
            assertGt(outcomes[errors[i]], 2, vm.toString(abi.encodePacked(errors[i])));
        }
        assertGt(outcomes[bytes4(I.Equivocation.selector)], 2, "equivocations");
        assertGt(outcomes[bytes4(I.CommitteeChanged.selector)], 20, "committees");
        assertGt(accepted, 30, "roots");
        assertGt(proven, 10, "proofs");
    }

    /// forge-config: default.fuzz.runs = 4
    function testFuzz_Differential_AnySequence(uint256 seed) public {
        _begin(seed);
        for (uint256 i; i < 60; ++i) {
            _step();
        }
    }
}
