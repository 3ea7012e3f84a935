//! The laws of the orbit mixture (claim S6).

use super::draw::{floats, max_norm};
use super::error_model::{ActionError, ParameterError};
use super::family::log_density_error;
use super::gaps::{known, orbit_divergence};
use super::statistic::{point_error, sensitivity};
use super::symmetrization::{allowance, at_element};
use super::{ALPHA, Finding, Law, Laws};
use crate::action::ClosedUnder;
use crate::family::{FisherInformation, LogPartition, Member, Sample};
use crate::group::{DenselyGenerated, Finite, Group as _, Haar};
use crate::representation::{ActsOn, HasReynolds};
use crate::scalar::Real;
use crate::symmetrize::{Gap, Mixture, Symmetrized, arithmetic, mixture};
use rand_chacha::ChaCha8Rng;
use std::rc::Rc;

/// How many members are sampled, and how many draws of each.
const MEMBERS: usize = 4;
const DRAWS: usize = 4096;

/// What [`mixture`](crate::symmetrize::mixture()) promises with its gaps: an invariant density; the orbit divergence,
/// and bounds on the two divergences that share it out; draws of `q` whose log-densities agree with these bounds; and a
/// residual that rounding explains.
///
/// # Examples
/// ```
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::law;
/// use equibayes::representation::PermutationRep;
/// use rand::RngExt;
///
/// let shift = PermutationRep::regular(&Cyclic::new(3)?)?;
/// law::orbit_mixture(&shift, |rng| {
///     let mean: [f64; 3] = std::array::from_fn(|_| rng.random_range(-2.0..2.0));
///     let variance: [f64; 3] = std::array::from_fn(|_| rng.random_range(0.5..2.0));
///     DiagonalGaussian::with_variance(&mean, &variance).unwrap()
/// })
/// .assert();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn orbit_mixture<'a, F, R, T, M>(rep: &'a R, members: M) -> Laws<'a>
where
    F: ClosedUnder<R, T> + LogPartition<T> + FisherInformation<T> + Sample<T> + 'a,
    F::Statistic: HasReynolds<T>,
    R: ActsOn<T>,
    R::Group: Finite + DenselyGenerated,
    T: Real,
    M: Fn(&mut ChaCha8Rng) -> Member<F, T> + 'a,
{
    type Check<F, R, T> = fn(
        &Member<F, T>,
        &Symmetrized<Mixture<F, R, T>, T>,
        &mut ChaCha8Rng,
    ) -> Result<Finding, String>;
    let members = Rc::new(members);
    let law = |name, statement, check: Check<F, R, T>| {
        let members = Rc::clone(&members);
        Law::new(name, statement, move |rng| {
            let q = members(rng);
            mixture(&q, rep)
                .and_then(Mixture::with_gaps)
                .map_err(|why| format!("{q:?} is refused: {why}"))
                .and_then(|found| check(&q, &found, rng))
                .unwrap_or_else(Finding::failure)
        })
    };
    let laws = vec![
        law("density", "ln q̄(ρ(s)θ) = ln q̄(θ) over generators s", density),
        law(
            "orbit divergence",
            "orbit_divergence = KL(q̃‖q) + KL(q‖q̂) + KL(q̂‖q̃)",
            |q, found, _| {
                let total = known(found.gaps.orbit_divergence)?;
                orbit_divergence(found.posterior.representation(), q, total)
            },
        ),
        law("bounds", "0 ≤ lower ≤ upper, and forward + reverse is the orbit divergence", bounds),
        law("forward", "E_q ln q/q̄ is between its bounds", sampled).at_most(MEMBERS),
        law("residual", "τ(s)μ̂ + c(s) = μ̂ over generators s", residual),
    ];
    Laws::new(format!("orbit mixture under {rep:?}"), laws)
}

/// Each of its terms is a log-density at a moved point; a mean of exponentials is off by no more than the worst.
fn density<F, R, T>(
    q: &Member<F, T>,
    found: &Symmetrized<Mixture<F, R, T>, T>,
    rng: &mut ChaCha8Rng,
) -> Result<Finding, String>
where
    F: ClosedUnder<R, T> + LogPartition<T> + FisherInformation<T> + Sample<T>,
    R: ActsOn<T>,
    R::Group: Finite + DenselyGenerated,
    T: Real,
{
    let (law, family, at) = (&found.posterior, q.family(), ParameterError::of(q)?);
    let (rep, group) = (law.representation(), law.representation().group());
    let theta = family.sample(q, rng);
    let a = family.log_partition(q).nearest_f64();
    let log = |x: &[T]| law.log_density(x).map_err(|why| why.to_string());
    let here = log(theta.as_slice())?;
    let (mut error, mut tolerance) = (0.0_f64, 0.0_f64);
    for g in group.elements() {
        let back = rep.apply(&group.inverse(&g), theta.as_slice());
        let off = 2.0 * point_error(rep, &g, theta.as_slice());
        let through =
            sensitivity(back.as_slice(), off, |y| vec![family.log_density(q, y).nearest_f64()]);
        let statistic = floats(&family.sufficient_statistic(back.as_slice()));
        let h = family.log_base_measure(back.as_slice()).nearest_f64().abs();
        // Moved back and forth, a point is off twice.
        tolerance = tolerance
            .max(2.0 * log_density_error(&at, &statistic, a) + at.unit * h + 2.0 * through[0]);
    }
    let order = group.small_order().unwrap_or(usize::MAX) as f64;
    tolerance += (order + 8.0) * T::UNIT_ROUNDOFF * (1.0 + here.nearest_f64().abs());
    for s in group.dense_generators() {
        let there = log(rep.apply(&s, theta.as_slice()).as_slice())?;
        let step = (there - here).nearest_f64().abs();
        error = if step > error || step.is_nan() { step } else { error };
    }
    Ok(Finding::within(error, tolerance, format!("{q:?}, θ = {:?}", floats(&theta))))
}

