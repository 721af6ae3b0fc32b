// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IComputePriceOracle} from "aivm/contracts/oracle/IComputePriceOracle.sol";
import {IOracleEvidence} from "aivm/contracts/oracle/IOracleEvidence.sol";
import {FalseQuotesBase} from "./FalseQuotesBase.sol";

contract OracleFalseQuotesTest is FalseQuotesBase {
    function test_False_TakesHalfOfTheBond() public {
        IComputePriceOracle.SignedQuote memory high = signed(6, gpu, 1_001, START);
        IComputePriceOracle.SignedQuote memory low = signed(5, gpu, 9, START);
        skip(15 minutes);
        quoteAll(gpu, 100, 5);
        vm.expectEmit();
        emit IOracleEvidence.OffenceReported(operator(6), gpu, START, IOracleEvidence.Offence.FalseQuote, MIN_BOND / 2);
        reportFalse(high, 0);
        assertEq(activeBond(6), MIN_BOND / 2);
        assertEq(oracle.weightOf(operator(6)), 0, "below the minimum");
        assertEq(oracle.creditOf(stranger), MIN_BOND / 2 * SHARE / 10_000);
        reportFalse(low, 0);
        assertEq(activeBond(5), MIN_BOND / 2);
        bytes32 id = offence(5, START);
        assertTrue(oracle.punished(id));
        vm.expectRevert(abi.encodeWithSelector(IOracleEvidence.AlreadyPunished.selector, id));
        reportFalse(low, 0);
    }

    /// A quote need not have been submitted, nor be one that could be.
    function test_False_PricesBeyondWhatIsAccepted() public {
        quoteAll(gpu, 100);
        reportFalse(signed(5, gpu, 0, START), 0);
        reportFalse(signed(6, gpu, type(uint256).max, START), 0);
        assertEq(activeBond(5) + activeBond(6), MIN_BOND);
    }

    /// The false quote is one of those in the round. Whoever is judged is not among those who judge.
    function test_False_WithinTheRoundThatJudges() public {
        submit(gpu, prices5(100, 100, 100, 100, 5_000));
        expectNotJudging(signed(4, gpu, 5_000, START), 0, "four of seven agree");
        skip(1);
        quoteAll(gpu, 100, 4);
        submitOne(signed(5, gpu, 100, START + 1));
        reportFalse(signed(4, gpu, 5_000, START), oracle.roundCount(gpu) - 1);
        assertEq(activeBond(4), MIN_BOND / 2);
    }

    function test_False_QuotesAtExactlyHalfAndTwiceTheMedianAgree() public {
        uint256[] memory prices = prices5(49, 50, 100, 200, 200);
        IComputePriceOracle.SignedQuote memory quote = signed(6, gpu, 1_001, START);
        submit(gpu, prices);
        expectNotJudging(quote, 0, "49 is below half");
        skip(1);
        (prices[0], prices[4]) = (50, 201);
        submit(gpu, prices);
        expectNotJudging(quote, 1, "201 is above twice");
        skip(1);
        prices[4] = 200;
        submit(gpu, prices);
        reportFalse(quote, 2);
        assertEq(activeBond(6), MIN_BOND / 2);
    }

    function test_RevertWhen_WithinTenTimesTheMedian() public {
        quoteAll(gpu, 100);
        bytes4 selector = IOracleEvidence.NotFalse.selector;
        IComputePriceOracle.SignedQuote memory quote = signed(6, gpu, 1_000, START);
        vm.expectRevert(abi.encodeWithSelector(selector, 1_000, 100));
        reportFalse(quote, 0);
        quote = signed(6, gpu, 10, START);
        vm.expectRevert(abi.encodeWithSelector(selector, 10, 100));
        reportFalse(quote, 0);
    }

    function test_RevertWhen_RoundIsBeforeOrLongAfterTheObservation() public {
        IComputePriceOracle.SignedQuote memory early = signed(6, gpu, 5_000, START);
        skip(15 minutes + 1);
        quoteAll(gpu, 100);
        expectNotJudging(early, 0, "more than a period");
        expectNotJudging(signed(6, gpu, 5_000, START + 15 minutes + 2), 0, "before");
        reportFalse(signed(6, gpu, 5_000, START + 1), 0);
    }

    /// One of those who agree observed before: without it they are less than two thirds.
    function test_RevertWhen_OneOfThoseWhoAgreeObservedBefore() public {
        submitOne(signed(0, gpu, 100, START));
        skip(1);
        for (uint256 i = 1; i < 5; ++i) {
            submitOne(signed(i, gpu, 100, START + 1));
        }
        (,, uint256 agreedSince) = oracle.getRound(gpu, 0);
        assertEq(agreedSince, START);
        expectNotJudging(signed(6, gpu, 5_000, START + 1), 0, "newer than one of them");
        submitOne(signed(5, gpu, 100, START + 1));
        reportFalse(signed(6, gpu, 5_000, START + 1), 0);
    }

    function test_RevertWhen_ThoseWhoAgreeLackTwoThirdsOfTheWeight() public {
        admit(7, MIN_BOND);
        admit(8, MIN_BOND + 1);
        uint256[] memory prices = repeated(100, 7);
        prices[6] = 300;
        submit(gpu, prices);
        IComputePriceOracle.SignedQuote memory quote = signed(8, gpu, 5_000, START);
        expectNotJudging(quote, 0, "a wei less");
        unbond(8, 1);
        skip(1);
        submit(gpu, prices);
        reportFalse(quote, 1);
        assertEq(activeBond(8), MIN_BOND / 2, "exactly two thirds");
    }

    /// Two of the greatest weight and one other have seven ninths of all weight, but are three.
    function test_RevertWhen_ThoseWhoAgreeAreFewerThanFour() public {
        vm.startPrank(governance);
        oracle.removeOperator(operator(5));
        oracle.removeOperator(operator(6));
        vm.stopPrank();
        bond(0, 2 * MIN_BOND);
        bond(1, 2 * MIN_BOND);
        submit(gpu, prices5(100, 100, 100, 1_500, 1_500));
        assertEq(priceOf(gpu), 100);
        expectNotJudging(signed(4, gpu, 1_500, START), 0, "three");
        skip(1);
        submitOne(signed(3, gpu, 100, START + 1));
        reportFalse(signed(4, gpu, 1_500, START), 1);
        assertEq(activeBond(4), MIN_BOND / 2);
    }

    function test_RevertWhen_RoundOrFeedIsUnknown() public {
        quoteAll(gpu, 100);
        IComputePriceOracle.SignedQuote memory quote = signed(6, gpu, 5_000, START);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.UnknownRound.selector, gpu, 1));
        oracle.reportFalseQuote(quote, 1);
        bytes32 unknown = oracle.feedId("GPU", "none");
        quote = signed(6, unknown, 5_000, START);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.UnknownRound.selector, unknown, 0));
        oracle.reportFalseQuote(quote, 0);
    }

    function test_Update_FalseOnesCostAsMuchAsSignedOnes() public {
        quoteAll(gpu, 100);
        skip(1);
        update(6, 1_001);
        assertEq(oracle.updateOf(gpu, operator(6), START + 1), 1_001);
        expectUpdateNotJudging(6, START + 1, oracle.roundCount(gpu) - 1);
        skip(1);
        update(6, 100);
        quoteAll(gpu, 100, 6);
        uint256 round = oracle.roundCount(gpu) - 1;
        vm.expectEmit();
        emit IOracleEvidence.OffenceReported(
            operator(6), gpu, START + 1, IOracleEvidence.Offence.FalseQuote, MIN_BOND / 2
        );
        reportFalseUpdate(6, START + 1, round);
        assertEq(activeBond(6), MIN_BOND / 2, "whatever it said since");

        bytes memory again = abi.encodeWithSelector(IOracleEvidence.AlreadyPunished.selector, offence(6, START + 1));
        vm.expectRevert(again);
        reportFalseUpdate(6, START + 1, round);
        IComputePriceOracle.SignedQuote memory quote = signed(6, gpu, 5_000, START + 1);
        vm.expectRevert(again);
        reportFalse(quote, round);
    }

    function test_RevertWhen_UpdateIsTrueOrWasNone() public {
        update(6, 1_000);
        quoteAll(gpu, 100, 6);
        vm.expectRevert(abi.encodeWithSelector(IOracleEvidence.NotFalse.selector, 1_000, 100));
        reportFalseUpdate(6, START, 0);
        bytes4 unknown = IOracleEvidence.UnknownUpdate.selector;
        vm.expectRevert(abi.encodeWithSelector(unknown, gpu, operator(6), START + 1));
        reportFalseUpdate(6, START + 1, 0);
        vm.expectRevert(abi.encodeWithSelector(unknown, gpu, operator(5), START));
        reportFalseUpdate(5, START, 0);
    }
}
