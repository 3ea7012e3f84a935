//! S1, S2 and S4 for every registered family: the two averages and the orbit divergence, for closed
//! exponential families in general.

use super::every_exact as twins;
use crate::action::{ClosedUnder, push_forward};
use crate::claim::families::every::{closed_control, closed_theorem, moving, scenes, stored};
use crate::claim::registry::families::{FamilyEntry, every, refuted_by_every};
use crate::claim::rounding::{Tracked, all_close, close};
use crate::claim::scene::{Scene, Which};
use crate::claim::{Claim, Entry, Outcome};
use crate::family::{FamilyError, LogPartition, Member};
use crate::group::Finite;
use crate::representation::{Representation, Reynolds};
use crate::scalar::{Scalar, dot};
use crate::symmetrize::{arithmetic, geometric, linear_form};
use num_traits::Zero;

pub(super) fn of_s1() -> Vec<Box<dyn Claim>> {
    vec![
        Box::new(Entry {
            about: closed_theorem(
                "S1.families",
                "geometric averaging is the I-projection: every family",
                "q̃ with η̃ = P*η + avg_g a(g) is invariant; KL(q̃‖q) = A(η) − A(η̃) − ⟨η − avg_g a(g), avg_g c(g)⟩; KL(ζ‖q) = KL(ζ‖q̃) + KL(q̃‖q) for every invariant member ζ",
            ),
            instances: scenes,
            check: every!(|scene| geometric_projects::<E>(scene, true), E),
            exact: Some(every!(|scene| twins::geometric::<E>(scene, true), E)),
        }),
        Box::new(Entry {
            about: closed_control(
                "S1.families-moving-zeta",
                "S1.families",
                "the Pythagorean identity for a ζ that moves: every family",
                "KL(ζ‖q) = KL(ζ‖q̃) + KL(q̃‖q) for every ζ",
                &["ζ need not be invariant"],
            ),
            instances: moving,
            check: refuted_by_every!(|scene| geometric_projects::<E>(scene, false), E),
            exact: Some(refuted_by_every!(|scene| twins::geometric::<E>(scene, false), E)),
        }),
    ]
}

pub(super) fn of_s2() -> Vec<Box<dyn Claim>> {
    vec![
        Box::new(Entry {
            about: closed_theorem(
                "S2.families",
                "arithmetic averaging is the M-projection: every family",
                "q̂ with μ̂ = Pμ + avg_g c(g) is invariant and has the mean parameter of the orbit mixture; KL(q‖q̂) = A*(μ) − A*(μ̂) − ⟨avg_g a(g), μ − μ̂⟩; KL(q‖ζ) = KL(q‖q̂) + KL(q̂‖ζ) for every invariant member ζ",
            ),
            instances: scenes,
            check: every!(|scene| arithmetic_projects::<E>(scene, Drop::Nothing), E),
            exact: Some(every!(|scene| twins::arithmetic::<E>(scene, Drop::Nothing), E)),
        }),
        Box::new(Entry {
            about: closed_control(
                "S2.families-moving-zeta",
                "S2.families",
                "the Pythagorean identity for a ζ that moves: every family",
                "KL(q‖ζ) = KL(q‖q̂) + KL(q̂‖ζ) for every ζ",
                &["ζ need not be invariant"],
            ),
            instances: moving,
            check: refuted_by_every!(|scene| arithmetic_projects::<E>(scene, Drop::Zeta), E),
            exact: Some(refuted_by_every!(|scene| twins::arithmetic::<E>(scene, Drop::Zeta), E)),
        }),
        Box::new(Entry {
            about: closed_control(
                "S2.families-no-shift",
                "S2.families",
                "an average without the shift: every family with c ≠ 0",
                "avg_g μ(g·η) = Pμ for every closed family",
                &["c = 0, which minimal categorical families and {0, 1}-statistics of spins lack"],
            ),
            instances: moving,
            check: refuted_by_every!(|scene| arithmetic_projects::<E>(scene, Drop::Shift), E where E::SHIFTED),
            exact: Some(
                refuted_by_every!(|scene| twins::arithmetic::<E>(scene, Drop::Shift), E where E::SHIFTED),
            ),
        }),
    ]
}

