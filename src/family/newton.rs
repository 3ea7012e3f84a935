//! `μ ↦ η` by Newton's method with a line search, for bounded statistics.
//!
//! The log-partition function of a bounded statistic is not self-concordant: where all the weight is on
//! one point the Fisher information vanishes, and an undamped step leaves for infinity.

use super::solve::inverse;
use crate::special::Special;
use nalgebra::{DMatrix, DVector};

/// The most steps; each lowers the potential by a share of `λ²`.
const STEPS: usize = 200;

/// Below this `λ` Newton's method converges by itself, and differences of the potential, of size `λ²`,
/// begin to drown in rounding.
const NEAR: f64 = 1e-4;

/// The minimum of the convex `potential(η) = A(η) − ⟨η, μ⟩`, from zero; `residual(η) = ∇A(η) − μ` is its
/// gradient, in the scalar's own arithmetic. `None` where there is none: outside the mean-parameter space
/// the potential falls for ever.
///
/// Steps are halved until they lower the potential by a tenth of what the slope promises, as far as
/// that can be told from rounding, and end where `λ = √(rᵀI⁻¹r)` stops falling. For scalars that track
/// their error the result is off by `|I⁻¹||r|`, doubled for the change of `I` over that distance.
pub(super) fn minimum<T: Special>(
    dim: usize,
    potential: impl Fn(&[f64]) -> f64,
    residual: impl Fn(&[T]) -> Vec<T>,
    information: impl Fn(&[f64]) -> DMatrix<f64>,
) -> Option<Vec<T>> {
    let residual = |x: &DVector<f64>| -> Vec<T> {
        residual(&x.iter().map(|&x| T::approximate(x, 0.0)).collect::<Vec<T>>())
    };
    let mut x = DVector::from_element(dim, 0.0);
    let mut best = x.clone();
    let mut last = f64::INFINITY;
    for _ in 0..STEPS {
        let r = DVector::from_iterator(dim, residual(&x).into_iter().map(Special::value));
        let step = -(inverse(&information(x.as_slice()))? * &r);
        let lambda = (-step.dot(&r)).max(0.0).sqrt();
        if lambda.is_nan() {
            return None;
        }
        if last <= NEAR && !(lambda < 0.5 * last) {
            break;
        }
        best = x.clone();
        last = lambda;
        let here = potential(x.as_slice());
        let mut t = 1.0;
        while lambda > NEAR
            && !(potential((&x + &step * t).as_slice()) <= here - 0.1 * t * lambda * lambda)
        {
            t *= 0.5;
            if t < 1e-12 {
                return None;
            }
        }
        x += step * t;
    }
    if !(last <= NEAR) {
        return None;
    }
    let r: Vec<f64> = residual(&best).into_iter().map(|r| r.value().abs() + r.error()).collect();
    let error = inverse(&information(best.as_slice()))?.abs() * DVector::from_vec(r);
    Some(best.iter().zip(&error).map(|(&x, &e)| T::approximate(x, 2.0 * e)).collect())
}
