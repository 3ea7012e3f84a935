//! The laws of averages over orbits in mean coordinates (claims F3 and S2), for every scalar.

use super::coordinates::parameters;
use super::draw::{floats, max_norm};
use super::error_model::{ActionError, ParameterError};
use super::reynolds::ReynoldsError;
use super::statistic::{evaluation, shift, tilt};
use super::symmetrization::moved;
use super::{Finding, Law, Laws};
use crate::action::ClosedUnder;
use crate::family::{FisherInformation, Member};
use crate::group::Finite;
use crate::representation::{ActsOn, Dual, ElementOf, Reynolds};
use crate::scalar::Scalar;
use nalgebra::DVector;
use rand_chacha::ChaCha8Rng;
use std::rc::Rc;

/// The largest order up to which averages are compared with their definition.
const AVERAGED: usize = 256;

/// What [`ClosedUnder`] promises of averages: `mean_shift` is `avg_g c(g)`, `mean_tilt` is `avg_g a(g)`, and `average_mean`, however it is
/// computed, is `Pμ + avg_g c(g)`, the mean of the means of the orbit.
///
/// With exact scalars the laws are held to `==`. The definitions are compared for groups of at most
/// 256 elements.
///
/// # Examples
/// ```
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::law;
/// use equibayes::representation::PermutationRep;
/// use equibayes::scalar::{Rational, Scalar};
/// use rand::RngExt;
///
/// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
/// law::averages(&DiagonalGaussian::new(2), &swap, |rng| {
///     let mut number = |low| Rational::ratio(rng.random_range(low..=9), 4);
///     let (mean, variance) = ([number(-9), number(-9)], [number(1), number(1)]);
///     DiagonalGaussian::with_variance(&mean, &variance).unwrap()
/// })
/// .assert();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn averages<'a, F, R, T, M>(family: &'a F, rep: &'a R, members: M) -> Laws<'a>
where
    F: ClosedUnder<R, T> + FisherInformation<T>,
    R: ActsOn<T>,
    R::Group: Finite,
    T: Scalar,
    M: Fn(&mut ChaCha8Rng) -> Member<F, T> + 'a,
{
    averages_of(family, rep, Rc::new(members))
}

/// [`averages`], with a generator that other kits share.
pub(super) fn averages_of<'a, F, R, T, M>(family: &'a F, rep: &'a R, members: Rc<M>) -> Laws<'a>
where
    F: ClosedUnder<R, T> + FisherInformation<T>,
    R: ActsOn<T>,
    R::Group: Finite,
    T: Scalar,
    M: Fn(&mut ChaCha8Rng) -> Member<F, T> + 'a,
{
    let other = Rc::clone(&members);
    let laws = vec![
        Law::new("mean shift", "mean_shift = avg_g c(g)", move |_| mean_shift(family, rep)).once(),
        Law::new("mean tilt", "mean_tilt = avg_g a(g)", move |_| mean_tilt(family, rep)).once(),
        Law::new("average of means", "average_mean has μ = Pμ + avg_g c(g)", move |rng| {
            average(rep, &members(rng)).unwrap_or_else(Finding::failure)
        }),
        Law::new("average over orbit", "average_mean has μ = avg_g μ(g·η)", move |rng| {
            over_orbit(rep, &other(rng)).unwrap_or_else(Finding::failure)
        })
        .at_most(16),
    ];
    Laws::new(format!("averages of {family:?} under {rep:?}"), laws)
}

fn small_order<G: Finite>(group: &G) -> Option<usize> {
    group.small_order().filter(|&order| order <= AVERAGED)
}

/// The mean over the group of what it is of, and the largest entry met; a witness where one of them, or what is
/// given for the mean, is of another length.
fn over_the_group<R, T>(
    rep: &R,
    given: &DVector<T>,
    dim: usize,
    of: impl Fn(&ElementOf<R>) -> DVector<T>,
) -> Result<(DVector<T>, f64), String>
where
    R: ActsOn<T>,
    R::Group: Finite,
    T: Scalar,
{
    let (mut sum, mut size, mut count) = (DVector::from_element(dim, T::zero()), 0.0_f64, 0);
    for g in rep.group().elements() {
        let term = of(&g);
        if term.len() != dim || given.len() != dim {
            let lengths = (term.len(), given.len());
            return Err(format!("g = {g:?}: lengths {lengths:?}, expected {dim}"));
        }
        size = size.max(max_norm(&term));
        sum += term;
        count += 1;
    }
    Ok((sum.map(|entry| entry / T::count(count)), size))
}

fn mean_shift<F, R, T>(family: &F, rep: &R) -> Finding
where
    F: ClosedUnder<R, T>,
    R: ActsOn<T>,
    R::Group: Finite,
    T: Scalar,
{
    let Some(order) = small_order(rep.group()) else {
        return Finding::exact(true, "too large to average over");
    };
    let dim = family.statistic_dim();
    let given = family.mean_shift(rep).unwrap_or_else(|| DVector::from_element(dim, T::zero()));
    let (average, size) = match over_the_group(rep, &given, dim, |g| shift(family, rep, g)) {
        Ok(found) => found,
        Err(witness) => return Finding::failure(witness),
    };
    let tolerance = (2.0 * evaluation::<T>(dim) + order as f64 * T::UNIT_ROUNDOFF) * size;
    Finding::within(
        super::draw::distance(given.as_slice(), average.as_slice()),
        tolerance,
        format!("mean_shift = {:?}, avg c = {:?}", floats(&given), floats(&average)),
    )
}

