//! The stored scale ρ and the standard deviation σ.

use std::f64::consts::LN_2;

/// How a file's scale ρ stands for a standard deviation σ.
///
/// ```
/// use equibayes::checkpoint::ScaleMap;
///
/// assert_eq!(ScaleMap::Softplus.to_sigma(0.0), 2f64.ln());
/// let rho = ScaleMap::Softplus.from_sigma(1e-30).ok_or("σ must be positive and finite")?;
/// assert!((ScaleMap::Softplus.to_sigma(rho) / 1e-30 - 1.0).abs() < 1e-14);
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScaleMap {
    /// `σ = ln(1 + e^ρ)`.
    Softplus,
    /// `σ = e^ρ`: the file holds `log σ`.
    Exp,
    /// `σ = ρ`.
    Identity,
}

impl ScaleMap {
    /// The standard deviation that ρ stands for.
    ///
    /// Correct to a few units in the last place wherever σ is a normal number. The result need not be a usable σ: it is 0
    /// where the map underflows (softplus and exp below about −745), infinite where it overflows (exp above about 710),
    /// NaN for NaN, and anything under [`ScaleMap::Identity`]; readers of files check it.
    #[must_use]
    pub fn to_sigma(self, rho: f64) -> f64 {
        match self {
            // Both terms are ≥ 0, so nothing cancels, and the exponential never overflows.
            Self::Softplus => rho.max(0.0) + (-rho.abs()).exp().ln_1p(),
            Self::Exp => rho.exp(),
            Self::Identity => rho,
        }
    }

    /// The ρ that stands for the standard deviation `sigma`; `None` unless `0 < sigma < ∞`.
    ///
    /// # Round trip
    ///
    /// From σ = 1e-30 to 1e30, `to_sigma(from_sigma(σ))` is within 1e-14 of σ, relatively. The error has two parts.
    ///
    /// *Rounding ρ to a double.* `|d ln σ / d ln |ρ||` is 1 for the identity and |ρ| for exp. For softplus it is
    /// `|ρ| s(ρ)/σ` with the logistic function s: at most |ρ| if ρ < 0, for `s ≤ σ`, and below 1 if ρ ≥ 0, for `ρ ≤ σ` and
    /// `s < 1`. An error of half
    /// a unit in the last place of ρ therefore moves σ by at most `max(2⁻⁵³, ½ ulp(ρ))`. The worst ρ is
    /// `ln 1e-30 = −69.08` (for exp also `+69.08`), where `½ ulp = 2⁻⁴⁷ = 7.1e-15`.
    ///
    /// *Evaluating the functions.* `exp`, `ln`, `exp_m1` and `ln_1p` err by about one unit each and the sums have terms of
    /// one sign, so σ is evaluated to some `3 · 2⁻⁵²= 7e-16`. The logarithm's own unit would cost `ulp(ρ) = 1.4e-14`,
    /// too much: so the two doubles next to it are tried as well, and the one with the closest σ is taken. One of the three
    /// is the double nearest to the exact ρ, hence what is taken is no further off than `7.1e-15 + 7e-16 < 8e-15`.
    #[must_use]
    pub fn from_sigma(self, sigma: f64) -> Option<f64> {
        if !(sigma > 0.0 && sigma.is_finite()) {
            return None;
        }
        Some(match self {
            // ln(e^σ − 1) = σ + ln(1 − e^−σ): the left form overflows for large σ, the right one cancels for small σ.
            Self::Softplus if sigma > LN_2 => self.polish(sigma + (-(-sigma).exp()).ln_1p(), sigma),
            Self::Softplus => self.polish(sigma.exp_m1().ln(), sigma),
            Self::Exp => self.polish(sigma.ln(), sigma),
            Self::Identity => sigma,
        })
    }

    /// A bound, at least 1, on how much larger the relative error of σ is than that of ρ; derived at
    /// [`ScaleMap::from_sigma`].
    pub(super) fn steepness(self, rho: f64) -> f64 {
        match self {
            Self::Softplus => (-rho).max(1.0),
            Self::Exp => rho.abs().max(1.0),
            Self::Identity => 1.0,
        }
    }

