//! The laws of averages over draws of a group (claims S1 and S2).

use super::family::divergence_error;
use super::symmetrization::moved;
use super::{Finding, Law, Laws};
use crate::action::ClosedUnder;
use crate::family::{FamilyError, FisherInformation, LogPartition, Member, bregman};
use crate::group::{DenselyGenerated, Haar};
use crate::representation::ActsOn;
use crate::scalar::Real;
use crate::symmetrize::{
    Averaged, Gap, Sampled, Symmetrized, arithmetic_by_sampling, geometric_by_sampling,
};
use rand_chacha::ChaCha8Rng;
use std::rc::Rc;

/// How many draws an average has: few, since the laws are about what is said of it.
const DRAWS: usize = 16;

/// A check of a sampled average of a member.
type Check<R, F, T> =
    fn(&R, &Member<F, T>, &Symmetrized<Sampled<F, R, T>, T>) -> Result<Finding, String>;

/// What [`Sampled::with_gaps`](crate::symmetrize::Sampled::with_gaps) says of averages over draws, both of them: gaps that are
/// the Bregman divergences of the posterior that it comes with, and a residual that is what generators do to it; error
/// bars that are finite, and zero exactly where the draws all agree. Whether the bars are wide enough is a matter of
/// statistics, and of claim S1.
///
/// # Examples
/// ```
/// use equibayes::family::IsotropicGaussian;
/// use equibayes::group::SpecialOrthogonal;
/// use equibayes::law;
/// use equibayes::representation::Standard;
/// use rand::RngExt;
///
/// let space = Standard::new(SpecialOrthogonal::new(3)?);
/// law::sampled_averages(&space, |rng| {
///     let mean: [f64; 3] = std::array::from_fn(|_| rng.random_range(-2.0..2.0));
///     IsotropicGaussian::with_variance(&mean, rng.random_range(0.5..2.0)).unwrap()
/// })
/// .assert();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn sampled_averages<'a, F, R, T, M>(rep: &'a R, members: M) -> Laws<'a>
where
    F: ClosedUnder<R, T> + LogPartition<T> + FisherInformation<T> + 'a,
    R: ActsOn<T>,
    R::Group: Haar + DenselyGenerated,
    T: Real,
    M: Fn(&mut ChaCha8Rng) -> Member<F, T> + 'a,
{
    let members = Rc::new(members);
    let law = |name, statement, averaged, check: Check<R, F, T>| {
        let members = Rc::clone(&members);
        Law::new(name, statement, move |rng| {
            let q = members(rng);
            found(rep, &q, averaged, rng)
                .map_err(|why| format!("{q:?} is refused: {why}"))
                .and_then(|found| check(rep, &q, &found))
                .unwrap_or_else(Finding::failure)
        })
    };
    let both = |averaged, part: &str| {
        let laws = vec![
            law("reverse", "reverse = KL(S(q) ‖ q)", averaged, |_, q, found| {
                divergence(&found.posterior.posterior, q, found.gaps.reverse)
            }),
            law("forward", "forward = KL(q ‖ S(q))", averaged, |_, q, found| {
                divergence(q, &found.posterior.posterior, found.gaps.forward)
            }),
            law(
                "residual",
                "divergence = max KL(s_#S(q) ‖ S(q)) over generators s",
                averaged,
                residual,
            ),
            law(
                "error bars",
                "finite, and zero exactly where no coordinate varies",
                averaged,
                bars,
            ),
        ];
        Laws::new("", laws).of_part(part)
    };
    let mut kit = both(Averaged::Natural, "geometric").and(both(Averaged::Mean, "arithmetic"));
    kit.subject = format!("sampled averages under {rep:?}");
    kit
}

fn found<F, R, T>(
    rep: &R,
    q: &Member<F, T>,
    averaged: Averaged,
    rng: &mut ChaCha8Rng,
) -> Result<Symmetrized<Sampled<F, R, T>, T>, FamilyError>
where
    F: ClosedUnder<R, T> + LogPartition<T> + FisherInformation<T>,
    R: ActsOn<T>,
    R::Group: Haar + DenselyGenerated,
    T: Real,
{
    match averaged {
        Averaged::Natural => geometric_by_sampling(q, rep, DRAWS, rng)?.with_gaps(),
        Averaged::Mean => arithmetic_by_sampling(q, rep, DRAWS, rng)?.with_gaps(),
    }
}

/// The value and the standard error of an estimate.
fn estimate<T: Real>(gap: Gap<T>) -> Result<(f64, f64), String> {
    match gap {
        Gap::Estimated { value, standard_error } => {
            Ok((value.nearest_f64(), standard_error.nearest_f64()))
        }
        other => Err(format!("{other}: expected an estimate")),
    }
}

fn divergence<F, T>(a: &Member<F, T>, b: &Member<F, T>, gap: Gap<T>) -> Result<Finding, String>
where
    F: LogPartition<T> + FisherInformation<T>,
    T: Real,
{
    let (value, _) = estimate(gap)?;
    let expected = bregman(a.family(), a, b).nearest_f64();
    let witness = format!("{a:?} against {b:?}: {value}, expected {expected}");
    Ok(Finding::within((value - expected).abs(), 2.0 * divergence_error(a, b)?, witness))
}

fn residual<F, R, T>(
    rep: &R,
    q: &Member<F, T>,
    found: &Symmetrized<Sampled<F, R, T>, T>,
) -> Result<Finding, String>
where
    F: ClosedUnder<R, T> + LogPartition<T> + FisherInformation<T>,
    R: ActsOn<T>,
    R::Group: DenselyGenerated,
    T: Real,
{
    let (value, _) = estimate(found.residual.divergence)?;
    let posterior = &found.posterior.posterior;
    let (mut expected, mut tolerance) = (0.0_f64, 0.0_f64);
    for s in rep.group().dense_generators() {
        let image = moved(rep, posterior, &s)?;
        expected = expected.max(bregman(q.family(), &image, posterior).nearest_f64());
        tolerance = tolerance.max(2.0 * divergence_error(&image, posterior)?);
    }
    let witness = format!("{q:?}: {value}, expected {expected}");
    Ok(Finding::within((value - expected).abs(), tolerance, witness))
}

fn bars<F, R, T>(
    _: &R,
    q: &Member<F, T>,
    found: &Symmetrized<Sampled<F, R, T>, T>,
) -> Result<Finding, String>
where
    T: Real,
    F: LogPartition<T>,
{
    let (_, reverse) = estimate(found.gaps.reverse)?;
    let (_, forward) = estimate(found.gaps.forward)?;
    let (_, divergence) = estimate(found.residual.divergence)?;
    let (_, distance) = estimate(found.residual.distance)?;
    let varies = found.posterior.average.standard_error.iter().any(|&bar| bar > T::zero());
    let all = [reverse, forward, divergence, distance];
    let right = all.iter().all(|bar| bar.is_finite() && *bar >= 0.0)
        // A distance moves with every coordinate; a divergence may be stationary.
        && (distance > 0.0) == varies
        && (varies || all.iter().all(|&bar| bar == 0.0));
    Ok(Finding::exact(right, format!("{q:?}: {:?}, {:?}", found.gaps, found.residual)))
}
