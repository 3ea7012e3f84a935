//! Symmetry, ties, threads, draws, errors.

use super::{cast, magnitude, networks, numbers, roundings, run};
use crate::group::{AnyGroup, Cyclic, Dihedral, Finite};
use crate::model::conv::{ConvError, ConvHead, ConvNet, ConvSpec, OddSides};
use crate::model::{Differentiable, Model};
use crate::representation::{ActsOn, Channels, Layout, RepresentationError};
use crate::scalar::{Rational, Scalar};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn groups() -> [AnyGroup; 3] {
    [
        Cyclic::new(2).unwrap().into(),
        Cyclic::new(4).unwrap().into(),
        Dihedral::new(4).unwrap().into(),
    ]
}

fn actions() -> [(Channels, Layout); 3] {
    [
        (Channels::Trivial, Layout::Interleaved),
        (Channels::Regular, Layout::Interleaved),
        (Channels::Regular, Layout::Blocked),
    ]
}

/// A small fraction.
fn fraction(rng: &mut ChaCha8Rng) -> Rational {
    Rational::ratio(rng.random_range(-9..=9), rng.random_range(1..=4))
}

/// How far `Φ(ρθ, ρx)` is from `Φ(θ, x)` for the worst `g`, in exact arithmetic.
fn violation(net: &ConvNet, group: &AnyGroup, channels: Channels, layout: Layout) -> Rational {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let theta: Vec<Rational> = (0..net.dim()).map(|_| fraction(&mut rng)).collect();
    let image: Vec<Rational> = (0..net.image()).map(|_| fraction(&mut rng)).collect();
    let expected = net.prediction(&theta, &image);
    let joint = net.joint(group, channels, layout).unwrap();
    let mut worst = Rational::ratio(0, 1);
    for g in group.elements() {
        let turned = joint.parameters().apply(&g, &theta);
        let image = joint.inputs().apply(&g, &image);
        let found = net.prediction(turned.as_slice(), image.as_slice());
        for (found, expected) in found.iter().zip(expected.iter()) {
            let difference = (found.clone() - expected.clone()).magnitude();
            if difference > worst {
                worst = difference;
            }
        }
    }
    worst
}

#[test]
fn jointly_equivariant_in_exact_arithmetic() {
    for group in groups() {
        for (channels, layout) in actions() {
            for head in [ConvHead::Pointwise, ConvHead::Dense] {
                let net = ConvNet::new(ConvSpec::new(2, 4, &[8, 8], 2).with_head(head)).unwrap();
                let zero = Rational::ratio(0, 1);
                assert_eq!(violation(&net, &group, channels, layout), zero, "{group:?} {head:?}");
            }
        }
    }
}

/// The control: where a pool drops the last row and column, nothing is equivariant.
#[test]
fn not_equivariant_where_a_pool_cuts() {
    let spec = ConvSpec::new(1, 5, &[4], 2).with_odd_sides(OddSides::Floor);
    let net = ConvNet::new(spec).unwrap();
    for group in groups() {
        let found = violation(&net, &group, Channels::Trivial, Layout::Interleaved);
        assert!(found > Rational::ratio(1, 100), "{group:?}: {found}");
    }
}

/// `∇Φ(ρθ, ρx) = ρ ∇Φ(θ, x)`: (J) differentiated, for parameters without ties.
#[test]
fn gradients_turn_with_parameters_and_images() {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let net = ConvNet::new(ConvSpec::new(1, 8, &[8, 16], 3)).unwrap();
    let theta = numbers(net.dim(), &mut rng);
    let x = numbers(net.image(), &mut rng);
    let v = numbers(3, &mut rng);
    let (_, gradient) = run::<f64>(&net, &theta, &x, &v);
    let (_, size) = magnitude(&net, &theta, &x, &v);
    let bound = 2.0 * roundings(&net, 1) * size * f64::UNIT_ROUNDOFF;
    for group in groups() {
        for (channels, layout) in actions() {
            let joint = net.joint(&group, channels, layout).unwrap();
            for g in group.elements() {
                let turned = joint.parameters().apply(&g, &theta);
                let image = joint.inputs().apply(&g, &x);
                let (_, found) = run::<f64>(&net, turned.as_slice(), image.as_slice(), &v);
                let expected = joint.parameters().apply(&g, &gradient);
                for (found, expected) in found.iter().zip(expected.iter()) {
                    assert!((found - expected).abs() <= bound, "{g:?} of {group:?}");
                }
            }
        }
    }
}

