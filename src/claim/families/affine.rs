//! F3 for every registered family, in rational arithmetic: the affine action on mean parameters and its
//! dual.

use super::super::compare::{distance, matrix_distance};
use super::super::registry::families::{FamilyEntry, Linear, every, refuted_by_every};
use super::super::scene::Scene;
use super::super::{About, Claim, Entry, Evidence, Feature, Outcome};
use super::every::{closed_control, closed_theorem, elements, moving, scenes};
use crate::family::FamilyError;
use crate::law::Residual;
use crate::scalar::{Rational, dot};
use nalgebra::DVector;
use proptest::strategy::{BoxedStrategy, Strategy};

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        Box::new(Entry {
            about: About {
                evidence: Evidence::Exact,
                tolerance: "none: rational arithmetic; the numbers of τ(g) and c(g) come from the library in \
                            floating point, with a proof that nothing was rounded",
                ..closed_theorem(
                    "F3.affine",
                    "how parameters move is an affine action and its dual: every family",
                    "τ(gh) = τ(g)τ(h); c(gh) = τ(g)c(h) + c(g); T(ρ(g)θ) = τ(g)T(θ) + c(g) where T is rational; \
                     (gh)·η = g·(h·η); ⟨g·η, τ(g)μ + c(g)⟩ = ⟨η, μ⟩ − ⟨η, c(g⁻¹)⟩",
                )
            },
            instances: scenes,
            check: every!(|scene| moves::<E>(scene, Drop::Nothing), E),
            exact: None,
        }),
        Box::new(Entry {
            about: About {
                evidence: Evidence::Exact,
                ..closed_control(
                    "F3.affine-other-side",
                    "F3.affine",
                    "the cocycle of the other side: every family with c ≠ 0",
                    "c(gh) = τ(h)c(g) + c(h) for every closed family",
                    &["the order of the factors"],
                )
            },
            instances: reflected,
            check: refuted_by_every!(|scene| moves::<E>(scene, Drop::Order), E where E::SHIFTED),
            exact: None,
        }),
        Box::new(Entry {
            about: About {
                evidence: Evidence::Exact,
                ..closed_control(
                    "F3.affine-constant",
                    "F3.affine",
                    "a pairing that stays: every family with c ≠ 0",
                    "⟨g·η, τ(g)μ + c(g)⟩ = ⟨η, μ⟩ for every closed family",
                    &[
                        "c = 0, which minimal categorical families and {0, 1}-statistics of spins lack",
                    ],
                )
            },
            instances: moving,
            check: refuted_by_every!(|scene| moves::<E>(scene, Drop::Shift), E where E::SHIFTED),
            exact: None,
        }),
    ]
}

/// Groups whose elements do not all commute, and flip bits.
fn reflected(_: Option<Feature>) -> BoxedStrategy<Scene> {
    moving(None).prop_map(|scene| Scene { flips: vec![true, false, false], ..scene }).boxed()
}

/// What a control leaves out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Drop {
    Nothing,
    Order,
    Shift,
}

/// The worst difference of two vectors, which must be equal.
pub(in crate::claim) fn equal(a: &DVector<Rational>, b: &DVector<Rational>) -> Residual {
    Residual::new(distance(a.as_slice(), b.as_slice()), 0.0)
}

/// As [`equal`], for numbers.
pub(in crate::claim) fn same(a: &Rational, b: &Rational) -> Residual {
    Residual::new(distance(std::slice::from_ref(a), std::slice::from_ref(b)), 0.0)
}

/// `⟨a, b⟩`.
pub(in crate::claim) fn pair(a: &DVector<Rational>, b: &DVector<Rational>) -> Rational {
    dot(a.as_slice(), b.as_slice())
}

/// The linear structure of a family, or the outcome that says that there is none.
pub(in crate::claim) fn linear<E: FamilyEntry>(
    scene: &Scene,
    check: impl FnOnce(&Linear) -> Result<Outcome, FamilyError>,
) -> Result<Outcome, FamilyError> {
    match Linear::of::<E>(scene)? {
        Some(linear) => check(&linear),
        // Of fractions with large denominators nothing is said, and the case counts as unchecked.
        None if scene.acting > 0 => {
            Ok(Outcome::new("a matrix that rounds", Residual::new(0.0, f64::INFINITY)))
        }
        None => Ok(Outcome::new("a matrix that rounds", Residual::failed())),
    }
}

