//! Posteriors by coordinates that can be optimised: `θ = draw(w, ε)` with fixed noise `ε`.

use super::error::{InferenceError, check_length};
use super::prior::GaussianPrior;
use super::scale::ScaleLink;
use crate::family::{DiagonalGaussian, FamilyError, Member};
use crate::scalar::Real;
use num_traits::Float;
use std::ops::Range;

/// A parametrised posterior `q_w`: draws `θ` as a function of coordinates `w` and standard normal noise, and
/// the divergence from a prior in closed form.
///
/// # Examples
/// ```
/// use equibayes::inference::{MeanField, Posterior};
///
/// let q = MeanField::new(2);
/// let w = q.coordinates_of(&[1.0, 2.0], &[0.1, 0.2])?;
/// let mut theta = [0.0; 2];
/// q.draw(&w, &[1.0, -1.0], &mut theta);
/// assert!((theta[0] - 1.1_f64).abs() < 1e-15 && (theta[1] - 1.8_f64).abs() < 1e-15);
/// # Ok::<(), equibayes::inference::InferenceError>(())
/// ```
pub trait Posterior<T: Real = f64>: Sync {
    /// The dimension of `θ`.
    fn dim(&self) -> usize;

    /// The number of coordinates `w`.
    fn coordinates(&self) -> usize;

    /// How many standard normal numbers a draw takes.
    fn noise_dim(&self) -> usize;

    /// Writes the draw with coordinates `w` and noise `noise` to `theta`.
    ///
    /// # Panics
    /// If a slice has the wrong length; so do the other methods.
    fn draw(&self, w: &[T], noise: &[T], theta: &mut [T]);

    /// Adds `(∂θ/∂w)ᵀ slope` at this noise to `gradient`.
    fn pull_back(&self, w: &[T], noise: &[T], slope: &[T], gradient: &mut [T]);

    /// `KL(q_w ‖ p)`, in nats.
    fn divergence(&self, w: &[T], prior: &GaussianPrior<T>) -> T;

    /// Adds `weight · ∇_w KL(q_w ‖ p)` to `gradient`.
    fn pull_back_divergence(
        &self,
        w: &[T],
        prior: &GaussianPrior<T>,
        weight: T,
        gradient: &mut [T],
    );

    /// [`divergence`](Self::divergence) with memory that is kept from call to call, for posteriors that need some;
    /// what it holds does not matter.
    fn divergence_with(&self, w: &[T], prior: &GaussianPrior<T>, scratch: &mut Vec<T>) -> T {
        let _ = scratch;
        self.divergence(w, prior)
    }

    /// [`pull_back_divergence`](Self::pull_back_divergence) with memory that is kept from call to call.
    fn pull_back_divergence_with(
        &self,
        w: &[T],
        prior: &GaussianPrior<T>,
        weight: T,
        gradient: &mut [T],
        scratch: &mut Vec<T>,
    ) {
        let _ = scratch;
        self.pull_back_divergence(w, prior, weight, gradient);
    }

    /// The coordinates that make scales, for a learning rate of their own.
    fn scales(&self) -> Range<usize>;

    /// For each coordinate, how many coordinates of the untied posterior it stands for; `None` where that is one.
    /// A gradient is divided by it before the optimiser sees it, and its norm counts so many times.
    fn multiplicity(&self) -> Option<&[T]> {
        None
    }
}

/// Independent Gaussians: `w = (m; ρ)`, `θ_i = m_i + σ(ρ_i) ε_i`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeanField {
    dim: usize,
    link: ScaleLink,
}

impl MeanField {
    /// With `dim` parameters, scales by softplus.
    pub fn new(dim: usize) -> Self {
        Self { dim, link: ScaleLink::Softplus }
    }

    /// With another link for scales.
    pub fn with_link(dim: usize, link: ScaleLink) -> Self {
        Self { dim, link }
    }

    /// The link of scales.
    pub fn link(&self) -> ScaleLink {
        self.link
    }

    /// The coordinates of these means and standard deviations.
    ///
    /// # Errors
    /// [`InferenceError`] if a list has the wrong length, a mean is not a number or a scale not a positive one.
    pub fn coordinates_of<T: Real>(
        &self,
        mean: &[T],
        scale: &[T],
    ) -> Result<Vec<T>, InferenceError> {
        check_length("means", mean.len(), self.dim)?;
        check_length("scales", scale.len(), self.dim)?;
        super::error::check_numbers("means", mean)?;
        scale_coordinates(self.link, mean, scale)
    }

