// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @title Bonds of operators in the native coin
/// @notice An operator's bond is active, or unbonding: on its way out, in one tranche at a time. Both can be slashed until
/// the coin is withdrawn. Amounts are in wei, times in Unix seconds. Nobody but its operator takes a bond out, and nothing
/// pauses the way out.
interface IOperatorBonds {
    /// @notice An operator bonded more; `active` is its active bond from now on.
    event Bonded(address indexed operator, uint256 amount, uint256 active);

    /// @notice A part of an active bond is on its way out.
    event UnbondingBegun(address indexed operator, uint256 amount, uint256 unlocksAt);

    /// @notice An unbonded tranche was paid out.
    event Withdrawn(address indexed operator, uint256 amount);

    /// @notice `taken` was taken from a bond: `reward` is credited to the reporter, the rest burned.
    event Slashed(address indexed operator, address indexed reporter, uint256 taken, uint256 reward);

    /// @notice An account took out what was credited to it.
    event Collected(address indexed account, uint256 amount);

    /// @notice An amount of zero means nothing here.
    error ZeroAmount();

    /// @notice The active bond is less than what is to leave it.
    error InsufficientBond(uint256 active, uint256 amount);

    /// @notice A tranche is on its way out already. It must be withdrawn before another one begins.
    error UnbondingPending(uint256 unlocksAt);

    /// @notice The tranche cannot be withdrawn yet.
    error StillUnbonding(uint256 unlocksAt);

    /// @notice No tranche is on its way out: none was begun, or all of it was slashed.
    error NothingUnbonding();

    /// @notice Nothing is credited to this account.
    error NothingToCollect(address account);

    /// @notice The unbonding period is 1 second to 365 days.
    error InvalidUnbondingPeriod(uint256 period, uint256 maximum);

    /// @notice The reporter's share of a slash, in hundredths of a percent, is at most half: an operator that reports
    /// itself must lose.
    error InvalidReporterShare(uint256 share, uint256 maximum);

    /// @notice Adds the value to the caller's active bond. An unbonding tranche and its time stay as they are.
    function bond() external payable;

    /// @notice Begins to take a part of the caller's active bond out. Until it is withdrawn it can be slashed, and is
    /// slashed first.
    function beginUnbonding(uint256 amount) external;

    /// @notice Pays out the caller's tranche, from `unlocksAt` on.
    /// @dev The caller must take plain transfers; one that refuses them can harm itself only.
    function withdraw() external;

    /// @notice Pays out what is credited to the caller.
    /// @dev As with `withdraw`, the caller must take plain transfers.
    function collect() external;

    /// @notice An operator's bond.
    /// @return active what counts as bonded
    /// @return unbonding what is on its way out
    /// @return unlocksAt from when on that can be withdrawn; zero if nothing is on its way out
    function bondOf(address operator) external view returns (uint256 active, uint256 unbonding, uint256 unlocksAt);

    /// @notice What an account can collect.
    function creditOf(address account) external view returns (uint256);

    /// @notice All bonds together, active and unbonding.
    function totalBonded() external view returns (uint256);

    /// @notice All credits together.
    function totalCredited() external view returns (uint256);

    /// @notice The time in seconds between the begin of unbonding and the withdrawal.
    function unbondingPeriod() external view returns (uint256);

    /// @notice The reporter's share of what is slashed, in hundredths of a percent.
    function reporterShare() external view returns (uint256);
}
