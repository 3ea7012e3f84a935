//! Location–scale families: one shape, moved and stretched in every coordinate.

use super::member::check;
use super::{DiagonalGaussian, FamilyError, Member};
use crate::scalar::{Real, Scalar};
use nalgebra::DVector;
use num_traits::Float;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// A distribution of `θ_i = m_i + s_i z_i` with independent `z_i` of one *symmetric* standard law: location `m`,
/// scale `s > 0` in every coordinate.
///
/// Whether or not it is an exponential family, it is closed under signed permutations, since `−z` has the
/// law of `z`: the push-forward has the location `ρ(g)m` and the scale `|ρ(g)|s` (claim F5), and its projection
/// on the invariant ones is `(Pm, |P|s)` (claim S3).
///
/// # Examples
/// ```
/// use equibayes::action::push_forward_location_scale;
/// use equibayes::family::{Laplace, LocationScale};
/// use equibayes::group::Cyclic;
/// use equibayes::representation::PermutationRep;
///
/// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
/// let q = Laplace::new(&[1.0, 5.0], &[0.5, 2.0])?;
/// let moved = push_forward_location_scale(&q, &swap, &1)?;
/// assert_eq!(moved.location().as_slice(), [5.0, 1.0]);
/// assert_eq!(moved.scale().as_slice(), [2.0, 0.5]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait LocationScale<T: Real = f64>: Sized + Clone {
    /// The distribution with these locations and scales.
    ///
    /// # Errors
    /// [`FamilyError`] if the lengths differ, an entry is not a number, or a scale is not positive.
    fn with_location_scale(location: &[T], scale: &[T]) -> Result<Self, FamilyError>;

    /// The locations `m`.
    fn location(&self) -> DVector<T>;

    /// The scales `s`.
    fn scale(&self) -> DVector<T>;

    /// The logarithm of the density of `z`, an even function.
    fn log_standard_density(x: T) -> T;

    /// One draw of `z`.
    fn standard_sample<R: Rng + ?Sized>(rng: &mut R) -> T;

    /// `ln q(θ) = Σ_i [ln f((θ_i − m_i)/s_i) − ln s_i]`.
    ///
    /// # Panics
    /// If `theta` has another length than the location.
    fn log_density(&self, theta: &[T]) -> T {
        let (location, scale) = (self.location(), self.scale());
        assert_eq!(theta.len(), location.len(), "θ of another dimension than the family's");
        theta.iter().zip(&location).zip(&scale).fold(T::zero(), |sum, ((&x, &m), &s)| {
            sum + Self::log_standard_density((x - m) / s) - Float::ln(s)
        })
    }

    /// One draw of `θ`.
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> DVector<T> {
        let (mut theta, scale) = (self.location(), self.scale());
        for (x, &s) in theta.iter_mut().zip(&scale) {
            *x += s * Self::standard_sample(rng);
        }
        theta
    }
}

/// The two as vectors, if they are locations and scales.
pub(super) fn checked<T: Scalar>(
    location: &[T],
    scale: &[T],
) -> Result<(DVector<T>, DVector<T>), FamilyError> {
    let (location, scale) =
        (DVector::from_column_slice(location), DVector::from_column_slice(scale));
    check("location", &location, location.len())?;
    check("scale", &scale, location.len())?;
    match scale.iter().enumerate().find(|(_, value)| !(**value > T::zero())) {
        Some((index, value)) => {
            let value = value.nearest_f64();
            Err(FamilyError::NotPositive { what: "scale", index, value })
        }
        None => Ok((location, scale)),
    }
}

/// Standard deviations are the scales.
impl<T: Real> LocationScale<T> for Member<DiagonalGaussian, T>
where
    StandardNormal: Distribution<T>,
{
    fn with_location_scale(location: &[T], scale: &[T]) -> Result<Self, FamilyError> {
        DiagonalGaussian::with_std_dev(location, scale)
    }

    fn location(&self) -> DVector<T> {
        self.mean()
    }

    fn scale(&self) -> DVector<T> {
        self.std_dev()
    }

    fn log_standard_density(x: T) -> T {
        T::ratio(-1, 2) * (x * x + Float::ln(T::TAU()))
    }

    fn standard_sample<R: Rng + ?Sized>(rng: &mut R) -> T {
        StandardNormal.sample(rng)
    }
}
