//! Controls of F1: each drops a hypothesis, and must fail.

use super::super::rounding::{Tracked, all_close, close, close_within};
use super::super::scene::{Scene, Which};
use super::super::{Claim, Entry, Outcome};
use super::cubature::degree_five;
use super::f1::by_definition;
use super::posed::Posed;
use super::segment::{Segment, gauss_legendre};
use super::{control, f1_exact, settle, violating};
use crate::family::{DiagonalGaussian, FamilyError, FullGaussian, LogPartition, Member};
use crate::scalar::{Rational, Scalar, dot};
use nalgebra::DVector;
use num_traits::{Float, Zero};

type Claims = Vec<Box<dyn Claim>>;

pub(super) fn of_gradient() -> Claims {
    vec![Box::new(Entry {
        about: control(
            "F1.no-log-determinant",
            "F1.gradient",
            "A without its determinant",
            "½ mᵀΛm alone has the gradient μ",
            &["A is the logarithm of the normalising integral: ½ ln det Σ is dropped"],
        ),
        instances: violating::distinct,
        check: |scene| settle(|| without_log_determinant(scene)),
        exact: Some(|scene| settle(|| f1_exact::without_log_determinant(scene))),
    })]
}

fn without_log_determinant(scene: &Scene) -> Result<Outcome, FamilyError> {
    let (q, p) = (scene.full(Which::Q)?, scene.full(Which::P)?);
    let segment: Segment<FullGaussian> = Segment::towards(&q, &p)?;
    let wrong = |q: &Member<FullGaussian, Tracked>| {
        Tracked::ratio(1, 2) * dot(&q.natural().as_slice()[..q.mean().len()], q.mean().as_slice())
    };
    let mut slope = Tracked::zero();
    for (t, weight) in gauss_legendre() {
        let mean = segment.at(t)?.mean_parameter().clone();
        slope += weight * dot(mean.as_slice(), segment.step.as_slice());
    }
    let rise = wrong(&segment.end) - wrong(&segment.start);
    let residual = close_within(&rise, &slope, segment.scalar_truncation());
    Ok(Outcome::new("½ mᵀΛm − ½ m'ᵀΛ'm' = ∫⟨μ, dη⟩", residual))
}

pub(super) fn of_moments() -> Claims {
    vec![Box::new(Entry {
        about: control(
            "F1.deviation-for-variance",
            "F1.moments",
            "a standard deviation where a variance belongs",
            "with_variance(m, σ) has E θ² = m² + σ²",
            &["the second argument is a variance"],
        ),
        instances: violating::distinct,
        check: |scene| settle(|| deviation_for_variance(scene)),
        exact: None,
    })]
}

fn deviation_for_variance(scene: &Scene) -> Result<Outcome, FamilyError> {
    let q = scene.diagonal::<Tracked>(Which::Q)?;
    let wrong = DiagonalGaussian::with_variance(q.mean().as_slice(), q.std_dev().as_slice())?;
    let mut first = DVector::from_element(2 * q.mean().len(), Tracked::zero());
    for node in degree_five(&<DiagonalGaussian as Posed<Tracked>>::factors(scene, Which::Q)?) {
        let statistic: DVector<Tracked> =
            crate::family::Coordinates::sufficient_statistic(q.family(), node.theta.as_slice());
        first += statistic * node.weight;
    }
    Ok(Outcome::new("E T = μ", all_close(&first, wrong.mean_parameter().coordinates())))
}

pub(super) fn of_bijection() -> Claims {
    vec![Box::new(Entry {
        about: control(
            "F1.overcomplete",
            "F1.bijection",
            "an overcomplete statistic is not injective",
            "equal μ implies equal η, for the statistic (T(θ), θ_1)",
            &["minimal family: θ_1 occurs twice in the statistic"],
        ),
        instances: violating::distinct,
        check: |scene| settle(|| overcomplete::<Tracked>(scene)),
        exact: Some(|scene| settle(|| overcomplete::<Rational>(scene))),
    })]
}

/// `(η, 0)` and `(η − e_1, 1)` are the same law, so they have the same mean parameter.
fn overcomplete<T: super::Judge>(scene: &Scene) -> Result<Outcome, FamilyError> {
    let q = scene.diagonal::<T>(Which::Q)?;
    let extended = |eta: &DVector<T>, extra: T| -> Result<Vec<T>, FamilyError> {
        let mut collapsed = eta.clone();
        collapsed[0] += extra;
        let member = Member::from_natural(*q.family(), collapsed)?;
        let mut mu: Vec<T> = member.mean_parameter().as_slice().to_vec();
        mu.push(mu[0].clone());
        Ok(mu)
    };
    let eta = q.natural().coordinates();
    let mut moved = eta.clone();
    moved[0] -= T::one();
    let (mu, same) = (extended(eta, T::zero())?, extended(&moved, T::one())?);
    let agree = all_close(&mu, &same);
    if !agree.holds() {
        // Then the control shows nothing.
        return Ok(Outcome::vacuous());
    }
    Ok(Outcome::new("η = η'", close(&eta[0], &moved[0])))
}

pub(super) fn of_conjugate() -> Claims {
    vec![Box::new(Entry {
        about: control(
            "F1.unpaired",
            "F1.conjugate",
            "parameters of two members",
            "A(ζ) + A*(μ) = ⟨ζ, μ⟩ whatever ζ is",
            &["ζ and μ belong to the same member"],
        ),
        instances: violating::distinct,
        check: |scene| settle(|| unpaired(scene)),
        exact: Some(|scene| settle(|| f1_exact::unpaired(scene))),
    })]
}

fn unpaired(scene: &Scene) -> Result<Outcome, FamilyError> {
    let (q, p) = (scene.full::<Tracked>(Which::Q)?, scene.full(Which::P)?);
    let sum = q.family().log_partition(&p) + q.family().conjugate(&q);
    let pairing = dot(p.natural().as_slice(), q.mean_parameter().as_slice());
    Ok(Outcome::new("A(ζ) + A*(μ) = ⟨ζ, μ⟩", close(&sum, &pairing)))
}

pub(super) fn of_density() -> Claims {
    vec![Box::new(Entry {
        about: control(
            "F1.no-base-measure",
            "F1.density",
            "the base measure left out",
            "⟨η, T(θ)⟩ − A(η) is the log density",
            &["h = (2π)^{−n/2}"],
        ),
        instances: violating::distinct,
        check: |scene| settle(|| without_base_measure(scene)),
        exact: None,
    })]
}

fn without_base_measure(scene: &Scene) -> Result<Outcome, FamilyError> {
    let q = scene.diagonal::<Tracked>(Which::Q)?;
    let theta: Vec<Tracked> = scene.vector(Which::P, q.mean().len());
    let log_tau = Float::ln(<Tracked as num_traits::FloatConst>::TAU());
    let (half, mean, variance) = (Tracked::ratio(1, 2), q.mean(), q.variance());
    let density = (0..theta.len()).fold(Tracked::zero(), |sum, i| {
        let step = theta[i] - mean[i];
        sum - half * (step * step / variance[i] + Float::ln(variance[i]) + log_tau)
    });
    let wrong = by_definition(&q, &theta) - q.family().log_base_measure(&theta);
    Ok(Outcome::new("⟨η, T⟩ − A = ln N(θ; m, σ²)", close(&wrong, &density)))
}
