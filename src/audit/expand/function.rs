//! What a network of means computes, against the network that it was expanded from.

use super::Function;
use crate::audit::PosteriorNetwork;
use crate::checkpoint::{Architecture, Head, Posterior, Precision};
use crate::group::{AnyGroup, Finite, FinitelyGenerated, Group};
use crate::model::Model;
use crate::model::conv::ConvNet;
use crate::representation::{ActsOn, ActsOnGrid};
use crate::scalar::Scalar;

/// Images to compare on. Two networks of ReLU that agree on a few generic images and are not the same would have to
/// agree by accident.
const IMAGES: usize = 3;

/// Compares logits of the two networks of means, in `f64`. `None` where the network is none that can be evaluated:
/// kernels of different sides, or no image of a moderate side that every pool halves; and where it makes the same of
/// all images, which shows nothing (units that never fire, say).
pub(super) fn measured(small: &Posterior, wide: &Posterior, group: &AnyGroup) -> Option<Function> {
    let network = Architecture::of(small).ok()?;
    let side = image_side(&network)?;
    let (small, wide) = (Means::of(small, side)?, Means::of(wide, side)?);
    let grid = group.on_grid(side).ok()?;
    let order = <f64 as Scalar>::count(group.small_order()?);
    let (mut identical, mut average) = (true, true);
    let mut varies = false;
    let mut first: Option<Vec<f64>> = None;
    for image in 0..IMAGES {
        let pixels = Model::<f64>::inputs(small.net());
        let x: Vec<f64> = (0..pixels).map(|pixel| pixel_of(image, pixel, pixels)).collect();
        let at = small.logits(&x);
        let mut sum = vec![0.0; at.len()];
        for g in group.elements() {
            let back = group.inverse(&g);
            let mut moved = vec![0.0; x.len()];
            for (x, out) in x.chunks(side * side).zip(moved.chunks_mut(side * side)) {
                grid.act(&back, x, out);
            }
            for (sum, logit) in sum.iter_mut().zip(small.logits(&moved)) {
                *sum += logit;
            }
        }
        let tolerance =
            small.rounding(&x, group.small_order()?) + wide.rounding(&x, 0) + wide.storing(&x);
        let before = first.get_or_insert_with(|| at.clone());
        varies |= at.iter().zip(before.iter()).any(|(a, b)| (a - b).abs() > tolerance);
        for ((&wide, &at), &sum) in wide.logits(&x).iter().zip(&at).zip(&sum) {
            let average_logit: f64 = sum / order;
            // Not `>`: what is no number agrees with nothing.
            identical &= (wide - at).abs() <= tolerance;
            average &= (wide - average_logit).abs() <= tolerance;
        }
    }
    varies.then_some(match (identical, average) {
        (true, _) => Function::Identical,
        (false, true) => Function::GroupAverage,
        (false, false) => Function::Changed,
    })
}

/// Whether the network of means gives the same logits all over the orbits of images, in `f64`. `None` where it
/// cannot be evaluated, or makes the same of all images, which shows nothing.
pub(super) fn is_equivariant(posterior: &Posterior, group: &AnyGroup) -> Option<bool> {
    let side = image_side(&Architecture::of(posterior).ok()?)?;
    let means = Means::of(posterior, side)?;
    let grid = group.on_grid(side).ok()?;
    let pixels = Model::<f64>::inputs(means.net());
    let (mut holds, mut varies) = (true, false);
    let mut first: Option<Vec<f64>> = None;
    for image in 0..IMAGES {
        let x: Vec<f64> = (0..pixels).map(|pixel| pixel_of(image, pixel, pixels)).collect();
        // One for the image, one for the moved one.
        let tolerance = 2.0 * means.rounding(&x, 0);
        let still = means.logits(&x);
        let before = first.get_or_insert_with(|| still.clone());
        varies |= still.iter().zip(before.iter()).any(|(a, b)| (a - b).abs() > tolerance);
        for g in group.generators() {
            let mut moved = vec![0.0; x.len()];
            for (x, out) in x.chunks(side * side).zip(moved.chunks_mut(side * side)) {
                grid.act(&g, x, out);
            }
            let logits = means.logits(&moved);
            // What is no number is not equal either.
            holds &= logits.iter().zip(&still).all(|(a, b)| (a - b).abs() <= tolerance);
        }
    }
    varies.then_some(holds)
}

