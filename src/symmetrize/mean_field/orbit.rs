//! One orbit of coordinates: its three averages, its tied marginal, and how far it is from invariant.
//!
//! Everything is computed from the *offsets* of the means from the mean of the most precise coordinate
//! (from 0 in a killed orbit, whose average is 0). A difference of two floating-point numbers is
//! rounded once, relative to itself, so means that agree to many digits keep the accuracy of what
//! they differ by; and taking the most precise coordinate as the reference keeps the geometric average,
//! which weighs by precision, from being the small difference of large numbers.

use super::{Asymmetry, Method};
use crate::family::excess;
use crate::representation::Orbit;
use num_traits::Float;

/// The values of one orbit, with the signs of its means divided out.
pub(super) struct Values<'a> {
    orbit: Orbit<'a>,
    mean: &'a [f64],
    std_dev: &'a [f64],
    /// The mean that offsets are measured from.
    reference: f64,
    /// The smallest standard deviation.
    smallest: f64,
}

/// One Gaussian for the whole orbit, its mean relative to the reference.
#[derive(Clone, Copy)]
struct Common {
    offset: f64,
    std_dev: f64,
}

/// The sum of squares of numbers of any scale, divided by `scale²`.
fn squares(values: impl Iterator<Item = f64>, scale: f64) -> f64 {
    values.map(|value| Float::powi(value / scale, 2)).sum()
}

impl<'a> Values<'a> {
    pub(super) fn new(orbit: Orbit<'a>, mean: &'a [f64], std_dev: &'a [f64]) -> Self {
        let (mut reference, mut smallest) = (0.0, f64::INFINITY);
        for (i, negative) in orbit.members() {
            if std_dev[i] < smallest {
                smallest = std_dev[i];
                reference = if negative { -mean[i] } else { mean[i] };
            }
        }
        if orbit.is_killed() {
            reference = 0.0;
        }
        Self { orbit, mean, std_dev, reference, smallest }
    }

    /// Replaces the values of the orbit by the invariant ones. Where they are invariant already they
    /// stay (a tied posterior excepted, whose scales shrink).
    pub(super) fn symmetrize(&self, method: Method, mean: &mut [f64], std_dev: &mut [f64]) {
        if method != Method::Tie && self.is_invariant() {
            return;
        }
        let common = match method {
            Method::Geometric => self.geometric(),
            Method::Arithmetic => self.arithmetic(),
            Method::Projection => self.projection(),
            Method::Tie => self.tie(),
        };
        let common_mean = self.reference + common.offset;
        for (i, negative) in self.orbit.members() {
            mean[i] = if negative { -common_mean } else { common_mean };
            std_dev[i] = common.std_dev;
        }
    }

    /// Whether tying takes away freedom: more than one coordinate becomes one, or one becomes 0.
    pub(super) fn ties_any(&self) -> bool {
        (self.orbit.len() > 1 || self.orbit.is_killed()) && self.iter().any(|(_, s)| s > 0.0)
    }

    /// `√(sum² + E‖θ − Pθ‖²)`: with independent coordinates `E‖θ − Pθ‖² = Σ (m_i − m̂)² + (1 − 1/l) Σσ_i²` on an orbit of `l`,
    /// and `Σ m_i² + σ_i²` on one that is killed.
    pub(super) fn add_tied_distance(&self, sum: f64) -> f64 {
        let offset = self.average_offset();
        let share = if self.orbit.is_killed() { 1.0 } else { 1.0 - 1.0 / self.len() };
        self.offsets().fold(sum, |sum, (d, s)| {
            Float::hypot(Float::hypot(sum, d - offset), s * Float::sqrt(share))
        })
    }

    /// The largest difference of means or of scales; of means from 0 in a killed orbit.
    pub(super) fn width(&self) -> f64 {
        let Some((mean, scale)) = self.iter().next() else { return 0.0 };
        let mean = if self.orbit.is_killed() { 0.0 } else { mean };
        let larger = |a: f64, b: f64| if a.is_nan() || a > b { a } else { b };
        self.iter().fold(0.0, |most, (m, s)| {
            larger(larger(most, Float::abs(m - mean)), Float::abs(s - scale))
        })
    }

    fn len(&self) -> f64 {
        self.orbit.len() as f64
    }

    /// `(± m_i, σ_i)` for each coordinate.
    fn iter(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.orbit.members().map(|(i, negative)| {
            (if negative { -self.mean[i] } else { self.mean[i] }, self.std_dev[i])
        })
    }

    /// `(± m_i − reference, σ_i)` for each coordinate.
    fn offsets(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.iter().map(|(m, s)| (m - self.reference, s))
    }

    /// Whether all coordinates agree to the last bit (and the mean is zero where it must be).
    fn is_invariant(&self) -> bool {
        let mut values = self.iter();
        let Some(first) = values.next() else { return true };
        (!self.orbit.is_killed() || first.0 == 0.0) && values.all(|value| value == first)
    }

    /// The offset of the average mean.
    fn average_offset(&self) -> f64 {
        if self.orbit.is_killed() {
            return 0.0;
        }
        self.offsets().map(|(d, _)| d).sum::<f64>() / self.len()
    }

