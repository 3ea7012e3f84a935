//! Measuring differences: what the checks of claims put into a [`Residual`](crate::law::Residual).
//!
//! Everything here is written for any [`Scalar`]. Differences are formed in the scalar itself, so that
//! exact arithmetic stays exact, and only their magnitude is read as an `f64`: zero exactly if the
//! two are equal. A NaN is never dropped, and lists of different length are infinitely far apart.
//!
//! ```
//! use equibayes::claim::compare::{distance, rounding};
//! use equibayes::law::Residual;
//! use equibayes::scalar::{Rational, Scalar};
//!
//! fn sum_of_thirds<T: Scalar>() -> Residual {
//!     let third = T::ratio(1, 3);
//!     let sum = third.clone() + third.clone() + third;
//!     // Three roundings of a third and two of a sum, all of terms that add up to 1.
//!     Residual::new(distance(&[sum], &[T::one()]), rounding::<T>(3))
//! }
//! assert!(sum_of_thirds::<f64>().holds());
//! assert_eq!(sum_of_thirds::<Rational>().tolerance(), 0.0);
//! assert!(sum_of_thirds::<Rational>().holds());
//! ```

use crate::scalar::Scalar;
use nalgebra::DMatrix;

/// `γ_n = nu/(1 − nu)`: the relative error that `n` roundings in a row can build up to, `u` being the
/// unit roundoff of `T`. Zero for exact scalars, infinite where `nu ≥ 1`.
///
/// # References
/// N. J. Higham, *Accuracy and Stability of Numerical Algorithms* (2002), lemma 3.1.
pub fn rounding<T: Scalar>(roundings: usize) -> f64 {
    let nu = roundings as f64 * T::UNIT_ROUNDOFF;
    if nu < 1.0 { nu / (1.0 - nu) } else { f64::INFINITY }
}

/// The absolute value as an `f64`; zero only for zero, even where the nearest `f64` would be.
pub fn magnitude<T: Scalar>(x: &T) -> f64 {
    let nearest = x.magnitude().nearest_f64();
    if nearest == 0.0 && !x.is_zero() { f64::MIN_POSITIVE } else { nearest }
}

/// The larger of two numbers; NaN if either is NaN.
pub fn larger(a: f64, b: f64) -> f64 {
    // `f64::max` would drop a NaN.
    if a.is_nan() || a > b { a } else { b }
}

/// `max_i |x_i|`, zero for an empty list.
pub fn largest<T: Scalar>(x: &[T]) -> f64 {
    x.iter().map(magnitude).fold(0.0, larger)
}

/// `Σ_i |x_i|`, in `f64`.
pub fn total<T: Scalar>(x: &[T]) -> f64 {
    x.iter().map(magnitude).sum()
}

/// `max_i |a_i − b_i|`; infinite if the lengths differ.
pub fn distance<T: Scalar>(a: &[T], b: &[T]) -> f64 {
    if a.len() != b.len() {
        return f64::INFINITY;
    }
    a.iter().zip(b).map(|(x, y)| magnitude(&(x.clone() - y.clone()))).fold(0.0, larger)
}

/// `max_ij |a_ij − b_ij|`; infinite if the shapes differ.
pub fn matrix_distance<T: Scalar>(a: &DMatrix<T>, b: &DMatrix<T>) -> f64 {
    if a.shape() != b.shape() {
        return f64::INFINITY;
    }
    distance(a.as_slice(), b.as_slice())
}

/// The largest entry, `max_ij |a_ij|`.
pub fn largest_entry<T: Scalar>(matrix: &DMatrix<T>) -> f64 {
    largest(matrix.as_slice())
}

/// `|A|`: the matrix of absolute values, for bounds entry by entry.
pub fn magnitudes<T: Scalar>(matrix: &DMatrix<T>) -> DMatrix<f64> {
    matrix.map(|entry| magnitude(&entry))
}

/// `‖A‖_∞ = max_i Σ_j |a_ij|`: `|Ax|_i ≤ ‖A‖_∞ max_j |x_j|`.
pub fn row_sum_norm<T: Scalar>(matrix: &DMatrix<T>) -> f64 {
    matrix.row_iter().map(|row| row.iter().map(magnitude).sum()).fold(0.0, larger)
}

/// `‖A‖_1 = max_j Σ_i |a_ij|`, the row sum norm of the transpose.
pub fn column_sum_norm<T: Scalar>(matrix: &DMatrix<T>) -> f64 {
    matrix.column_iter().map(|column| column.iter().map(magnitude).sum()).fold(0.0, larger)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalar::Rational;
    use nalgebra::dmatrix;

    #[test]
    fn nan_and_infinity_come_through() {
        assert!(largest(&[1.0, f64::NAN, 2.0]).is_nan());
        assert!(total(&[1.0, f64::NAN, 2.0]).is_nan());
        assert!(distance(&[1.0, f64::NAN, 2.0], &[0.0; 3]).is_nan());
        assert!(distance(&[f64::INFINITY], &[f64::INFINITY]).is_nan());
        assert!(row_sum_norm(&dmatrix![f64::NAN, 0.0; 1.0, 9.0]).is_nan());
        assert!(column_sum_norm(&dmatrix![9.0, f64::NAN; 1.0, 0.0]).is_nan());
        assert_eq!(distance(&[f64::INFINITY], &[0.0]), f64::INFINITY);
    }

    #[test]
    fn what_cannot_be_compared_is_infinitely_far_apart() {
        assert_eq!(distance(&[1.0], &[1.0, 1.0]), f64::INFINITY);
        assert_eq!(matrix_distance(&dmatrix![1.0, 2.0], &dmatrix![1.0; 2.0]), f64::INFINITY);
    }

    #[test]
    fn a_difference_below_every_float_is_still_a_difference() {
        let tiny = (0..40).fold(Rational::ratio(1, 1), |x, _| x / Rational::ratio(1 << 40, 1));
        assert_eq!(tiny.nearest_f64(), 0.0);
        assert!(distance(std::slice::from_ref(&tiny), &[Rational::ratio(0, 1)]) > 0.0);
        let same = std::slice::from_ref(&tiny);
        assert_eq!(distance(same, same), 0.0);
    }

    #[test]
    fn norms_are_what_they_say() {
        let matrix = dmatrix![1.0, -2.0; 3.0, 0.5];
        assert_eq!(largest_entry(&matrix), 3.0);
        assert_eq!(row_sum_norm(&matrix), 3.5);
        assert_eq!(column_sum_norm(&matrix), 4.0);
        assert_eq!(magnitudes(&matrix), dmatrix![1.0, 2.0; 3.0, 0.5]);
        assert_eq!(total(matrix.as_slice()), 6.5);
    }

    #[test]
    fn rounding_counts() {
        assert_eq!(rounding::<Rational>(1000), 0.0);
        assert!(rounding::<f64>(1) >= f64::EPSILON / 2.0);
        assert_eq!(rounding::<f32>(1 << 24), f64::INFINITY);
    }
}
