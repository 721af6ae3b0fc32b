//! A signature backend that asks a memo first.

use super::{
    key::Key,
    memo::{Memo, Verdict},
};
use aivm_precompiles::crypto::{
    Crypto, Item, P256PublicKey, P256Signature, P384PublicKey, P384Signature, ParameterSet, Rsa4096Modulus,
    Rsa4096Signature, Secp256k1Signature,
};
use alloy_primitives::{Address, B256};
use std::sync::Arc;

/// What a backend does with a memo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Finds verdicts: the block.
    Consult,
    /// Finds verdicts and adds those that it does not find: whoever checks ahead.
    Record,
}

/// A backend with a memo. It answers as the backend does: that is a pure function, and the memo holds its verdicts alone.
#[derive(Debug)]
pub(super) struct Remembering {
    pub(super) backend: Arc<dyn Crypto>,
    pub(super) memo: Arc<Memo>,
    pub(super) role: Role,
}

impl Remembering {
    /// The verdict of the memo, or else of `check`.
    fn judge(&self, key: impl FnOnce() -> Key, check: impl FnOnce() -> Verdict) -> Verdict {
        if self.role == Role::Consult && self.memo.is_empty() {
            // Digests are not free.
            return check();
        }
        let key = key();
        self.recall(&key).unwrap_or_else(|| {
            let verdict = check();
            self.remember(key, verdict);
            verdict
        })
    }

    fn recall(&self, key: &Key) -> Option<Verdict> {
        let verdict = self.memo.recall(key);
        if self.role == Role::Consult {
            self.memo.count(verdict.is_some());
        }
        verdict
    }

    fn remember(&self, key: Key, verdict: Verdict) {
        if self.role == Role::Record {
            self.memo.remember(key, verdict);
        }
    }
}

impl Crypto for Remembering {
    fn verify_mldsa(&self, set: ParameterSet, public_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
        let item = Item {
            set,
            public_key,
            message,
            context: &[],
            signature,
        };
        let check = || {
            self.backend
                .verify_mldsa(set, public_key, message, signature)
                .into()
        };
        self.judge(|| Key::mldsa(&item), check).is_valid()
    }

    fn verify_mldsa_batch(&self, items: &[Item<'_>]) -> Vec<bool> {
        let asked: Vec<_> = items
            .iter()
            .map(|item| {
                let key = Key::mldsa(item);
                (item, key, self.recall(&key))
            })
            .collect();
        let unknown = asked.iter().filter(|(.., known)| known.is_none());
        let unknown: Vec<_> = unknown.map(|(item, ..)| **item).collect();
        let mut verdicts = self.backend.verify_mldsa_batch(&unknown).into_iter();
        asked
            .into_iter()
            .map(|(_, key, known)| match known {
                Some(verdict) => verdict.is_valid(),
                None => verdicts.next().is_some_and(|valid| {
                    self.remember(key, valid.into());
                    valid
                }),
            })
            .collect()
    }

    fn verify_p256(&self, public_key: &P256PublicKey, message: &[u8], signature: &P256Signature) -> bool {
        let check = || self.backend.verify_p256(public_key, message, signature).into();
        self.judge(|| Key::p256(public_key, message, signature), check)
            .is_valid()
    }

    fn verify_p384(&self, public_key: &P384PublicKey, message: &[u8], signature: &P384Signature) -> bool {
        let check = || self.backend.verify_p384(public_key, message, signature).into();
        self.judge(|| Key::p384(public_key, message, signature), check)
            .is_valid()
    }

    fn verify_rsa_pss(&self, modulus: &Rsa4096Modulus, message: &[u8], signature: &Rsa4096Signature) -> bool {
        let check = || self.backend.verify_rsa_pss(modulus, message, signature).into();
        self.judge(|| Key::rsa_pss(modulus, message, signature), check)
            .is_valid()
    }

    fn recover_secp256k1(
        &self,
        digest: &B256,
        signature: &Secp256k1Signature,
        y_is_odd: bool,
    ) -> Option<Address> {
        let check = || self.backend.recover_secp256k1(digest, signature, y_is_odd).into();
        self.judge(|| Key::secp256k1(digest, signature, y_is_odd), check)
            .signer()
    }
}
