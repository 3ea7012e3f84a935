//! The laws of families that are closed under an action (claim F3).

use super::averages::averages_of;
use super::coordinates::worst_coordinate;
use super::draw::{element, floats, max_norm};
use super::error_model::{ActionError, ParameterError};
use super::family::log_density_error;
use super::statistic::{evaluation, point_error, sensitivity, shift, statistic, tilt};
use super::symmetrization::moved;
use super::{Finding, Law, Laws};
use crate::action::ClosedUnder;
use crate::family::{FisherInformation, LogPartition, Member, Sample};
use crate::group::{Finite, Group, Haar};
use crate::representation::{ActsOn, Dual, ElementOf};
use crate::scalar::{Real, Scalar, dot};
use nalgebra::DVector;
use rand_chacha::ChaCha8Rng;
use std::rc::Rc;

/// What [`ClosedUnder`] promises: the statistic moves affinely
/// ([`statistic`](super::statistic()), at draws of `members`), the base measure is invariant or tilted as it says,
/// push-forwards have the density, log-partition and mean that follow, and averages over orbits are what
/// they are defined to be ([`averages`](super::averages())).
///
/// The family itself is for [`family`](super::family()), the representation for
/// [`representation`](super::representation()).
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
/// law::closed(&DiagonalGaussian::new(3), &shift, |rng| {
///     let mean: [f64; 3] = std::array::from_fn(|_| rng.random_range(-2.0..2.0));
///     let variance: [f64; 3] = std::array::from_fn(|_| rng.random_range(0.5..2.0));
///     DiagonalGaussian::with_variance(&mean, &variance).unwrap()
/// })
/// .assert();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn closed<'a, F, R, T, M>(family: &'a F, rep: &'a R, members: M) -> Laws<'a>
where
    F: ClosedUnder<R, T> + LogPartition<T> + FisherInformation<T> + Sample<T>,
    R: ActsOn<T>,
    R::Group: Finite,
    T: Real,
    M: Fn(&mut ChaCha8Rng) -> Member<F, T> + 'a,
{
    let members = Rc::new(members);
    let draws = {
        let members = Rc::clone(&members);
        move |rng: &mut ChaCha8Rng| {
            let q = members(rng);
            family.sample(&q, rng)
        }
    };
    let law = |name, statement, check: fn(&Scene<'_, F, R, T>) -> Finding| {
        let members = Rc::clone(&members);
        Law::new(name, statement, move |rng| {
            let (q, g) = (members(rng), element(rep.group(), rng));
            let theta = family.sample(&q, rng);
            match Scene::new(rep, &q, g, theta) {
                Ok(scene) => check(&scene),
                Err(why) => Finding::failure(why),
            }
        })
    };
    let laws = vec![
        law(
            "base measure",
            "ln h(ρ(g)θ) + ln|det ρ(g)| = ln h(θ) + ⟨a(g), T(θ)⟩ + b(g)",
            base_measure,
        ),
        law("density moves", "ln q_{g·η}(ρ(g)θ) + ln|det ρ(g)| = ln q_η(θ)", density),
        law("log-partition moves", "A(g·η) = A(η) − ⟨η, c(g⁻¹)⟩ − b(g⁻¹)", log_partition),
        law("mean moves", "μ(g·η) = τ(g)μ(η) + c(g)", mean),
    ];
    let mut kit = statistic(family, rep, draws).and(Laws::new("", laws)).and(averages_of(
        family,
        rep,
        Rc::clone(&members),
    ));
    kit.subject = format!("{family:?} closed under {rep:?}");
    kit
}

/// A member with its push-forward, a point with its image, and how far they may be off.
struct Scene<'s, F: ClosedUnder<R, T>, R: ActsOn<T>, T: Scalar> {
    rep: &'s R,
    g: ElementOf<R>,
    q: &'s Member<F, T>,
    moved: Member<F, T>,
    at_q: ParameterError,
    at_moved: ParameterError,
    theta: DVector<T>,
    image: DVector<T>,
    tau: F::Statistic,
    /// How far each coordinate of `g·η` may be off.
    eta_error: f64,
    /// `ln |det ρ(g)|`, and how far it may be off.
    log_det: (f64, f64),
    /// How far each coordinate of `ρ(g)θ` may be off.
    point_error: f64,
}

