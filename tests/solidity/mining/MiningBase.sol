// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IAttestationRegistry} from "aivm/abi/IAttestationRegistry.sol";
import {AiMiningLib} from "aivm/contracts/AiMiningLib.sol";
import {AICoin} from "aivm/contracts/mining/AICoin.sol";
import {IMiningRewards} from "aivm/contracts/mining/IMiningRewards.sol";
import {MiningRewards} from "aivm/contracts/mining/MiningRewards.sol";
import {AivmTest} from "aivm/contracts/testing/AivmTest.sol";

/// @title What the tests of mining rewards share: real precompiles, attested devices, signed claims
abstract contract MiningBase is AivmTest {
    /// @dev What `claim` takes.
    struct Signed {
        bytes workProof;
        bytes1 parameterSet;
        bytes publicKey;
        bytes signature;
    }

    uint256 internal constant NOW = SIMULATOR_VALID_FROM + 30 days;

    /// @dev The ML-DSA-65 keys are those of these numbers.
    uint64 internal constant MINER = 1;
    uint64 internal constant STRANGER = 2;

    AICoin internal coin;
    MiningRewards internal rewards;

    address internal operator = makeAddr("operator");
    address internal attacker = makeAddr("attacker");
    address internal beneficiary = makeAddr("beneficiary");
    address internal issuer;
    uint256 internal issuerKey;

    /// @dev A TDX device without a GPU, attested by `operator` with the key of `MINER`; and one that nobody attested.
    bytes32 internal device;
    bytes32 internal unattested = keccak256("a device that nobody attested");

    uint256 private _nonces;

    function setUp() public virtual {
        vm.warp(NOW);
        installAivm();
        trustSimulator();
        coin = new AICoin(address(this));
        rewards = new MiningRewards(coin, address(this));
        coin.setMinter(address(rewards), true);
        AiMiningLib.setAuthorized(address(rewards), true);
        (issuer, issuerKey) = makeAddrAndKey("issuer");
        rewards.setIssuer(issuer, true);
        device = attest(tdx(1, 1));
    }

    /// @dev A claim of a TDX device with the miner's key.
    function tdx(uint32 number, uint256 nonce) internal returns (Claim memory claim) {
        claim = claimOf(IAttestationRegistry.TEEVendor.TDX, number, operator, nonce);
        claim.attestedKey = keccak256(simulatedKey(MINER));
    }

    function attest(Claim memory claim) internal returns (bytes32) {
        IAttestationRegistry.ProofOfExecution memory proof = simulateProof(claim);
        registry.verifyAttestationFor(claim.operator, proof);
        return proof.deviceId;
    }

    /// @dev With a GPU as well, for level 4.
    function attestHybrid(uint32 number, uint32 gpu) internal returns (bytes32) {
        Claim memory claim = tdx(number, 1);
        claim.gpu = gpu;
        return attest(claim);
    }

    /// @dev Work that ended now, with a nonce of its own.
    function workOf(bytes32 deviceId, uint16 level, uint32 computeMinutes)
        internal
        returns (AiMiningLib.WorkProof memory work)
    {
        work.deviceId = deviceId;
        work.nonce = keccak256(abi.encode("nonce", ++_nonces));
        work.timestamp = uint64(block.timestamp);
        work.privacyLevel = level;
        work.computeMinutes = computeMinutes;
    }

    /// @dev Level 3 work of a minute that ended at a time.
    function ending(uint256 timestamp) internal returns (Signed memory) {
        AiMiningLib.WorkProof memory work = workOf(device, 3, 1);
        work.timestamp = SafeCast.toUint64(timestamp);
        return signedBy(MINER, work);
    }

    function signedBy(uint64 seed, AiMiningLib.WorkProof memory work) internal returns (Signed memory) {
        return signedFor(rewards, seed, work);
    }

    function signedFor(MiningRewards target, uint64 seed, AiMiningLib.WorkProof memory work)
        internal
        returns (Signed memory signed)
    {
        signed.workProof = AiMiningLib.encode(work);
        signed.parameterSet = AiMiningLib.ML_DSA_65;
        signed.publicKey = simulatedKey(seed);
        signed.signature = simulatedSignature(seed, target.claimMessage(signed.workProof));
    }

    /// @dev Level 3 work of the attested device, signed by its key.
    function level3(uint32 computeMinutes) internal returns (Signed memory) {
        return signedBy(MINER, workOf(device, 3, computeMinutes));
    }

    function submit(Signed memory signed) internal returns (uint256) {
        return rewards.claim(signed.workProof, signed.parameterSet, signed.publicKey, signed.signature);
    }

    function submit(Signed memory signed, IMiningRewards.SignedVoucher memory voucher) internal returns (uint256) {
        return rewards.claimVouched(signed.workProof, signed.parameterSet, signed.publicKey, signed.signature, voucher);
    }

    /// @dev The issuer's voucher for what was signed.
    function vouch(Signed memory signed, address payee)
        internal
        view
        returns (IMiningRewards.SignedVoucher memory voucher)
    {
        (voucher.issuer, voucher.beneficiary) = (issuer, payee);
        voucher.signature =
            ecdsa(issuerKey, rewards.voucherDigest(signed.workProof, keccak256(signed.publicKey), payee));
    }

    function ecdsa(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function idOf(Signed memory signed) internal view returns (bytes32) {
        return AiMiningLib.computeWorkId(signed.workProof);
    }

    /// @dev Turns one bit over, in place.
    function flip(bytes memory data, uint256 bit) internal pure {
        data[bit / 8] ^= bytes1(SafeCast.toUint8(2 ** (bit % 8)));
    }

    /// @dev Section 2 of the specification, in Solidity.
    function rewardOf(uint16 level, uint256 computeMinutes, uint256 trust) internal pure returns (uint256) {
        uint256[5] memory basisPoints = [uint256(0), 2_500, 5_000, 10_000, 15_000];
        return 1e18 * computeMinutes * basisPoints[level] * trust / (10_000 * 100);
    }

    function trustOf(bytes32 deviceId) internal view returns (uint256) {
        return registry.getDeviceStatus(deviceId).trustScore;
    }

    /// @dev That a refused claim left nothing behind.
    function assertNothingPaid(Signed memory signed, bytes32 deviceId) internal view {
        assertEq(coin.totalSupply(), 0, "minted");
        assertFalse(AiMiningLib.isSpent(idOf(signed)), "spent");
        assertEq(rewards.lastClaim(deviceId), 0, "clock");
    }
}
