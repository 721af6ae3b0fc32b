//! Cases that must be refused: what is bent in otherwise valid evidence, and the code that refuses it.

mod certificates;
mod collateral;
mod crls;
mod extensions;
mod identity;
mod limits;
mod minimum;
mod mutations;
mod order;
mod records;
mod report;
mod sequences;
mod sweeps;
mod windows;

use crate::{
    common::world::World,
    snp_common::{VARIANTS, Variant, evidence, evidence_of, furnish, furnished_world, packed, world_of},
};
use aivm::evidence::{Rejection, Vendor};
use aivm_simulator::snp::{self, Collateral, Kind, NOW, Product, Scenario};
use std::fmt;

/// Every table of cases.
pub(crate) const TABLES: [&[Case]; 6] = [
    report::LAYOUT,
    report::POLICY,
    certificates::VEK,
    extensions::EXTENSIONS,
    collateral::COLLATERAL,
    crls::CRLS,
];

/// The evidence that a case is about.
pub(crate) type On = fn(Variant) -> bool;
pub(crate) const ALL: On = |_| true;
pub(crate) const VCEK: On = |on| on.kind == Kind::Vcek;
pub(crate) const VLEK: On = |on| on.kind == Kind::Vlek;
pub(crate) const MILAN: On = |on| on.product == Product::Milan;
pub(crate) const TURIN: On = |on| on.product == Product::Turin;
pub(crate) const BEFORE_TURIN: On = |on| on.product != Product::Turin;
pub(crate) const TURIN_VCEK: On = |on| on.product == Product::Turin && on.kind == Kind::Vcek;
pub(crate) const BEFORE_TURIN_VCEK: On = |on| on.product != Product::Turin && on.kind == Kind::Vcek;
pub(crate) const V2: On = |on| on.version == 2;
pub(crate) const FROM_V3: On = |on| on.version >= 3;
pub(crate) const BEFORE_V5: On = |on| on.version < 5;
/// Collateral does not depend on the report: once for each product and kind.
pub(crate) const CAS: On = |on| on.version != 3 || on.kind == Kind::Vlek;

/// One case, on some of the variants.
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
    Parts(fn(&mut Collateral, &Scenario)),
    /// Collateral whose encoding was changed is refused.
    Encoding(fn(&mut Vec<u8>)),
    /// Collateral of the bent scenario is refused after that of the valid one, which had a CRL.
    Older(fn(&mut Scenario)),
    /// Collateral of the bent scenario is accepted, its evidence refused.
    Both(fn(&mut Scenario)),
    /// Collateral of the valid scenario is accepted, the evidence of the bent one refused.
    Evidence(fn(&mut Scenario)),
    /// Collateral of the valid scenario is accepted, its changed evidence (without vendor byte) refused.
    Bytes(fn(&mut Vec<u8>)),
    /// The valid evidence is refused after the chain has changed (time, roots, policy, other collateral).
    After(fn(&mut World, &Scenario)),
}

/// A table of cases: row, name, variants, fault, code.
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

/// The valid scenario of a variant, its evidence, and a chain that has its collateral.
pub(crate) struct Valid {
    scenario: Scenario,
    body: Vec<u8>,
    world: World,
}

impl Valid {
    pub(crate) fn new(variant: Variant) -> Self {
        let scenario = variant.scenario();
        Self {
            world: furnished_world(&scenario),
            body: scenario.evidence(),
            scenario,
        }
    }
}

impl Case {
    /// The code with which the case is refused.
    pub(crate) fn run(&self, valid: &Valid) -> Result<u16, String> {
        let mut bent = valid.scenario.clone();
        let refused = match self.fault {
            Fault::Collateral(bend) => {
                bend(&mut bent);
                refused_collateral(&bent, &packed(&bent.collateral()))?
            }
            Fault::Parts(change) => {
                let mut collateral = bent.collateral();
                change(&mut collateral, &bent);
                refused_collateral(&bent, &packed(&collateral))?
            }
            Fault::Encoding(change) => {
                let mut collateral = packed(&bent.collateral());
                change(&mut collateral);
                refused_collateral(&bent, &collateral)?
            }
            Fault::Older(bend) => older(&valid.scenario, bend)?,
            Fault::Both(bend) => {
                bend(&mut bent);
                furnished_world(&bent).verify(&evidence_of(&bent)).err()
            }
            Fault::Evidence(bend) => {
                bend(&mut bent);
                valid.world.clone().verify(&evidence_of(&bent)).err()
            }
            Fault::Bytes(change) => {
                let mut body = valid.body.clone();
                change(&mut body);
                valid.world.clone().verify(&evidence(&body)).err()
            }
            Fault::After(change) => {
                let mut world = valid.world.clone();
                change(&mut world, &bent);
                world.verify(&evidence(&valid.body)).err()
            }
        };
        refused
            .map(|rejection| rejection.code())
            .ok_or("accepted".to_owned())
    }
}

/// Refused collateral leaves nothing behind, so the evidence has none.
fn refused_collateral(bent: &Scenario, collateral: &[u8]) -> Result<Option<Rejection>, String> {
    let mut world = world_of(bent, NOW);
    let refused = world.submit(Vendor::SevSnp, collateral).err();
    let verdict = world.verify(&evidence_of(bent));
    if refused.is_some() && verdict.is_ok() {
        return Err("the evidence is accepted under refused collateral".into());
    }
    Ok(refused)
}

/// The older collateral is refused and the newer goes on to serve.
fn older(valid: &Scenario, bend: fn(&mut Scenario)) -> Result<Option<Rejection>, String> {
    let mut newer = valid.clone();
    newer.crl = Some(snp::crl());
    let mut world = furnished_world(&newer);
    let mut bent = newer.clone();
    bend(&mut bent);
    let refused = world.submit(Vendor::SevSnp, &packed(&bent.collateral())).err();
    match world.verify(&evidence_of(&newer)) {
        Ok(_) => Ok(refused),
        Err(rejection) => Err(format!("the evidence under the newer collateral: {rejection}")),
    }
}

/// Runs every case of every table: how often one ran, and what went wrong.
pub(crate) fn run_all() -> (usize, Vec<String>) {
    let (mut runs, mut wrong) = (0, Vec::new());
    for variant in VARIANTS {
        let valid = Valid::new(variant);
        for case in TABLES.into_iter().flatten().filter(|case| (case.on)(variant)) {
            let code = case.run(&valid);
            if code != Ok(case.code) {
                wrong.push(format!("{case} ({variant:?}): {code:?}, not {}", case.code));
            }
            runs += 1;
        }
    }
    (runs, wrong)
}

/// Submits collateral of the other kind of key, same root, with this CRL.
pub(crate) fn furnish_other_kind(
    world: &mut World,
    scenario: &Scenario,
    crl: Option<aivm_simulator::x509::Crl>,
) {
    let kind = match scenario.kind {
        Kind::Vcek => Kind::Vlek,
        Kind::Vlek => Kind::Vcek,
    };
    let mut other = Scenario::new(scenario.product, kind, scenario.report.version);
    other.crl = crl;
    furnish(world, &other);
}
