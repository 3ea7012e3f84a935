//! S1: geometric averaging.

use super::exact::{self, Gaussian, HalfLog};
use super::rounding::{Estimate, Known, Rounded, U, projection_error, push_error};
use super::setting::{
    DIAGONAL, Diagonal, FULL, Full, Setting, TOLERANCE, average, averaging, control,
    diagonal_scenes, entrywise, full_scenes, largest, orbit, settled, shown,
};
use crate::action::{ClosedUnder, push_forward};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::family::{Family, FamilyError, LogPartition, Member};
use crate::group::{Finite, Group};
use crate::law::Residual;
use crate::representation::{Dual, Representation, Reynolds};
use crate::scalar::{Rational, dot};
use crate::symmetrize::geometric;

const STATEMENT: &str = "q̃ with η̃ = P*η is invariant; ln q̃ − avg_g ln g_#q is constant in θ; KL(ζ‖q) = KL(ζ‖q̃) + KL(q̃‖q) for every invariant member ζ; KL(q̃‖q) = A(η) − A(P*η)";

/// The claim for both families, each with its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        Box::new(Entry {
            about: About {
                id: "S1.diagonal",
                title: "geometric averaging is the I-projection: diagonal Gaussians",
                role: Role::Theorem,
                of: None,
                evidence: Evidence::Float,
                statement: STATEMENT,
                hypotheses: &["finite group", "diagonal Gaussian", "signed permutations"],
                tolerance: TOLERANCE,
                covers: DIAGONAL,
                cost: 1,
            },
            instances: diagonal_scenes,
            check: |scene| settled(check::<Diagonal>(scene, Drop::Nothing)),
            exact: Some(|scene| settled(twin::<Diagonal>(scene, Drop::Nothing))),
        }),
        Box::new(Entry {
            about: control(
                "S1.diagonal-moving-zeta",
                "S1.diagonal",
                "the Pythagorean identity for a ζ that moves",
                "KL(ζ‖q) = KL(ζ‖q̃) + KL(q̃‖q) for every ζ",
                &["ζ need not be invariant"],
                &[Feature::NonAbelian],
            ),
            instances: diagonal_scenes,
            check: |scene| shown(check::<Diagonal>(scene, Drop::InvariantZeta)),
            exact: Some(|scene| shown(twin::<Diagonal>(scene, Drop::InvariantZeta))),
        }),
        Box::new(Entry {
            about: control(
                "S1.diagonal-subset",
                "S1.diagonal",
                "a geometric average over a subset that is no subgroup",
                "avg_{g∈S} g·η is invariant for every subset S",
                &["S need not be a subgroup"],
                &[Feature::NonAbelian],
            ),
            instances: diagonal_scenes,
            check: |scene| shown(subset::<Diagonal>(scene)),
            exact: Some(|scene| shown(subset_twin::<Diagonal>(scene))),
        }),
        Box::new(Entry {
            about: About {
                id: "S1.full",
                title: "geometric averaging is the I-projection: full Gaussians",
                role: Role::Theorem,
                of: None,
                evidence: Evidence::Float,
                statement: STATEMENT,
                hypotheses: &["finite group", "full Gaussian", "any linear action"],
                tolerance: TOLERANCE,
                covers: FULL,
                cost: 4,
            },
            instances: full_scenes,
            check: |scene| settled(check::<Full>(scene, Drop::Nothing)),
            exact: Some(|scene| settled(twin::<Full>(scene, Drop::Nothing))),
        }),
        Box::new(Entry {
            about: About {
                cost: 4,
                ..control(
                    "S1.full-p-for-p-star",
                    "S1.full",
                    "P in place of P*",
                    "q with natural parameter Pη is invariant",
                    &["P for P*, which are equal for orthogonal actions on the statistic only"],
                    &[Feature::NonOrthogonal],
                )
            },
            instances: full_scenes,
            check: |scene| shown(wrong_side(scene)),
            exact: Some(|scene| shown(wrong_side_twin(scene))),
        }),
        Box::new(Entry {
            about: About {
                cost: 4,
                ..control(
                    "S1.full-moving-zeta",
                    "S1.full",
                    "the Pythagorean identity for a ζ that moves",
                    "KL(ζ‖q) = KL(ζ‖q̃) + KL(q̃‖q) for every ζ",
                    &["ζ need not be invariant"],
                    &[Feature::NonOrthogonal],
                )
            },
            instances: full_scenes,
            check: |scene| shown(check::<Full>(scene, Drop::InvariantZeta)),
            exact: Some(|scene| shown(twin::<Full>(scene, Drop::InvariantZeta))),
        }),
    ]
}

