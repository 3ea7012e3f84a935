//! Laplace distributions: a location–scale family that is no exponential family.

use super::excess::exp_excess;
use super::location_scale::{LocationScale, checked};
use super::{Family, FamilyError};
use crate::scalar::{Real, Scalar};
use nalgebra::{DMatrix, DVector};
use num_traits::Float;
use rand::{Rng, RngExt};

/// A product of Laplace distributions: density `Π_i e^{−|θ_i − m_i|/b_i}/(2b_i)`.
///
/// With an unknown location the densities are no exponential family: `|θ − m|` is not a finite sum of
/// products of a function of `θ` and a function of `m`. It is closed under signed permutations all the
/// same (claim F5).
///
/// # Examples
/// ```
/// use equibayes::family::{Laplace, LocationScale};
///
/// let q = Laplace::new(&[1.0, -2.0], &[0.5, 3.0])?;
/// assert!((q.log_density(&[1.0, -2.0]) + f64::ln(6.0)).abs() < 1e-15);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Laplace<T: Scalar = f64> {
    location: DVector<T>,
    scale: DVector<T>,
}

impl<T: Scalar> Laplace<T> {
    /// The distribution with these locations and scales.
    ///
    /// # Errors
    /// [`FamilyError`] if the lengths differ, an entry is not a number, or a scale is not positive.
    pub fn new(location: &[T], scale: &[T]) -> Result<Self, FamilyError> {
        let (location, scale) = checked(location, scale)?;
        Ok(Self { location, scale })
    }
}

impl<T: Real> Laplace<T> {
    /// `KL(self ‖ other) = Σ_i [r_i e^{−x_i} + y_i − 1 − ln r_i]` in nats, `r = b/c` the ratio of the scales, `x = |m − n|/b` and
    /// `y = |m − n|/c` the distance of the locations in either scale.
    ///
    /// As `[r − 1 − ln r] + r [x − 1 + e^{−x}]`: neither bracket is negative, and both are computed without
    /// cancellation.
    ///
    /// # Panics
    /// If the dimensions differ.
    pub fn kl(&self, other: &Self) -> T {
        assert_eq!(self.location.len(), other.location.len(), "Laplace laws of other dimensions");
        (0..self.location.len()).fold(T::zero(), |sum, i| {
            let (b, c) = (self.scale[i], other.scale[i]);
            let x = Float::abs(self.location[i] - other.location[i]) / b;
            sum + super::excess_of_ratio(b, c) + b / c * exp_excess(-x)
        })
    }

    /// `−E ln q = Σ_i [1 + ln 2b_i]`, in nats.
    ///
    /// # Examples
    /// ```
    /// use equibayes::family::Laplace;
    ///
    /// let q = Laplace::new(&[1.0_f64, -2.0], &[0.5, 0.5])?;
    /// assert_eq!(q.entropy(), 2.0);
    /// # Ok::<(), equibayes::family::FamilyError>(())
    /// ```
    pub fn entropy(&self) -> T {
        let two = T::one() + T::one();
        self.scale.iter().fold(T::zero(), |sum, &b| sum + T::one() + Float::ln(two * b))
    }

    /// The Fisher information in the coordinates `(m, b)`, a `2n × 2n` matrix: `diag(1/b², 1/b²)`. The density has a kink at
    /// the location, but its square root has a derivative in the mean square, which is enough.
    ///
    /// # Examples
    /// ```
    /// use equibayes::family::Laplace;
    ///
    /// let q = Laplace::new(&[1.0_f64], &[0.5])?;
    /// assert_eq!(q.fisher_information(), nalgebra::dmatrix![4.0, 0.0; 0.0, 4.0]);
    /// # Ok::<(), equibayes::family::FamilyError>(())
    /// ```
    pub fn fisher_information(&self) -> DMatrix<T> {
        let n = self.scale.len();
        DMatrix::from_fn(2 * n, 2 * n, |k, l| {
            let b = self.scale[k % n];
            if k == l { T::one() / (b * b) } else { T::zero() }
        })
    }
}

impl<T: Scalar> Family for Laplace<T> {
    fn dim(&self) -> usize {
        self.location.len()
    }
}

impl<T: Real> LocationScale<T> for Laplace<T> {
    fn with_location_scale(location: &[T], scale: &[T]) -> Result<Self, FamilyError> {
        Self::new(location, scale)
    }

    fn location(&self) -> DVector<T> {
        self.location.clone()
    }

    fn scale(&self) -> DVector<T> {
        self.scale.clone()
    }

    fn log_standard_density(x: T) -> T {
        -Float::abs(x) - T::LN_2()
    }

    fn standard_sample<R: Rng + ?Sized>(rng: &mut R) -> T {
        // A random sign and an exponential distance, −ln of a uniform number in (0, 1].
        let distance = -Float::ln(T::one() - rng.random_range(T::zero()..T::one()));
        if rng.random() { distance } else { -distance }
    }
}
