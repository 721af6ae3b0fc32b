//! Differential fuzzing with keys whose t1 is 0 (see `common/zero_t1.rs`): every path must give the verdict that follows
//! from how the signature was made.
//!
//! It reaches what neither honest signatures nor bit flips reach: coefficients of z on both sides of the bound γ1 − β,
//! hints on coefficients whose r0 is 0 or at the ends of its range, each encoding of a hint that a decoder may read
//! although FIPS 204 refuses it, with a c̃ that matches, and a c̃ that is wrong by one bit and nothing else. Verifiers
//! that pass the vectors of the ACVP have failed here.
//!
//! A round is every defect with every shape and every weight. Each runs alone and in a batch with its whole round.
//! One round in eight goes through all paths and `fips204`, the others through those that are not Rust alone.
//!
//! `AIVM_FUZZ_CASES` sets the number of cases per parameter set, rounded up to whole rounds.

#[path = "../common/mod.rs"]
mod common;
mod draw;

use std::collections::BTreeMap;
use std::ops::AddAssign;

use common::harness::Harness;
use common::reference::{Polynomial, Q, Ring, decompose};
use common::zero_t1::{ZeroT1Key, pack_hint};
use common::{ML_DSA_44, ML_DSA_65, ML_DSA_87, Params, Rng};
use draw::{
    DEFECTS, Defect, SHAPES, Shape, WEIGHTS, Weight, break_commitment, break_norm, draw_hint,
    draw_malformed_hint, draw_z,
};
use mldsa_verify::Item;
use rayon::prelude::*;

/// How many cases a round has.
const ROUND: usize = DEFECTS.len() * SHAPES.len() * WEIGHTS.len();

/// How many cases each parameter set gets, when nobody says otherwise: 120,000 in all.
const DEFAULT_CASES: usize = 40_000;

/// One round in so many goes through the slow verifiers too.
const SAMPLE: usize = 8;

#[expect(
    clippy::disallowed_methods,
    reason = "how much to test may depend on the environment"
)]
fn rounds() -> usize {
    let cases = std::env::var("AIVM_FUZZ_CASES").map_or(DEFAULT_CASES, |cases| {
        cases.parse().expect("AIVM_FUZZ_CASES is a number")
    });
    cases.div_ceil(ROUND)
}

/// What was run.
#[derive(Default)]
struct Tally {
    accepted: usize,
    refused: usize,
    /// How many went through the slow verifiers too.
    everywhere: usize,
    cases: BTreeMap<Defect, usize>,
    /// Hinted coefficients of valid signatures, by what `use_hint` meets there.
    hinted: BTreeMap<&'static str, usize>,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.everywhere += other.everywhere;
        for (defect, count) in other.cases {
            *self.cases.entry(defect).or_default() += count;
        }
        for (class, count) in other.hinted {
            *self.hinted.entry(class).or_default() += count;
        }
    }
}

/// A signature under a key with t1 = 0, and the defect that decides its verdict.
struct Case {
    defect: Defect,
    message: Vec<u8>,
    context: Vec<u8>,
    signature: Vec<u8>,
}

/// A round of one parameter set, with numbers that follow from its index.
struct Round<'a> {
    params: &'a Params,
    ring: &'a Ring,
    rng: Rng,
    tally: Tally,
}

