//! Products of two families.

use super::member::check;
use super::{
    Coordinates, Entropy, ExponentialFamily, Family, FamilyError, FisherInformation, LogPartition,
    Mean, Member, Natural, Sample,
};
use crate::scalar::{Real, Scalar};
use nalgebra::{DMatrix, DVector};
use rand::Rng;

/// Independent `θ = (θ_A, θ_B)` from two families: statistics and parameters are stacked.
///
/// Closed under [`DirectSum`](crate::representation::DirectSum) of representations that the factors are
/// closed under (claim F3).
///
/// # Examples
/// ```
/// use equibayes::family::{DiagonalGaussian, Gamma, Product};
///
/// let mean = DiagonalGaussian::with_variance(&[0.0, 1.0], &[1.0, 2.0])?;
/// let precision = Gamma::with_shape_rate(&[2.0], &[3.0])?;
/// let q = Product::of(&mean, &precision);
/// assert_eq!(q.natural().as_slice(), [0.0, 0.5, -0.5, -0.25, 2.0, -3.0]);
/// assert_eq!(q.second(), precision);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Product<A, B> {
    first: A,
    second: B,
}

fn stacked<T: Scalar>(a: &[T], b: &[T]) -> DVector<T> {
    DVector::from_iterator(a.len() + b.len(), a.iter().chain(b).cloned())
}

impl<A: ExponentialFamily, B: ExponentialFamily> Product<A, B> {
    /// The product of two families.
    pub fn new(first: A, second: B) -> Self {
        Self { first, second }
    }

    /// The product of two distributions.
    pub fn of<T: Scalar>(a: &Member<A, T>, b: &Member<B, T>) -> Member<Self, T>
    where
        A: Coordinates<T>,
        B: Coordinates<T>,
    {
        Member::from_both(
            Self::new(a.family().clone(), b.family().clone()),
            Natural::new(stacked(a.natural().as_slice(), b.natural().as_slice())),
            Mean::new(stacked(a.mean_parameter().as_slice(), b.mean_parameter().as_slice())),
        )
    }

    /// The first factor.
    pub fn first(&self) -> &A {
        &self.first
    }

    /// The second factor.
    pub fn second(&self) -> &B {
        &self.second
    }
}

impl<A: Coordinates<T>, B: Coordinates<T>, T: Scalar> Member<Product<A, B>, T> {
    /// The marginal of `θ_A`.
    pub fn first(&self) -> Member<A, T> {
        let split = self.family().first.statistic_dim();
        Member::from_both(
            self.family().first.clone(),
            Natural::new(DVector::from_column_slice(&self.natural().as_slice()[..split])),
            Mean::new(DVector::from_column_slice(&self.mean_parameter().as_slice()[..split])),
        )
    }

    /// The marginal of `θ_B`.
    pub fn second(&self) -> Member<B, T> {
        let split = self.family().first.statistic_dim();
        Member::from_both(
            self.family().second.clone(),
            Natural::new(DVector::from_column_slice(&self.natural().as_slice()[split..])),
            Mean::new(DVector::from_column_slice(&self.mean_parameter().as_slice()[split..])),
        )
    }
}

impl<A: Family, B: Family> Family for Product<A, B> {
    fn dim(&self) -> usize {
        self.first.dim() + self.second.dim()
    }
}

impl<A: ExponentialFamily, B: ExponentialFamily> ExponentialFamily for Product<A, B> {
    fn statistic_dim(&self) -> usize {
        self.first.statistic_dim() + self.second.statistic_dim()
    }
}

impl<A: Family, B: Family> Product<A, B> {
    #[track_caller]
    fn split<'x, T>(&self, theta: &'x [T]) -> (&'x [T], &'x [T]) {
        assert_eq!(theta.len(), self.dim(), "θ of another dimension than the family's");
        theta.split_at(self.first.dim())
    }
}

