//! Signed permutations: index maps with signs.

use super::{RepresentationError, check_len};
use crate::group::Permutation;
use crate::scalar::Scalar;
use std::fmt;

/// The linear map that sends the basis vector `e_i` to `± e_{π(i)}`.
///
/// # Examples
/// ```
/// use equibayes::group::Permutation;
/// use equibayes::representation::SignedPermutation;
///
/// // A quarter turn of the plane: e_0 ↦ e_1 ↦ −e_0.
/// let turn = SignedPermutation::new(Permutation::new(&[1, 0])?, &[false, true])?;
/// let mut out = [0.0; 2];
/// turn.act(&[3.0, 4.0], &mut out);
/// assert_eq!(out, [-4.0, 3.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SignedPermutation {
    permutation: Permutation,
    /// Whether `e_i` is negated on its way; absent when nothing is.
    negative: Option<Box<[bool]>>,
}

impl SignedPermutation {
    /// The map `e_i ↦ ± e_{π(i)}`, negated where `negative[i]`.
    ///
    /// # Errors
    /// [`RepresentationError::SignCount`] if there is not one sign for each coordinate.
    pub fn new(permutation: Permutation, negative: &[bool]) -> Result<Self, RepresentationError> {
        if negative.len() != permutation.degree() {
            return Err(RepresentationError::SignCount {
                signs: negative.len(),
                degree: permutation.degree(),
            });
        }
        let negative = negative.iter().any(|&sign| sign).then(|| negative.into());
        Ok(Self { permutation, negative })
    }

    /// The signed permutation with `f(i) = (π(i), negated?)`, for an `f` that is known to be one.
    ///
    /// # Panics
    /// In debug builds, if `f`'s first part is not a bijection of `0..dim`.
    pub fn from_fn(dim: usize, mut f: impl FnMut(usize) -> (usize, bool)) -> Self {
        let mut negative = vec![false; dim].into_boxed_slice();
        let permutation = Permutation::from_fn(dim, |i| {
            let (image, sign) = f(i);
            negative[i] = sign;
            image
        });
        let negative = negative.iter().any(|&sign| sign).then_some(negative);
        Self { permutation, negative }
    }

    /// The map that moves and negates nothing.
    pub(super) fn identity(dim: usize) -> Self {
        Permutation::identity(dim).into()
    }

    /// The number of coordinates.
    pub fn dim(&self) -> usize {
        self.permutation.degree()
    }

    /// Where the coordinate `i` goes, and whether it is negated on the way.
    ///
    /// # Panics
    /// If `i` is not below the dimension.
    pub fn image(&self, i: usize) -> (usize, bool) {
        (self.permutation.image(i), self.is_negative(i))
    }

    fn is_negative(&self, i: usize) -> bool {
        self.negative.as_ref().is_some_and(|negative| negative[i])
    }

    /// The images, and the signs if there are any.
    pub(super) fn slices(&self) -> (&[u32], Option<&[bool]>) {
        (self.permutation.images(), self.negative.as_deref())
    }

    /// The permutation underneath, without its signs.
    pub fn permutation(&self) -> &Permutation {
        &self.permutation
    }

    /// The permutation underneath, by value.
    pub(super) fn into_permutation(self) -> Permutation {
        self.permutation
    }

    /// Whether no coordinate is negated.
    pub fn is_unsigned(&self) -> bool {
        self.negative.is_none()
    }

    /// The same permutation with all signs dropped.
    pub fn unsigned(self) -> Self {
        Self { negative: None, ..self }
    }

    /// The product that moves by `first`, then by `self`.
    ///
    /// # Panics
    /// If the dimensions differ.
    pub fn compose(&self, first: &Self) -> Self {
        let permutation = self.permutation.compose(&first.permutation);
        if self.is_unsigned() && first.is_unsigned() {
            return Self { permutation, negative: None };
        }
        Self::from_fn(self.dim(), |i| {
            let (middle, flipped) = first.image(i);
            let (image, flipped_again) = self.image(middle);
            (image, flipped != flipped_again)
        })
    }