impl<'a> Round<'a> {
    fn new(params: &'a Params, ring: &'a Ring, index: usize) -> Self {
        // An odd multiplier far from 1, so that neighbours have nothing in common.
        let seed =
            (index as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ params.set.public_key_len() as u64;
        let mut rng = Rng::new(seed);
        for _ in 0..8 {
            rng.next();
        }
        Self {
            params,
            ring,
            rng,
            tally: Tally::default(),
        }
    }

    /// Every defect of this shape and weight, under one key.
    fn draw(&mut self, shape: Shape, weight: Weight) -> (ZeroT1Key<'a>, Vec<Case>) {
        let key = ZeroT1Key::new(self.params, self.ring, self.rng.array());
        let cases = DEFECTS.map(|defect| self.draw_case(&key, defect, shape, weight));
        (key, cases.into())
    }

    fn draw_case(&mut self, key: &ZeroT1Key<'_>, defect: Defect, shape: Shape, weight: Weight) -> Case {
        let mut z = draw_z(key, shape, &mut self.rng);
        if defect == Defect::Norm {
            break_norm(self.params, &mut z, &mut self.rng);
        }
        let w = key.w(&z);
        let y = match defect {
            Defect::None | Defect::Norm | Defect::Commitment => {
                let rows = draw_hint(self.params, &w, weight, &mut self.rng);
                self.count_hinted(&w, &rows);
                pack_hint(self.params, &rows)
            }
            _ => draw_malformed_hint(self.params, &w, defect, &mut self.rng),
        };
        let (message, context) = (self.rng.below(300), self.rng.below(2) * self.rng.below(256));
        let (message, context) = (self.rng.bytes(message), self.rng.bytes(context));
        let mut signature = key.sign(&message, &context, &z, &w, &y);
        if defect == Defect::Commitment {
            signature = break_commitment(self.params, &signature, &mut self.rng);
        }
        *self.tally.cases.entry(defect).or_default() += 1;
        Case {
            defect,
            message,
            context,
            signature,
        }
    }

    fn count_hinted(&mut self, w: &[Polynomial], rows: &[Vec<u8>]) {
        let gamma2 = self.params.gamma2;
        for (w, row) in w.iter().zip(rows) {
            for r in row.iter().map(|&j| w[usize::from(j)]) {
                let class = match decompose(gamma2, r) {
                    (0, 0) => "r0 = 0, r1 = 0",
                    (_, 0) => "r0 = 0, r1 > 0",
                    (_, r0) if r0 == gamma2 => "r0 = γ2",
                    (0, _) if r > Q / 2 => "r wraps to r1 = 0",
                    _ => "other",
                };
                *self.tally.hinted.entry(class).or_default() += 1;
            }
        }
    }

    fn run(mut self, everywhere: bool) -> Tally {
        let slots = SHAPES
            .iter()
            .flat_map(|&shape| WEIGHTS.map(|weight| (shape, weight)));
        let groups: Vec<_> = slots.map(|(shape, weight)| self.draw(shape, weight)).collect();
        let mut harness = if everywhere {
            Harness::new()
        } else {
            Harness::fast()
        };
        let (mut items, mut verdicts) = (vec![], vec![]);
        for (key, case) in groups
            .iter()
            .flat_map(|(key, cases)| cases.iter().map(move |case| (key, case)))
        {
            let item = Item {
                context: &case.context,
                ..key.item(&case.message, &case.signature)
            };
            let (valid, what) = (case.defect == Defect::None, format!("{:?}", case.defect));
            harness.check(valid, &item, &what);
            items.push(item);
            verdicts.push(valid);
        }
        harness.check_batch(&verdicts, &items, "a round");
        (self.tally.accepted, self.tally.refused) = harness.counts();
        self.tally.everywhere = if everywhere { items.len() } else { 0 };
        self.tally
    }
}

fn fuzz(params: &Params) {
    let (rounds, ring) = (rounds(), Ring::new());
    let tally = (0..rounds)
        .into_par_iter()
        .map(|index| Round::new(params, &ring, index).run(index % SAMPLE == 0))
        .reduce(Tally::default, |mut left, right| {
            left += right;
            left
        });
    let per_defect = rounds * ROUND / DEFECTS.len();
    for defect in DEFECTS {
        let slots = DEFECTS.iter().filter(|&&d| d == defect).count();
        assert_eq!(tally.cases[&defect], slots * per_defect, "{defect:?}");
    }
    assert_eq!((tally.accepted, tally.refused), (2 * per_defect, 7 * per_defect));
    assert_eq!(tally.everywhere, rounds.div_ceil(SAMPLE) * ROUND);
    let hinted = &tally.hinted;
    assert_eq!(
        hinted.len(),
        5,
        "a class of coefficients never got a hint: {hinted:?}"
    );
    println!("{:?}: {:?}, hinted {hinted:?}", params.set, tally.cases);
}

#[test]
fn ml_dsa_44() {
    fuzz(&ML_DSA_44);
}

#[test]
fn ml_dsa_65() {
    fuzz(&ML_DSA_65);
}

#[test]
fn ml_dsa_87() {
    fuzz(&ML_DSA_87);
}
