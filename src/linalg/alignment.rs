//! How one list of vectors is turned to come nearest to another, with a bound on what that is off by.

use super::{frobenius, units};
use crate::scalar::{Real, dot};
use nalgebra::DMatrix;
use num_traits::Float;

/// `min_O ‖A − CO‖_F²` over orthogonal `O` (Procrustes' problem): the squared Wasserstein-2 distance of the centred
/// Gaussians with covariances `AAᵀ` and `CCᵀ`, of which the second may be singular.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alignment<T> {
    pub(crate) square: T,
    /// On the square, for `A` and `C` as they are given; measured.
    pub(crate) error: T,
}

impl<T: Real> Alignment<T> {
    /// For an invertible `A` and a `C` of this rank, both `n × n`.
    ///
    /// With `CᵀA = U diag(σ) Vᵀ` the best turn is `O = UVᵀ`, of which the columns for `σ = 0` do not count, because `C` kills
    /// what is orthogonal to the image of `CᵀA`. So nothing is inverted and nothing cancels but `A` and `CO` themselves.
    ///
    /// The value for the computed `O` is above the smallest by `‖CO‖² − ‖C‖²`, which is computed, and by
    /// `2(‖CᵀA‖_* − tr OᵀCᵀA)`. Let `a = ‖UᵀU − 1‖`, `b = ‖VᵀV − 1‖`, `s = Σσ` and `e = ‖CᵀA − U diag(σ) Vᵀ‖`. The nuclear
    /// norm is at most `s√((1 + a)(1 + b)) + e√n`, and the trace at least `s(1 − a − b − ab) − e√n√((1 + a)(1 + b))`, so that
    /// this is at most `3s(a + b) + 4e√n` to first order: what is counted twice, for the products of errors.
    ///
    /// # References
    /// P. H. Schönemann, "A generalized solution of the orthogonal Procrustes problem", 1966. J. Demmel and K. Veselić,
    /// "Jacobi's method is more accurate than QR", 1992.
    pub(crate) fn new(a: &DMatrix<T>, c: &DMatrix<T>, rank: usize) -> Self {
        let n = a.nrows();
        let product = c.transpose() * a;
        let (u, sigma, v) = singular(&product, rank);
        let turned = c * &u * v.transpose();
        let off = frobenius(&(a - &turned));
        let square = off * off;

        let two = T::one() + T::one();
        let one = DMatrix::from_fn(sigma.len(), sigma.len(), |i, j| T::count(usize::from(i == j)));
        let (size_a, size_c) = (frobenius(a), frobenius(c));
        let sum = sigma.iter().fold(T::zero(), |sum, &value| sum + value);
        let rebuilt = DMatrix::from_fn(n, sigma.len(), |i, j| u[(i, j)] * sigma[j]) * v.transpose();
        // Every entry is a sum of n products of vectors of length 1: n + 1 roundings.
        let skew = frobenius(&(u.transpose() * &u - &one))
            + frobenius(&(v.transpose() * &v - &one))
            + units::<T>(2 * n * (n + 1));
        // CᵀA rounds n times, what it is rebuilt from n + 2 times.
        let lost = frobenius(&(&product - rebuilt))
            + units::<T>(n * (n + 2)) * sum
            + units::<T>(n * n) * size_a * size_c;
        let suboptimal = T::count(3) * sum * skew + T::count(4) * lost * Float::sqrt(T::count(n));
        // Two products of n terms in a row, squares and their sum.
        let kept = Float::abs(frobenius(&turned) - size_c) * (frobenius(&turned) + size_c)
            + units::<T>(6 * n * (n + 2)) * size_c * size_c;
        let rounding = units::<T>(2 * n * (n + 2)) * (size_a + size_c);
        let error = two * (suboptimal + kept + off * rounding) + rounding * rounding;
        Self { square, error }
    }
}

