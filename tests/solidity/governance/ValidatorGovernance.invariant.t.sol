// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IAttestationRegistry} from "aivm/abi/IAttestationRegistry.sol";
import {GovernanceBase, Ledger, Motion} from "./GovernanceBase.sol";

/// @dev Counts the pauses that reach 0x0AAA.
contract PauseCounter {
    uint256 public pauses;

    function pause(IAttestationRegistry.TEEVendor) external {
        pauses++;
    }
}

/// @dev Validators that stake, leave, propose, vote, queue and execute in any order, as time goes by. What each step may do is
/// worked out anew here, from what was done before.
contract GovernanceHandler is GovernanceBase {
    struct Track {
        bool onlyPauses;
        uint256 snapshot;
        uint256 inFavour;
        uint256 passedBy; // the time of the vote that made it pass
        uint256 eta;
        uint256 executions;
    }

    Motion[] private _motions;
    uint256[] public ids;
    mapping(uint256 id => Track) public tracks;
    mapping(uint256 id => mapping(address voter => bool)) private _voted;
    address[] private _validators;
    uint256 public pausesExecuted;
    uint256 public notesExecuted;

    constructor() {
        deployGovernance();
        vm.etch(REGISTRY, address(new PauseCounter()).code);
        _validators = [alice, bob, carol];
        stakeAll();
    }

    function propose(bool onlyPauses, bool both) external {
        Motion memory m = onlyPauses
            ? motion(REGISTRY, abi.encodeCall(IAttestationRegistry.pause, (IAttestationRegistry.TEEVendor.SGX)))
            : note(bytes32(ids.length));
        if (both) {
            m = and(m, REGISTRY, abi.encodeCall(IAttestationRegistry.pause, (IAttestationRegistry.TEEVendor.TDX)));
        }
        m.description = vm.toString(ids.length);
        address proposer = _proposer();
        if (proposer == address(0)) return;
        uint256 id = proposeAs(proposer, m);
        ids.push(id);
        _motions.push(m);
        tracks[id].onlyPauses = onlyPauses;
        tracks[id].snapshot = block.timestamp + VOTING_DELAY;
    }

    function vote(uint256 which, uint256 who, uint8 support) external {
        if (ids.length == 0) return;
        // Mostly in favour: else nothing would ever pass.
        support = support % 4 == 0 ? AGAINST : support % 4 == 1 ? ABSTAIN : FOR;
        _vote(ids[_recent(which)], _validators[who % 3], support);
    }

    function voteAll(uint256 which) external {
        if (ids.length == 0) return;
        for (uint256 i; i < 3; i++) {
            _vote(ids[_recent(which)], _validators[i], FOR);
        }
    }

    function _vote(uint256 id, address voter, uint8 support) private {
        Track storage track = tracks[id];
        bool may = block.timestamp > track.snapshot && block.timestamp <= track.snapshot + VOTING_PERIOD
            && track.passedBy == 0 && !_voted[id][voter];
        vm.prank(voter);
        try governance.castVote(id, support) returns (uint256 weight) {
            assertTrue(may, "voted when voting was over");
            assertEq(weight, stake.getPastVotes(voter, track.snapshot));
            _voted[id][voter] = true;
            if (support == FOR) track.inFavour += weight;
            uint256 all = Math.max(stake.getPastTotalSupply(track.snapshot), FLOOR);
            if (track.inFavour * 3 >= all * 2) track.passedBy = block.timestamp;
        } catch {
            assertFalse(may, "a vote was refused");
        }
    }

    function queue(uint256 which) external {
        if (ids.length == 0) return;
        which = _recent(which);
        uint256 id = ids[which];
        Track storage track = tracks[id];
        bool may = !track.onlyPauses && track.passedBy > 0 && track.eta == 0 && !_forgotten(track);
        Motion memory m = _motions[which];
        try governance.queue(m.targets, m.values, m.calldatas, hash(m)) {
            assertTrue(may, "queued what may not be queued");
            track.eta = block.timestamp + DELAY;
        } catch {
            assertFalse(may, "queueing was refused");
        }
    }

    function execute(uint256 which) external {
        if (ids.length == 0) return;
        which = _recent(which);
        uint256 id = ids[which];
        Track storage track = tracks[id];
        bool may = track.executions == 0 && track.passedBy > 0;
        if (track.onlyPauses) may = may && !_forgotten(track);
        else may = may && track.eta > 0 && block.timestamp >= track.eta && block.timestamp <= track.eta + GRACE;
        Motion memory m = _motions[which];
        try governance.execute(m.targets, m.values, m.calldatas, hash(m)) {
            assertTrue(may, "executed what may not be executed");
            track.executions++;
            if (!track.onlyPauses) notesExecuted++;
            for (uint256 i; i < m.targets.length; i++) {
                if (m.targets[i] == REGISTRY) pausesExecuted++;
            }
        } catch {
            assertFalse(may, "execution was refused");
        }
    }

    function bond(uint256 who, uint256 amount) external {
        bondAs(_validators[who % 3], bound(amount, 1, 500 ether));
    }

    function withdrawOrUnbond(uint256 who, uint256 amount) external {
        address validator = _validators[who % 3];
        (uint256 active, uint256 unbonding, uint256 unlocksAt) = stake.bondOf(validator);
        vm.startPrank(validator);
        if (unbonding > 0 && block.timestamp >= unlocksAt) stake.withdraw();
        else if (unbonding == 0 && active > 0) stake.beginUnbonding(bound(amount, 1, active));
        vm.stopPrank();
    }

    /// @dev For a while, or until something may change for a proposal, or just did.
    function wait_(uint256 which, uint256 time) external {
        uint256 then = block.timestamp + 1 + time % 1 days;
        if (ids.length > 0 && time % 4 != 0) {
            Track storage track = tracks[ids[_recent(which)]];
            uint256 next = track.eta > 0 ? track.eta : track.snapshot;
            if (block.timestamp > next) next += track.eta > 0 ? GRACE : VOTING_PERIOD;
            if (next + 1 > block.timestamp) then = Math.max(next + time % 2, block.timestamp);
        }
        vm.warp(then);
    }

    function count() external view returns (uint256) {
        return ids.length;
    }

    function executionsNoted(uint256 which) external view returns (uint256) {
        return ledger.counts(bytes32(which));
    }

    function stateOf(uint256 id) external view returns (IGovernor.ProposalState) {
        return governance.state(id);
    }

    /// @dev One of the newest three: older ones are over, mostly.
    function _recent(uint256 which) private view returns (uint256) {
        return ids.length - 1 - which % Math.min(ids.length, 3);
    }

    function _forgotten(Track storage track) private view returns (bool) {
        return block.timestamp > track.snapshot + VOTING_PERIOD + GRACE;
    }

    function _proposer() private view returns (address) {
        for (uint256 i; i < 3; i++) {
            if (stake.getPastVotes(_validators[i], block.timestamp - 1) >= THRESHOLD) return _validators[i];
        }
        return address(0);
    }
}

