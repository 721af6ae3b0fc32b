//! AI mining, operation by operation, as the specification has it (section 2).

mod evm;

use aivm::{
    Aivm, Config,
    abi::{
        IAIMining::{InvalidBool, UnknownParameterSet, WorkAlreadySpent},
        IAttestationRegistry::setGovernanceCall,
        IPrecompile::Unauthorized,
    },
    crypto::{AwsLc, RustCrypto},
};
use alloy_primitives::{Address, B256, Log, b256, keccak256};
use alloy_sol_types::SolCall;
use evm::{
    MINING, NOW, REGISTRY, SENDER, STRANGER,
    evidence::{TDX, TRUST_SCORE},
    memory::Machine,
    revert_data, word, work_proof,
};
use ml_dsa::{ExpandedSigningKey, MlDsa44, MlDsa65, MlDsa87, MlDsaParams};

const OWNER: Address = SENDER;
const DEVICE: B256 = B256::repeat_byte(0x11);

/// The work id of the specification's example.
const GOLDEN: B256 = b256!("c38004d19259331c91af468b904bde814b1d57228b3f5dffa90e8f24f20a0d41");

#[test]
fn golden_work_id() {
    let mut machine = Machine::new(OWNER);
    let proof = work_proof(DEVICE, 3, 60);
    assert_eq!(machine.mining(STRANGER, 5, &proof).unwrap()[..], GOLDEN[..]);
    assert_eq!(blake3::hash(&proof).as_bytes(), &GOLDEN.0);
}

/// Whatever the evidence, within its limit: the id is of the first 78 bytes, and of each of them.
#[test]
fn a_work_id_is_of_the_header() {
    let mut machine = Machine::new(OWNER);
    let proof = work_proof(DEVICE, 3, 60);
    for evidence in [&[0][..], &[1, 2, 3], &TDX.evidence, &[0xff; 16_384]] {
        let output = machine.mining(STRANGER, 5, &[&proof, evidence].concat());
        assert_eq!(output.unwrap()[..], GOLDEN[..]);
    }
    for index in 0..78 {
        let mut changed = proof.clone();
        changed[index] ^= 1;
        let expected = blake3::hash(&changed);
        assert_ne!(expected.as_bytes(), &GOLDEN.0);
        assert_eq!(
            machine.mining(STRANGER, 5, &changed).unwrap()[..],
            expected.as_bytes()[..]
        );
    }
}

/// From a context and a message to a signature.
type Sign = dyn Fn(&[u8], &[u8]) -> Vec<u8>;

/// A signer, by its parameter set: the byte that names it, its public key, and how it signs.
struct Signer {
    set: u8,
    public_key: Vec<u8>,
    sign: Box<Sign>,
}

fn signer<P: MlDsaParams + 'static>(set: u8) -> Signer {
    let key = ExpandedSigningKey::<P>::from_seed(&[set; 32].into());
    let public_key = key.verifying_key().encode().to_vec();
    // FIPS 204, algorithm 2: M′ = 0 ‖ |context| ‖ context ‖ message.
    let sign = move |context: &[u8], message: &[u8]| {
        let formatted = [&[0, context.len() as u8][..], context, message];
        key.sign_internal(&formatted, &[0; 32].into()).encode().to_vec()
    };
    Signer {
        set,
        public_key,
        sign: Box::new(sign),
    }
}

impl Signer {
    fn payload(&self, signature: &[u8], message: &[u8]) -> Vec<u8> {
        [&[self.set][..], &self.public_key, signature, message].concat()
    }
}

fn signers() -> [Signer; 3] {
    [
        signer::<MlDsa44>(0x44),
        signer::<MlDsa65>(0x65),
        signer::<MlDsa87>(0x87),
    ]
}

fn machines() -> [Machine; 2] {
    let mut rust_crypto = Machine::new(OWNER);
    rust_crypto.aivm = Aivm::new(Config::default(), RustCrypto).unwrap();
    let mut aws_lc = Machine::new(OWNER);
    aws_lc.aivm = Aivm::new(Config::default(), AwsLc).unwrap();
    [rust_crypto, aws_lc]
}

#[test]
fn signatures_verify() {
    let mut verified = 0;
    for signer in signers() {
        for message in [vec![], vec![0], b"a message".to_vec(), vec![0xa5; 8_192]] {
            let payload = signer.payload(&(signer.sign)(&[], &message), &message);
            for mut machine in machines() {
                assert_eq!(machine.mining(STRANGER, 1, &payload).unwrap(), word(1));
                verified += 1;
            }
        }
    }
    assert_eq!(verified, 3 * 4 * 2);
}

