// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IOperatorBonds} from "aivm/contracts/bonds/IOperatorBonds.sol";
import {Bonds, HostileOperator, OperatorBondsBase} from "./OperatorBondsBase.sol";

contract OperatorBondsSlashTest is OperatorBondsBase {
    function test_Slash_CreditsTheReporterAndBurnsTheRest() public {
        _bond(alice, 8 ether);
        vm.expectEmit(address(bonds));
        emit IOperatorBonds.Slashed(alice, reporter, 4 ether, 1 ether);
        assertEq(bonds.slash(alice, 4 ether, reporter), 4 ether);

        _assertBond(alice, 4 ether, 0, 0);
        assertEq(bonds.creditOf(reporter), 1 ether);
        assertEq(BURN.balance, 3 ether);
        assertEq(address(bonds).balance, bonds.totalBonded() + bonds.totalCredited());
        assertEq(bonds.changes(), 2);

        vm.prank(reporter);
        bonds.collect();
        assertEq(reporter.balance, 1 ether);
    }

    function test_Slash_WithoutAReporterBurnsAll() public {
        _bond(alice, 1 ether);
        vm.expectEmit(address(bonds));
        emit IOperatorBonds.Slashed(alice, address(0), 1 ether, 0);
        bonds.slash(alice, 1 ether, address(0));
        assertEq(BURN.balance, 1 ether);
        assertEq(bonds.totalCredited(), 0);
    }

    function test_RevertWhen_SlashingNothing() public {
        _bond(alice, 1 ether);
        vm.expectRevert(IOperatorBonds.ZeroAmount.selector);
        bonds.slash(alice, 0, reporter);
    }

    function test_Slash_OfOneWithoutABondTakesNothing() public {
        _bond(bob, 1 ether);
        vm.recordLogs();
        assertEq(bonds.slash(alice, 1 ether, reporter), 0);
        assertEq(vm.getRecordedLogs().length, 0);
        assertEq(bonds.creditOf(reporter), 0);
        assertEq(bonds.totalBonded(), 1 ether);
    }

    function test_Attack_LeavingBeforeTheSlashSavesNothing() public {
        _bond(alice, 5 ether);
        _beginUnbonding(alice, 4 ether);
        uint256 unlocksAt = block.timestamp + PERIOD;
        bonds.slash(alice, 3 ether, reporter);
        _assertBond(alice, 1 ether, 1 ether, unlocksAt);

        // Unlocked, and not withdrawn: still there to be slashed.
        vm.warp(unlocksAt + 1 days);
        bonds.slash(alice, 1 ether, reporter);
        _assertBond(alice, 1 ether, 0, 0);
        vm.prank(alice);
        vm.expectRevert(IOperatorBonds.NothingUnbonding.selector);
        bonds.withdraw();
    }

    function test_Attack_SlashReachesUnbondingFirstThenActive() public {
        _bond(alice, 5 ether);
        _beginUnbonding(alice, 2 ether);
        bonds.slash(alice, 3 ether, reporter);
        _assertBond(alice, 2 ether, 0, 0);
        // What was left of the bond may leave in a tranche of its own.
        _beginUnbonding(alice, 2 ether);
        _assertBond(alice, 0, 2 ether, block.timestamp + PERIOD);
    }

    function test_Attack_SlashAboveTheBondTakesWhatIsThere() public {
        _bond(bob, 7 ether);
        _bond(alice, 5 ether);
        _beginUnbonding(alice, 2 ether);
        assertEq(bonds.slash(alice, type(uint256).max, reporter), 5 ether);
        _assertBond(alice, 0, 0, 0);
        _assertBond(bob, 7 ether, 0, 0);
        assertEq(bonds.totalBonded(), 7 ether);
    }

    function test_Attack_RepeatedTinySlashesAllBurn() public {
        Bonds half = new Bonds(PERIOD, 5_000);
        vm.deal(alice, 100);
        vm.prank(alice);
        half.bond{value: 100}();
        for (uint256 i = 1; i <= 100; ++i) {
            assertEq(half.slash(alice, 1, alice), 1);
            assertEq(BURN.balance, i);
        }
        assertEq(half.totalCredited(), 0);
        assertEq(half.totalBonded(), 0);
    }

    function test_Attack_ReportingOneselfLosesAtLeastHalf() public {
        Bonds half = new Bonds(PERIOD, 5_000);
        vm.deal(alice, 101);
        vm.startPrank(alice);
        half.bond{value: 101}();
        half.slash(alice, 101, alice);
        half.collect();
        assertEq(alice.balance, 50);
        assertEq(BURN.balance, 51);
    }

    function test_Attack_ToppingUpMovesNoUnlock() public {
        _bond(alice, 3 ether);
        _beginUnbonding(alice, 1 ether);
        uint256 unlocksAt = block.timestamp + PERIOD;
        skip(PERIOD - 1);
        _bond(alice, 10 ether);
        _assertBond(alice, 12 ether, 1 ether, unlocksAt);
        skip(1);
        vm.prank(alice);
        bonds.withdraw();
        _assertBond(alice, 12 ether, 0, 0);
    }

    function test_Attack_ASmallTrancheDoesNotOpenTheDoorForALargeOne() public {
        _bond(alice, 3 ether);
        _beginUnbonding(alice, 1);
        skip(PERIOD);
        uint256 unlockedAt = block.timestamp;
        vm.expectRevert(abi.encodeWithSelector(IOperatorBonds.UnbondingPending.selector, unlockedAt));
        _beginUnbonding(alice, 3 ether - 1);
        vm.prank(alice);
        bonds.withdraw();
        _beginUnbonding(alice, 3 ether - 1);
        _assertBond(alice, 0, 3 ether - 1, unlockedAt + PERIOD);
    }
}

