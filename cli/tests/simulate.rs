//! `aivm simulate`: once its calls are made, what it prints verifies; before, nothing does.

mod common;

use aivm::{
    Aivm, Call, Genesis, MemoryHost, Outcome,
    abi::IAttestationRegistry::{ProofOfExecution, verifyAttestationCall},
};
use alloy_primitives::{Address, B256, Bytes, U256, address, hex};
use alloy_sol_types::{SolCall, SolValue};
use common::{aivm, scratch, text};
use serde_json::json;
use std::fs;

const MINING: Address = address!("0000000000000000000000000000000000000300");
const REGISTRY: Address = address!("0000000000000000000000000000000000000AAA");
const OPERATOR: &str = "0x00000000000000000000000000000000000000b1";

/// When the made-up roots and collateral become valid.
const NOW: u64 = 1_760_000_000;

/// What `aivm simulate` prints.
#[track_caller]
fn simulate(arguments: &str) -> Vec<u8> {
    let run = aivm(&words(arguments));
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{arguments}");
    hex::decode(run.stdout.trim_end()).expect("hexadecimal")
}

fn words(arguments: &str) -> Vec<&str> {
    std::iter::once("simulate")
        .chain(arguments.split_whitespace())
        .collect()
}

struct World {
    aivm: Aivm,
    host: MemoryHost,
}

impl World {
    /// The development chain, with the vendors' own roots.
    fn new() -> Self {
        let aivm = Aivm::default();
        let host = Genesis::development().memory_host(&aivm, NOW);
        Self { aivm, host }
    }

    /// The same after the calls that were printed.
    fn simulated() -> Self {
        let mut world = Self::new();
        let calls = Vec::<Bytes>::abi_decode_validate(&simulate("calls")).expect("bytes[]");
        assert_eq!(calls.len(), 9, "five roots, four times collateral");
        for call in calls {
            let outcome = world.call(REGISTRY, Genesis::development().governance, &call);
            assert!(matches!(outcome, Outcome::Success { .. }), "{outcome:?}");
        }
        world
    }

    fn call(&mut self, to: Address, caller: Address, input: &[u8]) -> Outcome {
        let call = Call {
            input,
            gas_limit: 30_000_000,
            caller,
            value: U256::ZERO,
            is_static: false,
            is_direct: true,
        };
        self.aivm.call(to, &mut self.host, &call).unwrap().unwrap()
    }

    fn attest(&mut self, caller: Address, proof: &[u8]) -> Outcome {
        let proof = ProofOfExecution::abi_decode_validate(proof).expect("a proof");
        self.call(REGISTRY, caller, &verifyAttestationCall { proof }.abi_encode())
    }

    fn verify_tee(&mut self, evidence: &[u8], nonce: B256) -> (U256, U256) {
        let outcome = self.call(MINING, Address::ZERO, &[&[3], evidence, &nonce[..]].concat());
        let Outcome::Success { output, .. } = outcome else {
            panic!("{outcome:?}");
        };
        <(U256, U256)>::abi_decode_validate(&output).unwrap()
    }
}

fn operator() -> Address {
    OPERATOR.parse().unwrap()
}

#[test]
fn proofs_of_every_vendor_attest() {
    let mut world = World::simulated();
    for (gpu, vendor) in ["tdx", "sgx", "sevsnp", "armcca"].into_iter().enumerate() {
        for (device, nonce, more) in [
            (1, "1", ""),
            (2, "0x2", "--gpu --measurement 4"),
            (1, "2", "--measurement 1"),
        ] {
            let arguments = format!(
                "proof --vendor {vendor} --device {device} --chain-id 31337 --operator {OPERATOR} --nonce {nonce} {more}"
            );
            // A GPU stays with its device.
            let arguments = arguments.replace("--gpu", &format!("--gpu {gpu}"));
            let proof = simulate(&arguments);
            assert_eq!(simulate(&arguments), proof, "the same bytes in every run");
            let stranger = world.attest(Address::repeat_byte(9), &proof);
            assert!(matches!(stranger, Outcome::Revert { .. }), "{arguments}");
            let outcome = world.attest(operator(), &proof);
            assert!(
                matches!(outcome, Outcome::Success { .. }),
                "{arguments}: {outcome:?}"
            );
        }
    }
}

#[test]
fn what_a_proof_says() {
    let word = |byte: u8| B256::repeat_byte(byte).to_string();
    let arguments = format!(
        "proof --vendor tdx --device 1 --gpu 2 --chain-id 1 --operator {OPERATOR} --nonce 7 --job-hash {} \
         --output-hash {} --attested-key {} --measurement 5",
        word(1),
        word(2),
        word(3),
    );
    let proof = ProofOfExecution::abi_decode_validate(&simulate(&arguments)).unwrap();
    assert_eq!(proof.nonce, U256::from(7));
    assert_eq!(
        (proof.jobHash, proof.outputHash),
        (B256::repeat_byte(1), B256::repeat_byte(2))
    );
    let json = aivm(&words(&format!("{arguments} --json"))).json();
    assert_eq!(json.as_object().unwrap().len(), 7, "{json}");
    assert_eq!(json["device_id"], json!(proof.deviceId));
    assert_eq!(json["proof"], json!(hex::encode_prefixed(proof.abi_encode())));
    assert!(json["gpu_device_id"].is_string());
    // In a quote of version 4 the report data are 568 bytes behind its beginning.
    let report_data: &[u8] = if proof.cpuQuote[1] == 4 {
        &proof.cpuQuote[1 + 568..][..64]
    } else {
        let commitment = json["commitment"].as_str().unwrap().parse::<B256>().unwrap();
        let quote = &proof.cpuQuote;
        let start = quote.windows(32).position(|window| window == commitment);
        &quote[start.expect("the commitment")..][..64]
    };
    assert_eq!(report_data[32..], [3; 32], "the attested key");
    let without = arguments.replace("--gpu 2 ", "");
    let json = aivm(&words(&format!("{without} --json"))).json();
    assert_eq!(json["gpu_device_id"], json!(null));
}

