//! What a symmetrisation costs a mean-field posterior.

use super::orbit::divergence;
use super::{Method, asymmetry, orbits_of, symmetrize};
use crate::representation::SignedOrbits;
use crate::symmetrize::{Gap, Gaps, Invariance, Symmetrized, Why};

/// Means and standard deviations.
#[derive(Clone, Debug, PartialEq)]
pub struct MeanField {
    /// The mean of each coordinate.
    pub mean: Vec<f64>,
    /// The standard deviation of each coordinate; of a tied posterior, of its marginal.
    pub std_dev: Vec<f64>,
}

/// [`symmetrize`] with the gaps and the residual of the result, as
/// [`Symmetrization::symmetrize_with_gaps`](crate::symmetrize::Symmetrization::symmetrize_with_gaps) has them for
/// [`DiagonalGaussian`](crate::family::DiagonalGaussian), and [`Tied::with_gaps`](crate::symmetrize::Tied::with_gaps) for
/// [`Method::Tie`]: there the gaps are those of the tied posterior, and not of its marginals.
///
/// The Wasserstein distance is given for every method. The residual's distance is the largest difference of means (up to
/// the orbit's signs) or standard deviations within an orbit, in the units of `θ`; what a single element does is not
/// known from orbits alone.
///
/// # Panics
/// If the lengths differ from the number of coordinates.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::representation::{PermutationRep, SignedOrbits};
/// use equibayes::symmetrize::mean_field::{Method, symmetrize_with_gaps};
/// use equibayes::symmetrize::{Gap, Why};
///
/// let orbits = SignedOrbits::of(&PermutationRep::regular(&Cyclic::new(2)?)?);
/// let found = symmetrize_with_gaps(Method::Projection, &orbits, &[1.0, 7.0], &[1.0, 9.0]);
/// // Either mean is 3 from the middle, either standard deviation 4.
/// assert_eq!(found.gaps.wasserstein, Gap::Known(50.0_f64.sqrt()));
/// let tied = symmetrize_with_gaps(Method::Tie, &orbits, &[1.0, 7.0], &[1.0, 9.0]);
/// assert_eq!(tied.gaps.forward, Gap::Infinite(Why::Singular));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn symmetrize_with_gaps(
    method: Method,
    orbits: &SignedOrbits,
    mean: &[f64],
    std_dev: &[f64],
) -> Symmetrized<MeanField> {
    let (new_mean, new_std_dev) = symmetrize(method, orbits, mean, std_dev);
    let result = MeanField { mean: new_mean, std_dev: new_std_dev };
    let (mut reverse, mut forward, mut distance) = (0.0, 0.0, 0.0_f64);
    for i in 0..mean.len() {
        let (m, s) = (result.mean[i], result.std_dev[i]);
        // What stays has no gap, not even where it has no spread.
        if m == mean[i] && s == std_dev[i] {
            continue;
        }
        reverse += divergence(m - mean[i], s, std_dev[i]);
        forward += divergence(mean[i] - m, std_dev[i], s);
        distance = distance.hypot(m - mean[i]).hypot(s - std_dev[i]);
    }
    let tied = method == Method::Tie;
    // A point mass that moves is a point mass elsewhere.
    let moves_a_point = (0..mean.len()).any(|i| std_dev[i] == 0.0 && result.mean[i] != mean[i]);
    let is_singular =
        moves_a_point || tied && orbits_of(orbits, mean, std_dev).any(|orbit| orbit.ties_any());
    let divergence =
        |value| if is_singular { Gap::Infinite(Why::Singular) } else { Gap::Known(value) };
    if tied {
        (reverse, forward) = (0.0, 0.0);
        distance =
            orbits_of(orbits, mean, std_dev).fold(0.0, |sum, orbit| orbit.add_tied_distance(sum));
    }
    let gaps = Gaps {
        reverse: divergence(reverse),
        forward: divergence(forward),
        wasserstein: Gap::Known(distance),
        orbit_divergence: Gap::Known(asymmetry(orbits, mean, std_dev).orbit_divergence),
    };
    let residual = Invariance {
        orbit_divergence: if is_singular {
            Gap::Unknown(Why::Singular)
        } else {
            Gap::Known(asymmetry(orbits, &result.mean, &result.std_dev).orbit_divergence)
        },
        divergence: Gap::Unknown(Why::NoElements),
        distance: Gap::Known(
            orbits_of(orbits, &result.mean, &result.std_dev)
                .map(|orbit| orbit.width())
                .fold(0.0, |a, b| if a.is_nan() || a > b { a } else { b }),
        ),
    };
    Symmetrized { posterior: result, gaps, residual }
}
