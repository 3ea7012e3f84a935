//! Rounding of diagonal Gaussians: coordinate by coordinate, so that scales of any spread keep their
//! accuracy.

use super::{Known, Reynolds, Rounded, U, projection_error};
use crate::family::{DiagonalGaussian, LogPartition, Member};

/// Bounds in units of `u`, a number for each coordinate.
pub(in super::super) struct Errors {
    /// On the mean, absolute.
    mean: Vec<f64>,
    /// On the variance, relative.
    variance: Vec<f64>,
    /// On `η₁ = m/σ²`, absolute.
    natural: Vec<f64>,
}

impl DiagonalGaussian {
    /// The bounds that follow from absolute ones on the natural parameters.
    fn from_natural_errors(q: &Member<Self>, error: &[f64]) -> Errors {
        let (mean, variance, eta) = (q.mean(), q.variance(), q.natural().as_slice());
        let (first, second) = error.split_at(mean.len());
        let curvature = |i: usize| second[i] / eta[mean.len() + i].abs();
        Errors {
            // m = η₁σ²; one rounding of the variance −½/η₂, one of the product, one to spare.
            mean: (0..mean.len())
                .map(|i| first[i] * variance[i] + mean[i].abs() * (curvature(i) + 3.0))
                .collect(),
            variance: (0..mean.len()).map(|i| curvature(i) + 2.0).collect(),
            natural: first.to_vec(),
        }
    }
}

/// What `x − ln(1 + x)`, `x = v/w − 1`, rounds itself. Up to `|x| = ½` it is at most `0.78 x²` and good to
/// 8 units in the last place, so `16 u`, at an argument that is rounded twice, where its slope is at most
/// `2|x|`: `12.5 x² + 4x²`. Beyond, a quotient, its logarithm and two sums.
fn excess_error(v: f64, w: f64) -> f64 {
    let (ratio, x) = (v / w, ((v - w) / w).abs());
    let size = ratio + 1.0 + ratio.ln().abs();
    if x <= 0.5 { 20.0 * x * x } else { 4.0 * size }
}

impl Rounded for DiagonalGaussian {
    type Errors = Errors;

    fn given(q: &Member<Self>, units: f64) -> Errors {
        Self::from_natural_errors(q, &vec![units; q.natural().as_slice().len()])
    }

    fn geometric(q: &Member<Self>, lower: &Member<Self>, reynolds: &Reynolds<f64>) -> Errors {
        let error = projection_error(reynolds, q.natural().as_slice(), true);
        Self::from_natural_errors(lower, &error)
    }

    fn arithmetic(q: &Member<Self>, upper: &Member<Self>, reynolds: &Reynolds<f64>) -> Errors {
        let n = q.mean().len();
        let own = Self::given(q, 0.0);
        let (mean, variance) = (q.mean(), q.variance());
        let (new_mean, new_variance) = (upper.mean(), upper.variance());
        // An average of errors is at most the largest of the orbit, and so below the bound on what
        // projecting them would round: one bound serves for the values and their errors.
        let mut first: Vec<f64> = mean.iter().zip(&own.mean).map(|(m, e)| m.abs() + e).collect();
        first.resize(2 * n, 0.0);
        let new_mean_error = projection_error(reynolds, &first, false)[..n].to_vec();
        let mut second = vec![0.0; 2 * n];
        for i in 0..n {
            let step = (mean[i] - new_mean[i]).abs();
            let off = own.mean[i] + new_mean_error[i] + step;
            // σ² + (m − m̂)²: the errors of σ², of the step, and three roundings of what is added.
            second[n + i] = variance[i]
                + step * step
                + own.variance[i] * variance[i]
                + 2.0 * step * off
                + U * off * off
                + 3.0 * (variance[i] + step * step);
        }
        let spread = projection_error(reynolds, &second, false);
        let new_variance_error: Vec<f64> =
            (0..n).map(|i| spread[n + i] / new_variance[i] + 2.0).collect();
        Errors {
            natural: (0..n)
                .map(|i| {
                    new_mean_error[i] / new_variance[i]
                        + new_mean[i].abs() / new_variance[i] * (new_variance_error[i] + 1.0)
                })
                .collect(),
            mean: new_mean_error,
            variance: new_variance_error,
        }
    }

