//! A chain on which every device of a fleet can attest, and calls to its registry.

use super::world::{ANYONE, GOVERNANCE, World};
use aivm::{
    abi::{
        IAttestationProofs,
        IAttestationRegistry::{
            self as abi, AttestationVerified, DeviceStatus, EvidenceRejected, ProofOfExecution,
        },
    },
    evidence::Vendor,
};
use aivm_test_support::fleet::{Claim, Device, Fleet, NOW, oracle};
use alloy_primitives::{Address, B256, Bytes, U256, address};
use alloy_sol_types::{SolCall, SolError, SolEvent};

/// Operators.
pub(crate) const ALICE: Address = address!("a11ce00000000000000000000000000000000001");
pub(crate) const BOB: Address = address!("b0b0000000000000000000000000000000000002");

/// The chain's id.
pub(crate) const CHAIN_ID: u64 = 31_337;

/// How long an attestation lasts by default.
pub(crate) const VALIDITY: u64 = 86_400;

const PROOFS: Address = address!("0000000000000000000000000000000000000AAB");

/// The chain.
pub(crate) struct Devices {
    pub(crate) world: World,
    pub(crate) fleet: Fleet,
}

impl Devices {
    /// At the fleet's time in block 1, with its roots and collateral.
    pub(crate) fn new() -> Self {
        let mut devices = Self::without_collateral();
        let registry = devices.world.registry_address();
        for call in devices.fleet.calls() {
            devices
                .world
                .call(registry, GOVERNANCE, &call)
                .expect("the fleet's collateral");
        }
        devices
    }

    /// The same without the fleet's roots and collateral.
    pub(crate) fn without_collateral() -> Self {
        let mut world = World::new(NOW);
        (world.host.number, world.host.chain_id) = (1, CHAIN_ID);
        Self {
            world,
            fleet: Fleet::new(),
        }
    }

    pub(crate) fn device(&self, vendor: Vendor, number: u32) -> Device {
        self.fleet.device(vendor, number)
    }

    /// Calls `verifyAttestation`: the code of a refusal, which must leave nothing.
    pub(crate) fn attest(&mut self, caller: Address, proof: &ProofOfExecution) -> Result<(), u16> {
        let call = abi::verifyAttestationCall { proof: proof.clone() };
        let outcome = self.world.registry(caller, &call);
        self.judge(outcome, caller, proof)
    }

    /// Anyone calls `verifyAttestationFor`.
    pub(crate) fn attest_for(&mut self, operator: Address, proof: &ProofOfExecution) -> Result<(), u16> {
        let call = abi::verifyAttestationForCall {
            operator,
            proof: proof.clone(),
        };
        let outcome = self.world.registry(ANYONE, &call);
        self.judge(outcome, operator, proof)
    }

    /// A success returns true, logs, and is the last leaf of its block; a refusal has a code.
    fn judge(
        &mut self,
        outcome: Result<Bytes, Bytes>,
        operator: Address,
        proof: &ProofOfExecution,
    ) -> Result<(), u16> {
        let output = outcome.map_err(|revert| {
            EvidenceRejected::abi_decode(&revert)
                .expect("EvidenceRejected")
                .code
        })?;
        assert_eq!(output, Bytes::from(true_word()));
        let status = self.status(proof.deviceId);
        let event = AttestationVerified::decode_log(self.world.host.logs.last().expect("a log")).unwrap();
        let expected = AttestationVerified {
            deviceId: proof.deviceId,
            operator,
            vendor: status.vendor,
            trustScore: status.trustScore,
            jobHash: proof.jobHash,
            outputHash: proof.outputHash,
        };
        assert_eq!(event.data, expected);
        let lasts = U256::from(self.world.host.timestamp);
        assert_eq!(
            (status.attested, status.lastSeen, status.operator),
            (true, lasts, operator)
        );
        self.assert_last_attestation(operator, proof);
        Ok(())
    }

    /// The attestation is the last leaf of its block's tree.
    fn assert_last_attestation(&mut self, operator: Address, proof: &ProofOfExecution) {
        use IAttestationProofs::{attestationCountCall, attestationRootCall, getAttestationProofCall};
        let block = U256::from(self.world.host.number);
        let count = self.proofs(&attestationCountCall { blockNumber: block });
        let call = getAttestationProofCall {
            blockNumber: block,
            index: count - U256::ONE,
        };
        let siblings = self.proofs(&call);
        let leaf = oracle::attestation_leaf(oracle::attestation_hash(proof), operator);
        let root = self.proofs(&attestationRootCall { blockNumber: block });
        assert_eq!(oracle::climb(leaf, &siblings), root);
    }

    /// What a function of `0x0AAB` returns.
    pub(crate) fn proofs<C: SolCall>(&mut self, call: &C) -> C::Return {
        let output = self
            .world
            .call(PROOFS, ANYONE, &call.abi_encode())
            .expect("a view");
        C::abi_decode_returns(&output).expect("canonical return data")
    }

    /// What a function of `0x0AAB` reverts with.
    pub(crate) fn no_proof(&mut self, call: &impl SolCall) -> Bytes {
        let outcome = self.world.call(PROOFS, ANYONE, &call.abi_encode());
        outcome.expect_err("a refusal")
    }

    pub(crate) fn status(&mut self, id: B256) -> DeviceStatus {
        self.world.view(&abi::getDeviceStatusCall { deviceId: id })
    }

    pub(crate) fn attested(&mut self, id: B256) -> bool {
        self.status(id).attested
    }
}

/// A claim by an operator on this chain.
pub(crate) fn claim(operator: Address, nonce: u64) -> Claim {
    Claim::new(CHAIN_ID, operator, U256::from(nonce))
}

fn true_word() -> Vec<u8> {
    B256::with_last_byte(1).to_vec()
}
