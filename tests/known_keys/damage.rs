//! Evidence of a known device with any byte changed: refused, with the code that it has where nothing is known.

use super::{Chain, evidence, known};
use aivm::evidence::Vendor;
use aivm_test_support::counting::Counts;

/// Where the parts begin and end that a digest covers, vendor byte included.
fn certified(vendor: Vendor, evidence: &[u8]) -> Vec<(usize, usize)> {
    let pem = |qe_report: usize, chain: usize| {
        let end = b"-----END";
        let leaf = evidence[1 + chain..]
            .windows(end.len())
            .position(|text| text == end);
        let leaf = leaf.expect("the end of the first certificate");
        vec![
            (1 + qe_report, 1 + qe_report + 384 + 64),
            (1 + chain, 1 + chain + leaf),
        ]
    };
    match vendor {
        Vendor::Sgx => pem(564, 1_052),
        Vendor::Tdx => pem(770, 1_258),
        Vendor::SevSnp => vec![(1 + 1_184, evidence.len())],
        Vendor::Nvidia => {
            let len = u32::from_be_bytes(*evidence[1..].first_chunk().expect("a length"));
            vec![(5 + len as usize, evidence.len())]
        }
        Vendor::ArmCca => Vec::new(),
    }
}

#[test]
fn any_byte_changed_is_refused_as_if_nothing_were_known() {
    for (vendor, number) in [
        (Vendor::Sgx, 1),
        (Vendor::Tdx, 4), // of version 4
        (Vendor::SevSnp, 1),
        (Vendor::Nvidia, 3),
    ] {
        let mut chain = Chain::new();
        let device = chain.devices.device(vendor, number);
        match vendor {
            Vendor::Nvidia => {
                let machine = chain.devices.device(Vendor::Sgx, 1);
                chain.attest(&machine, Some(number));
            }
            _ => drop(chain.attest(&device, None)),
        }
        let mut forgetful = Chain::new();
        forgetful.devices.world = chain.devices.world.clone();
        forgetful.remember(device.id, None);

        let mut evidence = evidence(&device);
        assert_eq!(chain.verify(&evidence).1, known(vendor));
        let certified = certified(vendor, &evidence);
        let (mut in_full, mut in_short) = (0, 0);
        for place in 1..evidence.len() {
            let bit = 1 << (place % 8);
            evidence[place] ^= bit;
            let (verdict, counts) = chain.verify(&evidence);
            let (expected, in_all) = forgetful.verify(&evidence);
            evidence[place] ^= bit;
            assert!(verdict.is_err(), "{vendor:?}, byte {place}: {verdict:?}");
            assert_eq!(verdict, expected, "{vendor:?}, byte {place}");
            if certified.iter().any(|(from, to)| (*from..*to).contains(&place)) {
                assert_eq!(counts, in_all, "{vendor:?}, byte {place}: something was left out");
                in_full += usize::from(counts != Counts::default());
            } else {
                in_short += usize::from(counts != in_all);
            }
        }
        assert!(
            in_full > 500,
            "{vendor:?}: {in_full} with a signature checked and refused"
        );
        assert!(in_short > 500, "{vendor:?}: {in_short} with fewer signatures");
    }
}
