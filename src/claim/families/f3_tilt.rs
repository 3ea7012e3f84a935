//! F3 where the base measure is not invariant: an affine action on natural parameters.

use super::affine::{equal, linear, pair, same};
use super::every::{closed_control, closed_theorem, moving, scenes, stored};
use crate::action::{ClosedUnder, push_forward};
use crate::claim::registry::families::{FamilyEntry, Linear, every, refuted_by_every};
use crate::claim::rounding::{Tracked, all_close, close};
use crate::claim::scene::{Scene, Which};
use crate::claim::{Claim, Entry, Outcome};
use crate::family::{Coordinates, FamilyError, LogPartition, Member};
use crate::group::Group;
use crate::representation::{ActsOn, Dual, Representation, Reynolds};
use crate::scalar::{Rational, dot};
use crate::symmetrize::geometric;
use nalgebra::DVector;
use num_traits::Zero;

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        Box::new(Entry {
            about: closed_theorem(
                "F3.tilt",
                "a base measure that is tilted: the action on natural parameters is affine",
                "h(ρ(g)θ)|det ρ(g)| = h(θ)e^{⟨a(g), T(θ)⟩ + b(g)}: a(gh) = τ(h)ᵀa(g) + a(h), b(gh) = b(g) + b(h) + ⟨a(g), c(h)⟩; \
                 ρ(g)_# q_η = q_{g·η} with g·η = τ(g)⁻ᵀη + a(g⁻¹), A(g·η) = A(η) − ⟨η, c(g⁻¹)⟩ − b(g⁻¹); \
                 avg_g g·η = P*η + ā with ā = avg_g a(g), and g·η − ā = τ(g)⁻ᵀ(η − ā)",
            ),
            instances: scenes,
            check: every!(|scene| tilted::<E>(scene, Drop::Nothing), E),
            exact: Some(every!(|scene| exactly::<E>(scene, Drop::Nothing), E)),
        }),
        Box::new(Entry {
            about: closed_control(
                "F3.tilt-forgotten",
                "F3.tilt",
                "the linear action in place of the affine one: every family with a tilt",
                "ρ(g)_# q_η = q_{g·η} with g·η = τ(g)⁻ᵀη, whatever the base measure",
                &["h(ρ(g)θ)|det ρ(g)| = h(θ)"],
            ),
            instances: moving,
            check: refuted_by_every!(|scene| tilted::<E>(scene, Drop::Tilt), E where E::TILTED),
            exact: Some(refuted_by_every!(|scene| exactly_linear::<E>(scene), E where E::TILTED)),
        }),
        Box::new(Entry {
            about: closed_control(
                "F3.tilt-no-constant",
                "F3.tilt",
                "a tilt without its constant: every family with a tilt and c ≠ 0",
                "h(ρ(g)θ)|det ρ(g)| = h(θ)e^{⟨a(g), T(θ)⟩} and A(g·η) = A(η) − ⟨η, c(g⁻¹)⟩",
                &[
                    "c = 0, without which b(gh) = b(g) + b(h) + ⟨a(g), c(h)⟩ takes a b that is not 0",
                ],
            ),
            instances: moving,
            check: refuted_by_every!(|scene| tilted::<E>(scene, Drop::Constant), E where E::TILTED && E::SHIFTED),
            exact: Some(
                refuted_by_every!(|scene| exactly::<E>(scene, Drop::Constant), E where E::TILTED && E::SHIFTED),
            ),
        }),
        Box::new(Entry {
            about: closed_control(
                "F3.tilt-linear-average",
                "F3.tilt",
                "the Reynolds operator of the linear part: every family with a tilt",
                "q_{P*η} is invariant, and avg_g g·η = P*η",
                &["the action on natural parameters is linear"],
            ),
            instances: moving,
            check: refuted_by_every!(|scene| tilted::<E>(scene, Drop::Average), E where E::TILTED),
            exact: Some(
                refuted_by_every!(|scene| exactly::<E>(scene, Drop::Average), E where E::TILTED),
            ),
        }),
    ]
}

/// What a control leaves out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Drop {
    Nothing,
    Tilt,
    Constant,
    Average,
}

/// `⟨a(g), T⟩` and `b(g)` of a family and an element.
struct Exponent {
    linear: DVector<Tracked>,
    constant: Tracked,
}

