//! S7 for Gaussians in rational arithmetic, with the logarithms of divergences carried along.

use super::exact::{self, Gaussian, HalfLog};
use super::setting::Setting;
use crate::action::ClosedUnder;
use crate::claim::Outcome;
use crate::claim::scene::{Scene, Which};
use crate::family::{DiagonalGaussian, FamilyError, IsotropicGaussian, Member};
use crate::group::{AnyGroup, Finite};
use crate::law::Residual;
use crate::representation::{ActsOn, Representation, Reynolds, SignedPermutationRep, Unsigned};
use crate::scalar::{Rational, Scalar, dot};
use crate::symmetrize::{arithmetic, geometric};
use num_traits::{One, Zero};

/// The examples of a control: enough for what its loss loses to outweigh any divergence, whatever bounds that.
const MANY: usize = 1 << 20;

/// Large matrices of large fractions take too long: at most three dimensions.
pub(super) fn small(scene: &Scene) -> Scene {
    Scene { max_dim: scene.max_dim.min(3), ..scene.clone() }
}

/// With losses that are invariant, or with one that is not.
pub(super) fn check<S>(scene: &Scene, invariant: bool) -> Result<Outcome, FamilyError>
where
    S: Setting<Rational>,
    S::Family: Gaussian,
{
    let (rep, q) = (S::rep(scene), S::member(scene, Which::Q)?);
    let (upper, prior) = (arithmetic(&q, &rep)?, geometric(&S::member(scene, Which::P)?, &rep)?);
    let tau = q.family().statistic_action(&rep);
    let (before, after) = (q.mean_parameter().as_slice(), upper.mean_parameter().as_slice());
    let raw: Vec<Rational> = scene.vector(Which::P, before.len());
    let average = Reynolds::of(&tau).project_dual(&raw);
    let data = Rational::count(if invariant { 5 } else { MANY });
    let divergences = exact::kl(&q, &prior) - exact::kl(&upper, &prior);
    let gap = exact::kl(&q, &upper);
    let fall = |loss: &dyn Fn(&[Rational]) -> Rational| {
        HalfLog::rational(&data * (loss(before) - loss(after))) + divergences.clone()
    };
    if !invariant {
        // What fits the mean parameter of q alone; see the check in floating point.
        let own = fall(&|mu| {
            let error = dot(&raw, mu) - dot(&raw, before);
            &error * &error
        });
        return Ok(conclusion(&(own - gap), &both(&q, &upper)));
    }
    let linear = fall(&|mu| dot(average.as_slice(), mu));
    let square = fall(&|mu| {
        let sum = rep.group().elements().fold(Rational::zero(), |sum, g| {
            let error = dot(&raw, tau.apply(&g, mu).as_slice()) - Rational::one();
            sum + &error * &error
        });
        sum / Rational::count(rep.group().small_order().unwrap_or(1))
    });
    // The logarithms of both sides are the same, so the order is that of rationals.
    let excess = square - gap.clone();
    let ordered = excess.as_rational().is_some_and(|excess| *excess >= Rational::zero());
    Ok(Outcome::new("affine loss: J(q) − J(q̂) = KL(q‖q̂)", Residual::exact(linear == gap))
        .and("convex loss: KL(q‖q̂) ≤ J(q) − J(q̂)", Residual::exact(ordered)))
}

/// `J(q̂) + KL(q‖q̂) ≤ J(q)`, given `J(q) − J(q̂) − KL(q‖q̂)`, in which the logarithms cancel.
fn descent(excess: &HalfLog) -> Outcome {
    let ordered = excess.as_rational().is_some_and(|excess| *excess >= Rational::zero());
    Outcome::new("J(q̂) + KL(q‖q̂) ≤ J(q)", Residual::exact(ordered))
}

/// `KL(q̂‖q) + KL(q‖q̂) = ⟨η̂ − η, μ̂ − μ⟩`, a rational that `KL(q‖q̂)` does not exceed.
fn both<F: Gaussian>(q: &Member<F, Rational>, upper: &Member<F, Rational>) -> Rational {
    let step = |upper: &[Rational], own: &[Rational]| -> Vec<Rational> {
        upper.iter().zip(own).map(|(a, b)| a - b).collect()
    };
    let eta = step(upper.natural().as_slice(), q.natural().as_slice());
    let mu = step(upper.mean_parameter().as_slice(), q.mean_parameter().as_slice());
    dot(&eta, &mu)
}

/// `J(q̂) ≤ J(q)` itself for a control, given `J(q) − J(q̂) − KL(q‖q̂)` and a bound on `KL(q‖q̂)`: refuted where even the bound
/// does not make up for it. Where logarithms are left, nothing is shown.
fn conclusion(excess: &HalfLog, divergence: &Rational) -> Outcome {
    let refuted = excess.as_rational().is_some_and(|excess| excess + divergence < Rational::zero());
    Outcome::new("J(q̂) ≤ J(q)", Residual::exact(!refuted))
}

