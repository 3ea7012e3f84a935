//! Gaussians with independent coordinates: mean-field variational posteriors.

use super::member::check;
use super::{
    Coordinates, Entropy, ExponentialFamily, Family, FamilyError, FisherInformation, LogPartition,
    Mean, Member, Natural, Sample, excess_of_ratio,
};
use crate::scalar::{Real, Scalar};
use nalgebra::{DMatrix, DVector};
use num_traits::Float;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// The family of Gaussians `N(m, diag σ²)` on `R^n`.
///
/// Statistic `T(θ) = (θ_1, …, θ_n, θ_1², …, θ_n²)`, natural parameter
/// `η = (m/σ², −1/(2σ²))`, mean parameter `μ = (m, m² + σ²)`, base measure `h = (2π)^{−n/2}`.
///
/// Closed under signed permutations, and under nothing more of the orthogonal group (claim F3).
///
/// # Examples
/// ```
/// use equibayes::family::DiagonalGaussian;
///
/// let q = DiagonalGaussian::with_std_dev(&[0.0, 1.0], &[0.5, 2.0])?;
/// assert_eq!(q.variance().as_slice(), [0.25, 4.0]);
/// assert!(DiagonalGaussian::with_std_dev(&[0.0], &[-1.0]).is_err());
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiagonalGaussian {
    dim: usize,
}

impl DiagonalGaussian {
    /// The family on `R^dim`.
    pub fn new(dim: usize) -> Self {
        Self { dim }
    }

    /// The Gaussian with these means and variances.
    ///
    /// # Errors
    /// [`FamilyError`] if the lengths differ, an entry is not a number, or a variance is not positive
    /// or has no finite inverse.
    pub fn with_variance<T: Scalar>(
        mean: &[T],
        variance: &[T],
    ) -> Result<Member<Self, T>, FamilyError> {
        let family = Self::new(mean.len());
        let (mean, variance) =
            (DVector::from_column_slice(mean), DVector::from_column_slice(variance));
        check("mean", &mean, family.dim)?;
        check("variance", &variance, family.dim)?;
        positive("variance", &variance)?;
        let minus_half = T::ratio(-1, 2);
        let natural = stacked(
            mean.iter().zip(&variance).map(|(m, v)| m.clone() / v.clone()),
            variance.iter().map(|v| minus_half.clone() / v.clone()),
        );
        check("natural parameter", &natural, 2 * family.dim)?;
        let moments = stacked(
            mean.iter().cloned(),
            mean.iter().zip(&variance).map(|(m, v)| m.clone() * m.clone() + v.clone()),
        );
        check("mean parameter", &moments, 2 * family.dim)?;
        Ok(Member::from_both(family, Natural::new(natural), Mean::new(moments)))
    }

    /// The Gaussian with these means and standard deviations.
    ///
    /// # Errors
    /// As [`with_variance`](Self::with_variance).
    pub fn with_std_dev<T: Scalar>(
        mean: &[T],
        std_dev: &[T],
    ) -> Result<Member<Self, T>, FamilyError> {
        let std_dev = DVector::from_column_slice(std_dev);
        check("standard deviation", &std_dev, mean.len())?;
        positive("standard deviation", &std_dev)?;
        let variance: Vec<T> = std_dev.iter().map(|s| s.clone() * s.clone()).collect();
        Self::with_variance(mean, &variance)
    }
}

/// One vector from two halves.
fn stacked<T: Scalar>(
    first: impl Iterator<Item = T>,
    second: impl Iterator<Item = T>,
) -> DVector<T> {
    DVector::from_vec(first.chain(second).collect())
}

fn positive<T: Scalar>(what: &'static str, x: &DVector<T>) -> Result<(), FamilyError> {
    match x.iter().enumerate().find(|(_, value)| !(**value > T::zero())) {
        Some((index, value)) => {
            Err(FamilyError::NotPositive { what, index, value: value.nearest_f64() })
        }
        None => Ok(()),
    }
}

impl<T: Scalar> Member<DiagonalGaussian, T> {
    /// The means `m`.
    pub fn mean(&self) -> DVector<T> {
        self.mean_parameter().coordinates().rows(0, self.family().dim).into_owned()
    }

    /// The variances `σ²`.
    pub fn variance(&self) -> DVector<T> {
        let minus_half = T::ratio(-1, 2);
        let second = self.natural().coordinates().rows(self.family().dim, self.family().dim);
        second.map(|eta| minus_half.clone() / eta)
    }

    /// The standard deviations `σ`.
    pub fn std_dev(&self) -> DVector<T>
    where
        T: Real,
    {
        self.variance().map(Float::sqrt)
    }
}

impl Family for DiagonalGaussian {
    fn dim(&self) -> usize {
        self.dim
    }
}

impl ExponentialFamily for DiagonalGaussian {
    fn statistic_dim(&self) -> usize {
        2 * self.dim
    }
}

impl<T: Scalar> Coordinates<T> for DiagonalGaussian {
    fn sufficient_statistic(&self, theta: &[T]) -> DVector<T> {
        assert_eq!(theta.len(), self.dim, "θ of another dimension than the family's");
        stacked(theta.iter().cloned(), theta.iter().map(|x| x.clone() * x.clone()))
    }

