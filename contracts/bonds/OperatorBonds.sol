// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IOperatorBonds} from "./IOperatorBonds.sol";

/// @title Bonds of operators, for contracts that slash
/// @dev The inheritor decides who is slashed, and never holds less than `totalBonded() + totalCredited()`: what else it
/// holds, it must account for itself. Every function changes state first and moves coin last, so a receiver that calls
/// back finds nothing left to take.
abstract contract OperatorBonds is IOperatorBonds {
    using Address for address payable;
    using SafeCast for uint256;

    /// @dev One slot. 2^96 wei are 79 billion coins of 18 decimals.
    struct Bond {
        uint96 active;
        uint96 unbonding;
        uint64 unlocksAt;
    }

    uint256 private constant MAX_UNBONDING_PERIOD = 365 days;
    uint256 private constant MAX_REPORTER_SHARE = 5_000;
    /// @dev All of it, in hundredths of a percent.
    uint256 internal constant WHOLE = 10_000;

    /// @dev Has no code and no known key.
    address payable private constant BURN = payable(0x000000000000000000000000000000000000dEaD);

    /// @inheritdoc IOperatorBonds
    uint256 public immutable unbondingPeriod;

    /// @inheritdoc IOperatorBonds
    uint256 public immutable reporterShare;

    /// @inheritdoc IOperatorBonds
    uint256 public totalBonded;

    /// @inheritdoc IOperatorBonds
    uint256 public totalCredited;

    mapping(address operator => Bond) private _bonds;

    /// @inheritdoc IOperatorBonds
    mapping(address account => uint256) public creditOf;

    /// @param period the time in seconds between the begin of unbonding and the withdrawal
    /// @param share the reporter's share of what is slashed, in hundredths of a percent
    constructor(uint256 period, uint256 share) {
        require(period > 0 && period <= MAX_UNBONDING_PERIOD, InvalidUnbondingPeriod(period, MAX_UNBONDING_PERIOD));
        require(share <= MAX_REPORTER_SHARE, InvalidReporterShare(share, MAX_REPORTER_SHARE));
        unbondingPeriod = period;
        reporterShare = share;
    }

    /// @inheritdoc IOperatorBonds
    function bond() public payable virtual {
        require(msg.value > 0, ZeroAmount());
        Bond storage own = _bonds[msg.sender];
        uint256 active = own.active + msg.value;
        own.active = active.toUint96();
        totalBonded += msg.value;
        _afterBondChange(msg.sender);
        emit Bonded(msg.sender, msg.value, active);
    }

    /// @inheritdoc IOperatorBonds
    function beginUnbonding(uint256 amount) public virtual {
        require(amount > 0, ZeroAmount());
        Bond storage own = _bonds[msg.sender];
        require(own.unbonding == 0, UnbondingPending(own.unlocksAt));
        uint256 active = own.active;
        require(amount <= active, InsufficientBond(active, amount));
        uint256 unlocksAt = block.timestamp + unbondingPeriod;
        own.active = (active - amount).toUint96();
        own.unbonding = amount.toUint96();
        own.unlocksAt = unlocksAt.toUint64();
        _afterBondChange(msg.sender);
        emit UnbondingBegun(msg.sender, amount, unlocksAt);
    }

    /// @inheritdoc IOperatorBonds
    function withdraw() external {
        Bond storage own = _bonds[msg.sender];
        uint256 amount = own.unbonding;
        require(amount > 0, NothingUnbonding());
        require(block.timestamp >= own.unlocksAt, StillUnbonding(own.unlocksAt));
        own.unbonding = 0;
        own.unlocksAt = 0;
        totalBonded -= amount;
        _afterBondChange(msg.sender);
        emit Withdrawn(msg.sender, amount);
        payable(msg.sender).sendValue(amount);
    }

    /// @inheritdoc IOperatorBonds
    function collect() external {
        uint256 amount = creditOf[msg.sender];
        require(amount > 0, NothingToCollect(msg.sender));
        creditOf[msg.sender] = 0;
        totalCredited -= amount;
        emit Collected(msg.sender, amount);
        payable(msg.sender).sendValue(amount);
    }

    /// @inheritdoc IOperatorBonds
    function bondOf(address operator) public view returns (uint256 active, uint256 unbonding, uint256 unlocksAt) {
        Bond storage held = _bonds[operator];
        return (held.active, held.unbonding, held.unlocksAt);
    }

    /// @dev Takes at most `amount` from an operator: of what is unbonding first, so that leaving saves nothing, then of
    /// what is active. An operator that has less loses all it has; one that has nothing makes the answer zero. To slash
    /// zero reverts, and so does a share of nothing: where a bond may be gone, look at `_slashable` first. The reporter's
    /// share is rounded down, so the smallest slash burns something. With a reporter of zero all of it is burned.
    /// @return taken what the operator lost
    function _slash(address operator, uint256 amount, address reporter) internal returns (uint256 taken) {
        require(amount > 0, ZeroAmount());
        Bond storage held = _bonds[operator];
        (uint256 active, uint256 unbonding) = (held.active, held.unbonding);
        taken = Math.min(amount, active + unbonding);
        if (taken == 0) return 0;
        uint256 ofUnbonding = Math.min(taken, unbonding);
        held.active = (active - (taken - ofUnbonding)).toUint96();
        held.unbonding = (unbonding - ofUnbonding).toUint96();
        if (ofUnbonding == unbonding) held.unlocksAt = 0;
        totalBonded -= taken;
        uint256 reward = reporter == address(0) ? 0 : taken * reporterShare / WHOLE;
        if (reward > 0) _credit(reporter, reward);
        _afterBondChange(operator);
        emit Slashed(operator, reporter, taken, reward);
        BURN.sendValue(taken - reward);
    }

    /// @dev Lets an account collect coin that this contract holds and that nobody else has a claim to.
    function _credit(address account, uint256 amount) internal {
        creditOf[account] += amount;
        totalCredited += amount;
    }

    /// @dev What an operator can lose.
    function _slashable(address operator) internal view returns (uint256) {
        Bond storage held = _bonds[operator];
        return uint256(held.active) + held.unbonding;
    }

    /// @dev Called after every change of a bond, before any coin moves. It must not revert on the way out (`beginUnbonding`,
    /// `withdraw`) nor in a slash.
    function _afterBondChange(address operator) internal virtual {}
}
