//! Cases that must be refused: what is bent in otherwise valid evidence, and the code that refuses it.

mod certificates;
mod chain;
mod crls;
mod json;
mod layout;
mod malleability;
mod order;
mod qe;
mod records;
mod rollback;
mod sequences;
mod sweeps;
mod tcb;
mod td;
mod windows;

use crate::common::{
    edit::{packed, parts, pem_start},
    evidence, evidence_of, furnished_world, vendor_of,
    world::World,
    world_of,
};
use aivm::{
    abi::IAttestationRegistry::IntelCollateral,
    evidence::{
        Rejection, Vendor,
        intel::{TcbStatus, pack::check_pck_chain},
    },
};
use aivm_simulator::intel::{Format, NOW, Scenario, SgxExtension};
use alloy_sol_types::SolValue;
use dcap_qvl::QuoteCollateralV3;
use std::fmt;

/// Every table of cases.
pub(crate) const TABLES: [&[Case]; 11] = [
    layout::LAYOUT,
    chain::CHAIN,
    chain::PCK,
    crls::CRLS,
    certificates::COLLATERAL,
    certificates::PCK,
    json::JSON,
    qe::QE,
    tcb::TCB,
    td::ATTRIBUTES,
    rollback::ROLLBACK,
];

pub(crate) use Format::{SgxV3, TdxV4, TdxV5Td10, TdxV5Td15, TdxV5Td15Ex};

/// The formats that a case is about.
pub(crate) type On = &'static [Format];
pub(crate) const ALL: On = &Format::ALL;
pub(crate) const SGX: On = &[SgxV3];
pub(crate) const TDX: On = &[TdxV4, TdxV5Td10, TdxV5Td15, TdxV5Td15Ex];
pub(crate) const V4: On = &[TdxV4];
pub(crate) const V5: On = &[TdxV5Td10, TdxV5Td15, TdxV5Td15Ex];
pub(crate) const TD15: On = &[TdxV5Td15, TdxV5Td15Ex];
/// Collateral is the same for every TDX format.
pub(crate) const BOTH: On = &[SgxV3, TdxV4];

/// One case, on one or more formats.
pub(crate) struct Case {
    /// The row of the specification's table "What must be refused".
    pub(crate) row: u8,
    pub(crate) name: &'static str,
    pub(crate) on: On,
    pub(crate) fault: Fault,
    /// The code of the [`Rejection`].
    pub(crate) code: u16,
}

/// Where the fault is.
pub(crate) enum Fault {
    /// Collateral of the bent scenario is refused.
    Collateral(fn(&mut Scenario)),
    /// Collateral with changed parts is refused.
    Parts(fn(&mut IntelCollateral, &Scenario)),
    /// Collateral whose encoding was changed is refused.
    Encoding(fn(&mut Vec<u8>)),
    /// Collateral of the bent scenario is refused after that of the valid one.
    Older(fn(&mut Scenario)),
    /// The chain was changed first (policy); then the valid collateral is refused.
    Demand(fn(&mut World, &Scenario)),
    /// Collateral of the bent scenario is accepted, its quote refused.
    Evidence(fn(&mut Scenario)),
    /// Collateral of the valid scenario is accepted, the quote of the bent one refused.
    Quote(fn(&mut Scenario)),
    /// Collateral of the valid scenario is accepted, its changed quote refused.
    Bytes(fn(&mut Vec<u8>)),
    /// Only the PEM chain in the quote is changed; lengths follow.
    Pem(fn(String) -> Vec<u8>),
    /// The valid quote is refused as evidence of another vendor.
    As(Vendor),
    /// The valid quote is refused after the chain has changed (time, roots, policy).
    After(fn(&mut World, &Scenario)),
    /// The PCK chain that comes with the collateral is refused beside the quote's.
    Given(fn(&mut QuoteCollateralV3, &Scenario)),
}

/// A table of cases: row, name, formats, fault, code.
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

/// The valid scenario of a format, its quote, and a chain that has its collateral.
pub(crate) struct Valid {
    scenario: Scenario,
    quote: Vec<u8>,
    world: World,
}

impl Valid {
    pub(crate) fn new(format: Format) -> Self {
        let scenario = Scenario::new(format);
        Self {
            world: furnished_world(&scenario, NOW),
            quote: scenario.quote(),
            scenario,
        }
    }
}

