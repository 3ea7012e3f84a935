//! The representations that claims are checked on.

mod entries;
mod known;

pub use entries::REPRESENTATIONS;

use crate::claim::rounding::{Judge, Tracked};
use crate::claim::scene::Scene;
use crate::group::AnyElement;
use crate::law::Laws;
use crate::representation::AnyRepresentation;
use crate::scalar::Rational;
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
    /// Whether all matrices are orthogonal, on every scene.
    pub orthogonal: bool,
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

/// A scalar that claims about representations are checked with.
pub(in crate::claim) trait Posed: Judge {
    /// The representation on a scene, `None` if the scene is too large for it.
    fn pose(entry: &RepresentationEntry, scene: &Scene) -> Option<AnyRepresentation<Self>>;
}

impl Posed for Tracked {
    fn pose(entry: &RepresentationEntry, scene: &Scene) -> Option<AnyRepresentation<Self>> {
        (entry.build.tracked)(scene)
    }
}

impl Posed for Rational {
    fn pose(entry: &RepresentationEntry, scene: &Scene) -> Option<AnyRepresentation<Self>> {
        (entry.build.exact)(scene)
    }
}

impl RepresentationEntry {
    /// The representation on a scene in floating point, `None` if the scene is too large for it.
    pub fn on(&self, scene: &Scene) -> Option<AnyRepresentation<f64>> {
        (self.build.float)(scene)
    }
}

impl fmt::Debug for RepresentationEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
