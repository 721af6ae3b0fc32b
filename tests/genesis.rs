//! What genesis writes is what governance would have written with calls, and what it refuses those calls refuse.

use aivm::{
    Aivm, Call, Genesis, GenesisError, MemoryHost, Outcome,
    abi::{
        IAttestationLightClient::setCommitteeCall,
        IAttestationRegistry::{
            self as abi, RootCARejected, TEEVendor, pauseCall, requireAllowlistCall, setGuardianCall,
            setMeasurementCall, setMinTrustScoreCall, setMinimumTcbCall, setValidityCall, updateRootCACall,
        },
    },
    evidence::{Vendor, cca, intel, nvidia, snp},
    genesis::{LightClient, Roots},
    precompiles::{memory::MemoryAccount, state::MeasurementState, sync::Committee},
};
use aivm_test_support::fleet::Fleet;
use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::{SolCall, SolError, SolValue};
use std::collections::BTreeMap;

const GOVERNANCE: Address = Address::repeat_byte(0x90);
const OTHER: Address = Address::repeat_byte(0x91);

/// A chain of a genesis, on which governance makes calls.
struct Chain {
    aivm: Aivm,
    host: MemoryHost,
}

impl Chain {
    fn new(genesis: &Genesis) -> Self {
        let aivm = Aivm::default();
        let host = genesis.memory_host(&aivm, 1_800_000_000);
        Self { aivm, host }
    }

    fn try_call(&mut self, to: Address, input: &[u8]) -> Result<(), Bytes> {
        let call = Call {
            input,
            gas_limit: 30_000_000,
            caller: GOVERNANCE,
            value: U256::ZERO,
            is_static: false,
            is_direct: true,
        };
        match self.aivm.call(to, &mut self.host, &call).unwrap().unwrap() {
            Outcome::Success { .. } => Ok(()),
            Outcome::Revert { output, .. } => Err(output),
            Outcome::OutOfGas => panic!("out of gas"),
        }
    }

    fn registry(&mut self, call: &impl SolCall) {
        let to = self.aivm.config().addresses.registry;
        assert_eq!(self.try_call(to, &call.abi_encode()), Ok(()));
    }
}

/// Code and storage. A blob's account that a call makes has no nonce.
fn contents(accounts: &BTreeMap<Address, MemoryAccount>) -> BTreeMap<Address, (Bytes, BTreeMap<U256, U256>)> {
    let contents = accounts.iter();
    contents
        .map(|(address, account)| (*address, (account.code.clone(), account.storage.clone())))
        .collect()
}

fn base() -> Genesis {
    let roots = Vendor::ALL.map(|vendor| (vendor, Roots::None));
    Genesis {
        roots: roots.into(),
        ..Genesis::new(GOVERNANCE)
    }
}

fn committee() -> (Vec<Address>, Vec<u64>) {
    let members = vec![Address::with_last_byte(1), Address::with_last_byte(2)];
    (members, vec![7, u64::MAX])
}

/// The keys of Arm CCA devices, as `updateRootCA` takes them.
fn cpaks() -> Vec<u8> {
    let mut roots = Fleet::new().roots().into_iter();
    roots
        .find_map(|(vendor, roots)| (vendor == Vendor::ArmCca).then_some(roots))
        .unwrap()
}

fn everything() -> Genesis {
    let (members, weights) = committee();
    Genesis {
        guardian: OTHER,
        authorized: vec![OTHER, GOVERNANCE],
        min_trust_score: 61,
        validity: 77,
        paused: [None, Some(Vendor::Nvidia), Some(Vendor::Sgx)].into(),
        allowlist_required: [Vendor::Tdx, Vendor::SevSnp].into(),
        measurements: BTreeMap::from([
            (B256::repeat_byte(1), MeasurementState::Allowed),
            (B256::repeat_byte(2), MeasurementState::Banned),
            (B256::repeat_byte(3), MeasurementState::Unset),
        ]),
        minimum_tcb: BTreeMap::from([
            (Vendor::Tdx, Bytes::from_static(&[0, 0, 0, 17])),
            (Vendor::Sgx, Bytes::new()),
        ]),
        roots: BTreeMap::from([
            (Vendor::Sgx, Roots::Bundle(intel::ROOT_CA.into())),
            (Vendor::SevSnp, Roots::Default),
            (Vendor::Tdx, Roots::None),
            (Vendor::Nvidia, Roots::Bundle(nvidia::ROOTS.concat().into())),
        ]),
        light_client: Some(LightClient {
            source_chain_id: U256::from(5),
            committee: Committee::new(&members, &weights).unwrap(),
            from_height: U256::MAX,
        }),
        ..Genesis::new(GOVERNANCE)
    }
}

