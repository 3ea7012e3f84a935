//! A1: every registered representation is a homomorphism, of its dimension and with its character.

use super::{EVERY_CONTROL, EVERY_THEOREM, Near, Subject, all, every, moves, moving, near, scenes};
use crate::claim::algebra::entry;
use crate::claim::registry::representations::Posed;
use crate::claim::rounding::Tracked;
use crate::claim::scene::Which;
use crate::claim::{About, Claim, Feature, Outcome};
use crate::group::Group;
use crate::law::Residual;
use crate::representation::{ActsOn, Representation};
use crate::scalar::{Rational, dot};
use nalgebra::DVector;

pub(in crate::claim::algebra) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        entry(
            About {
                id: "A1.every",
                title: "Every registered representation is one",
                statement: "ρ(gh) = ρ(g)ρ(h), ρ(e) = 1, ⟨ξ, ρ(g)x⟩ = ⟨ρ(g)ᵀξ, x⟩; index map and matrix are those of ρ; \
                            dimension and character are the known ones",
                ..EVERY_THEOREM
            },
            scenes,
            |scene| every::<Tracked>(scene, all, |subject| homomorphism(subject, near)),
            Some(|scene| every::<Rational>(scene, all, |subject| homomorphism(subject, near))),
        ),
        entry(
            About {
                id: "A1.every-inverted",
                title: "Acting by the inverse, in every representation",
                of: Some("A1.every"),
                statement: "g ↦ ρ(g⁻¹) is a homomorphism",
                hypotheses: &["dropped: ρ(gh) = ρ(g)ρ(h) rather than ρ(h)ρ(g)"],
                covers: &[Feature::NonAbelian],
                ..EVERY_CONTROL
            },
            moving,
            |scene| every::<Tracked>(scene, moves, inverted),
            Some(|scene| every::<Rational>(scene, moves, inverted)),
        ),
    ]
}

pub(super) fn homomorphism<T: Posed>(subject: &Subject<T>, near: Near<T>) -> Outcome {
    let Subject { entry, scene, rep } = subject;
    let group = rep.group();
    let (g, h) = (subject.element(0), subject.element(1));
    let (x, xi) = (subject.vector(Which::Q), subject.vector(Which::P));
    let moved = rep.apply(&g, &x);
    let at_once = rep.apply(&group.compose(&g, &h), &x);
    let in_turn = rep.apply(&g, rep.apply(&h, &x).as_slice());
    let resting = rep.apply(&group.identity(), &x);
    let mut pulled = vec![T::zero(); rep.dim()];
    rep.act_transposed(&g, &xi, &mut pulled);
    let (left, right) = (dot(&xi, moved.as_slice()), dot(&pulled, &x));
    let by_matrix = rep.matrix(&g) * DVector::from_column_slice(&x);
    let character = T::ratio((entry.character)(scene, &g), 1);
    let mut outcome =
        Outcome::new("ρ(gh) = ρ(g)ρ(h)", near(at_once.as_slice(), in_turn.as_slice()))
            .and("ρ(e) = 1", near(resting.as_slice(), &x))
            .and("⟨ξ, ρ(g)x⟩ = ⟨ρ(g)ᵀξ, x⟩", near(&[left], &[right]))
            .and("matrix(g) is ρ(g)", near(by_matrix.as_slice(), moved.as_slice()))
            .and("dim V", Residual::exact(rep.dim() == (entry.dim)(scene)))
            .and("χ(g)", near(&[rep.character(&g)], &[character]));
    if let Some(map) = rep.signed_permutation(&g) {
        let mut mapped = vec![T::zero(); rep.dim()];
        map.act(&x, &mut mapped);
        outcome = outcome.and("the index map acts as ρ(g)", near(&mapped, moved.as_slice()));
    }
    outcome
}

fn inverted<T: Posed>(subject: &Subject<T>) -> Outcome {
    let rep = &subject.rep;
    let group = rep.group();
    let (g, h) = (subject.element(0), subject.element(1));
    let x = subject.vector(Which::Q);
    let (g_back, h_back) = (group.inverse(&g), group.inverse(&h));
    let at_once = rep.apply(&group.inverse(&group.compose(&g, &h)), &x);
    let in_turn = rep.apply(&g_back, rep.apply(&h_back, &x).as_slice());
    Outcome::new("ρ((gh)⁻¹) = ρ(g⁻¹)ρ(h⁻¹)", near(at_once.as_slice(), in_turn.as_slice()))
}
