//! Many signatures at once.

use crate::{Item, Path};

#[cfg(target_arch = "x86_64")]
use crate::avx512::Avx512;

/// What [`Path::verify`] says of every item, in their order.
#[cfg(not(feature = "rayon"))]
pub(crate) fn verify(path: Path, items: &[Item<'_>]) -> Vec<bool> {
    verify_on_one_core(path, items)
}

/// What [`Path::verify`] says of every item, in their order.
#[cfg(feature = "rayon")]
pub(crate) fn verify(path: Path, items: &[Item<'_>]) -> Vec<bool> {
    use rayon::prelude::*;

    /// As many signatures as there are lanes.
    const LANES: usize = 8;

    let share = items
        .len()
        .div_ceil(rayon::current_num_threads())
        .next_multiple_of(LANES);
    if items.len() <= share {
        return verify_on_one_core(path, items);
    }
    let shares: Vec<_> = items
        .par_chunks(share)
        .map(|share| verify_on_one_core(path, share))
        .collect();
    shares.concat()
}

fn verify_on_one_core(path: Path, items: &[Item<'_>]) -> Vec<bool> {
    #[cfg(target_arch = "x86_64")]
    if path == Path::Avx512
        && let Some(simd) = Avx512::detect()
    {
        let whole: Vec<_> = items.iter().copied().filter(Item::has_valid_lengths).collect();
        let mut verdicts = simd.verify_batch(&whole).into_iter();
        return items
            .iter()
            .map(|item| item.has_valid_lengths() && verdicts.next().unwrap_or(false))
            .collect();
    }
    items.iter().map(|item| path.verify(item)).collect()
}
