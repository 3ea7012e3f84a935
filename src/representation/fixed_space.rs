//! Fixed spaces: by orbits, from generators, by averaging (claim A3).

use super::{
    ActsBySignedPermutations, ActsOn, ElementOf, RepresentationError, Reynolds, SignedOrbits,
};
use crate::group::{Finite, FinitelyGenerated};
use crate::linalg;
use crate::scalar::Scalar;
use nalgebra::DMatrix;

/// How a [`FixedSpace`] was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FixedSpaceMethod {
    /// One vector for each orbit of coordinates that is not killed.
    Orbits,
    /// `∩ ker(ρ(s) − 1)` over generators, by elimination.
    Generators,
    /// The image of the mean over all elements.
    Averaging,
}

/// The fixed space `V^G` of a representation with its natural complement, the kernel of the projector `P`.
///
/// [`of`](Self::of) chooses the method by structure, and [`method`](Self::method) says which it was:
///
/// | method | for | cost | rank |
/// |---|---|---|---|
/// | orbits | (signed) permutations | `dim · generators` | a count of orbits |
/// | generators | any representation | `dim³ · generators` | by elimination |
/// | averaging | small groups, where elimination leaves the rank unclear | `dim² · order` | from a trace |
///
/// From generators the space is `V^G = ∩ ker(ρ(s) − 1)`, and the complement `Σ im(ρ(s) − 1)`. For a compact
/// Lie group the operators are `dρ(X)` for generators `X` of the Lie algebra and `ρ(s) − 1` for one `s` in
/// each component ([`of_operators`](Self::of_operators)).
///
/// Elimination is with complete pivoting. Exact scalars decide ranks exactly. In floating point a
/// remainder counts as zero when it is within the rounding errors of the elimination, and as a pivot
/// when it is above the square root of the unit roundoff, relative to the largest entry met; in between
/// the rank is not clear, which is an error and not a guess. The rank found is that of a matrix as near
/// to the given one as those rounding errors; one that truly is of another rank, but nearer than that,
/// cannot be told from it.
///
/// # Examples
/// ```
/// use equibayes::group::Dihedral;
/// use equibayes::representation::{ActsOnGrid, FixedSpace, FixedSpaceMethod};
/// use nalgebra::dmatrix;
///
/// // Centre, edges and corners of a 3×3 image.
/// let image = FixedSpace::<f64>::of(&Dihedral::new(4)?.on_grid(3)?)?;
/// assert_eq!((image.dim(), image.method()), (3, FixedSpaceMethod::Orbits));
///
/// // SO(3) on R^3 by its Lie algebra: rotations about the first axis alone fix that axis.
/// let about_x = dmatrix![0.0, 0.0, 0.0; 0.0, 0.0, -1.0; 0.0, 1.0, 0.0];
/// let about_y = dmatrix![0.0, 0.0, 1.0; 0.0, 0.0, 0.0; -1.0, 0.0, 0.0];
/// assert_eq!(FixedSpace::of_operators(3, &[about_x.clone()])?.dim(), 1);
/// assert_eq!(FixedSpace::of_operators(3, &[about_x, about_y])?.dim(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct FixedSpace<T: Scalar> {
    basis: DMatrix<T>,
    annihilator: DMatrix<T>,
    method: FixedSpaceMethod,
}

/// [`FixedSpace::of`] averages over groups of at most this order,
const AVERAGED: usize = 1 << 12;

/// and adds up at most this many matrix entries.
const ENTRIES: usize = 1 << 24;

impl<T: Scalar> FixedSpace<T> {
    /// The fixed space, by the method that the structure of the representation asks for: orbits where every
    /// generator acts by a signed permutation; else the generators; and where rounding leaves these unclear
    /// and the group is small, the mean over its elements.
    ///
    /// # Errors
    /// [`RepresentationError::UnclearRank`] or [`RepresentationError::NoComplement`] where the generators do
    /// not say and the mean does not either (or would cost too much).
    pub fn of<R>(rep: &R) -> Result<Self, RepresentationError>
    where
        R: ActsOn<T>,
        R::Group: Finite,
    {
        let generators = rep.group().generators();
        let maps: Option<Vec<_>> = generators.iter().map(|g| rep.signed_permutation(g)).collect();
        if let Some(maps) = maps {
            return Ok(Self::of_orbits(&SignedOrbits::new(rep.dim(), &maps)));
        }
        let found = Self::by_generators(rep).and_then(|space| {
            // Of a finite group the two are complementary: if these are not, a rank was misjudged.
            if space.basis.ncols() == space.annihilator.ncols() {
                Ok(space)
            } else {
                Err(RepresentationError::NoComplement { fixed: space.dim() })
            }
        });
        let affordable = rep.group().small_order().is_some_and(|order| {
            order <= AVERAGED && order.saturating_mul(rep.dim() * rep.dim()) <= ENTRIES
        });
        match found {
            Err(unclear) if affordable => Self::by_averaging(rep).map_err(|_| unclear),
            found => found,
        }
    }

