//! B10: what `k` random elements leave of a gradient that is not invariant falls like `1/√k`.

use super::{hold, refute};
use crate::claim::bounds::control;
use crate::claim::rate::Series;
use crate::claim::statistical::budget::ALPHA;
use crate::claim::statistical::{Design, Measured, Statistical};
use crate::claim::{About, Claim, Evidence, Role};
use crate::defect::partial_augmentation;
use crate::group::{Finite, Symmetric};
use crate::law::Residual;
use crate::representation::{ActsOn, PermutationRep, Reynolds};
use crate::scalar::dot;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// The claim with its control.
pub(in super::super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "B10.rate",
        title: "partial augmentation leaves 1/√k, a whole subgroup nothing",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Statistical,
        statement: "√(E‖(I − P)ĝ‖²) ∝ k^{−½} for ĝ = (1/k) Σ ρ(g_i)v with k uniform elements; and ρ(h)ĝ = ĝ for h ∈ K if the elements are those of a subgroup K",
        hypotheses: &["orthogonal action", "elements drawn with replacement"],
        tolerance: "an interval for the slope over k = 1 … 32 from Bernstein's inequality with the exact variance, at most 0.12 wide; none for subgroups",
        covers: &[],
        cost: 1,
    };
    let linear = control(
        about,
        "B10.rate-linear",
        "a deviation taken for a bias",
        "√(E‖(I − P)ĝ‖²) ∝ k^{−1}",
        &["independent elements add their squares"],
    );
    vec![
        Box::new(Statistical::new(about, DESIGN, |design, rng| measured(design, rng, -0.5))),
        Box::new(Statistical::new(linear, LINEAR, |design, rng| measured(design, rng, -1.0))),
    ]
}

const DESIGN: Design = Design {
    alpha: ALPHA,
    cases: 1,
    repetitions: 20_000,
    miss: ALPHA,
    alternative: "a slope that is off by 0.12 or more",
};

const LINEAR: Design =
    Design { miss: ALPHA / 1e2, alternative: "the slope −½, which is off by 0.5", ..DESIGN };

const COUNTS: [usize; 6] = [1, 2, 4, 8, 16, 32];

const WIDEST: f64 = 0.12;

/// The regular representation of the permutations of four points, and the orbit of a vector of small integers.
struct Orbit {
    v: Vec<f64>,
    reynolds: Reynolds<f64>,
    /// `ρ(g)v − Pv`, for all `g`, and the square of its norm.
    rest: Vec<Vec<f64>>,
    square: f64,
    /// `tr C²/(tr C)²` for the covariance `C` of a random one of them: by it the variance of what is measured is known.
    concentration: f64,
}

impl Orbit {
    fn random(rng: &mut ChaCha8Rng) -> Option<Self> {
        let group = Symmetric::new(4).ok()?;
        let rep = PermutationRep::regular(&group).ok()?;
        let v: Vec<f64> = (0..24).map(|_| f64::from(rng.random_range(-4..=4_i32))).collect();
        let reynolds = Reynolds::of(&rep);
        let invariant = reynolds.project(&v);
        let rest: Vec<Vec<f64>> = group
            .elements()
            .map(|g| rep.apply(&g, &v).iter().zip(invariant.iter()).map(|(a, b)| a - b).collect())
            .collect();
        let square: f64 = dot(&rest[0], &rest[0]);
        let pairs = rest.iter().flat_map(|a| rest.iter().map(move |b| dot(a, b).powi(2)));
        let concentration = pairs.sum::<f64>() / (576.0 * square * square);
        (square > 0.0).then_some(Self { v, reynolds, rest, square, concentration })
    }

    /// `k ‖(I − P)ĝ‖²/‖(I − P)v‖²` for `k` random elements: of mean 1, variance `2(k − 1)/k` times the concentration,
    /// and at most `k`.
    fn draw(&self, k: usize, rng: &mut ChaCha8Rng) -> f64 {
        let mut sum = vec![0.0; self.v.len()];
        for _ in 0..k {
            let moved = &self.rest[rng.random_range(0..self.rest.len())];
            sum.iter_mut().zip(moved).for_each(|(sum, value)| *sum += value);
        }
        dot(&sum, &sum) / (k as f64 * self.square)
    }
}

/// By how much the mean of `n` draws is off from 1, but for a probability `a` (Bernstein): with
/// `n t²/(2(V + kt/3)) = ln(2/a)`.
fn off(n: usize, k: usize, concentration: f64, a: f64) -> f64 {
    let (n, k, log) = (n as f64, k as f64, (2.0 / a).ln());
    let variance = 2.0 * (k - 1.0) / k * concentration;
    let linear = log * k / 3.0;
    (linear + (linear * linear + 2.0 * n * log * variance).sqrt()) / n
}

