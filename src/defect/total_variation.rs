//! Total variation from divergence, and the defect from total variation (claims B1 and B2).

use crate::scalar::Real;
use num_traits::Float;

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

    #[test]
    fn divergences_below_zero_are_rounding_and_nan_stays() {
        assert_eq!(mean_squared_defect_bound(2.0, [-1e-17]), 0.0);
        assert!(mean_squared_defect_bound(2.0, [0.0, f64::NAN]).is_nan());
    }
}
