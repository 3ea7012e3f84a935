//! Losses: how far a prediction is from a target.

use crate::representation::{ActsByPermutations, ActsOrthogonally, Representation};
use crate::scalar::{Real, Scalar};
use num_traits::Float;

/// A loss `ℓ(prediction, target)`, with its gradient by the prediction.
///
/// # Examples
/// ```
/// use equibayes::inference::{Loss, SquaredError};
///
/// let mut slope = [0.0; 2];
/// let value = SquaredError.gradient(&[1.0, 3.0], &[0.0, 1.0], &mut slope);
/// assert_eq!((value, slope), (2.5, [1.0, 2.0]));
/// ```
pub trait Loss<T: Scalar = f64>: Sync {
    /// `ℓ(prediction, target)`.
    ///
    /// # Panics
    /// If the lengths differ.
    fn value(&self, prediction: &[T], target: &[T]) -> T;

    /// Writes `∂ℓ/∂prediction` to `out`, and returns `ℓ`.
    ///
    /// # Panics
    /// If the lengths differ.
    fn gradient(&self, prediction: &[T], target: &[T], out: &mut [T]) -> T;
}

/// A promise: `ℓ(ρ(g)a, ρ(g)b) = ℓ(a, b)` for every `g`, `a`, `b`.
/// [`law::loss`](crate::law::loss) checks it.
///
/// # Examples
/// The cross-entropy does not change when classes are renamed, but it does when outputs change signs:
/// ```compile_fail,E0277
/// use equibayes::group::Cyclic;
/// use equibayes::inference::{CrossEntropy, InvariantUnder};
/// use equibayes::representation::SignedPermutationRep;
///
/// fn wants<R, L: InvariantUnder<R>>() {}
/// wants::<SignedPermutationRep<Cyclic>, CrossEntropy>();
/// ```
pub trait InvariantUnder<R: Representation> {}

/// `½ ‖a − b‖²`. Invariant under orthogonal actions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SquaredError;

impl<R: ActsOrthogonally> InvariantUnder<R> for SquaredError {}

impl<T: Scalar> Loss<T> for SquaredError {
    fn value(&self, prediction: &[T], target: &[T]) -> T {
        assert_eq!(prediction.len(), target.len(), "prediction and target of different lengths");
        let sum = prediction.iter().zip(target).fold(T::zero(), |sum, (a, b)| {
            let step = a.clone() - b.clone();
            sum + step.clone() * step
        });
        T::ratio(1, 2) * sum
    }

    fn gradient(&self, prediction: &[T], target: &[T], out: &mut [T]) -> T {
        assert_eq!(prediction.len(), out.len(), "prediction and gradient of different lengths");
        let value = self.value(prediction, target);
        for ((slope, a), b) in out.iter_mut().zip(prediction).zip(target) {
            *slope = a.clone() - b.clone();
        }
        value
    }
}

/// `−Σ_c b_c ln softmax(a)_c`: predictions are logits, targets probabilities (one-hot for a class).
/// Invariant under permutations of the classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CrossEntropy;

impl<R: ActsByPermutations> InvariantUnder<R> for CrossEntropy {}

impl CrossEntropy {
    /// The largest logit and `Σ_c exp(a_c − max)`.
    fn normaliser<T: Real>(logits: &[T]) -> (T, T) {
        let start = logits.first().copied().unwrap_or_else(T::zero);
        let top = logits.iter().fold(start, |top, &a| if a > top { a } else { top });
        (top, logits.iter().fold(T::zero(), |sum, &a| sum + Float::exp(a - top)))
    }
}

impl<T: Real> Loss<T> for CrossEntropy {
    /// `Σ_c b_c (max − a_c) + (Σ_c b_c) ln Σ_c exp(a_c − max)`, for non-negative `b` a sum of non-negative terms.
    fn value(&self, prediction: &[T], target: &[T]) -> T {
        assert_eq!(prediction.len(), target.len(), "prediction and target of different lengths");
        let (top, sum) = Self::normaliser(prediction);
        let log = Float::ln(sum);
        prediction.iter().zip(target).fold(T::zero(), |total, (&a, &b)| total + b * (top - a + log))
    }

    fn gradient(&self, prediction: &[T], target: &[T], out: &mut [T]) -> T {
        assert_eq!(prediction.len(), out.len(), "prediction and gradient of different lengths");
        let value = self.value(prediction, target);
        let (top, sum) = Self::normaliser(prediction);
        let mass = target.iter().fold(T::zero(), |mass, &b| mass + b);
        for ((slope, &a), &b) in out.iter_mut().zip(prediction).zip(target) {
            *slope = mass * Float::exp(a - top) / sum - b;
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dual::Dual;

    #[test]
    fn gradients_are_the_derivatives() {
        fn check(loss: &(impl Loss<f64> + Loss<Dual<f64>>)) {
            let (a, b) = ([0.5, -1.25, 2.0], [0.25, 0.5, 0.25]);
            let mut slope = [0.0; 3];
            loss.gradient(&a, &b, &mut slope);
            for k in 0..3 {
                let mut along = a.map(Dual::constant);
                along[k] = Dual::variable(a[k]);
                let exact: f64 = loss.value(&along, &b.map(Dual::constant)).slope();
                assert!((exact - slope[k]).abs() < 1e-15, "{exact} against {}", slope[k]);
            }
        }
        check(&SquaredError);
        check(&CrossEntropy);
    }

    #[test]
    fn large_logits_do_not_overflow() {
        let value: f64 = CrossEntropy.value(&[1e4, 0.0], &[0.0, 1.0]);
        assert_eq!(value, 1e4);
        let value: f32 = CrossEntropy.value(&[-200.0, -200.0], &[1.0, 0.0]);
        assert_eq!(value, std::f32::consts::LN_2);
    }
}
