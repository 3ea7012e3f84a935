//! Oracles, held against what rounding can have put between them: both sides are computed with bounds on their
//! own rounding errors.

use equibayes::claim::rounding::Tracked;
use equibayes::family::{Family, FisherInformation, LogPartition, Member};
use equibayes::scalar::Scalar;
use nalgebra::{DMatrix, DVector};
use num_traits::Zero;

pub(super) fn exact(x: f64) -> Tracked {
    Tracked::exact(x)
}

pub(super) fn all_exact(x: &[f64]) -> Vec<Tracked> {
    x.iter().copied().map(Tracked::exact).collect()
}

/// Fails unless the two agree to within their bounds, of which neither is idle: nine digits are left.
#[track_caller]
pub(super) fn assert_near(found: Tracked, expected: Tracked, what: &str) {
    let gap = (found.value() - expected.value()).abs();
    assert!(gap <= found.bound() + expected.bound(), "{what}: {found}, expected {expected}");
    for side in [found, expected] {
        assert!(side.bound() <= 1e-9 * (1.0 + side.value().abs()), "{what}: idle bound {side}");
    }
}

/// As [`assert_near`], for all entries.
#[track_caller]
pub(super) fn assert_all_near(found: &[Tracked], expected: &[Tracked], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (&a, &b) in found.iter().zip(expected) {
        assert_near(a, b, what);
    }
}

/// Mass 1, the mean parameter and the Fisher information, as sums over nodes `(θ, w)`, with a bound on what the rule
/// leaves out of each.
#[track_caller]
pub(super) fn assert_integrates<F>(
    q: &Member<F, Tracked>,
    nodes: impl Iterator<Item = (DVector<Tracked>, Tracked)>,
    truncation: f64,
) where
    F: Family + LogPartition<Tracked> + FisherInformation<Tracked>,
{
    let family = q.family();
    let size = q.mean_parameter().as_slice().len();
    let mut total = Tracked::zero();
    let mut mean = DVector::from_element(size, Tracked::zero());
    let mut second = DMatrix::from_element(size, size, Tracked::zero());
    for (theta, weight) in nodes {
        let log = family.log_density(q, theta.as_slice());
        let p = num_traits::Float::exp(log) * weight;
        let t = family.sufficient_statistic(theta.as_slice());
        total += p;
        second += &t * t.transpose() * p;
        mean += t * p;
    }
    let covariance = second - &mean * mean.transpose();
    let wider = |x: &Tracked| Tracked::new(x.value(), x.bound() + truncation);
    let of = |x: &[Tracked]| x.iter().map(wider).collect::<Vec<_>>();
    assert_near(wider(&total), Tracked::count(1), "mass");
    assert_all_near(&of(mean.as_slice()), q.mean_parameter().as_slice(), "mean");
    // Two means of at most 1 are multiplied in the covariance.
    let information = family.fisher_information(q);
    assert_all_near(&of(covariance.as_slice()), information.as_slice(), "covariance");
}
