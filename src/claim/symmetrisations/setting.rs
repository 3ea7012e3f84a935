//! Where the claims of the chapter are checked: two families under the actions that they are closed
//! under.

use crate::action::{ClosedUnder, push_forward};
use crate::claim::compare::larger;
use crate::claim::scene::{GroupSpec, Scene, Which};
use crate::claim::{About, Evidence, Feature, Outcome, Role, strategy};
use crate::family::{DiagonalGaussian, FamilyError, FullGaussian, Member};
use crate::group::{AnyGroup, Finite};
use crate::law::Residual;
use crate::representation::{
    ActsOn, ChangeOfBasis, Representation, Reynolds, SignedPermutationRep,
};
use crate::scalar::Scalar;
use nalgebra::DMatrix;
use proptest::strategy::{BoxedStrategy, Strategy};

/// A family with an action, on the instances of a scene.
pub(super) trait Setting<T: Scalar> {
    /// The action on `θ`.
    type Rep: ActsOn<T, Group = AnyGroup>;
    /// The family, closed under it.
    type Family: ClosedUnder<Self::Rep, T>;

    /// The scene's representation.
    fn rep(scene: &Scene) -> Self::Rep;

    /// One of the scene's Gaussians.
    fn member(scene: &Scene, which: Which) -> Result<Member<Self::Family, T>, FamilyError>;

    /// A bound `r` on the sum of the magnitudes of all entries that a moved vector is computed with:
    /// for `S ρ(g) S⁻¹`, `Σ|S| · Σ|S⁻¹|`. Zero where moving rounds nothing.
    fn shear(rep: &Self::Rep) -> f64;
}

/// Diagonal Gaussians under signed permutations.
pub(super) struct Diagonal;

/// Full Gaussians under conjugates of signed permutations, in general not orthogonal.
pub(super) struct Full;

impl<T: Scalar> Setting<T> for Diagonal {
    type Rep = SignedPermutationRep<AnyGroup>;
    type Family = DiagonalGaussian;

    fn rep(scene: &Scene) -> Self::Rep {
        scene.signed()
    }

    fn member(scene: &Scene, which: Which) -> Result<Member<DiagonalGaussian, T>, FamilyError> {
        scene.diagonal(which)
    }

    fn shear(_: &Self::Rep) -> f64 {
        0.0
    }
}

impl<T: Scalar> Setting<T> for Full {
    type Rep = ChangeOfBasis<SignedPermutationRep<AnyGroup>, T>;
    type Family = FullGaussian;

    fn rep(scene: &Scene) -> Self::Rep {
        scene.dense()
    }

    fn member(scene: &Scene, which: Which) -> Result<Member<FullGaussian, T>, FamilyError> {
        scene.full(which)
    }

    fn shear(rep: &Self::Rep) -> f64 {
        let sum =
            |matrix: &DMatrix<T>| matrix.iter().map(|x| x.magnitude().nearest_f64()).sum::<f64>();
        sum(rep.basis()) * sum(rep.inverse_basis())
    }
}

/// Scenes for diagonal Gaussians.
pub(super) fn diagonal_scenes(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    strategy::scenes_with(12, wanted)
}

/// Scenes for full Gaussians: small groups and dimensions, since a second moment has 21 coordinates in
/// dimension 6 already; and moderate scales, since what covariances and precisions lose to each
/// other's inversion is their condition number.
pub(super) fn full_scenes(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    strategy::scenes_with(6, wanted)
        .prop_map(|mut scene| {
            if let GroupSpec::Generated { degree, .. } = &mut scene.group {
                *degree = (*degree).min(4);
            }
            scene.spread = scene.spread.min(1);
            scene
        })
        .boxed()
}

/// The kinds of instance for diagonal Gaussians.
pub(super) const DIAGONAL: &[Feature] = &[
    Feature::TrivialGroup,
    Feature::NonAbelian,
    Feature::FreeOrbit,
    Feature::NonFreeOrbit,
    Feature::SignedOrbit,
    Feature::KilledOrbit,
    Feature::Invariant,
    Feature::WideScales,
    Feature::RepeatedVariances,
];

