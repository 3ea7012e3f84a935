//! The defect of deep networks by Wasserstein distance, layer by layer (claim B3 for independent layers).

use super::error::{BoundError, not_negative, product};

/// What a bound needs of one layer `h ↦ W h + b` whose weights are random, as linear maps: all in the mean over the law.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LayerMoments {
    /// `E ‖W‖²`, of the operator norm or any that is larger, as the Frobenius norm.
    pub weight: f64,
    /// `E ‖b‖²`.
    pub bias: f64,
    /// `E ‖W − W'‖²` for a coupling with the moved law.
    pub weight_distance: f64,
    /// `E ‖b − b'‖²` likewise.
    pub bias_distance: f64,
}

impl LayerMoments {
    /// Of a layer whose weights and biases are independent Gaussians that the group moves orthogonally, to these means and
    /// deviations: Frobenius norms, and the optimal coupling. Weights and biases are given as `[mean, deviation, moved
    /// mean, moved deviation]` each.
    ///
    /// # Examples
    /// ```
    /// use equibayes::defect::LayerMoments;
    ///
    /// // N(1, 1) and N(3, 4), without bias: second moment 2, and (3 − 1)² + (2 − 1)².
    /// let layer = LayerMoments::gaussian([[1.0, 1.0, 3.0, 2.0]], []);
    /// assert_eq!((layer.weight, layer.weight_distance), (2.0, 5.0));
    /// ```
    pub fn gaussian(
        weights: impl IntoIterator<Item = [f64; 4]>,
        biases: impl IntoIterator<Item = [f64; 4]>,
    ) -> Self {
        let sums = |all: &mut dyn Iterator<Item = [f64; 4]>| {
            all.fold((0.0, 0.0), |(second, distance), [m, s, moved, wide]| {
                let apart = (m - moved).powi(2) + (s - wide).powi(2);
                (second + m * m + s * s, distance + apart)
            })
        };
        let (weight, weight_distance) = sums(&mut weights.into_iter());
        let (bias, bias_distance) = sums(&mut biases.into_iter());
        Self { weight, bias, weight_distance, bias_distance }
    }
}

/// `‖δ_g(x)‖ ≤ D_L` for a network with independent layers (claim B3, layer by layer): with `H_0 = ‖x‖` and `D_0 = 0`,
/// for each layer `D_l = s_l (√E‖W‖² D_{l−1} + √E‖W − W'‖² H_{l−1} + √E‖b − b'‖²)` and
/// `H_l = s_l (√E‖W‖² H_{l−1} + √E‖b‖²)`.
///
/// A network with two layers has no Lipschitz constant in its parameters on all of them, but in the mean it has one: what
/// each layer multiplies is independent of it. `slopes` are Lipschitz constants of what comes after each layer: 1 for ReLU,
/// max-pools and the identity, ½ for a softmax. All but the last must leave zero where it is. The group acts
/// orthogonally on all layers, and `W` is at most as large in the mean as its image, which for such an action it is.
///
/// # Errors
/// [`BoundError`] for a number that is negative or NaN.
///
/// # Panics
/// If there is not one slope for each layer.
///
/// # Examples
/// ```
/// use equibayes::defect::{LayerMoments, layerwise_bound};
///
/// // Φ(θ, x) = v max(w x, 0): only v moves, from N(1, 0) to N(−1, 0), and w is N(3, 0). At x = 2: |6 − (−6)|.
/// let first = LayerMoments::gaussian([[3.0, 0.0, 3.0, 0.0]], []);
/// let second = LayerMoments::gaussian([[1.0, 0.0, -1.0, 0.0]], []);
/// assert_eq!(layerwise_bound(&[first, second], 2.0, &[1.0, 1.0])?, 12.0);
/// # Ok::<(), equibayes::defect::BoundError>(())
/// ```
pub fn layerwise_bound(
    layers: &[LayerMoments],
    input: f64,
    slopes: &[f64],
) -> Result<f64, BoundError> {
    assert_eq!(layers.len(), slopes.len(), "one slope for each layer");
    let (mut size, mut apart) = (not_negative("length of the input", input)?, 0.0);
    for (layer, &slope) in layers.iter().zip(slopes) {
        let slope = not_negative("slope", slope)?;
        let root = |what, value| not_negative(what, value).map(f64::sqrt);
        let weight = root("second moment of weights", layer.weight)?;
        let weights_apart = root("distance of weights", layer.weight_distance)?;
        let biases_apart = root("distance of biases", layer.bias_distance)?;
        let bias = root("second moment of biases", layer.bias)?;
        apart = product(weight, apart) + product(weights_apart, size) + biases_apart;
        apart = product(slope, apart);
        size = product(slope, product(weight, size) + bias);
    }
    Ok(apart)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// `E v max(w, 0)` in closed form for independent Gaussians is `m_v (m_w Φ(m_w/s) + s φ(m_w/s))`; moved, its
    /// difference is bounded, on random instances. Nearly met where only the readout moves and nothing varies.
    #[test]
    fn one_hidden_unit_in_closed_form() {
        let mean = |m: f64, s: f64| {
            // The mean of max(N(m, s²), 0), by the midpoint rule.
            let step = 1e-3;
            (-8000..8000)
                .map(|i| (f64::from(i) + 0.5) * step)
                .map(|z| (m + s * z).max(0.0) * (-0.5 * z * z).exp() * step)
                .sum::<f64>()
                / (2.0 * std::f64::consts::PI).sqrt()
        };
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        let mut last = 0.0;
        for instance in 0..50 {
            let mut pair = || [rng.random_range(-2.0..2.0), rng.random_range(0.01..1.0)];
            let (mut v, mut w, mut moved_v, mut moved_w) = (pair(), pair(), pair(), pair());
            if instance == 49 {
                (v, moved_v, w, moved_w) = ([1.0, 0.01], [-1.0, 0.01], [1.0, 0.01], [1.0, 0.01]);
            }
            let [first, second]: [LayerMoments; 2] = [(w, moved_w), (v, moved_v)]
                .map(|(a, b)| LayerMoments::gaussian([[a[0], a[1], b[0], b[1]]], []));
            // The image of a law under an orthogonal action is as large as the law; here they are two laws.
            let larger = |layer: LayerMoments, moved: [f64; 2]| LayerMoments {
                weight: layer.weight.max(moved[0].powi(2) + moved[1].powi(2)),
                ..layer
            };
            let layers = [larger(first, moved_w), larger(second, moved_v)];
            let bound = layerwise_bound(&layers, 1.0, &[1.0, 1.0]).unwrap();
            let defect =
                (v[0] * mean(w[0], w[1]) - moved_v[0] * mean(moved_w[0], moved_w[1])).abs();
            assert!(defect <= bound, "{defect} {bound}");
            last = defect / bound;
        }
        assert!(last > 0.999, "{last}");
    }

    #[test]
    fn what_is_not_moved_has_no_defect() {
        let layer = LayerMoments { weight: f64::INFINITY, bias: 1.0, ..LayerMoments::default() };
        assert_eq!(layerwise_bound(&[layer, layer], 1.0, &[1.0, 0.5]), Ok(0.0));
        let refused = layerwise_bound(&[layer], f64::NAN, &[1.0]).unwrap_err().to_string();
        assert_eq!(refused, "length of the input is NaN: expected a number that is not negative");
        let negative = LayerMoments { weight: -1.0, ..LayerMoments::default() };
        assert!(layerwise_bound(&[negative], 1.0, &[1.0]).is_err());
    }
}