contract ValidatorGovernanceInvariant is GovernanceBase {
    GovernanceHandler private handler;

    function setUp() public {
        handler = new GovernanceHandler();
        bytes4[] memory steps = new bytes4[](8);
        (steps[0], steps[1], steps[2], steps[3]) =
        (handler.propose.selector, handler.vote.selector, handler.queue.selector, handler.execute.selector);
        (steps[4], steps[5], steps[6]) =
        (handler.bond.selector, handler.withdrawOrUnbond.selector, handler.wait_.selector);
        steps[7] = handler.voteAll.selector;
        targetSelector(FuzzSelector(address(handler), steps));
        targetContract(address(handler));
    }

    /// What was approved by two thirds, delayed unless a pause, and not expired is done once; the handler asserts it at each
    /// step. Nothing else is done at all.
    function invariant_WhatIsExecutedIsDoneOnce() public view {
        uint256 count = handler.count();
        for (uint256 i; i < count; i++) {
            uint256 id = handler.ids(i);
            (bool onlyPauses,,,,, uint256 executions) = handler.tracks(id);
            assertLe(executions, 1);
            assertEq(handler.executionsNoted(i), onlyPauses ? 0 : executions);
            assertEq(handler.stateOf(id) == IGovernor.ProposalState.Executed, executions == 1);
        }
        assertEq(PauseCounter(REGISTRY).pauses(), handler.pausesExecuted());
    }
}
