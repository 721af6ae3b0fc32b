//! How the parts of a signature are drawn.

use crate::common::reference::{Polynomial, Q, decompose, divide};
use crate::common::zero_t1::{ZeroT1Key, pack_hint};
use crate::common::{Params, Rng, flip};

/// What is wrong with a signature; never more than one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Defect {
    None,
    /// A coefficient of z at or beyond γ1 − β.
    Norm,
    /// One bit of c̃. Under t1 = 0 all else comes out the same, so only the comparison of that byte can tell.
    Commitment,
    /// Two indices of a row in descending order.
    Order,
    /// An index twice in its row.
    Repeat,
    /// A byte other than 0 after the last index.
    Padding,
    /// More than ω indices, in ascending order all the same.
    CountAboveOmega,
    /// A row that ends before it starts.
    CountDecreases,
}

pub(crate) const DEFECTS: [Defect; 9] = [
    Defect::None,
    Defect::None,
    Defect::Norm,
    Defect::Commitment,
    Defect::Order,
    Defect::Repeat,
    Defect::Padding,
    Defect::CountAboveOmega,
    Defect::CountDecreases,
];

/// How z is drawn within its bound.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    Uniform,
    /// Every coefficient is ±(γ1 − β − 1).
    AtBound,
    /// The same, and with one sign for every polynomial: sums that were not reduced grow most.
    OneSign,
    /// One coefficient is not 0, chosen so that a coefficient of w is at an edge of `use_hint`.
    Edge,
    /// w is 0, and so is every r0.
    Zero,
}

pub(crate) const SHAPES: [Shape; 5] = [
    Shape::Uniform,
    Shape::AtBound,
    Shape::OneSign,
    Shape::Edge,
    Shape::Zero,
];

/// How many indices a hint has.
#[derive(Clone, Copy)]
pub(crate) enum Weight {
    None,
    Some,
    /// ω.
    Full,
}

pub(crate) const WEIGHTS: [Weight; 3] = [Weight::None, Weight::Some, Weight::Full];

pub(crate) fn draw_z(key: &ZeroT1Key<'_>, shape: Shape, rng: &mut Rng) -> Vec<Polynomial> {
    let params = key.params;
    let largest = params.gamma1 - params.beta - 1;
    let mut z = vec![[0; 256]; params.l];
    match shape {
        Shape::Uniform => z.iter_mut().flatten().for_each(|x| *x = rng.within(largest)),
        Shape::AtBound => z.iter_mut().flatten().for_each(|x| *x = largest * sign(rng)),
        Shape::OneSign => z.iter_mut().for_each(|z| *z = [largest * sign(rng); 256]),
        Shape::Edge => {
            let (row, column) = (rng.below(params.k), rng.below(params.l));
            let a = key.entry_of_a(row, column);
            z[column][rng.below(256)] = loop {
                let x = divide(draw_edge(params.gamma2, rng), a[rng.below(256)]);
                if x.abs() <= largest {
                    break x;
                }
            };
        }
        Shape::Zero => {}
    }
    z
}

pub(crate) fn break_norm(params: &Params, z: &mut [Polynomial], rng: &mut Rng) {
    let bound = params.gamma1 - params.beta;
    // BitPack reaches from −γ1 + 1 to γ1.
    let beyond = [
        bound,
        -bound,
        bound + 1,
        -bound - 1,
        params.gamma1,
        1 - params.gamma1,
    ];
    z[rng.below(params.l)][rng.below(256)] = beyond[rng.below(beyond.len())];
}

/// `signature` with a bit of c̃ flipped.
pub(crate) fn break_commitment(params: &Params, signature: &[u8], rng: &mut Rng) -> Vec<u8> {
    flip(signature, rng.below(8 * params.c_tilde_len))
}

/// An r for which [`is_edge`] holds.
fn draw_edge(gamma2: i32, rng: &mut Rng) -> i32 {
    let offsets = [-gamma2, 1 - gamma2, -1, 0, 0, 0, 1, gamma2 - 1, gamma2];
    let r1 = rng.below(((Q - 1) / (2 * gamma2)) as usize) as i32;
    (2 * gamma2 * r1 + offsets[rng.below(offsets.len())]).rem_euclid(Q)
}

fn sign(rng: &mut Rng) -> i32 {
    if rng.below(2) == 0 { 1 } else { -1 }
}

