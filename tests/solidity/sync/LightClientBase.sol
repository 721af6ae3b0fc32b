// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {IAttestationLightClient} from "aivm/abi/IAttestationLightClient.sol";
import {IPrecompile} from "aivm/abi/IPrecompile.sol";
import {AivmTest} from "aivm/contracts/testing/AivmTest.sol";

/// @dev Committees that sign, and trees of devices. Digests are made here from their type strings, apart from the
/// contracts' code.
abstract contract LightClientBase is AivmTest {
    struct Team {
        uint256[] keys;
        address[] members;
        uint64[] weights;
    }

    uint256 internal constant SOURCE = 96_369;
    uint256 internal constant START = 1_000;

    IAttestationLightClient internal client;
    /// @dev Who may set committees.
    address internal boss = makeAddr("boss");

    /// @dev A committee of `count` members with this weight each.
    function _team(string memory name, uint256 count, uint64 weight) internal pure returns (Team memory team) {
        (team.keys, team.members, team.weights) = (new uint256[](count), new address[](count), new uint64[](count));
        for (uint256 i; i < count; ++i) {
            uint256 key = uint256(keccak256(abi.encode(name, i)));
            address member = vm.addr(key);
            uint256 place = i;
            for (; place > 0 && team.members[place - 1] > member; --place) {
                (team.members[place], team.keys[place]) = (team.members[place - 1], team.keys[place - 1]);
            }
            (team.members[place], team.keys[place], team.weights[i]) = (member, key, weight);
        }
    }

    function _id(Team memory team) internal pure returns (bytes32) {
        return keccak256(abi.encode(team.members, team.weights));
    }

    function _rootDigest(uint256 chain, bytes32 root, uint256 height, bytes32 committee)
        internal
        pure
        returns (bytes32)
    {
        bytes32 typeHash = keccak256("Root(bytes32 root,uint256 blockHeight,bytes32 committee)");
        return _digest(chain, keccak256(abi.encode(typeHash, root, height, committee)));
    }

    function _rotationDigest(uint256 chain, Team memory next, uint256 fromHeight, bytes32 committee)
        internal
        pure
        returns (bytes32)
    {
        bytes32 typeHash =
            keccak256("Rotation(address[] members,uint64[] weights,uint256 fromHeight,bytes32 committee)");
        bytes32 members = keccak256(abi.encodePacked(next.members));
        bytes32 weights = keccak256(abi.encodePacked(next.weights));
        return _digest(chain, keccak256(abi.encode(typeHash, members, weights, fromHeight, committee)));
    }

    function _digest(uint256 chain, bytes32 message) private pure returns (bytes32) {
        bytes32 typeHash = keccak256("EIP712Domain(string name,string version,uint256 chainId)");
        bytes32 domain =
            keccak256(abi.encode(typeHash, keccak256("aivm.AttestationLightClient"), keccak256("1"), chain));
        return keccak256(abi.encodePacked(hex"1901", domain, message));
    }

    /// @dev Signatures by the members from `from` up to `to`, without `to`.
    function _sign(Team memory team, bytes32 digest, uint256 from, uint256 to)
        internal
        pure
        returns (bytes memory signatures)
    {
        for (uint256 i = from; i < to; ++i) {
            signatures = bytes.concat(signatures, _signature(team.keys[i], digest));
        }
    }

    function _signature(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev All members sign a root.
    function _signRoot(Team memory team, bytes32 root, uint256 height) internal pure returns (bytes memory) {
        return _sign(team, _rootDigest(SOURCE, root, height, _id(team)), 0, team.keys.length);
    }

    /// @dev All members hand over.
    function _signRotation(Team memory team, Team memory next, uint256 fromHeight)
        internal
        pure
        returns (bytes memory)
    {
        return _sign(team, _rotationDigest(SOURCE, next, fromHeight, _id(team)), 0, team.keys.length);
    }

    function _set(Team memory team, uint256 fromHeight) internal {
        vm.prank(boss);
        client.setCommittee(SOURCE, team.members, team.weights, fromHeight);
    }

    function _update(Team memory team, bytes32 root, uint256 height) internal {
        client.updateRoot(root, height, _signRoot(team, root, height));
    }

    function _rotate(Team memory team, Team memory next, uint256 fromHeight) internal {
        client.rotateCommittee(next.members, next.weights, fromHeight, _signRotation(team, next, fromHeight));
    }

    function _expect(bytes4 selector) internal {
        vm.expectRevert(abi.encodePacked(selector));
    }

    function _expect(bytes4 selector, uint256 value) internal {
        vm.expectRevert(abi.encodeWithSelector(selector, value));
    }

    function _expect(bytes4 selector, uint256 first, uint256 second) internal {
        vm.expectRevert(abi.encodeWithSelector(selector, first, second));
    }

    function _expectUnauthorized(address caller) internal {
        vm.expectRevert(abi.encodeWithSelector(IPrecompile.Unauthorized.selector, caller));
    }

    function _assertLatest(bytes32 root, uint256 height) internal view {
        (bytes32 latestRoot, uint256 latestHeight) = client.latest();
        assertEq(latestRoot, root, "latest root");
        assertEq(latestHeight, height, "latest height");
    }

    function _assertFrozen(bool expected, uint256 expectedHeight) internal view {
        (bool isFrozen, uint256 height) = client.frozen();
        assertEq(isFrozen, expected, "frozen");
        assertEq(height, expectedHeight, "height of the equivocation");
    }

    /// @dev What a tree says of a device in these tests.
    function _status(uint256 device) internal pure returns (IAttestationLightClient.DeviceStatus memory) {
        return IAttestationLightClient.DeviceStatus({
            attested: true,
            trustScore: 90,
            lastSeen: 1_760_000_000 + device,
            operator: vm.addr(1 + device),
            vendor: IAttestationLightClient.TEEVendor.TDX
        });
    }

    function _leaf(bytes32 deviceId, IAttestationLightClient.DeviceStatus memory status)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encodePacked(keccak256(abi.encode(deviceId, status))));
    }

    /// @dev The leaves of devices 0 and above.
    function _leaves(uint256 count) internal pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](count);
        for (uint256 i; i < count; ++i) {
            leaves[i] = _leaf(bytes32(i), _status(i));
        }
    }

    /// @dev The root over leaves, and the siblings of one of them: an odd node moves up unchanged.
    function _prove(bytes32[] memory leaves, uint256 index)
        internal
        pure
        returns (bytes32 root, bytes32[] memory siblings)
    {
        bytes32[] memory nodes = leaves;
        while (nodes.length > 1) {
            uint256 sibling = index ^ 1;
            if (sibling < nodes.length) siblings = _append(siblings, nodes[sibling]);
            bytes32[] memory above = new bytes32[]((nodes.length + 1) / 2);
            for (uint256 i; i < above.length; ++i) {
                bool isPair = 2 * i + 1 < nodes.length;
                above[i] = isPair ? Hashes.commutativeKeccak256(nodes[2 * i], nodes[2 * i + 1]) : nodes[2 * i];
            }
            (nodes, index) = (above, index / 2);
        }
        return (nodes[0], siblings);
    }

    function _append(bytes32[] memory list, bytes32 last) internal pure returns (bytes32[] memory longer) {
        longer = new bytes32[](list.length + 1);
        for (uint256 i; i < list.length; ++i) {
            longer[i] = list[i];
        }
        longer[list.length] = last;
    }
}
