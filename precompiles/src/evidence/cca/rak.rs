//! The realm attestation key, in the form that the profile asks for.

use super::{cbor::Item, claims::Profile, key::PublicKey};
use crate::evidence::Rejection;
use coset::{
    CborSerializable as _, CoseKey, CoseKeyBuilder, Label,
    cbor::value::Value,
    iana::{Ec2KeyParameter, EllipticCurve, EnumI64 as _},
};

/// The length of a P-384 point that SEC 1 writes compressed.
const COMPRESSED_LEN: usize = 49;

/// A realm attestation key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rak<'a> {
    /// The claim's bytes, whose hash is the platform's challenge.
    pub bytes: &'a [u8],
    /// The key: a point of P-384.
    pub key: PublicKey,
}

impl<'a> Rak<'a> {
    pub(super) fn parse(bytes: &'a [u8], profile: Profile) -> Result<Self, Rejection> {
        let key = match profile {
            Profile::Legacy => from_sec1(bytes)?,
            Profile::Arm2023 => from_cose_key(bytes)?,
        };
        if !matches!(key, PublicKey::P384(_)) {
            return Err(Rejection::CcaRakForm);
        }
        if !key.is_on_curve() {
            return Err(Rejection::CcaRakOffCurve);
        }
        Ok(Self { bytes, key })
    }
}

fn from_sec1(bytes: &[u8]) -> Result<PublicKey, Rejection> {
    if matches!(bytes, [2 | 3, ..]) && bytes.len() == COMPRESSED_LEN {
        return Err(Rejection::CcaRakCompressed);
    }
    PublicKey::from_sec1(bytes).ok_or(Rejection::CcaRakForm)
}

/// A COSE_Key (RFC 9052, section 7) of kty, crv, x and y, in this order, and nothing else.
fn from_cose_key(bytes: &[u8]) -> Result<PublicKey, Rejection> {
    // Before a library reads it.
    Item::parse(bytes).map_err(|_| Rejection::CcaRakForm)?;
    let key = CoseKey::from_slice(bytes).map_err(|_| Rejection::CcaRakForm)?;
    let parameter = |wanted: Ec2KeyParameter| {
        let wanted = Label::Int(wanted.to_i64());
        key.params
            .iter()
            .find_map(|(label, value)| (*label == wanted).then_some(value))
    };
    let (x, y) = match (parameter(Ec2KeyParameter::X), parameter(Ec2KeyParameter::Y)) {
        (Some(Value::Bytes(x)), Some(Value::Bytes(y))) => (x, y),
        (Some(Value::Bytes(_)), Some(Value::Bool(_))) => return Err(Rejection::CcaRakCompressed),
        _ => return Err(Rejection::CcaRakForm),
    };
    let only_form = CoseKeyBuilder::new_ec2_pub_key(EllipticCurve::P_384, x.clone(), y.clone())
        .build()
        .to_vec();
    if only_form.ok().as_deref() != Some(bytes) {
        return Err(Rejection::CcaRakForm);
    }
    match (
        <&[u8; 48]>::try_from(x.as_slice()),
        <&[u8; 48]>::try_from(y.as_slice()),
    ) {
        (Ok(x), Ok(y)) => PublicKey::from_coordinates(&[*x, *y].concat()).ok_or(Rejection::CcaRakForm),
        _ => Err(Rejection::CcaRakForm),
    }
}