    /// The fixed space of a signed permutation representation: for each orbit of coordinates that is not
    /// killed, the sum of its basis vectors with their signs.
    pub fn by_orbits<R>(rep: &R) -> Self
    where
        R: ActsBySignedPermutations,
        R::Group: FinitelyGenerated,
    {
        Self::of_orbits(&SignedOrbits::of(rep))
    }

    fn of_orbits(orbits: &SignedOrbits) -> Self {
        let mut basis = DMatrix::from_element(orbits.dim(), orbits.fixed_dim(), T::zero());
        let alive = orbits.iter().filter(|orbit| !orbit.is_killed());
        for (orbit, mut column) in alive.zip(basis.column_iter_mut()) {
            for (i, negative) in orbit.members() {
                column[i] = if negative { -T::one() } else { T::one() };
            }
        }
        // Signed permutations are orthogonal: covectors are fixed as vectors are.
        let annihilator = basis.clone();
        Self { basis, annihilator, method: FixedSpaceMethod::Orbits }
    }

    /// The image of the mean `P` over all elements, with columns of `P` for a basis.
    ///
    /// Its rank is the trace. In floating point that is safe if the defect `ε = ‖P² − P‖` is small: an
    /// eigenvalue `λ` has `|λ||λ − 1| ≤ ε`, and one of the two is at least 1/2, so `λ` is within `2ε` of 0 or
    /// of 1; the trace is within `2εn ≤ 1/4` of the number of those near 1.
    ///
    /// # Errors
    /// [`RepresentationError::NotIdempotent`] if `P² ≠ P`, in floating point if `ε > 1/(8n)`.
    pub fn by_averaging<R>(rep: &R) -> Result<Self, RepresentationError>
    where
        R: ActsOn<T>,
        R::Group: Finite,
    {
        let p = Reynolds::by_averaging(rep).matrix();
        let n = p.nrows();
        // An entry of the product has n roundings of what adds up to (|P||P|)_ij, and one more of the difference.
        let sizes = p.map(|entry| entry.nearest_f64().abs());
        let rounding = match T::UNIT_ROUNDOFF {
            0.0 => 0.0,
            unit => (n + 1) as f64 * unit * row_sums(&(&sizes * &sizes + &sizes)),
        };
        let defect = row_sums(&(&p * &p - &p)) + rounding;
        let allowed = if T::UNIT_ROUNDOFF == 0.0 { 0.0 } else { 0.125 / n.max(1) as f64 };
        // Also for NaN.
        if !(defect <= allowed) {
            return Err(RepresentationError::NotIdempotent { defect, allowed });
        }
        let trace = (0..n).fold(T::zero(), |sum, i| sum + p[(i, i)].clone());
        let rank = trace.nearest_f64().round() as usize;
        let (rows, columns) = pivots(p.clone(), rank);
        Ok(Self {
            basis: p.select_columns(&columns),
            annihilator: p.transpose().select_columns(&rows),
            method: FixedSpaceMethod::Averaging,
        })
    }

    /// The fixed space of a representation, from the matrices of the group's generators.
    ///
    /// # Errors
    /// [`RepresentationError::UnclearRank`], in floating point only.
    pub fn by_generators<R>(rep: &R) -> Result<Self, RepresentationError>
    where
        R: ActsOn<T>,
        R::Group: FinitelyGenerated,
    {
        Self::fixed_by(rep, &rep.group().generators())
    }

    /// What these elements fix, and so what the subgroup does that they generate.
    ///
    /// # Errors
    /// [`RepresentationError::UnclearRank`], in floating point only.
    pub fn fixed_by<R>(rep: &R, elements: &[ElementOf<R>]) -> Result<Self, RepresentationError>
    where
        R: ActsOn<T>,
    {
        let dim = rep.dim();
        let moved: Vec<_> = elements
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
        Ok(Self {
            basis: null_space(stacked)?,
            annihilator: null_space(transposed)?,
            method: FixedSpaceMethod::Generators,
        })
    }

