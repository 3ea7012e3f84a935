//! The few dense factorisations that the floors share, for every [`Scalar`], exact ones included.
//!
//! nalgebra's own factorisations need square roots, which rationals do not have; these do not.

mod alignment;
mod spectrum;

pub(crate) use alignment::Alignment;
pub(crate) use spectrum::{Spectrum, frobenius, units};

use crate::scalar::{Real, Scalar};
use nalgebra::{DMatrix, DMatrixViewMut, DVector};

/// Gauss–Jordan elimination with partial pivoting: `right` becomes `left⁻¹ right`, and `left` the identity. `pivot` is
/// told the pivots, whose product is the determinant but for its sign. Returns false where a pivot vanishes or is not a
/// number, with both matrices half-way.
pub(crate) fn eliminate<T: Scalar>(
    left: &mut DMatrixViewMut<'_, T>,
    right: &mut DMatrixViewMut<'_, T>,
    mut pivot: impl FnMut(&T),
) -> bool {
    let n = left.nrows();
    for k in 0..n {
        let mut row = k;
        for i in k + 1..n {
            if !left[(i, k)].magnitude().surely_at_most(&left[(row, k)].magnitude()) {
                row = i;
            }
        }
        if left[(row, k)].is_zero() || !left[(row, k)].is_number() {
            return false;
        }
        left.swap_rows(k, row);
        right.swap_rows(k, row);
        let scale = left[(k, k)].clone();
        pivot(&scale);
        for j in 0..n {
            left[(k, j)] /= scale.clone();
        }
        for j in 0..right.ncols() {
            right[(k, j)] /= scale.clone();
        }
        for i in (0..n).filter(|&i| i != k) {
            let factor = left[(i, k)].clone();
            // Saves exact scalars their work; a number that carries an error has it even where it is zero.
            if T::UNIT_ROUNDOFF == 0.0 && factor.is_zero() {
                continue;
            }
            for j in 0..n {
                let step = factor.clone() * left[(k, j)].clone();
                left[(i, j)] -= step;
            }
            for j in 0..right.ncols() {
                let step = factor.clone() * right[(k, j)].clone();
                right[(i, j)] -= step;
            }
        }
    }
    true
}

/// The inverse by Gauss–Jordan elimination with partial pivoting; `None` where a pivot vanishes or
/// is not a number.
pub(crate) fn inverse<T: Scalar>(matrix: &DMatrix<T>) -> Option<DMatrix<T>> {
    let n = matrix.nrows();
    let mut left = matrix.clone();
    let mut right = DMatrix::from_fn(n, n, |i, j| if i == j { T::one() } else { T::zero() });
    let regular = eliminate(&mut left.as_view_mut(), &mut right.as_view_mut(), |_| {});
    (regular && right.iter().all(Scalar::is_number)).then_some(right)
}

/// `A = L D Lᵀ` of a symmetric positive definite matrix, `L` unit lower triangular: Cholesky without
/// square roots, so that rationals have it too.
#[derive(Clone, Debug)]
pub(crate) struct Ldl<T: Scalar> {
    lower: DMatrix<T>,
    diagonal: Vec<T>,
}

impl<T: Scalar> Ldl<T> {
    /// Factorises the matrix, reading its lower triangle. On failure, the index of the first pivot
    /// that is not a positive number, with the pivot.
    pub(crate) fn new(matrix: &DMatrix<T>) -> Result<Self, (usize, T)> {
        let n = matrix.nrows();
        let mut lower = DMatrix::from_fn(n, n, |i, j| if i == j { T::one() } else { T::zero() });
        let mut diagonal: Vec<T> = Vec::with_capacity(n);
        for j in 0..n {
            let mut pivot = matrix[(j, j)].clone();
            for k in 0..j {
                pivot -= lower[(j, k)].clone() * lower[(j, k)].clone() * diagonal[k].clone();
            }
            // Also refuses NaN, which is not greater than anything.
            if !(pivot > T::zero() && pivot.is_number()) {
                return Err((j, pivot));
            }
            for i in j + 1..n {
                let mut entry = matrix[(i, j)].clone();
                for k in 0..j {
                    entry -= lower[(i, k)].clone() * lower[(j, k)].clone() * diagonal[k].clone();
                }
                lower[(i, j)] = entry / pivot.clone();
            }
            diagonal.push(pivot);
        }
        Ok(Self { lower, diagonal })
    }

    /// The pivots `D`; their product is the determinant.
    pub(crate) fn pivots(&self) -> &[T] {
        &self.diagonal
    }

