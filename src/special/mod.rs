//! Special functions with error bounds: the gamma function's logarithm and its derivatives, the error function.
//!
//! The log-partition functions of gamma, beta and Dirichlet families are made of `ln Γ`, their means of
//! its derivative `ψ` (digamma), their Fisher information of `ψ′` (trigamma). [`Special`] has them
//! for every floating-point scalar, near zero and for huge arguments too. An algorithm is written
//! once, generic over its scalar; a scalar that tracks its own error gets a bound on the result from it.

mod bessel;
mod certify;
mod divergence;
mod erf;
mod gamma;
mod normal;
#[cfg(test)]
mod tests;

#[cfg(feature = "catalogue")]
pub(crate) use erf::erf;
#[cfg(feature = "catalogue")]
pub(crate) use gamma::{binet, ln_gamma, polygamma};

pub use bessel::SphericalBessel;
pub(crate) use bessel::inverse_per_ratio;
pub(crate) use divergence::{
    binet_divergence, inverse_log_less_digammas, ln_gamma_conjugate, polygamma_rise,
};
pub(crate) use normal::{normal_cdf, normal_density, owen_t};

use crate::scalar::Real;
use divergence::GAUSS;

/// A [`Real`] with special functions.
///
/// All functions but `erf` want `x > 0`, and are NaN elsewhere.
///
/// # Examples
/// ```
/// use equibayes::special::Special;
///
/// let pi = std::f64::consts::PI;
/// assert!((Special::ln_gamma(0.5_f64) - 0.5 * pi.ln()).abs() < 1e-15);
/// assert!((1.0_f64.digamma() + 0.577_215_664_901_532_9).abs() < 1e-15);
/// assert!((1.0_f64.trigamma() - pi * pi / 6.0).abs() < 1e-15);
/// ```
pub trait Special: Real {
    /// A value that is known to within `error`. Floats drop the error; a scalar that tracks its error
    /// keeps it.
    fn approximate(value: f64, error: f64) -> Self;

    /// The nearest `f64`.
    fn value(self) -> f64;

    /// How far the value may be from the result in exact arithmetic, where the scalar knows: 0 for floats.
    /// NaN where no bound is known.
    fn error(self) -> f64;

    /// `ln Γ(x)`. Relatively accurate to a few units in the last place, next to its zeros at 1 and 2 as
    /// well.
    fn ln_gamma(self) -> Self;

    /// `ψ⁽ⁿ⁾(x)`, the derivative of order `n + 1` of `ln Γ`. Relatively accurate to a few units in the last
    /// place, but for `ψ` itself near its zero at 1.46…, where the absolute error is that small.
    fn polygamma(self, n: u32) -> Self;

    /// The derivative of order `n` of Binet's function `J(x) = ln Γ(x) − (x − ½) ln x + x − ½ ln 2π`: what
    /// Stirling's formula leaves. Relatively accurate for `x ≥ 10 + n`, where the difference that
    /// defines it would cancel.
    fn binet(self, n: u32) -> Self;

    /// `erf x = 2/√π ∫_0^x e^{−t²} dt`, for every `x`. Relatively accurate to a few units in the last place;
    /// odd, to the last bit.
    fn erf(self) -> Self;

    /// `ψ(x) = Γ′(x)/Γ(x)`.
    fn digamma(self) -> Self {
        self.polygamma(0)
    }

    /// `ψ′(x)`.
    fn trigamma(self) -> Self {
        self.polygamma(1)
    }
}

impl Special for f64 {
    fn approximate(value: f64, _: f64) -> Self {
        value
    }

    fn value(self) -> f64 {
        self
    }

    fn error(self) -> f64 {
        0.0
    }

    fn ln_gamma(self) -> Self {
        gamma::ln_gamma(self).0
    }

    fn polygamma(self, n: u32) -> Self {
        gamma::polygamma(n, self).0
    }

    fn binet(self, n: u32) -> Self {
        gamma::binet(n, self).0
    }

    fn erf(self) -> Self {
        erf::erf(self).0
    }
}

/// By way of `f64`, rounded once.
impl Special for f32 {
    fn approximate(value: f64, _: f64) -> Self {
        value as f32
    }

    fn value(self) -> f64 {
        f64::from(self)
    }

    fn error(self) -> f64 {
        0.0
    }

    fn ln_gamma(self) -> Self {
        gamma::ln_gamma(f64::from(self)).0 as f32
    }

    fn polygamma(self, n: u32) -> Self {
        gamma::polygamma(n, f64::from(self)).0 as f32
    }

    fn binet(self, n: u32) -> Self {
        gamma::binet(n, f64::from(self)).0 as f32
    }

    fn erf(self) -> Self {
        erf::erf(f64::from(self)).0 as f32
    }
}
