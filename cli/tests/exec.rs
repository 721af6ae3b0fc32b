//! `aivm exec`: the same as a call over a host in memory, round by round, in both encodings.

mod common;

use aivm::{
    Aivm, Call, Genesis, Host, MemoryHost, Outcome,
    abi::{
        IAttestationRegistry as registry,
        exec::{AccountCode, ExecAnswer, ExecRequest, ExecStatus, SlotValue},
    },
};
use alloy_primitives::{Address, B256, Bytes, Log, U256, address, hex};
use alloy_sol_types::{SolCall, SolValue};
use common::{Run, aivm, aivm_with_input, sample, text};
use serde_json::{Value, json};
use std::{fs, path::Path};

const MINING: Address = address!("0000000000000000000000000000000000000300");
const REGISTRY: Address = address!("0000000000000000000000000000000000000AAA");
const GOVERNANCE: Address = address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266");

/// When the collateral of the TDX sample is valid.
const NOW: u64 = 1_751_328_000;

/// The longest request in bytes of text.
const MAX_REQUEST: usize = 4 << 20;

/// A call by governance with plenty of gas, and nothing known.
fn request(target: Address, data: impl Into<Bytes>) -> ExecRequest {
    ExecRequest {
        target,
        caller: GOVERNANCE,
        value: U256::ZERO,
        gas: 30_000_000,
        isStatic: false,
        isDirect: true,
        timestamp: NOW,
        blockNumber: 1,
        chainId: 31_337,
        data: data.into(),
        slots: Vec::new(),
        codes: Vec::new(),
    }
}

fn mining(opcode: u8, payload: &[u8]) -> ExecRequest {
    request(MINING, [&[opcode], payload].concat())
}

fn to_json(request: &ExecRequest) -> Value {
    let slots = request.slots.iter();
    let codes = request.codes.iter();
    json!({
        "target": request.target, "caller": request.caller, "value": request.value, "gas": request.gas,
        "is_static": request.isStatic, "is_direct": request.isDirect, "timestamp": request.timestamp,
        "block_number": request.blockNumber, "chain_id": request.chainId, "data": request.data,
        "slots": slots.map(|s| json!({"account": s.account, "slot": s.slot, "value": s.value})).collect::<Vec<_>>(),
        "codes": codes.map(|c| json!({"account": c.account, "code": c.code})).collect::<Vec<_>>(),
    })
}

fn run_json(request: &Value) -> Run {
    aivm_with_input(&["exec", "--json"], request.to_string().as_bytes())
}

/// Makes the request in both encodings, which must say the same.
#[track_caller]
fn exec(request: &ExecRequest) -> ExecAnswer {
    let run = aivm_with_input(&["exec"], hex::encode(request.abi_encode()).as_bytes());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    let bytes = hex::decode(run.stdout.trim_end()).expect("hexadecimal");
    let answer = ExecAnswer::abi_decode_validate(&bytes).expect("an answer");
    assert_eq!(answer.abi_encode(), bytes);
    let json = run_json(&to_json(request));
    assert_eq!((json.code, json.stderr.as_str()), (0, ""), "{}", json.stdout);
    assert_eq!(json.json(), answer_json(&answer));
    answer
}

fn answer_json(answer: &ExecAnswer) -> Value {
    let missing = answer.missingSlots.iter();
    let slots = answer.slots.iter();
    let codes = answer.codes.iter();
    let logs = answer.logs.iter();
    let status = match answer.status {
        ExecStatus::Need => {
            assert_eq!(answer.gasUsed, 0);
            assert!(answer.output.is_empty() && answer.slots.is_empty() && answer.codes.is_empty());
            return json!({
                "status": "need",
                "slots": missing.map(|s| json!({"account": s.account, "slot": s.slot})).collect::<Vec<_>>(),
                "codes": answer.missingCodes,
            });
        }
        ExecStatus::Success => "success",
        ExecStatus::Revert => "revert",
        ExecStatus::OutOfGas => "out_of_gas",
        ExecStatus::__Invalid => panic!("no status"),
    };
    assert!(answer.missingSlots.is_empty() && answer.missingCodes.is_empty());
    json!({
        "status": status, "gas_used": answer.gasUsed, "output": answer.output,
        "slots": slots.map(|s| json!({"account": s.account, "slot": s.slot, "value": s.value})).collect::<Vec<_>>(),
        "codes": codes.map(|c| json!({"account": c.account, "code": c.code})).collect::<Vec<_>>(),
        "logs": logs.map(|l| json!({"address": l.account, "topics": l.topics, "data": l.data})).collect::<Vec<_>>(),
    })
}

