//! Bounds on the defect that need images besides the posterior.

use super::{MeasureError, Measurement, Measuring};
use crate::audit::{DefectBound, NetworkError, PosteriorAction};
use crate::checkpoint::{Architecture, Head, Posterior, TensorPair};
use crate::defect::{
    BoundError, LayerMoments, SIMPLEX_DIAMETER_SQUARED, layerwise_bound, mean_over_draws_bound,
    pac_bayes_bound, variance_bound,
};
use crate::group::Finite;
use crate::representation::{ActsBySignedPermutations, SignedPermutation};

/// A softmax moves by half of what its logits do at most: its derivative `diag(p) − ppᵀ` takes a unit vector to the variance
/// under `p` of its entries, which span `√2` at most.
const SOFTMAX_SLOPE: f64 = 0.5;

pub(super) fn bounds(
    measuring: &Measuring<'_>,
    posterior: &Posterior,
    action: &PosteriorAction,
    found: &Measurement,
    prior_scale: Option<f64>,
) -> Result<Vec<DefectBound>, MeasureError> {
    let order = action.group().small_order().unwrap_or(usize::MAX);
    let elements: Vec<Moved> =
        (0..order).map(|index| Moved::by(posterior, action, index)).collect();
    let order = order as f64;
    let mut all = Vec::new();
    // What rests on joint equivariance.
    if action.joint_on(posterior, measuring.images.shape()[1]).is_ok() {
        all.push(by_layers(measuring, posterior, &elements, order)?);
        if let Some(variance) = found.variance {
            all.push(by_variance(variance, &elements, order));
        }
    }
    if let Some(scale) = prior_scale {
        let kl: f64 = posterior.pairs().iter().map(|pair| from_prior(pair, scale)).sum();
        // Without (J) the group of the parameters need not be that of the images.
        let order = measuring.orbit.maps.len() as f64;
        let value = on_other_images(measuring, found, kl, order).unwrap_or(f64::INFINITY);
        all.push(DefectBound::unscaled("B8", "PAC-Bayes, on other images", order, value));
    }
    Ok(all)
}

/// B4. The largest χ² serves for all elements, whose variances are measured together.
fn by_variance(variance: f64, elements: &[Moved], order: f64) -> DefectBound {
    let exponent = elements.iter().map(|moved| moved.exponent).fold(0.0, f64::max);
    let bound = |scale: f64| match (scale * exponent).exp_m1() {
        // A variance of zero may be below the last digit, and infinitely often that is no bound.
        chi_squared if chi_squared.is_infinite() => f64::INFINITY,
        // Neither is negative.
        chi_squared => variance_bound(variance, chi_squared).unwrap_or(f64::INFINITY),
    };
    DefectBound::rated("B4", "χ², with the variance as measured", "ln(1 + χ²)", order, bound)
}

/// B8, for other images than these. Half of what may fail goes to the mean over the posterior, which is known from draws that all
/// images share.
fn on_other_images(
    measuring: &Measuring<'_>,
    found: &Measurement,
    kl: f64,
    order: f64,
) -> Result<f64, BoundError> {
    let delta = 0.5 * (1.0 - measuring.confidence);
    let diameter = SIMPLEX_DIAMETER_SQUARED;
    // The identity contributes nothing to the defect of a draw.
    let range = diameter * (1.0 - 1.0 / order);
    let empirical = mean_over_draws_bound(found.defect.single, range, found.draws, delta)?;
    pac_bayes_bound(empirical, diameter, kl, found.images, delta)
}

/// `KL(q ‖ N(0, s²))` of all entries.
fn from_prior(pair: &TensorPair, scale: f64) -> f64 {
    let each = |(m, sigma): (&f64, &f64)| {
        let (mean, ratio) = (m / scale, sigma / scale);
        0.5 * (mean * mean + (ratio - 1.0) * (ratio + 1.0)) - ratio.ln()
    };
    pair.mean().iter().zip(pair.sigma()).map(each).sum()
}

/// How far an element moves a posterior.
struct Moved {
    /// For each tensor pair, `W_2²`.
    distances: Vec<f64>,
    /// `ln (1 + χ²(g_#q ‖ q))`.
    exponent: f64,
}

