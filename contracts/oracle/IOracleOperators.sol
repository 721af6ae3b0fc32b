// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @title Who quotes prices, and how much each counts
/// @notice Governance admits operators and removes them. An admitted operator is active while its active bond is at least
/// `minBond`. What a removed operator bonded stays slashable until it is withdrawn.
interface IOracleOperators {
    /// @notice Governance admitted an operator.
    event OperatorAdmitted(address indexed operator);

    /// @notice Governance removed an operator.
    event OperatorRemoved(address indexed operator);

    /// @notice An operator counts this much from now on. Zero: it is not active.
    event WeightChanged(address indexed operator, uint256 weight, uint256 totalWeight);

    /// @notice The minimum bond must be above zero, and three of it must fit into a bond.
    error InvalidMinimumBond(uint256 minimum, uint256 maximum);

    /// @notice Unbonding must take longer than evidence against a quote can take to turn up.
    error UnbondingTooShort(uint256 period, uint256 minimum);

    /// @notice Address zero signs nothing.
    error ZeroOperator();

    /// @notice This operator is admitted already.
    error AlreadyOperator(address operator);

    /// @notice There are as many operators as can be.
    error TooManyOperators(uint256 maximum);

    /// @notice This account is not an admitted operator; or the signature is not over this quote, oracle and chain.
    error NotOperator(address account);

    /// @notice The operator's active bond is too low for it to count.
    error InactiveOperator(address operator, uint256 active, uint256 minimum);

    /// @notice An oracle always has a governance: it alone ends a breaker that the quotes do not end.
    error GovernanceRequired();

    /// @notice Admits an operator. Governance only.
    /// @dev Only what it observes from now on counts, also if it was an operator before. Operators that sign are accounts with a
    /// key. A contract can be an operator too, but only `updatePrices`.
    function admitOperator(address operator) external;

    /// @notice Removes an operator: its quotes count no more, also if it is admitted again. Its bond stays slashable, and its
    /// own to unbond. Governance only.
    /// @dev A price that was accepted with its quote stays: it is read until it is stale or another one is accepted, is part
    /// of the average from then on, and goes on judging quotes.
    function removeOperator(address operator) external;

    /// @notice The admitted operators, active or not, in no particular order.
    function operators() external view returns (address[] memory);

    /// @notice What an operator's quotes weigh: its active bond in wei, at most three times `minBond`; zero if it is not
    /// active.
    /// @dev The limit is what makes five operators more than one: whoever bonds most never outweighs the other four.
    function weightOf(address operator) external view returns (uint256);

    /// @notice The weight of all active operators.
    function totalWeight() external view returns (uint256);

    /// @notice The smallest active bond that counts, in wei.
    function minBond() external view returns (uint256);
}
