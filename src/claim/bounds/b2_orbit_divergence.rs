//! B2: the defect by the orbit divergence, in closed form.

use super::bounded;
use crate::action::{ClosedUnder, push_forward};
use crate::claim::families::every::{closed_control, closed_theorem, moving, scenes, stored};
use crate::claim::registry::families::{FamilyEntry, FiniteEntry, RepOf, every, refuted_by_every};
use crate::claim::rounding::{Tracked, close};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Mutation, Outcome, Role, Seeking};
use crate::family::{FamilyError, FiniteSupport, LogPartition, Member};
use crate::group::Finite;
use crate::representation::{ActsOn, Representation, Reynolds};
use crate::scalar::{Scalar, dot};
use crate::symmetrize::linear_form;
use nalgebra::DVector;
use num_traits::{Float, Zero};

/// The two claims with their controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let bound = About {
        role: Role::Bound,
        hypotheses: &[
            "(J)",
            "finite group",
            "outputs of diameter D",
            "every registered family on finitely many points, under actions that it is closed under",
        ],
        ..closed_theorem(
            "B2.finite",
            "the defect is bounded by the orbit divergence: every family on finitely many points",
            "avg_g ‖δ_g(x)‖² ≤ D²/2 · (⟨η − P*η, μ⟩ − ⟨η, avg_g c(g)⟩), for a model Φ(θ, h) = f(ρ(h)⁻¹θ) whose inputs are the group itself",
        )
    };
    vec![
        Box::new(Entry {
            about: closed_theorem(
                "B2.families",
                "the orbit divergence is linear in η and in μ: every family",
                "avg_g KL(q‖g_#q) = ⟨η − P*η − avg_g a(g), μ⟩ − ⟨η − avg_g a(g), avg_g c(g)⟩, with no tilt ⟨η − P*η, μ⟩ − ⟨η, avg_g c(g)⟩",
            ),
            instances: scenes,
            check: every!(|scene| closed_form::<E>(scene, true), E),
            exact: None,
        }),
        Box::new(Entry {
            about: closed_control(
                "B2.families-p-for-p-star",
                "B2.families",
                "P in place of P*: every family whose statistic moves by matrices that are not orthogonal",
                "avg_g KL(q‖g_#q) = ⟨η − Pη, μ⟩ − ⟨η, avg_g c(g)⟩",
                &["P for P*, which are equal for orthogonal actions on the statistic only"],
            ),
            instances: moving,
            check: refuted_by_every!(|scene| closed_form::<E>(scene, false), E where E::SKEW),
            exact: None,
        }),
        Box::new(
            Entry {
                about: bound,
                instances: scenes,
                check: every!(finite: |scene| defect::<E>(scene, Variant::Bound), E),
                exact: None,
            }
            .sought(SEEKING),
        ),
        Box::new(Entry {
            about: closed_control(
                "B2.finite-not-jointly",
                "B2.finite",
                "a model that is not jointly equivariant: every family on finitely many points",
                "avg_g ‖δ_g(x)‖² ≤ D²/2 · avg_g KL(q‖g_#q) for Φ(θ, h) = f(ρ(h)⁻¹θ) + s(h)",
                &["(J)"],
            ),
            instances: moving,
            check: refuted_by_every!(finite: |scene| defect::<E>(scene, Variant::NotJointly), E),
            exact: None,
        }),
    ]
}

/// What a control or a mutation changes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Variant {
    Bound,
    NotJointly,
    NineTenths,
    /// `D` in place of `D²`.
    FirstPower,
    /// Without `⟨η, avg_g c(g)⟩`.
    Shift,
}

const SEEKING: Seeking<Scene> = Seeking {
    neighbour: Scene::nearby,
    mutations: &[
        Mutation {
            name: "0.9 D²/2",
            check: every!(finite: |scene| defect::<E>(scene, Variant::NineTenths), E),
        },
        Mutation {
            name: "D in place of D²",
            check: every!(finite: |scene| defect::<E>(scene, Variant::FirstPower), E),
        },
        Mutation {
            name: "without ⟨η, avg_g c(g)⟩",
            check: every!(finite: |scene| defect::<E>(scene, Variant::Shift), E),
        },
    ],
    steps: 128,
};

