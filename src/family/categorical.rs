//! One of finitely many classes.

use super::discrete::{Discrete, index_of_largest};
use super::member::check;
use super::{
    Coordinates, Entropy, ExponentialFamily, Family, FamilyError, FiniteSupport, FisherInformation,
    LogPartition, Mean, Member, Natural, Sample,
};
use crate::scalar::{Real, Scalar};
use nalgebra::{DMatrix, DVector};
use num_traits::Float;
use rand::{Rng, RngExt};

/// The family of distributions on the one-hot vectors `e_1, …, e_k` of `R^k`, `k ≥ 2`.
///
/// The statistic is minimal: `T(θ) = (θ_1, …, θ_{k−1})`, since `Σ θ_i = 1`. Natural parameter
/// `η_i = ln(p_i/p_k)`, mean parameter `μ_i = p_i`, `A = ln(1 + Σ e^{η_i})`, base measure the counting measure.
///
/// Closed under permutations of the classes. The last class is no coordinate of `T`, so they move
/// the statistic with a shift `c(g) ≠ 0` (claim F3).
///
/// # Examples
/// ```
/// use equibayes::family::{Categorical, LogPartition};
///
/// let q = Categorical::with_probabilities(&[0.5, 0.25, 0.25])?;
/// assert_eq!(q.natural().as_slice(), [f64::ln(2.0), 0.0]);
/// assert_eq!(q.mean_parameter().as_slice(), [0.5, 0.25]);
/// assert!((q.family().log_density(&q, &[0.0, 0.0, 1.0]) - f64::ln(0.25)).abs() < 1e-15);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Categorical {
    classes: usize,
}

impl Categorical {
    /// The family on so many classes.
    ///
    /// # Errors
    /// [`FamilyError::Size`] for fewer than two classes, which leave nothing to chance.
    pub fn new(classes: usize) -> Result<Self, FamilyError> {
        if classes < 2 {
            let (what, expected) = ("number of classes", "at least 2");
            return Err(FamilyError::Size { what, got: classes, expected });
        }
        Ok(Self { classes })
    }

    /// The distribution with probabilities proportional to these weights.
    ///
    /// # Errors
    /// [`FamilyError`] if there are fewer than two weights, one of them is not a positive number, or a
    /// probability or log-odds is beyond the range of the scalar.
    pub fn with_probabilities<T: Real>(weights: &[T]) -> Result<Member<Self, T>, FamilyError> {
        let family = Self::new(weights.len())?;
        let weights = DVector::from_column_slice(weights);
        check("weights", &weights, family.classes)?;
        positive("weights", weights.as_slice())?;
        let last = weights[family.classes - 1];
        let log_last = Float::ln(last);
        let eta = weights.rows(0, family.classes - 1).map(|weight| {
            let odds = weight / last;
            // Far apart weights have a ratio beyond the range, but no logarithm is.
            if odds.is_normal() { Float::ln(odds) } else { Float::ln(weight) - log_last }
        });
        // Scaled by the largest, a sum of weights cannot overflow.
        let largest = weights[index_of_largest(weights.as_slice())];
        let sum = weights.iter().fold(T::zero(), |sum, &weight| sum + weight / largest);
        let mu = weights.rows(0, family.classes - 1).map(|weight| weight / largest / sum);
        positive("probabilities", mu.as_slice())?;
        Ok(Member::from_both(family, Natural::new(eta), Mean::new(mu)))
    }

    fn log_weights<T: Real>(&self, eta: &[T]) -> Vec<T> {
        eta.iter().copied().chain(std::iter::once(T::zero())).collect()
    }

    /// Which class a one-hot vector stands for.
    fn class_of<T: Scalar>(&self, theta: &[T]) -> Option<usize> {
        assert_eq!(theta.len(), self.classes, "θ of another dimension than the family's");
        let class = theta.iter().position(|entry| !entry.is_zero())?;
        let rest = theta.iter().skip(class + 1).all(|entry| entry.is_zero());
        (rest && theta[class].is_one()).then_some(class)
    }
}

fn positive<T: Scalar>(what: &'static str, x: &[T]) -> Result<(), FamilyError> {
    match x.iter().enumerate().find(|(_, value)| !(**value > T::zero())) {
        Some((index, value)) => {
            Err(FamilyError::NotPositive { what, index, value: value.nearest_f64() })
        }
        None => Ok(()),
    }
}

impl<T: Real> Member<Categorical, T> {
    /// The probabilities of all classes.
    pub fn probabilities(&self) -> Vec<T> {
        self.discrete().probabilities
    }

