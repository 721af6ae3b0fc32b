// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IOperatorBonds} from "aivm/contracts/bonds/IOperatorBonds.sol";
import {Bonds, OperatorBondsBase, PlainBonds} from "./OperatorBondsBase.sol";

contract OperatorBondsTest is OperatorBondsBase {
    function test_Constructor_Settings() public view {
        assertEq(bonds.unbondingPeriod(), PERIOD);
        assertEq(bonds.reporterShare(), SHARE);
        assertEq(bonds.totalBonded(), 0);
        assertEq(bonds.totalCredited(), 0);
    }

    function test_Constructor_TakesTheLimits() public {
        Bonds least = new Bonds(1, 0);
        assertEq(least.unbondingPeriod(), 1);
        assertEq(least.reporterShare(), 0);
        Bonds most = new Bonds(365 days, 5_000);
        assertEq(most.unbondingPeriod(), 365 days);
        assertEq(most.reporterShare(), 5_000);
    }

    function test_RevertWhen_ThereIsNoUnbondingPeriod() public {
        vm.expectRevert(abi.encodeWithSelector(IOperatorBonds.InvalidUnbondingPeriod.selector, 0, 365 days));
        new Bonds(0, SHARE);
    }

    function test_RevertWhen_TheUnbondingPeriodIsTooLong() public {
        uint256 period = 365 days + 1;
        vm.expectRevert(abi.encodeWithSelector(IOperatorBonds.InvalidUnbondingPeriod.selector, period, 365 days));
        new Bonds(period, SHARE);
    }

    function test_RevertWhen_TheReporterGetsMoreThanHalf() public {
        vm.expectRevert(abi.encodeWithSelector(IOperatorBonds.InvalidReporterShare.selector, 5_001, 5_000));
        new Bonds(PERIOD, 5_001);
    }

    function test_Bond_AddsUp() public {
        vm.deal(alice, 5 ether);
        vm.startPrank(alice);
        vm.expectEmit(address(bonds));
        emit IOperatorBonds.Bonded(alice, 2 ether, 2 ether);
        bonds.bond{value: 2 ether}();
        vm.expectEmit(address(bonds));
        emit IOperatorBonds.Bonded(alice, 3 ether, 5 ether);
        bonds.bond{value: 3 ether}();
        vm.stopPrank();
        _bond(bob, 1 ether);

        _assertBond(alice, 5 ether, 0, 0);
        _assertBond(bob, 1 ether, 0, 0);
        assertEq(bonds.totalBonded(), 6 ether);
        assertEq(address(bonds).balance, 6 ether);
        assertEq(bonds.changes(), 3);
    }

    function test_Bond_WithoutAHook() public {
        PlainBonds plain = new PlainBonds(PERIOD, SHARE);
        vm.deal(alice, 1 ether);
        vm.startPrank(alice);
        plain.bond{value: 1 ether}();
        plain.beginUnbonding(1 ether);
        skip(PERIOD);
        plain.withdraw();
        assertEq(alice.balance, 1 ether);
    }

    function test_RevertWhen_BondingNothing() public {
        vm.expectRevert(IOperatorBonds.ZeroAmount.selector);
        bonds.bond();
    }

    function test_RevertWhen_TheBondIsBeyondAllCoin() public {
        uint256 most = type(uint96).max;
        _bond(alice, most);
        vm.deal(alice, 1);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 96, most + 1));
        bonds.bond{value: 1}();
    }

    function test_RevertWhen_CoinComesWithoutACall() public {
        (bool ok,) = address(bonds).call{value: 1}("");
        assertFalse(ok);
    }

    function test_BeginUnbonding_MovesATranche() public {
        _bond(alice, 5 ether);
        vm.expectEmit(address(bonds));
        emit IOperatorBonds.UnbondingBegun(alice, 2 ether, block.timestamp + PERIOD);
        _beginUnbonding(alice, 2 ether);
        _assertBond(alice, 3 ether, 2 ether, block.timestamp + PERIOD);
        assertEq(bonds.totalBonded(), 5 ether);
        assertEq(bonds.changes(), 2);
    }

    function test_RevertWhen_UnbondingNothing() public {
        _bond(alice, 1 ether);
        vm.expectRevert(IOperatorBonds.ZeroAmount.selector);
        _beginUnbonding(alice, 0);
    }

    function test_RevertWhen_UnbondingMoreThanIsThere() public {
        _bond(alice, 1 ether);
        vm.expectRevert(abi.encodeWithSelector(IOperatorBonds.InsufficientBond.selector, uint256(1 ether), 1 ether + 1));
        _beginUnbonding(alice, 1 ether + 1);
    }

    function test_RevertWhen_ATrancheIsOnItsWayAlready() public {
        _bond(alice, 2 ether);
        _beginUnbonding(alice, 1 ether);
        uint256 unlocksAt = block.timestamp + PERIOD;
        skip(3 days);
        vm.expectRevert(abi.encodeWithSelector(IOperatorBonds.UnbondingPending.selector, unlocksAt));
        _beginUnbonding(alice, 1);
        skip(30 days);
        vm.expectRevert(abi.encodeWithSelector(IOperatorBonds.UnbondingPending.selector, unlocksAt));
        _beginUnbonding(alice, 1 ether);
    }

    function test_Withdraw_AtTheUnlockAndNotASecondBefore() public {
        _bond(alice, 2 ether);
        _beginUnbonding(alice, 2 ether);
        uint256 unlocksAt = block.timestamp + PERIOD;

        vm.warp(unlocksAt - 1);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IOperatorBonds.StillUnbonding.selector, unlocksAt));
        bonds.withdraw();

        vm.warp(unlocksAt);
        vm.expectEmit(address(bonds));
        emit IOperatorBonds.Withdrawn(alice, 2 ether);
        vm.prank(alice);
        bonds.withdraw();
        assertEq(alice.balance, 2 ether);
        _assertBond(alice, 0, 0, 0);
        assertEq(bonds.totalBonded(), 0);
        assertEq(bonds.changes(), 3);
    }

    function test_Withdraw_ASecondAfterTheUnlock() public {
        _bond(alice, 2 ether);
        _beginUnbonding(alice, 1 ether);
        vm.warp(block.timestamp + PERIOD + 1);
        vm.prank(alice);
        bonds.withdraw();
        _assertBond(alice, 1 ether, 0, 0);
    }

    function test_RevertWhen_NothingIsUnbonding() public {
        _bond(alice, 1 ether);
        vm.startPrank(alice);
        vm.expectRevert(IOperatorBonds.NothingUnbonding.selector);
        bonds.withdraw();
        bonds.beginUnbonding(1 ether);
        skip(PERIOD);
        bonds.withdraw();
        vm.expectRevert(IOperatorBonds.NothingUnbonding.selector);
        bonds.withdraw();
    }

    function test_Collect_OnceAndByItsOwnerOnly() public {
        vm.deal(address(this), 3 ether);
        bonds.credit{value: 1 ether}(alice);
        bonds.credit{value: 2 ether}(alice);
        assertEq(bonds.creditOf(alice), 3 ether);
        assertEq(bonds.totalCredited(), 3 ether);

        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IOperatorBonds.NothingToCollect.selector, bob));
        bonds.collect();

        vm.startPrank(alice);
        vm.expectEmit(address(bonds));
        emit IOperatorBonds.Collected(alice, 3 ether);
        bonds.collect();
        assertEq(alice.balance, 3 ether);
        assertEq(bonds.creditOf(alice), 0);
        assertEq(bonds.totalCredited(), 0);
        vm.expectRevert(abi.encodeWithSelector(IOperatorBonds.NothingToCollect.selector, alice));
        bonds.collect();
    }
}
