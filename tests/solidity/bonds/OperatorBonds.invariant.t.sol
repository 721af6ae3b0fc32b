// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Test} from "forge-std/Test.sol";
import {Bonds, OperatorBondsBase} from "./OperatorBondsBase.sol";

/// @dev Drives the bonds of a few operators, and keeps books of its own.
contract BondsHandler is Test {
    uint256 private constant OPERATORS = 4;

    Bonds private immutable BONDS;

    mapping(address operator => uint256) public unlockOf;
    uint256 public paidIn;
    uint256 public paidOut;
    uint256 public burned;

    constructor(Bonds bonds) {
        BONDS = bonds;
    }

    function operators() public pure returns (address[] memory list) {
        list = new address[](OPERATORS);
        for (uint256 i; i < OPERATORS; ++i) {
            list[i] = vm.addr(1 + i);
        }
    }

    function bond(uint256 seed, uint96 amount) external {
        address operator = _operator(seed);
        amount = uint96(bound(amount, 1, 1e24));
        deal(operator, operator.balance + amount);
        vm.prank(operator);
        BONDS.bond{value: amount}();
        paidIn += amount;
        _noteUnlock(operator);
    }

    function beginUnbonding(uint256 seed, uint96 amount) external {
        address operator = _operator(seed);
        (uint256 active, uint256 unbonding,) = BONDS.bondOf(operator);
        if (active == 0 || unbonding > 0) return;
        vm.prank(operator);
        BONDS.beginUnbonding(bound(amount, 1, active));
        unlockOf[operator] = block.timestamp + BONDS.unbondingPeriod();
        _noteUnlock(operator);
    }

    function withdraw(uint256 seed) external {
        address operator = _operator(seed);
        (, uint256 unbonding, uint256 unlocksAt) = BONDS.bondOf(operator);
        if (unbonding == 0) return;
        if (block.timestamp < unlocksAt) vm.warp(unlocksAt);
        vm.prank(operator);
        BONDS.withdraw();
        paidOut += unbonding;
        unlockOf[operator] = 0;
    }

    function slash(uint256 seed, uint256 amount, uint256 reporterSeed) external {
        address operator = _operator(seed);
        (uint256 active, uint256 unbonding,) = BONDS.bondOf(operator);
        // Twice what is there, so that asking for too much is ordinary.
        amount = bound(amount, 1, 2 * (active + unbonding) + 1);
        uint256 credited = BONDS.totalCredited();
        uint256 taken = BONDS.slash(operator, amount, _operator(reporterSeed));
        burned += taken - (BONDS.totalCredited() - credited);
        if (taken >= unbonding) unlockOf[operator] = 0;
        _noteUnlock(operator);
    }

    function collect(uint256 seed) external {
        address operator = _operator(seed);
        uint256 amount = BONDS.creditOf(operator);
        if (amount == 0) return;
        vm.prank(operator);
        BONDS.collect();
        paidOut += amount;
    }

    function wait(uint32 time) external {
        skip(bound(time, 1, 10 days));
    }

    /// @dev Nothing but beginning to unbond sets an unlock.
    function _noteUnlock(address operator) private view {
        (,, uint256 unlocksAt) = BONDS.bondOf(operator);
        assertEq(unlocksAt, unlockOf[operator], "an unlock moved");
    }

    function _operator(uint256 seed) private pure returns (address) {
        return operators()[seed % OPERATORS];
    }
}

contract OperatorBondsInvariantTest is OperatorBondsBase {
    BondsHandler private handler;

    function setUp() public override {
        super.setUp();
        handler = new BondsHandler(bonds);
        targetContract(address(handler));
    }

    function invariant_BalanceCoversBondsAndCredits() public view {
        (uint256 bonded, uint256 credited) = (0, 0);
        address[] memory list = handler.operators();
        for (uint256 i; i < list.length; ++i) {
            (uint256 active, uint256 unbonding,) = bonds.bondOf(list[i]);
            bonded += active + unbonding;
            credited += bonds.creditOf(list[i]);
        }
        assertEq(bonds.totalBonded(), bonded, "bonded");
        assertEq(bonds.totalCredited(), credited, "credited");
        assertEq(address(bonds).balance, bonded + credited, "balance");
    }

    function invariant_NoCoinAppearsOrIsLost() public view {
        assertEq(BURN.balance, handler.burned());
        assertEq(handler.paidIn(), address(bonds).balance + handler.paidOut() + handler.burned());
    }
}
