//! A2: the operator on the dual side, for every registered representation.

use super::{
    EVERY_CONTROL, EVERY_THEOREM, Near, Subject, all, every, moving, near, not_orthogonal, scenes,
};
use crate::claim::algebra::entry;
use crate::claim::registry::representations::{Matrices, Posed};
use crate::claim::rounding::Tracked;
use crate::claim::scene::Which;
use crate::claim::{About, Claim, Feature, Outcome};
use crate::representation::{ActsOn, Dual, Reynolds};
use crate::scalar::{Rational, dot};

pub(in crate::claim::algebra) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        entry(
            About {
                id: "A2.every-dual",
                title: "P* on the dual side, in every representation",
                statement: "avg_g ρ(g)⁻ᵀ = Pᵀ = P*; ⟨P*ξ, x⟩ = ⟨ξ, Px⟩; ρ(g)⁻ᵀP* = P*; \
                            ⟨ρ(g)⁻ᵀξ, ρ(g)x⟩ = ⟨ξ, x⟩; P* = P for orthogonal ρ",
                ..EVERY_THEOREM
            },
            scenes,
            |scene| every::<Tracked>(scene, all, |subject| dual_side(subject, near)),
            Some(|scene| every::<Rational>(scene, all, |subject| dual_side(subject, near))),
        ),
        entry(
            About {
                id: "A2.every-primal-on-the-dual-side",
                title: "P where P* belongs, in every representation that is not orthogonal",
                of: Some("A2.every-dual"),
                statement: "ρ(g)⁻ᵀPξ = Pξ",
                hypotheses: &["dropped: P* on covectors, for a ρ that is not orthogonal"],
                covers: &[Feature::NonOrthogonal],
                ..EVERY_CONTROL
            },
            moving,
            |scene| every::<Tracked>(scene, not_orthogonal, primal),
            Some(|scene| every::<Rational>(scene, not_orthogonal, primal)),
        ),
    ]
}

pub(super) fn dual_side<T: Posed>(subject: &Subject<T>, near: Near<T>) -> Outcome {
    let rep = &subject.rep;
    let dual = Dual::new(rep.clone());
    let reynolds = Reynolds::of(rep);
    let (p, on_dual) = (reynolds.matrix(), Reynolds::by_averaging(&dual).matrix());
    let (x, xi) = (subject.vector(Which::Q), subject.vector(Which::P));
    let g = subject.element(0);
    let projected = reynolds.project_dual(&xi);
    let moved = dual.apply(&g, projected.as_slice());
    let pairing = dot(dual.apply(&g, &xi).as_slice(), rep.apply(&g, &x).as_slice());
    let (left, right) = (dot(projected.as_slice(), &x), dot(&xi, reynolds.project(&x).as_slice()));
    let outcome =
        Outcome::new("avg_g ρ(g)⁻ᵀ = Pᵀ", near(on_dual.as_slice(), p.transpose().as_slice()))
            .and("⟨P*ξ, x⟩ = ⟨ξ, Px⟩", near(&[left], &[right]))
            .and("ρ(g)⁻ᵀP*ξ = P*ξ", near(moved.as_slice(), projected.as_slice()))
            .and("⟨ρ(g)⁻ᵀξ, ρ(g)x⟩ = ⟨ξ, x⟩", near(&[pairing], &[dot(&xi, &x)]));
    if subject.entry.matrices <= Matrices::Orthogonal {
        outcome.and("Pᵀ = P", near(p.transpose().as_slice(), p.as_slice()))
    } else {
        outcome
    }
}

fn primal<T: Posed>(subject: &Subject<T>) -> Outcome {
    let dual = Dual::new(subject.rep.clone());
    let projected = Reynolds::of(&subject.rep).project(&subject.vector(Which::P));
    let moved = dual.apply(&subject.generator(), projected.as_slice());
    Outcome::new("ρ(g)⁻ᵀPξ = Pξ", near(moved.as_slice(), projected.as_slice()))
}
