//! The edges of the range and of domains.

use super::super::{Enclosure, decided};
use super::exact;
use crate::scalar::{Rational, Scalar};
use num_traits::{Float, NumCast, Zero};

const TINY: f64 = f64::from_bits(1);

fn point(x: f64) -> Enclosure {
    Enclosure::exact(x)
}

fn ends(x: Enclosure) -> (f64, f64) {
    (x.low(), x.high())
}

fn is_unknown(x: Enclosure) -> bool {
    ends(x) == (f64::NEG_INFINITY, f64::INFINITY)
}

#[test]
fn below_the_normal_range() {
    assert_eq!(ends(point(TINY) * point(0.5)), (0.0, TINY));
    assert_eq!(ends(point(-TINY) * point(0.5)), (-TINY, 0.0));
    assert_eq!(ends(point(TINY) / point(2.0)), (0.0, TINY));
    assert_eq!(ends(point(TINY) / point(-2.0)), (-TINY, 0.0));
    // Sums of subnormal numbers do not round.
    assert_eq!(ends(point(TINY) + point(TINY)), (2.0 * TINY, 2.0 * TINY));
    let square = point(1e-200) * point(1e-200);
    assert_eq!(ends(square), (0.0, TINY));
    // A product that is exact, but whose error term could not be seen.
    let halved = point(f64::MIN_POSITIVE) * point(0.5);
    assert!(halved.contains(f64::MIN_POSITIVE / 2.0) && halved.low() > 0.0);
    assert_eq!(ends(Enclosure::of(&(exact(TINY) / Rational::ratio(3, 1)))), (0.0, TINY));
    assert_eq!(ends(Enclosure::of(&(exact(-TINY) / Rational::ratio(3, 1)))), (-TINY, 0.0));
    assert_eq!(ends(Float::exp(point(-800.0))), (0.0, TINY));
    // e^{−745} is half of the smallest number to within its digits; e^{−745.2} is below it.
    let e = Float::exp(point(-745.0));
    assert!(e.low() <= TINY && e.high() <= 2.0 * TINY && e.high() >= TINY);
    assert_eq!(ends(Float::exp(point(-745.2))), (0.0, TINY));
    assert_eq!(ends(Float::sqrt(point(TINY))), {
        let root = TINY.sqrt();
        (root.next_down(), root.next_up())
    });
}

#[test]
fn beyond_the_largest_number() {
    let (most, beyond) = (f64::MAX, f64::INFINITY);
    assert_eq!(ends(point(most) + point(most)), (most, beyond));
    assert_eq!(ends(point(-most) - point(most)), (-beyond, -most));
    assert_eq!(ends(point(most) * point(2.0)), (most, beyond));
    assert_eq!(ends(point(most) / point(-0.5)), (-beyond, -most));
    assert_eq!(ends(Float::exp(point(710.0))).1, beyond);
    assert_eq!(ends(Float::exp(point(1e300))), (most, beyond));
    assert_eq!(ends(Float::exp_m1(point(1e300))), (most, beyond));
    assert!(Float::exp(point(709.0)).high() < beyond);
    // 709.78271… is the logarithm of the largest number.
    let e = Float::exp(point(709.7827128933841));
    assert!(e.low() <= most && e.high() == beyond, "{e}");
    let large = Enclosure::of(&(exact(most) * Rational::ratio(2, 1)));
    assert_eq!(ends(large), (most, beyond));
    // What is unbounded stays so, and zero times it is zero.
    let wide = point(most) + point(most);
    assert_eq!(ends(wide * point(0.0)), (0.0, 0.0));
    assert_eq!(ends(wide - wide), (-beyond, beyond));
    assert_eq!(ends(point(1.0) / wide), (0.0, 1.0 / most + TINY));
    assert_eq!(ends(wide / wide), (0.0, beyond));
    assert_eq!(Float::ln(wide).high(), beyond);
    assert!(decided(|| wide.is_number()).is_err());
}

#[test]
fn signed_zeros_are_zero() {
    for zero in [point(-0.0), -point(0.0), point(-0.0) * point(-3.0), point(0.0) / point(-3.0)] {
        assert_eq!(zero.low().to_bits(), 0);
        assert_eq!(zero.high().to_bits(), 0);
        assert_eq!(decided(|| zero.is_zero()), Ok(true));
    }
    assert!(is_unknown(point(1.0) / point(-0.0)));
    assert_eq!(decided(|| Enclosure::between(-0.0, 0.0) < point(0.0)), Ok(false));
}

