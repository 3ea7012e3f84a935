//! B7: with inputs that are drawn again the deviation does not fall below a floor.

use super::exchange::Exchange;
use super::{hold, refute};
use crate::claim::bounds::control;
use crate::claim::rate::Series;
use crate::claim::statistical::binomial::median_between;
use crate::claim::statistical::budget::ALPHA;
use crate::claim::statistical::{Design, Measured, Statistical};
use crate::claim::{About, Claim, Evidence, Role};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// The claim with its control.
pub(in super::super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "B7.floor",
        title: "with redrawn inputs more draws do not help below a floor",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Statistical,
        statement: "the median of |Δ̂_T − E Δ̂_T| ∝ T^0 for large T, over draws and one random input",
        hypotheses: &["the inputs' defects vary", "inputs are drawn again with the parameters"],
        tolerance: "an interval for the slope over T = 16 … 128 from order statistics (exact for every law), at most 0.32 wide; 0.01 for what is left of the limit",
        covers: &[],
        cost: 1,
    };
    let falling = control(
        about,
        "B7.floor-falling",
        "redrawn inputs taken for fixed ones",
        "the median of |Δ̂_T − E Δ̂_T| ∝ T^{−½} over draws and one random input",
        &["inputs are drawn again with the parameters"],
    );
    vec![
        Box::new(Statistical::new(about, DESIGN, |design, rng| measured(design, rng, 0.0))),
        Box::new(Statistical::new(falling, FALLING, |design, rng| measured(design, rng, -0.5))),
    ]
}

const DESIGN: Design = Design {
    alpha: ALPHA,
    cases: 1,
    repetitions: 8_192,
    miss: ALPHA,
    alternative: "a slope that is off by 0.33 or more",
};

const FALLING: Design =
    Design { miss: ALPHA / 1e2, alternative: "the slope 0, which is off by 0.5", ..DESIGN };

const DRAWS: [usize; 4] = [16, 32, 64, 128];

const WIDEST: f64 = 0.32;

/// How far from 0 the slope of the medians is in this window: from the exact law, see the tests.
const ALLOWANCE: f64 = 0.01;

/// The least and the largest `‖δ‖` over the standard deviation of a draw.
const DEFECTS: std::ops::Range<f64> = 4.0..8.0;

/// `x_2 − x_1` is uniform between these: the mean of its square is 7/3.
const GAPS: std::ops::Range<f64> = 1.0..2.0;

fn measured(design: &Design, rng: &mut ChaCha8Rng, expected: f64) -> Measured {
    let spread = rng.random_range(0.5..2.0);
    let exchange = Exchange::new(vec![spread * rng.random_range(DEFECTS)], vec![spread]);
    let x = DRAWS.map(|draws| draws as f64);
    let samples = DRAWS.map(|draws| {
        let mean = 0.5 * 7.0 / 3.0 * exchange.second_moment(draws);
        let mut found: Vec<f64> = (0..design.repetitions)
            .map(|_| {
                let gap = rng.random_range(GAPS);
                (exchange.estimate(draws, &[[0.0, gap]], rng) - mean).abs()
            })
            .collect();
        found.sort_by(f64::total_cmp);
        found
    });
    let y = samples.each_ref().map(|sorted| sorted[sorted.len() / 2]);
    let interval = |i: usize, a: f64| median_between(&samples[i], a);
    let fit = Series {
        name: "redrawn inputs",
        axes: ["draws T", "median deviation"],
        x: &x,
        y: &y,
        expected,
        allowance: ALLOWANCE,
        widest: WIDEST,
        interval: &interval,
    };
    if expected == 0.0 { hold(design, &[fit]) } else { refute(design, &[fit]) }
}

#[cfg(test)]
mod tests {
    use super::super::level;
    use super::*;
    use crate::claim::CONTROL_MARGIN;
    use crate::claim::rate::weights;
    use crate::claim::statistical::binomial::{critical, lower_tail};

    /// `P(|C u² − E| ≤ w)` for `C` half the square of a uniform gap and `u = 1 + ηz`, by the trapezoidal rule in `z`, which is
    /// accurate to all digits but for the corners of the integrand.
    fn probability(eta: f64, w: f64) -> f64 {
        let mean = 7.0 / 6.0 * (1.0 + eta * eta);
        let gap_below = |value: f64| ((2.0 * value.max(0.0)).sqrt() - GAPS.start).clamp(0.0, 1.0);
        let (mut sum, mut weight) = (0.0, 0.0);
        for k in -8000..=8000 {
            let z = f64::from(k) * 1e-3;
            let density = (-0.5 * z * z).exp();
            let square = (1.0 + eta * z).powi(2);
            weight += density;
            sum += density * (gap_below((mean + w) / square) - gap_below((mean - w) / square));
        }
        sum / weight
    }

    fn quantile(eta: f64, p: f64) -> f64 {
        let (mut low, mut high) = (0.0, 10.0);
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            if probability(eta, middle) < p { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    }

    #[test]
    fn window_and_width_are_as_stated() {
        let x = DRAWS.map(|draws| draws as f64);
        let (n, w) = (DESIGN.repetitions, weights(&x));
        for defect in [DEFECTS.start, DEFECTS.end] {
            let eta = x.map(|t| 1.0 / (defect * t.sqrt()));
            let medians = eta.map(|eta| quantile(eta, 0.5).ln());
            let slope: f64 = w.iter().zip(medians).map(|(w, y)| w * y).sum();
            assert!(slope.abs() <= ALLOWANCE, "{defect}: {slope}");
            let width = |fit_level: f64| {
                let each = fit_level / x.len() as f64 / 2.0;
                let rank = critical(n, 0.5, each);
                let (mut low, mut high) = (0.5, 1.0);
                for _ in 0..50 {
                    let middle = 0.5 * (low + high);
                    if lower_tail(rank - 1, n, middle) > each {
                        low = middle
                    } else {
                        high = middle
                    }
                }
                let of = |eta: f64| (quantile(eta, high) / quantile(eta, 1.0 - high)).ln();
                w.iter().zip(eta).map(|(w, eta)| w.abs() * of(eta)).sum::<f64>()
            };
            let found = width(level(&DESIGN, 1));
            assert!(found <= WIDEST, "{found}");
            let wide = width(FALLING.alpha / CONTROL_MARGIN);
            // The window's slope is off its limit by as much as the interval is widened by.
            assert!(wide + 2.0 * ALLOWANCE < 0.5, "{wide}");
        }
        const { assert!(2.0 * FALLING.alpha / CONTROL_MARGIN <= FALLING.miss) };
    }
}
