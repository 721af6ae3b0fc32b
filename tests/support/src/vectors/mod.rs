//! What the precompiles compute, as JSON, for implementations by others to agree with: numbers are decimal strings,
//! bytes hexadecimal.
//!
//! | member | what |
//! |---|---|
//! | `devices` | 1,024 devices register one by one, in random order and with changes in between, each by evidence that verifies; after every step the leaf that changed and the root, and some proofs |
//! | `blocks` | the attestations of these steps, block by block, with the root after each and all proofs |
//! | `proofs` | whole proofs of execution, with the hash that is in the block's tree |
//! | `commitments`, `digests` | random claims, committees and roots, with what is signed over them |

mod signed;
mod story;

use alloy_primitives::hex;
use serde_json::{Value, json};

/// Everything, the same in every run.
pub fn all() -> Value {
    let mut story = story::story();
    story["commitments"] = signed::commitments();
    story["digests"] = signed::digests();
    story
}

/// Bytes of any kind.
fn hex(bytes: impl AsRef<[u8]>) -> Value {
    json!(hex::encode_prefixed(bytes))
}

/// Bytes of the same kind, several times.
fn list<T: AsRef<[u8]>>(items: &[T]) -> Value {
    items.iter().map(hex).collect()
}
