//! The representations that claims are checked on.

mod entries;
mod known;

pub use entries::REPRESENTATIONS;

use crate::claim::rounding::{Judge, Tracked};
use crate::claim::scene::Scene;
use crate::group::{AnyElement, AnyGroup};
use crate::law::Laws;
use crate::representation::{AnyRepresentation, Representation, SignedPermutationRep};
use crate::scalar::{Rational, Scalar};
use std::fmt;

/// A kind of representation, made on any scene: of any registered group.
///
/// A new entry of [`REPRESENTATIONS`] is checked by every claim about representations in general, and goes
/// through the conformance kits of what it promises in the tests. What is known of it (dimension,
/// character, invariants) is computed from the scene without the representation itself.
pub struct RepresentationEntry {
    /// The name in witnesses.
    pub name: &'static str,
    /// Whether some element moves something, on some scene. Controls of statements that are true of trivial
    /// representations too pass these by.
    pub moves: bool,
    /// What the matrices are, on every scene.
    pub matrices: Matrices,
    /// The dimension, as it is known from elsewhere.
    pub dim: fn(&Scene) -> usize,
    /// The character at an element of the representation's group, as it is known from elsewhere. All
    /// representations of the list have characters that are whole numbers.
    pub character: fn(&Scene, &AnyElement) -> i64,
    /// The dimension of the fixed space where there is a formula for it, beyond the mean of the character.
    pub fixed: fn(&Scene) -> Option<usize>,
    /// The conformance kits, of what every representation promises and of what this kind does besides, in
    /// floating point and on fractions. Empty on a scene that is too large for it.
    pub kits: fn(&Scene) -> Vec<Laws<'static>>,
    build: Builders,
}

/// One function for each scalar that claims are checked with; `None` on a scene that is too large.
struct Builders {
    float: fn(&Scene) -> Option<AnyRepresentation<f64>>,
    tracked: fn(&Scene) -> Option<AnyRepresentation<Tracked>>,
    exact: fn(&Scene) -> Option<AnyRepresentation<Rational>>,
}

/// What the matrices of a representation are. Each kind is one of those that come after it: a family that is
/// closed under a kind is closed under all before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matrices {
    /// They permute the coordinates.
    Permutations,
    /// They permute and negate the coordinates.
    SignedPermutations,
    /// They preserve the dot product.
    Orthogonal,
    /// They have inverses.
    Invertible,
}

/// A scalar that registered representations are made with.
pub trait Built: Scalar {
    /// The representation on a scene, `None` if the scene is too large for it.
    fn build(entry: &RepresentationEntry, scene: &Scene) -> Option<AnyRepresentation<Self>>;
}

macro_rules! built {
    ($($scalar:ty: $builder:ident,)*) => {$(
        impl Built for $scalar {
            fn build(entry: &RepresentationEntry, scene: &Scene) -> Option<AnyRepresentation<Self>> {
                (entry.build.$builder)(scene)
            }
        }
    )*};
}

built! {
    f64: float,
    Tracked: tracked,
    Rational: exact,
}

/// A scalar that claims about representations are checked with.
pub(in crate::claim) trait Posed: Judge + Built {}

impl<T: Judge + Built> Posed for T {}

impl RepresentationEntry {
    /// The representation on a scene, `None` if the scene is too large for it.
    pub fn on<T: Built>(&self, scene: &Scene) -> Option<AnyRepresentation<T>> {
        T::build(self, scene)
    }

    /// The index maps of a representation by signed permutations, `None` if the scene is too large for it.
    ///
    /// # Panics
    /// On a representation that is none by signed permutations, when it acts.
    pub fn index_maps(&self, scene: &Scene) -> Option<SignedPermutationRep<AnyGroup>> {
        let rep = self.on::<f64>(scene)?;
        let (group, dim, name) = (rep.group().clone(), rep.dim(), self.name);
        Some(SignedPermutationRep::from_fn(group, dim, move |g| match rep.signed_permutation(g) {
            Some(map) => map,
            None => panic!("{name} is registered as signed permutations, and at {g:?} is none"),
        }))
    }
}

impl fmt::Debug for RepresentationEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
