//! NVIDIA.

use super::{Collateral, FatDevice, MAX_CERTIFICATE_LEN, MAX_EVIDENCE_LEN, extensions};
use aivm::{
    abi::IAttestationRegistry::{NvidiaGolden, NvidiaMeasurement},
    evidence::{Vendor, nvidia::pack},
};
use aivm_simulator::{
    nvidia::{Block, Chip, Opaque, Scenario, VBIOS_VERSION, opaque},
    x509::Certificate,
};
use alloy_primitives::{Bytes, keccak256};
use alloy_sol_types::SolValue;

/// A driver version that no other GPU has, so that golden measurements are this one's alone.
const DRIVER: &str = "999.99.99";

/// How many opaque fields a report may have.
const FIELDS: usize = 64;

/// What a block takes of a report.
const BLOCK_LEN: usize = 55;

/// How many measurements, of how many digests each, an argument of 65,536 bytes has room for.
const MEASURED: u8 = 54;
const DIGESTS: u8 = 8;

/// A device, its collateral and its golden measurements.
pub(super) fn make() -> (FatDevice, Collateral, Vec<u8>) {
    let mut scenario = Scenario::new(Chip::Gb100);
    scenario.set_device([0xfa; 8]);
    scenario
        .report
        .set(opaque::DRIVER_VERSION, &[DRIVER.as_bytes(), &[0]].concat());
    let fields = 1_000..;
    let room = FIELDS - scenario.report.opaque.len();
    let added = fields.take(room).map(|number| Opaque::new(number, &[]));
    scenario.report.opaque.extend(added);
    let device_len = scenario.brom_der().len();
    let before = scenario.leaf.extensions.clone();
    let added = extensions(MAX_CERTIFICATE_LEN - device_len, |extensions| {
        let mut scenario = scenario.clone();
        scenario.leaf.extensions.extend(extensions.to_vec());
        scenario.leaf_der().len()
    });
    scenario.leaf.extensions = [before, added].concat();
    scenario.report.blocks.clear();
    let room = MAX_EVIDENCE_LEN - 1 - scenario.body().len();
    let blocks = u8::try_from(room / BLOCK_LEN).unwrap_or(u8::MAX);
    scenario.report.blocks = (1..=blocks)
        .map(|index| Block::new(index, digest(index, DIGESTS)))
        .collect();

    let collateral = collateral(&mut scenario);
    let certificates = [scenario.leaf_der(), scenario.brom_der()];
    let serial = scenario.brom.serial.clone();
    let device = FatDevice::new(Vendor::Nvidia, &serial, move |nonce| {
        let mut scenario = scenario.clone();
        scenario.report.nonce = nonce.0;
        scenario.body_of(&scenario.report_bytes(), &certificates)
    });
    (device, collateral, golden().abi_encode())
}

/// CAs of 2,048 bytes, full of extensions; then a provisioner CA that begins earlier.
fn collateral(scenario: &mut Scenario) -> Collateral {
    let full = |certificate: &Certificate, issuer: &Certificate| {
        extensions(MAX_CERTIFICATE_LEN, |extensions| {
            let mut certificate = certificate.clone();
            certificate.extensions = extensions.to_vec();
            certificate.der(issuer).len()
        })
    };
    scenario.identity.extensions = full(&scenario.identity, &scenario.root);
    scenario.provisioner.extensions = full(&scenario.provisioner, &scenario.identity);
    let packed =
        |scenario: &Scenario| pack::collateral(&scenario.identity_der(), &scenario.provisioner_der());
    let accepted = packed(scenario);
    let mut older = scenario.clone();
    older.provisioner.not_before -= 1;
    Collateral {
        accepted,
        superseded: packed(&older),
    }
}

/// A digest that is allowed for a block. The last is the right one.
fn digest(index: u8, number: u8) -> [u8; 48] {
    let hash = keccak256([index, number]);
    let mut digest = [0; 48];
    digest[..32].copy_from_slice(hash.as_slice());
    digest
}

pub(in crate::cases) fn golden() -> NvidiaGolden {
    let measurement = |index| NvidiaMeasurement {
        index,
        digests: (1..=DIGESTS)
            .map(|number| Bytes::copy_from_slice(&digest(index, number)))
            .collect(),
    };
    NvidiaGolden {
        chip: Chip::Gb100.name().into(),
        driverVersion: DRIVER.into(),
        vbiosVersion: VBIOS_VERSION.into(),
        driver: (1..=MEASURED).map(measurement).collect(),
        vbios: Vec::new(),
    }
}
