//! The laws of what a symmetrisation says about its result (claims S1 to S4).

use super::draw::max_norm;
use super::family::divergence_error;
use super::symmetrization::{allowance, at_element, moved};
use super::{Finding, Law, Laws};
use crate::action::ClosedUnder;
use crate::family::{FisherInformation, LogPartition, Member, bregman};
use crate::group::{DenselyGenerated, Group as _, Haar};
use crate::representation::{ActsOn, ElementOf, HasReynolds};
use crate::scalar::Real;
use crate::symmetrize::{Gap, Symmetrization, Symmetrized, arithmetic, geometric};
use rand_chacha::ChaCha8Rng;
use std::rc::Rc;

/// A check of what was found on a member.
type Check<R, F, T> =
    fn(&R, &Member<F, T>, &Symmetrized<Member<F, T>, T>) -> Result<Finding, String>;

/// What [`Symmetrization::symmetrize_with_gaps`] returns: the posterior that
/// [`symmetrize`](Symmetrization::symmetrize) returns; divergences that are the Bregman divergences of the
/// log-partition; the orbit divergence that its three parts add up to; and a residual that is what generators
/// do to the result, however invariant that is.
///
/// # Examples
/// ```
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::law;
/// use equibayes::representation::PermutationRep;
/// use equibayes::symmetrize::Projection;
/// use rand::RngExt;
///
/// let shift = PermutationRep::regular(&Cyclic::new(3)?)?;
/// law::symmetrization_gaps(&Projection, &shift, |rng| {
///     let mean: [f64; 3] = std::array::from_fn(|_| rng.random_range(-2.0..2.0));
///     let variance: [f64; 3] = std::array::from_fn(|_| rng.random_range(0.5..2.0));
///     DiagonalGaussian::with_variance(&mean, &variance).unwrap()
/// })
/// .assert();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn symmetrization_gaps<'a, S, F, R, T, M>(method: &'a S, rep: &'a R, members: M) -> Laws<'a>
where
    S: Symmetrization<F, R, T>,
    F: ClosedUnder<R, T> + LogPartition<T> + FisherInformation<T> + 'a,
    F::Statistic: HasReynolds<T>,
    R: ActsOn<T>,
    R::Group: Haar + DenselyGenerated,
    T: Real,
    M: Fn(&mut ChaCha8Rng) -> Member<F, T> + 'a,
{
    let members = Rc::new(members);
    let law = |name, statement, check: Check<R, F, T>| {
        let members = Rc::clone(&members);
        Law::new(name, statement, move |rng| {
            let q = members(rng);
            let found = method
                .symmetrize_with_gaps(&q, rep)
                .map_err(|why| format!("{q:?} is refused: {why}"));
            found.and_then(|found| check(rep, &q, &found)).unwrap_or_else(Finding::failure)
        })
    };
    let posteriors = Rc::clone(&members);
    let laws = vec![
        Law::new("posterior", "it is S(q)", move |rng| {
            let q = posteriors(rng);
            let (plain, found) = (method.symmetrize(&q, rep), method.symmetrize_with_gaps(&q, rep));
            let witness = format!("{q:?}: {plain:?} and {found:?}");
            let same = match (&plain, &found) {
                (Ok(plain), Ok(found)) => plain.natural() == found.posterior.natural(),
                _ => false,
            };
            Finding::exact(same, witness)
        }),
        law("reverse", "reverse = KL(S(q) ‖ q)", |_, q, found| {
            divergence(&found.posterior, q, known(found.gaps.reverse)?)
        }),
        law("forward", "forward = KL(q ‖ S(q))", |_, q, found| {
            divergence(q, &found.posterior, known(found.gaps.forward)?)
        }),
        law(
            "orbit divergence",
            "orbit_divergence = KL(q̃‖q) + KL(q‖q̂) + KL(q̂‖q̃)",
            |rep, q, found| orbit_divergence(rep, q, known(found.gaps.orbit_divergence)?),
        ),
        law("moved parameters", "distance = max |s·η − η| over generators s", distance),
        law("moved posterior", "divergence = max KL(s_#S(q) ‖ S(q)) over generators s", residual),
    ];
    Laws::new(format!("gaps of symmetrisation {} under {rep:?}", method.name()), laws)
}

/// What a member of the family must know in closed form.
pub(super) fn known<T: Real>(gap: Gap<T>) -> Result<T, String> {
    gap.known().ok_or_else(|| format!("{gap}: expected a closed form"))
}

fn divergence<F, T>(a: &Member<F, T>, b: &Member<F, T>, found: T) -> Result<Finding, String>
where
    F: LogPartition<T> + FisherInformation<T>,
    T: Real,
{
    let expected = bregman(a.family(), a, b);
    Ok(Finding::within(
        (found - expected).nearest_f64().abs(),
        2.0 * divergence_error(a, b)?,
        format!("{a:?} against {b:?}: {found}, expected {expected}"),
    ))
}