    fn mean_parameter_error(q: &Known<Self>) -> Vec<f64> {
        let (mean, variance) = (q.member.mean(), q.member.variance());
        let second = (0..mean.len()).map(|i| {
            // m² + σ²: three roundings.
            2.0 * mean[i].abs() * q.errors.mean[i]
                + variance[i] * q.errors.variance[i]
                + 3.0 * (mean[i] * mean[i] + variance[i])
        });
        q.errors.mean.iter().copied().chain(second).collect()
    }

    fn kl_error(q: &Known<Self>, p: &Known<Self>) -> f64 {
        let (m, v) = (q.member.mean(), q.member.variance());
        let (n, w) = (p.member.mean(), p.member.variance());
        let mut sum = 0.0;
        for i in 0..m.len() {
            let (ratio, step) = (v[i] / w[i], (m[i] - n[i]).abs());
            let relative = q.errors.variance[i] + p.errors.variance[i];
            // d/d ln σ² and d/d ln ς² of the variance part: ±½(σ²/ς² − 1); of second order where it is 0.
            let variance = (ratio - 1.0).abs() * relative
                + U * relative * relative * ratio.max(1.0)
                + excess_error(v[i], w[i]);
            // (m − n)²/ς²: errors of the difference, its rounding, ς², and three roundings more.
            let off = q.errors.mean[i] + p.errors.mean[i] + step;
            let mean =
                (2.0 * step * off + U * off * off + step * step * (p.errors.variance[i] + 3.0))
                    / w[i];
            sum += 0.5 * (variance + mean);
        }
        // The terms are not negative: their sum rounds each at most n times.
        sum + m.len() as f64 * q.member.family().kl(&q.member, &p.member)
    }

    fn log_partition_error(q: &Known<Self>) -> f64 {
        let (mean, variance, eta) =
            (q.member.mean(), q.member.variance(), q.member.natural().as_slice());
        let n = mean.len();
        (0..n)
            .map(|i| {
                let size = (mean[i] * eta[i]).abs() + variance[i].ln().abs();
                // ½ (m η₁ + ln σ²): errors of m, η₁ and σ²; four roundings; n in the sum.
                0.5 * (eta[i].abs() * q.errors.mean[i]
                    + mean[i].abs() * q.errors.natural[i]
                    + q.errors.variance[i]
                    + (n as f64 + 4.0) * size)
            })
            .sum()
    }

    fn conjugate_error(q: &Known<Self>) -> f64 {
        let (mean, variance, eta) =
            (q.member.mean(), q.member.variance(), q.member.natural().as_slice());
        let n = mean.len();
        let pairing: f64 = (0..n)
            .map(|i| {
                let second = mean[i] * mean[i] + variance[i];
                let first = (mean[i] * eta[i]).abs();
                let errors = eta[i].abs() * q.errors.mean[i]
                    + mean[i].abs() * q.errors.natural[i]
                    // η₂(m² + σ²): η₂ has the relative error of σ².
                    + (2.0 * mean[i].abs() * q.errors.mean[i]
                        + q.errors.variance[i] * (second + variance[i]))
                        / (2.0 * variance[i]);
                // A sum of 2n products, of terms rounded three times.
                errors + (2 * n + 4) as f64 * (first + second / (2.0 * variance[i]))
            })
            .sum();
        pairing + Self::log_partition_error(q)
    }
}

impl Known<DiagonalGaussian> {
    /// A member with given bounds, in units of `u`: absolute ones on its means, relative ones on its
    /// variances.
    pub(in super::super) fn within(
        member: Member<DiagonalGaussian>,
        mean: Vec<f64>,
        variance: Vec<f64>,
    ) -> Self {
        let natural = vec![f64::INFINITY; mean.len()];
        Self { member, errors: Errors { mean, variance, natural } }
    }

    /// Absolute bounds on the means, in units of `u`.
    pub(in super::super) fn mean_errors(&self) -> &[f64] {
        &self.errors.mean
    }

    /// Relative bounds on the variances, in units of `u`.
    pub(in super::super) fn variance_errors(&self) -> &[f64] {
        &self.errors.variance
    }
}
