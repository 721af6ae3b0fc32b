// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IOperatorBonds} from "aivm/contracts/bonds/IOperatorBonds.sol";
import {GovernanceBase, Motion} from "./GovernanceBase.sol";

/// What makes a proposal pass, and who may say so.
contract ValidatorGovernanceVotesTest is GovernanceBase {
    IGovernor.ProposalState private constant ACTIVE = IGovernor.ProposalState.Active;
    IGovernor.ProposalState private constant DEFEATED = IGovernor.ProposalState.Defeated;
    IGovernor.ProposalState private constant SUCCEEDED = IGovernor.ProposalState.Succeeded;

    function setUp() public {
        deployGovernance();
    }

    // Two thirds of all stake

    function test_TwoThirds_OneBelow() public {
        _assertPasses(400 ether - 1, 200 ether + 1, false);
    }

    function test_TwoThirds_Exactly() public {
        _assertPasses(400 ether, 200 ether, true);
    }

    function test_TwoThirds_OneAbove() public {
        _assertPasses(400 ether + 1, 200 ether - 1, true);
    }

    function test_TwoThirds_WhenThreeDoesNotDivideTheStake() public {
        _assertPasses(400 ether, 200 ether + 1, false);
        _assertPasses(400 ether + 1, 200 ether, true);
        _assertPasses(400 ether + 1, 200 ether + 1, false);
        _assertPasses(400 ether + 2, 200 ether, true);
    }

    function test_AbstentionsDoNotHelp() public {
        bondAs(alice, 399 ether);
        bondAs(bob, 201 ether);
        uint256 id = _toVote("abstain");
        voteAs(alice, id, FOR);
        voteAs(bob, id, ABSTAIN);
        assertState(id, ACTIVE);
        vm.warp(governance.proposalDeadline(id) + 1);
        assertState(id, DEFEATED);
    }

    function test_TwoThirdsPassOverAThirdAgainst() public {
        stakeAll();
        uint256 id = _toVote("against");
        voteAs(bob, id, AGAINST);
        voteAs(carol, id, AGAINST);
        assertState(id, ACTIVE);
        voteAs(alice, id, FOR);
        assertState(id, SUCCEEDED);
        (uint256 against, uint256 inFavour, uint256 abstained) = governance.proposalVotes(id);
        assertEq(against, 200 ether);
        assertEq(inFavour, 400 ether);
        assertEq(abstained, 0);
    }

    function test_VotingEndsWhenItPassed() public {
        stakeAll();
        uint256 id = _toVote("over");
        voteAs(alice, id, FOR);
        vm.expectRevert(unexpectedState(id, SUCCEEDED, ACTIVE));
        voteAs(bob, id, AGAINST);
    }

    function test_TheFloor_CountsAsStakeAsLongAsThereIsLess() public {
        bondAs(alice, 200 ether - 1); // all stake there is
        uint256 id = _toVote("below the floor");
        assertEq(governance.quorum(governance.proposalSnapshot(id)), 200 ether);
        assertEq(governance.superQuorum(governance.proposalSnapshot(id)), 200 ether);
        voteAs(alice, id, FOR);
        assertState(id, ACTIVE);
        bondAs(alice, 1);
        skip(1);
        id = _toVote("at the floor");
        voteAs(alice, id, FOR);
        assertState(id, SUCCEEDED);
    }

    function test_NothingPassesWithoutStake() public {
        bondAs(alice, THRESHOLD);
        skip(1);
        uint256 id = proposeAs(alice, note("no stake"));
        vm.prank(alice);
        stake.beginUnbonding(THRESHOLD);
        toVoting(id);
        voteAs(alice, id, FOR);
        vm.warp(governance.proposalDeadline(id) + 1);
        assertState(id, DEFEATED);
    }

    /// Against the definition: for · 3 ≥ all · 2, whatever the others do.
    function testFuzz_PassesWithTwoThirdsAndNotBelow(uint96[4] memory stakes, uint8[4] memory votes) public {
        uint256 all;
        uint256 inFavour;
        uint256 id;
        for (uint256 i; i < 4; i++) {
            stakes[i] = uint96(bound(stakes[i], 1, 1e27));
            votes[i] %= 4;
            all += stakes[i];
            if (votes[i] == FOR) inFavour += stakes[i];
            bondAs(_voter(i), stakes[i]);
        }
        bondAs(alice, THRESHOLD);
        skip(1);
        id = _toVote("fuzz");
        for (uint256 i; i < 4 && governance.state(id) == ACTIVE; i++) {
            if (votes[i] < 3) voteAs(_voter(i), id, votes[i]);
        }
        bool passes = inFavour * 3 >= Math.max(all + THRESHOLD, FLOOR) * 2;
        assertState(id, passes ? SUCCEEDED : ACTIVE);
        vm.warp(governance.proposalDeadline(id) + 1);
        assertState(id, passes ? SUCCEEDED : DEFEATED);
    }

    // Whose stake counts, and when

    function test_Attack_StakeAddedAfterTheSnapshotHasNoVote() public {
        stakeAll();
        uint256 id = _toVote("flash");
        bondAs(stranger, 1_000_000 ether);
        voteAs(stranger, id, FOR);
        skip(1);
        voteAs(bob, id, FOR);
        (, uint256 inFavour,) = governance.proposalVotes(id);
        assertEq(inFavour, 100 ether);
        assertState(id, ACTIVE);
    }

    function test_Attack_StakeThatLeftVotesFromASecondAccount() public {
        stakeAll();
        uint256 id = _toVote("twice");
        voteAs(bob, id, FOR);
        vm.prank(bob);
        stake.beginUnbonding(100 ether);
        vm.expectRevert(abi.encodeWithSelector(IOperatorBonds.StillUnbonding.selector, block.timestamp + UNBONDING));
        vm.prank(bob);
        stake.withdraw(); // and if it could leave at once:
        bondAs(stranger, 100 ether);
        vm.warp(governance.proposalDeadline(id));
        voteAs(stranger, id, FOR);
        (, uint256 inFavour,) = governance.proposalVotes(id);
        assertEq(inFavour, 100 ether);
    }

    function test_Attack_DelegatedStakeVotesTwice() public {
        stakeAll();
        vm.prank(bob);
        stake.delegate(carol);
        skip(1);
        uint256 id = _toVote("delegated");
        voteAs(carol, id, FOR);
        vm.prank(bob);
        stake.delegate(bob); // too late
        skip(1);
        voteAs(bob, id, FOR);
        (, uint256 inFavour,) = governance.proposalVotes(id);
        assertEq(inFavour, 200 ether);
    }

    function test_Attack_VoteTwice() public {
        stakeAll();
        uint256 id = _toVote("again");
        voteAs(bob, id, FOR);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorAlreadyCastVote.selector, bob));
        voteAs(bob, id, FOR);
        assertTrue(governance.hasVoted(id, bob));
    }

    function test_Attack_UnbondToLowerWhatTwoThirdsAre() public {
        bondAs(alice, 400 ether - 1);
        bondAs(bob, 200 ether + 1);
        uint256 id = _toVote("all stake at the snapshot");
        vm.prank(bob);
        stake.beginUnbonding(200 ether + 1);
        skip(1);
        voteAs(alice, id, FOR);
        assertState(id, ACTIVE);
    }

    function test_UnbondedStakeKeepsTheVoteItHad() public {
        stakeAll();
        uint256 id = _toVote("on the way out");
        vm.prank(alice);
        stake.beginUnbonding(400 ether);
        voteAs(alice, id, FOR);
        assertState(id, SUCCEEDED);
    }

    function test_StakeOfTheSecondOfTheSnapshotCounts() public {
        stakeAll();
        uint256 id = proposeAs(alice, note("that second"));
        vm.warp(governance.proposalSnapshot(id));
        bondAs(bob, 1 ether);
        assertState(id, IGovernor.ProposalState.Pending);
        toVoting(id);
        voteAs(alice, id, FOR);
        assertState(id, ACTIVE); // Alice has less than two thirds by now
    }

    function test_RevertWhen_TheVoteIsNoVote() public {
        stakeAll();
        uint256 id = _toVote("what");
        vm.expectRevert(IGovernor.GovernorInvalidVoteType.selector);
        voteAs(bob, id, 3);
    }

    function test_RevertWhen_VotedBeforeOrAfter() public {
        stakeAll();
        uint256 id = proposeAs(alice, note("when"));
        vm.expectRevert(unexpectedState(id, IGovernor.ProposalState.Pending, ACTIVE));
        voteAs(bob, id, FOR);
        vm.warp(governance.proposalDeadline(id) + 1);
        vm.expectRevert(unexpectedState(id, DEFEATED, ACTIVE));
        voteAs(bob, id, FOR);
    }

    function _voter(uint256 i) private returns (address) {
        return makeAddr(string.concat("voter ", vm.toString(i)));
    }

    /// @dev Proposed by Alice; voting has begun.
    function _toVote(string memory description) private returns (uint256 id) {
        skip(1);
        Motion memory m = note("vote");
        m.description = description;
        id = proposeAs(alice, m);
        toVoting(id);
    }

    /// @dev Whether so much of so much stake makes a proposal pass.
    function _assertPasses(uint256 inFavour, uint256 others, bool passes) private {
        uint256 before = vm.snapshotState();
        bondAs(alice, inFavour);
        bondAs(bob, others);
        uint256 id = _toVote("two thirds");
        voteAs(bob, id, AGAINST);
        voteAs(alice, id, FOR);
        assertState(id, passes ? SUCCEEDED : ACTIVE);
        vm.revertToState(before);
    }
}
