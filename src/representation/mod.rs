//! Representations: groups acting linearly on vectors.
//!
//! A [`Representation`] knows its group and its dimension; [`ActsOn<T>`](ActsOn) is the action itself,
//! on vectors with entries in `T`. Structure is kept in the types, because hypotheses of theorems
//! and the cost of algorithms hang on it:
//!
//! | promise | meaning | what it buys |
//! |---|---|---|
//! | [`ActsByPermutations`] | permutes the coordinates | an index map, whatever the dimension |
//! | [`ActsBySignedPermutations`] | permutes and negates coordinates | the Reynolds operator by orbits; diagonal Gaussians are closed |
//! | [`ActsOrthogonally`] | preserves the dot product | `P = P*` |
//! | [`ActsInfinitesimally`] | a derivative, for Lie groups | averages over Haar measure in closed form |
//! | [`HasReynolds`] | finite group, or such a derivative | the three averages of posteriors |
//!
//! Reynolds operators are in [`Reynolds`]; `P` and the dual `P*` are different methods, because for a
//! non-orthogonal action they are different operators; the types of natural and mean parameters choose
//! between the two ([`Reynolds::natural`], [`Reynolds::mean`]). Run a representation of your own through
//! [`law::representation`](crate::law::representation).

mod any;
mod averaging;
mod axes;
mod axis_orbits;
mod change_of_basis;
mod channels;
pub mod character;
mod dense;
mod direct_sum;
mod dual;
mod fixed_space;
mod haar_average;
mod has_reynolds;
mod induced;
mod infinitesimal;
mod lie_tensors;
mod orbit_search;
mod orbits;
mod orthogonal;
mod permutation;
mod restriction;
mod reynolds;
mod signed_permutation;
mod spatial;
mod standard;
mod symmetric_square;
mod tensor;
mod tensor_power;
mod trivial;
mod unsigned;

pub use any::AnyRepresentation;
pub use axes::{Axis, TensorAxes};
pub use axis_orbits::AxisOrbits;
pub use change_of_basis::ChangeOfBasis;
#[cfg(feature = "checkpoint")]
pub(crate) use channels::named;
pub use channels::{Channels, Layout, UnknownName};
pub use dense::Dense;
pub use direct_sum::DirectSum;
pub use dual::Dual;
pub use fixed_space::{FixedSpace, FixedSpaceMethod};
pub use haar_average::{HaarAverage, haar_average};
pub use has_reynolds::{Averages, HasReynolds};
pub use induced::Induced;
pub use infinitesimal::ActsInfinitesimally;
pub use orbits::{Orbit, SignedOrbits};
pub use orthogonal::Orthogonal;
pub use permutation::{PermutationRep, SignedPermutationRep};
pub use restriction::Restriction;
pub use reynolds::Reynolds;
pub use signed_permutation::SignedPermutation;
pub use spatial::{ActsOnGrid, GridSymmetry};
pub use standard::Standard;
pub use symmetric_square::SymmetricSquare;
pub(crate) use symmetric_square::{pair_count, pair_index, pairs};
pub use tensor::{Tensor, hom};
pub use tensor_power::TensorPower;
pub use trivial::Trivial;
pub use unsigned::Unsigned;

use crate::group::Group;
use crate::scalar::Scalar;
use nalgebra::{DMatrix, DVector};
use std::fmt::Debug;
use thiserror::Error;

/// An element of a representation's group.
pub type ElementOf<R> = <<R as Representation>::Group as Group>::Element;

/// A group with a finite-dimensional vector space that it acts on.
pub trait Representation: Clone + Debug {
    /// The group that acts.
    type Group: Group;

    /// The group that acts.
    fn group(&self) -> &Self::Group;

    /// The dimension of the space.
    fn dim(&self) -> usize;

