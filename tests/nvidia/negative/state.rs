//! What state decides: roots, collateral, time, policy.

use super::{cases, packed, world_of};
use crate::common::world::World;
use aivm::{
    abi::IAttestationRegistry::{TEEVendor, pauseCall},
    evidence::Vendor,
};
use aivm_simulator::nvidia::{NOW, Scenario};

cases! {
    /// The valid evidence, on a chain where something is missing or has changed.
    STATE:
    2 "other roots" After(|world, s| world.set_roots(Vendor::Nvidia, &other_root(s))) => 9,
    2 "no roots" After(no_roots) => 5,
    4 "no collateral" After(|world, s| *world = world_of(s, NOW)) => 6,
    4 "collateral of another provisioner CA" After(|world, s| *world = other_provisioner(s)) => 6,
    4 "collateral that is not valid yet" After(|world, s| { world.at(s.provisioner.not_before - 1); }) => 7,
    4 "collateral that has expired" After(expired) => 8,
    4 "a pause" After(|world, _| world.govern(&pauseCall { vendor: TEEVendor::NVIDIA })) => 4,
}

/// A root of the same name with another key.
fn other_root(s: &Scenario) -> Vec<u8> {
    let mut root = s.root.clone();
    root.key = aivm_simulator::nvidia::Key::p384("another root");
    root.self_signed()
}

/// A chain that has no roots of NVIDIA's: its state begins without them.
fn no_roots(world: &mut World, _: &Scenario) {
    world.host = Default::default();
    world.at(NOW);
}

fn other_provisioner(s: &Scenario) -> World {
    let mut other = s.clone();
    super::certificates::common_name(
        &mut other.provisioner,
        &format!("NVIDIA {} Provisioner ICA 2", s.chip.name()),
    );
    let mut world = world_of(s, NOW);
    world.submit(Vendor::Nvidia, &packed(&other)).expect("collateral");
    world
}

/// The record ends before the device's certificates do.
fn expired(world: &mut World, s: &Scenario) {
    let mut short = s.clone();
    short.provisioner.not_after = NOW + 10;
    *world = world_of(&short, NOW);
    world.submit(Vendor::Nvidia, &packed(&short)).expect("collateral");
    world.at(NOW + 11);
}
