//! tmp
use aivm_bench::{cases, machine::Machine, measure, plot, report, table};
fn main() {
    let secs: u64 = std::env::args().nth(1).unwrap().parse().unwrap();
    let cases = cases::all(cases::Scale::FULL);
    let (mut stage, subjects) = measure::prepare(&cases);
    let times = measure::measure(
        &mut stage,
        &subjects,
        std::time::Duration::from_secs(secs),
        |_, _| (),
    );
    let rows = report::rows(&subjects, &times);
    println!("{}", table::text(&rows, &Machine::this()));
    std::fs::write("/tmp/c.svg", plot::svg(&rows, &Machine::this())).unwrap();
    std::fs::write(
        "/tmp/c.md",
        table::markdown(&rows, &Machine::this(), Some("p.svg")),
    )
    .unwrap();
}
