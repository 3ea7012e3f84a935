//! What activations do to a Gaussian number.

use crate::model::{Nonlinearity, PiecewiseLinear, Pointwise};
use crate::special::{Special, normal_cdf, normal_density, owen_t};
use num_traits::{Float, FloatConst};

/// The moments of `f(z)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ActivationMoments<T> {
    /// `E f(z)`.
    pub mean: T,
    /// `E f(z)²`.
    pub square: T,
    /// `Var f(z)`.
    pub variance: T,
}

/// An activation whose first two moments under a Gaussian are known in closed form.
pub trait GaussianExpectations<T: Special>: Nonlinearity {
    /// The moments of `f(z)` for `z ∼ N(mean, variance)`; `None` where they have no closed form. A
    /// variance of 0 is admitted.
    fn moments(&self, mean: T, variance: T) -> Option<ActivationMoments<T>>;

    /// `E f′(z)` for `z ∼ N(mean, variance)`; `None` where it has no closed form.
    fn expected_slope(&self, mean: T, variance: T) -> Option<T>;

    /// Whether this is the sine, which has closed forms under correlated parameters too.
    fn is_sine(&self) -> bool {
        false
    }
}

impl<T: Special> GaussianExpectations<T> for PiecewiseLinear {
    fn moments(&self, mean: T, variance: T) -> Option<ActivationMoments<T>> {
        Some(match self {
            Self::Identity => identity(mean, variance),
            Self::Relu => relu(mean, variance),
        })
    }

    fn expected_slope(&self, mean: T, variance: T) -> Option<T> {
        Some(match self {
            Self::Identity => T::one(),
            Self::Relu => relu_slope(mean, variance),
        })
    }
}

impl<T: Special> GaussianExpectations<T> for Pointwise {
    fn moments(&self, mean: T, variance: T) -> Option<ActivationMoments<T>> {
        match self {
            Self::Identity => Some(identity(mean, variance)),
            Self::Relu => Some(relu(mean, variance)),
            Self::Erf => Some(erf(mean, variance)),
            Self::Sine => Some(sine(mean, variance)),
            Self::Tanh => None,
        }
    }

    fn expected_slope(&self, mean: T, variance: T) -> Option<T> {
        match self {
            Self::Identity => Some(T::one()),
            Self::Relu => Some(relu_slope(mean, variance)),
            Self::Erf => Some(erf_slope(mean, variance)),
            Self::Sine => Some(Float::exp(-T::ratio(1, 2) * variance) * Float::cos(mean)),
            Self::Tanh => None,
        }
    }

    fn is_sine(&self) -> bool {
        *self == Self::Sine
    }
}

fn identity<T: Special>(mean: T, variance: T) -> ActivationMoments<T> {
    ActivationMoments { mean, square: mean * mean + variance, variance }
}

/// With `t = μ/s`: `E max(z, 0) = μΦ(t) + sφ(t)` and `E max(z, 0)² = (μ² + s²)Φ(t) + μsφ(t)`; for `μ = 0` the
/// arc-cosine kernel of order 1 on its diagonal (Cho & Saul 2009).
fn relu<T: Special>(mean: T, variance: T) -> ActivationMoments<T> {
    if variance <= T::zero() {
        let value = if mean > T::zero() { mean } else { T::zero() };
        return ActivationMoments { mean: value, square: value * value, variance };
    }
    let s = Float::sqrt(variance);
    let t = mean / s;
    let (cdf, density) = (normal_cdf(t), normal_density(t));
    let first = mean * cdf + s * density;
    let square = (mean * mean + variance) * cdf + mean * s * density;
    ActivationMoments { mean: first, square, variance: square - first * first }
}

/// `P(z > 0) = Φ(μ/s)`.
fn relu_slope<T: Special>(mean: T, variance: T) -> T {
    if variance > T::zero() {
        normal_cdf(mean / Float::sqrt(variance))
    } else if mean > T::zero() {
        T::one()
    } else {
        T::zero()
    }
}

/// The derivative of `erf(μ/√(1 + 2s²))` by `μ`.
fn erf_slope<T: Special>(mean: T, variance: T) -> T {
    let spread = T::one() + T::count(2) * variance;
    <T as FloatConst>::FRAC_2_SQRT_PI() * Float::exp(-mean * mean / spread) / Float::sqrt(spread)
}

/// `E erf z = erf(μ/√(1 + 2s²))` and `E erf² z = 1 − 8T(h, a)` with Owen's `T`, `h = √2 μ/√(1 + 2s²)` and
/// `a = 1/√(1 + 4s²)`.
///
/// Since `erf z = 2Φ(√2 z) − 1`, and `E Φ(√2 z)² = P(X, Y ≤ 0)` for two Gaussians of mean `−√2 μ`, variance
/// `1 + 2s²` and covariance `2s²`, which is `Φ(h) − 2T(h, √((1 − r)/(1 + r)))` with their correlation `r` (Owen 1956). For
/// `μ = 0`, `T(0, a) = atan(a)/2π` makes it Williams' `(2/π) asin(2s²/(1 + 2s²))`.
fn erf<T: Special>(mean: T, variance: T) -> ActivationMoments<T> {
    let (one, two) = (T::one(), T::count(2));
    let root = Float::sqrt(one + two * variance);
    let first = (mean / root).erf();
    let h = <T as FloatConst>::SQRT_2() * mean / root;
    let a = one / Float::sqrt(one + T::count(4) * variance);
    let square = one - T::count(8) * owen_t(h, a);
    ActivationMoments { mean: first, square, variance: square - first * first }
}

/// `E sin z = e^{−s²/2} sin μ`, `E sin² z = ½(1 − e^{−2s²} cos 2μ)`, and, without cancellation,
/// `Var sin z = ½(1 − e^{−s²})(1 + e^{−s²} cos 2μ)`.
fn sine<T: Special>(mean: T, variance: T) -> ActivationMoments<T> {
    let (one, half) = (T::one(), T::ratio(1, 2));
    let (decay, cosine) = (Float::exp(-variance), Float::cos(mean + mean));
    ActivationMoments {
        mean: Float::exp(-half * variance) * Float::sin(mean),
        square: half * (one - decay * decay * cosine),
        variance: -half * Float::exp_m1(-variance) * (one + decay * cosine),
    }
}
