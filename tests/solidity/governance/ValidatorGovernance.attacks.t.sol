// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {IAttestationRegistry} from "aivm/abi/IAttestationRegistry.sol";
import {IPrecompile} from "aivm/abi/IPrecompile.sol";
import {IAttestationChain} from "aivm/contracts/attestation/IAttestationChain.sol";
import {IValidatorGovernance} from "aivm/contracts/governance/IValidatorGovernance.sol";
import {ValidatorGovernance} from "aivm/contracts/governance/ValidatorGovernance.sol";
import {ValidatorStake} from "aivm/contracts/governance/ValidatorStake.sol";
import {GovernanceBase, Ledger, Motion} from "./GovernanceBase.sol";

/// @dev Calls governance back while a proposal calls it.
contract Reentrant {
    address private immutable GOVERNANCE;
    bytes private _call;
    uint256 public calls;
    bool public ok;
    bytes public answer;

    constructor(address governance) {
        GOVERNANCE = governance;
    }

    function prepare(bytes calldata call_) external {
        _call = call_;
    }

    function run() external {
        calls++;
        if (calls < 3) (ok, answer) = GOVERNANCE.call(_call);
    }
}

/// @dev Executes without asking whether anything was queued.
contract GovernorOfOld is ValidatorGovernance {
    constructor(ValidatorStake stake, uint128 floor, IValidatorGovernance.Settings memory settings_)
        ValidatorGovernance(stake, floor, address(0), settings_)
    {}

    function executeUnqueued(uint256 id, address[] memory targets, uint256[] memory values, bytes[] memory calls)
        external
    {
        _executeOperations(id, targets, values, calls, 0);
    }
}

