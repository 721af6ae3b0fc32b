//! Signatures as arguments and files, and what they come to.

use super::source::{self, members_json};
use crate::{
    call_data::CallData,
    input::{hex_bytes, read_file},
    output::{Failure, Fields, Report},
};
use aivm::{
    crypto::AwsLc,
    light_client::{Aside, Assembly, Committee, Message, Missing, SIGNATURE_LEN},
};
use alloy_primitives::{Address, hex};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The largest file of signatures that is read. 32 of them in hexadecimal have about 4,300 bytes.
const MAX_SIGNATURE_FILE: u64 = 256 << 10;

/// Signatures, and where the call goes.
#[derive(clap::Args)]
pub(super) struct Signatures {
    /// Signatures in any order, 65 bytes each (r, s, v) in hexadecimal, or @ and the name of a file with them: apart by
    /// white space or commas, or a JSON list; @- is standard input
    #[arg(value_name = "HEX|@FILE")]
    signatures: Vec<String>,

    /// Write the call data into this file, for `aivm call --data @FILE`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Signatures {
    fn read(&self) -> Result<Vec<Vec<u8>>, Failure> {
        let mut signatures = Vec::new();
        for argument in &self.signatures {
            let text = match argument.strip_prefix('@') {
                None => argument.clone(),
                Some(path) => {
                    let bytes = read_file("the signatures", Path::new(path), MAX_SIGNATURE_FILE)?;
                    String::from_utf8(bytes).map_err(|_| {
                        Failure::new(format!("the signatures: {path} is not text"))
                            .next("write them in hexadecimal, each on a line of its own")
                    })?
                }
            };
            let separator = |c: char| c.is_whitespace() || matches!(c, ',' | '"' | '[' | ']');
            for piece in text.split(separator).filter(|piece| !piece.is_empty()) {
                let bytes = hex_bytes(piece).map_err(|error| {
                    Failure::new(format!("the signatures: {piece}: {error}"))
                        .next("give each signature in hexadecimal, 65 bytes: r, s, v")
                })?;
                signatures.extend(bytes.chunks(SIGNATURE_LEN).map(<[u8]>::to_vec));
            }
        }
        Ok(signatures)
    }
}

/// Checks signatures over a message, and makes the call of them. `function` is the one that is called.
pub(super) fn assemble(
    message: impl Message,
    committee: &Committee,
    signatures: &Signatures,
    function: &str,
) -> Result<Report, Failure> {
    let digest = message.digest(committee);
    let assembly = Assembly::new(message, committee, &AwsLc, signatures.read()?);
    let call = assembly.call_data().map(|data| CallData::for_sync(data.to_vec()));
    if let Ok(call) = &call {
        call.write(signatures.out.as_deref())?;
    }
    let aside: Vec<_> = assembly.aside().iter().map(aside_json).collect();
    let json = json!({
        "function": function,
        "to": call.as_ref().ok().map(|call| call.to),
        "data": call.as_ref().ok().map(CallData::hex),
        "digest": digest,
        "committee": committee.id(),
        "weight": assembly.weight().to_string(),
        "quorum": committee.quorum().to_string(),
        "total": committee.total_weight().to_string(),
        "signers": members_json(assembly.signers()),
        "missing": members_json(assembly.missing()),
        "set_aside": aside,
    });
    let mut fields = Fields::default();
    fields.add("committee", committee.id());
    fields.add("digest", digest);
    fields.add("needed", source::needed(committee));
    fields.add("signed", assembly.weight());
    for aside in assembly.aside() {
        fields.add("set aside", aside);
    }
    match &call {
        Ok(call) => call.describe(
            &format!("{function}, from anyone"),
            signatures.out.as_deref(),
            &mut fields,
        ),
        Err(missing) => describe_missing(missing, &mut fields),
    }
    Ok(Report {
        json,
        text: fields.render(0),
        passed: call.is_ok(),
    })
}

fn describe_missing(missing: &Missing, fields: &mut Fields) {
    fields.add(
        "refused",
        format!("{} short of what is needed", missing.shortfall()),
    );
    let lines = missing
        .members
        .iter()
        .map(|(member, weight)| format!("{member}, weight {weight}"));
    fields.add("missing", lines.collect::<Vec<_>>().join("\n"));
    fields.add(
        "next",
        "collect more signatures over the digest: see `aivm relay digest`",
    );
}

fn aside_json(aside: &Aside) -> Value {
    let (index, reason, signer): (usize, &str, Option<Address>) = match aside {
        Aside::Malformed(index) => (*index, "malformed", None),
        Aside::Duplicate { index, signer } => (*index, "duplicate", Some(*signer)),
        Aside::Foreign { index, signer } => (*index, "foreign", Some(*signer)),
    };
    json!({ "index": index, "reason": reason, "signer": signer.map(hex::encode_prefixed) })
}
