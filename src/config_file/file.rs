//! The file's types: what serde reads, and the source of the JSON Schema. Their documentation is what users of the
//! schema see.

use super::{
    form::{Table, unique},
    hex::{HexAddress, HexBytes, HexWord},
};
use aivm_precompiles::GasSchedule;
use revm::primitives::hardfork::SpecId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Derives what every type of the file has.
macro_rules! in_file {
    ($($item:item)+) => {
        $(
            #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
            #[cfg_attr(feature = "config-schema", derive(schemars::JsonSchema))]
            #[serde(deny_unknown_fields)]
            $item
        )+
    };
}

in_file! {
    /// What a chain chooses about the aivm precompiles: addresses, gas, activation, and the state they begin with.
    #[cfg_attr(feature = "config-schema", schemars(title = "aivm configuration"))]
    pub(super) struct ChainFile {
        /// From when on the precompiles exist.
        #[serde(default)]
        pub(super) activation: ActivationFile,
        /// Where CalculateReward takes the trust score of levels 3 and 4 from.
        #[serde(default)]
        pub(super) reward_trust: RewardTrustFile,
        /// Where the precompiles are.
        #[serde(default)]
        pub(super) addresses: Table<AddressesFile>,
        /// The price of each operation in gas. What is left out has its default.
        #[serde(default)]
        pub(super) gas: Table<GasFile>,
        /// Who governs at first, and what is trusted at first. Governance can change all of it later.
        pub(super) genesis: Table<GenesisFile>,
    }

    /// From when on the precompiles exist: "genesis", { timestamp = 1766708400 } or { hard_fork = "osaka" }.
    #[derive(Default)]
    #[serde(rename_all = "snake_case")]
    pub(super) enum ActivationFile {
        /// From genesis on.
        #[default]
        Genesis,
        /// From the first block with this timestamp or a later one, in Unix seconds.
        Timestamp(u64),
        /// From this hard fork on.
        HardFork(HardFork),
    }

    /// Where CalculateReward takes the trust score of levels 3 and 4 from.
    #[derive(Default)]
    #[serde(rename_all = "snake_case")]
    pub(super) enum RewardTrustFile {
        /// From the device's record: it must be attested now.
        #[default]
        Registry,
        /// Trust is always 100: the chain's mining contract judges trust itself.
        Formula,
    }

    /// Where the precompiles are.
    #[serde(default)]
    pub(super) struct AddressesFile {
        /// AI mining.
        pub(super) mining: HexAddress,
        /// The attestation registry.
        pub(super) registry: HexAddress,
        /// Merkle proofs.
        pub(super) proofs: HexAddress,
        /// State sync.
        pub(super) sync: HexAddress,
    }

    /// Who governs at first, and what is trusted at first.
    pub(super) struct GenesisFile {
        /// The one address that governs: a contract that needs two thirds of the validators' stake.
        pub(super) governance: HexAddress,
        /// The address that may pause and nothing else. Left out: none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(super) guardian: Option<HexAddress>,
        /// The mining contracts that may mark work as spent.
        #[serde(default)]
        pub(super) authorized: Vec<HexAddress>,
        /// The least score at which evidence verifies, 0 to 100.
        #[serde(default = "GenesisFile::min_trust_score")]
        #[cfg_attr(feature = "config-schema", schemars(range(max = 100)))]
        pub(super) min_trust_score: u8,
        /// How long an attestation lasts, in seconds.
        #[serde(default = "GenesisFile::validity")]
        pub(super) validity: u64,
        /// Whose evidence is refused until governance unpauses: vendors, or "all".
        #[serde(default)]
        pub(super) paused: BTreeSet<PausedName>,
        /// The vendors whose evidence must carry an allowed measurement.
        #[serde(default)]
        pub(super) allowlist_required: BTreeSet<VendorName>,
        /// What is known of measurements, by measurement id.
        #[serde(default, deserialize_with = "unique")]
        pub(super) measurements: BTreeMap<HexWord, MeasurementName>,
        /// The least TCB accepted from a vendor, in the form that setMinimumTcb takes.
        #[serde(default)]
        pub(super) minimum_tcb: Table<PerVendor<HexBytes>>,
        /// The root certificates of each vendor. A vendor that is left out has "default".
        #[serde(default)]
        pub(super) roots: Table<PerVendor<RootsFile>>,
        /// The chain whose registry state sync follows. Left out: none, until governance sets a committee.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(super) light_client: Option<Table<LightClientFile>>,
    }

    /// The chain whose registry state sync follows, and who signs its roots.
    pub(super) struct LightClientFile {
        /// The id of that chain.
        pub(super) source_chain_id: u64,
        /// The height from which on the committee signs.
        #[serde(default)]
        pub(super) from_height: u64,
        /// 1 to 32 members, by ascending address.
        pub(super) members: Vec<Table<MemberFile>>,
    }

    /// A member of a committee.
    pub(super) struct MemberFile {
        /// The address of the key that it signs with.
        pub(super) address: HexAddress,
        /// Its weight: the signers of a root weigh more than two thirds of all.
        pub(super) weight: u64,
    }

    /// Something for each vendor that is named.
    #[cfg_attr(feature = "config-schema", schemars(rename = "PerVendorOf{T}"))]
    pub(super) struct PerVendor<T> {
        /// Intel SGX.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(super) sgx: Option<T>,
        /// AMD SEV-SNP.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(super) sevsnp: Option<T>,
        /// Intel TDX.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(super) tdx: Option<T>,
        /// NVIDIA GPUs in confidential-computing mode.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(super) nvidia: Option<T>,
        /// Arm CCA.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(super) armcca: Option<T>,
    }

    /// Whose hardware signs evidence.
    #[derive(Copy)]
    #[serde(rename_all = "lowercase")]
    pub(super) enum VendorName {
        /// Intel SGX.
        Sgx,
        /// AMD SEV-SNP.
        SevSnp,
        /// Intel TDX.
        Tdx,
        /// NVIDIA GPUs in confidential-computing mode.
        Nvidia,
        /// Arm CCA.
        ArmCca,
    }

    /// A vendor, or all of them.
    #[derive(Copy)]
    #[serde(rename_all = "lowercase")]
    pub(super) enum PausedName {
        /// Every vendor.
        All,
        /// Intel SGX.
        Sgx,
        /// AMD SEV-SNP.
        SevSnp,
        /// Intel TDX.
        Tdx,
        /// NVIDIA GPUs in confidential-computing mode.
        Nvidia,
        /// Arm CCA.
        ArmCca,
    }

    /// What governance thinks of a measurement.
    #[derive(Copy)]
    #[serde(rename_all = "lowercase")]
    pub(super) enum MeasurementName {
        /// It is on the allow list.
        Allowed,
        /// It is refused.
        Banned,
    }

    /// The root certificates of a vendor: "default", "none", { pem = "…" } or { bundle = "0x…" }.
    #[serde(rename_all = "lowercase")]
    pub(super) enum RootsFile {
        /// Those that the vendor publishes, as this version knows them. None for Arm CCA.
        Default,
        /// None: the vendor's evidence is refused until governance installs roots.
        None,
        /// Certificates in PEM, one after another. Not for Arm CCA.
        Pem(String),
        /// What updateRootCA takes: certificates in DER, one after another; for Arm CCA abi.encode(CcaCpak[]).
        Bundle(HexBytes),
    }
}

