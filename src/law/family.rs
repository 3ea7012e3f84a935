//! The laws of exponential families (claims F1 and F2).

use super::coordinates::{coordinates_of, direction};
use super::derivative::{Derivative, derivative};
use super::draw::floats;
use super::error_model::ParameterError;
use super::sampling;
use super::{Finding, Law, Laws};
use crate::family::{FisherInformation, LogPartition, Member, Sample, bregman};
use crate::scalar::{Real, dot};
use rand_chacha::ChaCha8Rng;
use std::rc::Rc;

/// A check on two members.
type Check<F, T> = fn(&Member<F, T>, &Member<F, T>, &mut ChaCha8Rng) -> Finding;

/// What every exponential family with densities and draws satisfies: all of
/// [`coordinates`](super::coordinates); `μ` is the gradient of `A`; `A + A* = ⟨η, μ⟩`; `KL` is the Bregman
/// divergence of `A`, not negative, and zero from a member to itself; densities are
/// `h e^{⟨η, T⟩ − A}`; and draws have the law that all of this says, as far as means and covariances of
/// the statistic show it.
///
/// The sampling laws use 16 384 draws of each of four members. A sound sampler fails them with
/// probability below 10⁻⁸, and the seed is fixed: they are never run again in the hope of a better
/// result. What no law here can see is a constant added to `A` and to every density alike: that `q`
/// integrates to 1 is for a test that knows the support.
///
/// # Examples
/// ```
/// use equibayes::family::FullGaussian;
/// use equibayes::law;
/// use nalgebra::{dmatrix, dvector};
/// use rand::RngExt;
///
/// law::family(&FullGaussian::new(2), |rng| {
///     let mean = dvector![rng.random_range(-2.0..2.0), rng.random_range(-2.0..2.0)];
///     let (v, c) = (rng.random_range(0.5..2.0), rng.random_range(-0.4..0.4));
///     FullGaussian::with_covariance(&mean, &dmatrix![v, c; c, 1.0]).unwrap()
/// })
/// .assert();
/// ```
pub fn family<'a, F, T, M>(family: &'a F, members: M) -> Laws<'a>
where
    F: LogPartition<T> + FisherInformation<T> + Sample<T>,
    T: Real,
    M: Fn(&mut ChaCha8Rng) -> Member<F, T> + 'a,
{
    let members = Rc::new(members);
    let law = |name, statement, check: Check<F, T>| {
        let members = Rc::clone(&members);
        Law::new(name, statement, move |rng| {
            let (q, p) = (members(rng), members(rng));
            check(&q, &p, rng)
        })
    };
    let laws = vec![
        law("mean is gradient", "dA/dt (η + tv) = ⟨μ(η), v⟩", mean_is_gradient),
        law("conjugate", "A(η) + A*(μ) = ⟨η, μ⟩", conjugate),
        law("KL not negative", "KL(q‖p) ≥ 0", not_negative),
        law("KL to itself", "KL(q‖q) = 0", to_itself),
        law("KL is Bregman", "KL(q_η‖q_ζ) = A(ζ) − A(η) − ⟨ζ − η, μ(η)⟩", is_bregman),
        law("density", "ln q = ln h + ⟨η, T⟩ − A(η)", density),
        law("density ratio", "ln q_η − ln q_ζ = ⟨η − ζ, T⟩ − A(η) + A(ζ)", density_ratio),
        law("sampled mean", "the mean of T over draws is μ", sampling::mean)
            .at_most(sampling::MEMBERS),
        law(
            "sampled covariance",
            "the variance of ⟨v, T⟩ over draws is vᵀIv",
            sampling::covariance,
        )
        .at_most(sampling::MEMBERS),
    ];
    let mut kit = coordinates_of(family, Rc::clone(&members)).and(Laws::new("", laws));
    kit.subject = format!("family {family:?}");
    kit
}

