//! Integrals over a member by other means than its family's formulas.
//!
//! Sums where the support is finite or nearly so; Gauss–Hermite rules, which are exact, for Gaussians; else
//! integrals over the line, which everything separates into: sticks of a Dirichlet law, Bartlett's factor of a
//! Wishart matrix, the axis of a von Mises–Fisher law. What is not rounding in them is in their bounds.

mod gaussian;
mod line;
mod parts;
mod simplex;
mod sphere;
mod wishart;

pub(in crate::claim) use line::{Point, Rule};
pub(super) use parts::{bernoulli, exponential, gamma, log_normal, poisson, signed_log_normal};

use crate::claim::rounding::Tracked;
use crate::family::{FiniteSupport, LogPartition, Member};
use crate::scalar::dot;
use nalgebra::{DMatrix, DVector};
use num_traits::{Float, Zero};

/// Integrals over a density. Their bounds count the truncation of whatever rule they were found by.
#[derive(Clone, Debug)]
pub struct Moments {
    /// `∫ q`, which is 1.
    pub total: Tracked,
    /// `∫ T q`, which is the mean parameter.
    pub mean: DVector<Tracked>,
    /// `∫ T Tᵀ q − ∫ T q (∫ T q)ᵀ`, which is the Fisher information.
    pub covariance: DMatrix<Tracked>,
}

impl Moments {
    /// From points `(T, q w)`, the statistic at a node with its weight.
    fn of_nodes(size: usize, nodes: impl Iterator<Item = (DVector<Tracked>, Tracked)>) -> Self {
        let mut total = Tracked::zero();
        let mut mean = DVector::from_element(size, Tracked::zero());
        let mut second = DMatrix::from_element(size, size, Tracked::zero());
        for (statistic, weight) in nodes {
            total += weight;
            let weighted = &statistic * weight;
            second += &weighted * statistic.transpose();
            mean += weighted;
        }
        let covariance = second - &mean * mean.transpose();
        Self { total, mean, covariance }
    }

    /// The sums over a finite support.
    pub fn by_enumeration<F>(q: &Member<F, Tracked>) -> Self
    where
        F: FiniteSupport<Tracked> + LogPartition<Tracked>,
    {
        let family = q.family();
        let nodes = family.support().map(|theta| {
            let statistic = family.sufficient_statistic(theta.as_slice());
            let exponent = family.log_base_measure(theta.as_slice())
                + dot(q.natural().as_slice(), statistic.as_slice())
                - family.log_partition(q);
            (statistic, Float::exp(exponent))
        });
        Self::of_nodes(family.statistic_dim(), nodes)
    }

    /// Of two independent laws.
    pub fn product(self, other: Self) -> Self {
        let (n, m) = (self.mean.len(), other.mean.len());
        let mut covariance = DMatrix::from_element(n + m, n + m, Tracked::zero());
        covariance.view_mut((0, 0), (n, n)).copy_from(&self.covariance);
        covariance.view_mut((n, n), (m, m)).copy_from(&other.covariance);
        let mean = DVector::from_iterator(n + m, self.mean.iter().chain(&other.mean).copied());
        Self { total: self.total * other.total, mean, covariance }
    }
}
