//! A1 and A2: induced representations, Frobenius's formula for their characters, and his reciprocity.

use super::cyclic_subgroup::{CyclicSubgroup, Powers};
use super::growth::Growth;
use super::representations::{TOLERANCE, laws, reversed};
use super::{CONTROL, NO_ROUNDING, THEOREM, entry, small, vector};
use crate::claim::compare::{distance, magnitude, rounding};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Feature, Outcome};
use crate::group::{AnyElement, AnyGroup, Finite, Group, Subgroup};
use crate::law::Residual;
use crate::representation::character::{inner_product, intertwining_number};
use crate::representation::{ActsOn, FixedSpace, Induced, Representation, Restriction, hom};
use crate::scalar::{Rational, Scalar};
use nalgebra::dmatrix;

const COVERS: &[Feature] = &[
    Feature::TrivialGroup,
    Feature::Abelian,
    Feature::NonAbelian,
    Feature::SignedOrbit,
    Feature::NonOrthogonal,
];

const WHOLE: &str = "0: characters of integer matrices, and multiplicities, are integers below 2⁵³";

/// The claims of A1.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        entry(
            About {
                id: "A1.induced",
                title: "Induced representations are representations",
                statement: "g(eᵢ ⊗ v) = eⱼ ⊗ ψ(h)v for gtᵢ = tⱼh is a representation of dimension [G:H] dim ψ, \
                            H acts by ψ on the copy of the coset H, and \
                            |H| χ(g) = Σ ψ(x⁻¹gx) over the x in G with x⁻¹gx in H",
                hypotheses: &["ψ a representation of a subgroup H of a finite group G"],
                tolerance: TOLERANCE,
                covers: COVERS,
                cost: 2,
                ..THEOREM
            },
            small,
            induced::<f64>,
            Some(induced::<Rational>),
        ),
        entry(
            About {
                id: "A1.induced-from-a-map",
                title: "Inducing a map that is no representation",
                of: Some("A1.induced"),
                statement: "g(eᵢ ⊗ v) = eⱼ ⊗ ψ(h)v is a homomorphism",
                hypotheses: &[
                    "dropped: ψ is a homomorphism of H (powers of a quarter turn, whatever the order)",
                ],
                tolerance: TOLERANCE,
                covers: &[Feature::Abelian, Feature::NonAbelian],
                ..CONTROL
            },
            small,
            induced_from_a_map::<f64>,
            Some(induced_from_a_map::<Rational>),
        ),
        entry(
            About {
                id: "A1.induced-without-conjugates",
                title: "The induced character without the conjugates",
                of: Some("A1.induced"),
                statement: "χ(g) = [G:H] ψ(g) for g in H, and 0 elsewhere",
                hypotheses: &["dropped: the sum is over all conjugates of g"],
                tolerance: NO_ROUNDING,
                covers: &[Feature::NonAbelian],
                ..CONTROL
            },
            small,
            without_conjugates::<f64>,
            Some(without_conjugates::<Rational>),
        ),
    ]
}

/// The claims of A2.
pub(super) fn reciprocity_claims() -> Vec<Box<dyn Claim>> {
    vec![
        entry(
            About {
                id: "A2.frobenius",
                title: "Frobenius reciprocity",
                statement: "⟨Ind ψ, χ⟩_G = ⟨ψ, Res χ⟩_H = dim Hom_H(ψ, Res χ)",
                hypotheses: &["characters of a finite group and of a subgroup"],
                tolerance: WHOLE,
                covers: COVERS,
                cost: 4,
                ..THEOREM
            },
            small,
            reciprocity::<f64>,
            Some(reciprocity::<Rational>),
        ),
        entry(
            About {
                id: "A2.no-class-function",
                title: "Reciprocity for a matrix entry",
                of: Some("A2.frobenius"),
                statement: "⟨Ind ψ, f⟩_G = ⟨ψ, Res f⟩_H for an entry f of the matrices of a representation",
                hypotheses: &["dropped: f is constant on conjugacy classes"],
                tolerance: "γ_2 times the larger side: integers, divided once on either side",
                covers: &[Feature::NonAbelian],
                cost: 2,
                ..CONTROL
            },
            small,
            no_class_function::<f64>,
            Some(no_class_function::<Rational>),
        ),
    ]
}

