//! `aivm relay`: from a committee file to a proven device, as a relayer goes about it. Keys are the tests' own.

mod common;
#[path = "relay/proofs.rs"]
mod proofs;
#[path = "relay/refusals.rs"]
mod refusals;

use aivm::light_client::{Committee, Header, Message};
use aivm_test_support::council::{Council, SOURCE};
use alloy_primitives::{B256, U256, hex, keccak256};
use common::{GOVERNANCE, Run, aivm, scratch, text};
use serde_json::{Value, json};
use std::{fs, path::Path};

const HEIGHT: u64 = 1_000_500;

/// A root that tells itself from others.
pub(crate) fn root(seed: u8) -> B256 {
    keccak256([b'r', seed])
}

/// Writes a committee file, its members in reverse.
pub(crate) fn write_committee(folder: &Path, name: &str, committee: &Committee) -> String {
    let members: Vec<_> = committee.iter().collect();
    let members = members
        .iter()
        .rev()
        .map(|(address, weight)| json!({ "address": address.to_string(), "weight": weight }));
    let path = folder.join(name);
    fs::write(
        &path,
        json!({ "members": members.collect::<Vec<_>>() }).to_string(),
    )
    .unwrap();
    text(&path)
}

/// A folder of the test's own, with a committee of 50, 30 and 20.
pub(crate) struct Setting {
    pub(crate) council: Council,
    pub(crate) file: String,
    pub(crate) folder: std::path::PathBuf,
}

