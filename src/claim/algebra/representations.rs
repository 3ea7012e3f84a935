//! A1: representations are homomorphisms.

use super::growth::Growth;
use super::{CONTROL, NO_ROUNDING, THEOREM, entry, small, vector};
use crate::claim::compare::{distance, largest, rounding};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Feature, Outcome};
use crate::group::{Finite, Group};
use crate::law::Residual;
use crate::representation::{ActsOn, ElementOf, Representation};
use crate::scalar::{Rational, Scalar, dot};

pub(super) const COVERS: &[Feature] = &[
    Feature::TrivialGroup,
    Feature::Abelian,
    Feature::NonAbelian,
    Feature::SignedOrbit,
    Feature::KilledOrbit,
    Feature::NonOrthogonal,
];

pub(super) const TOLERANCE: &str = "γ_{3r} A² |x|_∞, where one action takes r roundings of terms of at most A |x|_∞; \
                         r = 0 for index maps";

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        entry(
            About {
                id: "A1.homomorphism",
                title: "Representations are homomorphisms",
                statement: "ρ(gh) = ρ(g)ρ(h), ρ(e) = 1, ⟨ξ, ρ(g)x⟩ = ⟨ρ(g)ᵀξ, x⟩, for signed permutations and \
                            for matrices",
                hypotheses: &["representation of a finite group"],
                tolerance: TOLERANCE,
                covers: COVERS,
                ..THEOREM
            },
            small,
            homomorphism::<f64>,
            Some(homomorphism::<Rational>),
        ),
        entry(
            About {
                id: "A1.inverted",
                title: "Acting by the inverse",
                of: Some("A1.homomorphism"),
                statement: "g ↦ ρ(g⁻¹) is a homomorphism",
                hypotheses: &["dropped: ρ(gh) = ρ(g)ρ(h) rather than ρ(h)ρ(g)"],
                tolerance: TOLERANCE,
                covers: &[Feature::NonAbelian],
                ..CONTROL
            },
            small,
            inverted::<f64>,
            Some(inverted::<Rational>),
        ),
        entry(
            About {
                id: "A1.right-multiplication",
                title: "Regular representation from the right",
                of: Some("A1.homomorphism"),
                statement: "g: e_h ↦ e_{hg} is a homomorphism",
                hypotheses: &["dropped: multiplication from the left"],
                tolerance: NO_ROUNDING,
                covers: &[Feature::NonAbelian],
                ..CONTROL
            },
            small,
            from_the_right::<f64>,
            Some(from_the_right::<Rational>),
        ),
    ]
}

/// Two group elements, as far as a representation's type is concerned.
pub(super) type Pair<'a, R> = (&'a ElementOf<R>, &'a ElementOf<R>);

/// The laws of a representation on one instance: the worst residual of the three.
///
/// `ρ(g)ρ(h)x` has an error of at most `((1 + γ_r)² − 1)A²|x| ≤ γ_{2r}A²|x|`, and `ρ(gh)x` one of
/// `γ_r A|x|`, where `A ≥ 1`. A pairing of `d` terms takes `d` more roundings, of terms that add up to
/// `d |ξ| A |x|` at most.
pub(super) fn laws<T: Scalar, R: ActsOn<T>>(
    rep: &R,
    growth: Growth,
    (g, h): Pair<'_, R>,
    scene: &Scene,
) -> Residual {
    let group = rep.group();
    let d = rep.dim();
    let (x, xi): (Vec<T>, Vec<T>) = (vector(scene, Which::Q, d), vector(scene, Which::P, d));
    let (r, a) = (growth.roundings, growth.forward);

    let at_once = rep.apply(&group.compose(g, h), &x);
    let in_turn = rep.apply(g, rep.apply(h, &x).as_slice());
    let product = Residual::new(
        distance(at_once.as_slice(), in_turn.as_slice()),
        rounding::<T>(3 * r) * a * a * largest(&x),
    );
    let resting = rep.apply(&group.identity(), &x);
    let identity =
        Residual::new(distance(resting.as_slice(), &x), rounding::<T>(r) * a * largest(&x));

    let mut pulled = vec![T::zero(); d];
    rep.act_transposed(g, &xi, &mut pulled);
    let (left, right) = (dot(&xi, rep.apply(g, &x).as_slice()), dot(&pulled, &x));
    let terms = d as f64 * largest(&xi) * (a + growth.transposed) * largest(&x);
    let transposed = Residual::new(distance(&[left], &[right]), rounding::<T>(r + d) * terms);
    product.worse(identity).worse(transposed)
}

fn homomorphism<T: Scalar>(scene: &Scene) -> Outcome {
    let (signed, dense) = (scene.signed(), scene.dense::<T>());
    let (g, h) = (&scene.element(0), &scene.element(1));
    let group = signed.group();
    let (g_map, h_map) = (signed.signed_permutation(g), signed.signed_permutation(h));
    let composed = match (g_map, h_map, signed.signed_permutation(&group.compose(g, h))) {
        (Some(g_map), Some(h_map), Some(map)) => g_map.compose(&h_map) == map,
        _ => false,
    };
    Outcome::new("index maps", Residual::exact(composed))
        .and("signed permutations", laws::<T, _>(&signed, Growth::INDEX_MAP, (g, h), scene))
        .and("matrices", laws(&dense, Growth::of_basis(&dense), (g, h), scene))
}

/// The false laws: `φ(gh)x = φ(g)φ(h)x` for a `φ` that reverses products.
pub(super) fn reversed<T: Scalar, E>(
    growth: Growth,
    x: &[T],
    (g, h, gh): (&E, &E, &E),
    act: impl Fn(&E, &[T]) -> Vec<T>,
) -> Residual {
    let (at_once, in_turn) = (act(gh, x), act(g, &act(h, x)));
    let tolerance =
        rounding::<T>(3 * growth.roundings) * growth.forward * growth.forward * largest(x);
    Residual::new(distance(&at_once, &in_turn), tolerance)
}

fn inverted<T: Scalar>(scene: &Scene) -> Outcome {
    let rep = scene.dense::<T>();
    let group = scene.group();
    let (g, h) = (scene.element(0), scene.element(1));
    let x: Vec<T> = vector(scene, Which::Q, rep.dim());
    let elements = (&g, &h, &group.compose(&g, &h));
    let residual = reversed(Growth::of_basis(&rep), &x, elements, |g, x| {
        rep.apply(&group.inverse(g), x).as_slice().to_vec()
    });
    Outcome::new("ρ((gh)⁻¹) = ρ(g⁻¹)ρ(h⁻¹)", residual)
}

fn from_the_right<T: Scalar>(scene: &Scene) -> Outcome {
    let group = scene.group();
    let Some(order) = group.small_order().filter(|&order| order <= 24) else {
        return Outcome::vacuous();
    };
    let (g, h) = (scene.element(0), scene.element(1));
    let x: Vec<T> = vector(scene, Which::Q, order);
    let elements = (&g, &h, &group.compose(&g, &h));
    let residual = reversed(Growth::INDEX_MAP, &x, elements, |g, x| {
        let mut moved = vec![T::zero(); order];
        for (k, value) in x.iter().enumerate() {
            if let Some(image) = group.index_of(&group.compose(&group.element(k), g)) {
                moved[image] = value.clone();
            }
        }
        moved
    });
    Outcome::new("e_{k·gh} = e_{k·h·g}", residual)
}