/// A struct with the fields of another, in the same order, and its defaults.
macro_rules! gas {
    ($($(#[doc = $doc:literal])+ $field:ident,)+) => {
        in_file! {
            /// The price of each operation in gas.
            #[serde(default)]
            pub(super) struct GasFile {
                $($(#[doc = $doc])+ $field: u64,)+
            }
        }

        impl From<GasSchedule> for GasFile {
            fn from(GasSchedule { $($field),+ }: GasSchedule) -> Self {
                Self { $($field),+ }
            }
        }

        impl From<GasFile> for GasSchedule {
            fn from(GasFile { $($field),+ }: GasFile) -> Self {
                Self { $($field),+ }
            }
        }
    };
}

gas! {
    /// An empty input or an unknown opcode or selector.
    unknown_operation,
    /// AI mining: 01 VerifyMLDSA.
    verify_mldsa,
    /// AI mining: 02 CalculateReward.
    calculate_reward,
    /// AI mining: 03 VerifyTEE.
    verify_tee,
    /// AI mining: 04 IsSpent.
    is_spent,
    /// AI mining: 05 ComputeWorkId.
    compute_work_id,
    /// AI mining: 06 MarkSpent.
    mark_spent,
    /// AI mining: 07 SetAuthorized.
    set_authorized,
    /// AI mining: 08 IsAuthorized.
    is_authorized,
    /// Registry: verifyAttestation and verifyAttestationFor.
    verify_attestation,
    /// Registry: submitCollateral, updateRootCA and setGoldenMeasurement, before the price of their input.
    collateral_base,
    /// Registry: the same, for each byte of input, selector included.
    collateral_byte,
    /// Registry: other writes.
    registry_write,
    /// Registry: reads.
    registry_read,
    /// Merkle proofs: every function.
    proofs,
    /// State sync: updateRoot.
    update_root,
    /// State sync: rotateCommittee and setCommittee, before the price of the members.
    committee_base,
    /// State sync: the same, for each member.
    committee_member,
    /// State sync: verifyDeviceProof and verifyDeviceProofAt.
    verify_device_proof,
    /// State sync: other reads.
    sync_read,
}

/// The hard forks of Ethereum, by the names that a file gives them.
macro_rules! hard_forks {
    ($($name:ident = $spec:ident,)+) => {
        in_file! {
            /// A hard fork of Ethereum.
            #[derive(Copy)]
            #[serde(rename_all = "snake_case")]
            pub(super) enum HardFork {
                $(#[doc = concat!(stringify!($name), ".")] $name,)+
            }
        }

        impl From<HardFork> for SpecId {
            fn from(fork: HardFork) -> Self {
                match fork {
                    $(HardFork::$name => Self::$spec,)+
                }
            }
        }
    };
}

hard_forks! {
    Frontier = FRONTIER,
    Homestead = HOMESTEAD,
    Tangerine = TANGERINE,
    SpuriousDragon = SPURIOUS_DRAGON,
    Byzantium = BYZANTIUM,
    Petersburg = PETERSBURG,
    Istanbul = ISTANBUL,
    Berlin = BERLIN,
    London = LONDON,
    Merge = MERGE,
    Shanghai = SHANGHAI,
    Cancun = CANCUN,
    Prague = PRAGUE,
    Osaka = OSAKA,
    Amsterdam = AMSTERDAM,
}
