//! The report: its layout, its signature, and what it says.

use super::cases;
use crate::common::world::World;
use aivm::abi::IAttestationRegistry::{TEEVendor, setMinimumTcbCall};
use aivm_simulator::{
    snp::{
        Product, Scenario,
        report::{MASK_CHIP_KEY, POLICY_DEBUG, POLICY_MIGRATE_MA},
    },
    x509::P384Key,
};

cases! {
    /// The bytes of the report, and what nothing signs.
    LAYOUT:
    1 "nothing" [ALL] Bytes(|body| body.clear()) => 400,
    1 "half a report" [ALL] Bytes(|body| body.truncate(592)) => 400,
    1 "a report that lacks its last byte" [ALL] Bytes(|body| body.truncate(1_183)) => 400,
    1 "a report alone" [ALL] Bytes(|body| body.truncate(1_184)) => 410,
    1 "a report of a byte more" [ALL] Bytes(|body| body.insert(1_184, 0)) => 410,
    1 "a report of a byte less" [ALL] Bytes(|body| { body.remove(1_183); }) => 404,
    1 "a report of a byte less in its middle" [ALL] Bytes(|body| { body.remove(0x100); }) => 404,
    1 "a zero byte after the certificate" [ALL] Bytes(|body| body.push(0)) => 410,
    1 "another byte after the certificate" [ALL] Bytes(|body| body.push(0x30)) => 410,
    1 "a certificate twice" [ALL] Bytes(|body| { let again = body[1_184..].to_vec(); body.extend(again) }) => 410,
    1 "a certificate that lacks its last byte" [ALL] Bytes(|body| { body.pop(); }) => 410,
    1 "a certificate, then the report" [ALL] Bytes(|body| body.rotate_left(1_184)) => 401,
    23 "version 0" [ALL] Evidence(|s| s.report.version = 0) => 401,
    23 "version 1" [ALL] Evidence(|s| s.report.version = 1) => 401,
    23 "version 4" [ALL] Evidence(|s| s.report.version = 4) => 401,
    23 "version 6" [ALL] Evidence(|s| s.report.version = 6) => 401,
    23 "version 2 in the upper half" [ALL] Evidence(|s| s.report.version = 0x2_0000) => 401,
    23 "the highest version" [ALL] Evidence(|s| s.report.version = u32::MAX) => 401,
    20 "signature algorithm 0" [ALL] Evidence(|s| s.report.signature_algorithm = 0) => 402,
    20 "signature algorithm 2" [ALL] Evidence(|s| s.report.signature_algorithm = 2) => 402,
    20 "signature algorithm 257" [ALL] Evidence(|s| s.report.signature_algorithm = 0x101) => 402,
    16 "no signature" [ALL] Evidence(|s| s.signing.signature = Some([0; 96])) => 403,
    16 "no signature, as MASK_CHIP_KEY says" [ALL] Evidence(|s| { s.report.key_info |= MASK_CHIP_KEY; s.signing.signature = Some([0; 96]) }) => 403,
    21 "the first byte after r" [ALL] Evidence(|s| s.signing.r_padding[0] = 1) => 404,
    21 "the last byte after r" [ALL] Evidence(|s| s.signing.r_padding[23] = 0x80) => 404,
    21 "the first byte after s" [ALL] Evidence(|s| s.signing.s_padding[0] = 1) => 404,
    21 "the last byte after s" [ALL] Evidence(|s| s.signing.s_padding[23] = 0x80) => 404,
    21 "the first byte after the signature" [ALL] Evidence(|s| s.signing.reserved[0] = 1) => 404,
    21 "the last byte of the report" [ALL] Evidence(|s| s.signing.reserved[367] = 1) => 404,
    17 "signed by no key" [ALL] Evidence(|s| s.report.set_signing_key(7)) => 405,
    17 "signing key 2" [ALL] Evidence(|s| s.report.set_signing_key(2)) => 406,
    17 "signing key 3" [ALL] Evidence(|s| s.report.set_signing_key(3)) => 406,
    17 "signing key 4" [ALL] Evidence(|s| s.report.set_signing_key(4)) => 406,
    17 "signing key 5" [ALL] Evidence(|s| s.report.set_signing_key(5)) => 406,
    17 "signing key 6" [ALL] Evidence(|s| s.report.set_signing_key(6)) => 406,
    22 "r is zero" [ALL] Evidence(|s| halves(s, [Some([0; 48]), None])) => 430,
    22 "s is zero" [ALL] Evidence(|s| halves(s, [None, Some([0; 48])])) => 430,
    22 "r is the order" [ALL] Evidence(|s| halves(s, [Some(N), None])) => 430,
    22 "s is the order" [ALL] Evidence(|s| halves(s, [None, Some(N)])) => 430,
    22 "r and s of all ones" [ALL] Evidence(|s| halves(s, [Some([0xff; 48]), Some([0xff; 48])])) => 430,
    22 "r and s exchanged" [ALL] Bytes(|body| { for i in 0..48 { body.swap(0x2a0 + i, 0x2e8 + i) } }) => 430,
    22 "r and s big-endian" [ALL] Bytes(|body| { body[0x2a0..0x2d0].reverse(); body[0x2e8..0x318].reverse() }) => 430,
    16 "signed by another key" [ALL] Evidence(|s| s.signing.signed_by = Some(P384Key::new("stranger"))) => 430,
    24 "report data changed after signing" [ALL] Bytes(|body| body[0x50] ^= 1) => 430,
    24 "the last byte of the report data changed after signing" [ALL] Bytes(|body| body[0x8f] ^= 1) => 430,
    25 "HOST_DATA changed after signing" [ALL] Bytes(|body| body[0xc0] ^= 1) => 430,
    25 "REPORT_ID changed after signing" [ALL] Bytes(|body| body[0x140] ^= 1) => 430,
    8 "CURRENT_TCB changed after signing" [ALL] Bytes(|body| body[0x38] ^= 1) => 430,
}

