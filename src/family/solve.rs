//! `μ ↦ η` for families without a closed form: Newton's method on a convex potential.

use crate::linalg;
use crate::special::Special;
use nalgebra::{DMatrix, DVector};

/// The most steps: a damped step lowers the potential by at least `λ − ln(1 + λ)`, and from far away the
/// parameter halves or doubles, so scales from 10⁻³⁰⁰ to 10³⁰⁰ are crossed.
const STEPS: usize = 4000;

/// How many steps without progress are the end.
const IDLE: usize = 8;

/// The inverse of a positive definite matrix, scaled to a unit diagonal first: coordinates of very
/// different size are not mistaken for singular ones.
fn inverse(matrix: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    let n = matrix.nrows();
    let root: Vec<f64> = (0..n).map(|k| matrix[(k, k)].sqrt()).collect();
    let scaled = DMatrix::from_fn(n, n, |k, l| matrix[(k, l)] / (root[k] * root[l]));
    let inverse = linalg::inverse(&scaled)?;
    Some(DMatrix::from_fn(n, n, |k, l| inverse[(k, l)] / (root[k] * root[l])))
}

/// The natural parameter whose mean is `target`: the minimum of `A(η) − ⟨η, μ⟩`.
///
/// Newton's method, damped by `1/(1 + λ)` with `λ² = gᵀI⁻¹g` (which converges from everywhere if `A` is
/// self-concordant), and by halves where a step would leave `inside`; until `λ` stops falling.
/// `None` where that does not happen.
///
/// The error for scalars that track it: if the residual `r` has `λ_r² = |r|ᵀ|I⁻¹||r|` below `1/64²`, then the
/// Fisher information changes by less than a factor 2 between the computed and the exact root, if
/// `A` is self-concordant up to a factor of 10 (an assumption, not checked), and the error is at most
/// `2|I⁻¹||r|`. Else it is NaN.
pub(super) fn natural_of_mean<T: Special>(
    start: Vec<f64>,
    target: &[T],
    inside: impl Fn(&[f64]) -> bool,
    mean: impl Fn(&[T]) -> Vec<T>,
    information: impl Fn(&[f64]) -> DMatrix<f64>,
) -> Option<Vec<T>> {
    let residual = |x: &DVector<f64>| -> Vec<T> {
        let at: Vec<T> = x.iter().map(|&x| T::approximate(x, 0.0)).collect();
        mean(&at).into_iter().zip(target).map(|(found, &wanted)| found - wanted).collect()
    };
    let mut x = DVector::from_vec(start);
    let (mut best, mut least) = (x.clone(), f64::INFINITY);
    // Where λ was when it last fell by half, and for how many steps it has not done so.
    let (mut reference, mut idle) = (f64::INFINITY, 0);
    for _ in 0..STEPS {
        let r = DVector::from_iterator(x.len(), residual(&x).into_iter().map(Special::value));
        let step = -(inverse(&information(x.as_slice()))? * &r);
        let lambda = (-step.dot(&r)).max(0.0).sqrt();
        if lambda.is_nan() {
            return None;
        }
        if lambda < least {
            (best, least) = (x.clone(), lambda);
        }
        if lambda < 0.5 * reference {
            (reference, idle) = (lambda, 0);
        } else {
            idle += 1;
        }
        // Near the minimum λ falls faster at every step, until only rounding is left.
        if least == 0.0 || least <= 0.25 && idle >= IDLE {
            break;
        }
        let mut t = if lambda > 0.25 { 1.0 / (1.0 + lambda) } else { 1.0 };
        let moved = loop {
            let moved = &x + &step * t;
            if inside(moved.as_slice()) {
                break moved;
            }
            t *= 0.5;
            if t == 0.0 {
                return None;
            }
        };
        x = moved;
    }
    if !(least <= 0.25) {
        return None;
    }
    let r: Vec<f64> = residual(&best).into_iter().map(|r| r.value().abs() + r.error()).collect();
    let r = DVector::from_vec(r);
    let error = inverse(&information(best.as_slice()))?.abs() * &r;
    let known = error.dot(&r) < 1.0 / (64.0 * 64.0);
    let bound = |e: f64| if known { 2.02 * e } else { f64::NAN };
    Some(best.iter().zip(&error).map(|(&x, &e)| T::approximate(x, bound(e))).collect())
}
