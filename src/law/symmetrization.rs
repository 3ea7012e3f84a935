//! The laws of symmetrisations (claims S1 to S3).

use super::coordinates::parameters;
use super::draw::{element, max_norm};
use super::error_model::{ActionError, ParameterError, row};
use super::reynolds::ReynoldsError;
use super::statistic::{evaluation, tilt};
use super::{Finding, Law, Laws};
use crate::action::{ClosedUnder, push_forward};
use crate::family::{FisherInformation, Member};
use crate::group::{Finite, Group as _, Haar};
use crate::representation::{ActsOn, Dual, ElementOf, HasReynolds, Reynolds};
use crate::scalar::Scalar;
use crate::symmetrize::Symmetrization;
use rand_chacha::ChaCha8Rng;
use std::rc::Rc;

/// A check of a symmetrisation on a member and a group element.
type Check<S, R, F, T> =
    fn(&S, &R, &Member<F, T>, &ElementOf<R>, Granted<F, R, T>) -> Result<Finding, String>;

/// What rounding is granted to the Reynolds operator of a statistic.
pub(super) type Granted<F, R, T> =
    fn(&<F as ClosedUnder<R, T>>::Statistic, &ElementOf<R>) -> Result<ReynoldsError, String>;

/// Of a finite group: what its average over all elements rounds.
pub(super) fn over_elements<A, T>(tau: &A, _: &ElementOf<A>) -> Result<ReynoldsError, String>
where
    A: ActsOn<T>,
    A::Group: Finite,
    T: Scalar,
{
    Ok(ReynoldsError::of(tau, &Reynolds::of(tau), 1.0))
}

/// Of a compact group: what a matrix rounds, as [`ReynoldsError::at`] says.
pub(super) fn at_element<A, T>(tau: &A, g: &ElementOf<A>) -> Result<ReynoldsError, String>
where
    A: HasReynolds<T>,
    T: Scalar,
{
    let reynolds = tau.reynolds().map_err(|why| format!("no average of {tau:?}: {why}"))?;
    Ok(ReynoldsError::at(tau, &reynolds, g))
}

/// What every [`Symmetrization`] satisfies: the result is invariant, an invariant member comes back, all
/// of an orbit have the same result; and it has a name.
///
/// With exact scalars the laws are held to `==`. In floating point, results are held to be as accurate
/// as natural and mean parameters allow, averaging included: a symmetrisation that works in one of the
/// two is granted the conditioning of the passage to the other.
///
/// # Examples
/// ```
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::law;
/// use equibayes::representation::PermutationRep;
/// use equibayes::symmetrize::Geometric;
/// use rand::RngExt;
///
/// let shift = PermutationRep::regular(&Cyclic::new(3)?)?;
/// law::symmetrization(&Geometric, &shift, |rng| {
///     let mean: [f64; 3] = std::array::from_fn(|_| rng.random_range(-2.0..2.0));
///     let variance: [f64; 3] = std::array::from_fn(|_| rng.random_range(0.5..2.0));
///     DiagonalGaussian::with_variance(&mean, &variance).unwrap()
/// })
/// .assert();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn symmetrization<'a, S, F, R, T, M>(method: &'a S, rep: &'a R, members: M) -> Laws<'a>
where
    S: Symmetrization<F, R, T>,
    F: ClosedUnder<R, T> + FisherInformation<T> + 'a,
    R: ActsOn<T>,
    R::Group: Finite,
    T: Scalar,
    M: Fn(&mut ChaCha8Rng) -> Member<F, T> + 'a,
{
    laws(method, rep, members, over_elements)
}