/// Which hypothesis is dropped.
#[derive(Clone, Copy, PartialEq)]
enum Drop {
    Nothing,
    InvariantZeta,
}

/// The largest change of a natural parameter under the group, against what rounding may do: the error
/// of the parameter before and after it is moved, and of the moving.
fn invariance<S: Setting<f64>>(
    member: &Member<S::Family, f64>,
    rep: &S::Rep,
    error: &[f64],
) -> Result<Residual, FamilyError> {
    let shear = S::shear(rep);
    let eta = member.natural().as_slice();
    // Index maps round nothing, and an average by orbits gives every coordinate the same number.
    let tolerance = if shear == 0.0 {
        0.0
    } else {
        let errors: f64 = error.iter().sum();
        U * (push_error(shear, rep.dim(), eta) + (1.0 + 2.0 * shear * shear) * errors)
    };
    orbit::<S, f64>(member, rep)?.iter().try_fold(Residual::exact(true), |worst, moved| {
        Ok(worst.worse(Residual::distance(moved.natural().as_slice(), eta, tolerance)))
    })
}

fn check<S>(scene: &Scene, drop: Drop) -> Result<Outcome, FamilyError>
where
    S: Setting<f64>,
    S::Family: Rounded,
{
    let rep = S::rep(scene);
    let stored = S::member(scene, Which::Q)?;
    let family = stored.family().clone();
    let reynolds = Reynolds::of(&family.statistic_action(&rep));
    // What is stored as natural parameters is q.
    let given = |which| -> Result<_, FamilyError> {
        let eta = S::member(scene, which)?.natural().coordinates().clone();
        Ok(Known::given(Member::from_natural(family.clone(), eta)?))
    };
    let (q, p) = (given(Which::Q)?, given(Which::P)?);
    let lower = q.geometric(geometric(&q.member, &rep)?, &reynolds);
    let zeta = match drop {
        Drop::Nothing => p.geometric(geometric(&p.member, &rep)?, &reynolds),
        Drop::InvariantZeta => p,
    };
    let (eta, eta_lower) = (q.member.natural().as_slice(), lower.member.natural().as_slice());
    let pythagoras = zeta.kl(&q).agrees(zeta.kl(&lower) + lower.kl(&q));
    if drop == Drop::InvariantZeta {
        return Ok(Outcome::new("Pythagoras", pythagoras));
    }

    // The average by its definition: one more rounding of the sum for each element.
    let moved = orbit::<S, f64>(&q.member, &rep)?;
    let enumerated = average(moved.iter().map(|member| member.natural().as_slice()));
    let error = projection_error(&reynolds, eta, true);
    let pushed = push_error(S::shear(&rep), rep.dim(), eta);
    let sizes = largest(moved.iter().map(|member| member.natural().as_slice()));
    let summed = (moved.len() + 1) as f64;
    let natural_error = |i: usize| U * (error[i] + pushed + summed * sizes[i]);

    // ln q̃ − avg_g ln g_#q at two points. The partition functions and the base measure are the same
    // numbers at both; they cancel but for the rounding of the sums they are in.
    let log_ratio = |theta: &[f64]| -> Estimate {
        let statistic = crate::family::Coordinates::sufficient_statistic(&family, theta);
        let here = family.log_density(&lower.member, theta);
        let logs: Vec<f64> = moved.iter().map(|g| family.log_density(g, theta)).collect();
        let there = logs.iter().sum::<f64>() / logs.len() as f64;
        // Each density: a dot product of s terms, and two sums with A and ln h.
        let terms: f64 = statistic.iter().zip(&sizes).map(|(t, size)| t.abs() * size).sum();
        let natural: f64 =
            statistic.iter().enumerate().map(|(i, t)| t.abs() * natural_error(i) / U).sum();
        let constants = moved
            .iter()
            .chain([&lower.member])
            .fold(0.0_f64, |worst, member| worst.max(family.log_partition(member).abs()))
            + family.log_base_measure(theta).abs();
        let units = natural + (statistic.len() as f64 + summed + 4.0) * 2.0 * (terms + constants);
        Estimate::new(here - there, units)
    };
    let n = family.dim();
    let (origin, theta) = (vec![0.0; n], scene.vector::<f64>(Which::P, n));

    Ok(Outcome::new("invariant", invariance::<S>(&lower.member, &rep, &error)?)
        .and("η̃ = avg_g g·η", entrywise(eta_lower, &enumerated, natural_error))
        .and("log-density", log_ratio(&theta).agrees(log_ratio(&origin)))
        .and("Pythagoras", pythagoras)
        .and(
            "KL(q̃‖q) = A(η) − A(P*η)",
            lower.kl(&q).agrees(q.log_partition() - lower.log_partition()),
        ))
}