/// What does not verify is 0, never a revert: a bit changed anywhere, another message, another context.
#[test]
fn other_signatures_do_not_verify() {
    let mut refused = 0;
    for signer in signers() {
        let message = b"a message";
        let signature = (signer.sign)(&[], message);
        let good = signer.payload(&signature, message);
        let mut bad: Vec<Vec<u8>> = (1..good.len())
            .step_by(97)
            .chain([good.len() - 1])
            .map(|index| {
                let mut changed = good.clone();
                changed[index] ^= 1;
                changed
            })
            .collect();
        bad.push([&good[..], &[0]].concat());
        bad.push(good[..good.len() - 1].to_vec());
        bad.push(signer.payload(&(signer.sign)(b"context", message), message));
        bad.push(signer.payload(&vec![0; signature.len()], message));
        bad.push(signer.payload(&vec![0xff; signature.len()], message));
        for mut machine in machines() {
            assert_eq!(machine.mining(STRANGER, 1, &good).unwrap(), word(1));
            for bad in &bad {
                assert_eq!(machine.mining(STRANGER, 1, bad).unwrap(), word(0));
                refused += 1;
            }
        }
    }
    assert_eq!(refused, 374);
}

/// The set is part of what is said: the same bytes under another set are too short, or do not verify.
#[test]
fn the_parameter_set_is_read() {
    let [smallest, _, largest] = signers();
    let mut machine = Machine::new(OWNER);
    let mut payload = smallest.payload(&(smallest.sign)(&[], &[]), &[]);
    payload[0] = 0x43;
    let refusal = revert_data(&UnknownParameterSet { parameterSet: 0x43 });
    assert_eq!(machine.mining(STRANGER, 1, &payload), Err(refusal));
    let mut payload = largest.payload(&(largest.sign)(&[], &[]), &[]);
    for set in [0x44, 0x65] {
        payload[0] = set;
        assert_eq!(machine.mining(STRANGER, 1, &payload).unwrap(), word(0));
    }
}

/// An event's topics: the hash of its declaration, then the indexed words.
fn log(declaration: &str, indexed: &[B256], data: &[u8]) -> Log {
    let topics = [&[keccak256(declaration)], indexed].concat();
    Log::new(MINING, topics, data.to_vec().into()).expect("at most four topics")
}

#[test]
fn work_is_spent_once() {
    let mut machine = Machine::new(OWNER);
    let (id, other) = ([0x44; 32], [0x45; 32]);
    assert_eq!(machine.mining(STRANGER, 4, &id).unwrap(), word(0));
    assert_eq!(machine.mining(OWNER, 6, &id).unwrap().len(), 0);
    let expected = log("WorkSpent(bytes32,address)", &[id.into(), OWNER.into_word()], &[]);
    assert_eq!(machine.take_logs(), [expected]);
    assert_eq!(machine.mining(STRANGER, 4, &id).unwrap(), word(1));
    assert_eq!(machine.mining(STRANGER, 4, &other).unwrap(), word(0));
    let refusal = revert_data(&WorkAlreadySpent { workId: id.into() });
    assert_eq!(machine.mining(OWNER, 6, &id), Err(refusal));
    assert_eq!(machine.mining(OWNER, 6, &other).unwrap().len(), 0);
}

/// Whether the work is spent or not, who may not mark it learns only that.
#[test]
fn only_the_authorised_mark() {
    let mut machine = Machine::new(OWNER);
    let id = [0x44; 32];
    let refusal = revert_data(&Unauthorized { caller: STRANGER });
    assert_eq!(machine.mining(STRANGER, 6, &id), Err(refusal.clone()));
    machine.mining(OWNER, 6, &id).unwrap();
    assert_eq!(machine.mining(STRANGER, 6, &id), Err(refusal));
    let nobody = revert_data(&Unauthorized {
        caller: Address::ZERO,
    });
    assert_eq!(machine.mining(Address::ZERO, 6, &id), Err(nobody));
}

fn set(account: Address, flag: u8) -> Vec<u8> {
    [&account[..], &[flag]].concat()
}

