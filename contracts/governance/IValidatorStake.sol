// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";
import {IOperatorBonds} from "../bonds/IOperatorBonds.sol";

/// @title The stake of validators, and its votes
/// @notice Anyone can become a validator: what counts is stake, one vote for each wei that is bonded and not unbonding.
/// Votes are looked up at a second in the past (EIP-6372, `mode=timestamp`), so what is staked later has none. Stake
/// cannot be transferred. Its votes can be delegated, all of a validator's at once, to a voting key that holds no stake,
/// say; until then they are its own. They are always somebody's, so that the votes of all are all stake.
/// @dev Nobody is slashed here. An unbonding period longer than the longest way of a proposal, from the vote to its
/// execution, keeps who approved it invested until it takes effect.
interface IValidatorStake is IOperatorBonds, IERC5805 {
    /// @notice Votes cannot be delegated to nobody.
    error ZeroDelegate(address validator);

    /// @notice All stake now: the sum of the active bonds, and of the votes.
    function totalStake() external view returns (uint256);
}
