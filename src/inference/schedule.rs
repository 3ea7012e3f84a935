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
/// Where squares leave the scalar's range (in single precision from `1.8·10¹⁹` on), or the factor does, they are taken
/// relative to the largest entry, so that the direction of a finite gradient is kept, unless `limit·g/(norm + 10⁻⁶)` itself
/// underflows.
///
/// # Panics
/// If the multiplicities are of another length.
pub fn clip<T: Real>(gradient: &mut [T], multiplicity: Option<&[T]>, limit: T) -> T {
    if let Some(counts) = multiplicity {
        assert_eq!(counts.len(), gradient.len(), "multiplicities of other coordinates");
    }
    let epsilon = T::ratio(1, 1_000_000);
    let square = squares(gradient, multiplicity, T::one());
    // Below this, squares that vanish might be missed.
    let least = <T as Float>::min_positive_value() / <T as Float>::epsilon();
    if square.is_number() && square >= least {
        let norm = Float::sqrt(square);
        let factor = limit / (norm + epsilon);
        if !(factor < T::one()) {
            return norm;
        }
        if factor >= <T as Float>::min_positive_value() {
            gradient.iter_mut().for_each(|g| *g *= factor);
            return norm;
        }
    }
    let largest = gradient.iter().fold(T::zero(), |largest, g| Float::max(largest, g.magnitude()));
    if !(largest > T::zero() && largest.is_number()) {
        return square;
    }
    let relative = Float::sqrt(squares(gradient, multiplicity, largest));
    let norm = largest * relative;
    if limit < norm + epsilon {
        let factor = limit / (relative + epsilon / largest);
        gradient.iter_mut().for_each(|g| *g = *g / largest * factor);
    }
    norm
}

/// `Σ count · (g/unit)²`.
fn squares<T: Real>(gradient: &[T], multiplicity: Option<&[T]>, unit: T) -> T {
    let square = |g: T| {
        let g = if unit == T::one() { g } else { g / unit };
        g * g
    };
    match multiplicity {
        None => gradient.iter().fold(T::zero(), |sum, &g| sum + square(g)),
        Some(counts) => {
            let terms = gradient.iter().zip(counts);
            terms.fold(T::zero(), |sum, (&g, &count)| sum + count * square(g))
        }
    }
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

    /// Norms whose squares overflow, or vanish, and one that is itself beyond the range.
    #[test]
    fn clipping_keeps_the_direction_of_every_finite_gradient() {
        for scale in [1e-30_f32, 1e-22, 1.0, 1e19, 3e37] {
            let mut g = [3.0 * scale, -4.0 * scale, 0.0];
            let norm = clip(&mut g, None, 1e-3 * scale);
            // A handful of roundings, and 10⁻⁶ beside the norm.
            let slack = 8.0 * f32::EPSILON + 1e-6 / (5.0 * scale);
            assert!((norm / (5.0 * scale) - 1.0).abs() < 8.0 * f32::EPSILON, "{norm:e}");
            let expected = [0.6e-3 * scale, -0.8e-3 * scale];
            if slack < 1e-3 {
                assert!((g[0] / expected[0] - 1.0).abs() < slack, "{g:?}");
                assert!((g[1] / expected[1] - 1.0).abs() < slack, "{g:?}");
            }
            assert_eq!(g[2], 0.0);
            // limit·g/(norm + 10⁻⁶) is 4·10⁻⁵⁷ at 10⁻³⁰, and no number; at 10⁻²² it is subnormal, and each entry is
            // within one step of the smallest numbers.
            assert_eq!(g[1] == 0.0, scale == 1e-30, "{g:?}");
            if g[1] != 0.0 {
                let slack = 2.0 * f32::from_bits(1) / g[1].abs() + 8.0 * f32::EPSILON;
                assert!((g[0] / g[1] + 0.75).abs() < slack, "{g:?}");
            }
        }
        // The factor 2·10⁻⁴⁹ is no number of single precision, the result is.
        let mut g = [3e18_f32, -4e18];
        assert!((clip(&mut g, None, 1e-30) / 5e18 - 1.0).abs() < 8.0 * f32::EPSILON);
        assert!((g[0] / 0.6e-30 - 1.0).abs() < 8.0 * f32::EPSILON, "{g:?}");
        assert!((g[1] / -0.8e-30 - 1.0).abs() < 8.0 * f32::EPSILON, "{g:?}");
        // And 10⁻⁶ over the smallest number is none.
        let mut g = [f32::from_bits(1)];
        assert_eq!(clip(&mut g, None, 1.0), f32::from_bits(1));
        assert_eq!(g, [f32::from_bits(1)]);
        let mut g = [f32::MAX; 4];
        assert_eq!(clip(&mut g, Some(&[1.0; 4]), 1.0), f32::INFINITY);
        assert!(g.iter().all(|x| (x - 0.5).abs() < 1e-6), "{g:?}");
        // A short gradient stays, whatever its squares do.
        let mut g = [1e-30_f32, 0.0];
        assert!((clip(&mut g, None, 1.0) / 1e-30 - 1.0).abs() < 1e-6);
        assert_eq!(g, [1e-30, 0.0]);
        assert_eq!(clip(&mut [0.0_f32; 2], None, 1.0), 0.0);
        assert!(clip(&mut [f32::NAN, 1.0], None, 1.0).is_nan());
    }
}