impl Setting {
    pub(crate) fn new(name: &str) -> Self {
        let council = Council::new(1, &[50, 30, 20]);
        let folder = scratch(&format!("relay-{name}"));
        let file = write_committee(&folder, "committee.json", &council.committee);
        Self {
            council,
            file,
            folder,
        }
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> String {
        text(&self.folder.join(name))
    }

    /// Runs `aivm relay <command>` for this committee.
    pub(crate) fn relay(&self, command: &str, more: &[&str]) -> Run {
        let chain = SOURCE.to_string();
        let mut arguments = vec![
            "relay",
            command,
            "--committee",
            &self.file,
            "--source-chain",
            &chain,
        ];
        arguments.extend(more);
        arguments.push("--json");
        aivm(&arguments)
    }

    /// Runs `aivm relay update` for `root(1)`.
    pub(crate) fn update(&self, more: &[&str]) -> Run {
        let (root, height) = (root(1).to_string(), HEIGHT.to_string());
        let mut arguments = vec!["--root", &root, "--height", &height];
        arguments.extend(more);
        self.relay("update", &arguments)
    }

    /// The signatures of some members over `root(1)`, in hexadecimal.
    pub(crate) fn signatures(&self, who: &[usize]) -> Vec<String> {
        let digest = self.council.root_digest(root(1), U256::from(HEIGHT));
        let sign = |index: &usize| hex::encode_prefixed(self.council.sign(&[*index], digest));
        who.iter().map(sign).collect()
    }
}

/// A member with its weight, as JSON output has it.
fn member(council: &Council, index: usize) -> Value {
    let (address, weight) = council.committee.iter().nth(index).unwrap();
    json!({ "address": hex::encode_prefixed(address), "weight": weight })
}

/// A call on the state file of a chain.
fn call(state: &str, from: &str, data: &str) -> Value {
    let run = aivm(&[
        "call", "--to", "0xAAC", "--data", data, "--from", from, "--state", state, "--json",
    ]);
    run.json()
}

#[test]
fn what_members_sign() {
    let setting = Setting::new("digest");
    let (root, height) = (root(1), HEIGHT.to_string());
    let run = setting.relay("digest", &["--root", &root.to_string(), "--height", &height]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let header = Header::new(U256::from(SOURCE), root, U256::from(HEIGHT)).unwrap();
    let committee = &setting.council.committee;
    let expected = json!({
        "digest": setting.council.root_digest(root, U256::from(HEIGHT)).to_string(),
        "committee": committee.id().to_string(),
        "quorum": "67",
        "total": "100",
        "typed_data": header.typed_data(committee),
    });
    assert_eq!(run.json(), expected);

    let out = setting.path("root.json");
    let more = ["--root", &root.to_string(), "--height", &height, "--out", &out];
    assert_eq!(setting.relay("digest", &more).json(), expected);
    let written: Value = serde_json::from_slice(&fs::read(&out).unwrap()).unwrap();
    assert_eq!(written, expected["typed_data"]);

    let next = Council::new(2, &[1, 1]);
    let file = write_committee(&setting.folder, "next.json", &next.committee);
    let run = setting.relay("digest", &["--next", &file, "--from-height", "2000000"]);
    let digest = setting
        .council
        .rotation_digest(&next.committee, U256::from(2_000_000));
    assert_eq!(run.json()["digest"], digest.to_string());
    assert_eq!(run.json()["typed_data"]["primaryType"], "Rotation");
}

/// The whole way, over a state file: committee, root, handover, root under the next committee.
#[test]
fn from_governance_to_a_handover() {
    let setting = Setting::new("story");
    let state = setting.path("chain.json");
    let chain = SOURCE.to_string();
    let out = setting.path("call.bin");
    let run = aivm(&[
        "relay",
        "committee",
        &setting.file,
        "--source-chain",
        &chain,
        "--from-height",
        "1000000",
        "--out",
        &out,
        "--json",
    ]);
    let begun = run.json();
    assert_eq!(
        begun["members"],
        json!([0, 1, 2].map(|index| member(&setting.council, index)))
    );
    assert_eq!((&begun["quorum"], &begun["total"]), (&json!("67"), &json!("100")));
    let id = setting.council.committee.id().to_string();
    assert_eq!(begun["committee"], id.as_str());
    assert_eq!(
        hex::encode_prefixed(fs::read(&out).unwrap()),
        begun["data"].as_str().unwrap()
    );
    let set = call(&state, GOVERNANCE, &format!("@{out}"));
    assert_eq!(set["status"], "success");
    assert_eq!(set["gas_used"], 30_000 + 3 * 22_100);

    let signatures = setting.signatures(&[2, 0]);
    let updated = setting.update(&[&signatures[0], &signatures[1]]);
    assert_eq!(updated.code, 0, "{}", updated.stderr);
    let updated = updated.json();
    assert_eq!(updated["to"], "0x0000000000000000000000000000000000000aac");
    let result = call(&state, "0x1", updated["data"].as_str().unwrap());
    assert_eq!(result["status"], "success", "{result}");
    let again = call(&state, "0x1", updated["data"].as_str().unwrap());
    let refusal = json!({
        "name": "HeightNotNew",
        "args": { "height": HEIGHT.to_string(), "minimum": (HEIGHT + 1).to_string() },
    });
    assert_eq!(again["error"], refusal);

    let next = Council::new(2, &[1]);
    let file = write_committee(&setting.folder, "next.json", &next.committee);
    let digest = setting
        .council
        .rotation_digest(&next.committee, U256::from(2_000_000));
    let all = hex::encode(setting.council.sign_all(digest));
    let rotated = setting.relay("rotate", &["--next", &file, "--from-height", "2000000", &all]);
    assert_eq!(rotated.code, 0, "{}{}", rotated.stdout, rotated.stderr);
    let result = call(&state, "0x1", rotated.json()["data"].as_str().unwrap());
    assert_eq!(result["status"], "success", "{result}");
    // committee(): what a person reads.
    let shown = aivm(&["call", "--to", "0xAAC", "--data", "0xd864e740", "--state", &state]);
    assert!(shown.stdout.contains("fromHeight=2000000"), "{}", shown.stdout);
}

/// One signature an argument, several in one, a file of lines, a JSON list, standard input: all the same.
#[test]
fn ways_to_give_signatures() {
    let setting = Setting::new("ways");
    let signatures = setting.signatures(&[1, 0]);
    let expected = setting.update(&[&signatures[0], &signatures[1]]).json();
    assert!(expected["data"].is_string());
    let file = |name: &str, content: String| {
        fs::write(setting.folder.join(name), content).unwrap();
        format!("@{}", setting.path(name))
    };
    let joined = signatures.concat().replacen("0x", "", 2);
    let ways = [
        vec![joined.clone()],
        vec![file("lines.txt", signatures.join("\n"))],
        vec![file("list.json", json!(signatures).to_string())],
        vec![file("commas.txt", signatures.join(", "))],
        vec![file("joined.txt", joined)],
        vec![signatures[0].clone(), file("one.txt", signatures[1].clone())],
    ];
    for way in &ways {
        let way: Vec<_> = way.iter().map(String::as_str).collect();
        let run = setting.update(&way);
        assert_eq!((run.code, run.json()), (0, expected.clone()), "{way:?}");
    }
    assert_eq!(ways.len(), 6);
    let (root, height, chain) = (root(1).to_string(), HEIGHT.to_string(), SOURCE.to_string());
    let run = common::aivm_with_input(
        &[
            "relay",
            "update",
            "--committee",
            &setting.file,
            "--source-chain",
            &chain,
            "--root",
            &root,
            "--height",
            &height,
            "@-",
            "--json",
        ],
        signatures.join("\n").as_bytes(),
    );
    assert_eq!(run.json(), expected);
}

#[test]
fn who_is_missing() {
    let setting = Setting::new("missing");
    let digest = setting
        .council
        .root_digest(root(1), U256::from(HEIGHT))
        .to_string();
    let stranger = Council::new(9, &[1]);
    let foreign = hex::encode_prefixed(stranger.sign_all(digest.parse().unwrap()));
    let own = setting.signatures(&[0]).remove(0);
    let run = setting.update(&[&foreign, &own, &own, "0x1234"]);
    assert_eq!(run.code, 1);
    let expected = json!({
        "function": "updateRoot",
        "to": null,
        "data": null,
        "digest": digest,
        "committee": setting.council.committee.id().to_string(),
        "weight": "50",
        "quorum": "67",
        "total": "100",
        "signers": [member(&setting.council, 0)],
        "missing": [member(&setting.council, 1), member(&setting.council, 2)],
        "set_aside": [
            { "index": 0, "reason": "foreign", "signer": hex::encode_prefixed(stranger.committee.members()[0]) },
            { "index": 2, "reason": "duplicate", "signer": member(&setting.council, 0)["address"] },
            { "index": 3, "reason": "malformed", "signer": null },
        ],
    });
    assert_eq!(run.json(), expected);
    let (root, height, chain) = (root(1).to_string(), HEIGHT.to_string(), SOURCE.to_string());
    let run = aivm(&[
        "relay",
        "update",
        "--committee",
        &setting.file,
        "--source-chain",
        &chain,
        "--root",
        &root,
        "--height",
        &height,
        &own,
    ]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout.contains("17 short") && run.stdout.contains("67 of 100"),
        "{}",
        run.stdout
    );
    for index in [1, 2] {
        let missing = setting.council.committee.members()[index].to_string();
        assert!(run.stdout.contains(&missing), "{}", run.stdout);
    }
}
