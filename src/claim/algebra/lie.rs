//! A3: invariant tensors of `O(n)` and `SO(n)`, from the Lie algebra and one element of each component.

use super::elimination::rounded;
use super::{CONTROL, THEOREM};
use crate::claim::compare::{distance, largest, rounding, row_sum_norm};
use crate::claim::entry::Instance;
use crate::claim::{About, Claim, Entry, Feature, Features, Outcome};
use crate::group::{Orthogonal, SpecialOrthogonal};
use crate::law::Residual;
use crate::representation::FixedSpace;
use crate::scalar::{Rational, Scalar};
use nalgebra::{DMatrix, DVector};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const TOLERANCE: &str = "γ_{kR+k+n^k+2} F^k |v|_∞: an element is a product of matrices with R roundings, and row \
                         sums whose product is F; the invariant tensors v are found on fractions, rounded once";

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        Box::new(Entry {
            about: About {
                id: "A3.lie",
                title: "Invariant tensors from the Lie algebra",
                statement: "V^G = ∩ ker dρ(X) ∩ ker(ρ(s) − 1) over a basis X of the Lie algebra and one s of each \
                            component, for O(n) and SO(n) on (R^n)^{⊗k}: fixed by every element, and of the \
                            known dimension",
                hypotheses: &["compact Lie group", "one s of each component"],
                tolerance: TOLERANCE,
                cost: 8,
                ..THEOREM
            },
            instances,
            check: invariants::<f64>,
            exact: Some(invariants::<Rational>),
        }),
        Box::new(Entry {
            about: About {
                id: "A3.lie-without-components",
                title: "Invariant tensors from the Lie algebra alone",
                of: Some("A3.lie"),
                statement: "V^G = ∩ ker dρ(X) for O(n) on (R^n)^{⊗k}",
                hypotheses: &["dropped: one s of each component"],
                tolerance: TOLERANCE,
                cost: 8,
                ..CONTROL
            },
            instances,
            check: without_components::<f64>,
            exact: Some(without_components::<Rational>),
        }),
    ]
}

/// The rotations or all isometries of `R^n`, on tensors of some order, and one of them.
#[derive(Clone, Debug)]
struct Tensors {
    n: usize,
    power: usize,
    /// Turns of planes: two axes, and the tangent of half the angle in quarters.
    turns: Vec<(usize, usize, i8)>,
}

impl Instance for Tensors {
    fn features(&self) -> Features {
        // At t = 1 a turn is one by a quarter, at 0 none.
        let mixes = self.turns.iter().any(|&(i, j, t)| i % self.n != j % self.n && t % 4 != 0);
        Features::default().when(mixes && self.n > 1, Feature::MixingTurn)
    }
}

/// Small spaces, of at most 27 coordinates: the simplest first.
fn instances(_: Option<Feature>) -> BoxedStrategy<Tensors> {
    let spaces: Vec<(usize, usize)> = (1..=5)
        .flat_map(|n: usize| (0..=4).map(move |k| (n, k)))
        .filter(|&(n, k)| n.pow(k as u32) <= 27)
        .collect();
    (select(spaces), vec((0..5usize, 0..5usize, -12..=12i8), 1..=4))
        .prop_map(|((n, power), turns)| Tensors { n, power, turns })
        .boxed()
}

/// An orthogonal matrix, with a count of its roundings and a bound on the row sums of its terms.
struct Element<T: Scalar> {
    matrix: DMatrix<T>,
    roundings: usize,
    rows: f64,
}

impl Tensors {
    /// The product of the turns, by angles with rational sines and cosines; after a reflection of the last
    /// coordinate, if asked for.
    fn element<T: Scalar>(&self, reflected: bool) -> Element<T> {
        let n = self.n;
        let mut start = DMatrix::identity(n, n);
        if reflected {
            start[(n - 1, n - 1)] = -T::one();
        }
        let start = Element { matrix: start, roundings: 0, rows: 1.0 };
        self.turns.iter().fold(start, |so_far, &(i, j, t)| {
            let (i, j) = (i % n, j % n);
            if i == j {
                return so_far;
            }
            let t = T::ratio(i64::from(t), 4);
            let square = t.clone() * t.clone();
            let size = T::one() + square.clone();
            // t and its square are exact; one rounding for each quotient.
            let cosine = (T::one() - square) / size.clone();
            let sine = (t.clone() + t) / size;
            let mut turn = DMatrix::identity(n, n);
            turn[(i, i)] = cosine.clone();
            turn[(j, j)] = cosine;
            turn[(j, i)] = sine.clone();
            turn[(i, j)] = -sine;
            Element {
                rows: so_far.rows * row_sum_norm(&turn),
                roundings: so_far.roundings + n + 1,
                matrix: turn * so_far.matrix,
            }
        })
    }