#[test]
fn evidence_verifies_once_the_roots_are_installed() {
    let (mut before, mut after) = (World::new(), World::simulated());
    let nonce = B256::repeat_byte(0x5a);
    for (vendor, score) in [
        ("sgx", 70),
        ("sevsnp", 70),
        ("tdx", 70),
        ("nvidia", 80),
        ("armcca", 70),
    ] {
        let arguments = format!("evidence --vendor {vendor} --device 2 --nonce {nonce}");
        let evidence = simulate(&arguments);
        let verified = (U256::ONE, U256::from(score));
        assert_eq!(
            before.verify_tee(&evidence, nonce),
            Default::default(),
            "{vendor}"
        );
        assert_eq!(after.verify_tee(&evidence, nonce), verified, "{vendor}");
        assert_eq!(after.verify_tee(&evidence, B256::ZERO), Default::default());
        let json = aivm(&words(&format!("{arguments} --json"))).json();
        assert_eq!(json["evidence"], json!(hex::encode_prefixed(&evidence)));
        let other = format!("{arguments} --measurement 1");
        let other = aivm(&words(&format!("{other} --json"))).json();
        assert_eq!(other["device_id"], json["device_id"]);
        assert_ne!(other["measurement_id"], json["measurement_id"]);
    }
}

#[test]
fn signatures_verify_with_the_precompile() {
    let mut world = World::new();
    let file = scratch("simulate-sign").join("message.bin");
    fs::write(&file, [1, 2, 3]).unwrap();
    for (set, byte) in [("44", 0x44), ("65", 0x65), ("87", 0x87)] {
        let key = simulate(&format!("key --set {set} --seed 1"));
        assert_ne!(key, simulate(&format!("key --set {set} --seed 2")));
        let sign = format!("sign --set {set} --seed 1 --message");
        let signature = simulate(&format!("{sign} 0x010203"));
        assert_eq!(signature, simulate(&format!("{sign} @{}", text(&file))));
        for (message, good) in [([1, 2, 3], 1), ([1, 2, 4], 0)] {
            let input = [&[1, byte][..], &key, &signature, &message].concat();
            let outcome = world.call(MINING, Address::ZERO, &input);
            let output = B256::with_last_byte(good).into();
            let gas_used = 3_000;
            assert_eq!(outcome, Outcome::Success { gas_used, output });
        }
        let json = aivm(&words(&format!("{sign} 0x010203 --json"))).json();
        assert_eq!(json["public_key"], json!(hex::encode_prefixed(&key)));
        assert_eq!(json["signature"], json!(hex::encode_prefixed(&signature)));
        assert_eq!(json["set"], format!("ML-DSA-{set}"));
    }
}

#[test]
fn the_calls_say_where_they_go() {
    let json = aivm(&words("calls --json")).json();
    assert_eq!(json["to"], json!(REGISTRY));
    assert_eq!(json["valid_from"], NOW);
    assert_eq!(json["valid_until"], NOW + 5 * 365 * 86_400);
    let calls: Vec<Bytes> = serde_json::from_value(json["calls"].clone()).unwrap();
    assert_eq!(calls.abi_encode(), simulate("calls"));
}

/// Whoever reads any of it is told that nothing trusts it.
#[test]
fn the_help_warns() {
    let help = |arguments: &str| {
        let run = aivm(&words(arguments));
        run.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(help("--help").contains("Nothing trusts them"));
    assert!(help("calls --help").contains("ANYONE CAN MAKE"));
    assert!(help("key --help").contains("everyone has the key"));
    assert!(help("sign --help").contains("everyone has"));
}

#[test]
fn what_is_refused() {
    let proof = format!("proof --vendor tdx --device 1 --chain-id 1 --operator {OPERATOR}");
    aivm(&words(&proof)).assert_bad_usage("--nonce");
    aivm(&words(&format!("{proof} --nonce x"))).assert_bad_usage("decimal");
    aivm(&words(&format!("{proof} --nonce 1 --job-hash 0x00"))).assert_bad_usage("32 bytes");
    aivm(&words(&format!("{proof} --nonce 1 --measurement 256"))).assert_bad_usage("256");
    aivm(&words("evidence --vendor amd --device 1 --nonce 0x00")).assert_bad_usage("sevsnp");
    aivm(&words("key --set 45 --seed 1")).assert_bad_usage("44, 65 and 87");
    aivm(&words("key --set 44 --seed -1")).assert_bad_usage("-1");
    aivm(&words("sign --set 44 --seed 1 --message 0x0")).assert_bad_usage("odd number");
}
