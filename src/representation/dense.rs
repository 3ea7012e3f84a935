//! Representations by matrices.

use super::{ActsOn, ElementOf, Representation, check_len};
use crate::group::Group;
use crate::scalar::Scalar;
use nalgebra::DMatrix;
use std::fmt;
use std::sync::Arc;

type Matrices<E, T> = Arc<dyn Fn(&E) -> DMatrix<T> + Send + Sync>;

/// A representation given by its matrices: no structure is promised.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::representation::{ActsOn, Dense};
/// use nalgebra::dmatrix;
///
/// // C_2 as a reflection along a slanted axis: not orthogonal.
/// let shear = Dense::from_fn(Cyclic::new(2)?, 2, |&g| {
///     if g == 0 { dmatrix![1.0, 0.0; 0.0, 1.0] } else { dmatrix![1.0, 1.0; 0.0, -1.0] }
/// });
/// assert_eq!(shear.apply(&1, &[1.0, 2.0]).as_slice(), [3.0, -2.0]);
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
#[derive(Clone)]
pub struct Dense<G: Group, T: Scalar> {
    group: G,
    dim: usize,
    matrices: Matrices<G::Element, T>,
}

impl<G: Group, T: Scalar> Dense<G, T> {
    /// The representation in which `g` acts by the matrix `matrices(g)`, of size `dim` × `dim`.
    ///
    /// That `matrices` is a homomorphism is the caller's promise; [`law::representation`] checks it.
    ///
    /// [`law::representation`]: crate::law::representation
    pub fn from_fn(
        group: G,
        dim: usize,
        matrices: impl Fn(&G::Element) -> DMatrix<T> + Send + Sync + 'static,
    ) -> Self {
        Self { group, dim, matrices: Arc::new(matrices) }
    }
}

impl<G: Group, T: Scalar> fmt::Debug for Dense<G, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} on {} coordinates by matrices", self.group, self.dim)
    }
}

impl<G: Group, T: Scalar> Representation for Dense<G, T> {
    type Group = G;

    fn group(&self) -> &G {
        &self.group
    }

    fn dim(&self) -> usize {
        self.dim
    }
}

impl<G: Group, T: Scalar> ActsOn<T> for Dense<G, T> {
    fn act(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        check_len(self.dim, x.len(), out.len());
        let matrix = ActsOn::<T>::matrix(self, g);
        out.fill(T::zero());
        for (column, value) in matrix.column_iter().zip(x) {
            for (entry, sum) in column.iter().zip(out.iter_mut()) {
                *sum += entry.clone() * value.clone();
            }
        }
    }

    fn matrix(&self, g: &ElementOf<Self>) -> DMatrix<T> {
        let matrix = (self.matrices)(g);
        assert_eq!(matrix.shape(), (self.dim, self.dim), "matrix of {g:?} in {self:?}");
        matrix
    }
}
