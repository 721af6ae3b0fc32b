//! SHAKE256, and what ML-DSA.Verify hashes with it: each input is in two parts.

use super::keccak::State;

/// Bytes of a block.
pub(super) const RATE: usize = 136;

/// Bytes of tr and of μ.
pub(super) const DIGEST: usize = 64;

/// Bytes of tr ‖ 0 ‖ |ctx| ‖ ctx, at most.
pub(super) const PREFIX: usize = DIGEST + 2 + crate::Item::MAX_CONTEXT_LEN;

/// tr ‖ 0 ‖ |ctx| ‖ ctx: what of M′ comes before M (Algorithm 3, pure ML-DSA), after tr. Gives its length.
pub(super) fn message_prefix(prefix: &mut [u8; PREFIX], tr: &State, context: &[u8]) -> usize {
    let (head, tail) = prefix.split_at_mut(DIGEST + 2);
    if let Some((of_tr, of_domain)) = head.split_at_mut_checked(DIGEST) {
        of_tr.copy_from_slice(&digest(tr));
        of_domain.copy_from_slice(&[0, context.len() as u8]);
    }
    if let Some(of_context) = tail.get_mut(..context.len()) {
        of_context.copy_from_slice(context);
    }
    DIGEST + 2 + context.len()
}

/// Xors into `state` the block of `head ‖ tail` that begins at `position`. Whether it is the last.
pub(super) fn absorb_block(state: &mut State, head: &[u8], tail: &[u8], position: usize) -> bool {
    let mut scratch = [0; RATE];
    let (block, is_last) = block_at(head, tail, position, &mut scratch);
    let (words, _) = block.as_chunks();
    for (lane, word) in state.iter_mut().zip(words) {
        *lane ^= u64::from_le_bytes(*word);
    }
    is_last
}

/// The block of `head ‖ tail` that begins at `position`, and whether it is the last: that has the suffix 1111 of SHAKE
/// and the padding (FIPS 202, sections 5.1 and 6.2). A block that is not there as a whole is put together in `scratch`.
pub(super) fn block_at<'a>(
    head: &'a [u8],
    tail: &'a [u8],
    position: usize,
    scratch: &'a mut [u8; RATE],
) -> (&'a [u8; RATE], bool) {
    let of_head = head.get(position..).unwrap_or_default();
    let of_tail = tail
        .get(position.saturating_sub(head.len())..)
        .unwrap_or_default();
    if let Some(block) = of_head.first_chunk() {
        return (block, false);
    }
    if of_head.is_empty()
        && let Some(block) = of_tail.first_chunk()
    {
        return (block, false);
    }
    let (first, second) = scratch.split_at_mut(of_head.len());
    first.copy_from_slice(of_head);
    let len = of_tail.len().min(second.len());
    second[..len].copy_from_slice(&of_tail[..len]);
    let is_last = len < second.len();
    if is_last {
        second[len..].fill(0);
        second[len] = 0x1F;
        scratch[RATE - 1] |= 0x80;
    }
    (scratch, is_last)
}

/// The first 64 bytes that a state gives.
pub(super) fn digest(state: &State) -> [u8; DIGEST] {
    let mut bytes = [0; DIGEST];
    let (words, _) = bytes.as_chunks_mut();
    for (word, lane) in words.iter_mut().zip(state) {
        *word = lane.to_le_bytes();
    }
    bytes
}
