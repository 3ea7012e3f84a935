//! Fixed spaces from generators alone, in exact arithmetic: the oracle of A2 and A3.

use crate::representation::ActsOn;
use crate::{group::FinitelyGenerated, linalg, scalar::Rational, scalar::Scalar};
use nalgebra::DMatrix;
use num_traits::{One, ToPrimitive, Zero};

/// A basis of `{x : Ax = 0}`, as columns, by reduction to row echelon form.
pub(super) fn null_space(matrix: &DMatrix<Rational>) -> DMatrix<Rational> {
    let (rows, columns) = matrix.shape();
    let mut reduced = matrix.clone();
    // The column of the leading 1 of each row that has one.
    let mut pivots: Vec<usize> = Vec::new();
    for column in 0..columns {
        let row = pivots.len();
        let Some(pivot) = (row..rows).find(|&i| !reduced[(i, column)].is_zero()) else { continue };
        reduced.swap_rows(row, pivot);
        let scale = reduced[(row, column)].clone();
        for j in column..columns {
            reduced[(row, j)] /= &scale;
        }
        for i in (0..rows).filter(|&i| i != row) {
            let factor = reduced[(i, column)].clone();
            if factor.is_zero() {
                continue;
            }
            for j in column..columns {
                let step = &factor * &reduced[(row, j)];
                reduced[(i, j)] -= step;
            }
        }
        pivots.push(column);
    }
    let free: Vec<usize> = (0..columns).filter(|column| !pivots.contains(column)).collect();
    let mut basis = DMatrix::from_element(columns, free.len(), Rational::zero());
    for (k, &column) in free.iter().enumerate() {
        basis[(column, k)] = Rational::one();
        for (row, &pivot) in pivots.iter().enumerate() {
            basis[(pivot, k)] = -reduced[(row, column)].clone();
        }
    }
    basis
}

/// What the matrices of the generators say about a representation.
pub(super) struct FromGenerators {
    /// A basis of `V^G = ∩ ker(ρ(s) − 1)`, as columns.
    pub(super) fixed: DMatrix<Rational>,
    /// A basis of the covectors that vanish on `Σ im(ρ(s) − 1)`, as columns.
    pub(super) annihilator: DMatrix<Rational>,
}

impl FromGenerators {
    /// From the matrices `ρ(s)` on a space of the given dimension.
    pub(super) fn of(dim: usize, matrices: &[DMatrix<Rational>]) -> Self {
        let identity = DMatrix::<Rational>::identity(dim, dim);
        let mut stacked = DMatrix::from_element(dim * matrices.len(), dim, Rational::zero());
        let mut transposed = stacked.clone();
        for (k, matrix) in matrices.iter().enumerate() {
            let moved = matrix - &identity;
            stacked.rows_mut(k * dim, dim).copy_from(&moved);
            transposed.rows_mut(k * dim, dim).copy_from(&moved.transpose());
        }
        Self { fixed: null_space(&stacked), annihilator: null_space(&transposed) }
    }

    /// The projector on `V^G` along `Σ im(ρ(s) − 1)`; `None` if the two are not complementary.
    ///
    /// With bases `N` of the first and `Y` of the covectors that vanish on the second it is
    /// `N (YᵀN)⁻¹ Yᵀ`: it fixes `N`, and vanishes where `Y` does.
    pub(super) fn projector(&self) -> Option<DMatrix<Rational>> {
        along(&self.fixed, &self.annihilator)
    }

    /// The projector on `V^G` along its orthogonal complement, `N (NᵀN)⁻¹ Nᵀ`.
    pub(super) fn orthogonal_projector(&self) -> Option<DMatrix<Rational>> {
        along(&self.fixed, &self.fixed)
    }
}

fn along(image: &DMatrix<Rational>, covectors: &DMatrix<Rational>) -> Option<DMatrix<Rational>> {
    if image.ncols() != covectors.ncols() {
        return None;
    }
    let pairing = covectors.transpose() * image;
    Some(image * linalg::inverse(&pairing)? * covectors.transpose())
}

/// The matrices of the generators.
pub(super) fn generator_matrices<R>(rep: &R) -> Vec<DMatrix<Rational>>
where
    R: ActsOn<Rational>,
    R::Group: FinitelyGenerated,
{
    rep.group().generators().iter().map(|s| rep.matrix(s)).collect()
}

/// The exact matrix in another scalar, each entry rounded at most once; NaN or nothing fits where
/// numerator or denominator is beyond what is exact there.
pub(super) fn rounded<T: Scalar>(matrix: &DMatrix<Rational>) -> Option<DMatrix<T>> {
    /// Up to here every integer is an `f64`.
    const EXACT: i64 = 1 << 53;
    let entries: Option<Vec<T>> = matrix
        .iter()
        .map(|entry| {
            let (numerator, denominator) = (entry.numer().to_i64()?, entry.denom().to_i64()?);
            (numerator.abs() <= EXACT && denominator <= EXACT)
                .then(|| T::ratio(numerator, denominator))
        })
        .collect();
    Some(DMatrix::from_vec(matrix.nrows(), matrix.ncols(), entries?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::dmatrix;

    fn exact(matrix: DMatrix<i64>) -> DMatrix<Rational> {
        matrix.map(|entry| Rational::ratio(entry, 1))
    }

    #[test]
    fn null_spaces_have_the_right_dimension_and_vanish() {
        let matrix = exact(dmatrix![1, 2, 3, 4; 2, 4, 6, 8; 0, 0, 1, 1]);
        let basis = null_space(&matrix);
        assert_eq!(basis.shape(), (4, 2));
        assert!((matrix * basis).iter().all(Zero::is_zero));
        assert_eq!(null_space(&exact(DMatrix::identity(3, 3))).ncols(), 0);
        assert_eq!(null_space(&DMatrix::from_element(0, 3, Rational::zero())).ncols(), 3);
    }

    #[test]
    fn a_slanted_reflection_projects_along_its_own_kernel() {
        // Fixes (1, 0), sends (1, −2) to its negative.
        let shear = [exact(dmatrix![1, 1; 0, -1])];
        let spaces = FromGenerators::of(2, &shear);
        let half = Rational::ratio(1, 2);
        let (zero, one) = (Rational::zero(), Rational::one());
        assert_eq!(
            spaces.projector().unwrap(),
            dmatrix![one.clone(), half; zero.clone(), zero.clone()]
        );
        assert_eq!(
            spaces.orthogonal_projector().unwrap(),
            dmatrix![one, zero.clone(); zero.clone(), zero]
        );
    }

    #[test]
    fn what_fits_no_float_is_refused() {
        let large = DMatrix::from_element(1, 1, Rational::ratio(i64::MAX, 1));
        assert!(rounded::<f64>(&large).is_none());
        let third = DMatrix::from_element(1, 1, Rational::ratio(1, 3));
        assert_eq!(rounded::<f64>(&third).unwrap()[(0, 0)], 1.0 / 3.0);
        assert_eq!(rounded::<Rational>(&third).unwrap(), third);
    }
}
