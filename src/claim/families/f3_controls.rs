//! Controls of F3: each drops a hypothesis of closedness, and must fail.

use super::super::rounding::{Judge, Tracked, all_close, close};
use super::super::scene::{Scene, Which};
use super::super::symmetrisations::exact;
use super::super::{About, Claim, Entry, Feature, Outcome};
use super::integers::powers;
use super::posed::Posed;
use super::{control, settle, violating};
use crate::action::push_forward;
use crate::family::{
    Coordinates, DiagonalGaussian, FamilyError, FisherInformation, FullGaussian, LogPartition,
    Member,
};
use crate::group::Group;
use crate::law::Residual;
use crate::representation::{ActsOn, Representation};
use crate::scalar::{Rational, Scalar};
use nalgebra::{DMatrix, DVector};
use proptest::strategy::BoxedStrategy;

type Claims = Vec<Box<dyn Claim>>;
type Check = fn(&Scene) -> Outcome;

type Instances = fn(Option<Feature>) -> BoxedStrategy<Scene>;

fn entry(about: About, instances: Instances, check: Check, exact: Option<Check>) -> Box<dyn Claim> {
    Box::new(Entry { about, instances, check, exact })
}

/// A check of a false statement, in floating point and exactly.
macro_rules! exactly {
    ($about:expr, $instances:path, $check:ident) => {
        entry(
            $about,
            $instances,
            |scene| settle(|| $check::<Tracked>(scene)),
            Some(|scene| settle(|| $check::<Rational>(scene))),
        )
    };
}

pub(super) fn of_statistic() -> Claims {
    vec![exactly!(
        control(
            "F3.sheared-squares",
            "F3.statistic",
            "squares of mixed coordinates are not affine in squares",
            "(θ, θ²)∘ρ(g) is affine in (θ, θ²) for any matrices ρ(g)",
            &["ρ(g) is a signed permutation"],
        ),
        violating::sheared,
        sheared_squares
    )]
}

/// A map `f` that is affine in `T = (θ, θ²)` has `f(e_i + e_j) − f(e_i) − f(e_j) + f(0) = 0` for `i ≠ j`, because
/// `T` does. For `f = T∘ρ` the difference is `2ρ_ki ρ_kj` at the square of `θ_k`.
fn sheared_squares<T: Judge>(scene: &Scene) -> Result<Outcome, FamilyError> {
    let (rep, g) = (scene.dense::<T>(), scene.element(0));
    let (n, matrix) = (rep.dim(), rep.matrix(&g));
    let family = DiagonalGaussian::new(n);
    let moved = |theta: &DVector<T>| -> DVector<T> {
        family.sufficient_statistic((&matrix * theta).as_slice())
    };
    let unit = |i: usize| DVector::from_fn(n, |k, _| if k == i { T::one() } else { T::zero() });
    let zero = DVector::from_element(2 * n, T::zero());
    let mut outcome = Outcome::vacuous();
    for i in 0..n {
        for j in 0..i {
            let (a, b) = (unit(i), unit(j));
            let both = moved(&(&a + &b)) - moved(&a) - moved(&b);
            outcome = outcome.and("mixed difference of T∘ρ is 0", all_close(&both, &zero));
        }
    }
    Ok(outcome)
}

pub(super) fn of_density() -> Claims {
    vec![entry(
        control(
            "F3.sheared-diagonal",
            "F3.density",
            "a diagonal Gaussian under a shear",
            "the diagonal Gaussian with the moved mean and variances has the moved density",
            &["the action is by signed permutations"],
        ),
        violating::sheared,
        |scene| settle(|| sheared_diagonal(scene)),
        Some(|scene| settle(|| exactly_sheared_diagonal(scene))),
    )]
}

/// If any member had the law of `ρ(g)θ`, it would be the one with its moments.
fn sheared_diagonal(scene: &Scene) -> Result<Outcome, FamilyError> {
    let Sheared { q, matched, theta, image } = sheared::<Tracked>(scene)?;
    let before = q.family().log_density(&q, &theta);
    let after = q.family().log_density(&matched, image.as_slice());
    Ok(Outcome::new("q(θ) = q_ζ(ρθ) for the matched ζ", close(&before, &after)))
}

fn exactly_sheared_diagonal(scene: &Scene) -> Result<Outcome, FamilyError> {
    let Sheared { q, matched, theta, image } = sheared::<Rational>(scene)?;
    let same = exact::log_density(&q, &theta.into()) == exact::log_density(&matched, &image);
    Ok(Outcome::new("q(θ) = q_ζ(ρθ) for the matched ζ", Residual::exact(same)))
}

/// A member, the one with the moments of `ρ(g)θ`, and a point with its image.
struct Sheared<T: Scalar> {
    q: Member<DiagonalGaussian, T>,
    matched: Member<DiagonalGaussian, T>,
    theta: Vec<T>,
    image: DVector<T>,
}

fn sheared<T: Scalar>(scene: &Scene) -> Result<Sheared<T>, FamilyError> {
    let q = scene.diagonal::<T>(Which::Q)?;
    let (rep, g) = (scene.dense::<T>(), scene.element(0));
    let theta: Vec<T> = scene.vector(Which::P, rep.dim());
    let matrix = rep.matrix(&g);
    let covariance = &matrix * DMatrix::from_diagonal(&q.variance()) * matrix.transpose();
    let matched = DiagonalGaussian::with_variance(
        rep.apply(&g, q.mean().as_slice()).as_slice(),
        covariance.diagonal().as_slice(),
    )?;
    let image = rep.apply(&g, &theta);
    Ok(Sheared { q, matched, theta, image })
}

