//! Optimal transport by its own computation: between two bounds, for Gaussians, and by going through all assignments,
//! for points.

use crate::claim::compare::larger;
use crate::claim::rounding::{Judge, Tracked};
use crate::law::Residual;
use crate::scalar::{Scalar, dot};
use nalgebra::{DMatrix, DVector};
use num_traits::Float;

/// A number that is known to be between two others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Between {
    low: f64,
    high: f64,
}

impl Between {
    /// Outwards by what rounding can do.
    pub(super) fn of(low: Tracked, high: Tracked) -> Self {
        let (low, high) = (low.value() - low.bound(), high.value() + high.bound());
        let u = f64::EPSILON;
        Self { low: low - u * low.abs(), high: high + u * high.abs() }
    }

    /// The middle.
    pub(super) fn value(self) -> f64 {
        0.5 * (self.low + self.high)
    }

    /// How far the number may be from the middle.
    pub(super) fn radius(self) -> f64 {
        0.5 * (self.high - self.low) + f64::EPSILON * self.value().abs()
    }

    /// How far a number that is off by `error` is from the middle, against what may be between them.
    pub(super) fn is(self, value: f64, error: f64) -> Residual {
        Residual::new((value - self.value()).abs(), self.radius() + error)
    }

    /// As [`is`](Self::is), of another number that is known to be between two.
    pub(super) fn meets(self, other: Self) -> Residual {
        self.is(other.value(), other.radius())
    }
}

impl From<Tracked> for Between {
    fn from(x: Tracked) -> Self {
        Self::of(x, x)
    }
}

/// `W_2²` of two Gaussians with the covariances `AAᵀ` and `CCᵀ`, one of which may be singular, and with means that are
/// this step apart: `|step|² + ‖A‖² + ‖C‖² − 2‖AᵀC‖_*`, the last by [`nuclear`].
///
/// `‖AᵀC‖_*` is the largest `E⟨x, y⟩` of a coupling: `tr(Σ^½BΣ^½)^½` for `Σ = AAᵀ` and `B = CCᵀ`, because `(Σ^½C)(Σ^½C)ᵀ` has
/// the eigenvalues of `AᵀC(AᵀC)ᵀ`.
pub(super) fn gaussians(
    step: &DVector<Tracked>,
    a: &DMatrix<Tracked>,
    c: &DMatrix<Tracked>,
) -> Between {
    let apart = dot(step.as_slice(), step.as_slice()) + square(a) + square(c);
    let (low, high) = nuclear(&(a.transpose() * c));
    let two = Tracked::exact(2.0);
    Between::of(apart - two * high, apart - two * low)
}

/// Bounds on the sum of the singular values of a square matrix, from below and from above, that no error of the decomposition
/// can spoil: it only sets them apart.
///
/// With approximate `K ≈ XYᵀ` and `Z`: `tr ZᵀK ≤ ‖Z‖‖K‖_*` (spectral norm; the dual problem), and
/// `‖K‖_* ≤ ½(‖X‖_F² + ‖Y‖_F²) + √n‖K − XYᵀ‖_F`. For `H = ZᵀZ`, an eigenvalue `h ≥ 1` is at most `1 + (h² − h)`, so that
/// `‖Z‖² ≤ 1 + ‖H² − H‖_F`. Approximations are from the eigenvectors `(u, v)` of `[[0, K], [Kᵀ, 0]]`, whose eigenvalues are `±σ`.
fn nuclear(k: &DMatrix<Tracked>) -> (Tracked, Tracked) {
    let n = k.nrows();
    let values = k.map(Tracked::value);
    let mut both = DMatrix::<f64>::zeros(2 * n, 2 * n);
    both.view_mut((0, n), (n, n)).copy_from(&values);
    both.view_mut((n, 0), (n, n)).copy_from(&values.transpose());
    let found = both.symmetric_eigen();
    // What is left of zero is no direction to go by.
    let least = 16.0 * n as f64 * f64::EPSILON * values.norm();
    let kept: Vec<usize> = (0..2 * n).filter(|&j| found.eigenvalues[j] > least).collect();
    let scaled = |from: usize, weight: fn(f64) -> f64| {
        DMatrix::from_fn(n, kept.len(), |i, j| {
            let entry = found.eigenvectors[(from + i, kept[j])];
            Tracked::exact(entry * std::f64::consts::SQRT_2 * weight(found.eigenvalues[kept[j]]))
        })
    };
    let (u, v) = (scaled(0, |_| 1.0), scaled(n, |_| 1.0));
    let z = &u * v.transpose();
    let h = z.transpose() * &z;
    let low = dot(z.as_slice(), k.as_slice())
        / Float::sqrt(Tracked::exact(1.0) + at_most(&(&h * &h - &h)));
    let (x, y) = (scaled(0, f64::sqrt), scaled(n, f64::sqrt));
    let (half, off) = (Tracked::exact(0.5), at_most(&(k - &x * y.transpose())));
    let high = half * (square(&x) + square(&y)) + Float::sqrt(Tracked::count(n)) * off;
    (low, high)
}

