//! What TCB info and QE identity have in common as signed JSON texts.

use chrono::DateTime;

use super::key::Key;
use crate::upper_hex;

/// A change to a JSON text before it is signed: the first occurrence of one text replaced by another.
#[derive(Clone, Debug)]
pub struct Edit {
    /// What to look for.
    pub find: String,
    /// What to write in its place.
    pub replace: String,
}

impl Edit {
    /// Replaces the first `find` by `replace`.
    pub fn new(find: &str, replace: &str) -> Self {
        Self {
            find: find.into(),
            replace: replace.into(),
        }
    }
}

/// How a JSON text is signed.
#[derive(Clone, Debug, Default)]
pub struct Signing {
    /// Changes to the text before it is signed, in this order.
    pub edits: Vec<Edit>,
    /// The key that signs, where it is not the TCB signer's.
    pub signed_by: Option<Key>,
    /// The signature bytes, where they are not those of a signature.
    pub signature: Option<Vec<u8>>,
}

impl Signing {
    /// `text` after the edits.
    ///
    /// # Panics
    ///
    /// If an edit finds nothing to replace.
    pub(super) fn edited(&self, mut text: String) -> String {
        for Edit { find, replace } in &self.edits {
            assert!(text.contains(find.as_str()), "no {find} to replace in {text}");
            text = text.replacen(find.as_str(), replace, 1);
        }
        text
    }

    pub(super) fn sign(&self, text: &str, signer: &Key) -> Vec<u8> {
        let key = self.signed_by.as_ref().unwrap_or(signer);
        self.signature
            .clone()
            .unwrap_or_else(|| key.sign(text.as_bytes()).to_vec())
    }
}

/// What follows the security version numbers in every kind of level: date, status and advisories.
#[derive(Clone, Debug)]
pub struct Grade {
    /// `tcbStatus`.
    pub status: String,
    /// `tcbDate`, in RFC 3339.
    pub tcb_date: String,
    /// `advisoryIDs`; left out where there are none.
    pub advisory_ids: Vec<String>,
}

impl Grade {
    /// A grade of this status as of 2024-03-13, without advisories.
    pub fn new(status: &str) -> Self {
        Self {
            status: status.into(),
            tcb_date: "2024-03-13T00:00:00Z".into(),
            advisory_ids: Vec::new(),
        }
    }

    /// The same as of 2023-02-15, with these advisories.
    pub fn with_advisories(status: &str, advisory_ids: &[&str]) -> Self {
        let advisory_ids = advisory_ids.iter().map(|&id| id.into()).collect();
        Self {
            status: status.into(),
            tcb_date: "2023-02-15T00:00:00Z".into(),
            advisory_ids,
        }
    }

    pub(super) fn json(&self) -> String {
        let mut out = format!(r#""tcbDate":"{}","tcbStatus":"{}""#, self.tcb_date, self.status);
        if !self.advisory_ids.is_empty() {
            out += &format!(r#","advisoryIDs":["{}"]"#, self.advisory_ids.join(r#"",""#));
        }
        out
    }
}

/// A time as Intel's JSON writes it, to the second.
pub fn rfc3339(unix_secs: u64) -> String {
    let moment = DateTime::from_timestamp(unix_secs as i64, 0).expect("a time that chrono knows");
    moment.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The members `issueDate` and `nextUpdate`.
pub(super) fn window(issue_date: u64, next_update: u64) -> String {
    let (issue_date, next_update) = (rfc3339(issue_date), rfc3339(next_update));
    format!(r#""issueDate":"{issue_date}","nextUpdate":"{next_update}""#)
}

/// `"name":"HEX"`.
pub(super) fn hex_member(name: &str, bytes: &[u8]) -> String {
    format!(r#""{name}":"{}""#, upper_hex(bytes))
}

/// `[a,b,…]` of JSON texts.
pub(super) fn array(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}
