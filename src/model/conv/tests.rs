//! The fast layers against the definition.

mod behaviour;

use super::spec::Layer;
use super::winograd;
use super::{ConvByDefinition, ConvHead, ConvNet, ConvSpec, Lanes, OddSides};
use crate::dual::Dual;
use crate::model::{Differentiable, Model};
use crate::scalar::{Scalar, dot};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Networks with every kind of block: one channel and many, whole registers and remainders, one layer
/// and three, both heads, other kernels, a side that the pool cuts.
fn networks() -> Vec<ConvNet> {
    [
        ConvSpec::new(1, 4, &[1], 1),
        ConvSpec::new(1, 8, &[3, 5], 10),
        ConvSpec::new(3, 8, &[9, 17], 2),
        ConvSpec::new(2, 8, &[24, 3, 8], 4),
        ConvSpec::new(1, 8, &[32, 33], 10).with_head(ConvHead::Dense),
        ConvSpec::new(3, 12, &[4, 2], 3).with_head(ConvHead::Dense),
        ConvSpec::new(2, 10, &[5], 3).with_kernel(5),
        ConvSpec::new(2, 6, &[3, 4], 3).with_kernel(1),
        ConvSpec::new(1, 7, &[5, 6], 3).with_odd_sides(OddSides::Floor),
        // Transformed: windows of several images multiplied at once, and overlapping registers of inputs.
        ConvSpec::new(1, 14, &[17, 9], 3).with_odd_sides(OddSides::Floor),
        ConvSpec::new(1, 8, &[16, 40, 8], 3),
        // A first layer through lists, and more channels than a group of them.
        ConvSpec::new(5, 4, &[6, 70], 2),
    ]
    .into_iter()
    .map(|spec| ConvNet::new(spec).unwrap())
    .collect()
}

/// Numbers between −1 and 1.
fn numbers(count: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
    (0..count).map(|_| rng.random_range(-1.0..1.0)).collect()
}

fn cast<T: Lanes>(x: &[f64]) -> Vec<T> {
    x.iter().map(|&x| <T as Scalar>::from_f64(x).unwrap()).collect()
}

/// Logits of one batch, and the gradient under these cotangents.
fn run<T: Lanes>(
    net: &ConvNet,
    theta: &[f64],
    images: &[f64],
    cotangents: &[f64],
) -> (Vec<f64>, Vec<f64>) {
    let (theta, images, cotangents) = (cast::<T>(theta), cast(images), cast(cotangents));
    let mut workspace = net.workspace(cotangents.len() / net.spec.classes);
    let mut logits = vec![T::zero(); cotangents.len()];
    let mut gradient = vec![T::zero(); net.dim()];
    net.forward(&theta, &images, &mut logits, &mut workspace);
    net.backward(&theta, &images, &cotangents, &mut gradient, &mut workspace);
    let wide = |x: &[T]| x.iter().map(Scalar::nearest_f64).collect();
    (wide(&logits), wide(&gradient))
}

/// How many roundings an entry of the gradient can have gone through: each sum on the way is at most
/// as long as a layer's sums over inputs, the classes, or the pixels of all images. A transformed
/// layer adds twelve of its own, and its terms are up to sixteen times as large.
fn roundings(net: &ConvNet, images: usize) -> f64 {
    let forward = |l: &Layer| match winograd::applies(l) {
        true => 16 * (2 * l.inputs + 16),
        false => 2 * l.kernel * l.row() + 4,
    };
    let forward: usize = net.layers.iter().map(forward).sum();
    let backward: usize = net.layers.iter().map(|l| 2 * l.outputs * l.kernel * l.kernel + 4).sum();
    let pixels = net.spec.image_side * net.spec.image_side;
    (forward + backward + 2 * net.head.features() + 4 * net.spec.classes + 2 * images * pixels)
        as f64
}

