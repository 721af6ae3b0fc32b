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
            _expectUnknownSilence(firstBlock);
            _slash(operators[0], firstBlock);
        }
        vm.roll(firstBlock + SILENCE + 1);
        assertEq(relayer.silentUntil(firstBlock), 0);
        vm.expectEmit(address(relayer));
        emit IRootRelayer.SilenceSeen(firstBlock, firstBlock + SILENCE + 1);
        vm.expectEmit(address(relayer));
        emit IOperatorBonds.Slashed(operators[0], stranger, LOSS, LOSS / 4);
        vm.expectEmit(address(relayer));
        emit IRootRelayer.SilenceSlashed(operators[0], firstBlock, LOSS);
        assertEq(_slash(operators[0], firstBlock), LOSS);
        assertEq(relayer.silentUntil(firstBlock), firstBlock + SILENCE + 1);
        assertTrue(relayer.isSlashed(operators[0], firstBlock));
        assertFalse(relayer.isSlashed(operators[1], firstBlock));
        assertEq(relayer.creditOf(stranger), LOSS / 4);
        assertEq(BURN.balance, LOSS - LOSS / 4);
        _assertActive(operators[0], true, true); // enough is left
        _assertBooks();
    }

    function test_SlashSilent_EachOperatorOnceForASilence() public {
        vm.roll(firstBlock + SILENCE + 1);
        for (uint256 i; i < 3; ++i) {
            _slash(operators[i], firstBlock);
        }
        vm.roll(firstBlock + 10 * SILENCE);
        assertFalse(relayer.poke()); // nothing changed
        for (uint256 i; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IRootRelayer.AlreadySlashed.selector, operators[i], firstBlock));
            _slash(operators[i], firstBlock);
        }
        // The next silence is another one.
        _relay(operators[0], START + 1);
        vm.roll(firstBlock + 11 * SILENCE + 1);
        assertEq(_slash(operators[0], firstBlock + 10 * SILENCE), 1.8 ether);
    }

    function test_SlashSilent_IsRoundedUp() public {
        _bond(operators[0], 1);
        vm.roll(firstBlock + SILENCE + 1);
        assertEq(_slash(operators[0], firstBlock), LOSS + 1);
    }

    function test_SlashSilent_BelowTheMinimumUntilToppedUp() public {
        _beginUnbonding(operators[0], MIN_BOND);
        vm.roll(firstBlock + SILENCE + 1);
        assertEq(_slash(operators[0], firstBlock), LOSS); // of all 20, from what is unbonding
        _assertActive(operators[0], true, true);
        _beginUnbondingFails(operators[0]);

        _slash(operators[1], firstBlock);
        _slash(operators[2], firstBlock);
        _relay(operators[1], START + 1);
        uint256 since = block.number;
        vm.roll(since + SILENCE + 1);
        skip(PERIOD);
        vm.prank(operators[0]);
        relayer.withdraw();
        _slash(operators[0], since);
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
        _slash(late, firstBlock);
        vm.roll(firstBlock + 2 * SILENCE + 2);
        assertEq(_slash(late, firstBlock), 1 ether);
    }

    function test_Attack_SlashedWithoutEverServing() public {
        _bond(stranger, MIN_BOND);
        vm.roll(firstBlock + SILENCE + 1);
        _expectNotSilent(stranger, firstBlock, 0);
        _slash(stranger, firstBlock);
    }

    function test_Attack_SlashedAlthoughARootCameAroundTheRelayer() public {
        vm.roll(firstBlock + SILENCE);
        _update(team, _root(START + 1), START + 1);
        uint256 since = firstBlock + SILENCE + 1;
        vm.roll(since);
        _expectUnknownSilence(firstBlock);
        _slash(operators[0], firstBlock);

        vm.expectEmit(true, true, true, false, address(relayer));
        emit IRootRelayer.ClientNoted(0, since);
        assertTrue(relayer.poke());
        vm.roll(since + SILENCE);
        _expectUnknownSilence(since);
        _slash(operators[0], since);
        vm.roll(since + SILENCE + 1);
        _slash(operators[0], since);
    }

    function test_Attack_SlashedWhileTheClientIsFrozen() public {
        _update(team, keccak256("other"), START);
        vm.roll(firstBlock + SILENCE + 1);
        _expectUnknownSilence(firstBlock);
        _slash(operators[0], firstBlock);
        relayer.poke();
        uint256 since = firstBlock + 5 * SILENCE;
        vm.roll(since);
        _expectUnknownSilence(firstBlock + SILENCE + 1);
        _slash(operators[0], firstBlock + SILENCE + 1);
        assertFalse(relayer.poke()); // counts from here, as long as it is frozen
        assertEq(relayer.silentSince(), since);
        assertEq(relayer.silentUntil(firstBlock + SILENCE + 1), 0);

        // Governance begins anew: the time that was frozen is nobody's fault.
        team = _team("second team", 2, 1);
        _set(team, START);
        relayer.poke();
        vm.roll(since + SILENCE);
        _expectUnknownSilence(since);
        _slash(operators[0], since);
        vm.roll(since + SILENCE + 1);
        _slash(operators[0], since); // no root since there is a committee
    }

    function test_Attack_SameRootOfTheNextEpochIsNoSilence() public {
        // Frozen, begun anew, and the same root for the same height again, all unnoted.
        _update(team, keccak256("other"), START);
        team = _team("second team", 2, 1);
        _set(team, START);
        vm.roll(firstBlock + SILENCE);
        _update(team, _root(START), START);
        vm.roll(firstBlock + SILENCE + 1);
        _expectUnknownSilence(firstBlock);
        _slash(operators[0], firstBlock);
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
        assertEq(_slash(operators[0], firstBlock), 3 ether);
        assertEq(_slash(operators[1], firstBlock), LOSS);
        assertEq(_slash(operators[2], firstBlock), LOSS);
    }

    function test_Attack_SlashedForATimeAfterItLeft() public {
        vm.roll(firstBlock + SILENCE);
        vm.prank(operators[0]);
        relayer.resign();
        vm.roll(firstBlock + 3 * SILENCE);
        _expectNotSilent(operators[0], firstBlock, firstBlock + SILENCE);
        _slash(operators[0], firstBlock);
    }

    function test_SlashSilent_OfOneWhoseBondIsGone() public {
        vm.roll(firstBlock + SILENCE + 1);
        _beginUnbonding(operators[0], 2 * MIN_BOND);
        skip(PERIOD);
        vm.prank(operators[0]);
        relayer.withdraw();
        vm.expectRevert(abi.encodeWithSelector(IRootRelayer.NothingToSlash.selector, operators[0]));
        _slash(operators[0], firstBlock);
    }

    function test_Attack_RotationsAsSignsOfLifeBeforeTheFirstRoot() public {
        Team memory last = _team("second team", 3, 1);
        _set(last, START);
        assertTrue(relayer.poke());
        for (uint256 i = 1; i <= 3; ++i) {
            vm.roll(firstBlock + i * SILENCE);
            Team memory next = _team(string(abi.encode("team", i)), 3, 1);
            _rotate(last, next, START + i);
            assertFalse(relayer.poke());
            last = next;
        }
        assertEq(_slash(operators[0], firstBlock), LOSS);
    }

    function test_Poke_TellsEpochsApartBeforeTheirFirstRoot() public {
        // Each begins elsewhere: where the last one did, above it, and below it, with a rotation up to there.
        uint256[4] memory from = [START, START, START + 10, START - 500];
        for (uint256 i; i < from.length; ++i) {
            Team memory first = _team(string(abi.encode("first", i)), 1, 1);
            Team memory next = _team(string(abi.encode("next", i)), 1, 1);
            _set(first, from[i]);
            assertTrue(relayer.poke());
            assertFalse(relayer.poke());
            _rotate(first, next, from[i] + 5);
            assertFalse(relayer.poke());
            team = next;
        }
        _update(team, _root(START), START);
        assertTrue(relayer.poke());
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
        _expectUnknownSilence(firstBlock);
        _slash(operators[0], firstBlock);
        // The operators' clock begins with the committee that is there.
        _set(team, START);
        relayer.poke();
        uint256 since = firstBlock + SILENCE + 1;
        vm.roll(since + SILENCE);
        _expectUnknownSilence(since);
        _slash(operators[0], since);
        vm.roll(since + SILENCE + 1);
        assertEq(_slash(operators[0], since), 1 ether);
    }

    function test_SlashSilent_ARotationIsNoRoot() public {
        vm.roll(firstBlock + SILENCE);
        Team memory next = _team("next", 1, 1);
        _rotate(team, next, START + 1);
        vm.roll(firstBlock + SILENCE + 1);
        _slash(operators[0], firstBlock);
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
        if (reported <= SILENCE) _expectUnknownSilence(firstBlock);
        else if (!silent) _expectNotSilent(operator, firstBlock + joined, firstBlock + left);
        uint256 taken = _slash(operator, firstBlock);
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
