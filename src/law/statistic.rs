//! How the statistic of a closed family moves (claim F3), for every scalar.

use super::coordinates::worst_coordinate;
use super::draw::{element, floats, max_norm};
use super::error_model::ActionError;
use super::representation::representation_over;
use super::{Finding, Law, Laws};
use crate::action::{ClosedUnder, Tilt};
use crate::group::{Group, Haar};
use crate::representation::{ActsOn, ElementOf, Representation};
use crate::scalar::{Scalar, dot};
use nalgebra::DVector;
use rand_chacha::ChaCha8Rng;
use std::rc::Rc;

/// What [`ClosedUnder`] promises of the statistic: `T(ρ(g)θ) = τ(g)T(θ) + c(g)`, with a representation `τ`
/// and a shift `c` that fits it.
///
/// `points` draws a `θ` in the support of the family. With exact scalars the laws are held to `==`.
///
/// # Examples
/// ```
/// use equibayes::family::FullGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::law;
/// use equibayes::representation::PermutationRep;
/// use equibayes::scalar::{Rational, Scalar};
/// use nalgebra::DVector;
/// use rand::RngExt;
///
/// let shift = PermutationRep::regular(&Cyclic::new(3)?)?;
/// law::statistic(&FullGaussian::new(3), &shift, |rng| {
///     DVector::from_fn(3, |_, _| Rational::ratio(rng.random_range(-9..=9), 4))
/// })
/// .assert();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn statistic<'a, F, R, T, P>(family: &'a F, rep: &'a R, points: P) -> Laws<'a>
where
    F: ClosedUnder<R, T>,
    R: ActsOn<T>,
    R::Group: Haar,
    T: Scalar,
    P: Fn(&mut ChaCha8Rng) -> DVector<T> + 'a,
{
    let tau = Rc::new(family.statistic_action(rep));
    let of_tau = representation_over::<T, F::Statistic>(&tau, 1.0).of_part("τ");
    let (tau_1, tau_2, tau_3, tau_4) = (Rc::clone(&tau), Rc::clone(&tau), Rc::clone(&tau), tau);
    let laws = vec![
        Law::new("dimensions", "ρ acts on θ, τ on T(θ)", move |_| {
            let (rho, theta) = (rep.dim(), family.dim());
            let (tau, statistic) = (tau_1.dim(), family.statistic_dim());
            Finding::exact(
                rho == theta && tau == statistic && tau_1.group() == rep.group(),
                format!("ρ has {rho} of {theta} coordinates, τ {tau} of {statistic}"),
            )
        })
        .once(),
        Law::new("statistic moves", "T(ρ(g)θ) = τ(g)T(θ) + c(g)", move |rng| {
            let (g, theta) = (element(rep.group(), rng), points(rng));
            moved_statistic(family, rep, tau_2.as_ref(), &g, &theta)
        }),
        Law::new("shift", "c(ab) = τ(a)c(b) + c(a)", move |rng| {
            let (a, b) = (element(rep.group(), rng), element(rep.group(), rng));
            cocycle(family, rep, tau_3.as_ref(), &a, &b)
        }),
        Law::new(
            "tilt",
            "a(gh) = τ(h)ᵀa(g) + a(h), b(gh) = b(g) + b(h) + ⟨a(g), c(h)⟩",
            move |rng| {
                let (g, h) = (element(rep.group(), rng), element(rep.group(), rng));
                tilt_cocycle(family, rep, tau_4.as_ref(), &g, &h)
            },
        ),
    ];
    Laws::new(format!("statistic of {family:?} under {rep:?}"), laws).and(of_tau)
}

/// `c(g)`, with its zeros.
pub(super) fn shift<F, R, T>(family: &F, rep: &R, g: &ElementOf<R>) -> DVector<T>
where
    F: ClosedUnder<R, T>,
    R: ActsOn<T>,
    T: Scalar,
{
    family
        .statistic_shift(rep, g)
        .unwrap_or_else(|| DVector::from_element(family.statistic_dim(), T::zero()))
}

