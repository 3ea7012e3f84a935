//! Tensor products, and `Hom`.

use super::signed_permutation::Images;
use super::{
    ActsByPermutations, ActsBySignedPermutations, ActsOn, ActsOrthogonally, Dual, ElementOf,
    Representation, RepresentationError, SignedPermutation, check_len, checked_dim,
};
use crate::scalar::Scalar;

/// The tensor product `V ⊗ W`, with `e_i ⊗ f_j` as coordinate `i · dim W + j` (row-major: a vector
/// is a `dim V` × `dim W` matrix `X` and moves as `ρ_V(g) X ρ_W(g)ᵀ`).
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::representation::{ActsOn, PermutationRep, Tensor};
///
/// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
/// let square = Tensor::new(swap.clone(), swap)?;
/// assert_eq!(square.apply(&1, &[1.0, 2.0, 3.0, 4.0]).as_slice(), [4.0, 3.0, 2.0, 1.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Tensor<A, B> {
    first: A,
    second: B,
}

impl<A: Representation, B: Representation<Group = A::Group>> Tensor<A, B> {
    /// The product of two representations of the same group.
    ///
    /// # Errors
    /// [`RepresentationError::DifferentGroups`], [`RepresentationError::TooManyCoordinates`].
    pub fn new(first: A, second: B) -> Result<Self, RepresentationError> {
        super::same_group(&first, &second)?;
        checked_dim(first.dim().checked_mul(second.dim()))?;
        Ok(Self { first, second })
    }

    /// The first factor.
    pub fn first(&self) -> &A {
        &self.first
    }

    /// The second factor.
    pub fn second(&self) -> &B {
        &self.second
    }

    fn paired(&self, a: &SignedPermutation, b: &SignedPermutation) -> SignedPermutation {
        Images::from(a).product(b).into()
    }
}

/// Linear maps `V → W` with the action `W_l ↦ ρ_W(g) W_l ρ_V(g)⁻¹`: the tensor product of `W` and
/// the dual of `V`. A map is a `dim W` × `dim V` matrix in row-major order, as weights are.
///
/// # Errors
/// [`RepresentationError::DifferentGroups`], [`RepresentationError::TooManyCoordinates`].
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::representation::{PermutationRep, Reynolds, Trivial, hom};
///
/// // Equivariant maps from R[C_3] to one invariant number: multiples of the sum.
/// let c3 = Cyclic::new(3)?;
/// let weights = hom(PermutationRep::regular(&c3)?, Trivial::new(c3, 1))?;
/// assert_eq!(Reynolds::<f64>::by_orbits(&weights).rank(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn hom<V, W>(from: V, to: W) -> Result<Tensor<W, Dual<V>>, RepresentationError>
where
    V: Representation,
    W: Representation<Group = V::Group>,
{
    Tensor::new(to, Dual::new(from))
}

impl<A: Representation, B: Representation<Group = A::Group>> Representation for Tensor<A, B> {
    type Group = A::Group;

    fn group(&self) -> &A::Group {
        self.first.group()
    }

    fn dim(&self) -> usize {
        self.first.dim() * self.second.dim()
    }

    fn signed_permutation(&self, g: &ElementOf<Self>) -> Option<SignedPermutation> {
        Some(self.paired(&self.first.signed_permutation(g)?, &self.second.signed_permutation(g)?))
    }
}

/// Applies one map along the rows of a row-major matrix and another along its columns.
fn sandwich<T: Scalar>(
    (rows, columns): (usize, usize),
    x: &[T],
    out: &mut [T],
    on_columns: impl Fn(&[T], &mut [T]),
    on_rows: impl Fn(&[T], &mut [T]),
) {
    check_len(rows * columns, x.len(), out.len());
    if rows * columns == 0 {
        return;
    }
    let mut half = vec![T::zero(); rows * columns];
    for (row, moved) in x.chunks_exact(columns).zip(half.chunks_exact_mut(columns)) {
        on_rows(row, moved);
    }
    let (mut column, mut moved) = (vec![T::zero(); rows], vec![T::zero(); rows]);
    for j in 0..columns {
        for (i, value) in column.iter_mut().enumerate() {
            *value = half[i * columns + j].clone();
        }
        on_columns(&column, &mut moved);
        for (i, value) in moved.iter().enumerate() {
            out[i * columns + j] = value.clone();
        }
    }
}

impl<T: Scalar, A: ActsOn<T>, B: ActsOn<T, Group = A::Group>> ActsOn<T> for Tensor<A, B> {
    fn act(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        if let Some(map) = self.signed_permutation(g) {
            return map.act(x, out);
        }
        let shape = (self.first.dim(), self.second.dim());
        sandwich(
            shape,
            x,
            out,
            |x, out| self.first.act(g, x, out),
            |x, out| self.second.act(g, x, out),
        );
    }

    fn act_transposed(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        if let Some(map) = self.signed_permutation(g) {
            return map.act_transposed(x, out);
        }
        let shape = (self.first.dim(), self.second.dim());
        sandwich(
            shape,
            x,
            out,
            |x, out| self.first.act_transposed(g, x, out),
            |x, out| self.second.act_transposed(g, x, out),
        );
    }
}

impl<A, B> ActsBySignedPermutations for Tensor<A, B>
where
    A: ActsBySignedPermutations,
    B: ActsBySignedPermutations<Group = A::Group>,
{
    fn index_map(&self, g: &ElementOf<Self>) -> SignedPermutation {
        self.paired(&self.first.index_map(g), &self.second.index_map(g))
    }
}

impl<A, B> ActsByPermutations for Tensor<A, B>
where
    A: ActsByPermutations,
    B: ActsByPermutations<Group = A::Group>,
{
}

impl<A, B> ActsOrthogonally for Tensor<A, B>
where
    A: ActsOrthogonally,
    B: ActsOrthogonally<Group = A::Group>,
{
}
