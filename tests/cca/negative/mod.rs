//! Cases that must be refused: what is bent in otherwise valid evidence, and the code that refuses it.

mod cbor;
mod claims;
mod golden;
mod keys;
mod limits;
mod malleability;
mod messages;
mod order;
mod registry;
mod signatures;
mod sweeps;

use crate::{
    cca::{CCA, refused, registered, world_of},
    common::{
        evidence,
        world::{World, abi_vendor},
    },
};
use aivm::{
    abi::IAttestationRegistry::{
        GoldenMeasurementRejected, RootCARejected, setGoldenMeasurementCall, updateRootCACall,
    },
    evidence::{Rejection, cca::pack},
};
use aivm_simulator::cca::{Form, Scenario};
use alloy_primitives::Bytes;
use alloy_sol_types::{SolCall, SolError};
use std::fmt;

/// Every table of cases.
pub(crate) const TABLES: [&[Case]; 8] = [
    cbor::LAYERS,
    messages::COLLECTION,
    messages::SIGN1,
    claims::PLATFORM,
    claims::REALM,
    keys::KEYS,
    golden::GOLDEN,
    registry::REGISTRY,
];

/// The forms that a case is about.
pub(crate) type On = &'static [Form];
pub(crate) const ALL: On = &Form::ALL;
pub(crate) const LEGACY: On = &[Form::Legacy];
pub(crate) const CMW: On = &[Form::Collection];

/// One case, on one or both forms.
pub(crate) struct Case {
    /// The row of the specification's table "What must be refused"; 0 for what governance submits.
    pub(crate) row: u8,
    pub(crate) name: &'static str,
    pub(crate) on: On,
    pub(crate) fault: Fault,
    /// The code of the [`Rejection`].
    pub(crate) code: u16,
}

/// Where the fault is.
pub(crate) enum Fault {
    /// The bent token is refused, the key of the valid one being registered.
    Token(fn(&mut Scenario)),
    /// The valid token with changed bytes is refused.
    Bytes(fn(&mut Vec<u8>)),
    /// The valid token is refused after the chain has changed.
    After(fn(&mut World, &Scenario)),
    /// The valid token is refused for another nonce.
    Nonce(fn(&mut [u8; 32])),
    /// A bundle of keys is refused, and the one before it goes on to serve.
    Bundle(fn(&Scenario) -> Vec<u8>),
    /// One key is refused, and the bundle goes on to serve.
    Entry(fn(&Scenario) -> Vec<u8>),
    /// Golden measurements are refused.
    Golden(fn(&Scenario) -> Vec<u8>),
}

/// A table of cases: row, name, forms, fault, code.
macro_rules! cases {
    ($(#[$doc:meta])* $table:ident: $($row:literal $name:literal [$on:ident] $kind:ident($fault:expr) => $code:literal,)+) => {
        $(#[$doc])*
        pub(crate) const $table: &[crate::negative::Case] = &[$(crate::negative::Case {
            row: $row,
            name: $name,
            on: crate::negative::$on,
            fault: crate::negative::Fault::$kind($fault),
            code: $code,
        }),+];
    };
}
pub(crate) use cases;

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}, {}", self.row, self.name)
    }
}

/// The valid scenario of a form, its token, and a chain that has its key.
pub(crate) struct Valid {
    scenario: Scenario,
    token: Vec<u8>,
    world: World,
}

impl Valid {
    pub(crate) fn new(form: Form) -> Self {
        let scenario = Scenario::new(form);
        Self {
            world: world_of(&scenario),
            token: scenario.token(),
            scenario,
        }
    }
}

impl Case {
    /// The code with which the case is refused.
    pub(crate) fn run(&self, valid: &Valid) -> Result<u16, String> {
        let mut world = valid.world.clone();
        let mut scenario = valid.scenario.clone();
        let mut token = valid.token.clone();
        let code = match self.fault {
            Fault::Token(bend) => {
                bend(&mut scenario);
                refused(&mut world, &scenario.token())
            }
            Fault::Bytes(change) => {
                change(&mut token);
                refused(&mut world, &token)
            }
            Fault::After(change) => {
                change(&mut world, &scenario);
                refused(&mut world, &token)
            }
            Fault::Nonce(change) => {
                let mut nonce = *scenario.realm.challenge.first_chunk().expect("64 bytes");
                change(&mut nonce);
                let answer = world.verify_tee(&evidence(CCA, &token), &nonce);
                (answer == Ok((false, 0))).then_some(Rejection::NonceMismatch.code())
            }
            Fault::Bundle(make) => refused_roots(&mut world, make(&scenario)),
            Fault::Entry(make) => {
                let refused = world.submit(CCA, &make(&scenario)).err();
                refused.map(|rejection| rejection.code())
            }
            Fault::Golden(make) => refused_golden(&mut world, make(&scenario)),
        };
        let submission = matches!(self.fault, Fault::Bundle(_) | Fault::Entry(_) | Fault::Golden(_));
        if submission && refused(&mut world, &token).is_some() {
            return Err("the token is refused after a refused submission".into());
        }
        code.ok_or("accepted".into())
    }
}

/// Governance submits a bundle of keys: the code with which it is refused.
pub(crate) fn refused_roots(world: &mut World, bundle: Vec<u8>) -> Option<u16> {
    let call = updateRootCACall {
        vendor: abi_vendor(CCA),
        newRootCA: bundle.into(),
    };
    let output = govern(world, &call).err()?;
    Some(RootCARejected::abi_decode(&output).expect("RootCARejected").code)
}

/// Governance submits golden measurements: the code with which they are refused.
pub(crate) fn refused_golden(world: &mut World, golden: Vec<u8>) -> Option<u16> {
    let call = setGoldenMeasurementCall {
        vendor: abi_vendor(CCA),
        golden: golden.into(),
    };
    let output = govern(world, &call).err()?;
    let error = GoldenMeasurementRejected::abi_decode(&output);
    Some(error.expect("GoldenMeasurementRejected").code)
}

fn govern(world: &mut World, call: &impl SolCall) -> Result<Bytes, Bytes> {
    world.registry(crate::common::world::GOVERNANCE, call)
}

/// Changes the platform's claims after they were encoded, and signs them.
pub(crate) fn platform_claims(s: &mut Scenario, change: impl FnOnce(&mut Vec<u8>)) {
    let mut claims = s.platform.encode(&s.binding());
    change(&mut claims);
    s.envelope.platform = Some(s.platform_sign1.encode(&claims));
}

/// The same for the realm's.
pub(crate) fn realm_claims(s: &mut Scenario, change: impl FnOnce(&mut Vec<u8>)) {
    let mut claims = s.realm.encode(&s.rak());
    change(&mut claims);
    s.envelope.realm = Some(s.realm_sign1.encode(&claims));
}

/// Registers the key of a scenario, in place of all others.
pub(crate) fn register(world: &mut World, scenario: &Scenario) {
    world.set_roots(CCA, &pack::bundle(&[registered(scenario.cpak())]));
}
