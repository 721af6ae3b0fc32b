//! Who must sign what, and how.

use crate::setup::{Client, Council, Root, address, at, domain, error, key, root, sign};
use aivm::abi::IAttestationLightClient as abi;
use alloy_primitives::{Address, B256, Bytes, Log, U256, uint};
use alloy_sol_types::{SolError, SolStruct};

const HEIGHT: u64 = 200;

/// The order of secp256k1 (SEC 2, section 2.4.1).
const N: U256 = uint!(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256);

/// `updateRoot` for `root(1)` at [`HEIGHT`], with these signatures.
fn update(client: &Client, signatures: &[u8]) -> Result<Log, Bytes> {
    let call = abi::updateRootCall {
        newRoot: root(1),
        blockHeight: at(HEIGHT),
        signatures: signatures.to_vec().into(),
    };
    client.clone().send(&call)
}

fn digest(council: &Council) -> B256 {
    council.root_digest(root(1), at(HEIGHT))
}

fn insufficient(weight: u128, total: u128) -> Result<Log, Bytes> {
    Err(error(&abi::InsufficientWeight {
        weight: U256::from(weight),
        total: U256::from(total),
    }))
}

fn invalid(index: u64) -> Result<Log, Bytes> {
    Err(error(&abi::InvalidSignature { index: at(index) }))
}

fn length(length: u64) -> Result<Log, Bytes> {
    Err(error(&abi::InvalidSignatureLength { length: at(length) }))
}

fn order(index: u64, signer: Address) -> Result<Log, Bytes> {
    let index = at(index);
    Err(error(&abi::SignerOrder { index, signer }))
}

fn unknown(index: u64, signer: Address) -> Result<Log, Bytes> {
    let index = at(index);
    Err(error(&abi::UnknownSigner { index, signer }))
}

#[test]
fn above_two_thirds() {
    const MAX: u64 = u64::MAX;
    let third = MAX / 3; // MAX is 3 × third
    let mut cases = 0;
    // Weights, who signs, whether that is enough.
    let table: [(&[u64], &[usize], bool); 20] = [
        (&[1; 3], &[0, 1], false), // exactly two thirds
        (&[1; 3], &[0, 1, 2], true),
        (&[1; 4], &[0, 1], false),
        (&[1; 4], &[1, 2, 3], true),
        (&[1; 6], &[0, 1, 2, 3], false), // exactly
        (&[1; 6], &[0, 1, 2, 3, 4], true),
        (&[2, 2, 2, 1], &[0, 1], false),
        (&[2, 2, 2, 1], &[0, 1, 3], true), // 5 of 7
        (&[200, 99, 1], &[0], false),      // exactly
        (&[201, 99, 1], &[0], true),       // 201 of 301
        (&[200, 100, 1], &[0], false),     // 200 of 301
        (&[200, 100, 1], &[0, 2], true),   // 201 of 301
        (&[1], &[0], true),
        (&[MAX], &[0], true),
        (&[MAX; 3], &[0, 2], false), // exactly
        (&[MAX; 3], &[0, 1, 2], true),
        (&[MAX, MAX - 1, MAX], &[0, 2], true),  // one above
        (&[MAX - 1, MAX, MAX], &[0, 2], false), // one below
        (&[third * 2, third], &[0], false),     // exactly
        (&[third * 2 + 1, third], &[0], true),
    ];
    for (weights, who, enough) in table {
        let council = Council::new(1, weights);
        let client = Client::following(&council);
        let result = update(&client, &council.sign(who, digest(&council)));
        if enough {
            assert!(result.is_ok(), "{weights:?} {who:?}");
        } else {
            let sum = |weights: &mut dyn Iterator<Item = u64>| weights.map(u128::from).sum::<u128>();
            let weight = sum(&mut who.iter().map(|index| weights[*index]));
            let expected = insufficient(weight, sum(&mut weights.iter().copied()));
            assert_eq!(result, expected, "{weights:?} {who:?}");
        }
        cases += 1;
    }
    assert_eq!(cases, 20);
}

