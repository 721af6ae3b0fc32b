// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IComputePriceOracle} from "aivm/contracts/oracle/IComputePriceOracle.sol";
import {IOracleEvidence} from "aivm/contracts/oracle/IOracleEvidence.sol";
import {OracleBase} from "./OracleBase.sol";

/// @title Reports of false quotes of the GPU feed, by a stranger
abstract contract FalseQuotesBase is OracleBase {
    function offence(uint256 i, uint256 observedAt) internal view returns (bytes32) {
        return keccak256(abi.encode(IOracleEvidence.Offence.FalseQuote, operator(i), gpu, uint64(observedAt)));
    }

    function reportFalse(IComputePriceOracle.SignedQuote memory quote, uint256 round) internal {
        vm.prank(stranger);
        oracle.reportFalseQuote(quote, round);
    }

    function reportFalseUpdate(uint256 i, uint256 observedAt, uint256 round) internal {
        vm.prank(stranger);
        oracle.reportFalseUpdate(gpu, operator(i), uint64(observedAt), round);
    }

    function expectNotJudging(IComputePriceOracle.SignedQuote memory quote, uint256 round, string memory why) internal {
        bytes memory expected = notJudging(quote.quote.feed, quote.quote.observedAt, round);
        vm.prank(stranger);
        try oracle.reportFalseQuote(quote, round) {
            assertTrue(false, why);
        } catch (bytes memory reason) {
            assertEq(reason, expected, why);
        }
    }

    function expectUpdateNotJudging(uint256 i, uint256 observedAt, uint256 round) internal {
        vm.expectRevert(notJudging(gpu, observedAt, round));
        reportFalseUpdate(i, observedAt, round);
    }

    function notJudging(bytes32 feed, uint256 observedAt, uint256 round) internal view returns (bytes memory) {
        (uint256 time,, uint256 agreedSince) = oracle.getRound(feed, round);
        return abi.encodeWithSelector(IOracleEvidence.RoundNotJudging.selector, round, time, agreedSince, observedAt);
    }

    function update(uint256 i, uint256 cents) internal {
        IComputePriceOracle.GPUPrice[] memory gpus = new IComputePriceOracle.GPUPrice[](1);
        gpus[0] = IComputePriceOracle.GPUPrice("H100", cents, 0);
        vm.prank(operator(i));
        oracle.updatePrices(gpus, new IComputePriceOracle.EnergyPrice[](0));
    }
}
