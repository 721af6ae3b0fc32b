//! Random stories of registers, renewals, releases, revocations, bans, pauses and time, with proofs that verify for real,
//! in real EVM frames some of which revert; after every step everything that the registry and its trees say is compared
//! with a model made of maps. A story that goes wrong is shrunk to the shortest that does.

#[path = "registry_model/coverage.rs"]
mod coverage;
mod evm;
#[path = "registry_model/inputs.rs"]
mod inputs;
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

use aivm::precompiles::state::tree::{DEVICE_TREE, node_slot};
use alloy_primitives::U256;
use evm::{REGISTRY, chain::Adapter};
use machine::Machine;
use model::Model;
use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};
use std::panic::{AssertUnwindSafe, catch_unwind};
use story::{Attest, Later, Nonce, Op, Step};

/// Stories, and steps in each.
const STORIES: u32 = 200;
const STEPS: usize = 100;

/// What decides the stories.
const SEED: [u8; 32] = *b"attestation registry, stories 1.";

/// What the stories must come to, and how often: else they prove little. Half of what they came to when this was
/// written.
const MUST_HAPPEN: &[(&str, usize)] = &[
    ("ZeroOperator", 82),
    ("attest", 1_955),
    ("attest hybrid", 570),
    ("attested: another's, ended", 424),
    ("attested: another's, just ended", 14),
    ("attested: another's, released", 130),
    ("attested: new", 1_389),
    ("attested: own", 416),
    ("attested: own, ended", 152),
    ("code 1", 44),
    ("code 11", 240),
    ("code 12", 22),
    ("code 13", 907),
    ("code 147", 20),
    ("code 16", 693),
    ("code 17", 90),
    ("code 18", 198),
    ("code 19", 467),
    ("code 20", 330),
    ("code 21", 183),
    ("code 22", 2_117),
    ("code 24", 315),
    ("code 25", 109),
    ("code 26", 11),
    ("code 34", 38),
    ("code 4", 829),
    ("code 41", 34),
    ("code 42", 2),
    ("code 43", 7),
    ("code 430", 5),
    ("code 538", 5),
    ("code 644", 12),
    ("held: another's", 2_085),
    ("held: another's, last second", 32),
    ("pause", 695),
    ("pause: Unauthorized", 41),
    ("questions", 2_000_000),
    ("refresh", 1_980),
    ("refresh: UnknownDevice", 1_521),
    ("release", 409),
    ("release: Unauthorized", 1_535),
    ("release: UnknownDevice", 1_525),
    ("requireAllowlist", 384),
    ("requireAllowlist: Unauthorized", 106),
    ("revoke", 81),
    ("revoke: Unauthorized", 24),
    ("setMeasurement", 911),
    ("setMeasurement: Unauthorized", 298),
    ("setMinTrustScore", 233),
    ("setMinTrustScore: Unauthorized", 67),
    ("setValidity", 253),
    ("setValidity: Unauthorized", 79),
    ("steps", 20_000),
    ("unpause", 860),
    ("unpause: Unauthorized", 150),
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

/// Four records of six slots each, but for the first index, which is zero; two trees of seven nodes; two counts; a root.
const SLOTS_WRITTEN: usize = 4 * 6 - 1 + 2 * 7 + 2 + 1;

/// The comparison is worth something: whichever slot registrations wrote is changed, it is noticed. But for the root's
/// place among the nodes, which only the next registration reads: the root has a slot of its own.
#[test]
fn a_changed_slot_is_noticed() {
    for &adapter in Adapter::ALL {
        let mut model = Model::new(adapter);
        let mut machine = Machine::new(&model);
        let before = machine.chain.disk.accounts[&REGISTRY].storage.clone();
        for device in [0, 3, 7, 10] {
            let step = Step::Direct(Op::Attest(Attest {
                device,
                relayed: None,
                nonce: Nonce::Above(1),
                gpu: Some(0),
                software: 0,
                key: 7,
                flaw: None,
            }));
            model.step(&step);
            machine.step(&model, &step);
        }
        let after = machine.chain.disk.accounts[&REGISTRY].storage.clone();
        let written: Vec<_> = after
            .iter()
            .filter(|(slot, value)| before.get(*slot) != Some(value))
            .collect();
        let wait = Step::Block(Later::Seconds(0));
        let (now, block) = (model.now, model.block);
        model.step(&wait);
        (model.now, model.block) = (now, block);
        machine.step(&model, &wait);
        let mut unnoticed = Vec::new();
        for (slot, value) in &written {
            machine.chain.disk.set_slot(REGISTRY, **slot, **value ^ U256::ONE);
            let noticed = catch_unwind(AssertUnwindSafe(|| machine.step(&model, &wait))).is_err();
            if !noticed {
                unnoticed.push(**slot);
            }
            machine.chain.disk.set_slot(REGISTRY, **slot, **value);
        }
        machine.step(&model, &wait);
        assert_eq!(unnoticed, [node_slot(DEVICE_TREE, 2, 0)]);
        assert_eq!(written.len(), SLOTS_WRITTEN);
    }
}
