//! Many signatures at once: sorted, so that lanes are full and a key that comes often is expanded once, and with the
//! feature `rayon` shared among cores. No verdict depends on the order, on the cores, or on the neighbours.

use core::cmp::Ordering;

use crate::{Item, Path};

#[cfg(target_arch = "x86_64")]
use crate::avx512::Avx512;

/// As many signatures as there are lanes. So few are not shared among cores.
#[cfg(feature = "rayon")]
const LANES: usize = 8;

/// What [`Path::verify`] says of every item, in their order.
pub(crate) fn verify(path: Path, items: &[Item<'_>]) -> Vec<bool> {
    let valid = |(_, item): &(usize, &Item<'_>)| item.has_valid_lengths();
    let mut numbered: Vec<_> = items.iter().enumerate().filter(valid).collect();
    sort(&mut numbered);
    let sorted: Vec<_> = numbered.iter().map(|(_, item)| **item).collect();
    // Wrong lengths have no other verdict than this.
    let mut verdicts = vec![false; items.len()];
    for ((place, _), verdict) in numbered.into_iter().zip(verify_sorted(path, &sorted)) {
        if let Some(slot) = verdicts.get_mut(place) {
            *slot = verdict;
        }
    }
    verdicts
}

/// By set, then by key.
fn order((_, a): &(usize, &Item<'_>), (_, b): &(usize, &Item<'_>)) -> Ordering {
    (a.set, a.public_key).cmp(&(b.set, b.public_key))
}

#[cfg(not(feature = "rayon"))]
fn sort(items: &mut [(usize, &Item<'_>)]) {
    items.sort_unstable_by(order);
}

/// Keys that differ at their ends only take microseconds to compare, so this is work for every core, too.
#[cfg(feature = "rayon")]
fn sort(items: &mut [(usize, &Item<'_>)]) {
    use rayon::slice::ParallelSliceMut;

    if items.len() > LANES {
        items.par_sort_unstable_by(order);
    }
}

#[cfg(not(feature = "rayon"))]
fn verify_sorted(path: Path, items: &[Item<'_>]) -> Vec<bool> {
    verify_on_one_core(path, items)
}

#[cfg(feature = "rayon")]
fn verify_sorted(path: Path, items: &[Item<'_>]) -> Vec<bool> {
    use rayon::prelude::*;

    if items.len() <= LANES {
        return verify_on_one_core(path, items);
    }
    let threads = rayon::current_num_threads();
    if threads == 1 {
        return verify_on_one_core(path, items);
    }
    // Two shares for each, so that a core that is busy elsewhere holds up less.
    let shares = threads.saturating_mul(2);
    let share = items.len().div_ceil(shares).max(1).next_multiple_of(LANES);
    let verdicts: Vec<_> = items
        .par_chunks(share)
        .map(|items| verify_on_one_core(path, items))
        .collect();
    verdicts.concat()
}

/// The items have valid lengths.
fn verify_on_one_core(path: Path, items: &[Item<'_>]) -> Vec<bool> {
    #[cfg(target_arch = "x86_64")]
    if path == Path::Avx512
        && let Some(simd) = Avx512::detect()
    {
        return simd.verify_batch(items);
    }
    items.iter().map(|item| path.verify(item)).collect()
}
