//! What the demo works with: a genuine quote, Intel's collateral for it, a fresh key, and work.

use crate::{key::Key, output::Failure, work::Header};
use aivm::{
    crypto::ParameterSet,
    evidence::{
        Vendor, device_id,
        intel::{self, pack, pck::PckChain, quote::Quote},
    },
    precompiles::mining::WORK_PROOF_HEADER_LEN,
};
use alloy_primitives::B256;

/// A quote that a TDX machine signed.
const QUOTE: &[u8] = include_bytes!("../../../tests/fixtures/intel/dcap-qvl-0.7.1/tdx_quote");

/// What Intel signed about that machine.
const COLLATERAL: &str =
    include_str!("../../../tests/fixtures/intel/dcap-qvl-0.7.1/tdx_quote_collateral.json");

/// 2025-07-01 00:00 UTC: when that collateral was valid.
pub(super) const BLOCK_TIME: u64 = 1_751_328_000;

/// The last second at which that collateral can be used.
pub(super) const COLLATERAL_UNTIL: u64 = 1_752_919_234;

/// Everything that the steps need.
pub(super) struct Material {
    /// `abi.encode(IntelCollateral)`.
    pub(super) collateral: Vec<u8>,
    /// Under which key the registry keeps it.
    pub(super) collateral_key: B256,
    /// The vendor byte and the quote.
    pub(super) evidence: Vec<u8>,
    /// The first 32 bytes of the quote's report data.
    pub(super) nonce: B256,
    /// The software that the quote reports.
    pub(super) measurement_id: B256,
    /// The hardware that signed it.
    pub(super) device_id: B256,
    /// An hour of work at level 2, Private, with the evidence.
    pub(super) private_work: Vec<u8>,
    /// The same at level 3, Confidential.
    pub(super) confidential_work: Vec<u8>,
    /// The id of the work at level 2, hashed here and not by the precompile.
    pub(super) work_id: B256,
    /// A key made for this run.
    pub(super) public_key: Vec<u8>,
    /// Its signature over the work at level 2.
    pub(super) signature: Vec<u8>,
    /// That signature with one bit changed.
    pub(super) damaged_signature: Vec<u8>,
}

impl Material {
    /// Puts it together: everything but the key is the same in every run.
    pub(super) fn prepare() -> Result<Self, Failure> {
        let (quote, padding) = Quote::parse_prefix(Vendor::Tdx, QUOTE).map_err(Failure::internal)?;
        let body = quote.body;
        let nonce: [u8; 32] = *body.report_data().first_chunk().unwrap_or(&[0; 32]);
        let chain = PckChain::from_pem(quote.pck_chain).ok_or_else(|| Failure::internal("the PCK chain"))?;
        let pck = chain.pck().map_err(Failure::internal)?;
        let collateral = serde_json::from_str(COLLATERAL).map_err(Failure::internal)?;

        let quote_len = QUOTE.len() - padding.len();
        let evidence: Vec<u8> = std::iter::once(Vendor::Tdx.number())
            .chain(QUOTE.iter().copied().take(quote_len))
            .collect();
        let device_id = device_id(Vendor::Tdx, &[&pck.ppid, &pck.pce_id]);
        let work = |level| work(device_id, nonce.into(), level, &evidence);
        let private_work = work(2);
        let header = private_work.get(..WORK_PROOF_HEADER_LEN).unwrap_or_default();
        let work_id = B256::from(*blake3::hash(header).as_bytes());
        let key = Key::generate(ParameterSet::MlDsa65)?;
        let signature = key.sign(&private_work)?;
        Ok(Self {
            collateral: pack::pack(&collateral).map_err(Failure::internal)?,
            collateral_key: pck.collateral_key(),
            nonce: nonce.into(),
            measurement_id: intel::quote_measurement_id(Vendor::Tdx, &body),
            device_id,
            confidential_work: work(3),
            work_id,
            public_key: key.public_key().to_vec(),
            damaged_signature: damaged(&signature),
            signature,
            private_work,
            evidence,
        })
    }
}

fn work(device_id: B256, nonce: B256, level: u16, evidence: &[u8]) -> Vec<u8> {
    let header = Header {
        device_id,
        nonce,
        timestamp: BLOCK_TIME,
        level,
        minutes: 60,
    };
    [&header.encode(), evidence].concat()
}

fn damaged(signature: &[u8]) -> Vec<u8> {
    let mut damaged = signature.to_vec();
    if let Some(byte) = damaged.first_mut() {
        *byte ^= 1;
    }
    damaged
}
