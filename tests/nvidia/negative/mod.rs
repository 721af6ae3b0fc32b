//! Cases that must be refused: what is bent in otherwise valid evidence, and the code that refuses it.

mod certificates;
mod collateral;
mod golden;
mod identity;
mod limits;
mod malleability;
mod mutations;
mod order;
mod report;
mod signatures;
mod state;
mod windows;

use crate::common::world::{GOVERNANCE, World};
use aivm::{
    abi::IAttestationRegistry::{
        GoldenMeasurementRejected, NvidiaCollateral, NvidiaGolden, NvidiaMeasurement, RootCARejected,
        TEEVendor, setGoldenMeasurementCall, updateRootCACall,
    },
    evidence::{Rejection, Vendor, nvidia::pack},
};
use aivm_simulator::nvidia::{Chip, NOW, Scenario};
use alloy_sol_types::{SolError, SolValue};
use std::fmt;

/// Every table of cases.
pub(crate) const TABLES: [&[Case]; 7] = [
    report::LAYOUT,
    report::OPAQUE,
    report::BINDING,
    certificates::CERTIFICATES,
    collateral::COLLATERAL,
    golden::GOLDEN,
    state::STATE,
];

/// One case, for every GPU.
pub(crate) struct Case {
    /// The row of the specification's table "What must be refused".
    pub(crate) row: u8,
    pub(crate) name: &'static str,
    pub(crate) fault: Fault,
    /// The code of the [`Rejection`].
    pub(crate) code: u16,
}

/// Where the fault is.
pub(crate) enum Fault {
    /// Roots of the bent scenario are refused.
    Roots(fn(&mut Scenario)),
    /// Collateral of the bent scenario is refused under its own root.
    Collateral(fn(&mut Scenario)),
    /// Collateral of the bent scenario is refused under the valid one's root.
    Foreign(fn(&mut Scenario)),
    /// Collateral with changed parts is refused.
    Parts(fn(&mut NvidiaCollateral, &Scenario)),
    /// Collateral whose encoding was changed is refused.
    Encoding(fn(&mut Vec<u8>)),
    /// Collateral of the bent scenario is refused after that of the valid one.
    Older(fn(&mut Scenario)),
    /// Collateral of the valid scenario is accepted, the evidence of the bent one refused.
    Evidence(fn(&mut Scenario)),
    /// Collateral of the valid scenario is accepted, its changed body refused.
    Body(fn(&Scenario) -> Vec<u8>),
    /// The valid evidence is refused after the chain has changed (time, roots, policy).
    After(fn(&mut World, &Scenario)),
    /// Golden measurements are refused.
    Golden(fn(&mut NvidiaGolden)),
    /// Golden measurements whose encoding was changed are refused.
    GoldenEncoding(fn(&mut Vec<u8>)),
    /// Golden measurements are accepted, and the valid evidence refused under them.
    Against(fn(&mut NvidiaGolden)),
    /// The valid evidence does not answer to this nonce.
    Nonce(fn(&Scenario) -> [u8; 32]),
}

