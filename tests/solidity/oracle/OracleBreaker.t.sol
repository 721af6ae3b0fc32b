// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IComputePriceOracle} from "aivm/contracts/oracle/IComputePriceOracle.sol";
import {OracleBase} from "./OracleBase.sol";

contract OracleBreakerTest is OracleBase {
    function setUp() public override {
        super.setUp();
        quoteAll(gpu, 100);
        skip(15 minutes);
    }

    function expectTripped(uint256 have, uint256 got) internal {
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.BreakerTripped.selector, gpu, have, got));
        oracle.getPrice(gpu);
    }

    function reset(uint256 lowest, uint256 highest) internal {
        vm.prank(governance);
        oracle.resetBreaker(gpu, lowest, highest);
    }

    function test_Breaker_ExactlyDoubleAndHalfPass() public {
        quoteAll(gpu, 200);
        assertEq(priceOf(gpu), 200);
        skip(15 minutes);
        quoteAll(gpu, 100);
        assertEq(priceOf(gpu), 100);
    }

    function test_Breaker_TripsAboveDouble() public {
        vm.expectEmit();
        emit IComputePriceOracle.FeedTripped(gpu, 100, 201);
        quoteAll(gpu, 201);
        expectTripped(100, 201);
        assertEq(oracle.getFeed(gpu).tripped, 201);
        assertEq(oracle.roundCount(gpu), 1);
    }

    function test_Breaker_TripsBelowHalf() public {
        quoteAll(gpu, 49);
        expectTripped(100, 49);
        skip(15 minutes);
        quoteAll(gpu, 50);
        skip(15 minutes);
        quoteAll(gpu, 101);
        expectTripped(50, 101);
    }

    /// One of an odd price has no exact half: 50 is below half of 101, 51 is not.
    function test_Breaker_HalfOfAnOddPrice() public {
        quoteAll(gpu, 101);
        skip(15 minutes);
        quoteAll(gpu, 50);
        expectTripped(101, 50);
        skip(1);
        quoteAll(gpu, 51);
        assertEq(priceOf(gpu), 51);
    }

    function test_Breaker_StopsEveryRead() public {
        quoteAll(energy, 10);
        quoteAll(gpu, 1_000);
        bytes memory reason = abi.encodeWithSelector(IComputePriceOracle.BreakerTripped.selector, gpu, 100, 1_000);
        vm.expectRevert(reason);
        oracle.getFreshPrice(gpu);
        vm.expectRevert(reason);
        oracle.getGPUPrice("H100");
        vm.expectRevert(reason);
        oracle.computeFee("H100", "us-east", 60, 500);
        vm.expectRevert(reason);
        oracle.computeFeePerKwh("H100", "us-east", 60, 500);
        skip(20 minutes);
        vm.expectRevert(reason);
        oracle.getPrice(gpu);
        (uint256 average,) = oracle.getAverage(gpu);
        assertEq(average, 100, "the last good values stay to be seen");
    }

    function test_Breaker_ClearsByItself() public {
        quoteAll(gpu, 1_000);
        skip(1);
        quoteAll(gpu, 300);
        expectTripped(100, 300);
        skip(1);
        vm.expectEmit();
        emit IComputePriceOracle.FeedCleared(gpu, 120, false);
        quoteAll(gpu, 120);
        assertEq(priceOf(gpu), 120);
        assertEq(oracle.getFeed(gpu).tripped, 0);
    }

    function test_Breaker_ResetByGovernance() public {
        quoteAll(gpu, 1_000);
        uint256 trippedAt = vm.getBlockTimestamp();
        assertEq(oracle.getFeed(gpu).trippedAt, trippedAt);
        skip(15 minutes);
        vm.expectEmit();
        emit IComputePriceOracle.FeedCleared(gpu, 1_000, true);
        reset(900, 1_000);
        assertEq(oracle.getFeed(gpu).trippedAt, 0);
        assertPrice(gpu, 1_000, trippedAt, IComputePriceOracle.Source.Median);
        (, uint256 price, uint256 agreedSince) = oracle.getRound(gpu, 1);
        assertEq(price, 1_000);
        assertEq(agreedSince, 0, "it judges nobody");
        skip(1);
        quoteAll(gpu, 1_900);
        assertEq(priceOf(gpu), 1_900);
    }

    function test_Breaker_ResetAfterItsQuotesWentStale() public {
        quoteAll(gpu, 1_000);
        uint256 trippedAt = vm.getBlockTimestamp();
        skip(12 hours);
        reset(1_000, 1_000);
        assertPrice(gpu, 1_000, trippedAt, IComputePriceOracle.Source.Average);
        assertEq(oracle.getGPUPrice("H100").lastUpdate, trippedAt);
        skip(12 hours);
        assertPrice(gpu, 1_000, trippedAt, IComputePriceOracle.Source.Average);
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.StalePrice.selector, gpu, trippedAt));
        oracle.getPrice(gpu);
        quoteAll(gpu, 1_100);
        assertEq(priceOf(gpu), 1_100);
    }

    /// Quotes of nine days ago are not read as a price of today: they are what new quotes are held against.
    function test_Attack_ResetPresentsOldQuotesAsNew() public {
        quoteAll(gpu, 1_000);
        uint256 trippedAt = vm.getBlockTimestamp();
        skip(9 days);
        reset(900, 1_100);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.StalePrice.selector, gpu, trippedAt));
        oracle.getGPUPrice("H100");
        quoteAll(gpu, 2_001);
        expectTripped(1_000, 2_001);
        skip(1);
        quoteAll(gpu, 1_900);
        assertEq(priceOf(gpu), 1_900);
    }

    function test_RevertWhen_ResetIsWrong() public {
        vm.startPrank(governance);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.BreakerNotTripped.selector, gpu));
        oracle.resetBreaker(gpu, 0, type(uint256).max);
        quoteAll(gpu, 1_000);
        bytes4 outOfRange = IComputePriceOracle.MedianOutOfRange.selector;
        vm.expectRevert(abi.encodeWithSelector(outOfRange, 1_000, 1_001, 2_000));
        oracle.resetBreaker(gpu, 1_001, 2_000);
        vm.expectRevert(abi.encodeWithSelector(outOfRange, 1_000, 0, 999));
        oracle.resetBreaker(gpu, 0, 999);
        vm.stopPrank();
    }

    function test_Breaker_RealMoveIsAcceptedInSteps() public {
        uint256 price = 100;
        for (uint256 i = 0; i < 6; ++i) {
            price = price * 5 / 4;
            quoteAll(gpu, price);
            assertEq(priceOf(gpu), price);
            skip(15 minutes);
        }
        for (uint256 i = 0; i < 4; ++i) {
            price *= 2;
            quoteAll(gpu, price);
            assertEq(priceOf(gpu), price);
            skip(15 minutes);
        }
    }

    /// Each step is within a factor of two of the last, all of them in one block or one period.
    function test_Attack_QuorumDoublesThePriceInEverySecond() public {
        uint256 from = vm.getBlockTimestamp() - 10;
        for (uint256 step = 1; step <= 5; ++step) {
            IComputePriceOracle.SignedQuote[] memory list = new IComputePriceOracle.SignedQuote[](7);
            for (uint256 i = 0; i < 7; ++i) {
                list[i] = signed(i, gpu, 100 * 2 ** step, from + step);
            }
            oracle.submitQuotes(list);
        }
        expectTripped(200, 3_200);
        for (uint256 i = 0; i < 14; ++i) {
            skip(1 minutes);
            quoteAll(gpu, 400);
            expectTripped(200, 400);
        }
        skip(1 minutes);
        quoteAll(gpu, 400);
        assertEq(priceOf(gpu), 400);
    }

    /// forge-config: default.fuzz.runs = 48
    /// Within any one period the price moves by a factor of eight at most: what `FALSE_FACTOR` rests on.
    function testFuzz_Breaker_BoundsTheMoveWithinAPeriod(uint8[24] memory waits, uint16[24] memory factors) public {
        uint256[] memory times = new uint256[](25);
        uint256[] memory prices = new uint256[](25);
        quoteAll(gpu, 100, 5);
        (times[0], prices[0]) = (vm.getBlockTimestamp(), 100);
        for (uint256 i = 1; i < 25; ++i) {
            skip(1 + uint256(waits[i - 1]) * 3);
            uint256 have = oracle.getFeed(gpu).price;
            // Mostly the greatest steps there are, up or down.
            uint256 want = factors[i - 1] % 4 == 0 ? have / 2 + have % 2 : have * (1 + factors[i - 1] % 2);
            quoteAll(gpu, want, 5);
            (times[i], prices[i]) = (vm.getBlockTimestamp(), oracle.getFeed(gpu).price);
            for (uint256 j = 0; j < i; ++j) {
                if (times[j + 1] + 15 minutes <= times[i]) continue;
                assertLe(prices[i], prices[j] * 8);
                assertGe(prices[i] * 8, prices[j]);
            }
        }
    }

    /// forge-config: default.fuzz.runs = 64
    /// However the feed was tripped, quotes that come back or governance make it readable.
    function testFuzz_Attack_BreakerCannotBeBricked(uint64[6] memory prices, uint16[6] memory waits, bool byGovernance)
        public
    {
        for (uint256 i = 0; i < 6; ++i) {
            quoteAll(gpu, uint256(prices[i]) + 1, 5);
            skip(1 + uint256(waits[i]));
        }
        skip(15 minutes);
        uint256 have = oracle.getFeed(gpu).price;
        if (byGovernance && oracle.getFeed(gpu).tripped != 0) {
            uint256 got = oracle.getFeed(gpu).tripped;
            reset(got, got);
            have = got;
        }
        quoteAll(gpu, have, 5);
        assertEq(priceOf(gpu), have);
    }
}
