//! A1: the dot product, and the pairing of a space with its dual.

use super::growth::Growth;
use super::{CONTROL, NO_ROUNDING, THEOREM, entry, medium, small, vector};
use crate::claim::compare::{distance, largest, rounding};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Feature, Outcome};
use crate::group::Group;
use crate::law::Residual;
use crate::representation::{ActsOn, Dual, ElementOf, Representation, Unsigned};
use crate::scalar::{Rational, Scalar, dot};

const PAIRING: &str = "γ_{2r+n} n A |ξ|_∞ |x|_∞: r roundings for each action, n for the pairing, of terms that \
                       add up to n A |ξ|_∞ |x|_∞";

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        entry(
            About {
                id: "A1.orthogonal",
                title: "Signed permutations are orthogonal",
                statement: "ρ(g)ᵀ = ρ(g)⁻¹ = ρ(g⁻¹), and so ⟨ρ(g)x, ρ(g)y⟩ = ⟨x, y⟩",
                hypotheses: &["signed permutation representation"],
                tolerance: "0 for the maps; 2γ_n n |x|_∞ |y|_∞ for the dot products, which add up in different orders",
                covers: &[Feature::NonAbelian, Feature::SignedOrbit, Feature::KilledOrbit],
                ..THEOREM
            },
            medium,
            orthogonal::<f64>,
            Some(orthogonal::<Rational>),
        ),
        entry(
            About {
                id: "A1.sheared-orthogonal",
                title: "A sheared action preserves no dot product",
                of: Some("A1.orthogonal"),
                statement: "⟨ρ(g)x, ρ(g)y⟩ = ⟨x, y⟩ for ρ = S π S⁻¹",
                hypotheses: &["dropped: ρ(g) is a signed permutation"],
                tolerance: PAIRING,
                covers: &[Feature::NonOrthogonal],
                ..CONTROL
            },
            small,
            sheared_orthogonal::<f64>,
            Some(sheared_orthogonal::<Rational>),
        ),
        entry(
            About {
                id: "A1.dual-pairing",
                title: "The dual action preserves the pairing",
                statement: "⟨ρ(g)⁻ᵀξ, ρ(g)x⟩ = ⟨ξ, x⟩",
                hypotheses: &["any representation"],
                tolerance: PAIRING,
                covers: &[Feature::NonAbelian, Feature::SignedOrbit, Feature::NonOrthogonal],
                ..THEOREM
            },
            small,
            dual_pairing::<f64>,
            Some(dual_pairing::<Rational>),
        ),
        entry(
            About {
                id: "A1.transposed-dual",
                title: "A dual without the inverse preserves no pairing",
                of: Some("A1.dual-pairing"),
                statement: "⟨ρ(g)ᵀξ, ρ(g)x⟩ = ⟨ξ, x⟩",
                hypotheses: &["dropped: the inverse in ρ(g)⁻ᵀ"],
                tolerance: PAIRING,
                covers: &[Feature::NonOrthogonal],
                ..CONTROL
            },
            small,
            transposed_pairing::<f64>,
            Some(transposed_pairing::<Rational>),
        ),
        entry(
            About {
                id: "A1.transposed-representation",
                title: "A dual without the inverse is no representation",
                of: Some("A1.dual-pairing"),
                statement: "g ↦ ρ(g)ᵀ is a homomorphism",
                hypotheses: &["dropped: the inverse in ρ(g)⁻ᵀ"],
                tolerance: NO_ROUNDING,
                covers: &[Feature::NonAbelian],
                ..CONTROL
            },
            medium,
            transposed_representation::<f64>,
            Some(transposed_representation::<Rational>),
        ),
    ]
}

/// `⟨a, b⟩ = ⟨c, d⟩` where each side carries `roundings` besides its `n` own, of terms that add up to
/// at most `terms`.
fn same_pairing<T: Scalar>(
    (a, b): (&[T], &[T]),
    (c, d): (&[T], &[T]),
    roundings: usize,
    terms: f64,
) -> Residual {
    let error = distance(&[dot(a, b)], &[dot(c, d)]);
    Residual::new(error, rounding::<T>(roundings + a.len()) * terms)
}

