// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IOperatorBonds} from "aivm/contracts/bonds/IOperatorBonds.sol";
import {Bonds, OperatorBondsBase} from "./OperatorBondsBase.sol";

contract OperatorBondsFuzzTest is OperatorBondsBase {
    function testFuzz_Slash_TakesAtMostWhatIsThere(uint96 active, uint96 unbonding, uint256 amount, uint16 share)
        public
    {
        active = uint96(bound(active, 1, type(uint96).max));
        unbonding = uint96(bound(unbonding, 0, active));
        amount = bound(amount, 1, type(uint256).max);
        share = uint16(bound(share, 0, 5_000));
        bonds = new Bonds(PERIOD, share);
        _bond(alice, active);
        if (unbonding > 0) _beginUnbonding(alice, unbonding);
        (,, uint256 unlocksAt) = bonds.bondOf(alice);

        uint256 taken = bonds.slash(alice, amount, reporter);

        assertEq(taken, amount < active ? amount : active);
        uint256 ofUnbonding = taken < unbonding ? taken : unbonding;
        _assertBond(
            alice,
            active - unbonding - (taken - ofUnbonding),
            unbonding - ofUnbonding,
            ofUnbonding == unbonding ? 0 : unlocksAt
        );
        uint256 reward = bonds.creditOf(reporter);
        assertEq(BURN.balance + reward, taken);
        assertGe(BURN.balance, reward, "at least half is burned");
        assertEq(reward, taken * share / 10_000);
        assertEq(address(bonds).balance, bonds.totalBonded() + bonds.totalCredited());
    }

    function testFuzz_ManySlashesTakeNoLessThanOne(uint96 bonded, uint8 slashes, uint64 amount) public {
        amount = uint64(bound(amount, 1, type(uint64).max));
        slashes = uint8(bound(slashes, 1, 20));
        bonded = uint96(bound(bonded, 1, type(uint96).max));
        _bond(alice, bonded);
        uint256 sum;
        for (uint256 i; i < slashes; ++i) {
            sum += bonds.slash(alice, amount, reporter);
        }
        uint256 wanted = uint256(amount) * slashes;
        assertEq(sum, wanted < bonded ? wanted : bonded);
        assertLe(bonds.creditOf(reporter), sum * SHARE / 10_000, "a slash in parts rewards no more than in one");
    }

    function testFuzz_Withdraw_OnlyFromTheUnlockOn(uint32 waited, uint32 toppedUpAfter) public {
        toppedUpAfter = uint32(bound(toppedUpAfter, 0, waited));
        _bond(alice, 2 ether);
        _beginUnbonding(alice, 1 ether);
        uint256 unlocksAt = block.timestamp + PERIOD;
        skip(toppedUpAfter);
        _bond(alice, 1);
        skip(waited - toppedUpAfter);
        vm.prank(alice);
        if (block.timestamp < unlocksAt) {
            vm.expectRevert(abi.encodeWithSelector(IOperatorBonds.StillUnbonding.selector, unlocksAt));
            bonds.withdraw();
        } else {
            bonds.withdraw();
            assertEq(alice.balance, 1 ether);
        }
    }
}
