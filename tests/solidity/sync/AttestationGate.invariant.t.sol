// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationLightClient as I} from "aivm/abi/IAttestationLightClient.sol";
import {AttestationGate} from "aivm/contracts/sync/AttestationGate.sol";
import {AttestationLightClient} from "aivm/contracts/sync/AttestationLightClient.sol";
import {LightClientBase} from "./LightClientBase.sol";

/// @dev Four devices whose statuses change at home, roots that follow now and then, and operators that post what they may
/// and what they may not. It knows what the newest root says, and judges by that alone.
contract AttestationGateHandler is LightClientBase {
    uint256 private constant DEVICES = 4;
    uint256 private constant TASKS = 3;
    uint8 private constant MIN_SCORE = 50;
    uint256 private constant MAX_AGE = 1 hours;

    AttestationGate public immutable GATE;

    uint256 public posted;
    uint256 public refused;
    string public broken;
    mapping(bytes32 task => mapping(bytes32 device => bytes32 result)) public results;

    Team private team = _team("team", 3, 1);
    uint256 private height = START;
    I.DeviceStatus[DEVICES] private atHome;
    I.DeviceStatus[DEVICES] private relayed;
    uint256 private serial;

    constructor() {
        vm.warp(1_760_100_000);
        client = new AttestationLightClient(boss);
        _set(team, START);
        GATE = new AttestationGate(client, MIN_SCORE, MAX_AGE);
        for (uint256 i; i < DEVICES; i++) {
            attest(i, 80);
        }
        relay();
    }

    function attest(uint256 device, uint8 score) public {
        atHome[device % DEVICES] = I.DeviceStatus({
            attested: true,
            trustScore: score % 101,
            lastSeen: vm.getBlockTimestamp(),
            operator: _operator(device),
            vendor: I.TEEVendor.SGX
        });
    }

    function ban(uint256 device) external {
        atHome[device % DEVICES].attested = false;
    }

    function relay() public {
        for (uint256 i; i < DEVICES; i++) {
            relayed[i] = atHome[i];
        }
        (bytes32 root,) = _prove(_gateLeaves(), 0);
        _update(team, root, ++height);
    }

    function wait(uint256 time) external {
        vm.warp(vm.getBlockTimestamp() + time % 40 minutes);
    }

    /// @dev What the newest root says, or what is true at home, or what the caller would like.
    function post(uint256 device, uint256 task, uint256 caller, uint256 words) external {
        device %= DEVICES;
        (bytes32 id, bytes32 name, bytes32 result) = (bytes32(device), bytes32(task % TASKS), bytes32(++serial));
        (, bytes32[] memory proof) = _prove(_gateLeaves(), device);
        I.DeviceStatus memory status = words % 3 == 0 ? atHome[device] : relayed[device];
        if (words % 7 == 0) (status.attested, status.trustScore) = (true, 100);
        address poster = caller % 4 == 0 ? _operator(caller) : _operator(device);
        I.DeviceStatus memory truth = relayed[device];
        bool may = results[name][id] == 0 && poster == truth.operator && truth.attested && truth.trustScore >= MIN_SCORE
            && truth.lastSeen + MAX_AGE >= vm.getBlockTimestamp()
            && keccak256(abi.encode(status)) == keccak256(abi.encode(truth));
        vm.prank(poster);
        try GATE.postResult(name, result, id, status, proof) {
            if (!may) broken = "it let in who may not";
            results[name][id] = result;
            posted++;
        } catch {
            if (may) broken = "it shut out who may";
            refused++;
        }
    }

    function tasks() external pure returns (uint256, uint256) {
        return (TASKS, DEVICES);
    }

    function _operator(uint256 device) private pure returns (address) {
        return address(uint160(0xD0000 + device % DEVICES));
    }

    function _gateLeaves() private view returns (bytes32[] memory leaves) {
        leaves = new bytes32[](DEVICES);
        for (uint256 i; i < DEVICES; i++) {
            leaves[i] = _leaf(bytes32(i), relayed[i]);
        }
    }
}

contract AttestationGateInvariant is LightClientBase {
    AttestationGateHandler private handler;

    function setUp() public {
        handler = new AttestationGateHandler();
        bytes4[] memory selectors = new bytes4[](5);
        (selectors[0], selectors[1], selectors[2]) =
        (handler.attest.selector, handler.ban.selector, handler.relay.selector);
        (selectors[3], selectors[4]) = (handler.wait.selector, handler.post.selector);
        targetSelector(FuzzSelector(address(handler), selectors));
        targetContract(address(handler));
    }

    /// @dev Whoever the newest root admits gets in, and nobody else; what was posted stays.
    function invariant_TheNewestRootDecides() public view {
        assertEq(handler.broken(), "");
        (uint256 tasks, uint256 devices) = handler.tasks();
        for (uint256 task; task < tasks; task++) {
            for (uint256 device; device < devices; device++) {
                (bytes32 name, bytes32 id) = (bytes32(task), bytes32(device));
                assertEq(handler.GATE().resultOf(name, id), handler.results(name, id));
            }
        }
    }
}
