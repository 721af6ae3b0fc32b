// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationLightClient as I} from "aivm/abi/IAttestationLightClient.sol";
import {IOperatorBonds} from "aivm/contracts/bonds/IOperatorBonds.sol";
import {AttestationLightClient} from "aivm/contracts/sync/AttestationLightClient.sol";
import {IRootRelayer} from "aivm/contracts/sync/IRootRelayer.sol";
import {RootRelayer} from "aivm/contracts/sync/RootRelayer.sol";
import {RelayerBase} from "./RelayerBase.sol";

/// @dev Who is slashed for a silence, and who is not.
abstract contract RootRelayerSilenceRules is RelayerBase {
    uint256 internal constant LOSS = 2 ether; // a tenth of 20

    function test_SlashSilent_AfterTheSilenceAndNotABlockBefore() public {
        for (uint256 i = SILENCE - 1; i <= SILENCE; ++i) {
            vm.roll(firstBlock + i);
            _expectNotSilent(operators[0], firstBlock, firstBlock + i);
            _slash(operators[0]);
        }
        vm.roll(firstBlock + SILENCE + 1);
        vm.expectEmit(address(relayer));
        emit IOperatorBonds.Slashed(operators[0], stranger, LOSS, LOSS / 4);
        vm.expectEmit(address(relayer));
        emit IRootRelayer.SilenceSlashed(operators[0], firstBlock, LOSS);
        assertEq(_slash(operators[0]), LOSS);
        assertEq(relayer.creditOf(stranger), LOSS / 4);
        assertEq(BURN.balance, LOSS - LOSS / 4);
        _assertActive(operators[0], true, true); // enough is left
        _assertBooks();
    }

    function test_SlashSilent_EachOperatorOnceForASilence() public {
        vm.roll(firstBlock + SILENCE + 1);
        for (uint256 i; i < 3; ++i) {
            _slash(operators[i]);
        }
        vm.roll(firstBlock + 10 * SILENCE);
        relayer.poke(); // nothing changed
        for (uint256 i; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IRootRelayer.AlreadySlashed.selector, operators[i], firstBlock));
            _slash(operators[i]);
        }
        // The next silence is another one.
        _relay(operators[0], START + 1);
        vm.roll(firstBlock + 11 * SILENCE + 1);
        assertEq(_slash(operators[0]), 1.8 ether);
    }

    function test_SlashSilent_IsRoundedUp() public {
        _bond(operators[0], 1);
        vm.roll(firstBlock + SILENCE + 1);
        assertEq(_slash(operators[0]), LOSS + 1);
    }

    function test_SlashSilent_BelowTheMinimumUntilToppedUp() public {
        _beginUnbonding(operators[0], MIN_BOND);
        vm.roll(firstBlock + SILENCE + 1);
        assertEq(_slash(operators[0]), LOSS); // of all 20, from what is unbonding
        _assertActive(operators[0], true, true);
        _beginUnbondingFails(operators[0]);

        _slash(operators[1]);
        _slash(operators[2]);
        _relay(operators[1], START + 1);
        uint256 since = block.number;
        vm.roll(since + SILENCE + 1);
        skip(PERIOD);
        vm.prank(operators[0]);
        relayer.withdraw();
        _slash(operators[0]);
        _assertActive(operators[0], true, false);
        assertEq(relayer.activeOperators(), 2);
        _bond(operators[0], 1 ether);
        _assertActive(operators[0], true, true);
        assertEq(relayer.operatorOf(operators[0]).since, since + SILENCE + 1);
    }

    function test_Attack_SlashedForATimeBeforeItServed() public {
        vm.roll(firstBlock + SILENCE);
        address late = makeAddr("late");
        _bond(late, MIN_BOND);
        vm.roll(firstBlock + SILENCE + 1);
        _admit(late);
        vm.roll(firstBlock + 2 * SILENCE + 1);
        _expectNotSilent(late, firstBlock + SILENCE + 1, firstBlock + 2 * SILENCE + 1);
        _slash(late);
        vm.roll(firstBlock + 2 * SILENCE + 2);
        assertEq(_slash(late), 1 ether);
    }

    function test_Attack_SlashedWithoutEverServing() public {
        _bond(stranger, MIN_BOND);
        vm.roll(firstBlock + SILENCE + 1);
        _expectNotSilent(stranger, firstBlock, 0);
        _slash(stranger);
    }

    function test_Attack_SlashedAlthoughARootCameAroundTheRelayer() public {
        vm.roll(firstBlock + SILENCE);
        _update(team, _root(START + 1), START + 1);
        vm.roll(firstBlock + SILENCE + 1);
        vm.expectPartialRevert(IRootRelayer.ClientChanged.selector);
        _slash(operators[0]);

        vm.expectEmit(true, true, true, false, address(relayer));
        emit IRootRelayer.ClientNoted(0, firstBlock + SILENCE + 1);
        assertTrue(relayer.poke());
        _expectNotSilent(operators[0], firstBlock + SILENCE + 1, firstBlock + SILENCE + 1);
        _slash(operators[0]);
        vm.roll(firstBlock + 2 * SILENCE + 2);
        _slash(operators[0]);
    }

    function test_Attack_SlashedWhileTheClientIsFrozen() public {
        _update(team, keccak256("other"), START);
        vm.roll(firstBlock + SILENCE + 1);
        vm.expectPartialRevert(IRootRelayer.ClientChanged.selector);
        _slash(operators[0]);
        relayer.poke();
        vm.roll(firstBlock + 5 * SILENCE);
        vm.expectRevert(IRootRelayer.NothingExpected.selector);
        _slash(operators[0]);
        relayer.poke(); // counts from here, as long as it is frozen
        assertEq(relayer.silentSince(), firstBlock + 5 * SILENCE);

        // Governance begins anew: the time that was frozen is nobody's fault.
        team = _team("second team", 2, 1);
        _set(team, START);
        vm.expectPartialRevert(IRootRelayer.ClientChanged.selector);
        _slash(operators[0]);
        relayer.poke();
        vm.roll(firstBlock + 6 * SILENCE);
        _expectNotSilent(operators[0], firstBlock + 5 * SILENCE, firstBlock + 6 * SILENCE);
        _slash(operators[0]);
        vm.roll(firstBlock + 6 * SILENCE + 1);
        _slash(operators[0]); // no root since there is a committee
    }

    function test_Attack_SameRootOfTheNextEpochIsNoSilence() public {
        // Frozen, begun anew, and the same root for the same height again, all unnoted.
        _update(team, keccak256("other"), START);
        team = _team("second team", 2, 1);
        _set(team, START);
        vm.roll(firstBlock + SILENCE);
        _update(team, _root(START), START);
        vm.roll(firstBlock + SILENCE + 1);
        vm.expectPartialRevert(IRootRelayer.ClientChanged.selector);
        _slash(operators[0]);
    }

    function test_Attack_SteppingOutBeforeTheReport() public {
        vm.roll(firstBlock + SILENCE + 1);
        // Each in its own way: below the minimum by a wei more than may leave, by resigning, removed by a friend.
        _beginUnbonding(operators[0], MIN_BOND + 1);
        vm.prank(operators[1]);
        relayer.resign();
        vm.prank(council);
        relayer.removeOperator(operators[2]);
        _bond(operators[0], MIN_BOND); // which brings it back to nothing
        vm.roll(firstBlock + 4 * SILENCE);
        assertEq(_slash(operators[0]), 3 ether);
        assertEq(_slash(operators[1]), LOSS);
        assertEq(_slash(operators[2]), LOSS);
    }

    function test_Attack_SlashedForATimeAfterItLeft() public {
        vm.roll(firstBlock + SILENCE);
        vm.prank(operators[0]);
        relayer.resign();
        vm.roll(firstBlock + 3 * SILENCE);
        _expectNotSilent(operators[0], firstBlock, firstBlock + SILENCE);
        _slash(operators[0]);
    }

    function test_SlashSilent_OfOneWhoseBondIsGone() public {
        vm.roll(firstBlock + SILENCE + 1);
        _beginUnbonding(operators[0], 2 * MIN_BOND);
        skip(PERIOD);
        vm.prank(operators[0]);
        relayer.withdraw();
        vm.expectRevert(IOperatorBonds.ZeroAmount.selector);
        _slash(operators[0]);
    }

    function _beginUnbondingFails(address operator) private {
        (,, uint256 unlocksAt) = relayer.bondOf(operator);
        vm.expectRevert(abi.encodeWithSelector(IOperatorBonds.UnbondingPending.selector, unlocksAt));
        _beginUnbonding(operator, 1);
    }
}