impl<'s, F, R, T> Scene<'s, F, R, T>
where
    F: ClosedUnder<R, T> + FisherInformation<T>,
    R: ActsOn<T>,
    R::Group: Haar,
    T: Real,
{
    fn new(
        rep: &'s R,
        q: &'s Member<F, T>,
        g: ElementOf<R>,
        theta: DVector<T>,
    ) -> Result<Self, String> {
        let moved = moved(rep, q, &g)?;
        let tau = q.family().statistic_action(rep);
        let undo = tilt(q.family(), rep, &rep.group().inverse(&g));
        let eta_error = ActionError::of(&Dual::new(tau.clone()), &g, 1.0).forward
            * max_norm(q.natural().as_slice())
            + evaluation::<T>(q.family().statistic_dim()) * max_norm(&undo.linear);
        let image = rep.apply(&g, theta.as_slice());
        Ok(Self {
            at_q: ParameterError::of(q)?,
            at_moved: ParameterError::of(&moved)?,
            log_det: log_det(rep, &g)?,
            point_error: point_error(rep, &g, theta.as_slice()),
            rep,
            g,
            q,
            moved,
            theta,
            image,
            tau,
            eta_error,
        })
    }

    fn witness(&self) -> String {
        format!("{:?}, g = {:?}, θ = {:?}", self.q, self.g, floats(&self.theta))
    }
}

/// `d ln|det| = tr ρ⁻¹dρ`, at most `n` columns of `dρ` times rows of `ρ⁻¹`.
fn log_det<R, T>(rep: &R, g: &ElementOf<R>) -> Result<(f64, f64), String>
where
    R: ActsOn<T>,
    T: Scalar,
{
    if rep.signed_permutation(g).is_some() {
        return Ok((0.0, 0.0));
    }
    let matrix = rep.matrix(g).map(|entry| entry.nearest_f64());
    let (there, back) =
        (ActionError::of(rep, g, 1.0), ActionError::of(rep, &rep.group().inverse(g), 1.0));
    let value = matrix.determinant().abs().ln();
    let error = 2.0 * rep.dim() as f64 * rep.dim() as f64 * there.forward * back.rows;
    if value.is_finite() { Ok((value, error)) } else { Err(format!("ρ({g:?}) is singular")) }
}

