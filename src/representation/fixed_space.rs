//! Fixed spaces from generators alone (claim A3).

use super::{ActsOn, RepresentationError};
use crate::group::FinitelyGenerated;
use crate::linalg;
use crate::scalar::Scalar;
use nalgebra::DMatrix;

/// The fixed space `V^G` of a representation with its natural complement, found from generators:
/// `V^G = ∩ ker(ρ(s) − 1)`, and `Σ im(ρ(s) − 1)`, the kernel of the projector `P`.
///
/// For a compact Lie group the operators are `dρ(X)` for generators `X` of the Lie algebra and `ρ(s) − 1`
/// for one `s` in each component ([`of_operators`](Self::of_operators)).
///
/// By elimination with complete pivoting. Exact scalars decide ranks exactly. In floating point a
/// remainder counts as zero when it is within the rounding errors of the elimination, and as a pivot
/// when it is above the square root of the unit roundoff, relative to the largest entry met; in between
/// the rank is not clear, which is an error and not a guess. The rank found is that of a matrix as near
/// to the given one as those rounding errors; one that truly is of another rank, but nearer than that,
/// cannot be told from it.
///
/// # Examples
/// ```
/// use equibayes::representation::FixedSpace;
/// use nalgebra::dmatrix;
///
/// // SO(3) on R^3 by its Lie algebra: rotations about the first axis alone fix that axis.
/// let about_x = dmatrix![0.0, 0.0, 0.0; 0.0, 0.0, -1.0; 0.0, 1.0, 0.0];
/// let about_y = dmatrix![0.0, 0.0, 1.0; 0.0, 0.0, 0.0; -1.0, 0.0, 0.0];
/// assert_eq!(FixedSpace::of_operators(3, &[about_x.clone()])?.dim(), 1);
/// assert_eq!(FixedSpace::of_operators(3, &[about_x, about_y])?.dim(), 0);
/// # Ok::<(), equibayes::representation::RepresentationError>(())
/// ```
#[derive(Clone, Debug)]
pub struct FixedSpace<T: Scalar> {
    basis: DMatrix<T>,
    annihilator: DMatrix<T>,
}

impl<T: Scalar> FixedSpace<T> {
    /// The fixed space of a representation, from the matrices of the group's generators.
    ///
    /// # Errors
    /// [`RepresentationError::UnclearRank`], in floating point only.
    pub fn by_generators<R>(rep: &R) -> Result<Self, RepresentationError>
    where
        R: ActsOn<T>,
        R::Group: FinitelyGenerated,
    {
        let dim = rep.dim();
        let moved: Vec<_> = rep
            .group()
            .generators()
            .iter()
            .map(|s| {
                let mut matrix = rep.matrix(s);
                for i in 0..dim {
                    matrix[(i, i)] -= T::one();
                }
                matrix
            })
            .collect();
        Self::of_operators(dim, &moved)
    }

    /// What all of these operators send to zero; complementary to the sum of their images where they are
    /// `dρ(X)` and `ρ(s) − 1` of a compact group.
    ///
    /// # Errors
    /// [`RepresentationError::UnclearRank`], in floating point only.
    ///
    /// # Panics
    /// If an operator is not `dim` × `dim`.
    pub fn of_operators(dim: usize, operators: &[DMatrix<T>]) -> Result<Self, RepresentationError> {
        let mut stacked = DMatrix::from_element(dim * operators.len(), dim, T::zero());
        let mut transposed = stacked.clone();
        for (k, operator) in operators.iter().enumerate() {
            assert_eq!(operator.shape(), (dim, dim), "operator {k} on {dim} coordinates");
            stacked.rows_mut(k * dim, dim).copy_from(operator);
            transposed.rows_mut(k * dim, dim).copy_from(&operator.transpose());
        }
        Ok(Self { basis: null_space(stacked)?, annihilator: null_space(transposed)? })
    }

    /// The dimension of the fixed space.
    pub fn dim(&self) -> usize {
        self.basis.ncols()
    }

    /// A basis of the fixed space, as columns.
    pub fn basis(&self) -> &DMatrix<T> {
        &self.basis
    }

    /// A basis, as columns, of the covectors that vanish on the sum of the images: the fixed space of the
    /// dual.
    pub fn annihilator(&self) -> &DMatrix<T> {
        &self.annihilator
    }

    /// The projector on the fixed space along the sum of the images; `None` if the two are not
    /// complementary, which for a compact group they always are.
    ///
    /// With bases `N` of the one and `Y` of the covectors that vanish on the other it is `N (YᵀN)⁻¹ Yᵀ`:
    /// it fixes `N`, and vanishes where `Y` does.
    pub fn projector(&self) -> Option<DMatrix<T>> {
        if self.basis.ncols() != self.annihilator.ncols() {
            return None;
        }
        let pairing = self.annihilator.transpose() * &self.basis;
        Some(&self.basis * linalg::inverse(&pairing)? * self.annihilator.transpose())
    }
}