fn orthogonal<T: Scalar>(scene: &Scene) -> Outcome {
    let rep = scene.signed();
    let g = scene.element(0);
    let (x, y) = pair::<T>(scene, rep.dim());
    let (moved_x, moved_y) = (rep.apply(&g, &x), rep.apply(&g, &y));
    let dots =
        same_pairing((moved_x.as_slice(), moved_y.as_slice()), (&x, &y), 0, terms(&x, &y, 1.0));
    Outcome::new("ρ(g)ᵀ = ρ(g⁻¹)", transpose_is_inverse(&rep, &g, &x))
        .and("|ρ(g)|ᵀ = |ρ(g⁻¹)|", transpose_is_inverse(&Unsigned::new(rep), &g, &x))
        .and("⟨ρ(g)x, ρ(g)y⟩ = ⟨x, y⟩", dots)
}

fn transpose_is_inverse<T: Scalar, R: ActsOn<T>>(rep: &R, g: &ElementOf<R>, x: &[T]) -> Residual {
    let mut transposed = vec![T::zero(); x.len()];
    rep.act_transposed(g, x, &mut transposed);
    let inverse = rep.apply(&rep.group().inverse(g), x);
    // Index maps and their signs round nothing.
    Residual::new(distance(&transposed, inverse.as_slice()), 0.0)
}

fn sheared_orthogonal<T: Scalar>(scene: &Scene) -> Outcome {
    let rep = scene.dense::<T>();
    let g = scene.element(0);
    let (x, y) = pair::<T>(scene, rep.dim());
    let growth = Growth::of_basis(&rep);
    let (moved_x, moved_y) = (rep.apply(&g, &x), rep.apply(&g, &y));
    let terms = terms(&x, &y, growth.forward * growth.forward);
    let residual = same_pairing(
        (moved_x.as_slice(), moved_y.as_slice()),
        (&x, &y),
        2 * growth.roundings,
        terms,
    );
    Outcome::new("⟨ρ(g)x, ρ(g)y⟩ = ⟨x, y⟩", residual)
}

fn pair<T: Scalar>(scene: &Scene, n: usize) -> (Vec<T>, Vec<T>) {
    (vector(scene, Which::Q, n), vector(scene, Which::P, n))
}

/// What the terms of both pairings add up to, at most: the second has no `growth`, and `growth ≥ 1`.
fn terms<T: Scalar>(x: &[T], y: &[T], growth: f64) -> f64 {
    x.len() as f64 * (growth + 1.0) * largest(x) * largest(y)
}

fn dual_pairing<T: Scalar>(scene: &Scene) -> Outcome {
    let rep = scene.dense::<T>();
    let g = scene.element(0);
    let (x, xi) = pair::<T>(scene, rep.dim());
    let growth = Growth::of_basis(&rep);
    let terms = terms(&x, &xi, growth.forward * growth.transposed);
    let (moved, dual) = (rep.apply(&g, &x), Dual::new(rep).apply(&g, &xi));
    let residual =
        same_pairing((dual.as_slice(), moved.as_slice()), (&xi, &x), 2 * growth.roundings, terms);
    Outcome::new("⟨g·ξ, g·x⟩ = ⟨ξ, x⟩", residual)
}

fn transposed_pairing<T: Scalar>(scene: &Scene) -> Outcome {
    let rep = scene.dense::<T>();
    let g = scene.element(0);
    let (x, xi) = pair::<T>(scene, rep.dim());
    let growth = Growth::of_basis(&rep);
    let moved = rep.apply(&g, &x);
    let mut transposed = vec![T::zero(); rep.dim()];
    rep.act_transposed(&g, &xi, &mut transposed);
    let terms = terms(&x, &xi, growth.forward * growth.transposed);
    let residual =
        same_pairing((&transposed, moved.as_slice()), (&xi, &x), 2 * growth.roundings, terms);
    Outcome::new("⟨ρ(g)ᵀξ, ρ(g)x⟩ = ⟨ξ, x⟩", residual)
}

fn transposed_representation<T: Scalar>(scene: &Scene) -> Outcome {
    let rep = scene.signed();
    let (g, h) = (scene.element(0), scene.element(1));
    let xi: Vec<T> = vector(scene, Which::P, rep.dim());
    let pull = |g: &_, xi: &[T]| {
        let mut out = vec![T::zero(); xi.len()];
        rep.act_transposed(g, xi, &mut out);
        out
    };
    let error = distance(&pull(&rep.group().compose(&g, &h), &xi), &pull(&g, &pull(&h, &xi)));
    Outcome::new("ρ(gh)ᵀ = ρ(g)ᵀρ(h)ᵀ", Residual::new(error, 0.0))
}
