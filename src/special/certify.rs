//! How far a computed root is from the exact one.

use super::Special;

/// The exact root near `at`, given the residual `f(at) − target` with its own error, and the least `|f′|` on an
/// interval.
///
/// With `r` a bound on the exact residual and `s` the least slope on `[at − e, at + e]`, `e = 2r/s_0`, `s_0` the slope
/// at `at`: if `s ≥ s_0/2`, then `f` changes sign on the interval (mean value theorem), and the root is within `r/s`
/// of `at`. Where the slope falls faster, the error is unknown (NaN). `f` is assumed to be
/// differentiable and `slope` to be right, no more.
pub(crate) fn certified<T: Special>(at: T, residual: T, slope: impl Fn(f64, f64) -> f64) -> T {
    let x = at.value();
    let r = (residual.value().abs() + residual.error()) * (1.0 + 4.0 * f64::EPSILON);
    if r == 0.0 {
        return at;
    }
    // A hundredth for the rounding of the slopes.
    let s_0 = 0.99 * slope(x, x);
    let e = 2.0 * r / s_0;
    let s = 0.99 * slope(x - e, x + e);
    let error = if s >= 0.5 * s_0 { r / s * 1.01 } else { f64::NAN };
    T::approximate(x, error)
}
