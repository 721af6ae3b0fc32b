// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Test} from "forge-std/Test.sol";
import {WeightedQuotes} from "aivm/contracts/oracle/WeightedQuotes.sol";

contract WeightedQuotesTest is Test {
    function median(uint256[] memory entries) external pure returns (uint128) {
        return WeightedQuotes.median(entries);
    }

    function quorum(uint256[] memory entries, uint256 count, uint256 least) external pure returns (uint128) {
        return WeightedQuotes.quorum(entries, count, least);
    }

    function equal(uint256[] memory list) internal pure returns (uint256[] memory entries) {
        entries = new uint256[](list.length);
        for (uint256 i = 0; i < list.length; ++i) {
            entries[i] = WeightedQuotes.pack(uint128(list[i]), 1);
        }
    }

    function values(uint256 a, uint256 b, uint256 c, uint256 d) internal pure returns (uint256[] memory list) {
        list = new uint256[](4);
        (list[0], list[1], list[2], list[3]) = (a, b, c, d);
    }

    function test_RevertWhen_NothingIsWeighed() public {
        vm.expectRevert(WeightedQuotes.NoWeight.selector);
        this.median(new uint256[](0));
        vm.expectRevert(WeightedQuotes.NoWeight.selector);
        this.median(new uint256[](3));
    }

    function test_Median_OfOne() public view {
        uint256[] memory one = new uint256[](1);
        one[0] = WeightedQuotes.pack(42, 7);
        assertEq(this.median(one), 42);
    }

    function test_Median_OfEvenManyIsTheMeanRoundedDown() public view {
        assertEq(this.median(equal(values(40, 10, 21, 30))), 25);
        assertEq(this.median(equal(values(1, 2, 3, 4))), 2);
        assertEq(this.median(equal(values(5, 5, 5, 5))), 5);
    }

    function test_Median_OfTheGreatestValuesDoesNotOverflow() public view {
        uint256[] memory list = new uint256[](4);
        for (uint256 i = 0; i < 4; ++i) {
            list[i] = WeightedQuotes.pack(type(uint128).max, type(uint128).max);
        }
        assertEq(this.median(list), type(uint128).max);
    }

    function test_Median_FollowsTheWeight() public view {
        uint256[] memory list = new uint256[](3);
        list[0] = WeightedQuotes.pack(10, 1);
        list[1] = WeightedQuotes.pack(20, 1);
        list[2] = WeightedQuotes.pack(30, 3);
        assertEq(this.median(list), 30);
        list[2] = WeightedQuotes.pack(30, 2);
        assertEq(this.median(list), 25, "the halves meet between two values");
    }

    function test_Quorum_WhenCountOrWeightLacks() public view {
        uint256[] memory list = equal(values(100, 90, 80, 70));
        assertEq(this.quorum(list, 5, 4), 0, "count");
        assertEq(this.quorum(list, 4, 5), 0, "weight");
        assertEq(this.quorum(list, 4, 4), 70);
        assertEq(this.quorum(list, 2, 3), 80, "the weight decides");
        assertEq(this.quorum(list, 3, 1), 80, "the count decides");
        assertEq(this.quorum(new uint256[](0), 1, 0), 0);
    }

    /// Each value as often as its weight says, sorted, and the middle of that.
    function testFuzz_Median_IsThatOfTheValuesRepeated(uint128[] memory seeds, uint256 salt) public view {
        vm.assume(seeds.length > 0);
        uint256 n = bound(seeds.length, 1, 31);
        if (n > seeds.length) n = seeds.length;
        uint256[] memory entries = new uint256[](n);
        uint256[] memory repeated = new uint256[](n * 8);
        uint256 length = 0;
        for (uint256 i = 0; i < n; ++i) {
            uint256 weight = 1 + uint256(keccak256(abi.encode(salt, i))) % 8;
            entries[i] = WeightedQuotes.pack(seeds[i], uint128(weight));
            for (uint256 j = 0; j < weight; ++j) {
                repeated[length++] = seeds[i];
            }
        }
        for (uint256 i = 0; i < length; ++i) {
            for (uint256 j = i + 1; j < length; ++j) {
                if (repeated[j] < repeated[i]) (repeated[i], repeated[j]) = (repeated[j], repeated[i]);
            }
        }
        uint256 expected =
            length % 2 == 1 ? repeated[length / 2] : (repeated[length / 2 - 1] + repeated[length / 2]) / 2;
        assertEq(this.median(entries), expected);
    }

    /// Fewer than half of the weight can say what they like: the median stays among the others' values.
    function testFuzz_Median_IsWithinTheHonestMajority(uint128[9] memory prices, uint96[9] memory weights) public view {
        uint256[] memory entries = new uint256[](9);
        (uint256 honest, uint256 low, uint256 high) = (0, type(uint256).max, 0);
        uint256 total = 0;
        for (uint256 i = 0; i < 9; ++i) {
            total += weights[i];
            entries[i] = WeightedQuotes.pack(prices[i], weights[i]);
        }
        for (uint256 i = 0; i < 9 && honest * 2 <= total; ++i) {
            if (weights[i] == 0) continue;
            honest += weights[i];
            if (prices[i] < low) low = prices[i];
            if (prices[i] > high) high = prices[i];
        }
        vm.assume(total > 0);
        uint256 got = this.median(entries);
        assertGe(got, low);
        assertLe(got, high);
    }

    /// Against a search over all candidates.
    function testFuzz_Quorum_IsTheGreatestValueWithEnoughAboveIt(
        uint128[8] memory times,
        uint64[8] memory weights,
        uint256 count,
        uint256 least
    ) public view {
        count = bound(count, 1, 8);
        least = bound(least, 1, uint256(type(uint64).max) * 10);
        uint256[] memory entries = new uint256[](8);
        for (uint256 i = 0; i < 8; ++i) {
            entries[i] = WeightedQuotes.pack(times[i], weights[i]);
        }
        uint256 best = 0;
        for (uint256 i = 0; i < 8; ++i) {
            (uint256 above, uint256 weight) = (0, 0);
            for (uint256 j = 0; j < 8; ++j) {
                if (times[j] < times[i]) continue;
                ++above;
                weight += weights[j];
            }
            if (above >= count && weight >= least && times[i] > best) best = times[i];
        }
        assertEq(this.quorum(entries, count, least), best);
    }
}
