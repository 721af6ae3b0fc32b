// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {AttestationLightClient} from "aivm/contracts/sync/AttestationLightClient.sol";
import {LightClientBase} from "../sync/LightClientBase.sol";

/// @notice The gas of light clients, tests of one call each: in Solidity by the size of the committee, and the precompile.
contract GasSyncTest is LightClientBase {
    uint256 private constant HEIGHT = START + 1;

    AttestationLightClient private four;
    AttestationLightClient private twentyOne;
    AttestationLightClient private thirtyTwo;
    bytes private byFour;
    bytes private byTwentyOne;
    bytes private byThirtyTwo;
    bytes32 private root;
    bytes32[] private siblings;

    function setUp() public {
        installAivm(boss);
        (root, siblings) = _prove(_leaves(100), 42);
        (four, byFour) = _client(4);
        (twentyOne, byTwentyOne) = _client(21);
        (thirtyTwo, byThirtyTwo) = _client(32);
        client = stateSync;
        _set(_team("four", 4, 1), START);
    }

    function _client(uint256 size) private returns (AttestationLightClient made, bytes memory signatures) {
        made = new AttestationLightClient(boss);
        client = made;
        Team memory team = _team("four", size, 1);
        _set(team, START);
        _update(team, root, START); // storage that is not zero any more
        signatures = _signRoot(team, root, HEIGHT);
    }

    function test_UpdateRoot_Of4() public {
        (bytes32 newRoot, bytes memory signatures) = _unmetered(byFour);
        four.updateRoot(newRoot, HEIGHT, signatures);
    }

    function test_UpdateRoot_Of21() public {
        (bytes32 newRoot, bytes memory signatures) = _unmetered(byTwentyOne);
        twentyOne.updateRoot(newRoot, HEIGHT, signatures);
    }

    function test_UpdateRoot_Of32() public {
        (bytes32 newRoot, bytes memory signatures) = _unmetered(byThirtyTwo);
        thirtyTwo.updateRoot(newRoot, HEIGHT, signatures);
    }

    function test_UpdateRoot_Precompile() public {
        (bytes32 newRoot, bytes memory signatures) = _unmetered(byFour);
        stateSync.updateRoot(newRoot, HEIGHT, signatures);
    }

    function test_VerifyDeviceProof() public {
        vm.pauseGasMetering();
        bytes32[] memory proof = siblings;
        vm.resumeGasMetering();
        four.verifyDeviceProof(bytes32(uint256(42)), _status(42), proof);
    }

    /// @dev From this test's storage, which is not what is measured.
    function _unmetered(bytes storage stored) private returns (bytes32 newRoot, bytes memory signatures) {
        vm.pauseGasMetering();
        (newRoot, signatures) = (root, stored);
        vm.resumeGasMetering();
    }
}
