//! What an integrator may choose: addresses, gas and where a reward's trust comes from.

use alloy_primitives::{Address, address};

/// The choices of a chain. The default is the one that the specification names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Where the precompiles are.
    pub addresses: Addresses,
    /// What their operations cost.
    pub gas: GasSchedule,
    /// Where CalculateReward takes the trust score of levels 3 and 4 from.
    pub reward_trust: RewardTrust,
}

/// The addresses of the precompiles (specification, section 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// AI mining.
    pub mining: Address,
    /// The attestation registry.
    pub registry: Address,
    /// Merkle proofs.
    pub proofs: Address,
    /// State sync.
    pub sync: Address,
}

impl Default for Addresses {
    fn default() -> Self {
        Self {
            mining: address!("0000000000000000000000000000000000000300"),
            registry: address!("0000000000000000000000000000000000000AAA"),
            proofs: address!("0000000000000000000000000000000000000AAB"),
            sync: address!("0000000000000000000000000000000000000AAC"),
        }
    }
}

/// Where the trust score of a reward comes from (specification, section 2, CalculateReward).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RewardTrust {
    /// Levels 3 and 4 read the device's record and need it to be attested now.
    #[default]
    Registry,
    /// No level reads state and trust is 100: the chain's mining contract judges trust itself.
    Formula,
}

/// The price of each operation in gas, charged in full before any work (specification, section 1, "Gas").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GasSchedule {
    /// An empty input or an unknown opcode or selector.
    pub unknown_operation: u64,
    /// `0x0300` / 01 VerifyMLDSA (LP-130).
    pub verify_mldsa: u64,
    /// `0x0300` / 02 CalculateReward (LP-130).
    pub calculate_reward: u64,
    /// `0x0300` / 03 VerifyTEE (LP-130).
    pub verify_tee: u64,
    /// `0x0300` / 04 IsSpent (LP-130).
    pub is_spent: u64,
    /// `0x0300` / 05 ComputeWorkId (LP-130).
    pub compute_work_id: u64,
    /// `0x0300` / 06 MarkSpent (LP-130).
    pub mark_spent: u64,
    /// `0x0300` / 07 SetAuthorized: one fresh storage slot (22,100) and a log.
    pub set_authorized: u64,
    /// `0x0300` / 08 IsAuthorized.
    pub is_authorized: u64,
    /// `0x0AAA` verifyAttestation and verifyAttestationFor (LP-80).
    pub verify_attestation: u64,
    /// `0x0AAA` submitCollateral and updateRootCA, before the price of their input.
    pub collateral_base: u64,
    /// `0x0AAA` submitCollateral and updateRootCA, for each byte of input, selector included.
    pub collateral_byte: u64,
    /// `0x0AAA` other writes.
    pub registry_write: u64,
    /// `0x0AAA` reads.
    pub registry_read: u64,
    /// `0x0AAB`, every function (LP-80).
    pub proofs: u64,
    /// `0x0AAC` updateRoot (LP-80).
    pub update_root: u64,
    /// `0x0AAC` rotateCommittee and setCommittee, before the price of the members.
    pub committee_base: u64,
    /// `0x0AAC` rotateCommittee and setCommittee, for each member: one fresh storage slot.
    pub committee_member: u64,
    /// `0x0AAC` verifyDeviceProof and verifyDeviceProofAt.
    pub verify_device_proof: u64,
    /// `0x0AAC` other reads.
    pub sync_read: u64,
}

impl Default for GasSchedule {
    fn default() -> Self {
        Self {
            unknown_operation: 1_000,
            verify_mldsa: 3_000,
            calculate_reward: 1_000,
            verify_tee: 5_000,
            is_spent: 100,
            compute_work_id: 50,
            mark_spent: 5_000,
            set_authorized: 25_000,
            is_authorized: 100,
            verify_attestation: 50_000,
            collateral_base: 50_000,
            collateral_byte: 100,
            registry_write: 25_000,
            registry_read: 2_600,
            proofs: 10_000,
            update_root: 30_000,
            committee_base: 30_000,
            committee_member: 22_100,
            verify_device_proof: 10_000,
            sync_read: 2_600,
        }
    }
}
