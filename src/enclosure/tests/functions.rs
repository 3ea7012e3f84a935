//! Logarithms, exponentials and constants.

use super::super::round::Way;
use super::super::{Enclosure, series};
use super::oracle;
use super::{exact, floats};
use crate::scalar::{Rational, Scalar};
use num_traits::{Float, FloatConst, One, Signed, Zero};
use proptest::prelude::*;
use proptest::test_runner::Config;

/// Whether an interval of rationals is inside.
fn surrounds(enclosure: Enclosure, (low, high): &(Rational, Rational)) -> bool {
    enclosure.contains_exactly(low) && enclosure.contains_exactly(high)
}

/// Whether the ends are neighbours.
fn is_tight(enclosure: Enclosure) -> bool {
    enclosure.is_point() || enclosure.low().next_up() == enclosure.high()
}

/// `e^low ≤ x ≤ e^high`.
fn is_logarithm(enclosure: Enclosure, x: &Rational) -> bool {
    oracle::exp(enclosure.low()).1 <= *x && *x <= oracle::exp(enclosure.high()).0
}

proptest! {
    #![proptest_config(Config { cases: 64, ..Config::default() })]

    #[test]
    fn exponentials_enclose(x in prop_oneof![-700.0..700.0f64, -2.0..2.0f64, floats()]) {
        // The oracle knows e^x to 220 bits: nearer to zero it does not tell e^x − 1 from x.
        prop_assume!(x.abs() < 700.0 && (x == 0.0 || x.abs() > 1e-30));
        let e = Float::exp(Enclosure::exact(x));
        let exact_value = oracle::exp(x);
        prop_assert!(surrounds(e, &exact_value), "exp {x:e}: {e}");
        // Nearer to zero the value is nearer to a float, 1 or x, than the series knows it.
        prop_assert!(is_tight(e) || x.abs() < 1e-20, "exp {x:e}: {e}");
        let m1 = Float::exp_m1(Enclosure::exact(x));
        let less_one = (exact_value.0 - Rational::one(), exact_value.1 - Rational::one());
        prop_assert!(surrounds(m1, &less_one), "exp_m1 {x:e}: {m1}");
        prop_assert!(is_tight(m1) || x.abs() < 1e-20, "exp_m1 {x:e}: {m1}");
    }

    /// What the floats around a value hide: the ends of the series themselves, which are within 2^-80 of it.
    #[test]
    fn ends_of_the_series_enclose(x in prop_oneof![-30.0..30.0f64, -1.0..1.0f64], n in 1..999i64, d in 1..999i64) {
        let x = exact(x);
        let (low, high) = oracle::exp_of(&x);
        let one = Rational::one();
        let close = Rational::ratio(1, 1 << 60) * Rational::ratio(1, 1 << 16);
        let (down, up) = (series::exp(Way::Down, &x), series::exp(Way::Up, &x));
        prop_assert!(down <= low && high <= up, "exp {x}");
        prop_assert!(&up - &down <= &close * &up);
        let (down, up) = (series::exp_m1(Way::Down, &x), series::exp_m1(Way::Up, &x));
        prop_assert!(down <= low - &one && high - &one <= up, "exp_m1 {x}");
        prop_assert!(&up - &down <= &close * &up.abs());
        prop_assume!(n != d);
        let ratio = Rational::ratio(n, d);
        let (down, up) = series::ln(&ratio);
        prop_assert!(oracle::exp_of(&down).1 <= ratio && ratio <= oracle::exp_of(&up).0, "ln {ratio}");
        prop_assert!(&up - &down <= &close * &up.abs());
    }

    #[test]
    fn logarithms_enclose(x in prop_oneof![0.001..1000.0f64, 0.999..1.001f64, floats()]) {
        let x = x.abs();
        prop_assume!(x > 0.0);
        let log = Float::ln(Enclosure::exact(x));
        // Logarithms this small need more bits than the oracle has.
        prop_assume!((x - 1.0).abs() > 1e-40);
        prop_assert!(is_logarithm(log, &exact(x)), "ln {x:e}: {log}");
        prop_assert!(is_tight(log), "ln {x:e}: {log}");
    }

    #[test]
    fn logarithms_of_rationals_enclose(n in 1..1_000_000i64, d in 1..1_000_000i64) {
        prop_assume!(n != d);
        let x = Rational::ratio(n, d);
        let log = Enclosure::ln_of(&x);
        prop_assert!(is_logarithm(log, &x) && is_tight(log), "ln {x}: {log}");
    }

    #[test]
    fn logarithms_next_to_one_enclose(x in -0.5..0.5f64, scale in 0..20i32) {
        let x = x * 10f64.powi(-scale);
        prop_assume!(x != 0.0);
        let log = Float::ln_1p(Enclosure::exact(x));
        prop_assert!(is_logarithm(log, &(Rational::one() + exact(x))), "ln_1p {x:e}: {log}");
        prop_assert!(is_tight(log), "ln_1p {x:e}: {log}");
    }

    #[test]
    fn functions_of_intervals_reach_over_all_that_is_inside(a in 0.01..9.0f64, b in 0.01..9.0f64, share in 0.0..1.0f64) {
        let (low, high) = (a.min(b), a.max(b));
        let inside = (low + (high - low) * share).clamp(low, high);
        let (wide, point) = (Enclosure::between(low, high), Enclosure::exact(inside));
        for f in [Float::exp, Float::exp_m1, Float::exp2, Float::ln, Float::ln_1p, Float::log2, Float::log10, Float::sqrt] {
            let (around, at): (Enclosure, Enclosure) = (f(wide), f(point));
            prop_assert!(around.low() <= at.low() && at.high() <= around.high());
        }
        let (around, at) = (Float::powf(wide, wide), Float::powf(point, point));
        prop_assert!(around.low() <= at.high() && at.low() <= around.high());
        // Against the standard library, whose error is a few units at most.
        for (enclosure, value) in [
            (Float::exp2(point), inside.exp2()),
            (Float::log2(point), inside.log2()),
            (Float::log10(point), inside.log10()),
            (Float::powf(point, point), inside.powf(inside)),
            (Float::hypot(point, point), inside.hypot(inside)),
        ] {
            let slack = 16.0 * f64::EPSILON * value.abs().max(1.0);
            prop_assert!(enclosure.low() - slack <= value && value <= enclosure.high() + slack);
            prop_assert!(enclosure.width() <= 64.0 * f64::EPSILON * value.abs().max(1.0));
        }
    }
}

