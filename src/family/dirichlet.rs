//! Dirichlet distributions; of two categories, the beta distribution.

use super::excess::excess_of_products;
use super::member::check;
use super::solve::natural_of_mean;
use super::univariate::{finite, positive};
use super::{
    Coordinates, Entropy, ExponentialFamily, Family, FamilyError, FisherInformation, LogPartition,
    Mean, Member, Natural, Sample, excess_of_ratio,
};
use crate::scalar::{Real, Scalar};
use crate::special::{Special, binet_divergence, ln_gamma_conjugate, polygamma_rise};
use nalgebra::{DMatrix, DVector};
use num_traits::Float;
use rand::{Rng, RngExt};
use rand_distr::{Distribution, Gamma};

/// Dirichlet distributions on the simplex of `k` positive weights `θ` that sum to 1.
///
/// `T = (ln θ_1, …, ln θ_k)`, `η = α`, `μ = ψ(α_i) − ψ(α_0)` with `α_0 = Σα_i`, `A = Σ ln Γ(α_i) − ln Γ(α_0)`, and `h = Π 1/θ_i`
/// with respect to Lebesgue measure of the first `k − 1` weights. That measure does not depend on
/// which weight is left out, nor on the order: a permutation of the weights is an affine map of the
/// simplex onto itself, of finite order, so its determinant in these coordinates is ±1. So the
/// family is closed under permutations of the categories (claim F3).
///
/// # Examples
/// ```
/// use equibayes::family::{Dirichlet, LogPartition};
///
/// let q = Dirichlet::with_concentration(&[1.0, 1.0, 1.0])?;
/// // Uniform on a triangle of area 1/2 (in the first two weights).
/// assert!((q.family().log_density(&q, &[0.25, 0.25, 0.5]) - 2.0_f64.ln()).abs() < 1e-15);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dirichlet {
    categories: usize,
}

impl Dirichlet {
    /// The family on `categories` weights.
    ///
    /// # Errors
    /// [`FamilyError::Size`] for fewer than two: one weight is always 1.
    pub fn new(categories: usize) -> Result<Self, FamilyError> {
        if categories >= 2 {
            Ok(Self { categories })
        } else {
            let expected = "at least 2";
            Err(FamilyError::Size { what: "number of categories", got: categories, expected })
        }
    }

    /// The Dirichlet distribution with these concentrations `α`.
    ///
    /// # Errors
    /// [`FamilyError`] for fewer than two, or if one is not a positive number or too extreme for the
    /// mean parameters to be finite.
    pub fn with_concentration<T: Special>(alpha: &[T]) -> Result<Member<Self, T>, FamilyError> {
        Member::from_natural(Self::new(alpha.len())?, DVector::from_column_slice(alpha))
    }

    /// The beta distribution: `θ = (x, 1 − x)` with density `x^{a−1}(1 − x)^{b−1}/B(a, b)`.
    ///
    /// # Errors
    /// As [`with_concentration`](Self::with_concentration).
    pub fn beta<T: Special>(a: T, b: T) -> Result<Member<Self, T>, FamilyError> {
        Self::with_concentration(&[a, b])
    }

    /// Whether `θ` is on the simplex, up to the rounding of its sum.
    fn supports<T: Real>(self, theta: &[T]) -> bool {
        assert_eq!(theta.len(), self.categories, "θ of another dimension than the family's");
        let sum = total(theta).nearest_f64();
        let rounding = 2.0 * self.categories as f64 * T::UNIT_ROUNDOFF;
        theta.iter().all(|&x| x > T::zero()) && (sum - 1.0).abs() <= rounding
    }
}

fn total<T: Scalar>(x: &[T]) -> T {
    x.iter().fold(T::zero(), |sum, x| sum + x.clone())
}

/// The concentrations of the categories other than `i`, together.
fn others<T: Scalar>(alpha: &[T], i: usize) -> T {
    alpha
        .iter()
        .enumerate()
        .filter(|(j, _)| *j != i)
        .fold(T::zero(), |sum, (_, alpha)| sum + alpha.clone())
}

/// `ψ(α_i) − ψ(α_0)`, without cancellation where one category dominates.
fn means<T: Special>(alpha: &[T]) -> Vec<T> {
    (0..alpha.len()).map(|i| -polygamma_rise(0, alpha[i], others(alpha, i))).collect()
}

/// `ψ′(α_i)δ_ij − ψ′(α_0)`, the diagonal likewise.
fn information<T: Special>(alpha: &[T]) -> DMatrix<T> {
    let common = total(alpha).trigamma();
    DMatrix::from_fn(alpha.len(), alpha.len(), |k, l| {
        if k == l { -polygamma_rise(1, alpha[k], others(alpha, k)) } else { -common }
    })
}

impl Family for Dirichlet {
    fn dim(&self) -> usize {
        self.categories
    }
}

impl ExponentialFamily for Dirichlet {
    fn statistic_dim(&self) -> usize {
        self.categories
    }
}

impl<T: Special> Coordinates<T> for Dirichlet {
    fn sufficient_statistic(&self, theta: &[T]) -> DVector<T> {
        assert_eq!(theta.len(), self.categories, "θ of another dimension than the family's");
        DVector::from_iterator(theta.len(), theta.iter().map(|&x| Float::ln(x)))
    }