/// As the statement has it, where [`linear_form`] subtracts both averages so that less cancels.
fn closed_form<E: FamilyEntry>(scene: &Scene, dual: bool) -> Result<Outcome, FamilyError> {
    let (q, rep) = (stored::<E>(scene, Which::Q)?, E::rep::<Tracked>(scene));
    let family = q.family();
    let reynolds = Reynolds::of(&family.statistic_action(&rep));
    let (eta, mu) = (q.natural().coordinates(), q.mean_parameter().coordinates());
    let projected =
        if dual { reynolds.project_dual(eta.as_slice()) } else { reynolds.project(eta.as_slice()) };
    let mut moving = eta - projected;
    let mut tilted = eta.clone();
    if let Some(tilt) = family.mean_tilt(&rep, &reynolds) {
        moving -= &tilt;
        tilted -= &tilt;
    }
    let mut closed = dot(moving.as_slice(), mu.as_slice());
    if let Some(shift) = family.mean_shift(&rep) {
        closed -= dot(tilted.as_slice(), shift.as_slice());
    }
    let (mut sum, mut order) = (Tracked::zero(), 0);
    for g in rep.group().elements() {
        sum += family.kl(&q, &push_forward(&q, &rep, &g)?);
        order += 1;
    }
    let average = sum / Tracked::count(order);
    Ok(Outcome::new("avg_g KL(q‖g_#q) in closed form", close(&average, &closed)))
}

/// The predictive `F(h) = E_q f(ρ(h)⁻¹θ)` for every element, with `f` the scene's other numbers.
fn predictives<E: FiniteEntry>(
    scene: &Scene,
    q: &Member<E::Family, Tracked>,
    rep: &RepOf<E, Tracked>,
) -> (Vec<Tracked>, Tracked) {
    let points: Vec<DVector<Tracked>> = q.family().support().collect();
    let f: Vec<Tracked> = scene.vector(Which::P, points.len());
    let law: Vec<Tracked> =
        points.iter().map(|x| Float::exp(q.family().log_density(q, x.as_slice()))).collect();
    let place = |x: &DVector<Tracked>| points.iter().position(|point| point == x);
    let of = |h| {
        // E_q f(ρ(h)⁻¹θ) = Σ_θ q(ρ(h)θ) f(θ); a point that leaves the support would lose its weight, and be seen.
        points.iter().zip(&f).fold(Tracked::zero(), |sum, (x, &value)| {
            let there = place(&rep.apply(&h, x.as_slice()));
            sum + there.map_or(Tracked::new(f64::NAN, f64::NAN), |there| law[there]) * value
        })
    };
    let (low, high) = f.iter().fold((f[0], f[0]), |(low, high), &x| {
        (if x < low { x } else { low }, if x > high { x } else { high })
    });
    (rep.group().elements().map(of).collect(), high - low)
}

fn defect<E: FiniteEntry>(scene: &Scene, variant: Variant) -> Result<Outcome, FamilyError> {
    let (q, rep) = (stored::<E>(scene, Which::Q)?, E::rep::<Tracked>(scene));
    let (mut predictives, diameter) = predictives::<E>(scene, &q, &rep);
    if variant == Variant::NotJointly {
        let shifts: Vec<Tracked> = scene.vector(Which::Q, predictives.len());
        predictives.iter_mut().zip(shifts).for_each(|(f, shift)| *f += shift * Tracked::count(8));
    }
    let mut divergence = linear_form(&q, &rep)?;
    if let (Variant::Shift, Some(shift)) = (variant, q.family().mean_shift(&rep)) {
        divergence += dot(q.natural().as_slice(), shift.as_slice());
    }
    let factor = match variant {
        Variant::NineTenths => Tracked::ratio(9, 20) * diameter * diameter,
        Variant::FirstPower => diameter / Tracked::count(2),
        _ => diameter * diameter / Tracked::count(2),
    };
    let bound = factor * divergence;
    let mut outcome = Outcome::vacuous();
    for &here in &predictives {
        let sum = predictives.iter().fold(Tracked::zero(), |sum, &there| {
            let step = there - here;
            sum + step * step
        });
        let mean = sum / Tracked::count(predictives.len());
        outcome = bounded(outcome, "avg_g ‖δ_g(x)‖² ≤ D²/2 · orbit divergence", &mean, &bound);
    }
    Ok(outcome)
}