/// A basis of `{x : Ax = 0}`, as columns, by Gauss–Jordan elimination with complete pivoting.
fn null_space<T: Scalar>(mut a: DMatrix<T>) -> Result<DMatrix<T>, RepresentationError> {
    let (rows, columns) = a.shape();
    let mut order: Vec<usize> = (0..columns).collect();
    let mut largest = 0.0_f64;
    let mut rank = 0;
    while rank < usize::min(rows, columns) {
        let mut pivot = (rank, rank);
        for j in rank..columns {
            for i in rank..rows {
                if a[(i, j)].magnitude() > a[pivot].magnitude() || !a[(i, j)].is_number() {
                    pivot = (i, j);
                }
            }
        }
        let remainder = a[pivot].nearest_f64().abs();
        largest = if remainder.is_nan() { remainder } else { largest.max(remainder) };
        if T::UNIT_ROUNDOFF == 0.0 {
            if a[pivot].is_zero() {
                break;
            }
        } else {
            // As a perturbation of the matrix that was given: an entry has had at most three roundings (quotient,
            // product, difference) in each of `rank` steps, of numbers of at most twice the largest met, since
            // complete pivoting leaves quotients of at most 1. The entries themselves, those of ρ(s) − 1, come
            // with up to `columns` roundings of their own.
            let noise = 6.0 * (rank + columns) as f64 * T::UNIT_ROUNDOFF * largest;
            if remainder <= noise {
                break;
            }
            let clear = T::UNIT_ROUNDOFF.sqrt() * largest;
            // Also for NaN.
            if !(remainder > clear) {
                return Err(RepresentationError::UnclearRank { rank, remainder, noise, clear });
            }
        }
        a.swap_rows(rank, pivot.0);
        a.swap_columns(rank, pivot.1);
        order.swap(rank, pivot.1);
        let scale = a[(rank, rank)].clone();
        for j in rank..columns {
            a[(rank, j)] /= scale.clone();
        }
        for i in (0..rows).filter(|&i| i != rank) {
            let factor = a[(i, rank)].clone();
            if factor.is_zero() {
                continue;
            }
            a[(i, rank)] = T::zero();
            for j in rank + 1..columns {
                let step = factor.clone() * a[(rank, j)].clone();
                a[(i, j)] -= step;
            }
        }
        rank += 1;
    }
    Ok(DMatrix::from_fn(columns, columns - rank, |_, _| T::zero())).map(|mut basis| {
        for k in 0..columns - rank {
            basis[(order[rank + k], k)] = T::one();
            for row in 0..rank {
                basis[(order[row], k)] = -a[(row, rank + k)].clone();
            }
        }
        basis
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::{Cyclic, Dihedral};
    use crate::representation::{ChangeOfBasis, PermutationRep, Reynolds};
    use crate::scalar::Rational;
    use nalgebra::dmatrix;

    #[test]
    fn a_matrix_that_breaks_a_singular_value_decomposition_has_its_null_space() {
        // nalgebra's SVD of this matrix of rank 2 is silently wrong from the fifth digit on, which is why no
        // rank is decided by it here.
        let matrix = dmatrix![-1i64, 2, -4; 1, 2, 2; -1, -4, -1];
        let exact = null_space(matrix.map(|entry| Rational::ratio(entry, 1))).unwrap();
        let float = null_space(matrix.map(|entry| entry as f64)).unwrap();
        assert_eq!((exact.ncols(), float.ncols()), (1, 1));
        let residual = matrix.map(|entry| entry as f64) * float;
        // Three products of numbers of at most 4 and 4, a few roundings each.
        assert!(residual.iter().all(|entry| entry.abs() <= 16.0 * 48.0 * f64::EPSILON));
    }

    #[test]
    fn the_projector_from_generators_is_the_average() {
        let d3 = PermutationRep::regular(&Dihedral::new(3).unwrap()).unwrap();
        let basis = DMatrix::from_fn(6, 6, |i, j| {
            Rational::ratio(i64::from(i == j) + if i > j { (i * j) as i64 % 3 - 1 } else { 0 }, 1)
        });
        let rep = ChangeOfBasis::new(d3, basis).unwrap();
        let space = FixedSpace::by_generators(&rep).unwrap();
        assert_eq!(space.dim(), 1);
        let average = Reynolds::<Rational>::by_averaging(&rep);
        assert_eq!(space.projector().unwrap(), average.matrix());
        let operator = Reynolds::by_generators(&rep).unwrap();
        assert_eq!(operator.matrix(), average.matrix());
        assert_eq!(operator.rank(), 1);
    }

    #[test]
    fn floats_agree_with_fractions_and_an_unclear_rank_is_an_error() {
        let c3 = PermutationRep::regular(&Cyclic::new(3).unwrap()).unwrap();
        let sheared = ChangeOfBasis::new(c3, dmatrix![1.0, 3.0, 0.0; 0.0, 1.0, 0.5; 0.0, 0.0, 1.0]);
        let rep = sheared.unwrap();
        let space = FixedSpace::<f64>::by_generators(&rep).unwrap();
        assert_eq!(space.dim(), 1);
        let nearly = dmatrix![1.0, 0.0; 0.0, 1e-12];
        let error = FixedSpace::of_operators(2, &[nearly]).unwrap_err();
        assert!(matches!(error, RepresentationError::UnclearRank { rank: 1, .. }));
        let broken = dmatrix![1.0, f64::NAN; 0.0, 1.0];
        assert!(FixedSpace::of_operators(2, &[broken]).is_err());
        assert_eq!(FixedSpace::<f64>::of_operators(2, &[]).unwrap().dim(), 2);
    }

    #[test]
    fn a_shear_of_no_compact_group_has_no_projector() {
        let shear = dmatrix![0i64, 1; 0, 0].map(|entry| Rational::ratio(entry, 1));
        assert!(FixedSpace::of_operators(2, &[shear]).unwrap().projector().is_none());
    }
}
