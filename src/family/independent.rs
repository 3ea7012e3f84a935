//! Independent coordinates, each of its own kind.

use super::member::check;
use super::univariate::{
    Pair, Univariate, UnivariateCoordinates, UnivariateDensity, UnivariateSample,
};
use super::{
    Coordinates, Entropy, ExponentialFamily, Family, FamilyError, FisherInformation, LogPartition,
    Mean, Member, Natural, Sample,
};
use crate::scalar::{Real, Scalar};
use nalgebra::{DMatrix, DVector};
use num_traits::Float;
use rand::Rng;

/// `n` independent coordinates of one [`Univariate`] family.
///
/// The statistic is laid out by components: the first statistics of all coordinates, then the
/// second ones; so are `η` and `μ`. Closed under permutations of like coordinates (claim F3), for
/// [`Reflected`](super::Reflected) blocks under signed ones.
///
/// # Examples
/// ```
/// use equibayes::family::{Gamma, LogPartition};
///
/// let q = Gamma::with_shape_rate(&[2.0, 1e-8], &[1.0, 3.0])?;
/// assert_eq!(q.natural().as_slice(), [2.0, 1e-8, -1.0, -3.0]);
/// assert_eq!(q.family().kl(&q, &q), 0.0);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Independent<U> {
    blocks: Vec<U>,
}

impl<U: Univariate> Independent<U> {
    /// Coordinates of these kinds.
    pub fn new(blocks: Vec<U>) -> Self {
        Self { blocks }
    }

    /// `dim` coordinates of the same kind.
    pub fn like(block: U, dim: usize) -> Self {
        Self { blocks: vec![block; dim] }
    }

    /// The kinds of the coordinates.
    pub fn blocks(&self) -> &[U] {
        &self.blocks
    }

    /// The statistics of coordinate `i`.
    fn part<T: Scalar>(&self, x: &[T], i: usize) -> Vec<T> {
        (0..U::STATISTICS).map(|k| x[k * self.blocks.len() + i].clone()).collect()
    }

    /// One vector from the parts of the coordinates.
    fn joined<T: Scalar>(&self, parts: &[Vec<T>]) -> DVector<T> {
        let n = self.blocks.len();
        DVector::from_fn(U::STATISTICS * n, |k, _| parts[k % n][k / n].clone())
    }

    /// The member with these natural parameters, one list for each coordinate.
    pub(super) fn member<T: Scalar>(
        self,
        natural: &[Vec<T>],
    ) -> Result<Member<Self, T>, FamilyError>
    where
        U: UnivariateCoordinates<T>,
    {
        let eta = self.joined(natural);
        Member::from_natural(self, eta)
    }

    #[track_caller]
    fn check_theta<T>(&self, theta: &[T]) {
        assert_eq!(theta.len(), self.blocks.len(), "θ of another dimension than the family's");
    }

