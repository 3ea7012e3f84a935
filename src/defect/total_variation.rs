//! Total variation from divergence, and the defect from total variation (claims B1 and B2).

use super::error::{BoundError, positive};
use crate::scalar::Real;
use crate::special::Special;
use num_traits::Float;
use std::f64::consts::SQRT_2;

fn erf(x: f64) -> f64 {
    Special::erf(x)
}

/// Pinsker's inequality: `TV(p, q) ≤ √(KL(p‖q)/2)`. May exceed 1.
///
/// # Examples
/// ```
/// assert_eq!(equibayes::defect::pinsker(0.5), 0.5);
/// ```
pub fn pinsker<T: Real>(kl: T) -> T {
    Float::sqrt(T::ratio(1, 2) * kl)
}

/// The Bretagnolle–Huber inequality: `TV(p, q) ≤ √(1 − e^{−KL(p‖q)})`. Never exceeds 1; better than
/// [`pinsker`] from `KL ≈ 1.59` nats on.
///
/// # Examples
/// ```
/// use equibayes::defect::{bretagnolle_huber, pinsker};
///
/// assert!(pinsker(1.5) < bretagnolle_huber(1.5));
/// assert!(pinsker(1.7) > bretagnolle_huber(1.7));
/// assert_eq!(bretagnolle_huber(f64::INFINITY), 1.0);
/// ```
pub fn bretagnolle_huber<T: Real>(kl: T) -> T {
    Float::sqrt(-Float::exp_m1(-kl))
}

/// `TV(N(m, σ²), N(m', σ'²))` exactly, for each Gaussian its mean and standard deviation: what the inequalities are
/// checked by. To some 1e-16 absolute; zero for equal ones.
///
/// The densities cross where `ln(σ'/σ) − (x − m)²/(2σ²) + (x − m')²/(2σ'²)` is zero: once for equal deviations, else twice, and
/// the narrow one is above the other in between.
///
/// # Errors
/// [`BoundError`] for a mean that is not finite, or a deviation that is not positive.
///
/// # Examples
/// ```
/// use equibayes::defect::{gaussian_total_variation, pinsker};
///
/// // One apart at a deviation of one: 2 Φ(½) − 1, and KL = ½.
/// let exact = gaussian_total_variation([0.0, 1.0], [1.0, 1.0])?;
/// assert!((exact - 0.3829249225480262).abs() < 1e-15);
/// assert!(exact < pinsker(0.5));
/// # Ok::<(), equibayes::defect::BoundError>(())
/// ```
pub fn gaussian_total_variation(p: [f64; 2], q: [f64; 2]) -> Result<f64, BoundError> {
    for [mean, deviation] in [p, q] {
        if !mean.is_finite() {
            return Err(BoundError { what: "mean", value: mean, expected: "a finite number" });
        }
        positive("standard deviation", deviation)?;
    }
    let ([m, s], [mean, wide]) = if p[1] <= q[1] { (p, q) } else { (q, p) };
    // In units of the narrow one: N(0, 1) and N(d, r²), r ≥ 1.
    let (d, r) = ((mean - m) / s, wide / s);
    if r == 1.0 {
        return Ok(erf(d.abs() / (2.0 * SQRT_2)));
    }
    // (r² − 1) x² + 2dx − d² − 2r² ln r = 0.
    let (a, c) = ((r - 1.0) * (r + 1.0), d * d + 2.0 * r * r * r.ln());
    if !c.is_finite() {
        // So far apart, or so different in width, that no digit is left in common.
        return Ok(1.0);
    }
    // Not of the product, which may be too large for a number.
    let root = d.hypot(a.sqrt() * c.sqrt());
    if !(root.is_finite() && (d.abs() + root).is_finite()) {
        return Ok(1.0);
    }
    // The smaller one from the product of both, without cancellation.
    let (first, second) = (-(d + root.copysign(d)) / a, c / (d + root.copysign(d)));
    let (low, high) = (first.min(second), first.max(second));
    let between = |low: f64, high: f64| 0.5 * (erf(high / SQRT_2) - erf(low / SQRT_2));
    Ok((between(low, high) - between((low - d) / r, (high - d) / r)).clamp(0.0, 1.0))
}

