// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IOperatorBonds} from "aivm/contracts/bonds/IOperatorBonds.sol";
import {IComputePriceOracle} from "aivm/contracts/oracle/IComputePriceOracle.sol";
import {IOracleEvidence} from "aivm/contracts/oracle/IOracleEvidence.sol";
import {OracleBase} from "./OracleBase.sol";

contract OracleSlashingTest is OracleBase {
    address internal constant BURN = 0x000000000000000000000000000000000000dEaD;

    function offence(IOracleEvidence.Offence kind, uint256 i, uint256 observedAt) internal view returns (bytes32) {
        return keccak256(abi.encode(kind, operator(i), gpu, uint64(observedAt)));
    }

    function equivocate(uint256 i) internal {
        IComputePriceOracle.SignedQuote memory one = signed(i, gpu, 100, START);
        IComputePriceOracle.SignedQuote memory other = signed(i, gpu, 101, START);
        vm.prank(stranger);
        oracle.reportEquivocation(one, other);
    }

    function reportFuture(uint256 i, uint256 observedAt) internal {
        IComputePriceOracle.SignedQuote memory quote = signed(i, gpu, 100, observedAt);
        vm.prank(stranger);
        oracle.reportFutureQuote(quote);
    }

    function test_Equivocation_TakesAllOfTheBond() public {
        bond(0, 100 ether);
        unbond(0, 150 ether);
        vm.expectEmit();
        emit IOracleEvidence.OffenceReported(operator(0), gpu, START, IOracleEvidence.Offence.Equivocation, 600 ether);
        vm.expectEmit();
        emit IOperatorBonds.Slashed(operator(0), stranger, 600 ether, 120 ether);
        equivocate(0);
        (uint256 active, uint256 unbonding, uint256 unlocksAt) = oracle.bondOf(operator(0));
        assertEq(active + unbonding + unlocksAt, 0);
        assertEq(oracle.weightOf(operator(0)), 0);
        assertEq(BURN.balance, 480 ether);
        assertTrue(oracle.punished(offence(IOracleEvidence.Offence.Equivocation, 0, START)));
        vm.prank(stranger);
        oracle.collect();
        assertEq(stranger.balance, 120 ether);
    }

    function test_Attack_OneOffenceIsPunishedOnce() public {
        equivocate(0);
        bond(0, MIN_BOND);
        bytes32 id = offence(IOracleEvidence.Offence.Equivocation, 0, START);
        IComputePriceOracle.SignedQuote memory one = signed(0, gpu, 555, START);
        IComputePriceOracle.SignedQuote memory other = signed(0, gpu, 666, START);
        vm.expectRevert(abi.encodeWithSelector(IOracleEvidence.AlreadyPunished.selector, id));
        oracle.reportEquivocation(one, other);
    }

    /// A smaller offence that an operator reports of itself does not stand in for the greater one.
    function test_Attack_SelfReportOfALesserOffence() public {
        IComputePriceOracle.SignedQuote memory one = signed(0, gpu, 100, START + 1 hours);
        IComputePriceOracle.SignedQuote memory other = signed(0, gpu, 101, START + 1 hours);
        vm.prank(operator(0));
        oracle.reportFutureQuote(one);
        assertEq(activeBond(0), MIN_BOND / 2);
        oracle.reportEquivocation(one, other);
        assertEq(activeBond(0), 0);
    }

    function test_RevertWhen_QuotesDoNotContradict() public {
        IComputePriceOracle.SignedQuote memory quote = signed(0, gpu, 100, START);
        IComputePriceOracle.SignedQuote[4] memory others = [
            signed(0, gpu, 100, START),
            signed(0, energy, 101, START),
            signed(0, gpu, 101, START + 1),
            signed(1, gpu, 101, START)
        ];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(IOracleEvidence.NoEquivocation.selector);
            oracle.reportEquivocation(quote, others[i]);
        }
    }

    function test_RevertWhen_NothingIsBonded() public {
        IComputePriceOracle.SignedQuote memory one = signed(20, gpu, 100, START);
        IComputePriceOracle.SignedQuote memory other = signed(20, gpu, 101, START);
        bytes memory reason = abi.encodeWithSelector(IOracleEvidence.NothingToSlash.selector, operator(20));
        vm.expectRevert(reason);
        oracle.reportEquivocation(one, other);
        bond(20, 1);
        oracle.reportEquivocation(one, other);
        assertEq(activeBond(20), 0, "it waited for the bond");
        assertEq(BURN.balance, 1, "the smallest slash burns something");
    }

    function test_Attack_LeavingDoesNotSaveTheBond() public {
        vm.prank(governance);
        oracle.removeOperator(operator(0));
        unbond(0, MIN_BOND);
        skip(UNBONDING - 1);
        equivocate(0);
        skip(1);
        vm.expectRevert(IOperatorBonds.NothingUnbonding.selector);
        vm.prank(operator(0));
        oracle.withdraw();
    }

    function test_Attack_EvidenceOfAnotherChainProvesNothing() public {
        IComputePriceOracle.SignedQuote memory one = signed(0, gpu, 100, START);
        vm.chainId(1337);
        IComputePriceOracle.SignedQuote memory other = signed(0, gpu, 101, START);
        vm.expectRevert(IOracleEvidence.NoEquivocation.selector);
        oracle.reportEquivocation(one, other);
    }

    function test_Future_TakesHalfOfTheBondRoundedUp() public {
        bond(0, 1);
        vm.expectEmit();
        emit IOracleEvidence.OffenceReported(
            operator(0), gpu, START + 601, IOracleEvidence.Offence.FutureQuote, MIN_BOND / 2 + 1
        );
        reportFuture(0, START + 601);
        assertEq(activeBond(0), MIN_BOND / 2);
        reportFuture(0, START + 602);
        assertEq(activeBond(0), MIN_BOND / 4);
        bytes32 id = offence(IOracleEvidence.Offence.FutureQuote, 0, START + 601);
        IComputePriceOracle.SignedQuote memory again = signed(0, gpu, 7, START + 601);
        vm.expectRevert(abi.encodeWithSelector(IOracleEvidence.AlreadyPunished.selector, id));
        oracle.reportFutureQuote(again);
    }

    function test_RevertWhen_AClockCouldHaveSaidIt() public {
        IComputePriceOracle.SignedQuote memory quote = signed(0, gpu, 100, START + 600);
        bytes4 selector = IOracleEvidence.NotFromTheFuture.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, START + 600, START + 600));
        oracle.reportFutureQuote(quote);
    }

    function test_Attack_StrangersAreNotSlashedForForgedEvidence() public {
        IComputePriceOracle.SignedQuote memory one = signed(0, gpu, 100, START);
        IComputePriceOracle.SignedQuote memory other = signed(0, gpu, 100, START);
        other.quote.price = 101;
        vm.expectRevert(IOracleEvidence.NoEquivocation.selector);
        oracle.reportEquivocation(one, other);
        assertEq(activeBond(0), MIN_BOND);
    }

    function test_Slashed_OperatorsQuoteCountsNoMore() public {
        quoteAll(gpu, 100, 4);
        equivocate(0);
        submitOne(signed(4, gpu, 100, START));
        assertEq(oracle.roundCount(gpu), 0);
    }
}
