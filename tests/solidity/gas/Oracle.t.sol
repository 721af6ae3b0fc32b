// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IComputePriceOracle} from "aivm/contracts/oracle/IComputePriceOracle.sol";
import {OracleBase} from "../oracle/OracleBase.sol";

/// @notice The gas of the oracle's main paths, tests of one call each.
contract GasOracleTest is OracleBase {
    IComputePriceOracle.SignedQuote[] private five;
    IComputePriceOracle.SignedQuote[] private seven;

    function setUp() public override {
        super.setUp();
        quoteAll(gpu, 100);
        quoteAll(energy, 10);
        vm.warp(START + 60);
        for (uint256 i; i < 7; i++) {
            IComputePriceOracle.SignedQuote memory quote = signed(i, gpu, 100 + i, START + 60);
            if (i < 5) five.push(quote);
            seven.push(quote);
        }
    }

    function test_SubmitFiveQuotes() public {
        IComputePriceOracle.SignedQuote[] memory quotes = _unmetered(five);
        oracle.submitQuotes(quotes);
    }

    function test_SubmitSevenQuotes() public {
        IComputePriceOracle.SignedQuote[] memory quotes = _unmetered(seven);
        oracle.submitQuotes(quotes);
    }

    /// One GPU class, the price kept as evidence, and the median taken.
    function test_UpdatePrices() public {
        vm.pauseGasMetering();
        IComputePriceOracle.GPUPrice[] memory gpus = new IComputePriceOracle.GPUPrice[](1);
        gpus[0] = IComputePriceOracle.GPUPrice("H100", 101, 0);
        vm.prank(operator(0));
        vm.resumeGasMetering();
        oracle.updatePrices(gpus, new IComputePriceOracle.EnergyPrice[](0));
    }

    function test_GetPrice() public view {
        oracle.getPrice(gpu);
    }

    function test_ComputeFee() public view {
        oracle.computeFee("H100", "us-east", 60, 500);
    }

    function test_GetPrice_Average() public {
        vm.warp(START + 2 hours);
        oracle.getPrice(gpu);
    }

    /// @dev From this test's storage, which is not what is measured.
    function _unmetered(IComputePriceOracle.SignedQuote[] storage stored)
        private
        returns (IComputePriceOracle.SignedQuote[] memory quotes)
    {
        vm.pauseGasMetering();
        quotes = stored;
        vm.resumeGasMetering();
    }
}