    fn to_mean(&self, eta: &Natural<Self, T>) -> Result<Mean<Self, T>, FamilyError> {
        check("natural parameter", eta.coordinates(), 2 * self.dim)?;
        let (first, second) = eta.as_slice().split_at(self.dim);
        // Before dividing: an exact zero has no inverse, not even an infinite one.
        let precision = DVector::from_iterator(
            self.dim,
            second.iter().map(|eta| T::ratio(-2, 1) * eta.clone()),
        );
        positive("precision −2η", &precision)?;
        let variance = precision.map(|p| T::one() / p);
        check("variance −1/(2η)", &variance, self.dim)?;
        let means: Vec<T> =
            first.iter().zip(&variance).map(|(eta, v)| eta.clone() * v.clone()).collect();
        let seconds: Vec<T> =
            means.iter().zip(&variance).map(|(m, v)| m.clone() * m.clone() + v.clone()).collect();
        let moments = stacked(means.into_iter(), seconds.into_iter());
        check("mean parameter", &moments, 2 * self.dim)?;
        Ok(Mean::new(moments))
    }

    fn to_natural(&self, mu: &Mean<Self, T>) -> Result<Natural<Self, T>, FamilyError> {
        check("mean parameter", mu.coordinates(), 2 * self.dim)?;
        let (first, second) = mu.as_slice().split_at(self.dim);
        let variance: Vec<T> =
            first.iter().zip(second).map(|(m, s)| s.clone() - m.clone() * m.clone()).collect();
        Ok(Self::with_variance(first, &variance)?.natural().clone())
    }
}

impl<T: Real> LogPartition<T> for DiagonalGaussian {
    /// `A = Σ_i ½ (m_i²/σ_i² + ln σ_i²)`.
    fn log_partition(&self, q: &Member<Self, T>) -> T {
        let half = T::ratio(1, 2);
        let (mean, variance) = (q.mean(), q.variance());
        mean.iter()
            .zip(q.natural().as_slice())
            .zip(&variance)
            .fold(T::zero(), |sum, ((&m, &eta), &v)| sum + half * (m * eta + Float::ln(v)))
    }

    fn log_base_measure(&self, _theta: &[T]) -> T {
        -T::ratio(1, 2) * T::count(self.dim) * Float::ln(T::TAU())
    }

    /// `−½ Σ_i [(θ_i − m_i)²/σ_i² + ln(2πσ_i²)]`: the difference of `⟨η, T(θ)⟩` and `A` would lose what
    /// `m²/σ²` is large by.
    fn log_density(&self, q: &Member<Self, T>, theta: &[T]) -> T {
        assert_eq!(theta.len(), self.dim, "θ of another dimension than the family's");
        let (mean, variance) = (q.mean(), q.variance());
        let sum = theta.iter().zip(&mean).zip(&variance).fold(T::zero(), |sum, ((&x, &m), &v)| {
            sum + (x - m) * (x - m) / v + Float::ln(T::TAU() * v)
        });
        T::ratio(-1, 2) * sum
    }

    /// `Σ_i ½ [σ²/ς² − 1 − ln(σ²/ς²) + (m − n)²/ς²]` against `N(n, ς²)`: every term is non-negative and
    /// computed without cancellation, so small divergences keep their relative accuracy.
    fn kl(&self, q: &Member<Self, T>, p: &Member<Self, T>) -> T {
        let half = T::ratio(1, 2);
        let ((m, v), (n, w)) = ((q.mean(), q.variance()), (p.mean(), p.variance()));
        (0..self.dim).fold(T::zero(), |sum, i| {
            let step = m[i] - n[i];
            sum + half * (excess_of_ratio(v[i], w[i]) + step * step / w[i])
        })
    }
}

impl<T: Scalar> FisherInformation<T> for DiagonalGaussian {
    fn fisher_information(&self, q: &Member<Self, T>) -> DMatrix<T> {
        let n = self.dim;
        let two = T::ratio(2, 1);
        let (mean, variance) = (q.mean(), q.variance());
        let mut information = DMatrix::from_element(2 * n, 2 * n, T::zero());
        for (i, (m, v)) in mean.iter().zip(&variance).enumerate() {
            let cross = two.clone() * m.clone() * v.clone();
            information[(i, i)] = v.clone();
            information[(i, n + i)] = cross.clone();
            information[(n + i, i)] = cross.clone();
            information[(n + i, n + i)] = two.clone() * (v.clone() * v.clone() + m.clone() * cross);
        }
        information
    }
}

impl<T: Real> Sample<T> for DiagonalGaussian
where
    StandardNormal: Distribution<T>,
{
    fn sample<R: Rng + ?Sized>(&self, q: &Member<Self, T>, rng: &mut R) -> DVector<T> {
        let (mut theta, std_dev) = (q.mean(), q.std_dev());
        for (x, s) in theta.iter_mut().zip(&std_dev) {
            let z: T = StandardNormal.sample(rng);
            *x += *s * z;
        }
        theta
    }
}

impl<T: Real> Entropy<T> for DiagonalGaussian {
    /// `Σ_i ½ ln 2πeσ_i²`.
    fn entropy(&self, q: &Member<Self, T>) -> T {
        let half = T::ratio(1, 2);
        q.variance()
            .iter()
            .fold(T::zero(), |sum, &v| sum + half * (T::one() + Float::ln(T::TAU() * v)))
    }
}
