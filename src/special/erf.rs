//! The error function.

use super::Special;
use num_traits::Float;

/// From here on `1 − erf x < 2.2·10⁻¹⁷`, which is less than half a unit in the last place of 1.
const FAR: f64 = 6.0;

/// `erf x = 2/√π ∫_0^x e^{−t²} dt`, and a bound on the truncation.
///
/// By `erf x = 2/√π x e^{−x²} Σ_n (2x²)ⁿ/(3·5⋯(2n + 1))` (Abramowitz & Stegun, 7.1.6), whose terms are positive: nothing
/// cancels, however large `x` is. The terms that are left out are below a geometric series. Odd, to the
/// last bit.
pub(crate) fn erf<T: Special>(x: T) -> (T, f64) {
    let at = x.value();
    if at.is_nan() {
        return (T::approximate(f64::NAN, f64::NAN), f64::NAN);
    }
    if at.abs() >= FAR {
        return (if at > 0.0 { T::one() } else { -T::one() }, 2.2e-17);
    }
    let square = x * x;
    let (mut term, mut sum, mut n) = (T::one(), T::one(), 0);
    let ratio = |n: usize| 2.0 * at * at / (2 * n + 3) as f64;
    while ratio(n) > 0.5 || term.value() > 1e-18 * sum.value() {
        n += 1;
        term = term * (square + square) / T::count(2 * n + 1);
        sum += term;
    }
    let front = T::FRAC_2_SQRT_PI() * x * Float::exp(-square);
    let left_out = term.value() * ratio(n) / (1.0 - ratio(n));
    (front * sum, 1.01 * front.value().abs() * left_out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `(x, erf x)`, computed with 40 digits and rounded.
    const TABLE: [(f64, f64); 9] = [
        (1e-300, 1.128_379_167_095_512_6e-300),
        (1e-8, 1.128_379_167_095_512_5e-8),
        (0.125, 0.140_316_204_801_333_82),
        (0.5, 0.520_499_877_813_046_5),
        (1.0, 0.842_700_792_949_714_9),
        (2.0, 0.995_322_265_018_952_7),
        (3.0, 0.999_977_909_503_001_4),
        (4.5, 0.999_999_999_803_383_9),
        (6.0, 1.0),
    ];

    #[test]
    fn the_table_is_met() {
        for (x, exact) in TABLE {
            // At most about x² + 20 terms count, each with three roundings.
            let tolerance = 4.0 * (x * x + 20.0) * f64::EPSILON * exact;
            let value = Special::erf(x);
            assert!((value - exact).abs() <= tolerance, "erf {x} = {value}, not {exact}");
            assert_eq!(Special::erf(-x), -value);
        }
        assert_eq!(Special::erf(0.0_f64), 0.0);
        assert_eq!(Special::erf(f64::NEG_INFINITY), -1.0);
        assert!(Special::erf(f64::NAN).is_nan());
    }

    /// The bounds hold, and are of the size of the roundings.
    #[cfg(feature = "catalogue")]
    #[test]
    fn tracked_values_know_their_error() {
        use crate::claim::rounding::Tracked;
        type Function<T> = fn(T) -> T;
        for (x, exact) in TABLE.into_iter().filter(|&(x, _)| x > 1e-100) {
            let known = Special::erf(Tracked::exact(x));
            // The table is rounded as well.
            let distance = (known.value() - exact).abs() - f64::EPSILON * exact;
            assert!(distance <= known.bound(), "erf {x}: {distance:e} against {:e}", known.bound());
            assert!(known.bound() <= 8.0 * (x * x + 20.0) * f64::EPSILON * exact, "erf {x}");
            // An argument that is off by a thousandth.
            let vague = Special::erf(Tracked::new(x, 1e-3 * x));
            for end in [0.999, 1.001] {
                let gap = (Special::erf(end * x) - vague.value()).abs();
                assert!(gap <= vague.bound(), "erf of {x} to within a thousandth");
            }
        }
        for x in [-2.0, 0.3, 5.0_f64] {
            let vague = Tracked::new(x, 1e-3);
            let functions: [(Function<Tracked>, Function<f64>); 3] =
                [(Float::sin, f64::sin), (Float::cos, f64::cos), (Float::tanh, f64::tanh)];
            for (tracked, float) in functions {
                for end in [x - 1e-3, x + 1e-3] {
                    let known = tracked(vague);
                    assert!((float(end) - known.value()).abs() <= known.bound());
                    assert!(known.bound() <= 1.001e-3);
                }
            }
        }
    }
}
