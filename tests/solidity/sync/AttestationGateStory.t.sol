// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationLightClient as I} from "aivm/abi/IAttestationLightClient.sol";
import {IAttestationRegistry} from "aivm/abi/IAttestationRegistry.sol";
import {AttestationGate} from "aivm/contracts/sync/AttestationGate.sol";
import {IAttestationGate} from "aivm/contracts/sync/IAttestationGate.sol";
import {RelayerBase} from "./RelayerBase.sol";

/// @dev From the evidence of a device, through the registry of one chain and the committee's signatures, to a contract of
/// another: both chains are this one, and what goes from the first to the second is what relayers carry.
contract AttestationGateStoryTest is RelayerBase {
    bytes32 private constant TASK = keccak256("task");
    bytes32 private constant RESULT = keccak256("result");

    AttestationGate private gate;
    address private miner = makeAddr("miner");
    uint256 private height = START;

    function setUp() public override {
        super.setUp();
        installAivm();
        trustSimulator();
        gate = new AttestationGate(client, 50, 1 days);
    }

    function test_Story_DeviceAttestsIsAdmittedAndBanned() public {
        bytes32 device = _attest(1, miner);
        bytes32 other = _attest(2, makeAddr("other miner"));
        _relayRegistry(operators[0]);
        _post(miner, device, TASK);
        assertEq(gate.resultOf(TASK, device), RESULT);

        // The operator of another device is not this one's.
        (I.DeviceStatus memory status, bytes32[] memory proof) = _proof(other);
        vm.expectRevert(abi.encodeWithSelector(IAttestationGate.NotTheOperator.selector, miner, status.operator));
        vm.prank(miner);
        gate.postResult(TASK, RESULT, other, status, proof);

        // Its software is banned. Until the leaf is written anew and its root relayed, the old root holds.
        (status, proof) = _proof(device);
        (bytes32 measurement,) = registry.getDeviceMeasurements(device);
        registry.setMeasurement(measurement, IAttestationRegistry.MeasurementState.Banned);
        _relayRegistry(operators[1]);
        _post(miner, device, keccak256("while nobody refreshes"));
        registry.refresh(device);
        _post(miner, device, keccak256("while nobody relays"), status, proof);
        _relayRegistry(operators[2]);

        vm.startPrank(miner);
        vm.expectRevert(abi.encodeWithSelector(IAttestationGate.NotProven.selector, device));
        gate.postResult(keccak256("next"), RESULT, device, status, proof);
        (status, proof) = _proof(device);
        vm.expectRevert(abi.encodeWithSelector(IAttestationGate.NotAttested.selector, device));
        gate.postResult(keccak256("next"), RESULT, device, status, proof);
    }

    function test_Story_DeviceThatNobodyRenewsGrowsTooOld() public {
        bytes32 device = _attest(1, miner);
        _relayRegistry(operators[0]);
        (I.DeviceStatus memory status, bytes32[] memory proof) = _proof(device);
        skip(1 days);
        _post(miner, device, TASK);
        skip(1);
        vm.prank(miner);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAttestationGate.AttestationTooOld.selector, status.lastSeen, block.timestamp - 1 days
            )
        );
        gate.postResult(keccak256("next"), RESULT, device, status, proof);
    }

    function _attest(uint32 number, address by) private returns (bytes32 device) {
        IAttestationRegistry.ProofOfExecution memory proof =
            simulateProof(claimOf(IAttestationRegistry.TEEVendor.TDX, number, by, 1));
        vm.prank(by);
        registry.verifyAttestation(proof);
        return proof.deviceId;
    }

    /// @dev The committee signs the registry's root, and an operator brings it.
    function _relayRegistry(address by) private {
        bytes32 root = proofs.registryRoot();
        bytes memory signatures = _signRoot(team, root, ++height);
        vm.prank(by);
        relayer.relay(root, height, signatures);
        _assertLatest(root, height);
    }

    function _proof(bytes32 device) private view returns (I.DeviceStatus memory, bytes32[] memory) {
        bytes memory status = abi.encode(proofs.provenStatus(device));
        return (abi.decode(status, (I.DeviceStatus)), proofs.getMerkleProof(device));
    }

    function _post(address by, bytes32 device, bytes32 task) private {
        (I.DeviceStatus memory status, bytes32[] memory proof) = _proof(device);
        _post(by, device, task, status, proof);
    }

    function _post(address by, bytes32 device, bytes32 task, I.DeviceStatus memory status, bytes32[] memory proof)
        private
    {
        vm.prank(by);
        gate.postResult(task, RESULT, device, status, proof);
    }
}
