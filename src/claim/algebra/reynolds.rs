//! A2: the Reynolds operator projects on the fixed space, and its trace is the dimension.

use super::elimination::{FromGenerators, generator_matrices};
use super::growth::Growth;
use super::{CONTROL, THEOREM, entry, small, vector};
use crate::claim::compare::{
    distance, largest, magnitude, matrix_distance, rounding, row_sum_norm,
};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Feature, Outcome};
use crate::group::{AnyElement, Finite, FinitelyGenerated, Group};
use crate::law::Residual;
use crate::representation::character::burnside;
use crate::representation::{
    ActsBySignedPermutations, ActsOn, ChangeOfBasis, Representation, Reynolds, SignedOrbits,
    Unsigned,
};
use crate::scalar::{Rational, Scalar};
use nalgebra::DMatrix;

const COVERS: &[Feature] = &[
    Feature::TrivialGroup,
    Feature::Abelian,
    Feature::NonAbelian,
    Feature::FreeOrbit,
    Feature::NonFreeOrbit,
    Feature::FixedPoint,
    Feature::KilledOrbit,
    Feature::NonOrthogonal,
];

const PROJECTOR_TOLERANCE: &str = "γ_{3q+n} K², where P has q = 2n + |G| + 1 roundings of terms of at most \
                                   K = ‖S‖_∞‖S⁻¹‖_∞ per row";
const TRACE_TOLERANCE: &str = "γ_{q+n} n K, where P has q = 2n + |G| + 1 roundings of terms of at most \
                               K = ‖S‖_∞‖S⁻¹‖_∞";

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        entry(
            About {
                id: "A2.projector",
                title: "P projects on the fixed space",
                statement: "P² = P, ρ(g)P = P = Pρ(g), and Pv = v iff ρ(s)v = v for all generators s; \
                            so does the average over a subgroup",
                hypotheses: &["finite group", "any representation"],
                tolerance: PROJECTOR_TOLERANCE,
                covers: COVERS,
                cost: 2,
                ..THEOREM
            },
            small,
            projector::<f64>,
            Some(projector::<Rational>),
        ),
        entry(
            About {
                id: "A2.not-a-subgroup",
                title: "Averaging over what is no subgroup",
                of: Some("A2.projector"),
                statement: "(1 + ρ(g))/2 is idempotent",
                hypotheses: &["dropped: the average is over a subgroup"],
                tolerance: PROJECTOR_TOLERANCE,
                covers: &[Feature::Abelian, Feature::NonAbelian],
                ..CONTROL
            },
            small,
            not_a_subgroup::<f64>,
            Some(not_a_subgroup::<Rational>),
        ),
        entry(
            About {
                id: "A2.trace",
                title: "tr P is the dimension of the fixed space",
                statement: "tr P = avg_g χ(g) = dim V^G; for a permutation representation Burnside's number \
                            of orbits",
                hypotheses: &["finite group", "any representation"],
                tolerance: TRACE_TOLERANCE,
                covers: COVERS,
                ..THEOREM
            },
            small,
            trace::<f64>,
            Some(trace::<Rational>),
        ),
        entry(
            About {
                id: "A2.average-over-generators",
                title: "The mean character of the generators",
                of: Some("A2.trace"),
                statement: "dim V^G is the mean of χ over the identity and the generators",
                hypotheses: &["dropped: the average is over all of G"],
                tolerance: TRACE_TOLERANCE,
                covers: &[Feature::Abelian, Feature::NonAbelian],
                ..CONTROL
            },
            small,
            average_over_generators::<f64>,
            Some(average_over_generators::<Rational>),
        ),
    ]
}

/// How many roundings an entry of the average of `order` matrices carries: those of the matrices, of
/// the sum, and of the division.
pub(super) fn roundings_of_average(growth: Growth, order: usize) -> usize {
    growth.roundings + order + 1
}

/// The tolerance of an identity between a product of two matrices, each the average over `order`
/// elements or that of one element, and a single one. Each carries `q` roundings at most, of terms that
/// add up to at most `K` in every row; the product adds `n`, on rows of `K` times entries of `K`; the other
/// side has `q` on at most `K ≤ K²`: `γ_{2q+n}K² + γ_q K ≤ γ_{3q+n}K²`.
fn product_tolerance<T: Scalar>(growth: Growth, order: usize, dim: usize) -> f64 {
    let q = roundings_of_average(growth, order);
    rounding::<T>(3 * q + dim) * growth.forward * growth.forward
}

/// The powers `e, g, g², …` of an element: a subgroup.
fn powers<G: Group>(group: &G, g: &G::Element) -> Vec<G::Element> {
    let mut powers = vec![group.identity()];
    let mut next = g.clone();
    while next != powers[0] {
        powers.push(next.clone());
        next = group.compose(&next, g);
    }
    powers
}

