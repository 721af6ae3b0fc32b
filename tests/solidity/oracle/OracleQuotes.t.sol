// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {ComputePriceOracle} from "aivm/contracts/oracle/ComputePriceOracle.sol";
import {IComputePriceOracle} from "aivm/contracts/oracle/IComputePriceOracle.sol";
import {IOracleOperators} from "aivm/contracts/oracle/IOracleOperators.sol";
import {OracleBase} from "./OracleBase.sol";

contract OracleQuotesTest is OracleBase {
    function expectIgnored(uint256 i, uint256 observedAt, IComputePriceOracle.Ignored reason) internal {
        vm.expectEmit();
        emit IComputePriceOracle.QuoteIgnored(gpu, operator(i), observedAt, reason);
    }

    function expectUnknownSigner(IComputePriceOracle.SignedQuote memory quote) internal {
        address signer = ECDSA.recover(oracle.hashQuote(quote.quote), quote.signature);
        vm.expectRevert(abi.encodeWithSelector(IOracleOperators.NotOperator.selector, signer));
        submitOne(quote);
    }

    function test_Quote_IsSignedAsItsTypeSays() public view {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("aivm.ComputePriceOracle"),
                keccak256("1"),
                block.chainid,
                address(oracle)
            )
        );
        bytes32 quote = keccak256(
            abi.encode(keccak256("Quote(bytes32 feed,uint256 price,uint64 observedAt)"), gpu, 100, uint64(START))
        );
        assertEq(
            oracle.hashQuote(IComputePriceOracle.Quote(gpu, 100, uint64(START))),
            keccak256(abi.encodePacked(hex"1901", domain, quote))
        );
    }

    function test_Submit_FiveMakeAPrice() public {
        vm.expectEmit();
        emit IComputePriceOracle.QuoteStored(gpu, operator(0), 98, START);
        vm.expectEmit();
        emit IComputePriceOracle.PriceAccepted(gpu, 100, 5, 5 * MIN_BOND, START + 15 minutes);
        assertEq(submit(gpu, prices5(98, 101, 100, 99, 5_000)), 5);
        assertPrice(gpu, 100, START, IComputePriceOracle.Source.Median);
        (uint256 price, uint256 observedAt) = oracle.quoteOf(gpu, operator(4));
        assertEq(price, 5_000);
        assertEq(observedAt, START);
    }

    function test_Submit_FourMakeNone() public {
        quoteAll(gpu, 100, 4);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.StalePrice.selector, gpu, 0));
        oracle.getPrice(gpu);
        submitOne(signed(4, gpu, 100, START));
        assertEq(priceOf(gpu), 100);
    }

    function test_Submit_FiveOfLessThanTwoThirdsOfTheWeightMakeNone() public {
        admit(7, MIN_BOND);
        admit(8, MIN_BOND + 1);
        quoteAll(gpu, 100, 6);
        assertEq(oracle.roundCount(gpu), 0, "a wei less than two thirds");
        unbond(8, 1);
        skip(1);
        submitOne(signed(0, gpu, 100, START + 1));
        assertEq(oracle.roundCount(gpu), 1, "exactly two thirds");
    }

    /// Four quotes of four fifths of all weight are four quotes.
    function test_Submit_WeightDoesNotStandInForTheCount() public {
        for (uint256 i = 0; i < 4; ++i) {
            bond(i, 2 * MIN_BOND);
        }
        quoteAll(gpu, 100, 4);
        assertEq(oracle.roundCount(gpu), 0);
        submitOne(signed(4, gpu, 100, START));
        assertEq(oracle.roundCount(gpu), 1);
    }

    function test_Submit_QuoteOlderThanTheAdmissionIsIgnored() public {
        admit(7, MIN_BOND);
        expectIgnored(7, START - 1, IComputePriceOracle.Ignored.BeforeAdmission);
        assertEq(submitOne(signed(7, gpu, 100, START - 1)), 0);
        assertEq(submitOne(signed(7, gpu, 100, START)), 1);
    }

    /// Nothing that an operator said before it was removed counts when it is admitted again.
    function test_Attack_ReadmissionRevivesNoOldQuote() public {
        quoteAll(gpu, 100, 4);
        IComputePriceOracle.SignedQuote memory kept = signed(0, gpu, 100, START + 1);
        skip(2);
        vm.startPrank(governance);
        oracle.removeOperator(operator(0));
        oracle.admitOperator(operator(0));
        vm.stopPrank();
        submitOne(signed(4, gpu, 100, START + 2));
        assertEq(oracle.roundCount(gpu), 0, "stored before");
        expectIgnored(0, START + 1, IComputePriceOracle.Ignored.BeforeAdmission);
        assertEq(submitOne(kept), 0);
        submitOne(signed(0, gpu, 100, START + 2));
        assertEq(oracle.roundCount(gpu), 1);
    }

    /// All quotes have lapsed; less than a third of the weight is as many as the honest who are heard so far.
    function test_Attack_MinorityIsHeardBeforeTheOthers() public {
        for (uint256 i = 7; i < 31; ++i) {
            admit(i, MIN_BOND);
        }
        quoteAll(gpu, 100, 31);
        skip(15 minutes + 1);
        IComputePriceOracle.SignedQuote[] memory list = new IComputePriceOracle.SignedQuote[](20);
        for (uint256 i = 0; i < 20; ++i) {
            list[i] = signed(i, gpu, i < 10 ? 200 : 100, vm.getBlockTimestamp());
        }
        assertEq(oracle.submitQuotes(list), 20);
        assertEq(oracle.roundCount(gpu), 1, "not enough were heard");
        submitOne(signed(20, gpu, 100, vm.getBlockTimestamp()));
        assertEq(oracle.roundCount(gpu), 2);
        assertEq(priceOf(gpu), 100);
    }

    function test_Submit_SeveralFeedsAtOnce() public {
        (bytes32 low, bytes32 high) = gpu < energy ? (gpu, energy) : (energy, gpu);
        IComputePriceOracle.SignedQuote[] memory list = new IComputePriceOracle.SignedQuote[](10);
        for (uint256 i = 0; i < 5; ++i) {
            list[i] = signed(i, low, 10 + i, START);
            list[5 + i] = signed(i, high, 20 + i, START);
        }
        assertEq(oracle.submitQuotes(list), 10);
        assertEq(priceOf(low), 12);
        assertEq(priceOf(high), 22);
        assertEq(oracle.roundCount(low), 1);

        (list[0], list[5]) = (list[5], list[0]);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.FeedOrder.selector, 1, low));
        oracle.submitQuotes(list);
    }

    function test_Submit_Nothing() public {
        assertEq(oracle.submitQuotes(new IComputePriceOracle.SignedQuote[](0)), 0);
    }

    function test_Attack_OneSignerTwiceCountsOnce() public {
        IComputePriceOracle.SignedQuote[] memory list = quotes(gpu, prices5(100, 100, 100, 100, 100));
        list[4] = signed(3, gpu, 100, START);
        expectIgnored(3, START, IComputePriceOracle.Ignored.NotNewer);
        assertEq(oracle.submitQuotes(list), 4);
        assertEq(oracle.roundCount(gpu), 0);
    }

    function test_Attack_OneSignerAtFiveTimesCountsOnce() public {
        IComputePriceOracle.SignedQuote[] memory list = new IComputePriceOracle.SignedQuote[](5);
        for (uint256 i = 0; i < 5; ++i) {
            list[i] = signed(3, gpu, 100, START + i);
        }
        skip(5);
        assertEq(oracle.submitQuotes(list), 5);
        assertEq(oracle.roundCount(gpu), 0);
    }

    /// Whoever submits one of the quotes first does not stop the batch.
    function test_Attack_BatchSurvivesAFrontRunQuote() public {
        IComputePriceOracle.SignedQuote[] memory list = quotes(gpu, repeated(100, 7));
        submitOne(list[2]);
        unbond(5, 1);
        expectIgnored(2, START, IComputePriceOracle.Ignored.NotNewer);
        expectIgnored(5, START, IComputePriceOracle.Ignored.InactiveOperator);
        assertEq(oracle.submitQuotes(list), 5);
        assertEq(priceOf(gpu), 100);
        assertEq(oracle.submitQuotes(list), 0, "all of it again: no harm");
        assertEq(oracle.roundCount(gpu), 1);
    }

    function test_Attack_ReplayOfAnOlderQuote() public {
        IComputePriceOracle.SignedQuote memory old = signed(0, gpu, 60, START);
        skip(10);
        quoteAll(gpu, 100, 5);
        expectIgnored(0, START, IComputePriceOracle.Ignored.NotNewer);
        assertEq(submitOne(old), 0);
        (uint256 price,) = oracle.quoteOf(gpu, operator(0));
        assertEq(price, 100);
    }

    function test_Attack_ReplayOnAnotherFeed() public {
        IComputePriceOracle.SignedQuote memory quote = signed(0, gpu, 100, START);
        quote.quote.feed = energy;
        expectUnknownSigner(quote);
    }

    function test_Attack_ReplayOnAnotherOracle() public {
        ComputePriceOracle other = new ComputePriceOracle(governance, MIN_BOND, UNBONDING, SHARE);
        IComputePriceOracle.SignedQuote memory quote = signed(0, gpu, 100, START);
        quote.signature = sign(key(0), other.hashQuote(quote.quote));
        expectUnknownSigner(quote);
    }

    function test_Attack_ReplayOnAForkWithAnotherChainId() public {
        IComputePriceOracle.SignedQuote memory quote = signed(0, gpu, 100, START);
        vm.chainId(1337);
        expectUnknownSigner(quote);
        submitOne(signed(0, gpu, 100, START));
    }

    function test_Attack_TamperedPriceOrTime() public {
        IComputePriceOracle.SignedQuote memory quote = signed(0, gpu, 100, START);
        quote.quote.price = 101;
        expectUnknownSigner(quote);
        (quote.quote.price, quote.quote.observedAt) = (100, uint64(START - 1));
        expectUnknownSigner(quote);
    }

    function test_Attack_SignatureTwins() public {
        IComputePriceOracle.SignedQuote memory quote = signed(0, gpu, 100, START);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key(0), oracle.hashQuote(quote.quote));

        bytes32 high = bytes32(GROUP_ORDER - uint256(s));
        quote.signature = abi.encodePacked(r, high, v == 27 ? uint8(28) : uint8(27));
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, high));
        submitOne(quote);

        quote.signature = abi.encodePacked(r, bytes32(uint256(v - 27) << 255 | uint256(s)));
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureLength.selector, 64));
        submitOne(quote);

        quote.signature = abi.encodePacked(r, s, v - 27);
        vm.expectRevert(ECDSA.ECDSAInvalidSignature.selector);
        submitOne(quote);
    }

    function test_RevertWhen_SignerIsNoOperatorOrWasRemoved() public {
        IComputePriceOracle.SignedQuote memory quote = signed(0, gpu, 100, START);
        vm.prank(governance);
        oracle.removeOperator(operator(0));
        expectUnknownSigner(quote);
        expectUnknownSigner(signed(20, gpu, 100, START));
    }

    function test_Attack_RemovedOperatorsQuoteCountsNoMore() public {
        quoteAll(gpu, 100, 4);
        vm.prank(governance);
        oracle.removeOperator(operator(0));
        submitOne(signed(4, gpu, 100, START));
        assertEq(oracle.roundCount(gpu), 0);
        unbond(1, 1);
        submitOne(signed(5, gpu, 100, START));
        assertEq(oracle.roundCount(gpu), 0, "nor one whose bond is too low");
        submitOne(signed(6, gpu, 100, START));
        assertEq(oracle.roundCount(gpu), 1);
    }

    function expectRevertOf(IComputePriceOracle.SignedQuote memory quote, bytes memory reason) internal {
        vm.expectRevert(reason);
        submitOne(quote);
    }

    function test_RevertWhen_PriceIsZeroOrTooHigh() public {
        bytes4 invalid = IComputePriceOracle.InvalidPrice.selector;
        expectRevertOf(signed(0, gpu, 0, START), abi.encodeWithSelector(invalid, gpu, 0));
        uint256 high = uint256(type(uint128).max) + 1;
        expectRevertOf(signed(0, gpu, high, START), abi.encodeWithSelector(invalid, gpu, high));
        quoteAll(gpu, type(uint128).max);
        assertEq(priceOf(gpu), type(uint128).max);
    }

    function test_RevertWhen_ObservedInTheFuture() public {
        IComputePriceOracle.SignedQuote memory quote = signed(0, gpu, 100, START + 1);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.FutureQuote.selector, gpu, START + 1, START));
        submitOne(quote);
        quote = signed(0, gpu, 100, type(uint64).max);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.FutureQuote.selector, gpu, type(uint64).max, START));
        submitOne(quote);
    }

    function test_Submit_AtTheEndOfItsPeriod() public {
        IComputePriceOracle.SignedQuote[] memory list = quotes(gpu, repeated(100, 5));
        vm.warp(START + 15 minutes + 1);
        expectIgnored(0, START, IComputePriceOracle.Ignored.Stale);
        assertEq(oracle.submitQuotes(list), 0);
        vm.warp(START + 15 minutes);
        assertEq(oracle.submitQuotes(list), 5);
        assertPrice(gpu, 100, START + 15 minutes, IComputePriceOracle.Source.Median);
        skip(1);
        assertPrice(gpu, 100, START + 15 minutes, IComputePriceOracle.Source.Average);
    }

    function test_RevertWhen_FeedIsUnknownOrRemoved() public {
        bytes32 unknown = oracle.feedId("GPU", "none");
        bytes4 selector = IComputePriceOracle.UnknownFeed.selector;
        expectRevertOf(signed(0, unknown, 100, START), abi.encodeWithSelector(selector, unknown));
        expectRevertOf(signed(0, 0, 100, START), abi.encodeWithSelector(selector, bytes32(0)));
        vm.prank(governance);
        oracle.removeFeed(gpu);
        expectRevertOf(signed(0, gpu, 100, START), abi.encodeWithSelector(selector, gpu));
    }

    /// The clock of a new chain may begin at zero; no quote is not one of zero.
    function test_Submit_WhereTimeBeginsAtZero() public {
        vm.warp(5);
        vm.startPrank(governance);
        for (uint256 i = 0; i < OPERATORS; ++i) {
            oracle.removeOperator(operator(i));
            oracle.admitOperator(operator(i));
        }
        vm.stopPrank();
        quoteAll(gpu, 100, 4);
        assertEq(oracle.roundCount(gpu), 0);
        submitOne(signed(4, gpu, 100, 5));
        assertEq(priceOf(gpu), 100);
    }

    /// forge-config: default.fuzz.runs = 64
    /// The price is among the fresh quotes of active operators, whatever they weigh.
    function testFuzz_Price_IsWithinTheFreshQuotes(uint64[7] memory prices, uint80[7] memory extra) public {
        (uint256 low, uint256 high) = (type(uint256).max, 0);
        uint256[] memory list = new uint256[](7);
        for (uint256 i = 0; i < 7; ++i) {
            if (extra[i] > 0) bond(i, extra[i]);
            list[i] = uint256(prices[i]) + 1;
            if (list[i] < low) low = list[i];
            if (list[i] > high) high = list[i];
        }
        submit(gpu, list);
        assertGe(priceOf(gpu), low);
        assertLe(priceOf(gpu), high);
    }
}
