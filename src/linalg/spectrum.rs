//! Eigenvalues and eigenvectors of symmetric positive definite matrices, with a bound on what they are
//! off by.

use crate::scalar::Real;
use nalgebra::DMatrix;
use num_traits::Float;

/// `A = V diag(λ) Vᵀ` of a symmetric positive definite matrix.
///
/// The error of the decomposition is *measured*: `A` is, up to [`backward`](Self::backward), equal to
/// `Q diag(λ) Qᵀ` with an orthogonal `Q` that is [`skew`](Self::skew) away from `V`, both in Frobenius norm.
#[derive(Clone, Debug)]
pub(crate) struct Spectrum<T: Real> {
    values: Vec<T>,
    vectors: DMatrix<T>,
    backward: T,
    skew: T,
}

/// `‖A‖_F`.
pub(crate) fn frobenius<T: Real>(matrix: &DMatrix<T>) -> T {
    Float::sqrt(matrix.iter().fold(T::zero(), |sum, &x| sum + x * x))
}

/// `n` times the unit roundoff.
pub(crate) fn units<T: Real>(n: usize) -> T {
    T::count(n) * T::ratio(1, 2) * T::epsilon()
}

impl<T: Real> Spectrum<T> {
    /// By cyclic Jacobi rotations, which find even small eigenvalues of positive definite matrices to high
    /// relative accuracy if rotations go on while `|a_ij| > u √(a_ii a_jj)`.
    ///
    /// `None` if the matrix is not positive definite to working accuracy, or is not made of numbers.
    ///
    /// # References
    /// J. Demmel and K. Veselić, "Jacobi's method is more accurate than QR", 1992.
    pub(crate) fn new(matrix: &DMatrix<T>) -> Option<Self> {
        /// Convergence is quadratic: matrices of any size that is of use here take fewer than ten.
        const SWEEPS: usize = 60;
        let n = matrix.nrows();
        let mut a = matrix.clone();
        let mut vectors = DMatrix::from_fn(n, n, |i, j| if i == j { T::one() } else { T::zero() });
        let unit = units::<T>(1);
        let mut settled = false;
        for _ in 0..SWEEPS {
            settled = true;
            for q in 1..n {
                for p in 0..q {
                    let size =
                        Float::sqrt(Float::abs(a[(p, p)])) * Float::sqrt(Float::abs(a[(q, q)]));
                    if Float::abs(a[(p, q)]) > unit * size {
                        settled = false;
                        rotate(&mut a, &mut vectors, p, q);
                    }
                }
            }
            if settled {
                break;
            }
        }
        let values: Vec<T> = (0..n).map(|i| a[(i, i)]).collect();
        let positive = values.iter().all(|&value| value > T::zero() && value.is_number());
        if !settled || !positive {
            return None;
        }
        let mut spectrum = Self { values, vectors, backward: T::zero(), skew: T::zero() };
        let (v, size) = (&spectrum.vectors, frobenius(matrix));
        // ‖VᵀV − 1‖ bounds the distance to the nearest orthogonal matrix; n + 1 roundings of sums of n products
        // whose magnitudes sum to about 1, in n² entries.
        let identity = DMatrix::from_fn(n, n, |i, j| if i == j { T::one() } else { T::zero() });
        let skew = frobenius(&(v.transpose() * v - identity)) + units::<T>(n * (n + 1));
        // V diag(λ) Vᵀ: 2n + 2 roundings, and twice the skewness.
        let rebuilt = spectrum.map(|value| value);
        let own = units::<T>(n * (2 * n + 2)) + (T::one() + T::one()) * skew;
        spectrum.backward = frobenius(&(matrix - rebuilt)) + own * size;
        spectrum.skew = skew;
        spectrum.backward.is_number().then_some(spectrum)
    }

    /// The eigenvalues, in no order.
    pub(crate) fn values(&self) -> &[T] {
        &self.values
    }

    /// The eigenvectors, a column for each value.
    pub(crate) fn vectors(&self) -> &DMatrix<T> {
        &self.vectors
    }

    /// A bound on `‖A − Q diag(λ) Qᵀ‖_F`.
    pub(crate) fn backward(&self) -> T {
        self.backward
    }

    /// The smallest eigenvalue; infinite in dimension 0.
    pub(crate) fn smallest(&self) -> T {
        self.values.iter().fold(T::infinity(), |low, &value| Float::min(low, value))
    }

    /// The largest eigenvalue.
    pub(crate) fn largest(&self) -> T {
        self.values.iter().fold(T::zero(), |high, &value| Float::max(high, value))
    }

    /// `f(A) = V diag(f(λ)) Vᵀ`, symmetric to the last bit.
    pub(crate) fn map(&self, f: impl Fn(T) -> T) -> DMatrix<T> {
        let n = self.values.len();
        let images: Vec<T> = self.values.iter().map(|&value| f(value)).collect();
        let mut out = DMatrix::from_element(n, n, T::zero());
        for i in 0..n {
            for j in 0..=i {
                let entry = (0..n).fold(T::zero(), |sum, k| {
                    sum + self.vectors[(i, k)] * images[k] * self.vectors[(j, k)]
                });
                (out[(i, j)], out[(j, i)]) = (entry, entry);
            }
        }
        out
    }

