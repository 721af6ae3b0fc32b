//! Random stories of registers, renewals, releases, revocations, bans, pauses and time, with proofs that verify for real,
//! in real EVM frames some of which revert; after every step everything that the registry and its trees say is compared
//! with a model made of maps. A story that goes wrong is shrunk to the shortest that does.

#[path = "registry_model/coverage.rs"]
mod coverage;
mod evm;
#[path = "registry_model/inputs.rs"]
mod inputs;
#[path = "registry_model/judge.rs"]
mod judge;
#[path = "registry_model/machine.rs"]
mod machine;
#[path = "registry_model/model.rs"]
mod model;
#[path = "registry_model/questions.rs"]
mod questions;
#[path = "registry_model/story.rs"]
mod story;
#[path = "registry_model/world.rs"]
mod world;

use aivm::{
    abi::IAttestationRegistry::EvidenceRejected,
    evidence::Vendor,
    precompiles::state::{
        mapping_slot, slots,
        tree::{DEVICE_TREE, node_slot},
    },
};
use alloy_primitives::U256;
use evm::{REGISTRY, chain::Adapter, revert_data};
use machine::Machine;
use model::Model;
use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};
use std::panic::{AssertUnwindSafe, catch_unwind};
use story::{Attest, Frame, Nonce, OPERATORS, Op, Step};

/// Stories, and steps in each.
const STORIES: u32 = 200;
const STEPS: usize = 100;

/// What decides the stories.
const SEED: [u8; 32] = *b"attestation registry, stories 1.";

/// What the stories must come to, and how often: else they prove little. Half of what they came to when this was
/// written.
const MUST_HAPPEN: &[(&str, usize)] = &[
    ("ZeroOperator", 71),
    ("attest", 1_838),
    ("attest hybrid", 427),
    ("attested: another's, ended", 346),
    ("attested: another's, just ended", 10),
    ("attested: another's, released", 110),
    ("attested: new", 1_371),
    ("attested: own", 297),
    ("attested: own, ended", 129),
    ("code 1", 59),
    ("code 11", 242),
    ("code 12", 30),
    ("code 13", 755),
    ("code 147", 21),
    ("code 16", 1_186),
    ("code 17", 70),
    ("code 18", 199),
    ("code 19", 478),
    ("code 20", 337),
    ("code 21", 156),
    ("code 22", 1_817),
    ("code 24", 169),
    ("code 25", 168),
    ("code 26", 7),
    ("code 27", 240),
    ("code 34", 48),
    ("code 4", 749),
    ("code 41", 48),
    ("code 42", 8),
    ("code 43", 10),
    ("code 430", 9),
    ("code 44", 87),
    ("code 538", 6),
    ("code 644", 7),
    ("held: another's", 1_797),
    ("held: another's, last second", 20),
    ("not attested: GPU revoked", 436),
    ("pause", 660),
    ("pause: Unauthorized", 36),
    ("questions", 2_000_000),
    ("refresh", 1_725),
    ("refresh: UnknownDevice", 1_730),
    ("release", 347),
    ("release: Unauthorized", 1_330),
    ("release: UnknownDevice", 1_758),
    ("requireAllowlist", 398),
    ("requireAllowlist: Unauthorized", 121),
    ("revoke", 148),
    ("revoke: Unauthorized", 50),
    ("setMeasurement", 872),
    ("setMeasurement: Unauthorized", 294),
    ("setMinTrustScore", 242),
    ("setMinTrustScore: Unauthorized", 64),
    ("setValidity", 239),
    ("setValidity: Unauthorized", 71),
    ("steps", 20_000),
    ("unpause", 853),
    ("unpause: Unauthorized", 138),
];

/// The registry, and what it must be.
struct Registry;

impl ReferenceStateMachine for Registry {
    type State = Model;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Model> {
        select(Adapter::ALL).prop_map(Model::new).boxed()
    }

    fn transitions(model: &Model) -> BoxedStrategy<Step> {
        story::step(&model.world)
    }

    fn apply(mut model: Model, step: &Step) -> Model {
        model.step(step);
        model
    }
}

impl StateMachineTest for Registry {
    type SystemUnderTest = Machine;
    type Reference = Self;

    fn init_test(model: &Model) -> Machine {
        Machine::new(model)
    }

    fn apply(mut machine: Machine, model: &Model, step: Step) -> Machine {
        machine.step(model, &step);
        coverage::stepped();
        machine
    }
}