/// The scene's subgroup, its representation by integer matrices, and the induced one.
struct Setting<T: Scalar> {
    cyclic: CyclicSubgroup,
    psi: Powers<T>,
    growth: Growth,
    induced: Induced<AnyGroup, Powers<T>>,
}

fn setting<T: Scalar>(scene: &Scene) -> Option<Setting<T>> {
    let cyclic = CyclicSubgroup::of(scene, 2)?;
    let (psi, growth) = cyclic.powers::<T>(&cyclic.root(scene));
    let induced = Induced::new(psi.clone()).ok()?;
    Some(Setting { cyclic, psi, growth, induced })
}

/// `|H| χ(g)` by Frobenius's formula, of integers.
fn by_conjugates<T: Scalar>(psi: &Powers<T>, g: &AnyElement) -> T {
    let subgroup: &Subgroup<AnyGroup> = psi.group();
    let group = subgroup.parent();
    group.elements().fold(T::zero(), |sum, x| {
        let conjugate = group.compose(&group.inverse(&x), &group.compose(g, &x));
        if subgroup.contains(&conjugate) { sum + psi.character(&conjugate) } else { sum }
    })
}

/// A random element, and a conjugate of the subgroup's generator.
fn two_elements(scene: &Scene, cyclic: &CyclicSubgroup) -> [AnyElement; 2] {
    let group = scene.group();
    let x = scene.element(1);
    let conjugate = group.compose(&x, &group.compose(&cyclic.generator, &group.inverse(&x)));
    [scene.element(0), conjugate]
}

fn induced<T: Scalar>(scene: &Scene) -> Outcome {
    let Some(Setting { cyclic, psi, growth, induced }) = setting::<T>(scene) else {
        return Outcome::new("Ind ψ is made", Residual::failed());
    };
    let (g, h) = (&scene.element(0), &scene.element(1));
    let (size, dim) = (psi.dim(), induced.dim());
    let group_order = scene.group().small_order().unwrap_or(0);
    let expected = group_order / cyclic.order * size;
    let mut outcome = Outcome::new("Ind ψ", laws(&induced, growth, (g, h), scene))
        .and("dim Ind ψ = [G:H] dim ψ", Residual::exact(dim == expected));

    let x: Vec<T> = vector(scene, Which::P, size);
    let on_first = |x: &[T]| {
        let mut whole = x.to_vec();
        whole.resize(dim, T::zero());
        whole
    };
    let moved = induced.apply(&cyclic.generator, &on_first(&x));
    let by_psi = on_first(psi.apply(&cyclic.generator, &x).as_slice());
    // One and the same product with a matrix.
    outcome = outcome
        .and("h(e₀ ⊗ v) = e₀ ⊗ ψ(h)v", Residual::new(distance(moved.as_slice(), &by_psi), 0.0));

    for g in &two_elements(scene, &cyclic) {
        let character = induced.character(g);
        let left = T::count(cyclic.order) * character.clone();
        let off = magnitude(&(left - by_conjugates(&psi, g)));
        outcome = outcome.and("|H| χ(g) = Σ ψ(x⁻¹gx)", Residual::new(off, 0.0));
        if dim <= 24 {
            let off = magnitude(&(induced.matrix(g).trace() - character));
            outcome = outcome.and("tr ρ(g) = χ(g)", Residual::new(off, 0.0));
        }
    }

    // What the group itself does, restricted and induced again.
    let dense = scene.dense::<T>();
    let growth = Growth::of_basis(&dense);
    match Induced::new(Restriction::new(dense, cyclic.subgroup.clone(), Clone::clone)) {
        Ok(again) => outcome.and("Ind Res V", laws(&again, growth, (g, h), scene)),
        Err(_) => outcome.and("Ind Res V is made", Residual::failed()),
    }
}