#[test]
fn genesis_is_what_governance_would_have_written() {
    let mut chain = Chain::new(&base());
    chain.registry(&setGuardianCall { guardian: OTHER });
    chain.registry(&setMinTrustScoreCall { score: 61 });
    chain.registry(&setValidityCall { duration: 77 });
    for vendor in [TEEVendor::None, TEEVendor::NVIDIA, TEEVendor::SGX] {
        chain.registry(&pauseCall { vendor });
    }
    for vendor in [TEEVendor::TDX, TEEVendor::SEVSNP] {
        chain.registry(&requireAllowlistCall {
            vendor,
            required: true,
        });
    }
    for (byte, state) in [
        (1, abi::MeasurementState::Allowed),
        (2, abi::MeasurementState::Banned),
    ] {
        chain.registry(&setMeasurementCall {
            measurementId: B256::repeat_byte(byte),
            state,
        });
    }
    let minimum = Bytes::from_static(&[0, 0, 0, 17]);
    chain.registry(&setMinimumTcbCall {
        vendor: TEEVendor::TDX,
        minimum,
    });
    let roots = [
        (TEEVendor::SGX, intel::ROOT_CA.to_vec()),
        (TEEVendor::SEVSNP, snp::ROOTS.concat()),
        (TEEVendor::NVIDIA, nvidia::ROOTS.concat()),
    ];
    for (vendor, roots) in roots {
        chain.registry(&updateRootCACall {
            vendor,
            newRootCA: roots.into(),
        });
    }
    let addresses = chain.aivm.config().addresses;
    for address in [OTHER, GOVERNANCE] {
        let allow = [&[7][..], address.as_slice(), &[1]].concat();
        assert_eq!(chain.try_call(addresses.mining, &allow), Ok(()));
    }
    let (members, weights) = committee();
    let set = setCommitteeCall {
        sourceChainId: U256::from(5),
        members,
        weights,
        fromHeight: U256::MAX,
    };
    assert_eq!(chain.try_call(addresses.sync, &set.abi_encode()), Ok(()));
    let accounts = everything().accounts(&chain.aivm).unwrap();
    assert_eq!(contents(&accounts), contents(&chain.host.accounts));
    assert_eq!(accounts.len(), 4 + 3);
    assert!(accounts.values().all(|account| account.nonce == 1));
    assert!(accounts[&addresses.sync].storage.len() > 6);
}

/// One bundle that is fine and some that are not, for every vendor.
fn bundles(vendor: Vendor) -> Vec<Bytes> {
    let genuine = match vendor {
        Vendor::Sgx | Vendor::Tdx => intel::ROOT_CA.to_vec(),
        Vendor::SevSnp => snp::ROOTS.concat(),
        Vendor::Nvidia => nvidia::ROOTS.concat(),
        Vendor::ArmCca => cpaks(),
    };
    let mut damaged = genuine.clone();
    *damaged.last_mut().unwrap() ^= 1;
    let foreign = if vendor == Vendor::Nvidia {
        intel::ROOT_CA.to_vec()
    } else {
        nvidia::ROOTS.concat()
    };
    let all = [
        genuine.clone(),
        damaged,
        [&genuine[..], &[0]].concat(),
        [&genuine[..], &genuine].concat(),
        genuine[..genuine.len() - 1].to_vec(),
        foreign,
        Vec::new(),
        vec![0x30; 30_000],
    ];
    all.map(Bytes::from).into()
}

/// Roots are accepted and refused as `updateRootCA` does, with the same code.
#[test]
fn roots_are_checked_as_update_root_ca_checks_them() {
    let (mut accepted, mut refused) = (0, 0);
    for (vendor, argument) in Vendor::ALL.into_iter().zip([
        TEEVendor::SGX,
        TEEVendor::SEVSNP,
        TEEVendor::TDX,
        TEEVendor::NVIDIA,
        TEEVendor::ARMCCA,
    ]) {
        for bundle in bundles(vendor) {
            let mut genesis = base();
            genesis.roots.insert(vendor, Roots::Bundle(bundle.clone()));
            let mut chain = Chain::new(&base());
            let call = updateRootCACall {
                vendor: argument,
                newRootCA: bundle,
            };
            let registry = chain.aivm.config().addresses.registry;
            match (
                genesis.accounts(&chain.aivm),
                chain.try_call(registry, &call.abi_encode()),
            ) {
                (Ok(accounts), Ok(())) => {
                    assert_eq!(contents(&accounts), contents(&chain.host.accounts));
                    assert_eq!(accounts.len(), 5, "the precompiles, and the vendor's roots");
                    accepted += 1;
                }
                (
                    Err(GenesisError::RootsRejected {
                        vendor: named,
                        reason,
                    }),
                    Err(revert),
                ) => {
                    let code = RootCARejected::abi_decode(&revert).unwrap().code;
                    assert_eq!((named, reason.code()), (vendor, code));
                    refused += 1;
                }
                other => panic!("{}: {other:?}", vendor.name()),
            }
        }
    }
    assert_eq!((accepted, refused), (5, 5 * 7));
    assert!(cca::ROOTS.is_empty());
}

#[test]
fn a_light_client_of_no_chain() {
    let mut genesis = everything();
    genesis.light_client.as_mut().unwrap().source_chain_id = U256::ZERO;
    assert_eq!(genesis.accounts(&Aivm::default()), Err(GenesisError::ZeroChainId));
}

/// No keys at all are no roots: there is no version of them, and no account.
#[test]
fn no_cpaks() {
    let none = Vec::<(Bytes, B256, Bytes)>::new().abi_encode();
    let mut genesis = base();
    genesis.roots.insert(Vendor::ArmCca, Roots::Bundle(none.into()));
    let aivm = Aivm::default();
    assert_eq!(genesis.accounts(&aivm), base().accounts(&aivm));
}

/// A precompile calls nobody: it cannot govern, guard or mark work as spent.
#[test]
fn callers_that_are_precompiles() {
    let aivm = Aivm::default();
    let mut cases = 0;
    for (address, _) in aivm.rows() {
        let refused = |field, genesis: Genesis| {
            let error = GenesisError::Precompile { field, address };
            assert_eq!(genesis.accounts(&aivm), Err(error), "{field}");
        };
        refused("governance", Genesis::new(address));
        refused(
            "guardian",
            Genesis {
                guardian: address,
                ..base()
            },
        );
        refused(
            "authorized",
            Genesis {
                authorized: vec![OTHER, address],
                ..base()
            },
        );
        cases += 1;
    }
    assert_eq!(cases, 4);
}