    /// `L D^½`, a factor of `A = (L D^½)(L D^½)ᵀ`.
    pub(crate) fn root(&self) -> DMatrix<T>
    where
        T: Real,
    {
        DMatrix::from_fn(self.lower.nrows(), self.lower.ncols(), |i, j| {
            self.lower[(i, j)] * num_traits::Float::sqrt(self.diagonal[j])
        })
    }

    /// `A_ii − D_i = Σ_{k<i} L_ik² D_k`, as a sum of non-negative terms: for a covariance, the variance of a
    /// coordinate that the earlier ones explain.
    pub(crate) fn explained(&self) -> Vec<T> {
        (0..self.diagonal.len())
            .map(|i| {
                (0..i).fold(T::zero(), |sum, k| {
                    let entry = self.lower[(i, k)].clone();
                    sum + entry.clone() * entry * self.diagonal[k].clone()
                })
            })
            .collect()
    }

    /// `L⁻¹b`.
    pub(crate) fn forward(&self, b: &DVector<T>) -> DVector<T> {
        let mut x = b.clone();
        for i in 0..x.len() {
            for k in 0..i {
                let step = self.lower[(i, k)].clone() * x[k].clone();
                x[i] -= step;
            }
        }
        x
    }

    /// `A⁻¹b`.
    pub(crate) fn solve(&self, b: &DVector<T>) -> DVector<T> {
        let mut x = self.forward(b);
        for (value, pivot) in x.iter_mut().zip(&self.diagonal) {
            *value /= pivot.clone();
        }
        self.backward(&x)
    }

    /// `L⁻ᵀb`.
    pub(crate) fn backward(&self, b: &DVector<T>) -> DVector<T> {
        let mut x = b.clone();
        for i in (0..x.len()).rev() {
            for k in i + 1..x.len() {
                let step = self.lower[(k, i)].clone() * x[k].clone();
                x[i] -= step;
            }
        }
        x
    }

    /// `A⁻¹`, symmetric to the last bit.
    pub(crate) fn inverse(&self) -> DMatrix<T> {
        let n = self.diagonal.len();
        let mut inverse = DMatrix::from_element(n, n, T::zero());
        for j in 0..n {
            let unit = DVector::from_fn(n, |i, _| if i == j { T::one() } else { T::zero() });
            inverse.set_column(j, &self.solve(&unit));
        }
        for i in 0..n {
            for j in 0..i {
                inverse[(i, j)] = inverse[(j, i)].clone();
            }
        }
        inverse
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalar::Rational;
    use nalgebra::dmatrix;

    #[test]
    fn exact_inverses_are_exact() {
        let matrix = dmatrix![2i64, 1, 0; 1, 3, 1; 0, 1, 4].map(|x| Rational::ratio(x, 1));
        let identity = DMatrix::from_fn(3, 3, |i, j| Rational::ratio(i64::from(i == j), 1));
        assert_eq!(&matrix * inverse(&matrix).unwrap(), identity);
        assert_eq!(&matrix * Ldl::new(&matrix).unwrap().inverse(), identity);
    }

    #[test]
    fn pivots_make_the_determinant() {
        let mut matrix = dmatrix![0i64, 2, 1; 3, 0, 1; 1, 1, 5].map(|x| Rational::ratio(x, 1));
        let mut right = DMatrix::from_element(3, 0, Rational::ratio(0, 1));
        let mut product = Rational::ratio(1, 1);
        let views = (&mut matrix.as_view_mut(), &mut right.as_view_mut());
        assert!(eliminate(views.0, views.1, |pivot| product *= pivot));
        // By the first row: −2 (3·5 − 1) + 3.
        assert_eq!(product.magnitude(), Rational::ratio(25, 1));
    }

    #[test]
    fn what_is_explained_and_what_is_left_make_the_diagonal() {
        let matrix = dmatrix![2i64, 1, 0; 1, 3, 1; 0, 1, 4].map(|x| Rational::ratio(x, 1));
        let factor = Ldl::new(&matrix).unwrap();
        for (i, explained) in factor.explained().into_iter().enumerate() {
            assert_eq!(explained + factor.pivots()[i].clone(), matrix[(i, i)]);
        }
    }

    #[test]
    fn singular_and_indefinite_matrices_are_refused() {
        assert!(inverse(&dmatrix![1.0, 2.0; 2.0, 4.0]).is_none());
        assert_eq!(Ldl::new(&dmatrix![1.0, 2.0; 2.0, 1.0]).unwrap_err(), (1, -3.0));
        assert_eq!(Ldl::new(&dmatrix![f64::NAN]).unwrap_err().0, 0);
    }
}