/// All 32 of the largest committee, of the largest weight: 21 are short of two thirds, 22 are not.
#[test]
fn the_largest_committee() {
    let council = Council::new(1, &[u64::MAX; 32]);
    let client = Client::following(&council);
    let first = |count: usize| council.sign(&(0..count).collect::<Vec<_>>(), digest(&council));
    let one = u128::from(u64::MAX);
    assert_eq!(update(&client, &first(21)), insufficient(21 * one, 32 * one));
    for count in [22, 31, 32] {
        assert!(update(&client, &first(count)).is_ok(), "{count}");
    }
}

#[test]
fn signers_strictly_ascend() {
    let council = Council::of_four(1);
    let client = Client::following(&council);
    let digest = digest(&council);
    let members = council.committee.members();
    let mut refused = 0;
    for (who, index) in [
        (&[0, 0, 1, 2][..], 1), // twice
        (&[0, 1, 2, 2], 3),
        (&[0, 0, 0, 0], 1),
        (&[1, 0, 2, 3], 1), // out of order
        (&[0, 1, 3, 2], 3),
        (&[3, 2, 1, 0], 1),
    ] {
        let expected = order(index, members[who[index as usize]]);
        assert_eq!(update(&client, &council.sign(who, digest)), expected, "{who:?}");
        refused += 1;
    }
    assert_eq!(refused, 6);
}

/// Beyond the quorum too: one bad signature spoils the others.
#[test]
fn every_signature_counts() {
    let council = Council::of_four(1);
    let client = Client::following(&council);
    let good = council.sign_all(digest(&council));
    assert!(update(&client, &good).is_ok());
    let mut spoilt = good.clone();
    spoilt[3 * 65 + 64] = 29;
    assert_eq!(update(&client, &spoilt), invalid(3));
}

#[test]
fn a_stranger_spoils_it() {
    let council = Council::of_four(1);
    let client = Client::following(&council);
    let digest = digest(&council);
    for index in 0..40 {
        let stranger = key(9, index);
        let members = council.committee.members();
        // Three of the four sign too; five signatures would be too many.
        let place = members[..3].partition_point(|member| *member < address(&stranger));
        let mut signatures: Vec<_> = [0, 1, 2].map(|index| council.sign(&[index], digest)).to_vec();
        signatures.insert(place, sign(&stranger, digest));
        let expected = unknown(place as u64, address(&stranger));
        assert_eq!(update(&client, &signatures.concat()), expected);
    }
}

#[test]
fn another_message() {
    let council = Council::of_four(1);
    let client = Client::following(&council);
    let other = Council::new(1, &[2; 4]); // the same members with other weights: another committee
    let chain = abi_root(&council).eip712_signing_hash(&domain(96_368));
    let mut name = domain(96_369);
    name.name = Some("aivm.AttestationRegistry".into());
    let mut version = domain(96_369);
    version.version = Some("2".into());
    let mut contract = domain(96_369);
    contract.verifying_contract = Some(Address::ZERO);
    let mut cases = 0;
    for (what, digest) in [
        ("another root", council.root_digest(root(2), at(HEIGHT))),
        ("another height", council.root_digest(root(1), at(HEIGHT + 1))),
        ("another committee", other.root_digest(root(1), at(HEIGHT))),
        ("another chain", chain),
        ("another name", abi_root(&council).eip712_signing_hash(&name)),
        (
            "another version",
            abi_root(&council).eip712_signing_hash(&version),
        ),
        (
            "a domain with a contract",
            abi_root(&council).eip712_signing_hash(&contract),
        ),
        (
            "a rotation",
            council.rotation_digest(&council.committee, at(HEIGHT)),
        ),
        ("the struct alone", abi_root(&council).eip712_hash_struct()),
        ("nothing", B256::ZERO),
    ] {
        let result = update(&client, &council.sign_all(digest)).expect_err(what);
        let refusal = abi::UnknownSigner::abi_decode(&result).expect(what);
        assert_eq!(refusal.index, U256::ZERO);
        assert!(!council.committee.members().contains(&refusal.signer), "{what}");
        cases += 1;
    }
    assert_eq!(cases, 10);
    assert!(update(&client, &council.sign_all(digest(&council))).is_ok());
}

