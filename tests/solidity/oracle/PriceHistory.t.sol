// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Test} from "forge-std/Test.sol";
import {PriceHistory} from "aivm/contracts/oracle/PriceHistory.sol";

contract PriceHistoryTest is Test {
    using PriceHistory for PriceHistory.History;

    uint256 internal constant START = 1_760_000_000;

    PriceHistory.History internal history;

    function setUp() public {
        vm.warp(START);
    }

    function record(uint256 price, uint256 thenWait) internal {
        history.record(uint128(price), 0);
        skip(thenWait);
    }

    function assertAverage(uint256 window, uint256 price, uint256 covered) internal view {
        (uint256 have, uint256 haveCovered) = history.average(window);
        assertEq(have, price, "price");
        assertEq(haveCovered, covered, "covered");
    }

    function test_Average_WhenEmpty() public view {
        assertAverage(100, 0, 0);
    }

    function test_Average_InTheSecondOfTheFirstPrice() public {
        record(7, 0);
        assertAverage(100, 7, 0);
    }

    function test_Average_CountsThePriceInForceAtTheStart() public {
        record(100, 50);
        record(200, 50);
        assertAverage(75, uint256(25 * 100 + 50 * 200) / 75, 75);
        assertAverage(50, 200, 50);
        assertAverage(10, 200, 10);
    }

    function test_Average_OfAYoungHistoryIsOverWhatThereIs() public {
        record(100, 50);
        record(200, 50);
        assertAverage(100, 150, 100);
        assertAverage(1_000, 150, 100);
        assertAverage(type(uint256).max, 150, 100);
    }

    function test_Record_TheLastOfASecondCounts() public {
        record(100, 10);
        record(900, 0);
        record(300, 10);
        assertEq(history.rounds.length, 2);
        assertEq(history.priceOf(0), 100);
        assertEq(history.priceOf(1), 300);
        assertAverage(20, 200, 20);
    }

    function test_Record_SaysSinceWhenItWasAgreedOn() public {
        history.record(1, 0);
        assertEq(history.agreedSince(0), 0);
        history.record(1, START - 1 days);
        assertEq(history.agreedSince(0), START - 1 days, "the last of a second counts");
        skip(7);
        history.record(1, START + 7);
        assertEq(history.agreedSince(1), START + 7);
        skip(1);
        history.record(1, 0);
        assertEq(history.agreedSince(2), 0);
        assertEq(history.agreedSince(0), START - 1 days);
    }

    function test_Restart_ForgetsNoRoundButBeginsAnew() public {
        record(100, 50);
        history.restart();
        assertAverage(100, 0, 0);
        record(300, 10);
        assertAverage(100, 300, 10);
        assertEq(history.priceOf(0), 100);
    }

    function test_Restart_InTheSecondOfAPrice() public {
        record(100, 50);
        record(200, 0);
        history.restart();
        record(300, 10);
        assertAverage(100, 300, 10);
        assertEq(history.priceOf(0), 100);
    }

    /// Times of 32 bits end in 2106; these do not.
    function test_Average_BeyondTimesOf32Bits() public {
        vm.warp(type(uint32).max - 50);
        record(100, 50);
        record(200, 50);
        assertAverage(100, 150, 100);
    }

    function test_Average_OfTheGreatestPriceOverTheLongestTime() public {
        vm.warp(1);
        record(type(uint128).max, 0);
        vm.warp(type(uint48).max - 1);
        record(type(uint128).max, 1);
        assertAverage(type(uint48).max, type(uint128).max, type(uint48).max - 1);
    }

    /// A spike weighs as much as it lasts, and no more.
    function testFuzz_Attack_SpikeMovesTheAverageByItsShareOfTime(uint128 spike, uint256 lasts) public {
        lasts = bound(lasts, 1, 60);
        record(1_000, 1 days - lasts);
        record(spike, lasts);
        assertAverage(1 days, (1_000 * (1 days - lasts) + spike * lasts) / 1 days, 1 days);
    }

    /// However often a price is written, the first one stays in the window.
    function test_Attack_DenseWritesPushNothingOutOfTheWindow() public {
        record(1_000, 12 hours);
        for (uint256 i = 0; i < 2_000; ++i) {
            record(2_000, 1);
        }
        skip(12 hours - 2_000);
        assertAverage(1 days, 1_500, 1 days);
    }

    /// Against the sum of the prices of every single second.
    function testFuzz_Average_IsThatOfEverySecond(uint64[12] memory prices, uint8[12] memory waits, uint256 window)
        public
    {
        uint256[] memory perSecond = new uint256[](12 * 256);
        uint256 length = 0;
        for (uint256 i = 0; i < 12; ++i) {
            record(prices[i], waits[i]);
            for (uint256 j = 0; j < waits[i]; ++j) {
                perSecond[length++] = prices[i];
            }
        }
        window = bound(window, 1, 12 * 256);
        uint256 covered = window < length ? window : length;
        uint256 sum = 0;
        for (uint256 i = length - covered; i < length; ++i) {
            sum += perSecond[i];
        }
        if (covered == 0) assertAverage(window, prices[11], 0);
        else assertAverage(window, sum / covered, covered);
    }

    /// What was recorded for each second is what a round says.
    function testFuzz_PriceOf_IsWhatWasRecorded(uint128[10] memory prices, uint16[10] memory waits) public {
        for (uint256 i = 0; i < 10; ++i) {
            record(prices[i], uint256(waits[i]) + 1);
        }
        for (uint256 i = 0; i < 10; ++i) {
            assertEq(history.priceOf(i), prices[i]);
        }
    }
}