contract ValidatorGovernanceAttacksTest is GovernanceBase {
    IGovernor.ProposalState private constant SUCCEEDED = IGovernor.ProposalState.Succeeded;
    IGovernor.ProposalState private constant QUEUED = IGovernor.ProposalState.Queued;
    IGovernor.ProposalState private constant EXPIRED = IGovernor.ProposalState.Expired;
    IGovernor.ProposalState private constant EXECUTED = IGovernor.ProposalState.Executed;

    address private vendorSwitch;

    function setUp() public {
        deployGovernance();
        stakeAll();
        vendorSwitch = address(new Ledger());
        vm.etch(REGISTRY, vendorSwitch.code); // takes coin, and reverts for functions it does not know
        vm.mockCall(REGISTRY, abi.encodeWithSelector(IAttestationRegistry.pause.selector), "");
        vm.mockCall(REGISTRY, abi.encodeWithSelector(IAttestationRegistry.unpause.selector), "");
        vm.mockCall(REGISTRY, abi.encodeWithSelector(IAttestationRegistry.setGuardian.selector), "");
    }

    // Who may do what

    function test_RevertWhen_NotByAProposal() public {
        bytes[6] memory calls = [
            abi.encodeCall(governance.setVotingDelay, (1 hours)),
            abi.encodeCall(governance.setVotingPeriod, (1 days)),
            abi.encodeCall(governance.setProposalThreshold, (0)),
            abi.encodeCall(governance.setDelay, (1 days)),
            abi.encodeCall(governance.setGracePeriod, (1 days)),
            abi.encodeCall(governance.relay, (REGISTRY, 0, abi.encodeCall(IAttestationRegistry.unpause, (_sgx()))))
        ];
        address[6] memory callers = [stranger, alice, address(facade), address(stake), REGISTRY, address(this)];
        for (uint256 i; i < calls.length; i++) {
            for (uint256 j; j < callers.length; j++) {
                vm.prank(callers[j]);
                (bool ok, bytes memory answer) = address(governance).call(calls[i]);
                assertFalse(ok);
                assertEq(answer, abi.encodeWithSelector(IGovernor.GovernorOnlyExecutor.selector, callers[j]));
            }
        }
    }

    function test_RevertWhen_RootsAreForwardedForAnyoneButTheFacade() public {
        address[5] memory callers = [stranger, alice, address(governance), address(stake), REGISTRY];
        for (uint256 i; i < callers.length; i++) {
            vm.expectRevert(abi.encodeWithSelector(IPrecompile.Unauthorized.selector, callers[i]));
            vm.prank(callers[i]);
            governance.forwardRootCA(IAttestationChain.TEEVendor.SGX, hex"30");
        }
    }

    function test_RevertWhen_ThereIsNoFacade() public {
        ValidatorGovernance alone = new ValidatorGovernance(stake, FLOOR, address(0), settings());
        vm.expectRevert(abi.encodeWithSelector(IPrecompile.Unauthorized.selector, address(facade)));
        vm.prank(address(facade));
        alone.forwardRootCA(IAttestationChain.TEEVendor.SGX, hex"30");
    }

    // Pausing needs no delay, and nothing else does without

    function test_PausesAreExecutedAtOnce() public {
        Motion memory m = motion(REGISTRY, _pause(IAttestationRegistry.TEEVendor.SGX));
        m = and(m, REGISTRY, _pause(IAttestationRegistry.TEEVendor.None));
        uint256 id = pass(m);
        assertFalse(governance.proposalNeedsQueuing(id));
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorProposalQueueingNotRequired.selector, id));
        queue(m);
        vm.expectCall(REGISTRY, m.calldatas[0]);
        vm.expectCall(REGISTRY, m.calldatas[1]);
        execute(m);
        assertState(id, EXECUTED);
        vm.expectRevert(unexpectedState(id, EXECUTED, SUCCEEDED));
        execute(m);
    }

    function test_RevertWhen_APauseWasNotApproved() public {
        Motion memory m = motion(REGISTRY, _pause(IAttestationRegistry.TEEVendor.SGX));
        uint256 id = proposeAs(alice, m);
        toVoting(id);
        voteAs(bob, id, FOR);
        vm.expectRevert(unexpectedState(id, IGovernor.ProposalState.Active, SUCCEEDED));
        execute(m);
    }

    function test_RevertWhen_APauseExpired() public {
        Motion memory m = motion(REGISTRY, _pause(IAttestationRegistry.TEEVendor.SGX));
        uint256 id = pass(m);
        vm.warp(governance.proposalDeadline(id) + GRACE);
        assertState(id, SUCCEEDED);
        skip(1);
        vm.expectRevert(unexpectedState(id, EXPIRED, SUCCEEDED));
        execute(m);
    }

    function test_Attack_SomethingElseBesideAPause() public {
        Motion memory m = motion(REGISTRY, _pause(IAttestationRegistry.TEEVendor.SGX));
        _assertNeedsDelay(and(m, address(ledger), abi.encodeCall(Ledger.note, ("beside"))));
        _assertNeedsDelay(and(note("before"), REGISTRY, _pause(IAttestationRegistry.TEEVendor.SGX)));
    }

    function test_Attack_SomethingElseThatLooksLikeAPause() public {
        bytes memory pause = _pause(IAttestationRegistry.TEEVendor.SGX);
        _assertNeedsDelay(motion(address(ledger), pause)); // of another contract
        _assertNeedsDelay(motion(REGISTRY, 1, pause, "with coin"));
        _assertNeedsDelay(motion(REGISTRY, bytes.concat(pause, hex"00")));
        _assertNeedsDelay(motion(REGISTRY, abi.encodePacked(IAttestationRegistry.pause.selector)));
        _assertNeedsDelay(motion(REGISTRY, ""));
        _assertNeedsDelay(motion(REGISTRY, abi.encodeCall(IAttestationRegistry.unpause, (_sgx()))));
        _assertNeedsDelay(motion(REGISTRY, abi.encodeCall(IAttestationRegistry.setGuardian, (alice))));
        _assertNeedsDelay(motion(address(governance), abi.encodeCall(governance.relay, (REGISTRY, 0, pause))));
    }

    function testFuzz_OnlyAPauseNeedsNoDelay(bytes4 selector, uint256 word) public {
        Motion memory m = motion(REGISTRY, abi.encodePacked(selector, word));
        bool isPause = selector == IAttestationRegistry.pause.selector;
        assertEq(governance.proposalNeedsQueuing(proposeAs(alice, m)), !isPause);
    }

    // Proposing

    function test_Attack_ProposingAnothersProposalFirst() public {
        Motion memory m = note("mine");
        m.description = string.concat("mine #proposer=", Strings.toHexString(alice));
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorRestrictedProposer.selector, bob));
        proposeAs(bob, m);
        proposeAs(alice, m);
    }

    function test_RevertWhen_ProposedTwice() public {
        Motion memory m = note("same");
        uint256 id = enact(m);
        vm.expectRevert(
            abi.encodeWithSelector(IGovernor.GovernorUnexpectedProposalState.selector, id, EXECUTED, bytes32(0))
        );
        proposeAs(alice, m);
    }

    function test_RevertWhen_AProposalIsEmptyOrUneven() public {
        Motion memory m;
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidProposalLength.selector, 0, 0, 0));
        proposeAs(alice, m);
        m = note("uneven");
        m.values = new uint256[](2);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidProposalLength.selector, 1, 1, 2));
        proposeAs(alice, m);
    }

    function test_RevertWhen_NeverProposed() public {
        Motion memory m = note("never");
        uint256 id = governance.getProposalId(m.targets, m.values, m.calldatas, hash(m));
        bytes memory unknown = abi.encodeWithSelector(IGovernor.GovernorNonexistentProposal.selector, id);
        vm.expectRevert(unknown);
        governance.state(id);
        vm.expectRevert(unknown);
        queue(m);
        vm.expectRevert(unknown);
        execute(m);
    }

    function test_Attack_ApprovedCallsAreSwapped() public {
        Motion memory m = note("approved");
        passAndWait(m);
        m.calldatas[0] = abi.encodeCall(Ledger.note, ("swapped"));
        uint256 other = governance.getProposalId(m.targets, m.values, m.calldatas, hash(m));
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorNonexistentProposal.selector, other));
        execute(m);
    }

    // Executing

    function test_Attack_ExecutedAgainWhileItIsExecuted() public {
        Reentrant target = new Reentrant(address(governance));
        Motion memory m = motion(address(target), abi.encodeCall(target.run, ()));
        target.prepare(abi.encodeCall(governance.execute, (m.targets, m.values, m.calldatas, hash(m))));
        uint256 id = enact(m);
        assertEq(target.calls(), 1);
        assertFalse(target.ok());
        assertEq(target.answer(), unexpectedState(id, EXECUTED, QUEUED));
    }

    function test_AnotherProposalIsExecutedWithin() public {
        Motion memory inner = note("inner");
        inner.description = "the inner one";
        passAndWait(inner);
        Reentrant target = new Reentrant(address(governance));
        target.prepare(abi.encodeCall(governance.execute, (inner.targets, inner.values, inner.calldatas, hash(inner))));
        enact(motion(address(target), abi.encodeCall(target.run, ())));
        assertTrue(target.ok());
        assertEq(ledger.counts("inner"), 1);
    }

    function test_Attack_ASettingIsChangedFromWithinAProposal() public {
        Reentrant target = new Reentrant(address(governance));
        target.prepare(abi.encodeCall(governance.setDelay, (1 days)));
        enact(motion(address(target), abi.encodeCall(target.run, ())));
        assertFalse(target.ok());
        assertEq(target.answer(), abi.encodeWithSelector(IGovernor.GovernorOnlyExecutor.selector, address(target)));
        assertEq(governance.delay(), DELAY);
    }

    // Leaving

    function test_StakeLeavesWhateverIsVotedOrPaused() public {
        Motion memory m = motion(REGISTRY, _pause(IAttestationRegistry.TEEVendor.None));
        pass(m);
        execute(m);
        uint256 id = pass(note("while Alice leaves"));
        vm.prank(alice);
        stake.beginUnbonding(400 ether);
        skip(UNBONDING);
        vm.prank(alice);
        stake.withdraw();
        assertEq(alice.balance, 400 ether);
        assertState(id, EXPIRED);
    }

    function _assertNeedsDelay(Motion memory m) private {
        m.description = string.concat("needs a delay: ", vm.toString(block.timestamp));
        uint256 id = pass(m);
        assertTrue(governance.proposalNeedsQueuing(id));
        vm.expectRevert(unexpectedState(id, SUCCEEDED, QUEUED));
        execute(m);
        queue(m);
        uint256 eta = governance.proposalEta(id);
        assertEq(eta, block.timestamp + DELAY);
        vm.warp(eta - 1);
        vm.expectRevert(abi.encodeWithSelector(IValidatorGovernance.DelayNotOver.selector, id, eta));
        execute(m);
    }

    /// @dev Older versions of OpenZeppelin's `Governor` execute what passed and was never queued: it is asked here again.
    function test_Attack_ExecutedWithoutQueueingByAnotherGovernor() public {
        GovernorOfOld old = new GovernorOfOld(stake, FLOOR, settings());
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) =
            (new address[](1), new uint256[](1), new bytes[](1));
        (targets[0], calls[0]) = (address(ledger), abi.encodeCall(Ledger.note, ("never queued")));
        vm.prank(alice);
        uint256 id = old.propose(targets, values, calls, "never queued");
        vm.expectRevert(abi.encodeWithSelector(IValidatorGovernance.DelayNotOver.selector, id, 0));
        old.executeUnqueued(id, targets, values, calls);
        assertEq(ledger.counts("never queued"), 0);
    }

    function _pause(IAttestationRegistry.TEEVendor vendor) private pure returns (bytes memory) {
        return abi.encodeCall(IAttestationRegistry.pause, (vendor));
    }

    function _sgx() private pure returns (IAttestationRegistry.TEEVendor) {
        return IAttestationRegistry.TEEVendor.SGX;
    }
}
