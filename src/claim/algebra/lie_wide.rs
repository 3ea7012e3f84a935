//! A3: invariant tensors of `O(n)` and `SO(n)` beyond what elimination on all coordinates affords: first what
//! the signed permutation matrices of the group fix, by orbits, then one element of the Lie algebra.

use super::{CONTROL, THEOREM};
use crate::claim::entry::Instance;
use crate::claim::rounding::{Judge, Tracked, all_close};
use crate::claim::{About, Claim, Entry, Feature, Features, Outcome};
use crate::law::Residual;
use crate::representation::{FixedSpace, SignedOrbits, SignedPermutation};
use crate::scalar::{Rational, Scalar};
use nalgebra::{DMatrix, DVector};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const TOLERANCE: &str = "by running error analysis: the bounds that both sides carry";

const COVERS: &[Feature] = &[Feature::MixingTurn];

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        Box::new(Entry {
            about: About {
                id: "A3.lie-mixed",
                title: "Invariant mixed tensors of the orthogonal groups",
                statement: "V^G = {v ∈ V^H : dρ(X)v = 0} for G = O(n) or SO(n), H its signed permutation matrices \
                            and X a turn of one plane, on mixed tensors of k indices: fixed by every element, and \
                            of the dimension Σ f^λ over λ ⊢ k of at most n rows, all even (for SO(n): or n rows, \
                            all odd)",
                hypotheses: &["n ≤ 5", "k ≤ 4 indices, upper or lower"],
                tolerance: TOLERANCE,
                covers: COVERS,
                cost: 2,
                ..THEOREM
            },
            instances,
            check: invariants::<Tracked>,
            exact: Some(invariants::<Rational>),
        }),
        Box::new(Entry {
            about: About {
                id: "A3.lie-finite-subgroup",
                title: "Invariant tensors of the signed permutations alone",
                of: Some("A3.lie-mixed"),
                statement: "V^G = V^H for the signed permutation matrices H of O(n) or SO(n)",
                hypotheses: &["dropped: the Lie algebra"],
                tolerance: TOLERANCE,
                covers: COVERS,
                cost: 2,
                ..CONTROL
            },
            instances,
            check: finite_subgroup::<Tracked>,
            exact: Some(finite_subgroup::<Rational>),
        }),
    ]
}

/// Tensors over `R^n`, some of whose indices are lower, and an element of the group: turns of planes, after
/// a reflection if `n` allows and it is asked for.
#[derive(Clone, Debug)]
struct Mixed {
    n: usize,
    /// For each index whether it is lower: a covector, moved by the inverse transpose.
    lower: Vec<bool>,
    /// Turns of planes: two axes, and the tangent of half the angle in quarters.
    turns: Vec<(usize, usize, i8)>,
}

impl Instance for Mixed {
    fn features(&self) -> Features {
        let mixes = self.turns.iter().any(|&(i, j, t)| i % self.n != j % self.n && t % 4 != 0);
        Features::default().when(mixes && self.n > 1, Feature::MixingTurn)
    }
}

fn instances(wanted: Option<Feature>) -> BoxedStrategy<Mixed> {
    // Every case of the first sixteen mixes planes; the simplest spaces come first.
    let least = if wanted.is_some() { 2 } else { 1 };
    let spaces: Vec<(usize, usize)> =
        (0..=4).flat_map(|k| (least..=5).map(move |n: usize| (n, k))).collect();
    let tangent = prop_oneof![-11..=-9i8, -7..=-5i8, 1..=3i8, 5..=7i8];
    (select(spaces), vec(any::<bool>(), 4), vec((0..5usize, 1..5usize, tangent), 1..=4))
        .prop_map(|((n, k), lower, turns)| Mixed {
            n,
            lower: lower[..k].to_vec(),
            // Two different axes, whatever n is.
            turns: turns
                .into_iter()
                .map(|(i, step, t)| (i % n, (i + 1 + step % (n - 1).max(1)) % n, t))
                .collect(),
        })
        .boxed()
}

/// Whether reflections belong to the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Rotations,
    Isometries,
}

impl Mixed {
    fn k(&self) -> usize {
        self.lower.len()
    }

    fn dim(&self) -> usize {
        self.n.pow(self.k() as u32)
    }

    /// A signed permutation of the axes on every index: its own inverse transpose.
    fn on_tensors(&self, axis: impl Fn(usize) -> (usize, bool)) -> SignedPermutation {
        SignedPermutation::from_fn(self.dim(), |word| {
            let (mut rest, mut place, mut image, mut negative) = (word, 1, 0, false);
            for _ in 0..self.k() {
                let (moved, flipped) = axis(rest % self.n);
                image += moved * place;
                negative ^= flipped;
                rest /= self.n;
                place *= self.n;
            }
            (image, negative)
        })
    }