/// How far `ln h` at the image of the point may be off.
fn base_measure_error<F, R, T>(scene: &Scene<'_, F, R, T>) -> f64
where
    F: ClosedUnder<R, T> + LogPartition<T>,
    R: ActsOn<T>,
    T: Real,
{
    let family = scene.q.family();
    let slope = sensitivity(scene.image.as_slice(), scene.point_error, |y| {
        vec![family.log_base_measure(y).nearest_f64()]
    });
    let sizes = family.log_base_measure(scene.image.as_slice()).nearest_f64().abs()
        + family.log_base_measure(scene.theta.as_slice()).nearest_f64().abs();
    let roundings = evaluation::<T>(family.statistic_dim()) * (sizes + scene.log_det.0.abs());
    2.0 * (slope[0] + roundings) + scene.log_det.1
}

fn base_measure<F, R, T>(scene: &Scene<'_, F, R, T>) -> Finding
where
    F: ClosedUnder<R, T> + LogPartition<T> + FisherInformation<T>,
    R: ActsOn<T>,
    R::Group: Haar,
    T: Real,
{
    let family = scene.q.family();
    let left = family.log_base_measure(scene.image.as_slice()).nearest_f64() + scene.log_det.0;
    let tilt = tilt(family, scene.rep, &scene.g);
    let statistic = family.sufficient_statistic(scene.theta.as_slice());
    let exponent = dot(tilt.linear.as_slice(), statistic.as_slice()) + tilt.constant;
    let right =
        family.log_base_measure(scene.theta.as_slice()).nearest_f64() + exponent.nearest_f64();
    let through_tilt: f64 = tilt
        .linear
        .iter()
        .zip(&statistic)
        .map(|(a, t)| (a.nearest_f64() * t.nearest_f64()).abs())
        .sum::<f64>()
        + tilt.constant.nearest_f64().abs();
    Finding::within(
        (left - right).abs(),
        base_measure_error(scene) + 2.0 * evaluation::<T>(family.statistic_dim()) * through_tilt,
        format!("{}: {left} against {right}", scene.witness()),
    )
}

fn density<F, R, T>(scene: &Scene<'_, F, R, T>) -> Finding
where
    F: ClosedUnder<R, T> + LogPartition<T> + FisherInformation<T>,
    R: ActsOn<T>,
    R::Group: Haar,
    T: Real,
{
    let family = scene.q.family();
    let left =
        family.log_density(&scene.moved, scene.image.as_slice()).nearest_f64() + scene.log_det.0;
    let right = family.log_density(scene.q, scene.theta.as_slice()).nearest_f64();
    let t_image = floats(&family.sufficient_statistic(scene.image.as_slice()));
    let t_theta = floats(&family.sufficient_statistic(scene.theta.as_slice()));
    let slopes = sensitivity(scene.image.as_slice(), scene.point_error, |y| {
        floats(&family.sufficient_statistic(y))
    });
    let a_moved = family.log_partition(&scene.moved).nearest_f64();
    let a_q = family.log_partition(scene.q).nearest_f64();
    // Either density by itself; then what the moved parameter and the moved point are off by.
    let parameter: f64 = (0..t_image.len())
        .map(|k| scene.eta_error * (t_image[k].abs() + scene.at_moved.scale[k]))
        .sum();
    let point: f64 = slopes.iter().zip(&scene.at_moved.eta).map(|(slope, eta)| slope * eta).sum();
    let tolerance = 2.0
        * (log_density_error(&scene.at_moved, &t_image, a_moved)
            + log_density_error(&scene.at_q, &t_theta, a_q)
            + parameter
            + point)
        + base_measure_error(scene);
    Finding::within(
        (left - right).abs(),
        tolerance,
        format!("{}: {left} against {right}", scene.witness()),
    )
}

fn log_partition<F, R, T>(scene: &Scene<'_, F, R, T>) -> Finding
where
    F: ClosedUnder<R, T> + LogPartition<T> + FisherInformation<T>,
    R: ActsOn<T>,
    R::Group: Haar,
    T: Real,
{
    let family = scene.q.family();
    let undo = scene.rep.group().inverse(&scene.g);
    let shift = shift(family, scene.rep, &undo);
    let product = dot(scene.q.natural().as_slice(), shift.as_slice()).nearest_f64();
    let left = family.log_partition(&scene.moved).nearest_f64();
    let plain = family.log_partition(scene.q).nearest_f64();
    let constant = tilt(family, scene.rep, &undo).constant.nearest_f64();
    let right = plain - product - constant;
    let through_shift: f64 = scene
        .at_q
        .eta
        .iter()
        .zip(&shift)
        .map(|(eta, shift)| scene.at_q.unit * eta * shift.nearest_f64().abs())
        .sum::<f64>()
        + scene.at_q.unit * constant.abs();
    let through_eta: f64 = scene.at_moved.scale.iter().map(|scale| scale * scene.eta_error).sum();
    let tolerance = 2.0
        * (scene.at_moved.of_log_partition(left)
            + scene.at_q.of_log_partition(plain)
            + through_shift
            + through_eta);
    Finding::within(
        (left - right).abs(),
        tolerance,
        format!("{}: A(g·η) = {left}, expected {right}", scene.witness()),
    )
}

fn mean<F, R, T>(scene: &Scene<'_, F, R, T>) -> Finding
where
    F: ClosedUnder<R, T> + LogPartition<T> + FisherInformation<T>,
    R: ActsOn<T>,
    R::Group: Haar,
    T: Real,
{
    let mu = scene.q.mean_parameter().as_slice();
    let shift = shift(scene.q.family(), scene.rep, &scene.g);
    let right = floats(&(scene.tau.apply(&scene.g, mu) + &shift));
    let left = floats(scene.moved.mean_parameter().as_slice());
    let at_tau = ActionError::of(&scene.tau, &scene.g, 1.0);
    let worst_mean = (0..mu.len()).map(|k| scene.at_q.of_mean(k)).fold(0.0, f64::max);
    let common = at_tau.forward * max_norm(mu)
        + at_tau.rows * worst_mean
        + scene.at_q.unit * max_norm(&shift);
    worst_coordinate(
        &left,
        &right,
        |k| {
            let through_eta: f64 =
                scene.at_moved.information.row(k).iter().map(|i| i.abs() * scene.eta_error).sum();
            2.0 * (scene.at_moved.of_mean(k) + through_eta + common)
        },
        scene.witness(),
    )
}
