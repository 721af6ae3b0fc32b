//! For those who register keys and golden measurements: from the values in files to what the registry takes.
//!
//! Evidence needs no packing: it is the token as it is.

use super::{
    cpak::InstanceId,
    golden::{component_hash, configuration_hash, realm_hash},
    key::PublicKey,
    token::Token,
};
use crate::evidence::Rejection;
use aivm_abi::IAttestationRegistry::{CcaCpak, CcaGolden};
use alloy_primitives::B256;
use alloy_sol_types::SolValue;

/// A key, its coordinates as a JWK has them once decoded: 32 bytes each for P-256, 48 for P-384.
pub fn cpak(
    instance_id: &InstanceId,
    implementation_id: B256,
    x: &[u8],
    y: &[u8],
) -> Result<CcaCpak, Rejection> {
    let key = PublicKey::from_coordinates(&[x, y].concat()).filter(|_| x.len() == y.len());
    let key = key.ok_or(Rejection::CcaCpakForm)?;
    if !key.is_on_curve() {
        return Err(Rejection::CcaCpakOffCurve);
    }
    Ok(CcaCpak {
        instanceId: instance_id.to_vec().into(),
        implementationId: implementation_id,
        publicKey: key.to_sec1().into(),
    })
}

/// The same for the platform of a token, where a file has the key alone.
pub fn cpak_of(token: &Token<'_>, x: &[u8], y: &[u8]) -> Result<CcaCpak, Rejection> {
    let platform = &token.platform;
    cpak(platform.instance_id, platform.implementation_id.into(), x, y)
}

/// The withdrawal of a platform's key, for [`entry`].
pub fn withdrawal(instance_id: &InstanceId) -> CcaCpak {
    CcaCpak {
        instanceId: instance_id.to_vec().into(),
        implementationId: B256::ZERO,
        publicKey: Default::default(),
    }
}

/// What `updateRootCA` takes.
pub fn bundle(cpaks: &[CcaCpak]) -> Vec<u8> {
    cpaks.abi_encode()
}

/// What `submitCollateral` takes.
pub fn entry(cpak: &CcaCpak) -> Vec<u8> {
    cpak.abi_encode()
}

/// Golden measurements that allow what this token reports, and nothing else.
pub fn golden_of(token: &Token<'_>) -> CcaGolden {
    let mut components: Vec<_> = token
        .platform
        .components
        .iter()
        .map(|component| component_hash(component.measurement, component.signer))
        .collect();
    components.sort_unstable();
    components.dedup();
    CcaGolden {
        implementationId: token.platform.implementation_id.into(),
        configurations: vec![configuration_hash(token.platform.config)],
        components,
        realms: vec![realm_hash(token.realm.rim, &token.realm.rem)],
    }
}

/// What `setGoldenMeasurement` takes.
pub fn golden(golden: &CcaGolden) -> Vec<u8> {
    golden.abi_encode()
}
