//! B6: the bias of the plug-in estimate falls like `1/T`.

use super::exchange::Exchange;
use super::{hold, refute};
use crate::claim::bounds::control;
use crate::claim::rate::Series;
use crate::claim::statistical::budget::ALPHA;
use crate::claim::statistical::{Design, Measured, Statistical};
use crate::claim::{About, Claim, Evidence, Role};
use crate::law::Residual;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// The claim with its control.
pub(in super::super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "B6.rate",
        title: "the bias of the plug-in estimate falls like 1/T",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Statistical,
        statement: "E Δ̂_T − Δ ∝ T^{−1} for shared draws, with Δ > 0 and with Δ = 0; and Δ̂_T = Δ where d does not vary",
        hypotheses: &["independent draws", "ρ_Y orthogonal"],
        tolerance: "an interval for the slope over T = 1 … 16 from the tails of the non-central χ² law, at most 0.15 wide",
        covers: &[],
        cost: 1,
    };
    let root = control(
        about,
        "B6.rate-root",
        "the bias taken for the deviation",
        "E Δ̂_T − Δ ∝ T^{−½}",
        &["the bias is a variance"],
    );
    vec![
        Box::new(Statistical::new(about, DESIGN, |design, rng| measured(design, rng, -1.0))),
        Box::new(Statistical::new(root, ROOT, |design, rng| measured(design, rng, -0.5))),
    ]
}

const DESIGN: Design = Design {
    alpha: ALPHA,
    cases: 1,
    repetitions: 50_000,
    miss: ALPHA,
    alternative: "a slope that is off by 0.15 or more",
};

const ROOT: Design =
    Design { miss: ALPHA / 1e2, alternative: "the slope −1, which is off by 0.5", ..DESIGN };

const DRAWS: [usize; 5] = [1, 2, 4, 8, 16];

const WIDEST: f64 = 0.15;

/// By how much the mean of `n` squares of `N(√λ, 1)` is off from `1 + λ`, but for a probability `a`: `Σ` of them is non-central
/// `χ²` with `n` degrees of freedom, above its mean by more than `2√((n + 2nλ)t) + 2t` with probability `e^{−t}` at the most
/// and below by more than `2√((n + 2nλ)t)` as rarely (Birgé 2001).
fn off(n: usize, lambda: f64, a: f64) -> f64 {
    let (n, t) = (n as f64, (2.0 / a).ln());
    2.0 * ((1.0 + 2.0 * lambda) * t / n).sqrt() + 2.0 * t / n
}

/// `E Δ̂_T − Δ` from the repetitions, in units of `½ (x_2 − x_1)²`.
fn biases(exchange: &Exchange, n: usize, input: [f64; 2], rng: &mut ChaCha8Rng) -> Vec<f64> {
    let unit = 0.5 * (input[1] - input[0]).powi(2);
    let defect = exchange.second_moment(usize::MAX);
    DRAWS
        .iter()
        .map(|&draws| {
            let sum: f64 = (0..n).map(|_| exchange.estimate(draws, &[input], rng)).sum();
            sum / n as f64 / unit - defect
        })
        .collect()
}

fn measured(design: &Design, rng: &mut ChaCha8Rng, expected: f64) -> Measured {
    let spread = rng.random_range(0.5..2.0);
    let input = [rng.random_range(-1.0..-0.5), rng.random_range(0.5..1.0)];
    // A defect of at most a quarter of the noise of a draw: the bias shows.
    let shift = spread * rng.random_range(0.1..0.25);
    let n = design.repetitions;
    let x = DRAWS.map(|draws| draws as f64);
    let each = [("Δ > 0", shift), ("Δ = 0", 0.0)];
    let found = each.map(|(name, shift)| {
        let exchange = Exchange::new(vec![shift], vec![spread]);
        (name, shift, biases(&exchange, n, input, rng))
    });
    let intervals = found.each_ref().map(|(_, shift, y)| {
        move |i: usize, a: f64| {
            let lambda = x[i] * (shift / spread).powi(2);
            let off = off(n, lambda, a);
            (y[i] / (1.0 + off), if off < 1.0 { y[i] / (1.0 - off) } else { f64::INFINITY })
        }
    });
    let fits: Vec<Series<'_>> = found
        .iter()
        .zip(&intervals)
        .map(|((name, _, y), interval)| Series {
            name,
            axes: ["draws T", "bias of the estimate"],
            x: &x,
            y,
            expected,
            allowance: 0.0,
            widest: WIDEST,
            interval,
        })
        .collect();
    if expected != -1.0 {
        return refute(design, &fits);
    }
    let mut measured = hold(design, &fits);
    // Numbers with few digits, and powers of two: no rounding.
    let constant = Exchange::new(vec![0.375], vec![0.0]);
    let same = DRAWS.iter().all(|&draws| {
        constant.estimate(draws, &[[0.25, 1.0]], rng) == 0.5 * (0.75_f64 * 0.375).powi(2)
    });
    measured.outcome = measured.outcome.and("Δ̂_T = Δ where d does not vary", Residual::exact(same));
    measured
}

#[cfg(test)]
mod tests {
    use super::super::level;
    use super::*;
    use crate::claim::rate::weights;
    use statrs::distribution::{ChiSquared, ContinuousCDF};

    /// The width does not depend on what is drawn: that of the largest defect.
    #[test]
    fn the_interval_is_as_narrow_as_stated() {
        let x = DRAWS.map(|draws| draws as f64);
        let width = |a: f64| {
            let each = a / x.len() as f64;
            let log = |off: f64| ((1.0 + off) / (1.0 - off)).ln();
            let of = |(x, w): (&f64, f64)| w.abs() * log(off(DESIGN.repetitions, x * 0.0625, each));
            x.iter().zip(weights(&x)).map(of).sum::<f64>()
        };
        let found = width(level(&DESIGN, 2));
        assert!(found <= WIDEST, "{found}");
        // The control is refuted wherever both intervals, at a thousandth of α, have the true slope.
        assert!(2.0 * width(ROOT.alpha / 1e3 / 2.0) < 0.5);
        // Two fits may miss.
        const { assert!(ROOT.miss >= 2.0 * ROOT.alpha / 1e3) };
    }

    /// For `λ = 0` against the exact tails of `χ²`.
    #[test]
    fn the_bounds_on_the_tails_are_bounds() {
        for n in [1, 10, 1000] {
            let law = ChiSquared::new(n as f64).unwrap();
            for a in [0.5, 1e-2, 1e-6] {
                let off = off(n, 0.0, a) * n as f64;
                assert!(law.sf(n as f64 + off) <= a / 2.0, "{n} {a}");
                let low = n as f64 - off;
                assert!(low <= 0.0 || law.cdf(low) <= a / 2.0, "{n} {a}");
            }
        }
    }
}
