//! The light client's helper for relayers: whatever it makes, state sync takes, and whatever it says is missing, state sync
//! misses.

mod common;
#[path = "sync/setup.rs"]
mod setup;

use aivm::{
    abi::IAttestationLightClient as abi,
    crypto::{AwsLc, Crypto, RustCrypto},
    light_client::{
        Aside, Assembly, Committee, CommitteeError, DeviceProof, Header, Message, MessageError, Missing,
        ProofError, Rotation, Status, Tree, committee_of, normalized, set_committee,
    },
};
use alloy_primitives::{Address, B256, Bytes, U256, hex, uint};
use alloy_sol_types::SolCall;
use common::world::{ANYONE, GOVERNANCE};
use serde_json::{Value, json};
use setup::{Client, Council, FROM, SOURCE, address, at, key, root, sign};

const N: U256 = uint!(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256);

fn header(height: u64) -> Header {
    Header::new(at(SOURCE), root(1), at(height)).expect("a header")
}

/// The signatures of some members over what they sign, one by one.
fn signatures(council: &Council, who: &[usize], message: &impl Message) -> Vec<Vec<u8>> {
    let digest = message.digest(&council.committee);
    who.iter().map(|index| council.sign(&[*index], digest)).collect()
}

/// State sync takes this call.
fn accepted(client: &mut Client, caller: Address, call: &Bytes) {
    let sync = aivm::Config::default().addresses.sync;
    client
        .world
        .call(sync, caller, call)
        .expect("state sync takes it");
}

#[test]
fn from_the_first_committee_to_a_proof() {
    let (council, next) = (Council::new(1, &[4, 4, 2]), Council::new(2, &[1; 4]));
    let mut client = Client::new();
    let begin = set_committee(at(SOURCE), &council.committee, at(FROM)).expect("call data");
    assert_eq!(begin, Bytes::from(council.set(FROM).abi_encode()));
    accepted(&mut client, GOVERNANCE, &begin);

    // A tree of five devices, whose root three members sign out of order.
    let status = |seed: u8| Status {
        trust_score: seed,
        vendor: 3,
        ..Status::default()
    };
    let device = |seed: u8| B256::repeat_byte(seed);
    let tree = Tree::new((0..5).map(|seed| status(seed).leaf(device(seed))));
    let header = Header::new(at(SOURCE), tree.root(), at(200)).expect("a header");
    let collected = signatures(&council, &[2, 0, 1], &header);
    let assembly = Assembly::new(header, &council.committee, &AwsLc, &collected);
    let call = assembly.call_data().expect("a quorum");
    assert_eq!(
        call,
        Bytes::from(council.signed_root(tree.root(), 200).abi_encode())
    );
    accepted(&mut client, ANYONE, &call);
    assert_eq!(client.latest(), (tree.root(), at(200)));

    let mut proven = 0;
    for seed in 0..5 {
        let nodes = tree.proof(usize::from(seed)).expect("a leaf");
        let proof = DeviceProof::new(device(seed), status(seed), nodes).expect("a proof");
        assert!(proof.proves(tree.root()) && !proof.proves(B256::ZERO));
        for call in [proof.call_data(), proof.call_data_at(at(200))] {
            let output = client
                .world
                .call(aivm::Config::default().addresses.sync, ANYONE, &call);
            assert_eq!(output, Ok(B256::with_last_byte(1).0.into()));
            proven += 1;
        }
    }
    assert_eq!(proven, 10);

    let rotation = Rotation::new(at(SOURCE), next.committee.clone(), at(300)).expect("a rotation");
    let collected = signatures(&council, &[1, 0], &rotation);
    let assembly = Assembly::new(rotation, &council.committee, &RustCrypto, &collected);
    accepted(&mut client, ANYONE, &assembly.call_data().expect("a quorum"));
    assert_eq!(
        client.read(&abi::committeeCall {}).members,
        next.committee.members()
    );
}

#[test]
fn digests_are_what_members_sign() {
    let (council, next) = (Council::of_four(1), Council::new(2, &[u64::MAX, 1]));
    let digest = header(200).digest(&council.committee);
    assert_eq!(digest, council.root_digest(root(1), at(200)));
    let rotation = Rotation::new(at(SOURCE), next.committee.clone(), at(300)).expect("a rotation");
    let digest = rotation.digest(&council.committee);
    assert_eq!(digest, council.rotation_digest(&next.committee, at(300)));
    assert_eq!(rotation.next(), &next.committee);
}