/// Each of the three divergences is of members that are averaged, and so are off by what averaging costs: the
/// divergence `KL(a‖b)` has the slopes `I_a(a − b)` and `μ_b − μ_a` in the two parameters.
pub(super) fn orbit_divergence<F, R, T>(
    rep: &R,
    q: &Member<F, T>,
    total: T,
) -> Result<Finding, String>
where
    F: ClosedUnder<R, T> + LogPartition<T> + FisherInformation<T>,
    F::Statistic: HasReynolds<T>,
    R: ActsOn<T>,
    R::Group: Haar,
    T: Real,
{
    let refused = |why| format!("{q:?} is refused: {why}");
    let lower = geometric(q, rep).map_err(refused)?;
    let upper = arithmetic(q, rep).map_err(refused)?;
    let identity = rep.group().identity();
    let (off_lower, off_upper) = (
        allowance(rep, q, &identity, &lower, at_element)?,
        allowance(rep, q, &identity, &upper, at_element)?,
    );
    let none = vec![0.0; off_lower.len()];
    let (mut sum, mut tolerance) = (T::zero(), 0.0);
    for (a, off_a, b, off_b) in [
        (&lower, &off_lower, q, &none),
        (q, &none, &upper, &off_upper),
        (&upper, &off_upper, &lower, &off_lower),
    ] {
        sum += q.family().kl(a, b);
        let information = q.family().fisher_information(a).map(|entry| entry.nearest_f64());
        let step = a.natural().coordinates() - b.natural().coordinates();
        let slope_a = information * step.map(|entry| entry.nearest_f64());
        let slope_b = b.mean_parameter().coordinates() - a.mean_parameter().coordinates();
        let inherited: f64 = (0..none.len())
            .map(|k| slope_a[k].abs() * off_a[k] + slope_b[k].nearest_f64().abs() * off_b[k])
            .sum();
        tolerance += divergence_error(a, b)? + 2.0 * inherited;
    }
    // The linear form ⟨η − P*η, μ⟩ has the errors of P*η, and roundings of terms that those of divergences are
    // among.
    let form: f64 = (0..none.len())
        .map(|k| off_lower[k] * q.mean_parameter().as_slice()[k].nearest_f64().abs())
        .sum();
    tolerance += form + divergence_error(q, &lower)?;
    let witness = format!("{q:?}: {total}, and in parts {sum}");
    Ok(Finding::within((total - sum).nearest_f64().abs(), tolerance, witness))
}

/// A number that the worst generator decides, against what is reported: for each generator its value and what that
/// may be off by, from the posterior and its image.
fn over_generators<F, R, T>(
    rep: &R,
    q: &Member<F, T>,
    found: &Symmetrized<Member<F, T>, T>,
    reported: Gap<T>,
    at: impl Fn(&Member<F, T>, &ElementOf<R>) -> Result<(f64, f64), String>,
) -> Result<Finding, String>
where
    F: ClosedUnder<R, T>,
    R: ActsOn<T>,
    R::Group: DenselyGenerated,
    T: Real,
{
    let (mut expected, mut tolerance) = (0.0_f64, 0.0_f64);
    for s in rep.group().dense_generators() {
        let (value, error) = at(&moved(rep, &found.posterior, &s)?, &s)?;
        (expected, tolerance) = (expected.max(value), tolerance.max(error));
    }
    let reported = known(reported)?;
    let witness = format!("{q:?}: {reported}, expected {expected}");
    Ok(Finding::within((reported.nearest_f64() - expected).abs(), tolerance, witness))
}

fn distance<F, R, T>(
    rep: &R,
    q: &Member<F, T>,
    found: &Symmetrized<Member<F, T>, T>,
) -> Result<Finding, String>
where
    F: ClosedUnder<R, T> + LogPartition<T> + FisherInformation<T>,
    F::Statistic: HasReynolds<T>,
    R: ActsOn<T>,
    R::Group: Haar + DenselyGenerated,
    T: Real,
{
    over_generators(rep, q, found, found.residual.distance, |image, s| {
        let step = image.natural().coordinates() - found.posterior.natural().coordinates();
        let allowed = allowance(rep, q, s, &found.posterior, at_element)?;
        Ok((max_norm(&step), allowed.into_iter().fold(0.0, f64::max)))
    })
}

fn residual<F, R, T>(
    rep: &R,
    q: &Member<F, T>,
    found: &Symmetrized<Member<F, T>, T>,
) -> Result<Finding, String>
where
    F: ClosedUnder<R, T> + LogPartition<T> + FisherInformation<T>,
    R: ActsOn<T>,
    R::Group: DenselyGenerated,
    T: Real,
{
    over_generators(rep, q, found, found.residual.divergence, |image, _| {
        let value = bregman(q.family(), image, &found.posterior).nearest_f64();
        Ok((value, 2.0 * divergence_error(image, &found.posterior)?))
    })
}