pub(super) fn of_s4() -> Vec<Box<dyn Claim>> {
    vec![
        Box::new(Entry {
            about: closed_theorem(
                "S4.families",
                "the orbit divergence, in closed form and in three parts: every family",
                "avg_g KL(q‖g_#q) = ⟨η − η̃, μ − μ̂⟩ = ⟨η − η̃, μ⟩ − ⟨η − avg_g a(g), avg_g c(g)⟩ = KL(q̃‖q) + KL(q‖q̂) + KL(q̂‖q̃)",
            ),
            instances: scenes,
            check: every!(|scene| splits::<E>(scene, Drop::Nothing), E),
            exact: Some(every!(|scene| twins::splits::<E>(scene, Drop::Nothing), E)),
        }),
        Box::new(Entry {
            about: closed_control(
                "S4.families-no-shift",
                "S4.families",
                "the closed form without the shift: every family with c ≠ 0",
                "avg_g KL(q‖g_#q) = ⟨η − P*η, μ⟩ for every closed family",
                &["c = 0, which minimal categorical families and {0, 1}-statistics of spins lack"],
            ),
            instances: moving,
            check: refuted_by_every!(|scene| splits::<E>(scene, Drop::Shift), E where E::SHIFTED),
            exact: Some(
                refuted_by_every!(|scene| twins::splits::<E>(scene, Drop::Shift), E where E::SHIFTED),
            ),
        }),
        Box::new(Entry {
            about: closed_control(
                "S4.families-turned-remainder",
                "S4.families",
                "KL(q̃‖q̂) in place of KL(q̂‖q̃): every family",
                "avg_g KL(q‖g_#q) = KL(q̃‖q) + KL(q‖q̂) + KL(q̃‖q̂)",
                &["the last divergence is turned around"],
            ),
            instances: moving,
            check: refuted_by_every!(|scene| splits::<E>(scene, Drop::Order), E),
            // With this remainder the values of A do not cancel.
            exact: None,
        }),
    ]
}

/// What a control leaves out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Drop {
    Nothing,
    Zeta,
    Shift,
    Order,
}

/// The scene's other member, made invariant if so.
fn zeta<E: FamilyEntry>(
    scene: &Scene,
    invariant: bool,
) -> Result<Member<E::Family, Tracked>, FamilyError> {
    let p = stored::<E>(scene, Which::P)?;
    if invariant { geometric(&p, &E::rep::<Tracked>(scene)) } else { Ok(p) }
}

fn geometric_projects<E: FamilyEntry>(
    scene: &Scene,
    invariant: bool,
) -> Result<Outcome, FamilyError> {
    let (q, rep) = (stored::<E>(scene, Which::Q)?, E::rep::<Tracked>(scene));
    let (lower, zeta) = (geometric(&q, &rep)?, zeta::<E>(scene, invariant)?);
    let family = q.family();
    let moved = push_forward(&lower, &rep, &scene.element_of(rep.group(), 0))?;
    let gap = family.kl(&lower, &q);
    let split = family.kl(&zeta, &lower) + gap;
    let mut descent = family.log_partition(&q) - family.log_partition(&lower);
    if let Some(shift) = family.mean_shift(&rep) {
        let reynolds = Reynolds::of(&family.statistic_action(&rep));
        let eta = match family.mean_tilt(&rep, &reynolds) {
            Some(tilt) => q.natural().coordinates() - tilt,
            None => q.natural().coordinates().clone(),
        };
        descent -= dot(eta.as_slice(), shift.as_slice());
    }
    Ok(Outcome::new(
        "g·η̃ = η̃",
        all_close(moved.natural().coordinates(), lower.natural().coordinates()),
    )
    .and("KL(q̃‖q) = A(η) − A(η̃) − ⟨η − avg_g a(g), avg_g c(g)⟩", close(&gap, &descent))
    .and("KL(ζ‖q) = KL(ζ‖q̃) + KL(q̃‖q)", close(&family.kl(&zeta, &q), &split)))
}

