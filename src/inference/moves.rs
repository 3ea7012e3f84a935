//! Group elements as ready maps.

use super::error::InferenceError;
use crate::group::Finite;
use crate::representation::{ActsOn, ElementOf, Representation, SignedPermutation};
use crate::scalar::{Scalar, dot};
use nalgebra::DMatrix;

/// The most elements that are enumerated for an augmentation or an orbit.
const MOST: usize = 1 << 20;

/// Some elements of a representation, each as an index map where it is one, else as a matrix.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::inference::Moves;
/// use equibayes::representation::PermutationRep;
///
/// let shift = PermutationRep::regular(&Cyclic::new(3)?)?;
/// let moves = Moves::all(&shift)?;
/// let mut out = [0.0; 3];
/// moves.act(1, &[5.0, 6.0, 7.0], &mut out);
/// assert_eq!(out, [7.0, 5.0, 6.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Moves<T: Scalar> {
    dim: usize,
    moves: Vec<Move<T>>,
}

#[derive(Clone, Debug)]
enum Move<T: Scalar> {
    Map(SignedPermutation),
    Matrix(DMatrix<T>),
}

impl<T: Scalar> Moves<T> {
    /// `ρ(g)` for each of the elements.
    pub fn of<R: ActsOn<T>>(rep: &R, elements: &[ElementOf<R>]) -> Self {
        let moves = elements
            .iter()
            .map(|g| match rep.signed_permutation(g) {
                Some(map) => Move::Map(map),
                None => Move::Matrix(rep.matrix(g)),
            })
            .collect();
        Self { dim: rep.dim(), moves }
    }

    /// `ρ(g)` for every `g`, in the order of the group's numbers.
    ///
    /// # Errors
    /// [`InferenceError::GroupTooLarge`] for more than a million elements.
    pub fn all<R>(rep: &R) -> Result<Self, InferenceError>
    where
        R: ActsOn<T>,
        R::Group: Finite,
    {
        Ok(Self::of(rep, &elements(rep)?))
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.moves.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.moves.is_empty()
    }

    /// The dimension of the space.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Writes `ρ(g_k)x` to `out`.
    ///
    /// # Panics
    /// If there is no element `k`, or a vector has another dimension.
    pub fn act(&self, k: usize, x: &[T], out: &mut [T]) {
        match &self.moves[k] {
            Move::Map(map) => map.act(x, out),
            Move::Matrix(matrix) => {
                assert_eq!(x.len(), self.dim, "vector of another dimension");
                assert_eq!(out.len(), self.dim, "vector of another dimension");
                out.fill(T::zero());
                for (column, value) in matrix.column_iter().zip(x) {
                    for (sum, entry) in out.iter_mut().zip(column.iter()) {
                        *sum += entry.clone() * value.clone();
                    }
                }
            }
        }
    }

    /// Writes `ρ(g_k)ᵀx` to `out`.
    ///
    /// # Panics
    /// If there is no element `k`, or a vector has another dimension.
    pub fn act_transposed(&self, k: usize, x: &[T], out: &mut [T]) {
        match &self.moves[k] {
            Move::Map(map) => map.act_transposed(x, out),
            Move::Matrix(matrix) => {
                assert_eq!(out.len(), self.dim, "vector of another dimension");
                for (value, column) in out.iter_mut().zip(matrix.column_iter()) {
                    *value = dot(column.as_slice(), x);
                }
            }
        }
    }
}

/// All elements of a representation's group.
pub(super) fn elements<R>(rep: &R) -> Result<Vec<ElementOf<R>>, InferenceError>
where
    R: Representation,
    R::Group: Finite,
{
    match rep.group().small_order() {
        Some(order) if order <= MOST => Ok(rep.group().elements().collect()),
        _ => Err(InferenceError::GroupTooLarge {
            order: rep.group().order().to_string(),
            max: MOST,
            purpose: "a list of all of them",
        }),
    }
}
