//! Linear regression with a group: everything in closed form, in every scalar.
//!
//! `Φ(θ, x) = ⟨θ, x⟩` with `ρ_X` the dual of `ρ_Θ` is jointly equivariant for every `ρ_Θ`, orthogonal or not.

use crate::action::ClosedUnder;
use crate::claim::scene::{GroupSpec, Scene, Which};
use crate::claim::{About, Claim, Entry, Feature, Outcome, Role, strategy};
use crate::family::{DiagonalGaussian, FullGaussian, Member};
use crate::group::{AnyElement, AnyGroup};
use crate::inference::{
    Augmentation, Augmenter, Dataset, QuadraticRisk, conjugate_update, mean_field_update,
    mean_gradient_diagonal, mean_gradient_full,
};
use crate::law::Residual;
use crate::model::{Joint, Linear};
use crate::representation::{
    ActsOn, ChangeOfBasis, Dual, Representation, SignedPermutationRep, Trivial,
};
use crate::scalar::Scalar;
use crate::symmetrize::geometric;
use nalgebra::DVector;
use proptest::strategy::{BoxedStrategy, Strategy};
use std::error::Error;

/// What a check of this chapter may meet on the way: an instance that leaves a parameter space.
pub(in crate::claim) type Checked<T> = Result<T, Box<dyn Error>>;

/// A Gaussian family with an action, and its closed forms.
pub(in crate::claim) trait Setting<T: Scalar> {
    /// The action on `θ`.
    type Rep: ActsOn<T, Group = AnyGroup>;
    /// The family, closed under it.
    type Family: ClosedUnder<Self::Rep, T>;

    /// The scene's representation.
    fn rep(scene: &Scene) -> Self::Rep;

    /// One of the scene's Gaussians.
    fn member(scene: &Scene, which: Which) -> Checked<Member<Self::Family, T>>;

    /// `E_q L`.
    fn expected(risk: &QuadraticRisk<T>, q: &Member<Self::Family, T>) -> T;

    /// `∇_μ E_q L`.
    fn slope(risk: &QuadraticRisk<T>, q: &Member<Self::Family, T>) -> DVector<T>;

    /// The minimiser of `weight · E_q L + KL(q‖p)`.
    fn minimiser(
        prior: &Member<Self::Family, T>,
        risk: &QuadraticRisk<T>,
        weight: T,
    ) -> Checked<Member<Self::Family, T>>;
}

/// Diagonal Gaussians under signed permutations.
pub(in crate::claim) struct Diagonal;

/// Full Gaussians under conjugates of them, in general not orthogonal.
pub(in crate::claim) struct Full;

impl<T: Scalar> Setting<T> for Diagonal {
    type Rep = SignedPermutationRep<AnyGroup>;
    type Family = DiagonalGaussian;

    fn rep(scene: &Scene) -> Self::Rep {
        scene.signed()
    }

    fn member(scene: &Scene, which: Which) -> Checked<Member<DiagonalGaussian, T>> {
        Ok(scene.diagonal(which)?)
    }

    fn expected(risk: &QuadraticRisk<T>, q: &Member<DiagonalGaussian, T>) -> T {
        risk.expected_diagonal(q.mean().as_slice(), q.variance().as_slice())
    }

    fn slope(risk: &QuadraticRisk<T>, q: &Member<DiagonalGaussian, T>) -> DVector<T> {
        mean_gradient_diagonal(risk, q)
    }

    fn minimiser(
        prior: &Member<DiagonalGaussian, T>,
        risk: &QuadraticRisk<T>,
        weight: T,
    ) -> Checked<Member<DiagonalGaussian, T>> {
        Ok(mean_field_update(prior, risk, weight)?)
    }
}

impl<T: Scalar> Setting<T> for Full {
    type Rep = ChangeOfBasis<SignedPermutationRep<AnyGroup>, T>;
    type Family = FullGaussian;

    fn rep(scene: &Scene) -> Self::Rep {
        scene.dense()
    }

    fn member(scene: &Scene, which: Which) -> Checked<Member<FullGaussian, T>> {
        Ok(scene.full(which)?)
    }

    fn expected(risk: &QuadraticRisk<T>, q: &Member<FullGaussian, T>) -> T {
        risk.expected(&q.mean(), &q.covariance())
    }

    fn slope(risk: &QuadraticRisk<T>, _: &Member<FullGaussian, T>) -> DVector<T> {
        mean_gradient_full(risk)
    }

    fn minimiser(
        prior: &Member<FullGaussian, T>,
        risk: &QuadraticRisk<T>,
        weight: T,
    ) -> Checked<Member<FullGaussian, T>> {
        Ok(conjugate_update(prior, risk, weight)?)
    }
}

/// The examples of every instance, and the weight of their mean loss.
pub(in crate::claim) const EXAMPLES: usize = 3;

/// `N` as a scalar.
pub(in crate::claim) fn weight<T: Scalar>() -> T {
    T::count(EXAMPLES)
}

/// A scene's examples, in eighths of small numbers.
pub(in crate::claim) fn data<T: Scalar>(scene: &Scene, dim: usize) -> Checked<Dataset<T>> {
    let numbers: Vec<T> = scene.vector(Which::P, EXAMPLES * (dim + 1));
    let half = |x: &T| T::ratio(1, 2) * x.clone();
    let (inputs, targets) = numbers.split_at(EXAMPLES * dim);
    Ok(Dataset::new(dim, inputs.iter().map(half).collect(), 1, targets.to_vec())?)
}

/// How a representation of parameters moves inputs, and outputs not at all.
pub(in crate::claim) type Moved<R> = Joint<R, Dual<R>, Trivial<AnyGroup>>;

