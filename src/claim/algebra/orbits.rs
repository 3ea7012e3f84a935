//! A3: the Reynolds operator of a signed permutation representation, by orbits.

use super::{CONTROL, NO_ROUNDING, THEOREM, entry, medium, vector};
use crate::claim::compare::{distance, largest, matrix_distance, rounding};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Feature, Outcome};
use crate::group::{Finite, FinitelyGenerated};
use crate::law::Residual;
use crate::representation::{
    ActsBySignedPermutations, Representation, Reynolds, SignedOrbits, SignedPermutation,
};
use crate::scalar::{Rational, Scalar};

const AVERAGING: &str = "γ_{3n+2} |x|_∞: n + 1 roundings for the average over G, 2n + 1 for the one over the \
                         orbit; matrices agree to the last bit";

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        entry(
            About {
                id: "A3.orbits",
                title: "Averaging over the group is averaging over orbits",
                statement: "P by orbits, from the generators alone, is avg_g ρ(g); Pe_i = 0 iff some g sends e_i \
                            to −e_i; the orbits from the generators are those from all elements",
                hypotheses: &["finite group", "signed permutation representation"],
                tolerance: AVERAGING,
                covers: &[
                    Feature::TrivialGroup,
                    Feature::Abelian,
                    Feature::NonAbelian,
                    Feature::FreeOrbit,
                    Feature::NonFreeOrbit,
                    Feature::FixedPoint,
                    Feature::SignedOrbit,
                    Feature::KilledOrbit,
                ],
                ..THEOREM
            },
            medium,
            orbits_are_averages::<f64>,
            Some(orbits_are_averages::<Rational>),
        ),
        entry(
            About {
                id: "A3.ignored-signs",
                title: "Averaging over orbits without signs",
                of: Some("A3.orbits"),
                statement: "averaging over the orbits of |ρ| is avg_g ρ(g)",
                hypotheses: &["dropped: the signs"],
                tolerance: AVERAGING,
                covers: &[Feature::SignedOrbit, Feature::KilledOrbit],
                ..CONTROL
            },
            medium,
            ignored_signs::<f64>,
            Some(ignored_signs::<Rational>),
        ),
        entry(
            About {
                id: "A3.missing-generator",
                title: "Orbits of all generators but one",
                of: Some("A3.orbits"),
                statement: "averaging over the orbits of all generators but one is avg_g ρ(g)",
                hypotheses: &["dropped: one generator"],
                tolerance: NO_ROUNDING,
                covers: &[Feature::NonAbelian, Feature::FreeOrbit],
                ..CONTROL
            },
            medium,
            missing_generator::<f64>,
            Some(missing_generator::<Rational>),
        ),
    ]
}

/// The average over `G` sums whole numbers and divides once, and its product with `x` has `n`
/// roundings of terms that add up to `|x|_∞` at most (a row of `|P|` does to 1). The one over an orbit
/// of `k ≤ n` values is the first plus the mean difference from it: `k + 1` roundings of differences of
/// at most `2|x|_∞` that make up one mean, hence `γ_{2n}|x|_∞` (a `k` of 1 has no difference), and one more
/// for the final sum.
fn averaging_tolerance<T: Scalar>(x: &[T]) -> f64 {
    rounding::<T>(3 * x.len() + 2) * largest(x)
}

fn orbits_are_averages<T: Scalar>(scene: &Scene) -> Outcome {
    let rep = scene.signed();
    let n = rep.dim();
    let maps: Vec<_> = rep.group().elements().map(|g| rep.index_map(&g)).collect();
    let x: Vec<T> = vector(scene, Which::Q, n);
    let (by_orbits, by_averaging) =
        (Reynolds::<T>::by_orbits(&rep), Reynolds::<T>::by_averaging(&rep));
    let projected = by_orbits.project(&x);
    let far = distance(projected.as_slice(), by_averaging.project(&x).as_slice());
    let dual = distance(projected.as_slice(), by_averaging.project_dual(&x).as_slice());
    // 1/k by orbits and (|G|/k)/|G| by averaging are the same number, rounded once.
    let matrices = matrix_distance(&by_orbits.matrix(), &by_averaging.matrix());
    let again = distance(by_orbits.project(projected.as_slice()).as_slice(), projected.as_slice());
    let tolerance = averaging_tolerance(&x);
    let orbits = SignedOrbits::of(&rep);
    Outcome::new("by orbits and by averaging", Residual::new(far, tolerance))
        .and("P* by orbits and by averaging", Residual::new(dual, tolerance))
        .and("matrices", Residual::new(matrices, 0.0))
        .and("an invariant vector comes back bit for bit", Residual::new(again, 0.0))
        .and("orbits by enumeration", Residual::exact(enumerated(&orbits, &maps)))
        .and("from generators and from all", Residual::exact(orbits == SignedOrbits::new(n, &maps)))
        .and("cheapest way", Residual::exact(Reynolds::<T>::of(&rep).orbits() == Some(&orbits)))
}

/// Whether the orbits are what the index maps of all elements say: their members, their relative
/// signs, and which are killed.
fn enumerated(orbits: &SignedOrbits, maps: &[SignedPermutation]) -> bool {
    let mut covered = 0;
    orbits.iter().all(|orbit| {
        covered += orbit.len();
        let Some((first, _)) = orbit.members().next() else { return false };
        let images: Vec<(usize, bool)> = maps.iter().map(|map| map.image(first)).collect();
        let reached = (0..orbits.dim()).filter(|&i| images.iter().any(|image| image.0 == i));
        let killed = images.contains(&(first, true));
        // Without a sign on the way back to itself, every member is reached with one sign only.
        let signs = killed || images.iter().all(|image| orbit.members().any(|m| m == *image));
        reached.eq(orbit.members().map(|(i, _)| i)) && signs && killed == orbit.is_killed()
    }) && covered == orbits.dim()
}

fn ignored_signs<T: Scalar>(scene: &Scene) -> Outcome {
    let rep = scene.signed();
    let x: Vec<T> = vector(scene, Which::Q, rep.dim());
    let mut wrong = x.clone();
    SignedOrbits::of(&rep).unsigned().project(&x, &mut wrong);
    let error = distance(&wrong, Reynolds::by_averaging(&rep).project(&x).as_slice());
    Outcome::new("orbits without signs", Residual::new(error, averaging_tolerance(&x)))
}

fn missing_generator<T: Scalar>(scene: &Scene) -> Outcome {
    let rep = scene.signed();
    let maps: Vec<_> = rep.group().generators().iter().map(|s| rep.index_map(s)).collect();
    let Some((_, rest)) = maps.split_last() else { return Outcome::vacuous() };
    let wrong = Reynolds::<T>::from(SignedOrbits::new(rep.dim(), rest)).matrix();
    let error = matrix_distance(&wrong, &Reynolds::by_averaging(&rep).matrix());
    Outcome::new("one generator short", Residual::new(error, 0.0))
}
