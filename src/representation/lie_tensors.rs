//! Invariant tensors of a compact Lie group, from its Lie algebra and its components (claim A3).

use super::{FixedSpace, RepresentationError, checked_dim};
use crate::group::LieGroup;
use crate::scalar::Scalar;
use nalgebra::DMatrix;

impl<T: Scalar> FixedSpace<T> {
    /// The tensors in `(R^n)^{⊗k}` that a group of orthogonal `n×n` matrices fixes, in row-major
    /// coordinates: what `dρ(X) = Σ 1 ⊗ … ⊗ X ⊗ … ⊗ 1` kills for `X` in the Lie algebra, and `s ⊗ … ⊗ s`
    /// fixes for one `s` of each component.
    ///
    /// With `T` exact and a group whose Lie algebra and components are given by whole numbers, as those of
    /// `O(n)` and `SO(n)` are, nothing is rounded. The cost is that of an elimination on matrices of `n^k`
    /// columns.
    ///
    /// # Errors
    /// [`RepresentationError::TooManyCoordinates`]; [`RepresentationError::UnclearRank`] in floating point,
    /// or if the group gives a matrix with entries that are not numbers.
    ///
    /// # Examples
    /// ```
    /// use equibayes::group::{Orthogonal, SpecialOrthogonal};
    /// use equibayes::representation::FixedSpace;
    ///
    /// // Of tensors of order 3 rotations fix the determinant, and reflections negate it.
    /// assert_eq!(FixedSpace::<f64>::of_tensors(&SpecialOrthogonal::new(3)?, 3)?.dim(), 1);
    /// assert_eq!(FixedSpace::<f64>::of_tensors(&Orthogonal::new(3)?, 3)?.dim(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_tensors<G: LieGroup>(group: &G, power: usize) -> Result<Self, RepresentationError> {
        let n = group.dimension();
        let exponent = u32::try_from(power).unwrap_or(u32::MAX);
        let dim = checked_dim(n.checked_pow(exponent))?;
        let mut operators = Vec::new();
        for x in group.lie_algebra() {
            operators.push(derivation(&scalars(&x)?, power));
        }
        for s in group.components() {
            let s = scalars(&group.matrix(&s))?;
            let raised = (0..power).fold(DMatrix::identity(1, 1), |all, _| kronecker(&all, &s));
            operators.push(raised - DMatrix::<T>::identity(dim, dim));
        }
        Self::of_operators(dim, &operators)
    }
}

/// The entries as scalars.
pub(super) fn scalars<T: Scalar>(matrix: &DMatrix<f64>) -> Result<DMatrix<T>, RepresentationError> {
    let nan = f64::NAN;
    let unclear =
        RepresentationError::UnclearRank { rank: 0, remainder: nan, noise: nan, clear: nan };
    let entries: Option<Vec<T>> = matrix.iter().map(|&entry| T::from_f64(entry)).collect();
    Ok(DMatrix::from_vec(matrix.nrows(), matrix.ncols(), entries.ok_or(unclear)?))
}

/// `A ⊗ B`: entry `(ip + k, jq + l)` is `a_ij b_kl`.
pub(super) fn kronecker<T: Scalar>(a: &DMatrix<T>, b: &DMatrix<T>) -> DMatrix<T> {
    let (p, q) = b.shape();
    DMatrix::from_fn(a.nrows() * p, a.ncols() * q, |i, j| {
        a[(i / p, j / q)].clone() * b[(i % p, j % q)].clone()
    })
}

/// `Σ 1 ⊗ … ⊗ X ⊗ … ⊗ 1`, `X` in each of the `power` places.
pub(super) fn derivation<T: Scalar>(x: &DMatrix<T>, power: usize) -> DMatrix<T> {
    let n = x.nrows();
    let one = DMatrix::<T>::identity(n, n);
    // d(A ⊗ B) = dA ⊗ 1 + 1 ⊗ dB, one factor at a time.
    let (derivative, _) = (0..power).fold(
        (DMatrix::from_element(1, 1, T::zero()), DMatrix::identity(1, 1)),
        |(derivative, identity), _| {
            (kronecker(&derivative, &one) + kronecker(&identity, x), kronecker(&identity, &one))
        },
    );
    derivative
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::{Orthogonal, SpecialOrthogonal};
    use crate::scalar::Rational;

    #[test]
    fn invariant_tensors_have_the_known_dimensions() {
        // The number of ways to pair k indices, less the relations in low dimensions; rotations also have
        // determinants.
        for (n, power, rotations, all) in [
            (1, 3, 1, 0),
            (2, 0, 1, 1),
            (2, 1, 0, 0),
            (2, 2, 2, 1),
            (2, 4, 6, 3),
            (3, 1, 0, 0),
            (3, 2, 1, 1),
            (3, 3, 1, 0),
            (4, 2, 1, 1),
        ] {
            let so = SpecialOrthogonal::new(n).unwrap();
            let o = Orthogonal::new(n).unwrap();
            assert_eq!(FixedSpace::<f64>::of_tensors(&so, power).unwrap().dim(), rotations);
            assert_eq!(FixedSpace::<f64>::of_tensors(&o, power).unwrap().dim(), all);
            assert_eq!(FixedSpace::<Rational>::of_tensors(&so, power).unwrap().dim(), rotations);
        }
        let o10 = Orthogonal::new(10).unwrap();
        assert!(FixedSpace::<f64>::of_tensors(&o10, 20).is_err());
    }

    #[test]
    fn the_projector_on_invariant_matrices_is_the_trace() {
        let o3 = Orthogonal::new(3).unwrap();
        let p = FixedSpace::<Rational>::of_tensors(&o3, 2).unwrap().projector().unwrap();
        // M ↦ tr(M)/3 · 1.
        let expected = DMatrix::from_fn(9, 9, |i, j| {
            let diagonal = |k: usize| k.is_multiple_of(4);
            Rational::ratio(i64::from(diagonal(i) && diagonal(j)), 3)
        });
        assert_eq!(p, expected);
    }
}
