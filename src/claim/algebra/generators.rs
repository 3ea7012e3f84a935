//! A3: fixed space, kernel and projector from generators alone, for any representation.

use super::elimination::{FromGenerators, generator_matrices, rounded};
use super::growth::Growth;
use super::reynolds::roundings_of_average;
use super::{CONTROL, THEOREM, entry, small};
use crate::claim::compare::{matrix_distance, rounding};
use crate::claim::scene::Scene;
use crate::claim::{About, Claim, Feature, Outcome};
use crate::group::Finite;
use crate::law::Residual;
use crate::representation::{Representation, Reynolds};
use crate::scalar::{Rational, Scalar};
use nalgebra::DMatrix;

const TOLERANCE: &str = "γ_{q+1} K: the average has q = 2n + |G| + 1 roundings of terms of at most \
                         K = ‖S‖_∞‖S⁻¹‖_∞, the exact projector is rounded once";

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        entry(
            About {
                id: "A3.generators",
                title: "The projector from generators",
                statement: "V^G = ∩ ker(ρ(s) − 1) and ker P = Σ im(ρ(s) − 1) over generators s; the projector \
                            on the one along the other is avg_g ρ(g)",
                hypotheses: &["finite group", "any representation"],
                tolerance: TOLERANCE,
                covers: &[
                    Feature::TrivialGroup,
                    Feature::Abelian,
                    Feature::NonAbelian,
                    Feature::SignedOrbit,
                    Feature::KilledOrbit,
                    Feature::NonOrthogonal,
                ],
                ..THEOREM
            },
            small,
            from_generators::<f64>,
            Some(from_generators::<Rational>),
        ),
        entry(
            About {
                id: "A3.orthogonal-complement",
                title: "The orthogonal complement as the kernel",
                of: Some("A3.generators"),
                statement: "the orthogonal projector on V^G is avg_g ρ(g)",
                hypotheses: &[
                    "dropped: the kernel is Σ im(ρ(s) − 1), for a ρ that is not orthogonal",
                ],
                tolerance: TOLERANCE,
                covers: &[Feature::NonOrthogonal],
                ..CONTROL
            },
            small,
            orthogonal_complement::<f64>,
            Some(orthogonal_complement::<Rational>),
        ),
        entry(
            About {
                id: "A3.one-generator-short",
                title: "The projector from all generators but one",
                of: Some("A3.generators"),
                statement: "the projector from all generators but one is avg_g ρ(g)",
                hypotheses: &["dropped: one generator"],
                tolerance: TOLERANCE,
                covers: &[Feature::NonAbelian, Feature::NonOrthogonal],
                ..CONTROL
            },
            small,
            one_generator_short::<f64>,
            Some(one_generator_short::<Rational>),
        ),
    ]
}

/// The distance of an exact projector from the average over the group; `None` if there is no such
/// projector.
fn from_average<T: Scalar>(scene: &Scene, exact: Option<DMatrix<Rational>>) -> Option<Residual> {
    let projector = rounded::<T>(&exact?)?;
    let rep = scene.dense::<T>();
    let growth = Growth::of_basis(&rep);
    let q = roundings_of_average(growth, scene.group().small_order().unwrap_or(0));
    let tolerance = rounding::<T>(q + 1) * growth.forward;
    let average = Reynolds::by_averaging(&rep).matrix();
    Some(Residual::new(matrix_distance(&projector, &average), tolerance))
}

/// The matrices of the generators, exactly.
fn matrices(scene: &Scene) -> (usize, Vec<DMatrix<Rational>>) {
    let rep = scene.dense::<Rational>();
    (rep.dim(), generator_matrices(&rep))
}

fn from_generators<T: Scalar>(scene: &Scene) -> Outcome {
    let (dim, matrices) = matrices(scene);
    let spaces = FromGenerators::of(dim, &matrices);
    // rank Σ im(ρ(s) − 1) is dim minus what vanishes on it.
    let complementary = spaces.fixed.ncols() == spaces.annihilator.ncols();
    let rank = Reynolds::by_averaging(&scene.dense::<T>()).rank();
    let rep = scene.dense::<Rational>();
    let floor = Reynolds::by_generators(&rep).map(|p| (p.rank(), p.matrix()));
    let expected = (rank, Reynolds::by_averaging(&rep).matrix());
    Outcome::new("dim ∩ ker(ρ(s) − 1) + dim Σ im(ρ(s) − 1) = dim V", Residual::exact(complementary))
        .and("dim ∩ ker(ρ(s) − 1) = rank P", Residual::exact(spaces.fixed.ncols() == rank))
        .and(
            "Reynolds::by_generators on fractions is the average",
            Residual::exact(floor.is_ok_and(|found| found == expected)),
        )
        .and(
            "projector",
            from_average::<T>(scene, spaces.projector()).unwrap_or(Residual::failed()),
        )
}

/// For a control, a projector that does not exist shows nothing.
fn refuted(residual: Option<Residual>) -> Outcome {
    residual.map_or(Outcome::vacuous(), |residual| Outcome::new("projector", residual))
}

fn orthogonal_complement<T: Scalar>(scene: &Scene) -> Outcome {
    let (dim, matrices) = matrices(scene);
    let projector = FromGenerators::of(dim, &matrices).orthogonal_projector();
    refuted(from_average::<T>(scene, projector))
}

fn one_generator_short<T: Scalar>(scene: &Scene) -> Outcome {
    let (dim, matrices) = matrices(scene);
    let Some((_, rest)) = matrices.split_last() else { return Outcome::vacuous() };
    let projector = FromGenerators::of(dim, rest).projector();
    refuted(from_average::<T>(scene, projector))
}