fn projector<T: Scalar>(scene: &Scene) -> Outcome {
    let rep = scene.dense::<T>();
    let group = scene.group();
    let n = rep.dim();
    let order = group.small_order().unwrap_or(0);
    let growth = Growth::of_basis(&rep);
    let k = growth.forward;
    let tolerance = product_tolerance::<T>(growth, order, n);
    let reynolds = Reynolds::of(&rep);
    let p = reynolds.matrix();
    let near = |a: &DMatrix<T>, b: &DMatrix<T>| Residual::new(matrix_distance(a, b), tolerance);

    let subgroup = Reynolds::over_subset(&rep, &powers(&group, &scene.element(0)));
    let mut outcome = Outcome::new("P² = P", near(&(&p * &p), &p))
        .and("P² = P over a subgroup", near(&(&subgroup * &subgroup), &subgroup));
    let mut elements = group.generators();
    elements.push(scene.element(1));
    for g in &elements {
        let moved = rep.matrix(g);
        outcome = outcome
            .and("ρ(g)P = P", near(&(&moved * &p), &p))
            .and("Pρ(g) = P", near(&(&p * &moved), &p));
    }

    // An invariant vector, found without P: S u for a u that is constant, up to signs, on orbits.
    let x: Vec<T> = vector(scene, Which::Q, n);
    let mut constant = x.clone();
    SignedOrbits::of(&scene.signed()).project(&x, &mut constant);
    let fixed = rep.basis() * nalgebra::DVector::from_vec(constant.clone());
    let size = row_sum_norm(rep.basis()) * largest(&constant);
    // u is invariant to the last bit. S u carries n roundings, which P and the comparison with Pv see
    // as (K + 1)γ_n ≤ 2Kγ_n; P carries q, and its product with v another n.
    let q = roundings_of_average(growth, order);
    let fixed_tolerance = rounding::<T>(q + 4 * n) * k * size;
    outcome = outcome.and(
        "Pv = v for invariant v",
        Residual::new(
            distance(reynolds.project(fixed.as_slice()).as_slice(), fixed.as_slice()),
            fixed_tolerance,
        ),
    );
    if T::UNIT_ROUNDOFF == 0.0 {
        // "iff" asks for ==.
        for v in [x, fixed.as_slice().to_vec()] {
            let still = group.generators().iter().all(|s| rep.apply(s, &v).as_slice() == v);
            let projected = reynolds.project(&v).as_slice() == v;
            outcome = outcome.and("Pv = v iff ρ(s)v = v", Residual::exact(still == projected));
        }
    }
    outcome
}

fn not_a_subgroup<T: Scalar>(scene: &Scene) -> Outcome {
    let rep = scene.dense::<T>();
    let group = scene.group();
    let identity = group.identity();
    // With a g of order 2 it would be a subgroup.
    let longer = |g: &AnyElement| group.compose(g, g) != identity;
    let g = group.elements().find(longer).unwrap_or_else(|| identity.clone());
    let subset = [identity, g];
    let mean = Reynolds::over_subset(&rep, &subset);
    let tolerance = product_tolerance::<T>(Growth::of_basis(&rep), 2, rep.dim());
    let error = matrix_distance(&(&mean * &mean), &mean);
    Outcome::new("M² = M", Residual::new(error, tolerance))
}

/// `tr P` has an error of at most `γ_q` in each of its `n` entries, each at most `K`, and takes `n` more
/// roundings; so has the mean of the characters, in another order.
fn trace_tolerance<T: Scalar>(growth: Growth, order: usize, dim: usize) -> f64 {
    let q = roundings_of_average(growth, order);
    rounding::<T>(q + dim) * dim as f64 * growth.forward
}

fn mean_character<T: Scalar>(
    rep: &ChangeOfBasis<impl ActsOn<T, Group = crate::group::AnyGroup>, T>,
    elements: impl Iterator<Item = AnyElement>,
) -> T {
    let (sum, count) =
        elements.fold((T::zero(), 0), |(sum, count), g| (sum + rep.character(&g), count + 1));
    sum / T::count(count)
}

fn trace<T: Scalar>(scene: &Scene) -> Outcome {
    let rep = scene.dense::<T>();
    let group = scene.group();
    let n = rep.dim();
    let order = group.small_order().unwrap_or(0);
    let tolerance = trace_tolerance::<T>(Growth::of_basis(&rep), order, n);
    let reynolds = Reynolds::by_averaging(&rep);
    let p = reynolds.matrix();
    let exact_rep = scene.dense::<Rational>();
    let dimension = FromGenerators::of(n, &generator_matrices(&exact_rep)).fixed.ncols();
    let off = |value: T| Residual::new(magnitude(&(value - T::count(dimension))), tolerance);

    let unsigned = Unsigned::new(scene.signed());
    let fixed_points: usize = group
        .elements()
        .map(|g| {
            let map = unsigned.index_map(&g);
            (0..n).filter(|&i| map.image(i) == (i, false)).count()
        })
        .sum();
    let orbits = SignedOrbits::of(&unsigned).len();
    let counted = burnside(&unsigned).is_ok_and(|count| count == orbits);
    Outcome::new("tr P = dim V^G", off((0..n).fold(T::zero(), |sum, i| sum + p[(i, i)].clone())))
        .and("avg χ(g) = dim V^G", off(mean_character(&rep, group.elements())))
        .and("rank is dim V^G", Residual::exact(reynolds.rank() == dimension))
        .and(
            "orbits that are not killed number dim V^G",
            Residual::exact(SignedOrbits::of(&scene.signed()).fixed_dim() == dimension),
        )
        .and("fixed points number |G| · orbits", Residual::exact(fixed_points == orbits * order))
        .and("Burnside's count", Residual::exact(counted))
}

fn average_over_generators<T: Scalar>(scene: &Scene) -> Outcome {
    let rep = scene.dense::<T>();
    let group = scene.group();
    let mut subset = group.generators();
    subset.push(group.identity());
    let tolerance = trace_tolerance::<T>(Growth::of_basis(&rep), subset.len(), rep.dim());
    let dimension = SignedOrbits::of(&scene.signed()).fixed_dim();
    let mean = mean_character(&rep, subset.into_iter());
    let error = magnitude(&(mean - T::count(dimension)));
    Outcome::new("avg_s χ(s) = dim V^G", Residual::new(error, tolerance))
}