    /// The map that undoes this one, which is also its transpose.
    pub fn inverse(&self) -> Self {
        let permutation = self.permutation.inverse();
        let negative = self.negative.as_ref().map(|negative| {
            permutation.images().iter().map(|&source| negative[source as usize]).collect()
        });
        Self { permutation, negative }
    }

    /// Writes `ρx` to `out`.
    ///
    /// # Panics
    /// If a length is not the dimension.
    pub fn act<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        check_len(self.dim(), x.len(), out.len());
        match &self.negative {
            None => {
                for (value, &image) in x.iter().zip(self.permutation.images()) {
                    out[image as usize] = value.clone();
                }
            }
            Some(negative) => {
                for ((value, &image), &sign) in
                    x.iter().zip(self.permutation.images()).zip(negative.iter())
                {
                    out[image as usize] = if sign { -value.clone() } else { value.clone() };
                }
            }
        }
    }

    /// Writes `ρᵀx = ρ⁻¹x` to `out`.
    ///
    /// # Panics
    /// If a length is not the dimension.
    pub fn act_transposed<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        check_len(self.dim(), x.len(), out.len());
        for (i, value) in out.iter_mut().enumerate() {
            let (image, sign) = self.image(i);
            *value = if sign { -x[image].clone() } else { x[image].clone() };
        }
    }
}

/// The images of a product of index maps, factor by factor and without divisions.
pub(super) struct Images {
    images: Vec<u32>,
    /// Parallel to `images`, or empty while there are no signs.
    negative: Vec<bool>,
}

impl Images {
    /// The empty product: one coordinate.
    pub(super) fn one() -> Self {
        Self { images: vec![0], negative: Vec::new() }
    }

    /// The map on pairs `(i, j)`, numbered `i · n + j`, that moves `i` as before and `j` by `factor`.
    pub(super) fn product(self, factor: &SignedPermutation) -> Self {
        let inner = factor.permutation.images();
        let n = inner.len();
        let mut images = Vec::with_capacity(self.images.len() * n);
        for &image in &self.images {
            let start = image * n as u32;
            images.extend(inner.iter().map(|&image| start + image));
        }
        let negative = match (self.negative.is_empty(), &factor.negative) {
            (true, None) => Vec::new(),
            (true, Some(signs)) => signs.repeat(self.images.len()),
            (false, None) => {
                self.negative.iter().flat_map(|&sign| std::iter::repeat_n(sign, n)).collect()
            }
            (false, Some(signs)) => self
                .negative
                .iter()
                .flat_map(|&outer| signs.iter().map(move |&inner| outer != inner))
                .collect(),
        };
        Self { images, negative }
    }

    /// The product with `n` coordinates that do not move.
    pub(super) fn repeated(self, n: usize) -> Self {
        self.product(&Permutation::identity(n).into())
    }
}

impl From<&SignedPermutation> for Images {
    fn from(map: &SignedPermutation) -> Self {
        Images::one().product(map)
    }
}

impl From<Images> for SignedPermutation {
    fn from(Images { images, negative }: Images) -> Self {
        let permutation = Permutation::from_images(images);
        // A product of two maps with signs need not have any.
        let negative = negative.contains(&true).then(|| negative.into());
        Self { permutation, negative }
    }
}

impl From<Permutation> for SignedPermutation {
    fn from(permutation: Permutation) -> Self {
        Self { permutation, negative: None }
    }
}

/// Cycle notation, followed by the coordinates that are negated.
impl fmt::Debug for SignedPermutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.permutation)?;
        if let Some(negative) = &self.negative {
            let flipped: Vec<usize> = (0..self.dim()).filter(|&i| negative[i]).collect();
            write!(f, " negating {flipped:?}")?;
        }
        Ok(())
    }
}
