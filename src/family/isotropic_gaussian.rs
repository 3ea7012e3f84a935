//! Gaussians with one variance for all coordinates.

use super::member::check;
use super::{
    Coordinates, Entropy, ExponentialFamily, Family, FamilyError, FisherInformation, LogPartition,
    Mean, Member, Natural, Sample, excess_of_ratio,
};
use crate::scalar::{Real, Scalar, dot};
use nalgebra::{DMatrix, DVector};
use num_traits::Float;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// The family of Gaussians `N(m, v·1)` on `R^n`, `n ≥ 1`.
///
/// Statistic `T(θ) = (θ_1, …, θ_n, ‖θ‖²)`, natural parameter `η = (m/v, −1/(2v))`, mean parameter
/// `μ = (m, ‖m‖² + n v)`, base measure `h = (2π)^{−n/2}`.
///
/// Closed under orthogonal actions, with `τ = ρ ⊕ 1` (claim F3).
///
/// # Examples
/// ```
/// use equibayes::family::{IsotropicGaussian, LogPartition};
///
/// let q = IsotropicGaussian::with_variance(&[3.0, 4.0], 2.0)?;
/// assert_eq!(q.mean_parameter().as_slice(), [3.0, 4.0, 29.0]);
/// let p = IsotropicGaussian::with_variance(&[0.0, 0.0], 2.0)?;
/// assert_eq!(q.family().kl(&q, &p), 25.0 / 4.0);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IsotropicGaussian {
    dim: usize,
}

impl IsotropicGaussian {
    /// The family on `R^dim`.
    ///
    /// # Errors
    /// [`FamilyError::Size`] for dimension 0, where `‖θ‖²` is a constant.
    pub fn new(dim: usize) -> Result<Self, FamilyError> {
        if dim == 0 {
            return Err(FamilyError::Size { what: "dimension", got: dim, expected: "at least 1" });
        }
        Ok(Self { dim })
    }

    /// The Gaussian with this mean and the variance `variance` of every coordinate.
    ///
    /// # Errors
    /// [`FamilyError`] if the mean is empty, an entry is not a number, or the variance is not positive
    /// or has no finite inverse.
    pub fn with_variance<T: Scalar>(
        mean: &[T],
        variance: T,
    ) -> Result<Member<Self, T>, FamilyError> {
        let family = Self::new(mean.len())?;
        let mean = DVector::from_column_slice(mean);
        check("mean", &mean, family.dim)?;
        positive("variance", &variance)?;
        let natural = natural_of(&mean, &variance);
        check("natural parameter", &natural, family.statistic_dim())?;
        let moments = moments_of(&mean, &variance);
        check("mean parameter", &moments, family.statistic_dim())?;
        Ok(Member::from_both(family, Natural::new(natural), Mean::new(moments)))
    }
}

/// Fails unless the number is positive and finite.
fn positive<T: Scalar>(what: &'static str, value: &T) -> Result<(), FamilyError> {
    if !value.is_number() {
        return Err(FamilyError::NotFinite { what, index: 0, value: value.nearest_f64() });
    }
    if !(*value > T::zero()) {
        return Err(FamilyError::NotPositive { what, index: 0, value: value.nearest_f64() });
    }
    Ok(())
}

fn natural_of<T: Scalar>(mean: &DVector<T>, variance: &T) -> DVector<T> {
    let last = T::ratio(-1, 2) / variance.clone();
    mean.map(|m| m / variance.clone()).push(last)
}

fn moments_of<T: Scalar>(mean: &DVector<T>, variance: &T) -> DVector<T> {
    let square = dot(mean.as_slice(), mean.as_slice());
    let last = square + T::count(mean.len()) * variance.clone();
    mean.clone().push(last)
}

impl<T: Scalar> Member<IsotropicGaussian, T> {
    /// The mean `m`.
    pub fn mean(&self) -> DVector<T> {
        self.mean_parameter().coordinates().rows(0, self.family().dim).into_owned()
    }

    /// The variance `v` of every coordinate.
    pub fn variance(&self) -> T {
        T::ratio(-1, 2) / self.natural().coordinates()[self.family().dim].clone()
    }
}

impl Family for IsotropicGaussian {
    fn dim(&self) -> usize {
        self.dim
    }
}

impl ExponentialFamily for IsotropicGaussian {
    fn statistic_dim(&self) -> usize {
        self.dim + 1
    }
}

impl<T: Scalar> Coordinates<T> for IsotropicGaussian {
    fn sufficient_statistic(&self, theta: &[T]) -> DVector<T> {
        assert_eq!(theta.len(), self.dim, "θ of another dimension than the family's");
        DVector::from_column_slice(theta).push(dot(theta, theta))
    }

