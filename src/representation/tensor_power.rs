//! Tensor powers.

use super::signed_permutation::Images;
use super::{
    ActsByPermutations, ActsBySignedPermutations, ActsOn, ActsOrthogonally, ElementOf,
    Representation, RepresentationError, SignedPermutation, check_len, checked_dim,
};
use crate::scalar::Scalar;
use nalgebra::DMatrix;

/// The tensor power `V^{⊗k}`: tensors of order `k` over `V`, in row-major order (the last index runs
/// fastest), each index moved by `ρ(g)`. The zeroth power is one number, which does not move.
///
/// An index map is made in one go, and a matrix acts one index after the other: `k · dim V · dim` operations,
/// where `dim = (dim V)^k`.
///
/// # Examples
/// ```
/// use equibayes::group::{Permutation, PermutationGroup};
/// use equibayes::representation::{PermutationRep, Representation, SignedOrbits, TensorPower};
///
/// // S_6 on triples of points: equal or different pairwise, five ways.
/// let swap = Permutation::new(&[1, 0, 2, 3, 4, 5])?;
/// let cycle = Permutation::new(&[1, 2, 3, 4, 5, 0])?;
/// let s6 = PermutationGroup::new(6, vec![swap, cycle])?;
/// let triples = TensorPower::new(PermutationRep::natural(&s6), 3)?;
/// assert_eq!(triples.dim(), 216);
/// assert_eq!(SignedOrbits::of(&triples).fixed_dim(), 5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct TensorPower<R> {
    base: R,
    power: usize,
    dim: usize,
}

impl<R: Representation> TensorPower<R> {
    /// The tensor power of a representation.
    ///
    /// # Errors
    /// [`RepresentationError::TooManyCoordinates`].
    pub fn new(base: R, power: usize) -> Result<Self, RepresentationError> {
        let exponent = u32::try_from(power).unwrap_or(u32::MAX);
        let dim = checked_dim(base.dim().checked_pow(exponent))?;
        Ok(Self { base, power, dim })
    }

    /// The representation `V` that this is a power of.
    pub fn base(&self) -> &R {
        &self.base
    }

    /// The exponent `k`.
    pub fn power(&self) -> usize {
        self.power
    }

    fn raised(&self, map: &SignedPermutation) -> SignedPermutation {
        (0..self.power).fold(Images::one(), |images, _| images.product(map)).into()
    }

    /// Applies a map of `V` to every index in turn.
    fn along_every_index<T: Scalar>(&self, x: &[T], out: &mut [T], map: impl Fn(&[T], &mut [T])) {
        check_len(self.dim, x.len(), out.len());
        out.clone_from_slice(x);
        let n = self.base.dim();
        let (mut fibre, mut moved) = (vec![T::zero(); n], vec![T::zero(); n]);
        let mut stride = 1;
        for _ in 0..self.power {
            // Coordinates with the same other indices: `stride` apart, in blocks of `stride · n`.
            for block in out.chunks_exact_mut(usize::max(stride * n, 1)) {
                for start in 0..stride {
                    for (i, value) in fibre.iter_mut().enumerate() {
                        *value = block[start + i * stride].clone();
                    }
                    map(&fibre, &mut moved);
                    for (i, value) in moved.iter().enumerate() {
                        block[start + i * stride] = value.clone();
                    }
                }
            }
            stride *= n;
        }
    }
}

fn multiply<T: Scalar>(matrix: &DMatrix<T>, x: &[T], out: &mut [T]) {
    out.fill(T::zero());
    for (column, value) in matrix.column_iter().zip(x) {
        for (entry, sum) in column.iter().zip(out.iter_mut()) {
            *sum += entry.clone() * value.clone();
        }
    }
}

impl<R: Representation> Representation for TensorPower<R> {
    type Group = R::Group;

    fn group(&self) -> &R::Group {
        self.base.group()
    }

    fn dim(&self) -> usize {
        self.dim
    }

