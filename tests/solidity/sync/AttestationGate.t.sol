// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationLightClient as I} from "aivm/abi/IAttestationLightClient.sol";
import {AttestationGate} from "aivm/contracts/sync/AttestationGate.sol";
import {AttestationLightClient} from "aivm/contracts/sync/AttestationLightClient.sol";
import {IAttestationGate} from "aivm/contracts/sync/IAttestationGate.sol";
import {LightClientBase} from "./LightClientBase.sol";

contract AttestationGateTest is LightClientBase {
    uint256 private constant NOW = 1_760_100_000;
    uint8 private constant MIN_SCORE = 80;
    uint256 private constant MAX_AGE = 1 days;
    bytes32 private constant DEVICE = keccak256("device");
    bytes32 private constant TASK = keccak256("task");
    bytes32 private constant RESULT = keccak256("result");

    AttestationGate private gate;
    Team private team = _team("team", 3, 1);
    address private operator = makeAddr("operator");
    uint256 private height = START;

    function setUp() public {
        vm.warp(NOW);
        client = new AttestationLightClient(boss);
        _set(team, START);
        gate = new AttestationGate(client, MIN_SCORE, MAX_AGE);
    }

    function test_Constructor_Settings() public {
        assertEq(address(gate.client()), address(client));
        assertEq(gate.minimumScore(), MIN_SCORE);
        assertEq(gate.maximumAge(), MAX_AGE);
        new AttestationGate(client, 100, 1);
        new AttestationGate(client, 0, type(uint256).max);
    }

    function test_RevertWhen_ASettingMakesNoSense() public {
        vm.expectRevert(abi.encodeWithSelector(IAttestationGate.NotAClient.selector, operator));
        new AttestationGate(I(operator), MIN_SCORE, MAX_AGE);
        vm.expectRevert(abi.encodeWithSelector(IAttestationGate.InvalidMinimumScore.selector, 101, 100));
        new AttestationGate(client, 101, MAX_AGE);
        vm.expectRevert(IAttestationGate.ZeroMaximumAge.selector);
        new AttestationGate(client, MIN_SCORE, 0);
    }

    function test_PostResult_OfAnAttestedDevice() public {
        I.DeviceStatus memory status = _good();
        bytes32[] memory proof = _accept(status);
        gate.requireAttested(operator, DEVICE, status, proof);
        vm.expectEmit(address(gate));
        emit IAttestationGate.ResultPosted(TASK, DEVICE, operator, RESULT);
        _post(status, proof);
        assertEq(gate.resultOf(TASK, DEVICE), RESULT);
        assertEq(gate.resultOf(TASK, ~DEVICE), 0);

        vm.expectRevert(abi.encodeWithSelector(IAttestationGate.AlreadyPosted.selector, TASK, DEVICE));
        _post(status, proof);
    }

    function test_RevertWhen_TheResultIsZero() public {
        I.DeviceStatus memory status = _good();
        bytes32[] memory proof = _accept(status);
        vm.prank(operator);
        vm.expectRevert(IAttestationGate.ZeroResult.selector);
        gate.postResult(TASK, 0, DEVICE, status, proof);
    }

    function test_Attack_DeviceOfAnotherOperator() public {
        I.DeviceStatus memory status = _good();
        bytes32[] memory proof = _accept(status);
        vm.expectRevert(abi.encodeWithSelector(IAttestationGate.NotTheOperator.selector, address(this), operator));
        gate.postResult(TASK, RESULT, DEVICE, status, proof);
        // Nor by saying so: the root says otherwise.
        status.operator = address(this);
        vm.expectRevert(abi.encodeWithSelector(IAttestationGate.NotProven.selector, DEVICE));
        gate.postResult(TASK, RESULT, DEVICE, status, proof);
    }

    function test_RevertWhen_TheDeviceIsNotAttested() public {
        I.DeviceStatus memory status = _good();
        status.attested = false;
        bytes32[] memory proof = _accept(status);
        vm.expectRevert(abi.encodeWithSelector(IAttestationGate.NotAttested.selector, DEVICE));
        _post(status, proof);
        status.attested = true;
        vm.expectRevert(abi.encodeWithSelector(IAttestationGate.NotProven.selector, DEVICE));
        _post(status, proof);
    }

    function test_Score_AtTheMinimumAndOneBelow() public {
        I.DeviceStatus memory status = _good();
        status.trustScore = MIN_SCORE - 1;
        bytes32[] memory proof = _accept(status);
        vm.expectRevert(abi.encodeWithSelector(IAttestationGate.ScoreTooLow.selector, MIN_SCORE - 1, MIN_SCORE));
        _post(status, proof);
        status.trustScore = MIN_SCORE;
        _post(status, _accept(status));
    }

    function test_LastSeen_AtTheOldestAndASecondBefore() public {
        I.DeviceStatus memory status = _good();
        status.lastSeen = NOW - MAX_AGE;
        bytes32[] memory proof = _accept(status);
        vm.warp(NOW + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IAttestationGate.AttestationTooOld.selector, NOW - MAX_AGE, NOW + 1 - MAX_AGE)
        );
        _post(status, proof);
        vm.warp(NOW);
        _post(status, proof);
    }

    function test_LastSeen_NowAndASecondAhead() public {
        I.DeviceStatus memory status = _good();
        status.lastSeen = NOW + 1;
        bytes32[] memory proof = _accept(status);
        vm.expectRevert(abi.encodeWithSelector(IAttestationGate.AttestationFromTheFuture.selector, NOW + 1, NOW));
        _post(status, proof);
        vm.warp(NOW + 1);
        _post(status, proof);
    }

    function test_LastSeen_OfAnyAgeWithoutALimit() public {
        gate = new AttestationGate(client, 0, type(uint256).max);
        I.DeviceStatus memory status = _good();
        status.lastSeen = 0;
        _post(status, _accept(status));
    }

    function test_Attack_DeviceThatWasBannedSince() public {
        I.DeviceStatus memory status = _good();
        bytes32[] memory proof = _accept(status);
        _post(status, proof);
        I.DeviceStatus memory banned = _good();
        banned.attested = false;
        bytes32[] memory proofOfBan = _accept(banned); // refreshed on the source chain, and relayed
        vm.startPrank(operator);
        vm.expectRevert(abi.encodeWithSelector(IAttestationGate.NotProven.selector, DEVICE));
        gate.postResult(keccak256("next"), RESULT, DEVICE, status, proof);
        vm.expectRevert(abi.encodeWithSelector(IAttestationGate.NotAttested.selector, DEVICE));
        gate.postResult(keccak256("next"), RESULT, DEVICE, banned, proofOfBan);
    }

    function test_Attack_ClientThatIsFrozenOrKnowsNoRoot() public {
        I.DeviceStatus memory status = _good();
        _expect(I.NoRoot.selector);
        _post(status, new bytes32[](0));
        bytes32[] memory proof = _accept(status);
        _update(team, keccak256("other"), height);
        _expect(I.Frozen.selector, height);
        _post(status, proof);
    }

    function test_Attack_TooLittleGasIsNoAnswer() public {
        I.DeviceStatus memory status = _good();
        bytes32[] memory proof = _accept(status);
        bytes memory data = abi.encodeCall(gate.postResult, (TASK, RESULT, DEVICE, status, proof));
        bool ok;
        uint256 gas = 5_000;
        for (; !ok; gas += 500) {
            uint256 state = vm.snapshotState();
            vm.prank(operator);
            (ok,) = address(gate).call{gas: gas}(data);
            assertEq(gate.resultOf(TASK, DEVICE), ok ? RESULT : bytes32(0));
            assertTrue(vm.revertToState(state));
        }
        assertLt(gas, 100_000);
    }

    function testFuzz_RequireAttested_ExactlyWhatIsGood(
        bool attested,
        uint8 score,
        uint256 lastSeen,
        bool isOwn,
        bool isProven
    ) public {
        if (lastSeen % 4 > 0) lastSeen = bound(lastSeen, NOW - 2 * MAX_AGE, NOW + 100);
        I.DeviceStatus memory status = _good();
        (status.attested, status.trustScore, status.lastSeen) = (attested, score, lastSeen);
        bytes32[] memory proof = _accept(status);
        if (!isProven) status.vendor = I.TEEVendor.ARMCCA;
        address caller = isOwn ? operator : address(this);
        bool expected =
            attested && score >= MIN_SCORE && lastSeen <= NOW && lastSeen >= NOW - MAX_AGE && isOwn && isProven;
        (bool ok,) = address(gate).staticcall(abi.encodeCall(gate.requireAttested, (caller, DEVICE, status, proof)));
        assertEq(ok, expected);
    }

    function _good() private view returns (I.DeviceStatus memory) {
        return I.DeviceStatus({
            attested: true, trustScore: 90, lastSeen: NOW - 100, operator: operator, vendor: I.TEEVendor.SEVSNP
        });
    }

    /// @dev Has the client accept a root that proves this of the device, which is one of five.
    function _accept(I.DeviceStatus memory status) private returns (bytes32[] memory siblings) {
        bytes32[] memory leaves = _leaves(5);
        leaves[2] = _leaf(DEVICE, status);
        bytes32 root;
        (root, siblings) = _prove(leaves, 2);
        _update(team, root, ++height);
    }

    function _post(I.DeviceStatus memory status, bytes32[] memory proof) private {
        vm.prank(operator);
        gate.postResult(TASK, RESULT, DEVICE, status, proof);
    }
}
