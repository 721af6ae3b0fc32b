//! Golden measurements: the digests that a GPU must have measured with one driver and one VBIOS. Governance fills them
//! from NVIDIA's reference manifests; they are stored in a compact form, integers big-endian:
//!
//! | bytes | field |
//! |---|---|
//! | 0 | layout version, 1 |
//! | then | the chip: length(1), text |
//! | then | measurements by ascending index: count(1), each index(1), digests: count(1), each 48 bytes |

use super::{
    is_chip,
    mode::Mode,
    opaque::{Software, is_version},
    report::{Digest, Report},
};
use crate::{
    crypto::Crypto,
    evidence::{
        Rejection, Vendor, VerifyError, canonical::canonical, format, reader::Reader, score::Deduction,
    },
    precompile::Context,
};
use aivm_abi::IAttestationRegistry::{NvidiaGolden, NvidiaMeasurement};
use alloy_primitives::{B256, keccak256};
use alloy_sol_types::{
    SolType, SolValue,
    abi::token::{PackedSeqToken, WordToken},
};
use std::collections::{BTreeMap, btree_map::Entry};

const LAYOUT_VERSION: u8 = 1;

/// The most digests that may be right for one measurement. NVIDIA's manifests have up to 4.
pub const MAX_DIGESTS: usize = 8;

/// The highest index of a measurement, and so the most measurements of driver and VBIOS together.
pub const MAX_INDEX: u8 = 64;

/// The measurement of the decoder NVDEC0, which says nothing where that is off.
pub const NVDEC0_INDEX: u8 = 36;

type MeasurementToken<'a> = <<NvidiaMeasurement as SolValue>::SolType as SolType>::Token<'a>;

/// Golden measurements as they are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Golden<'a> {
    /// The chip they are for: "GH100".
    pub chip: &'a str,
    /// By ascending index, the digests that are right for it.
    pub measurements: Vec<(u8, Vec<&'a Digest>)>,
}

/// Whose manifest fixes a measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Driver,
    Vbios,
}

/// Measurements of both manifests, by index.
type Collected<'a> = BTreeMap<u8, (Source, Vec<&'a Digest>)>;

/// The key of the golden measurements for a driver and a VBIOS.
pub fn golden_key(driver_version: &str, vbios_version: &str) -> B256 {
    let parts = [driver_version.as_bytes(), &[0], vbios_version.as_bytes()];
    keccak256([&b"aivm.golden.v1"[..], &parts.concat()].concat())
}

/// Checks golden measurements (`abi.encode(NvidiaGolden)`). Without any measurement they withdraw what is stored.
pub fn read(golden: &[u8], _: &dyn Crypto) -> Result<format::Golden, Rejection> {
    let token = canonical::<NvidiaGolden>(golden).ok_or(Rejection::GoldenMalformed)?;
    let (chip, driver_version, vbios_version, driver, vbios) = &token;
    let chip = text(chip, is_chip)?;
    let key = golden_key(
        text(driver_version, is_version)?,
        text(vbios_version, is_version)?,
    );
    let mut collected = Collected::new();
    for measurement in &driver.0 {
        collect(measurement, Source::Driver, &mut collected)?;
    }
    for measurement in &vbios.0 {
        collect(measurement, Source::Vbios, &mut collected)?;
    }
    if collected.is_empty() {
        return Ok(format::Golden {
            key,
            compact: Vec::new().into(),
        });
    }
    let measurements = collected
        .into_iter()
        .map(|(index, (_, digests))| (index, digests))
        .collect();
    let compact = Golden { chip, measurements }.encode();
    Ok(format::Golden {
        key,
        compact: compact.ok_or(Rejection::GoldenMalformed)?.into(),
    })
}

fn text<'a>(token: &PackedSeqToken<'a>, is_valid: fn(&str) -> bool) -> Result<&'a str, Rejection> {
    let text = core::str::from_utf8(token.0).ok();
    text.filter(|text| is_valid(text)).ok_or(Rejection::GoldenText)
}

fn collect<'a>(
    (index, digests): &MeasurementToken<'a>,
    source: Source,
    collected: &mut Collected<'a>,
) -> Result<(), Rejection> {
    let index = small(index).ok_or(Rejection::GoldenMalformed)?;
    if !(1..=MAX_INDEX).contains(&index) {
        return Err(Rejection::GoldenIndex { index });
    }
    if digests.0.is_empty() || digests.0.len() > MAX_DIGESTS {
        return Err(Rejection::GoldenDigestCount { index });
    }
    let digests: Result<Vec<&Digest>, _> = digests.0.iter().map(|digest| digest.0.try_into()).collect();
    let digests = digests.map_err(|_| Rejection::GoldenDigestLength { index })?;
    match collected.entry(index) {
        Entry::Vacant(vacant) => {
            vacant.insert((source, digests));
            Ok(())
        }
        Entry::Occupied(occupied) if occupied.get().0 == source => Err(Rejection::GoldenDuplicate { index }),
        Entry::Occupied(_) => Err(Rejection::GoldenConflict { index }),
    }
}

/// The value of a word that is a uint8.
fn small(word: &WordToken) -> Option<u8> {
    let (last, padding) = word.0.as_slice().split_last()?;
    padding.iter().all(|byte| *byte == 0).then_some(*last)
}

impl<'a> Golden<'a> {
    /// The bytes to store.
    fn encode(&self) -> Option<Vec<u8>> {
        let mut out = vec![LAYOUT_VERSION, u8::try_from(self.chip.len()).ok()?];
        out.extend(self.chip.as_bytes());
        out.push(u8::try_from(self.measurements.len()).ok()?);
        for (index, digests) in &self.measurements {
            out.push(*index);
            out.push(u8::try_from(digests.len()).ok()?);
            out.extend(digests.iter().copied().flatten());
        }
        Some(out)
    }

    /// What was stored.
    pub fn decode(bytes: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        if reader.u8()? != LAYOUT_VERSION {
            return None;
        }
        let chip_len = reader.u8()?;
        let chip = core::str::from_utf8(reader.take(chip_len.into())?).ok()?;
        let measurement =
            |reader: &mut Reader<'a>| Some((reader.u8()?, reader.list_u8(|reader| reader.array())?));
        let measurements = reader.list_u8(measurement)?;
        reader.rest().is_empty().then_some(Self { chip, measurements })
    }
}

/// Compares a report of this chip with what is stored for its software. Where nothing is, that costs some of the
/// score.
pub(super) fn compare(
    context: &mut Context<'_>,
    vendor: Vendor,
    chip: &str,
    software: &Software<'_>,
    report: &Report<'_>,
    mode: Mode,
) -> Result<Option<Deduction>, VerifyError> {
    let key = golden_key(software.driver_version, &software.vbios_version);
    let stored = context.registry().golden(vendor, key)?;
    let Some(golden) = Golden::decode(&stored) else {
        return Ok(Some(Deduction::NoGolden));
    };
    if golden.chip != chip {
        return Err(Rejection::GoldenChipMismatch.into());
    }
    for (index, digests) in golden.measurements {
        if index == NVDEC0_INDEX && mode.nvdec0_is_off {
            continue;
        }
        let measured = report.measurements.get(index);
        if !measured.is_some_and(|measured| digests.contains(&measured)) {
            return Err(Rejection::GoldenMismatch { index }.into());
        }
    }
    Ok(None)
}