fn runner() -> (TestRunner, Config) {
    let config = Config {
        cases: STORIES,
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &SEED);
    (TestRunner::new_with_rng(config.clone(), rng), config)
}

#[test]
fn the_registry_is_what_the_model_says() {
    let (mut runner, config) = runner();
    let stories = Registry::sequential_strategy(STEPS..=STEPS);
    let result = runner.run(&stories, |(model, steps, seen)| {
        Registry::test_sequential(config.clone(), model, steps, seen);
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
    let seen = coverage::take();
    println!("{seen:#?}");
    assert_eq!(seen["steps"], STORIES as usize * STEPS);
    for (name, least) in MUST_HAPPEN {
        let count = seen.get(*name).copied().unwrap_or_default();
        assert!(count >= *least, "{name}: {count}, fewer than {least}");
    }
    let expected = MUST_HAPPEN.iter().map(|(name, _)| *name);
    let unexpected: Vec<_> = seen
        .keys()
        .filter(|name| !expected.clone().any(|other| other == *name))
        .collect();
    assert!(unexpected.is_empty(), "{unexpected:?}");
}

/// Four records of seven slots each, but for the first index, which is zero; four holders of GPUs; two trees of seven
/// nodes; two counts; a root; keys that were verified, of each GPU and of three machines: Arm's have none.
const SLOTS_WRITTEN: usize = 4 * 7 - 1 + 4 + 2 * 7 + 2 + 1 + 4 + 3;

/// A proof of a device that is hybrid by this GPU.
fn hybrid(device: usize, gpu: usize) -> Op {
    Op::Attest(Attest {
        device,
        relayed: None,
        nonce: Nonce::Above(1),
        gpu: Some(gpu as u32),
        software: 0,
        key: 7,
        flaw: None,
    })
}

/// The comparison is worth something: whichever slot registrations wrote is changed, it is noticed. But for the root's
/// place among the nodes, which only the next registration reads: the root has a slot of its own. And but for keys that were
/// verified, on which no answer depends. Who has a GPU is asked by devices that have none.
#[test]
fn a_changed_slot_is_noticed() {
    for &adapter in Adapter::ALL {
        let mut model = Model::new(adapter);
        let mut machine = Machine::new(&model);
        let before = machine.chain.disk.accounts[&REGISTRY].storage.clone();
        for (gpu, device) in [0, 3, 7, 10].into_iter().enumerate() {
            let step = Step::Direct(hybrid(device, gpu));
            model.step(&step);
            machine.step(&model, &step);
        }
        let after = machine.chain.disk.accounts[&REGISTRY].storage.clone();
        let written: Vec<_> = after
            .iter()
            .filter(|(slot, value)| before.get(*slot) != Some(value))
            .collect();
        let others = [1, 4, 8, 11].into_iter().enumerate();
        let ask = Step::Frames {
            frames: vec![Frame {
                actor: OPERATORS[0],
                ops: others.map(|(gpu, device)| hybrid(device, gpu)).collect(),
                reverts: false,
            }],
            reverts: false,
        };
        model.step(&ask);
        let held = revert_data(&EvidenceRejected { code: 27 });
        assert!(model.calls.iter().all(|(_, answer)| *answer == Err(held.clone())));
        machine.step(&model, &ask);
        let disk = machine.chain.disk.clone();
        let mut unnoticed = Vec::new();
        for (slot, value) in &written {
            machine.chain.disk.set_slot(REGISTRY, **slot, **value ^ U256::ONE);
            let noticed = catch_unwind(AssertUnwindSafe(|| machine.step(&model, &ask))).is_err();
            if !noticed {
                unnoticed.push(**slot);
            }
            machine.chain.disk = disk.clone();
        }
        machine.step(&model, &ask);
        let machines = [0, 3, 7, 10].map(|device| model::IDS[device]);
        let gpus = [0, 1, 2, 3].map(|gpu| model::FLEET.device(Vendor::Nvidia, gpu).id);
        let keys = machines.into_iter().chain(gpus);
        let keys = keys.map(|id| mapping_slot(id, slots::VERIFIED_KEYS));
        let mut expected: Vec<_> = keys.filter(|slot| after.contains_key(slot)).collect();
        assert_eq!(expected.len(), 4 + 3);
        expected.push(node_slot(DEVICE_TREE, 2, 0));
        expected.sort();
        assert_eq!(unnoticed, expected);
        assert_eq!(written.len(), SLOTS_WRITTEN);
    }
}
