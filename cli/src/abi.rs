//! Custom errors and events by name, from the JSON ABIs in `abi/json/`.

use crate::evm::{Outcome, Status};
use aivm::{Config, evidence::Rejection};
use alloy_dyn_abi::{DynSolValue, EventExt, FunctionExt, JsonAbiExt};
use alloy_json_abi::{Error, Event, JsonAbi};
use alloy_primitives::{Address, Log, hex};
use serde_json::{Map, Value, json};

/// The interfaces that errors and events may come from.
const INTERFACES: [&str; 5] = [
    include_str!("../../abi/json/IPrecompile.json"),
    include_str!("../../abi/json/IAIMining.json"),
    include_str!("../../abi/json/IAttestationRegistry.json"),
    include_str!("../../abi/json/IAttestationProofs.json"),
    include_str!("../../abi/json/IAttestationLightClient.json"),
];

/// Errors whose argument is a code of [`Rejection`].
const ERRORS_WITH_CODE: [&str; 3] = ["EvidenceRejected", "CollateralRejected", "RootCARejected"];

/// A name with arguments.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Named {
    /// The name in Solidity, or revm's name of a halt.
    pub(crate) name: String,
    /// The arguments with their names, in order.
    pub(crate) args: Vec<(String, Value)>,
}

impl Named {
    fn new(name: impl Into<String>, args: Vec<(String, Value)>) -> Self {
        Self {
            name: name.into(),
            args,
        }
    }

    /// `{"name", "args"}`.
    pub(crate) fn json(&self) -> Value {
        let args: Map<_, _> = self.args.iter().cloned().collect();
        json!({ "name": self.name, "args": args })
    }

    /// `Name(argument=value, …)`.
    pub(crate) fn text(&self) -> String {
        let args = self
            .args
            .iter()
            .map(|(name, value)| format!("{name}={}", text(value)));
        format!("{}({})", self.name, args.collect::<Vec<_>>().join(", "))
    }

    /// What the code in `EvidenceRejected(uint16 code)` and the like means.
    pub(crate) fn meaning(&self) -> Option<&'static str> {
        let is_code = ERRORS_WITH_CODE.contains(&self.name.as_str());
        let (_, code) = self.args.first().filter(|_| is_code)?;
        Rejection::meaning(u16::try_from(code.as_u64()?).ok()?)
    }
}

/// Why a call did not succeed, by name; `None` where it did.
pub(crate) fn error_of(outcome: &Outcome) -> Option<Named> {
    match &outcome.status {
        Status::Success => None,
        Status::Revert => Some(revert(&outcome.output)),
        Status::Halt(reason) => Some(Named::new(reason, Vec::new())),
    }
}

/// Revert data by name. What nobody here declares is `UnknownError`, with the data.
fn revert(data: &[u8]) -> Named {
    let found = interfaces()
        .iter()
        .flat_map(JsonAbi::errors)
        .chain(&standard_errors())
        .find_map(|error| decode_error(error, data));
    found.unwrap_or_else(|| {
        let args = vec![("data".into(), Value::String(hex::encode_prefixed(data)))];
        Named::new("UnknownError", args)
    })
}

/// What Solidity itself reverts with, should a contract be called.
fn standard_errors() -> Vec<Error> {
    ["Error(string message)", "Panic(uint256 code)"]
        .into_iter()
        .filter_map(|signature| Error::parse(signature).ok())
        .collect()
}

fn decode_error(error: &Error, data: &[u8]) -> Option<Named> {
    let arguments = data.strip_prefix(error.selector().as_slice())?;
    let values = error.abi_decode_input(arguments).ok()?;
    let names = error.inputs.iter().map(|input| input.name.clone());
    Some(Named::new(
        &error.name,
        names.zip(values.iter().map(value)).collect(),
    ))
}

/// What a function with a Solidity interface returned, in words.
pub(crate) fn returned(to: Address, input: &[u8], outcome: &Outcome) -> Option<String> {
    let addresses = Config::default().addresses;
    let with_interface = [addresses.registry, addresses.proofs, addresses.sync];
    if !with_interface.contains(&to) || outcome.status != Status::Success {
        return None;
    }
    let selector = input.first_chunk::<4>()?;
    let interfaces = interfaces();
    let mut functions = interfaces.iter().flat_map(JsonAbi::functions);
    let function = functions.find(|function| function.selector() == *selector)?;
    let values = function.abi_decode_output(&outcome.output).ok()?;
    let values = function.outputs.iter().zip(&values).map(|(output, value)| {
        let value = text(&self::value(value));
        if output.name.is_empty() {
            value
        } else {
            format!("{}={value}", output.name)
        }
    });
    let values: Vec<_> = values.collect();
    (!values.is_empty()).then(|| values.join(", "))
}

fn text(value: &Value) -> String {
    match value {
        Value::String(value) => value.clone(),
        value => value.to_string(),
    }
}

/// A log by the name of its event, if one of the interfaces declares it.
pub(crate) fn event(log: &Log) -> Option<Named> {
    let topic = log.topics().first()?;
    interfaces()
        .iter()
        .flat_map(JsonAbi::events)
        .filter(|event| event.selector() == *topic)
        .find_map(|event| decode_event(event, log))
}

fn decode_event(event: &Event, log: &Log) -> Option<Named> {
    let decoded = event.decode_log(&log.data).ok()?;
    let (mut indexed, mut body) = (decoded.indexed.iter(), decoded.body.iter());
    let mut args = Vec::new();
    for input in &event.inputs {
        let next = if input.indexed {
            indexed.next()
        } else {
            body.next()
        };
        args.push((input.name.clone(), value(next?)));
    }
    Some(Named::new(&event.name, args))
}

fn interfaces() -> Vec<JsonAbi> {
    INTERFACES
        .iter()
        .map(|text| serde_json::from_str(text).expect("the compiler's output is a JSON ABI"))
        .collect()
}

/// Numbers of up to 64 bits are JSON numbers, wider ones decimal strings, bytes and addresses hexadecimal strings.
fn value(value: &DynSolValue) -> Value {
    match value {
        DynSolValue::Bool(flag) => json!(flag),
        DynSolValue::Uint(number, bits) => match u64::try_from(*number) {
            Ok(number) if *bits <= 64 => json!(number),
            _ => json!(number.to_string()),
        },
        DynSolValue::Int(number, bits) => match i64::try_from(*number) {
            Ok(number) if *bits <= 64 => json!(number),
            _ => json!(number.to_string()),
        },
        DynSolValue::FixedBytes(word, len) => json!(hex::encode_prefixed(word.get(..*len).unwrap_or(&[]))),
        DynSolValue::Bytes(bytes) => json!(hex::encode_prefixed(bytes)),
        DynSolValue::Address(address) => json!(address),
        DynSolValue::String(text) => json!(text),
        DynSolValue::Array(values) | DynSolValue::FixedArray(values) | DynSolValue::Tuple(values) => {
            Value::Array(values.iter().map(self::value).collect())
        }
        DynSolValue::Function(function) => json!(hex::encode_prefixed(function)),
    }
}
