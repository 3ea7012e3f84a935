//! The exponential families that claims are checked on.

mod entries;
mod linear;
mod moments;

pub use entries::each_family;
pub(in crate::claim) use linear::{Linear, pose as stored};
pub use moments::Moments;

use crate::action::ClosedUnder;
use crate::claim::rounding::Tracked;
use crate::claim::scene::{Scene, Which};
use crate::dual::Dual;
use crate::family::{FamilyError, FisherInformation, LogPartition, Member, Sample};
use crate::group::AnyGroup;
use crate::representation::ActsOn;
use crate::scalar::Scalar;
use crate::special::Special;

/// A family with instances, an action that it is closed under, and what is known of its members from
/// elsewhere.
///
/// A new entry of the list is checked by every claim about closed exponential families, on every
/// instance, and goes through [`law::family`](crate::law::family) and
/// [`law::closed`](crate::law::closed) in the tests.
pub trait FamilyEntry: Send + Sync + 'static {
    /// The family.
    type Family: LogPartition<f64>
        + FisherInformation<f64>
        + Sample<f64>
        + ClosedUnder<Self::Rep<f64>, f64>
        + LogPartition<Tracked>
        + FisherInformation<Tracked>
        + ClosedUnder<Self::Rep<Tracked>, Tracked>
        + LogPartition<Dual<Tracked>>;

    /// The representations that it is closed under.
    type Rep<T: Scalar>: ActsOn<T, Group = AnyGroup>;

    /// The name in witnesses.
    const NAME: &'static str;

    /// Whether the log-partition function and the mean parameter are formulas, which forward-mode
    /// derivatives go through, and not the result of an iteration or a quadrature, which they do not.
    const DIFFERENTIABLE: bool = true;

    /// The representation on a scene.
    fn rep<T: Scalar>(scene: &Scene) -> Self::Rep<T>;

    /// One of the scene's two members.
    ///
    /// # Errors
    /// [`FamilyError`] where the family refuses what the scene describes: a failure of every claim.
    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError>;

    /// A point in the support.
    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T>;

    /// `E Σθ_i²` as a function of the mean parameter, where it is convex in it and not affine.
    fn squares(mu: &[Tracked]) -> Option<Tracked> {
        let _ = mu;
        None
    }

    /// Integrals over a member, found without its log-partition function or its parameter maps; `None`
    /// where there is no independent way.
    fn moments(q: &Member<Self::Family, Tracked>) -> Option<Moments> {
        let _ = q;
        None
    }
}

/// Something to do with every registered family.
pub trait FamilyVisitor {
    /// What is done with one of them.
    fn visit<E: FamilyEntry>(&mut self);
}

/// A check of one family on a scene, generic over its entry, as a plain function that checks all of them.
macro_rules! every {
    ($check:expr, $name:ident) => {
        |scene: &$crate::claim::scene::Scene| {
            struct Each<'a>(&'a $crate::claim::scene::Scene, $crate::claim::Outcome);
            impl $crate::claim::registry::families::FamilyVisitor for Each<'_> {
                fn visit<$name: $crate::claim::registry::families::FamilyEntry>(&mut self) {
                    let outcome = match $check(self.0) {
                        Ok(outcome) => outcome,
                        Err(_) => $crate::claim::Outcome::new(
                            "a parameter was refused",
                            $crate::law::Residual::failed(),
                        ),
                    };
                    self.1 = self.1.and_of($name::NAME, outcome);
                }
            }
            let mut each = Each(scene, $crate::claim::Outcome::vacuous());
            $crate::claim::registry::families::each_family(&mut each);
            each.1
        }
    };
}
pub(in crate::claim) use every;
