//! Bounds on the defect from a posterior, its action, and a model: averages over the group of bounds at each element.

use super::error::{BoundError, not_negative};
use super::prior::{pairing_rounding, symmetric_divergence_bound};
use super::total_variation::mean_squared_defect_bound;
use super::variance::variance_bound;
use super::wasserstein::{LipschitzInParameters, WassersteinBoundError, wasserstein_bound};
use crate::action::{ClosedUnder, push_forward};
use crate::family::{FamilyError, LogPartition, Member, Wasserstein, chi_squared};
use crate::group::Finite;
use crate::representation::{ActsOn, ElementOf, Representation};
use crate::scalar::Real;
use thiserror::Error;

/// Why there is no bound from a posterior and its images.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum DefectBoundError {
    /// The posterior cannot be moved, or compared with its image.
    #[error(transparent)]
    Family(#[from] FamilyError),
    /// A variance, diameter or divergence is none.
    #[error(transparent)]
    Bound(#[from] BoundError),
}

/// `Δ ≤ D² avg_g TV(q, g_#q)²` for any model whose outputs have the squared diameter `D²` (claim B1), with
/// [`mean_squared_defect_bound`]'s inequalities for total variation.
///
/// # Errors
/// [`DefectBoundError`] if the posterior cannot be moved, or the squared diameter is negative or NaN.
///
/// # Examples
/// ```
/// use equibayes::defect::{
///     SIMPLEX_DIAMETER_SQUARED, orbit_divergence_defect_bound, total_variation_defect_bound,
/// };
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::representation::PermutationRep;
///
/// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
/// let q = DiagonalGaussian::with_variance(&[1.0, 3.0], &[2.0, 2.0])?;
/// // KL(q ‖ g_#q) = 2: B1 by Bretagnolle and Huber, ½ · 2 (1 − e^{−2}), and B2 the mean divergence.
/// let b1 = total_variation_defect_bound(&q, &swap, SIMPLEX_DIAMETER_SQUARED)?;
/// let b2 = orbit_divergence_defect_bound(&q, &swap, SIMPLEX_DIAMETER_SQUARED)?;
/// assert!((b1 - (1.0 - (-2.0_f64).exp())).abs() < 1e-15);
/// assert!((b2 - 1.0).abs() < 1e-15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn total_variation_defect_bound<F, R, T>(
    q: &Member<F, T>,
    rep: &R,
    squared_diameter: f64,
) -> Result<f64, DefectBoundError>
where
    F: ClosedUnder<R, T> + LogPartition<T>,
    R: ActsOn<T>,
    R::Group: Finite,
    T: Real,
{
    let diameter = not_negative("squared diameter", squared_diameter)?;
    known(mean_squared_defect_bound(diameter, divergences(q, rep)?))
}

/// `Δ ≤ (D²/2) avg_g KL(q ‖ g_#q)` (claim B2), element by element; for groups that are too large for that see
/// [`orbit_divergence`](crate::symmetrize::orbit_divergence()).
///
/// # Errors
/// [`DefectBoundError`] if the posterior cannot be moved, or the squared diameter is negative or NaN.
pub fn orbit_divergence_defect_bound<F, R, T>(
    q: &Member<F, T>,
    rep: &R,
    squared_diameter: f64,
) -> Result<f64, DefectBoundError>
where
    F: ClosedUnder<R, T> + LogPartition<T>,
    R: ActsOn<T>,
    R::Group: Finite,
    T: Real,
{
    let diameter = not_negative("squared diameter", squared_diameter)?;
    let all = divergences(q, rep)?;
    known(0.5 * diameter * mean(&all))
}