contract OperatorBondsReceiverTest is OperatorBondsBase {
    HostileOperator private hostile;

    function setUp() public override {
        super.setUp();
        hostile = new HostileOperator(bonds);
        vm.deal(address(hostile), 4 ether);
        _bond(bob, 10 ether);
        hostile.perform(abi.encodeCall(bonds.bond, ()), 4 ether);
    }

    function test_Attack_WithdrawalCallsBack() public {
        hostile.perform(abi.encodeCall(bonds.beginUnbonding, (1 ether)), 0);
        skip(PERIOD);
        hostile.callBack(abi.encodeCall(bonds.withdraw, ()));
        hostile.perform(abi.encodeCall(bonds.withdraw, ()), 0);
        assertEq(hostile.payments(), 1);
        assertEq(hostile.answer(), abi.encodePacked(IOperatorBonds.NothingUnbonding.selector));
        assertEq(address(hostile).balance, 1 ether);
        assertEq(address(bonds).balance, bonds.totalBonded());
    }

    function test_Attack_WithdrawalCallsBackToUnbondAgain() public {
        hostile.perform(abi.encodeCall(bonds.beginUnbonding, (1 ether)), 0);
        skip(PERIOD);
        hostile.callBack(abi.encodeCall(bonds.beginUnbonding, (3 ether)));
        hostile.perform(abi.encodeCall(bonds.withdraw, ()), 0);
        _assertBond(address(hostile), 0, 3 ether, block.timestamp + PERIOD);
        assertEq(address(bonds).balance, bonds.totalBonded());
    }

    function test_Attack_CollectingCallsBack() public {
        bonds.credit{value: 1 ether}(address(hostile));
        hostile.callBack(abi.encodeCall(bonds.collect, ()));
        hostile.perform(abi.encodeCall(bonds.collect, ()), 0);
        assertEq(hostile.payments(), 1);
        assertEq(hostile.answer(), abi.encodeWithSelector(IOperatorBonds.NothingToCollect.selector, address(hostile)));
        assertEq(address(bonds).balance, bonds.totalBonded());
    }

    function test_Attack_RefusingCoinHarmsNobodyElse() public {
        hostile.perform(abi.encodeCall(bonds.beginUnbonding, (1 ether)), 0);
        _beginUnbonding(bob, 10 ether);
        skip(PERIOD);
        hostile.refuse(true);
        vm.expectRevert("no coin, please");
        hostile.perform(abi.encodeCall(bonds.withdraw, ()), 0);

        vm.prank(bob);
        bonds.withdraw();
        assertEq(bob.balance, 10 ether);
        // Nor does it save the bond: a slash moves no coin to the operator or the reporter.
        bonds.slash(address(hostile), 2 ether, address(hostile));
        _assertBond(address(hostile), 2 ether, 0, 0);
        vm.expectRevert("no coin, please");
        hostile.perform(abi.encodeCall(bonds.collect, ()), 0);
    }
}
