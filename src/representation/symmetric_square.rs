//! Symmetric squares: how second moments move.

use super::{
    ActsByPermutations, ActsBySignedPermutations, ActsOn, ElementOf, Representation,
    SignedPermutation, check_len,
};
use crate::scalar::Scalar;
use nalgebra::DMatrix;

/// The symmetric square `Sym² V` in the coordinates `S_ij`, `i ≤ j`, of a symmetric matrix, row by
/// row; `S` moves as `ρ(g) S ρ(g)ᵀ`.
///
/// These are the coordinates of the statistic `θθᵀ`. Note that in them the action of an orthogonal
/// `ρ` is *not* orthogonal (off-diagonal entries count once here and twice in the trace), so `P` and
/// `P*` differ: only signed permutations keep it orthogonal.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::representation::{ActsOn, PermutationRep, SymmetricSquare};
///
/// let square = SymmetricSquare::new(PermutationRep::regular(&Cyclic::new(2)?)?);
/// // (S_00, S_01, S_11) with the two coordinates swapped:
/// assert_eq!(square.apply(&1, &[1.0, 2.0, 3.0]).as_slice(), [3.0, 2.0, 1.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct SymmetricSquare<R> {
    base: R,
}

impl<R: Representation> SymmetricSquare<R> {
    /// The symmetric square of a representation.
    pub fn new(base: R) -> Self {
        Self { base }
    }

    /// The representation that this is the square of.
    pub fn base(&self) -> &R {
        &self.base
    }
}

/// The number of pairs `i ≤ j` below `n`.
pub(crate) fn pair_count(n: usize) -> usize {
    n * (n + 1) / 2
}

/// Where the pair `i ≤ j` stands among the pairs of `n` indices.
pub(crate) fn pair_index(n: usize, i: usize, j: usize) -> usize {
    let (i, j) = if i <= j { (i, j) } else { (j, i) };
    i * n - i * (i + 1) / 2 + j
}

/// The pairs `i ≤ j` below `n` in their order.
pub(crate) fn pairs(n: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n).flat_map(move |i| (i..n).map(move |j| (i, j)))
}

/// `M S Mᵀ` for the symmetric matrix with the coordinates `x`, as coordinates again; off-diagonal
/// coordinates of input and output are multiplied by the two weights.
fn congruence<T: Scalar>(matrix: &DMatrix<T>, x: &[T], out: &mut [T], weights: (T, T)) {
    let n = matrix.nrows();
    let symmetric = DMatrix::from_fn(n, n, |i, j| {
        let value = x[pair_index(n, i, j)].clone();
        if i == j { value } else { value * weights.0.clone() }
    });
    let moved = matrix * symmetric * matrix.transpose();
    for (k, (i, j)) in pairs(n).enumerate() {
        let value = moved[(i, j)].clone();
        out[k] = if i == j { value } else { value * weights.1.clone() };
    }
}

impl<R: Representation> Representation for SymmetricSquare<R> {
    type Group = R::Group;

    fn group(&self) -> &R::Group {
        self.base.group()
    }

    fn dim(&self) -> usize {
        pair_count(self.base.dim())
    }

    fn signed_permutation(&self, g: &ElementOf<Self>) -> Option<SignedPermutation> {
        Some(on_pairs(&self.base.signed_permutation(g)?))
    }
}

fn on_pairs(map: &SignedPermutation) -> SignedPermutation {
    let n = map.dim();
    let all: Vec<(usize, usize)> = pairs(n).collect();
    SignedPermutation::from_fn(all.len(), |k| {
        let ((i, i_sign), (j, j_sign)) = (map.image(all[k].0), map.image(all[k].1));
        (pair_index(n, i, j), i_sign != j_sign)
    })
}

impl<T: Scalar, R: ActsOn<T>> ActsOn<T> for SymmetricSquare<R> {
    fn act(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        check_len(self.dim(), x.len(), out.len());
        match self.signed_permutation(g) {
            Some(map) => map.act(x, out),
            None => congruence(&self.base.matrix(g), x, out, (T::one(), T::one())),
        }
    }

    fn act_transposed(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        check_len(self.dim(), x.len(), out.len());
        match self.signed_permutation(g) {
            Some(map) => map.act_transposed(x, out),
            None => {
                // ⟨η, S⟩ = Σ_{i≤j} η_ij S_ij = tr(Λ S) with Λ_ii = η_ii and Λ_ij = η_ij / 2, and
                // tr(Λ ρSρᵀ) = tr(ρᵀΛρ S).
                let weights = (T::ratio(1, 2), T::ratio(2, 1));
                congruence(&self.base.matrix(g).transpose(), x, out, weights);
            }
        }
    }

    /// Entry by entry from one matrix of the base: `ρ_ik ρ_jk` in the column of the square `k`, and
    /// `ρ_ik ρ_jl + ρ_il ρ_jk` in that of the pair `k < l`.
    fn matrix(&self, g: &ElementOf<Self>) -> DMatrix<T> {
        let rho: DMatrix<T> = self.base.matrix(g);
        let product = |i: usize, k: usize, j: usize, l: usize| {
            let (a, b) = (&rho[(i, k)], &rho[(j, l)]);
            // Most entries vanish, and exact scalars multiply at a price.
            if a.is_zero() || b.is_zero() { T::zero() } else { a.clone() * b.clone() }
        };
        let all: Vec<(usize, usize)> = pairs(rho.nrows()).collect();
        DMatrix::from_fn(all.len(), all.len(), |row, column| {
            let ((i, j), (k, l)) = (all[row], all[column]);
            if k == l { product(i, k, j, k) } else { product(i, k, j, l) + product(i, l, j, k) }
        })
    }
}

impl<R: ActsBySignedPermutations> ActsBySignedPermutations for SymmetricSquare<R> {
    fn index_map(&self, g: &ElementOf<Self>) -> SignedPermutation {
        on_pairs(&self.base.index_map(g))
    }
}

impl<R: ActsByPermutations> ActsByPermutations for SymmetricSquare<R> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::{Cyclic, Finite};
    use crate::representation::Dense;
    use nalgebra::dmatrix;

    #[test]
    fn the_matrix_is_the_one_that_acts() {
        let shear = Dense::from_fn(Cyclic::new(2).unwrap(), 3, |&g| {
            if g == 0 {
                DMatrix::identity(3, 3)
            } else {
                dmatrix![1.0, 1.0, 0.0; 0.0, -1.0, 2.0; 0.0, 0.0, 1.0]
            }
        });
        let square = SymmetricSquare::new(shear);
        for g in Cyclic::new(2).unwrap().elements() {
            let matrix: DMatrix<f64> = square.matrix(&g);
            for k in 0..6 {
                let basis_vector: Vec<f64> = (0..6).map(|i| f64::from(u8::from(i == k))).collect();
                assert_eq!(matrix.column(k), square.apply(&g, &basis_vector));
            }
        }
    }
}