    fn to_mean(&self, eta: &Natural<Self, T>) -> Result<Mean<Self, T>, FamilyError> {
        check("natural parameter", eta.coordinates(), self.statistic_dim())?;
        // Before dividing: an exact zero has no inverse, not even an infinite one.
        let precision = T::ratio(-2, 1) * eta.coordinates()[self.dim].clone();
        positive("precision −2η", &precision)?;
        let variance = T::one() / precision;
        positive("variance −1/(2η)", &variance)?;
        let mean = eta.coordinates().rows(0, self.dim).map(|eta| eta * variance.clone());
        let moments = moments_of(&mean, &variance);
        check("mean parameter", &moments, self.statistic_dim())?;
        Ok(Mean::new(moments))
    }

    fn to_natural(&self, mu: &Mean<Self, T>) -> Result<Natural<Self, T>, FamilyError> {
        check("mean parameter", mu.coordinates(), self.statistic_dim())?;
        let (mean, second) = mu.as_slice().split_at(self.dim);
        let variance = (second[0].clone() - dot(mean, mean)) / T::count(self.dim);
        Ok(Self::with_variance(mean, variance)?.natural().clone())
    }
}

impl<T: Real> LogPartition<T> for IsotropicGaussian {
    /// `A = ½ (‖m‖²/v + n ln v)`.
    fn log_partition(&self, q: &Member<Self, T>) -> T {
        let (mean, variance) = (q.mean(), q.variance());
        let product = dot(&q.natural().as_slice()[..self.dim], mean.as_slice());
        T::ratio(1, 2) * (product + T::count(self.dim) * Float::ln(variance))
    }

    fn log_base_measure(&self, _theta: &[T]) -> T {
        -T::ratio(1, 2) * T::count(self.dim) * Float::ln(T::TAU())
    }

    /// `−½ [‖θ − m‖²/v + n ln 2πv]`: the difference of `⟨η, T(θ)⟩` and `A` would lose what `‖m‖²/v` is large
    /// by.
    fn log_density(&self, q: &Member<Self, T>, theta: &[T]) -> T {
        assert_eq!(theta.len(), self.dim, "θ of another dimension than the family's");
        let step = DVector::from_column_slice(theta) - q.mean();
        let variance = q.variance();
        let quadratic = dot(step.as_slice(), step.as_slice()) / variance;
        T::ratio(-1, 2) * (quadratic + T::count(self.dim) * Float::ln(T::TAU() * variance))
    }

    /// `½ [n (v/w − 1 − ln(v/w)) + ‖m − k‖²/w]` against `N(k, w·1)`: both terms are non-negative and computed
    /// without cancellation.
    fn kl(&self, q: &Member<Self, T>, p: &Member<Self, T>) -> T {
        let (v, w) = (q.variance(), p.variance());
        let step = q.mean() - p.mean();
        let shift = dot(step.as_slice(), step.as_slice()) / w;
        T::ratio(1, 2) * (T::count(self.dim) * excess_of_ratio(v, w) + shift)
    }
}

impl<T: Scalar> FisherInformation<T> for IsotropicGaussian {
    /// `Cov(θ) = v·1`, `Cov(θ, ‖θ‖²) = 2vm`, `Var ‖θ‖² = 2nv² + 4v‖m‖²`.
    fn fisher_information(&self, q: &Member<Self, T>) -> DMatrix<T> {
        let n = self.dim;
        let (two, v, m) = (T::ratio(2, 1), q.variance(), q.mean());
        let mut information = DMatrix::from_element(n + 1, n + 1, T::zero());
        let mut last = two.clone() * T::count(n) * v.clone() * v.clone();
        for (i, m) in m.iter().enumerate() {
            let cross = two.clone() * m.clone() * v.clone();
            information[(i, i)] = v.clone();
            information[(i, n)] = cross.clone();
            information[(n, i)] = cross.clone();
            last += two.clone() * m.clone() * cross;
        }
        information[(n, n)] = last;
        information
    }
}

impl<T: Real> Sample<T> for IsotropicGaussian
where
    StandardNormal: Distribution<T>,
{
    fn sample<R: Rng + ?Sized>(&self, q: &Member<Self, T>, rng: &mut R) -> DVector<T> {
        let (mean, std_dev) = (q.mean(), Float::sqrt(q.variance()));
        mean.map(|m| {
            let z: T = StandardNormal.sample(rng);
            m + std_dev * z
        })
    }
}

impl<T: Real> Entropy<T> for IsotropicGaussian {
    /// `½ n ln 2πev`.
    fn entropy(&self, q: &Member<Self, T>) -> T {
        T::ratio(1, 2) * T::count(self.dim) * (T::one() + Float::ln(T::TAU() * q.variance()))
    }
}