/// A table of cases: row, name, fault, code.
macro_rules! cases {
    ($(#[$doc:meta])* $table:ident: $($row:literal $name:literal $kind:ident($fault:expr) => $code:literal,)+) => {
        $(#[$doc])*
        pub(crate) const $table: &[crate::negative::Case] = &[$(crate::negative::Case {
            row: $row,
            name: $name,
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

/// The evidence that a scenario makes.
pub(crate) fn evidence_of(scenario: &Scenario) -> Vec<u8> {
    evidence(&scenario.body())
}

/// Evidence: the vendor byte, and the body.
pub(crate) fn evidence(body: &[u8]) -> Vec<u8> {
    [&[Vendor::Nvidia.number()], body].concat()
}

/// The collateral of a scenario as `submitCollateral` takes it.
pub(crate) fn packed(scenario: &Scenario) -> Vec<u8> {
    pack::collateral(&scenario.identity_der(), &scenario.provisioner_der())
}

/// A chain at this time whose NVIDIA root is the scenario's, without collateral.
pub(crate) fn world_of(scenario: &Scenario, now: u64) -> World {
    let mut world = World::new(now);
    world.set_roots(Vendor::Nvidia, &scenario.root_der());
    world
}

/// The same, with the scenario's collateral.
pub(crate) fn furnished(scenario: &Scenario, now: u64) -> World {
    let mut world = world_of(scenario, now);
    world
        .submit(Vendor::Nvidia, &packed(scenario))
        .expect("collateral that is accepted");
    world
}

/// Golden measurements that a scenario's report fulfils: the indices 1 to 12 for the VBIOS, 13 to 33 for the driver.
pub(crate) fn golden_of(scenario: &Scenario) -> NvidiaGolden {
    let measurement = |block: &aivm_simulator::nvidia::Block| NvidiaMeasurement {
        index: block.index,
        digests: vec![block.value.clone().into()],
    };
    let blocks = &scenario.report.blocks;
    NvidiaGolden {
        chip: scenario.chip.name().into(),
        driverVersion: aivm_simulator::nvidia::DRIVER_VERSION.into(),
        vbiosVersion: aivm_simulator::nvidia::VBIOS_VERSION.into(),
        driver: blocks[12..33].iter().map(measurement).collect(),
        vbios: blocks[..12].iter().map(measurement).collect(),
    }
}

/// Governance sets golden measurements; the code if they are refused.
pub(crate) fn set_golden(world: &mut World, golden: &[u8]) -> Result<(), u16> {
    let call = setGoldenMeasurementCall {
        vendor: TEEVendor::NVIDIA,
        golden: golden.to_vec().into(),
    };
    let output = world.registry(GOVERNANCE, &call);
    output.map(|_| ()).map_err(|output| {
        GoldenMeasurementRejected::abi_decode(&output)
            .expect("the error")
            .code
    })
}

/// The valid scenario of a GPU, its body, and a chain that has its collateral.
pub(crate) struct Valid {
    scenario: Scenario,
    body: Vec<u8>,
    world: World,
}

impl Valid {
    pub(crate) fn new(chip: Chip) -> Self {
        let scenario = Scenario::new(chip);
        Self {
            world: furnished(&scenario, NOW),
            body: scenario.body(),
            scenario,
        }
    }

    fn bent(&self, bend: fn(&mut Scenario)) -> Scenario {
        let mut scenario = self.scenario.clone();
        bend(&mut scenario);
        scenario
    }

    /// What is refused is refused with this.
    fn refused(&self, world: &mut World, body: &[u8]) -> Result<u16, String> {
        code(world.verify(&evidence(body)).err())
    }
}

fn code(rejection: Option<Rejection>) -> Result<u16, String> {
    rejection
        .map(|rejection| rejection.code())
        .ok_or("accepted".to_owned())
}

impl Case {
    /// The code with which the case is refused.
    pub(crate) fn run(&self, valid: &Valid) -> Result<u16, String> {
        let mut world = valid.world.clone();
        match &self.fault {
            Fault::Roots(bend) => refused_roots(&valid.bent(*bend).root_der()),
            Fault::Collateral(bend) => {
                let bent = valid.bent(*bend);
                refused_collateral(valid, world_of(&bent, NOW), &packed(&bent))
            }
            Fault::Foreign(bend) => {
                let world = world_of(&valid.scenario, NOW);
                refused_collateral(valid, world, &packed(&valid.bent(*bend)))
            }
            Fault::Parts(change) => {
                let mut parts = NvidiaCollateral::abi_decode(&packed(&valid.scenario)).expect("collateral");
                change(&mut parts, &valid.scenario);
                refused_collateral(valid, world_of(&valid.scenario, NOW), &parts.abi_encode())
            }
            Fault::Encoding(change) => {
                let mut collateral = packed(&valid.scenario);
                change(&mut collateral);
                refused_collateral(valid, world_of(&valid.scenario, NOW), &collateral)
            }
            Fault::Older(bend) => {
                let refused = world.submit(Vendor::Nvidia, &packed(&valid.bent(*bend)));
                world
                    .verify(&evidence(&valid.body))
                    .map_err(|now| format!("the record: {now}"))?;
                code(refused.err())
            }
            Fault::Evidence(bend) => valid.refused(&mut world, &valid.bent(*bend).body()),
            Fault::Body(make) => valid.refused(&mut world, &make(&valid.scenario)),
            Fault::After(change) => {
                change(&mut world, &valid.scenario);
                valid.refused(&mut world, &valid.body)
            }
            Fault::Golden(_) | Fault::GoldenEncoding(_) | Fault::Against(_) => self.run_golden(valid, world),
            Fault::Nonce(nonce) => {
                let answer = world.verify_tee(&evidence(&valid.body), &nonce(&valid.scenario));
                assert_eq!(answer, Ok((false, 0)));
                Ok(Rejection::NonceMismatch.code())
            }
        }
    }

    fn run_golden(&self, valid: &Valid, mut world: World) -> Result<u16, String> {
        let mut golden = golden_of(&valid.scenario);
        match self.fault {
            Fault::Golden(change) | Fault::Against(change) => change(&mut golden),
            _ => {}
        }
        let mut golden = golden.abi_encode();
        if let Fault::GoldenEncoding(change) = self.fault {
            change(&mut golden);
        }
        let stored = set_golden(&mut world, &golden);
        if let Fault::Against(_) = self.fault {
            stored.map_err(|code| format!("the golden measurements: {code}"))?;
            return valid.refused(&mut world, &valid.body);
        }
        let score = world
            .verify(&evidence(&valid.body))
            .map(|verified| verified.trust_score);
        assert_eq!(score, Ok(80), "refused golden measurements leave nothing behind");
        stored.err().ok_or("accepted".to_owned())
    }
}

/// Refused collateral leaves nothing behind, so the evidence has none.
fn refused_collateral(valid: &Valid, mut world: World, collateral: &[u8]) -> Result<u16, String> {
    let refused = world.submit(Vendor::Nvidia, collateral).err();
    let verdict = world.verify(&evidence(&valid.body));
    if refused.is_some() && verdict != Err(Rejection::NoCollateral) {
        return Err(format!("the evidence under refused collateral: {verdict:?}"));
    }
    code(refused)
}

fn refused_roots(root: &[u8]) -> Result<u16, String> {
    let call = updateRootCACall {
        vendor: TEEVendor::NVIDIA,
        newRootCA: root.to_vec().into(),
    };
    match World::new(NOW).registry(GOVERNANCE, &call) {
        Ok(_) => Err("accepted".to_owned()),
        Err(output) => Ok(RootCARejected::abi_decode(&output).expect("the error").code),
    }
}