/// [`symmetrization`] for compact groups: whatever has a Reynolds operator in closed form. In floating point the
/// operator is held to be as accurate as a matrix that is just there, of which [`representation`] says how
/// accurate that is.
///
/// [`representation`]: super::representation
///
/// # Examples
/// ```
/// use equibayes::family::IsotropicGaussian;
/// use equibayes::group::SpecialOrthogonal;
/// use equibayes::law;
/// use equibayes::representation::Standard;
/// use equibayes::symmetrize::Arithmetic;
/// use rand::RngExt;
///
/// let space = Standard::new(SpecialOrthogonal::new(3)?);
/// law::compact_symmetrization(&Arithmetic, &space, |rng| {
///     let mean: [f64; 3] = std::array::from_fn(|_| rng.random_range(-2.0..2.0));
///     IsotropicGaussian::with_variance(&mean, rng.random_range(0.5..2.0)).unwrap()
/// })
/// .assert();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn compact_symmetrization<'a, S, F, R, T, M>(method: &'a S, rep: &'a R, members: M) -> Laws<'a>
where
    S: Symmetrization<F, R, T>,
    F: ClosedUnder<R, T> + FisherInformation<T> + 'a,
    F::Statistic: HasReynolds<T>,
    R: ActsOn<T>,
    R::Group: Haar,
    T: Scalar,
    M: Fn(&mut ChaCha8Rng) -> Member<F, T> + 'a,
{
    laws(method, rep, members, at_element)
}

fn laws<'a, S, F, R, T, M>(
    method: &'a S,
    rep: &'a R,
    members: M,
    granted: Granted<F, R, T>,
) -> Laws<'a>
where
    S: Symmetrization<F, R, T>,
    F: ClosedUnder<R, T> + FisherInformation<T> + 'a,
    R: ActsOn<T>,
    R::Group: Haar,
    T: Scalar,
    M: Fn(&mut ChaCha8Rng) -> Member<F, T> + 'a,
{
    let members = Rc::new(members);
    let law = |name, statement, check: Check<S, R, F, T>| {
        let members = Rc::clone(&members);
        Law::new(name, statement, move |rng| {
            let (q, g) = (members(rng), element(rep.group(), rng));
            check(method, rep, &q, &g, granted).unwrap_or_else(Finding::failure)
        })
    };
    let laws = vec![
        Law::new("name", "it has a name of lower-case letters and hyphens", move |_| {
            let name = method.name();
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            Finding::exact(!name.is_empty() && name.chars().all(plain), format!("name {name:?}"))
        })
        .once(),
        law("invariant", "g·S(q) = S(q)", invariant),
        law("idempotent", "S(S(q)) = S(q)", idempotent),
        law("constant on orbits", "S(g·q) = S(q)", constant),
    ];
    Laws::new(format!("symmetrisation {} under {rep:?}", method.name()), laws)
}

fn apply<S, F, R, T>(method: &S, rep: &R, q: &Member<F, T>) -> Result<Member<F, T>, String>
where
    S: Symmetrization<F, R, T>,
    F: ClosedUnder<R, T>,
    R: ActsOn<T>,
    T: Scalar,
{
    method.symmetrize(q, rep).map_err(|why| format!("{q:?} is refused: {why}"))
}

pub(super) fn moved<F, R, T>(
    rep: &R,
    q: &Member<F, T>,
    g: &ElementOf<R>,
) -> Result<Member<F, T>, String>
where
    F: ClosedUnder<R, T>,
    R: ActsOn<T>,
    T: Scalar,
{
    push_forward(q, rep, g).map_err(|why| format!("{q:?} moved by {g:?} is no member: {why}"))
}