    /// How `g` permutes and negates the coordinates, where it does no more than that.
    ///
    /// Structure that is discovered at run time; [`ActsBySignedPermutations`] is the same as a
    /// promise of the type.
    fn signed_permutation(&self, g: &ElementOf<Self>) -> Option<SignedPermutation> {
        let _ = g;
        None
    }
}

/// The action of a representation on vectors with entries in `T`.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::representation::{ActsOn, PermutationRep};
///
/// let shift = PermutationRep::regular(&Cyclic::new(3)?)?;
/// let moved = shift.apply(&1, &[10.0, 20.0, 30.0]);
/// assert_eq!(moved.as_slice(), [30.0, 10.0, 20.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait ActsOn<T: Scalar>: Representation {
    /// Writes `ρ(g)x` to `out`.
    ///
    /// # Panics
    /// If `x` or `out` is not as long as the dimension.
    fn act(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]);

    /// Writes `ρ(g)ᵀx` to `out`. The provided method builds the matrix; override it where there is
    /// structure.
    ///
    /// # Panics
    /// If `x` or `out` is not as long as the dimension.
    fn act_transposed(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        check_len(self.dim(), x.len(), out.len());
        let matrix = self.matrix(g);
        for (column, value) in matrix.column_iter().zip(out.iter_mut()) {
            *value = crate::scalar::dot(column.as_slice(), x);
        }
    }

    /// `ρ(g)x` as a new vector.
    ///
    /// # Panics
    /// If `x` is not as long as the dimension.
    fn apply(&self, g: &ElementOf<Self>, x: &[T]) -> DVector<T> {
        let mut out = DVector::from_element(self.dim(), T::zero());
        self.act(g, x, out.as_mut_slice());
        out
    }

    /// `ρ(g)` as a matrix, found by acting on the basis vectors.
    fn matrix(&self, g: &ElementOf<Self>) -> DMatrix<T> {
        let dim = self.dim();
        let mut basis_vector = vec![T::zero(); dim];
        let mut matrix = DMatrix::from_element(dim, dim, T::zero());
        for (i, mut column) in matrix.column_iter_mut().enumerate() {
            basis_vector[i] = T::one();
            self.act(g, &basis_vector, column.as_mut_slice());
            basis_vector[i] = T::zero();
        }
        matrix
    }

    /// The character `χ(g) = tr ρ(g)`.
    fn character(&self, g: &ElementOf<Self>) -> T {
        let matrix = self.matrix(g);
        (0..self.dim()).fold(T::zero(), |sum, i| sum + matrix[(i, i)].clone())
    }
}

/// A representation that permutes the coordinates and may negate them.
pub trait ActsBySignedPermutations: Representation {
    /// How `g` moves the coordinates. The same as
    /// [`signed_permutation`](Representation::signed_permutation), which must be overridden to
    /// return this.
    fn index_map(&self, g: &ElementOf<Self>) -> SignedPermutation;
}

/// A representation that permutes the coordinates and negates none.
pub trait ActsByPermutations: ActsBySignedPermutations {}

/// A representation that preserves the dot product: `ρ(g)ᵀρ(g) = 1`.
pub trait ActsOrthogonally: Representation {}

