//! Every byte: a quote and collateral with any one byte changed, a quote cut at any byte, each refused for a reason that
//! fits the place. One backend looks at all of them, both and the precompiles at every sixteenth.

use super::{BOTH, qe::signed_end};
use crate::common::{
    edit::{packed, parts, pem_start},
    evidence, furnished_world, vendor_of,
    world::World,
    world_of,
};
use aivm::{
    crypto::AwsLc,
    evidence::{intel, verify},
};
use aivm_simulator::intel::{Format, NOW, Scenario};
use alloy_sol_types::SolValue;
use std::{collections::BTreeMap, ops::Range};

/// Every so many inputs, everything is looked at, not one backend alone.
const ALL_EVERY: usize = 16;

/// The code with which evidence is refused, if it is.
fn refused(world: &mut World, index: usize, evidence: &[u8]) -> Option<u16> {
    let rejection = if index.is_multiple_of(ALL_EVERY) {
        world.verify(evidence).err()
    } else {
        world
            .directly(&AwsLc, |context| verify(context, evidence))
            .0
            .err()
    };
    rejection.map(|rejection| rejection.code())
}

/// A range of bytes, and the codes with which a change in it may be refused.
type Region = (&'static str, Range<usize>, &'static [u16]);

/// The places of a quote, in the order of their bytes. Where the length fields end depends on the version.
fn regions(format: Format, quote: &[u8]) -> Vec<Region> {
    let (signed, chain) = (signed_end(quote), pem_start(quote));
    let qe = if format.is_tdx() {
        signed + 138
    } else {
        signed + 132
    };
    let body: &[u16] = if signed > 632 { &[105, 106] } else { &[147] };
    let blocks = pem_blocks(&quote[chain..]);
    let leaf = chain + blocks[0];
    let ca = leaf + blocks[1];
    let mut regions: Vec<Region> = vec![
        ("version", 0..2, &[101]),
        ("attestation key type", 2..4, &[103]),
        ("TEE type", 4..8, &[102]),
        ("QE and PCE SVN", 8..12, &[147]),
        ("QE vendor", 12..28, &[104]),
        ("user data", 28..48, &[147]),
        ("the first six bytes of the body, or what it is", 48..54, body),
        ("body", 54..signed, &[147]),
        ("length", signed..signed + 4, &[100, 107, 108]),
        ("signature", signed + 4..signed + 68, &[147]),
        ("attestation key", signed + 68..signed + 132, &[141]),
        ("QE report", qe..qe + 384, &[140]),
        ("QE report's signature", qe + 384..qe + 448, &[140]),
        ("length of the authentication data", qe + 448..qe + 450, &[109]),
        ("authentication data", qe + 450..qe + 482, &[141]),
        ("inner type", qe + 482..qe + 484, &[110]),
        ("inner length", qe + 484..chain, &[108]),
        ("PCK", chain..leaf, &[6, 111, 121, 122, 123, 127]),
        ("PCK CA", leaf..ca, &[111, 121]),
        ("root", ca..quote.len(), &[111, 120]),
    ];
    if format.is_tdx() {
        regions.insert(11, ("outer type", signed + 132..signed + 134, &[110]));
        regions.insert(12, ("outer length", signed + 134..qe, &[108]));
    }
    regions
}

/// The lengths of the first two PEM blocks.
fn pem_blocks(pem: &[u8]) -> [usize; 2] {
    let text = String::from_utf8_lossy(pem);
    let mut blocks = text.split_inclusive("-----END CERTIFICATE-----\n").map(str::len);
    [blocks.next().unwrap(), blocks.next().unwrap()]
}

/// What each byte of a quote is changed by: its lowest and its highest bit.
const FLIPS: [u8; 2] = [0x01, 0x80];

#[test]
fn every_byte_of_a_quote() {
    let mut checked = 0;
    for format in Format::ALL {
        let scenario = Scenario::new(format);
        let mut world = furnished_world(&scenario, NOW);
        let quote = scenario.quote();
        let regions = regions(format, &quote);
        let covered: usize = regions.iter().map(|(_, range, _)| range.len()).sum();
        assert_eq!(covered, quote.len(), "{format:?}");
        for (name, range, codes) in regions {
            for (at, flip) in range.flat_map(|at| FLIPS.map(|flip| (at, flip))) {
                // The lowest bit of the version turns 4 into 5, which is read, and refused, in another layout.
                let codes = if at == 0 && flip == 1 {
                    &[100, 101, 105][..]
                } else {
                    codes
                };
                let mut quote = quote.clone();
                quote[at] ^= flip;
                let code = refused(&mut world, at, &evidence(vendor_of(format), &quote));
                assert!(
                    code.is_some_and(|code| codes.contains(&code)),
                    "{format:?}, {name}, byte {at}, {flip:#x}: {code:?}"
                );
                checked += 1;
            }
        }
    }
    assert_eq!(checked, 49_404);
}

#[test]
fn every_prefix_of_a_quote() {
    for format in Format::ALL {
        let scenario = Scenario::new(format);
        let mut world = furnished_world(&scenario, NOW);
        let quote = scenario.quote();
        for len in 0..quote.len() {
            let code = refused(&mut world, len, &evidence(vendor_of(format), &quote[..len]));
            assert_eq!(code, Some(100), "{format:?} cut to {len}");
        }
    }
}

