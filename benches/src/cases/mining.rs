//! `0x0300`, all but VerifyTEE.

use super::{
    chains::{Chains, device_id, spent_id},
    selector,
};
use crate::case::{ANYONE, CALLER, Case, Expected, Kind, Target};
use aivm::{
    abi::{IAIMining as abi, IPrecompile},
    precompiles::mining::{MAX_MESSAGE_LEN, Operation},
};
use aivm_simulator::fleet::NOW;
use alloy_primitives::{Address, B256, keccak256};
use ml_dsa::{Keypair, MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Signature, Signer, SigningKey};

/// How many different inputs take turns where they are cheap to make.
const TURNS: u64 = 256;

/// The longest evidence behind a work proof.
const MAX_EVIDENCE_LEN: usize = 16_384;

/// What no operation needs: its input is not priced by its length, so its length must not matter.
const FAR_TOO_LONG: usize = 65_536;

pub(super) fn cases(chains: &Chains) -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, set, sign) in SETS {
        cases.extend(signatures(chains, name, set, sign));
    }
    cases.extend(rewards(chains));
    cases.extend(spent(chains));
    cases.extend(work_ids(chains));
    cases.extend(authorized(chains));
    cases.push(unknown(chains));
    cases
}

fn case(chains: &Chains, operation: Operation, kind: Kind, what: &str, payload: &[u8]) -> Case {
    Case::new(
        &chains.registry,
        Target::Mining,
        kind,
        what,
        input(operation, payload),
    )
}

pub(super) fn input(operation: Operation, payload: &[u8]) -> Vec<u8> {
    [&[operation.opcode()], payload].concat()
}

fn too_long(chains: &Chains, operation: Operation) -> Case {
    case(
        chains,
        operation,
        Kind::WorstRejected,
        "65,536 bytes, of which none may be read",
        &vec![3; FAR_TOO_LONG],
    )
    .reverts(selector::<IPrecompile::InputTooLong>())
}

/// Makes the payload of a signature over a message.
type Sign = fn(u8, &[u8]) -> Vec<u8>;

const SETS: [(&str, u8, Sign); 3] = [
    ("ML-DSA-44", 0x44, sign::<MlDsa44>),
    ("ML-DSA-65", 0x65, sign::<MlDsa65>),
    ("ML-DSA-87", 0x87, sign::<MlDsa87>),
];

fn sign<P: MlDsaParams>(set: u8, message: &[u8]) -> Vec<u8> {
    let key = SigningKey::<P>::from_seed(&[7; 32].into());
    let signature: Signature<P> = key.sign(message);
    let public_key = key.verifying_key().encode();
    [
        &[set],
        public_key.as_slice(),
        signature.encode().as_slice(),
        message,
    ]
    .concat()
}

fn signatures(chains: &Chains, name: &str, set: u8, sign: Sign) -> Vec<Case> {
    let operation = Operation::VerifyMldsa;
    let longest = vec![0x5a; MAX_MESSAGE_LEN];
    let mut of_another = sign(set, &longest);
    if let Some(last) = of_another.last_mut() {
        *last ^= 1;
    }
    let cases = [
        case(chains, operation, Kind::Honest, "a message of 32 bytes", &sign(set, &[0x5a; 32])).ends(Expected::True),
        case(
            chains,
            operation,
            Kind::WorstAccepted,
            "a message of 8,192 bytes: what is hashed is all that a caller can make longer",
            &sign(set, &longest),
        )
        .ends(Expected::True),
        case(
            chains,
            operation,
            Kind::WorstRejected,
            "a message of 8,192 bytes with one bit changed: well-formed, and wrong in the comparison at the very end",
            &of_another,
        )
        .ends(Expected::False),
    ];
    cases.map(|case| case.variant(name).signed()).to_vec()
}

fn work_proof(device: B256, level: u16, evidence: usize) -> Vec<u8> {
    let fields = [
        &[0x22; 32][..],
        &NOW.to_be_bytes(),
        &level.to_be_bytes(),
        &60_u32.to_be_bytes(),
    ];
    [device.as_slice(), &fields.concat(), &vec![3; evidence]].concat()
}