/// How far two results that should be the same natural parameter may be apart, in each coordinate.
///
/// The error of a result has three sources: its own parameters; the averaging, `P` in mean coordinates or
/// `P*` in natural ones, of parameters of an orbit, which are at most `B` times those of `q`; and the
/// rounding of what went in, moved by `g`. Errors in mean coordinates pass through `I⁻¹` at the result. Two
/// results, one of them moved once more: `2 (1 + B)`.
pub(super) fn allowance<F, R, T>(
    rep: &R,
    q: &Member<F, T>,
    g: &ElementOf<R>,
    result: &Member<F, T>,
    granted: Granted<F, R, T>,
) -> Result<Vec<f64>, String>
where
    F: ClosedUnder<R, T> + FisherInformation<T>,
    R: ActsOn<T>,
    T: Scalar,
{
    if T::UNIT_ROUNDOFF == 0.0 {
        return Ok(vec![0.0; q.family().statistic_dim()]);
    }
    let tau = q.family().statistic_action(rep);
    let error = granted(&tau, g)?;
    let (at_q, at_result) = (ParameterError::of(q)?, ParameterError::of(result)?);
    let at_moved = ParameterError::of(&moved(rep, q, g)?)?;
    let n = at_q.scale.len();
    let eta = max_norm(&at_q.eta).max(max_norm(&at_result.eta));
    let scale = max_norm(&at_q.scale).max(max_norm(&at_result.scale));
    let undo = tilt(q.family(), rep, &rep.group().inverse(g));
    let action = ActionError::of(&Dual::new(tau), g, 1.0).forward * eta
        + evaluation::<T>(n) * max_norm(&undo.linear);
    let worst_mean = (0..n)
        .map(|k| {
            let slope: f64 = at_moved.information.row(k).iter().map(|entry| entry.abs()).sum();
            at_q.of_mean(k).max(at_moved.of_mean(k)) + slope * action
        })
        .fold(0.0, f64::max);
    let in_natural = error.size * (n as f64 * error.projection * eta + action);
    let in_mean = error.size * (error.projection * scale + worst_mean);
    let ones = vec![in_mean; n];
    Ok((0..n)
        .map(|k| {
            let one = at_result.of_natural(k) + in_natural + row(&at_result.inverse, k, &ones);
            2.0 * (1.0 + error.size) * one
        })
        .collect())
}

fn compare<F, T: Scalar>(
    a: &Member<F, T>,
    b: &Member<F, T>,
    allowed: &[f64],
    witness: String,
) -> Finding
where
    F: FisherInformation<T>,
{
    let (a, b) = (a.natural().coordinates(), b.natural().coordinates());
    parameters("η", a, b, allowed, witness)
}

fn invariant<S, F, R, T>(
    method: &S,
    rep: &R,
    q: &Member<F, T>,
    g: &ElementOf<R>,
    granted: Granted<F, R, T>,
) -> Result<Finding, String>
where
    S: Symmetrization<F, R, T>,
    F: ClosedUnder<R, T> + FisherInformation<T>,
    R: ActsOn<T>,
    T: Scalar,
{
    let result = apply(method, rep, q)?;
    let image = moved(rep, &result, g)?;
    let allowed = allowance(rep, q, g, &result, granted)?;
    Ok(compare(&image, &result, &allowed, format!("{q:?}, g = {g:?}")))
}

fn idempotent<S, F, R, T>(
    method: &S,
    rep: &R,
    q: &Member<F, T>,
    g: &ElementOf<R>,
    granted: Granted<F, R, T>,
) -> Result<Finding, String>
where
    S: Symmetrization<F, R, T>,
    F: ClosedUnder<R, T> + FisherInformation<T>,
    R: ActsOn<T>,
    T: Scalar,
{
    let once = apply(method, rep, q)?;
    let twice = apply(method, rep, &once)?;
    let allowed = allowance(rep, q, g, &once, granted)?;
    Ok(compare(&twice, &once, &allowed, format!("{q:?}")))
}

fn constant<S, F, R, T>(
    method: &S,
    rep: &R,
    q: &Member<F, T>,
    g: &ElementOf<R>,
    granted: Granted<F, R, T>,
) -> Result<Finding, String>
where
    S: Symmetrization<F, R, T>,
    F: ClosedUnder<R, T> + FisherInformation<T>,
    R: ActsOn<T>,
    T: Scalar,
{
    let plain = apply(method, rep, q)?;
    let other = apply(method, rep, &moved(rep, q, g)?)?;
    let allowed = allowance(rep, q, g, &plain, granted)?;
    Ok(compare(&other, &plain, &allowed, format!("{q:?}, g = {g:?}")))
}
