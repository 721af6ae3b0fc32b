//! SEV-SNP.

use super::{Collateral, FatDevice, MAX_CERTIFICATE_LEN, MAX_COLLATERAL_LEN, extensions, serial};
use aivm::evidence::{Vendor, snp::pack};
use aivm_simulator::{
    snp::{Kind, Product, Scenario, crl},
    x509::Key,
};

/// How many revoked serial numbers fit into the account beside everything else.
const REVOKED: usize = 1_150;

/// A device of a product that no other device is of, and its collateral.
pub(super) fn make() -> (FatDevice, Collateral) {
    let mut scenario = Scenario::new(Product::Genoa, Kind::Vcek, 5);
    scenario.set_chip_id([0xfa; 64]);
    scenario.vek.key = Key::p384("fat vcek");
    // An extension has less than 16 bytes: a good guess saves signatures, which take long with RSA.
    let room = MAX_CERTIFICATE_LEN - scenario.vek_der().len();
    let mut added = extensions(room, |extensions| {
        extensions.iter().map(|e| 9 + e.oid.len() / 2).sum()
    });
    loop {
        let mut full = scenario.clone();
        full.vek.extensions.extend(added.clone());
        if full.vek_der().len() <= MAX_CERTIFICATE_LEN {
            scenario = full;
            break;
        }
        added.pop();
    }
    let mut list = crl();
    list.revoked = (0..REVOKED).map(serial).collect();
    scenario.crl = Some(list);
    let collateral = |scenario: &Scenario| pack::collateral(&scenario.ca_der(), Some(&scenario.crl_der()));
    let accepted = collateral(&scenario);
    assert!(accepted.len() <= MAX_COLLATERAL_LEN, "{} bytes", accepted.len());
    let mut older = scenario.clone();
    if let Some(crl) = &mut older.crl {
        crl.number = Some(0);
    }
    let superseded = collateral(&older);
    let vek = scenario.vek_der();
    let device = FatDevice::new(Vendor::SevSnp, &[0xfa; 64], move |nonce| {
        let mut scenario = scenario.clone();
        scenario.bind(nonce.0, [0; 32]);
        [scenario.report_bytes(), vek.clone()].concat()
    });
    (device, Collateral { accepted, superseded })
}
