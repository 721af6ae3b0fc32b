// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {OperatorBonds} from "../bonds/OperatorBonds.sol";
import {IOracleOperators} from "./IOracleOperators.sol";

/// @title The operators of an oracle
/// @dev Weights are kept beside the addresses and follow each change of a bond, so that a median reads one slot for each
/// operator. Governance is the owner, and changes in two steps.
abstract contract OracleOperators is IOracleOperators, OperatorBonds, Ownable2Step {
    using SafeCast for uint256;

    /// @dev One slot.
    struct Seat {
        address operator;
        uint96 weight;
    }

    /// @dev One slot.
    struct Admission {
        /// The number of the seat, from one; zero for everybody else.
        uint48 number;
        uint48 time;
    }

    /// @notice How many operators there can be.
    uint256 public constant MAX_OPERATORS = 31;

    /// @notice An operator weighs at most this many minimum bonds: less than the four others of a quorum together.
    uint256 public constant MAX_WEIGHT_FACTOR = 3;

    /// @dev The longest period of a feed, for evidence to come about, and a day to report it.
    uint256 private constant MIN_UNBONDING_PERIOD = 2 days;

    /// @inheritdoc IOracleOperators
    uint256 public immutable minBond;

    /// @inheritdoc IOracleOperators
    uint256 public totalWeight;

    Seat[] private _seats;

    mapping(address operator => Admission) private _admissions;

    modifier onlyActiveOperator() {
        _checkActive(msg.sender);
        _;
    }

    constructor(address governance, uint256 minimum, uint256 unbonding, uint256 share)
        Ownable(governance)
        OperatorBonds(unbonding, share)
    {
        uint256 maximum = type(uint96).max / MAX_WEIGHT_FACTOR;
        require(minimum > 0 && minimum <= maximum, InvalidMinimumBond(minimum, maximum));
        require(unbonding >= MIN_UNBONDING_PERIOD, UnbondingTooShort(unbonding, MIN_UNBONDING_PERIOD));
        minBond = minimum;
    }

    /// @inheritdoc IOracleOperators
    function admitOperator(address operator) external onlyOwner {
        require(operator != address(0), ZeroOperator());
        require(!_isOperator(operator), AlreadyOperator(operator));
        require(_seats.length < MAX_OPERATORS, TooManyOperators(MAX_OPERATORS));
        _seats.push(Seat(operator, 0));
        _admissions[operator] = Admission(_seats.length.toUint48(), block.timestamp.toUint48());
        emit OperatorAdmitted(operator);
        _weigh(operator);
    }

    /// @inheritdoc IOracleOperators
    function removeOperator(address operator) external onlyOwner {
        uint48 number = _admissions[operator].number;
        require(number != 0, NotOperator(operator));
        uint256 weight = _seats[number - 1].weight;
        Seat memory last = _seats[_seats.length - 1];
        _seats[number - 1] = last;
        _admissions[last.operator].number = number;
        _admissions[operator] = Admission(0, 0);
        _seats.pop();
        emit OperatorRemoved(operator);
        if (weight == 0) return;
        uint256 total = totalWeight - weight;
        totalWeight = total;
        emit WeightChanged(operator, 0, total);
    }

    /// @dev Without governance a tripped breaker could stay so for ever.
    function renounceOwnership() public view override onlyOwner {
        revert GovernanceRequired();
    }

    /// @inheritdoc IOracleOperators
    function operators() external view returns (address[] memory list) {
        list = new address[](_seats.length);
        for (uint256 i = 0; i < list.length; ++i) {
            list[i] = _seats[i].operator;
        }
    }

    /// @inheritdoc IOracleOperators
    function weightOf(address operator) public view returns (uint256) {
        uint256 number = _admissions[operator].number;
        return number > 0 ? _seats[number - 1].weight : 0;
    }

    function _isOperator(address account) internal view returns (bool) {
        return _admissions[account].number != 0;
    }

    /// @dev Since when the account's observations count.
    function _admittedAt(address account) internal view returns (uint256) {
        return _admissions[account].time;
    }

    function _checkActive(address account) internal view {
        require(_isOperator(account), NotOperator(account));
        (uint256 active,,) = bondOf(account);
        require(weightOf(account) > 0, InactiveOperator(account, active, minBond));
    }

    function _seatCount() internal view returns (uint256) {
        return _seats.length;
    }

    function _seat(uint256 index) internal view returns (address operator, uint96 weight) {
        Seat storage seat = _seats[index];
        return (seat.operator, seat.weight);
    }

    /// @inheritdoc OperatorBonds
    function _afterBondChange(address operator) internal override {
        if (_isOperator(operator)) _weigh(operator);
    }

    function _weigh(address operator) private {
        Seat storage seat = _seats[_admissions[operator].number - 1];
        (uint256 active,,) = bondOf(operator);
        uint256 weight = active < minBond ? 0 : Math.min(active, MAX_WEIGHT_FACTOR * minBond);
        if (weight == seat.weight) return;
        uint256 total = totalWeight - seat.weight + weight;
        totalWeight = total;
        seat.weight = weight.toUint96();
        emit WeightChanged(operator, weight, total);
    }
}
