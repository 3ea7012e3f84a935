//! `μ ↦ η` for families without a closed form: Newton's method on a convex potential.

use crate::linalg;
use crate::special::Special;
use nalgebra::{DMatrix, DVector};

/// The most steps: a damped step lowers the potential by at least `λ − ln(1 + λ)`, and from far away the
/// parameter halves or doubles, so scales from 10⁻³⁰⁰ to 10³⁰⁰ are crossed.
const STEPS: usize = 4000;

/// How many steps without progress are the end.
const IDLE: usize = 4;

/// Steps below this part of every coordinate are near the end.
const NEAR: f64 = 0.01;

/// The inverse of a positive definite matrix, scaled to a unit diagonal first: coordinates of very
/// different size are not mistaken for singular ones.
pub(super) fn inverse(matrix: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    let n = matrix.nrows();
    let root: Vec<f64> = (0..n).map(|k| matrix[(k, k)].sqrt()).collect();
    let scaled = DMatrix::from_fn(n, n, |k, l| matrix[(k, l)] / (root[k] * root[l]));
    let inverse = linalg::inverse(&scaled)?;
    Some(DMatrix::from_fn(n, n, |k, l| inverse[(k, l)] / (root[k] * root[l])))
}

/// The natural parameter whose mean is `target`: the minimum of `A(η) − ⟨η, μ⟩` over positive `η`.
///
/// Newton's method, damped by `1/(1 + λ)` with `λ² = gᵀI⁻¹g` (which converges from everywhere if `A` is
/// self-concordant), and by halves where a step would leave `inside`; until the steps stop falling. `λ`
/// alone would not tell: where the information in a coordinate's logarithm is small, it is small far
/// from the minimum too. `None` where the steps do not become small.
///
/// The error for scalars that track it: if the residual `r` has `λ_r² = |r|ᵀ|I⁻¹||r|` below `1/64²`, and `|I⁻¹||r|` is
/// below 1/64 of every coordinate, then the Fisher information is assumed (not checked) to change by
/// less than a factor 2 between the computed and the exact root, and the error is at most `2|I⁻¹||r|`.
/// Else it is NaN.
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
    // The step when it last fell by half, and for how many steps it has not done so.
    let (mut reference, mut idle) = (f64::INFINITY, 0);
    for _ in 0..STEPS {
        let r = DVector::from_iterator(x.len(), residual(&x).into_iter().map(Special::value));
        let step = -(inverse(&information(x.as_slice()))? * &r);
        let lambda = (-step.dot(&r)).max(0.0).sqrt();
        if lambda.is_nan() {
            return None;
        }
        // The largest step relative to its coordinate, all of which are positive.
        let size = step.iter().zip(&x).map(|(s, x)| (s / x).abs()).fold(0.0, f64::max);
        if lambda <= 0.25 && size < least {
            (best, least) = (x.clone(), size);
        }
        if size < 0.5 * reference {
            (reference, idle) = (size, 0);
        } else {
            idle += 1;
        }
        // Near the minimum steps fall faster and faster, until only rounding is left.
        if least == 0.0 || least <= NEAR && idle >= IDLE {
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
    if !(least <= NEAR) {
        return None;
    }
    let r: Vec<f64> = residual(&best).into_iter().map(|r| r.value().abs() + r.error()).collect();
    let r = DVector::from_vec(r);
    let error = inverse(&information(best.as_slice()))?.abs() * &r;
    let known = error.dot(&r) < 1.0 / (64.0 * 64.0)
        && error.iter().zip(&best).all(|(error, x)| *error < x / 64.0);
    let bound = |e: f64| if known { 2.02 * e } else { f64::NAN };
    Some(best.iter().zip(&error).map(|(&x, &e)| T::approximate(x, bound(e))).collect())
}