impl<A: Coordinates<T>, B: Coordinates<T>, T: Scalar> Coordinates<T> for Product<A, B> {
    fn sufficient_statistic(&self, theta: &[T]) -> DVector<T> {
        let (a, b) = self.split(theta);
        let (a, b) = (self.first.sufficient_statistic(a), self.second.sufficient_statistic(b));
        stacked(a.as_slice(), b.as_slice())
    }

    fn to_mean(&self, eta: &Natural<Self, T>) -> Result<Mean<Self, T>, FamilyError> {
        check("natural parameter", eta.coordinates(), self.statistic_dim())?;
        let (a, b) = eta.as_slice().split_at(self.first.statistic_dim());
        let a = self.first.to_mean(&Natural::new(DVector::from_column_slice(a)))?;
        let b = self.second.to_mean(&Natural::new(DVector::from_column_slice(b)))?;
        Ok(Mean::new(stacked(a.as_slice(), b.as_slice())))
    }

    fn to_natural(&self, mu: &Mean<Self, T>) -> Result<Natural<Self, T>, FamilyError> {
        check("mean parameter", mu.coordinates(), self.statistic_dim())?;
        let (a, b) = mu.as_slice().split_at(self.first.statistic_dim());
        let a = self.first.to_natural(&Mean::new(DVector::from_column_slice(a)))?;
        let b = self.second.to_natural(&Mean::new(DVector::from_column_slice(b)))?;
        Ok(Natural::new(stacked(a.as_slice(), b.as_slice())))
    }
}

impl<A: LogPartition<T>, B: LogPartition<T>, T: Real> LogPartition<T> for Product<A, B> {
    fn log_partition(&self, q: &Member<Self, T>) -> T {
        self.first.log_partition(&q.first()) + self.second.log_partition(&q.second())
    }

    fn log_base_measure(&self, theta: &[T]) -> T {
        let (a, b) = self.split(theta);
        self.first.log_base_measure(a) + self.second.log_base_measure(b)
    }

    fn log_density(&self, q: &Member<Self, T>, theta: &[T]) -> T {
        let (a, b) = self.split(theta);
        self.first.log_density(&q.first(), a) + self.second.log_density(&q.second(), b)
    }

    fn conjugate(&self, q: &Member<Self, T>) -> T {
        self.first.conjugate(&q.first()) + self.second.conjugate(&q.second())
    }

    fn kl(&self, q: &Member<Self, T>, p: &Member<Self, T>) -> T {
        self.first.kl(&q.first(), &p.first()) + self.second.kl(&q.second(), &p.second())
    }
}

impl<A: Entropy<T>, B: Entropy<T>, T: Real> Entropy<T> for Product<A, B> {
    fn entropy(&self, q: &Member<Self, T>) -> T {
        self.first.entropy(&q.first()) + self.second.entropy(&q.second())
    }
}

impl<A: FisherInformation<T>, B: FisherInformation<T>, T: Scalar> FisherInformation<T>
    for Product<A, B>
{
    fn fisher_information(&self, q: &Member<Self, T>) -> DMatrix<T> {
        let a = self.first.fisher_information(&q.first());
        let b = self.second.fisher_information(&q.second());
        let split = a.nrows();
        DMatrix::from_fn(split + b.nrows(), split + b.nrows(), |k, l| {
            match (k < split, l < split) {
                (true, true) => a[(k, l)].clone(),
                (false, false) => b[(k - split, l - split)].clone(),
                _ => T::zero(),
            }
        })
    }
}

impl<A: Sample<T>, B: Sample<T>, T: Real> Sample<T> for Product<A, B> {
    fn sample<R: Rng + ?Sized>(&self, q: &Member<Self, T>, rng: &mut R) -> DVector<T> {
        let a = self.first.sample(&q.first(), rng);
        let b = self.second.sample(&q.second(), rng);
        stacked(a.as_slice(), b.as_slice())
    }
}