    fn discrete(&self) -> Discrete<T> {
        Discrete::new(&self.family().log_weights(self.natural().as_slice()))
    }
}

impl Family for Categorical {
    fn dim(&self) -> usize {
        self.classes
    }
}

impl ExponentialFamily for Categorical {
    fn statistic_dim(&self) -> usize {
        self.classes - 1
    }
}

impl<T: Real> Coordinates<T> for Categorical {
    fn sufficient_statistic(&self, theta: &[T]) -> DVector<T> {
        assert_eq!(theta.len(), self.classes, "θ of another dimension than the family's");
        DVector::from_column_slice(&theta[..self.classes - 1])
    }

    /// Refuses log-odds so far apart that a probability of the first `k − 1` classes underflows.
    fn to_mean(&self, eta: &Natural<Self, T>) -> Result<Mean<Self, T>, FamilyError> {
        check("natural parameter", eta.coordinates(), self.statistic_dim())?;
        let mut probabilities = Discrete::new(&self.log_weights(eta.as_slice())).probabilities;
        probabilities.truncate(self.classes - 1);
        positive("probabilities", &probabilities)?;
        Ok(Mean::new(DVector::from_vec(probabilities)))
    }

    /// Refuses a mean parameter that leaves nothing for the last class.
    fn to_natural(&self, mu: &Mean<Self, T>) -> Result<Natural<Self, T>, FamilyError> {
        check("mean parameter", mu.coordinates(), self.statistic_dim())?;
        positive("probabilities", mu.as_slice())?;
        let last = mu.as_slice().iter().fold(T::one(), |left, &p| left - p);
        positive("probability of the last class 1 − Σμ", &[last])?;
        Ok(Natural::new(mu.coordinates().map(|p| Float::ln(p) - Float::ln(last))))
    }
}

impl<T: Real> FiniteSupport<T> for Categorical {
    fn support(&self) -> impl Iterator<Item = DVector<T>> {
        let k = self.classes;
        (0..k).map(move |class| {
            DVector::from_fn(k, |i, _| if i == class { T::one() } else { T::zero() })
        })
    }
}

impl<T: Real> LogPartition<T> for Categorical {
    fn log_partition(&self, q: &Member<Self, T>) -> T {
        q.discrete().log_partition
    }

    /// 0 on one-hot vectors, `−∞` elsewhere.
    fn log_base_measure(&self, theta: &[T]) -> T {
        if self.class_of(theta).is_some() { T::zero() } else { T::neg_infinity() }
    }

    fn log_density(&self, q: &Member<Self, T>, theta: &[T]) -> T {
        match self.class_of(theta) {
            Some(class) if class + 1 < self.classes => {
                q.natural().as_slice()[class] - self.log_partition(q)
            }
            Some(_) => -self.log_partition(q),
            None => T::neg_infinity(),
        }
    }

    /// `Σ_i p_i (r_i − 1 − ln r_i)` with the ratios `r_i` of the probabilities: no term is negative, and
    /// small divergences keep their relative accuracy.
    fn kl(&self, q: &Member<Self, T>, p: &Member<Self, T>) -> T {
        let step = p.natural().coordinates() - q.natural().coordinates();
        q.discrete().divergence(&self.log_weights(step.as_slice()), &p.discrete())
    }
}

impl<T: Real> FisherInformation<T> for Categorical {
    /// `diag p − p pᵀ`, with `1 − p_i` as the sum of the other probabilities.
    fn fisher_information(&self, q: &Member<Self, T>) -> DMatrix<T> {
        let p = q.probabilities();
        DMatrix::from_fn(self.classes - 1, self.classes - 1, |i, j| {
            if i == j {
                let others = (0..self.classes).filter(|&k| k != i);
                p[i] * others.fold(T::zero(), |sum, k| sum + p[k])
            } else {
                -p[i] * p[j]
            }
        })
    }
}

impl<T: Real> Sample<T> for Categorical {
    fn sample<R: Rng + ?Sized>(&self, q: &Member<Self, T>, rng: &mut R) -> DVector<T> {
        let class = q.discrete().quantile(rng.random_range(T::zero()..T::one()));
        DVector::from_fn(self.classes, |i, _| if i == class { T::one() } else { T::zero() })
    }
}

impl<T: Real> Entropy<T> for Categorical {
    /// `−Σ p ln p`.
    fn entropy(&self, q: &Member<Self, T>) -> T {
        q.discrete().entropy()
    }
}
