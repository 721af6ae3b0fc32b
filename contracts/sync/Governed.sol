// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IPrecompile} from "../../abi/IPrecompile.sol";
import {IGoverned} from "./IGoverned.sol";

/// @title A governance of one's own, handed over in two steps
/// @dev Refuses as the precompiles do, with `IPrecompile.Unauthorized`.
abstract contract Governed is IGoverned {
    /// @inheritdoc IGoverned
    address public governance;

    /// @inheritdoc IGoverned
    address public offeredGovernance;

    constructor(address first) {
        require(first != address(0), ZeroGovernance());
        governance = first;
        emit GovernanceChanged(address(0), first);
    }

    /// @inheritdoc IGoverned
    function offerGovernance(address account) external {
        _requireGovernance();
        // slither-disable-next-line missing-zero-check (zero takes an offer back)
        offeredGovernance = account;
        emit GovernanceOffered(msg.sender, account);
    }

    /// @inheritdoc IGoverned
    function acceptGovernance() external {
        require(msg.sender == offeredGovernance, IPrecompile.Unauthorized(msg.sender));
        address previous = governance;
        governance = msg.sender;
        offeredGovernance = address(0);
        emit GovernanceChanged(previous, msg.sender);
    }

    /// @dev Refuses all but governance.
    function _requireGovernance() internal view {
        require(msg.sender == governance, IPrecompile.Unauthorized(msg.sender));
    }
}
