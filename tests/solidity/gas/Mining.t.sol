// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationChain} from "aivm/contracts/attestation/IAttestationChain.sol";
import {IAttestationRegistry} from "aivm/abi/IAttestationRegistry.sol";
import {AiMiningLib} from "aivm/contracts/AiMiningLib.sol";
import {AttestationRegistry} from "aivm/contracts/attestation/AttestationRegistry.sol";
import {IMiningRewards} from "aivm/contracts/mining/IMiningRewards.sol";
import {MiningBase} from "../mining/MiningBase.sol";

/// @notice The gas of claims and of the typed calls, tests of one call each. What the precompiles charge is in it, exact to
/// about 3,000.
contract GasMiningTest is MiningBase {
    AttestationRegistry private facade;
    Signed private attested;
    Signed private vouched;
    IMiningRewards.SignedVoucher private voucher;
    IAttestationChain.ProofOfExecution private renewal;

    function setUp() public override {
        super.setUp();
        facade = new AttestationRegistry();
        attested = level3(60);
        vouched = signedBy(STRANGER, workOf(unattested, 2, 60));
        voucher = vouch(vouched, beneficiary);
        IAttestationRegistry.ProofOfExecution memory proof = simulateProof(tdx(1, 2));
        renewal.deviceId = proof.deviceId;
        renewal.cpuQuote = proof.cpuQuote;
        renewal.nonce = proof.nonce;
        renewal.jobHash = proof.jobHash;
        renewal.outputHash = proof.outputHash;
    }

    function test_Claim() public {
        Signed memory signed = _unmetered(attested);
        submit(signed);
    }

    function test_ClaimVouched() public {
        Signed memory signed = _unmetered(vouched);
        vm.pauseGasMetering();
        IMiningRewards.SignedVoucher memory voucher_ = voucher;
        vm.resumeGasMetering();
        submit(signed, voucher_);
    }

    function test_VerifyMLDSA() public {
        Signed memory signed = _unmetered(attested);
        AiMiningLib.verifyMLDSA(signed.parameterSet, signed.publicKey, signed.signature, signed.workProof);
    }

    function test_CalculateReward() public {
        Signed memory signed = _unmetered(attested);
        AiMiningLib.calculateReward(signed.workProof);
    }

    function test_VerifyAttestation() public {
        vm.pauseGasMetering();
        IAttestationChain.ProofOfExecution memory proof = renewal;
        vm.resumeGasMetering();
        vm.prank(operator);
        facade.verifyAttestation(proof);
    }

    function test_RequireAttested() public view {
        facade.requireAttested(device, 50);
    }

    /// @dev From this test's storage, which is not what is measured.
    function _unmetered(Signed storage stored) private returns (Signed memory signed) {
        vm.pauseGasMetering();
        signed = stored;
        vm.resumeGasMetering();
    }
}
