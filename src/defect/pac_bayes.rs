//! The defect on inputs that were trained on (claim B8).

use super::error::{BoundError, count, not_negative, probability, product};

/// `Δ(F_q) ≤ E_q r̂ + D² √((KL(q‖p) + ln(2√N/δ)) / (2N))` with probability `1 − δ` over `N` independent inputs, at once
/// for every `q` (claim B8): the right side.
///
/// `empirical` is `E_q r̂`, the mean over inputs and draws of `r(θ, x) = avg_g ‖Φ(θ, ρ_X(g)x) − ρ_Y(g)Φ(θ, x)‖²`: exact,
/// or itself a bound. The prior must have been fixed before the inputs were seen. Augmented copies are not
/// independent inputs: `N` counts originals.
///
/// # Errors
/// [`BoundError`] for no inputs, a `δ` outside (0, 1), or a negative number.
///
/// # Examples
/// ```
/// use equibayes::defect::{SIMPLEX_DIAMETER_SQUARED, pac_bayes_bound};
///
/// let bound = pac_bayes_bound(0.01, SIMPLEX_DIAMETER_SQUARED, 50.0, 60_000, 0.01)?;
/// assert!(bound < 0.07);
/// # Ok::<(), equibayes::defect::BoundError>(())
/// ```
pub fn pac_bayes_bound(
    empirical: f64,
    squared_diameter: f64,
    kl: f64,
    inputs: usize,
    delta: f64,
) -> Result<f64, BoundError> {
    let empirical = not_negative("empirical defect", empirical)?;
    let diameter = not_negative("squared diameter", squared_diameter)?;
    let kl = not_negative("KL(q‖p)", kl)?;
    let inputs = count("inputs", inputs)?;
    let confidence = (2.0 * inputs.sqrt() / probability("δ", delta)?).ln();
    Ok(empirical + product(diameter, ((kl + confidence) / (2.0 * inputs)).sqrt()))
}

/// `E X ≤ X̄ + R √(ln(1/δ) / (2T))` with probability `1 − δ` over `T` independent draws of an `X` in a range of length `R`:
/// Hoeffding's inequality, the right side. So `E_q r̂` is bounded for [`pac_bayes_bound`] by a mean over draws, which all
/// inputs may share: then `X` is the mean over inputs of `r(θ, x)`, in `[0, D² (1 − 1/|G|)]`. The two hold together but for the
/// sum of their `δ`.
///
/// # Errors
/// [`BoundError`] for no draws, a `δ` outside (0, 1), or a negative number.
///
/// # Examples
/// ```
/// use equibayes::defect::mean_over_draws_bound;
///
/// let bound = mean_over_draws_bound(0.25, 1.5, 200, 0.025)?;
/// assert!(bound > 0.39 && bound < 0.40);
/// # Ok::<(), equibayes::defect::BoundError>(())
/// ```
pub fn mean_over_draws_bound(
    mean: f64,
    range: f64,
    draws: usize,
    delta: f64,
) -> Result<f64, BoundError> {
    let mean = not_negative("mean over draws", mean)?;
    let range = not_negative("range", range)?;
    let draws = count("draws", draws)?;
    let confidence = -probability("δ", delta)?.ln();
    Ok(mean + product(range, (confidence / (2.0 * draws)).sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `ln(1/δ) = 2` at `δ = e^{−2}`, and `T = 4`: half of the range.
    #[test]
    fn a_mean_over_draws_by_hand() {
        let delta = (-2.0_f64).exp();
        assert!((mean_over_draws_bound(0.25, 3.0, 4, delta).unwrap() - 1.75).abs() < 1e-15);
        assert_eq!(mean_over_draws_bound(0.25, 0.0, 4, delta), Ok(0.25));
        assert!(mean_over_draws_bound(f64::NAN, 3.0, 4, delta).is_err());
        assert!(mean_over_draws_bound(0.25, 3.0, 0, delta).is_err());
    }

    #[test]
    fn by_hand() {
        // ln(2·2/δ) = 1 for δ = 4/e, which is no probability; with KL = 1 and δ = 4/e² the root is √(3/8).
        let delta = 4.0 * (-2.0_f64).exp();
        let found = pac_bayes_bound(0.5, 2.0, 1.0, 4, delta).unwrap();
        assert!((found - (0.5 + 2.0 * 0.375_f64.sqrt())).abs() < 1e-15);
    }

    #[test]
    fn numbers_outside_the_hypotheses_are_refused() {
        let error = pac_bayes_bound(0.0, 2.0, -1.0, 4, 0.5).unwrap_err();
        assert_eq!(error.to_string(), "KL(q‖p) is -1: expected a number that is not negative");
        assert_eq!(pac_bayes_bound(0.5, 0.0, f64::INFINITY, 4, 0.5), Ok(0.5));
        assert!(pac_bayes_bound(0.0, 2.0, 1.0, 0, 0.5).is_err());
        assert!(pac_bayes_bound(0.0, 2.0, 1.0, 4, 1.5).is_err());
    }
}
