//! The gamma distribution.

use super::excess::excess_of_products;
use super::exponential::above_zero;
use super::univariate::{
    Pair, Permuted, Univariate, UnivariateCoordinates, UnivariateDensity, UnivariateSample, finite,
    positive,
};
use super::{FamilyError, Independent, Member, excess_of_ratio};
use crate::special::{Special, binet_divergence, inverse_log_less_digammas, ln_gamma_conjugate};
use nalgebra::{DMatrix, dmatrix};
use num_traits::{Float, FloatConst};
use rand::Rng;
use rand_distr::{Distribution, Gamma as Draws};

/// Gamma distributions of shape `α` and rate `β` on `θ > 0`.
///
/// `T = (ln θ, θ)`, `η = (α, −β)`, `μ = (ψ(α) − ln β, α/β)`, `A = ln Γ(α) − α ln β`. The base measure is `dθ/θ`:
/// with `dθ` the natural parameter would be `α − 1`, in which small shapes are lost.
///
/// # Examples
/// ```
/// use equibayes::family::{Entropy, Gamma};
///
/// let q = Gamma::with_shape_rate(&[1.0], &[2.0])?; // exponential, of rate 2
/// assert!((q.family().entropy(&q) - (1.0 - 2.0_f64.ln())).abs() < 1e-15);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gamma;

impl Gamma {
    /// Independent gamma distributions with these shapes and rates.
    ///
    /// # Errors
    /// [`FamilyError`] if the lengths differ, or a shape or rate is not a positive number, or too
    /// extreme for the mean parameters to be finite.
    pub fn with_shape_rate<T: Special>(
        shape: &[T],
        rate: &[T],
    ) -> Result<Member<Independent<Self>, T>, FamilyError> {
        let expected = shape.len();
        if rate.len() != expected {
            return Err(FamilyError::WrongLength { what: "rate", got: rate.len(), expected });
        }
        let eta = (0..expected)
            .map(|i| Ok(vec![positive("shape", i, &shape[i])?, -positive("rate", i, &rate[i])?]))
            .collect::<Result<Vec<_>, FamilyError>>()?;
        Independent::like(Self, expected).member(&eta)
    }
}

impl Univariate for Gamma {
    type Symmetry = Permuted;
    const STATISTICS: usize = 2;
}

impl<T: Special> UnivariateCoordinates<T> for Gamma {
    fn statistic(&self, theta: &T) -> Vec<T> {
        vec![Float::ln(*theta), *theta]
    }

    fn mean(&self, eta: &[T], index: usize) -> Result<Vec<T>, FamilyError> {
        let shape = positive("shape", index, &eta[0])?;
        let rate = positive("rate −η", index, &-eta[1])?;
        let mean = positive("mean shape/rate", index, &(shape / rate))?;
        Ok(vec![finite("mean of ln θ", index, &(shape.digamma() - Float::ln(rate)))?, mean])
    }

    /// `ln μ_2 − μ_1 = ln α − ψ(α)`, an equation for the shape alone.
    fn natural(&self, mu: &[T], index: usize) -> Result<Vec<T>, FamilyError> {
        let mean = positive("mean", index, &mu[1])?;
        let gap = positive("ln E θ − E ln θ", index, &(Float::ln(mean) - mu[0]))?;
        let shape = positive("shape", index, &inverse_log_less_digammas(1, gap))?;
        Ok(vec![shape, -positive("rate", index, &(shape / mean))?])
    }

    fn information(&self, eta: &[T], mu: &[T]) -> DMatrix<T> {
        let scale = -T::one() / eta[1];
        dmatrix![eta[0].trigamma(), scale; scale, mu[1] * scale]
    }
}

impl<T: Special> UnivariateDensity<T> for Gamma {
    fn supports(&self, theta: T) -> bool {
        theta > T::zero() && theta.is_number()
    }

    fn log_partition(&self, q: Pair<'_, T>) -> T {
        Special::ln_gamma(q.eta[0]) - q.eta[0] * Float::ln(-q.eta[1])
    }

    fn log_base_measure(&self, theta: T) -> T {
        -Float::ln(theta)
    }

    /// With `m = α/β`: `½ ln(α/2π) − J(α) − ln θ − α (θ/m − 1 − ln(θ/m))`, `J` Binet's function. The terms of the
    /// definition grow like `α ln α` and cancel.
    fn log_density(&self, q: Pair<'_, T>, theta: T) -> T {
        let (shape, half) = (q.eta[0], T::ratio(1, 2));
        half * Float::ln(shape / <T as FloatConst>::TAU())
            - shape.binet(0)
            - Float::ln(theta)
            - shape * excess_of_ratio(theta, q.mu[1])
    }

    /// `αψ(α) − α − ln Γ(α)`.
    fn conjugate(&self, q: Pair<'_, T>) -> T {
        ln_gamma_conjugate(q.eta[0])
    }

    /// Mean and shape are orthogonal: the divergence of the means at the shape of `p`, and that of
    /// the shapes at equal means, `½ (r − 1 − ln r)` with `r` their ratio and the Bregman divergence of Binet's
    /// function, all non-negative.
    fn kl(&self, q: Pair<'_, T>, p: Pair<'_, T>) -> T {
        let (from, to) = (q.eta[0], p.eta[0]);
        // The ratio of the means, from the natural parameters.
        to * excess_of_products((from, p.eta[1]), (to, q.eta[1]))
            + T::ratio(1, 2) * excess_of_ratio(to, from)
            + binet_divergence(from, to)
    }

    fn entropy(&self, q: Pair<'_, T>) -> T {
        q.mu[0] - self.conjugate(q)
    }
}

impl<T: Special> UnivariateSample<T> for Gamma {
    /// Shapes far below 1 have draws below the smallest number: those become the smallest.
    fn sample<R: Rng + ?Sized>(&self, q: Pair<'_, T>, rng: &mut R) -> T {
        let (shape, rate) = (q.eta[0].value(), -q.eta[1].value());
        // Both are positive, or the member would not exist; NaN is not a draw.
        let draw = Draws::new(shape, 1.0).map_or(f64::NAN, |draws| draws.sample(rng));
        above_zero(draw / rate)
    }
}
