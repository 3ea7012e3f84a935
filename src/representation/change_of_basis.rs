//! A representation seen in another basis.

use super::{ActsOn, ElementOf, Representation, RepresentationError, check_len};
use crate::scalar::Scalar;
use nalgebra::DMatrix;

/// `S ρ(g) S⁻¹`: the same action in other coordinates. With an `S` that is not orthogonal, this
/// makes an orthogonal representation non-orthogonal.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::representation::{ActsOn, ChangeOfBasis, PermutationRep};
/// use nalgebra::{DMatrix, dmatrix};
///
/// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
/// let sheared = ChangeOfBasis::new(swap, dmatrix![1.0, 1.0; 0.0, 1.0])?;
/// let matrix: DMatrix<f64> = sheared.matrix(&1);
/// assert_eq!(matrix, dmatrix![1.0, 0.0; 1.0, -1.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ChangeOfBasis<R, T: Scalar> {
    base: R,
    basis: DMatrix<T>,
    inverse: DMatrix<T>,
}

impl<R: Representation, T: Scalar> ChangeOfBasis<R, T> {
    /// The representation `S ρ S⁻¹` with `S = basis`.
    ///
    /// # Errors
    /// [`RepresentationError::NotABasis`] if the matrix is not square of the right size, not
    /// invertible, or not made of numbers.
    pub fn new(base: R, basis: DMatrix<T>) -> Result<Self, RepresentationError> {
        let (rows, columns) = basis.shape();
        let dim = base.dim();
        let refused = |why| RepresentationError::NotABasis { rows, columns, dim, why };
        if (rows, columns) != (dim, dim) {
            return Err(refused(""));
        }
        if !basis.iter().all(Scalar::is_number) {
            return Err(refused(" with entries that are not numbers"));
        }
        let inverse = crate::linalg::inverse(&basis).ok_or_else(|| refused(" and singular"))?;
        Ok(Self { base, basis, inverse })
    }

    /// The representation `ρ` in its own coordinates.
    pub fn base(&self) -> &R {
        &self.base
    }

    /// The basis matrix `S`.
    pub fn basis(&self) -> &DMatrix<T> {
        &self.basis
    }

    /// Its inverse `S⁻¹`.
    pub fn inverse_basis(&self) -> &DMatrix<T> {
        &self.inverse
    }

    /// The condition number of the basis, for the maximum norm of vectors and for that of covectors,
    /// whichever is larger: how much larger the roundings of the action can be than those of a plain
    /// matrix.
    ///
    /// # Examples
    /// ```
    /// use equibayes::group::Cyclic;
    /// use equibayes::representation::{ChangeOfBasis, PermutationRep};
    /// use nalgebra::dmatrix;
    ///
    /// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
    /// let sheared = ChangeOfBasis::new(swap, dmatrix![1.0, 3.0; 0.0, 1.0])?;
    /// assert_eq!(sheared.condition(), 16.0); // rows of S and of S⁻¹ sum to 4
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn condition(&self) -> f64 {
        let norms = |matrix: &DMatrix<T>| {
            let sizes = matrix.map(|entry| entry.nearest_f64().abs());
            (sizes.column_sum().max(), sizes.row_sum().max())
        };
        if self.basis.is_empty() {
            return 1.0;
        }
        let ((rows, columns), (inverse_rows, inverse_columns)) =
            (norms(&self.basis), norms(&self.inverse));
        (rows * inverse_rows).max(columns * inverse_columns)
    }
}

impl<R: Representation, T: Scalar> Representation for ChangeOfBasis<R, T> {
    type Group = R::Group;

    fn group(&self) -> &R::Group {
        self.base.group()
    }

    fn dim(&self) -> usize {
        self.base.dim()
    }
}

impl<T: Scalar, R: ActsOn<T>> ActsOn<T> for ChangeOfBasis<R, T> {
    fn act(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        check_len(self.dim(), x.len(), out.len());
        let mut inner = vec![T::zero(); x.len()];
        multiply(&self.inverse, x, out);
        self.base.act(g, out, &mut inner);
        multiply(&self.basis, &inner, out);
    }

    fn act_transposed(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        check_len(self.dim(), x.len(), out.len());
        let mut inner = vec![T::zero(); x.len()];
        multiply_transposed(&self.basis, x, out);
        self.base.act_transposed(g, out, &mut inner);
        multiply_transposed(&self.inverse, &inner, out);
    }
}

fn multiply<T: Scalar>(matrix: &DMatrix<T>, x: &[T], out: &mut [T]) {
    out.fill(T::zero());
    for (column, value) in matrix.column_iter().zip(x) {
        for (entry, sum) in column.iter().zip(out.iter_mut()) {
            *sum += entry.clone() * value.clone();
        }
    }
}

fn multiply_transposed<T: Scalar>(matrix: &DMatrix<T>, x: &[T], out: &mut [T]) {
    for (column, value) in matrix.column_iter().zip(out.iter_mut()) {
        *value = crate::scalar::dot(column.as_slice(), x);
    }
}