/// A bound on the mean squared defect `Δ = E_x avg_g ‖F(ρ_X(g)x) − ρ_Y(g)F(x)‖²` of a model whose outputs
/// have the given squared diameter `D²`: `D² avg_g TV²`, total variation by the better of the two inequalities
/// (claim B1).
///
/// `kl` has `KL(q ‖ g_#q)`, in nats, for every group element, the identity included. Since
/// `x ↦ min(x/2, 1 − e^{−x})` is concave, the average over the group alone gives a bound too (Jensen), if a
/// weaker one: pass it as a single number where the group is too large to enumerate. A divergence that rounding
/// has left below zero counts as zero; NaN stays.
///
/// # Examples
/// ```
/// use equibayes::defect::{SIMPLEX_DIAMETER_SQUARED, mean_squared_defect_bound};
///
/// let each = mean_squared_defect_bound(SIMPLEX_DIAMETER_SQUARED, [0.0, 0.2, 4.0, 0.2]);
/// let jensen = mean_squared_defect_bound(SIMPLEX_DIAMETER_SQUARED, [1.1]);
/// assert!(each < jensen && jensen < 2.0);
/// ```
pub fn mean_squared_defect_bound<T: Real>(
    squared_diameter: T,
    kl: impl IntoIterator<Item = T>,
) -> T {
    let (sum, count) = kl.into_iter().fold((T::zero(), 0), |(sum, count), kl| {
        let kl = if kl < T::zero() { T::zero() } else { kl };
        let total_variation = Float::min(pinsker(kl), bretagnolle_huber(kl));
        (sum + total_variation * total_variation, count + 1)
    });
    if count == 0 { T::zero() } else { squared_diameter * (sum / T::count(count)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the midpoint rule on half the absolute difference of the densities, whose kinks cost `h²` times a slope.
    #[test]
    fn exact_total_variation_is_the_integral() {
        let gaussians =
            [[0.0, 1.0], [0.5, 1.0], [0.0, 2.0], [-3.0, 0.25], [1.0, 1.5], [0.0, 1.0 + 1e-9]];
        for p in gaussians {
            for q in gaussians {
                let density = |[m, s]: [f64; 2], x: f64| {
                    (-0.5 * ((x - m) / s).powi(2)).exp() / (s * (2.0 * std::f64::consts::PI).sqrt())
                };
                let step = 1e-3;
                let integral: f64 = (-20_000..20_000)
                    .map(|i| (f64::from(i) + 0.5) * step)
                    .map(|x| 0.5 * step * (density(p, x) - density(q, x)).abs())
                    .sum();
                let found = gaussian_total_variation(p, q).unwrap();
                // Second derivatives below 100, kinks of a slope below 10, four at most.
                assert!((found - integral).abs() < 1e-5, "{p:?} {q:?}: {found} {integral}");
                assert_eq!(found, gaussian_total_variation(q, p).unwrap());
                // KL(p‖q) in closed form: both inequalities.
                let (ratio, gap) = (p[1] / q[1], (p[0] - q[0]) / q[1]);
                let kl = 0.5 * (ratio * ratio - 1.0 + gap * gap) - ratio.ln();
                let kl = kl.max(0.0);
                // To the rounding of the divergence's terms.
                assert!(found <= pinsker(kl + 1e-15) && found <= bretagnolle_huber(kl + 1e-15));
            }
        }
        assert_eq!(gaussian_total_variation([1e300, 1e-300], [0.0, 1.0]), Ok(1.0));
        // Of width ratios whose fourth power is no number: less than 1e-58 is in common.
        for wide in [[0.0, 1e77], [0.0, 1e100], [0.0, 1e150], [1e100, 1e60], [-1e100, 1e60]] {
            assert_eq!(gaussian_total_variation([0.0, 1.0], wide), Ok(1.0), "{wide:?}");
        }
        assert!(gaussian_total_variation([0.0, 0.0], [0.0, 1.0]).is_err());
        assert!(gaussian_total_variation([f64::NAN, 1.0], [0.0, 1.0]).is_err());
    }

    #[test]
    fn divergences_below_zero_are_rounding_and_nan_stays() {
        assert_eq!(mean_squared_defect_bound(2.0, [-1e-17]), 0.0);
        assert!(mean_squared_defect_bound(2.0, [0.0, f64::NAN]).is_nan());
    }
}