/// An invariant kernel on a constant image. Sides of the kernel sum to −1, two sides with their common
/// corner to 0: so in each corner window the pixels beside the corner are largest, and tie, one missing a
/// row and one a column.
fn tied() -> (ConvNet, Vec<f64>, Vec<f64>) {
    let net = ConvNet::new(ConvSpec::new(1, 4, &[1], 1)).unwrap();
    let kernel = [-2.0, 3.0, -2.0, 3.0, 9.0, 3.0, -2.0, 3.0, -2.0];
    (net, [&kernel[..], &[0.0, 1.0, 0.0]].concat(), vec![1.0; 16])
}

#[test]
fn the_first_in_scan_order_wins_and_no_one_at_zero() {
    // One pixel per window tells which: the gradient of the centre weight is the winner's input.
    let net = ConvNet::new(ConvSpec::new(1, 2, &[1], 1)).unwrap();
    let only = |index: usize, value: f64| {
        let mut theta = vec![0.0; net.dim()];
        (theta[index], theta[10]) = (value, 1.0);
        theta
    };
    // Only the bias is not zero: all four pixels tie at 1, and the first has nothing above or left.
    let (logits, gradient) = run::<f64>(&net, &only(9, 1.0), &[2.0, 3.0, 5.0, 7.0], &[1.0]);
    assert_eq!(logits, [1.0]);
    assert_eq!(gradient[..10], [0.0, 0.0, 0.0, 0.0, 2.0, 3.0, 0.0, 5.0, 7.0, 1.0]);
    // At zero the ReLU is off: no gradient before it.
    let (logits, gradient) = run::<f64>(&net, &only(9, 0.0), &[2.0, 3.0, 5.0, 7.0], &[1.0]);
    assert_eq!(logits, [0.0]);
    assert_eq!(gradient, [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
}

/// The finding behind the note at the pool: ties that the symmetry of `θ` forces are broken by scan order,
/// and the gradient of an invariant image at invariant parameters is then not invariant.
#[test]
fn forced_ties_break_the_symmetry_of_the_gradient() {
    let (net, theta, image) = tied();
    let c4: AnyGroup = Cyclic::new(4).unwrap().into();
    let joint = net.joint(&c4, Channels::Trivial, Layout::Interleaved).unwrap();
    let g = c4.element(1);
    assert_eq!(joint.parameters().apply(&g, &theta).as_slice(), theta);
    assert_eq!(joint.inputs().apply(&g, &image).as_slice(), image);
    let (_, gradient) = run::<f64>(&net, &theta, &image, &[1.0]);
    let turned = joint.parameters().apply(&g, &gradient);
    let gap = turned.iter().zip(&gradient).fold(0.0_f64, |m, (a, b)| m.max((a - b).abs()));
    assert!(gap >= 0.25, "{gap}: {gradient:?}");
}

#[test]
fn the_same_bits_at_any_number_of_threads() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let net = ConvNet::new(ConvSpec::new(1, 8, &[9, 17], 10)).unwrap();
    let (images, theta) = (numbers(37 * 64, &mut rng), numbers(net.dim(), &mut rng));
    let v = numbers(37 * 10, &mut rng);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run::<f32>(&net, &theta, &images, &v))
    };
    let one = with(1);
    assert_eq!(one, with(2));
    assert_eq!(one, with(5));
}