fn moves<E: FamilyEntry>(scene: &Scene, drop: Drop) -> Result<Outcome, FamilyError> {
    linear::<E>(scene, |it| {
        let (a, b) = elements(scene, it.group(), drop != Drop::Order);
        let (g, h) = (it.index(&a), it.index(&b));
        let (eta, mu) = (&it.eta[0], &it.mu[0]);
        let gh = it.product(g, h);
        let (first, last) = if drop == Drop::Order { (g, h) } else { (h, g) };
        let cocycle = it.tau(last) * it.shift(first) + it.shift(last);
        let moved = it.move_natural(g, eta);
        let left = pair(&moved, &(it.tau(g) * mu + it.shift(g)));
        let right = match drop {
            Drop::Shift => {
                let tilt = &it.tilt(it.inverse(g)).linear;
                pair(eta, mu) + pair(tilt, &(it.tau(g) * mu + it.shift(g)))
            }
            // With u = a(g⁻¹): ⟨τ⁻ᵀη + u, τμ + c⟩ = ⟨η, μ⟩ − ⟨η, c(g⁻¹)⟩ + ⟨u, τμ + c⟩.
            _ => {
                let inverse = it.inverse(g);
                let tilted = pair(&it.tilt(inverse).linear, &(it.tau(g) * mu + it.shift(g)));
                pair(eta, mu) - pair(eta, it.shift(inverse)) + tilted
            }
        };
        let statistics = it.statistics::<E>(scene, &a)?;
        let outcome = Outcome::new(
            "τ(gh) = τ(g)τ(h)",
            Residual::new(matrix_distance(it.tau(gh), &(it.tau(g) * it.tau(h))), 0.0),
        )
        .and("c(gh) = τ(g)c(h) + c(g)", equal(it.shift(gh), &cocycle))
        .and(
            "T(ρθ) = τT(θ) + c",
            Residual::new(distance(&statistics.image, &statistics.moved), 0.0),
        )
        .and(
            "(gh)·η = g·(h·η)",
            equal(&it.move_natural(gh, eta), &it.move_natural(g, &it.move_natural(h, eta))),
        )
        .and("⟨g·η, τμ + c⟩ = ⟨η, μ⟩ − ⟨η, c(g⁻¹)⟩", same(&left, &right));
        Ok(match Linear::pushed::<E>(scene, &a)? {
            Some(pushed) => outcome.and("the push-forward is g·η", equal(&pushed, &moved)),
            None => outcome,
        })
    })
}

/// The parts of F3.orbits that are linear.
pub(super) fn orbits<E: FamilyEntry>(scene: &Scene) -> Result<Outcome, FamilyError> {
    moves::<E>(scene, Drop::Nothing).map(Outcome::partial)
}

/// `τη` for `g·η`: it has not the pairing with `τμ + c` that the dual action has.
pub(super) fn orbits_undualised<E: FamilyEntry>(scene: &Scene) -> Result<Outcome, FamilyError> {
    linear::<E>(scene, |it| {
        let g = it.index(&scene.element_of(it.group(), 0));
        let (eta, mu, inverse) = (&it.eta[0], &it.mu[0], it.inverse(g));
        let there = it.tau(g) * mu + it.shift(g);
        let tilt = &it.tilt(inverse).linear;
        let left = pair(&(it.tau(g) * eta + tilt), &there);
        let right = pair(eta, mu) - pair(eta, it.shift(inverse)) + pair(tilt, &there);
        Ok(Outcome::new("⟨τη, τμ + c⟩ = ⟨η, μ⟩ − ⟨η, c(g⁻¹)⟩", same(&left, &right)).partial())
    })
}

/// `(gh)·η = h·(g·η)`.
pub(super) fn orbits_turned_around<E: FamilyEntry>(scene: &Scene) -> Result<Outcome, FamilyError> {
    linear::<E>(scene, |it| {
        let (a, b) = elements(scene, it.group(), false);
        let (g, h, eta) = (it.index(&a), it.index(&b), &it.eta[0]);
        let turned = it.move_natural(h, &it.move_natural(g, eta));
        let at_once = it.move_natural(it.product(g, h), eta);
        Ok(Outcome::new("(gh)·η = h·(g·η)", equal(&at_once, &turned)).partial())
    })
}

/// As [`orbits`], without the shift.
pub(super) fn orbits_without_shift<E: FamilyEntry>(scene: &Scene) -> Result<Outcome, FamilyError> {
    moves::<E>(scene, Drop::Shift).map(Outcome::partial)
}
