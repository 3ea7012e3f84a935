//! How far an estimate of the defect is from its expectation (claims B6 and B7).

use super::error::{BoundError, count, not_negative, probability};

/// `(1/T) avg_g tr Var[Φ(θ, ρ_X(g)x) − ρ_Y(g)Φ(θ, x)]`: by how much the plug-in estimate from `T` draws that all
/// group elements share is too large (claim B6).
///
/// # Errors
/// [`BoundError`] for no draws, or a negative variance.
///
/// # Examples
/// ```
/// assert_eq!(equibayes::defect::plug_in_bias(2.0, 16)?, 0.125);
/// # Ok::<(), equibayes::defect::BoundError>(())
/// ```
pub fn plug_in_bias(variance: f64, draws: usize) -> Result<f64, BoundError> {
    Ok(not_negative("variance", variance)? / count("draws", draws)?)
}

/// `P(|Δ̂ − E Δ̂| ≥ ε) ≤ 2 exp(−2ε² / (D⁴ (16/T + 1/N_x)))` for the plug-in estimate from `T` draws, shared by all
/// inputs, and `N_x` independent inputs (claim B7): the right side, at most 1.
///
/// By McDiarmid's inequality: a draw changes the mean of the differences by at most `2D/T`, and so their square
/// by `4D²/T`; an input changes the estimate by `D²/N_x`.
///
/// # Errors
/// [`BoundError`] for no draws or inputs, or a negative deviation or diameter.
///
/// # Examples
/// ```
/// use equibayes::defect::{SIMPLEX_DIAMETER_SQUARED, deviation_bound, deviation_probability};
///
/// let epsilon = deviation_bound(0.05, SIMPLEX_DIAMETER_SQUARED, 64, 1000)?;
/// let alpha = deviation_probability(epsilon, SIMPLEX_DIAMETER_SQUARED, 64, 1000)?;
/// assert!((alpha - 0.05).abs() < 1e-15);
/// # Ok::<(), equibayes::defect::BoundError>(())
/// ```
pub fn deviation_probability(
    deviation: f64,
    squared_diameter: f64,
    draws: usize,
    inputs: usize,
) -> Result<f64, BoundError> {
    let spread = squared_spread(squared_diameter, draws, inputs)?;
    let deviation = not_negative("deviation", deviation)?;
    // Outputs without a diameter do not deviate.
    let exponent = if deviation == 0.0 { 0.0 } else { 2.0 * deviation * deviation / spread };
    Ok((2.0 * (-exponent).exp()).min(1.0))
}

/// The `ε` that is exceeded with probability `α` at most: [`deviation_probability`] solved for the deviation.
///
/// # Errors
/// [`BoundError`] for an `α` outside (0, 1), no draws or inputs, or a negative diameter.
pub fn deviation_bound(
    alpha: f64,
    squared_diameter: f64,
    draws: usize,
    inputs: usize,
) -> Result<f64, BoundError> {
    let alpha = probability("α", alpha)?;
    let spread = squared_spread(squared_diameter, draws, inputs)?;
    Ok((0.5 * spread * (2.0 / alpha).ln()).sqrt())
}

/// `D⁴ (16/T + 1/N_x)`: the sum of the squared changes.
fn squared_spread(squared_diameter: f64, draws: usize, inputs: usize) -> Result<f64, BoundError> {
    let diameter = not_negative("squared diameter", squared_diameter)?;
    let changes = 16.0 / count("draws", draws)? + 1.0 / count("inputs", inputs)?;
    Ok(diameter * diameter * changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `D² = 2`, `T = 16`, `N_x = 1`: the changes sum to `4 (1 + 1) = 8`, and `ε = 2` is at `2e^{−1}`.
    #[test]
    fn by_hand() {
        let found = deviation_probability(2.0, 2.0, 16, 1).unwrap();
        assert!((found - 2.0 * (-1.0_f64).exp()).abs() < 1e-15);
        // ε² = ½ · 4 (16/4 + 1/2) ln(2/α), with α = 2e^{−4}: 36.
        let alpha = 2.0 * (-4.0_f64).exp();
        assert!((deviation_bound(alpha, 2.0, 4, 2).unwrap() - 6.0).abs() < 1e-14);
    }

    #[test]
    fn the_bound_says_nothing_about_small_deviations() {
        assert_eq!(deviation_probability(0.0, 2.0, 1, 1), Ok(1.0));
        assert_eq!(deviation_probability(1e-9, 2.0, 1, 1), Ok(1.0));
        assert_eq!(deviation_probability(1e-9, 0.0, 1, 1), Ok(0.0));
    }

    #[test]
    fn numbers_outside_the_hypotheses_are_refused() {
        let message = |result: Result<f64, BoundError>| result.unwrap_err().to_string();
        assert_eq!(
            message(deviation_bound(1.0, 2.0, 3, 3)),
            "α is 1: expected a probability above 0 and below 1"
        );
        assert_eq!(message(deviation_bound(0.5, 2.0, 0, 3)), "draws is 0: expected at least 1");
        assert_eq!(message(plug_in_bias(1.0, 0)), "draws is 0: expected at least 1");
    }
}
