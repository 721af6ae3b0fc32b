//! tmp
use aivm_bench::{cases, measure, report};
fn main() {
    let secs: u64 = std::env::args().nth(1).unwrap().parse().unwrap();
    let t = std::time::Instant::now();
    let cases = cases::all(cases::Scale::FULL);
    eprintln!("cases {:?}", t.elapsed());
    let (mut stage, subjects) = measure::prepare(&cases);
    eprintln!("stage {:?}", t.elapsed());
    let times = measure::measure(&mut stage, &subjects, std::time::Duration::from_secs(secs), |a,b| eprintln!("{a}/{b} {:?}", t.elapsed()));
    for r in report::rows(&subjects, &times) {
        println!("{:9} {:60} {:8?} {:11} {:>8} {:>9} {:>8.2} {:>8.2} {:>8.2} {:>8.1} {:>7.3} {:>7.3} {}", r.precompile, r.name(), r.path, r.backend.name(), r.bytes, r.gas, r.p10, r.micros, r.p90, r.mgas_per_s, r.ratio_to_ecrecover, r.least_ratio, if r.is_below() {"BELOW"} else {""});
    }
}
