//! What the stories came to, so that a test can say that they came to everything.

use super::{
    model::{Answer, Call},
    story::Op,
};
use aivm::abi::IAttestationRegistry::IAttestationRegistryErrors as Errors;
use alloy_sol_types::SolInterface;
use std::{cell::RefCell, collections::BTreeMap};

thread_local! {
    /// How often each thing happened in this test.
    static SEEN: RefCell<BTreeMap<String, usize>> = const { RefCell::new(BTreeMap::new()) };
}

/// The name of what came of a call: the function, and the code or selector with which it was refused.
fn name(call: &Call, answer: &Answer) -> String {
    let function = match call {
        Call::Attest(sent) if sent.gpu().is_some() => "attest hybrid",
        Call::Attest(_) => "attest",
        Call::Other(op) => match op {
            Op::Attest(_) => "attest",
            Op::Refresh(_) => "refresh",
            Op::Release(_) => "release",
            Op::Revoke(_) => "revoke",
            Op::SetMeasurement(..) => "setMeasurement",
            Op::RequireAllowlist(..) => "requireAllowlist",
            Op::Pause(_) => "pause",
            Op::Unpause(_) => "unpause",
            Op::SetValidity(_) => "setValidity",
            Op::SetMinTrustScore(_) => "setMinTrustScore",
        },
    };
    match answer {
        Ok(_) => function.to_owned(),
        Err(data) => match Errors::abi_decode(data) {
            Ok(Errors::EvidenceRejected(error)) => format!("code {}", error.code),
            Ok(Errors::UnknownDevice(_)) => format!("{function}: UnknownDevice"),
            Ok(Errors::ZeroOperator(_)) => "ZeroOperator".to_owned(),
            _ => format!("{function}: Unauthorized"),
        },
    }
}

fn add(name: String, by: usize) {
    SEEN.with_borrow_mut(|seen| *seen.entry(name).or_default() += by);
}

pub(crate) fn count(call: &Call, answer: &Answer) {
    let name = name(call, answer);
    if let Call::Attest(sent) = call
        && (answer.is_ok() || name == "code 22")
    {
        let what = if answer.is_ok() { "attested" } else { "held" };
        add(format!("{what}: {}", sent.before), 1);
    }
    add(name, 1);
}

pub(crate) fn asked(questions: usize) {
    add("questions".to_owned(), questions);
}

pub(crate) fn ended_by_gpu(devices: usize) {
    add("not attested: GPU revoked".to_owned(), devices);
}

pub(crate) fn stepped() {
    add("steps".to_owned(), 1);
}

/// What happened since this was asked last.
pub(crate) fn take() -> BTreeMap<String, usize> {
    SEEN.take()
}