/// Magnitudes of what is added: the network with absolute values everywhere, whose gradient bounds
/// every partial sum of the real one's. Windows are won by whoever wins, so sums over windows are bounded
/// by sums over all pixels: that is a bound on the largest entry, from norms.
fn magnitude(net: &ConvNet, theta: &[f64], images: &[f64], cotangents: &[f64]) -> (f64, f64) {
    let largest = |x: &[f64]| x.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
    // Column and row sums of |W| bound what a layer can do to the largest entry, forward and backward.
    let mut activation = largest(images);
    let mut activations = vec![activation];
    for layer in &net.layers {
        let rows = theta[layer.weight.clone()].chunks_exact(layer.kernel * layer.row());
        let gain = rows.map(|r| r.iter().map(|w| w.abs()).sum::<f64>()).fold(0.0, f64::max);
        activation = gain * activation + largest(&theta[layer.bias.clone()]);
        activations.push(activation);
    }
    let rows = theta[net.head.weight.clone()].chunks_exact(net.head.features());
    let gain = rows.map(|r| r.iter().map(|w| w.abs()).sum::<f64>()).fold(0.0, f64::max);
    let logit = gain * activation + largest(&theta[net.head.bias.clone()]);
    let count = (images.len() / net.image()) as f64;
    let pixels = (net.spec.image_side * net.spec.image_side) as f64;
    let mut upstream =
        net.spec.classes as f64 * largest(cotangents) * largest(&theta[net.head.weight.clone()]);
    let mut gradient = count * largest(cotangents) * activation.max(1.0);
    for (layer, activation) in net.layers.iter().zip(&activations).rev() {
        gradient = gradient.max(count * pixels * upstream * activation.max(1.0));
        upstream *= (layer.outputs * layer.kernel * layer.kernel) as f64
            * largest(&theta[layer.weight.clone()]);
    }
    (logit, gradient)
}

#[test]
fn logits_are_those_of_the_definition() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for net in networks() {
        for images in [1, 3, 20] {
            let theta = numbers(net.dim(), &mut rng);
            let x = numbers(images * net.image(), &mut rng);
            let v = numbers(images * net.spec.classes, &mut rng);
            let (logits, _) = run::<f64>(&net, &theta, &x, &v);
            let (single, _) = run::<f32>(&net, &theta, &x, &v);
            let (size, _) = magnitude(&net, &theta, &x, &v);
            let bound = 2.0 * roundings(&net, images) * size;
            for (image, logits) in x.chunks_exact(net.image()).zip(logits.chunks(net.spec.classes))
            {
                let expected = net.prediction(&theta, image);
                for (found, expected) in logits.iter().zip(expected.iter()) {
                    assert!(
                        (found - expected).abs() <= bound * f64::UNIT_ROUNDOFF,
                        "{:?}",
                        net.spec
                    );
                }
            }
            for (a, b) in logits.iter().zip(&single) {
                // Parameters and images are rounded to `f32` first, one rounding more for each factor.
                assert!((a - b).abs() <= bound * <f32 as Scalar>::UNIT_ROUNDOFF, "{:?}", net.spec);
            }
        }
    }
}

/// Along random directions `u`, `⟨gradient, u⟩` is the slope of `Σ ⟨v, Φ(θ + tu)⟩`; and along each
/// coordinate of the smaller networks.
#[test]
fn gradients_are_those_of_forward_mode() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    for net in networks() {
        let images = 3;
        let theta = numbers(net.dim(), &mut rng);
        let x = numbers(images * net.image(), &mut rng);
        let v = numbers(images * net.spec.classes, &mut rng);
        let (_, gradient) = run::<f64>(&net, &theta, &x, &v);
        let (_, size) = magnitude(&net, &theta, &x, &v);
        let slope = |direction: &[f64]| {
            let theta: Vec<_> =
                theta.iter().zip(direction).map(|(&x, &slope)| Dual::new(x, slope)).collect();
            x.chunks_exact(net.image())
                .zip(v.chunks_exact(net.spec.classes))
                .map(|(image, v)| {
                    let image: Vec<_> = image.iter().map(|&x| Dual::constant(x)).collect();
                    let out = net.prediction(&theta, &image);
                    v.iter().zip(out.iter()).map(|(v, out)| v * out.slope()).sum::<f64>()
                })
                .sum::<f64>()
        };
        let bound = 4.0 * roundings(&net, images) * size * f64::UNIT_ROUNDOFF;
        let all_coordinates = net.dim() < 600;
        for index in 0..if all_coordinates { net.dim() } else { 0 } {
            let mut direction = vec![0.0; net.dim()];
            direction[index] = 1.0;
            let expected = slope(&direction);
            assert!((gradient[index] - expected).abs() <= bound, "{index} of {:?}", net.spec);
        }
        let direction = numbers(net.dim(), &mut rng);
        let (found, expected) = (dot(&gradient, &direction), slope(&direction));
        let bound = bound * net.dim() as f64;
        assert!((found - expected).abs() <= bound, "{found} {expected} {bound} {:?}", net.spec);
        assert!(found.abs() > 100.0 * bound, "too small to tell: {found} against {bound}");
    }
}

