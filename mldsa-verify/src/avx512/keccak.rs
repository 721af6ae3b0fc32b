//! Keccak-p[1600, 24] (FIPS 202, section 3): on one state or eight in the 64-bit lanes of vector registers, and on eight
//! there with one more in scalar registers, which costs little more than the eight alone, as they want different ports.
//!
//! Lane `x + 5y` of a state is A[x, y] there. A round is written row by row: 25 registers hold the lanes, 5 hold D of θ,
//! and each row of the result needs the five lanes that no other row needs, so that the state of eight stays in the 32
//! registers there are.

use core::arch::x86_64::{
    __m512i, _mm_cvtsi128_si64, _mm512_castsi512_si128, _mm512_rol_epi64, _mm512_set1_epi64,
    _mm512_setzero_si512, _mm512_ternarylogic_epi64, _mm512_xor_si512,
};
use core::hint::black_box;

/// One state.
pub(super) type State = [u64; 25];

/// Eight states: element i has lane i of all.
pub(super) type States = [__m512i; 25];

/// RC of ι, by round.
#[rustfmt::skip]
pub(super) const ROUND_CONSTANTS: [u64; 24] = [
    0x0000_0000_0000_0001, 0x0000_0000_0000_8082, 0x8000_0000_0000_808A, 0x8000_0000_8000_8000,
    0x0000_0000_0000_808B, 0x0000_0000_8000_0001, 0x8000_0000_8000_8081, 0x8000_0000_0000_8009,
    0x0000_0000_0000_008A, 0x0000_0000_0000_0088, 0x0000_0000_8000_8009, 0x0000_0000_8000_000A,
    0x0000_0000_8000_808B, 0x8000_0000_0000_008B, 0x8000_0000_0000_8089, 0x8000_0000_0000_8003,
    0x8000_0000_0000_8002, 0x8000_0000_0000_0080, 0x0000_0000_0000_800A, 0x8000_0000_8000_000A,
    0x8000_0000_8000_8081, 0x8000_0000_0000_8080, 0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
];

/// What a round consists of, on one state.
macro_rules! scalar {
    (parity $a:expr, $b:expr, $c:expr, $d:expr, $e:expr) => {
        $a ^ $b ^ $c ^ $d ^ $e
    };
    (xor $a:expr, $b:expr) => {
        $a ^ $b
    };
    (rotate $a:expr, $by:literal) => {
        $a.rotate_left($by)
    };
    (chi $a:expr, $b:expr, $c:expr) => {
        $a ^ (!$b & $c)
    };
    (constant $rc:expr) => {
        $rc
    };
}

/// What a round consists of, on eight states. The numbers are the truth tables of a ⊕ b ⊕ c and of a ⊕ (¬b ∧ c).
macro_rules! vector {
    (parity $a:expr, $b:expr, $c:expr, $d:expr, $e:expr) => {
        _mm512_ternarylogic_epi64::<0x96>(_mm512_ternarylogic_epi64::<0x96>($a, $b, $c), $d, $e)
    };
    (xor $a:expr, $b:expr) => {
        _mm512_xor_si512($a, $b)
    };
    (rotate $a:expr, $by:literal) => {
        _mm512_rol_epi64::<$by>($a)
    };
    (chi $a:expr, $b:expr, $c:expr) => {
        _mm512_ternarylogic_epi64::<0xD2>($a, $b, $c)
    };
    (constant $rc:expr) => {
        _mm512_set1_epi64($rc.cast_signed())
    };
}

/// A row of the result: θ, ρ and π of the five lanes that it comes from, each with the offset of its rotation, and χ.
macro_rules! row {
    ($op:ident $a:ident $d:ident: $($lane:literal <<< $by:literal),*) => {{
        let b = [$($op!(rotate $op!(xor $a[$lane], $d[$lane % 5]), $by)),*];
        [
            $op!(chi b[0], b[1], b[2]),
            $op!(chi b[1], b[2], b[3]),
            $op!(chi b[2], b[3], b[4]),
            $op!(chi b[3], b[4], b[0]),
            $op!(chi b[4], b[0], b[1]),
        ]
    }};
}

/// A round of state `a`.
macro_rules! round {
    ($op:ident $a:ident, $rc:expr) => {{
        let c = [
            $op!(parity $a[0], $a[5], $a[10], $a[15], $a[20]),
            $op!(parity $a[1], $a[6], $a[11], $a[16], $a[21]),
            $op!(parity $a[2], $a[7], $a[12], $a[17], $a[22]),
            $op!(parity $a[3], $a[8], $a[13], $a[18], $a[23]),
            $op!(parity $a[4], $a[9], $a[14], $a[19], $a[24]),
        ];
        let d = [
            $op!(xor c[4], $op!(rotate c[1], 1)),
            $op!(xor c[0], $op!(rotate c[2], 1)),
            $op!(xor c[1], $op!(rotate c[3], 1)),
            $op!(xor c[2], $op!(rotate c[4], 1)),
            $op!(xor c[3], $op!(rotate c[0], 1)),
        ];
        let [a0, a1, a2, a3, a4] = row!($op $a d: 0 <<< 0, 6 <<< 44, 12 <<< 43, 18 <<< 21, 24 <<< 14);
        let a0 = $op!(xor a0, $op!(constant $rc));
        let [a5, a6, a7, a8, a9] = row!($op $a d: 3 <<< 28, 9 <<< 20, 10 <<< 3, 16 <<< 45, 22 <<< 61);
        let [a10, a11, a12, a13, a14] = row!($op $a d: 1 <<< 1, 7 <<< 6, 13 <<< 25, 19 <<< 8, 20 <<< 18);
        let [a15, a16, a17, a18, a19] = row!($op $a d: 4 <<< 27, 5 <<< 36, 11 <<< 10, 17 <<< 15, 23 <<< 56);
        let [a20, a21, a22, a23, a24] = row!($op $a d: 2 <<< 62, 8 <<< 55, 14 <<< 39, 15 <<< 41, 21 <<< 2);
        [
            a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22,
            a23, a24,
        ]
    }};
}

/// No state is anything yet.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn zero_states() -> States {
    [_mm512_setzero_si512(); 25]
}

/// Permutes one state, in one lane of vector registers: they hold it whole, and χ takes one instruction there instead of
/// two, which makes this a sixth faster than scalar registers.
#[inline(never)]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn permute(state: &mut State) {
    // Loops, as closures in `map` are calls through memory in builds without link-time optimisation.
    let mut a = zero_states();
    for (lane, word) in a.iter_mut().zip(&*state) {
        *lane = _mm512_set1_epi64(word.cast_signed());
    }
    for &rc in &ROUND_CONSTANTS {
        a = round!(vector a, rc);
    }
    for (word, lane) in state.iter_mut().zip(a) {
        *word = _mm_cvtsi128_si64(_mm512_castsi512_si128(lane)).cast_unsigned();
    }
}

/// Permutes eight states.
#[inline(never)]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn permute_8(states: &mut States) {
    let mut a = *states;
    for &rc in &ROUND_CONSTANTS {
        a = round!(vector a, rc);
    }
    *states = a;
}

/// Permutes eight states and one more.
#[inline(never)]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn permute_8_and_1(states: &mut States, state: &mut State) {
    let mut a = *states;
    let mut b = *state;
    for &rc in &ROUND_CONSTANTS {
        a = round!(vector a, rc);
        b = round!(scalar b, rc);
    }
    *states = a;
    for (lane, b) in state.iter_mut().zip(b) {
        *lane = black_box(b);
    }
}
