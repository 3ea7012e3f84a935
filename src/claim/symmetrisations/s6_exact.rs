//! S6 in rational arithmetic: any rational law on the points of a finite support, since no closedness is
//! needed.

use super::s6_tables::Tables;
use super::setting::average;
use crate::claim::Outcome;
use crate::claim::compare::distance;
use crate::claim::registry::families::FiniteEntry;
use crate::claim::scene::{Scene, Which};
use crate::family::FamilyError;
use crate::group::{Finite, Group};
use crate::law::Residual;
use crate::representation::{ActsOn, Representation};
use crate::scalar::{Rational, Scalar, dot};
use num_traits::{One, Zero};
use std::collections::BTreeMap;

fn equal(a: &[Rational], b: &[Rational]) -> Residual {
    Residual::new(distance(a, b), 0.0)
}

/// A rational law on the points, its orbit and their average.
struct Laws {
    q: Vec<Rational>,
    orbit: Vec<Vec<Rational>>,
    mixed: Vec<Rational>,
}

fn laws<E: FiniteEntry>(scene: &Scene, tables: &Tables<E>) -> Laws {
    let count = tables.points.len();
    let weights: Vec<Rational> = scene.positive(Which::Q, count);
    let total = weights.iter().fold(Rational::zero(), |sum, w| sum + w);
    let q: Vec<Rational> = weights.into_iter().map(|w| w / &total).collect();
    // g_#q gives to the image of a point what q gives to the point.
    let orbit: Vec<Vec<Rational>> = tables
        .moves
        .iter()
        .map(|to| {
            let mut moved = vec![Rational::zero(); count];
            to.iter().zip(&q).for_each(|(&image, p)| moved[image] = p.clone());
            moved
        })
        .collect();
    let mixed = average(orbit.iter().map(Vec::as_slice));
    Laws { q, orbit, mixed }
}

/// Adds a divergence of two laws, times a factor, to the sum `Σ_x c(x) ln x` with these coefficients.
fn add_divergence(
    sum: &mut BTreeMap<Rational, Rational>,
    factor: &Rational,
    [p, r]: [&[Rational]; 2],
) {
    for (p, r) in p.iter().zip(r) {
        let share = factor * p;
        *sum.entry(p.clone()).or_insert_with(Rational::zero) += &share;
        *sum.entry(r.clone()).or_insert_with(Rational::zero) -= share;
    }
}

/// `KL(q‖q̄) + KL(q̄‖q) = avg_g KL(q‖g_#q)` for a rational law: the difference is a sum of logarithms of rational numbers, all of
/// whose coefficients are 0.
pub(super) fn both_ways<E: FiniteEntry>(scene: &Scene) -> Result<Outcome, FamilyError> {
    let tables = Tables::<E>::of(scene)?;
    let Laws { q, orbit, mixed } = laws(scene, &tables);
    let (mut sum, one) = (BTreeMap::new(), Rational::one());
    add_divergence(&mut sum, &one, [&q, &mixed]);
    add_divergence(&mut sum, &one, [&mixed, &q]);
    let share = -one / Rational::count(orbit.len());
    for law in &orbit {
        add_divergence(&mut sum, &share, [&q, law]);
    }
    let left: Vec<Rational> = sum.into_values().collect();
    let none = vec![Rational::zero(); left.len()];
    Ok(Outcome::new("KL(q‖q̄) + KL(q̄‖q) = avg_g KL(q‖g_#q)", equal(&left, &none)).partial())
}

/// Outputs are moved back by the Reynolds operator, or on.
pub(super) fn check<E: FiniteEntry>(scene: &Scene, back: bool) -> Result<Outcome, FamilyError> {
    let tables = Tables::<E>::of(scene)?;
    let count = tables.points.len();
    let Laws { q, orbit, mixed } = laws(scene, &tables);
    let size = (0..orbit.len()).filter(|&i| !orbit[..i].contains(&orbit[i])).count();
    let sum = mixed.iter().fold(Rational::zero(), |sum, p| sum + p);
    // ln(g_#q/q̄) ≤ ln k.
    let below = orbit.iter().all(|law| {
        law.iter().zip(&mixed).all(|(p, average)| *p <= average * Rational::count(size))
    });
    let raw: Vec<Rational> = scene.vector(Which::P, count);
    let turned: Vec<Vec<Rational>> = tables
        .moves
        .iter()
        .map(|to| to.iter().map(|&image| raw[image].clone()).collect())
        .collect();
    let loss = average(turned.iter().map(Vec::as_slice));
    let mut outcome = Outcome::new("Σ q̄ = 1", equal(&[sum], &[Rational::one()]))
        .and("E_q̄ L = E_q L", equal(&[dot(&mixed, &loss)], &[dot(&q, &loss)]))
        .and("g_#q ≤ |orbit| q̄", Residual::exact(below));
    for to in &tables.moves {
        let there: Vec<Rational> = to.iter().map(|&image| mixed[image].clone()).collect();
        outcome = outcome.and("q̄ is invariant", equal(&mixed, &there));
    }
    let (left, right) = predictions(scene, &tables, &q, &mixed, back);
    Ok(outcome.and("F_q̄ = QF_q", equal(&left, &right)).partial())
}

/// `F_q̄(x)` and `QF_q(x)` for a random model, made jointly equivariant by averaging.
fn predictions<E: FiniteEntry>(
    scene: &Scene,
    tables: &Tables<E>,
    q: &[Rational],
    mixed: &[Rational],
    back: bool,
) -> (Vec<Rational>, Vec<Rational>) {
    let rep = E::rep::<Rational>(scene);
    let (group, dim, count) = (rep.group(), rep.dim(), tables.points.len());
    let elements: Vec<_> = group.elements().collect();
    let numbers = scene.vector::<Rational>(Which::Q, 47);
    let raw = |theta: usize, x: usize| -> Vec<Rational> {
        (0..dim).map(|i| numbers[(theta * count * dim + x * dim + i) % 47].clone()).collect()
    };
    let model = |theta: usize, x: usize| -> Vec<Rational> {
        let moved: Vec<_> = elements
            .iter()
            .zip(&tables.moves)
            .map(|(h, to)| {
                let output = raw(to[theta], to[x]);
                rep.apply(&group.inverse(h), &output)
            })
            .collect();
        average(moved.iter().map(|output| output.as_slice()))
    };
    let mean = |law: &[Rational], x: usize| -> Vec<Rational> {
        let mut sum = vec![Rational::zero(); dim];
        for (theta, p) in law.iter().enumerate() {
            for (total, value) in sum.iter_mut().zip(model(theta, x)) {
                *total += p * value;
            }
        }
        sum
    };
    let x = scene.picks.first().copied().unwrap_or(0) % count;
    // The orbit of x is shorter than the group is large.
    let mut known: Vec<Option<Vec<Rational>>> = vec![None; count];
    let turned: Vec<_> = elements
        .iter()
        .zip(&tables.moves)
        .map(|(g, to)| {
            let output = known[to[x]].get_or_insert_with(|| mean(q, to[x]));
            let by = if back { group.inverse(g) } else { g.clone() };
            rep.apply(&by, output)
        })
        .collect();
    (mean(mixed, x), average(turned.iter().map(|output| output.as_slice())))
}
