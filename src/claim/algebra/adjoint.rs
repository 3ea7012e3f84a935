//! A2: the adjoint of the Reynolds operator, and the dual side.

use super::growth::Growth;
use super::reynolds::roundings_of_average;
use super::{CONTROL, THEOREM, entry, small, vector};
use crate::claim::compare::{distance, largest, magnitude, matrix_distance, rounding, total};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Feature, Outcome};
use crate::group::{Finite, FinitelyGenerated};
use crate::law::Residual;
use crate::representation::{ActsOn, Dual, Representation, Reynolds};
use crate::scalar::{Rational, Scalar, dot};
use nalgebra::DMatrix;

const TOLERANCE: &str = "γ_{4q+12n} (K + 1)(K* + 1), where P has q = 2n + |G| + 1 roundings, K = ‖S‖_∞‖S⁻¹‖_∞ \
                         and K* = ‖S‖_1‖S⁻¹‖_1";

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        entry(
            About {
                id: "A2.dual",
                title: "P* is the transpose, on the dual side",
                statement: "avg_g ρ(g)⁻ᵀ = Pᵀ, ⟨P*ξ, x⟩ = ⟨ξ, Px⟩, ρ(g)⁻ᵀP* = P*",
                hypotheses: &["finite group", "any representation"],
                tolerance: TOLERANCE,
                covers: &[Feature::NonAbelian, Feature::KilledOrbit, Feature::NonOrthogonal],
                ..THEOREM
            },
            small,
            dual::<f64>,
            Some(dual::<Rational>),
        ),
        entry(
            About {
                id: "A2.primal-on-the-dual-side",
                title: "P where P* belongs",
                of: Some("A2.dual"),
                statement: "ρ(g)⁻ᵀPξ = Pξ",
                hypotheses: &["dropped: P* acts on covectors, P on vectors"],
                tolerance: TOLERANCE,
                covers: &[Feature::NonOrthogonal],
                ..CONTROL
            },
            small,
            primal_on_the_dual_side::<f64>,
            Some(primal_on_the_dual_side::<Rational>),
        ),
        entry(
            About {
                id: "A2.self-adjoint",
                title: "When P is self-adjoint",
                statement: "P = Pᵀ for orthogonal ρ; in general iff V^G ⊥ Σ_g im(ρ(g) − 1): with \
                            A = max_g |Pᵀ(ρ(g) − 1)|, |P − Pᵀ| ≤ 2A and A ≤ |P − Pᵀ| max_g ‖ρ(g) − 1‖_1",
                hypotheses: &["finite group", "orthogonal representation for the first part"],
                tolerance: TOLERANCE,
                covers: &[
                    Feature::NonAbelian,
                    Feature::SignedOrbit,
                    Feature::KilledOrbit,
                    Feature::NonOrthogonal,
                ],
                cost: 2,
                ..THEOREM
            },
            small,
            self_adjoint::<f64>,
            Some(self_adjoint::<Rational>),
        ),
        entry(
            About {
                id: "A2.sheared-self-adjoint",
                title: "P of a sheared action",
                of: Some("A2.self-adjoint"),
                statement: "P = Pᵀ for ρ = S π S⁻¹",
                hypotheses: &["dropped: ρ is orthogonal"],
                tolerance: TOLERANCE,
                covers: &[Feature::NonOrthogonal],
                ..CONTROL
            },
            small,
            sheared_self_adjoint::<f64>,
            Some(sheared_self_adjoint::<Rational>),
        ),
    ]
}

/// One tolerance for all identities of this file between products of at most two of `P`, `ρ(g)` and
/// `ρ(g) − 1`, compared entry by entry.
///
/// An entry of `P` carries `q` roundings of terms of at most `K`, and of at most `K*` (rows and
/// columns of the same matrices). `Pᵀ(ρ − 1)` has the `q` of `P`, `2n + 1` of `ρ − 1` and `n` of the
/// product, on columns `K*` of `P` and entries `K + 1` of `ρ − 1`: `γ_{q+3n+1}(K + 1)(K* + 1)`. `P − Pᵀ`
/// has `2γ_q K`; times a norm of at most `K* + 1` that itself carries `3n + 1`, another
/// `γ_{2q+6n+2}(K + 1)(K* + 1)`. `|P − Pᵀ| ≤ 2A` needs twice the first and `2γ_q K`. All are within
/// `γ_{4q+12n}(K + 1)(K* + 1)`.
fn tolerance<T: Scalar>(growth: Growth, order: usize, dim: usize) -> f64 {
    let q = roundings_of_average(growth, order);
    rounding::<T>(4 * q + 12 * dim) * (growth.forward + 1.0) * (growth.transposed + 1.0)
}

