//! The defect of models that are Lipschitz in their parameters (claim B3).

use super::error::{BoundError, not_negative};
use crate::action::{ClosedUnder, push_forward};
use crate::family::{FamilyError, Member, Wasserstein};
use crate::model::{Linear, Model};
use crate::representation::{ActsOn, ElementOf};
use crate::scalar::Real;
use num_traits::Float;
use thiserror::Error;

/// A model with a Lipschitz constant in `θ`, for the Euclidean norms of `Θ` and `Y`.
///
/// Deep networks have none on all of `Θ`: products of weights grow faster than the weights. A model that is
/// linear in `θ` has one, and so has any function of it with slopes of at most 1, a softmax say.
///
/// # Examples
/// ```
/// use equibayes::defect::LipschitzInParameters;
/// use equibayes::model::Linear;
///
/// // (W, b) ↦ Wx + b has the operator norm √(‖x‖² + 1).
/// let linear = Linear::with_bias(2, 3)?;
/// assert_eq!(linear.lipschitz(&[2.0, 2.0]), 3.0);
/// # Ok::<(), equibayes::model::ModelError>(())
/// ```
pub trait LipschitzInParameters<T: Real = f64>: Model<T> {
    /// An `L` with `‖Φ(θ, x) − Φ(θ', x)‖ ≤ L ‖θ − θ'‖` for all `θ`, `θ'`.
    ///
    /// # Panics
    /// If `x` is not as long as `X` has dimensions.
    fn lipschitz(&self, x: &[T]) -> T;
}

impl<T: Real> LipschitzInParameters<T> for Linear {
    /// `‖x‖`, or `√(‖x‖² + 1)` with a bias: no larger constant is needed, and no smaller one will do.
    fn lipschitz(&self, x: &[T]) -> T {
        assert_eq!(x.len(), Model::<T>::inputs(self), "inputs of the model");
        let start = if self.layer().bias().is_some() { T::one() } else { T::zero() };
        Float::sqrt(x.iter().fold(start, |sum, &x| sum + x * x))
    }
}

/// Why there is no bound by Wasserstein distance.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum WassersteinBoundError {
    /// The posterior cannot be moved, or its distance has no digit.
    #[error(transparent)]
    Family(#[from] FamilyError),
    /// The constant is no constant.
    #[error(transparent)]
    Bound(#[from] BoundError),
}

/// `‖δ_g(x)‖ ≤ Lip · W_2(q, g_#q)`, for the Lipschitz constant of `Φ(·, ρ_X(g)x)`: at the *moved* input (claim B3).
///
/// By (J), `δ_g(x) = E_q Φ(θ, ρ_X(g)x) − E_{g_#q} Φ(θ, ρ_X(g)x)`; couple the two laws optimally. With `W_1` in place of
/// `W_2 ≥ W_1` it holds as well, and is tighter.
///
/// # Errors
/// [`WassersteinBoundError`] if the constant is negative or NaN, or the family refuses to be moved.
///
/// # Examples
/// ```
/// use equibayes::defect::{LipschitzInParameters, wasserstein_bound};
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::model::Linear;
/// use equibayes::representation::{ActsOn, PermutationRep};
///
/// // Two inputs that are exchanged, one output that stays: W moves as the inputs do.
/// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
/// let model = Linear::new(2, 1)?;
/// let q = DiagonalGaussian::with_variance(&[1.0, 0.0], &[1.0, 1.0])?;
/// let x = [3.0, -3.0];
/// let moved = swap.apply(&1, &x);
/// let bound = wasserstein_bound(&q, &swap, &1, model.lipschitz(moved.as_slice()))?;
/// // F(x) = 3 and F(ρ(g)x) = −3: the bound is met with equality, but for rounding.
/// assert!((bound - 6.0_f64).abs() < 1e-14);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn wasserstein_bound<F, R, T>(
    q: &Member<F, T>,
    rep: &R,
    g: &ElementOf<R>,
    lipschitz: T,
) -> Result<T, WassersteinBoundError>
where
    F: Wasserstein<T> + ClosedUnder<R, T>,
    R: ActsOn<T>,
    T: Real,
{
    not_negative("Lipschitz constant", lipschitz.nearest_f64())?;
    let moved = push_forward(q, rep, g)?;
    let distance = q.family().wasserstein(q, &moved)?;
    // What does not move has no defect, whatever the constant.
    Ok(if distance == T::zero() { distance } else { lipschitz * distance })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family::DiagonalGaussian;
    use crate::group::Cyclic;
    use crate::representation::PermutationRep;

    /// The largest stretch of random steps never exceeds the constant, and a step along `x` attains it.
    #[test]
    fn the_constant_of_a_linear_model_is_its_operator_norm() {
        let model = Linear::with_bias(2, 1).unwrap();
        let x = [0.6, -0.8];
        let constant: f64 = model.lipschitz(&x);
        let along = model.prediction(&[0.6, -0.8, 1.0], &x)[0] / 2.0_f64.sqrt();
        assert!((along - constant).abs() < 1e-15);
        let across = model.prediction(&[0.8, 0.6, 0.0], &x)[0];
        assert!(across.abs() < 1e-15);
    }

    #[test]
    fn what_is_no_constant_is_refused() {
        let swap = PermutationRep::regular(&Cyclic::new(2).unwrap()).unwrap();
        let q = DiagonalGaussian::with_variance(&[1.0, 0.0], &[1.0, 1.0]).unwrap();
        for lipschitz in [-1.0, f64::NAN] {
            let error = wasserstein_bound(&q, &swap, &1, lipschitz).unwrap_err();
            let expected = format!(
                "Lipschitz constant is {lipschitz}: expected a number that is not negative"
            );
            assert_eq!(error.to_string(), expected);
        }
    }
}