    /// How the space was found.
    pub fn method(&self) -> FixedSpaceMethod {
        self.method
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

/// `‖A‖_∞`, in `f64`.
fn row_sums<T: Scalar>(matrix: &DMatrix<T>) -> f64 {
    // `max` would drop a NaN.
    let larger = |a: f64, b: f64| if a.is_nan() || a > b { a } else { b };
    matrix
        .row_iter()
        .map(|row| {
            row.iter()
                .map(|entry| {
                    let size = entry.nearest_f64().abs();
                    // Nothing but zero counts as zero.
                    if size == 0.0 && !entry.is_zero() { f64::MIN_POSITIVE } else { size }
                })
                .sum()
        })
        .fold(0.0, larger)
}

/// Rows and columns in which a matrix of this rank is invertible: the pivots of an elimination.
fn pivots<T: Scalar>(mut a: DMatrix<T>, rank: usize) -> (Vec<usize>, Vec<usize>) {
    let (mut rows, mut columns): (Vec<usize>, Vec<usize>) =
        ((0..a.nrows()).collect(), (0..a.ncols()).collect());
    for k in 0..rank {
        let pivot = largest_from(&a, k);
        a.swap_rows(k, pivot.0);
        a.swap_columns(k, pivot.1);
        rows.swap(k, pivot.0);
        columns.swap(k, pivot.1);
        for i in k + 1..a.nrows() {
            let factor = a[(i, k)].clone() / a[(k, k)].clone();
            for j in k + 1..a.ncols() {
                let step = factor.clone() * a[(k, j)].clone();
                a[(i, j)] -= step;
            }
        }
    }
    rows.truncate(rank);
    columns.truncate(rank);
    (rows, columns)
}

/// Where the largest entry is, from row and column `k` on; what is not a number counts as larger.
fn largest_from<T: Scalar>(a: &DMatrix<T>, k: usize) -> (usize, usize) {
    let mut pivot = (k, k);
    for j in k..a.ncols() {
        for i in k..a.nrows() {
            if a[(i, j)].magnitude() > a[pivot].magnitude() || !a[(i, j)].is_number() {
                pivot = (i, j);
            }
        }
    }
    pivot
}

/// A basis of `{x : Ax = 0}`, as columns, by Gauss–Jordan elimination with complete pivoting.
fn null_space<T: Scalar>(mut a: DMatrix<T>) -> Result<DMatrix<T>, RepresentationError> {
    let (rows, columns) = a.shape();
    let mut order: Vec<usize> = (0..columns).collect();
    let mut largest = 0.0_f64;
    let mut rank = 0;
    while rank < usize::min(rows, columns) {
        let pivot = largest_from(&a, rank);
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
            // Saves exact scalars their work; a number that carries an error has it even where it is zero.
            if factor.is_zero() && T::UNIT_ROUNDOFF == 0.0 {
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
    fn the_structure_chooses_the_method() {
        let d3 = PermutationRep::regular(&Dihedral::new(3).unwrap()).unwrap();
        let orbits = FixedSpace::<f64>::of(&d3).unwrap();
        assert_eq!(orbits.method(), FixedSpaceMethod::Orbits);
        let mut basis = DMatrix::identity(6, 6);
        basis[(5, 0)] = 3.0;
        let sheared = ChangeOfBasis::new(d3, basis).unwrap();
        let generators = FixedSpace::<f64>::of(&sheared).unwrap();
        assert_eq!((generators.method(), generators.dim()), (FixedSpaceMethod::Generators, 1));
        // A steep reflection beside a plain one: elimination cannot tell the second from rounding of the first,
        // and the mean, (1 + ρ)/2, can.
        let steep = crate::representation::Dense::from_fn(Cyclic::new(2).unwrap(), 3, |&g| {
            let negate = if g == 0 { 1.0 } else { -1.0 };
            let slope = if g == 0 { 0.0 } else { 1e9 };
            dmatrix![1.0, slope, 0.0; 0.0, negate, 0.0; 0.0, 0.0, negate]
        });
        let unclear = FixedSpace::<f64>::by_generators(&steep).unwrap_err();
        assert!(matches!(unclear, RepresentationError::UnclearRank { .. }), "{unclear}");
        let space = FixedSpace::<f64>::of(&steep).unwrap();
        assert_eq!((space.method(), space.dim()), (FixedSpaceMethod::Averaging, 1));
        // Whole numbers below 2⁵³, and quotients of them by one of them.
        let expected = dmatrix![1.0, 5e8, 0.0; 0.0, 0.0, 0.0; 0.0, 0.0, 0.0];
        let found = space.projector().unwrap();
        assert!((found - expected).iter().all(|off| off.abs() <= 4.0 * f64::EPSILON * 5e8));
    }

    #[test]
    fn a_mean_that_is_no_projector_is_refused() {
        // 1, s, s of a map s with s² ≠ 1: no representation of C_3.
        let broken = crate::representation::Dense::from_fn(Cyclic::new(3).unwrap(), 2, |&g| {
            let entry = i64::from(g != 0);
            dmatrix![1, entry; 0, 1].map(|entry| Rational::ratio(entry, 1))
        });
        let error = FixedSpace::<Rational>::by_averaging(&broken).unwrap_err();
        assert!(matches!(error, RepresentationError::NotIdempotent { .. }));
    }

    #[test]
    fn a_shear_of_no_compact_group_has_no_projector() {
        let shear = dmatrix![0i64, 1; 0, 0].map(|entry| Rational::ratio(entry, 1));
        assert!(FixedSpace::of_operators(2, &[shear]).unwrap().projector().is_none());
    }
}