/// A workspace is clean for the next batch, whatever its size; gradients are added to what is there.
#[test]
fn workspaces_come_again() {
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    for net in networks() {
        let mut workspace = net.workspace(20);
        for images in [20, 1, 13] {
            let (x, theta) =
                (numbers(images * net.image(), &mut rng), numbers(net.dim(), &mut rng));
            let v = numbers(images * net.spec.classes, &mut rng);
            let mut logits = vec![0.0; v.len()];
            let mut gradient = vec![1.0; net.dim()];
            net.forward(&theta, &x, &mut logits, &mut workspace);
            net.backward(&theta, &x, &v, &mut gradient, &mut workspace);
            let mut fresh = net.workspace(20);
            let mut again = vec![0.0; v.len()];
            let mut expected = vec![1.0; net.dim()];
            net.forward(&theta, &x, &mut again, &mut fresh);
            net.backward(&theta, &x, &v, &mut expected, &mut fresh);
            assert_eq!((logits, gradient), (again, expected));
        }
    }
}

#[test]
fn draws_are_forward_passes() {
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let net = ConvNet::new(ConvSpec::new(3, 8, &[5, 8], 4)).unwrap();
    let images = cast::<f32>(&numbers(11 * net.image(), &mut rng));
    let thetas: Vec<Vec<f32>> = (0..3).map(|_| cast(&numbers(net.dim(), &mut rng))).collect();
    let mut workspace = net.workspace(11);
    let mut seen = Vec::new();
    net.for_each_draw(
        &images,
        3,
        |t, theta| theta.copy_from_slice(&thetas[t]),
        |t, logits| seen.push((t, logits.to_vec())),
        &mut workspace,
    );
    for (t, theta) in thetas.iter().enumerate() {
        let mut expected = vec![0.0; 44];
        net.forward(theta, &images, &mut expected, &mut workspace);
        assert_eq!(seen[t], (t, expected));
    }
}

#[test]
fn no_number_is_not_lost() {
    let net = ConvNet::new(ConvSpec::new(1, 4, &[3], 2)).unwrap();
    let theta = vec![0.5; net.dim()];
    for pixel in 0..16 {
        let mut image = vec![1.0; 16];
        image[pixel] = f64::NAN;
        let mut logits = [0.0; 2];
        net.forward(&theta, &image, &mut logits, &mut net.workspace(1));
        assert!(logits.iter().all(|x| x.is_nan()), "pixel {pixel}");
        assert!(net.prediction(&theta, &image).iter().all(|x| x.is_nan()), "pixel {pixel}");
    }
}

#[test]
fn networks_that_cannot_be() {
    let refused = |spec: ConvSpec| ConvNet::new(spec).unwrap_err();
    let zero = ConvSpec::new(1, 8, &[4, 0], 10);
    assert_eq!(refused(zero), ConvError::Zero { what: "channels of a convolution" });
    let odd = ConvSpec::new(1, 6, &[4, 4], 10);
    assert_eq!(refused(odd.clone()), ConvError::OddSide { layer: 1, side: 3 });
    assert!(ConvNet::new(odd.with_odd_sides(OddSides::Floor)).is_ok());
    let small = ConvSpec::new(1, 4, &[4], 10).with_kernel(6);
    assert_eq!(refused(small), ConvError::TooSmall { layer: 0, side: 4, kernel: 6 });
    let large = ConvSpec::new(1, 8, &[usize::MAX], 10);
    assert_eq!(refused(large), ConvError::TooLarge);
    let net = ConvNet::new(ConvSpec::new(1, 8, &[4, 6], 10)).unwrap();
    let c4 = Cyclic::new(4).unwrap();
    assert_eq!(
        net.joint(&c4, Channels::Regular, Layout::Blocked).unwrap_err(),
        RepresentationError::NotInBlocks { channels: 6, order: 4 }
    );
}