/// `Δ ≤ avg_g E_x tr Var_q Φ(θ, ρ_X(g)x) · χ²(g_#q ‖ q)` for outputs of any size (claim B4). `variance` is the mean
/// over inputs of the trace, for each `g`.
///
/// # Errors
/// [`DefectBoundError`] if the posterior cannot be moved, or a variance is negative or NaN.
///
/// # Examples
/// ```
/// use equibayes::defect::chi_squared_defect_bound;
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::representation::PermutationRep;
///
/// // Φ(θ, x) = ⟨θ, x⟩ at x = (1, 0), which the group moves to (0, 1); F is 0 and ½.
/// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
/// let q = DiagonalGaussian::with_variance(&[0.0, 0.5], &[1.0, 1.0])?;
/// let bound = chi_squared_defect_bound(&q, &swap, |_| 1.0)?;
/// assert!(bound > 0.5 * 0.25 && bound < 0.5 * 0.65); // ½ (e^{½} − 1)
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn chi_squared_defect_bound<F, R, T>(
    q: &Member<F, T>,
    rep: &R,
    mut variance: impl FnMut(&ElementOf<R>) -> f64,
) -> Result<f64, DefectBoundError>
where
    F: ClosedUnder<R, T> + LogPartition<T>,
    R: ActsOn<T>,
    R::Group: Finite,
    T: Real,
{
    let bounds = at_each(rep, |g| {
        let moved = push_forward(q, rep, g)?;
        let divergence = chi_squared(&moved, q)?.nearest_f64();
        // Rounding may have left a little below zero; what is no number stays none, and is refused.
        let divergence = if divergence < 0.0 { 0.0 } else { divergence };
        Ok::<_, DefectBoundError>(variance_bound(variance(g), divergence)?)
    });
    Ok(mean(&bounds?))
}

/// `Δ ≤ E_x avg_g (Lip_θ Φ(·, ρ_X(g)x) · W_2(q, g_#q))²` over these inputs, for a model that is Lipschitz in its
/// parameters (claim B3). Zero for no inputs.
///
/// # Errors
/// [`WassersteinBoundError`] if the posterior cannot be moved or its distance has no digit.
///
/// # Panics
/// If an input is not as long as `X` has dimensions.
///
/// # Examples
/// ```
/// use equibayes::defect::wasserstein_defect_bound;
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::model::Linear;
/// use equibayes::representation::PermutationRep;
///
/// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
/// let q = DiagonalGaussian::with_variance(&[1.0, 0.0], &[1.0, 1.0])?;
/// // F(x) = 3 and F(ρ(g)x) = −3: half of the squared difference, but for rounding.
/// let bound = wasserstein_defect_bound(&q, &swap, &swap, &Linear::new(2, 1)?, [&[3.0, -3.0]])?;
/// assert!((bound - 18.0_f64).abs() < 1e-13);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn wasserstein_defect_bound<'a, F, R, X, M, I, T>(
    q: &Member<F, T>,
    on_parameters: &R,
    on_inputs: &X,
    model: &M,
    inputs: impl IntoIterator<Item = &'a I>,
) -> Result<f64, WassersteinBoundError>
where
    F: ClosedUnder<R, T> + Wasserstein<T>,
    R: ActsOn<T>,
    R::Group: Finite,
    X: ActsOn<T> + Representation<Group = R::Group>,
    M: LipschitzInParameters<T>,
    I: AsRef<[T]> + ?Sized + 'a,
    T: Real,
{
    let distances = at_each(on_parameters, |g| {
        wasserstein_bound(q, on_parameters, g, T::one()).map(|distance| distance.nearest_f64())
    })?;
    let mut bounds = Vec::new();
    for x in inputs {
        for (g, distance) in on_parameters.group().elements().zip(&distances) {
            let moved = on_inputs.apply(&g, x.as_ref());
            let lipschitz = model.lipschitz(moved.as_slice()).nearest_f64();
            bounds.push(super::error::product(lipschitz * lipschitz, distance * distance));
        }
    }
    Ok(mean(&bounds))
}

