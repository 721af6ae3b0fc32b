// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {VmSafe} from "forge-std/Vm.sol";
import {IComputePriceOracle} from "aivm/contracts/oracle/IComputePriceOracle.sol";
import {OracleBase} from "./OracleBase.sol";

contract OracleFeedsTest is OracleBase {
    IComputePriceOracle.Source internal constant MEDIAN = IComputePriceOracle.Source.Median;
    IComputePriceOracle.Source internal constant AVERAGE = IComputePriceOracle.Source.Average;

    function add(string memory kind, string memory name, uint32 period, uint8 decimals, uint128 basis)
        internal
        returns (bytes32)
    {
        vm.prank(governance);
        return oracle.addFeed(kind, name, period, decimals, basis);
    }

    function expectStale(bytes32 feed, uint256 updatedAt) internal {
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.StalePrice.selector, feed, updatedAt));
    }

    function test_AddFeed_SaysWhatItIs() public {
        vm.expectEmit();
        emit IComputePriceOracle.FeedAdded(oracle.feedId("RAM-GB-SEC", "DDR5"), "RAM-GB-SEC", "DDR5", 120, 9, 50);
        bytes32 id = add("RAM-GB-SEC", "DDR5", 120, 9, 50);
        IComputePriceOracle.Feed memory feed = oracle.getFeed(id);
        assertEq(id, keccak256(abi.encode("RAM-GB-SEC", "DDR5")));
        assertEq(feed.kind, "RAM-GB-SEC");
        assertEq(feed.name, "DDR5");
        assertEq(feed.period, 120);
        assertEq(feed.decimals, 9);
        assertEq(feed.price, 50);
        assertEq(feed.acceptedAt, 0);
        assertTrue(feed.active);
        assertFalse(oracle.getFeed(oracle.feedId("RAM-GB-SEC", "DDR4")).active);
    }

    /// A resource that nobody thought of at first is quoted and read as any other.
    function test_AddFeed_NewResourceClassAtRunTime() public {
        bytes32 id = add("NVME-IO-SEC", "gen5", 10 minutes, 6, 0);
        quoteAll(id, 1_234_567);
        assertPrice(id, 1_234_567, START, MEDIAN);
        skip(10 minutes + 1);
        assertPrice(id, 1_234_567, START, AVERAGE);
    }

    function test_AddFeed_DefaultPeriods() public {
        assertEq(oracle.getFeed(gpu).period, 15 minutes);
        assertEq(oracle.getFeed(energy).period, 1 hours);
        assertEq(oracle.getFeed(add("CPU", "EPYC", 0, 0, 0)).period, 30 minutes);
        assertEq(oracle.getFeed(add("FX", "LUX/USD", 0, 0, 0)).period, 60 seconds);
        assertEq(oracle.getFeed(add("GPU", "B200", 5 minutes, 0, 0)).period, 5 minutes);
        assertEq(oracle.getFeed(add("GPU", "A100", 1 days, 18, 0)).period, 1 days);
    }

    function test_RevertWhen_FeedIsWrong() public {
        vm.startPrank(governance);
        vm.expectRevert(IComputePriceOracle.EmptyName.selector);
        oracle.addFeed("", "x", 1, 0, 0);
        vm.expectRevert(IComputePriceOracle.EmptyName.selector);
        oracle.addFeed("x", "", 1, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.InvalidPeriod.selector, 0, 1 days));
        oracle.addFeed("RAM", "x", 0, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.InvalidPeriod.selector, 1 days + 1, 1 days));
        oracle.addFeed("RAM", "x", 1 days + 1, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.InvalidDecimals.selector, 19, 18));
        oracle.addFeed("RAM", "x", 1, 19, 0);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.FeedExists.selector, gpu));
        oracle.addFeed("GPU", "H100", 1, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.UnknownFeed.selector, bytes32(0)));
        oracle.removeFeed(0);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.UnknownFeed.selector, bytes32(0)));
        oracle.resetBreaker(0, 0, 0);
        vm.stopPrank();
    }

    /// "a" + "bc" is not "ab" + "c".
    function test_Attack_NamesThatJoinAlike() public view {
        assertNotEq(oracle.feedId("GPU", "XH100"), oracle.feedId("GPUX", "H100"));
    }

    function test_RemoveFeed_CannotBeRead() public {
        quoteAll(gpu, 100);
        vm.expectEmit();
        emit IComputePriceOracle.FeedRemoved(gpu);
        vm.prank(governance);
        oracle.removeFeed(gpu);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.UnknownFeed.selector, gpu));
        oracle.getPrice(gpu);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.UnknownFeed.selector, gpu));
        oracle.getAverage(gpu);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.UnknownResource.selector, "GPU", "H100"));
        oracle.getGPUPrice("H100");
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.UnknownFeed.selector, gpu));
        vm.prank(governance);
        oracle.removeFeed(gpu);
    }

    function test_AddFeed_BackAgainBeginsAnewFromItsLastPrice() public {
        quoteAll(gpu, 100);
        vm.startPrank(governance);
        oracle.removeFeed(gpu);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.DecimalsFixed.selector, 0, 2));
        oracle.addFeed("GPU", "H100", 0, 2, 0);
        oracle.addFeed("GPU", "H100", 20 minutes, 0, 0);
        vm.stopPrank();

        IComputePriceOracle.Feed memory feed = oracle.getFeed(gpu);
        assertEq(feed.price, 100, "the breaker's basis");
        assertEq(feed.period, 20 minutes);
        expectStale(gpu, 0);
        oracle.getPrice(gpu);
        (uint256 average, uint256 covered) = oracle.getAverage(gpu);
        assertEq(average + covered, 0, "of nothing yet");

        skip(1 hours);
        quoteAll(gpu, 150);
        skip(1 hours);
        (average, covered) = oracle.getAverage(gpu);
        assertEq(average, 150);
        assertEq(covered, 1 hours);
        (, uint256 first,) = oracle.getRound(gpu, 0);
        assertEq(first, 100, "rounds stay");
    }

    function test_AddFeed_BasisIsNoPrice() public {
        bytes32 id = add("GPU", "B200", 0, 0, 100);
        expectStale(id, 0);
        oracle.getPrice(id);
        quoteAll(id, 201);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.BreakerTripped.selector, id, 100, 201));
        oracle.getPrice(id);
        skip(1);
        quoteAll(id, 200);
        assertEq(priceOf(id), 200);
    }

    function test_Fresh_UntilTheOldestQuoteOfTheQuorum() public {
        submitOne(signed(0, gpu, 100, START));
        for (uint256 i = 1; i < 7; ++i) {
            skip(1 minutes);
            submitOne(signed(i, gpu, 100, vm.getBlockTimestamp()));
        }
        // Five of seven: those from the second minute on.
        assertEq(oracle.getFeed(gpu).freshUntil, START + 2 minutes + 15 minutes);
        vm.warp(START + 17 minutes);
        assertPrice(gpu, 100, START + 6 minutes, MEDIAN);
        skip(1);
        assertPrice(gpu, 100, START + 6 minutes, AVERAGE);
    }

    function test_Fresh_DoesNotFallBack() public {
        quoteAll(gpu, 100);
        (uint256 price, uint256 updatedAt) = oracle.getFreshPrice(gpu);
        assertEq(price, 100);
        assertEq(updatedAt, START);
        skip(15 minutes + 1);
        expectStale(gpu, START);
        oracle.getFreshPrice(gpu);
    }

    function test_Average_StandsInForADay() public {
        quoteAll(gpu, 100);
        skip(6 hours);
        quoteAll(gpu, 200);
        skip(18 hours);
        assertPrice(gpu, (6 * 100 + 18 * 200) / 24, START + 6 hours, AVERAGE);
        skip(3 hours);
        assertPrice(gpu, (3 * 100 + 21 * 200) / uint256(24), START + 6 hours, AVERAGE);
        vm.warp(START + 30 hours);
        assertPrice(gpu, 200, START + 6 hours, AVERAGE);
        skip(1);
        expectStale(gpu, START + 6 hours);
        oracle.getPrice(gpu);
        quoteAll(gpu, 190);
        assertPrice(gpu, 190, vm.getBlockTimestamp(), MEDIAN);
    }

    /// forge-config: default.fuzz.runs = 64
    /// The average of the oracle against the prices of each minute.
    function testFuzz_Average_IsThatOfEachMinute(uint8[8] memory steps, uint16[8] memory waits) public {
        uint256[] memory perMinute = new uint256[](8 * 400);
        uint256 length = 0;
        for (uint256 i = 0; i < 8; ++i) {
            uint256 price = 1_000 + uint256(steps[i]);
            quoteAll(gpu, price, 5);
            uint256 minutes_ = 1 + waits[i] % 400;
            skip(minutes_ * 1 minutes);
            for (uint256 j = 0; j < minutes_; ++j) {
                perMinute[length++] = price;
            }
        }
        uint256 covered = length < 24 * 60 ? length : 24 * 60;
        uint256 sum = 0;
        for (uint256 i = length - covered; i < length; ++i) {
            sum += perMinute[i];
        }
        (uint256 average, uint256 seconds_) = oracle.getAverage(gpu);
        assertEq(average, sum / covered);
        assertEq(seconds_, covered * 1 minutes);
    }

    function test_Attack_SpikeOfOneBlockMovesTheAverageByItsShareOfTime() public {
        quoteAll(gpu, 100_000);
        skip(1 days - 2);
        quoteAll(gpu, 200_000);
        skip(2);
        quoteAll(gpu, 100_000);
        (uint256 average, uint256 covered) = oracle.getAverage(gpu);
        assertEq(covered, 1 days);
        assertEq(average, 100_000 + uint256(2 * 100_000) / 1 days);
    }

    function test_RevertWhen_RoundIsUnknown() public {
        quoteAll(gpu, 100);
        (uint256 time, uint256 price, uint256 agreedSince) = oracle.getRound(gpu, 0);
        assertEq(time, START);
        assertEq(price, 100);
        assertEq(agreedSince, START);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.UnknownRound.selector, gpu, 1));
        oracle.getRound(gpu, 1);
    }

    /// Coverage is of unoptimised code.
    function test_Gas_IsBounded() public {
        vm.skip(vm.isContext(VmSafe.ForgeContext.Coverage));
        quoteAll(gpu, 100, 5);
        skip(60);
        IComputePriceOracle.SignedQuote[] memory list = quotes(gpu, repeated(101, 5));
        vm.cool(address(oracle));
        uint256 before = gasleft();
        oracle.submitQuotes(list);
        assertLt(before - gasleft(), 250_000, "five");

        for (uint256 i = OPERATORS; i < 31; ++i) {
            admit(i, MIN_BOND);
        }
        skip(60);
        quoteAll(gpu, 102, 31);
        skip(60);
        uint256[] memory prices = new uint256[](31);
        for (uint256 i = 0; i < 31; ++i) {
            prices[i] = 131 - i;
        }
        list = quotes(gpu, prices);
        vm.cool(address(oracle));
        before = gasleft();
        oracle.submitQuotes(list);
        assertLt(before - gasleft(), 1_000_000, "thirty-one");
    }
}