/// What can be wrong with the description of a representation.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum RepresentationError {
    /// Two representations of different groups cannot be combined.
    #[error("second representation is of {right}: expected the first one's group, {left}")]
    DifferentGroups {
        /// The group of the first.
        left: String,
        /// The group of the second.
        right: String,
    },
    /// The group is too large for what was asked.
    #[error("group of order {order}: expected at most {max} elements for {purpose}")]
    GroupTooLarge {
        /// The order of the group.
        order: String,
        /// The largest order that is served.
        max: usize,
        /// What the elements were to be enumerated for.
        purpose: &'static str,
    },
    /// The dimension is too large for index maps.
    #[error("dimension {dim}: expected at most {max} coordinates", max = u32::MAX)]
    TooManyCoordinates {
        /// The dimension that was asked for.
        dim: usize,
    },
    /// The group does not act on a square grid in the standard way.
    #[error(
        "{group}: expected a cyclic or dihedral group whose rotation is a multiple of a quarter turn"
    )]
    NoGridAction {
        /// The group that was given.
        group: String,
    },
    /// Rounding does not let the rank of a matrix be decided.
    #[error(
        "rank is at least {rank}, with a remainder of {remainder:e}: expected at most {noise:e} (rounding) or more than {clear:e}"
    )]
    UnclearRank {
        /// The rank without the remainder.
        rank: usize,
        /// The largest entry that is left.
        remainder: f64,
        /// What rounding can leave.
        noise: f64,
        /// From where on an entry counts.
        clear: f64,
    },
    /// The fixed space and the sum of the images are not complementary: no compact group acts like this.
    #[error(
        "fixed space of dimension {fixed} has no invariant complement: expected the generators of a compact group"
    )]
    NoComplement {
        /// The dimension of the fixed space.
        fixed: usize,
    },
    /// A mean over group elements that is no projector, so that they are no group, or rounding hides it.
    #[error(
        "mean over the elements differs from its square by {defect:e}: expected at most {allowed:e}"
    )]
    NotIdempotent {
        /// How far `P²` is from `P`, in the row sum norm.
        defect: f64,
        /// From where on the rank would not be clear.
        allowed: f64,
    },
    /// An average was to be estimated from too few draws.
    #[error(
        "number of draws is {draws}: expected at least two, so that their spread says how good the mean is"
    )]
    TooFewDraws {
        /// The number of draws.
        draws: usize,
    },
    /// Signs that are those of no character.
    #[error(
        "sign of {first}·{second} is not the product of their signs: expected a homomorphism to ±1"
    )]
    NotACharacter {
        /// The left factor.
        first: String,
        /// The right factor.
        second: String,
    },
    /// A list of signs has the wrong length.
    #[error("{signs} signs for {degree} coordinates: expected one sign for each")]
    SignCount {
        /// How many signs were given.
        signs: usize,
        /// How many coordinates there are.
        degree: usize,
    },
    /// Regular channels come in blocks of `|G|`.
    #[error(
        "{channels} channels: expected a multiple of {order}, the order of the group, for regular channels"
    )]
    NotInBlocks {
        /// How many channels there are.
        channels: usize,
        /// The order of the group.
        order: usize,
    },
    /// A change of basis needs an invertible square matrix of the right size.
    #[error("basis matrix is {rows}×{columns}{why}: expected an invertible {dim}×{dim} matrix")]
    NotABasis {
        /// Rows of the matrix.
        rows: usize,
        /// Columns of the matrix.
        columns: usize,
        /// The dimension of the representation.
        dim: usize,
        /// What is wrong beyond the size, or nothing.
        why: &'static str,
    },
}

/// Fails unless both representations are of the same group.
pub(crate) fn same_group<A, B>(a: &A, b: &B) -> Result<(), RepresentationError>
where
    A: Representation,
    B: Representation<Group = A::Group>,
{
    if a.group() == b.group() {
        Ok(())
    } else {
        Err(RepresentationError::DifferentGroups {
            left: format!("{:?}", a.group()),
            right: format!("{:?}", b.group()),
        })
    }
}

/// Fails if a dimension cannot be addressed by index maps.
fn checked_dim(dim: Option<usize>) -> Result<usize, RepresentationError> {
    match dim {
        Some(dim) if dim <= u32::MAX as usize => Ok(dim),
        dim => Err(RepresentationError::TooManyCoordinates { dim: dim.unwrap_or(usize::MAX) }),
    }
}

/// Panics, naming the lengths, unless a vector has the dimension of its space.
#[track_caller]
fn check_len(dim: usize, x: usize, out: usize) {
    assert!(
        x == dim && out == dim,
        "a space of dimension {dim} got vectors of length {x} and {out}"
    );
}
