//! The constants of [`ntt`](super::ntt): powers of ζ (FIPS 204, section 7.5 and appendix B), times 2³² for Montgomery
//! multiplication, as representatives of the smallest magnitude, computed by the compiler.

use crate::params::Q;

/// q⁻¹ modulo 2³².
pub(super) const Q_INVERSE: i32 = 58_728_449;

/// 2⁶⁴ / 256: undoes the factor 256 of NTT⁻¹, the factor 2⁻³² that its input has, and that of its own multiplication.
pub(super) const SCALE: i32 = centred(product(power(2, 64), power(256, MODULUS - 2)));

/// The factor of the last layer of NTT⁻¹ and that scale at once.
const SCALED_LAST: i32 = centred(product(
    MODULUS - power(ZETA, bit_reversed(1)),
    product(power(2, 64), power(256, MODULUS - 2)),
));

/// The factors of four layers that combine registers, where all of a register have the same, and of four that combine
/// words of a group, where register i holds word i of each group. Layer n, for n = 0 to 3, has 2ⁿ factors for registers
/// and as many for each group, from index 2ⁿ on.
pub(super) struct Zetas {
    pub(super) of_registers: [i32; 16],
    pub(super) of_groups: [Table; 16],
}

/// A factor for each of 16 groups.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Table {
    pub(super) factors: [i32; 16],
    /// Times q⁻¹ modulo 2³².
    pub(super) by_q_inverse: [i32; 16],
}

/// Those of NTT: factor m of the 255 in Algorithm 41, which goes through them one block after the other.
pub(super) static FORWARD: Zetas = zetas(false);

/// Those of NTT⁻¹: −ζ to the power of BitRev(m), where Algorithm 42 goes through them backwards. That of the last layer
/// has [`SCALE`] in it.
pub(super) static INVERSE: Zetas = {
    let mut inverse = zetas(true);
    inverse.of_registers[1] = SCALED_LAST;
    inverse
};

const MODULUS: u64 = Q.cast_unsigned() as u64;

/// ζ: a 512th root of unity modulo q.
const ZETA: u64 = 1753;

const fn zetas(inverse: bool) -> Zetas {
    let mut zetas = Zetas {
        of_registers: [0; 16],
        of_groups: [Table {
            factors: [0; 16],
            by_q_inverse: [0; 16],
        }; 16],
    };
    let mut i = 1_usize;
    while i < 16 {
        let of_layer = 1 << i.ilog2();
        zetas.of_registers[i] = zeta(of_layer, i - of_layer, inverse);
        let mut group = 0;
        while group < 16 {
            let zeta = zeta(16 * of_layer, of_layer * group + i - of_layer, inverse);
            zetas.of_groups[i].factors[group] = zeta;
            zetas.of_groups[i].by_q_inverse[group] = zeta.wrapping_mul(Q_INVERSE);
            group += 1;
        }
        i += 1;
    }
    zetas
}

/// The factor of a block in the layer that has so many.
const fn zeta(blocks: usize, block: usize, inverse: bool) -> i32 {
    let m = if inverse {
        2 * blocks - 1 - block
    } else {
        blocks + block
    };
    let zeta = power(ZETA, bit_reversed(m as u64));
    let signed = if inverse { MODULUS - zeta } else { zeta };
    centred(product(signed, power(2, 32)))
}

/// BitRev₈ (Algorithm 43).
const fn bit_reversed(m: u64) -> u64 {
    m.reverse_bits() >> 56
}

const fn product(a: u64, b: u64) -> u64 {
    a * b % MODULUS
}

const fn power(base: u64, exponent: u64) -> u64 {
    let (mut result, mut square, mut rest) = (1, base, exponent);
    while rest > 0 {
        if rest % 2 == 1 {
            result = product(result, square);
        }
        square = product(square, square);
        rest /= 2;
    }
    result
}

/// The representative of the smallest magnitude.
const fn centred(a: u64) -> i32 {
    let a = a as i32;
    if a > Q / 2 { a - Q } else { a }
}
