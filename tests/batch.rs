//! Many signatures or pieces of evidence at once: what each is found to be alone, in their order, on any number of cores.
#![cfg(feature = "parallel")]

mod common;

use aivm::{
    Aivm, HostError, MemoryHost,
    crypto::Item,
    evidence::{MAX_EVIDENCE_LEN, Rejection, Vendor, Verified, VerifyError, verify},
    precompiles::{
        Context,
        mining::{Operation, SignedMessage},
    },
    prewarm::{BlockFacts, ParentState},
};
use aivm_test_support::{fuzz::seeds, rng::Rng};
use alloy_primitives::{Address, B256, Bytes, U256};
use common::devices::{CHAIN_ID, Devices};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::ops::Range;

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
        gas_limit: 0, // quotes alone are not paid for
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

/// On pools of 1, 2 and 4 threads, ranges of 0 to 33 and of all pieces; how many there were.
fn for_batches(pieces: usize, mut verify: impl FnMut(&ThreadPool, Range<usize>)) -> usize {
    let mut rng = Rng(4);
    let mut batches = 0;
    for threads in [1, 2, 4] {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads");
        for len in (0..=33).chain([pieces]) {
            let first = rng.below(pieces - len + 1);
            verify(&pool, first..first + len);
            batches += 1;
        }
    }
    batches
}

/// Signatures of every set: good, damaged, cut, with a context, and without a key.
fn items() -> Vec<Item<'static>> {
    let mut inputs = seeds(Operation::VerifyMldsa);
    let good = inputs.len();
    let mut rng = Rng(5);
    for index in 0..4 * good {
        let mut damaged = inputs[index % good].clone();
        // Behind opcode and set.
        let at = 2 + rng.below(damaged.len() - 2);
        damaged[at] ^= 1 << rng.below(8);
        inputs.insert(rng.below(inputs.len()), damaged);
    }
    let item = |input: &'static [u8]| {
        let message = SignedMessage::parse(&input[1..]).expect("a set and its lengths");
        Item {
            set: message.set,
            public_key: message.public_key,
            message: message.message,
            context: &[],
            signature: message.signature,
        }
    };
    let mut items: Vec<_> = inputs.into_iter().map(|input| item(input.leak())).collect();
    for index in 0..good {
        let other = items[rng.below(items.len())];
        items[5 * index] = [
            Item {
                context: &[1],
                ..other
            },
            Item {
                signature: &other.signature[1..],
                ..other
            },
            Item {
                public_key: &[],
                ..other
            },
        ][index % 3];
    }
    items
}

#[test]
fn signatures_as_one_by_one() {
    let (aivm, items) = (Aivm::default(), items());
    let alone = |item: &Item<'_>| {
        item.context.is_empty()
            && (aivm.crypto()).verify_mldsa(item.set, item.public_key, item.message, item.signature)
    };
    let expected: Vec<_> = items.iter().map(alone).collect();
    let valid = expected.iter().filter(|valid| **valid).count();
    assert!((4..=9).contains(&valid), "{valid} of {}", expected.len());
    let batches = for_batches(items.len(), |pool, range| {
        let verdicts = pool.install(|| aivm.verify_batch(&items[range.clone()]));
        assert_eq!(verdicts, expected[range.clone()], "{range:?} on {pool:?}");
    });
    assert_eq!(batches, 3 * 35);
}

#[test]
fn quotes_as_one_by_one() {
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

    let batches = for_batches(pieces.len(), |pool, range| {
        let verdicts = pool.install(|| aivm.verify_quotes(host, &facts(host), &pieces[range.clone()]));
        assert_eq!(verdicts, expected[range.clone()], "{range:?} on {pool:?}");
    });
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