/// `π = 16 artan 1/5 − 4 artan 1/239` (Machin), with alternating series.
fn pi() -> (Rational, Rational) {
    let artan = |n: i64| {
        let x = Rational::ratio(1, n);
        let (mut power, mut sum) = (x.clone(), Rational::zero());
        let mut ends = (Rational::zero(), Rational::zero());
        for k in 0..80i64 {
            let term = &power / Rational::ratio(2 * k + 1, 1);
            let next = if k % 2 == 0 { &sum + term } else { &sum - term };
            // Between two partial sums.
            ends = if next < sum { (next.clone(), sum) } else { (sum, next.clone()) };
            sum = next;
            power = power * &x * &x;
        }
        ends
    };
    let (a, b) = (artan(5), artan(239));
    let (sixteen, four) = (Rational::ratio(16, 1), Rational::ratio(4, 1));
    (&sixteen * a.0 - &four * b.1, &sixteen * a.1 - &four * b.0)
}

#[test]
fn constants_are_enclosed() {
    let pi = pi();
    assert!((&pi.1 - &pi.0).nearest_f64() < 1e-50);
    let scaled = |n, d| (&pi.0 * Rational::ratio(n, d), &pi.1 * Rational::ratio(n, d));
    let over = |n| (Rational::ratio(n, 1) / &pi.1, Rational::ratio(n, 1) / &pi.0);
    for (constant, ends) in [
        (Enclosure::PI(), scaled(1, 1)),
        (Enclosure::TAU(), scaled(2, 1)),
        (Enclosure::FRAC_PI_2(), scaled(1, 2)),
        (Enclosure::FRAC_PI_3(), scaled(1, 3)),
        (Enclosure::FRAC_PI_4(), scaled(1, 4)),
        (Enclosure::FRAC_PI_6(), scaled(1, 6)),
        (Enclosure::FRAC_PI_8(), scaled(1, 8)),
        (Enclosure::FRAC_1_PI(), over(1)),
        (Enclosure::FRAC_2_PI(), over(2)),
        (Enclosure::E(), oracle::exp(1.0)),
    ] {
        assert!(surrounds(constant, &ends), "{constant}");
    }
    assert!(is_logarithm(Enclosure::LN_2(), &Rational::ratio(2, 1)));
    assert!(is_logarithm(Enclosure::LN_10(), &Rational::ratio(10, 1)));
    let two = Enclosure::exact(2.0);
    let meet = |a: Enclosure, b: Enclosure| a.low() <= b.high() && b.low() <= a.high();
    assert!(meet(Enclosure::SQRT_2(), Float::sqrt(two)));
    assert!(meet(Enclosure::FRAC_1_SQRT_2(), Float::recip(Float::sqrt(two))));
    assert!(meet(Enclosure::FRAC_2_SQRT_PI(), two / Float::sqrt(Enclosure::PI())));
    assert!(meet(Enclosure::LOG2_E(), Float::recip(Enclosure::LN_2())));
    assert!(meet(Enclosure::LOG10_E(), Float::recip(Enclosure::LN_10())));
    assert!(meet(Enclosure::LOG10_2(), Enclosure::LN_2() / Enclosure::LN_10()));
    assert!(meet(Enclosure::LOG2_10(), Enclosure::LN_10() / Enclosure::LN_2()));
}

#[test]
fn what_the_library_cuts_off_is_enclosed() {
    use crate::family::excess;
    // x − ln(1 + x), against the logarithm alone; both branches, and the edge between them.
    for x in [0.5, -0.5, 0.5_f64.next_up(), 0.499, -0.3, 0.1, 1e-3, -1e-5, 7.0, -0.75] {
        let at = Enclosure::exact(x);
        let (series, plain) = (excess(at), at - Float::ln_1p(at));
        assert!(
            series.low() <= plain.high() && plain.low() <= series.high(),
            "{x}: {series}, {plain}"
        );
        assert!(series.width() <= 64.0 * f64::EPSILON * series.high(), "{x}: {series}");
    }
    // Across the edge, the formula that is right on both sides.
    let across = excess(Enclosure::between(0.25, 1.0));
    for x in [0.25, 0.5, 0.75, 1.0] {
        let at = Enclosure::exact(x);
        let inside = at - Float::ln_1p(at);
        assert!(across.low() <= inside.low() && inside.high() <= across.high());
    }
    assert!(excess(Enclosure::exact(0.25)).low() > 0.0);
}
