//! A confidence interval for the mean of bounded numbers, at any sample size.

use super::Interval;

/// An interval that holds the mean of independent numbers in `range` with probability `1 − α` at least, however they are
/// distributed and however few they are: that of Waudby-Smith and Ramdas, "Estimating means of bounded random
/// variables by betting" (2023).
///
/// Scaled to `[0, 1]`, a mean `m` is rejected if somebody who bets against it wins `2/α` times what they put in, on either
/// side: their wealth `Π (1 ± λ_i (X_i − m))` has mean 1 if the mean is `m`, for bets `λ_i` that only depend on what
/// came before, and Markov's inequality does the rest. The bets follow the variance seen so far.
pub(in crate::defect) fn bounded_mean(values: &[f64], range: Interval, alpha: f64) -> Interval {
    let width = range.high - range.low;
    // A number that is none says nothing, and others do not say it for it.
    if !(width > 0.0 && width.is_finite()) || values.iter().any(|value| !value.is_finite()) {
        return range;
    }
    let scaled: Vec<f64> =
        values.iter().map(|value| ((value - range.low) / width).clamp(0.0, 1.0)).collect();
    let bets = bets(&scaled, alpha);
    let high = |values: &mut dyn Iterator<Item = f64>| largest_mean(values, &bets, alpha);
    // From below: the same for what is left to 1.
    let mirrored = high(&mut scaled.iter().map(|x| 1.0 - x));
    let upper = high(&mut scaled.iter().copied());
    Interval { low: range.low + width * (1.0 - mirrored), high: range.low + width * upper }
}

/// How much to bet on each number, from those before it: what would be best in the long run for their variance, which
/// begins with one number's worth of the largest variance there is.
fn bets(values: &[f64], alpha: f64) -> Vec<f64> {
    let count = values.len() as f64;
    let (mut sum, mut squares) = (0.5, 0.25);
    let mut bets = Vec::with_capacity(values.len());
    for (seen, value) in values.iter().enumerate() {
        let seen = seen as f64 + 1.0;
        bets.push((2.0 * (2.0 / alpha).ln() * seen / (squares * count)).sqrt());
        sum += value;
        let mean = sum / (seen + 1.0);
        squares += (value - mean) * (value - mean);
    }
    bets
}

/// The largest `m` that betting on less does not reject. The wealth grows with `m`.
fn largest_mean(values: &mut dyn Iterator<Item = f64>, bets: &[f64], alpha: f64) -> f64 {
    let values: Vec<f64> = values.collect();
    let enough = (2.0 / alpha).ln();
    let rejected = |m: f64| {
        let wealth = |(&bet, &x): (&f64, &f64)| {
            // At most half of what the worst number could cost.
            let bet = bet.min(0.5 / (1.0 - m));
            (bet * (m - x)).ln_1p()
        };
        bets.iter().zip(&values).map(wealth).sum::<f64>() >= enough
    };
    let (mut kept, mut gone) = (0.0, 1.0);
    for _ in 0..52 {
        let middle = 0.5 * (kept + gone);
        match rejected(middle) {
            true => gone = middle,
            false => kept = middle,
        }
    }
    gone
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_budget::share;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    const UNIT: Interval = Interval { low: 0.0, high: 1.0 };

    /// One number, 0, at `α = ½`: the first bet is `√(8 ln 4)`, below `½/(1 − m)`, and the wealth `1 + √(8 ln 4) m` passes 4
    /// at `m = 3/√(8 ln 4)`. At `α = ¾` the bet is `√(8 ln (8/3))`, cut to `½/(1 − m)`: `1 + m/(2 (1 − m)) = 8/3` at
    /// `m = 10/13`.
    #[test]
    fn one_number_by_hand() {
        let bet = (8.0 * 4.0_f64.ln()).sqrt();
        let found = bounded_mean(&[0.0], UNIT, 0.5);
        assert!((found.high - 3.0 / bet).abs() < 1e-12, "{found:?}");
        assert_eq!(found.low, 0.0);
        let found = bounded_mean(&[0.0], UNIT, 0.75);
        assert!((found.high - 10.0 / 13.0).abs() < 1e-12, "{found:?}");
        let mirrored = bounded_mean(&[5.0], Interval { low: -5.0, high: 5.0 }, 0.5);
        assert!((mirrored.low - (5.0 - 10.0 * 3.0 / bet)).abs() < 1e-11, "{mirrored:?}");
        assert_eq!(bounded_mean(&[], UNIT, 0.05), UNIT);
    }

    #[test]
    fn no_range_and_no_bound_leave_the_range() {
        let point = Interval { low: 0.0, high: 0.0 };
        assert_eq!(bounded_mean(&[0.0; 9], point, 0.05), point);
        let line = Interval { low: f64::NEG_INFINITY, high: f64::INFINITY };
        assert_eq!(bounded_mean(&[1.0; 9], line, 0.05), line);
        assert_eq!(bounded_mean(&[0.5, f64::NAN, 0.5], UNIT, 0.05), UNIT);
    }

    /// α = 0.05, n = 2000 samples for each law and size, one seed: exact binomial tests of the number of misses, five laws. Were
    /// they a tenth of all, the test would see it but for 1e-4. Rare large numbers are where quantiles of t fail: with ten of
    /// them, one in twenty of which is large, 60 % of the samples hold none.
    #[test]
    #[cfg(feature = "catalogue")]
    fn it_holds_the_mean_as_often_as_it_says() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let too_many = crate::claim::critical(2000, 0.05, share("intervals by betting") / 5.0);
        for (size, rare) in [(1, 0.5), (10, 0.05), (10, 0.5), (200, 0.01), (200, 0.3)] {
            let mut misses = 0;
            for _ in 0..2000 {
                let values: Vec<f64> =
                    (0..size).map(|_| f64::from(u8::from(rng.random_bool(rare)))).collect();
                misses += usize::from(!bounded_mean(&values, UNIT, 0.05).contains(rare));
            }
            assert!(misses < too_many, "{size} numbers, mean {rare}: {misses} misses");
        }
    }

    /// With 2000 numbers of standard deviation 0.05: no wider than twice the interval by quantiles of t, and at the test's own α,
    /// n = 1, it has the mean. The width hangs on the squares, whose mean is off by half with a probability below 1e-40 (Hoeffding).
    #[test]
    fn it_follows_the_variance() {
        let mut rng = ChaCha8Rng::seed_from_u64(6);
        let half = 0.05 * 3.0_f64.sqrt();
        let values: Vec<f64> = (0..2000).map(|_| 0.1 + rng.random_range(-half..half)).collect();
        let sure = bounded_mean(&values, UNIT, share("an interval by betting"));
        assert!(sure.contains(0.1) && sure.high - sure.low < 0.05, "{sure:?}");
        let found = bounded_mean(&values, UNIT, 0.05);
        assert!(found.high - found.low < 2.0 * 2.0 * 1.96 * 0.05 / 2000.0_f64.sqrt(), "{found:?}");
    }
}
