//! What VerifyTEE takes: the nonce, lengths, and vendor bytes.

use super::valid;
use crate::common::{
    evidence_of,
    world::{ANYONE, MAX_EVIDENCE_LEN, NONCE_LEN, World, nonce_of, unknown_vendor},
};
use aivm::{
    abi::{
        IAttestationRegistry::submitCollateralCall,
        IPrecompile::{InputTooLong, InputTooShort},
    },
    evidence::Rejection,
};
use aivm_simulator::intel::{Format, NOW, Scenario};
use alloy_primitives::{Bytes, U256};
use alloy_sol_types::SolError;

const REFUSED: Result<(bool, u8), Bytes> = Ok((false, 0));

/// The first half of the report data, all of it, and nothing else.
#[test]
fn the_nonce_is_the_first_half_of_the_report_data() {
    let mut checked = 0;
    for format in Format::ALL {
        let scenario = Scenario::new(format);
        let (mut world, evidence) = valid(format);
        let report_data = if format.is_tdx() {
            scenario.td.report_data
        } else {
            scenario.sgx.report_data
        };
        let (nonce, second) = report_data.split_at(32);
        assert_eq!(world.verify_tee(&evidence, nonce), Ok((true, 70)), "{format:?}");
        assert_eq!(nonce, nonce_of(&evidence));
        for bit in 0..256 {
            let mut other = nonce.to_vec();
            other[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(
                world.verify_tee(&evidence, &other),
                REFUSED,
                "{format:?}, bit {bit}"
            );
            checked += 1;
        }
        let mut reversed = nonce.to_vec();
        reversed.reverse();
        for other in [second, &[0; 32], &[0xff; 32], &reversed] {
            assert_eq!(world.verify_tee(&evidence, other), REFUSED, "{format:?}");
            checked += 1;
        }
    }
    assert_eq!(checked, 5 * 260);
}

/// The second half is free: it does not change the verdict, and is no nonce.
#[test]
fn the_second_half_is_free() {
    for format in Format::ALL {
        let mut scenario = Scenario::new(format);
        for report_data in [&mut scenario.sgx.report_data, &mut scenario.td.report_data] {
            report_data[32..].fill(0);
            report_data[..32].fill(0);
        }
        let (mut world, _) = valid(format);
        let evidence = evidence_of(&scenario);
        assert_eq!(world.verify_tee(&evidence, &[0; 32]), Ok((true, 70)));
        assert_eq!(world.verify_tee(&evidence, &[1; 32]), REFUSED);
    }
}

/// One below, at, and one above the limit, with the vendor byte counted and the nonce not.
#[test]
fn the_longest_evidence() {
    for format in Format::ALL {
        let (mut world, evidence) = valid(format);
        let end = evidence.len();
        let nonce = nonce_of(&evidence);
        for len in [MAX_EVIDENCE_LEN - 1, MAX_EVIDENCE_LEN] {
            let mut padded = evidence.clone();
            padded.resize(len, 0);
            let rejection = Rejection::TrailingBytes { count: len - end };
            assert_eq!(world.verify(&padded), Err(rejection));
            assert_eq!(world.verify_tee(&padded, &nonce), REFUSED);
        }
        for len in [MAX_EVIDENCE_LEN + 1, 60_000] {
            let mut padded = evidence.clone();
            padded.resize(len, 0);
            let too_long = InputTooLong {
                length: U256::from(len + NONCE_LEN),
                maximum: U256::from(MAX_EVIDENCE_LEN + NONCE_LEN),
            };
            assert_eq!(world.verify(&padded), Err(Rejection::EvidenceTooLong));
            assert_eq!(
                world.verify_tee(&padded, &nonce),
                Err(Bytes::from(too_long.abi_encode()))
            );
        }
    }
}

#[test]
fn the_shortest_evidence() {
    let (mut world, _) = valid(Format::SgxV3);
    for len in 0..=NONCE_LEN {
        let too_short = InputTooShort {
            length: U256::from(len),
            minimum: U256::from(1 + NONCE_LEN),
        };
        let output = world.verify_tee(&[], &vec![1; len]);
        assert_eq!(output, Err(Bytes::from(too_short.abi_encode())), "{len}");
    }
    assert_eq!(world.verify_tee(&[1], &[0; 32]), REFUSED);
    assert_eq!(world.verify(&[1]), Err(Rejection::QuoteTruncated));
    assert_eq!(world.verify(&[]), Err(Rejection::EvidenceEmpty));
}

/// All 256 vendor bytes, before a genuine quote and before nothing.
#[test]
fn every_vendor_byte() {
    let mut checked = 0;
    for format in Format::ALL {
        let (mut world, evidence) = valid(format);
        let nonce = nonce_of(&evidence);
        for vendor in 0..=u8::MAX {
            for body in [&evidence[1..], &[]] {
                let other = [&[vendor], body].concat();
                let direct = world.verify(&other).map(|verified| verified.trust_score);
                let called = world.verify_tee(&other, &nonce);
                let genuine = vendor == evidence[0] && !body.is_empty();
                match vendor {
                    _ if genuine => assert_eq!((direct, called), (Ok(70), Ok((true, 70)))),
                    0 => assert_eq!((direct, called), (Err(Rejection::VendorUnknown), REFUSED)),
                    1..=5 => assert!(direct.is_err() && called == REFUSED),
                    _ => {
                        assert_eq!(direct, Err(Rejection::VendorUnknown));
                        assert_eq!(called, Err(unknown_vendor(vendor)));
                    }
                }
                checked += 1;
            }
        }
    }
    assert_eq!(checked, 5 * 512);
}

/// Collateral at its limit is read, and refused for what it is; longer, it is not read.
#[test]
fn the_longest_collateral() {
    use aivm::abi::IAttestationRegistry::{CollateralRejected, TEEVendor};
    const MAXIMUM: usize = 65_536;
    let mut world = World::new(NOW);
    for vendor in [TEEVendor::SGX, TEEVendor::TDX] {
        for len in [MAXIMUM - 1, MAXIMUM, MAXIMUM + 1] {
            let call = submitCollateralCall {
                vendor,
                collateral: vec![0; len].into(),
            };
            let too_long = InputTooLong {
                length: U256::from(len),
                maximum: U256::from(MAXIMUM),
            };
            let error = if len > MAXIMUM {
                too_long.abi_encode()
            } else {
                CollateralRejected { code: 200 }.abi_encode()
            };
            assert_eq!(world.registry(ANYONE, &call), Err(error.into()), "{len}");
        }
    }
}
