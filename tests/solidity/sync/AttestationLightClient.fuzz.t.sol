// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationLightClient as I} from "aivm/abi/IAttestationLightClient.sol";
import {AttestationLightClient} from "aivm/contracts/sync/AttestationLightClient.sol";
import {LightClientBase} from "./LightClientBase.sol";

contract AttestationLightClientFuzzTest is LightClientBase {
    function setUp() public {
        client = new AttestationLightClient(boss);
    }

    function testFuzz_UpdateRoot_ByWeightAboveTwoThirds(uint64[8] memory weights, uint8 signers, bytes32 root) public {
        vm.assume(root != 0);
        Team memory team = _team("team", 8, 1);
        uint256 total;
        uint256 weight;
        uint256 count;
        bytes memory signatures;
        for (uint256 i; i < 8; ++i) {
            team.weights[i] = uint64(bound(weights[i], 1, type(uint64).max));
            total += team.weights[i];
        }
        bytes32 digest = _rootDigest(SOURCE, root, START, _id(team));
        for (uint256 i; i < 8; ++i) {
            if (signers >> i & 1 == 0) continue;
            weight += team.weights[i];
            signatures = bytes.concat(signatures, _signature(team.keys[i], digest));
            ++count;
        }
        _set(team, START);
        if (count == 0) _expect(I.InvalidSignatureLength.selector, 0);
        else if (weight * 3 <= total * 2) _expect(I.InsufficientWeight.selector, weight, total);
        client.updateRoot(root, START, signatures);
        assertEq(client.rootAt(START) != 0, count > 0 && weight * 3 > total * 2);
    }

    function testFuzz_Attack_AnyChangedByteOfTheSignatures(uint256 place, uint8 change) public {
        vm.assume(change != 0);
        Team memory team = _team("team", 3, 1);
        _set(team, START);
        bytes32 root = keccak256("root");
        bytes memory signatures = _signRoot(team, root, START);
        place = bound(place, 0, signatures.length - 1);
        signatures[place] = bytes1(uint8(signatures[place]) ^ change);
        (bool ok,) = address(client).call(abi.encodeCall(I.updateRoot, (root, START, signatures)));
        assertFalse(ok);
        assertEq(client.rootAt(START), 0);
    }

    function testFuzz_UpdateRoot_HeightsOnlyRise(uint256 fromHeight, uint256 first, uint256 second) public {
        Team memory team = _team("team", 2, 1);
        (bytes32 root, bytes32 other) = (keccak256("root"), keccak256("other"));
        fromHeight = bound(fromHeight, 0, type(uint256).max - 1);
        first = bound(first, fromHeight, type(uint256).max - 1);
        _set(team, fromHeight);
        _update(team, root, first);
        bytes memory signatures = _signRoot(team, other, second);
        if (second < first) _expect(I.HeightNotNew.selector, second, first + 1);
        client.updateRoot(other, second, signatures);
        if (second < first) _assertLatest(root, first);
        else if (second == first) _assertFrozen(true, first);
        else _assertLatest(other, second);
    }

    function testFuzz_CommitteeAt_IsTheLastThatBegan(uint8[6] memory steps, uint16 height) public {
        Team memory current = _team("many", 1, 1);
        uint256[7] memory starts;
        starts[0] = 100;
        _set(current, starts[0]);
        for (uint64 i; i < 6; ++i) {
            Team memory next = _team("many", 1, i + 2);
            starts[i + 1] = starts[i] + 1 + steps[i];
            _rotate(current, next, starts[i + 1]);
            current = next;
        }
        uint256 expected; // its weight: zero for none
        for (uint256 i; i < 7; ++i) {
            if (starts[i] <= height) expected = i + 1;
        }
        (, uint64[] memory weights, uint256 fromHeight) = client.committeeAt(height);
        assertEq(weights.length, expected == 0 ? 0 : 1);
        if (expected > 0) assertEq(weights[0], expected);
        assertEq(fromHeight, expected == 0 ? 0 : starts[expected - 1]);
    }

    function testFuzz_Proof_OfAnyDeviceAndNoOther(uint8 count, uint8 index, bytes32 device, uint256 lastSeen) public {
        count = uint8(bound(count, 1, 40));
        index = uint8(bound(index, 0, count - 1));
        bytes32[] memory leaves = _leaves(count);
        I.DeviceStatus memory status = _status(index);
        status.lastSeen = lastSeen;
        leaves[index] = _leaf(device, status);
        (bytes32 root, bytes32[] memory siblings) = _prove(leaves, index);
        Team memory team = _team("team", 1, 1);
        _set(team, START);
        _update(team, root, START);

        assertTrue(client.verifyDeviceProof(device, status, siblings));
        assertTrue(client.verifyDeviceProofAt(START, device, status, siblings));
        assertFalse(client.verifyDeviceProof(~device, status, siblings));
        status.attested = false;
        assertFalse(client.verifyDeviceProof(device, status, siblings));
    }
}
