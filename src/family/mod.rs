//! Exponential families `q_η(θ) = h(θ) exp(⟨η, T(θ)⟩ − A(η))`.
//!
//! A family is a *value* (it knows its dimension); one of its distributions is a [`Member`]. Natural
//! and mean parameters are different types, [`Natural`] and [`Mean`], and cannot be mixed up. What a
//! family can do is split by what it takes:
//!
//! | trait | what it gives | scalars |
//! |---|---|---|
//! | [`Family`] | the dimension of `θ` | – |
//! | [`ExponentialFamily`] | the dimension of `T(θ)` | – |
//! | [`Coordinates`] | `T(θ)`, `η ↦ μ`, `μ ↦ η` | as exact as the maps allow: Gaussians are rational |
//! | [`LogPartition`] | `A`, `h`, density, `KL` | floating point |
//! | [`Entropy`] | `−E ln q` | floating point |
//! | [`FisherInformation`] | `∇²A = Cov T` | as [`Coordinates`] |
//! | [`Sample`] | draws of `θ` | floating point |
//! | [`LocationScale`] | `m`, `s`, density, draws; no exponential family needed | floating point |
//! | [`FiniteSupport`] | every point, for families on finitely many | as [`Coordinates`] |
//! | [`Wasserstein`] | `W_2` | floating point |
//!
//! Run a family of your own through [`law::family`](crate::law::family).

mod bernoulli;
mod categorical;
mod chi_squared;
mod diagonal_gaussian;
mod dirichlet;
mod discrete;
mod error;
mod excess;
mod exponential;
mod finite_support;
mod full_gaussian;
mod gamma;
mod gaussian;
mod independent;
mod ising;
mod isotropic_gaussian;
mod laplace;
mod location_scale;
mod log_normal;
mod member;
mod newton;
#[cfg(test)]
mod oracles;
mod parameters;
mod poisson;
mod product;
mod solve;
#[cfg(test)]
mod tests;
mod tilted;
mod univariate;
mod wasserstein;

mod von_mises_fisher;
mod wishart;

pub use bernoulli::Bernoulli;
pub use categorical::Categorical;
pub use chi_squared::chi_squared;
pub use diagonal_gaussian::DiagonalGaussian;
pub use dirichlet::Dirichlet;
pub use error::FamilyError;
pub use excess::excess;
pub(crate) use excess::excess_of_ratio;
pub use exponential::Exponential;
pub use finite_support::FiniteSupport;
pub use full_gaussian::FullGaussian;
pub use gamma::Gamma;
pub use gaussian::GaussianFamily;
pub use independent::Independent;
pub use ising::{BinaryIsing, Bits, Ising, Signs, SpinEncoding, SpinFamily, SpinGraph};
pub use isotropic_gaussian::IsotropicGaussian;
pub use laplace::Laplace;
pub use location_scale::LocationScale;
pub use log_normal::{LogNormal, SignedLogNormal};
pub use member::Member;
pub use parameters::{Mean, Natural};
pub use poisson::Poisson;
pub use product::Product;
pub use tilted::Tilted;
pub use univariate::{
    Pair, Permuted, Reflected, Univariate, UnivariateCoordinates, UnivariateDensity,
    UnivariateSample,
};
pub use von_mises_fisher::VonMisesFisher;
#[cfg(feature = "catalogue")]
pub(crate) use wasserstein::Bures;
pub use wasserstein::Wasserstein;
pub(crate) use wasserstein::symmetric;
pub use wishart::Wishart;

use crate::scalar::{Real, Scalar, dot};
use nalgebra::{DMatrix, DVector};
use rand::Rng;
use std::fmt::Debug;

/// A family of probability distributions on `R^n`.
pub trait Family: Clone + PartialEq + Debug {
    /// The dimension `n` of `θ`.
    fn dim(&self) -> usize;
}

/// A minimal, regular exponential family.
pub trait ExponentialFamily: Family {
    /// The dimension of the sufficient statistic `T(θ)`, and so of `η` and `μ`.
    fn statistic_dim(&self) -> usize;
}

/// The statistic of an exponential family and the passage between its two coordinate systems.
///
/// # Examples
/// ```
/// use equibayes::family::{Coordinates, DiagonalGaussian, Member};
/// use nalgebra::dvector;
///
/// let family = DiagonalGaussian::new(1);
/// // Mean 3, variance 2: η = (m/σ², −1/(2σ²)), μ = (m, m² + σ²).
/// let q: Member<_, f64> = Member::from_natural(family, dvector![1.5, -0.25])?;
/// assert_eq!(q.mean_parameter().as_slice(), [3.0, 11.0]);
/// assert_eq!(family.to_natural(q.mean_parameter())?.as_slice(), [1.5, -0.25]);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
pub trait Coordinates<T: Scalar = f64>: ExponentialFamily {
    /// The sufficient statistic `T(θ)`.
    ///
    /// # Panics
    /// If `theta` is not as long as the dimension.
    fn sufficient_statistic(&self, theta: &[T]) -> DVector<T>;

