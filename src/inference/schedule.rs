//! Learning-rate schedules and gradient clipping.

use crate::scalar::Real;
use num_traits::Float;

/// How the learning rate changes with the step.
///
/// # Examples
/// ```
/// use equibayes::inference::Schedule;
///
/// let cosine = Schedule::Cosine { steps: 100 };
/// assert_eq!(cosine.factor(0), 1.0);
/// assert!((cosine.factor(50) - 0.5).abs() < 1e-15);
/// assert_eq!(cosine.factor(100), 0.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Schedule {
    /// Not at all.
    #[default]
    Constant,
    /// `½(1 + cos(π t/steps))`, and 0 from `steps` on.
    Cosine {
        /// The number of steps until it is zero.
        steps: u64,
    },
}

impl Schedule {
    /// The factor of the learning rate at a step.
    pub fn factor(self, step: u64) -> f64 {
        match self {
            Self::Constant => 1.0,
            Self::Cosine { steps } if step < steps => {
                let angle = std::f64::consts::PI * (step as f64 / steps as f64);
                0.5 * (1.0 + angle.cos())
            }
            Self::Cosine { .. } => 0.0,
        }
    }
}

/// Scales a gradient down to this norm if it is longer, and returns the norm it had. `multiplicity` counts the squares, for
/// coordinates that stand for several.
///
/// As PyTorch does it, by `limit/(norm + 10⁻⁶)`, so that a gradient of just the limit shrinks a little.
///
/// # Panics
/// If the multiplicities are of another length.
pub fn clip<T: Real>(gradient: &mut [T], multiplicity: Option<&[T]>, limit: T) -> T {
    let square = match multiplicity {
        None => gradient.iter().fold(T::zero(), |sum, &g| sum + g * g),
        Some(counts) => {
            assert_eq!(counts.len(), gradient.len(), "multiplicities of other coordinates");
            gradient.iter().zip(counts).fold(T::zero(), |sum, (&g, &count)| sum + count * g * g)
        }
    };
    let norm = Float::sqrt(square);
    let factor = limit / (norm + T::ratio(1, 1_000_000));
    if factor < T::one() {
        gradient.iter_mut().for_each(|g| *g *= factor);
    }
    norm
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clipping_counts_multiplicities() {
        let mut g = [3.0_f64, 4.0];
        assert_eq!(clip(&mut g, None, 10.0), 5.0);
        assert_eq!(g, [3.0, 4.0]);
        clip(&mut g, None, 1.0);
        assert!((g[0] - 0.6).abs() < 1e-6 && (g[1] - 0.8).abs() < 1e-6);
        let mut tied = [1.0_f64];
        assert_eq!(clip(&mut tied, Some(&[4.0]), 1.0), 2.0);
        assert!((tied[0] - 0.5).abs() < 1e-6);
    }
}
