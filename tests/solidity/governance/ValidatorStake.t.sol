// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Test} from "forge-std/Test.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {Votes} from "@openzeppelin/contracts/governance/utils/Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {IOperatorBonds} from "aivm/contracts/bonds/IOperatorBonds.sol";
import {IValidatorStake} from "aivm/contracts/governance/IValidatorStake.sol";
import {ValidatorStake} from "aivm/contracts/governance/ValidatorStake.sol";

/// @dev A validator that calls back while it is paid.
contract ReentrantValidator {
    ValidatorStake private immutable STAKE;
    uint256 public paid;
    bytes public refusal;

    constructor(ValidatorStake stake) {
        STAKE = stake;
    }

    function bond() external payable {
        STAKE.bond{value: msg.value}();
    }

    function beginUnbonding(uint256 amount) external {
        STAKE.beginUnbonding(amount);
    }

    function withdraw() external {
        STAKE.withdraw();
    }

    receive() external payable {
        paid += msg.value;
        try STAKE.withdraw() {}
        catch (bytes memory reason) {
            refusal = reason;
        }
    }
}

contract ValidatorStakeTest is Test {
    bytes32 private constant DELEGATION_TYPEHASH =
        keccak256("Delegation(address delegatee,uint256 nonce,uint256 expiry)");

    uint256 private constant UNBONDING = 30 days;

    ValidatorStake private stake;
    address private alice;
    uint256 private aliceKey;
    address private bob = makeAddr("bob");
    address private hotKey = makeAddr("hot key");

    function setUp() public {
        vm.warp(1_760_000_000);
        (alice, aliceKey) = makeAddrAndKey("alice");
        vm.deal(alice, 1_000 ether);
        vm.deal(bob, 1_000 ether);
        stake = new ValidatorStake(UNBONDING);
    }

    function test_Clock() public view {
        assertEq(stake.clock(), block.timestamp);
        assertEq(stake.CLOCK_MODE(), "mode=timestamp");
    }

    function test_Bond_GivesVotes() public {
        vm.expectEmit(address(stake));
        emit IVotes.DelegateChanged(alice, address(0), alice);
        vm.expectEmit(address(stake));
        emit IOperatorBonds.Bonded(alice, 5 ether, 5 ether);
        vm.expectEmit(address(stake));
        emit IVotes.DelegateVotesChanged(alice, 0, 5 ether);
        vm.prank(alice);
        stake.bond{value: 5 ether}();
        assertEq(stake.getVotes(alice), 5 ether);
        assertEq(stake.delegates(alice), alice);
        assertEq(stake.totalStake(), 5 ether);
    }

    function test_Bond_MoreGoesToTheDelegate() public {
        _bond(alice, 5 ether);
        vm.prank(alice);
        stake.delegate(hotKey);
        _bond(alice, 3 ether);
        assertEq(stake.getVotes(alice), 0);
        assertEq(stake.getVotes(hotKey), 8 ether);
        assertEq(stake.delegates(alice), hotKey);
        assertEq(stake.totalStake(), 8 ether);
    }

    function test_Bond_KeepsADelegateNamedBefore() public {
        vm.prank(alice);
        stake.delegate(hotKey);
        _bond(alice, 5 ether);
        assertEq(stake.getVotes(hotKey), 5 ether);
        assertEq(stake.getVotes(alice), 0);
    }

    function test_RevertWhen_NothingIsBonded() public {
        vm.expectRevert(IOperatorBonds.ZeroAmount.selector);
        vm.prank(alice);
        stake.bond();
        assertEq(stake.delegates(alice), address(0));
    }

    function test_BeginUnbonding_TakesVotesAtOnce() public {
        _bond(alice, 5 ether);
        vm.prank(alice);
        stake.beginUnbonding(2 ether);
        assertEq(stake.getVotes(alice), 3 ether);
        assertEq(stake.totalStake(), 3 ether);
        assertEq(stake.totalBonded(), 5 ether);
    }

    function test_BeginUnbonding_TakesTheDelegatesVotes() public {
        _bond(alice, 5 ether);
        _bond(bob, 1 ether);
        vm.prank(alice);
        stake.delegate(bob);
        vm.prank(alice);
        stake.beginUnbonding(5 ether);
        assertEq(stake.getVotes(bob), 1 ether);
        assertEq(stake.totalStake(), 1 ether);
    }

    function test_RevertWhen_MoreUnbondsThanThereIs() public {
        _bond(alice, 5 ether);
        vm.expectRevert(abi.encodeWithSelector(IOperatorBonds.InsufficientBond.selector, 5 ether, 5 ether + 1));
        vm.prank(alice);
        stake.beginUnbonding(5 ether + 1);
    }

    function test_Attack_SecondTrancheWhileOneIsUnbonding() public {
        _bond(alice, 5 ether);
        vm.prank(alice);
        stake.beginUnbonding(1 ether);
        uint256 unlocksAt = block.timestamp + UNBONDING;
        skip(1 days);
        vm.expectRevert(abi.encodeWithSelector(IOperatorBonds.UnbondingPending.selector, unlocksAt));
        vm.prank(alice);
        stake.beginUnbonding(1 ether);
        _bond(alice, 9 ether); // more stake moves no unlock
        (,, uint256 still) = stake.bondOf(alice);
        assertEq(still, unlocksAt);
    }

    function test_Withdraw_AtTheUnlockAndNotBefore() public {
        _bond(alice, 5 ether);
        vm.prank(alice);
        stake.beginUnbonding(5 ether);
        uint256 unlocksAt = block.timestamp + UNBONDING;
        vm.warp(unlocksAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IOperatorBonds.StillUnbonding.selector, unlocksAt));
        vm.prank(alice);
        stake.withdraw();
        vm.warp(unlocksAt);
        vm.prank(alice);
        stake.withdraw();
        assertEq(alice.balance, 1_000 ether);
        assertEq(address(stake).balance, 0);
    }

    function test_Attack_WithdrawTwiceByReentrancy() public {
        ReentrantValidator validator = new ReentrantValidator(stake);
        _bond(alice, 7 ether);
        validator.bond{value: 5 ether}();
        validator.beginUnbonding(5 ether);
        skip(UNBONDING);
        validator.withdraw();
        assertEq(validator.paid(), 5 ether);
        assertEq(validator.refusal(), abi.encodeWithSelector(IOperatorBonds.NothingUnbonding.selector));
        assertEq(address(stake).balance, 7 ether);
    }

    function test_RevertWhen_DelegatedToNobody() public {
        _bond(alice, 5 ether);
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.ZeroDelegate.selector, alice));
        vm.prank(alice);
        stake.delegate(address(0));
    }

    function test_DelegateBySignature() public {
        _bond(alice, 5 ether);
        (uint8 v, bytes32 r, bytes32 s) = _signDelegation(hotKey, 0);
        vm.prank(bob);
        stake.delegateBySig(hotKey, 0, block.timestamp, v, r, s);
        assertEq(stake.getVotes(hotKey), 5 ether);

        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, alice, 1));
        stake.delegateBySig(hotKey, 0, block.timestamp, v, r, s);
    }

    function test_RevertWhen_DelegatedToNobodyBySignature() public {
        (uint8 v, bytes32 r, bytes32 s) = _signDelegation(address(0), 0);
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.ZeroDelegate.selector, alice));
        stake.delegateBySig(address(0), 0, block.timestamp, v, r, s);
    }

    function test_RevertWhen_TheSignatureExpired() public {
        (uint8 v, bytes32 r, bytes32 s) = _signDelegation(hotKey, 0);
        uint256 expiry = block.timestamp;
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(IVotes.VotesExpiredSignature.selector, expiry));
        stake.delegateBySig(hotKey, 0, expiry, v, r, s);
    }

    function test_Attack_DelegationReplayedOnAnotherChain() public {
        _bond(alice, 5 ether);
        (uint8 v, bytes32 r, bytes32 s) = _signDelegation(hotKey, 0);
        uint256 expiry = block.timestamp;
        vm.chainId(block.chainid + 1); // a fork: the same contract, the same state
        (bool ok,) = address(stake).call(abi.encodeCall(stake.delegateBySig, (hotKey, 0, expiry, v, r, s)));
        // The signature is of some other account there, which has no stake.
        assertTrue(!ok || stake.getVotes(hotKey) == 0);
        assertEq(stake.delegates(alice), alice);
    }

    function test_Votes_AreThoseOfThePast() public {
        _bond(alice, 5 ether);
        uint256 then = block.timestamp;
        skip(10);
        _bond(alice, 5 ether);
        vm.prank(alice);
        stake.beginUnbonding(9 ether);
        skip(1);
        assertEq(stake.getPastVotes(alice, then - 1), 0);
        assertEq(stake.getPastVotes(alice, then), 5 ether);
        assertEq(stake.getPastVotes(alice, then + 9), 5 ether);
        assertEq(stake.getPastVotes(alice, then + 10), 1 ether); // the last word of that second
        assertEq(stake.getPastTotalSupply(then + 10), 1 ether);
    }

    function test_RevertWhen_VotesOfNowAreLookedUpAsPast() public {
        uint48 now_ = stake.clock();
        vm.expectRevert(abi.encodeWithSelector(Votes.ERC5805FutureLookup.selector, now_, now_));
        stake.getPastVotes(alice, now_);
    }

    function testFuzz_VotesFollowActiveStake(uint96 first, uint96 second, uint256 out, bool delegates) public {
        first = uint96(bound(first, 1, type(uint96).max / 2));
        second = uint96(bound(second, 1, type(uint96).max / 2));
        vm.deal(alice, uint256(first) + second);
        _bond(alice, first);
        if (delegates) {
            vm.prank(alice);
            stake.delegate(hotKey);
        }
        _bond(alice, second);
        out = bound(out, 1, uint256(first) + second);
        vm.prank(alice);
        stake.beginUnbonding(out);
        uint256 left = uint256(first) + second - out;
        assertEq(stake.getVotes(delegates ? hotKey : alice), left);
        assertEq(stake.getVotes(delegates ? alice : hotKey), 0);
        assertEq(stake.totalStake(), left);
        skip(UNBONDING);
        vm.prank(alice);
        stake.withdraw();
        assertEq(alice.balance, out);
        assertEq(stake.totalStake(), left);
    }

    function _bond(address validator, uint256 amount) private {
        vm.prank(validator);
        stake.bond{value: amount}();
    }

    /// @dev By Alice, for as long as this second.
    function _signDelegation(address delegatee, uint256 nonce) private view returns (uint8 v, bytes32 r, bytes32 s) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("ValidatorStake"),
                keccak256("1"),
                block.chainid,
                address(stake)
            )
        );
        bytes32 message = keccak256(abi.encode(DELEGATION_TYPEHASH, delegatee, nonce, block.timestamp));
        return vm.sign(aliceKey, keccak256(abi.encodePacked(hex"1901", domain, message)));
    }
}
