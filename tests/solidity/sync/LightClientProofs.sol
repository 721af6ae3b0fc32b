// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {IAttestationLightClient as I} from "aivm/abi/IAttestationLightClient.sol";
import {LightClientBase} from "./LightClientBase.sol";

/// @dev What a light client does, whoever implements it: equivocation, and proofs of devices.
abstract contract LightClientProofs is LightClientBase {
    Team private team = _team("team", 4, 1);
    bytes32 private constant ROOT = keccak256("root");
    bytes32 private constant OTHER = keccak256("other");

    function test_Equivocation_FreezesUntilGovernanceBeginsAnew() public {
        _set(team, START);
        _update(team, ROOT, START);
        bytes memory signatures = _signRoot(team, OTHER, START);
        vm.expectEmit(address(client));
        emit I.Equivocation(START, ROOT, OTHER);
        client.updateRoot(OTHER, START, signatures);

        _assertFrozen(true, START);
        _assertLatest(ROOT, START); // nothing is overwritten
        assertEq(client.rootAt(START), ROOT);
        _assertRefusesAll(START);

        Team memory next = _team("next", 3, 1);
        _set(next, START - 100); // lower than before
        _assertFrozen(false, 0);
        _assertLatest(0, 0);
        assertEq(client.rootAt(START), 0);
        _expect(I.NoRoot.selector);
        client.verifyDeviceProof(0, _status(0), new bytes32[](0));
        _expect(I.UnknownHeight.selector, START);
        client.verifyDeviceProofAt(START, 0, _status(0), new bytes32[](0));
        _update(next, OTHER, START);
        _assertLatest(OTHER, START);
    }

    function test_Equivocation_AtAnOlderHeight() public {
        _set(team, START);
        for (uint256 i; i < 5; ++i) {
            _update(team, ROOT, START + i);
        }
        _update(team, OTHER, START + 2);
        _assertFrozen(true, START + 2);
        _assertRefusesAll(START + 2);
    }

    function test_Equivocation_ByACommitteeThatHandedOver() public {
        Team memory next = _team("next", 3, 1);
        _set(team, START);
        _update(team, ROOT, START + 1);
        _rotate(team, next, START + 10);
        _update(next, ROOT, START + 10);
        // The next committee cannot speak for that height ...
        bytes memory signatures = _signRoot(next, OTHER, START + 1);
        vm.expectPartialRevert(I.UnknownSigner.selector);
        client.updateRoot(OTHER, START + 1, signatures);
        // ... but the first stays answerable for it.
        _update(team, OTHER, START + 1);
        _assertFrozen(true, START + 1);
    }

    function test_Attack_UnsignedEquivocationDoesNotFreeze() public {
        _set(team, START);
        _update(team, ROOT, START);
        bytes memory signatures = _signRoot(team, ROOT, START);
        vm.expectPartialRevert(I.UnknownSigner.selector);
        client.updateRoot(OTHER, START, signatures);
        bytes32 digest = _rootDigest(SOURCE, OTHER, START, _id(team));
        _expect(I.InsufficientWeight.selector, 2, 4);
        client.updateRoot(OTHER, START, _sign(team, digest, 0, 2));
        _assertFrozen(false, 0);
    }

    function test_Attack_EquivocationOfAnEpochThatEnded() public {
        _set(team, START);
        _update(team, ROOT, START);
        Team memory next = _team("next", 4, 1);
        _set(next, START);
        _update(next, ROOT, START);
        bytes memory signatures = _signRoot(team, OTHER, START);
        vm.expectPartialRevert(I.UnknownSigner.selector);
        client.updateRoot(OTHER, START, signatures);
    }

    function test_Attack_OnlyGovernanceUnfreezes() public {
        _set(team, START);
        _update(team, ROOT, START);
        _update(team, OTHER, START);
        Team memory next = _team("next", 3, 1);
        _expectUnauthorized(team.members[0]);
        vm.prank(team.members[0]);
        client.setCommittee(SOURCE, next.members, next.weights, START);
    }

    function test_Proof_OfEachDeviceInTreesOfEverySize() public {
        _set(team, START);
        for (uint256 count = 1; count <= 9; ++count) {
            bytes32[] memory leaves = _leaves(count);
            (bytes32 root,) = _prove(leaves, 0);
            _update(team, root, START + count);
            for (uint256 i; i < count; ++i) {
                (, bytes32[] memory siblings) = _prove(leaves, i);
                assertTrue(client.verifyDeviceProof(bytes32(i), _status(i), siblings));
                assertFalse(client.verifyDeviceProof(bytes32(i + 1), _status(i), siblings));
            }
        }
        // Each height keeps its root.
        (, bytes32[] memory three) = _prove(_leaves(3), 2);
        assertTrue(client.verifyDeviceProofAt(START + 3, bytes32(uint256(2)), _status(2), three));
        assertFalse(client.verifyDeviceProofAt(START + 4, bytes32(uint256(2)), _status(2), three));
        assertFalse(client.verifyDeviceProof(bytes32(uint256(2)), _status(2), three));
    }

    function test_Attack_StatusIsNotWhatTheRootSays() public {
        bytes32[] memory siblings = _acceptTree(5, 3);
        bytes32 device = bytes32(uint256(3));
        I.DeviceStatus memory status = _status(3);
        assertTrue(client.verifyDeviceProof(device, status, siblings));
        status.attested = false;
        assertFalse(client.verifyDeviceProof(device, status, siblings));
        status = _status(3);
        status.trustScore = 100;
        assertFalse(client.verifyDeviceProof(device, status, siblings));
        status = _status(3);
        status.lastSeen += 1 days;
        assertFalse(client.verifyDeviceProof(device, status, siblings));
        status = _status(3);
        status.operator = address(this);
        assertFalse(client.verifyDeviceProof(device, status, siblings));
        status = _status(3);
        status.vendor = I.TEEVendor.SGX;
        assertFalse(client.verifyDeviceProof(device, status, siblings));
    }

    function test_Attack_ProofsOfOtherShapes() public {
        bytes32[] memory siblings = _acceptTree(8, 3);
        bytes32 device = bytes32(uint256(3));
        assertEq(siblings.length, 3);
        // None, too few, too many, in another order.
        assertFalse(client.verifyDeviceProof(device, _status(3), new bytes32[](0)));
        assertFalse(client.verifyDeviceProof(device, _status(3), _append(siblings, 0)));
        assertFalse(client.verifyDeviceProof(device, _status(3), _append(siblings, client.rootAt(START))));
        (siblings[0], siblings[1]) = (siblings[1], siblings[0]);
        assertFalse(client.verifyDeviceProof(device, _status(3), siblings));
        // A neighbour's.
        (, siblings) = _prove(_leaves(8), 2);
        assertFalse(client.verifyDeviceProof(device, _status(3), siblings));
    }

    function test_Attack_ANodeAsADevice() public {
        // A tree that has been given a node of another one: whoever could make a device of it would need a preimage of
        // 32 bytes under the outer hash.
        bytes32[] memory leaves = _leaves(4);
        bytes32 node = Hashes.commutativeKeccak256(leaves[0], leaves[1]);
        bytes32[] memory siblings = new bytes32[](1);
        siblings[0] = Hashes.commutativeKeccak256(leaves[2], leaves[3]);
        (bytes32 root,) = _prove(leaves, 0);
        _set(team, START);
        _update(team, root, START);
        assertEq(Hashes.commutativeKeccak256(node, siblings[0]), root);
        I.DeviceStatus memory empty;
        assertFalse(client.verifyDeviceProof(node, empty, siblings));
        assertFalse(client.verifyDeviceProof(root, empty, new bytes32[](0)));
    }

    function test_Attack_ALeafHashedOnce() public {
        // A root over leaves of one hash only, as a careless chain would sign it, proves no device.
        bytes32 once = keccak256(abi.encode(bytes32(0), _status(0)));
        _set(team, START);
        _update(team, once, START);
        assertFalse(client.verifyDeviceProof(0, _status(0), new bytes32[](0)));
    }

    function test_Attack_HeightsThatHaveNoRoot() public {
        bytes32[] memory siblings = _acceptTree(2, 0);
        assertTrue(client.verifyDeviceProofAt(START, 0, _status(0), siblings));
        uint256[4] memory unknown = [uint256(0), START - 1, START + 1, type(uint256).max];
        for (uint256 i; i < unknown.length; ++i) {
            _expect(I.UnknownHeight.selector, unknown[i]);
            client.verifyDeviceProofAt(unknown[i], 0, _status(0), siblings);
        }
    }

    function _acceptTree(uint256 count, uint256 index) private returns (bytes32[] memory siblings) {
        bytes32 root;
        (root, siblings) = _prove(_leaves(count), index);
        _set(team, START);
        _update(team, root, START);
    }

    /// @dev A frozen client takes and proves nothing, and still answers what it knows.
    function _assertRefusesAll(uint256 height) private {
        Team memory next = _team("later", 3, 1);
        bytes memory signatures = _signRotation(team, next, START + 100);
        _expect(I.Frozen.selector, height);
        client.rotateCommittee(next.members, next.weights, START + 100, signatures);
        signatures = _signRoot(team, OTHER, START + 100);
        _expect(I.Frozen.selector, height);
        client.updateRoot(OTHER, START + 100, signatures);
        _expect(I.Frozen.selector, height);
        client.updateRoot(0, 0, "");
        _expect(I.Frozen.selector, height);
        client.verifyDeviceProof(0, _status(0), new bytes32[](0));
        _expect(I.Frozen.selector, height);
        client.verifyDeviceProofAt(START, 0, _status(0), new bytes32[](0));
        assertEq(client.rootAt(START), ROOT);
    }
}
