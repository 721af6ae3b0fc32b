// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationLightClient} from "aivm/abi/IAttestationLightClient.sol";
import {IAttestationProofs} from "aivm/abi/IAttestationProofs.sol";
import {IAttestationRegistry} from "aivm/abi/IAttestationRegistry.sol";
import {AttestationGate} from "aivm/contracts/sync/AttestationGate.sol";
import {AttestationLightClient} from "aivm/contracts/sync/AttestationLightClient.sol";
import {IAttestationGate} from "aivm/contracts/sync/IAttestationGate.sol";
import {IRootRelayer} from "aivm/contracts/sync/IRootRelayer.sol";
import {RootDigests} from "aivm/contracts/sync/RootDigests.sol";
import {RootRelayer} from "aivm/contracts/sync/RootRelayer.sol";
import {Motion} from "../governance/GovernanceBase.sol";
import {ChainBase} from "./ChainBase.sol";

/// @notice Roots by governance, collateral by anyone, a device that attests, a root that a committee signs, relayed to another
/// chain, whose gate admits the device until it is banned.
contract AttestationStoryTest is ChainBase {
    uint256 private constant HOME = 96_369;
    uint256 private constant AWAY = 36_963;
    uint64 private constant WEIGHT = 25;

    AttestationLightClient private client;
    RootRelayer private relayer;
    AttestationGate private gate;

    address private awayGovernance = makeAddr("governance of the other chain");
    address[3] private relayers = [makeAddr("relayer 1"), makeAddr("relayer 2"), makeAddr("relayer 3")];

    /// @dev The committee's, in the order of their addresses.
    uint256[] private keys;
    address[] private members;
    uint64[] private weights;

    bytes32 private device;

    function setUp() public {
        vm.chainId(HOME);
        startChain();
        trustSimulatorByVote();
        _makeCommittee();
        _startOtherChain();
        device = attestByFacade(claimOf(IAttestationRegistry.TEEVendor.TDX, 1, operator, 1));
        attestByFacade(claimOf(IAttestationRegistry.TEEVendor.SEVSNP, 2, stranger, 1));
        attestByFacade(claimOf(IAttestationRegistry.TEEVendor.SGX, 3, stranger, 1));
    }

    function test_ADeviceIsAdmittedOnAnotherChainUntilItIsBanned() public {
        _relay(0);
        (IAttestationLightClient.DeviceStatus memory status, bytes32[] memory proof) = _proofOf(device);

        // Admitted, and nobody in its name.
        vm.chainId(AWAY);
        bytes32 task = keccak256("a task");
        vm.prank(operator);
        gate.postResult(task, keccak256("a result"), device, status, proof);
        assertEq(gate.resultOf(task, device), keccak256("a result"));
        vm.expectRevert(abi.encodeWithSelector(IAttestationGate.NotTheOperator.selector, stranger, operator));
        vm.prank(stranger);
        gate.postResult(keccak256("another"), keccak256("a result"), device, status, proof);

        // Validators ban its software. Until the ban is relayed, the other chain cannot know.
        _ban();
        gate.requireAttested(operator, device, status, proof);
        _relay(1);
        vm.chainId(AWAY);
        vm.expectRevert(abi.encodeWithSelector(IAttestationGate.NotProven.selector, device));
        gate.requireAttested(operator, device, status, proof);
        (IAttestationLightClient.DeviceStatus memory banned, bytes32[] memory newProof) = _proofOf(device);
        vm.expectRevert(abi.encodeWithSelector(IAttestationGate.NotAttested.selector, device));
        gate.requireAttested(operator, device, banned, newProof);

        // The truth is proven: banned, and not by default.
        assertTrue(client.verifyDeviceProof(device, banned, newProof));
        assertFalse(banned.attested);
    }

    function test_OthersStayAdmitted() public {
        Claim memory claim = claimOf(IAttestationRegistry.TEEVendor.SEVSNP, 2, stranger, 2);
        bytes32 other = attestByFacade(claim);
        _ban();
        _relay(2);
        (IAttestationLightClient.DeviceStatus memory status, bytes32[] memory proof) = _proofOf(other);
        vm.chainId(AWAY);
        vm.warp(status.lastSeen);
        gate.requireAttested(stranger, other, status, proof);
    }

    function test_TheGuardianPausesAtOnce() public {
        address guardian = makeAddr("guardian");
        enact(motion(address(registry), abi.encodeCall(IAttestationRegistry.setGuardian, (guardian))));
        Claim memory claim = claimOf(IAttestationRegistry.TEEVendor.TDX, 1, operator, 2);
        attestByFacade(claim);
        vm.prank(guardian);
        registry.pause(IAttestationRegistry.TEEVendor.TDX);
        assertFalse(facade.getDeviceStatus(device).attested);
        registry.refresh(device);
        _relay(0);
        (IAttestationLightClient.DeviceStatus memory status, bytes32[] memory proof) = _proofOf(device);
        vm.chainId(AWAY);
        vm.expectRevert(abi.encodeWithSelector(IAttestationGate.NotAttested.selector, device));
        gate.requireAttested(operator, device, status, proof);
    }

    function test_ARootThatTheCommitteeDidNotSignIsNotRelayed() public {
        bytes32 root = proofs.registryRoot();
        bytes memory signatures = _signatures(keccak256("another root"), vm.getBlockNumber());
        vm.chainId(AWAY);
        vm.prank(relayers[0]);
        vm.expectPartialRevert(IAttestationLightClient.UnknownSigner.selector);
        relayer.relay(root, vm.getBlockNumber(), signatures);
    }

    function test_AnyoneRelaysWhereOperatorsAreSilent() public {
        bytes32 root = proofs.registryRoot();
        bytes memory signatures = _signatures(root, vm.getBlockNumber());
        uint256 height = vm.getBlockNumber();
        vm.chainId(AWAY);
        vm.expectPartialRevert(IRootRelayer.RelayClosed.selector);
        vm.prank(stranger);
        relayer.relay(root, height, signatures);
        vm.roll(height + relayer.silence() + 1);
        vm.prank(stranger);
        relayer.relay(root, height, signatures);
        (bytes32 latest,) = client.latest();
        assertEq(latest, root);
    }

    /// @dev The registry's root as of now, signed by the committee and brought by one of the operators.
    function _relay(uint256 who) private {
        vm.chainId(HOME);
        vm.roll(vm.getBlockNumber() + 1);
        (bytes32 root, uint256 height) = (proofs.registryRoot(), vm.getBlockNumber());
        bytes memory signatures = _signatures(root, height);
        vm.chainId(AWAY);
        vm.prank(relayers[who]);
        relayer.relay(root, height, signatures);
        (bytes32 latestRoot, uint256 latestHeight) = client.latest();
        assertEq(latestRoot, root);
        assertEq(latestHeight, height);
        vm.chainId(HOME);
    }

    /// @dev Three of four sign: more than two thirds.
    function _signatures(bytes32 root, uint256 height) private view returns (bytes memory signatures) {
        bytes32 digest = RootDigests.rootDigest(HOME, root, height, keccak256(abi.encode(members, weights)));
        for (uint256 i; i < 3; i++) {
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(keys[i], digest);
            signatures = bytes.concat(signatures, abi.encodePacked(r, s, v));
        }
    }

    /// @dev What the precompile at 0x0AAB proves, on the home chain.
    function _proofOf(bytes32 deviceId)
        private
        view
        returns (IAttestationLightClient.DeviceStatus memory status, bytes32[] memory proof)
    {
        IAttestationProofs.DeviceStatus memory proven = proofs.provenStatus(deviceId);
        status = IAttestationLightClient.DeviceStatus({
            attested: proven.attested,
            trustScore: proven.trustScore,
            lastSeen: proven.lastSeen,
            operator: proven.operator,
            vendor: IAttestationLightClient.TEEVendor(uint8(proven.vendor))
        });
        proof = proofs.getMerkleProof(deviceId);
    }

    /// @dev Validators ban what runs on the device, and its leaf is brought up to date.
    function _ban() private {
        vm.chainId(HOME);
        (bytes32 measurement,) = registry.getDeviceMeasurements(device);
        Motion memory ban = motion(
            address(registry),
            abi.encodeCall(
                IAttestationRegistry.setMeasurement, (measurement, IAttestationRegistry.MeasurementState.Banned)
            )
        );
        ban.description = "Ban the software";
        uint256 before = vm.getBlockTimestamp();
        enact(ban);
        vm.warp(before); // so that it is the ban that shuts it out, not the time that the vote took
        assertFalse(facade.getDeviceStatus(device).attested);
        registry.refresh(device);
    }

    function _makeCommittee() private {
        for (uint256 i; i < 4; i++) {
            (address member, uint256 key) = makeAddrAndKey(string.concat("member ", vm.toString(i)));
            (uint256 place) = members.length;
            members.push(member);
            keys.push(key);
            weights.push(WEIGHT);
            for (; place > 0 && members[place - 1] > member; place--) {
                (members[place], keys[place]) = (members[place - 1], keys[place - 1]);
                (members[place - 1], keys[place - 1]) = (member, key);
            }
        }
    }

    function _startOtherChain() private {
        client = new AttestationLightClient(awayGovernance);
        vm.prank(awayGovernance);
        client.setCommittee(HOME, members, weights, 0);
        relayer = new RootRelayer(
            IRootRelayer.Settings({
                client: client,
                governance: awayGovernance,
                silence: 0,
                minimumBond: 10 ether,
                bounty: 0.1 ether,
                penalty: 1_000,
                unbondingPeriod: 14 days,
                reporterShare: 2_000
            })
        );
        for (uint256 i; i < relayers.length; i++) {
            vm.prank(awayGovernance);
            relayer.admitOperator(relayers[i]);
            vm.deal(relayers[i], 10 ether);
            vm.prank(relayers[i]);
            relayer.bond{value: 10 ether}();
        }
        gate = new AttestationGate(client, 60, 1 hours);
    }
}
