//! A family written relative to another base measure.

use super::member::check;
use super::{
    Coordinates, Entropy, ExponentialFamily, Family, FamilyError, FiniteSupport, FisherInformation,
    LogPartition, Mean, Member, Natural, Sample,
};
use crate::scalar::{Real, Scalar, dot};
use nalgebra::{DMatrix, DVector};
use rand::Rng;

/// The distributions of the family `F`, written relative to the base measure `h(θ) e^{⟨β, T(θ)⟩}` in place of `h`: natural
/// parameters are measured from `β`, and mean parameters are the same.
///
/// With the natural parameter of a prior for `β`, a natural parameter says what the data have added to the prior. The
/// base measure is in general not invariant where that of `F` is; the action on natural parameters is then affine (claim
/// F3).
///
/// # Examples
/// ```
/// use equibayes::family::{Bernoulli, LogPartition, Tilted};
///
/// // Coins relative to one that shows heads three times out of four.
/// let prior = Bernoulli::with_probability(&[0.75])?;
/// let fair = Bernoulli::with_probability(&[0.5])?;
/// let relative = Tilted::relative_to(&fair, prior.natural())?;
/// assert!((relative.natural().as_slice()[0] + f64::ln(3.0)).abs() < 1e-15);
/// assert_eq!(relative.mean_parameter().as_slice(), [0.5]);
/// // What it is written relative to is at the origin, and the law is the same.
/// assert_eq!(Tilted::relative_to(&prior, prior.natural())?.natural().as_slice(), [0.0]);
/// let density = relative.family().log_density(&relative, &[1.0]);
/// assert!((density + f64::ln(2.0)).abs() < 1e-15);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Tilted<F> {
    family: F,
    origin: Vec<f64>,
}

impl<F: ExponentialFamily> Tilted<F> {
    /// The family with the exponent `β` in its base measure.
    ///
    /// # Errors
    /// [`FamilyError`] if `β` has another length than the statistic, or is not made of numbers.
    pub fn new(family: F, origin: &[f64]) -> Result<Self, FamilyError> {
        let expected = family.statistic_dim();
        check("exponent of the base measure", &DVector::from_column_slice(origin), expected)?;
        Ok(Self { family, origin: origin.to_vec() })
    }

    /// The distribution `q` with its natural parameter measured from `β`, rounded to `f64`.
    ///
    /// # Errors
    /// [`FamilyError`] if `β` has another length than the statistic, or a number is beyond the range of the scalar.
    pub fn relative_to<T: Scalar>(
        q: &Member<F, T>,
        origin: &Natural<F, T>,
    ) -> Result<Member<Self, T>, FamilyError>
    where
        F: Coordinates<T>,
    {
        let origin: Vec<f64> = origin.as_slice().iter().map(Scalar::nearest_f64).collect();
        let family = Self::new(q.family().clone(), &origin)?;
        let eta = q.natural().coordinates() - family.origin::<T>();
        check("natural parameter", &eta, family.statistic_dim())?;
        Ok(Member::from_both(
            family,
            Natural::new(eta),
            Mean::new(q.mean_parameter().coordinates().clone()),
        ))
    }

    /// The family that is written in another way.
    pub fn inner(&self) -> &F {
        &self.family
    }

    /// `β`.
    pub fn origin<T: Scalar>(&self) -> DVector<T> {
        // Checked to be numbers; one beyond the range of a narrow scalar becomes none, and is refused with the parameter.
        let scalar = |&x: &f64| T::from_f64(x).unwrap_or_else(|| T::ratio(1, 1) / T::zero());
        DVector::from_iterator(self.origin.len(), self.origin.iter().map(scalar))
    }

    fn natural_of<T: Scalar>(&self, eta: &Natural<Self, T>) -> Natural<F, T> {
        Natural::new(eta.coordinates() + self.origin::<T>())
    }
}

impl<F: ExponentialFamily, T: Scalar> Member<Tilted<F>, T> {
    /// The same distribution in the family's own coordinates.
    pub fn untilted(&self) -> Member<F, T>
    where
        F: Coordinates<T>,
    {
        let family = self.family();
        Member::from_both(
            family.family.clone(),
            family.natural_of(self.natural()),
            Mean::new(self.mean_parameter().coordinates().clone()),
        )
    }
}

impl<F: Family> Family for Tilted<F> {
    fn dim(&self) -> usize {
        self.family.dim()
    }
}

impl<F: ExponentialFamily> ExponentialFamily for Tilted<F> {
    fn statistic_dim(&self) -> usize {
        self.family.statistic_dim()
    }
}

impl<F: Coordinates<T>, T: Scalar> Coordinates<T> for Tilted<F> {
    fn sufficient_statistic(&self, theta: &[T]) -> DVector<T> {
        self.family.sufficient_statistic(theta)
    }

    fn to_mean(&self, eta: &Natural<Self, T>) -> Result<Mean<Self, T>, FamilyError> {
        check("natural parameter", eta.coordinates(), self.statistic_dim())?;
        let mean = self.family.to_mean(&self.natural_of(eta))?;
        Ok(Mean::new(mean.into_coordinates()))
    }

    fn to_natural(&self, mu: &Mean<Self, T>) -> Result<Natural<Self, T>, FamilyError> {
        let natural = self.family.to_natural(&Mean::new(mu.coordinates().clone()))?;
        let eta = natural.into_coordinates() - self.origin::<T>();
        check("natural parameter", &eta, self.statistic_dim())?;
        Ok(Natural::new(eta))
    }
}

impl<F: LogPartition<T>, T: Real> LogPartition<T> for Tilted<F> {
    /// `A(η + β)` with the family's own `A`.
    fn log_partition(&self, q: &Member<Self, T>) -> T {
        self.family.log_partition(&q.untilted())
    }

    /// `ln h(θ) + ⟨β, T(θ)⟩`.
    fn log_base_measure(&self, theta: &[T]) -> T {
        let statistic = self.family.sufficient_statistic(theta);
        self.family.log_base_measure(theta)
            + dot(self.origin::<T>().as_slice(), statistic.as_slice())
    }

    fn log_density(&self, q: &Member<Self, T>, theta: &[T]) -> T {
        self.family.log_density(&q.untilted(), theta)
    }

    fn kl(&self, q: &Member<Self, T>, p: &Member<Self, T>) -> T {
        self.family.kl(&q.untilted(), &p.untilted())
    }
}

impl<F: Entropy<T>, T: Real> Entropy<T> for Tilted<F> {
    fn entropy(&self, q: &Member<Self, T>) -> T {
        self.family.entropy(&q.untilted())
    }
}

impl<F: FisherInformation<T>, T: Scalar> FisherInformation<T> for Tilted<F> {
    fn fisher_information(&self, q: &Member<Self, T>) -> DMatrix<T> {
        self.family.fisher_information(&q.untilted())
    }
}

impl<F: Sample<T>, T: Real> Sample<T> for Tilted<F> {
    fn sample<R: Rng + ?Sized>(&self, q: &Member<Self, T>, rng: &mut R) -> DVector<T> {
        self.family.sample(&q.untilted(), rng)
    }
}

impl<F: FiniteSupport<T>, T: Scalar> FiniteSupport<T> for Tilted<F> {
    fn support(&self) -> impl Iterator<Item = DVector<T>> {
        self.family.support()
    }
}