/// `a(g)` and `b(g)`, with their zeros.
pub(super) fn tilt<F, R, T>(family: &F, rep: &R, g: &ElementOf<R>) -> Tilt<T>
where
    F: ClosedUnder<R, T>,
    R: ActsOn<T>,
    T: Scalar,
{
    family.tilt(rep, g).unwrap_or_else(|| Tilt {
        linear: DVector::from_element(family.statistic_dim(), T::zero()),
        constant: T::zero(),
    })
}

/// The roundings granted to a statistic, a shift or a base measure, relative to its size.
pub(super) fn evaluation<T: Scalar>(statistic_dim: usize) -> f64 {
    8.0 * (statistic_dim as f64 + 4.0) * T::UNIT_ROUNDOFF
}

/// How far `ρ(g)θ` may be off, in every coordinate: not at all for a signed permutation.
pub(super) fn point_error<R, T>(rep: &R, g: &ElementOf<R>, theta: &[T]) -> f64
where
    R: ActsOn<T>,
    T: Scalar,
{
    if rep.signed_permutation(g).is_some() {
        0.0
    } else {
        ActionError::of(rep, g, 1.0).forward * max_norm(theta)
    }
}

/// How much the values of `f` change if every coordinate of `y` is off by `error`: its slopes, by
/// difference quotients with a step of `√u` relative to `y`.
pub(super) fn sensitivity<T: Scalar>(
    y: &[T],
    error: f64,
    f: impl Fn(&[T]) -> Vec<f64>,
) -> Vec<f64> {
    let here = f(y);
    if error == 0.0 {
        return vec![0.0; here.len()];
    }
    let size = max_norm(y);
    let step = T::UNIT_ROUNDOFF.sqrt() * if size > 0.0 { size } else { 1.0 };
    let mut total = vec![0.0; here.len()];
    let Some(forward) = T::from_f64(step) else { return vec![f64::NAN; here.len()] };
    for i in 0..y.len() {
        let mut moved = y.to_vec();
        moved[i] += forward.clone();
        let mut ahead = f(&moved);
        if !ahead.iter().all(|value| value.is_finite()) {
            // The other side, where the first one leaves the support.
            moved[i] = y[i].clone() - forward.clone();
            ahead = f(&moved);
        }
        for (total, (ahead, here)) in total.iter_mut().zip(ahead.iter().zip(&here)) {
            *total += (ahead - here).abs() / step * error;
        }
    }
    total
}

fn moved_statistic<F, R, T>(
    family: &F,
    rep: &R,
    tau: &F::Statistic,
    g: &ElementOf<R>,
    theta: &DVector<T>,
) -> Finding
where
    F: ClosedUnder<R, T>,
    R: ActsOn<T>,
    T: Scalar,
{
    let moved = rep.apply(g, theta.as_slice());
    let plain = family.sufficient_statistic(theta.as_slice());
    let left = family.sufficient_statistic(moved.as_slice());
    let shift = shift(family, rep, g);
    if plain.len() != tau.dim() || shift.len() != tau.dim() || left.len() != tau.dim() {
        return Finding::failure(format!(
            "T(θ) of length {}, c(g) of length {}, τ of dimension {}",
            plain.len(),
            shift.len(),
            tau.dim()
        ));
    }
    let right = tau.apply(g, plain.as_slice()) + &shift;
    let at_tau = ActionError::of(tau, g, 1.0);
    let unit = evaluation::<T>(tau.dim());
    let through_t = sensitivity(moved.as_slice(), point_error(rep, g, theta.as_slice()), |y| {
        floats(&family.sufficient_statistic(y))
    });
    // Either statistic is off by its evaluation, the left one by the moved point too, the right one
    // by τ, and both by a rounding of their size.
    let common = (at_tau.forward + at_tau.rows * unit) * max_norm(&plain) + unit * max_norm(&shift);
    let (gaps, zeros): (Vec<f64>, Vec<f64>) =
        left.iter().zip(&right).map(|(l, r)| ((l.clone() - r.clone()).nearest_f64(), 0.0)).unzip();
    worst_coordinate(
        &gaps,
        &zeros,
        |k| 2.0 * (common + through_t[k] + unit * left[k].nearest_f64().abs()),
        format!(
            "g = {g:?}, θ = {:?}: T(ρθ) = {:?}, τT(θ) + c = {:?}, difference",
            floats(theta),
            floats(&left),
            floats(&right)
        ),
    )
}

