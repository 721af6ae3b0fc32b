// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationLightClient as I} from "aivm/abi/IAttestationLightClient.sol";
import {IPrecompile} from "aivm/abi/IPrecompile.sol";
import {LightClientBase} from "./LightClientBase.sol";

/// @dev What a light client does, whoever implements it: committees and roots.
abstract contract LightClientRules is LightClientBase {
    Team private team = _team("first", 4, 1);
    bytes32 private constant ROOT = keccak256("root");

    function test_Begins_Empty() public {
        _assertLatest(0, 0);
        _assertFrozen(false, 0);
        assertEq(client.sourceChainId(), 0);
        assertEq(client.rootAt(0), 0);
        _assertCommittee(0, 0, "none");
        (address[] memory members, uint64[] memory weights, uint256 fromHeight) = client.committee();
        assertEq(members.length + weights.length + fromHeight, 0);

        bytes memory signatures = _signRoot(team, ROOT, START);
        _expect(I.NoCommittee.selector);
        client.updateRoot(ROOT, START, signatures);
        _expect(I.NoCommittee.selector);
        client.rotateCommittee(team.members, team.weights, START, signatures);
        _expect(I.NoRoot.selector);
        client.verifyDeviceProof(0, _status(0), new bytes32[](0));
        _expect(I.UnknownHeight.selector, START);
        client.verifyDeviceProofAt(START, 0, _status(0), new bytes32[](0));
    }

    function test_SetCommittee_BeginsAnEpoch() public {
        vm.expectEmit(address(client));
        emit I.CommitteeChanged(_id(team), START, SOURCE);
        _set(team, START);

        assertEq(client.sourceChainId(), SOURCE);
        (address[] memory members, uint64[] memory weights, uint256 fromHeight) = client.committee();
        assertEq(members, team.members);
        assertEq(keccak256(abi.encode(weights)), keccak256(abi.encode(team.weights)));
        assertEq(fromHeight, START);
        _assertCommittee(START - 1, 0, "before");
        _assertCommittee(START, 4, "first");
        _assertCommittee(type(uint256).max, 4, "last");
    }

    function test_RevertWhen_NotGovernanceSetsACommittee() public {
        _expectUnauthorized(address(this));
        client.setCommittee(0, new address[](0), new uint64[](0), 0);
    }

    function test_RevertWhen_TheChainIdIsZero() public {
        vm.startPrank(boss);
        _expect(I.ZeroChainId.selector);
        client.setCommittee(0, new address[](0), new uint64[](0), 0);
    }

    function test_RevertWhen_ACommitteeIsNone() public {
        vm.startPrank(boss);
        _expect(I.CommitteeSize.selector, 0);
        client.setCommittee(SOURCE, new address[](0), new uint64[](1), 0);
        _expect(I.CommitteeSize.selector, 33);
        client.setCommittee(SOURCE, new address[](33), new uint64[](1), 0);
        _expect(I.CommitteeMismatch.selector, 4, 1);
        client.setCommittee(SOURCE, new address[](4), new uint64[](1), 0);
        _expect(I.CommitteeOrder.selector, 0); // a member of zero
        client.setCommittee(SOURCE, new address[](4), team.weights, 0);

        uint64[] memory weights = new uint64[](4);
        (weights[0], weights[1], weights[3]) = (1, 1, 1);
        _expect(I.ZeroWeight.selector, 2);
        client.setCommittee(SOURCE, team.members, weights, 0);

        address[] memory members = team.members;
        members[2] = members[1]; // twice the same, and without a weight: order is looked at first
        _expect(I.CommitteeOrder.selector, 2);
        client.setCommittee(SOURCE, members, weights, 0);
        (members[1], members[2]) = (team.members[2], team.members[1]);
        _expect(I.CommitteeOrder.selector, 2);
        client.setCommittee(SOURCE, members, team.weights, 0);
    }

    function test_SetCommittee_OfThirtyTwo() public {
        Team memory most = _team("most", 32, type(uint64).max);
        _set(most, 0);
        _assertCommittee(0, 32, "most");
        _update(most, ROOT, 7);
        _assertLatest(ROOT, 7);
    }

    function test_RevertWhen_ListsAreLongerThanIsRead() public {
        // Whoever calls: length comes first.
        _expect(IPrecompile.InputTooLong.selector, 128 + 2 * 32 * 66, 4_288);
        client.setCommittee(0, new address[](65), new uint64[](65), 0);
        _expect(IPrecompile.InputTooLong.selector, 128 + 2 * 32 * 65 + 32 + 4_192, 8_480);
        client.rotateCommittee(new address[](64), new uint64[](64), 0, new bytes(4_161));
        _expect(IPrecompile.InputTooLong.selector, 96 + 32 + 4_192, 4_288);
        client.updateRoot(0, 0, new bytes(4_161));
        _expect(IPrecompile.InputTooLong.selector, 2_336, 2_304);
        client.verifyDeviceProof(0, _status(0), new bytes32[](65));
        _expect(IPrecompile.InputTooLong.selector, 2_368, 2_336);
        client.verifyDeviceProofAt(0, 0, _status(0), new bytes32[](65));

        // As long as is read: what is wrong is said.
        _expectUnauthorized(address(this));
        client.setCommittee(0, new address[](64), new uint64[](64), 0);
        _set(team, START);
        _expect(I.CommitteeSize.selector, 64);
        client.rotateCommittee(new address[](64), new uint64[](64), 0, new bytes(4_160));
        _expect(I.InvalidSignatureLength.selector, 4_160);
        client.updateRoot(ROOT, START, new bytes(4_160));
        _expect(I.NoRoot.selector);
        client.verifyDeviceProof(0, _status(0), new bytes32[](64));
        _expect(I.UnknownHeight.selector, 0);
        client.verifyDeviceProofAt(0, 0, _status(0), new bytes32[](64));
    }

    function test_UpdateRoot_AcceptsARoot() public {
        _set(team, START);
        bytes memory signatures = _signRoot(team, ROOT, START + 5);
        vm.expectEmit(address(client));
        emit I.RootUpdated(START + 5, ROOT);
        client.updateRoot(ROOT, START + 5, signatures);
        _assertLatest(ROOT, START + 5);
        assertEq(client.rootAt(START + 5), ROOT);
        assertEq(client.rootAt(START + 4), 0);

        // The next height may have the same root: nothing happened there.
        _update(team, ROOT, START + 6);
        _assertLatest(ROOT, START + 6);
    }

    function test_RevertWhen_TheRootIsZero() public {
        _set(team, START);
        _expect(I.ZeroRoot.selector);
        client.updateRoot(0, 0, "");
    }

    function test_RevertWhen_AHeightIsNotNew() public {
        _set(team, START);
        _expect(I.HeightNotNew.selector, START - 1, START);
        client.updateRoot(ROOT, START - 1, "");
        _update(team, ROOT, START + 5);

        bytes memory signatures = _signRoot(team, ROOT, START + 5);
        _expect(I.HeightNotNew.selector, START + 5, START + 6); // known already
        client.updateRoot(ROOT, START + 5, signatures);
        signatures = _signRoot(team, ROOT, START + 4);
        _expect(I.HeightNotNew.selector, START + 4, START + 6); // skipped
        client.updateRoot(ROOT, START + 4, signatures);
        _expect(I.HeightNotNew.selector, 0, START + 6); // before the committee too
        client.updateRoot(ROOT, 0, "");
    }

    /// @dev Zero is a height, and no root is latest before the first.
    function test_UpdateRoot_OfHeightZero() public {
        _set(team, 0);
        _update(team, keccak256("genesis"), 0);
        _assertLatest(keccak256("genesis"), 0);
        bytes memory again = _signRoot(team, keccak256("genesis"), 0);
        _expect(I.HeightNotNew.selector, 0, 1);
        client.updateRoot(keccak256("genesis"), 0, again);
        _update(team, keccak256("first"), 1);
        _assertLatest(keccak256("first"), 1);
    }

    function test_UpdateRoot_OfTheHighestHeight() public {
        _set(team, START);
        uint256 highest = type(uint256).max;
        _update(team, ROOT, highest);
        _assertLatest(ROOT, highest);
        _expect(I.HeightNotNew.selector, highest, highest);
        client.updateRoot(ROOT, highest, "");
        Team memory next = _team("next", 1, 1);
        _expect(I.HeightNotNew.selector, highest, highest);
        client.rotateCommittee(next.members, next.weights, highest, "");
    }

    function test_RotateCommittee_HandsOver() public {
        Team memory next = _team("next", 5, 7);
        _set(team, START);
        _update(team, ROOT, START);
        bytes memory signatures = _signRotation(team, next, START + 10);
        vm.expectEmit(address(client));
        emit I.CommitteeChanged(_id(next), START + 10, SOURCE);
        client.rotateCommittee(next.members, next.weights, START + 10, signatures);

        _assertCommittee(START + 9, 4, "first");
        _assertCommittee(START + 10, 5, "next");
        _update(team, ROOT, START + 9);
        _update(next, ROOT, START + 10);
        _assertLatest(ROOT, START + 10);
    }

    function test_RotateCommittee_ManyTimes() public {
        _set(team, START);
        Team memory current = team;
        for (uint256 i = 1; i <= 6; ++i) {
            Team memory next = _team("many", i, 1);
            _rotate(current, next, START + 10 * i);
            current = next;
        }
        // Each height is signed by the committee of its own.
        for (uint256 i = 1; i <= 6; ++i) {
            _assertCommittee(START + 10 * i - 1, i == 1 ? 4 : i - 1, "before");
            _assertCommittee(START + 10 * i, i, "from");
            _assertCommittee(START + 10 * i + 1, i, "after");
        }
        _update(_team("many", 3, 1), ROOT, START + 35);
        _update(current, ROOT, START + 60);
    }

    function test_RevertWhen_ARotationIsNotAbove() public {
        Team memory next = _team("next", 1, 1);
        _set(team, START);
        _expect(I.CommitteeSize.selector, 0); // looked at before the height
        client.rotateCommittee(new address[](0), next.weights, 0, "");
        _expect(I.HeightNotNew.selector, START, START + 1);
        client.rotateCommittee(next.members, next.weights, START, "");
        _update(team, ROOT, START + 7);
        _expect(I.HeightNotNew.selector, START + 7, START + 8);
        client.rotateCommittee(next.members, next.weights, START + 7, "");
        _rotate(team, next, START + 20);
        _expect(I.HeightNotNew.selector, START + 20, START + 21); // and before that it is used
        client.rotateCommittee(next.members, next.weights, START + 20, "");
        _expect(I.CommitteeUsed.selector, uint256(_id(team)));
        client.rotateCommittee(team.members, team.weights, START + 21, "");
        next = _team("another", 1, 1);
        _expect(I.InvalidSignatureLength.selector, 0);
        client.rotateCommittee(next.members, next.weights, START + 21, "");
    }

    function _assertCommittee(uint256 height, uint256 count, string memory what) private view {
        (address[] memory members, uint64[] memory weights,) = client.committeeAt(height);
        assertEq(members.length, count, what);
        assertEq(weights.length, count, what);
    }
}