    /// The mean parameter `μ = ∇A(η) = E_η T`.
    ///
    /// # Errors
    /// [`FamilyError`] if `eta` has the wrong length or is outside the natural parameter space `Ω`.
    fn to_mean(&self, eta: &Natural<Self, T>) -> Result<Mean<Self, T>, FamilyError>;

    /// The natural parameter `η` with `∇A(η) = μ`.
    ///
    /// # Errors
    /// [`FamilyError`] if `mu` has the wrong length or is not in the interior of the mean-parameter
    /// space.
    fn to_natural(&self, mu: &Mean<Self, T>) -> Result<Natural<Self, T>, FamilyError>;
}

/// The log-partition function `A`, and what follows from it.
///
/// # Examples
/// ```
/// use equibayes::family::{DiagonalGaussian, LogPartition};
///
/// let p = DiagonalGaussian::with_variance(&[0.0], &[1.0])?;
/// let q = DiagonalGaussian::with_variance(&[1.0], &[1.0])?;
/// assert_eq!(q.family().kl(&q, &p), 0.5);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
pub trait LogPartition<T: Real = f64>: Coordinates<T> {
    /// `A(η) = ln ∫ h(θ) exp⟨η, T(θ)⟩ dθ`.
    fn log_partition(&self, q: &Member<Self, T>) -> T;

    /// `ln h(θ)`.
    fn log_base_measure(&self, theta: &[T]) -> T;

    /// `ln q(θ)`.
    fn log_density(&self, q: &Member<Self, T>, theta: &[T]) -> T {
        let statistic = self.sufficient_statistic(theta);
        self.log_base_measure(theta) + dot(q.natural().as_slice(), statistic.as_slice())
            - self.log_partition(q)
    }

    /// The convex conjugate `A*(μ) = ⟨η, μ⟩ − A(η)`: minus the entropy, for a constant `h` up to
    /// `ln h`.
    fn conjugate(&self, q: &Member<Self, T>) -> T {
        dot(q.natural().as_slice(), q.mean_parameter().as_slice()) - self.log_partition(q)
    }

    /// `KL(q ‖ p)` in nats.
    ///
    /// The provided method is the Bregman divergence of `A` (claim F2), which cancels badly for
    /// near-equal members; override it where there is a better form.
    fn kl(&self, q: &Member<Self, T>, p: &Member<Self, T>) -> T {
        bregman(self, q, p)
    }
}

/// The differential entropy; with respect to a counting measure, the entropy.
///
/// # Examples
/// ```
/// use equibayes::family::{Bernoulli, Entropy};
///
/// let q = Bernoulli::with_probability(&[0.5])?;
/// assert_eq!(q.family().entropy(&q), std::f64::consts::LN_2);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
pub trait Entropy<T: Real = f64>: LogPartition<T> {
    /// `−E ln q(θ) = −A*(μ) − E ln h(θ)`, in nats.
    fn entropy(&self, q: &Member<Self, T>) -> T;
}

/// `A(ζ) − A(η) − ⟨ζ − η, μ(η)⟩`: the Bregman divergence of the log-partition function, which is
/// `KL(q_η ‖ q_ζ)` (claim F2). Cancels for near-equal members; the oracle of better forms.
pub fn bregman<F: LogPartition<T>, T: Real>(family: &F, q: &Member<F, T>, p: &Member<F, T>) -> T {
    let step = p.natural().coordinates() - q.natural().coordinates();
    family.log_partition(p)
        - family.log_partition(q)
        - dot(step.as_slice(), q.mean_parameter().as_slice())
}

/// The Fisher information of a family in natural coordinates.
pub trait FisherInformation<T: Scalar = f64>: Coordinates<T> {
    /// `I(η) = ∇²A(η) = Cov_η T`, a symmetric positive definite matrix.
    fn fisher_information(&self, q: &Member<Self, T>) -> DMatrix<T>;
}

/// A family that can be sampled.
///
/// # Examples
/// ```
/// use equibayes::family::{DiagonalGaussian, Sample};
/// use rand::SeedableRng;
///
/// let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
/// let q = DiagonalGaussian::with_variance(&[0.0, 10.0], &[1.0, 1e-6])?;
/// let theta = q.family().sample(&q, &mut rng);
/// assert!((theta[1] - 10.0_f64).abs() < 0.1);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
pub trait Sample<T: Real = f64>: Coordinates<T> {
    /// One draw `θ ∼ q`.
    fn sample<R: Rng + ?Sized>(&self, q: &Member<Self, T>, rng: &mut R) -> DVector<T>;
}
