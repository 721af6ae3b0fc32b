// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {GovernorSettings} from "@openzeppelin/contracts/governance/extensions/GovernorSettings.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";
import {IAttestationRegistry} from "aivm/abi/IAttestationRegistry.sol";
import {IRootCAForwarder} from "aivm/contracts/attestation/IRootCAForwarder.sol";
import {IValidatorGovernance} from "aivm/contracts/governance/IValidatorGovernance.sol";
import {IValidatorStake} from "aivm/contracts/governance/IValidatorStake.sol";
import {ValidatorGovernance} from "aivm/contracts/governance/ValidatorGovernance.sol";
import {GovernanceBase, Ledger, Motion} from "./GovernanceBase.sol";

/// @dev Takes every call and answers with nothing, as 0x0AAA does to what it does not refuse.
contract SilentRegistry {
    fallback() external payable {}
}

contract ValidatorGovernanceTest is GovernanceBase {
    IGovernor.ProposalState private constant PENDING = IGovernor.ProposalState.Pending;
    IGovernor.ProposalState private constant ACTIVE = IGovernor.ProposalState.Active;
    IGovernor.ProposalState private constant CANCELED = IGovernor.ProposalState.Canceled;
    IGovernor.ProposalState private constant DEFEATED = IGovernor.ProposalState.Defeated;
    IGovernor.ProposalState private constant SUCCEEDED = IGovernor.ProposalState.Succeeded;
    IGovernor.ProposalState private constant QUEUED = IGovernor.ProposalState.Queued;
    IGovernor.ProposalState private constant EXPIRED = IGovernor.ProposalState.Expired;
    IGovernor.ProposalState private constant EXECUTED = IGovernor.ProposalState.Executed;

    function setUp() public {
        deployGovernance();
        stakeAll();
        vm.etch(REGISTRY, address(new SilentRegistry()).code);
    }

    // How it begins

    function test_Settings() public view {
        assertEq(governance.name(), "ValidatorGovernance");
        assertEq(governance.CLOCK_MODE(), "mode=timestamp");
        assertEq(governance.clock(), block.timestamp);
        assertEq(governance.COUNTING_MODE(), "support=bravo&quorum=for");
        assertEq(governance.votingDelay(), VOTING_DELAY);
        assertEq(governance.votingPeriod(), VOTING_PERIOD);
        assertEq(governance.proposalThreshold(), THRESHOLD);
        assertEq(governance.delay(), DELAY);
        assertEq(governance.gracePeriod(), GRACE);
        assertEq(governance.stakeFloor(), FLOOR);
        assertEq(governance.attestationChain(), address(facade));
        assertEq(address(governance.token()), address(stake));
    }

    function test_RevertWhen_ASettingIsOutOfBoundsAtFirst() public {
        IValidatorGovernance.Settings memory bad = settings();
        bad.votingDelay = 59;
        _refused(bad, 59, 1 minutes, 7 days);
        bad = settings();
        bad.votingPeriod = 30 days + 1;
        _refused(bad, 30 days + 1, 1 days, 30 days);
        bad = settings();
        bad.proposalThreshold = FLOOR / 10 + 1;
        _refused(bad, FLOOR / 10 + 1, 0, FLOOR / 10);
        bad = settings();
        bad.delay = 1 days - 1;
        _refused(bad, 1 days - 1, 1 days, 30 days);
        bad = settings();
        bad.gracePeriod = 0;
        _refused(bad, 0, 1 days, 30 days);
    }

    function test_RevertWhen_TheFloorIsZero() public {
        vm.expectRevert(IValidatorGovernance.ZeroStakeFloor.selector);
        new ValidatorGovernance(stake, 0, address(facade), settings());
    }

    function test_RevertWhen_VotesAreCountedByBlock() public {
        vm.mockCall(address(stake), abi.encodeCall(stake.CLOCK_MODE, ()), abi.encode("mode=blocknumber&from=default"));
        vm.expectRevert(
            abi.encodeWithSelector(IValidatorGovernance.ClockIsNotTimestamp.selector, "mode=blocknumber&from=default")
        );
        new ValidatorGovernance(IValidatorStake(address(stake)), FLOOR, address(facade), settings());
    }

    // The way of a proposal

    function test_TheWholeWay() public {
        Motion memory m = note("done");
        uint256 id = proposeAs(alice, m);
        assertState(id, PENDING);
        vm.warp(governance.proposalSnapshot(id));
        assertState(id, PENDING); // stake of this very second counts still
        toVoting(id);
        assertState(id, ACTIVE);
        voteAs(bob, id, FOR);
        assertState(id, ACTIVE);
        voteAs(alice, id, FOR);
        assertState(id, SUCCEEDED);

        uint256 eta = block.timestamp + DELAY;
        vm.expectEmit(address(governance));
        emit IGovernor.ProposalQueued(id, eta);
        queue(m);
        assertState(id, QUEUED);
        vm.warp(eta);
        vm.expectEmit(address(governance));
        emit IGovernor.ProposalExecuted(id);
        vm.prank(stranger);
        execute(m);
        assertState(id, EXECUTED);
        assertEq(ledger.counts("done"), 1);
    }

    function test_PassedAtTheEndOfVotingAndQueuedAfter() public {
        Motion memory m = note("late");
        uint256 id = proposeAs(alice, m);
        vm.warp(governance.proposalDeadline(id)); // the last second to vote
        voteAs(alice, id, FOR);
        skip(1);
        assertState(id, SUCCEEDED);
        queue(m);
        assertState(id, QUEUED);
    }

    function test_RevertWhen_ExecutedBeforeTheDelay() public {
        Motion memory m = note("early");
        uint256 id = pass(m);
        vm.expectRevert(unexpectedState(id, SUCCEEDED, QUEUED));
        execute(m);
        queue(m);
        uint256 eta = governance.proposalEta(id);
        vm.warp(eta - 1);
        vm.expectRevert(abi.encodeWithSelector(IValidatorGovernance.DelayNotOver.selector, id, eta));
        execute(m);
        vm.warp(eta);
        execute(m);
    }

    function test_ExecutedInTheLastSecond() public {
        Motion memory m = note("last");
        uint256 id = passAndWait(m);
        assertEq(governance.proposalExpiry(id), block.timestamp + GRACE);
        skip(GRACE);
        execute(m);
        assertEq(ledger.counts("last"), 1);
    }

    function test_RevertWhen_ExecutedAfterItExpired() public {
        Motion memory m = note("expired");
        uint256 id = passAndWait(m);
        skip(GRACE + 1);
        assertState(id, EXPIRED);
        vm.expectRevert(unexpectedState(id, EXPIRED, QUEUED));
        execute(m);
        vm.expectRevert(unexpectedState(id, EXPIRED, SUCCEEDED));
        queue(m);
    }

    function test_RevertWhen_QueuedAfterItExpired() public {
        Motion memory m = note("forgotten");
        uint256 id = pass(m);
        vm.warp(governance.proposalDeadline(id) + GRACE);
        assertState(id, SUCCEEDED);
        skip(1);
        assertState(id, EXPIRED);
        vm.expectRevert(unexpectedState(id, EXPIRED, SUCCEEDED));
        queue(m);
    }

    function test_QueuedInTheLastSecondItHasAllItsGrace() public {
        Motion memory m = note("just");
        uint256 id = pass(m);
        vm.warp(governance.proposalExpiry(id));
        queue(m);
        assertEq(governance.proposalExpiry(id), block.timestamp + DELAY + GRACE);
        skip(DELAY + GRACE);
        execute(m);
    }

    function test_RevertWhen_Defeated() public {
        Motion memory m = note("defeated");
        uint256 id = proposeAs(alice, m);
        toVoting(id);
        voteAs(bob, id, FOR);
        vm.warp(governance.proposalDeadline(id) + 1);
        assertState(id, DEFEATED);
        vm.expectRevert(unexpectedState(id, DEFEATED, SUCCEEDED));
        queue(m);
        vm.expectRevert(unexpectedState(id, DEFEATED, QUEUED));
        execute(m);
    }

    function test_RevertWhen_ExecutedTwice() public {
        Motion memory m = note("once");
        uint256 id = enact(m);
        vm.expectRevert(unexpectedState(id, EXECUTED, QUEUED));
        execute(m);
        vm.expectRevert(unexpectedState(id, EXECUTED, SUCCEEDED));
        queue(m);
        assertEq(ledger.counts("once"), 1);
    }

    function test_RevertWhen_ACallFailsAndNothingIsDone() public {
        Motion memory m = and(note("half"), address(ledger), abi.encodeCall(Ledger.refuse, (7)));
        uint256 id = passAndWait(m);
        vm.expectRevert(abi.encodeWithSelector(Ledger.Refused.selector, 7));
        execute(m);
        assertEq(ledger.counts("half"), 0);
        assertState(id, QUEUED);
    }

    function test_RevertWhen_ACallReachesNoCode() public {
        Motion memory m = motion(stranger, abi.encodeCall(Ledger.note, ("nothing")));
        passAndWait(m);
        vm.expectRevert(abi.encodeWithSelector(Address.AddressEmptyCode.selector, stranger));
        execute(m);
    }

    function test_RevertWhen_TheRegistryIsAbsent() public {
        Motion memory m =
            motion(REGISTRY, abi.encodeCall(IAttestationRegistry.unpause, (IAttestationRegistry.TEEVendor.SGX)));
        passAndWait(m);
        vm.etch(REGISTRY, "");
        vm.expectRevert(abi.encodeWithSelector(Address.AddressEmptyCode.selector, REGISTRY));
        execute(m);
        vm.etch(REGISTRY, hex"fe"); // the mark of an account whose precompile this client lacks
        vm.expectRevert(Errors.FailedCall.selector);
        execute(m);
    }

    function test_CoinIsSentToWhoeverHasNoCode() public {
        Motion memory m = motion(stranger, 3 ether, "", "a grant");
        passAndWait(m);
        vm.expectRevert(abi.encodeWithSelector(Errors.InsufficientBalance.selector, 0, 3 ether));
        execute(m);
        vm.deal(address(this), 3 ether);
        governance.execute{value: 3 ether}(m.targets, m.values, m.calldatas, hash(m));
        assertEq(stranger.balance, 3 ether);
    }

    function test_TheProposerCancelsBeforeVoting() public {
        Motion memory m = note("withdrawn");
        uint256 id = proposeAs(alice, m);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, id, bob));
        vm.prank(bob);
        governance.cancel(m.targets, m.values, m.calldatas, hash(m));
        vm.prank(alice);
        governance.cancel(m.targets, m.values, m.calldatas, hash(m));
        assertState(id, CANCELED);
    }

    function test_RevertWhen_CancelledOnceVotingBegan() public {
        Motion memory m = note("stays");
        uint256 id = proposeAs(alice, m);
        toVoting(id);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, id, alice));
        vm.prank(alice);
        governance.cancel(m.targets, m.values, m.calldatas, hash(m));
    }

    function test_RevertWhen_TheProposerHasTooFewVotes() public {
        bondAs(stranger, THRESHOLD - 1);
        skip(1);
        Motion memory m = note("poor");
        vm.expectRevert(
            abi.encodeWithSelector(
                IGovernor.GovernorInsufficientProposerVotes.selector, stranger, THRESHOLD - 1, THRESHOLD
            )
        );
        proposeAs(stranger, m);
        bondAs(stranger, 1);
        skip(1);
        proposeAs(stranger, m);
    }

    // Settings

    function test_ProposalsChangeSettings() public {
        Motion memory m = motion(address(governance), abi.encodeCall(governance.setVotingDelay, (7 days)));
        m = and(m, address(governance), abi.encodeCall(governance.setVotingPeriod, (30 days)));
        m = and(m, address(governance), abi.encodeCall(governance.setProposalThreshold, (FLOOR / 10)));
        m = and(m, address(governance), abi.encodeCall(governance.setDelay, (30 days)));
        m = and(m, address(governance), abi.encodeCall(governance.setGracePeriod, (1 days)));
        passAndWait(m);
        vm.expectEmit(address(governance));
        emit GovernorSettings.VotingDelaySet(VOTING_DELAY, 7 days);
        vm.expectEmit(address(governance));
        emit GovernorSettings.VotingPeriodSet(VOTING_PERIOD, 30 days);
        vm.expectEmit(address(governance));
        emit GovernorSettings.ProposalThresholdSet(THRESHOLD, FLOOR / 10);
        vm.expectEmit(address(governance));
        emit IValidatorGovernance.DelayChanged(DELAY, 30 days);
        vm.expectEmit(address(governance));
        emit IValidatorGovernance.GracePeriodChanged(GRACE, 1 days);
        execute(m);
        assertEq(governance.votingDelay(), 7 days);
        assertEq(governance.votingPeriod(), 30 days);
        assertEq(governance.proposalThreshold(), FLOOR / 10);
        assertEq(governance.delay(), 30 days);
        assertEq(governance.gracePeriod(), 1 days);
    }

    function test_RevertWhen_AProposalPutsASettingOutOfBounds() public {
        _refusedLater(abi.encodeCall(governance.setVotingDelay, (1 minutes - 1)), 1 minutes - 1, 1 minutes, 7 days);
        _refusedLater(abi.encodeCall(governance.setVotingDelay, (7 days + 1)), 7 days + 1, 1 minutes, 7 days);
        _refusedLater(abi.encodeCall(governance.setVotingPeriod, (1 days - 1)), 1 days - 1, 1 days, 30 days);
        _refusedLater(abi.encodeCall(governance.setVotingPeriod, (30 days + 1)), 30 days + 1, 1 days, 30 days);
        _refusedLater(abi.encodeCall(governance.setDelay, (0)), 0, 1 days, 30 days);
        _refusedLater(abi.encodeCall(governance.setDelay, (30 days + 1)), 30 days + 1, 1 days, 30 days);
        _refusedLater(abi.encodeCall(governance.setGracePeriod, (1 days - 1)), 1 days - 1, 1 days, 30 days);
        _refusedLater(abi.encodeCall(governance.setGracePeriod, (30 days + 1)), 30 days + 1, 1 days, 30 days);
        uint256 most = FLOOR / 10;
        _refusedLater(abi.encodeCall(governance.setProposalThreshold, (most + 1)), most + 1, 0, most);
    }

    /// A longer grace period must not bring back what expired, nor a shorter delay hurry what is queued.
    function test_Attack_SettingsChangeTheTermsOfOlderProposals() public {
        Motion memory queued = note("queued");
        uint256 id = passAndWait(queued);
        uint256 expiry = governance.proposalExpiry(id);
        Motion memory passed = note("passed");
        uint256 second = pass(passed);

        Motion memory m = motion(address(governance), abi.encodeCall(governance.setGracePeriod, (30 days)));
        enact(and(m, address(governance), abi.encodeCall(governance.setDelay, (1 days))));
        assertEq(governance.proposalExpiry(id), expiry);
        vm.warp(expiry + 1);
        assertState(id, EXPIRED);

        queue(passed);
        assertEq(governance.proposalEta(second), block.timestamp + DELAY);
        assertEq(governance.proposalExpiry(second), block.timestamp + DELAY + GRACE);
    }

    function _refused(IValidatorGovernance.Settings memory bad, uint256 value, uint256 least, uint256 most) private {
        vm.expectRevert(abi.encodeWithSelector(IValidatorGovernance.OutOfBounds.selector, value, least, most));
        new ValidatorGovernance(stake, FLOOR, address(facade), bad);
    }

    function _refusedLater(bytes memory call_, uint256 value, uint256 least, uint256 most) private {
        Motion memory m = motion(address(governance), call_);
        passAndWait(m);
        vm.expectRevert(abi.encodeWithSelector(IValidatorGovernance.OutOfBounds.selector, value, least, most));
        execute(m);
    }
}
