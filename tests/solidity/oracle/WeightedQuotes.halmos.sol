// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {WeightedQuotes} from "aivm/contracts/oracle/WeightedQuotes.sol";

/// @title Properties for all inputs, decided by halmos
/// @custom:halmos --loop 8
contract WeightedQuotesHalmosTest {
    /// The median of three lies within them.
    function check_Median_OfThreeIsWithinThem(uint128[3] memory prices, uint64[3] memory weights) public pure {
        uint256[] memory entries = new uint256[](3);
        for (uint256 i = 0; i < 3; ++i) {
            entries[i] = WeightedQuotes.pack(prices[i], weights[i]);
        }
        if (weights[0] == 0 || weights[1] == 0 || weights[2] == 0) return;
        uint256 median = WeightedQuotes.median(entries);
        assert(median >= prices[0] || median >= prices[1] || median >= prices[2]);
        assert(median <= prices[0] || median <= prices[1] || median <= prices[2]);
    }

    /// A quorum of two of three is a time that two or more are not before, with at least that weight.
    function check_Quorum_HasCountAndWeight(uint48[3] memory times, uint64[3] memory weights, uint96 least)
        public
        pure
    {
        uint256[] memory entries = new uint256[](3);
        for (uint256 i = 0; i < 3; ++i) {
            entries[i] = WeightedQuotes.pack(times[i], weights[i]);
        }
        uint256 oldest = WeightedQuotes.quorum(entries, 2, least);
        if (oldest == 0) return;
        (uint256 count, uint256 weight) = (0, 0);
        for (uint256 i = 0; i < 3; ++i) {
            if (times[i] < oldest) continue;
            ++count;
            weight += weights[i];
        }
        assert(count >= 2 && weight >= least);
    }
}