/// The smallest side with a feature map of at least 2×2, or that of the dense head.
fn image_side(network: &Architecture) -> Option<usize> {
    (2..=128).find(|&side| {
        let fits = match (network.head(), network.feature_side(side)) {
            (_, None) => false,
            (Head::Pointwise { .. }, Some(features)) => features >= 2,
            (Head::Dense { side: features, .. }, Some(found)) => found == features,
        };
        fits && network.odd_pools(side).is_empty()
    })
}

/// A pixel of one of the images, between −1 and 1: any, rather bright, rather dark.
fn pixel_of(image: usize, pixel: usize, pixels: usize) -> f64 {
    let value = noise(image * pixels + pixel);
    match image % 3 {
        0 => value,
        1 => 0.5 * (value + 1.0),
        _ => 0.5 * (value - 1.0),
    }
}

/// Numbers between −1 and 1 without a pattern: fractional parts of multiples of the golden ratio.
fn noise(k: usize) -> f64 {
    let golden = 0.618_033_988_749_894_9;
    2.0 * (((k * k + 3 * k + 1) as f64) * golden).fract() - 1.0
}

/// The network of a posterior's means.
struct Means {
    network: PosteriorNetwork,
    /// The unit roundoff of the file's means.
    unit: f64,
}

impl Means {
    fn of(posterior: &Posterior, side: usize) -> Option<Self> {
        let channels = Architecture::of(posterior).ok()?.convolutions().first()?.in_channels;
        let network = PosteriorNetwork::of(posterior, [channels, side, side]).ok()?;
        let single = posterior.pairs().iter().any(|pair| pair.mean_precision() == Precision::F32);
        let unit = if single { f32::UNIT_ROUNDOFF } else { f64::UNIT_ROUNDOFF };
        Some(Self { network, unit })
    }

    fn net(&self) -> &ConvNet {
        self.network.net()
    }

    fn logits(&self, x: &[f64]) -> Vec<f64> {
        self.net().prediction(self.network.mean(), x).as_slice().to_vec()
    }

    /// The largest logit of the network of absolute values, where every pixel is 1.
    fn largest(&self, x: &[f64]) -> f64 {
        let theta: Vec<f64> = self.network.mean().iter().map(|weight| weight.abs()).collect();
        self.net().prediction(&theta, &vec![1.0; x.len()]).max()
    }

    /// What it may do to a logit that the weights were rounded to be stored: once in each tensor along a path, and
    /// doubled as below.
    fn storing(&self, x: &[f64]) -> f64 {
        2.0 * self.net().tensors().len() as f64 * self.unit * self.largest(x)
    }

    /// What rounding may do to a logit of the image or of a moved one, with a sum of `terms` afterwards.
    ///
    /// ReLU, pools and averages magnify no error, so each layer adds its roundings, relative to what it makes of
    /// absolute values, and passes on those before: all of them at most the network of absolute values times
    /// their number, one for each product and sum along a path. Moved images have other absolute networks: all pixels
    /// are at most 1, and so 1 serves for each of them.
    fn rounding(&self, x: &[f64], terms: usize) -> f64 {
        let largest = self.largest(x);
        let fan_in: usize = self
            .net()
            .tensors()
            .iter()
            .filter(|tensor| tensor.shape.len() > 1)
            .map(|tensor| tensor.shape[1..].iter().product::<usize>() + 2)
            .sum();
        // The global average adds the pixels of the last map, at most as many as the image has.
        let roundings = fan_in + x.len() + terms + 2;
        // First order, doubled for the rest and for the rounding of this bound itself.
        2.0 * roundings as f64 * f64::UNIT_ROUNDOFF * largest
    }
}
