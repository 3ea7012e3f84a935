//! Orthogonal matrices in floating point, with bounds on their rounding.

use crate::group::GroupError;
use nalgebra::{DMatrix, DVector};
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;

const UNIT_ROUNDOFF: f64 = f64::EPSILON / 2.0;

/// An orthogonal matrix, to within rounding.
///
/// # Examples
/// ```
/// use equibayes::group::Orthogonal;
/// use nalgebra::dmatrix;
///
/// let o2 = Orthogonal::new(2)?;
/// assert!(!o2.element_of(dmatrix![0.0, 1.0; 1.0, 0.0])?.is_rotation());
/// assert!(o2.element_of(dmatrix![1.0, 1.0; 0.0, 1.0]).is_err());
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct OrthogonalMatrix(DMatrix<f64>);

/// How far one operation may take an `n×n` orthogonal matrix from the exact result, in the Frobenius norm.
///
/// With `u` the unit roundoff, and to first order in it:
///
/// - *A product.* Every entry is a dot product of `n` terms, off by at most `nu` times the dot product of the
///   absolute values; so the error is at most `nu ‖A‖‖B‖ = n² u` (`‖·‖` of an orthogonal matrix is `√n`).
/// - *A transpose* is exact.
/// - *A Haar draw.* A pass of Gram–Schmidt takes from a vector `r` its parts along `k < n` columns. Each part
///   is a dot product, off by at most `nu‖r‖`, together at most `√n·nu‖r‖`; taking them away rounds a product
///   and a difference, each in a vector no longer than `r`, at most `2nu‖r‖`. The first pass leaves at least
///   the fraction 2⁻¹⁰ of the length (else the draw is repeated), so the second starts from a vector that is
///   orthogonal up to 2¹⁰ times such an error, shortens it no further, and leaves an error of
///   `(n^{3/2} + 2n)u` times its length. So for each pair of columns `QᵀQ` is off by that at most, and by
///   `(n + 4)u` on the diagonal, where a length is computed (`n/2 + 1` relative roundings, doubled) and
///   divided by. The nearest orthogonal matrix is at half of `‖QᵀQ − I‖`, which is at most
///   `½ √(2n) (n^{3/2} + 2n)u + ½ √n (n + 4)u ≤ (¾n² + 2n^{3/2} + 2√n)u`.
///
/// Both are below `(n² + 2n^{3/2} + 2√n)u`; one percent more covers the higher orders up to
/// `n ≈ 10⁴`.
pub(super) fn rounding(n: usize) -> f64 {
    let n = n as f64;
    1.01 * (n * n + 2.0 * n * n.sqrt() + 2.0 * n.sqrt()) * UNIT_ROUNDOFF
}

impl OrthogonalMatrix {
    /// `‖AᵀA − I‖` may be twice the distance from the nearest orthogonal matrix, and computing it rounds
    /// as a product does; a matrix that someone else rounded entry by entry is off by `√n · u` only.
    pub(super) fn new(n: usize, matrix: DMatrix<f64>) -> Result<Self, GroupError> {
        let (rows, columns) = matrix.shape();
        if (rows, columns) != (n, n) {
            return Err(GroupError::WrongShape { index: 0, rows, columns, expected: n });
        }
        let defect = (matrix.tr_mul(&matrix) - DMatrix::identity(n, n)).norm();
        let tolerance = 4.0 * rounding(n);
        // Also refuses NaN, which is not below anything.
        if !(defect <= tolerance) {
            let (defect, tolerance) = (format!("{defect:.3e}"), format!("{tolerance:.3e}"));
            return Err(GroupError::NotOrthogonal { defect, tolerance });
        }
        Ok(Self(matrix))
    }

    pub(super) fn identity(n: usize) -> Self {
        Self(DMatrix::identity(n, n))
    }

    /// The matrix.
    pub fn matrix(&self) -> &DMatrix<f64> {
        &self.0
    }

    /// Whether the determinant is +1, not −1.
    pub fn is_rotation(&self) -> bool {
        // All its singular values are 1, so elimination cannot get the sign wrong.
        self.0.determinant() > 0.0
    }

    pub(super) fn compose(&self, first: &Self) -> Self {
        Self(&self.0 * &first.0)
    }

    pub(super) fn inverse(&self) -> Self {
        Self(self.0.transpose())
    }

    pub(super) fn distance(&self, other: &Self) -> f64 {
        if self.0.shape() != other.0.shape() {
            return f64::INFINITY;
        }
        (&self.0 - &other.0).norm()
    }

    /// With the last column negated.
    pub(super) fn flipped(mut self) -> Self {
        let last = self.0.ncols() - 1;
        self.0.column_mut(last).neg_mut();
        self
    }

    /// The Gram–Schmidt basis of `n` Gaussian vectors.
    ///
    /// A vector that lies too near to the span of the earlier ones is drawn again. Whether it does depends on
    /// the ratio of two lengths only, which no rotation changes, so neither does the law of the basis.
    pub(super) fn haar<R: Rng + ?Sized>(n: usize, rng: &mut R) -> Self {
        const SHORTEST: f64 = 1.0 / 1024.0;
        let mut q = DMatrix::zeros(n, n);
        for k in 0..n {
            loop {
                let gaussian = DVector::from_fn(n, |_, _| rng.sample::<f64, _>(StandardNormal));
                let mut rest = gaussian.clone();
                for _pass in 0..2 {
                    for j in 0..k {
                        let part = q.column(j).dot(&rest);
                        rest.axpy(-part, &q.column(j), 1.0);
                    }
                }
                let length = rest.norm();
                if length > SHORTEST * gaussian.norm() {
                    q.set_column(k, &(rest / length));
                    break;
                }
            }
        }
        Self(q)
    }
}

/// `exp(X)` for a skew-symmetric `X`, by Taylor's series of `X/2^s` and `s` squarings.
///
/// With `‖X/2^s‖ ≤ ½` the series is cut after the power 18, with a remainder below `2⁻¹⁹/19! < 10⁻²²`. A
/// squaring doubles the error it is given, so that the result is off by about `2^s ≤ 4‖X‖ + 1` times the
/// rounding of one product. One step `Q ← Q(3I − QᵀQ)/2` of Newton's method then brings the result back to
/// the orthogonal matrices as far as rounding allows; which of them it is has the error just said.
///
/// # Panics
/// If the matrix is not `n×n`.
pub(super) fn exponential(n: usize, x: &DMatrix<f64>) -> OrthogonalMatrix {
    assert_eq!(x.shape(), (n, n), "exponential of a matrix of another size");
    let norm = x.norm();
    // Not a loop: an infinite norm would never get small.
    let squarings = if norm > 0.5 && norm.is_finite() { (2.0 * norm).log2().ceil() } else { 0.0 };
    let small = x * (-squarings).exp2();
    let identity = DMatrix::identity(n, n);
    // Horner: 1 + X(1 + X/2 (1 + X/3 (…))).
    let mut exp = identity.clone();
    for k in (1..=18).rev() {
        exp = &identity + (&small * exp) / f64::from(k);
    }
    for _ in 0..squarings as u32 {
        exp = &exp * &exp;
    }
    let correction = (&identity * 3.0 - exp.tr_mul(&exp)) * 0.5;
    OrthogonalMatrix(exp * correction)
}
