//! The exponential families that claims are checked on.

mod action;
mod entries;
mod linear;
mod moments;

pub use action::{
    Action, Both, Congruences, Invertible, LARGEST, Permutations, RingSymmetries, Rotations,
    RotationsOfMore, SignedPermutations, WithOneMore, registered,
};
pub(in crate::claim) use entries::{Classes, Spins};
pub use entries::{each_family, each_finite_family};
pub(in crate::claim) use linear::{Linear, pose as stored};
pub use moments::Moments;
pub(in crate::claim) use moments::{Point, Rule};

use super::representations::Built;
use crate::action::ClosedUnder;
use crate::claim::rounding::Tracked;
use crate::claim::scene::{Scene, Which};
use crate::dual::Dual;
use crate::family::{FamilyError, FiniteSupport, FisherInformation, LogPartition, Member, Sample};
use crate::representation::Representation;
use crate::special::Special;
use nalgebra::DVector;
use std::sync::LazyLock;

/// The type of the representations that a registered family is closed under.
pub type RepOf<E, T> = <<E as FamilyEntry>::Action as Action>::Rep<T>;

/// A family with instances, the actions that it is closed under, and what is known of its members from
/// elsewhere.
///
/// A new entry of the list is checked by every claim about closed exponential families, on every
/// instance, under every registered representation of its kind, and goes through
/// [`law::family`](crate::law::family) and [`law::closed`](crate::law::closed) in the tests.
pub trait FamilyEntry: Send + Sync + 'static {
    /// The family.
    type Family: LogPartition<f64>
        + FisherInformation<f64>
        + Sample<f64>
        + ClosedUnder<RepOf<Self, f64>, f64>
        + LogPartition<Tracked>
        + FisherInformation<Tracked>
        + ClosedUnder<RepOf<Self, Tracked>, Tracked>
        + LogPartition<Dual<Tracked>>;

    /// The kind of representation that it is closed under.
    type Action: Action;

    /// The name in witnesses.
    const NAME: &'static str;

    /// Whether the statistic moves with a shift, `c(g) ≠ 0`, once something moves.
    const SHIFTED: bool = false;

    /// Whether `τ` is not orthogonal, under shears or under permutations.
    const SKEW: bool = false;

    /// Whether the base measure moves, `a(g) ≠ 0`, once something moves.
    const TILTED: bool = false;

    /// The degree of the entries of `τ(g)` and `c(g)` as polynomials in those of `ρ(g)`, with whole numbers
    /// for coefficients.
    const DEGREE: usize = 1;

    /// The representation on a scene.
    fn rep<T: Built>(scene: &Scene) -> RepOf<Self, T> {
        Self::Action::on(scene)
    }

    /// Its dimension.
    fn dim(scene: &Scene) -> usize {
        Self::rep::<f64>(scene).dim()
    }

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

    /// `A` and `μ` on dual numbers. The library's own code, or, where that has an iteration or a quadrature in it,
    /// which forward-mode derivatives do not go through, a formula; its values are compared with the library's.
    ///
    /// # Errors
    /// [`FamilyError`] if the parameter is refused.
    fn differentiable(
        family: &Self::Family,
        eta: DVector<Dual<Tracked>>,
    ) -> Result<(Dual<Tracked>, DVector<Dual<Tracked>>), FamilyError> {
        let moving = Member::from_natural(family.clone(), eta)?;
        Ok((family.log_partition(&moving), moving.mean_parameter().coordinates().clone()))
    }

    /// Integrals over a member, found without its log-partition function's derivatives or its parameter maps.
    fn moments(q: &Member<Self::Family, Tracked>) -> Moments;
}

/// A registered family on finitely many points, for what sums over them.
pub trait FiniteEntry: FamilyEntry<Family: FiniteSupport<Tracked>> {}

impl<E: FamilyEntry<Family: FiniteSupport<Tracked>>> FiniteEntry for E {}

/// Something to do with every registered family on finitely many points.
pub trait FiniteVisitor {
    /// What is done with one of them.
    fn visit<E: FiniteEntry>(&mut self);
}

/// Something to do with every registered family.
pub trait FamilyVisitor {
    /// What is done with one of them.
    fn visit<E: FamilyEntry>(&mut self);
}

/// A check of one family on a scene, generic over its entry, as a plain function that checks all of them; with
/// `finite:` in front, those on finitely many points.
macro_rules! every {
    (@ $check:expr, $name:ident, $visitor:ident, $entry:ident, $each:ident) => {
        |scene: &$crate::claim::scene::Scene| {
            use $crate::claim::registry::families;
            struct Each<'a>(&'a $crate::claim::scene::Scene, $crate::claim::Outcome);
            impl families::$visitor for Each<'_> {
                fn visit<$name: families::$entry>(&mut self) {
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
            families::$each(&mut each);
            each.1
        }
    };
    (finite: $check:expr, $name:ident) => {
        $crate::claim::registry::families::every!(
            @ $check, $name, FiniteVisitor, FiniteEntry, each_finite_family
        )
    };
    ($check:expr, $name:ident) => {
        $crate::claim::registry::families::every!(
            @ $check, $name, FamilyVisitor, FamilyEntry, each_family
        )
    };
}
pub(in crate::claim) use every;

/// As [`every!`], for a control: each family to which the control applies is a kind of subject on which some instance
/// must refute it. A family whose parameters are refused has no instance there.
macro_rules! refuted_by_every {
    (@ $check:expr, $name:ident, $applies:expr, $visitor:ident, $entry:ident, $each:ident) => {
        |scene: &$crate::claim::scene::Scene| {
            use $crate::claim::registry::families;
            struct Each<'a>(&'a $crate::claim::scene::Scene, $crate::claim::Outcome);
            impl families::$visitor for Each<'_> {
                fn visit<$name: families::$entry>(&mut self) {
                    if $applies {
                        use $crate::claim::registry::families::{family_name, family_number};
                        let found = $check(self.0).ok();
                        self.1 = self.1.and_kind(family_name, family_number($name::NAME), found);
                    }
                }
            }
            let mut each = Each(scene, $crate::claim::Outcome::vacuous());
            families::$each(&mut each);
            each.1
        }
    };
    (finite: $check:expr, $name:ident) => {
        $crate::claim::registry::families::refuted_by_every!(
            @ $check, $name, true, FiniteVisitor, FiniteEntry, each_finite_family
        )
    };
    ($check:expr, $name:ident where $applies:expr) => {
        $crate::claim::registry::families::refuted_by_every!(
            @ $check, $name, $applies, FamilyVisitor, FamilyEntry, each_family
        )
    };
    ($check:expr, $name:ident) => {
        $crate::claim::registry::families::refuted_by_every!($check, $name where true)
    };
}
pub(in crate::claim) use refuted_by_every;

/// The names of the registered families, in the order of the list.
static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    struct Names(Vec<&'static str>);
    impl FamilyVisitor for Names {
        fn visit<E: FamilyEntry>(&mut self) {
            self.0.push(E::NAME);
        }
    }
    let mut names = Names(Vec::new());
    each_family(&mut names);
    names.0
});

/// The name of the family with this number in the list.
pub(in crate::claim) fn family_name(number: usize) -> &'static str {
    NAMES[number]
}

/// The number of the family with this name.
///
/// # Panics
/// If there is none.
pub(in crate::claim) fn family_number(name: &str) -> usize {
    match NAMES.iter().position(|known| *known == name) {
        Some(number) => number,
        None => panic!("{name} is not in the list of families"),
    }
}