fn abi_root(council: &Council) -> Root {
    Root {
        root: root(1),
        blockHeight: at(HEIGHT),
        committee: council.committee.id(),
    }
}

#[test]
fn lengths() {
    let council = Council::of_four(1);
    let client = Client::following(&council);
    let good = council.sign_all(digest(&council));
    for cut in [0, 1, 64, 66, 129, 131, 3 * 65 - 1, 3 * 65 + 1, 4 * 65 - 1] {
        assert_eq!(update(&client, &good[..cut]), length(cut as u64), "{cut}");
    }
    let longer = [&good[..], &[27]].concat();
    assert_eq!(update(&client, &longer), length(261));
    let too_many = [&good[..], &good[..65]].concat();
    assert_eq!(update(&client, &too_many), length(325), "five of four");
    let largest = Council::new(2, &[1; 32]);
    let client = Client::following(&largest);
    let good = largest.sign_all(digest(&largest));
    let too_many = [&good[..], &good[..65]].concat();
    assert_eq!(update(&client, &too_many), length(33 * 65), "33 of 32");
}

#[test]
fn malformed_signatures() {
    let council = Council::of_four(1);
    let client = Client::following(&council);
    let good = council.sign_all(digest(&council));
    let mut cases = 0;
    for index in 0..4 {
        let at = 65 * index;
        let (r, s, v) = (at..at + 32, at + 32..at + 64, at + 64);
        let mut check = |what: &str, change: &dyn Fn(&mut [u8])| {
            let mut signatures = good.clone();
            change(&mut signatures);
            assert_eq!(update(&client, &signatures), invalid(index as u64), "{what}");
            cases += 1;
        };
        let n = N.to_be_bytes::<32>();
        check("a high s with the other v", &|bytes| {
            let low = U256::from_be_slice(&bytes[s.clone()]);
            bytes[s.clone()].copy_from_slice(&(N - low).to_be_bytes::<32>());
            bytes[v] ^= 27 ^ 28;
        });
        for other in [0, 1, 26, 29, 30, 35, 36, 255] {
            check("v", &|bytes| bytes[v] = other);
        }
        check("r of zero", &|bytes| bytes[r.clone()].fill(0));
        check("s of zero", &|bytes| bytes[s.clone()].fill(0));
        check("r of n", &|bytes| bytes[r.clone()].copy_from_slice(&n));
        check("s of n", &|bytes| bytes[s.clone()].copy_from_slice(&n));
        check("r of 2^256 - 1", &|bytes| bytes[r.clone()].fill(0xff));
        check("s of 2^256 - 1", &|bytes| bytes[s.clone()].fill(0xff));
        check("zeros", &|bytes| bytes[at..at + 65].fill(0));
    }
    assert_eq!(cases, 4 * 16);
}

/// 5 is no x of a point: nobody signed that.
#[test]
fn an_r_that_is_no_point() {
    let council = Council::of_four(1);
    let client = Client::following(&council);
    let mut good = council.sign_all(digest(&council));
    good[..32].copy_from_slice(&at(5).to_be_bytes::<32>());
    assert_eq!(update(&client, &good), invalid(0));
}

#[test]
fn the_committee_before() {
    let (old, new) = (Council::of_four(1), Council::of_four(2));
    let mut client = Client::following(&old);
    client
        .send(&old.signed_rotation(&new, HEIGHT))
        .expect("a rotation");
    // Over its own root, and over the new committee's.
    let own = old.sign_all(digest(&old));
    assert!(update(&client, &own).is_err());
    let signatures = old.sign_all(digest(&new));
    assert_eq!(
        update(&client, &signatures),
        unknown(0, old.committee.members()[0])
    );
    assert!(update(&client, &new.sign_all(digest(&new))).is_ok());
}

/// Every bit of every signature matters.
#[test]
fn one_bit_of_damage() {
    let council = Council::new(1, &[1]);
    let client = Client::following(&council);
    let good = council.sign_all(digest(&council));
    for bit in 0..8 * good.len() {
        let mut damaged = good.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(update(&client, &damaged).is_err(), "bit {bit}");
    }
    assert_eq!(good.len(), 65);
    assert!(update(&client, &good).is_ok());
}
