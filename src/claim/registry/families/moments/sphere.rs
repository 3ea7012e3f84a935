//! Von Mises–Fisher laws, by an integral along the axis.

use super::Moments;
use super::line::axis_line;
use crate::claim::rounding::Tracked;
use crate::family::{Family, LogPartition, Member, VonMisesFisher};
use crate::scalar::Scalar;
use nalgebra::{DMatrix, DVector};
use num_traits::{Float, FloatConst, One, Zero};

/// The area of the unit sphere `S^k`: 2, 2π, and `|S^k| = |S^{k−2}| 2π/(k − 1)`.
fn area(k: usize) -> Tracked {
    match k {
        0 => Tracked::count(2),
        1 => Tracked::TAU(),
        _ => area(k - 2) * Tracked::TAU() / Tracked::count(k - 1),
    }
}

impl Moments {
    /// With `θ = wu + √(1 − w²) v`, `u` the axis and `v` uniform on the sphere across it: the law of `w` has the density
    /// `|S^{n−2}|/|S^{n−1}| (1 − w²)^{(n−3)/2} e^{κw − A}`.
    pub(in super::super) fn of_von_mises_fisher(q: &Member<VonMisesFisher, Tracked>) -> Self {
        let n = q.family().dim();
        let kappa = q.concentration();
        let axis = q
            .direction()
            .unwrap_or_else(|| DVector::from_fn(n, |i, _| Tracked::count(usize::from(i == 0))));
        // w = tanh t, dw = (1 − w²) dt.
        let [one, w, square, rest] = axis_line(kappa, n - 1);
        let share = area(n - 2) / area(n - 1);
        let total = share * one * Float::exp(kappa - q.family().log_partition(q));
        let (w, square, rest) = (w / one, square / one, rest / one);
        let across = rest / Tracked::count(n - 1);
        let along = square - w * w;
        let covariance = DMatrix::from_fn(n, n, |i, j| {
            let unit = if i == j { Tracked::one() } else { Tracked::zero() };
            along * axis[i] * axis[j] + across * (unit - axis[i] * axis[j])
        });
        Self { total, mean: axis * w, covariance }
    }
}
