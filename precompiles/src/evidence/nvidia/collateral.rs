//! Phase one: the CAs of one chip are verified at the block's time and turned into a [`Record`].
//!
//! Root (in state) → identity CA ("NVIDIA GH100 Identity") → provisioner CA ("NVIDIA GH100 Provisioner ICA 1").

use super::{NvidiaCertificate, chip, collateral_key, is_gpu, record::Record};
use crate::{
    crypto::Crypto,
    evidence::{
        Rejection, Vendor, VerifyError,
        canonical::canonical,
        roots,
        stored::{self, Component, Header, Stored, raise_floors},
    },
    precompile::Context,
    state::floor::Floor,
};
use aivm_abi::IAttestationRegistry::NvidiaCollateral;
use alloy_primitives::{B256, keccak256};

/// The components that have a rollback floor, each by the subject's name.
const IDENTITY_CA: u8 = 1;
const PROVISIONER_CA: u8 = 2;

/// How many CAs follow each of the three on the path to a leaf.
const CAS_BELOW_ROOT: u32 = 3;
const CAS_BELOW_IDENTITY: u32 = 2;
const CAS_BELOW_PROVISIONER: u32 = 1;

/// The two CAs, verified under one root.
struct Chain<'a> {
    identity: NvidiaCertificate<'a>,
    provisioner: NvidiaCertificate<'a>,
    chip: String,
    root_certificate: B256,
    header: Header,
}

/// Verifies collateral (`abi.encode(NvidiaCollateral)`) and stores it.
pub fn submit(context: &mut Context<'_>, vendor: Vendor, collateral: &[u8]) -> Result<Stored, VerifyError> {
    let (identity, provisioner) =
        canonical::<NvidiaCollateral>(collateral).ok_or(Rejection::CollateralMalformed)?;
    let bundle = context.registry().roots(vendor)?;
    if bundle.is_empty() {
        return Err(Rejection::NoRoots.into());
    }
    let now = context.host.block_timestamp();
    let chain = Chain::verify(identity.0, provisioner.0, &bundle, now, context.crypto)?;
    let components = [
        component(IDENTITY_CA, &chain.identity, Rejection::IdentityCaRollback),
        component(
            PROVISIONER_CA,
            &chain.provisioner,
            Rejection::ProvisionerCaRollback,
        ),
    ];
    raise_floors(context, vendor, chain.root_certificate, &components)?;
    let record = Record {
        header: chain.header,
        root_certificate: chain.root_certificate,
        provisioner_key: chain.provisioner.public_key,
        chip: chain.chip,
    };
    let key = collateral_key(chain.provisioner.subject());
    stored::store(context, vendor, key, record.header, &record.encode())
}

/// How new a CA certificate is.
fn component<'a>(number: u8, certificate: &NvidiaCertificate<'a>, rollback: Rejection) -> Component<'a> {
    Component {
        number,
        subject: certificate.subject(),
        issued: Floor {
            issued: certificate.window.from,
            number: 0,
        },
        rollback,
    }
}

impl<'a> Chain<'a> {
    fn verify(
        identity: &'a [u8],
        provisioner: &'a [u8],
        bundle: &[u8],
        now: u64,
        crypto: &dyn Crypto,
    ) -> Result<Self, Rejection> {
        let identity = NvidiaCertificate::parse(identity).ok_or(Rejection::IdentityCaMalformed)?;
        let (root, root_der) =
            roots::issuer_of(bundle, &identity, crypto).ok_or(Rejection::IdentityCaUntrusted)?;
        root.window
            .check(now, Rejection::RootNotYetValid, Rejection::RootExpired)?;
        check_ca(
            &identity,
            now,
            Rejection::IdentityCaNotCa,
            (Rejection::IdentityCaNotYetValid, Rejection::IdentityCaExpired),
        )?;

        let provisioner = NvidiaCertificate::parse(provisioner).ok_or(Rejection::ProvisionerCaMalformed)?;
        if !provisioner.is_issued_by(&identity, crypto) {
            return Err(Rejection::ProvisionerCaUntrusted);
        }
        check_ca(
            &provisioner,
            now,
            Rejection::ProvisionerCaNotCa,
            (
                Rejection::ProvisionerCaNotYetValid,
                Rejection::ProvisionerCaExpired,
            ),
        )?;
        check_path(&root, CAS_BELOW_ROOT)?;
        check_path(&identity, CAS_BELOW_IDENTITY)?;
        check_path(&provisioner, CAS_BELOW_PROVISIONER)?;
        Ok(Self {
            chip: gpu_of(&identity)?,
            root_certificate: keccak256(root_der),
            header: Header {
                window: root
                    .window
                    .intersect(identity.window)
                    .intersect(provisioner.window),
                root_bundle: keccak256(bundle),
            },
            identity,
            provisioner,
        })
    }
}

/// A CA must be one that may sign certificates, at `now`; the codes are for before and after its window.
fn check_ca(
    ca: &NvidiaCertificate<'_>,
    now: u64,
    not_ca: Rejection,
    (early, late): (Rejection, Rejection),
) -> Result<(), Rejection> {
    if !ca.is_ca || !ca.may_sign_certificates() {
        return Err(not_ca);
    }
    ca.window.check(now, early, late)
}

/// A CA that says how many CAs may follow it must allow as many as do.
fn check_path(ca: &NvidiaCertificate<'_>, follow: u32) -> Result<(), Rejection> {
    if ca.path_len.is_some_and(|allowed| allowed < follow) {
        return Err(Rejection::GpuPathTooLong);
    }
    Ok(())
}

/// The chip that the identity CA names, which must be a GPU.
fn gpu_of(identity: &NvidiaCertificate<'_>) -> Result<String, Rejection> {
    let chip = chip(identity).ok_or(Rejection::ChipUnnamed)?;
    if is_gpu(&chip) {
        Ok(chip)
    } else {
        Err(Rejection::CollateralNotGpu)
    }
}
