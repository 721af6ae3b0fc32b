//! Every case of `aivm bench`, by criterion: `cargo bench -p aivm-bench [-- <filter>]`. Plots are in `target/criterion/`.
//!
//! A group for each operation, which begins with ecrecover, so that what is compared ran in the same minute of the same
//! process. The time of a call is measured as `aivm bench` measures it, without what surrounds it.

use aivm_bench::{
    case::Target,
    cases::{self, Scale},
    measure,
    subject::{Stage, Subject},
};
use criterion::{
    BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime,
};
use std::time::Duration;

fn operations(criterion: &mut Criterion) {
    let cases = cases::all(Scale::FULL);
    let (mut stage, subjects) = measure::prepare(&cases);
    let ecrecover = &subjects[0];
    for target in Target::OURS {
        for operation in target.operations() {
            let mut group = criterion.benchmark_group(format!("{} {operation}", target.name()));
            group
                .warm_up_time(Duration::from_millis(200))
                .measurement_time(Duration::from_secs(1));
            bench(&mut group, &mut stage, ecrecover);
            let of_it =
                |subject: &&Subject| (subject.case.target, subject.case.operation()) == (target, operation);
            for subject in subjects.iter().filter(of_it) {
                bench(&mut group, &mut stage, subject);
            }
            group.finish();
        }
    }
}

fn bench(group: &mut BenchmarkGroup<'_, WallTime>, stage: &mut Stage, subject: &Subject) {
    let name = format!(
        "{}, {:?}, {}",
        subject.case.name(),
        subject.path,
        subject.backend.name()
    );
    let gas = measure::gas(&stage.run(subject, 0).1);
    group
        .throughput(Throughput::Elements(gas))
        .bench_function(name, |bencher| {
            let mut turn = 0;
            bencher.iter_custom(|calls| {
                let calls = turn..turn + usize::try_from(calls).unwrap_or(usize::MAX);
                turn = calls.end;
                calls.map(|turn| stage.run(subject, turn).0).sum()
            });
        });
}

criterion_group!(benches, operations);
criterion_main!(benches);