    /// A basis of what the signed permutation matrices of the group fix, as columns of whole numbers: quarter
    /// turns of neighbouring axes generate those of `SO(n)`, and with a reflection those of `O(n)`.
    fn finite<T: Scalar>(&self, of: Of) -> DMatrix<T> {
        let last = self.n - 1;
        let mut maps: Vec<SignedPermutation> = (0..last)
            .map(|i| {
                self.on_tensors(|axis| match axis {
                    axis if axis == i => (i + 1, false),
                    axis if axis == i + 1 => (i, true),
                    axis => (axis, false),
                })
            })
            .collect();
        if of == Of::Isometries {
            maps.push(self.on_tensors(|axis| (axis, axis == last)));
        }
        let orbits = SignedOrbits::new(self.dim(), &maps);
        let columns: Vec<DVector<T>> = orbits
            .iter()
            .filter(|orbit| !orbit.is_killed())
            .map(|orbit| {
                let mut column = DVector::from_element(self.dim(), T::zero());
                for (i, negative) in orbit.members() {
                    column[i] = if negative { -T::one() } else { T::one() };
                }
                column
            })
            .collect();
        DMatrix::from_fn(self.dim(), columns.len(), |i, j| columns[j][i].clone())
    }

    /// A matrix on index `slot`, the first being the most significant.
    fn along<T: Scalar>(&self, slot: usize, matrix: &DMatrix<T>, x: &DVector<T>) -> DVector<T> {
        let stride = self.n.pow((self.k() - 1 - slot) as u32);
        DVector::from_fn(self.dim(), |word, _| {
            let row = word / stride % self.n;
            let base = word - row * stride;
            (0..self.n).fold(T::zero(), |sum, column| {
                sum + matrix[(row, column)].clone() * x[base + column * stride].clone()
            })
        })
    }

    /// `dρ(X)` for the turn `X` of the first two axes; on lower indices `−Xᵀ`.
    fn derivative<T: Scalar>(&self, x: &DVector<T>) -> DVector<T> {
        let mut turn = DMatrix::from_element(self.n, self.n, T::zero());
        turn[(1, 0)] = T::one();
        turn[(0, 1)] = -T::one();
        let dual = -turn.transpose();
        (0..self.k()).fold(DVector::from_element(self.dim(), T::zero()), |sum, slot| {
            sum + self.along(slot, if self.lower[slot] { &dual } else { &turn }, x)
        })
    }

    /// The invariants of the group: what `dρ(X)` kills of what the signed permutations fix. With `B` a basis
    /// of the latter, `dρ(X)Bc = 0` iff `(dρ(X)B)ᵀ(dρ(X)B)c = 0`, a few equations in whole numbers.
    fn invariants<T: Scalar>(&self, of: Of) -> Option<DMatrix<T>> {
        let finite = self.finite::<T>(of);
        if self.n == 1 {
            return Some(finite);
        }
        let moved: Vec<DVector<T>> = finite
            .column_iter()
            .map(|column| self.derivative(&DVector::from_column_slice(column.as_slice())))
            .collect();
        let gram = DMatrix::from_fn(moved.len(), moved.len(), |i, j| moved[i].dot(&moved[j]));
        let space = FixedSpace::of_operators(gram.nrows(), &[gram]).ok()?;
        Some(finite * space.basis())
    }

    /// The product of the turns, by angles with rational sines and cosines, and its inverse; before them a
    /// reflection of the last axis, if asked for.
    fn element<T: Scalar>(&self, reflected: bool) -> [DMatrix<T>; 2] {
        let n = self.n;
        let mut start = DMatrix::<T>::identity(n, n);
        if reflected {
            start[(n - 1, n - 1)] = -T::one();
        }
        self.turns.iter().filter(|(i, j, _)| i != j).fold(
            [start.clone(), start],
            |[forward, back], &(i, j, t)| {
                let t = T::ratio(i64::from(t), 4);
                let square = t.clone() * t.clone();
                let size = T::one() + square.clone();
                let cosine = (T::one() - square) / size.clone();
                let sine = (t.clone() + t) / size;
                let turn = |sine: T| {
                    let mut turn = DMatrix::<T>::identity(n, n);
                    turn[(i, i)] = cosine.clone();
                    turn[(j, j)] = cosine.clone();
                    turn[(j, i)] = sine.clone();
                    turn[(i, j)] = -sine;
                    turn
                };
                [turn(sine.clone()) * forward, back * turn(-sine)]
            },
        )
    }

