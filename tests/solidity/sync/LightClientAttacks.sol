// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationLightClient as I} from "aivm/abi/IAttestationLightClient.sol";
import {LightClientBase} from "./LightClientBase.sol";

/// @dev What is tried against a light client, whoever implements it: signatures and committees.
abstract contract LightClientAttacks is LightClientBase {
    /// @dev Half of the order of secp256k1 is `N / 2`; above it, s is high.
    uint256 private constant N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    Team private trio = _team("trio", 3, 100);
    bytes32 private constant ROOT = keccak256("root");
    bytes32 private constant OTHER = keccak256("other");

    function test_Attack_ExactlyTwoThirdsOfTheWeight() public {
        _set(trio, START);
        bytes32 digest = _rootDigest(SOURCE, ROOT, START, _id(trio));
        bytes memory two = _sign(trio, digest, 0, 2);
        _expect(I.InsufficientWeight.selector, 200, 300);
        client.updateRoot(ROOT, START, two);

        Team memory next = trio;
        next.weights[0] = 101; // one unit above: 201 of 301
        _rotate(trio, next, START + 1);
        digest = _rootDigest(SOURCE, ROOT, START + 1, _id(next));
        client.updateRoot(ROOT, START + 1, _sign(next, digest, 0, 2));
        _assertLatest(ROOT, START + 1);
    }

    function test_Attack_WeightsThatWouldOverflow() public {
        Team memory heavy = _team("heavy", 32, type(uint64).max);
        _set(heavy, START);
        uint256 each = type(uint64).max;
        bytes32 digest = _rootDigest(SOURCE, ROOT, START, _id(heavy));
        bytes memory few = _sign(heavy, digest, 0, 21);
        _expect(I.InsufficientWeight.selector, 21 * each, 32 * each);
        client.updateRoot(ROOT, START, few);
        client.updateRoot(ROOT, START, _sign(heavy, digest, 0, 22));
    }

    function test_Attack_NoSignatures() public {
        _set(trio, START);
        _expectLength("", 0);
        _expectLength(new bytes(64), 64);
        _expectLength(new bytes(66), 66);
        // One more than there are members.
        _expectLength(new bytes(260), 260);
        // Too few for one, behind good ones.
        bytes memory good = _signRoot(trio, ROOT, START);
        _expectLength(bytes.concat(good, hex"00"), 196);
        _expectInvalid(new bytes(195), 0);
    }

    function test_Attack_OneSignerTwice() public {
        _set(trio, START);
        bytes32 digest = _rootDigest(SOURCE, ROOT, START, _id(trio));
        bytes memory first = _signature(trio.keys[0], digest);
        _expectSigner(I.SignerOrder.selector, bytes.concat(first, first, first), 1, trio.members[0]);
    }

    function test_Attack_SignersOutOfOrder() public {
        _set(trio, START);
        bytes32 digest = _rootDigest(SOURCE, ROOT, START, _id(trio));
        bytes memory signatures = bytes.concat(
            _signature(trio.keys[0], digest), _signature(trio.keys[2], digest), _signature(trio.keys[1], digest)
        );
        _expectSigner(I.SignerOrder.selector, signatures, 2, trio.members[1]);
    }

    function test_Attack_SignerFromOutside() public {
        _set(trio, START);
        bytes32 digest = _rootDigest(SOURCE, ROOT, START, _id(trio));
        Team memory outsiders = _team("outsiders", 6, 1);
        for (uint256 i; i < 6; ++i) {
            bytes memory alone = _signature(outsiders.keys[i], digest);
            _expectSigner(I.UnknownSigner.selector, alone, 0, outsiders.members[i]);
        }
        // Beyond the quorum, every signature still counts.
        Team memory quintet = _team("quintet", 5, 1);
        _rotate(trio, quintet, START + 1);
        digest = _rootDigest(SOURCE, ROOT, START + 1, _id(quintet));
        bytes memory tail = _signature(_keyAbove(quintet.members[3]), digest);
        vm.expectPartialRevert(I.UnknownSigner.selector);
        client.updateRoot(ROOT, START + 1, bytes.concat(_sign(quintet, digest, 0, 4), tail));
        client.updateRoot(ROOT, START + 1, _sign(quintet, digest, 0, 4));
    }

    function test_Attack_MalleatedSignatures() public {
        _set(trio, START);
        bytes32 digest = _rootDigest(SOURCE, ROOT, START, _id(trio));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(trio.keys[0], digest);
        bytes memory rest = _sign(trio, digest, 1, 3);
        bytes32 high = bytes32(N - uint256(s));
        _expectInvalid(bytes.concat(abi.encodePacked(r, high, v ^ 7), rest), 0); // the twin with a high s
        _expectInvalid(bytes.concat(abi.encodePacked(r, s, v - 27), rest), 0); // v of 0 and 1
        _expectInvalid(bytes.concat(abi.encodePacked(r, s, v + 2), rest), 0);
        _expectInvalid(bytes.concat(abi.encodePacked(r, s, uint8(0xff)), rest), 0);
        // The short form of EIP-2098 has no length of its own here.
        bytes32 vs = bytes32(uint256(s) | uint256(v - 27) << 255);
        _expectLength(bytes.concat(abi.encodePacked(r, vs), rest), 194);
    }

    function test_Attack_SignatureOfNoKey() public {
        _set(trio, START);
        bytes32 digest = _rootDigest(SOURCE, ROOT, START, _id(trio));
        bytes memory first = _signature(trio.keys[0], digest);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(trio.keys[1], digest);
        _expectInvalid(bytes.concat(first, abi.encodePacked(bytes32(0), s, v)), 1);
        _expectInvalid(bytes.concat(first, abi.encodePacked(r, bytes32(0), v)), 1);
        _expectInvalid(bytes.concat(first, abi.encodePacked(N, s, v)), 1);
        _expectInvalid(bytes.concat(first, abi.encodePacked(bytes32(uint256(5)), s, v)), 1); // no point has this x
    }

    function test_Attack_OldCommitteeAfterTheRotation() public {
        Team memory next = _team("next", 3, 1);
        _set(trio, START);
        _rotate(trio, next, START + 10);
        // Heights of the next committee are not the first one's, whatever it signs.
        bytes memory signatures = _signRoot(trio, ROOT, START + 10);
        vm.expectPartialRevert(I.UnknownSigner.selector);
        client.updateRoot(ROOT, START + 10, signatures);
        // Nor can it hand over a second time.
        Team memory friends = _team("friends", 3, 1);
        signatures = _signRotation(trio, friends, START + 20);
        vm.expectPartialRevert(I.UnknownSigner.selector);
        client.rotateCommittee(friends.members, friends.weights, START + 20, signatures);
        // Nor replay the rotation that it signed.
        signatures = _signRotation(trio, next, START + 10);
        _expect(I.HeightNotNew.selector, START + 10, START + 11);
        client.rotateCommittee(next.members, next.weights, START + 10, signatures);
    }

    function test_Attack_NextCommitteeSignsTooEarly() public {
        Team memory next = _team("next", 3, 1);
        _set(trio, START);
        _rotate(trio, next, START + 10);
        bytes memory signatures = _signRoot(next, ROOT, START + 9);
        vm.expectPartialRevert(I.UnknownSigner.selector);
        client.updateRoot(ROOT, START + 9, signatures);
    }

    function test_Attack_MinorityRotates() public {
        Team memory friends = _team("friends", 1, 1);
        _set(trio, START);
        bytes32 digest = _rotationDigest(SOURCE, friends, START + 1, _id(trio));
        _expect(I.InsufficientWeight.selector, 200, 300);
        client.rotateCommittee(friends.members, friends.weights, START + 1, _sign(trio, digest, 1, 3));
    }

    function test_Attack_RotationChangedOnTheWay() public {
        Team memory next = _team("next", 2, 1);
        _set(trio, START);
        bytes memory signatures = _signRotation(trio, next, START + 10);
        vm.expectPartialRevert(I.UnknownSigner.selector);
        client.rotateCommittee(next.members, next.weights, START + 11, signatures);
        next.weights[1] = 2;
        vm.expectPartialRevert(I.UnknownSigner.selector);
        client.rotateCommittee(next.members, next.weights, START + 10, signatures);
    }

    function test_Attack_ACommitteeThatServedComesBack() public {
        Team memory next = _team("next", 3, 1);
        _set(trio, START);
        _rotate(trio, next, START + 10);
        bytes memory signatures = _signRotation(next, trio, START + 20);
        _expect(I.CommitteeUsed.selector, uint256(_id(trio)));
        client.rotateCommittee(trio.members, trio.weights, START + 20, signatures);
        vm.prank(boss);
        _expect(I.CommitteeUsed.selector, uint256(_id(next)));
        client.setCommittee(SOURCE + 1, next.members, next.weights, 0);

        // What it signed in its first term is of no use against the same members with other weights.
        signatures = _signRoot(trio, ROOT, START + 9);
        Team memory doubled = _team("trio", 3, 200);
        _set(doubled, START);
        vm.expectPartialRevert(I.UnknownSigner.selector);
        client.updateRoot(ROOT, START + 9, signatures);
        _update(doubled, ROOT, START + 9);
    }

    function test_Attack_SignaturesOfAnotherSourceChain() public {
        _set(trio, START);
        bytes32 digest = _rootDigest(SOURCE + 1, ROOT, START, _id(trio));
        vm.expectPartialRevert(I.UnknownSigner.selector);
        client.updateRoot(ROOT, START, _sign(trio, digest, 0, 3));
        Team memory next = _team("next", 3, 1);
        digest = _rotationDigest(SOURCE + 1, next, START + 1, _id(trio));
        vm.expectPartialRevert(I.UnknownSigner.selector);
        client.rotateCommittee(next.members, next.weights, START + 1, _sign(trio, digest, 0, 3));
    }

    function test_Attack_SignaturesForAnotherRootHeightOrCommittee() public {
        _set(trio, START);
        bytes memory signatures = _signRoot(trio, ROOT, START);
        vm.expectPartialRevert(I.UnknownSigner.selector);
        client.updateRoot(OTHER, START, signatures);
        vm.expectPartialRevert(I.UnknownSigner.selector);
        client.updateRoot(ROOT, START + 1, signatures);
        bytes32 digest = _rootDigest(SOURCE, ROOT, START, keccak256("another committee"));
        vm.expectPartialRevert(I.UnknownSigner.selector);
        client.updateRoot(ROOT, START, _sign(trio, digest, 0, 3));
    }

    function test_Signatures_ServeOnEveryForkOfThisChain() public {
        // No attack: a root of the source chain is the same, wherever it is relayed.
        _set(trio, START);
        vm.chainId(block.chainid + 1);
        _update(trio, ROOT, START);
        _assertLatest(ROOT, START);
    }

    function _expectLength(bytes memory signatures, uint256 length) private {
        _expect(I.InvalidSignatureLength.selector, length);
        client.updateRoot(ROOT, START, signatures);
    }

    function _expectInvalid(bytes memory signatures, uint256 index) private {
        _expect(I.InvalidSignature.selector, index);
        client.updateRoot(ROOT, START, signatures);
    }

    function _expectSigner(bytes4 selector, bytes memory signatures, uint256 index, address signer) private {
        vm.expectRevert(abi.encodeWithSelector(selector, index, signer));
        client.updateRoot(ROOT, START, signatures);
    }

    /// @dev A key whose address is above this one.
    function _keyAbove(address member) private pure returns (uint256 key) {
        for (key = 1; vm.addr(key) <= member; ++key) {}
    }
}
