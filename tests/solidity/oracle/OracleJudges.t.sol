// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {ComputePriceOracle} from "aivm/contracts/oracle/ComputePriceOracle.sol";
import {IComputePriceOracle} from "aivm/contracts/oracle/IComputePriceOracle.sol";
import {FalseQuotesBase} from "./FalseQuotesBase.sol";

/// @title An operator without a key
contract Quoter {
    function bond(ComputePriceOracle oracle) external payable {
        oracle.bond{value: msg.value}();
    }

    function quote(ComputePriceOracle oracle, uint256 cents) external {
        IComputePriceOracle.GPUPrice[] memory gpus = new IComputePriceOracle.GPUPrice[](1);
        gpus[0] = IComputePriceOracle.GPUPrice("H100", cents, 0);
        oracle.updatePrices(gpus, new IComputePriceOracle.EnergyPrice[](0));
    }
}

/// @title Attacks through the judgement of false quotes: on the honest, and around it
contract OracleJudgesTest is FalseQuotesBase {
    function assertAllBonded(uint256 count) internal view {
        for (uint256 i = 0; i < count; ++i) {
            assertEq(activeBond(i), MIN_BOND);
        }
    }

    /// The price really moves by more than ten times, and all operators say so at once. Submitted one by one, the first
    /// quotes stand alone against the old ones of the others.
    function test_Attack_SplitBatchTurnsOldQuotesAgainstNewOnes() public {
        quoteAll(gpu, 3);
        skip(1 minutes);
        IComputePriceOracle.SignedQuote[] memory all = quotes(gpu, repeated(40, OPERATORS));
        for (uint256 i = 0; i < 3; ++i) {
            submitOne(all[i]);
            expectNotJudging(all[i], oracle.roundCount(gpu) - 1, "its judges have not looked since");
        }
        oracle.submitQuotes(all);
        assertEq(oracle.getFeed(gpu).tripped, 40, "they still have a quorum");
        assertAllBonded(OPERATORS);
    }

    function test_Attack_FirstToSeeAMoveIsJudgedAgainAndAgain() public {
        quoteAll(gpu, 3);
        for (uint256 i = 0; i < 6; ++i) {
            skip(1 minutes);
            IComputePriceOracle.SignedQuote memory quote = signed(0, gpu, 40, vm.getBlockTimestamp());
            submitOne(quote);
            expectNotJudging(quote, oracle.roundCount(gpu) - 1, "no judge has looked since");
        }
        assertAllBonded(OPERATORS);
    }

    /// Four of nine walk the price while three are silent, and report the two that are heard.
    function test_Attack_MinorityJudgesWhileOthersAreSilent() public {
        admit(7, MIN_BOND);
        admit(8, MIN_BOND);
        quoteAll(gpu, 100, 9);
        uint256 price = 100;
        IComputePriceOracle.SignedQuote[] memory list = new IComputePriceOracle.SignedQuote[](6);
        for (uint256 step = 0; step < 4; ++step) {
            skip(15 minutes + 1);
            price *= 2;
            for (uint256 i = 0; i < 6; ++i) {
                list[i] = signed(i < 2 ? i : 3 + i, gpu, i < 2 ? 100 : price, vm.getBlockTimestamp());
            }
            oracle.submitQuotes(list);
        }
        assertEq(priceOf(gpu), 1_600, "they have more than half of those who are heard");
        uint256 round = oracle.roundCount(gpu) - 1;
        expectNotJudging(list[0], round, "four of nine agree");
        expectNotJudging(list[1], round, "four of nine agree");
        assertAllBonded(9);
    }

    /// Four of seven set the price. They do not judge the others.
    function test_Attack_BareMajorityJudgesTheOthers() public {
        quoteAll(gpu, 100);
        uint256 price = 100;
        uint256[] memory prices = repeated(100, OPERATORS);
        for (uint256 step = 0; step < 4; ++step) {
            skip(15 minutes + 1);
            price *= 2;
            for (uint256 i = 3; i < OPERATORS; ++i) {
                prices[i] = price;
            }
            submit(gpu, prices);
        }
        assertEq(priceOf(gpu), 1_600);
        for (uint256 i = 0; i < 3; ++i) {
            expectNotJudging(signed(i, gpu, 100, vm.getBlockTimestamp()), oracle.roundCount(gpu) - 1, "four of seven");
        }
        assertAllBonded(OPERATORS);
    }

    /// A contract signs nothing. What it sends is evidence all the same.
    function test_Attack_ContractQuotesFalselyForNothing() public {
        Quoter quoter = new Quoter();
        vm.prank(governance);
        oracle.admitOperator(address(quoter));
        quoter.bond{value: 3 * MIN_BOND}(oracle);
        quoteAll(gpu, 100);
        skip(1);
        quoter.quote(oracle, 100_000_000);
        skip(1);
        quoter.quote(oracle, 100);
        quoteAll(gpu, 100);
        uint256 round = oracle.roundCount(gpu) - 1;
        vm.prank(stranger);
        oracle.reportFalseUpdate(gpu, address(quoter), uint64(START + 1), round);
        (uint256 active,,) = oracle.bondOf(address(quoter));
        assertEq(active, 3 * MIN_BOND / 2);
    }

    /// What was right before governance agreed to a jump is not false after it.
    function test_Attack_HonestQuoteBeforeAResetIsPunished() public {
        quoteAll(gpu, 100);
        IComputePriceOracle.SignedQuote memory honest = signed(6, gpu, 100, START);
        skip(60);
        quoteAll(gpu, 2_000, 6);
        vm.prank(governance);
        oracle.resetBreaker(gpu, 2_000, 2_000);
        expectNotJudging(honest, 1, "governance alone agreed");
        skip(60);
        quoteAll(gpu, 2_000);
        expectNotJudging(honest, 2, "before the reset");
        reportFalse(signed(6, gpu, 100, START + 60), 2);
    }

    /// forge-config: default.fuzz.runs = 64
    /// However two of seven quote and whenever, they get none of the others punished, who are within a factor of two of each
    /// other.
    function testFuzz_Attack_MinorityGetsNobodyPunished(uint64[16] memory prices, uint8[16] memory seeds) public {
        quoteAll(gpu, 1_000);
        IComputePriceOracle.SignedQuote[] memory list = new IComputePriceOracle.SignedQuote[](16);
        for (uint256 i = 0; i < 16; ++i) {
            skip(1 + seeds[i] / 8);
            uint256 who = seeds[i] % OPERATORS;
            uint256 price = who < 2 ? uint256(prices[i]) + 1 : 750 + prices[i] % 500;
            list[i] = signed(who, gpu, price, vm.getBlockTimestamp());
            submitOne(list[i]);
        }
        for (uint256 i = 0; i < 16; ++i) {
            if (seeds[i] % OPERATORS < 2) continue;
            for (uint256 round = 0; round < oracle.roundCount(gpu); ++round) {
                (bool ok,) = address(oracle).call(abi.encodeCall(oracle.reportFalseQuote, (list[i], round)));
                assertFalse(ok);
            }
        }
    }
}