/// `Δ ≤ D² avg_g min(J_g/4, 1 − e^{−J_g/2})` with `J_g = ⟨η_p − g·η_p, μ* − g·μ*⟩`, for the posterior `q*` of a model under
/// the hypotheses of claim B5(b) — conjugate models among them, where its first step is an equality (B5a) — and a
/// prior that is not invariant.
///
/// `J_g` bounds the sum of the two divergences between `q*` and its image, so the smaller one is at most half of it; then
/// B1.
///
/// # Errors
/// [`DefectBoundError`] if posterior or prior cannot be moved, the squared diameter is negative or NaN, or a `J_g` is
/// negative beyond rounding: then the posterior is none under these hypotheses.
///
/// # Examples
/// ```
/// use equibayes::defect::{SIMPLEX_DIAMETER_SQUARED, prior_defect_bound};
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::representation::PermutationRep;
///
/// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
/// let prior = DiagonalGaussian::with_variance(&[1.0, 0.0], &[1.0, 1.0])?;
/// let bound = |posterior| prior_defect_bound(posterior, &prior, &swap, SIMPLEX_DIAMETER_SQUARED);
/// // A hundred observations of invariant data: precision 101, and the prior's share of the mean is 1/101.
/// let posterior =
///     DiagonalGaussian::with_variance(&[1.0 / 101.0, 0.0], &[1.0 / 101.0, 1.0 / 101.0])?;
/// assert!(bound(&prior)? > 0.3 && bound(&posterior)? < 0.006);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn prior_defect_bound<F, R, T>(
    posterior: &Member<F, T>,
    prior: &Member<F, T>,
    rep: &R,
    squared_diameter: f64,
) -> Result<f64, DefectBoundError>
where
    F: ClosedUnder<R, T>,
    R: ActsOn<T>,
    R::Group: Finite,
    T: Real,
{
    let diameter = not_negative("squared diameter", squared_diameter)?;
    let halves = at_each(rep, |g| {
        let both = symmetric_divergence_bound(posterior, prior, rep, g)?.nearest_f64();
        if !(both >= 0.0) && !(both >= -pairing_rounding(posterior, prior, rep, g)?) {
            let expected = "a number that is not negative beyond rounding";
            return Err(BoundError {
                what: "⟨η_p − g·η_p, μ* − g·μ*⟩", value: both, expected
            }
            .into());
        }
        Ok::<_, DefectBoundError>(0.5 * both)
    });
    known(mean_squared_defect_bound(diameter, halves?))
}

/// A bound, or an error if it is no number.
fn known(bound: f64) -> Result<f64, DefectBoundError> {
    match bound.is_nan() {
        false => Ok(bound),
        true => {
            let expected = "divergences and a diameter with a product";
            Err(BoundError { what: "bound", value: bound, expected }.into())
        }
    }
}

/// `KL(q ‖ g_#q)` for every element.
fn divergences<F, R, T>(q: &Member<F, T>, rep: &R) -> Result<Vec<f64>, FamilyError>
where
    F: ClosedUnder<R, T> + LogPartition<T>,
    R: ActsOn<T>,
    R::Group: Finite,
    T: Real,
{
    at_each(rep, |g| Ok(q.family().kl(q, &push_forward(q, rep, g)?).nearest_f64()))
}

/// A number for every element of the group, or the first error.
fn at_each<R, E>(
    rep: &R,
    mut of: impl FnMut(&ElementOf<R>) -> Result<f64, E>,
) -> Result<Vec<f64>, E>
where
    R: Representation,
    R::Group: Finite,
{
    rep.group().elements().map(|g| of(&g)).collect()
}