contract RootRelayerSilenceTest is RootRelayerSilenceRules {
    function test_Attack_SlashedBeforeThereIsACommittee() public {
        client = new AttestationLightClient(boss);
        relayer = new RootRelayer(_settings());
        _bond(operators[0], MIN_BOND);
        _admit(operators[0]);
        vm.roll(firstBlock + SILENCE + 1);
        vm.expectRevert(IRootRelayer.NothingExpected.selector);
        _slash(operators[0]);
        // A rotation before the first root is a sign of life: the operators' clock begins with the committee that is there.
        _set(team, START);
        relayer.poke();
        vm.roll(firstBlock + 2 * SILENCE + 1);
        Team memory next = _team("next", 1, 1);
        _rotate(team, next, START + 1);
        vm.roll(firstBlock + 2 * SILENCE + 2);
        vm.expectPartialRevert(IRootRelayer.ClientChanged.selector);
        _slash(operators[0]);
    }

    function test_SlashSilent_ARotationIsNoRoot() public {
        vm.roll(firstBlock + SILENCE);
        Team memory next = _team("next", 1, 1);
        _rotate(team, next, START + 1);
        vm.roll(firstBlock + SILENCE + 1);
        _slash(operators[0]);
    }

    function testFuzz_SlashSilent_ExactlyThoseThatServedAllTheTime(uint8 joined, uint8 left, uint8 reported) public {
        joined = uint8(bound(joined, 0, 200));
        left = uint8(bound(left, joined, 250));
        reported = uint8(bound(reported, left, 255));
        address operator = makeAddr("some");
        _bond(operator, MIN_BOND);
        vm.roll(firstBlock + joined);
        _admit(operator);
        vm.roll(firstBlock + left);
        vm.prank(operator);
        relayer.resign();
        vm.roll(firstBlock + reported);
        bool silent = left - joined > SILENCE;
        if (!silent) _expectNotSilent(operator, firstBlock + joined, firstBlock + left);
        uint256 taken = _slash(operator);
        if (silent) assertEq(taken, 1 ether);
    }
}

/// @dev The same before the precompile.
contract RootRelayerSilenceOfPrecompileTest is RootRelayerSilenceRules {
    function _makeClient() internal override returns (I) {
        installAivm(boss);
        return stateSync;
    }
}