fn cocycle<F, R, T>(
    family: &F,
    rep: &R,
    tau: &F::Statistic,
    a: &ElementOf<R>,
    b: &ElementOf<R>,
) -> Finding
where
    F: ClosedUnder<R, T>,
    R: ActsOn<T>,
    T: Scalar,
{
    let product = rep.group().compose(a, b);
    let (at_ab, at_a, at_b) =
        (shift(family, rep, &product), shift(family, rep, a), shift(family, rep, b));
    if [&at_ab, &at_a, &at_b].iter().any(|shift| shift.len() != tau.dim()) {
        return Finding::failure(format!("a = {a:?}, b = {b:?}: shifts of other lengths than τ's"));
    }
    let right = tau.apply(a, at_b.as_slice()) + &at_a;
    let unit = evaluation::<T>(tau.dim());
    let error = ActionError::of(tau, a, 1.0);
    let tolerance = 2.0
        * ((error.forward + error.rows * unit) * max_norm(&at_b)
            + unit * (max_norm(&at_a) + max_norm(&at_ab)));
    Finding::within(
        super::draw::distance(at_ab.as_slice(), right.as_slice()),
        tolerance,
        format!(
            "a = {a:?}, b = {b:?}: c(ab) = {:?}, τ(a)c(b) + c(a) = {:?}",
            floats(&at_ab),
            floats(&right)
        ),
    )
}

fn tilt_cocycle<F, R, T>(
    family: &F,
    rep: &R,
    tau: &F::Statistic,
    g: &ElementOf<R>,
    h: &ElementOf<R>,
) -> Finding
where
    F: ClosedUnder<R, T>,
    R: ActsOn<T>,
    T: Scalar,
{
    let at_gh = tilt(family, rep, &rep.group().compose(g, h));
    let (at_g, at_h) = (tilt(family, rep, g), tilt(family, rep, h));
    let shift = shift(family, rep, h);
    if [&at_gh, &at_g, &at_h].iter().any(|tilt| tilt.linear.len() != tau.dim()) {
        return Finding::failure(format!("g = {g:?}, h = {h:?}: tilts of other lengths than τ's"));
    }
    let mut linear = at_h.linear.clone();
    tau.act_transposed(h, at_g.linear.as_slice(), linear.as_mut_slice());
    linear += &at_h.linear;
    let product = dot(at_g.linear.as_slice(), shift.as_slice());
    let constant = at_g.constant.clone() + at_h.constant.clone() + product;
    let unit = evaluation::<T>(tau.dim());
    let error = ActionError::of(tau, h, 1.0);
    // All three are held to be accurate relative to the largest of them.
    let sizes = max_norm(&at_g.linear) + max_norm(&at_h.linear) + max_norm(&at_gh.linear);
    let of_linear = 2.0 * (error.transposed + error.columns * unit + unit) * sizes;
    let of_constant = 2.0
        * ((tau.dim() as f64 + 3.0) * unit * sizes * max_norm(&shift)
            + of_linear * max_norm(&shift) * tau.dim() as f64
            + unit
                * (at_g.constant.nearest_f64().abs()
                    + at_h.constant.nearest_f64().abs()
                    + at_gh.constant.nearest_f64().abs()));
    let off = super::draw::distance(at_gh.linear.as_slice(), linear.as_slice());
    let of_linear = Finding::within(
        off,
        of_linear,
        format!("g = {g:?}, h = {h:?}: a(gh) = {:?}", at_gh.linear),
    );
    let step = super::draw::gap(&at_gh.constant, &constant);
    let of_constant = Finding::within(
        step,
        of_constant,
        format!("g = {g:?}, h = {h:?}: b(gh) = {}", at_gh.constant),
    );
    if of_constant.residual.ratio() > of_linear.residual.ratio() { of_constant } else { of_linear }
}