#[test]
fn authorisation_comes_and_goes() {
    let mut machine = Machine::new(OWNER);
    let is_authorized =
        |machine: &mut Machine| machine.mining(Address::ZERO, 8, STRANGER.as_slice()).unwrap();
    assert_eq!(is_authorized(&mut machine), word(0));
    // Saying it twice changes nothing more, and says so again in the log.
    for (flag, id) in [(1, 1), (1, 2), (0, 3), (0, 4), (1, 5)] {
        assert_eq!(machine.mining(OWNER, 7, &set(STRANGER, flag)).unwrap().len(), 0);
        let indexed = [STRANGER.into_word()];
        let expected = log(
            "AuthorizationChanged(address,bool)",
            &indexed,
            &word(u64::from(flag)),
        );
        assert_eq!(machine.take_logs(), [expected]);
        assert_eq!(is_authorized(&mut machine), word(u64::from(flag)));
        let marked = machine.mining(STRANGER, 6, &[id; 32]);
        assert_eq!(marked.is_ok(), flag == 1);
        machine.take_logs();
    }
    // What was marked stays.
    assert_eq!(machine.mining(STRANGER, 4, &[1; 32]).unwrap(), word(1));
    assert_eq!(machine.mining(STRANGER, 4, &[3; 32]).unwrap(), word(0));
}

/// Not the authorised, not the guardian, not nobody: governance alone, and the next one after it.
#[test]
fn only_governance_authorises() {
    let mut machine = Machine::new(OWNER);
    let heir = Address::repeat_byte(0x77);
    for caller in [STRANGER, Address::ZERO, MINING, REGISTRY, heir] {
        let refusal = revert_data(&Unauthorized { caller });
        assert_eq!(machine.mining(caller, 7, &set(caller, 1)), Err(refusal));
    }
    // Authorised is not governing.
    machine.mining(OWNER, 7, &set(STRANGER, 1)).unwrap();
    let refusal = revert_data(&Unauthorized { caller: STRANGER });
    assert_eq!(machine.mining(STRANGER, 7, &set(STRANGER, 0)), Err(refusal));

    machine
        .call(
            OWNER,
            REGISTRY,
            &setGovernanceCall { governance: heir }.abi_encode(),
        )
        .unwrap();
    let refusal = revert_data(&Unauthorized { caller: OWNER });
    assert_eq!(machine.mining(OWNER, 7, &set(STRANGER, 0)), Err(refusal));
    machine.mining(heir, 7, &set(STRANGER, 0)).unwrap();
    // The old governance stays authorised to mark until it is told otherwise.
    machine.mining(OWNER, 6, &[9; 32]).unwrap();
}

/// The input is read before the caller is judged.
#[test]
fn a_bool_is_0_or_1_for_everyone() {
    let mut machine = Machine::new(OWNER);
    for caller in [OWNER, STRANGER] {
        let refusal = revert_data(&InvalidBool { value: 2 });
        assert_eq!(machine.mining(caller, 7, &set(STRANGER, 2)), Err(refusal));
    }
}

/// Genuine evidence verifies with its own nonce and no other, and only while its collateral is in state and
/// valid.
#[test]
fn evidence_verifies() {
    let mut machine = Machine::new(OWNER);
    let payload = [&TDX.evidence[..], &TDX.nonce].concat();
    let (yes, no) = (
        [word(1), word(u64::from(TRUST_SCORE))].concat(),
        [word(0), word(0)].concat(),
    );
    assert_eq!(
        machine.mining(STRANGER, 3, &payload).unwrap(),
        no,
        "no collateral"
    );
    let submit = evm::calls::named("submitCollateral");
    machine.call(STRANGER, REGISTRY, &submit.input).unwrap();
    assert_eq!(machine.mining(STRANGER, 3, &payload).unwrap(), yes);

    let mut other_nonce = payload.clone();
    *other_nonce.last_mut().unwrap() ^= 1;
    assert_eq!(machine.mining(STRANGER, 3, &other_nonce).unwrap(), no);
    for vendor in [0, 1, 2, 4, 5] {
        let other_vendor = [&[vendor], &payload[1..]].concat();
        assert_eq!(
            machine.mining(STRANGER, 3, &other_vendor).unwrap(),
            no,
            "vendor {vendor}"
        );
    }
    // The collateral lasts until 2025-07-19.
    for (now, expected) in [
        (NOW + 17 * 86_400, &yes),
        (NOW + 19 * 86_400, &no),
        (0, &no),
        (u64::MAX, &no),
    ] {
        machine.host.timestamp = now;
        assert_eq!(machine.mining(STRANGER, 3, &payload).unwrap(), *expected, "{now}");
    }
}
