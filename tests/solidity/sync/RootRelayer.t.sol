// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationLightClient} from "aivm/abi/IAttestationLightClient.sol";
import {IOperatorBonds} from "aivm/contracts/bonds/IOperatorBonds.sol";
import {IGoverned} from "aivm/contracts/sync/IGoverned.sol";
import {IRootRelayer} from "aivm/contracts/sync/IRootRelayer.sol";
import {RootRelayer} from "aivm/contracts/sync/RootRelayer.sol";
import {RelayerBase} from "./RelayerBase.sol";

/// @dev Settings, operators and governance.
contract RootRelayerTest is RelayerBase {
    function test_Constructor_Settings() public view {
        assertEq(address(relayer.client()), address(client));
        assertEq(relayer.governance(), council);
        assertEq(relayer.silence(), SILENCE);
        assertEq(relayer.minimumBond(), MIN_BOND);
        assertEq(relayer.bounty(), BOUNTY);
        assertEq(relayer.penalty(), PENALTY);
        assertEq(relayer.unbondingPeriod(), PERIOD);
        assertEq(relayer.reporterShare(), SHARE);
        assertEq(relayer.silentSince(), firstBlock);
        assertEq(relayer.pot(), 0);
        assertEq(relayer.activeOperators(), 3);
        assertFalse(relayer.isOpen());
    }

    function test_Constructor_SilenceOfAHundredByDefault() public {
        IRootRelayer.Settings memory settings = _settings();
        settings.silence = 0;
        assertEq(new RootRelayer(settings).silence(), 100);
    }

    function test_RevertWhen_ASettingMakesNoSense() public {
        IRootRelayer.Settings memory settings = _settings();
        settings.client = IAttestationLightClient(stranger);
        vm.expectRevert(abi.encodeWithSelector(IRootRelayer.NotAClient.selector, stranger));
        new RootRelayer(settings);

        settings = _settings();
        settings.governance = address(0);
        vm.expectRevert(IGoverned.ZeroGovernance.selector);
        new RootRelayer(settings);

        settings = _settings();
        settings.minimumBond = 0;
        vm.expectRevert(IRootRelayer.ZeroMinimumBond.selector);
        new RootRelayer(settings);

        settings = _settings();
        settings.silence = 10_000_001;
        vm.expectRevert(abi.encodeWithSelector(IRootRelayer.InvalidSilence.selector, 10_000_001, 10_000_000));
        new RootRelayer(settings);
        settings.silence = type(uint256).max;
        vm.expectRevert(abi.encodeWithSelector(IRootRelayer.InvalidSilence.selector, type(uint256).max, 10_000_000));
        new RootRelayer(settings);
        settings.silence = 10_000_000;
        assertEq(new RootRelayer(settings).silence(), 10_000_000);

        settings = _settings();
        settings.penalty = 0;
        vm.expectRevert(abi.encodeWithSelector(IRootRelayer.InvalidPenalty.selector, 0, 10_000));
        new RootRelayer(settings);
        settings.penalty = 10_001;
        vm.expectRevert(abi.encodeWithSelector(IRootRelayer.InvalidPenalty.selector, 10_001, 10_000));
        new RootRelayer(settings);
        settings.penalty = 10_000;
        new RootRelayer(settings);

        settings = _settings();
        settings.unbondingPeriod = 0;
        vm.expectRevert(abi.encodeWithSelector(IOperatorBonds.InvalidUnbondingPeriod.selector, 0, 365 days));
        new RootRelayer(settings);

        settings = _settings();
        settings.reporterShare = 5_001;
        vm.expectRevert(abi.encodeWithSelector(IOperatorBonds.InvalidReporterShare.selector, 5_001, 5_000));
        new RootRelayer(settings);
    }

    function test_Operator_IsActiveOnceAdmittedAndBonded() public {
        vm.expectEmit(address(relayer));
        emit IRootRelayer.OperatorAdmitted(stranger);
        _admit(stranger);
        _assertActive(stranger, true, false);
        _bond(stranger, MIN_BOND - 1);
        _assertActive(stranger, true, false);
        assertEq(relayer.activeOperators(), 3);

        vm.roll(firstBlock + 7);
        vm.expectEmit(address(relayer));
        emit IRootRelayer.OperatorActive(stranger, true);
        _bond(stranger, 1);
        _assertActive(stranger, true, true);
        assertEq(relayer.activeOperators(), 4);
        assertEq(relayer.operatorOf(stranger).since, firstBlock + 7);
        _bond(stranger, 1); // more changes nothing
        assertEq(relayer.operatorOf(stranger).since, firstBlock + 7);
    }

    function test_Operator_ThatBondedIsNoneUntilAdmitted() public {
        _bond(stranger, MIN_BOND);
        _assertActive(stranger, false, false);
        _admit(stranger);
        _assertActive(stranger, true, true);
    }

    function test_RevertWhen_AdmittedTwice() public {
        vm.expectRevert(abi.encodeWithSelector(IRootRelayer.AlreadyAdmitted.selector, operators[0]));
        _admit(operators[0]);
    }

    function test_RemoveOperator_LeavesItsBond() public {
        vm.expectEmit(address(relayer));
        emit IRootRelayer.OperatorRemoved(operators[1]);
        vm.expectEmit(address(relayer));
        emit IRootRelayer.OperatorActive(operators[1], false);
        vm.prank(council);
        relayer.removeOperator(operators[1]);
        _assertActive(operators[1], false, false);
        assertEq(relayer.activeOperators(), 2);
        (uint256 active,,) = relayer.bondOf(operators[1]);
        assertEq(active, 2 * MIN_BOND);

        _beginUnbonding(operators[1], active);
        skip(PERIOD);
        vm.prank(operators[1]);
        relayer.withdraw();
        assertEq(operators[1].balance, 2 * MIN_BOND);
    }

    function test_RevertWhen_OneThatIsNoOperatorLeaves() public {
        vm.prank(council);
        vm.expectRevert(abi.encodeWithSelector(IRootRelayer.NotAdmitted.selector, stranger));
        relayer.removeOperator(stranger);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IRootRelayer.NotAdmitted.selector, stranger));
        relayer.resign();
    }

    function test_Resign_Leaves() public {
        vm.prank(operators[2]);
        relayer.resign();
        _assertActive(operators[2], false, false);
        assertEq(relayer.activeOperators(), 2);
        assertEq(relayer.operatorOf(operators[2]).until, firstBlock);
    }

    function test_Unbonding_DownToTheMinimumStays() public {
        _beginUnbonding(operators[0], MIN_BOND);
        _assertActive(operators[0], true, true);
    }

    function test_Unbonding_BelowTheMinimumLeaves() public {
        vm.expectEmit(address(relayer));
        emit IRootRelayer.OperatorRemoved(operators[0]);
        _beginUnbonding(operators[0], MIN_BOND + 1);
        _assertActive(operators[0], false, false);
        // A top-up does not bring it back, governance does.
        _bond(operators[0], MIN_BOND);
        _assertActive(operators[0], false, false);
        _admit(operators[0]);
        _assertActive(operators[0], true, true);
    }

    function test_Unbonding_OfOneThatWasNeverAdmitted() public {
        _bond(stranger, MIN_BOND);
        _beginUnbonding(stranger, MIN_BOND);
        _assertActive(stranger, false, false);
        _admit(operators[0] = makeAddr("waiting"));
        _bond(operators[0], 2);
        _beginUnbonding(operators[0], 1); // it waited with less than the minimum, and gives up
        _assertActive(operators[0], false, false);
    }

    function test_Governance_IsNobodyElse() public {
        address[4] memory others = [operators[0], stranger, boss, makeAddr("next council")];
        vm.prank(council);
        relayer.offerGovernance(others[3]);
        for (uint256 i; i < others.length; ++i) {
            vm.startPrank(others[i]);
            _expectUnauthorized(others[i]);
            relayer.admitOperator(stranger);
            _expectUnauthorized(others[i]);
            relayer.removeOperator(operators[1]);
            _expectUnauthorized(others[i]);
            relayer.offerGovernance(others[i]);
            vm.stopPrank();
        }
        vm.prank(others[3]);
        relayer.acceptGovernance();
        vm.prank(others[3]);
        relayer.removeOperator(operators[1]);
        _expectUnauthorized(council);
        _admit(stranger);
    }

    function test_Fund_FillsThePot() public {
        vm.deal(stranger, 3 ether);
        vm.prank(stranger);
        vm.expectEmit(address(relayer));
        emit IRootRelayer.Funded(stranger, 3 ether, 3 ether);
        relayer.fund{value: 3 ether}();
        _fund(1 ether);
        assertEq(relayer.pot(), 4 ether);
        _assertBooks();
        vm.expectRevert(IOperatorBonds.ZeroAmount.selector);
        relayer.fund();
    }

    function test_Attack_ExitsWorkWhateverTheClientDoes() public {
        _update(team, keccak256("other"), START); // frozen
        vm.etch(address(client), hex"fe");
        for (uint256 i; i < operators.length; ++i) {
            _beginUnbonding(operators[i], 2 * MIN_BOND);
        }
        skip(PERIOD);
        for (uint256 i; i < operators.length; ++i) {
            vm.prank(operators[i]);
            relayer.withdraw();
            assertEq(operators[i].balance, 2 * MIN_BOND);
        }
        assertEq(relayer.activeOperators(), 0);
    }
}
