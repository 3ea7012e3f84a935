//! A signed permutation action on the coordinates that are optimised.

use super::posterior::MeanField;
use crate::group::FinitelyGenerated;
use crate::representation::{ActsBySignedPermutations, SignedOrbits, SignedPermutation};
use crate::scalar::Scalar;

/// The orbits of a group on the coordinates `w` of a posterior: for a mean field `ρ` on the means and `|ρ|` on the
/// scales.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::inference::{CoordinateSymmetry, MeanField};
/// use equibayes::representation::PermutationRep;
///
/// let shift = PermutationRep::regular(&Cyclic::new(2)?)?;
/// let symmetry = CoordinateSymmetry::of_mean_field(&MeanField::new(2), &shift);
/// let mut w = [1.0, 3.0, -1.0, -2.0];
/// symmetry.project(&mut w);
/// assert_eq!(w, [2.0, 2.0, -1.5, -1.5]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoordinateSymmetry {
    signed: SignedOrbits,
    unsigned: SignedOrbits,
}

impl CoordinateSymmetry {
    /// From the index maps of generators on the coordinates.
    ///
    /// # Panics
    /// If a generator has another dimension.
    pub fn new(coordinates: usize, generators: &[SignedPermutation]) -> Self {
        let signed = SignedOrbits::new(coordinates, generators);
        let unsigned = signed.unsigned();
        Self { signed, unsigned }
    }

    /// `ρ ⊕ |ρ|` on `(m; ρ)`.
    ///
    /// # Panics
    /// If the representation has another dimension than the posterior.
    pub fn of_mean_field<R>(posterior: &MeanField, rep: &R) -> Self
    where
        R: ActsBySignedPermutations,
        R::Group: FinitelyGenerated,
    {
        let dim = rep.dim();
        let coordinates = super::Posterior::<f64>::coordinates(posterior);
        assert_eq!(coordinates, 2 * dim, "a representation on another space than the parameters");
        let generators: Vec<_> =
            rep.group().generators().iter().map(|g| on_moments(&rep.index_map(g))).collect();
        Self::new(2 * dim, &generators)
    }

    /// The number of coordinates.
    pub fn coordinates(&self) -> usize {
        self.signed.dim()
    }

    /// The orbits, with signs.
    pub fn orbits(&self) -> &SignedOrbits {
        &self.signed
    }

    /// Replaces `x` by `Px`: for coordinates, gradients and first moments. The result is invariant bit by bit.
    ///
    /// # Panics
    /// If `x` has another length.
    pub fn project<T: Scalar>(&self, x: &mut [T]) {
        self.project_with(x, &mut Vec::new());
    }

    /// As [`project`](CoordinateSymmetry::project), with memory for a copy of `x` that can be kept.
    ///
    /// # Panics
    /// If `x` has another length.
    pub fn project_with<T: Scalar>(&self, x: &mut [T], scratch: &mut Vec<T>) {
        scratch.clear();
        scratch.extend_from_slice(x);
        self.signed.project(scratch, x);
    }

    /// Replaces `x` by `|P|x`: for second moments, which have no sign.
    ///
    /// # Panics
    /// If `x` has another length.
    pub fn project_unsigned<T: Scalar>(&self, x: &mut [T]) {
        let before = x.to_vec();
        self.unsigned.project(&before, x);
    }
}

/// The index map on means and scales that comes with one on parameters.
pub(crate) fn on_moments(map: &SignedPermutation) -> SignedPermutation {
    let dim = map.dim();
    SignedPermutation::from_fn(2 * dim, |i| {
        if i < dim {
            map.image(i)
        } else {
            let (image, _) = map.image(i - dim);
            (dim + image, false)
        }
    })
}