#[test]
fn outside_a_domain_nothing_is_known() {
    for divisor in [point(0.0), Enclosure::between(-1.0, 1.0), Enclosure::between(0.0, 1.0)] {
        assert!(is_unknown(point(1.0) / divisor) && is_unknown(point(0.0) / divisor));
    }
    for argument in
        [point(0.0), point(-1.0), Enclosure::between(0.0, 1.0), Enclosure::between(-1.0, 1.0)]
    {
        assert!(is_unknown(Float::ln(argument)), "{argument}");
        assert!(is_unknown(Float::ln_1p(argument - point(1.0))), "{argument}");
    }
    assert!(!is_unknown(Float::ln(Enclosure::between(TINY, 1.0))));
    assert!(is_unknown(Float::sqrt(Enclosure::between(-TINY, 1.0))));
    assert!(is_unknown(Enclosure::ln_of(&Rational::zero())));
    assert!(is_unknown(Enclosure::exact(f64::NAN)) && is_unknown(Enclosure::exact(f64::INFINITY)));
    assert!(
        is_unknown(Enclosure::between(2.0, 1.0)) && is_unknown(Enclosure::between(f64::NAN, 1.0))
    );
    assert!(is_unknown(<Enclosure as Scalar>::ratio(1, 0)));
    assert!(is_unknown(point(1.0) % point(2.0)) && is_unknown(Float::floor(point(1.5))));
    assert!(is_unknown(Float::atan2(point(1.0), point(1.0))));
    assert!(<Enclosure as Scalar>::from_f64(f64::NAN).is_none());
    assert_eq!(ends(Float::sin(point(0.5))), (-1.0, 1.0));
}

#[test]
fn exact_arguments_have_exact_values() {
    for value in [
        Float::exp(point(0.0)) - point(1.0),
        Float::exp_m1(point(0.0)),
        Float::ln(point(1.0)),
        Float::ln_1p(point(0.0)),
        Float::sqrt(point(6.25)) - point(2.5),
        point(6.0) / point(3.0) - point(2.0),
        Enclosure::ratio(-3, 8) + point(0.375),
    ] {
        assert_eq!(ends(value), (0.0, 0.0));
    }
}

#[test]
fn the_smallest_arguments() {
    for x in [TINY, -TINY, f64::MIN_POSITIVE, 1e-300, -1e-17] {
        let (e, log) = (Float::exp_m1(point(x)), Float::ln_1p(point(x)));
        // x ≤ e^x − 1 and ln(1 + x) ≤ x, and both are within x² of x: next to a float, so that an end may be one
        // further than the next.
        for end in [e.low(), e.high(), log.low(), log.high()] {
            assert!(
                end >= x.next_down().next_down() && end <= x.next_up().next_up(),
                "{x:e}: {end:e}"
            );
        }
        assert!(e.contains(x) && e.high() > x, "{x:e}: {e}");
        assert!(log.contains(x) && log.low() < x, "{x:e}: {log}");
        assert!(Float::exp(point(x)).contains(1.0));
        assert!(Float::exp(point(x)).width() <= 2.0 * f64::EPSILON);
    }
    assert_eq!(ends(Float::exp_m1(point(-50.0))), (-1.0, (-1.0_f64).next_up()));
    assert_eq!(ends(Float::exp_m1(-(point(f64::MAX) * point(2.0)))), (-1.0, (-1.0_f64).next_up()));
}

#[test]
fn texts_and_casts_are_within_a_unit() {
    let tenth = <Enclosure as num_traits::Num>::from_str_radix("0.1", 10).unwrap();
    assert!(tenth.contains_exactly(&Rational::ratio(1, 10)));
    assert!(is_unknown(<Enclosure as num_traits::Num>::from_str_radix("0.1", 3).unwrap()));
    assert!(<Enclosure as num_traits::Num>::from_str_radix("one", 10).is_err());
    let third = <Enclosure as NumCast>::from(Rational::ratio(1, 3)).unwrap();
    assert!(third.contains_exactly(&Rational::ratio(1, 3)));
    let large = i64::MAX - 1;
    assert!(
        <Enclosure as NumCast>::from(large).unwrap().contains_exactly(&Rational::ratio(large, 1))
    );
    assert!(Enclosure::count(usize::MAX).is_number() || usize::BITS > 63);
}

/// `(−2)³ = −8`, which `e^{3 ln x}` with a logarithm of which nothing is known does not reach.
#[test]
fn powers_of_what_may_not_be_positive_are_unknown() {
    for base in [point(-2.0), point(0.0), Enclosure::between(-1.0, 2.0)] {
        assert!(is_unknown(Float::powf(base, point(3.0))), "{base}");
    }
    assert!(Float::powf(point(2.0), point(3.0)).contains(8.0));
}