    /// Of `rho` and its two neighbours, the one that gives `sigma` back most closely (`rho` itself in a tie).
    fn polish(self, rho: f64, sigma: f64) -> f64 {
        let miss = |candidate: f64| (self.to_sigma(candidate) - sigma).abs();
        [rho.next_down(), rho.next_up()]
            .into_iter()
            .fold(rho, |best, next| if miss(next) < miss(best) { next } else { best })
    }
}

#[cfg(test)]
mod tests {
    use super::ScaleMap::{self, Exp, Identity, Softplus};

    const ALL: [ScaleMap; 3] = [Softplus, Exp, Identity];

    /// Every σ = m · 10^e of the promised range, e = −30 … 29 with 997 mantissas, and 1e30 itself.
    fn sigmas() -> impl Iterator<Item = f64> {
        let mantissas = (0..997).map(|i| 10f64.powf(f64::from(i) / 997.0));
        mantissas
            .flat_map(|m| (-30..30).map(move |e| m * 10f64.powi(e)))
            .filter(|s| *s >= 1e-30)
            .chain([1e-30, 1e30])
    }

    #[test]
    fn sigma_survives_the_round_trip_to_1e_14_from_1e_minus_30_to_1e30() {
        let mut checked = 0;
        for map in ALL {
            for sigma in sigmas() {
                let rho = map.from_sigma(sigma).unwrap();
                let error = (map.to_sigma(rho) / sigma - 1.0).abs();
                assert!(
                    error <= 8e-15,
                    "{map:?}: σ = {sigma:e}, ρ = {rho}: relative error {error:e}"
                );
                checked += 1;
            }
        }
        assert!(checked > 150_000, "only {checked} values");
    }

    #[test]
    fn the_error_of_an_f32_rho_is_only_its_rounding() {
        for map in ALL {
            for sigma in sigmas() {
                let rho = map.from_sigma(sigma).unwrap();
                let kept = rho as f32;
                let miss = |r: f32| (map.to_sigma(f64::from(r)) / sigma - 1.0).abs();
                // Half a unit of the 24-bit ρ, times the steepness of the map, and the f64 error above.
                let bound = map.steepness(rho) * 2f64.powi(-24) * (1.0 + 1e-5) + 8e-15;
                assert!(
                    miss(kept) <= bound,
                    "{map:?}: σ = {sigma:e}: {:e} > {bound:e}",
                    miss(kept)
                );
                // No other f32 would have done better (beyond the curvature of the map across one unit of ρ).
                for other in [kept.next_down(), kept.next_up()] {
                    assert!(
                        miss(kept) <= miss(other) * (1.0 + 1e-4) + 1e-14,
                        "{map:?}: σ = {sigma:e}: {other} is closer"
                    );
                }
            }
        }
    }

    #[test]
    fn softplus_agrees_with_fifty_digit_values() {
        // ln(1 + e^ρ) computed with 50 decimal digits, then rounded.
        for (rho, sigma) in REFERENCE {
            let error = (Softplus.to_sigma(rho) / sigma - 1.0).abs();
            assert!(
                error <= 3.0 * f64::EPSILON,
                "softplus({rho}) = {:e}, not {sigma:e}: {error:e}",
                Softplus.to_sigma(rho)
            );
        }
    }

    #[test]
    fn the_inverse_refuses_what_is_not_a_standard_deviation() {
        for map in ALL {
            for bad in [0.0, -0.0, -1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                assert_eq!(map.from_sigma(bad), None, "{map:?} of {bad}");
            }
        }
    }

    #[test]
    fn the_ends_of_the_range_are_reached_without_overflow() {
        assert_eq!(Softplus.to_sigma(1e308), 1e308);
        assert_eq!(Softplus.from_sigma(1e308), Some(1e308));
        assert_eq!(Softplus.to_sigma(-800.0), 0.0);
        assert_eq!(Exp.to_sigma(710.0), f64::INFINITY);
        assert!(Softplus.to_sigma(f64::NAN).is_nan());
    }

    const REFERENCE: [(f64, f64); 8] = [
        (-700.0, 9.85967654375977e-305),
        (-69.0, 1.0806392777072785e-30),
        (-36.75, 1.0956650033262367e-16),
        (-3.0, 0.04858735157374206),
        (-0.001, 0.6926473055599401),
        (0.5, 0.9740769841801067),
        (17.25, 17.250000032241868),
        (40.0, 40.0),
    ];
}