fn dual<T: Scalar>(scene: &Scene) -> Outcome {
    let rep = scene.dense::<T>();
    let group = scene.group();
    let n = rep.dim();
    let order = group.small_order().unwrap_or(0);
    let tolerance = tolerance::<T>(Growth::of_basis(&rep), order, n);
    let primal = Reynolds::of(&rep);
    let p = primal.matrix();
    let dual = Dual::new(rep);
    let dual_p = Reynolds::of(&dual).matrix();
    let near = |a: &DMatrix<T>, b: &DMatrix<T>| Residual::new(matrix_distance(a, b), tolerance);
    let mut outcome = Outcome::new("avg_g ρ(g)⁻ᵀ = Pᵀ", near(&dual_p, &p.transpose()));
    for s in group.generators() {
        outcome = outcome.and("ρ(s)⁻ᵀP* = P*", near(&(dual.matrix(&s) * &dual_p), &dual_p));
    }
    let (x, xi): (Vec<T>, Vec<T>) = (vector(scene, Which::Q, n), vector(scene, Which::P, n));
    let projected = primal.project_dual(&xi);
    let (left, right) = (dot(projected.as_slice(), &x), dot(&xi, primal.project(&x).as_slice()));
    // Both sides add up the same n² products ξ_i P_ij x_j, with 2n roundings each.
    let terms = total(&xi) * largest(p.as_slice()) * total(&x);
    let averaged = dual_p * nalgebra::DVector::from_vec(xi.clone());
    outcome
        .and(
            "⟨P*ξ, x⟩ = ⟨ξ, Px⟩",
            Residual::new(distance(&[left], &[right]), 2.0 * rounding::<T>(2 * n + 1) * terms),
        )
        .and(
            "P*ξ is the mean of the moved ξ",
            Residual::new(
                distance(projected.as_slice(), averaged.as_slice()),
                tolerance * total(&xi),
            ),
        )
}

fn primal_on_the_dual_side<T: Scalar>(scene: &Scene) -> Outcome {
    let rep = scene.dense::<T>();
    let group = scene.group();
    let n = rep.dim();
    let order = group.small_order().unwrap_or(0);
    let tolerance = tolerance::<T>(Growth::of_basis(&rep), order, n);
    let xi: Vec<T> = vector(scene, Which::P, n);
    let wrong = Reynolds::of(&rep).project(&xi);
    let dual = Dual::new(rep);
    let error = group
        .generators()
        .iter()
        .map(|s| distance(dual.apply(s, wrong.as_slice()).as_slice(), wrong.as_slice()))
        .fold(0.0, crate::claim::compare::larger);
    Outcome::new("ρ(s)⁻ᵀPξ = Pξ", Residual::new(error, tolerance * total(&xi)))
}

/// `max_ij |a_ij|` in the scalar itself.
fn largest_entry<T: Scalar>(matrix: &DMatrix<T>) -> T {
    largest_of(matrix.iter().map(Scalar::magnitude))
}

fn largest_of<T: Scalar>(values: impl Iterator<Item = T>) -> T {
    // A NaN stays: nothing compares as larger than it.
    values.fold(T::zero(), |a, b| if a > b || !a.is_number() { a } else { b })
}

/// The largest column sum of absolute values, in the scalar itself.
fn column_norm<T: Scalar>(matrix: &DMatrix<T>) -> T {
    largest_of(
        matrix
            .column_iter()
            .map(|column| column.iter().fold(T::zero(), |sum, entry| sum + entry.magnitude())),
    )
}

/// By how much `lhs ≤ rhs` fails.
fn excess<T: Scalar>(lhs: &T, rhs: &T) -> f64 {
    if lhs <= rhs { 0.0 } else { magnitude(&(lhs.clone() - rhs.clone())) }
}

fn self_adjoint<T: Scalar>(scene: &Scene) -> Outcome {
    let rep = scene.dense::<T>();
    let group = scene.group();
    let n = rep.dim();
    let order = group.small_order().unwrap_or(0);
    let tolerance = tolerance::<T>(Growth::of_basis(&rep), order, n);
    let p = Reynolds::by_averaging(&rep).matrix();
    let asymmetry = largest_entry(&(&p - p.transpose()));
    let identity = DMatrix::<T>::from_fn(n, n, |i, j| T::count(usize::from(i == j)));
    let (mut overlap, mut moved_most) = (T::zero(), T::zero());
    for g in group.elements() {
        let moved = rep.matrix(&g) - &identity;
        overlap = largest_of([overlap, largest_entry(&(p.transpose() * &moved))].into_iter());
        moved_most = largest_of([moved_most, column_norm(&moved)].into_iter());
    }
    let two = T::ratio(2, 1);
    let signed = Reynolds::<T>::by_averaging(&scene.signed()).matrix();
    // An entry of P is a whole number over |G|: the same one on both sides of the diagonal.
    let symmetric = Residual::new(matrix_distance(&signed, &signed.transpose()), 0.0);
    Outcome::new("P = Pᵀ for orthogonal ρ", symmetric)
        .and(
            "P = Pᵀ if V^G ⊥ Σ im(ρ(g) − 1)",
            Residual::new(excess(&asymmetry, &(two * overlap.clone())), tolerance),
        )
        .and(
            "V^G ⊥ Σ im(ρ(g) − 1) if P = Pᵀ",
            Residual::new(excess(&overlap, &(asymmetry * moved_most)), tolerance),
        )
}

fn sheared_self_adjoint<T: Scalar>(scene: &Scene) -> Outcome {
    let rep = scene.dense::<T>();
    let order = scene.group().small_order().unwrap_or(0);
    let tolerance = tolerance::<T>(Growth::of_basis(&rep), order, rep.dim());
    let p = Reynolds::by_averaging(&rep).matrix();
    Outcome::new("P = Pᵀ", Residual::new(matrix_distance(&p, &p.transpose()), tolerance))
}