fn mean_is_gradient<F, T>(q: &Member<F, T>, _: &Member<F, T>, rng: &mut ChaCha8Rng) -> Finding
where
    F: LogPartition<T> + FisherInformation<T>,
    T: Real,
{
    let (error, v) = match (ParameterError::of(q), direction(q, rng)) {
        (Ok(error), Ok(v)) => (error, v),
        (Err(why), _) | (_, Err(why)) => return Finding::failure(why),
    };
    let slope = derivative(q, &v, |member| vec![member.family().log_partition(member)]);
    let Derivative { value, truncation, step } = match slope {
        Ok(slope) => slope,
        Err(why) => return Finding::failure(why),
    };
    let (value, truncation) = (value[0], truncation[0]);
    let exact = dot(q.mean_parameter().as_slice(), v.as_slice());
    // Two rounded values of A over two steps; and the mean's own error along v.
    let a = q.family().log_partition(q).nearest_f64();
    let along: f64 =
        v.iter().enumerate().map(|(k, v)| v.nearest_f64().abs() * error.of_mean(k)).sum();
    let tolerance = truncation + 2.0 * error.of_log_partition(a) / step + 2.0 * along;
    Finding::within(
        (value - exact).nearest_f64().abs(),
        tolerance,
        format!("{q:?} along v = {:?}: difference quotient {value}, ⟨μ, v⟩ = {exact}", floats(&v)),
    )
}

fn conjugate<F, T>(q: &Member<F, T>, _: &Member<F, T>, _: &mut ChaCha8Rng) -> Finding
where
    F: LogPartition<T> + FisherInformation<T>,
    T: Real,
{
    let error = match ParameterError::of(q) {
        Ok(error) => error,
        Err(why) => return Finding::failure(why),
    };
    let (a, conjugate) = (q.family().log_partition(q), q.family().conjugate(q));
    let product = dot(q.natural().as_slice(), q.mean_parameter().as_slice());
    // A's error twice, if A* has a formula of its own; it covers the roundings of ⟨η, μ⟩. A* is a
    // function of μ, with gradient η.
    let a_star: f64 = (0..error.eta.len()).map(|k| error.eta[k] * error.of_mean(k)).sum();
    let tolerance = 3.0 * error.of_log_partition(a.nearest_f64()) + a_star;
    Finding::within(
        (a + conjugate - product).nearest_f64().abs(),
        tolerance,
        format!("{q:?}: A = {a}, A* = {conjugate}, ⟨η, μ⟩ = {product}"),
    )
}

/// How far a computed divergence may be off: the terms of its Bregman form `A(ζ) − A(η) − ⟨ζ − η, μ(η)⟩`,
/// with the error of `μ(η)` and that of `ζ`, against which the divergence has the slope `μ(ζ) − μ(η)`.
pub(super) fn divergence_error<F, T>(q: &Member<F, T>, p: &Member<F, T>) -> Result<f64, String>
where
    F: LogPartition<T> + FisherInformation<T>,
    T: Real,
{
    let (at_q, at_p) = (ParameterError::of(q)?, ParameterError::of(p)?);
    let family = q.family();
    let partitions = at_q.of_log_partition(family.log_partition(q).nearest_f64())
        + at_p.of_log_partition(family.log_partition(p).nearest_f64());
    let step: Vec<f64> = q
        .natural()
        .as_slice()
        .iter()
        .zip(p.natural().as_slice())
        .map(|(eta, zeta)| (*zeta - *eta).nearest_f64().abs())
        .collect();
    let product: f64 = (0..step.len())
        .map(|k| {
            step[k] * at_q.of_mean(k) + at_q.unit * (at_q.eta[k] + at_p.eta[k]) * at_q.scale[k]
        })
        .sum();
    Ok(2.0 * (partitions + product))
}

fn not_negative<F, T>(q: &Member<F, T>, p: &Member<F, T>, _: &mut ChaCha8Rng) -> Finding
where
    F: LogPartition<T> + FisherInformation<T>,
    T: Real,
{
    let kl = q.family().kl(q, p).nearest_f64();
    match divergence_error(q, p) {
        // NaN must not pass for a non-negative number.
        Ok(tolerance) => Finding::within(
            if kl.is_nan() { kl } else { (-kl).max(0.0) },
            tolerance,
            format!("q = {q:?}, p = {p:?}: KL = {kl}"),
        ),
        Err(why) => Finding::failure(why),
    }
}

