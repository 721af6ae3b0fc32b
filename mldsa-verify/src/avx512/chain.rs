//! The serial hashes of Algorithm 8, one permutation after the other: H(c̃) of SampleInBall, tr = H(pk), μ = H(tr ‖ M′),
//! and at last c̃′ = H(μ ‖ w1Encode(w1)), whose rows come while the chain runs.
//!
//! None of them can use lanes, as each permutation needs the one before. But they need nothing of ExpandA, and a
//! permutation alone costs little where eight others run in vector registers ([`permute_8_and_1`]). So the chain offers
//! its next permutation to whoever permutes eight states.

use super::keccak::{State, States, permute, permute_8, permute_8_and_1};
use super::shake256::{DIGEST, PREFIX, RATE, absorb_block, digest, message_prefix};

/// Bytes of w1, encoded, for the largest set, and as many as a store may write too much.
const W1: usize = 1024 + 64;

/// Which hash the chain is at.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Challenge,
    Key,
    Message,
    Commitment,
    Done,
}

/// The hashes of one verification.
pub(super) struct Chain<'a> {
    item: &'a crate::Item<'a>,
    c_tilde: &'a [u8],
    stage: Stage,
    state: State,
    /// How much of the input of this stage has been absorbed.
    position: usize,
    /// Whether the last block of the input has been absorbed.
    ends: bool,
    /// The state after H(c̃).
    challenge: State,
    /// tr ‖ 0 ‖ |ctx| ‖ ctx, then μ.
    prefix: [u8; PREFIX],
    prefix_len: usize,
    w1: [u8; W1],
    w1_len: usize,
    w1_len_expected: usize,
}

impl<'a> Chain<'a> {
    /// `w1_len` is the length of w1, encoded.
    pub(super) fn new(item: &'a crate::Item<'a>, c_tilde: &'a [u8], w1_len: usize) -> Self {
        Self {
            item,
            c_tilde,
            stage: Stage::Challenge,
            state: [0; 25],
            position: 0,
            ends: false,
            challenge: [0; 25],
            prefix: [0; PREFIX],
            prefix_len: 0,
            w1: [0; W1],
            w1_len: 0,
            w1_len_expected: w1_len,
        }
    }

    /// Permutes `states`, and the state of the chain with them where it is its turn.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    pub(super) fn permute_8(&mut self, states: &mut States) {
        if self.absorb() {
            permute_8_and_1(states, &mut self.state);
            self.squeeze();
        } else {
            permute_8(states);
        }
    }

    /// The state of SHAKE256 that gives the bytes of SampleInBall, its first block ready.
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    pub(super) fn challenge(&mut self) -> &State {
        while self.stage == Stage::Challenge {
            self.advance();
        }
        &self.challenge
    }

    /// The rest of w1, to be written from its start, and how many bytes of it the caller has written.
    pub(super) fn w1(&mut self) -> &mut [u8] {
        self.w1.get_mut(self.w1_len..).unwrap_or_default()
    }

    /// Tells that `len` more bytes of w1 are there.
    pub(super) fn w1_written(&mut self, len: usize) {
        self.w1_len += len;
    }

    /// What is left of the chain. Gives c̃′, of which the first λ/4 bytes count.
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    pub(super) fn finish(mut self) -> [u8; DIGEST] {
        while self.advance() {}
        digest(&self.state)
    }

    /// Goes on by one permutation, if its input is there.
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    fn advance(&mut self) -> bool {
        let due = self.absorb();
        if due {
            permute(&mut self.state);
            self.squeeze();
        }
        due
    }

    /// Absorbs the next block, if its input is there: then a permutation is due, and [`Chain::squeeze`] after it.
    fn absorb(&mut self) -> bool {
        let prefix = self.prefix.get(..self.prefix_len).unwrap_or_default();
        let w1 = self.w1.get(..self.w1_len).unwrap_or_default();
        let (head, tail): (&[u8], &[u8]) = match self.stage {
            Stage::Challenge => (self.c_tilde, &[]),
            Stage::Key => (self.item.public_key, &[]),
            Stage::Message => (prefix, self.item.message),
            Stage::Commitment => (prefix, w1),
            Stage::Done => return false,
        };
        let is_whole = self.stage != Stage::Commitment || self.w1_len == self.w1_len_expected;
        let is_there = is_whole || head.len() + tail.len() >= self.position + RATE;
        if is_there {
            self.ends = absorb_block(&mut self.state, head, tail, self.position);
            self.position += RATE;
        }
        is_there
    }

    /// After the permutation: at the end of an input, its hash is the input of the next, or a part of it.
    fn squeeze(&mut self) {
        if !self.ends {
            return;
        }
        self.stage = match self.stage {
            Stage::Challenge => {
                self.challenge = self.state;
                Stage::Key
            }
            Stage::Key => {
                self.prefix_len = message_prefix(&mut self.prefix, &self.state, self.item.context);
                Stage::Message
            }
            Stage::Message => {
                self.prefix_len = DIGEST;
                if let Some(mu) = self.prefix.first_chunk_mut() {
                    *mu = digest(&self.state);
                }
                Stage::Commitment
            }
            Stage::Commitment | Stage::Done => {
                self.stage = Stage::Done;
                return;
            }
        };
        (self.state, self.position, self.ends) = ([0; 25], 0, false);
    }
}
