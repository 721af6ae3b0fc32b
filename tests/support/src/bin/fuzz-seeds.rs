//! Writes honest payloads of every operation, honest inputs of every format, and honest calls of every function into
//! `corpus/<target>/`, below the folder that is its argument.

use aivm::precompiles::mining::Operation;
use aivm_test_support::{
    calls::{self, CONTRACTS},
    formats::{self, FORMATS},
    fuzz::seeds,
};
use std::{env, fs, io, path::Path};

const TARGETS: [(&str, Operation); 8] = [
    ("verify_mldsa", Operation::VerifyMldsa),
    ("calculate_reward", Operation::CalculateReward),
    ("verify_tee", Operation::VerifyTee),
    ("is_spent", Operation::IsSpent),
    ("compute_work_id", Operation::ComputeWorkId),
    ("mark_spent", Operation::MarkSpent),
    ("set_authorized", Operation::SetAuthorized),
    ("is_authorized", Operation::IsAuthorized),
];

fn main() -> io::Result<()> {
    let corpus = env::args_os().nth(1).unwrap_or_else(|| "corpus".into());
    for (target, operation) in TARGETS {
        let payloads = seeds(operation).into_iter().map(|seed| seed[1..].to_vec());
        write(Path::new(&corpus), target, payloads)?;
    }
    for (target, format) in FORMATS {
        write(Path::new(&corpus), target, formats::seeds(format))?;
    }
    for (target, contract) in CONTRACTS {
        write(Path::new(&corpus), target, calls::seeds(contract))?;
    }
    Ok(())
}

fn write(corpus: &Path, target: &str, seeds: impl IntoIterator<Item = Vec<u8>>) -> io::Result<()> {
    let folder = corpus.join(target);
    fs::create_dir_all(&folder)?;
    for (index, seed) in seeds.into_iter().enumerate() {
        fs::write(folder.join(format!("seed-{index}")), seed)?;
    }
    Ok(())
}
