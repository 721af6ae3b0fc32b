// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationLightClient} from "aivm/abi/IAttestationLightClient.sol";
import {AttestationLightClient} from "aivm/contracts/sync/AttestationLightClient.sol";
import {IRootRelayer} from "aivm/contracts/sync/IRootRelayer.sol";
import {RootRelayer} from "aivm/contracts/sync/RootRelayer.sol";
import {LightClientBase} from "./LightClientBase.sol";

/// @dev A relayer with three active operators, before a client with a committee and a first root.
abstract contract RelayerBase is LightClientBase {
    uint256 internal constant SILENCE = 50;
    uint256 internal constant MIN_BOND = 10 ether;
    uint256 internal constant BOUNTY = 1 ether;
    uint256 internal constant PENALTY = 1_000;
    uint256 internal constant PERIOD = 7 days;
    uint256 internal constant SHARE = 2_500;
    address internal constant BURN = 0x000000000000000000000000000000000000dEaD;

    RootRelayer internal relayer;
    Team internal team = _team("team", 3, 1);
    address internal council = makeAddr("council");
    address internal stranger = makeAddr("stranger");
    address[3] internal operators = [makeAddr("op 0"), makeAddr("op 1"), makeAddr("op 2")];
    /// @dev The block in which the relayer was made and the operators bonded.
    uint256 internal firstBlock;

    function setUp() public virtual {
        vm.warp(1_760_000_000);
        vm.roll(5_000);
        firstBlock = 5_000;
        client = _makeClient();
        _set(team, START);
        _update(team, _root(START), START);
        relayer = new RootRelayer(_settings());
        for (uint256 i; i < operators.length; ++i) {
            _bond(operators[i], 2 * MIN_BOND);
            _admit(operators[i]);
        }
    }

    function _makeClient() internal virtual returns (IAttestationLightClient) {
        return new AttestationLightClient(boss);
    }

    function _settings() internal view returns (IRootRelayer.Settings memory) {
        return IRootRelayer.Settings({
            client: client,
            governance: council,
            silence: SILENCE,
            minimumBond: MIN_BOND,
            bounty: BOUNTY,
            penalty: PENALTY,
            unbondingPeriod: PERIOD,
            reporterShare: SHARE
        });
    }

    function _root(uint256 height) internal pure returns (bytes32) {
        return keccak256(abi.encode("root", height));
    }

    function _bond(address operator, uint256 amount) internal {
        vm.deal(operator, operator.balance + amount);
        vm.prank(operator);
        relayer.bond{value: amount}();
    }

    function _beginUnbonding(address operator, uint256 amount) internal {
        vm.prank(operator);
        relayer.beginUnbonding(amount);
    }

    function _admit(address operator) internal {
        vm.prank(council);
        relayer.admitOperator(operator);
    }

    function _fund(uint256 amount) internal {
        vm.deal(address(this), address(this).balance + amount);
        relayer.fund{value: amount}();
    }

    /// @dev The committee's root of a height, brought by someone.
    function _relay(address by, uint256 height) internal {
        bytes memory signatures = _signRoot(team, _root(height), height);
        vm.prank(by);
        relayer.relay(_root(height), height, signatures);
    }

    function _slash(address operator, uint256 since) internal returns (uint256) {
        vm.prank(stranger);
        return relayer.slashSilent(operator, since);
    }

    function _expectClosed(address caller, uint256 openAfter) internal {
        vm.expectRevert(abi.encodeWithSelector(IRootRelayer.RelayClosed.selector, caller, openAfter));
    }

    function _expectNotSilent(address operator, uint256 from, uint256 until) internal {
        vm.expectRevert(abi.encodeWithSelector(IRootRelayer.NotSilent.selector, operator, from, until, SILENCE));
    }

    function _expectUnknownSilence(uint256 since) internal {
        vm.expectRevert(abi.encodeWithSelector(IRootRelayer.UnknownSilence.selector, since));
    }

    function _assertActive(address operator, bool admitted, bool active) internal view {
        IRootRelayer.Operator memory own = relayer.operatorOf(operator);
        assertEq(own.admitted, admitted, "admitted");
        assertEq(own.active, active, "active");
    }

    function _assertBooks() internal view {
        uint256 owed = relayer.totalBonded() + relayer.totalCredited() + relayer.pot();
        assertEq(address(relayer).balance, owed, "books");
    }
}