/// The prior `q` and no data: `J(q) = 0`, and `J(q̂) = KL(q̂‖q)`, which is never negative, is at most that only where it is 0.
pub(super) fn own_prior<S>(scene: &Scene) -> Result<Outcome, FamilyError>
where
    S: Setting<Rational>,
    S::Family: Gaussian,
{
    let (rep, q) = (S::rep(scene), S::member(scene, Which::Q)?);
    let upper = arithmetic(&q, &rep)?;
    let ordered = exact::kl(&upper, &q) == HalfLog::zero();
    Ok(Outcome::new("J(q̂) ≤ J(q)", Residual::exact(ordered)))
}

/// `Σx`.
fn sum(x: &[Rational]) -> Rational {
    x.iter().fold(Rational::zero(), |sum, x| sum + x)
}

/// Mean-field regression, as in floating point: `J(q) − J(q̂) = KL(q‖q̂) − ½N|m − Pm|²`.
pub(super) fn regression(scene: &Scene) -> Result<Outcome, FamilyError> {
    let rep = Unsigned::new(scene.signed());
    let q = scene.diagonal::<Rational>(Which::Q)?;
    let (upper, prior) = (arithmetic(&q, &rep)?, geometric(&scene.diagonal(Which::P)?, &rep)?);
    let loss = |q: &Member<DiagonalGaussian, Rational>| {
        let error = sum(q.mean().as_slice()) - Rational::one();
        (&error * &error + sum(q.variance().as_slice())) * Rational::ratio(1, 2)
    };
    let fall = HalfLog::rational(Rational::count(MANY) * (loss(&q) - loss(&upper)));
    let rest = exact::kl(&q, &prior) - exact::kl(&upper, &prior);
    Ok(conclusion(&(fall + rest - exact::kl(&q, &upper)), &both(&q, &upper)))
}

/// `avg_g (⟨x, ρ(g)m⟩ − 1)² + v|x|²`, the expected squared error of an example `(x, 1)`.
pub(super) fn squared_error<R, T>(rep: &R, mean: &[T], variance: &T, x: &[T]) -> T
where
    R: ActsOn<T> + Representation<Group = AnyGroup>,
    T: Scalar,
{
    let (mut sum, mut order) = (T::zero(), 0);
    for g in rep.group().elements() {
        let error = dot(x, rep.apply(&g, mean).as_slice()) - T::one();
        sum += error.clone() * error;
        order += 1;
    }
    sum / T::count(order) + variance.clone() * dot(x, x)
}

/// Gaussians of one covariance, for the squared error: all of it is rational, `KL = |m − n|²/(2v)`.
pub(super) fn fixed_covariance(scene: &Scene) -> Outcome {
    let rep = scene.signed();
    let n = rep.dim();
    let scales: Vec<Rational> = Scene { spread: 0, ..scene.clone() }.positive(Which::Q, 1);
    let variance = scales[0].clone();
    let reynolds = Reynolds::<Rational>::of(&rep);
    let mean = scene.vector::<Rational>(Which::Q, n);
    let upper = reynolds.project(&mean);
    let prior = reynolds.project(&scene.vector::<Rational>(Which::P, n));
    let kl = |from: &[Rational], to: &[Rational]| {
        let square = from.iter().zip(to).fold(Rational::zero(), |sum, (a, b)| {
            let step = a - b;
            sum + &step * &step
        });
        square / (Rational::count(2) * &variance)
    };
    let x: Vec<Rational> =
        scene.vector::<Rational>(Which::P, n).iter().map(|x| x * Rational::ratio(1, 32)).collect();
    let drop = squared_error(&rep, &mean, &variance, &x)
        - squared_error(&rep, upper.as_slice(), &variance, &x);
    let rest = kl(&mean, prior.as_slice()) - kl(upper.as_slice(), prior.as_slice());
    let excess = Rational::count(5) * drop + rest - kl(&mean, upper.as_slice());
    descent(&HalfLog::rational(excess)).partial()
}

/// With the variance averaged too, for the squared error of the vector of ones: the loss sees the spread of the means.
pub(super) fn free_covariance(
    scene: &Scene,
    rep: &SignedPermutationRep<AnyGroup>,
) -> Result<Outcome, FamilyError> {
    let n = rep.dim();
    let of = |which| {
        IsotropicGaussian::with_variance(&scene.vector::<Rational>(which, n), Rational::one())
    };
    let q = of(Which::Q)?;
    let (upper, prior) = (arithmetic(&q, rep)?, geometric(&of(Which::P)?, rep)?);
    let x = vec![Rational::ratio(1, 4); n];
    let loss = |q: &Member<IsotropicGaussian, Rational>| {
        squared_error(rep, q.mean().as_slice(), &q.variance(), &x)
    };
    let kl = |q, p| -> Result<HalfLog, FamilyError> { Ok(exact::kl(&spread(q)?, &spread(p)?)) };
    let fall = HalfLog::rational(Rational::count(MANY) * (loss(&q) - loss(&upper)));
    let rest = kl(&q, &prior)? - kl(&upper, &prior)?;
    let divergence = both(&spread(&q)?, &spread(&upper)?);
    Ok(conclusion(&(fall + rest - kl(&q, &upper)?), &divergence).partial())
}

/// The same law in a larger family.
fn spread(
    q: &Member<IsotropicGaussian, Rational>,
) -> Result<Member<DiagonalGaussian, Rational>, FamilyError> {
    let mean = q.mean();
    DiagonalGaussian::with_variance(mean.as_slice(), &vec![q.variance(); mean.len()])
}
