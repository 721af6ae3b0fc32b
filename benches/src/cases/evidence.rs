//! `0x0300`, VerifyTEE: evidence of every vendor.

use super::{
    chains::{Chains, NEW, claim},
    mining::input,
};
use crate::case::{Case, Expected, Kind, Target};
use aivm::{evidence::Vendor, precompiles::mining::Operation};
use alloy_primitives::B256;

/// What evidence must begin with, and what it does not begin with.
const NONCE: B256 = B256::repeat_byte(0x4e);
const OTHER: B256 = B256::repeat_byte(0x4f);

/// A vendor's name in tables.
pub(super) fn name(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::Sgx => "SGX",
        Vendor::SevSnp => "SEV-SNP",
        Vendor::Tdx => "TDX",
        Vendor::Nvidia => "NVIDIA",
        Vendor::ArmCca => "Arm CCA",
    }
}

pub(super) fn cases(chains: &Chains) -> Vec<Case> {
    Vendor::ALL
        .into_iter()
        .flat_map(|vendor| of(chains, vendor))
        .collect()
}

fn of(chains: &Chains, vendor: Vendor) -> Vec<Case> {
    let case = |kind, what, evidence: &[u8], nonce: B256| {
        let input = input(Operation::VerifyTee, &[evidence, nonce.as_slice()].concat());
        Case::new(&chains.registry, Target::Mining, kind, what, input).signed()
    };
    let known = match vendor {
        // The GPU that a TDX device proved with.
        Vendor::Nvidia => claim(Vendor::Tdx, Some(1), 1).gpu.unwrap_or_default(),
        _ => 0,
    };
    let honest = |number| chains.fleet.device(vendor, number).evidence(NONCE, B256::ZERO, 0);
    let fat = chains.fat.device(vendor).evidence(NONCE);
    let case = |kind, what, evidence: &[u8], nonce, state: &str| {
        case(kind, what, evidence, nonce).variant(format!("{}, {state} device", name(vendor)))
    };
    let proved_before = "genuine evidence of a device that proved before";
    let refused = "the same with another nonce, which is compared last";
    let mut cases = vec![
        case(Kind::Honest, "genuine evidence", &honest(NEW), NONCE, "new").ends(Expected::True),
        case(Kind::WorstAccepted, worst(vendor), &fat, NONCE, "new").ends(Expected::True),
        case(Kind::WorstRejected, refused, &fat, OTHER, "new").ends(Expected::False),
    ];
    // Of Arm CCA nothing is known from one proof to the next.
    if vendor != Vendor::ArmCca {
        let known = case(Kind::Honest, proved_before, &honest(known), NONCE, "known");
        cases.insert(1, known.ends(Expected::True));
    }
    cases
}

/// What makes it the worst.
pub(super) fn worst(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::Sgx | Vendor::Tdx => {
            "a PCK certificate of 2,048 bytes, full of extensions, and collateral of 65,536: the last TCB level matches"
        }
        Vendor::SevSnp => "a VCEK of 2,048 bytes, full of extensions, and 1,150 revoked certificates",
        Vendor::Nvidia => {
            "16,384 bytes: certificates full of extensions, 64 fields, blocks; golden measurements, the last matches"
        }
        Vendor::ArmCca => "97 components, 767 golden hashes of which the last match, the last of 151 keys",
    }
}