/// A state, and the precompiles that change it in this process.
struct World {
    aivm: Aivm,
    host: MemoryHost,
}

impl World {
    fn new() -> Self {
        let aivm = Aivm::default();
        let mut host = Genesis::development().memory_host(&aivm, NOW);
        host.number = 1;
        Self { aivm, host }
    }

    /// Gives the request what its answer lacks, until it ends; in how many rounds it did.
    #[track_caller]
    fn converge(&mut self, request: &mut ExecRequest) -> (ExecAnswer, usize) {
        for round in 1..=8 {
            let answer = exec(request);
            if answer.status != ExecStatus::Need {
                return (answer, round);
            }
            for key in answer.missingSlots {
                let value = self.host.storage(key.account, key.slot.into()).unwrap().into();
                let (account, slot) = (key.account, key.slot);
                request.slots.push(SlotValue { account, slot, value });
            }
            for account in answer.missingCodes {
                let code = self.host.code(account).unwrap();
                request.codes.push(AccountCode { account, code });
            }
        }
        panic!("it still lacks something after eight rounds");
    }

    /// Makes the call in this process, and by `aivm exec`, whose writes must lead to the same state.
    #[track_caller]
    fn call(&mut self, mut request: ExecRequest) -> (ExecAnswer, usize) {
        let (answer, rounds) = self.converge(&mut request);
        let mut applied = self.host.clone();
        for SlotValue { account, slot, value } in &answer.slots {
            applied
                .set_storage(*account, (*slot).into(), (*value).into())
                .unwrap();
        }
        for AccountCode { account, code } in &answer.codes {
            applied.set_code(*account, code.clone()).unwrap();
        }
        for log in &answer.logs {
            applied.log(Log::new_unchecked(
                log.account,
                log.topics.clone(),
                log.data.clone(),
            ));
        }
        let expected = self.direct(&request);
        assert_eq!(
            (&answer.status, answer.gasUsed, &answer.output),
            (&expected.0, expected.1, &expected.2)
        );
        assert_eq!(applied, self.host);
        (answer, rounds)
    }

    fn direct(&mut self, request: &ExecRequest) -> (ExecStatus, u64, Bytes) {
        let call = Call {
            input: &request.data,
            gas_limit: request.gas,
            caller: request.caller,
            value: request.value,
            is_static: request.isStatic,
            is_direct: request.isDirect,
        };
        match self
            .aivm
            .call(request.target, &mut self.host, &call)
            .unwrap()
            .unwrap()
        {
            Outcome::Success { gas_used, output } => (ExecStatus::Success, gas_used, output),
            Outcome::Revert { gas_used, output } => (ExecStatus::Revert, gas_used, output),
            Outcome::OutOfGas => (ExecStatus::OutOfGas, request.gas, Bytes::new()),
        }
    }
}