fn twin<S>(scene: &Scene, drop: Drop) -> Result<Outcome, FamilyError>
where
    S: Setting<Rational>,
    S::Family: Gaussian,
{
    let rep = S::rep(scene);
    let (q, p) = (S::member(scene, Which::Q)?, S::member(scene, Which::P)?);
    let lower = geometric(&q, &rep)?;
    let zeta = if drop == Drop::Nothing { geometric(&p, &rep)? } else { p };
    let pythagoras = exact::kl(&zeta, &q) == exact::kl(&zeta, &lower) + exact::kl(&lower, &q);
    let outcome = Outcome::new("Pythagoras", Residual::exact(pythagoras));
    if drop == Drop::InvariantZeta {
        return Ok(outcome);
    }
    let invariant = orbit::<S, Rational>(&lower, &rep)?
        .iter()
        .all(|moved| *moved == lower && moved.mean_parameter() == lower.mean_parameter());
    let moved = orbit::<S, Rational>(&q, &rep)?;
    let enumerated = average(moved.iter().map(|member| member.natural().as_slice()));
    let reynolds = averaging::<S, Rational>(&q, &rep).project_dual(q.natural().as_slice());
    let averages = lower.natural().as_slice() == enumerated.as_slice()
        && *lower.natural().coordinates() == reynolds;
    // What depends on θ in ln q̃ − avg_g ln g_#q.
    let theta: Vec<Rational> = scene.vector(Which::P, rep.dim());
    let statistic = crate::family::Coordinates::sufficient_statistic(q.family(), &theta);
    let slopes: Vec<Rational> =
        moved.iter().map(|member| dot(member.natural().as_slice(), statistic.as_slice())).collect();
    let slope = average(slopes.iter().map(std::slice::from_ref));
    let density = dot(lower.natural().as_slice(), statistic.as_slice()) == slope[0];
    let gap: HalfLog = exact::log_partition(&q) - exact::log_partition(&lower);
    Ok(outcome
        .and("invariant", Residual::exact(invariant))
        .and("η̃ = avg_g g·η = P*η", Residual::exact(averages))
        .and("log-density", Residual::exact(density))
        .and("KL(q̃‖q) = A(η) − A(P*η)", Residual::exact(exact::kl(&lower, &q) == gap)))
}