fn induced_from_a_map<T: Scalar>(scene: &Scene) -> Outcome {
    let Some(cyclic) = CyclicSubgroup::of(scene, 2) else { return Outcome::vacuous() };
    let (psi, growth) = cyclic.powers::<T>(&dmatrix![0, -1; 1, 0]);
    let Ok(induced) = Induced::new(psi) else { return Outcome::vacuous() };
    let (g, h) = (scene.element(0), scene.element(1));
    let x: Vec<T> = vector(scene, Which::Q, induced.dim());
    let elements = (&g, &h, &scene.group().compose(&g, &h));
    let residual = reversed(growth, &x, elements, |g, x| induced.apply(g, x).as_slice().to_vec());
    Outcome::new("ρ(gh) = ρ(g)ρ(h)", residual)
}

fn without_conjugates<T: Scalar>(scene: &Scene) -> Outcome {
    let Some(Setting { cyclic, psi, induced, .. }) = setting::<T>(scene) else {
        return Outcome::vacuous();
    };
    two_elements(scene, &cyclic).iter().fold(Outcome::vacuous(), |outcome, g| {
        let here = cyclic.subgroup.contains(g);
        let wrong = if here { psi.character(g) } else { T::zero() };
        let off = magnitude(&(T::count(induced.index()) * wrong - induced.character(g)));
        outcome.and("χ(g) = [G:H] ψ(g)", Residual::new(off, 0.0))
    })
}

fn reciprocity<T: Scalar>(scene: &Scene) -> Outcome {
    let Some(Setting { cyclic, psi, induced, .. }) = setting::<T>(scene) else {
        return Outcome::new("Ind ψ is made", Residual::failed());
    };
    let restricted =
        |rep| Restriction::new(rep, cyclic.subgroup.clone(), |h: &AnyElement| h.clone());
    let above = intertwining_number(&induced, &scene.dense::<T>());
    let below = intertwining_number(&psi, &restricted(scene.dense::<T>()));
    // The maps themselves, on fractions.
    let exact = Restriction::new(scene.dense::<Rational>(), cyclic.subgroup.clone(), Clone::clone);
    let (exact_psi, _) = cyclic.powers::<Rational>(&cyclic.root(scene));
    let maps = hom(exact_psi, exact).and_then(|maps| FixedSpace::<Rational>::by_generators(&maps));
    match (above, below, maps) {
        (Ok(above), Ok(below), Ok(maps)) => {
            let dimension = T::count(maps.dim());
            let off = |a: &T, b: &T| Residual::new(magnitude(&(a.clone() - b.clone())), 0.0);
            Outcome::new("⟨Ind ψ, χ⟩_G = ⟨ψ, Res χ⟩_H", off(&above, &below))
                .and("⟨ψ, Res χ⟩_H = dim Hom_H(ψ, Res χ)", off(&below, &dimension))
        }
        _ => Outcome::new("sums over G and H", Residual::failed()),
    }
}

fn no_class_function<T: Scalar>(scene: &Scene) -> Outcome {
    let Some(Setting { psi, induced, .. }) = setting::<T>(scene) else {
        return Outcome::vacuous();
    };
    let dense = scene.dense::<T>();
    let entry = |g: &AnyElement| dense.matrix(g)[(0, 0)].clone();
    let above = inner_product(induced.group(), |g| induced.character(g), entry);
    let below = inner_product(psi.group(), |h| psi.character(h), entry);
    let (Ok(above), Ok(below)) = (above, below) else { return Outcome::vacuous() };
    let tolerance = rounding::<T>(2) * magnitude(&above).max(magnitude(&below));
    let off = magnitude(&(above - below));
    Outcome::new("⟨Ind ψ, f⟩_G = ⟨ψ, Res f⟩_H", Residual::new(off, tolerance))
}
