// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationLightClient} from "aivm/abi/IAttestationLightClient.sol";
import {AttestationLightClient} from "aivm/contracts/sync/AttestationLightClient.sol";
import {IGoverned} from "aivm/contracts/sync/IGoverned.sol";
import {RootDigests} from "aivm/contracts/sync/RootDigests.sol";
import {LightClientAttacks} from "./LightClientAttacks.sol";
import {LightClientBase} from "./LightClientBase.sol";
import {LightClientProofs} from "./LightClientProofs.sol";
import {LightClientRules} from "./LightClientRules.sol";

/// @dev Everything that is said of light clients, of the one in Solidity.
contract AttestationLightClientTest is LightClientRules, LightClientAttacks, LightClientProofs {
    function setUp() public {
        client = new AttestationLightClient(boss);
    }
}

/// @dev The same of the precompile: the tests are right, if both pass them.
contract StateSyncPrecompileTest is LightClientRules, LightClientAttacks, LightClientProofs {
    function setUp() public {
        installAivm(boss);
        client = stateSync;
    }
}

/// @dev What the one in Solidity has of its own.
contract AttestationLightClientOwnTest is LightClientBase {
    AttestationLightClient private own;

    function setUp() public {
        own = new AttestationLightClient(boss);
        client = own;
    }

    function test_Constructor_NamesGovernance() public {
        vm.expectEmit();
        emit IGoverned.GovernanceChanged(address(0), boss);
        own = new AttestationLightClient(boss);
        assertEq(own.governance(), boss);
        assertEq(own.offeredGovernance(), address(0));
    }

    function test_RevertWhen_ThereIsNoGovernance() public {
        vm.expectRevert(IGoverned.ZeroGovernance.selector);
        new AttestationLightClient(address(0));
    }

    function test_Governance_IsHandedOverInTwoSteps() public {
        address next = makeAddr("next");
        vm.expectEmit(address(own));
        emit IGoverned.GovernanceOffered(boss, next);
        vm.prank(boss);
        own.offerGovernance(next);
        assertEq(own.governance(), boss);
        assertEq(own.offeredGovernance(), next);

        _expectUnauthorized(boss);
        vm.prank(boss);
        own.acceptGovernance();

        vm.expectEmit(address(own));
        emit IGoverned.GovernanceChanged(boss, next);
        vm.prank(next);
        own.acceptGovernance();
        assertEq(own.governance(), next);
        assertEq(own.offeredGovernance(), address(0));
        _expectUnauthorized(next);
        vm.prank(next);
        own.acceptGovernance();

        _expectUnauthorized(boss);
        vm.prank(boss);
        own.offerGovernance(boss);
    }

    function test_Governance_TakesAnOfferBack() public {
        address next = makeAddr("next");
        vm.startPrank(boss);
        own.offerGovernance(next);
        own.offerGovernance(address(0));
        vm.stopPrank();
        _expectUnauthorized(next);
        vm.prank(next);
        own.acceptGovernance();
        assertEq(own.governance(), boss);
    }

    function test_RevertWhen_OthersGovern() public {
        _expectUnauthorized(address(this));
        own.offerGovernance(address(this));
        _expectUnauthorized(address(this));
        own.acceptGovernance();
    }

    function test_Digests_AreThoseOfThePrecompile() public pure {
        // As in precompiles/src/sync/message.rs.
        assertEq(RootDigests.DOMAIN_TYPE_HASH, 0xc2f8787176b8ac6bf7215b4adcc1e069bf4ab82d9ab1df05a57a91d425935b6e);
        assertEq(RootDigests.ROOT_TYPE_HASH, 0x085a134bd167d1c57c2d951e9b1cf4c76afd40484497617c1cd4aa0836048687);
        assertEq(RootDigests.ROTATION_TYPE_HASH, 0xa06877b8bedeb34258909820c4e111ea7ef3c8ee2a06696dbbd02a26ef9fcd96);
    }

    function testFuzz_Digests_AreThoseOfTheTypeStrings(
        uint256 chain,
        uint64 weight,
        bytes32 root,
        uint256 height,
        bytes32 committee
    ) public pure {
        assertEq(RootDigests.rootDigest(chain, root, height, committee), _rootDigest(chain, root, height, committee));
        Team memory next = _team("next", height % 33, weight);
        assertEq(
            RootDigests.rotationDigest(chain, next.members, next.weights, height, committee),
            _rotationDigest(chain, next, height, committee)
        );
    }

    function test_Signatures_ServeEveryClientOfTheSourceChain() public {
        // No attack: neither client is in what is signed. The committee and the source chain are.
        Team memory team = _team("team", 3, 1);
        bytes32 root = keccak256("root");
        bytes memory signatures = _signRoot(team, root, START);
        _set(team, START);
        client.updateRoot(root, START, signatures);
        client = new AttestationLightClient(boss);
        _set(team, START);
        client.updateRoot(root, START, signatures);
        // With another source chain, they are of no use.
        client = new AttestationLightClient(boss);
        vm.prank(boss);
        client.setCommittee(SOURCE + 1, team.members, team.weights, START);
        vm.expectPartialRevert(IAttestationLightClient.UnknownSigner.selector);
        client.updateRoot(root, START, signatures);
    }

    function test_RevertWhen_CallDataIsNoEncoding() public {
        Team memory team = _team("team", 1, 1);
        _set(team, START);
        // Cut short, an offset into nowhere, a dirty address, a bool of two, no function: refused, whatever the error.
        bytes memory data = abi.encodeCall(IAttestationLightClient.updateRoot, (bytes32(0), 0, ""));
        assembly ("memory-safe") {
            mstore(data, 67)
        }
        _refused(data);
        data = abi.encodeCall(IAttestationLightClient.updateRoot, (bytes32(0), 0, ""));
        data[4 + 64] = 0x01;
        _refused(data);
        data = abi.encodeCall(IAttestationLightClient.setCommittee, (SOURCE, team.members, team.weights, 0));
        data[4 + 160] = 0x01;
        _refused(data);
        data = abi.encodeCall(IAttestationLightClient.verifyDeviceProof, (bytes32(0), _status(0), new bytes32[](0)));
        data[4 + 32 + 31] = 0x02;
        _refused(data);
        _refused(hex"deadbeef");
    }

    function test_RevertWhen_ItIsSentCoin() public {
        vm.deal(address(this), 1);
        (bool ok,) = address(own).call{value: 1}(abi.encodeCall(own.updateRoot, (bytes32(0), 0, "")));
        assertFalse(ok);
    }

    function _refused(bytes memory data) private {
        vm.prank(boss);
        (bool ok,) = address(own).call(data);
        assertFalse(ok);
    }
}