/// The singular vectors and values of a square matrix, as many as its rank, by rotations of its columns: `K V = U diag(σ)`.
/// Fewer where less of its columns are left.
fn singular<T: Real>(k: &DMatrix<T>, rank: usize) -> (DMatrix<T>, Vec<T>, DMatrix<T>) {
    /// Convergence is quadratic; what is not orthogonal after these is in the bound that is measured.
    const SWEEPS: usize = 60;
    let n = k.nrows();
    let unit = DMatrix::from_fn(n, n, |i, j| T::count(usize::from(i == j)));
    // Squares of lengths are to stay within the range.
    let scale = k.iter().fold(T::zero(), |most, x| Float::max(most, x.magnitude()));
    let (mut w, mut v) = (if scale > T::zero() { k / scale } else { k.clone() }, unit);
    let threshold = units::<T>(n);
    for _ in 0..SWEEPS {
        let mut settled = true;
        for q in 1..n {
            for p in 0..q {
                let (x, y) = (w.column(p), w.column(q));
                let (alpha, beta) =
                    (dot(x.as_slice(), x.as_slice()), dot(y.as_slice(), y.as_slice()));
                let gamma = dot(x.as_slice(), y.as_slice());
                if Float::abs(gamma) > threshold * Float::sqrt(alpha) * Float::sqrt(beta) {
                    settled = false;
                    let theta = (beta - alpha) / (gamma + gamma);
                    let sign = if theta < T::zero() { -T::one() } else { T::one() };
                    let t = sign / (Float::abs(theta) + Float::sqrt(theta * theta + T::one()));
                    let c = T::one() / Float::sqrt(t * t + T::one());
                    turn(&mut w, p, q, c, t * c);
                    turn(&mut v, p, q, c, t * c);
                }
            }
        }
        if settled {
            break;
        }
    }
    let mut columns: Vec<(T, usize)> =
        w.column_iter().map(|x| Float::sqrt(dot(x.as_slice(), x.as_slice()))).zip(0..n).collect();
    columns.retain(|(length, _)| *length > T::zero());
    columns.sort_by(|(x, _), (y, _)| y.partial_cmp(x).unwrap_or(std::cmp::Ordering::Equal));
    columns.truncate(rank);
    let left = DMatrix::from_fn(n, columns.len(), |i, j| w[(i, columns[j].1)] / columns[j].0);
    let right = DMatrix::from_fn(n, columns.len(), |i, j| v[(i, columns[j].1)]);
    (left, columns.iter().map(|(length, _)| *length * scale).collect(), right)
}

/// Turns two columns by the angle with cosine `c` and sine `s`.
fn turn<T: Real>(matrix: &mut DMatrix<T>, p: usize, q: usize, c: T, s: T) {
    for k in 0..matrix.nrows() {
        let (x, y) = (matrix[(k, p)], matrix[(k, q)]);
        (matrix[(k, p)], matrix[(k, q)]) = (c * x - s * y, s * x + c * y);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::dmatrix;

    /// `Σ² + ς² − 2` times the nuclear norm, in whole numbers: for 2 × 2 matrices that is `√(‖K‖² + 2|det K|)`.
    #[test]
    fn small_cases_are_those_of_the_closed_form() {
        for (a, c) in [
            (dmatrix![1.0, 0.0; 3.0, 1.0], dmatrix![1.0, 0.0; 0.0, 4.0]),
            (dmatrix![2.0, 0.0; 0.0, 1.0], dmatrix![0.0, -3.0; 5.0, 0.0]),
            (dmatrix![1.0, 0.0; 0.0, 1.0], dmatrix![1.0, 0.0; 0.0, 1.0]),
            (dmatrix![1e8, 1.0; 0.0, 1e-8], dmatrix![3.0, 1.0; 1.0, 3.0]),
        ] {
            let k: DMatrix<f64> = c.transpose() * &a;
            let det: f64 = k[(0, 0)] * k[(1, 1)] - k[(0, 1)] * k[(1, 0)];
            let nuclear = (k.norm_squared() + 2.0 * det.abs()).sqrt();
            let exact = a.norm_squared() + c.norm_squared() - 2.0 * nuclear;
            let found = Alignment::new(&a, &c, 2);
            // The closed form rounds a dozen times, terms of this size.
            let own = 12.0 * f64::EPSILON * (a.norm_squared() + c.norm_squared());
            assert!((found.square - exact).abs() <= found.error + own, "{found:?}, {exact}");
            // Fewer than 60 sweeps of one rotation, each off by 9u in a column (Higham, lemma 19.8), in three places.
            let most = 2000.0 * f64::EPSILON * (a.norm() + c.norm()).powi(2);
            assert!(found.error <= most, "{found:?}: idle");
        }
    }

    #[test]
    fn a_singular_side_takes_as_much_as_there_is_of_it() {
        let a: DMatrix<f64> = dmatrix![3.0, 0.0, 0.0; 0.0, 2.0, 0.0; 0.0, 0.0, 1.0];
        assert_eq!(Alignment::new(&a, &DMatrix::zeros(3, 3), 0).square, 14.0);
        // CCᵀ = diag(16, 0, 0): (4 − 3)² + 4 + 1, whichever way it is written.
        for c in [
            dmatrix![4.0, 0.0, 0.0; 0.0, 0.0, 0.0; 0.0, 0.0, 0.0],
            dmatrix![0.0, 0.0, -4.0; 0.0, 0.0, 0.0; 0.0, 0.0, 0.0],
            dmatrix![2.4, 3.2, 0.0; 0.0, 0.0, 0.0; 0.0, 0.0, 0.0],
        ] {
            let found = Alignment::new(&a, &c, 1);
            assert!((found.square - 6.0).abs() <= found.error, "{found:?}");
            // As above: nothing in it is larger.
            assert!(found.error <= 2000.0 * f64::EPSILON * (a.norm() + c.norm()).powi(2));
        }
    }

    #[test]
    fn a_wrong_rank_shows_in_the_error() {
        let a: DMatrix<f64> = dmatrix![3.0, 0.0; 0.0, 2.0];
        let found = Alignment::new(&a, &a, 1);
        assert!(found.square > 3.0 && found.error > found.square, "{found:?}");
    }
}