impl Moved {
    fn by(posterior: &Posterior, action: &PosteriorAction, index: usize) -> Self {
        let g = action.group().element(index);
        let of = |pair: &TensorPair| {
            let tensor = action.tensors().iter().find(|tensor| tensor.name() == pair.name())?;
            let map = tensor.representation().index_map(&g);
            Some((squared_distance(&map, pair), log_chi_squared(&map, pair)))
        };
        // What the action does not list does not move.
        let shares: Vec<(f64, f64)> =
            posterior.pairs().iter().map(|pair| of(pair).unwrap_or_default()).collect();
        Self {
            distances: shares.iter().map(|share| share.0).collect(),
            exponent: shares.iter().map(|share| share.1).sum(),
        }
    }
}

/// The mean and standard deviation of every entry's image, with those that are there.
fn images<'a>(
    map: &'a SignedPermutation,
    pair: &'a TensorPair,
) -> impl Iterator<Item = [f64; 4]> + 'a {
    (0..map.dim()).map(|i| {
        let (image, negative) = map.image(i);
        let mean = if negative { -pair.mean()[i] } else { pair.mean()[i] };
        [mean, pair.sigma()[i], pair.mean()[image], pair.sigma()[image]]
    })
}

/// `W_2²(q, g_#q)`.
fn squared_distance(map: &SignedPermutation, pair: &TensorPair) -> f64 {
    images(map, pair).map(|[a, s, b, t]| (a - b).powi(2) + (s - t).powi(2)).sum()
}

/// `ln (1 + χ²(g_#q ‖ q))`: for `N(a, s²)` and `N(b, t²)` it is `(a − b)²/(2t² − s²) − ½ ln(ρ(2 − ρ))` with `ρ = s²/t²`, if that
/// is below 2.
fn log_chi_squared(map: &SignedPermutation, pair: &TensorPair) -> f64 {
    let each = |[a, s, b, t]: [f64; 4]| {
        let ratio = (s / t).powi(2);
        if ratio >= 2.0 {
            return f64::INFINITY;
        }
        let wider = 1.0 - ratio;
        ((a - b) / t).powi(2) / (2.0 - ratio) - 0.5 * (-wider * wider).ln_1p()
    };
    images(map, pair).map(each).sum()
}

/// B3, layer by layer: the mean over images and elements of the squared bound.
fn by_layers(
    measuring: &Measuring<'_>,
    posterior: &Posterior,
    elements: &[Moved],
    order: f64,
) -> Result<DefectBound, MeasureError> {
    let network = Architecture::of(posterior).map_err(NetworkError::from)?;
    let factors = factors(&network, measuring.images.shape()[1]);
    let mut slopes = vec![1.0; factors.len()];
    if let Some(last) = slopes.last_mut() {
        *last = SOFTMAX_SLOPE;
    }
    // The group does not change lengths.
    let mut image = vec![0.0; measuring.images.dim()];
    let lengths: Vec<f64> = (0..measuring.images.len())
        .map(|i| {
            measuring.images.write(i, &mut image);
            image.iter().map(|x| x * x).sum::<f64>().sqrt()
        })
        .collect();
    // Affine in the length: from its values at 0 and at 1.
    let lines: Vec<(f64, f64)> = elements
        .iter()
        .map(|moved| {
            let layers = layers(posterior, &factors, moved);
            let at = |length| layerwise_bound(&layers, length, &slopes).unwrap_or(f64::INFINITY);
            let start: f64 = at(0.0);
            // Infinite at 0, it is so everywhere.
            (start, if start.is_finite() { at(1.0) - start } else { 0.0 })
        })
        .collect();
    let bound = |scale: f64| {
        let squares = lines.iter().flat_map(|(start, slope)| {
            lengths.iter().map(move |&length| {
                let reach = if length > 0.0 { start + slope * length } else { *start };
                scale * reach.powi(2)
            })
        });
        squares.sum::<f64>() / (lengths.len() * lines.len()) as f64
    };
    Ok(DefectBound::rated("B3", "Wasserstein, layer by layer", "W²", order, bound))
}

/// How a layer's tensors begin, and by how much more than the squares of its weights and biases its map may stretch.
struct Factors {
    name: String,
    weight: f64,
    bias: f64,
}

/// A kernel meets every pixel as often as it has entries, and a bias is added at every pixel; a mean over pixels is as much
/// smaller. ReLU and max-pool stretch nothing.
fn factors(network: &Architecture, side: usize) -> Vec<Factors> {
    // A kernel of side 3 keeps the side; any other does not.
    let before_pools = network.sides_before_pools(side);
    let mut all = Vec::new();
    for (index, layer) in network.convolutions().iter().enumerate() {
        let square = |length: usize| (length * length) as f64;
        all.push(Factors {
            name: format!("conv_layers.{index}."),
            weight: square(layer.kernel),
            // Where nothing is left of the image, there is no network to bound.
            bias: square(before_pools.get(index).copied().unwrap_or(0)),
        });
    }
    let side = network.feature_side(side).unwrap_or(1);
    let pixels = (side * side) as f64;
    all.push(match network.head() {
        Head::Pointwise { .. } => {
            Factors { name: "classifier.".to_owned(), weight: 1.0 / pixels, bias: 1.0 }
        }
        Head::Dense { .. } => Factors { name: "fc.".to_owned(), weight: 1.0, bias: 1.0 },
    });
    all
}