pub(super) fn of_log_partition() -> Claims {
    vec![entry(
        control(
            "F3.dilation",
            "F3.log-partition",
            "a dilation",
            "A(g·η) = A(η) for θ ↦ 2θ",
            &["h(ρ(g)θ)|det ρ(g)| = h(θ): a dilation changes volumes"],
        ),
        violating::distinct,
        |scene| settle(|| dilation(scene)),
        Some(|scene| settle(|| exactly_dilation(scene))),
    )]
}

/// A member, and its image under `θ ↦ 2θ`.
fn dilated<T: Scalar>(scene: &Scene) -> Result<[Member<FullGaussian, T>; 2], FamilyError> {
    let q = scene.full::<T>(Which::Q)?;
    let n = q.mean().len();
    let times = |factor| DMatrix::from_diagonal(&DVector::from_element(n, factor));
    let rep = powers(times(T::ratio(2, 1)), times(T::ratio(1, 2)));
    let moved = push_forward(&q, &rep, &1)?;
    Ok([q, moved])
}

fn exactly_dilation(scene: &Scene) -> Result<Outcome, FamilyError> {
    let [q, moved] = dilated(scene)?;
    let same = exact::log_partition(&moved) == exact::log_partition(&q);
    Ok(Outcome::new("A(g·η) = A(η)", Residual::exact(same)))
}

fn dilation(scene: &Scene) -> Result<Outcome, FamilyError> {
    let [q, moved] = dilated::<Tracked>(scene)?;
    let family = q.family();
    let residual = close(&family.log_partition(&moved), &family.log_partition(&q));
    Ok(Outcome::new("A(g·η) = A(η)", residual))
}

pub(super) fn of_mean() -> Claims {
    vec![
        exactly!(
            control(
                "F3.transposed",
                "F3.mean",
                "natural parameters moved by τᵀ",
                "g·η = τ(g)ᵀη for any matrices ρ(g)",
                &[
                    "natural parameters move by the inverse transpose: another map unless g is an involution"
                ],
            ),
            violating::turned,
            transposed
        ),
        exactly!(
            control(
                "F3.signs-forgotten",
                "F3.mean",
                "means moved without their signs",
                "μ(g·η) = |τ(g)|μ(η)",
                &["means move by ρ, only squares by |ρ|"],
            ),
            violating::negated,
            signs_forgotten
        ),
    ]
}

fn transposed<T: Judge>(scene: &Scene) -> Result<Outcome, FamilyError> {
    let q = scene.full::<T>(Which::Q)?;
    let (rep, g) = (scene.dense::<T>(), scene.element(0));
    let tau = crate::action::ClosedUnder::statistic_action(q.family(), &rep);
    let mut eta = q.natural().coordinates().clone();
    tau.act_transposed(&g, q.natural().as_slice(), eta.as_mut_slice());
    let moved = Member::from_natural(*q.family(), eta)?;
    let mu = tau.apply(&g, q.mean_parameter().as_slice());
    Ok(Outcome::new("μ(τᵀη) = τμ(η)", all_close(moved.mean_parameter().coordinates(), &mu)))
}

fn signs_forgotten<T: Judge>(scene: &Scene) -> Result<Outcome, FamilyError> {
    let q = scene.diagonal::<T>(Which::Q)?;
    let (rep, g) = (scene.signed(), scene.element(0));
    let moved = push_forward(&q, &rep, &g)?;
    let unsigned = crate::representation::Unsigned::new(rep);
    let mean = unsigned.apply(&g, q.mean().as_slice());
    Ok(Outcome::new("mean |ρ|m", all_close(&moved.mean(), &mean)))
}

pub(super) fn of_fisher() -> Claims {
    vec![exactly!(
        control(
            "F3.covector",
            "F3.fisher",
            "the Fisher information moved as a form on mean parameters",
            "I(g·η) = τ(g)⁻ᵀ I(η) τ(g)⁻¹ for any matrices ρ(g)",
            &["I is the covariance of T, and T moves by τ"],
        ),
        violating::sheared,
        covector
    )]
}

fn covector<T: Judge>(scene: &Scene) -> Result<Outcome, FamilyError> {
    let scene = &super::f1::small::<T>(scene);
    let q = scene.full::<T>(Which::Q)?;
    let (rep, g) = (scene.dense::<T>(), scene.element(0));
    let moved = push_forward(&q, &rep, &g)?;
    let tau = crate::action::ClosedUnder::statistic_action(q.family(), &rep);
    let back = tau.matrix(&scene.group().inverse(&g));
    let expected = back.transpose() * q.family().fisher_information(&q) * back;
    let information = q.family().fisher_information(&moved);
    Ok(Outcome::new("I(g·η) = τ⁻ᵀIτ⁻¹", all_close(&information, &expected)))
}

pub(super) fn of_composition() -> Claims {
    vec![exactly!(
        control(
            "F3.reversed",
            "F3.composition",
            "composition in the wrong order",
            "(gh)·η = h·(g·η)",
            &["the element on the right acts first: in a non-abelian group the order matters"],
        ),
        violating::non_commuting,
        reversed
    )]
}

fn reversed<T: Judge>(scene: &Scene) -> Result<Outcome, FamilyError> {
    let q: Member<FullGaussian, T> = scene.full(Which::Q)?;
    let rep = <FullGaussian as Posed<T>>::rep(scene);
    let (group, g, h) = (scene.group(), scene.element(0), scene.element(1));
    let at_once = push_forward(&q, &rep, &group.compose(&g, &h))?;
    let in_turn = push_forward(&push_forward(&q, &rep, &g)?, &rep, &h)?;
    let residual: Residual =
        all_close(at_once.natural().coordinates(), in_turn.natural().coordinates());
    Ok(Outcome::new("(gh)·η = h·(g·η)", residual))
}
