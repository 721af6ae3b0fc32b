//! The time of each operation of AI mining on its honest inputs, beside ecrecover in the same run: what an
//! operation costs in gas should buy no more time than ecrecover's 3,000 gas do.
//!
//! `cargo bench --bench operations`. A plot of each is in `target/criterion/`.

use aivm::precompiles::mining::Operation;
use aivm_test_support::fuzz::{Harness, seeds};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use revm::precompile::secp256k1::ECRECOVER;
use std::hint::black_box;

/// A signature that recovers: hash, v, r, s (the first vector of Ethereum's ecrecover tests).
const ECRECOVER_INPUT: &str = "18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c\
    000000000000000000000000000000000000000000000000000000000000001c\
    73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f\
    eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549";

fn operations(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("operations");
    let input = aivm_simulator::from_hex(ECRECOVER_INPUT);
    group
        .throughput(Throughput::Elements(3_000))
        .bench_function("ecrecover", |bencher| {
            bencher.iter(|| ECRECOVER.execute(black_box(&input), 3_000, 0).expect("an output"));
        });
    let harness = Harness::new();
    for operation in Operation::ALL {
        for (index, seed) in seeds(operation).iter().enumerate() {
            let gas = aivm_test_support::fuzz::price(Some(operation));
            group.throughput(Throughput::Elements(gas)).bench_function(
                format!("{}/{index}, {} bytes", operation.name(), seed.len()),
                |bencher| bencher.iter(|| harness.run(black_box(seed))),
            );
        }
    }
    group.finish();
}

criterion_group!(benches, operations);
criterion_main!(benches);
