// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationLightClient as I} from "aivm/abi/IAttestationLightClient.sol";
import {IRootRelayer} from "aivm/contracts/sync/IRootRelayer.sol";
import {RelayerBase} from "./RelayerBase.sol";

/// @dev Silences that are over: a root ends them, and does not wipe them out.
abstract contract RootRelayerMissedRules is RelayerBase {
    uint256 internal constant LOSS = 2 ether; // a tenth of 20

    function test_Attack_ARelayInFrontOfTheReport() public {
        _fund(5 ether);
        uint256 end = firstBlock + 10_000;
        vm.roll(end);
        vm.expectEmit(address(relayer));
        emit IRootRelayer.SilenceSeen(firstBlock, end);
        _relay(operators[0], START + 1);
        assertEq(relayer.creditOf(operators[0]), BOUNTY);
        assertEq(relayer.silentSince(), end);
        assertEq(relayer.silentUntil(firstBlock), end);
        // The very calls that were on their way.
        for (uint256 i; i < 3; ++i) {
            assertEq(_slash(operators[i], firstBlock), LOSS);
            vm.expectRevert(abi.encodeWithSelector(IRootRelayer.AlreadySlashed.selector, operators[i], firstBlock));
            _slash(operators[i], firstBlock);
        }
        _assertBooks();
    }

    function test_Attack_TheFallbackWipesOutTheSilence() public {
        vm.roll(firstBlock + SILENCE + 1);
        _relay(makeAddr("volunteer"), START + 1);
        vm.roll(firstBlock + 2 * SILENCE);
        _relay(operators[1], START + 2);
        assertEq(_slash(operators[0], firstBlock), LOSS);
        _expectUnknownSilence(firstBlock + SILENCE + 1);
        _slash(operators[0], firstBlock + SILENCE + 1);
    }

    function test_Attack_ARootAroundTheRelayerAfterSomebodyLooked() public {
        uint256 seen = firstBlock + SILENCE + 1;
        vm.roll(seen);
        vm.expectEmit(address(relayer));
        emit IRootRelayer.SilenceSeen(firstBlock, seen);
        assertFalse(relayer.poke());
        vm.roll(firstBlock + 3 * SILENCE);
        _update(team, _root(START + 1), START + 1);
        assertEq(_slash(operators[0], firstBlock), LOSS); // unnoted as it is
        assertTrue(relayer.silentSince() > seen);
        assertEq(_slash(operators[1], firstBlock), LOSS);
        assertEq(relayer.silentUntil(firstBlock), seen);
    }

    /// @dev What remains: there is no telling when the root came.
    function test_Attack_ARootAroundTheRelayerBeforeAnybodyLooked() public {
        vm.roll(firstBlock + 10_000);
        _update(team, _root(START + 1), START + 1);
        _expectUnknownSilence(firstBlock);
        _slash(operators[0], firstBlock);
        _relay(operators[0], START + 2);
        assertEq(relayer.silentUntil(firstBlock), 0);
        _expectUnknownSilence(firstBlock);
        _slash(operators[0], firstBlock);
    }

    function test_Attack_SlashedForBlocksAfterTheSilenceWasSeen() public {
        vm.roll(firstBlock + 1);
        address late = makeAddr("late");
        _bond(late, MIN_BOND);
        _admit(late);
        vm.roll(firstBlock + SILENCE + 1);
        relayer.poke();
        vm.roll(firstBlock + SILENCE + 2);
        _update(team, _root(START + 1), START + 1);
        vm.roll(firstBlock + 3 * SILENCE);
        _expectNotSilent(late, firstBlock + 1, firstBlock + SILENCE + 1);
        _slash(late, firstBlock);
        assertEq(_slash(operators[0], firstBlock), LOSS);
    }

    function test_Attack_SlashedForARelayInTime() public {
        vm.roll(firstBlock + SILENCE);
        _relay(operators[0], START + 1);
        assertEq(relayer.silentUntil(firstBlock), 0);
        vm.roll(firstBlock + 2 * SILENCE);
        _expectUnknownSilence(firstBlock);
        _slash(operators[1], firstBlock);
    }

    function test_Attack_AnEquivocationWipesOutTheSilence() public {
        bytes32 other = keccak256("other");
        bytes memory signatures = _signRoot(team, other, START);
        vm.roll(firstBlock + SILENCE + 1);
        vm.prank(operators[0]);
        relayer.relay(other, START, signatures);
        _assertFrozen(true, START);
        assertEq(_slash(operators[0], firstBlock), LOSS);
    }

    function test_SlashSilent_EachOfSeveralSilencesInAnyOrder() public {
        uint256 second = firstBlock + SILENCE + 1;
        vm.roll(second);
        _relay(operators[0], START + 1);
        uint256 third = second + 2 * SILENCE;
        vm.roll(third);
        _relay(operators[0], START + 2);
        vm.roll(third + SILENCE + 1);
        assertEq(_slash(operators[0], second), LOSS);
        assertEq(_slash(operators[0], third), 1.8 ether);
        assertEq(_slash(operators[0], firstBlock), 1.62 ether);
        vm.expectRevert(abi.encodeWithSelector(IRootRelayer.AlreadySlashed.selector, operators[0], second));
        _slash(operators[0], second);
    }

    function test_SlashSilent_OfOneThatLeftUntilItComesBack() public {
        uint256 end = firstBlock + SILENCE + 1;
        vm.roll(end);
        _relay(operators[0], START + 1);
        vm.roll(end + 1);
        for (uint256 i; i < 2; ++i) {
            vm.prank(operators[i]);
            relayer.resign();
        }
        vm.roll(end + 2);
        assertEq(_slash(operators[0], firstBlock), LOSS);
        _admit(operators[1]);
        _expectNotSilent(operators[1], end + 2, end);
        _slash(operators[1], firstBlock);
    }

    function test_Attack_SlashedForASilenceBeforeItCame() public {
        uint256 end = firstBlock + SILENCE + 1;
        vm.roll(end);
        _bond(stranger, MIN_BOND);
        _admit(stranger);
        _relay(stranger, START + 1);
        vm.roll(end + SILENCE);
        _expectNotSilent(stranger, end, end);
        _slash(stranger, firstBlock);
    }

    function test_RevertWhen_NoSilenceBeganThere() public {
        vm.roll(firstBlock + SILENCE + 1);
        relayer.poke();
        uint256[4] memory others = [0, firstBlock - 1, firstBlock + 1, type(uint256).max];
        for (uint256 i; i < others.length; ++i) {
            _expectUnknownSilence(others[i]);
            _slash(operators[0], others[i]);
        }
    }
}

contract RootRelayerMissedTest is RootRelayerMissedRules {
    function test_SlashSilent_WhateverBecameOfTheClient() public {
        vm.roll(firstBlock + SILENCE + 1);
        _relay(operators[0], START + 1);
        vm.etch(address(client), hex"fe");
        assertEq(_slash(operators[0], firstBlock), LOSS);
    }

    function testFuzz_Relay_KeepsTheSilenceThatItEnds(uint16 blocks, uint16 later) public {
        blocks = uint16(bound(blocks, 1, type(uint16).max));
        uint256 end = firstBlock + blocks;
        vm.roll(end);
        _relay(operators[0], START + 1);
        vm.roll(end + later);
        if (blocks <= SILENCE) _expectUnknownSilence(firstBlock);
        uint256 taken = _slash(operators[1], firstBlock);
        if (blocks > SILENCE) assertEq(taken, LOSS);
        assertEq(relayer.silentUntil(firstBlock), blocks > SILENCE ? end : 0);
    }
}

/// @dev The same before the precompile.
contract RootRelayerMissedOfPrecompileTest is RootRelayerMissedRules {
    function _makeClient() internal override returns (I) {
        installAivm(boss);
        return stateSync;
    }
}