/// What `aivm quote pack` and `aivm collateral pack` make of the TDX sample.
fn packed(command: &str, file: &str, member: &str) -> Vec<u8> {
    let run = aivm(&[command, "pack", &text(&sample(file)), "--json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    hex::decode(run.json()[member].as_str().expect("hexadecimal")).unwrap()
}

#[test]
fn asks_for_what_it_lacks_and_then_answers() {
    let is_spent = mining(4, &[7; 32]);
    let first = exec(&is_spent);
    assert_eq!(first.status, ExecStatus::Need);
    assert_eq!((first.missingSlots.len(), first.missingCodes.len()), (1, 0));
    let (account, slot) = (first.missingSlots[0].account, first.missingSlots[0].slot);
    assert_eq!(account, MINING);
    for known in [0, 1] {
        let value = B256::with_last_byte(known);
        let slots = vec![SlotValue { account, slot, value }];
        let answer = exec(&ExecRequest {
            slots,
            ..is_spent.clone()
        });
        assert_eq!((answer.status, answer.gasUsed), (ExecStatus::Success, 100));
        assert_eq!(answer.output, Bytes::copy_from_slice(&value[..]));
    }
}

#[test]
fn is_the_same_as_a_call_in_memory() {
    let mut world = World::new();
    let miner = |request: ExecRequest| ExecRequest {
        caller: Address::repeat_byte(0xb1),
        ..request
    };
    let mark = |id: u8| miner(mining(6, &[id; 32]));
    let allow = |flag: u8| mining(7, &[&[0xb1; 20][..], &[flag]].concat());
    let pause = registry::pauseCall {
        vendor: registry::TEEVendor::TDX,
    }
    .abi_encode();
    let success = ExecStatus::Success;
    let revert = ExecStatus::Revert;
    let cases = [
        (mark(1), revert),
        (allow(1), success),
        (mark(1), success),
        (mark(1), revert),
        (mining(4, &[1; 32]), success),
        (
            ExecRequest {
                isStatic: true,
                ..mark(2)
            },
            revert,
        ),
        (
            ExecRequest {
                isStatic: true,
                ..mining(4, &[2; 32])
            },
            success,
        ),
        (
            ExecRequest {
                isDirect: false,
                ..mark(2)
            },
            revert,
        ),
        (
            ExecRequest {
                value: U256::ONE,
                ..mark(2)
            },
            revert,
        ),
        (
            ExecRequest {
                gas: 4_999,
                ..mark(2)
            },
            ExecStatus::OutOfGas,
        ),
        (
            ExecRequest {
                gas: 5_000,
                ..mark(2)
            },
            success,
        ),
        (allow(0), success),
        (mark(3), revert),
        (mining(9, &[]), revert),
        (request(REGISTRY, pause.clone()), success),
        (miner(request(REGISTRY, pause)), revert),
        (
            request(REGISTRY, registry::governanceCall {}.abi_encode()),
            success,
        ),
    ];
    let (mut writes, mut logs) = (0, 0);
    for (index, (request, status)) in cases.into_iter().enumerate() {
        let (answer, rounds) = world.call(request);
        assert_eq!(answer.status, status, "case {index}");
        assert!(rounds <= 3, "case {index} took {rounds} rounds");
        (writes, logs) = (writes + answer.slots.len(), logs + answer.logs.len());
    }
    assert_eq!((writes, logs), (5, 5));
}

/// Evidence that is genuine, and what verifies it.
#[test]
fn verifies_evidence_in_a_few_rounds() {
    let mut world = World::new();
    let submit = packed("collateral", "tdx_quote_collateral.json", "data");
    let (answer, rounds) = world.call(request(REGISTRY, submit));
    assert_eq!((answer.status, answer.codes.len()), (ExecStatus::Success, 1));
    assert_eq!(rounds, SUBMIT_ROUNDS);
    let evidence = packed("quote", "tdx_quote", "evidence");
    let nonce = &evidence[1 + 568..1 + 600]; // report data in a quote of version 4
    let verify = mining(3, &[&evidence, nonce].concat());
    let (answer, rounds) = world.call(verify.clone());
    assert_eq!(answer.output, [U256::ONE, U256::from(70)].abi_encode());
    assert_eq!(rounds, VERIFY_ROUNDS);
    let late = ExecRequest {
        timestamp: NOW + 366 * 86_400,
        ..verify
    };
    world.host.timestamp = late.timestamp;
    let (answer, _) = world.call(late);
    let refused = [U256::ZERO; 2].abi_encode();
    assert_eq!(answer.status, ExecStatus::Success);
    assert_eq!(answer.output, refused, "the collateral is out of date");
}

/// How many rounds the submission of Intel's collateral takes, and the verification of a quote.
const SUBMIT_ROUNDS: usize = 3;
const VERIFY_ROUNDS: usize = 4;

#[test]
fn takes_a_request_in_pieces() {
    let request = hex::encode_prefixed(mining(4, &[7; 32]).abi_encode());
    let whole = aivm(&["exec", &request]);
    assert_eq!(whole.code, 0, "{}", whole.stderr);
    let (first, second) = request.split_at(66);
    for pieces in [
        vec!["exec", first, second],
        vec!["exec", first, &second[..64], &second[64..]],
    ] {
        assert_eq!(aivm(&pieces).stdout, whole.stdout);
    }
    assert_eq!(
        aivm_with_input(&["exec"], format!("{request}\n").as_bytes()).stdout,
        whole.stdout
    );
    aivm(&["exec", second, first]).assert_bad_usage("not abi.encode(ExecRequest)");
    aivm(&["exec", first]).assert_bad_usage("32 bytes are not");
    aivm(&["exec", &request[..67], &request[67..]]).assert_bad_usage("odd number");
}

#[test]
fn refuses_json_that_is_not_a_request() {
    let good = to_json(&mining(4, &[7; 32]));
    let slot = json!({"account": MINING, "slot": B256::ZERO, "value": B256::ZERO});
    let code = json!({"account": MINING, "code": "0x"});
    let changes = [
        ("target", json!("0x301"), "odd number"),
        ("target", json!(Address::with_last_byte(4)), "no precompile"),
        ("gas", json!("100"), "u64"),
        ("gas", json!(-1), "u64"),
        ("is_static", json!(0), "boolean"),
        ("value", json!("1 ether"), "standard input"),
        ("data", json!("0xgg"), "standard input"),
        ("gas_limit", json!(1), "gas_limit"),
        (
            "slots",
            json!([{"account": MINING, "slot": "0x1", "value": "0x1"}]),
            "standard input",
        ),
        ("slots", json!([slot, slot]), "given twice"),
        ("codes", json!([code, code]), "given twice"),
        ("codes", json!([{"account": MINING}]), "code"),
    ];
    for (member, value, what) in changes {
        let mut request = good.clone();
        request[member] = value;
        run_json(&request).assert_bad_usage(what);
    }
    let members = good.as_object().unwrap();
    assert_eq!(members.len(), 12);
    for member in members.keys() {
        let mut request = good.clone();
        request.as_object_mut().unwrap().remove(member);
        if ["slots", "codes"].contains(&member.as_str()) {
            assert_eq!(run_json(&request).code, 0);
        } else {
            run_json(&request).assert_bad_usage(member);
        }
    }
    aivm_with_input(&["exec", "--json"], b"").assert_bad_usage("standard input");
    aivm(&["exec", "--json", "0x00"]).assert_bad_usage("not an argument");
}

#[test]
fn refuses_what_solidity_would_not_have_encoded() {
    let good = mining(4, &[7; 32]).abi_encode();
    let with = |position: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[position] = byte;
        bytes
    };
    let cases = [
        (good[..good.len() - 1].to_vec(), "one byte short"),
        ([&good[..], &[0; 32]].concat(), "a word too long"),
        (with(31, 64), "an offset out of place"),
        (with(32, 1), "an address with more than 160 bits"),
        (with(32 * 6 - 1, 2), "a bool of 2"),
        (with(32 * 4, 1), "gas of more than 64 bits"),
        (with(good.len() - 65, 9), "a list that is longer than the bytes"),
    ];
    for (bytes, what) in cases {
        let run = aivm_with_input(&["exec"], hex::encode(&bytes).as_bytes());
        assert_eq!(run.code, 2, "{what}: {}", run.stdout);
        run.assert_bad_usage("not abi.encode(ExecRequest)");
    }
    aivm_with_input(&["exec"], b"hello").assert_bad_usage("not hexadecimal");
    aivm(&["exec", "@request.bin"]).assert_bad_usage("not hexadecimal");
}

#[test]
fn reads_requests_of_four_mebibytes() {
    let json = to_json(&mining(4, &[7; 32])).to_string();
    let hex = hex::encode(mining(4, &[7; 32]).abi_encode());
    for (arguments, request) in [(vec!["exec", "--json"], json), (vec!["exec"], hex)] {
        for (len, code) in [(MAX_REQUEST - 1, 0), (MAX_REQUEST, 0), (MAX_REQUEST + 1, 2)] {
            let padded = request.clone() + &" ".repeat(len - request.len());
            let run = aivm_with_input(&arguments, padded.as_bytes());
            assert_eq!(run.code, code, "{len} bytes: {}", run.stderr);
            if code == 2 {
                run.assert_bad_usage("more than 4194304 bytes");
            }
        }
    }
}

/// A tool that imports the structs gets those that the program has.
#[test]
fn help_shows_the_structs() {
    let structs =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../abi/testing/AivmExec.sol"))
            .unwrap();
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let help = words(&aivm(&["exec", "--help"]).stdout).join(" ");
    assert!(help.contains(&words(&structs).join(" ")));
}