/// A tilt that is zero may be told or not.
fn mean_tilt<F, R, T>(family: &F, rep: &R) -> Finding
where
    F: ClosedUnder<R, T>,
    R: ActsOn<T>,
    R::Group: Finite,
    T: Scalar,
{
    let Some(order) = small_order(rep.group()) else {
        return Finding::exact(true, "too large to average over");
    };
    let dim = family.statistic_dim();
    let tau = family.statistic_action(rep);
    let reynolds = Reynolds::of(&tau);
    let zero = || DVector::from_element(dim, T::zero());
    let given = family.mean_tilt(rep, &reynolds).unwrap_or_else(zero);
    let (average, size) = match over_the_group(rep, &given, dim, |g| tilt(family, rep, g).linear) {
        Ok(found) => found,
        Err(witness) => return Finding::failure(witness),
    };
    let error = ReynoldsError::of(&tau, &reynolds, 1.0);
    let tolerance = (2.0 * evaluation::<T>(dim) + order as f64 * T::UNIT_ROUNDOFF) * size
        + dim as f64 * error.projection * size;
    Finding::within(
        super::draw::distance(given.as_slice(), average.as_slice()),
        tolerance,
        format!("mean_tilt = {:?}, avg a = {:?}", floats(&given), floats(&average)),
    )
}

/// What `average_mean` makes of a member, how far its mean may be off in each coordinate, and the
/// Reynolds operator.
type Averaged<F, T> = (Member<F, T>, Vec<f64>, Reynolds<T>);

fn averaged<F, R, T>(rep: &R, q: &Member<F, T>) -> Result<Averaged<F, T>, String>
where
    F: ClosedUnder<R, T> + FisherInformation<T>,
    R: ActsOn<T>,
    R::Group: Finite,
    T: Scalar,
{
    let tau = q.family().statistic_action(rep);
    let reynolds = Reynolds::of(&tau);
    let result = q
        .family()
        .average_mean(rep, &reynolds, q)
        .map_err(|why| format!("{q:?} has no average: {why}"))?;
    if T::UNIT_ROUNDOFF == 0.0 {
        return Ok((result, vec![0.0; q.family().statistic_dim()], reynolds));
    }
    let error = ReynoldsError::of(&tau, &reynolds, 1.0);
    let (at_q, at_result) = (ParameterError::of(q)?, ParameterError::of(&result)?);
    // P of a rounded mean, and the shift; then what the result's own parameters are off by.
    let worst_mean = (0..at_q.scale.len()).map(|k| at_q.of_mean(k)).fold(0.0, f64::max);
    let shift = q.family().mean_shift(rep).map_or(0.0, |shift| max_norm(&shift));
    let common =
        error.projection * max_norm(&at_q.scale) + error.size * worst_mean + at_q.unit * shift;
    let allowed =
        (0..at_result.scale.len()).map(|k| 2.0 * (common + at_result.of_mean(k))).collect();
    Ok((result, allowed, reynolds))
}

fn compare<F, T: Scalar>(
    found: &Member<F, T>,
    expected: &DVector<T>,
    allowed: &[f64],
    witness: String,
) -> Finding
where
    F: FisherInformation<T>,
{
    parameters("μ", found.mean_parameter().coordinates(), expected, allowed, witness)
}

fn average<F, R, T>(rep: &R, q: &Member<F, T>) -> Result<Finding, String>
where
    F: ClosedUnder<R, T> + FisherInformation<T>,
    R: ActsOn<T>,
    R::Group: Finite,
    T: Scalar,
{
    let (result, allowed, reynolds) = averaged(rep, q)?;
    let mut expected = reynolds.project(q.mean_parameter().as_slice());
    if let Some(shift) = q.family().mean_shift(rep) {
        expected += shift;
    }
    Ok(compare(&result, &expected, &allowed, format!("{q:?}")))
}

fn over_orbit<F, R, T>(rep: &R, q: &Member<F, T>) -> Result<Finding, String>
where
    F: ClosedUnder<R, T> + FisherInformation<T>,
    R: ActsOn<T>,
    R::Group: Finite,
    T: Scalar,
{
    let Some(order) = small_order(rep.group()) else {
        return Ok(Finding::exact(true, "too large to average over"));
    };
    let (result, mut allowed, _) = averaged(rep, q)?;
    let dual = Dual::new(q.family().statistic_action(rep));
    let mut sum = DVector::from_element(q.family().statistic_dim(), T::zero());
    for g in rep.group().elements() {
        let moved = moved(rep, q, &g)?;
        sum += moved.mean_parameter().coordinates();
        if T::UNIT_ROUNDOFF == 0.0 {
            continue;
        }
        let at_moved = ParameterError::of(&moved)?;
        let eta_error = ActionError::of(&dual, &g, 1.0).forward * max_norm(q.natural().as_slice());
        for (k, allowed) in allowed.iter_mut().enumerate() {
            let slope: f64 = at_moved.information.row(k).iter().map(|entry| entry.abs()).sum();
            let summation = order as f64 * T::UNIT_ROUNDOFF * at_moved.scale[k];
            // Means over the orbit have the mean of the errors.
            *allowed += 2.0 * (at_moved.of_mean(k) + slope * eta_error + summation) / order as f64;
        }
    }
    let expected = sum.map(|entry| entry / T::count(order));
    Ok(compare(&result, &expected, &allowed, format!("{q:?}")))
}
