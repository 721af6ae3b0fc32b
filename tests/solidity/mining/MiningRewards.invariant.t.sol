// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {AiMiningLib} from "aivm/contracts/AiMiningLib.sol";
import {AICoin} from "aivm/contracts/mining/AICoin.sol";
import {IMiningRewards} from "aivm/contracts/mining/IMiningRewards.sol";
import {MiningRewards} from "aivm/contracts/mining/MiningRewards.sol";
import {MiningBase} from "./MiningBase.sol";

/// @dev Who signs, submits, submits again, and lets time pass. It counts what was paid by the answers of calls alone.
contract MiningHandler is MiningBase {
    bytes32[3] public devices;
    bytes32[] public paidIds;
    mapping(bytes32 workId => uint256) public timesPaid;
    mapping(bytes32 deviceId => uint256) public minutesPaid;
    mapping(bytes32 deviceId => uint256) public firstPaid;
    uint256 public rewardsPaid;
    uint256 public burned;

    Signed[] private _signed;
    IMiningRewards.SignedVoucher[] private _vouchers;

    function setUp() public override {}

    function begin(AICoin coin_, MiningRewards rewards_, bytes32[3] calldata devices_, string calldata name) external {
        (coin, rewards, devices) = (coin_, rewards_, devices_);
        (issuer, issuerKey) = makeAddrAndKey(name);
    }

    function paidCount() external view returns (uint256) {
        return paidIds.length;
    }

    /// @dev Devices 0 and 1 are attested, 1 with a GPU; 2 is not.
    function claim(uint256 which, uint256 level, uint256 computeMinutes, uint256 age) external {
        bytes32 deviceId = devices[which % 3];
        level = bound(level, 1, 4);
        // Mostly as much as may be, at times more.
        uint32 counted = uint32(bound(computeMinutes, 0, rewards.availableMinutes(deviceId) + 3));
        AiMiningLib.WorkProof memory work = workOf(deviceId, SafeCast.toUint16(level), counted);
        work.timestamp = uint64(block.timestamp + 90 - bound(age, 0, 3_720));
        Signed memory signed = signedBy(MINER, work);
        _signed.push(signed);
        _vouchers.push(vouch(signed, operator));
        _try(_signed.length - 1, address(this));
    }

    function submitAgain(uint256 which, address caller) external {
        if (_signed.length != 0) _try(which % _signed.length, caller);
    }

    /// @dev The same voucher for the same nonce, at another time.
    function signAgain(uint256 which) external {
        if (_signed.length == 0) return;
        which %= _signed.length;
        AiMiningLib.WorkProof memory work = this.decode(_signed[which].workProof);
        work.timestamp = uint64(block.timestamp);
        _signed.push(signedBy(MINER, work));
        _vouchers.push(_vouchers[which]);
        _try(_signed.length - 1, address(this));
    }

    function passTime(uint256 duration) external {
        vm.warp(block.timestamp + bound(duration, 1, 2 hours));
    }

    function burn(uint256 amount) external {
        amount = bound(amount, 0, coin.balanceOf(operator));
        vm.prank(operator);
        coin.burn(amount);
        burned += amount;
    }

    function decode(bytes calldata workProof) external pure returns (AiMiningLib.WorkProof memory) {
        return AiMiningLib.decode(workProof);
    }

    function _try(uint256 index, address caller) private {
        Signed memory signed = _signed[index];
        AiMiningLib.WorkProof memory work = this.decode(signed.workProof);
        bytes memory data = work.privacyLevel < 3
            ? abi.encodeCall(
                rewards.claimVouched,
                (signed.workProof, signed.parameterSet, signed.publicKey, signed.signature, _vouchers[index])
            )
            : abi.encodeCall(rewards.claim, (signed.workProof, signed.parameterSet, signed.publicKey, signed.signature));
        vm.prank(caller);
        (bool ok, bytes memory answer) = address(rewards).call(data);
        if (!ok) return;
        uint256 reward = abi.decode(answer, (uint256));
        rewardsPaid += reward;
        bytes32 workId = idOf(signed);
        paidIds.push(workId);
        timesPaid[workId]++;
        if (firstPaid[work.deviceId] == 0) firstPaid[work.deviceId] = block.timestamp;
        minutesPaid[work.deviceId] += work.computeMinutes;
    }
}

contract MiningRewardsInvariants is MiningBase {
    MiningHandler private _handler;
    bytes32[3] private _devices;

    function setUp() public override {
        super.setUp();
        registry.setValidity(365 days);
        _devices = [device, attestHybrid(2, 7), unattested];
        _handler = new MiningHandler();
        _handler.begin(coin, rewards, _devices, "issuer");
        bytes4[] memory selectors = new bytes4[](6);
        (selectors[0], selectors[1]) = (_handler.claim.selector, _handler.submitAgain.selector);
        (selectors[2], selectors[3]) = (_handler.signAgain.selector, _handler.passTime.selector);
        (selectors[4], selectors[5]) = (_handler.burn.selector, _handler.claim.selector);
        targetSelector(FuzzSelector({addr: address(_handler), selectors: selectors}));
        targetContract(address(_handler));
    }

    /// @dev Every coin there is was paid for work, and none is missing.
    /// forge-config: default.invariant.runs = 8
    /// forge-config: default.invariant.depth = 16
    function invariant_SupplyIsWhatWasPaid() public view {
        assertEq(coin.totalSupply() + _handler.burned(), _handler.rewardsPaid());
    }

    /// forge-config: default.invariant.runs = 8
    /// forge-config: default.invariant.depth = 16
    function invariant_WorkIsPaidOnceAndThenSpent() public view {
        for (uint256 i; i < _handler.paidCount(); i++) {
            bytes32 workId = _handler.paidIds(i);
            assertEq(_handler.timesPaid(workId), 1);
            assertTrue(AiMiningLib.isSpent(workId));
        }
    }

    /// @dev Over any time, a device is paid for no more minutes than passed, and an hour.
    /// forge-config: default.invariant.runs = 8
    /// forge-config: default.invariant.depth = 16
    function invariant_NoDeviceWorksFasterThanTime() public view {
        for (uint256 i; i < 3; i++) {
            uint256 first = _handler.firstPaid(_devices[i]);
            if (first == 0) continue;
            uint256 last = rewards.lastClaim(_devices[i]);
            assertLe(_handler.minutesPaid(_devices[i]), (last - first) / 60 + 60);
        }
    }

    /// @dev A run in which nothing is paid would prove nothing: this one is.
    function test_HandlerGetsPaid() public {
        for (uint256 i; i < 3; i++) {
            _handler.claim(i, i == 2 ? 1 : 3 + i, 30, 90);
            _handler.submitAgain(i, attacker);
        }
        assertEq(_handler.paidCount(), 3);
        _handler.passTime(1 hours);
        _handler.signAgain(2); // a voucher that is used up
        assertEq(_handler.paidCount(), 3);
        _handler.signAgain(0); // the device itself may sign again
        assertEq(_handler.paidCount(), 4);
        _handler.burn(1e18);
        assertEq(_handler.burned(), 1e18);
        invariant_SupplyIsWhatWasPaid();
        invariant_WorkIsPaidOnceAndThenSpent();
        invariant_NoDeviceWorksFasterThanTime();
    }
}
