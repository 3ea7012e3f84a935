//! The representation that defines a matrix group.

use super::{ActsOn, ActsOrthogonally, ElementOf, Representation, check_len};
use crate::group::LieGroup;
use crate::scalar::Scalar;
use nalgebra::DMatrix;

/// The standard representation of a compact Lie group of orthogonal matrices: on `R^n`, by those matrices.
///
/// An element is a matrix in `f64`, and acts with the entries that it has, whatever the scalar.
///
/// # Examples
/// ```
/// use equibayes::group::{LieGroup, SpecialOrthogonal};
/// use equibayes::representation::{ActsOn, Standard};
/// use std::f64::consts::FRAC_PI_2;
///
/// let so2 = SpecialOrthogonal::new(2)?;
/// let quarter = so2.exp(&(&so2.lie_algebra()[0] * FRAC_PI_2));
/// let moved = Standard::new(so2).apply(&quarter, &[3.0, 1.0]);
/// assert!((moved - nalgebra::dvector![1.0, -3.0]).norm() < 1e-14);
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standard<G> {
    group: G,
}

impl<G: LieGroup> Standard<G> {
    /// The standard representation of the group.
    pub fn new(group: G) -> Self {
        Self { group }
    }
}

impl<G: LieGroup> Representation for Standard<G> {
    type Group = G;

    fn group(&self) -> &G {
        &self.group
    }

    fn dim(&self) -> usize {
        self.group.dimension()
    }
}

impl<G: LieGroup, T: Scalar> ActsOn<T> for Standard<G> {
    fn act(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        check_len(self.dim(), x.len(), out.len());
        let matrix = ActsOn::<T>::matrix(self, g);
        out.fill(T::zero());
        for (column, value) in matrix.column_iter().zip(x) {
            for (entry, sum) in column.iter().zip(out.iter_mut()) {
                *sum += entry.clone() * value.clone();
            }
        }
    }

    fn act_transposed(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        self.act(&self.group.inverse(g), x, out);
    }

    /// # Panics
    /// If the group gives a matrix with entries that are not numbers.
    fn matrix(&self, g: &ElementOf<Self>) -> DMatrix<T> {
        self.group.matrix(g).map(|entry| match T::from_f64(entry) {
            Some(entry) => entry,
            None => panic!("{entry} in the matrix of {g:?}: expected a number"),
        })
    }
}

impl<G: LieGroup> ActsOrthogonally for Standard<G> {}