fn to_itself<F, T>(q: &Member<F, T>, _: &Member<F, T>, _: &mut ChaCha8Rng) -> Finding
where
    F: LogPartition<T> + FisherInformation<T>,
    T: Real,
{
    let kl = q.family().kl(q, q).nearest_f64();
    match divergence_error(q, q) {
        Ok(tolerance) => Finding::within(kl.abs(), tolerance, format!("q = {q:?}: KL(q‖q) = {kl}")),
        Err(why) => Finding::failure(why),
    }
}

fn is_bregman<F, T>(q: &Member<F, T>, p: &Member<F, T>, _: &mut ChaCha8Rng) -> Finding
where
    F: LogPartition<T> + FisherInformation<T>,
    T: Real,
{
    let (kl, oracle) = (q.family().kl(q, p), bregman(q.family(), q, p));
    match divergence_error(q, p) {
        Ok(tolerance) => Finding::within(
            (kl - oracle).nearest_f64().abs(),
            2.0 * tolerance,
            format!("q = {q:?}, p = {p:?}: KL = {kl}, Bregman divergence {oracle}"),
        ),
        Err(why) => Finding::failure(why),
    }
}

/// How far `⟨η, t⟩ − A(η)` may be off, `t` a statistic.
pub(super) fn log_density_error(at: &ParameterError, statistic: &[f64], a: f64) -> f64 {
    let product: f64 = at.eta.iter().zip(statistic).map(|(eta, t)| eta * t.abs()).sum();
    at.unit * product + at.of_log_partition(a)
}

fn density<F, T>(q: &Member<F, T>, _: &Member<F, T>, rng: &mut ChaCha8Rng) -> Finding
where
    F: LogPartition<T> + FisherInformation<T> + Sample<T>,
    T: Real,
{
    let at = match ParameterError::of(q) {
        Ok(at) => at,
        Err(why) => return Finding::failure(why),
    };
    let family = q.family();
    let theta = family.sample(q, rng);
    let statistic = family.sufficient_statistic(theta.as_slice());
    let (a, h) = (family.log_partition(q), family.log_base_measure(theta.as_slice()));
    let direct = family.log_density(q, theta.as_slice());
    let form = h + dot(q.natural().as_slice(), statistic.as_slice()) - a;
    let tolerance = 2.0 * log_density_error(&at, &floats(&statistic), a.nearest_f64())
        + at.unit * h.nearest_f64().abs();
    Finding::within(
        (direct - form).nearest_f64().abs(),
        tolerance,
        format!("{q:?}, θ = {:?}: ln q = {direct}, ln h + ⟨η, T⟩ − A = {form}", floats(&theta)),
    )
}

fn density_ratio<F, T>(q: &Member<F, T>, p: &Member<F, T>, rng: &mut ChaCha8Rng) -> Finding
where
    F: LogPartition<T> + FisherInformation<T> + Sample<T>,
    T: Real,
{
    let (at_q, at_p) = match (ParameterError::of(q), ParameterError::of(p)) {
        (Ok(at_q), Ok(at_p)) => (at_q, at_p),
        (Err(why), _) | (_, Err(why)) => return Finding::failure(why),
    };
    let family = q.family();
    let theta = family.sample(q, rng);
    let statistic = family.sufficient_statistic(theta.as_slice());
    let (a_q, a_p) = (family.log_partition(q), family.log_partition(p));
    let left = family.log_density(q, theta.as_slice()) - family.log_density(p, theta.as_slice());
    let step = q.natural().coordinates() - p.natural().coordinates();
    let right = dot(step.as_slice(), statistic.as_slice()) - a_q + a_p;
    let h = family.log_base_measure(theta.as_slice()).nearest_f64().abs();
    let t = floats(&statistic);
    let tolerance = 2.0
        * (log_density_error(&at_q, &t, a_q.nearest_f64())
            + log_density_error(&at_p, &t, a_p.nearest_f64())
            + at_q.unit * h);
    Finding::within(
        (left - right).nearest_f64().abs(),
        tolerance,
        format!(
            "q = {q:?}, p = {p:?}, θ = {:?}: ln q − ln p = {left}, expected {right}",
            floats(&theta)
        ),
    )
}
