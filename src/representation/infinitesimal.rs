//! Derivatives of representations: how a Lie algebra acts.

use super::lie_tensors::{derivation, kronecker};
use super::{
    ActsOn, ChangeOfBasis, DirectSum, Dual, Orthogonal, Representation, Standard, SymmetricSquare,
    Tensor, TensorPower, Trivial, pair_index, pairs,
};
use crate::group::LieGroup;
use crate::scalar::Scalar;
use nalgebra::DMatrix;

/// A representation of a Lie group whose derivative is known: `dρ(X) = d/dt ρ(exp tX)` at `t = 0`, for `X` in
/// the Lie algebra.
///
/// A vector is fixed by the component of the identity if and only if all `dρ(X)` kill it, which makes averages
/// over the Haar measure a matter of linear algebra ([`Reynolds::of_lie`](super::Reynolds::of_lie)). Where
/// matrices `X` have whole entries, as those of `O(n)` and `SO(n)` have, so have the derivatives of all tensor
/// constructions, and nothing is rounded. [`law::infinitesimal`](crate::law::infinitesimal) holds a derivative
/// to the action it is claimed to be that of.
///
/// # Examples
/// ```
/// use equibayes::group::{LieGroup, SpecialOrthogonal};
/// use equibayes::representation::{ActsInfinitesimally, Standard, SymmetricSquare};
/// use nalgebra::{DMatrix, dmatrix};
///
/// // A turn of the plane moves S by XS − SX, in the coordinates (S_00, S_01, S_11).
/// let so2 = SpecialOrthogonal::new(2)?;
/// let x: DMatrix<f64> = so2.lie_algebra()[0].clone();
/// assert_eq!(x, dmatrix![0.0, 1.0; -1.0, 0.0]);
/// let square = SymmetricSquare::new(Standard::new(so2));
/// let derivative = dmatrix![0.0, 2.0, 0.0; -1.0, 0.0, 1.0; 0.0, -2.0, 0.0];
/// assert_eq!(square.derivative(&x), derivative);
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
pub trait ActsInfinitesimally<T: Scalar>: ActsOn<T, Group: LieGroup> {
    /// `dρ(X)` as a matrix, linear in `X`, an `n×n` matrix of the Lie algebra.
    ///
    /// # Panics
    /// May panic if `x` is not of the size of the group's matrices.
    fn derivative(&self, x: &DMatrix<T>) -> DMatrix<T>;
}

impl<G: LieGroup, T: Scalar> ActsInfinitesimally<T> for Standard<G> {
    fn derivative(&self, x: &DMatrix<T>) -> DMatrix<T> {
        x.clone()
    }
}

impl<G: LieGroup, T: Scalar> ActsInfinitesimally<T> for Trivial<G> {
    fn derivative(&self, _: &DMatrix<T>) -> DMatrix<T> {
        DMatrix::from_element(self.dim(), self.dim(), T::zero())
    }
}

/// `dρ(X) ⊕ dσ(X)`.
impl<T, A, B> ActsInfinitesimally<T> for DirectSum<A, B>
where
    T: Scalar,
    A: ActsInfinitesimally<T>,
    B: ActsInfinitesimally<T, Group = A::Group>,
{
    fn derivative(&self, x: &DMatrix<T>) -> DMatrix<T> {
        let (first, second) = (self.first().derivative(x), self.second().derivative(x));
        let (split, dim) = (first.nrows(), self.dim());
        let mut sum = DMatrix::from_element(dim, dim, T::zero());
        sum.view_mut((0, 0), first.shape()).copy_from(&first);
        sum.view_mut((split, split), second.shape()).copy_from(&second);
        sum
    }
}

/// `dρ(X) ⊗ 1 + 1 ⊗ dσ(X)`.
impl<T, A, B> ActsInfinitesimally<T> for Tensor<A, B>
where
    T: Scalar,
    A: ActsInfinitesimally<T>,
    B: ActsInfinitesimally<T, Group = A::Group>,
{
    fn derivative(&self, x: &DMatrix<T>) -> DMatrix<T> {
        let (first, second) = (self.first().derivative(x), self.second().derivative(x));
        let (m, n) = (first.nrows(), second.nrows());
        kronecker(&first, &DMatrix::identity(n, n)) + kronecker(&DMatrix::identity(m, m), &second)
    }
}

/// `Σ 1 ⊗ … ⊗ dρ(X) ⊗ … ⊗ 1`.
impl<T: Scalar, R: ActsInfinitesimally<T>> ActsInfinitesimally<T> for TensorPower<R> {
    fn derivative(&self, x: &DMatrix<T>) -> DMatrix<T> {
        derivation(&self.base().derivative(x), self.power())
    }
}

/// `S ↦ YS + SYᵀ` with `Y = dρ(X)`.
impl<T: Scalar, R: ActsInfinitesimally<T>> ActsInfinitesimally<T> for SymmetricSquare<R> {
    fn derivative(&self, x: &DMatrix<T>) -> DMatrix<T> {
        let y = self.base().derivative(x);
        let n = y.nrows();
        let mut derivative = DMatrix::from_element(self.dim(), self.dim(), T::zero());
        // The column of the pair (k, l) is the image of the matrix S with ones at (k, l) and (l, k). In YS + SYᵀ
        // the entry y_ik meets the entries (i, l) and (l, i); both count once, and on the diagonal twice.
        for (column, (k, l)) in pairs(n).enumerate() {
            let places = if k == l { vec![(k, l)] } else { vec![(k, l), (l, k)] };
            for (k, l) in places {
                for i in 0..n {
                    let entry = y[(i, k)].clone();
                    let row = pair_index(n, i, l);
                    if i == l {
                        derivative[(row, column)] += entry.clone();
                    }
                    derivative[(row, column)] += entry;
                }
            }
        }
        derivative
    }
}

/// `−dρ(X)ᵀ`.
impl<T: Scalar, R: ActsInfinitesimally<T>> ActsInfinitesimally<T> for Dual<R> {
    fn derivative(&self, x: &DMatrix<T>) -> DMatrix<T> {
        -self.primal().derivative(x).transpose()
    }
}

/// `S dρ(X) S⁻¹`.
impl<T: Scalar, R: ActsInfinitesimally<T>> ActsInfinitesimally<T> for ChangeOfBasis<R, T> {
    fn derivative(&self, x: &DMatrix<T>) -> DMatrix<T> {
        self.basis() * self.base().derivative(x) * self.inverse_basis()
    }
}

impl<T: Scalar, R: ActsInfinitesimally<T>> ActsInfinitesimally<T> for Orthogonal<R> {
    fn derivative(&self, x: &DMatrix<T>) -> DMatrix<T> {
        self.inner().derivative(x)
    }
}
