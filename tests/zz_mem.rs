mod common;
#[path = "nvidia/negative/mod.rs"]
#[allow(dead_code, unused)]
mod negative;
#[path = "nvidia/samples.rs"]
mod samples;
use aivm::evidence::*;
use aivm_simulator::{nvidia::*, x509::Extension};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use alloy_sol_types::{SolCall,SolValue};
#[global_allocator]
static A: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;
use std::alloc::System as _;
fn measure(name: &str, world: &mut common::world::World, to: alloy_primitives::Address, caller: alloy_primitives::Address, input: &[u8]) {
    let aivm = aivm::Aivm::default();
    let mut host = world.host.clone();
    let call = aivm::Call { input, gas_limit: 30_000_000, caller, value: Default::default(), is_static: false, is_direct: true };
    let r = Region::new(A);
    let out = aivm.call(to, &mut host, &call);
    let s = r.change();
    drop(out);
    println!("{name}: input {} allocated {} (+re {}) limit {}", input.len(), s.bytes_allocated, s.bytes_reallocated, 4*input.len()+65536);
}
#[test]
fn mem() {
    let cfg = aivm::Config::default();
    let mut s = Scenario::new(Chip::Gh100);
    let mut w = negative::furnished(&s, NOW);
    let ev = |s: &Scenario| [&[3u8][..], &negative::evidence_of(s), &s.report.nonce].concat();
    measure("valid", &mut w, cfg.addresses.mining, common::world::ANYONE, &ev(&s));
    let oids = ["1.2.3.1","1.2.3.2","1.2.3.3","1.2.3.4","1.2.3.5","1.2.3.6","1.2.3.7","1.2.3.8","1.2.3.9","1.2.3.10","1.2.3.11","1.2.3.12","1.2.3.13","1.2.3.14","1.2.3.15","1.2.3.16","1.2.3.17","1.2.3.18","1.2.3.19","1.2.3.20","1.2.3.21","1.2.3.22","1.2.3.23","1.2.3.24","1.2.3.25","1.2.3.26","1.2.3.27","1.2.3.28","1.2.3.29","1.2.3.30","1.2.3.31","1.2.3.32","1.2.3.33","1.2.3.34","1.2.3.35","1.2.3.36","1.2.3.37","1.2.3.38","1.2.3.39","1.2.3.40","1.2.3.41","1.2.3.42","1.2.3.43","1.2.3.44","1.2.3.45","1.2.3.46"];
    let mut i = 0;
    while s.leaf_der().len() + s.brom_der().len() < 2048 - 20 && i < oids.len() { s.leaf.extensions.push(Extension::new(oids[i], false, vec![])); i += 1; }
    println!("{i} extensions {}", s.leaf_der().len() + s.brom_der().len());
    measure("many ext", &mut w, cfg.addresses.mining, common::world::ANYONE, &ev(&s));
    let small = Scenario::new(Chip::Gh100);
    let mut t = s.clone(); t.report.blocks.truncate(1); t.report.opaque.retain(|o| [3,6].contains(&o.number));
    measure("many ext, short report", &mut w, cfg.addresses.mining, common::world::ANYONE, &ev(&t));
    // names
    let mut t = small.clone(); t.report.blocks.truncate(1); t.report.opaque.retain(|o| [3,6].contains(&o.number)); t.leaf_fwid = LeafFwid::Absent;
    let mut k = 0;
    while t.leaf_der().len() + t.brom_der().len() < 2048 - 20 { t.leaf.subject.attributes.push(("2.5.4.1", aivm_simulator::x509::Text::Raw(vec![5,0]))); k += 1; }
    println!("{k} attributes");
    measure("many names", &mut w, cfg.addresses.mining, common::world::ANYONE, &ev(&t));
    let san = |n: usize| { let mut v = vec![]; for _ in 0..n { v.extend([0x82,0]); } aivm_simulator::der::element(0x30, &v) };
    let mut t = small.clone(); t.report.blocks.truncate(1); t.report.opaque.retain(|o| [3,6].contains(&o.number)); t.leaf_fwid = LeafFwid::Absent;
    t.leaf.extensions.clear();
    let mut n = 10; loop { t.leaf.extensions = vec![Extension::new("2.5.29.17", false, san(n))]; if t.leaf_der().len()+t.brom_der().len() > 2040 { break } n += 2; }
    measure("many general names", &mut w, cfg.addresses.mining, common::world::ANYONE, &ev(&t));
    let col = aivm::abi::IAttestationRegistry::submitCollateralCall { vendor: aivm::abi::IAttestationRegistry::TEEVendor::NVIDIA, collateral: negative::packed(&small).into() }.abi_encode();
    let mut w2 = negative::world_of(&small, NOW);
    measure("collateral", &mut w2, cfg.addresses.registry, common::world::ANYONE, &col);
    for n in [1usize, 8] {
    let mut g = negative::golden_of(&small);
    for m in g.driver.iter_mut().chain(g.vbios.iter_mut()) { m.digests = vec![vec![1;48].into(); n]; }
    let gol = aivm::abi::IAttestationRegistry::setGoldenMeasurementCall { vendor: aivm::abi::IAttestationRegistry::TEEVendor::NVIDIA, golden: g.abi_encode().into() }.abi_encode();
    measure("golden", &mut w, cfg.addresses.registry, common::world::GOVERNANCE, &gol);
    negative::set_golden(&mut w, &g.abi_encode()).unwrap();
    measure("valid under golden", &mut w, cfg.addresses.mining, common::world::ANYONE, &ev(&small));
    }
}