fn layers(posterior: &Posterior, factors: &[Factors], moved: &Moved) -> Vec<LayerMoments> {
    let of = |factors: &Factors| {
        let mut layer = LayerMoments::default();
        for (pair, distance) in posterior.pairs().iter().zip(&moved.distances) {
            let squares = |values: &[f64]| values.iter().map(|x| x * x).sum::<f64>();
            let second = squares(pair.mean()) + squares(pair.sigma());
            // All names may begin with one common path.
            if pair.name().ends_with(&format!("{}weight", factors.name)) {
                layer.weight = factors.weight * second;
                layer.weight_distance = factors.weight * distance;
            } else if pair.name().ends_with(&format!("{}bias", factors.name)) {
                layer.bias = factors.bias * second;
                layer.bias_distance = factors.bias * distance;
            }
        }
        layer
    };
    factors.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::Precision;
    use crate::family::{DiagonalGaussian, chi_squared};
    use crate::group::Permutation;

    fn pair(mean: &[f64], sigma: &[f64]) -> TensorPair {
        let (mean, sigma) = (mean.to_vec(), sigma.to_vec());
        TensorPair::new("a.weight", vec![mean.len()], mean, sigma, Precision::F64).unwrap()
    }

    #[test]
    fn distances_and_divergences_of_a_swap_by_hand() {
        let swap: SignedPermutation = Permutation::new(&[1, 0]).unwrap().into();
        let q = pair(&[1.0, 3.0], &[0.5, 0.6]);
        assert!((squared_distance(&swap, &q) - 8.02).abs() < 1e-14);
        let member = |mean: &[f64], sigma: &[f64]| DiagonalGaussian::with_std_dev(mean, sigma);
        let here = member(&[1.0, 3.0], &[0.5, 0.6]).unwrap();
        let moved = member(&[3.0, 1.0], &[0.6, 0.5]).unwrap();
        let expected: f64 = chi_squared(&moved, &here).unwrap();
        let found = log_chi_squared(&swap, &q);
        assert!((found / expected.ln_1p() - 1.0).abs() < 1e-12, "{found} {expected}");
        // Too wide: its square over the other's does not decay.
        assert_eq!(log_chi_squared(&swap, &pair(&[1.0, 3.0], &[0.5, 0.8])), f64::INFINITY);
        assert_eq!(log_chi_squared(&swap, &pair(&[2.0, 2.0], &[0.5, 0.5])), 0.0);
    }

    /// Kernels of side 1 make 8 to 10, then 5 to 7, which a pool makes 3; of side 5 they make 16 to 14, then 7 to 5, and 2.
    #[test]
    fn biases_are_added_at_as_many_pixels_as_the_kernels_leave() {
        let found = |kernel: usize, side: usize| {
            let first: &[usize] = &[4, 1, kernel, kernel];
            let second: &[usize] = &[4, 4, kernel, kernel];
            let shapes = [
                ("conv_layers.0.weight", first),
                ("conv_layers.1.weight", second),
                ("classifier.weight", &[10, 4, 1, 1]),
            ];
            let all = factors(&Architecture::from_shapes(shapes).unwrap(), side);
            all.iter().map(|factors| (factors.weight, factors.bias)).collect::<Vec<_>>()
        };
        assert_eq!(found(1, 8), [(1.0, 100.0), (1.0, 49.0), (1.0 / 9.0, 1.0)]);
        assert_eq!(found(3, 8), [(9.0, 64.0), (9.0, 16.0), (0.25, 1.0)]);
        assert_eq!(found(5, 16), [(25.0, 196.0), (25.0, 25.0), (0.25, 1.0)]);
    }

    #[test]
    fn the_prior_s_own_divergence_is_zero() {
        assert_eq!(from_prior(&pair(&[0.0; 3], &[2.0; 3]), 2.0), 0.0);
        // ½ (1 + ¼ − 1) + ln 2
        let found = from_prior(&pair(&[1.0], &[0.5]), 1.0);
        assert!((found - (0.125 + 2.0_f64.ln())).abs() < 1e-15);
    }
}