/// What comes in is sorted out: order, duplicates, strangers, other messages, what is no signature.
#[test]
fn a_heap_of_signatures() {
    let council = Council::of_four(1);
    let digest = header(200).digest(&council.committee);
    let mut heap = signatures(&council, &[3, 1, 3], &header(200));
    let stranger = key(9, 0);
    heap.push(sign(&stranger, digest));
    heap.push(signatures(&council, &[0], &header(201)).remove(0));
    heap.push(vec![0; 65]);
    heap.push(vec![27; 64]);
    heap.push(Vec::new());
    heap.push([&heap[0][..64], &[29]].concat());
    heap.extend(signatures(&council, &[0], &header(200)));
    let assembly = Assembly::new(header(200), &council.committee, &AwsLc, &heap);
    let aside = assembly.aside();
    assert_eq!(aside.len(), 7);
    let members = council.committee.members();
    let (index, signer) = (2, members[3]);
    assert_eq!(aside[0], Aside::Duplicate { index, signer });
    let (index, signer) = (3, address(&stranger));
    assert_eq!(aside[1], Aside::Foreign { index, signer });
    assert!(
        matches!(aside[2], Aside::Foreign { index: 4, .. }),
        "over another height"
    );
    assert_eq!(aside[3..], [5, 6, 7, 8].map(Aside::Malformed));
    assert_eq!(assembly.signers(), [0, 1, 3].map(|index| (members[index], 1)));
    assert_eq!(assembly.missing(), [(members[2], 1)]);
    assert_eq!(assembly.weight(), 3);
    let expected = council.sign(&[0, 1, 3], digest);
    assert_eq!(assembly.signatures(), Ok(expected.into()));
    assert_eq!(assembly.message(), &header(200));
    let mut client = Client::following(&council);
    accepted(&mut client, ANYONE, &assembly.call_data().expect("a quorum"));
}

#[test]
fn what_is_short() {
    let council = Council::new(1, &[50, 30, 20]);
    let members = council.committee.members();
    let mut cases = 0;
    for (who, weight, missing) in [
        (&[][..], 0, &[0, 1, 2][..]),
        (&[0], 50, &[1, 2]),
        (&[1, 2], 50, &[0]),
    ] {
        let collected = signatures(&council, who, &header(200));
        let assembly = Assembly::new(header(200), &council.committee, &AwsLc, &collected);
        let weights = council.committee.weights();
        let expected = Missing {
            weight,
            quorum: 67,
            total: 100,
            members: missing
                .iter()
                .map(|index| (members[*index], weights[*index]))
                .collect(),
        };
        assert_eq!(expected.shortfall(), 67 - weight);
        let text = expected.to_string();
        assert!(
            text.contains("of 100") && text.contains(&format!("{} short", 67 - weight)),
            "{text}"
        );
        assert_eq!(assembly.call_data(), Err(expected));
        cases += 1;
    }
    assert_eq!(cases, 3);
    for who in [&[0, 1][..], &[0, 2], &[0, 1, 2]] {
        let collected = signatures(&council, who, &header(200));
        let assembly = Assembly::new(header(200), &council.committee, &AwsLc, &collected);
        assert!(assembly.call_data().is_ok(), "{who:?}");
    }
}

/// Wallets and hardware write one signature in four ways; state sync takes one of them.
#[test]
fn forms_of_a_signature() {
    let council = Council::of_four(1);
    let mut changed = 0;
    for height in 200..220 {
        let good = signatures(&council, &[0, 1, 2], &header(height));
        let other_s = |signature: &Vec<u8>| {
            let mut other = signature.clone();
            let s = U256::from_be_slice(&signature[32..64]);
            other[32..64].copy_from_slice(&(N - s).to_be_bytes::<32>());
            other[64] = 27 + 28 - signature[64];
            other
        };
        let small_v = |signature: &Vec<u8>| [&signature[..64], &[signature[64] - 27]].concat();
        let forms: [Vec<_>; 3] = [
            good.iter().map(other_s).collect(),
            good.iter().map(small_v).collect(),
            good.iter().map(other_s).map(|other| small_v(&other)).collect(),
        ];
        for form in forms {
            assert_ne!(form, good);
            for crypto in [&AwsLc as &dyn Crypto, &RustCrypto] {
                let assembly = Assembly::new(header(height), &council.committee, crypto, &form);
                assert_eq!(assembly.signatures(), Ok(good.concat().into()));
            }
            changed += 1;
        }
    }
    assert_eq!(changed, 60);
    for v in [2, 26, 29, 255] {
        assert_eq!(normalized(&[&[1; 64][..], &[v]].concat()), None, "{v}");
    }
    // An s that is out of range stays what it is, and is refused later.
    for s in [U256::ZERO, N, N + U256::ONE, U256::MAX] {
        let signature = [&[1; 32][..], &s.to_be_bytes::<32>(), &[27]].concat();
        assert_eq!(
            normalized(&signature),
            Some(signature.try_into().expect("65 bytes"))
        );
    }
}