/// The fast layers and the definition add the same terms.
#[test]
fn gradients_are_those_of_the_definition() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    for net in networks() {
        for images in [1, 3] {
            let theta = numbers(net.dim(), &mut rng);
            let x = numbers(images * net.image(), &mut rng);
            let v = numbers(images * net.spec.classes, &mut rng);
            let (_, gradient) = run::<f64>(&net, &theta, &x, &v);
            let (_, size) = magnitude(&net, &theta, &x, &v);
            let plain = ConvByDefinition::new(net.clone());
            let mut workspace = Differentiable::<f64>::workspace(&plain, images);
            let (mut logits, mut expected) = (vec![0.0; v.len()], vec![0.0; net.dim()]);
            plain.forward(&theta, &x, &mut logits, &mut workspace);
            plain.backward(&theta, &x, &v, &mut expected, &mut workspace);
            let bound = 2.0 * roundings(&net, images) * size * f64::UNIT_ROUNDOFF;
            let gaps = gradient.iter().zip(&expected).map(|(a, b)| (a - b).abs());
            assert!(gaps.fold(0.0, f64::max) <= bound, "{:?}", net.spec);
        }
    }
}

/// Along one coordinate the network is piecewise linear, so difference quotients are exact but for
/// rounding, unless a kink is between: where the two one-sided quotients differ by more, there is one.
#[test]
fn gradients_are_difference_quotients() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let h = 2.0_f64.powi(-20);
    for net in networks() {
        let theta = numbers(net.dim(), &mut rng);
        let x = numbers(net.image(), &mut rng);
        let v = numbers(net.spec.classes, &mut rng);
        let (logits, gradient) = run::<f64>(&net, &theta, &x, &v);
        let (size, slope_size) = magnitude(&net, &theta, &x, &v);
        // Moved parameters are at most 1 + h; each logit has its rounding, in both values of a quotient.
        let moved = (1.0 + h).powi(net.layers.len() as i32 + 1);
        let bound = 4.0 * roundings(&net, 1) * f64::UNIT_ROUNDOFF * moved;
        let tolerance = bound * (net.spec.classes as f64 * size / h + slope_size);
        let value = |logits: &[f64]| dot(logits, &v);
        let (mut kinks, mut checked) = (0, 0);
        for tensor in net.tensors() {
            for _ in 0..8 {
                let index = rng.random_range(tensor.range.clone());
                let moved_by = |step: f64| {
                    let mut theta = theta.clone();
                    theta[index] += step;
                    value(&run::<f64>(&net, &theta, &x, &v).0)
                };
                let (up, down) = (moved_by(h) - value(&logits), value(&logits) - moved_by(-h));
                checked += 1;
                if ((up - down) / h).abs() > tolerance {
                    kinks += 1;
                    continue;
                }
                let error = ((up + down) / (2.0 * h) - gradient[index]).abs();
                assert!(
                    error <= tolerance,
                    "{} of {:?}: {error} {tolerance}",
                    tensor.name,
                    net.spec
                );
            }
        }
        assert!(4 * kinks < checked, "{kinks} of {checked}: {:?}", net.spec);
    }
}
