//! Many pieces of evidence at once: what each is found to be alone, in their order, on any number of cores.
#![cfg(feature = "parallel")]

mod common;

use aivm::{
    Aivm, HostError, MemoryHost,
    evidence::{MAX_EVIDENCE_LEN, Rejection, Vendor, Verified, VerifyError, verify},
    precompiles::Context,
    prewarm::{BlockFacts, ParentState},
};
use aivm_test_support::rng::Rng;
use alloy_primitives::{Address, B256, Bytes, U256};
use common::devices::{CHAIN_ID, Devices};
use rayon::ThreadPoolBuilder;

/// What a piece of evidence is found to be without anything of what is tested.
fn alone(aivm: &Aivm, host: &MemoryHost, evidence: &[u8]) -> Result<Verified, VerifyError> {
    let mut context = Context {
        config: aivm.config(),
        crypto: aivm.crypto(),
        host: &mut host.clone(),
        caller: Address::ZERO,
    };
    verify(&mut context, evidence)
}

fn facts(host: &MemoryHost) -> BlockFacts {
    BlockFacts {
        number: host.number,
        timestamp: host.timestamp,
        chain_id: CHAIN_ID,
    }
}

/// Evidence of every vendor, as it is, damaged, cut, too long, of nobody and empty.
fn pieces(devices: &Devices) -> Vec<Vec<u8>> {
    let mut rng = Rng(3);
    let mut pieces = Vec::new();
    for vendor in Vendor::ALL {
        for number in 0..3 {
            let device = devices.device(vendor, number);
            let good = device.evidence(B256::with_last_byte(7), B256::ZERO, 0);
            let mut damaged = good.clone();
            let at = 1 + rng.below(good.len() - 1);
            damaged[at] ^= 1 << rng.below(8);
            let cut = good[..rng.below(good.len())].to_vec();
            let mut other = good.clone();
            other[0] = [0, 6, 1 + vendor.number() % 5][number as usize];
            pieces.extend([good, damaged, cut, other]);
        }
    }
    for len in [0, 1, MAX_EVIDENCE_LEN - 1, MAX_EVIDENCE_LEN, MAX_EVIDENCE_LEN + 1] {
        pieces.push(vec![3; len]);
    }
    pieces
}

#[test]
fn as_one_by_one() {
    let devices = Devices::new();
    let (aivm, host) = (Aivm::default(), &devices.world.host);
    let pieces = pieces(&devices);
    let expected: Vec<_> = pieces.iter().map(|piece| alone(&aivm, host, piece)).collect();
    let good = expected.iter().filter(|verdict| verdict.is_ok()).count();
    assert!((15..20).contains(&good), "{good} of {} verify", expected.len());
    for reason in [
        Rejection::EvidenceEmpty,
        Rejection::EvidenceTooLong,
        Rejection::VendorUnknown,
    ] {
        assert!(expected.contains(&Err(reason.into())), "{reason:?}");
    }

    let mut rng = Rng(4);
    let mut batches = 0;
    for threads in [1, 2, 4] {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads");
        for len in (0..=33).chain([pieces.len()]) {
            let first = rng.below(pieces.len() - len + 1);
            let verdicts =
                pool.install(|| aivm.verify_quotes(host, &facts(host), &pieces[first..first + len]));
            assert_eq!(
                verdicts,
                expected[first..first + len],
                "{len} on {threads} threads"
            );
            batches += 1;
        }
    }
    assert_eq!(batches, 3 * 35);
}

/// A state that cannot be read where it is asked for a code, such as collateral.
struct NoCodes<'a>(&'a MemoryHost);

impl ParentState for NoCodes<'_> {
    fn storage(&self, account: Address, slot: U256) -> Result<U256, HostError> {
        self.0.storage(account, slot)
    }

    fn code(&self, account: Address) -> Result<Bytes, HostError> {
        Err(HostError(format!("no code of {account}")))
    }
}

#[test]
fn a_fault_of_the_database_is_no_verdict() {
    let devices = Devices::new();
    let (aivm, host) = (Aivm::default(), &devices.world.host);
    let good = devices.device(Vendor::Tdx, 0).evidence(B256::ZERO, B256::ZERO, 0);
    let pieces = [&[], good.as_slice(), &[9]];
    let verdicts = aivm.verify_quotes(&NoCodes(host), &facts(host), &pieces);
    assert_eq!(verdicts[0], Err(Rejection::EvidenceEmpty.into()));
    assert!(
        matches!(verdicts[1], Err(VerifyError::Host(_))),
        "{:?}",
        verdicts[1]
    );
    assert_eq!(verdicts[2], Err(Rejection::VendorUnknown.into()));
}