#[test]
fn what_cannot_be_signed() {
    let committee = Council::of_four(1).committee;
    assert_eq!(
        Header::new(U256::ZERO, root(1), at(1)),
        Err(MessageError::ZeroChainId)
    );
    assert_eq!(Header::new(at(1), B256::ZERO, at(1)), Err(MessageError::ZeroRoot));
    let rotation = Rotation::new(U256::ZERO, committee.clone(), at(1));
    assert_eq!(rotation, Err(MessageError::ZeroChainId));
    let rotation = |from_height| Rotation::new(at(1), committee.clone(), at(from_height));
    assert_eq!(rotation(0), Err(MessageError::ZeroFromHeight));
    assert!(rotation(1).is_ok());
    assert!(
        set_committee(at(1), &committee, at(0)).is_ok(),
        "governance begins where it likes"
    );
    assert_eq!(
        set_committee(U256::ZERO, &committee, at(1)),
        Err(MessageError::ZeroChainId)
    );
    let status = |vendor| Status {
        vendor,
        ..Status::default()
    };
    let proof = |vendor, nodes| DeviceProof::new(root(1), status(vendor), vec![root(2); nodes]);
    assert_eq!(proof(6, 0), Err(ProofError::UnknownVendor(6)));
    assert_eq!(proof(5, 65), Err(ProofError::TooLong(65)));
    assert!(proof(5, 64).is_ok() && proof(0, 0).is_ok());
}

#[test]
fn members_in_any_order() {
    let council = Council::new(1, &[7, 8, 9]);
    let mut members: Vec<_> = council.committee.iter().collect();
    members.rotate_left(1);
    assert_eq!(committee_of(members.clone()), Ok(council.committee.clone()));
    members.push(members[0]);
    assert!(
        matches!(committee_of(members), Err(CommitteeError::Order(_))),
        "twice"
    );
    assert_eq!(committee_of([]), Err(CommitteeError::Size(0)));
    assert_eq!(committee_of([(Address::ZERO, 1)]), Err(CommitteeError::Order(0)));
}

/// The digest of what a wallet is shown, worked out from the JSON alone.
#[test]
fn typed_data_says_what_is_signed() {
    let council = Council::new(1, &[u64::MAX, 2]);
    let big = U256::from(1_u64 << 53);
    let mut cases = 0;
    for chain_id in [U256::ONE, at(SOURCE), big - U256::ONE, big, U256::MAX] {
        let header = Header::new(chain_id, root(1), U256::MAX).expect("a header");
        let next = council.committee.clone();
        let rotation = Rotation::new(chain_id, next, U256::MAX).expect("a rotation");
        let messages: [&dyn Message; 2] = [&header, &rotation];
        for message in messages {
            let typed = message.typed_data(&council.committee);
            assert_eq!(hash_typed_data(&typed), message.digest(&council.committee));
            assert_eq!(typed["domain"]["chainId"].is_number(), chain_id < big);
            cases += 1;
        }
    }
    assert_eq!(cases, 10);
    let typed = header(200).typed_data(&council.committee);
    let expected = json!({
        "types": {
            "EIP712Domain": [
                { "name": "name", "type": "string" },
                { "name": "version", "type": "string" },
                { "name": "chainId", "type": "uint256" },
            ],
            "Root": [
                { "name": "root", "type": "bytes32" },
                { "name": "blockHeight", "type": "uint256" },
                { "name": "committee", "type": "bytes32" },
            ],
        },
        "primaryType": "Root",
        "domain": { "name": "aivm.AttestationLightClient", "version": "1", "chainId": 96_369 },
        "message": {
            "root": root(1).to_string(),
            "blockHeight": "200",
            "committee": Committee::id(&council.committee).to_string(),
        },
    });
    assert_eq!(typed, expected);
}

/// EIP-712 over the types that occur here.
fn hash_typed_data(typed: &Value) -> B256 {
    let primary = typed["primaryType"].as_str().expect("a name");
    let domain = hash_struct(typed, "EIP712Domain", &typed["domain"]);
    let message = hash_struct(typed, primary, &typed["message"]);
    alloy_primitives::keccak256([&[0x19, 0x01], &domain[..], &message[..]].concat())
}

fn hash_struct(typed: &Value, name: &str, value: &Value) -> B256 {
    let fields = typed["types"][name].as_array().expect("fields");
    let text = |field: &Value, key: &str| field[key].as_str().expect("text").to_owned();
    let declared: Vec<_> = fields
        .iter()
        .map(|field| format!("{} {}", text(field, "type"), text(field, "name")))
        .collect();
    let mut words = vec![alloy_primitives::keccak256(format!(
        "{name}({})",
        declared.join(",")
    ))];
    for field in fields {
        words.push(word(&text(field, "type"), &value[text(field, "name")]));
    }
    alloy_primitives::keccak256(words.concat())
}

fn word(kind: &str, value: &Value) -> B256 {
    if let Some(element) = kind.strip_suffix("[]") {
        let values = value.as_array().expect("a list").iter();
        let words: Vec<_> = values.map(|value| word(element, value)).collect();
        return alloy_primitives::keccak256(words.concat());
    }
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match kind {
        "string" => alloy_primitives::keccak256(text),
        "uint256" | "uint64" => U256::from_str_radix(&text, 10).expect("decimal").into(),
        "bytes32" | "address" => B256::left_padding_from(&hex::decode(text).expect("hexadecimal")),
        other => panic!("{other}"),
    }
}
