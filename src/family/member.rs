//! One distribution of an exponential family.

use super::{Coordinates, FamilyError, Mean, Natural};
use crate::scalar::Scalar;
use nalgebra::DVector;
use std::fmt;

/// A distribution `q_η` of the family `F`, with both its parameters; both are known to be valid.
///
/// # Examples
/// ```
/// use equibayes::family::{DiagonalGaussian, Member};
/// use nalgebra::dvector;
///
/// let family = DiagonalGaussian::new(1);
/// let q = Member::from_mean(family, dvector![1.0, 5.0])?;
/// assert_eq!(q.variance().as_slice(), [4.0]);
///
/// let impossible = Member::from_mean(family, dvector![3.0, 5.0]); // E θ² < (E θ)²
/// assert!(impossible.is_err());
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
pub struct Member<F, T = f64> {
    family: F,
    natural: Natural<F, T>,
    mean: Mean<F, T>,
}

impl<F: Coordinates<T>, T: Scalar> Member<F, T> {
    /// The member with this natural parameter.
    ///
    /// # Errors
    /// [`FamilyError`] if the parameter has the wrong length, is not made of numbers, or is outside
    /// the natural parameter space.
    pub fn from_natural(family: F, eta: DVector<T>) -> Result<Self, FamilyError> {
        check("natural parameter", &eta, family.statistic_dim())?;
        let natural = Natural::new(eta);
        let mean = family.to_mean(&natural)?;
        Ok(Self { family, natural, mean })
    }

    /// The member with this mean parameter.
    ///
    /// # Errors
    /// [`FamilyError`] if the parameter has the wrong length, is not made of numbers, or is outside
    /// the interior of the mean-parameter space.
    pub fn from_mean(family: F, mu: DVector<T>) -> Result<Self, FamilyError> {
        check("mean parameter", &mu, family.statistic_dim())?;
        let mean = Mean::new(mu);
        let natural = family.to_natural(&mean)?;
        Ok(Self { family, natural, mean })
    }

    /// A member whose two parameters are known to belong together.
    pub(crate) fn from_both(family: F, natural: Natural<F, T>, mean: Mean<F, T>) -> Self {
        Self { family, natural, mean }
    }

    /// The family.
    pub fn family(&self) -> &F {
        &self.family
    }

    /// The natural parameter `η`.
    pub fn natural(&self) -> &Natural<F, T> {
        &self.natural
    }

    /// The mean parameter `μ = E T(θ)`.
    pub fn mean_parameter(&self) -> &Mean<F, T> {
        &self.mean
    }
}

/// Fails unless the vector has the right length and is made of numbers.
pub(super) fn check<T: Scalar>(
    what: &'static str,
    x: &DVector<T>,
    expected: usize,
) -> Result<(), FamilyError> {
    if x.len() != expected {
        return Err(FamilyError::WrongLength { what, got: x.len(), expected });
    }
    match x.iter().enumerate().find(|(_, value)| !value.is_number()) {
        Some((index, value)) => {
            Err(FamilyError::NotFinite { what, index, value: value.nearest_f64() })
        }
        None => Ok(()),
    }
}

impl<F: Clone, T: Clone> Clone for Member<F, T> {
    fn clone(&self) -> Self {
        Self { family: self.family.clone(), natural: self.natural.clone(), mean: self.mean.clone() }
    }
}

impl<F: PartialEq, T: PartialEq> PartialEq for Member<F, T> {
    fn eq(&self, other: &Self) -> bool {
        self.family == other.family && self.natural == other.natural
    }
}

impl<F: fmt::Debug, T: fmt::Debug> fmt::Debug for Member<F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} at {:?}", self.family, self.natural)
    }
}