    fn to_mean(&self, eta: &Natural<Self, T>) -> Result<Mean<Self, T>, FamilyError> {
        check("concentration", eta.coordinates(), self.categories)?;
        for (i, alpha) in eta.as_slice().iter().enumerate() {
            positive("concentration", i, alpha)?;
        }
        let mean = DVector::from_vec(means(eta.as_slice()));
        check("mean of ln θ", &mean, self.categories)?;
        Ok(Mean::new(mean))
    }

    /// In the interior of the mean-parameter space, `Σ exp μ_i < 1` (Jensen's inequality).
    fn to_natural(&self, mu: &Mean<Self, T>) -> Result<Natural<Self, T>, FamilyError> {
        check("mean of ln θ", mu.coordinates(), self.categories)?;
        let sum = total(&mu.as_slice().iter().map(|&m| Float::exp(m)).collect::<Vec<_>>());
        positive("1 − Σ exp E ln θ", 0, &(T::one() - sum))?;
        let alpha = natural_of_mean(
            vec![1.0; self.categories],
            mu.as_slice(),
            |alpha| alpha.iter().all(|&a| a > 0.0 && a.is_finite()),
            means,
            information,
        );
        let alpha = alpha.map(DVector::from_vec).ok_or(FamilyError::NotFinite {
            what: "concentration",
            index: 0,
            value: f64::NAN,
        })?;
        for (i, alpha) in alpha.iter().enumerate() {
            finite("concentration", i, alpha)?;
        }
        Ok(Natural::new(alpha))
    }
}

impl<T: Special> LogPartition<T> for Dirichlet {
    fn log_partition(&self, q: &Member<Self, T>) -> T {
        let alpha = q.natural().as_slice();
        alpha.iter().fold(T::zero(), |sum, alpha| sum + Special::ln_gamma(*alpha))
            - Special::ln_gamma(total(alpha))
    }

    /// `−∞` off the simplex.
    fn log_base_measure(&self, theta: &[T]) -> T {
        if !self.supports(theta) {
            return <T as Float>::neg_infinity();
        }
        theta.iter().fold(T::zero(), |sum, &x| sum - Float::ln(x))
    }

    fn log_density(&self, q: &Member<Self, T>, theta: &[T]) -> T {
        if !self.supports(theta) {
            return <T as Float>::neg_infinity();
        }
        let alpha = q.natural().as_slice();
        let sum = alpha
            .iter()
            .zip(theta)
            .fold(T::zero(), |sum, (&alpha, &x)| sum + (alpha - T::one()) * Float::ln(x));
        sum - self.log_partition(q)
    }

    /// `Σ G(α_i) − G(α_0)` with `G(x) = xψ(x) − x − ln Γ(x)`.
    fn conjugate(&self, q: &Member<Self, T>) -> T {
        let alpha = q.natural().as_slice();
        alpha.iter().fold(T::zero(), |sum, &alpha| sum + ln_gamma_conjugate(alpha))
            - ln_gamma_conjugate(total(alpha))
    }

    /// The Bregman divergence of `ln Γ` from `x` to `y` is that of `x ln x − x`, plus `½ (r − 1 − ln r)` with `r = y/x`,
    /// plus that of Binet's function. The first ones of the concentrations less that of their sum
    /// are `Σ` of `α_0` of `p` times the divergence of the mean weights; of the others the sum is taken
    /// off, which is less than what is there. What is left of cancellation is the rounding of the sums
    /// `α_0`, before their difference is taken.
    fn kl(&self, q: &Member<Self, T>, p: &Member<Self, T>) -> T {
        let (from, to) = (q.natural().as_slice(), p.natural().as_slice());
        let (from_0, to_0) = (total(from), total(to));
        let rest = |x: T, y: T| T::ratio(1, 2) * excess_of_ratio(y, x) + binet_divergence(x, y);
        from.iter().zip(to).fold(-rest(from_0, to_0), |sum, (&x, &y)| {
            sum + y * excess_of_products((x, to_0), (y, from_0)) + rest(x, y)
        })
    }
}

impl<T: Special> Entropy<T> for Dirichlet {
    fn entropy(&self, q: &Member<Self, T>) -> T {
        total(q.mean_parameter().as_slice()) - self.conjugate(q)
    }
}

impl<T: Special> FisherInformation<T> for Dirichlet {
    fn fisher_information(&self, q: &Member<Self, T>) -> DMatrix<T> {
        information(q.natural().as_slice())
    }
}

impl<T: Special> Sample<T> for Dirichlet {
    /// Gamma variables of the concentrations, divided by their sum; by logarithms, since `G_{α+1} U^{1/α}`
    /// has the law of `G_α` and small concentrations would underflow before the division. Weights
    /// below the smallest normal number become that.
    fn sample<R: Rng + ?Sized>(&self, q: &Member<Self, T>, rng: &mut R) -> DVector<T> {
        let logs: Vec<f64> = q
            .natural()
            .as_slice()
            .iter()
            .map(|alpha| {
                let alpha = alpha.value();
                // Positive, or the member would not exist.
                let draw = Gamma::new(alpha + 1.0, 1.0).map_or(f64::NAN, |g| g.sample(rng));
                let uniform: f64 = 1.0 - rng.random::<f64>();
                draw.ln() + uniform.ln() / alpha
            })
            .collect();
        let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = logs.iter().map(|log| (log - largest).exp()).sum();
        let least = <T as Float>::min_positive_value();
        DVector::from_iterator(
            logs.len(),
            logs.iter()
                .map(|log| Float::max(T::approximate((log - largest).exp() / sum, 0.0), least)),
        )
    }
}
