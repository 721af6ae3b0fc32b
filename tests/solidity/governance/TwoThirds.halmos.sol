// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Test} from "forge-std/Test.sol";
import {TwoThirds} from "aivm/contracts/governance/TwoThirds.sol";

/// Properties for every input, with halmos; forge runs the same with random ones.
contract TwoThirdsHalmosTest is Test {
    /// Votes reach the threshold if and only if three times the votes are at least twice the stake.
    /// @dev All stake is 3 · third + rest. What a division is must be told the solver, who does not find it out for numbers
    /// of this size; it holds for all of them.
    function check_TwoThirds(uint128 votes, uint128 third, uint8 rest) public pure {
        uint256 all = 3 * uint256(third) + rest;
        vm.assume(rest < 3 && all / 3 == third);
        assert((votes >= TwoThirds.roundedUp(all)) == (uint256(votes) * 3 >= all * 2));
    }

    /// No stake takes more votes than there are, and nobody's votes are enough unless there is none.
    function check_BetweenNoneAndAll(uint256 all) public pure {
        uint256 threshold = TwoThirds.roundedUp(all);
        assert(threshold <= all);
        assert((threshold == 0) == (all == 0));
    }

    function testFuzz_TwoThirds(uint128 votes, uint128 all) public pure {
        // forge-lint: disable-next-line(unsafe-typecast)
        (uint128 third, uint8 rest) = (all / 3, uint8(all % 3));
        check_TwoThirds(votes, third, rest);
        check_BetweenNoneAndAll(all);
        uint128 threshold = uint128(TwoThirds.roundedUp(all));
        check_TwoThirds(threshold, third, rest);
        if (all > 0) check_TwoThirds(threshold - 1, third, rest);
    }
}