    /// Precisions are averaged relative to the largest, so none over- or underflows.
    fn geometric(&self) -> Common {
        let (mut weights, mut pull) = (0.0, 0.0);
        for (d, s) in self.offsets() {
            let weight = Float::powi(self.smallest / s, 2);
            weights += weight;
            pull += weight * d;
        }
        let offset = if self.orbit.is_killed() { 0.0 } else { pull / weights };
        Common { offset, std_dev: self.smallest * Float::sqrt(self.len() / weights) }
    }

    fn arithmetic(&self) -> Common {
        let offset = self.average_offset();
        let steps = || self.offsets().flat_map(|(d, s)| [s, d - offset]);
        let scale = steps().map(Float::abs).fold(0.0, f64::max);
        Common { offset, std_dev: scale * Float::sqrt(squares(steps(), scale) / self.len()) }
    }

    /// Drifts from the smallest scale are positive, so they do not cancel.
    fn projection(&self) -> Common {
        let drift: f64 = self.iter().map(|(_, s)| s - self.smallest).sum();
        Common { offset: self.average_offset(), std_dev: self.smallest + drift / self.len() }
    }

    /// The variance of the average of independent coordinates: `n⁻² Σσ²`; nothing in a killed orbit.
    fn tie(&self) -> Common {
        if self.orbit.is_killed() {
            return Common { offset: 0.0, std_dev: 0.0 };
        }
        let scales = || self.iter().map(|(_, s)| s);
        let scale = scales().fold(0.0, f64::max);
        let std_dev = scale * Float::sqrt(squares(scales(), scale)) / self.len();
        Common { offset: self.average_offset(), std_dev }
    }

    pub(super) fn asymmetry(&self) -> Asymmetry {
        if self.is_invariant() {
            return Asymmetry::default();
        }
        let (lower, upper, middle) = (self.geometric(), self.arithmetic(), self.projection());
        let mut sum =
            Asymmetry { orbit_divergence: self.orbit_divergence(), ..Asymmetry::default() };
        for (offset, std_dev) in self.offsets() {
            let here = Common { offset, std_dev };
            sum.geometric_gap += kl(lower, here);
            sum.arithmetic_gap += kl(here, upper);
            sum.wasserstein += 2.0
                * (Float::powi(offset - middle.offset, 2)
                    + Float::powi(std_dev - middle.std_dev, 2));
        }
        sum.remainder = self.len() * kl(upper, lower);
        sum
    }

    /// `Σ_j avg_g KL(q_j ‖ (g_#q)_j)`, as a sum of squares.
    ///
    /// Every coordinate meets every place of the orbit equally often, so with the variances `v`, their
    /// average `v̄` and the spread `S = avg_i (m_i − m̂)²` of the means it is
    /// `½ Σ_j [v̄/v_j − 1 + (S + (m̂ − m_j)²)/v_j]` (in a killed orbit too, where the cross terms cancel and
    /// `m̂ = 0`). Its first part has terms of both signs; but `Σ_j (v̄ − v_j) = 0`, so
    /// `Σ_j (v̄ − v_j)/v_j = Σ_j (v̄ − v_j)(1/v_j − 1/v̄) = Σ_j (v̄ − v_j)²/(v_j v̄)`, which has not.
    fn orbit_divergence(&self) -> f64 {
        let n = self.len();
        let largest = self.iter().map(|(_, s)| s).fold(0.0, f64::max);
        // Variances over the largest, as differences from the smallest of them.
        let excesses = || {
            self.iter()
                .map(|(_, s)| ((s - self.smallest) / largest) * ((s + self.smallest) / largest))
        };
        let average_excess = excesses().sum::<f64>() / n;
        let average = average_excess + Float::powi(self.smallest / largest, 2);
        let rms = largest * Float::sqrt(average);
        let offset = self.average_offset();
        let widest = self.offsets().map(|(d, _)| Float::abs(d - offset)).fold(0.0, f64::max);
        let spread = if widest == 0.0 {
            0.0
        } else {
            widest * Float::sqrt(squares(self.offsets().map(|(d, _)| d - offset), widest) / n)
        };
        let terms = self.offsets().zip(excesses()).map(|((d, s), excess)| {
            Float::powi((excess - average_excess) / average * (rms / s), 2)
                + Float::powi(spread / s, 2)
                + Float::powi((offset - d) / s, 2)
        });
        0.5 * terms.sum::<f64>()
    }
}

/// `(a/b)² − 1 − ln (a/b)²`, without cancellation for near-equal scales and without rounding the ratio
/// away for scales far apart.
fn variance_excess(a: f64, b: f64) -> f64 {
    let ratio = a / b;
    let x = (a - b) / b * (ratio + 1.0);
    if Float::abs(x) <= 0.5 { excess(x) } else { ratio * ratio - 1.0 - 2.0 * Float::ln(ratio) }
}

/// `KL(N(m, a²) ‖ N(n, b²))` of two Gaussians on the line with `step = m − n`.
pub(super) fn divergence(step: f64, a: f64, b: f64) -> f64 {
    let step = step / b;
    0.5 * (variance_excess(a, b) + step * step)
}

/// `KL(q ‖ p)`.
fn kl(q: Common, p: Common) -> f64 {
    divergence(q.offset - p.offset, q.std_dev, p.std_dev)
}
