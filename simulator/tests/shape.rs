//! What the mint writes has the shape of genuine evidence, and is the same in every run.

use aivm_simulator::{
    der,
    intel::{Format, Key, PckCa, Scenario, oids},
};
use aivm_simulator::{from_hex, upper_hex};
use dcap_qvl::config::PckCa as DcapPckCa;
use dcap_qvl::configs::RustCryptoConfig;
use dcap_qvl::intel::{extract_cert_chain, parse_pck_extension_with, pck_ca_with};
use dcap_qvl::quote::Quote;

/// Length of header, body descriptor and body of each format.
const SIGNED: [usize; 5] = [432, 632, 638, 702, 939];

#[test]
fn quotes_are_laid_out_as_specified() {
    for (format, signed) in Format::ALL.into_iter().zip(SIGNED) {
        let scenario = Scenario::new(format);
        let bytes = scenario.quote();
        assert_eq!(scenario.signed_part(), bytes[..signed], "{format:?}");
        let declared = u32::from_le_bytes(bytes[signed..signed + 4].try_into().unwrap()) as usize;
        assert_eq!(bytes.len(), signed + 4 + declared);

        let quote = Quote::parse(&bytes).unwrap();
        assert_eq!((quote.signed_length(), quote.inner_cert_type()), (signed, 5));
        assert_eq!(extract_cert_chain(&quote).unwrap(), scenario.pck_chain());
        let tail = if format == Format::TdxV4 {
            "-----\n"
        } else {
            "-----\n\0"
        };
        assert!(bytes.ends_with(tail.as_bytes()));
    }
}

#[test]
fn the_pck_leaf_says_what_the_scenario_says() {
    for (ca, dcap_ca) in [
        (PckCa::Processor, DcapPckCa::Processor),
        (PckCa::Platform, DcapPckCa::Platform),
    ] {
        let mut scenario = Scenario::new(Format::SgxV3);
        scenario.use_pck_ca(ca);
        let leaf = scenario.pck_leaf_der();
        let parsed = parse_pck_extension_with::<RustCryptoConfig>(&leaf).unwrap();
        let extension = scenario.sgx_extension.unwrap();
        assert_eq!(pck_ca_with::<RustCryptoConfig>(&leaf).unwrap(), dcap_ca);
        assert_eq!((parsed.ppid, parsed.pce_id), (extension.ppid, extension.pce_id));
        assert_eq!(
            (parsed.cpu_svn, parsed.pce_svn),
            (extension.components, extension.pce_svn)
        );
        assert_eq!(parsed.fmspc.as_slice(), extension.fmspc);
        assert_eq!(parsed.platform_instance_id, extension.platform_instance_id);
        assert_eq!(
            parsed.smt_enabled,
            extension.configuration.map(|flags| flags.smt_enabled)
        );
    }
}

#[test]
fn certificates_are_as_long_as_intels() {
    let scenario = Scenario::new(Format::TdxV4);
    let lengths = [
        scenario.root_der(),
        scenario.tcb_signer_der(),
        scenario.pck_ca_der(),
        scenario.pck_leaf_der(),
        scenario.root_crl_der(),
    ]
    .map(|der| der.len());
    // Intel's: 659, 657, 666, 1269 and 292, give or take the sign bits of a serial number and a signature.
    for (len, intels) in lengths.into_iter().zip([659_usize, 657, 666, 1269, 292]) {
        assert!(intels.abs_diff(len) <= 5, "{lengths:?}");
    }
}

#[test]
fn every_run_mints_the_same() {
    let key = Key::new("pck leaf");
    let x = "A72DA3BA6CCAB7581F701D7567F933CB4DC2008F420E19207A046FE44A966DDA";
    assert_eq!(upper_hex(&key.public()[..32]), x);
    for format in Format::ALL {
        let (one, two) = (Scenario::new(format), Scenario::new(format));
        assert_eq!((one.quote(), one.collateral()), (two.quote(), two.collateral()));
    }
}

#[test]
fn der_is_written_as_told() {
    let cases = [
        (der::unsigned(&[0, 0]), "020100"),
        (der::unsigned(&[0, 0xFF]), "020200FF"),
        (der::integer_octets(&[0, 0, 1]), "0203000001"),
        (der::integer_octets(&[]), "0200"),
        (der::boolean(true), "0101FF"),
        (der::bit_string(1, &[6]), "03020106"),
        (der::oid(oids::SGX_EXTENSION), "06092A864886F84D010D01"),
        (der::oid("2.5.29.0"), "0603551D00"),
        (der::time(2_524_607_999), "170D3439313233313233353935395A"),
        (der::time(2_524_608_000), "180F32303530303130313030303030305A"),
    ];
    for (encoded, expected) in cases {
        assert_eq!(encoded, from_hex(expected), "{expected}");
    }
    let headers = [0x7F, 0x80, 0xFF, 0x100].map(|len| upper_hex(&der::octet_string(&vec![0; len])[..4]));
    assert_eq!(headers, ["047F0000", "04818000", "0481FF00", "04820100"]);
}