    /// Whether every vector of a basis is fixed by an element, and by how much not. The basis is found on
    /// fractions and rounded once, which both sides see.
    fn fixed<T: Scalar>(&self, space: &FixedSpace<Rational>, element: &Element<T>) -> Residual {
        let Some(basis) = rounded::<T>(space.basis()) else { return Residual::failed() };
        let raised = (0..self.power)
            .fold(DMatrix::<T>::identity(1, 1), |all, _| all.kronecker(&element.matrix));
        let k = self.power;
        let roundings = k * element.roundings + k + raised.nrows() + 2;
        let growth = rounding::<T>(roundings) * element.rows.powi(k as i32);
        basis.column_iter().fold(Residual::exact(true), |worst, v| {
            let v = DVector::from_column_slice(v.as_slice());
            let moved = &raised * &v;
            let off = distance(moved.as_slice(), v.as_slice());
            worst.worse(Residual::new(off, growth * largest(v.as_slice())))
        })
    }

    /// The invariants of `SO(n)` and those of `O(n)`.
    fn spaces<T: Scalar>(&self) -> Option<(FixedSpace<T>, FixedSpace<T>)> {
        let (so, o) = (SpecialOrthogonal::new(self.n).ok()?, Orthogonal::new(self.n).ok()?);
        let found = FixedSpace::of_tensors(&so, self.power).ok()?;
        Some((found, FixedSpace::of_tensors(&o, self.power).ok()?))
    }

    /// The dimensions that are known for `SO(n)` and `O(n)`.
    ///
    /// Pairings of the indices span the invariants of `O(n)`, independently for `k ≤ 2n`: for `k ≤ 4` there
    /// are 1, 0, 1, 0, 3 of them, and in `R^1` all are one and the same. −1 is in `O(n)`, so there are none
    /// of odd order. Rotations have determinants of `n` indices as well, with pairings of the others: in
    /// `R^1` everything is invariant; in the plane, with eigenvalues `e^{±iα}`, the `k choose k/2` products
    /// with as many of one as of the other; in `R^3`, one of order 3, and in `R^4` one of order 4.
    fn known(&self) -> (usize, usize) {
        let pairings = [1, 0, 1, 0, 3][self.power.min(4)];
        let rotations = match (self.n, self.power) {
            (1, _) => 1,
            (2, k) => [1, 0, 2, 0, 6][k.min(4)],
            (3, 3) => 1,
            (4, 4) => 4,
            _ => pairings,
        };
        (rotations, if self.n == 1 { pairings.min(1) } else { pairings })
    }
}

fn invariants<T: Scalar>(tensors: &Tensors) -> Outcome {
    let (Some(found), Some((rotations, all))) =
        (tensors.spaces::<T>(), tensors.spaces::<Rational>())
    else {
        return Outcome::new("the spaces are found", Residual::failed());
    };
    let (turn, flip) = (tensors.element::<T>(false), tensors.element::<T>(true));
    let known = tensors.known();
    let dimensions = [(found.0.dim(), found.1.dim()), (rotations.dim(), all.dim())];
    Outcome::new("dimensions", Residual::exact(dimensions == [known; 2]))
        .and("ρ(g)v = v for g in SO(n)", tensors.fixed(&rotations, &turn))
        .and("ρ(g)v = v for rotations in O(n)", tensors.fixed(&all, &turn))
        .and("ρ(g)v = v for reflections in O(n)", tensors.fixed(&all, &flip))
}

fn without_components<T: Scalar>(tensors: &Tensors) -> Outcome {
    // The Lie algebra of O(n) is that of SO(n), whose only component is that of 1.
    let Some((connected, _)) = tensors.spaces() else { return Outcome::vacuous() };
    Outcome::new("ρ(s)v = v", tensors.fixed(&connected, &tensors.element::<T>(true)))
}
