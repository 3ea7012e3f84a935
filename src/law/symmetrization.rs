//! The laws of symmetrisations (claims S1 to S3).

use super::coordinates::worst_coordinate;
use super::draw::{element, floats, max_norm};
use super::error_model::{ActionError, ParameterError, row};
use super::reynolds::ReynoldsError;
use super::{Finding, Law, Laws};
use crate::action::{ClosedUnder, push_forward};
use crate::family::{FisherInformation, Member};
use crate::group::Finite;
use crate::representation::{ActsOn, Dual, ElementOf, Reynolds};
use crate::scalar::Scalar;
use crate::symmetrize::Symmetrization;
use rand_chacha::ChaCha8Rng;
use std::rc::Rc;

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
    let members = Rc::new(members);
    let law =
        |name,
         statement,
         check: fn(&S, &R, &Member<F, T>, &ElementOf<R>) -> Result<Finding, String>| {
            let members = Rc::clone(&members);
            Law::new(name, statement, move |rng| {
                let (q, g) = (members(rng), element(rep.group(), rng));
                check(method, rep, &q, &g).unwrap_or_else(Finding::failure)
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

fn moved<F, R, T>(rep: &R, q: &Member<F, T>, g: &ElementOf<R>) -> Result<Member<F, T>, String>
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
fn allowance<F, R, T>(
    rep: &R,
    q: &Member<F, T>,
    g: &ElementOf<R>,
    result: &Member<F, T>,
) -> Result<Vec<f64>, String>
where
    F: ClosedUnder<R, T> + FisherInformation<T>,
    R: ActsOn<T>,
    R::Group: Finite,
    T: Scalar,
{
    let tau = q.family().statistic_action(rep);
    let error = ReynoldsError::of(&tau, &Reynolds::of(&tau), 1.0);
    let (at_q, at_result) = (ParameterError::of(q)?, ParameterError::of(result)?);
    let at_moved = ParameterError::of(&moved(rep, q, g)?)?;
    let n = at_q.scale.len();
    let eta = max_norm(&at_q.eta).max(max_norm(&at_result.eta));
    let scale = max_norm(&at_q.scale).max(max_norm(&at_result.scale));
    let action = ActionError::of(&Dual::new(tau), g, 1.0).forward * eta;
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
    if a.len() != b.len() || a.len() != allowed.len() {
        return Finding::failure(format!("{witness}: parameters of different lengths"));
    }
    let gaps = floats(&(a - b));
    worst_coordinate(
        &gaps,
        &vec![0.0; gaps.len()],
        |k| allowed[k],
        format!("{witness}: η = {:?} against {:?}, difference", floats(a), floats(b)),
    )
}

fn invariant<S, F, R, T>(
    method: &S,
    rep: &R,
    q: &Member<F, T>,
    g: &ElementOf<R>,
) -> Result<Finding, String>
where
    S: Symmetrization<F, R, T>,
    F: ClosedUnder<R, T> + FisherInformation<T>,
    R: ActsOn<T>,
    R::Group: Finite,
    T: Scalar,
{
    let result = apply(method, rep, q)?;
    let image = moved(rep, &result, g)?;
    let allowed = allowance(rep, q, g, &result)?;
    Ok(compare(&image, &result, &allowed, format!("{q:?}, g = {g:?}")))
}

fn idempotent<S, F, R, T>(
    method: &S,
    rep: &R,
    q: &Member<F, T>,
    g: &ElementOf<R>,
) -> Result<Finding, String>
where
    S: Symmetrization<F, R, T>,
    F: ClosedUnder<R, T> + FisherInformation<T>,
    R: ActsOn<T>,
    R::Group: Finite,
    T: Scalar,
{
    let once = apply(method, rep, q)?;
    let twice = apply(method, rep, &once)?;
    let allowed = allowance(rep, q, g, &once)?;
    Ok(compare(&twice, &once, &allowed, format!("{q:?}")))
}

fn constant<S, F, R, T>(
    method: &S,
    rep: &R,
    q: &Member<F, T>,
    g: &ElementOf<R>,
) -> Result<Finding, String>
where
    S: Symmetrization<F, R, T>,
    F: ClosedUnder<R, T> + FisherInformation<T>,
    R: ActsOn<T>,
    R::Group: Finite,
    T: Scalar,
{
    let plain = apply(method, rep, q)?;
    let other = apply(method, rep, &moved(rep, q, g)?)?;
    let allowed = allowance(rep, q, g, &plain)?;
    Ok(compare(&other, &plain, &allowed, format!("{q:?}, g = {g:?}")))
}