    fn signed_permutation(&self, g: &ElementOf<Self>) -> Option<SignedPermutation> {
        if self.power == 0 {
            return Some(Images::one().into());
        }
        Some(self.raised(&self.base.signed_permutation(g)?))
    }
}

impl<T: Scalar, R: ActsOn<T>> ActsOn<T> for TensorPower<R> {
    fn act(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        if let Some(map) = self.signed_permutation(g) {
            return map.act(x, out);
        }
        let matrix = self.base.matrix(g);
        self.along_every_index(x, out, |x, out| multiply(&matrix, x, out));
    }

    fn act_transposed(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        if let Some(map) = self.signed_permutation(g) {
            return map.act_transposed(x, out);
        }
        let matrix = self.base.matrix(g).transpose();
        self.along_every_index(x, out, |x, out| multiply(&matrix, x, out));
    }

    /// `χ(g)^k`.
    fn character(&self, g: &ElementOf<Self>) -> T {
        let base = self.base.character(g);
        (0..self.power).fold(T::one(), |product, _| product * base.clone())
    }
}

impl<R: ActsBySignedPermutations> ActsBySignedPermutations for TensorPower<R> {
    fn index_map(&self, g: &ElementOf<Self>) -> SignedPermutation {
        self.raised(&self.base.index_map(g))
    }
}

impl<R: ActsByPermutations> ActsByPermutations for TensorPower<R> {}
impl<R: ActsOrthogonally> ActsOrthogonally for TensorPower<R> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::{Cyclic, Dihedral};
    use crate::law;
    use crate::representation::{ActsOnGrid, Dense, PermutationRep, Tensor};
    use crate::scalar::Rational;
    use nalgebra::dmatrix;

    /// A third of a turn in a basis of two of the three directions: not orthogonal.
    fn third_turn() -> Dense<Cyclic, Rational> {
        Dense::from_fn(Cyclic::new(3).unwrap(), 2, |&k| {
            let once = dmatrix![0i64, -1; 1, -1].map(|entry| Rational::ratio(entry, 1));
            (0..k).fold(DMatrix::identity(2, 2), |product, _| product * &once)
        })
    }

    #[test]
    fn powers_keep_the_laws() {
        let d3 = PermutationRep::regular(&Dihedral::new(3).unwrap()).unwrap();
        law::representation(&TensorPower::new(d3, 2).unwrap()).assert();
        let image = Dihedral::new(4).unwrap().on_grid(2).unwrap();
        let cube = TensorPower::new(image, 3).unwrap();
        law::permutations(&cube).assert();
        law::reynolds(&cube).assert();
        for power in 0..4 {
            let rep = TensorPower::new(third_turn(), power).unwrap();
            law::representation_over::<Rational, _>(&rep, 1.0).assert();
            law::reynolds_over::<Rational, _>(&rep, 1.0).assert();
        }
    }

    #[test]
    fn a_power_is_an_iterated_product() {
        let base = third_turn();
        let cube = TensorPower::new(base.clone(), 3).unwrap();
        let product = Tensor::new(base.clone(), Tensor::new(base.clone(), base).unwrap()).unwrap();
        assert_eq!(cube.matrix(&1), product.matrix(&1));
        assert_eq!(cube.character(&1), Rational::ratio(-1, 1));
        let image = Cyclic::new(4).unwrap().on_grid(3).unwrap();
        let square = TensorPower::new(image.clone(), 2).unwrap();
        assert_eq!(square.index_map(&1), image.product(&image).unwrap().index_map(&1));
    }

    #[test]
    fn an_enormous_power_is_refused() {
        let base = PermutationRep::regular(&Cyclic::new(10).unwrap()).unwrap();
        assert!(TensorPower::new(base.clone(), 9).is_ok());
        let error = TensorPower::new(base, 10).unwrap_err();
        assert!(matches!(error, RepresentationError::TooManyCoordinates { .. }));
    }
}