cases! {
    /// What a signed report must not say.
    POLICY:
    13 "VMPL 1" [ALL] Evidence(|s| s.report.vmpl = 1) => 440,
    13 "VMPL 2" [ALL] Evidence(|s| s.report.vmpl = 2) => 440,
    13 "VMPL 3" [ALL] Evidence(|s| s.report.vmpl = 3) => 440,
    13 "VMPL 256" [ALL] Evidence(|s| s.report.vmpl = 256) => 440,
    13 "the highest VMPL" [ALL] Evidence(|s| s.report.vmpl = u32::MAX) => 440,
    14 "debugging allowed" [ALL] Evidence(|s| s.report.policy |= POLICY_DEBUG) => 441,
    14 "debugging and migration allowed" [ALL] Evidence(|s| s.report.policy |= POLICY_DEBUG | POLICY_MIGRATE_MA) => 441,
    15 "a migration agent allowed" [ALL] Evidence(|s| s.report.policy |= POLICY_MIGRATE_MA) => 442,
    16 "MASK_CHIP_KEY in a signed report" [ALL] Evidence(|s| s.report.key_info |= MASK_CHIP_KEY) => 443,
    23 "bit 17 of the policy clear" [ALL] Evidence(|s| s.report.policy &= !(1 << 17)) => 444,
    23 "bit 26 of the policy" [ALL] Evidence(|s| s.report.policy |= 1 << 26) => 444,
    23 "bit 40 of the policy" [ALL] Evidence(|s| s.report.policy |= 1 << 40) => 444,
    23 "bit 63 of the policy" [ALL] Evidence(|s| s.report.policy |= 1 << 63) => 444,
    23 "bit 5 of KEY_INFO" [ALL] Evidence(|s| s.report.key_info |= 1 << 5) => 445,
    23 "bit 31 of KEY_INFO" [ALL] Evidence(|s| s.report.key_info |= 1 << 31) => 445,
    23 "reserved bytes after KEY_INFO" [ALL] Evidence(|s| s.report.reserved_4c[0] = 1) => 446,
    23 "the last of the reserved bytes after KEY_INFO" [ALL] Evidence(|s| s.report.reserved_4c[3] = 1) => 446,
    23 "CPUID family in version 2" [V2] Evidence(|s| s.report.cpuid[0] = 0x19) => 446,
    23 "CPUID stepping in version 2" [V2] Evidence(|s| s.report.cpuid[2] = 1) => 446,
    23 "the first reserved byte before CHIP_ID" [ALL] Evidence(|s| s.report.reserved_18b[0] = 1) => 446,
    23 "the last reserved byte before CHIP_ID" [ALL] Evidence(|s| s.report.reserved_18b[20] = 1) => 446,
    23 "the byte after the current version" [ALL] Evidence(|s| s.report.current_version[3] = 1) => 446,
    23 "the byte after the committed version" [ALL] Evidence(|s| s.report.committed_version[3] = 1) => 446,
    23 "a launch mitigation vector before version 5" [BEFORE_V5] Evidence(|s| s.report.launch_mitigations = 1) => 446,
    23 "a current mitigation vector before version 5" [BEFORE_V5] Evidence(|s| s.report.current_mitigations = 1 << 63) => 446,
    23 "the first reserved byte at the end" [ALL] Evidence(|s| s.report.reserved_208[0] = 1) => 446,
    23 "the last reserved byte before the signature" [ALL] Evidence(|s| s.report.reserved_208[151] = 1) => 446,
    23 "a reserved byte of CURRENT_TCB" [ALL] Evidence(|s| s.report.current_tcb[4] = 1) => 446,
    23 "a reserved byte of COMMITTED_TCB" [ALL] Evidence(|s| s.report.committed_tcb[5] = 1) => 446,
    23 "a reserved byte of LAUNCH_TCB" [ALL] Evidence(|s| s.report.launch_tcb[4] = 1) => 446,
    12 "Milan's layout in the LAUNCH_TCB of Turin" [TURIN] Evidence(|s| s.report.launch_tcb = Product::Milan.default_tcb()) => 446,
    23 "a reserved byte of REPORTED_TCB, which the key is for" [ALL] Evidence(reserved_svn) => 446,
    19 "below the minimum for its product" [ALL] After(|world, s| demand(world, s, 0)) => 13,
    19 "below the minimum in its microcode" [ALL] After(|world, s| demand(world, s, 7)) => 13,
}

