// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Test} from "forge-std/Test.sol";
import {Bonds} from "./OperatorBondsBase.sol";

/// @dev Properties that halmos decides for all values: `forge build --ast`, then `halmos --contract OperatorBondsHalmosTest`.
contract OperatorBondsHalmosTest is Test {
    address private constant OPERATOR = address(0xA11CE);
    address private constant BURN = 0x000000000000000000000000000000000000dEaD;

    /// @dev Whatever is slashed of whatever bond, the books add up, and unbonding goes first. Without a reporter, whose share
    /// is a division that the solver does not decide: `testFuzz_Slash_TakesAtMostWhatIsThere` has it.
    function check_SlashKeepsTheBooks(uint96 bonded, uint96 leaving, uint256 amount) public {
        vm.assume(bonded > 0 && leaving > 0 && leaving <= bonded && amount > 0);
        Bonds bonds = new Bonds(1 days, 5_000);
        vm.deal(OPERATOR, bonded);
        vm.prank(OPERATOR);
        bonds.bond{value: bonded}();
        vm.prank(OPERATOR);
        bonds.beginUnbonding(leaving);

        uint256 taken = bonds.slash(OPERATOR, amount, address(0));

        (uint256 active, uint256 unbonding,) = bonds.bondOf(OPERATOR);
        assert(taken == (amount < bonded ? amount : bonded));
        assert(active + unbonding + taken == bonded);
        assert(unbonding == 0 || active == uint256(bonded) - leaving);
        assert(BURN.balance == taken);
        assert(address(bonds).balance == bonds.totalBonded());
    }

    /// @dev A top-up changes neither what is unbonding nor when it unlocks.
    function check_ToppingUpMovesNoUnlock(uint96 bonded, uint96 leaving, uint96 more, uint32 time) public {
        vm.assume(leaving > 0 && leaving <= bonded && more > 0);
        vm.assume(uint256(bonded) + more <= type(uint96).max);
        Bonds bonds = new Bonds(1 days, 0);
        vm.deal(OPERATOR, uint256(bonded) + more);
        vm.prank(OPERATOR);
        bonds.bond{value: bonded}();
        vm.prank(OPERATOR);
        bonds.beginUnbonding(leaving);
        (, uint256 unbonding, uint256 unlocksAt) = bonds.bondOf(OPERATOR);

        vm.warp(block.timestamp + time);
        vm.prank(OPERATOR);
        bonds.bond{value: more}();

        (uint256 active, uint256 after_, uint256 unlocksAfter) = bonds.bondOf(OPERATOR);
        assert(after_ == unbonding && unlocksAfter == unlocksAt);
        assert(active == uint256(bonded) - leaving + more);
    }
}
