// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {GovernorCountingSimple} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorSettings} from "@openzeppelin/contracts/governance/extensions/GovernorSettings.sol";
import {GovernorSuperQuorum} from "@openzeppelin/contracts/governance/extensions/GovernorSuperQuorum.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IAttestationRegistry} from "../../abi/IAttestationRegistry.sol";
import {IPrecompile} from "../../abi/IPrecompile.sol";
import {IAttestationChain} from "../attestation/IAttestationChain.sol";
import {IRootCAForwarder} from "../attestation/IRootCAForwarder.sol";
import {IValidatorGovernance} from "./IValidatorGovernance.sol";
import {IValidatorStake} from "./IValidatorStake.sol";
import {TwoThirds} from "./TwoThirds.sol";

/// @title Governance by validators
/// @dev The delay is kept here, and not in a timelock contract: 0x0AAA sees who calls it, and that must be this address.
contract ValidatorGovernance is
    IValidatorGovernance,
    GovernorSettings,
    GovernorCountingSimple,
    GovernorVotes,
    GovernorSuperQuorum
{
    using SafeCast for uint256;

    /// @dev What held for a proposal when it was made.
    struct Terms {
        uint32 delay;
        uint32 gracePeriod;
        bool onlyPauses;
    }

    IAttestationRegistry private constant REGISTRY = IAttestationRegistry(address(0x0AAA));

    uint256 private constant MIN_VOTING_DELAY = 1 minutes;
    uint256 private constant MAX_VOTING_DELAY = 7 days;
    uint256 private constant MIN_PERIOD = 1 days;
    uint256 private constant MAX_PERIOD = 30 days;
    uint256 private constant THRESHOLDS_OF_FLOOR = 10;

    /// @inheritdoc IValidatorGovernance
    uint256 public immutable stakeFloor;

    /// @inheritdoc IValidatorGovernance
    address public immutable attestationChain;

    uint32 private _delay;
    uint32 private _gracePeriod;

    mapping(uint256 proposalId => Terms) private _terms;

    /// @param stake whose votes count
    /// @param floor how much stake approval is measured by at least, in wei, so that whoever stakes first does not govern
    /// @param chain the `AttestationRegistry` whose `updateRootCA` works by a proposal, or zero for none
    constructor(IValidatorStake stake, uint256 floor, address chain, Settings memory settings)
        Governor("ValidatorGovernance")
        GovernorVotes(stake)
        GovernorSettings(settings.votingDelay, settings.votingPeriod, 0)
    {
        string memory mode = stake.CLOCK_MODE();
        require(Strings.equal(mode, "mode=timestamp"), ClockIsNotTimestamp(mode));
        require(floor > 0, ZeroStakeFloor());
        stakeFloor = floor;
        // slither-disable-next-line missing-zero-check (zero is none)
        attestationChain = chain;
        _setProposalThreshold(settings.proposalThreshold); // its bound hangs on the floor
        _setDelay(settings.delay);
        _setGracePeriod(settings.gracePeriod);
    }

    /// @inheritdoc IValidatorGovernance
    function setDelay(uint32 newDelay) external onlyGovernance {
        _setDelay(newDelay);
    }

    /// @inheritdoc IValidatorGovernance
    function setGracePeriod(uint32 newGracePeriod) external onlyGovernance {
        _setGracePeriod(newGracePeriod);
    }

    /// @inheritdoc IRootCAForwarder
    function forwardRootCA(IAttestationChain.TEEVendor vendor, bytes calldata newRootCA) external {
        require(msg.sender == attestationChain, IPrecompile.Unauthorized(msg.sender));
        REGISTRY.updateRootCA(IAttestationRegistry.TEEVendor(uint8(vendor)), newRootCA);
    }

    /// @inheritdoc IValidatorGovernance
    function delay() external view returns (uint256) {
        return _delay;
    }

    /// @inheritdoc IValidatorGovernance
    function gracePeriod() external view returns (uint256) {
        return _gracePeriod;
    }

    /// @inheritdoc Governor
    function state(uint256 proposalId) public view override(Governor, GovernorSuperQuorum) returns (ProposalState) {
        ProposalState current = super.state(proposalId);
        bool passed = current == ProposalState.Succeeded || current == ProposalState.Queued;
        return passed && block.timestamp > proposalExpiry(proposalId) ? ProposalState.Expired : current;
    }

    /// @inheritdoc IValidatorGovernance
    function proposalExpiry(uint256 proposalId) public view returns (uint256) {
        uint256 eta = proposalEta(proposalId);
        return (eta == 0 ? proposalDeadline(proposalId) : eta) + _terms[proposalId].gracePeriod;
    }

    /// @inheritdoc IGovernor
    function proposalNeedsQueuing(uint256 proposalId) public view override returns (bool) {
        return !_terms[proposalId].onlyPauses;
    }

    /// @notice The votes for a proposal that make it pass, with what was staked at `timepoint`, in the past: two thirds,
    /// rounded up.
    function quorum(uint256 timepoint) public view override returns (uint256) {
        return TwoThirds.roundedUp(Math.max(token().getPastTotalSupply(timepoint), stakeFloor));
    }

    /// @inheritdoc GovernorSuperQuorum
    function superQuorum(uint256 timepoint) public view override returns (uint256) {
        return quorum(timepoint);
    }

    /// @inheritdoc IGovernor
    // slither-disable-next-line naming-convention -- the name is the standard's
    function COUNTING_MODE() public pure override(IGovernor, GovernorCountingSimple) returns (string memory) {
        return "support=bravo&quorum=for";
    }

    /// @inheritdoc Governor
    function proposalThreshold() public view override(Governor, GovernorSettings) returns (uint256) {
        return super.proposalThreshold();
    }

    /// @inheritdoc GovernorCountingSimple
    function proposalVotes(uint256 proposalId)
        public
        view
        override(GovernorCountingSimple, GovernorSuperQuorum)
        returns (uint256 againstVotes, uint256 forVotes, uint256 abstainVotes)
    {
        return super.proposalVotes(proposalId);
    }

    function _propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description,
        address proposer
    ) internal override returns (uint256 proposalId) {
        proposalId = super._propose(targets, values, calldatas, description, proposer);
        bool onlyPauses = true;
        for (uint256 i = 0; i < targets.length && onlyPauses; ++i) {
            onlyPauses = _isPause(targets[i], values[i], calldatas[i]);
        }
        _terms[proposalId] = Terms(_delay, _gracePeriod, onlyPauses);
    }

    function _queueOperations(uint256 proposalId, address[] memory, uint256[] memory, bytes[] memory, bytes32)
        internal
        view
        override
        returns (uint48)
    {
        return (block.timestamp + _terms[proposalId].delay).toUint48();
    }

    /// @dev `Governor` marked the proposal as executed before, so no call gets here again with it.
    function _executeOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32
    ) internal override {
        uint256 eta = proposalEta(proposalId);
        // Zero: never queued, which `Governor` refuses where a delay is needed, but only from OpenZeppelin 5.7 on.
        bool waited = eta != 0 && block.timestamp >= eta;
        require(waited || _terms[proposalId].onlyPauses, DelayNotOver(proposalId, eta));
        for (uint256 i = 0; i < targets.length; ++i) {
            if (calldatas[i].length == 0) Address.sendValue(payable(targets[i]), values[i]);
            // Fails where there is no code; a bare call would succeed and do nothing.
            // slither-disable-next-line unused-return (nobody asks for it)
            else Address.functionCallWithValue(targets[i], calldatas[i], values[i]);
        }
    }

    // slither-disable-next-line dead-code -- `Governor` calls it
    function _quorumReached(uint256 proposalId)
        internal
        view
        override(Governor, GovernorCountingSimple)
        returns (bool)
    {
        (, uint256 forVotes,) = proposalVotes(proposalId);
        return forVotes >= quorum(proposalSnapshot(proposalId));
    }

    function _setVotingDelay(uint48 newVotingDelay) internal override {
        _requireWithin(newVotingDelay, MIN_VOTING_DELAY, MAX_VOTING_DELAY);
        super._setVotingDelay(newVotingDelay);
    }

    function _setVotingPeriod(uint32 newVotingPeriod) internal override {
        _requireWithin(newVotingPeriod, MIN_PERIOD, MAX_PERIOD);
        super._setVotingPeriod(newVotingPeriod);
    }

    function _setProposalThreshold(uint256 newProposalThreshold) internal override {
        _requireWithin(newProposalThreshold, 0, stakeFloor / THRESHOLDS_OF_FLOOR);
        super._setProposalThreshold(newProposalThreshold);
    }

    function _setDelay(uint32 newDelay) private {
        _requireWithin(newDelay, MIN_PERIOD, MAX_PERIOD);
        emit DelayChanged(_delay, newDelay);
        _delay = newDelay;
    }

    function _setGracePeriod(uint32 newGracePeriod) private {
        _requireWithin(newGracePeriod, MIN_PERIOD, MAX_PERIOD);
        emit GracePeriodChanged(_gracePeriod, newGracePeriod);
        _gracePeriod = newGracePeriod;
    }

    function _isPause(address target, uint256 value, bytes memory call_) private pure returns (bool) {
        if (target != address(REGISTRY) || value != 0 || call_.length != 36) return false;
        // Cast: a selector and one word, of which the selector is asked for.
        // forge-lint: disable-next-line(unsafe-typecast)
        return bytes4(call_) == IAttestationRegistry.pause.selector;
    }

    function _requireWithin(uint256 value, uint256 minimum, uint256 maximum) private pure {
        require(value >= minimum && value <= maximum, OutOfBounds(value, minimum, maximum));
    }
}
