//! What the endorsement key's certificate and the report must have in common.

use super::cases;
use aivm_simulator::{
    der::{octet_string, utf8_string},
    snp::{
        Product, Scenario,
        vek::{BOOT_LOADER, FMC, HWID, MICROCODE, SNP, SPL4, SPL5, SPL7, TEE, ia5_string},
    },
};

cases! {
    /// The extensions.
    EXTENSIONS:
    2 "no product name" [ALL] Evidence(|s| s.vek_extensions.product_name = None) => 420,
    2 "an empty product name" [ALL] Evidence(|s| s.vek_extensions.product_name = Some(ia5_string(""))) => 421,
    2 "a product name that is a UTF8String" [ALL] Evidence(|s| s.vek_extensions.product_name = Some(utf8_string(s.product.name()))) => 420,
    2 "a product name without a tag" [ALL] Evidence(|s| s.vek_extensions.product_name = Some(s.product.name().into())) => 420,
    2 "a byte after the product name" [ALL] Evidence(|s| s.vek_extensions.product_name.as_mut().unwrap().push(0)) => 420,
    2 "the name of another product" [ALL] Evidence(|s| product_name(s, super::certificates::other(s.product).name())) => 421,
    2 "the name of another product with a stepping" [ALL] Evidence(|s| product_name(s, &format!("{}-B0", super::certificates::other(s.product).name()))) => 421,
    2 "the name of an unknown product" [ALL] Evidence(|s| product_name(s, "Rome")) => 421,
    2 "a product name in capitals" [ALL] Evidence(|s| product_name(s, &s.product.name().to_uppercase())) => 421,
    2 "a product name and more" [ALL] Evidence(|s| product_name(s, &format!("{}X", s.product.name()))) => 421,
    2 "a stepping and the product name" [ALL] Evidence(|s| product_name(s, &format!("B0-{}", s.product.name()))) => 421,
    2 "Siena, which is Genoa's sibling, beside another product" [MILAN] Evidence(|s| product_name(s, "Siena")) => 421,
    12 "CPUID of another product" [FROM_V3] Evidence(|s| s.report.cpuid = super::certificates::other(s.product).cpuid()) => 422,
    12 "CPUID of Zen 2" [FROM_V3] Evidence(|s| s.report.cpuid = [0x17, 0x31, 0]) => 422,
    12 "CPUID of zero" [FROM_V3] Evidence(|s| s.report.cpuid = [0; 3]) => 422,
    12 "CPUID of the first model after Milan" [FROM_V3] Evidence(|s| s.report.cpuid = if s.product == Product::Milan { [0x19, 0x10, 0] } else { [0x19, 0x0f, 0] }) => 422,
    12 "CPUID of the first model after Genoa" [FROM_V3] Evidence(|s| s.report.cpuid = [0x19, 0x20, 0]) => 422,
    12 "CPUID of the model before Bergamo" [FROM_V3] Evidence(|s| s.report.cpuid = [0x19, 0x9f, 0]) => 422,
    12 "CPUID of the first model after Bergamo" [FROM_V3] Evidence(|s| s.report.cpuid = [0x19, 0xb0, 0]) => 422,
    12 "CPUID of the first model after Turin" [FROM_V3] Evidence(|s| s.report.cpuid = [0x1a, 0x12, 0]) => 422,
    12 "CPUID of Venice" [FROM_V3] Evidence(|s| s.report.cpuid = [0x1a, 0x50, 0]) => 422,
    9 "a VCEK without HWID" [VCEK] Evidence(|s| s.vek_extensions.hwid = None) => 423,
    9 "a VCEK with a CSP id in the place of HWID" [VCEK] Evidence(|s| { s.vek_extensions.hwid = None; s.vek_extensions.csp_id = Some(ia5_string("CN=cloud.example")) }) => 423,
    18 "a CHIP_ID of zero" [VCEK] Evidence(|s| s.report.chip_id = [0; 64]) => 424,
    18 "a CHIP_ID of zero, and HWID too" [VCEK] Evidence(|s| s.set_chip_id([0; 64])) => 424,
    8 "another chip" [VCEK] Evidence(|s| s.report.chip_id[0] ^= 1) => 425,
    8 "another chip by its last bit" [VCEK] Evidence(|s| s.report.chip_id[s.product.chip_id_len() - 1] ^= 0x80) => 425,
    8 "another chip in the certificate" [VCEK] Evidence(|s| s.vek_extensions.hwid.as_mut().unwrap()[3] ^= 1) => 425,
    8 "Turin: a ninth byte of CHIP_ID" [TURIN_VCEK] Evidence(|s| s.report.chip_id[8] = 1) => 425,
    8 "Turin: a last byte of CHIP_ID" [TURIN_VCEK] Evidence(|s| s.report.chip_id[63] = 1) => 425,
    8 "the first eight bytes of CHIP_ID alone" [BEFORE_TURIN_VCEK] Evidence(|s| s.report.chip_id[8..].fill(0)) => 425,
    8 "HWID of a byte less" [VCEK] Evidence(|s| { s.vek_extensions.hwid.as_mut().unwrap().pop(); }) => 420,
    8 "HWID of a byte more" [VCEK] Evidence(|s| s.vek_extensions.hwid.as_mut().unwrap().push(0)) => 420,
    8 "an empty HWID" [VCEK] Evidence(|s| s.vek_extensions.hwid = Some(Vec::new())) => 420,
    8 "HWID of eight bytes" [BEFORE_TURIN_VCEK] Evidence(|s| { s.vek_extensions.hwid.as_mut().unwrap().truncate(8); s.report.chip_id[8..].fill(0) }) => 420,
    8 "HWID of 64 bytes" [TURIN_VCEK] Evidence(|s| s.vek_extensions.hwid = Some(s.report.chip_id.to_vec())) => 420,
    8 "HWID in an OCTET STRING, of another chip" [VCEK] Evidence(|s| s.vek_extensions.hwid = Some(octet_string(&vec![7; s.product.chip_id_len()]))) => 425,
    8 "HWID in an OCTET STRING, with a byte after it" [VCEK] Evidence(|s| { let mut hwid = octet_string(s.vek_extensions.hwid.as_ref().unwrap()); hwid.push(0); s.vek_extensions.hwid = Some(hwid) }) => 420,
    8 "HWID in an OCTET STRING of a byte less" [VCEK] Evidence(|s| s.vek_extensions.hwid = Some(octet_string(&s.vek_extensions.hwid.as_ref().unwrap()[1..]))) => 420,
    9 "two HWIDs" [VCEK] Evidence(|s| s.vek.duplicated.push(HWID)) => 410,
    4 "a VLEK with HWID" [VLEK] Evidence(|s| s.vek_extensions.hwid = Some(vec![7; s.product.chip_id_len()])) => 426,
    4 "a VLEK without CSP id" [VLEK] Evidence(|s| s.vek_extensions.csp_id = None) => 427,
    4 "a VLEK with an empty CSP id" [VLEK] Evidence(|s| s.vek_extensions.csp_id = Some(ia5_string(""))) => 420,
    4 "a VLEK with a CSP id that is nothing" [VLEK] Evidence(|s| s.vek_extensions.csp_id = Some(Vec::new())) => 420,
    4 "a VLEK with a CSP id without a tag" [VLEK] Evidence(|s| s.vek_extensions.csp_id = Some(b"cloud".to_vec())) => 420,
    11 "no boot loader" [ALL] Evidence(|s| s.vek_extensions.remove_component(BOOT_LOADER)) => 428,
    11 "no TEE" [ALL] Evidence(|s| s.vek_extensions.remove_component(TEE)) => 428,
    11 "no SNP" [ALL] Evidence(|s| s.vek_extensions.remove_component(SNP)) => 428,
    11 "no microcode" [ALL] Evidence(|s| s.vek_extensions.remove_component(MICROCODE)) => 428,
    11 "no FMC" [TURIN] Evidence(|s| s.vek_extensions.remove_component(FMC)) => 428,
    11 "no components" [ALL] Evidence(|s| s.vek_extensions.tcb.clear()) => 428,
    11 "an SNP that is an OCTET STRING" [ALL] Evidence(|s| *s.vek_extensions.component(SNP) = octet_string(&[24])) => 420,
    11 "an SNP with a zero in front" [ALL] Evidence(|s| *s.vek_extensions.component(SNP) = vec![2, 2, 0, 24]) => 420,
    11 "a negative microcode" [ALL] Evidence(|s| *s.vek_extensions.component(MICROCODE) = vec![2, 1, 0xd5]) => 420,
    11 "a microcode of two bytes" [ALL] Evidence(|s| *s.vek_extensions.component(MICROCODE) = vec![2, 2, 1, 0xd5]) => 420,
    11 "an SNP without a tag" [ALL] Evidence(|s| *s.vek_extensions.component(SNP) = vec![24]) => 420,
    11 "a byte after the boot loader" [ALL] Evidence(|s| s.vek_extensions.component(BOOT_LOADER).push(0)) => 420,
    10 "another boot loader" [ALL] Evidence(|s| s.vek_extensions.component(BOOT_LOADER)[2] += 1) => 429,
    10 "another TEE" [ALL] Evidence(|s| s.vek_extensions.component(TEE)[2] += 1) => 429,
    10 "an older SNP" [ALL] Evidence(|s| s.vek_extensions.component(SNP)[2] -= 1) => 429,
    10 "a newer SNP" [ALL] Evidence(|s| s.vek_extensions.component(SNP)[2] += 1) => 429,
    10 "another microcode" [ALL] Evidence(|s| s.vek_extensions.component(MICROCODE)[3] -= 1) => 429,
    10 "another FMC" [TURIN] Evidence(|s| s.vek_extensions.component(FMC)[2] += 1) => 429,
    10 "a reserved component in the certificate" [ALL] Evidence(|s| s.vek_extensions.component(SPL5)[2] = 1) => 429,
    10 "the last reserved component in the certificate" [ALL] Evidence(|s| s.vek_extensions.component(SPL7)[2] = 1) => 429,
    10 "a reserved byte in REPORTED_TCB" [ALL] Evidence(|s| s.report.reported_tcb[4] = 1) => 429,
    10 "a newer REPORTED_TCB than the key is for" [ALL] Evidence(|s| s.report.reported_tcb[7] += 1) => 429,
    10 "an older REPORTED_TCB than the key is for" [ALL] Evidence(|s| s.report.reported_tcb[0] -= 1) => 429,
    26 "the same chip's key for another TCB version" [VCEK] Evidence(|s| s.vek_extensions.set_tcb(s.product, s.product.default_tcb().map(|svn| svn / 2))) => 429,
    12 "Milan's layout in the certificate of Turin" [TURIN] Evidence(|s| s.vek_extensions.set_tcb(Product::Milan, Product::Milan.default_tcb())) => 428,
    12 "Milan's layout in the report of Turin" [TURIN] Evidence(|s| s.report.reported_tcb = Product::Milan.default_tcb()) => 429,
    12 "Milan's layout in both of Turin" [TURIN] Evidence(both_of_milan) => 428,
    12 "Turin's layout in the certificate" [BEFORE_TURIN] Evidence(|s| s.vek_extensions.set_tcb(Product::Turin, Product::Turin.default_tcb())) => 429,
    12 "an FMC, which the product has not" [BEFORE_TURIN] Evidence(|s| s.vek_extensions.tcb.push((FMC, vec![2, 1, 1]))) => 429,
    12 "a fourth component, which Turin has not" [TURIN] Evidence(|s| s.vek_extensions.tcb.push((SPL4, vec![2, 1, 1]))) => 429,
    12 "Turin's layout in the report" [BEFORE_TURIN] Evidence(|s| s.report.reported_tcb = Product::Turin.default_tcb()) => 429,
}

fn product_name(s: &mut Scenario, name: &str) {
    s.vek_extensions.product_name = Some(ia5_string(name));
}

fn both_of_milan(s: &mut Scenario) {
    let tcb = Product::Milan.default_tcb();
    s.vek_extensions.set_tcb(Product::Milan, tcb);
    s.report.reported_tcb = tcb;
}