/// Whether sums over the whole group, and over the stabiliser of a point, are as invariant as they should be. Integers: no rounding.
fn over_subgroups(v: &[f64]) -> Option<bool> {
    let group = Symmetric::new(4).ok()?;
    let rep = PermutationRep::regular(&group).ok()?;
    let all: Vec<_> = group.elements().collect();
    let fixing: Vec<_> = all.iter().filter(|g| g.image(3) == 3).cloned().collect();
    Some([all, fixing].iter().all(|subgroup| {
        let mut sum = vec![0.0; v.len()];
        for g in subgroup {
            sum.iter_mut().zip(rep.apply(g, v).iter()).for_each(|(sum, value)| *sum += value);
        }
        subgroup.iter().all(|h| rep.apply(h, &sum).as_slice() == sum)
    }))
}

fn measured(design: &Design, rng: &mut ChaCha8Rng, expected: f64) -> Measured {
    let orbit = loop {
        if let Some(orbit) = Orbit::random(rng) {
            break orbit;
        }
    };
    let n = design.repetitions;
    let x = COUNTS.map(|k| k as f64);
    let means = COUNTS.map(|k| (0..n).map(|_| orbit.draw(k, rng)).sum::<f64>() / n as f64);
    // The root of the mean square, with the library's value for the whole of it.
    let scale = |k: usize| partial_augmentation(&orbit.reynolds, &orbit.v, k).unwrap_or(f64::NAN);
    let root = |i: usize, mean: f64| (scale(COUNTS[i]) * mean).sqrt();
    let y: Vec<f64> = means.iter().enumerate().map(|(i, mean)| root(i, *mean)).collect();
    let interval = |i: usize, a: f64| {
        let off = off(n, COUNTS[i], orbit.concentration, a);
        let high = if off < 1.0 { means[i] / (1.0 - off) } else { f64::INFINITY };
        (root(i, means[i] / (1.0 + off)), root(i, high))
    };
    let fit = Series {
        name: "permutations of four points, regular",
        axes: ["elements k", "root mean square of (I − P)ĝ"],
        x: &x,
        y: &y,
        expected,
        allowance: 0.0,
        widest: WIDEST,
        interval: &interval,
    };
    if expected != -0.5 {
        return refute(design, &[fit]);
    }
    let mut measured = hold(design, &[fit]);
    let invariant = Residual::exact(over_subgroups(&orbit.v) == Some(true));
    measured.outcome = measured.outcome.and("ρ(h)ĝ = ĝ for subgroups", invariant);
    measured
}

#[cfg(test)]
mod tests {
    use super::super::level;
    use super::*;
    use crate::claim::rate::weights;
    use rand::SeedableRng;

    /// The concentration is at most 1, when all of the orbit is on a line: the widest interval.
    #[test]
    fn the_interval_is_as_narrow_as_stated() {
        let x = COUNTS.map(|k| k as f64);
        let width = |fit_level: f64, concentration: f64| {
            let of = |(k, w): (&usize, f64)| {
                let off = off(DESIGN.repetitions, *k, concentration, fit_level / x.len() as f64);
                0.5 * w.abs() * ((1.0 + off) / (1.0 - off)).ln()
            };
            COUNTS.iter().zip(weights(&x)).map(of).sum::<f64>()
        };
        let found = width(level(&DESIGN, 1), 1.0);
        assert!(found <= WIDEST, "{found}");
        let wide = width(LINEAR.alpha / 1e3, 1.0);
        assert!(wide < 0.5 && LINEAR.miss >= LINEAR.alpha / 1e3, "{wide}");
    }

    /// Mean and variance over all pairs of elements.
    #[test]
    fn two_elements_exactly() {
        let orbit = Orbit::random(&mut ChaCha8Rng::seed_from_u64(1)).unwrap();
        let mut moments = [0.0; 2];
        for a in &orbit.rest {
            for b in &orbit.rest {
                let sum: Vec<f64> = a.iter().zip(b).map(|(a, b)| a + b).collect();
                let value = dot(&sum, &sum) / (2.0 * orbit.square);
                assert!(value <= 2.0 + 1e-12);
                moments[0] += value / 576.0;
                moments[1] += (value - 1.0).powi(2) / 576.0;
            }
        }
        assert!(
            (moments[0] - 1.0).abs() < 1e-12 && (moments[1] - orbit.concentration).abs() < 1e-12
        );
    }
}