/// Ascending indices for every row, coefficients at the edges of `use_hint` before others.
pub(crate) fn draw_hint(params: &Params, w: &[Polynomial], weight: Weight, rng: &mut Rng) -> Vec<Vec<u8>> {
    let mut rows = vec![vec![]; params.k];
    let (limit, one_in) = match weight {
        Weight::None => return rows,
        Weight::Some => (params.omega - 2, 40),
        Weight::Full => (params.omega, 1),
    };
    let positions = (0..params.k).flat_map(|i| (0..=255).map(move |j| (i, j)));
    let (edges, others): (Vec<_>, Vec<_>) =
        positions.partition(|&(i, j)| is_edge(params.gamma2, w[i][usize::from(j)]));
    let chosen = edges.len().min(limit / 2);
    // Starting anywhere, so that a full hint does not end within the first rows.
    let (first_edge, first_other) = (rng.below(edges.len().max(1)), rng.below(others.len().max(1)));
    let edges = edges.iter().cycle().skip(first_edge).take(chosen);
    let others = others
        .iter()
        .cycle()
        .skip(first_other)
        .take(others.len())
        .filter(|_| rng.below(one_in) == 0);
    for &(i, j) in edges.chain(others).take(limit) {
        rows[i].push(j);
    }
    rows.iter_mut().for_each(|row| row.sort_unstable());
    rows
}

/// r0 is 0, next to 0 or at an end of its range; or r is.
fn is_edge(gamma2: i32, r: i32) -> bool {
    let (_, r0) = decompose(gamma2, r);
    r0.abs() <= 1 || r0.abs() >= gamma2 - 1 || r == Q - 1
}

/// An encoded hint with the given defect and no other.
pub(crate) fn draw_malformed_hint(
    params: &Params,
    w: &[Polynomial],
    defect: Defect,
    rng: &mut Rng,
) -> Vec<u8> {
    let (omega, k) = (params.omega, params.k);
    match defect {
        Defect::CountAboveOmega => return count_above_omega(params, rng),
        Defect::CountDecreases => return count_decreases(params, rng),
        _ => {}
    }
    let rows = loop {
        let rows = draw_hint(params, w, Weight::Some, rng);
        if rows.iter().any(|row| row.len() >= 2) {
            break rows;
        }
    };
    let mut y = pack_hint(params, &rows);
    let row = rows.iter().position(|row| row.len() >= 2).unwrap();
    let first: usize = rows[..row].iter().map(Vec::len).sum();
    let weight = usize::from(y[omega + k - 1]);
    match defect {
        Defect::Order => y.swap(first, first + 1),
        Defect::Repeat => {
            y.copy_within(first..weight, first + 1);
            y[omega + row..].iter_mut().for_each(|count| *count += 1);
        }
        _ => {
            let values = [1 << rng.below(8), 1 + rng.below(255) as u8];
            y[weight + rng.below(omega - weight)] = values[rng.below(2)];
        }
    }
    y
}

/// The bytes after the ω indices are counts: with more indices in row 0 than the last index of the last row,
/// its count reads as one more index in ascending order.
fn count_above_omega(params: &Params, rng: &mut Rng) -> Vec<u8> {
    let last_row = 1 + rng.below(8);
    let first_row = params.omega - last_row;
    let mut rows = vec![vec![]; params.k];
    rows[0] = ascending(first_row, 256, rng);
    rows[params.k - 1] = ascending(last_row, first_row, rng);
    let mut y = pack_hint(params, &rows);
    y[params.omega + params.k - 1] += 1;
    y
}

/// Row 1 ends one index before row 0 does, and row 2 takes that index.
fn count_decreases(params: &Params, rng: &mut Rng) -> Vec<u8> {
    let mut rows = vec![vec![]; params.k];
    rows[0] = ascending(1 + rng.below(params.omega), 256, rng);
    let mut y = pack_hint(params, &rows);
    y[params.omega + 1] -= 1;
    y
}

/// `count` different indices below `bound`, ascending.
fn ascending(count: usize, bound: usize, rng: &mut Rng) -> Vec<u8> {
    let mut indices = std::collections::BTreeSet::new();
    while indices.len() < count {
        indices.insert(rng.below(bound) as u8);
    }
    indices.into_iter().collect()
}