fn ends<T: Real>(gap: Gap<T>) -> Result<(f64, f64), String> {
    match (gap.lower(), gap.upper()) {
        (Some(lower), Some(upper)) => Ok((lower.nearest_f64(), upper.nearest_f64())),
        _ => Err(format!("{gap}: expected bounds")),
    }
}

fn bounds<F, R, T>(
    q: &Member<F, T>,
    found: &Symmetrized<Mixture<F, R, T>, T>,
    _: &mut ChaCha8Rng,
) -> Result<Finding, String>
where
    F: LogPartition<T>,
    T: Real,
{
    let ((low, high), (back_low, back_high)) =
        (ends(found.gaps.forward)?, ends(found.gaps.reverse)?);
    let total = known(found.gaps.orbit_divergence)?.nearest_f64();
    let ordered = 0.0 <= low && low <= high && 0.0 <= back_low && back_low <= back_high;
    let witness = format!("{q:?}: {:?}", found.gaps);
    if !ordered {
        return Ok(Finding::exact(false, witness));
    }
    // What is proven of one direction is so of the other: two roundings of each sum. The bounds that are not by
    // subtraction may only be sharper.
    let outside = f64::max(low + back_low - total, total - (high + back_high));
    Ok(Finding::within(outside.max(0.0), 8.0 * T::UNIT_ROUNDOFF * (total + high), witness))
}

/// `X = ln q/q̄ ≤ ln |G|`, and `P(X ≤ −s) ≤ E e^{−X} e^{−s} = e^{−s}`: clipped at `−L` its mean moves by at most `e^{−L}`.
/// Then the empirical Bernstein bound (Maurer and Pontil 2009) holds, for both sides of the mean of every member.
fn sampled<F, R, T>(
    q: &Member<F, T>,
    found: &Symmetrized<Mixture<F, R, T>, T>,
    rng: &mut ChaCha8Rng,
) -> Result<Finding, String>
where
    F: ClosedUnder<R, T> + LogPartition<T> + Sample<T>,
    R: ActsOn<T>,
    R::Group: Finite + DenselyGenerated,
    T: Real,
{
    let (law, family, n) = (&found.posterior, q.family(), DRAWS as f64);
    let order = law.representation().group().small_order().unwrap_or(usize::MAX) as f64;
    let floor = n.ln();
    let mut draws = Vec::with_capacity(DRAWS);
    for _ in 0..DRAWS {
        let theta = family.sample(q, rng);
        let mixed = law.log_density(theta.as_slice()).map_err(|why| why.to_string())?;
        let ratio = (family.log_density(q, theta.as_slice()) - mixed).nearest_f64();
        draws.push(if ratio < -floor { -floor } else { ratio });
    }
    let mean = draws.iter().sum::<f64>() / n;
    let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let level = (4.0 * MEMBERS as f64 / ALPHA).ln();
    let allowed = (2.0 * variance * level / n).sqrt()
        + 7.0 * (order.ln() + floor) * level / (3.0 * (n - 1.0))
        + (-floor).exp();
    let (low, high) = ends(found.gaps.forward)?;
    let outside = f64::max(low - mean, mean - high);
    let witness = format!("{q:?}: {mean} over {DRAWS} draws, not between {low} and {high}");
    Ok(Finding::within(outside.max(0.0), allowed, witness))
}

fn residual<F, R, T>(
    q: &Member<F, T>,
    found: &Symmetrized<Mixture<F, R, T>, T>,
    _: &mut ChaCha8Rng,
) -> Result<Finding, String>
where
    F: ClosedUnder<R, T> + FisherInformation<T> + LogPartition<T>,
    F::Statistic: HasReynolds<T>,
    R: ActsOn<T>,
    R::Group: Haar + DenselyGenerated,
    T: Real,
{
    let rep = found.posterior.representation();
    let upper = arithmetic(q, rep).map_err(|why| format!("{q:?} is refused: {why}"))?;
    let at = ParameterError::of(&upper)?;
    let mut tolerance = 0.0_f64;
    for s in rep.group().dense_generators() {
        // Errors of η as errors of μ.
        let allowed = allowance(rep, q, &s, &upper, at_element)?;
        let rows = ActionError::of(&q.family().statistic_action(rep), &s, 1.0);
        for k in 0..allowed.len() {
            let through = super::error_model::row(&at.information, k, &allowed);
            let own = at.of_mean(k) + rows.forward * max_norm(&at.scale);
            tolerance = tolerance.max((1.0 + rows.rows) * (through + own));
        }
    }
    let distance = known(found.residual.distance)?.nearest_f64();
    Ok(Finding::within(distance, tolerance, format!("{q:?}: μ̂ moves by {distance}")))
}
