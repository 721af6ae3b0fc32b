// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IOperatorBonds} from "aivm/contracts/bonds/IOperatorBonds.sol";
import {ComputePriceOracle} from "aivm/contracts/oracle/ComputePriceOracle.sol";
import {IComputePriceOracle} from "aivm/contracts/oracle/IComputePriceOracle.sol";
import {IOracleOperators} from "aivm/contracts/oracle/IOracleOperators.sol";
import {OracleBase} from "./OracleBase.sol";

contract OracleOperatorsTest is OracleBase {
    function assertWeights(uint256 count) internal view {
        uint256 total = 0;
        for (uint256 i = 0; i < count; ++i) {
            total += oracle.weightOf(operator(i));
        }
        assertEq(oracle.totalWeight(), total);
    }

    function test_Admit_CountsTheBondThatIsThere() public {
        bond(7, MIN_BOND);
        assertEq(oracle.weightOf(operator(7)), 0, "bonded, not admitted");
        vm.expectEmit();
        emit IOracleOperators.OperatorAdmitted(operator(7));
        vm.expectEmit();
        emit IOracleOperators.WeightChanged(operator(7), MIN_BOND, 8 * MIN_BOND);
        admit(7, 0);
        assertEq(oracle.weightOf(operator(7)), MIN_BOND);
        assertEq(oracle.operators().length, 8);
        assertEq(oracle.operators()[7], operator(7));
        assertWeights(8);
    }

    function test_Admit_WithoutABondCountsFromTheMinimumOn() public {
        admit(7, 0);
        bond(7, MIN_BOND - 1);
        assertEq(oracle.weightOf(operator(7)), 0);
        bond(7, 1);
        assertEq(oracle.weightOf(operator(7)), MIN_BOND);
        unbond(7, 1);
        assertEq(oracle.weightOf(operator(7)), 0);
        assertWeights(8);
    }

    function test_Weight_IsTheActiveBondUpToThreeMinimumBonds() public {
        bond(0, MIN_BOND / 2);
        assertEq(oracle.weightOf(operator(0)), MIN_BOND * 3 / 2);
        bond(0, 100 * MIN_BOND);
        assertEq(oracle.weightOf(operator(0)), 3 * MIN_BOND);
        assertWeights(7);
    }

    function test_Remove_TakesTheWeightAndLeavesTheOthers() public {
        bond(3, MIN_BOND);
        vm.expectEmit();
        emit IOracleOperators.OperatorRemoved(operator(3));
        vm.expectEmit();
        emit IOracleOperators.WeightChanged(operator(3), 0, 6 * MIN_BOND);
        vm.prank(governance);
        oracle.removeOperator(operator(3));
        assertEq(oracle.weightOf(operator(3)), 0);
        assertEq(oracle.totalWeight(), 6 * MIN_BOND);
        address[] memory left = oracle.operators();
        assertEq(left.length, 6);
        assertEq(left[3], operator(6), "the last one took the seat");
        bond(6, MIN_BOND);
        assertEq(oracle.weightOf(operator(6)), 2 * MIN_BOND);
        vm.prank(governance);
        oracle.removeOperator(operator(6));
        assertWeights(7);
        assertEq(oracle.totalWeight(), 5 * MIN_BOND);
    }

    function test_Remove_OfNoWeightChangesNone() public {
        unbond(3, 1);
        vm.recordLogs();
        vm.prank(governance);
        oracle.removeOperator(operator(3));
        assertEq(vm.getRecordedLogs().length, 1);
        assertEq(oracle.totalWeight(), 6 * MIN_BOND);
    }

    function test_Remove_TheLastSeat() public {
        vm.startPrank(governance);
        for (uint256 i = OPERATORS; i > 0; --i) {
            oracle.removeOperator(operator(i - 1));
        }
        vm.stopPrank();
        assertEq(oracle.operators().length, 0);
        assertEq(oracle.totalWeight(), 0);
        admit(0, 0);
        assertEq(oracle.totalWeight(), MIN_BOND);
    }

    function test_RevertWhen_AdmittingIsWrong() public {
        vm.startPrank(governance);
        vm.expectRevert(IOracleOperators.ZeroOperator.selector);
        oracle.admitOperator(address(0));
        vm.expectRevert(abi.encodeWithSelector(IOracleOperators.AlreadyOperator.selector, operator(0)));
        oracle.admitOperator(operator(0));
        vm.expectRevert(abi.encodeWithSelector(IOracleOperators.NotOperator.selector, stranger));
        oracle.removeOperator(stranger);
        for (uint256 i = OPERATORS; i < 31; ++i) {
            oracle.admitOperator(operator(i));
        }
        vm.expectRevert(abi.encodeWithSelector(IOracleOperators.TooManyOperators.selector, 31));
        oracle.admitOperator(operator(31));
        vm.stopPrank();
    }

    function test_RevertWhen_MadeWrong() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableInvalidOwner.selector, address(0)));
        new ComputePriceOracle(address(0), MIN_BOND, UNBONDING, SHARE);
        uint256 maximum = type(uint96).max / 3;
        vm.expectRevert(abi.encodeWithSelector(IOracleOperators.InvalidMinimumBond.selector, 0, maximum));
        new ComputePriceOracle(governance, 0, UNBONDING, SHARE);
        vm.expectRevert(abi.encodeWithSelector(IOracleOperators.InvalidMinimumBond.selector, maximum + 1, maximum));
        new ComputePriceOracle(governance, maximum + 1, UNBONDING, SHARE);
        vm.expectRevert(abi.encodeWithSelector(IOracleOperators.UnbondingTooShort.selector, 2 days - 1, 2 days));
        new ComputePriceOracle(governance, MIN_BOND, 2 days - 1, SHARE);
        vm.expectRevert(abi.encodeWithSelector(IOperatorBonds.InvalidReporterShare.selector, 5_001, 5_000));
        new ComputePriceOracle(governance, MIN_BOND, UNBONDING, 5_001);
        new ComputePriceOracle(governance, maximum, 2 days, 5_000);
    }

    function test_RevertWhen_RestrictedFunctionsAreCalledByOthers() public {
        bytes[] memory calls = new bytes[](7);
        calls[0] = abi.encodeCall(oracle.admitOperator, (stranger));
        calls[1] = abi.encodeCall(oracle.removeOperator, (operator(0)));
        calls[2] = abi.encodeCall(oracle.addFeed, ("CPU", "EPYC", 0, 0, 0));
        calls[3] = abi.encodeCall(oracle.removeFeed, (gpu));
        calls[4] = abi.encodeCall(oracle.resetBreaker, (gpu, 0, 1));
        calls[5] = abi.encodeCall(oracle.transferOwnership, (stranger));
        calls[6] = abi.encodeCall(oracle.renounceOwnership, ());
        address[4] memory others = [stranger, operator(0), address(oracle), address(0)];
        for (uint256 i = 0; i < calls.length; ++i) {
            for (uint256 j = 0; j < others.length; ++j) {
                vm.prank(others[j]);
                (bool ok, bytes memory answer) = address(oracle).call(calls[i]);
                assertFalse(ok);
                assertEq(answer, abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, others[j]));
            }
        }
    }

    function test_RevertWhen_PricesAreUpdatedByOthers() public {
        IComputePriceOracle.GPUPrice[] memory none = new IComputePriceOracle.GPUPrice[](0);
        IComputePriceOracle.EnergyPrice[] memory nothing = new IComputePriceOracle.EnergyPrice[](0);
        address[3] memory others = [stranger, governance, address(oracle)];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IOracleOperators.NotOperator.selector, others[i]));
            vm.prank(others[i]);
            oracle.updatePrices(none, nothing);
        }
        unbond(0, 1);
        vm.expectRevert(
            abi.encodeWithSelector(IOracleOperators.InactiveOperator.selector, operator(0), MIN_BOND - 1, MIN_BOND)
        );
        vm.prank(operator(0));
        oracle.updatePrices(none, nothing);
    }

    function test_Governance_ChangesInTwoStepsAndNeverEnds() public {
        vm.startPrank(governance);
        vm.expectRevert(IOracleOperators.GovernanceRequired.selector);
        oracle.renounceOwnership();
        oracle.transferOwnership(stranger);
        assertEq(oracle.owner(), governance);
        vm.stopPrank();
        vm.prank(stranger);
        oracle.acceptOwnership();
        assertEq(oracle.owner(), stranger);
    }

    function test_Attack_WhaleDoesNotSetThePrice() public {
        vm.startPrank(governance);
        oracle.removeOperator(operator(5));
        oracle.removeOperator(operator(6));
        vm.stopPrank();
        bond(4, 1_000 * MIN_BOND);
        submit(gpu, prices5(100, 101, 102, 103, 190));
        assertEq(priceOf(gpu), 103);
        skip(60);
        submit(gpu, prices5(100, 101, 102, 103, 52));
        assertEq(priceOf(gpu), 100);
    }

    /// Neither a tripped feed nor removal keeps an operator's bond.
    function test_Exit_WhileRemovedAndTripped() public {
        quoteAll(gpu, 100);
        skip(1);
        quoteAll(gpu, 1_000);
        vm.prank(governance);
        oracle.removeOperator(operator(0));
        unbond(0, MIN_BOND);
        skip(UNBONDING);
        vm.prank(operator(0));
        oracle.withdraw();
        assertEq(operator(0).balance, MIN_BOND);
        unbond(1, MIN_BOND);
        skip(UNBONDING);
        vm.prank(operator(1));
        oracle.withdraw();
        assertEq(operator(1).balance, MIN_BOND);
        assertEq(oracle.totalWeight(), 5 * MIN_BOND);
    }
}
