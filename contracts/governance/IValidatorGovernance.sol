// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IRootCAForwarder} from "../attestation/IRootCAForwarder.sol";

/// @title Governance by validators: the governance address of 0x0AAA
/// @notice A proposal passes as soon as validators with at least two thirds of all stake voted for it; who abstains or does
/// not vote counts as who votes against it. All stake is what was staked when voting began, and at least `stakeFloor`.
/// Then:
///
/// 1. `queue`, by anyone, starts the delay.
/// 2. `execute`, by anyone, from the end of the delay on, within the grace period.
///
/// A proposal that does nothing but call `pause` of 0x0AAA needs no delay: it is executed as soon as it passed. A
/// proposal expires if it is not queued (or, a pause, executed) within the grace period after its voting period, and if
/// it is queued and not executed within the grace period after its delay. Its delay and grace period are those that
/// held when it was proposed.
///
/// The rest is OpenZeppelin's Governor: votes by signature, `#proposer=0x…` at the end of a description against
/// others who would propose the same first, and cancelling, by the proposer before voting begins and by nobody after.
///
/// The guardian is that of 0x0AAA, who may `pause` there at once and do nothing else. Proposals name it (`setGuardian`) and
/// lift its pauses (`unpause`), after the delay.
/// @dev A call to an account without code fails (`AddressEmptyCode`), unless it does nothing but send coin. Proposals pay from
/// the balance of this contract, and what comes with `execute`.
///
/// Times are in seconds. Every setting is changed by a proposal only, within bounds that let proposals pass still. What
/// no bound prevents is a proposal that hands 0x0AAA to another governance, which is theirs to make.
interface IValidatorGovernance is IRootCAForwarder {
    /// @notice What governance begins with, and what proposals can change.
    struct Settings {
        /// From the proposal to the begin of voting, when stake is counted: 1 minute to 7 days.
        uint48 votingDelay;
        /// How long votes are cast at most: 1 to 30 days.
        uint32 votingPeriod;
        /// How many votes it takes to propose, in wei: at most a tenth of `stakeFloor`.
        uint256 proposalThreshold;
        /// From queueing to when a proposal can be executed: 1 to 30 days.
        uint32 delay;
        /// How long a proposal that passed can be queued, and one that is due executed: 1 to 30 days.
        uint32 gracePeriod;
    }

    /// @notice The delay of later proposals changed.
    event DelayChanged(uint256 previous, uint256 current);

    /// @notice The grace period of later proposals changed.
    event GracePeriodChanged(uint256 previous, uint256 current);

    /// @notice A setting must be within these bounds, inclusive.
    error OutOfBounds(uint256 value, uint256 minimum, uint256 maximum);

    /// @notice There must be stake that nothing passes without.
    error ZeroStakeFloor();

    /// @notice The contract of the votes does not look them up by timestamp.
    error ClockIsNotTimestamp(string mode);

    /// @notice The proposal can be executed from `eta` on.
    error DelayNotOver(uint256 proposalId, uint256 eta);

    /// @notice Changes the delay of later proposals. By a proposal only.
    function setDelay(uint32 newDelay) external;

    /// @notice Changes the grace period of later proposals. By a proposal only.
    function setGracePeriod(uint32 newGracePeriod) external;

    /// @notice The delay of a proposal made now.
    function delay() external view returns (uint256);

    /// @notice The grace period of a proposal made now.
    function gracePeriod() external view returns (uint256);

    /// @notice The last second at which the proposal can be executed or, before it is queued, queued. Means nothing unless it
    /// passed.
    function proposalExpiry(uint256 proposalId) external view returns (uint256);

    /// @notice As long as less is staked, in wei, approval takes two thirds of this.
    function stakeFloor() external view returns (uint256);

    /// @notice The contract that `updateRootCA` may come back from.
    function attestationChain() external view returns (address);
}