/// `{e, a, b}` with elements from the scene.
fn few_elements(scene: &Scene) -> Vec<crate::group::AnyElement> {
    let mut few = vec![scene.group().identity()];
    for element in [scene.element(0), scene.element(1)] {
        if !few.contains(&element) {
            few.push(element);
        }
    }
    few
}

fn subset<S: Setting<f64>>(scene: &Scene) -> Result<Outcome, FamilyError> {
    let (rep, q) = (S::rep(scene), S::member(scene, Which::Q)?);
    let mut moved = Vec::new();
    for g in few_elements(scene) {
        moved.push(push_forward(&q, &rep, &g)?);
    }
    let naturals = || moved.iter().map(|member| member.natural().as_slice());
    let sizes = largest(naturals());
    let worst = sizes.iter().fold(0.0_f64, |worst, &size| worst.max(size));
    let candidate = Member::from_natural(q.family().clone(), average(naturals()).into())?;
    // The sums of three terms round twice, the division once: on either side of the comparison.
    let tolerance = 2.0 * 3.0 * U * worst;
    let residual =
        orbit::<S, f64>(&candidate, &rep)?.iter().fold(Residual::exact(true), |residual, moved| {
            let (a, b) = (moved.natural().as_slice(), candidate.natural().as_slice());
            residual.worse(Residual::distance(a, b, tolerance))
        });
    Ok(Outcome::new("invariant", residual))
}

fn subset_twin<S>(scene: &Scene) -> Result<Outcome, FamilyError>
where
    S: Setting<Rational>,
{
    let (rep, q) = (S::rep(scene), S::member(scene, Which::Q)?);
    let mut moved = Vec::new();
    for g in few_elements(scene) {
        moved.push(push_forward(&q, &rep, &g)?);
    }
    let mean = average(moved.iter().map(|member| member.natural().as_slice()));
    let candidate = Member::from_natural(q.family().clone(), mean.into())?;
    let stays = orbit::<S, Rational>(&candidate, &rep)?.iter().all(|moved| *moved == candidate);
    Ok(Outcome::new("invariant", Residual::exact(stays)))
}

fn wrong_side_twin(scene: &Scene) -> Result<Outcome, FamilyError> {
    let rep = <Full as Setting<Rational>>::rep(scene);
    let q = <Full as Setting<Rational>>::member(scene, Which::Q)?;
    let tau = ClosedUnder::<_, Rational>::statistic_action(q.family(), &rep);
    let wrong = Reynolds::of(&tau).project(q.natural().as_slice());
    let dual = Dual::new(tau);
    let stays = rep.group().elements().all(|g| {
        crate::representation::ActsOn::<Rational>::apply(&dual, &g, wrong.as_slice()) == wrong
    });
    Ok(Outcome::new("invariant", Residual::exact(stays)))
}

/// `Pη` where `P*η` belongs.
fn wrong_side(scene: &Scene) -> Result<Outcome, FamilyError> {
    let rep = <Full as Setting<f64>>::rep(scene);
    let q = <Full as Setting<f64>>::member(scene, Which::Q)?;
    let eta = q.natural().as_slice();
    let tau = ClosedUnder::<_, f64>::statistic_action(q.family(), &rep);
    let reynolds = Reynolds::of(&tau);
    let wrong = reynolds.project(eta);
    // Moved as natural parameters are; whether it is in the parameter space does not matter.
    let dual = Dual::new(tau);
    let shear = <Full as Setting<f64>>::shear(&rep);
    let errors: f64 = projection_error(&reynolds, eta, false).iter().sum();
    let tolerance =
        U * (push_error(shear, rep.dim(), wrong.as_slice()) + (1.0 + 2.0 * shear * shear) * errors);
    let residual = rep.group().elements().fold(Residual::exact(true), |worst, g| {
        let moved = crate::representation::ActsOn::<f64>::apply(&dual, &g, wrong.as_slice());
        worst.worse(Residual::distance(moved.as_slice(), wrong.as_slice(), tolerance))
    });
    Ok(Outcome::new("invariant", residual))
}