/// `‖A‖_F²`.
fn square(matrix: &DMatrix<Tracked>) -> Tracked {
    dot(matrix.as_slice(), matrix.as_slice())
}

/// An upper bound on `‖A‖_F`. Where nothing but rounding is left of `A`, the root has a bound and no digit.
fn at_most(matrix: &DMatrix<Tracked>) -> Tracked {
    let square = square(matrix);
    Tracked::exact((square.value() + square.bound()).sqrt() * (1.0 + 4.0 * f64::EPSILON))
}

/// `W_2²` of the uniform laws on two lists of equally many points: the least mean cost of an assignment, since by Birkhoff's
/// theorem couplings of such laws are mixtures of them. By going through all (Heap's algorithm). With a bound on its error,
/// the largest of all costs: the least of numbers is off by no more.
pub(super) fn points<T: Judge>(from: &[DVector<T>], to: &[DVector<T>]) -> (T, f64) {
    let mut order: Vec<usize> = (0..to.len()).collect();
    let count = T::count(from.len());
    let cost = |order: &[usize]| {
        let sum = from.iter().zip(order).fold(T::zero(), |sum, (x, &k)| {
            let step = x - &to[k];
            sum + dot(step.as_slice(), step.as_slice())
        });
        sum / count.clone()
    };
    let mut least = cost(&order);
    let mut error = least.error_bound();
    let mut counters = vec![0; order.len()];
    let mut k = 1;
    while k < order.len() {
        if counters[k] < k {
            order.swap(k, if k.is_multiple_of(2) { 0 } else { counters[k] });
            let next = cost(&order);
            error = larger(error, next.error_bound());
            if next < least {
                least = next;
            }
            counters[k] += 1;
            k = 1;
        } else {
            counters[k] = 0;
            k += 1;
        }
    }
    (least, error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalar::Rational;
    use nalgebra::{dmatrix, dvector};

    fn exact(matrix: DMatrix<f64>) -> DMatrix<Tracked> {
        matrix.map(Tracked::exact)
    }

    #[test]
    fn nuclear_norms_are_enclosed_and_not_by_much() {
        for (matrix, sum) in [
            (dmatrix![3.0, 0.0; 0.0, -2.0], 5.0),
            // √(‖K‖² + 2|det K|).
            (dmatrix![1.0, 2.0; 3.0, 4.0], 34_f64.sqrt()),
            (dmatrix![1.0, 1.0; 1.0, 1.0], 2.0),
            (dmatrix![0.0, 0.0; 0.0, 0.0], 0.0),
            (dmatrix![0.0, 1.0, 0.0; 0.0, 0.0, 1.0; 1.0, 0.0, 0.0], 3.0),
        ] {
            let (low, high) = nuclear(&exact(matrix));
            let found = Between::of(low, high);
            assert!(found.low <= sum && sum <= found.high, "{found:?}, not {sum}");
            // A decomposition is off by some n² roundings of the norm.
            assert!(found.radius() <= 200.0 * f64::EPSILON * sum, "{found:?}");
        }
    }

    #[test]
    fn what_is_between_bounds_is_told_from_what_is_not() {
        let a = exact(dmatrix![1.0, 0.0; 0.0, 2.0]);
        let c = exact(dmatrix![3.0, 0.0; 0.0, 1.0]);
        let step = dvector![1.0, 0.0].map(Tracked::exact);
        let found = gaussians(&step, &a, &c);
        assert!(found.is(6.0, 0.0).holds());
        assert!(!found.is(6.0 + 1e-12, 0.0).holds() && !found.is(6.0 - 1e-12, 0.0).holds());
    }

    #[test]
    fn assignments_are_gone_through() {
        let r = |x: i64| dvector![Rational::ratio(x, 1)];
        let from = [r(0), r(1), r(5), r(9)];
        // In order on the line, whatever order they are listed in: 1 + 1 + 4 + 0.
        let to = [r(9), r(3), r(1), r(2)];
        assert_eq!(points(&from, &to), (Rational::ratio(6, 4), 0.0));
        assert_eq!(points(&from, &from), (Rational::ratio(0, 1), 0.0));
    }
}
