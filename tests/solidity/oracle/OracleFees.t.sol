// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {stdError} from "forge-std/Test.sol";
import {VmSafe} from "forge-std/Vm.sol";
import {IComputePriceOracle} from "aivm/contracts/oracle/IComputePriceOracle.sol";
import {OracleBase} from "./OracleBase.sol";

contract OracleFeesTest is OracleBase {
    function update(uint256 i, uint256 gpuPrice, uint256 energyPrice) internal {
        IComputePriceOracle.GPUPrice[] memory gpus = new IComputePriceOracle.GPUPrice[](1);
        IComputePriceOracle.EnergyPrice[] memory energies = new IComputePriceOracle.EnergyPrice[](1);
        gpus[0] = IComputePriceOracle.GPUPrice("H100", gpuPrice, type(uint256).max);
        energies[0] = IComputePriceOracle.EnergyPrice("us-east", energyPrice, 1);
        vm.prank(operator(i));
        oracle.updatePrices(gpus, energies);
    }

    function publish(uint256 gpuPrice, uint256 energyPrice) internal {
        quoteAll(gpu, gpuPrice);
        quoteAll(energy, energyPrice);
    }

    function test_Selectors_AreThoseOfLP80() public pure {
        assertEq(IComputePriceOracle.getGPUPrice.selector, bytes4(0x679b121d));
        assertEq(IComputePriceOracle.getEnergyPrice.selector, bytes4(0x8fec828a));
        assertEq(IComputePriceOracle.updatePrices.selector, bytes4(0x98b52eb2));
    }

    /// The example of LP-80: 60 s of an H100 at 100, 500 W at 10 a kWh.
    function test_Fee_TheExampleOfLP80() public {
        for (uint256 i = 0; i < 5; ++i) {
            update(i, 100, 10);
        }
        IComputePriceOracle.GPUPrice memory gpuPrice = oracle.getGPUPrice("H100");
        assertEq(gpuPrice.gpuClass, "H100");
        assertEq(gpuPrice.pricePerSec, 100);
        assertEq(gpuPrice.lastUpdate, START, "not what the caller wrote");
        IComputePriceOracle.EnergyPrice memory energyPrice = oracle.getEnergyPrice("us-east");
        assertEq(energyPrice.region, "us-east");
        assertEq(energyPrice.kWhPrice, 10);
        assertEq(energyPrice.lastUpdate, START);
        assertEq(oracle.computeFee("H100", "us-east", 60, 500), 6_300);
    }

    /// 500 W for 60 s are a 120th of a kWh: a twelfth of a cent.
    function test_Fee_PerKwh() public {
        publish(100, 10);
        assertEq(oracle.computeFeePerKwh("H100", "us-east", 60, 500), 6_001);
        assertEq(oracle.computeFeePerKwh("H100", "us-east", 3_600, 1_000), 360_010);
        assertEq(oracle.computeFeePerKwh("H100", "us-east", 0, 500), 0);
        assertEq(oracle.computeFeePerKwh("H100", "us-east", 60, 0), 6_000);
    }

    function test_Fee_WithDecimalsBelowACent() public {
        bytes32 a100 = addFeed("GPU", "A100", 6);
        bytes32 west = addFeed("ENERGY", "eu-west", 2);
        quoteAll(a100, 70_000);
        quoteAll(west, 1_250);
        assertEq(oracle.getGPUPrice("A100").pricePerSec, 1, "rounded up");
        assertEq(oracle.getEnergyPrice("eu-west").kWhPrice, 13, "rounded up");
        // 3,600 × 0.07 = 252; 3,600 × 0.7 kW × 12.5 = 31,500 or, of a kWh, 8.75.
        assertEq(oracle.computeFee("A100", "eu-west", 3_600, 700), 252 + 31_500);
        assertEq(oracle.computeFeePerKwh("A100", "eu-west", 3_600, 700), 252 + 9);
    }

    function test_UpdatePrices_SpeaksOfWholeCents() public {
        bytes32 a100 = addFeed("GPU", "A100", 6);
        IComputePriceOracle.GPUPrice[] memory gpus = new IComputePriceOracle.GPUPrice[](1);
        IComputePriceOracle.EnergyPrice[] memory none = new IComputePriceOracle.EnergyPrice[](0);
        gpus[0] = IComputePriceOracle.GPUPrice("A100", 3, 0);
        vm.prank(operator(0));
        oracle.updatePrices(gpus, none);
        (uint256 price, uint256 observedAt) = oracle.quoteOf(a100, operator(0));
        assertEq(price, 3_000_000);
        assertEq(observedAt, START);

        skip(1);
        gpus[0].pricePerSec = type(uint256).max;
        bytes4 invalid = IComputePriceOracle.InvalidPrice.selector;
        vm.expectRevert(abi.encodeWithSelector(invalid, a100, type(uint256).max));
        vm.prank(operator(0));
        oracle.updatePrices(gpus, none);
        gpus[0].pricePerSec = 0;
        vm.expectRevert(abi.encodeWithSelector(invalid, a100, 0));
        vm.prank(operator(0));
        oracle.updatePrices(gpus, none);
    }

    /// One operator is one voice, whichever way it speaks.
    function test_UpdatePrices_CountsAsOneQuote() public {
        for (uint256 i = 0; i < 4; ++i) {
            update(i, 100, 10);
        }
        skip(1);
        update(3, 100, 10);
        submitOne(signed(2, gpu, 100, START + 1));
        assertEq(oracle.roundCount(gpu), 0);
        submitOne(signed(4, gpu, 100, START));
        assertEq(oracle.roundCount(gpu), 1);
    }

    function test_RevertWhen_OneOperatorUpdatesTwiceInASecond() public {
        update(0, 100, 10);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.QuoteNotNewer.selector, gpu, operator(0), START));
        this.updateExternal(0, 100, 10);

        IComputePriceOracle.GPUPrice[] memory twice = new IComputePriceOracle.GPUPrice[](2);
        (twice[0].gpuClass, twice[1].gpuClass) = ("H100", "H100");
        (twice[0].pricePerSec, twice[1].pricePerSec) = (100, 200);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.QuoteNotNewer.selector, gpu, operator(1), START));
        vm.prank(operator(1));
        oracle.updatePrices(twice, new IComputePriceOracle.EnergyPrice[](0));
    }

    function updateExternal(uint256 i, uint256 gpuPrice, uint256 energyPrice) external {
        update(i, gpuPrice, energyPrice);
    }

    function test_RevertWhen_ResourceIsUnknown() public {
        bytes memory noGpu = abi.encodeWithSelector(IComputePriceOracle.UnknownResource.selector, "GPU", "TPU");
        bytes memory noRegion = abi.encodeWithSelector(IComputePriceOracle.UnknownResource.selector, "ENERGY", "mars");
        publish(100, 10);
        vm.expectRevert(noGpu);
        oracle.getGPUPrice("TPU");
        vm.expectRevert(noRegion);
        oracle.getEnergyPrice("mars");
        vm.expectRevert(noGpu);
        oracle.computeFee("TPU", "us-east", 1, 1);
        vm.expectRevert(noRegion);
        oracle.computeFee("H100", "mars", 1, 1);
        vm.expectRevert(noGpu);
        oracle.computeFeePerKwh("TPU", "us-east", 1, 1);
        IComputePriceOracle.GPUPrice[] memory gpus = new IComputePriceOracle.GPUPrice[](1);
        gpus[0].gpuClass = "TPU";
        vm.expectRevert(noGpu);
        vm.prank(operator(0));
        oracle.updatePrices(gpus, new IComputePriceOracle.EnergyPrice[](0));
        IComputePriceOracle.EnergyPrice[] memory energies = new IComputePriceOracle.EnergyPrice[](1);
        energies[0].region = "mars";
        vm.expectRevert(noRegion);
        vm.prank(operator(0));
        oracle.updatePrices(new IComputePriceOracle.GPUPrice[](0), energies);
    }

    function test_RevertWhen_PricesAreStale() public {
        publish(100, 10);
        skip(1 days);
        assertEq(oracle.computeFee("H100", "us-east", 60, 500), 6_300, "the average stands in");
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.StalePrice.selector, gpu, START));
        oracle.computeFee("H100", "us-east", 60, 500);
        vm.expectRevert(abi.encodeWithSelector(IComputePriceOracle.StalePrice.selector, energy, START));
        oracle.getEnergyPrice("us-east");
    }

    function test_RevertWhen_TheFeeOverflows() public {
        publish(type(uint128).max, 1);
        vm.expectRevert(stdError.arithmeticError);
        oracle.computeFee("H100", "us-east", type(uint256).max, 0);
        vm.expectRevert(stdError.arithmeticError);
        oracle.computeFeePerKwh("H100", "us-east", type(uint128).max, type(uint256).max);
    }

    /// Both forms against plain arithmetic; neither ever charges less than is due.
    function testFuzz_Fee_IsRoundedUpPartByPart(uint64 gpuPrice, uint64 energyPrice, uint32 secs, uint32 watts) public {
        (uint256 g, uint256 e) = (uint256(gpuPrice) + 1, uint256(energyPrice) + 1);
        quoteAll(gpu, g, 5);
        quoteAll(energy, e, 5);
        uint256 energyDue = uint256(secs) * watts * e;
        uint256 kWhFee = oracle.computeFeePerKwh("H100", "us-east", secs, watts);
        assertEq(oracle.computeFee("H100", "us-east", secs, watts), secs * g + (energyDue + 999) / 1_000);
        assertEq(kWhFee, secs * g + (energyDue + 3_599_999) / 3_600_000);
        assertGe(kWhFee * 3_600_000, secs * g * 3_600_000 + energyDue);
    }

    function test_Domain_IsWhatSignersAreTold() public view {
        (, string memory name, string memory version, uint256 chainId, address verifier,,) = oracle.eip712Domain();
        assertEq(name, "aivm.ComputePriceOracle");
        assertEq(version, "1");
        assertEq(chainId, block.chainid);
        assertEq(verifier, address(oracle));
        assertEq(oracle.QUOTE_TYPEHASH(), keccak256("Quote(bytes32 feed,uint256 price,uint64 observedAt)"));
    }

    /// What a chain can deploy. Coverage is of unoptimised code.
    function test_Size_IsBelowTheLimit() public {
        vm.skip(vm.isContext(VmSafe.ForgeContext.Coverage));
        assertLt(address(oracle).code.length, 24_576);
    }
}