/// In the parts of collateral that are signed, every change must be found by the signature or before it.
#[test]
fn every_byte_of_collateral() {
    for &format in BOTH {
        let scenario = Scenario::new(format);
        let honest = packed(&scenario);
        let world = world_of(&scenario, NOW);
        let mut codes = BTreeMap::new();
        for at in 0..honest.len() {
            let mut bytes = honest.clone();
            bytes[at] ^= FLIPS[at % 2];
            let vendor = vendor_of(format);
            let code = if at.is_multiple_of(ALL_EVERY) {
                world.clone().submit(vendor, &bytes).map(drop)
            } else {
                let submit = world.directly(&AwsLc, |context| {
                    intel::submit_collateral(context, vendor, &bytes)
                });
                submit.0.map(drop)
            };
            let code = code
                .map_err(|rejection| rejection.code())
                .expect_err("a changed byte");
            *codes.entry(code).or_insert(0_usize) += 1;
        }
        check_collateral_codes(&scenario, &codes, honest.len());
    }
}

/// As many refusals of each kind as the parts have bytes; what is left is the encoding itself.
fn check_collateral_codes(scenario: &Scenario, codes: &BTreeMap<u16, usize>, total: usize) {
    let parts = parts(scenario);
    let rows: [(&[u16], usize); 6] = [
        (&[206], parts.tcbInfo.len() + parts.tcbInfoSignature.len()),
        (&[212], parts.qeIdentity.len() + parts.qeIdentitySignature.len()),
        (&[220, 221], parts.tcbInfoSigner.len()),
        (&[225, 226], parts.qeIdentitySigner.len()),
        (&[230, 231], parts.pckCa.len()),
        (
            &[240, 241, 242, 246, 247, 248],
            parts.rootCaCrl.len() + parts.pckCrl.len(),
        ),
    ];
    let count = |wanted: &[u16]| wanted.iter().filter_map(|code| codes.get(code)).sum::<usize>();
    let mut left = total;
    for (wanted, bytes) in rows {
        assert_eq!(count(wanted), bytes, "{wanted:?}: {codes:?}");
        left -= bytes;
    }
    assert_eq!(count(&[200]), left, "{codes:?}");
    assert_eq!(parts.abi_encode().len(), total);
}

/// Every single bit of TDATTRIBUTES, of SEAMATTRIBUTES, of MRSERVICETD and of MRSIGNERSEAM, signed.
#[test]
fn every_bit_of_a_td() {
    let mut checked = 0;
    for format in Format::ALL.into_iter().filter(|format| format.is_tdx()) {
        let valid = Scenario::new(format);
        let mut world = furnished_world(&valid, NOW);
        let mut expect = |bend: &dyn Fn(&mut Scenario), expected: Option<u16>| {
            let mut bent = valid.clone();
            bend(&mut bent);
            let evidence = evidence(vendor_of(format), &bent.quote());
            assert_eq!(refused(&mut world, checked, &evidence), expected, "{format:?}");
            checked += 1;
        };
        for bit in 0..64 {
            let flip = |s: &mut Scenario| s.td.td_attributes[bit / 8] ^= 1 << (bit % 8);
            expect(&flip, td_attribute(bit));
            expect(&|s| s.td.seam_attributes[bit / 8] ^= 1 << (bit % 8), Some(165));
        }
        for bit in (0..384).step_by(3) {
            expect(&|s| s.td.mr_signer_seam[bit / 8] ^= 1 << (bit % 8), Some(164));
            let td15 = matches!(format, Format::TdxV5Td15 | Format::TdxV5Td15Ex);
            if td15 {
                expect(&|s| s.td.mr_service_td[bit / 8] ^= 1 << (bit % 8), Some(177));
            }
        }
    }
    assert_eq!(checked, 4 * (64 * 2 + 128) + 2 * 128);
}

/// What the specification (appendix A.7) says of each bit of TDATTRIBUTES, where all but bit 28 are clear.
fn td_attribute(bit: usize) -> Option<u16> {
    match bit {
        0 => Some(171),
        4..=6 => Some(172),
        1..=3 | 7..=15 | 23..=26 | 32..=61 => Some(173),
        17 => Some(175),
        28 => Some(176),
        29 => Some(174),
        _ => None,
    }
}

/// Every bit of the QE report's fields that the identity fixes, signed; bits outside the masks are free.
#[test]
fn every_bit_of_a_quoting_enclave() {
    let mut checked = 0;
    for format in Format::ALL {
        let valid = Scenario::new(format);
        let mut world = furnished_world(&valid, NOW);
        let mask: [u8; 16] = valid.qe_identity.attributes_mask.clone().try_into().unwrap();
        let mut expect = |bend: &dyn Fn(&mut Scenario), expected: Option<u16>| {
            let mut bent = valid.clone();
            bend(&mut bent);
            let evidence = evidence(vendor_of(format), &bent.quote());
            assert_eq!(refused(&mut world, checked, &evidence), expected, "{format:?}");
            checked += 1;
        };
        for bit in 0..128 {
            let masked = mask[bit / 8] >> (bit % 8) & 1 == 1;
            let flip = |s: &mut Scenario| s.qe_report.report.attributes[bit / 8] ^= 1 << (bit % 8);
            expect(&flip, masked.then_some(143));
        }
        for bit in 0..32 {
            expect(&|s| s.qe_report.report.miscselect ^= 1 << bit, Some(142));
        }
        for bit in 0..16 {
            expect(&|s| s.qe_report.report.isv_prod_id ^= 1 << bit, Some(145));
        }
        for bit in 0..256 {
            let flip = |s: &mut Scenario| s.qe_report.report.mr_signer[bit / 8] ^= 1 << (bit % 8);
            expect(&flip, Some(144));
        }
    }
    assert_eq!(checked, 5 * (128 + 32 + 16 + 256));
}
