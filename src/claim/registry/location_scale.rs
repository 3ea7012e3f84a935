//! The location–scale families that claims are checked on, exponential families or not.

use super::families::{Action, SignedPermutations};
use crate::claim::rounding::Tracked;
use crate::claim::scene::{Scene, Which};
use crate::family::{DiagonalGaussian, FamilyError, Laplace, LocationScale, Member};
use crate::group::AnyGroup;
use crate::representation::{Representation, SignedPermutationRep};
use crate::scalar::Rational;
use num_traits::Signed;

/// A location–scale family, and what is known of its standard law from elsewhere.
///
/// A new entry of the list is checked by every claim about location–scale families, under every registered
/// signed permutation, and its members are drawn and compared with their densities in the tests.
pub trait LocationScaleEntry: Send + Sync + 'static {
    /// The distributions, in floating point.
    type Float: LocationScale<f64>;

    /// The same, with bounds on their rounding.
    type Law: LocationScale<Tracked>;

    /// The name in witnesses.
    const NAME: &'static str;

    /// `E z²` of the standard law.
    const SQUARE: f64;

    /// `ln f(0) − ln f(x)` for the standard density `f`, up to a constant factor.
    fn energy(x: &Rational) -> Rational;

    /// The representation on a scene: every family of independent symmetric coordinates is closed under signed
    /// permutations.
    fn rep(scene: &Scene) -> SignedPermutationRep<AnyGroup> {
        SignedPermutations::on::<f64>(scene)
    }

    /// One of the two distributions with a scene's numbers.
    ///
    /// # Errors
    /// [`FamilyError`] where the family refuses what the scene describes: a failure of every claim.
    fn pose(scene: &Scene, which: Which) -> Result<Self::Law, FamilyError> {
        let dim = Self::rep(scene).dim();
        Self::Law::with_location_scale(&scene.vector(which, dim), &scene.positive(which, dim))
    }
}

/// Something to do with every registered location–scale family.
pub trait LocationScaleVisitor {
    /// What is done with one of them.
    fn visit<E: LocationScaleEntry>(&mut self);
}

/// Independent Laplace distributions.
pub(in crate::claim) struct Laplaces;

impl LocationScaleEntry for Laplaces {
    type Float = Laplace<f64>;
    type Law = Laplace<Tracked>;
    const NAME: &'static str = "Laplace";
    const SQUARE: f64 = 2.0;

    fn energy(x: &Rational) -> Rational {
        x.abs()
    }
}

/// Diagonal Gaussians, which are an exponential family as well.
struct Gaussians;

impl LocationScaleEntry for Gaussians {
    type Float = Member<DiagonalGaussian, f64>;
    type Law = Member<DiagonalGaussian, Tracked>;
    const NAME: &'static str = "diagonal Gaussian";
    const SQUARE: f64 = 1.0;

    fn energy(x: &Rational) -> Rational {
        x * x
    }
}

/// Shows a visitor every registered location–scale family, in order.
pub fn each_location_scale(visitor: &mut impl LocationScaleVisitor) {
    visitor.visit::<Laplaces>();
    visitor.visit::<Gaussians>();
}

/// A check of one family on a scene, generic over its entry, as a plain function that checks all of them.
macro_rules! every_location_scale {
    ($check:expr, $name:ident) => {
        |scene: &$crate::claim::scene::Scene| {
            use $crate::claim::registry::location_scale as registry;
            struct Each<'a>(&'a $crate::claim::scene::Scene, $crate::claim::Outcome);
            impl registry::LocationScaleVisitor for Each<'_> {
                fn visit<$name: registry::LocationScaleEntry>(&mut self) {
                    let outcome = $crate::claim::families::settle(|| $check(self.0));
                    self.1 = self.1.and_of($name::NAME, outcome);
                }
            }
            let mut each = Each(scene, $crate::claim::Outcome::vacuous());
            registry::each_location_scale(&mut each);
            each.1
        }
    };
}
pub(in crate::claim) use every_location_scale;
