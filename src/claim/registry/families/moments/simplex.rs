//! Dirichlet laws, by breaking sticks.

use super::Moments;
use super::line::beta_line;
use crate::claim::rounding::Tracked;
use crate::family::{Dirichlet, LogPartition, Member};
use nalgebra::{DMatrix, DVector};
use num_traits::{Float, One, Zero};

impl Moments {
    /// With `θ_i = s_i Π_{j<i} (1 − s_j)`, `Π θ_i^{α_i − 1} dθ = Π s_i^{α_i − 1} (1 − s_i)^{β_i − 1} ds`, `β_i = Σ_{j>i} α_j`: one beta
    /// integral for each stick, and `T_i = ln θ_i` is a sum over independent sticks.
    pub(in super::super) fn of_dirichlet(q: &Member<Dirichlet, Tracked>) -> Self {
        let alpha = q.natural().as_slice();
        let n = alpha.len();
        let mut log_scale = -q.family().log_partition(q);
        let mut total = Tracked::one();
        let mut mean = DVector::from_element(n, Tracked::zero());
        let mut covariance = DMatrix::from_element(n, n, Tracked::zero());
        for i in 0..n - 1 {
            let beta = alpha[i + 1..].iter().fold(Tracked::zero(), |sum, &a| sum + a);
            let (scale, [one, s, rest, s_s, s_rest, rest_rest]) = beta_line(alpha[i], beta);
            log_scale += scale;
            total *= one;
            let (s, rest) = (s / one, rest / one);
            let own = [
                [s_s / one - s * s, s_rest / one - s * rest],
                [s_rest / one - s * rest, rest_rest / one - rest * rest],
            ];
            // The stick enters T_i by ln s, what comes after by ln(1 − s).
            let part = |k: usize| usize::from(k > i);
            for k in i..n {
                mean[k] += [s, rest][part(k)];
                for l in i..n {
                    covariance[(k, l)] += own[part(k)][part(l)];
                }
            }
        }
        Self { total: total * Float::exp(log_scale), mean, covariance }
    }
}