/// The mean; zero of nothing.
fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defect::{SIMPLEX_DIAMETER_SQUARED, exact_defect};
    use crate::family::{Categorical, DiagonalGaussian};
    use crate::group::Cyclic;
    use crate::model::{Linear, predictive};
    use crate::representation::{PermutationRep, Trivial};

    /// A linear model under C_3, in closed form on both sides: B3 and B4 hold, and what is computed is what it is made of.
    #[test]
    fn a_linear_model_by_all_of_them() {
        let c3 = Cyclic::new(3).unwrap();
        let turn = PermutationRep::regular(&c3).unwrap();
        let stays = Trivial::new(c3, 1);
        let model = Linear::new(3, 1).unwrap();
        let q = DiagonalGaussian::with_variance(&[0.3, 0.1, 0.2], &[0.5, 0.6, 0.4]).unwrap();
        let inputs = [[1.0, 2.0, -0.5], [0.0, -1.0, 0.25]];
        let moments = |x: &[f64]| predictive::linear(&model, &(&q).into(), x);
        let defect =
            exact_defect(|x: &[f64]| moments(x).map(|m| m.mean), &turn, &stays, &inputs).unwrap();
        let b3 = wasserstein_defect_bound(&q, &turn, &turn, &model, &inputs).unwrap();
        let variance = |g: &_| {
            let trace =
                |x: &[f64; 3]| moments(turn.apply(g, x).as_slice()).unwrap().covariance.trace();
            inputs.iter().map(trace).sum::<f64>() / 2.0
        };
        let b4 = chi_squared_defect_bound(&q, &turn, variance).unwrap();
        assert!(0.0 < defect && defect <= b3 && defect <= b4, "{defect} {b3} {b4}");
        // W_2 is the same at both turns: of the means, 0.2² + 0.1² + 0.1², and of the scales.
        let root = [0.5_f64, 0.6, 0.4].map(f64::sqrt);
        let square = |values: [f64; 3]| -> f64 {
            (0..3).map(|i| (values[i] - values[(i + 1) % 3]).powi(2)).sum()
        };
        let distance = square([0.3, 0.1, 0.2]) + square(root);
        let norms = (1.0 + 4.0 + 0.25 + 1.0 + 0.0625) / 2.0;
        assert!((b3 / (2.0 / 3.0 * distance * norms) - 1.0).abs() < 1e-12);
        let refused = chi_squared_defect_bound(&q, &turn, |_| -1.0).unwrap_err();
        assert_eq!(refused.to_string(), "variance is -1: expected a number that is not negative");
    }

    #[test]
    fn numbers_outside_the_hypotheses_are_refused() {
        let swap = PermutationRep::regular(&Cyclic::new(2).unwrap()).unwrap();
        let q = DiagonalGaussian::with_variance(&[1.0, 3.0], &[2.0, 2.0]).unwrap();
        for diameter in [-2.0, f64::NAN] {
            let expected =
                format!("squared diameter is {diameter}: expected a number that is not negative");
            let b1 = total_variation_defect_bound(&q, &swap, diameter).unwrap_err();
            let b2 = orbit_divergence_defect_bound(&q, &swap, diameter).unwrap_err();
            let b5 = prior_defect_bound(&q, &q, &swap, diameter).unwrap_err();
            assert!([b1, b2, b5].iter().all(|error| error.to_string() == expected));
        }
        // Against the prior's asymmetry: no posterior of invariant data.
        let prior = DiagonalGaussian::with_variance(&[3.0, 1.0], &[2.0, 2.0]).unwrap();
        let error = prior_defect_bound(&q, &prior, &swap, 2.0).unwrap_err().to_string();
        assert!(error.contains("is -4: expected a number that is not negative beyond"), "{error}");
        // Invariant but for rounding.
        let nearly = DiagonalGaussian::with_variance(&[0.1, 0.1 + 1e-17], &[1.0, 1.0]).unwrap();
        assert!(prior_defect_bound(&nearly, &prior, &swap, 2.0).unwrap() < 1e-15);
    }

    /// Any function of a categorical parameter: `Φ(θ, x)` a point of the simplex, one for each value of θ.
    #[test]
    fn a_table_of_outputs_by_total_variation() {
        let turn = PermutationRep::regular(&Cyclic::new(2).unwrap()).unwrap();
        let q = Categorical::with_probabilities(&[0.7, 0.3]).unwrap();
        // F = E_q e_θ is q itself; at the moved input the two are exchanged: δ = 0.4 (1, −1).
        let defect: f64 = 0.5 * 2.0 * 0.16;
        let b1 = total_variation_defect_bound(&q, &turn, SIMPLEX_DIAMETER_SQUARED).unwrap();
        let b2 = orbit_divergence_defect_bound(&q, &turn, SIMPLEX_DIAMETER_SQUARED).unwrap();
        let kl = 0.4 * (7.0_f64 / 3.0).ln();
        assert!((b2 - 0.5 * kl).abs() < 1e-15 && (b1 - b2).abs() < 1e-15);
        assert!(defect <= b1, "{defect} {b1}");
    }
}