fn rewards(chains: &Chains) -> Vec<Case> {
    let operation = Operation::CalculateReward;
    let proofs = |devices: &[u64], level, evidence| -> Vec<_> {
        let proof = |device: &u64| input(operation, &work_proof(device_id(*device), level, evidence));
        devices.iter().map(proof).collect()
    };
    vec![
        case(
            chains,
            operation,
            Kind::Honest,
            "level 1, which reads no state",
            &work_proof(B256::ZERO, 1, 0),
        )
        .variant("public"),
        case(
            chains,
            operation,
            Kind::Honest,
            "level 3: the record of a device with a CPU",
            &[],
        )
        .inputs(proofs(&chains.devices.plain, 3, 0))
        .variant("confidential"),
        case(
            chains,
            operation,
            Kind::WorstAccepted,
            "level 4, 16,384 bytes of evidence: a device with a GPU is looked up in the most slots",
            &[],
        )
        .inputs(proofs(&chains.devices.hybrid, 4, MAX_EVIDENCE_LEN))
        .variant("sovereign"),
        case(
            chains,
            operation,
            Kind::WorstRejected,
            "level 4, and the measurement of the GPU, which is looked up last, is banned",
            &[],
        )
        .inputs(proofs(&chains.devices.banned, 4, MAX_EVIDENCE_LEN))
        .variant("sovereign")
        .reverts(selector::<abi::DeviceNotAttested>()),
    ]
}

fn spent(chains: &Chains) -> Vec<Case> {
    let ids = |first: u64, operation| {
        (first..first + TURNS).map(move |number| input(operation, spent_id(number).as_slice()))
    };
    // The first `TURNS` ids of the chain are spent, the next ones are not.
    let (is_spent, mark) = (Operation::IsSpent, Operation::MarkSpent);
    let any = |operation, what, first| {
        case(chains, operation, Kind::AnyAccepted, what, &[]).inputs(ids(first, operation))
    };
    vec![
        any(is_spent, "work that is not spent", TURNS).ends(Expected::False),
        any(is_spent, "work that is spent", 0)
            .variant("spent")
            .ends(Expected::True),
        too_long(chains, is_spent),
        any(mark, "work that is not spent, by an authorised contract", TURNS),
        case(
            chains,
            mark,
            Kind::WorstRejected,
            "work that is spent: the last thing that is looked up",
            &[],
        )
        .inputs(ids(0, mark))
        .reverts(selector::<abi::WorkAlreadySpent>()),
    ]
}

fn work_ids(chains: &Chains) -> Vec<Case> {
    let operation = Operation::ComputeWorkId;
    let proofs =
        |evidence| (0..64).map(move |number| input(operation, &work_proof(device_id(number), 1, evidence)));
    vec![
        case(chains, operation, Kind::Honest, "78 bytes", &[]).inputs(proofs(0)),
        case(
            chains,
            operation,
            Kind::WorstAccepted,
            "16,384 bytes of evidence behind the 78 that are hashed",
            &[],
        )
        .inputs(proofs(MAX_EVIDENCE_LEN)),
        too_long(chains, operation),
    ]
}

fn authorized(chains: &Chains) -> Vec<Case> {
    let (set, is) = (Operation::SetAuthorized, Operation::IsAuthorized);
    let account = |number: u64| Address::from_word(keccak256(number.to_be_bytes()));
    let flags =
        |flag: u8| (0..TURNS).map(move |number| input(set, &[account(number).as_slice(), &[flag]].concat()));
    vec![
        case(
            chains,
            set,
            Kind::AnyAccepted,
            "an account that was not authorised",
            &[],
        )
        .inputs(flags(1)),
        case(
            chains,
            set,
            Kind::WorstRejected,
            "by someone else than governance: the last check",
            &[],
        )
        .inputs(flags(1))
        .by(ANYONE)
        .reverts(selector::<IPrecompile::Unauthorized>()),
        case(
            chains,
            is,
            Kind::AnyAccepted,
            "an account that is not authorised",
            &[],
        )
        .inputs((0..TURNS).map(|number| input(is, account(number).as_slice())))
        .ends(Expected::False),
        case(
            chains,
            is,
            Kind::AnyAccepted,
            "an account that is authorised",
            CALLER.as_slice(),
        )
        .variant("authorised")
        .ends(Expected::True),
        too_long(chains, is),
    ]
}

fn unknown(chains: &Chains) -> Case {
    let what = "65,536 bytes that name no operation";
    Case::new(
        &chains.registry,
        Target::Mining,
        Kind::WorstRejected,
        what,
        vec![0xff; FAR_TOO_LONG],
    )
    .reverts(selector::<IPrecompile::UnknownOperation>())
}