    /// Means and standard deviations.
    ///
    /// # Panics
    /// If `w` has the wrong length.
    pub fn moments<T: Real>(&self, w: &[T]) -> (Vec<T>, Vec<T>) {
        assert_eq!(w.len(), 2 * self.dim, "coordinates of another posterior");
        let (mean, rho) = w.split_at(self.dim);
        (mean.to_vec(), rho.iter().map(|&rho| self.link.scale(rho)).collect())
    }

    /// The posterior as a member of its exponential family.
    ///
    /// # Errors
    /// [`FamilyError`] if a scale is not a positive number.
    ///
    /// # Panics
    /// If `w` has the wrong length.
    pub fn member<T: Real>(&self, w: &[T]) -> Result<Member<DiagonalGaussian, T>, FamilyError> {
        let (mean, scale) = self.moments(w);
        let variance: Vec<T> = scale.into_iter().map(|s| s * s).collect();
        DiagonalGaussian::with_variance(&mean, &variance)
    }
}

/// Means followed by the coordinates of scales.
pub(super) fn scale_coordinates<T: Real>(
    link: ScaleLink,
    mean: &[T],
    scale: &[T],
) -> Result<Vec<T>, InferenceError> {
    let rho: Vec<T> = scale.iter().map(|&s| link.coordinate(s)).collect();
    match rho.iter().zip(scale).find(|(rho, s)| !(rho.is_number() && **s > T::zero())) {
        Some((_, scale)) => Err(InferenceError::Outside {
            what: "scale",
            value: scale.nearest_f64(),
            expected: "a positive number that its coordinate can hold",
        }),
        None => Ok([mean, &rho].concat()),
    }
}

/// One number of noise for each parameter.
pub(super) fn check_draw<T>(dim: usize, noise: &[T], theta: &[T]) {
    assert_eq!((noise.len(), theta.len()), (dim, dim), "noise or θ of another posterior");
}

impl<T: Real> Posterior<T> for MeanField {
    fn dim(&self) -> usize {
        self.dim
    }

    fn coordinates(&self) -> usize {
        2 * self.dim
    }

    fn noise_dim(&self) -> usize {
        self.dim
    }

    fn draw(&self, w: &[T], noise: &[T], theta: &mut [T]) {
        let (mean, rho) = w.split_at(self.dim);
        check_draw(self.dim, noise, theta);
        for (((x, &m), &rho), &z) in theta.iter_mut().zip(mean).zip(rho).zip(noise) {
            *x = m + self.link.scale(rho) * z;
        }
    }

    fn pull_back(&self, w: &[T], noise: &[T], slope: &[T], gradient: &mut [T]) {
        let (on_mean, on_rho) = gradient.split_at_mut(self.dim);
        for (sum, &slope) in on_mean.iter_mut().zip(slope) {
            *sum += slope;
        }
        let rho = &w[self.dim..];
        for (((sum, &slope), &rho), &z) in on_rho.iter_mut().zip(slope).zip(rho).zip(noise) {
            *sum += slope * z * self.link.slope(rho);
        }
    }

    /// `½ [Σ_i (Λ_ii σ_i² − 1 − ln σ_i²) − ln det Λ + (m − m_p)ᵀΛ(m − m_p)]`.
    fn divergence(&self, w: &[T], prior: &GaussianPrior<T>) -> T {
        let (mean, rho) = w.split_at(self.dim);
        let spread = rho.iter().enumerate().fold(T::zero(), |sum, (i, &rho)| {
            let scale = self.link.scale(rho);
            sum + prior.precision_of(i) * scale * scale
                - T::one()
                - T::ratio(2, 1) * Float::ln(scale)
        });
        T::ratio(1, 2) * (spread - prior.log_det() + prior.square(mean))
    }

    fn pull_back_divergence(
        &self,
        w: &[T],
        prior: &GaussianPrior<T>,
        weight: T,
        gradient: &mut [T],
    ) {
        let (mean, rho) = w.split_at(self.dim);
        let (on_mean, on_rho) = gradient.split_at_mut(self.dim);
        for (i, (sum, &rho)) in on_rho.iter_mut().zip(rho).enumerate() {
            on_mean[i] += weight * prior.pull(mean, i);
            let scale = self.link.scale(rho);
            let slope = prior.precision_of(i) * scale - T::one() / scale;
            *sum += weight * slope * self.link.slope(rho);
        }
    }

    fn scales(&self) -> Range<usize> {
        self.dim..2 * self.dim
    }
}
