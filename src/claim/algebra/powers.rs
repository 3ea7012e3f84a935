//! A1: tensor powers and restrictions are representations, and the ones that their definitions say.

use super::cyclic_subgroup::CyclicSubgroup;
use super::growth::Growth;
use super::representations::{COVERS, TOLERANCE, laws, reversed};
use super::{CONTROL, THEOREM, entry, small, vector};
use crate::claim::compare::{distance, largest, magnitude, rounding};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Feature, Outcome};
use crate::group::{AnyElement, Cyclic, Group};
use crate::law::Residual;
use crate::representation::{ActsOn, Representation, Restriction, TensorPower};
use crate::scalar::{Rational, Scalar};

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        entry(
            About {
                id: "A1.powers",
                title: "Tensor powers and restrictions",
                statement: "V^{⊗k} with g(x ⊗ y ⊗ …) = gx ⊗ gy ⊗ … is a representation with character χ^k; so is \
                            h ↦ ρ(φ(h)) for a homomorphism φ, with character χ(φ(h))",
                hypotheses: &[
                    "representation of a finite group",
                    "φ a homomorphism, injective or not",
                ],
                tolerance: "as A1.homomorphism for the laws; γ_{2k(r+n+1)} A^k |x|_∞^k for products of k vectors of \
                            n coordinates",
                covers: COVERS,
                cost: 4,
                ..THEOREM
            },
            small,
            powers::<f64>,
            Some(powers::<Rational>),
        ),
        entry(
            About {
                id: "A1.restricted-along-squares",
                title: "Restricting along squares",
                of: Some("A1.powers"),
                statement: "g ↦ ρ(g²) is a homomorphism",
                hypotheses: &["dropped: φ is a homomorphism"],
                tolerance: TOLERANCE,
                covers: &[Feature::NonAbelian],
                ..CONTROL
            },
            small,
            along_squares::<f64>,
            Some(along_squares::<Rational>),
        ),
    ]
}

/// A power acts on one index after the other by the matrix of `ρ`, which carries `r` roundings itself:
/// `r + n` for each, of terms that grow by `A`. An index map rounds nothing.
fn power(growth: Growth, n: usize, k: usize) -> Growth {
    (0..k).fold(Growth::INDEX_MAP, |all, _| {
        all.tensor(Growth { roundings: growth.roundings + n, ..growth })
    })
}

/// `x ⊗ y ⊗ x ⊗ …`, `k` factors.
fn product<T: Scalar>(x: &[T], y: &[T], k: usize) -> Vec<T> {
    (0..k).fold(vec![T::one()], |all, i| {
        let factor = if i % 2 == 0 { x } else { y };
        all.iter().flat_map(|a| factor.iter().map(move |b| a.clone() * b.clone())).collect()
    })
}

fn powers<T: Scalar>(scene: &Scene) -> Outcome {
    let (signed, dense) = (scene.signed(), scene.dense::<T>());
    let n = dense.dim();
    let (g, h) = (&scene.element(0), &scene.element(1));
    let most = (0..=4u32).take_while(|&k| n.pow(k) <= 36).last().unwrap_or(0) as usize;
    let k = most - scene.picks.get(3).copied().unwrap_or(0) % (most + 1);
    let growth = Growth::of_basis(&dense);
    let (Ok(signed_power), Ok(dense_power)) =
        (TensorPower::new(signed.clone(), k), TensorPower::new(dense.clone(), k))
    else {
        return Outcome::new("V^{⊗k} is made", Residual::failed());
    };
    let (x, y) = (vector::<T>(scene, Which::Q, n), vector::<T>(scene, Which::P, n));
    let at_once = dense_power.apply(g, &product(&x, &y, k));
    let factors = product(dense.apply(g, &x).as_slice(), dense.apply(g, &y).as_slice(), k);
    let size = (growth.forward * largest(&x).max(largest(&y))).powi(k as i32);
    let tolerance = rounding::<T>(2 * k * (growth.roundings + n + 1)) * size;
    // Traces of integer matrices.
    let character = (0..k).fold(T::one(), |all, _| all * dense.matrix(g).trace());
    let off = magnitude(&(dense_power.matrix(g).trace() - character.clone()))
        .max(magnitude(&(dense_power.character(g) - character)));
    let outcome = Outcome::new("V^{⊗k}", laws(&dense_power, power(growth, n, k), (g, h), scene))
        .and(
            "V^{⊗k} of signed permutations",
            laws::<T, _>(&signed_power, Growth::INDEX_MAP, (g, h), scene),
        )
        .and(
            "g(x ⊗ y ⊗ …) = gx ⊗ gy ⊗ …",
            Residual::new(distance(at_once.as_slice(), &factors), tolerance),
        )
        .and("χ of V^{⊗k} is χ^k", Residual::new(off, 0.0));
    restrictions::<T>(scene, outcome)
}

/// Along the inclusion of the powers of an element, and along the map of a larger cyclic group onto them.
fn restrictions<T: Scalar>(scene: &Scene, outcome: Outcome) -> Outcome {
    let Some(cyclic) = CyclicSubgroup::of(scene, 2) else {
        return outcome.and("a subgroup is made", Residual::failed());
    };
    let Ok(larger) = Cyclic::new(2 * cyclic.order) else {
        return outcome.and("a cyclic group is made", Residual::failed());
    };
    let dense = scene.dense::<T>();
    let growth = Growth::of_basis(&dense);
    let powers: Vec<AnyElement> = {
        let group = scene.group();
        let mut power = group.identity();
        (0..2 * cyclic.order)
            .map(|_| {
                let next = group.compose(&power, &cyclic.generator);
                std::mem::replace(&mut power, next)
            })
            .collect()
    };
    let pick = |k: usize| scene.picks.get(k).copied().unwrap_or(0) % (2 * cyclic.order);
    let (i, j) = (pick(0), pick(1));
    let inclusion = Restriction::new(dense.clone(), cyclic.subgroup, Clone::clone);
    let along = powers.clone();
    let onto = Restriction::new(dense.clone(), larger, move |&k| along[k].clone());
    let off = magnitude(&(onto.character(&i) - dense.character(&powers[i])));
    outcome
        .and("Res V", laws(&inclusion, growth, (&powers[i], &powers[j]), scene))
        .and("restriction along a map onto a subgroup", laws(&onto, growth, (&i, &j), scene))
        .and("χ of the restriction is χ(φ(h))", Residual::new(off, 0.0))
}

fn along_squares<T: Scalar>(scene: &Scene) -> Outcome {
    let dense = scene.dense::<T>();
    let growth = Growth::of_basis(&dense);
    let group = scene.group();
    let squares = group.clone();
    let rep = Restriction::new(dense, group.clone(), move |g| squares.compose(g, g));
    let (g, h) = (scene.element(0), scene.element(1));
    let x: Vec<T> = vector(scene, Which::Q, rep.dim());
    let elements = (&g, &h, &group.compose(&g, &h));
    let residual = reversed(growth, &x, elements, |g, x| rep.apply(g, x).as_slice().to_vec());
    Outcome::new("ρ((gh)²) = ρ(g²)ρ(h²)", residual)
}
