//! Special functions of tracked numbers.

use super::Tracked;
use crate::special::{Special, binet, erf, ln_gamma, polygamma};

/// The function at the value, with the rounding and truncation of its algorithm there, and what the
/// argument's own error `b` makes of it: at most `b` times the largest slope over `[x − b, x + b]`, which
/// `slope` finds at the ends. NaN where the interval leaves `x > 0`.
fn apply(
    x: Tracked,
    function: impl Fn(Tracked) -> (Tracked, f64),
    slope: impl Fn(f64, f64) -> f64,
) -> Tracked {
    let (result, truncation) = function(Tracked::exact(x.value()));
    let own = result.bound() + truncation;
    let inherited = if x.bound() == 0.0 {
        0.0
    } else {
        // The ends are rounded outwards.
        let low = (x.value() - x.bound()) * (1.0 - f64::EPSILON);
        let high = (x.value() + x.bound()) * (1.0 + f64::EPSILON);
        if low > 0.0 { x.bound() * slope(low, high) } else { f64::NAN }
    };
    // Five roundings of non-negative terms.
    Tracked::new(result.value(), (own + inherited) * (1.0 + 8.0 * f64::EPSILON))
}

/// A bound on `|f|` at a point that is known exactly.
fn largest(function: impl Fn(Tracked) -> (Tracked, f64), at: f64) -> f64 {
    let (value, truncation) = function(Tracked::exact(at));
    value.value().abs() + value.bound() + truncation
}

impl Special for Tracked {
    fn approximate(value: f64, error: f64) -> Self {
        Self::new(value, error)
    }

    fn value(self) -> f64 {
        Tracked::value(self)
    }

    fn error(self) -> f64 {
        self.bound()
    }

    /// The slope `ψ` increases: its largest absolute value is at an end.
    fn ln_gamma(self) -> Self {
        let slope = |low, high| {
            let at = |x| largest(|x| polygamma(0, x), x);
            f64::max(at(low), at(high))
        };
        apply(self, ln_gamma, slope)
    }

    /// `|ψ⁽ⁿ⁺¹⁾|` decreases: its largest value is at the lower end.
    fn polygamma(self, n: u32) -> Self {
        apply(self, |x| polygamma(n, x), |low, _| largest(|x| polygamma(n + 1, x), low))
    }

    /// `(−1)ⁿJ⁽ⁿ⁾` is completely monotone.
    fn binet(self, n: u32) -> Self {
        apply(self, |x| binet(n, x), |low, _| largest(|x| binet(n + 1, x), low))
    }

    /// The slope is at most `2/√π`.
    fn erf(self) -> Self {
        let (result, truncation) = erf(Tracked::exact(self.value()));
        let inherited = std::f64::consts::FRAC_2_SQRT_PI * self.bound();
        let bound = result.bound() + truncation + inherited;
        Tracked::new(result.value(), bound * (1.0 + 8.0 * f64::EPSILON))
    }
}
