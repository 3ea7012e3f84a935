//! How far rounding can carry an action: the tolerances of the chapter.

use crate::claim::compare::{column_sum_norm, row_sum_norm};
use crate::representation::{ChangeOfBasis, Representation};
use crate::scalar::Scalar;

/// A bound on the rounding errors of an action, the same for all group elements:
/// `|fl(ρ(g)x) − ρ(g)x|_∞ ≤ γ_r · forward · |x|_∞` with `r = roundings`, and likewise for `ρ(g)ᵀ` with
/// `transposed`. Both are at least 1, and bound the row sums of `|ρ(g)|` and of `|ρ(g)ᵀ|` themselves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Growth {
    pub(super) forward: f64,
    pub(super) transposed: f64,
    pub(super) roundings: usize,
}

impl Growth {
    /// A signed permutation moves and negates numbers, and rounds none.
    pub(super) const INDEX_MAP: Self = Self { forward: 1.0, transposed: 1.0, roundings: 0 };

    /// `S π S⁻¹` applied factor by factor: two products with a matrix, each a sum of `n` products per
    /// entry, so `n` roundings each (adding to 0 is exact). The terms of entry `i` add up to
    /// `(|S||π||S⁻¹||x|)_i` at most, and `|π|` permutes. The basis of a scene is a unit triangular
    /// matrix of integers, so that `S⁻¹` is one as well, found without rounding.
    pub(super) fn of_basis<R: Representation, T: Scalar>(rep: &ChangeOfBasis<R, T>) -> Self {
        let (basis, inverse) = (rep.basis(), rep.inverse_basis());
        Self {
            forward: row_sum_norm(basis) * row_sum_norm(inverse),
            transposed: column_sum_norm(basis) * column_sum_norm(inverse),
            roundings: 2 * rep.dim(),
        }
    }

    /// The dual acts by transposes.
    pub(super) fn dual(self) -> Self {
        Self { forward: self.transposed, transposed: self.forward, ..self }
    }

    /// A direct sum acts on each part by itself.
    pub(super) fn sum(self, other: Self) -> Self {
        Self {
            forward: self.forward.max(other.forward),
            transposed: self.transposed.max(other.transposed),
            roundings: self.roundings.max(other.roundings),
        }
    }

    /// A tensor product acts by one factor and then by the other: errors `(1 + γ_r)(1 + γ_s) ≤ 1 + γ_{r+s}`.
    pub(super) fn tensor(self, other: Self) -> Self {
        Self {
            forward: self.forward * other.forward,
            transposed: self.transposed * other.transposed,
            roundings: self.roundings + other.roundings,
        }
    }

    /// `X ↦ ρXρᵀ` for symmetric `X`, by two products with the matrix of `ρ`, which itself carries `r`
    /// roundings: `2(r + n)` of them, on terms of at most `forward²|X|`. The transpose is `ρᵀΛρ` with
    /// off-diagonal entries halved before and doubled after, which is exact.
    pub(super) fn symmetric_square(self, dim: usize) -> Self {
        Self {
            forward: self.forward * self.forward,
            transposed: 2.0 * self.transposed * self.transposed,
            roundings: 2 * (self.roundings + dim),
        }
    }
}
