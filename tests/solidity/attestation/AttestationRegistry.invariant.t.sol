// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationRegistry} from "aivm/abi/IAttestationRegistry.sol";
import {AttestationRegistry} from "aivm/contracts/attestation/AttestationRegistry.sol";
import {IAttestationChain} from "aivm/contracts/attestation/IAttestationChain.sol";
import {AivmTest} from "aivm/contracts/testing/AivmTest.sol";

/// @dev Devices that attest through the contract and around it, lapse, are given up, revoked, paused and banned.
contract AttestationRegistryHandler is AivmTest {
    uint32 private constant DEVICES = 3;

    AttestationRegistry public immutable FACADE = new AttestationRegistry();
    bytes32[DEVICES] public ids;
    uint256 public attested;
    uint256 public refused;

    uint256[DEVICES] private _nonces;

    constructor() {
        installAivm();
        trustSimulator();
    }

    function attest(uint256 device, uint256 who, bool around) external {
        device %= DEVICES;
        address operator = address(uint160(0xE0000 + who % 2));
        IAttestationRegistry.TEEVendor vendor = IAttestationRegistry.TEEVendor(1 + device);
        IAttestationRegistry.ProofOfExecution memory proof =
            simulateProof(claimOf(vendor, uint32(device), operator, ++_nonces[device]));
        ids[device] = proof.deviceId;
        bytes memory call_ = around
            ? abi.encodeCall(registry.verifyAttestation, (proof))
            : abi.encodeWithSelector(IAttestationChain.verifyAttestation.selector, proof);
        vm.prank(operator);
        (bool ok,) = (around ? address(registry) : address(FACADE)).call(call_);
        if (ok) attested++;
        else refused++;
    }

    function change(uint256 device, uint256 what) external {
        bytes32 id = ids[device % DEVICES];
        IAttestationRegistry.TEEVendor vendor = IAttestationRegistry.TEEVendor(1 + device % DEVICES);
        what %= 6;
        if (what == 0) vm.warp(vm.getBlockTimestamp() + 10 hours);
        else if (what == 1) registry.pause(vendor);
        else if (what == 2) registry.unpause(vendor);
        else if (what == 3) registry.setMinTrustScore(uint8(device % 101));
        else if (what == 4 && device % 5 == 0) registry.revokeDevice(id);
        else if (id != 0 && registry.getDeviceStatus(id).operator != address(0)) registry.refresh(id);
    }

    function known() external view returns (bytes32[DEVICES] memory) {
        return ids;
    }
}

contract AttestationRegistryInvariant is AivmTest {
    AttestationRegistryHandler private handler;

    function setUp() public {
        handler = new AttestationRegistryHandler();
        bytes4[] memory selectors = new bytes4[](2);
        (selectors[0], selectors[1]) = (handler.attest.selector, handler.change.selector);
        targetSelector(FuzzSelector(address(handler), selectors));
        targetContract(address(handler));
    }

    /// @dev It says what 0x0AAA says, and has nothing of its own to say anything else with.
    /// forge-config: default.invariant.runs = 6
    /// forge-config: default.invariant.depth = 16
    function invariant_ItSaysWhatThePrecompileSays() public {
        AttestationRegistry facade = handler.FACADE();
        bytes32[3] memory ids = handler.known();
        for (uint256 i; i < ids.length; i++) {
            IAttestationRegistry.DeviceStatus memory status = registry.getDeviceStatus(ids[i]);
            assertEq(abi.encode(facade.getDeviceStatus(ids[i])), abi.encode(status));
            try facade.requireAttested(ids[i], 0) {
                assertTrue(status.attested);
            } catch {
                assertFalse(status.attested);
            }
        }
        assertEq(facade.governance(), registry.governance());
        vm.record();
        facade.getDeviceStatus(ids[0]);
        (bytes32[] memory reads, bytes32[] memory writes) = vm.accesses(address(facade));
        assertEq(reads.length + writes.length, 0);
    }
}
