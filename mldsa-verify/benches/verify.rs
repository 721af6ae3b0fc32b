//! How long a verification takes, as a share of what an ECDSA recovery (libsecp256k1, as in revm) takes: one signature
//! alone and 64 in a batch, on one core, with 64 different keys. All are measured in turns, and the minimum counts.

use std::hint::black_box;
use std::time::Instant;

use keys::KeyPair;
use mldsa_verify::{Item, ParameterSet, Path};
use secp256k1::{Message, Secp256k1, SecretKey};

#[path = "../tests/common/keys.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the tests")]
mod keys;

const KEYS: usize = 64;
const ROUNDS: usize = 60;

/// A name, what is measured, and its times.
type Case = (String, Box<dyn Fn()>, Vec<f64>);

fn main() {
    let one_core = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    one_core.expect("a thread").install(measure);
}

/// Cases whose name contains the argument, or all.
fn measure() {
    let only = std::env::args().nth(1).filter(|name| !name.starts_with("--"));
    let mut cases: Vec<Case> = vec![("ecrecover".into(), Box::new(ecrecover()), vec![])];
    for len in [32, 8192] {
        for set in ParameterSet::ALL {
            add(&mut cases, set, len);
        }
    }
    if let Some(only) = only {
        cases.retain(|(name, ..)| name == "ecrecover" || name.contains(&only));
    }
    for _ in 0..ROUNDS {
        for (_, run, times) in &mut cases {
            #[allow(clippy::disallowed_methods, reason = "to measure")]
            let start = Instant::now();
            run();
            times.push(start.elapsed().as_secs_f64() * 1e6 / KEYS as f64);
        }
    }
    for (_, _, times) in &mut cases {
        times.sort_by(f64::total_cmp);
    }
    let of_ecrecover = cases[0].2.clone();
    println!(
        "{:<34}{:>8}{:>8}{:>8}{:>8}",
        "microseconds each", "min", "ratio", "median", "ratio"
    );
    for (name, _, times) in &cases {
        let (min, median) = (times[0], times[ROUNDS / 2]);
        let ratios = (min / of_ecrecover[0], median / of_ecrecover[ROUNDS / 2]);
        println!(
            "{name:<34}{min:>8.2}{:>8.3}{median:>8.2}{:>8.3}",
            ratios.0, ratios.1
        );
    }
}

fn add(cases: &mut Vec<Case>, set: ParameterSet, len: usize) {
    let items: &'static [Item<'static>] = (0..KEYS)
        .map(|i| {
            let key: &KeyPair = Box::leak(Box::new(KeyPair::new(set, [i as u8; 32])));
            let message = vec![i as u8; len].leak();
            key.item(message, key.sign(message, &[]).leak())
        })
        .collect::<Vec<_>>()
        .leak();
    for path in Path::ALL
        .into_iter()
        .filter(|path| path.is_available() && *path != Path::RustCrypto)
    {
        let single = move || {
            items
                .iter()
                .for_each(|item| assert!(path.verify(black_box(item))))
        };
        cases.push((
            format!("{set:?}, {len} bytes, {path:?}"),
            Box::new(single),
            vec![],
        ));
    }
    let batch = move || {
        let verdicts = Path::fastest().verify_batch(black_box(items));
        assert!(verdicts.iter().all(|&valid| valid));
    };
    cases.push((format!("{set:?}, {len} bytes, batch"), Box::new(batch), vec![]));
}

fn ecrecover() -> impl Fn() {
    let secp = Secp256k1::new();
    let message = Message::from_digest([7; 32]);
    let key = SecretKey::from_byte_array([9; 32]).expect("a key");
    let signature = secp.sign_ecdsa_recoverable(message, &key);
    move || {
        (0..KEYS).for_each(|_| {
            assert!(
                secp.recover_ecdsa(black_box(message), black_box(&signature))
                    .is_ok()
            )
        })
    }
}
