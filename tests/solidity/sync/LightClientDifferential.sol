// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Vm} from "forge-std/Vm.sol";
import {IAttestationLightClient as I} from "aivm/abi/IAttestationLightClient.sol";
import {AttestationLightClient} from "aivm/contracts/sync/AttestationLightClient.sol";
import {LightClientBase} from "./LightClientBase.sol";

/// @dev Gives the same call data to both implementations, and compares answers, logs, reads and storage. What is called is
/// drawn by chance: mostly good calls with at most a few faults, made with a knowledge of who signs which height.
abstract contract LightClientDifferential is LightClientBase {
    /// @dev Storage slots of one word, the same in both: see the precompile's module `storage`.
    uint256 private constant FLAT_SLOTS = 6;

    AttestationLightClient private twin;
    uint256 private seed;
    uint256 private teamCount;

    /// @dev The committees of this epoch, and all that ever served.
    Team[] private teams;
    uint256[] private starts;
    Team[] private served;
    bool private isFrozen;
    uint256 private top;

    /// @dev How often each error was the answer, and how many calls succeeded, by function.
    mapping(bytes4 selector => uint256) internal outcomes;
    uint256 internal accepted;
    uint256 internal proven;

    function _begin(uint256 seed_) internal {
        installAivm(boss);
        client = stateSync;
        twin = new AttestationLightClient(boss);
        seed = seed_;
    }

    /// @dev One call by chance to both.
    function _step() internal {
        uint256 kind = _draw(20);
        if (kind == 0 || (kind < 4 && isFrozen)) _stepSet();
        else if (kind < 4) _stepRotate();
        else if (kind < 14) _stepUpdate();
        else _stepVerify();
        for (uint256 slot; slot < FLAT_SLOTS; ++slot) {
            assertEq(vm.load(address(twin), bytes32(slot)), vm.load(address(client), bytes32(slot)), "storage");
        }
    }

    function _stepSet() private {
        Team memory team = _drawTeam();
        uint256 fromHeight = _chance(2) ? _draw(50) : 100 + _draw(100);
        uint256 chain = _chance(12) ? 0 : SOURCE;
        bytes memory data = abi.encodeCall(I.setCommittee, (chain, team.members, team.weights, fromHeight));
        if (!_both(_chance(8) ? address(this) : boss, data)) return;
        delete teams;
        delete starts;
        (isFrozen, top) = (false, 0);
        _push(team, fromHeight);
    }

    function _stepRotate() private {
        Team memory next = _drawTeam();
        uint256 last = starts.length == 0 ? 0 : starts[starts.length - 1];
        uint256 above = last > top ? last : top;
        uint256 fromHeight = _chance(5) ? _draw(above + 1) : above + 1 + _draw(6);
        Team memory signing = _signing(starts.length);
        bytes32 digest = _rotationDigest(_chain(), next, fromHeight, _id(signing));
        bytes memory signatures = _drawSignatures(signing, digest);
        bytes memory data = abi.encodeCall(I.rotateCommittee, (next.members, next.weights, fromHeight, signatures));
        if (_both(address(this), data)) _push(next, fromHeight);
    }

    function _stepUpdate() private {
        uint256 height = _drawHeight();
        // Of two roots only, so that the second one for a height is often another; or of a tree that proves something.
        bytes32 root = _chance(15) ? bytes32(0) : _tree(_chance(4) ? 1 : 0);
        uint256 index = starts.length;
        while (index > 0 && starts[index - 1] > height) --index;
        if (_chance(15)) index = _draw(starts.length + 1);
        Team memory signing = _signing(index);
        bytes memory signatures = _drawSignatures(signing, _rootDigest(_chain(), root, height, _id(signing)));
        bytes32 known = client.rootAt(height);
        if (!_both(address(this), abi.encodeCall(I.updateRoot, (root, height, signatures)))) return;
        if (known == bytes32(0)) (top, accepted) = (height, accepted + 1);
        else isFrozen = true;
    }

    function _stepVerify() private {
        uint256 device = _draw(4);
        uint256 which = _draw(2);
        (, bytes32[] memory proof) = _prove(_leaves(which + 3), device % (which + 3));
        if (_chance(8)) proof = new bytes32[](63 + _draw(4));
        I.DeviceStatus memory status = _status(device);
        if (_chance(5)) status.trustScore = uint8(_draw(256));
        bytes memory data = _chance(2)
            ? abi.encodeCall(I.verifyDeviceProof, (bytes32(device), status, proof))
            : abi.encodeCall(I.verifyDeviceProofAt, (_drawHeight(), bytes32(device), status, proof));
        _both(address(this), data);
    }

    /// @dev Roots of two trees: of three devices, and of four.
    function _tree(uint256 which) private pure returns (bytes32 root) {
        (root,) = _prove(_leaves(which + 3), 0);
    }

    /// @dev Gives both the call, and compares. Whether they took it.
    function _both(address caller, bytes memory data) private returns (bool ok) {
        (bool twinOk, bytes memory twinAnswer, Vm.Log[] memory twinLogs) = _call(address(twin), caller, data);
        bytes memory answer;
        Vm.Log[] memory logs;
        (ok, answer, logs) = _call(address(client), caller, data);
        assertEq(twinOk, ok, "status");
        assertEq(twinAnswer, answer, "answer");
        assertEq(twinLogs.length, logs.length, "logs");
        for (uint256 i; i < logs.length; ++i) {
            assertEq(keccak256(abi.encode(twinLogs[i].topics)), keccak256(abi.encode(logs[i].topics)), "topics");
            assertEq(twinLogs[i].data, logs[i].data, "data");
            ++outcomes[bytes4(logs[i].topics[0])];
        }
        // forge-lint: disable-next-line(unsafe-typecast)
        if (!ok) ++outcomes[bytes4(answer)];
        else if (answer.length == 32 && abi.decode(answer, (bool))) ++proven;
        if (logs.length > 0) _compareReads();
    }

    function _call(address target, address caller, bytes memory data)
        private
        returns (bool ok, bytes memory answer, Vm.Log[] memory logs)
    {
        vm.recordLogs();
        vm.prank(caller);
        (ok, answer) = target.call(data);
        logs = vm.getRecordedLogs();
    }

    function _compareReads() private view {
        _compare(abi.encodeCall(I.latest, ()));
        _compare(abi.encodeCall(I.frozen, ()));
        _compare(abi.encodeCall(I.sourceChainId, ()));
        _compare(abi.encodeCall(I.committee, ()));
        uint256[2] memory heights = [top, uint256(keccak256(abi.encode(seed))) % (top + 20)];
        for (uint256 i; i < heights.length; ++i) {
            _compare(abi.encodeCall(I.rootAt, (heights[i])));
            _compare(abi.encodeCall(I.committeeAt, (heights[i])));
        }
    }

    function _compare(bytes memory data) private view {
        (bool ok, bytes memory answer) = address(client).staticcall(data);
        (bool twinOk, bytes memory twinAnswer) = address(twin).staticcall(data);
        assertTrue(ok && twinOk, "a read failed");
        assertEq(twinAnswer, answer, "read");
    }

    function _push(Team memory team, uint256 fromHeight) private {
        teams.push(team);
        served.push(team);
        starts.push(fromHeight);
    }

    /// @dev The committee before this index, or one that never served.
    function _signing(uint256 index) private view returns (Team memory) {
        return index == 0 ? _team("nobody", 3, 1) : teams[index - 1];
    }

    function _chain() private returns (uint256) {
        return _chance(20) ? SOURCE + 1 : SOURCE;
    }

    function _drawHeight() private returns (uint256) {
        uint256 kind = _draw(12);
        if (kind < 6) return (top == 0 && starts.length > 0 ? starts[0] : top) + 1 + _draw(3);
        if (kind < 8) return top;
        if (kind < 11) return _draw(top + 2);
        return _draw(2);
    }

    /// @dev A new committee, mostly; else one that served, or what is none.
    function _drawTeam() private returns (Team memory team) {
        uint256 fault = _draw(20);
        if (fault == 0 && served.length > 0) return served[_draw(served.length)];
        if (fault == 1) return _team("none", _chance(2) ? 0 : 33 + _draw(34), 1);
        uint256 count = _chance(10) ? 32 : 1 + _draw(5);
        team = _team(string(abi.encode("team", ++teamCount)), count, uint64(1 + _draw(3)));
        if (fault == 2) team.weights = new uint64[](count + 1);
        if (fault == 3) team.members[_draw(count)] = address(0);
        if (fault == 4) team.weights[_draw(count)] = 0;
        if (fault == 5) team.members[count - 1] = team.members[0];
        if (fault == 6) team.weights[0] = type(uint64).max;
    }

    /// @dev Good signatures, mostly.
    function _drawSignatures(Team memory team, bytes32 digest) private returns (bytes memory signatures) {
        uint256 fault = _draw(24);
        uint256 count = team.keys.length;
        if (fault == 0) return new bytes(_draw(200));
        if (fault == 1) return new bytes(65 * (1 + _draw(66)));
        if (fault == 2 || fault > 21) return _sign(team, digest, 0, (count + 1) / 2);
        signatures = _sign(team, digest, 0, count);
        bytes memory first = _signature(team.keys[0], digest);
        if (fault == 3) return bytes.concat(first, first);
        if (fault == 4) return bytes.concat(_signature(team.keys[count - 1], digest), first);
        if (fault == 5) return bytes.concat(signatures, hex"1b");
        if (fault == 6) return bytes.concat(_signature(1 + _draw(1_000), digest), first);
        if (fault == 7) return bytes.concat(signatures, _signature(1 + _draw(1_000), digest));
        if (fault == 8) signatures[64] = bytes1(uint8(_draw(256)));
        if (fault == 9) signatures[32] = 0xff; // a high s
        if (fault == 10) signatures[_draw(64)] ^= 0x10;
    }

    function _chance(uint256 one) private returns (bool) {
        return _draw(one) == 0;
    }

    function _draw(uint256 below) private returns (uint256) {
        seed = uint256(keccak256(abi.encode(seed)));
        return seed % below;
    }
}