/// The kinds of instance for full Gaussians.
pub(super) const FULL: &[Feature] = &[
    Feature::TrivialGroup,
    Feature::NonAbelian,
    Feature::FreeOrbit,
    Feature::NonFreeOrbit,
    Feature::SignedOrbit,
    Feature::KilledOrbit,
    Feature::NonOrthogonal,
    Feature::Invariant,
];

/// Where the tolerances of Gaussians come from.
pub(super) const TOLERANCE: &str = "first-order bounds on averages, inverses and logarithms, by count of roundings and size of terms";

/// A control of a claim about Gaussians, with what all of them share.
pub(super) fn control(
    id: &'static str,
    of: &'static str,
    title: &'static str,
    statement: &'static str,
    dropped: &'static [&'static str],
    covers: &'static [Feature],
) -> About {
    About {
        id,
        title,
        role: Role::Control,
        of: Some(of),
        evidence: Evidence::Float,
        statement,
        hypotheses: dropped,
        tolerance: TOLERANCE,
        covers,
        cost: 1,
    }
}

/// The outcome of a check; a member that leaves its parameter space refutes the claim.
pub(super) fn settled(result: Result<Outcome, FamilyError>) -> Outcome {
    result.unwrap_or_else(|_| Outcome::new("a member leaves the family", Residual::failed()))
}

/// A control's outcome. An error is no violation, and is not hidden as one that was not looked for either: an
/// infinite tolerance counts as unchecked, and an entry that is mostly unchecked fails.
pub(super) fn shown(result: Result<Outcome, FamilyError>) -> Outcome {
    result.unwrap_or_else(|_| {
        Outcome::new("a member leaves the family", Residual::new(0.0, f64::INFINITY))
    })
}

/// The orbit `{g_# q}`, an entry for each group element, the identity first.
pub(super) fn orbit<S, T>(
    q: &Member<S::Family, T>,
    rep: &S::Rep,
) -> Result<Vec<Member<S::Family, T>>, FamilyError>
where
    S: Setting<T>,
    T: Scalar,
{
    rep.group().elements().map(|g| push_forward(q, rep, &g)).collect()
}

/// The Reynolds operator of the statistic by its definition, whatever the library would choose.
pub(super) fn averaging<S, T>(q: &Member<S::Family, T>, rep: &S::Rep) -> Reynolds<T>
where
    S: Setting<T>,
    T: Scalar,
{
    Reynolds::by_averaging(&q.family().statistic_action(rep))
}

/// The mean of vectors of the same length, entry by entry.
pub(super) fn average<'a, T: Scalar>(vectors: impl IntoIterator<Item = &'a [T]>) -> Vec<T> {
    let mut vectors = vectors.into_iter();
    let mut sum = vectors.next().map(<[T]>::to_vec).unwrap_or_default();
    let mut count = 1;
    for vector in vectors {
        for (total, x) in sum.iter_mut().zip(vector) {
            *total += x.clone();
        }
        count += 1;
    }
    let count = T::count(count);
    sum.into_iter().map(|total| total / count.clone()).collect()
}

/// The largest magnitude of each entry.
pub(super) fn largest<'a>(vectors: impl IntoIterator<Item = &'a [f64]>) -> Vec<f64> {
    let mut worst: Vec<f64> = Vec::new();
    for vector in vectors {
        worst.resize(vector.len(), 0.0);
        for (old, x) in worst.iter_mut().zip(vector) {
            *old = larger(*old, x.abs());
        }
    }
    worst
}

/// Entry by entry, the difference against its tolerance; the worst of them.
pub(super) fn entrywise(a: &[f64], b: &[f64], tolerance: impl Fn(usize) -> f64) -> Residual {
    if a.len() != b.len() {
        return Residual::failed();
    }
    a.iter()
        .zip(b)
        .enumerate()
        .map(|(i, (x, y))| Residual::new((x - y).abs(), tolerance(i)))
        .fold(Residual::exact(true), Residual::worse)
}
