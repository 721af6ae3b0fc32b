// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";
import {Votes} from "@openzeppelin/contracts/governance/utils/Votes.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Time} from "@openzeppelin/contracts/utils/types/Time.sol";
import {IOperatorBonds} from "../bonds/IOperatorBonds.sol";
import {OperatorBonds} from "../bonds/OperatorBonds.sol";
import {IValidatorStake} from "./IValidatorStake.sol";

/// @title The stake of validators, and its votes
/// @dev `OperatorBonds` keeps the coin and `Votes` the history; the voting units of a validator are its active bond. An
/// inheritor that slashed would have to burn the units of what it takes from active bonds.
contract ValidatorStake is IValidatorStake, OperatorBonds, Votes {
    /// @param period the time in seconds between the begin of unbonding and the withdrawal
    constructor(uint256 period) OperatorBonds(period, 0) EIP712("ValidatorStake", "1") {}

    /// @inheritdoc IOperatorBonds
    function bond() public payable override(IOperatorBonds, OperatorBonds) {
        // Before there are units to move: what is bonded below goes to the delegate.
        if (delegates(msg.sender) == address(0)) _delegate(msg.sender, msg.sender);
        super.bond();
        _transferVotingUnits(address(0), msg.sender, msg.value);
    }

    /// @inheritdoc IOperatorBonds
    function beginUnbonding(uint256 amount) public override(IOperatorBonds, OperatorBonds) {
        super.beginUnbonding(amount);
        _transferVotingUnits(msg.sender, address(0), amount);
    }

    /// @inheritdoc IValidatorStake
    function totalStake() external view returns (uint256) {
        return _getTotalSupply();
    }

    /// @inheritdoc IERC6372
    function clock() public view override(IERC6372, Votes) returns (uint48) {
        return Time.timestamp();
    }

    /// @inheritdoc IERC6372
    // slither-disable-next-line naming-convention -- the name is the standard's
    function CLOCK_MODE() public pure override(IERC6372, Votes) returns (string memory) {
        return "mode=timestamp";
    }

    /// @dev The only way to change a delegate, by the validator's own call or by its signature.
    function _delegate(address validator, address delegatee) internal override {
        require(delegatee != address(0), ZeroDelegate(validator));
        super._delegate(validator, delegatee);
    }

    /// @inheritdoc Votes
    // slither-disable-next-line dead-code -- `Votes` calls it
    function _getVotingUnits(address validator) internal view override returns (uint256 active) {
        (active,,) = bondOf(validator);
    }
}
