// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Test} from "forge-std/Test.sol";
import {ValidatorStake} from "aivm/contracts/governance/ValidatorStake.sol";

/// @dev Validators that bond, leave, come back and delegate to one another, as time goes by.
contract StakeHandler is Test {
    ValidatorStake public immutable STAKE;
    address[] public validators;

    uint256 public bonded;
    uint256 public withdrawn;
    mapping(address validator => uint256) public activeOf;

    constructor(ValidatorStake stake) {
        STAKE = stake;
        for (uint256 i; i < 4; i++) {
            validators.push(makeAddr(string.concat("validator ", vm.toString(i))));
        }
    }

    function bond(uint256 who, uint256 amount) external {
        address validator = _validator(who);
        amount = bound(amount, 1, 1_000_000 ether);
        vm.deal(validator, amount);
        vm.prank(validator);
        STAKE.bond{value: amount}();
        bonded += amount;
        activeOf[validator] += amount;
    }

    function beginUnbonding(uint256 who, uint256 amount) external {
        address validator = _validator(who);
        (uint256 active, uint256 unbonding,) = STAKE.bondOf(validator);
        if (active == 0 || unbonding > 0) return;
        amount = bound(amount, 1, active);
        vm.prank(validator);
        STAKE.beginUnbonding(amount);
        activeOf[validator] -= amount;
    }

    function withdraw(uint256 who) external {
        address validator = _validator(who);
        (, uint256 unbonding, uint256 unlocksAt) = STAKE.bondOf(validator);
        if (unbonding == 0) return;
        if (block.timestamp < unlocksAt) vm.warp(unlocksAt);
        vm.prank(validator);
        STAKE.withdraw();
        withdrawn += unbonding;
    }

    function delegate(uint256 who, uint256 to) external {
        address validator = _validator(who);
        address delegatee = _validator(to);
        vm.prank(validator);
        STAKE.delegate(delegatee);
    }

    function wait_(uint256 time) external {
        skip(bound(time, 1, 20 days));
    }

    function _validator(uint256 who) private view returns (address) {
        return validators[who % validators.length];
    }
}

contract ValidatorStakeInvariant is Test {
    ValidatorStake private stake;
    StakeHandler private handler;

    function setUp() public {
        vm.warp(1_760_000_000);
        stake = new ValidatorStake(30 days);
        handler = new StakeHandler(stake);
        targetContract(address(handler));
    }

    /// All votes = the votes of all = all active bonds = all that is bonded but what is unbonding.
    function invariant_VotesAreAllStake() public view {
        (uint256 votes, uint256 active, uint256 unbonding, uint256 expected) = (0, 0, 0, 0);
        for (uint256 i; i < 4; i++) {
            address validator = handler.validators(i);
            (uint256 itsActive, uint256 itsUnbonding,) = stake.bondOf(validator);
            votes += stake.getVotes(validator);
            active += itsActive;
            unbonding += itsUnbonding;
            expected += handler.activeOf(validator);
        }
        assertEq(votes, stake.totalStake());
        assertEq(active, stake.totalStake());
        assertEq(expected, stake.totalStake());
        assertEq(stake.totalStake() + unbonding, stake.totalBonded());
    }

    function invariant_BalanceIsWhatIsBonded() public view {
        assertEq(address(stake).balance, stake.totalBonded());
        assertEq(address(stake).balance, handler.bonded() - handler.withdrawn());
    }
}
