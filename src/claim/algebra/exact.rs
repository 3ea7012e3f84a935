//! A4: linear identities hold with `==` on fractions, and with `==` only there.

use super::{CONTROL, NO_ROUNDING, THEOREM, entry, small, vector};
use crate::claim::compare::{distance, magnitude, matrix_distance};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Evidence, Feature, Outcome};
use crate::group::{AnyGroup, Group};
use crate::law::Residual;
use crate::representation::{
    ActsOn, ChangeOfBasis, Dual, Representation, RepresentationError, Reynolds, SignedOrbits,
    SignedPermutationRep,
};
use crate::scalar::{Rational, Scalar, dot};
use nalgebra::{DMatrix, DVector};

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        entry(
            About {
                id: "A4.exact",
                title: "On fractions, equality is equality",
                evidence: Evidence::Exact,
                statement: "ρ(gh) = ρ(g)ρ(h), P² = P, ρ(g)P = P = Pρ(g), tr P = dim V^G, avg_g ρ(g)⁻ᵀ = Pᵀ, \
                            ⟨ρ(g)⁻ᵀξ, ρ(g)x⟩ = ⟨ξ, x⟩, each with == in rational arithmetic, for (signed) \
                            permutations and their rational conjugates",
                hypotheses: &["finite group", "rational matrices", "rational arithmetic"],
                tolerance: NO_ROUNDING,
                covers: &[
                    Feature::TrivialGroup,
                    Feature::Abelian,
                    Feature::NonAbelian,
                    Feature::SignedOrbit,
                    Feature::KilledOrbit,
                    Feature::NonFreeOrbit,
                    Feature::NonOrthogonal,
                ],
                cost: 4,
                ..THEOREM
            },
            small,
            identities::<Rational>,
            None,
        ),
        entry(
            About {
                id: "A4.floats",
                title: "The same identities with == in floating point",
                of: Some("A4.exact"),
                statement: "the identities of A4.exact hold with == in f64",
                hypotheses: &["dropped: rational arithmetic"],
                tolerance: "0, as == has it: any difference is one",
                covers: &[Feature::NonOrthogonal],
                ..CONTROL
            },
            small,
            identities::<f64>,
            None,
        ),
    ]
}

type Conjugate<T> = ChangeOfBasis<SignedPermutationRep<AnyGroup>, T>;

/// `S π S⁻¹` for an `S` of fractions with denominators 3, 5, 7, ….
fn conjugate<T: Scalar>(scene: &Scene) -> Result<Conjugate<T>, RepresentationError> {
    let scales: Vec<T> = scene
        .positive::<T>(Which::P, scene.signed().dim())
        .into_iter()
        .zip(1..)
        .map(|(scale, i)| scale / T::ratio(2 * i + 1, 1))
        .collect();
    let basis = scene.dense::<T>().basis() * DMatrix::from_diagonal(&DVector::from_vec(scales));
    ChangeOfBasis::new(scene.signed(), basis)
}

fn identities<T: Scalar>(scene: &Scene) -> Outcome {
    let Ok(conjugate) = conjugate::<T>(scene) else {
        return Outcome::new("the conjugate is made", Residual::failed());
    };
    let signed = scene.signed();
    let dimension = SignedOrbits::of(&signed).fixed_dim();
    let outcome = of::<T, _>(Outcome::vacuous(), &signed, dimension, scene);
    of(outcome, &conjugate, dimension, scene)
}

/// The identities for one representation, each with `==`.
fn of<T, R>(outcome: Outcome, rep: &R, dimension: usize, scene: &Scene) -> Outcome
where
    T: Scalar,
    R: ActsOn<T> + Representation<Group = AnyGroup>,
{
    let equal = |a: &DMatrix<T>, b: &DMatrix<T>| Residual::new(matrix_distance(a, b), 0.0);
    let group = rep.group();
    let (g, h) = (scene.element(0), scene.element(1));
    let (at_g, at_h, at_gh) = (rep.matrix(&g), rep.matrix(&h), rep.matrix(&group.compose(&g, &h)));
    let reynolds = Reynolds::<T>::by_averaging(rep);
    let p = reynolds.matrix();
    let dual = Dual::new(rep.clone());
    let (x, xi): (Vec<T>, Vec<T>) =
        (vector(scene, Which::Q, rep.dim()), vector(scene, Which::P, rep.dim()));
    let moved = dot(dual.apply(&g, &xi).as_slice(), rep.apply(&g, &x).as_slice());
    let pairing = magnitude(&(moved - dot(&xi, &x)));
    let (on_dual, projected) =
        (reynolds.project_dual(&xi), Reynolds::by_averaging(&dual).project(&xi));
    outcome
        .and("ρ(gh) = ρ(g)ρ(h)", equal(&at_gh, &(&at_g * &at_h)))
        .and("P² = P", equal(&(&p * &p), &p))
        .and("ρ(g)P = P", equal(&(&at_g * &p), &p))
        .and("Pρ(g) = P", equal(&(&p * &at_g), &p))
        .and("tr P = dim V^G", Residual::new(magnitude(&(p.trace() - T::count(dimension))), 0.0))
        .and("avg_g ρ(g)⁻ᵀ = Pᵀ", equal(&Reynolds::by_averaging(&dual).matrix(), &p.transpose()))
        .and("P*ξ", Residual::new(distance(on_dual.as_slice(), projected.as_slice()), 0.0))
        .and("⟨ρ(g)⁻ᵀξ, ρ(g)x⟩ = ⟨ξ, x⟩", Residual::new(pairing, 0.0))
}