/// The order of P-384.
const N: [u8; 48] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a,
    0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
];

/// Replaces r or s of the signature.
fn halves(s: &mut Scenario, halves: [Option<[u8; 48]>; 2]) {
    let body = s.report_bytes();
    let mut signature = [0; 96];
    for ((half, given), at) in signature.chunks_exact_mut(48).zip(halves).zip([0x2a0, 0x2e8]) {
        half.copy_from_slice(&body[at..at + 48]);
        half.reverse();
        if let Some(given) = given {
            half.copy_from_slice(&given);
        }
    }
    s.signing.signature = Some(signature);
}

/// A security version in a byte that the product reserves, in the report and in the certificate.
fn reserved_svn(s: &mut Scenario) {
    s.report.reported_tcb[4] = 1;
    s.vek_extensions.set_tcb(s.product, s.report.reported_tcb);
}

/// Governance demands one more in this byte of the product's TCB than the valid report has: 40 off, and 30 for the
/// measurement that nobody knows.
fn demand(world: &mut World, s: &Scenario, byte: usize) {
    let mut minimum = [0; 24];
    let at = 8 * Product::ALL
        .iter()
        .position(|product| *product == s.product)
        .expect("a product");
    minimum[at + byte] = s.report.reported_tcb[byte] + 1;
    world.govern(&setMinimumTcbCall {
        vendor: TEEVendor::SEVSNP,
        minimum: minimum.to_vec().into(),
    });
}