/// The joint action on `⟨θ, x⟩`.
pub(in crate::claim) fn joint<R: Representation<Group = AnyGroup>>(rep: &R) -> Checked<Moved<R>> {
    let outputs = Trivial::new(rep.group().clone(), 1);
    Ok(Joint::new(rep.clone(), Dual::new(rep.clone()), outputs)?)
}

/// The mean squared error of the data, augmented.
pub(in crate::claim) fn risk<R, T>(
    rep: &R,
    data: &Dataset<T>,
    policy: Augmentation<AnyElement>,
) -> Checked<QuadraticRisk<T>>
where
    R: ActsOn<T, Group = AnyGroup>,
    T: Scalar,
{
    let augmenter = Augmenter::new(&joint(rep)?, policy)?;
    Ok(QuadraticRisk::of_model(&Linear::new(rep.dim(), 1)?, &augmenter.expand(data)?))
}

/// The hypothesis that an instance drops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::claim) enum Drops {
    /// None.
    Nothing,
    /// The prior is invariant.
    Prior,
    /// The augmentation is by the whole group.
    Group,
    /// The noise is closed under the group, where there is noise.
    OrbitsOfNoise,
}

impl Drops {
    /// By the whole group, or without that hypothesis by two of its elements.
    pub(in crate::claim) fn augmentation<E>(self, element: impl Fn(usize) -> E) -> Augmentation<E> {
        match self {
            Self::Group => Augmentation::Subset(vec![element(0), element(1)]),
            _ => Augmentation::Full,
        }
    }
}

/// A posterior, a prior and an augmented loss.
pub(in crate::claim) struct Posed<S: Setting<T>, T: Scalar> {
    pub(in crate::claim) rep: S::Rep,
    pub(in crate::claim) q: Member<S::Family, T>,
    pub(in crate::claim) prior: Member<S::Family, T>,
    pub(in crate::claim) raw: QuadraticRisk<T>,
    pub(in crate::claim) risk: QuadraticRisk<T>,
}

/// The scene's instance, with all hypotheses but the one that is dropped.
pub(in crate::claim) fn posed<S: Setting<T>, T: Scalar>(
    scene: &Scene,
    drops: Drops,
) -> Checked<Posed<S, T>> {
    let rep = S::rep(scene);
    let (q, free) = (S::member(scene, Which::Q)?, S::member(scene, Which::P)?);
    assert_ne!(drops, Drops::OrbitsOfNoise, "expectations are exact here: there is no noise");
    let prior = if drops == Drops::Prior { free } else { geometric(&free, &rep)? };
    let data = data(scene, rep.dim())?;
    let policy = drops.augmentation(|k| scene.element(k));
    let raw = risk(&rep, &data, Augmentation::None)?;
    let risk = risk(&rep, &data, policy)?;
    Ok(Posed { rep, q, prior, raw, risk })
}

/// The instances of a setting.
pub(super) trait Instances {
    /// Random scenes, of a wanted kind or of any.
    fn scenes(wanted: Option<Feature>) -> BoxedStrategy<Scene>;

    /// The kinds that a theorem must meet.
    const COVERS: &'static [Feature];
}

impl Instances for Diagonal {
    fn scenes(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
        diagonal_scenes(wanted)
    }

    const COVERS: &'static [Feature] = DIAGONAL;
}

impl Instances for Full {
    fn scenes(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
        full_scenes(wanted)
    }

    const COVERS: &'static [Feature] = FULL;
}

/// A check of a scene.
pub(super) type Check = fn(&Scene) -> Outcome;

/// A theorem in one of the settings, or its control, with a twin in exact arithmetic or without.
pub(super) fn entry<S: Instances>(
    about: About,
    check: Check,
    exact: Option<Check>,
) -> Box<dyn Claim> {
    let covers = if about.role == Role::Theorem { S::COVERS } else { about.covers };
    Box::new(Entry { about: About { covers, ..about }, instances: S::scenes, check, exact })
}

/// Scenes for diagonal Gaussians.
pub(in crate::claim) fn diagonal_scenes(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    moderate(6, wanted)
}

/// Scenes for full Gaussians.
pub(in crate::claim) fn full_scenes(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    moderate(4, wanted)
}

/// The kinds of instance under signed permutations.
pub(in crate::claim) const DIAGONAL: &[Feature] = &[
    Feature::TrivialGroup,
    Feature::NonAbelian,
    Feature::FreeOrbit,
    Feature::NonFreeOrbit,
    Feature::SignedOrbit,
    Feature::KilledOrbit,
];

/// The kinds of instance under general actions.
pub(in crate::claim) const FULL: &[Feature] = &[
    Feature::TrivialGroup,
    Feature::NonAbelian,
    Feature::NonFreeOrbit,
    Feature::KilledOrbit,
    Feature::NonOrthogonal,
];

/// Small groups, and moderate scales: the spread of scales multiplies every tolerance here and adds nothing.
pub(in crate::claim) fn moderate(max_dim: usize, wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    strategy::scenes_with(max_dim, wanted)
        .prop_map(|mut scene| {
            if let GroupSpec::Generated { degree, .. } = &mut scene.group {
                *degree = (*degree).min(4);
            }
            scene.spread = scene.spread.min(1);
            scene
        })
        .boxed()
}

/// The outcome of a check; one that cannot be evaluated refutes the claim.
pub(in crate::claim) fn settled(result: Checked<Outcome>) -> Outcome {
    result.unwrap_or_else(|_| Outcome::new("the instance cannot be evaluated", Residual::failed()))
}

/// The outcome of a control's check; one that cannot be evaluated shows nothing.
pub(in crate::claim) fn measured(result: Checked<Outcome>) -> Outcome {
    result.unwrap_or_else(|_| Outcome::vacuous())
}