    /// Whether an element fixes every column.
    fn fixed<T: Judge>(&self, basis: &DMatrix<T>, [forward, back]: &[DMatrix<T>; 2]) -> Residual {
        let dual = back.transpose();
        basis.column_iter().fold(Residual::exact(true), |worst, column| {
            let v = DVector::from_column_slice(column.as_slice());
            let moved = (0..self.k()).fold(v.clone(), |moved, slot| {
                self.along(slot, if self.lower[slot] { &dual } else { forward }, &moved)
            });
            worst.worse(all_close(moved.as_slice(), v.as_slice()))
        })
    }
}

/// `Σ f^λ` over the partitions of `k` with at most `n` rows, all even; for rotations also over those with `n`
/// rows, all odd.
///
/// By Schur–Weyl duality `V^{⊗k}` has `f^λ` copies of the representation of `GL(n)` with highest weight `λ`,
/// and this has one invariant of `O(n)` if all rows are even, one that `O(n)` moves by the determinant if
/// all `n` are odd, and else none (Goodman and Wallach, *Symmetry, Representations, and Invariants*, 12.2).
fn known(n: usize, k: usize, of: Of) -> usize {
    partitions(k, k)
        .iter()
        .filter(|rows| {
            let even = rows.len() <= n && rows.iter().all(|row| row % 2 == 0);
            let odd = rows.len() == n && rows.iter().all(|row| row % 2 == 1);
            even || of == Of::Rotations && odd
        })
        .map(|rows| tableaux(rows))
        .sum()
}

/// The partitions of `k` into rows of at most `largest`.
fn partitions(k: usize, largest: usize) -> Vec<Vec<usize>> {
    if k == 0 {
        return vec![vec![]];
    }
    (1..=largest.min(k))
        .flat_map(|row| {
            partitions(k - row, row).into_iter().map(move |mut rest| {
                rest.insert(0, row);
                rest
            })
        })
        .collect()
}

/// The number of standard tableaux, by hook lengths.
fn tableaux(rows: &[usize]) -> usize {
    let hooks: usize = rows
        .iter()
        .enumerate()
        .flat_map(|(i, &row)| {
            (0..row).map(move |j| {
                let below = rows[i + 1..].iter().filter(|&&other| other > j).count();
                row - j + below
            })
        })
        .product();
    (1..=rows.iter().sum()).product::<usize>() / hooks
}

fn invariants<T: Judge>(mixed: &Mixed) -> Outcome {
    let (Some(rotations), Some(all)) =
        (mixed.invariants::<T>(Of::Rotations), mixed.invariants::<T>(Of::Isometries))
    else {
        return Outcome::new("the spaces are found", Residual::failed());
    };
    let (turn, flip) = (mixed.element::<T>(false), mixed.element::<T>(true));
    let (n, k) = (mixed.n, mixed.k());
    let dimensions = [rotations.ncols(), all.ncols()];
    let expected = [known(n, k, Of::Rotations), known(n, k, Of::Isometries)];
    Outcome::new("dimensions", Residual::exact(dimensions == expected))
        .and("ρ(g)v = v for g in SO(n)", mixed.fixed(&rotations, &turn))
        .and("ρ(g)v = v for rotations in O(n)", mixed.fixed(&all, &turn))
        .and("ρ(g)v = v for reflections in O(n)", mixed.fixed(&all, &flip))
}

fn finite_subgroup<T: Judge>(mixed: &Mixed) -> Outcome {
    let (rotations, all) = (mixed.finite::<T>(Of::Rotations), mixed.finite::<T>(Of::Isometries));
    let turn = mixed.element::<T>(false);
    Outcome::new("ρ(g)v = v for v in V^H, of rotations", mixed.fixed(&rotations, &turn))
        .and("ρ(g)v = v for v in V^H", mixed.fixed(&all, &turn))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::{Orthogonal, SpecialOrthogonal};

    #[test]
    fn known_dimensions_are_those_of_pairings_and_of_elimination() {
        for n in 1..=5 {
            for k in 0..=4 {
                // (k − 1)!! pairings, independent for k ≤ 2n.
                let pairings = [1, 0, 1, 0, 3][k];
                if k <= 2 * n {
                    assert_eq!(known(n, k, Of::Isometries), pairings, "O({n}), {k} indices");
                }
                if n.pow(k as u32) <= 27 {
                    let so = SpecialOrthogonal::new(n).unwrap();
                    let o = Orthogonal::new(n).unwrap();
                    let found = FixedSpace::<Rational>::of_tensors(&so, k).unwrap().dim();
                    assert_eq!(known(n, k, Of::Rotations), found, "SO({n}), {k} indices");
                    let found = FixedSpace::<Rational>::of_tensors(&o, k).unwrap().dim();
                    assert_eq!(known(n, k, Of::Isometries), found, "O({n}), {k} indices");
                }
            }
        }
        // The determinant of four indices in R^4, which elimination does not reach.
        assert_eq!(known(4, 4, Of::Rotations), 4);
        assert_eq!(tableaux(&[3, 2]), 5);
    }
}
