//! The source chain and its committee, as options and files.

use crate::{
    input::{self, read_file},
    output::{Failure, Fields, table},
};
use aivm::{
    config_file::{Table, parse_address},
    light_client::{Committee, CommitteeError, MessageError, committee_of},
};
use alloy_primitives::{Address, U256};
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The largest committee file that is read. One of 32 members has about 3,000 bytes.
const MAX_COMMITTEE_FILE: u64 = 64 << 10;

/// Whose signatures count.
#[derive(clap::Args)]
pub(super) struct Source {
    /// The committee that signs, a JSON file; - is standard input
    #[arg(long, value_name = "FILE")]
    committee: PathBuf,

    /// The id of the source chain
    #[arg(long, value_name = "ID", value_parser = number)]
    pub(super) source_chain: U256,
}

impl Source {
    /// The committee that signs.
    pub(super) fn committee(&self) -> Result<Committee, Failure> {
        read_committee("--committee", &self.committee)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CommitteeFile {
    members: Vec<Table<Member>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Member {
    #[serde(deserialize_with = "address")]
    address: Address,
    weight: Weight,
}

/// A number, or one that JSON readers would round, in a string.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a weight: a whole number below 2^64, or one in a string"
)]
enum Weight {
    Number(u64),
    Text(String),
}

/// An address whose checksum is right, if it has one.
pub(super) fn address<'de, D: Deserializer<'de>>(reader: D) -> Result<Address, D::Error> {
    let text = String::deserialize(reader)?;
    parse_address(&text).map_err(|problem| D::Error::custom(format_args!("{text:?}: {problem}")))
}

/// Reads a committee. `what` is how the user calls it.
pub(super) fn read_committee(what: &str, path: &Path) -> Result<Committee, Failure> {
    let bytes = read_file(what, path, MAX_COMMITTEE_FILE)?;
    let wrong = |why: String| {
        Failure::new(format!("{what}: {} is no committee: {why}", path.display())).next(
            "its form is {\"members\": [{\"address\": \"0x…\", \"weight\": 1}, …]}: see `aivm relay --help`",
        )
    };
    let file: Table<CommitteeFile> =
        serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
    let mut members = Vec::new();
    for Table(member) in file.0.members {
        let weight = match member.weight {
            Weight::Number(weight) => weight,
            Weight::Text(text) => text
                .parse()
                .map_err(|_| wrong(format!("{text:?} is no whole number below 2^64")))?,
        };
        members.push((member.address, weight));
    }
    members.sort_unstable();
    committee_of(members.iter().copied()).map_err(|error| wrong(explain(error, &members)))
}

/// The error by the member's address: its place is not that in the file.
fn explain(error: CommitteeError, members: &[(Address, u64)]) -> String {
    let member = |index: usize| members.get(index).map(|(member, _)| *member).unwrap_or_default();
    match error {
        CommitteeError::Size(0) => "it has no members".into(),
        CommitteeError::Size(_) | CommitteeError::Mismatch { .. } => error.to_string(),
        CommitteeError::Order(index) if member(index).is_zero() => "a member is the zero address".into(),
        CommitteeError::Order(index) => format!("{} is there twice", member(index)),
        CommitteeError::ZeroWeight(index) => format!("{} has no weight", member(index)),
    }
}

/// A number, decimal or hexadecimal with 0x.
pub(super) fn number(text: &str) -> Result<U256, String> {
    input::amount(text).map_err(|_| "a number is decimal, or hexadecimal with 0x, below 2^256".into())
}

/// What state sync would refuse, whoever signed it.
pub(super) fn refused(error: MessageError) -> Failure {
    Failure::new(error.to_string()).next(match error {
        MessageError::ZeroChainId => "give the id of the source chain: --source-chain",
        MessageError::ZeroRoot => "take the root from registryRoot() of 0x0AAB on the source chain",
        MessageError::ZeroFromHeight => "give a height above the newest committee's: --from-height",
    })
}

/// Members with their weights.
pub(super) fn members_json(members: impl IntoIterator<Item = (Address, u64)>) -> Value {
    let members = members.into_iter();
    members
        .map(|(address, weight)| json!({ "address": address, "weight": weight }))
        .collect()
}

/// Adds what there is to know of a committee.
pub(super) fn describe(committee: &Committee, fields: &mut Fields) {
    let rows: Vec<_> = committee
        .iter()
        .map(|(address, weight)| vec![address.to_string(), weight.to_string()])
        .collect();
    fields.add("committee", committee.id());
    fields.add("members", table(&["address", ">weight"], &rows));
    fields.add("needed", needed(committee));
}

/// `67 of 100`.
pub(super) fn needed(committee: &Committee) -> String {
    format!("{} of {}", committee.quorum(), committee.total_weight())
}
