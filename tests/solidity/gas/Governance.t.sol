// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {GovernanceBase, Motion} from "../governance/GovernanceBase.sol";

/// @notice The gas of a proposal's way, tests of one call each.
contract GasGovernanceTest is GovernanceBase {
    Motion private open;
    Motion private due;
    uint256 private openId;

    function setUp() public {
        deployGovernance();
        stakeAll();
        due = note("due");
        passAndWait(due);
        open = note("open");
        openId = proposeAs(alice, open);
        toVoting(openId);
    }

    function test_Propose() public {
        proposeAs(alice, note("another"));
    }

    function test_Vote() public {
        voteAs(bob, openId, FOR);
    }

    function test_Execute() public {
        vm.pauseGasMetering();
        Motion memory motion_ = due;
        vm.resumeGasMetering();
        execute(motion_);
    }

    function test_Stake() public {
        bondAs(bob, 1 ether);
    }
}
