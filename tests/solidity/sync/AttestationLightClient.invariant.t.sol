// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationLightClient as I} from "aivm/abi/IAttestationLightClient.sol";
import {AttestationLightClient} from "aivm/contracts/sync/AttestationLightClient.sol";
import {LightClientBase} from "./LightClientBase.sol";

/// @dev Drives a client with good and with hostile calls, and remembers what it must not forget.
contract LightClientHandler is LightClientBase {
    uint256 private teamCount;
    Team private newest;
    uint256 private newestFrom;

    /// @dev Of this epoch: the heights that have a root, and the roots.
    uint256[] public heights;
    mapping(uint256 epoch => mapping(uint256 height => bytes32)) public roots;
    uint256 public epoch;
    bool public isFrozen;

    constructor(I client_, address boss_) {
        (client, boss) = (client_, boss_);
    }

    function heightCount() external view returns (uint256) {
        return heights.length;
    }

    function setCommittee(uint8 fromHeight) external {
        if (epoch > 0 && !isFrozen && fromHeight % 8 != 0) return;
        newest = _next();
        newestFrom = fromHeight;
        _set(newest, fromHeight);
        delete heights;
        ++epoch;
        isFrozen = false;
    }

    function updateRoot(bytes32 root, uint8 above) external {
        if (epoch == 0 || isFrozen || root == 0) return;
        (, uint256 latest) = client.latest();
        uint256 height = (latest > newestFrom ? latest : newestFrom) + 1 + above;
        _update(newest, root, height);
        (bytes32 latestRoot, uint256 latestHeight) = client.latest();
        assertGt(latestHeight, latest, "the height did not rise");
        assertEq(latestRoot, root);
        heights.push(height);
        roots[epoch][height] = root;
    }

    function rotate(uint8 above) external {
        if (epoch == 0 || isFrozen) return;
        (, uint256 latest) = client.latest();
        uint256 fromHeight = (latest > newestFrom ? latest : newestFrom) + 1 + above;
        Team memory next = _next();
        _rotate(newest, next, fromHeight);
        (newest, newestFrom) = (next, fromHeight);
    }

    /// @dev A second root for the latest height, if the newest committee signed it.
    function equivocate(bytes32 root) external {
        (bytes32 known, uint256 height) = client.latest();
        if (isFrozen || known == 0 || height < newestFrom || root == 0 || root == known || height % 3 != 0) return;
        _update(newest, root, height);
        isFrozen = true;
    }

    /// @dev Whatever somebody without the committee's keys tries changes nothing.
    function attack(bytes32 root, uint256 height, uint8 kind) external {
        bytes memory data;
        if (kind % 4 == 0) {
            data = abi.encodeCall(I.updateRoot, (root, height, _signRoot(_team("strangers", 3, 1), root, height)));
        } else if (kind % 4 == 1) {
            data = abi.encodeCall(I.updateRoot, (0, height, _signRoot(newest, 0, height)));
        } else if (kind % 4 == 2) {
            bytes32 digest = _rootDigest(SOURCE + 1, root, height, _id(newest));
            data = abi.encodeCall(I.updateRoot, (root, height, _sign(newest, digest, 0, newest.keys.length)));
        } else {
            data = abi.encodeCall(I.setCommittee, (SOURCE, newest.members, newest.weights, height));
        }
        vm.prank(boss); // governance too cannot bring a committee back, nor a root in
        (bool ok,) = address(client).call(data);
        assertFalse(ok, "an attack succeeded");
    }

    function _next() private returns (Team memory) {
        ++teamCount;
        return _team(string(abi.encode(teamCount)), 1 + teamCount % 3, 1);
    }
}

abstract contract LightClientInvariants is LightClientBase {
    LightClientHandler internal handler;

    function _begin(I client_) internal {
        client = client_;
        handler = new LightClientHandler(client_, boss);
        targetContract(address(handler));
        bytes4[] memory selectors = new bytes4[](5);
        selectors[0] = handler.setCommittee.selector;
        selectors[1] = handler.updateRoot.selector;
        selectors[2] = handler.rotate.selector;
        selectors[3] = handler.equivocate.selector;
        selectors[4] = handler.attack.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
    }

    function _assertRootsNeverChange() internal view {
        uint256 count = handler.heightCount();
        uint256 epoch = handler.epoch();
        for (uint256 i; i < count; ++i) {
            uint256 height = handler.heights(i);
            assertEq(client.rootAt(height), handler.roots(epoch, height), "a root changed");
            if (i > 0) assertGt(height, handler.heights(i - 1), "heights do not rise");
        }
        if (count == 0) _assertLatest(0, 0);
        else _assertLatest(handler.roots(epoch, handler.heights(count - 1)), handler.heights(count - 1));
        assertEq(uint256(vm.load(address(client), 0)), epoch, "epoch");
    }

    function _assertFrozenMeansNoProofs() internal view {
        (bool isFrozen,) = client.frozen();
        assertEq(isFrozen, handler.isFrozen());
        bytes memory data = abi.encodeCall(I.verifyDeviceProof, (bytes32(0), _status(0), new bytes32[](0)));
        (bool ok, bytes memory answer) = address(client).staticcall(data);
        // forge-lint: disable-next-line(unsafe-typecast)
        if (isFrozen) assertEq(bytes4(answer), I.Frozen.selector);
        assertEq(ok, !isFrozen && handler.heightCount() > 0);
    }
}

contract AttestationLightClientInvariantTest is LightClientInvariants {
    function setUp() public {
        _begin(new AttestationLightClient(boss));
    }

    function invariant_RootsNeverChangeAndHeightsRise() public view {
        _assertRootsNeverChange();
    }

    function invariant_FrozenMeansNoProofs() public view {
        _assertFrozenMeansNoProofs();
    }
}

/// forge-config: default.invariant.runs = 3
contract StateSyncPrecompileInvariantTest is LightClientInvariants {
    function setUp() public {
        installAivm(boss);
        _begin(stateSync);
    }

    function invariant_RootsNeverChangeAndFrozenMeansNoProofs() public view {
        _assertRootsNeverChange();
        _assertFrozenMeansNoProofs();
    }
}