fn arithmetic_projects<E: FamilyEntry>(scene: &Scene, drop: Drop) -> Result<Outcome, FamilyError> {
    let (q, rep) = (stored::<E>(scene, Which::Q)?, E::rep::<Tracked>(scene));
    let (family, group) = (q.family(), rep.group());
    let (upper, zeta) = (arithmetic(&q, &rep)?, zeta::<E>(scene, drop != Drop::Zeta)?);
    let moved = push_forward(&upper, &rep, &scene.element_of(rep.group(), 0))?;
    let mut mixture = q.mean_parameter().coordinates().map(|_| Tracked::zero());
    let mut order = 0;
    for g in group.elements() {
        mixture += push_forward(&q, &rep, &g)?.mean_parameter().coordinates();
        order += 1;
    }
    mixture /= Tracked::count(order);
    let average = match drop {
        Drop::Shift => {
            Reynolds::of(&family.statistic_action(&rep)).project(q.mean_parameter().as_slice())
        }
        _ => upper.mean_parameter().coordinates().clone(),
    };
    let gap = family.kl(&q, &upper);
    let split = gap + family.kl(&upper, &zeta);
    let mut descent = family.conjugate(&q) - family.conjugate(&upper);
    // Invariant natural parameters are fixed by the affine action: what P* does not fix of them is the tilt's average.
    let reynolds = Reynolds::of(&family.statistic_action(&rep));
    if let Some(tilt) = family.mean_tilt(&rep, &reynolds) {
        let step = q.mean_parameter().coordinates() - upper.mean_parameter().coordinates();
        descent -= dot(tilt.as_slice(), step.as_slice());
    }
    Ok(Outcome::new(
        "g·μ̂ = μ̂",
        all_close(moved.mean_parameter().coordinates(), upper.mean_parameter().coordinates()),
    )
    .and("μ̂ = avg_g μ(g·η)", all_close(&average, &mixture))
    .and("KL(q‖q̂) = A*(μ) − A*(μ̂) − ⟨avg_g a(g), μ − μ̂⟩", close(&gap, &descent))
    .and("KL(q‖ζ) = KL(q‖q̂) + KL(q̂‖ζ)", close(&family.kl(&q, &zeta), &split)))
}

fn splits<E: FamilyEntry>(scene: &Scene, drop: Drop) -> Result<Outcome, FamilyError> {
    let (q, rep) = (stored::<E>(scene, Which::Q)?, E::rep::<Tracked>(scene));
    let (family, group) = (q.family(), rep.group());
    let (lower, upper) = (geometric(&q, &rep)?, arithmetic(&q, &rep)?);
    let (mut divergence, mut order) = (Tracked::zero(), 0);
    for g in group.elements() {
        divergence += family.kl(&q, &push_forward(&q, &rep, &g)?);
        order += 1;
    }
    divergence /= Tracked::count(order);
    let closed = match (drop, family.mean_shift(&rep)) {
        (Drop::Shift, Some(shift)) => {
            // What is subtracted is put back.
            linear_form(&q, &rep)? + crate::scalar::dot(q.natural().as_slice(), shift.as_slice())
        }
        _ => linear_form(&q, &rep)?,
    };
    let remainder = match drop {
        Drop::Order => family.kl(&lower, &upper),
        _ => family.kl(&upper, &lower),
    };
    let parts = family.kl(&lower, &q) + family.kl(&q, &upper) + remainder;
    Ok(Outcome::new("avg_g KL(q‖g_#q) = ⟨η − η̃, μ − μ̂⟩", close(&divergence, &closed))
        .and("avg_g KL(q‖g_#q) = KL(q̃‖q) + KL(q‖q̂) + KL(q̂‖q̃)", close(&divergence, &parts)))
}
