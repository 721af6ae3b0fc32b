//! Arm CCA.

use super::FatDevice;
use aivm::{
    abi::IAttestationRegistry::{CcaCpak, CcaGolden},
    evidence::Vendor,
};
use aivm_simulator::cca::{Component, Form, Scenario};
use alloy_primitives::{B256, keccak256};
use alloy_sol_types::SolValue;

/// How many keys of P-384 fill an account.
pub(super) const BUNDLE: usize = 151;

/// How many hashes fill an account.
const HASHES: usize = 767;

/// How many components of two fields each fit into the 512 items of a token's claims.
const COMPONENTS: usize = 97;

const IMPLEMENTATION: [u8; 32] = [0xfa; 32];

/// A device, its key and the golden measurements of its implementation.
pub(super) fn make() -> (FatDevice, CcaCpak, Vec<u8>) {
    let mut scenario = scenario("fat");
    scenario.platform.implementation_id = IMPLEMENTATION;
    scenario.platform.components = (0..COMPONENTS).map(component).collect();
    let golden = golden(&scenario).abi_encode();
    let key = cpak(&scenario);
    scenario.envelope.platform = Some(scenario.platform_token());
    let instance = scenario.platform.instance_id;
    let device = FatDevice::new(Vendor::ArmCca, &instance, move |nonce| {
        let mut scenario = scenario.clone();
        scenario.bind(nonce.0, [0; 32]);
        scenario.token()
    });
    (device, key, golden)
}

/// The key of a platform that nothing else is known of.
pub(super) fn filler(number: usize) -> CcaCpak {
    cpak(&scenario(&format!("filler {number}")))
}

fn scenario(label: &str) -> Scenario {
    let mut scenario = Scenario::new(Form::Collection);
    scenario.platform.instance_id[1..].copy_from_slice(keccak256(label).as_slice());
    scenario.platform_sign1.key.label = format!("{label} cpak");
    scenario
}

fn cpak(scenario: &Scenario) -> CcaCpak {
    let cpak = scenario.cpak();
    CcaCpak {
        instanceId: cpak.instance_id.into(),
        implementationId: cpak.implementation_id.into(),
        publicKey: cpak.public_key.into(),
    }
}

/// The longest hashes, and no optional field.
fn component(number: usize) -> Component {
    let hash = |what: u8| {
        let hash = keccak256([&[what][..], &number.to_be_bytes()].concat());
        [hash.0, hash.0].concat()
    };
    Component {
        kind: None,
        measurement: hash(1),
        version: None,
        signer: hash(2),
        hash_algorithm: None,
        edits: Vec::new(),
    }
}

/// As many hashes as fit, the right ones last.
fn golden(scenario: &Scenario) -> CcaGolden {
    let components = &scenario.platform.components;
    let right = components
        .iter()
        .map(|c| keccak256([&c.measurement[..], &c.signer].concat()));
    let fillers = HASHES - 2 - COMPONENTS;
    let wrong = (0..fillers).map(|number| keccak256(number.to_be_bytes()));
    CcaGolden {
        implementationId: B256::from(IMPLEMENTATION),
        configurations: vec![keccak256(&scenario.platform.config)],
        components: wrong.chain(right).collect(),
        realms: vec![keccak256(scenario.realm_measurements())],
    }
}
