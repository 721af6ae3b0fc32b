//! What platforms of one implementation may be and run, as governance sets it.
//!
//! | bytes | field |
//! |---|---|
//! | 0–1, 2–3, 4–5 | how many configurations, components and realms |
//! | then | their Keccak-256 hashes, 32 bytes each, in this order |
//!
//! An empty list is not compared with anything. Stored under `keccak("aivm.golden.v1" ‖ implementation id)`.

use super::token::Token;
use crate::{
    crypto::Crypto,
    evidence::{Rejection, Vendor, VerifyError, canonical::canonical, format::Golden, reader::Reader},
    precompile::Context,
};
use aivm_abi::IAttestationRegistry::CcaGolden;
use alloy_primitives::{B256, Bytes, Keccak256, keccak256};

/// Under which key the golden measurements of an implementation are stored.
pub fn golden_key(implementation_id: &[u8; 32]) -> B256 {
    hash(&[b"aivm.golden.v1", implementation_id])
}

/// What governance lists of a configuration: the hash of claim 2401.
pub fn configuration_hash(config: &[u8]) -> B256 {
    keccak256(config)
}

/// What governance lists of a software component: the hash of measurement ‖ signer id.
pub fn component_hash(measurement: &[u8], signer: &[u8]) -> B256 {
    hash(&[measurement, signer])
}

/// What governance lists of a realm: the hash of RIM ‖ REM0 ‖ REM1 ‖ REM2 ‖ REM3.
pub fn realm_hash(rim: &[u8], rem: &[&[u8]; 4]) -> B256 {
    let [rem0, rem1, rem2, rem3] = rem;
    hash(&[rim, rem0, rem1, rem2, rem3])
}

fn hash(parts: &[&[u8]]) -> B256 {
    let mut hasher = Keccak256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize()
}

/// Checks golden measurements, `abi.encode(CcaGolden)`. Three empty lists withdraw what is stored.
pub fn read_golden(golden: &[u8], _: &dyn Crypto) -> Result<Golden, Rejection> {
    let (implementation_id, configurations, components, realms) =
        canonical::<CcaGolden>(golden).ok_or(Rejection::GoldenMalformed)?;
    let lists = [configurations.0, components.0, realms.0];
    let mut compact = Vec::new();
    for list in &lists {
        let count = u16::try_from(list.len()).map_err(|_| Rejection::GoldenTooLarge)?;
        let mut sorted: Vec<_> = list.iter().map(|hash| &hash.0).collect();
        sorted.sort_unstable();
        if sorted
            .windows(2)
            .any(|pair| matches!(pair, [one, two] if one == two))
        {
            return Err(Rejection::CcaGoldenDuplicate);
        }
        compact.extend(count.to_be_bytes());
    }
    for list in &lists {
        compact.extend(list.iter().flat_map(|hash| hash.0.0));
    }
    let withdrawn = lists.iter().all(Vec::is_empty);
    Ok(Golden {
        key: golden_key(&implementation_id.0),
        compact: if withdrawn { Bytes::new() } else { compact.into() },
    })
}

/// Compares a token with the golden measurements of its implementation, if there are any.
pub(super) fn check(context: &mut Context<'_>, vendor: Vendor, token: &Token<'_>) -> Result<(), VerifyError> {
    let key = golden_key(token.platform.implementation_id);
    let compact = context.registry().golden(vendor, key)?;
    let Some([configurations, components, realms]) = lists(&compact) else {
        return Ok(());
    };
    let allows =
        |list: &[u8], hash: B256| list.is_empty() || list.chunks_exact(32).any(|golden| golden == hash);
    if !allows(configurations, configuration_hash(token.platform.config)) {
        return Err(Rejection::CcaConfigurationUnknown.into());
    }
    let mut measured = token.platform.components.iter();
    if !measured.all(|c| allows(components, component_hash(c.measurement, c.signer))) {
        return Err(Rejection::CcaComponentUnknown.into());
    }
    if !allows(realms, realm_hash(token.realm.rim, &token.realm.rem)) {
        return Err(Rejection::CcaRealmUnknown.into());
    }
    Ok(())
}

/// The three lists of the compact form.
fn lists(compact: &[u8]) -> Option<[&[u8]; 3]> {
    let mut reader = Reader::new(compact);
    let mut len = || usize::from(reader.u16()?).checked_mul(32);
    let lens = [len()?, len()?, len()?];
    let [configurations, components, realms] = lens.map(|len| reader.take(len));
    Some([configurations?, components?, realms?])
}