    /// `Σ_i f(i, block, parameters)`.
    fn sum<T: Real>(&self, q: &Member<Self, T>, mut f: impl FnMut(usize, &U, Pair<'_, T>) -> T) -> T
    where
        U: UnivariateCoordinates<T>,
    {
        let (eta, mu) = (q.natural().as_slice(), q.mean_parameter().as_slice());
        self.blocks.iter().enumerate().fold(T::zero(), |sum, (i, block)| {
            let (eta, mu) = (self.part(eta, i), self.part(mu, i));
            sum + f(i, block, Pair { eta: &eta, mu: &mu })
        })
    }
}

impl<U: Univariate> Family for Independent<U> {
    fn dim(&self) -> usize {
        self.blocks.len()
    }
}

impl<U: Univariate> ExponentialFamily for Independent<U> {
    fn statistic_dim(&self) -> usize {
        U::STATISTICS * self.blocks.len()
    }
}

impl<U: UnivariateCoordinates<T>, T: Scalar> Coordinates<T> for Independent<U> {
    fn sufficient_statistic(&self, theta: &[T]) -> DVector<T> {
        self.check_theta(theta);
        let parts: Vec<_> =
            self.blocks.iter().zip(theta).map(|(block, x)| block.statistic(x)).collect();
        self.joined(&parts)
    }

    fn to_mean(&self, eta: &Natural<Self, T>) -> Result<Mean<Self, T>, FamilyError> {
        check("natural parameter", eta.coordinates(), self.statistic_dim())?;
        let parts = (0..self.blocks.len())
            .map(|i| self.blocks[i].mean(&self.part(eta.as_slice(), i), i))
            .collect::<Result<Vec<_>, _>>()?;
        let mean = self.joined(&parts);
        check("mean parameter", &mean, self.statistic_dim())?;
        Ok(Mean::new(mean))
    }

    fn to_natural(&self, mu: &Mean<Self, T>) -> Result<Natural<Self, T>, FamilyError> {
        check("mean parameter", mu.coordinates(), self.statistic_dim())?;
        let parts = (0..self.blocks.len())
            .map(|i| self.blocks[i].natural(&self.part(mu.as_slice(), i), i))
            .collect::<Result<Vec<_>, _>>()?;
        let natural = self.joined(&parts);
        check("natural parameter", &natural, self.statistic_dim())?;
        Ok(Natural::new(natural))
    }
}

/// Sums over coordinates. Outside the support `ln h` and the log-density are `−∞`.
impl<U: UnivariateDensity<T>, T: Real> LogPartition<T> for Independent<U> {
    fn log_partition(&self, q: &Member<Self, T>) -> T {
        self.sum(q, |_, block, q| block.log_partition(q))
    }

    fn log_base_measure(&self, theta: &[T]) -> T {
        self.check_theta(theta);
        self.blocks.iter().zip(theta).fold(T::zero(), |sum, (block, &x)| {
            let inside = block.supports(x);
            sum + if inside { block.log_base_measure(x) } else { <T as Float>::neg_infinity() }
        })
    }

    fn log_density(&self, q: &Member<Self, T>, theta: &[T]) -> T {
        self.check_theta(theta);
        if !self.blocks.iter().zip(theta).all(|(block, &x)| block.supports(x)) {
            return <T as Float>::neg_infinity();
        }
        self.sum(q, |i, block, q| block.log_density(q, theta[i]))
    }

    fn conjugate(&self, q: &Member<Self, T>) -> T {
        self.sum(q, |_, block, q| block.conjugate(q))
    }

    fn kl(&self, q: &Member<Self, T>, p: &Member<Self, T>) -> T {
        let (eta, mu) = (p.natural().as_slice(), p.mean_parameter().as_slice());
        self.sum(q, |i, block, q| {
            let (eta, mu) = (self.part(eta, i), self.part(mu, i));
            block.kl(q, Pair { eta: &eta, mu: &mu })
        })
    }
}

impl<U: UnivariateDensity<T>, T: Real> Entropy<T> for Independent<U> {
    fn entropy(&self, q: &Member<Self, T>) -> T {
        self.sum(q, |_, block, q| block.entropy(q))
    }
}

impl<U: UnivariateCoordinates<T>, T: Scalar> FisherInformation<T> for Independent<U> {
    fn fisher_information(&self, q: &Member<Self, T>) -> DMatrix<T> {
        let n = self.blocks.len();
        let (eta, mu) = (q.natural().as_slice(), q.mean_parameter().as_slice());
        let dim = self.statistic_dim();
        let mut information = DMatrix::from_element(dim, dim, T::zero());
        for (i, block) in self.blocks.iter().enumerate() {
            let part = block.information(&self.part(eta, i), &self.part(mu, i));
            for k in 0..U::STATISTICS {
                for l in 0..U::STATISTICS {
                    information[(k * n + i, l * n + i)] = part[(k, l)].clone();
                }
            }
        }
        information
    }
}

impl<U: UnivariateSample<T>, T: Real> Sample<T> for Independent<U> {
    fn sample<R: Rng + ?Sized>(&self, q: &Member<Self, T>, rng: &mut R) -> DVector<T> {
        let (eta, mu) = (q.natural().as_slice(), q.mean_parameter().as_slice());
        DVector::from_fn(self.blocks.len(), |i, _| {
            let (eta, mu) = (self.part(eta, i), self.part(mu, i));
            self.blocks[i].sample(Pair { eta: &eta, mu: &mu }, rng)
        })
    }
}
