// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Test} from "forge-std/Test.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {AttestationRegistry} from "aivm/contracts/attestation/AttestationRegistry.sol";
import {IValidatorGovernance} from "aivm/contracts/governance/IValidatorGovernance.sol";
import {ValidatorGovernance} from "aivm/contracts/governance/ValidatorGovernance.sol";
import {ValidatorStake} from "aivm/contracts/governance/ValidatorStake.sol";

/// @dev What a proposal is to do. It is a motion until it is proposed.
struct Motion {
    address[] targets;
    uint256[] values;
    bytes[] calldatas;
    string description;
}

/// @dev Takes any call, and remembers how often.
contract Ledger {
    mapping(bytes32 what => uint256) public counts;

    error Refused(uint256 why);

    function note(bytes32 what) external payable {
        counts[what]++;
    }

    function refuse(uint256 why) external pure {
        revert Refused(why);
    }

    receive() external payable {}
}

/// @dev Stake, governance, and what a proposal goes through.
abstract contract GovernanceBase is Test {
    uint8 internal constant AGAINST = 0;
    uint8 internal constant FOR = 1;
    uint8 internal constant ABSTAIN = 2;

    uint48 internal constant VOTING_DELAY = 1 hours;
    uint32 internal constant VOTING_PERIOD = 3 days;
    uint32 internal constant DELAY = 2 days;
    uint32 internal constant GRACE = 7 days;
    uint128 internal constant FLOOR = 300 ether;
    uint256 internal constant THRESHOLD = 10 ether;
    uint256 internal constant UNBONDING = 30 days;

    address internal constant REGISTRY = address(0x0AAA);

    ValidatorStake internal stake;
    AttestationRegistry internal facade;
    ValidatorGovernance internal governance;
    Ledger internal ledger;

    address internal alice = makeAddr("alice");
    address internal bob = makeAddr("bob");
    address internal carol = makeAddr("carol");
    address internal stranger = makeAddr("stranger");

    function deployGovernance() internal {
        vm.warp(1_760_000_000);
        stake = new ValidatorStake(UNBONDING);
        facade = new AttestationRegistry();
        governance = new ValidatorGovernance(stake, FLOOR, address(facade), settings());
        ledger = new Ledger();
    }

    function settings() internal pure returns (IValidatorGovernance.Settings memory) {
        return IValidatorGovernance.Settings({
            votingDelay: VOTING_DELAY,
            votingPeriod: VOTING_PERIOD,
            proposalThreshold: THRESHOLD,
            delay: DELAY,
            gracePeriod: GRACE
        });
    }

    /// @dev Alice has two thirds of all stake, exactly; Bob and Carol share the rest.
    function stakeAll() internal {
        bondAs(alice, 400 ether);
        bondAs(bob, 100 ether);
        bondAs(carol, 100 ether);
        skip(1);
    }

    function bondAs(address validator, uint256 amount) internal {
        vm.deal(validator, validator.balance + amount);
        vm.prank(validator);
        stake.bond{value: amount}();
    }

    function motion(address target, bytes memory call_) internal pure returns (Motion memory) {
        return motion(target, 0, call_, "a motion");
    }

    function motion(address target, uint256 value, bytes memory call_, string memory description)
        internal
        pure
        returns (Motion memory m)
    {
        (m.targets, m.values, m.calldatas) = (new address[](1), new uint256[](1), new bytes[](1));
        (m.targets[0], m.values[0], m.calldatas[0]) = (target, value, call_);
        m.description = description;
    }

    /// @dev One more call at the end of a motion.
    function and(Motion memory m, address target, bytes memory call_) internal pure returns (Motion memory longer) {
        uint256 count = m.targets.length;
        longer.targets = new address[](count + 1);
        longer.values = new uint256[](count + 1);
        longer.calldatas = new bytes[](count + 1);
        for (uint256 i; i < count; i++) {
            (longer.targets[i], longer.values[i], longer.calldatas[i]) = (m.targets[i], m.values[i], m.calldatas[i]);
        }
        (longer.targets[count], longer.calldatas[count]) = (target, call_);
        longer.description = m.description;
    }

    function note(bytes32 what) internal view returns (Motion memory) {
        return motion(address(ledger), abi.encodeCall(Ledger.note, (what)));
    }

    function hash(Motion memory m) internal pure returns (bytes32) {
        return keccak256(bytes(m.description));
    }

    function proposeAs(address proposer, Motion memory m) internal returns (uint256) {
        vm.prank(proposer);
        return governance.propose(m.targets, m.values, m.calldatas, m.description);
    }

    function toVoting(uint256 id) internal {
        vm.warp(governance.proposalSnapshot(id) + 1);
    }

    function voteAs(address voter, uint256 id, uint8 support) internal {
        vm.prank(voter);
        governance.castVote(id, support);
    }

    function queue(Motion memory m) internal {
        governance.queue(m.targets, m.values, m.calldatas, hash(m));
    }

    function execute(Motion memory m) internal {
        governance.execute(m.targets, m.values, m.calldatas, hash(m));
    }

    /// @dev Proposed and approved by Alice, who has two thirds.
    function pass(Motion memory m) internal returns (uint256 id) {
        id = proposeAs(alice, m);
        toVoting(id);
        voteAs(alice, id, FOR);
    }

    /// @dev The same, and queued, and due.
    function passAndWait(Motion memory m) internal returns (uint256 id) {
        id = pass(m);
        queue(m);
        vm.warp(governance.proposalEta(id));
    }

    /// @dev The whole way.
    function enact(Motion memory m) internal returns (uint256 id) {
        id = passAndWait(m);
        execute(m);
    }

    function assertState(uint256 id, IGovernor.ProposalState expected) internal view {
        assertEq(uint8(governance.state(id)), uint8(expected), "state");
    }

    /// @dev What OpenZeppelin's Governor reverts with in the wrong state.
    function unexpectedState(uint256 id, IGovernor.ProposalState have, IGovernor.ProposalState want)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(
            IGovernor.GovernorUnexpectedProposalState.selector, id, have, bytes32(2 ** uint8(want))
        );
    }
}