fn tilted<E: FamilyEntry>(scene: &Scene, drop: Drop) -> Result<Outcome, FamilyError> {
    let (q, rep) = (stored::<E>(scene, Which::Q)?, E::rep::<Tracked>(scene));
    let (family, group) = (q.family(), rep.group());
    let g = scene.element_of(group, 0);
    let tau = family.statistic_action(&rep);
    let dual = Dual::new(tau.clone());
    let exponent = |g| {
        let tilt = family.tilt(&rep, g);
        let none = || DVector::from_element(tau.dim(), Tracked::zero());
        let constant = tilt.as_ref().map_or(Tracked::zero(), |tilt| tilt.constant);
        Exponent {
            linear: tilt.map_or_else(none, |tilt| tilt.linear),
            constant: if drop == Drop::Constant { Tracked::zero() } else { constant },
        }
    };
    let (at_g, back) = (exponent(&g), exponent(&group.inverse(&g)));
    let eta = q.natural();
    let reynolds = Reynolds::of(&tau);
    let (linear_average, mean_tilt) = (
        reynolds.natural(eta),
        family
            .mean_tilt(&rep, &reynolds)
            .unwrap_or_else(|| DVector::from_element(tau.dim(), Tracked::zero())),
    );
    if drop == Drop::Average {
        // What leaves the parameter space is no member, and shows nothing.
        let Ok(average) = Member::from_natural(family.clone(), linear_average.into_coordinates())
        else {
            return Ok(Outcome::vacuous());
        };
        let moved = push_forward(&average, &rep, &g)?;
        let same = all_close(moved.natural().coordinates(), average.natural().coordinates());
        return Ok(Outcome::new("g·(P*η) = P*η", same));
    }
    let moved = match drop {
        Drop::Tilt => match Member::from_natural(family.clone(), dual.apply(&g, eta.as_slice())) {
            Ok(moved) => moved,
            Err(_) => return Ok(Outcome::vacuous()),
        },
        _ => push_forward(&q, &rep, &g)?,
    };
    let theta: Vec<Tracked> = E::point(scene, family);
    let image = rep.apply(&g, &theta);
    let density =
        close(&family.log_density(&moved, image.as_slice()), &family.log_density(&q, &theta));
    if drop == Drop::Tilt {
        return Ok(Outcome::new("q_{g·η}(ρθ) = q_η(θ)", density));
    }
    let statistic = family.sufficient_statistic(&theta);
    let measure = family.log_base_measure(&theta)
        + dot(at_g.linear.as_slice(), statistic.as_slice())
        + at_g.constant;
    let shift = family
        .statistic_shift(&rep, &group.inverse(&g))
        .map_or(Tracked::zero(), |c| dot(eta.as_slice(), c.as_slice()));
    let descended = family.log_partition(&q) - shift - back.constant;
    let outcome = Outcome::new(
        "h(ρθ) = h(θ)e^{⟨a, T(θ)⟩ + b}",
        close(&family.log_base_measure(image.as_slice()), &measure),
    )
    .and("A(g·η) = A(η) − ⟨η, c(g⁻¹)⟩ − b(g⁻¹)", close(&family.log_partition(&moved), &descended));
    if drop == Drop::Constant {
        return Ok(outcome);
    }
    let affine = dual.apply(&g, eta.as_slice()) + &back.linear;
    let lower = geometric(&q, &rep)?;
    let straight = |eta: &DVector<Tracked>| eta - &mean_tilt;
    let turned = dual.apply(&g, straight(eta.coordinates()).as_slice());
    Ok(outcome
        .and("q_{g·η}(ρθ) = q_η(θ)", density)
        .and("g·η = τ⁻ᵀη + a(g⁻¹)", all_close(moved.natural().coordinates(), &affine))
        .and("g·η − ā = τ⁻ᵀ(η − ā)", all_close(&straight(moved.natural().coordinates()), &turned))
        .and(
            "η̃ = P*η + ā",
            all_close(lower.natural().coordinates(), &(linear_average.coordinates() + &mean_tilt)),
        )
        .and(
            "g·η̃ = η̃",
            all_close(
                push_forward(&lower, &rep, &g)?.natural().coordinates(),
                lower.natural().coordinates(),
            ),
        ))
}

/// What the library's push-forward stores, where it did not round, against `τ⁻ᵀη` without the tilt.
fn exactly_linear<E: FamilyEntry>(scene: &Scene) -> Result<Outcome, FamilyError> {
    let element = scene.element_of(E::rep::<Tracked>(scene).group(), 0);
    linear::<E>(scene, |it| {
        let Some(pushed) = Linear::pushed::<E>(scene, &element)? else {
            return Ok(Outcome::vacuous());
        };
        let inverse = it.inverse(it.index(&element));
        let linear = it.tau(inverse).tr_mul(&it.eta[0]);
        Ok(Outcome::new("the push-forward is τ⁻ᵀη", equal(&pushed, &linear)).partial())
    })
}

/// The cocycle laws and what follows from them, over all of the group.
fn exactly<E: FamilyEntry>(scene: &Scene, drop: Drop) -> Result<Outcome, FamilyError> {
    linear::<E>(scene, |it| {
        let eta = &it.eta[0];
        let origin = it.mean_tilt();
        let lower = match drop {
            Drop::Average => it.project_dual(eta),
            _ => it.average_natural(eta),
        };
        let average = it.average(|g| it.move_natural(g, eta));
        let mut outcome = Outcome::new("η̃ = avg_g g·η", equal(&lower, &average));
        let h = it.index(&scene.element_of(it.group(), 1));
        for g in it.elements() {
            let gh = it.product(g, h);
            let (at_g, at_h, at_gh) = (it.tilt(g), it.tilt(h), it.tilt(gh));
            if drop == Drop::Constant {
                let pairing = pair(&at_g.linear, it.shift(h));
                outcome =
                    outcome.and("0 = 0 + 0 + ⟨a(g), c(h)⟩", same(&pairing, &Rational::zero()));
                continue;
            }
            outcome = outcome.and("g·η̃ = η̃", equal(&it.move_natural(g, &lower), &lower));
            if drop == Drop::Average {
                continue;
            }
            let constant = &at_g.constant + &at_h.constant + pair(&at_g.linear, it.shift(h));
            let turned = it.tau(it.inverse(g)).tr_mul(&(eta - &origin));
            outcome = outcome
                .and(
                    "a(gh) = τ(h)ᵀa(g) + a(h)",
                    equal(&at_gh.linear, &(it.tau(h).tr_mul(&at_g.linear) + &at_h.linear)),
                )
                .and("b(gh) = b(g) + b(h) + ⟨a(g), c(h)⟩", same(&at_gh.constant, &constant))
                .and("g·η − ā = τ⁻ᵀ(η − ā)", equal(&(it.move_natural(g, eta) - &origin), &turned));
        }
        Ok(outcome.partial())
    })
}