impl Case {
    /// The code with which the case is refused.
    pub(crate) fn run(&self, valid: &Valid) -> Result<u16, String> {
        let refused = match &self.fault {
            Fault::Collateral(_) | Fault::Parts(_) | Fault::Encoding(_) | Fault::Demand(_) => {
                self.run_collateral(valid)?
            }
            Fault::Older(bend) => older(valid, *bend)?,
            Fault::Evidence(bend) => bent_evidence(valid, *bend)?,
            Fault::Given(change) => {
                let mut collateral = valid.scenario.collateral();
                change(&mut collateral, &valid.scenario);
                check_pck_chain(&collateral, &valid.quote[pem_start(&valid.quote)..]).err()
            }
            _ => self.run_quote(valid),
        };
        refused
            .map(|rejection| rejection.code())
            .ok_or("accepted".to_owned())
    }

    /// Refused collateral leaves nothing behind, so the quote has none.
    fn run_collateral(&self, valid: &Valid) -> Result<Option<Rejection>, String> {
        let mut scenario = valid.scenario.clone();
        if let Fault::Collateral(bend) = self.fault {
            bend(&mut scenario);
        }
        let mut world = world_of(&scenario, NOW);
        let mut collateral = packed(&scenario);
        match self.fault {
            Fault::Parts(change) => {
                let mut parts = parts(&scenario);
                change(&mut parts, &scenario);
                collateral = parts.abi_encode();
            }
            Fault::Encoding(change) => change(&mut collateral),
            Fault::Demand(change) => change(&mut world, &scenario),
            _ => {}
        }
        let vendor = vendor_of(scenario.format);
        let refused = world.submit(vendor, &collateral).err();
        let verdict = world.verify(&evidence(vendor, &valid.quote));
        if refused.is_some() && verdict != Err(Rejection::NoCollateral) {
            return Err(format!("the quote under refused collateral: {verdict:?}"));
        }
        Ok(refused)
    }

    /// Under the collateral of the valid scenario.
    fn run_quote(&self, valid: &Valid) -> Option<Rejection> {
        let mut bent = valid.scenario.clone();
        let mut world = valid.world.clone();
        let mut vendor = vendor_of(bent.format);
        let mut quote = valid.quote.clone();
        match self.fault {
            Fault::Quote(bend) => {
                bend(&mut bent);
                quote = bent.quote();
            }
            Fault::Pem(change) => {
                bent.envelope.certification_data = Some(pem_of(&bent, change));
                quote = bent.quote();
            }
            Fault::Bytes(change) => change(&mut quote),
            Fault::After(change) => change(&mut world, &bent),
            Fault::As(other) => vendor = other,
            _ => unreachable!("a fault in the collateral"),
        }
        world.verify(&evidence(vendor, &quote)).err()
    }
}

/// The bent scenario's collateral is accepted, its quote refused.
fn bent_evidence(valid: &Valid, bend: fn(&mut Scenario)) -> Result<Option<Rejection>, String> {
    let mut bent = valid.scenario.clone();
    bend(&mut bent);
    let mut world = world_of(&bent, NOW);
    match world.submit(vendor_of(bent.format), &packed(&bent)) {
        Ok(_) => Ok(world.verify(&evidence_of(&bent)).err()),
        Err(rejection) => Err(format!("the collateral: {rejection}")),
    }
}

/// The PEM chain of a valid quote, with the NUL that quoting libraries append where this format has it, changed.
fn pem_of(valid: &Scenario, change: fn(String) -> Vec<u8>) -> Vec<u8> {
    let mut pem = change(crate::common::edit::pem(valid));
    pem.extend_from_slice(&valid.envelope.chain_tail);
    pem
}

/// The older collateral is refused and the newer goes on to serve.
fn older(valid: &Valid, bend: fn(&mut Scenario)) -> Result<Option<Rejection>, String> {
    let mut world = valid.world.clone();
    let mut bent = valid.scenario.clone();
    bend(&mut bent);
    let vendor = vendor_of(bent.format);
    let refused = world.submit(vendor, &packed(&bent)).err();
    let verdict = world.verify(&evidence(vendor, &valid.quote));
    let status = verdict.map(|verified| verified.claims.tcb_status);
    if status != Ok(Some(TcbStatus::UpToDate)) {
        return Err(format!("the quote under the newer collateral: {status:?}"));
    }
    Ok(refused)
}

/// The SGX extension of a scenario's PCK certificate.
pub(crate) fn extension(scenario: &mut Scenario) -> &mut SgxExtension {
    scenario.sgx_extension.as_mut().expect("an SGX extension")
}

/// Sets one security version of the platform, in both places where the certificate has it.
pub(crate) fn set_cpu_svn(scenario: &mut Scenario, index: usize, svn: u8) {
    let extension = extension(scenario);
    extension.components[index] = svn;
    extension.cpu_svn[index] = svn;
}
