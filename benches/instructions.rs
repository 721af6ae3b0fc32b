//! Runs a fixed list of cases, for callgrind to count their instructions: `cargo xtask instructions`.
//!
//! Without arguments, prints the names of the list and runs each case once in [`counted`], after two calls that are not
//! counted: the first ones fill caches of the allocator, the database and the libraries. Callgrind is told to write what it
//! counted, and to begin anew, each time that function ends.

use aivm_bench::{
    case::Case,
    cases::{self, Scale},
    measure,
    subject::{Backend, Path, Stage, Subject},
};
use std::{hint::black_box, process::ExitCode, sync::Arc};

/// What is counted: operation and variant, case, way. A change of what any precompile does shows in one of them.
const LIST: [(&str, Path); 25] = [
    ("ecrecover, any accepted", Path::Adapter),
    ("P256VERIFY, any accepted", Path::Adapter),
    ("VerifyMLDSA ML-DSA-44, honest", Path::Bare),
    ("VerifyMLDSA ML-DSA-65, honest", Path::Bare),
    ("VerifyMLDSA ML-DSA-87, worst accepted", Path::Bare),
    ("CalculateReward sovereign, worst accepted", Path::Adapter),
    ("IsSpent, any accepted", Path::Adapter),
    ("IsSpent, any accepted", Path::Bare),
    ("ComputeWorkId, honest", Path::Adapter),
    ("MarkSpent, any accepted", Path::Adapter),
    ("VerifyTEE SGX, new device, honest", Path::Bare),
    ("VerifyTEE TDX, new device, honest", Path::Adapter),
    ("VerifyTEE TDX, known device, honest", Path::Adapter),
    ("VerifyTEE SEV-SNP, new device, honest", Path::Bare),
    ("VerifyTEE NVIDIA, new device, worst accepted", Path::Bare),
    ("VerifyTEE Arm CCA, new device, worst accepted", Path::Bare),
    (
        "verifyAttestation TDX + NVIDIA, new device, honest",
        Path::Adapter,
    ),
    ("verifyAttestation SGX, known device, honest", Path::Bare),
    (
        "verifyAttestation TDX + NVIDIA, known device, honest",
        Path::Adapter,
    ),
    ("submitCollateral TDX, worst accepted", Path::Bare),
    ("refresh, worst accepted", Path::Adapter),
    ("getMerkleProof, any accepted", Path::Adapter),
    ("updateRoot 10 signatures, honest", Path::Bare),
    ("verifyDeviceProof, any accepted", Path::Bare),
    ("committee, any accepted", Path::Adapter),
];

/// What is counted: the call and nothing else. Its name is what callgrind is told to look for.
#[inline(never)]
fn counted(call: &mut dyn FnMut()) {
    black_box(call)();
}

fn main() -> ExitCode {
    let cases = cases::all(Scale::SMALL);
    let find = |name: &str| -> Option<&Arc<Case>> { cases.iter().find(|case| case.name() == name) };
    let mut stage = Stage::new(cases.iter().map(|case| &**case));
    for (name, path) in LIST {
        let Some(case) = find(name) else {
            eprintln!("no case is called {name:?}: mend the list in benches/instructions.rs");
            return ExitCode::FAILURE;
        };
        let subject = Subject::new(case, path, Backend::Portable);
        let faults = measure::check(&mut stage, std::slice::from_ref(&subject));
        if let Some(fault) = faults.first() {
            eprintln!("{fault}");
            return ExitCode::FAILURE;
        }
        stage.run(&subject, 0);
        stage.run(&subject, 1);
        println!("{name}, {path:?}");
        stage.run_in(&subject, 2, counted);
    }
    ExitCode::SUCCESS
}
