//! How a positive scale is made from a free coordinate.

use crate::scalar::Real;
use num_traits::Float;

/// The link `σ = σ(ρ)` between a scale and the coordinate that is optimised.
///
/// # Examples
/// ```
/// use equibayes::inference::ScaleLink;
///
/// let rho: f64 = ScaleLink::Softplus.coordinate(0.05);
/// assert!((ScaleLink::Softplus.scale(rho) - 0.05).abs() < 1e-16);
/// assert_eq!(ScaleLink::Exp.scale(0.0), 1.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScaleLink {
    /// `σ = ln(1 + e^ρ)`.
    #[default]
    Softplus,
    /// `σ = e^ρ`.
    Exp,
}

impl ScaleLink {
    /// `σ(ρ)`.
    pub fn scale<T: Real>(self, rho: T) -> T {
        match self {
            // The exponential never overflows.
            Self::Softplus if rho > T::zero() => rho + Float::ln_1p(Float::exp(-rho)),
            Self::Softplus => Float::ln_1p(Float::exp(rho)),
            Self::Exp => Float::exp(rho),
        }
    }

    /// `dσ/dρ`.
    pub fn slope<T: Real>(self, rho: T) -> T {
        match self {
            Self::Softplus if rho > T::zero() => T::one() / (T::one() + Float::exp(-rho)),
            Self::Softplus => {
                let power = Float::exp(rho);
                power / (T::one() + power)
            }
            Self::Exp => Float::exp(rho),
        }
    }

    /// The `ρ` of a scale; NaN unless it is positive.
    pub fn coordinate<T: Real>(self, scale: T) -> T {
        match self {
            // ln(e^σ − 1) = σ + ln(1 − e^−σ).
            Self::Softplus => scale + Float::ln(-Float::exp_m1(-scale)),
            Self::Exp => Float::ln(scale),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dual::Dual;

    #[test]
    fn slopes_are_the_derivatives_and_coordinates_the_inverse() {
        for link in [ScaleLink::Softplus, ScaleLink::Exp] {
            for rho in [-30.0_f64, -3.0, -0.1, 0.0, 0.2, 5.0, 30.0] {
                let slope = link.scale(Dual::variable(rho)).slope();
                assert!((link.slope(rho) / slope - 1.0).abs() < 1e-15, "{link:?} at {rho}");
                let back = link.coordinate(link.scale(rho));
                assert!((back - rho).abs() < 1e-13, "{link:?}: {back} for {rho}");
            }
        }
        assert!(ScaleLink::Softplus.coordinate(-1.0).is_nan());
    }
}
