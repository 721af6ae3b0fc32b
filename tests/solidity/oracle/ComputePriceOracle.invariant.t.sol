// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Test} from "forge-std/Test.sol";
import {ComputePriceOracle} from "aivm/contracts/oracle/ComputePriceOracle.sol";
import {IComputePriceOracle} from "aivm/contracts/oracle/IComputePriceOracle.sol";
import {OracleHandler} from "./OracleHandler.sol";

contract ComputePriceOracleInvariantTest is Test {
    uint256 internal constant MIN_BOND = 500 ether;
    address internal constant BURN = 0x000000000000000000000000000000000000dEaD;

    ComputePriceOracle internal oracle;
    OracleHandler internal handler;
    bytes32 internal feed;

    function setUp() public {
        vm.warp(1_760_000_000);
        address governance = makeAddr("governance");
        oracle = new ComputePriceOracle(governance, MIN_BOND, 2 days, 5_000);
        vm.prank(governance);
        feed = oracle.addFeed("GPU", "H100", 0, 0, 0);
        handler = new OracleHandler(oracle, feed, governance);
        for (uint256 i = 0; i < 8; ++i) {
            address operator = handler.actor(i);
            vm.prank(governance);
            oracle.admitOperator(operator);
            handler.bond(i, uint96(MIN_BOND * (1 + i)));
        }
        targetContract(address(handler));
    }

    /// Whatever happens, a price changes by a quorum and within the breaker, and a read is of a price or a typed error.
    function invariant_Prices() public view {
        assertEq(handler.broken(), "");
        try oracle.getPrice(feed) returns (uint256 price, uint256 updatedAt, IComputePriceOracle.Source) {
            assertGt(price, 0);
            assertLe(updatedAt, vm.getBlockTimestamp());
            assertLe(vm.getBlockTimestamp(), updatedAt + 1 days);
            assertEq(oracle.getFeed(feed).tripped, 0);
        } catch (bytes memory reason) {
            bytes4 selector = bytes4(reason);
            assertTrue(
                selector == IComputePriceOracle.StalePrice.selector
                    || selector == IComputePriceOracle.BreakerTripped.selector
            );
        }
    }

    /// Every coin is bonded, credited, paid out or burned; and what an operator weighs follows its bond.
    function invariant_CoinAndWeight() public view {
        uint256 total = 0;
        address[] memory operators = oracle.operators();
        for (uint256 i = 0; i < operators.length; ++i) {
            (uint256 active,,) = oracle.bondOf(operators[i]);
            uint256 weight = active < MIN_BOND ? 0 : active < 3 * MIN_BOND ? active : 3 * MIN_BOND;
            assertEq(oracle.weightOf(operators[i]), weight);
            total += weight;
        }
        assertEq(oracle.totalWeight(), total);

        uint256 bonded = 0;
        uint256 credited = 0;
        for (uint256 i = 0; i < handler.actors(); ++i) {
            (uint256 active, uint256 unbonding,) = oracle.bondOf(handler.actor(i));
            bonded += active + unbonding;
            credited += oracle.creditOf(handler.actor(i));
        }
        assertEq(bonded, oracle.totalBonded());
        assertEq(credited, oracle.totalCredited());
        assertEq(address(oracle).balance, bonded + credited);
        assertEq(handler.paidIn(), handler.paidOut() + bonded + credited + BURN.balance);
        assertGe(BURN.balance, credited, "at least half of a slash is burned, and some is collected");
    }
}