    /// `A^½`.
    pub(crate) fn root(&self) -> DMatrix<T> {
        self.map(Float::sqrt)
    }

    /// A bound on the error of [`root`](Self::root) in Frobenius norm if `A` itself is off by `off`.
    ///
    /// `‖A^½ − B^½‖ ≤ ‖A − B‖/(√λ_min(A) + √λ_min(B))`, where the second root is dropped. Infinite where the errors
    /// reach half of the smallest eigenvalue.
    pub(crate) fn root_error(&self, off: T) -> T {
        let (off, smallest) = (off + self.backward, self.smallest());
        if off + off > smallest {
            return T::infinity();
        }
        let n = self.values.len();
        let size = Float::sqrt(self.values.iter().fold(T::zero(), |sum, &value| sum + value));
        let own = units::<T>(n * (2 * n + 4)) + (T::one() + T::one()) * self.skew;
        off / Float::sqrt(smallest) + own * size
    }
}

/// One rotation that makes `a_pq` zero.
fn rotate<T: Real>(a: &mut DMatrix<T>, vectors: &mut DMatrix<T>, p: usize, q: usize) {
    let n = a.nrows();
    let entry = a[(p, q)];
    let two = T::one() + T::one();
    let theta = (a[(q, q)] - a[(p, p)]) / (two * entry);
    let sign = if theta < T::zero() { -T::one() } else { T::one() };
    // The smaller root of t² + 2θt − 1; 0 where θ² overflows.
    let t = sign / (Float::abs(theta) + Float::sqrt(theta * theta + T::one()));
    let c = T::one() / Float::sqrt(t * t + T::one());
    let s = t * c;
    a[(p, p)] -= t * entry;
    a[(q, q)] += t * entry;
    (a[(p, q)], a[(q, p)]) = (T::zero(), T::zero());
    for k in (0..n).filter(|&k| k != p && k != q) {
        let (x, y) = (a[(k, p)], a[(k, q)]);
        let (first, second) = (c * x - s * y, s * x + c * y);
        (a[(k, p)], a[(p, k)]) = (first, first);
        (a[(k, q)], a[(q, k)]) = (second, second);
    }
    for k in 0..n {
        let (x, y) = (vectors[(k, p)], vectors[(k, q)]);
        (vectors[(k, p)], vectors[(k, q)]) = (c * x - s * y, s * x + c * y);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::dmatrix;

    fn hilbert(n: usize) -> DMatrix<f64> {
        DMatrix::from_fn(n, n, |i, j| 1.0 / (i + j + 1) as f64)
    }

    #[test]
    fn roots_square_to_the_matrix_within_the_bound_that_they_claim() {
        for matrix in [
            dmatrix![2.0, 1.0; 1.0, 2.0],
            DMatrix::from_diagonal_element(4, 4, 3.0),
            dmatrix![1e-12, 1e-7; 1e-7, 1.0],
            hilbert(6),
        ] {
            let spectrum = Spectrum::new(&matrix).unwrap();
            let root = spectrum.root();
            let bound = 2.0 * frobenius(&root) * spectrum.root_error(0.0);
            assert!(frobenius(&(&root * &root - &matrix)) <= bound);
            // At most ten sweeps of n(n − 1)/2 rotations. One perturbs a vector by √2 γ_6 < 9u of its norm
            // (Higham, lemma 19.8): the matrix, from both sides, by 18u, and the n eigenvectors by 9u√n. Then the
            // roundings that the bound counts for itself, once in the product and once in the allowance for it.
            let n = matrix.nrows() as f64;
            let rotations = 5.0 * n * (n - 1.0);
            let skew = 9.0 * rotations * n.sqrt() + 2.0 * n * (n + 1.0);
            let most = 18.0 * rotations + 4.0 * skew + 2.0 * n * (2.0 * n + 2.0);
            let most = most * f64::EPSILON / 2.0 * matrix.norm();
            assert!(spectrum.backward() <= most, "{spectrum:?}, not {most:e}");
        }
    }

    #[test]
    fn small_eigenvalues_have_small_relative_errors() {
        // diag(1, 1e-20) scaled from both sides: κ = 1e20, but of a matrix with ones on its diagonal only 3.
        let spectrum = Spectrum::new(&dmatrix![1.0, 0.5e-10; 0.5e-10, 1e-20_f64]).unwrap();
        // 10⁻²⁰ − t/2·10⁻¹⁰ with t/2·10⁻¹⁰ about a quarter of that: the numbers given are off by u, t by ten
        // roundings of its own, which is (1 + ¼·12)/¾ < 6 units in the difference; four more after it.
        let units = 10.0 * f64::EPSILON / 2.0;
        assert!((spectrum.smallest() / 0.75e-20 - 1.0).abs() <= units);
        assert_eq!(spectrum.largest(), 1.0);
    }

    #[test]
    fn what_is_not_positive_definite_is_refused() {
        assert!(Spectrum::new(&dmatrix![1.0, 2.0; 2.0, 1.0]).is_none());
        assert!(Spectrum::new(&dmatrix![0.0_f32]).is_none());
        assert!(Spectrum::new(&dmatrix![1.0, f64::NAN; f64::NAN, 1.0]).is_none());
    }
}
