//! Special functions, with their derivatives.

use super::Dual;
use crate::special::Special;
use num_traits::Float;

impl<T: Special> Special for Dual<T> {
    /// A constant: what was found by iteration has no slope here, so it is NaN.
    fn approximate(value: f64, error: f64) -> Self {
        Self { value: T::approximate(value, error), slope: T::nan() }
    }

    fn value(self) -> f64 {
        Special::value(self.value)
    }

    fn error(self) -> f64 {
        Special::error(self.value)
    }

    fn ln_gamma(self) -> Self {
        self.chain(Special::ln_gamma(self.value), self.value.digamma())
    }

    fn polygamma(self, n: u32) -> Self {
        self.chain(self.value.polygamma(n), self.value.polygamma(n + 1))
    }

    fn binet(self, n: u32) -> Self {
        self.chain(self.value.binet(n), self.value.binet(n + 1))
    }

    fn erf(self) -> Self {
        let slope = T::FRAC_2_SQRT_PI() * Float::exp(-self.value * self.value);
        self.chain(self.value.erf(), slope)
    }
}
