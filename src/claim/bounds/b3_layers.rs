//! B3 for networks with independent layers: no Lipschitz constant in all parameters, but a bound layer by layer.

use super::networks::{ClosedBound, Posed, closed};
use super::{KINDS, TOLERANCE, mutations};
use crate::claim::equivariance::network::Network;
use crate::claim::equivariance::regression::{Checked, measured, settled};
use crate::claim::rounding::Tracked;
use crate::claim::{About, Claim, Evidence, Outcome, Role};
use crate::defect::{LayerMoments, layerwise_bound};
use crate::family::{DiagonalGaussian, Member};
use crate::model::{AffineLayer, Pointwise};
use crate::representation::ActsOn;
use crate::scalar::Scalar;
use num_traits::Float;
use std::f64::consts::FRAC_2_SQRT_PI;
use std::ops::Range;

/// The claim with its control.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "B3.layers",
        title: "the defect is bounded layer by layer: networks with one hidden layer",
        role: Role::Bound,
        of: None,
        evidence: Evidence::Float,
        statement: "‖δ_g(x)‖ ≤ D_2 with D_l = s_l (√E‖W_l‖² D_{l−1} + √E‖W_l − W'_l‖² H_{l−1} + √E‖b_l − b'_l‖²), H_l = s_l (√E‖W_l‖² H_{l−1} + √E‖b_l‖²), D_0 = 0, H_0 = ‖x‖",
        hypotheses: &["(J)", "diagonal Gaussian", "signed permutations", "slopes of at most s_l"],
        tolerance: TOLERANCE,
        covers: KINDS,
        cost: 4,
    };
    ClosedBound {
        about,
        instances: |wanted| closed(1..=1, wanted),
        check: |network| settled(check(network, Variant::Bound)),
        mutations: mutations!(check:
            "0.9 D_2" => Variant::NineTenths,
            "the readout's share alone" => Variant::Readout,
            "the hidden layer's share alone" => Variant::Hidden,
        ),
        steps: 128,
        not_jointly: (
            "B3.layers-not-jointly",
            "‖δ_g(x)‖ ≤ D_2 for parameters that do not move, and so W'_l = W_l, b'_l = b_l",
        ),
        still: |network| measured(check(network, Variant::NotJointly)),
    }
    .claims()
}

/// What a control or a mutation changes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Variant {
    Bound,
    NotJointly,
    NineTenths,
    /// What the hidden layer's shift does is left out.
    Readout,
    /// What the readout's shift does is left out.
    Hidden,
}

/// The Lipschitz constant of an activation.
fn slope(activation: &Pointwise) -> f64 {
    match activation {
        Pointwise::Erf => FRAC_2_SQRT_PI,
        _ => 1.0,
    }
}

type Law = Member<DiagonalGaussian, Tracked>;

/// `[mean, deviation, moved mean, moved deviation]` of some parameters, and the largest relative error among them.
fn pairs(q: &Law, moved: &Law, which: Range<usize>) -> (Vec<[f64; 4]>, f64) {
    let [s, wide] = [q, moved].map(|law| law.variance().map(Float::sqrt));
    let [mean, shifted] = [q, moved].map(|law| law.mean());
    let of = |i: usize| [mean[i], s[i], shifted[i], wide[i]];
    // What is exact may be zero.
    let relative = |x: Tracked| if x.bound() == 0.0 { 0.0 } else { x.bound() / x.value().abs() };
    let worst = which.clone().flat_map(of).map(relative).fold(0.0, f64::max);
    (which.map(|i| of(i).map(Tracked::value)).collect(), worst)
}

/// A layer's moments as the library has them, and such as are surely no smaller than the exact ones.
///
/// A second moment sums `2n` squares that are off by `2ε` each, `ε` with the error of means and deviations; a distance is off
/// by `ε` of itself, and by that of both vectors of means and deviations, which are no longer than the second moments of both laws, equal under signed
/// permutations.
fn moments(layer: &AffineLayer, q: &Law, moved: &Law) -> [LayerMoments; 2] {
    let (weights, of_weights) = pairs(q, moved, layer.weights());
    let (biases, of_biases) = pairs(q, moved, layer.bias().unwrap_or(0..0));
    let count = 2 * (weights.len() + biases.len()) + 16;
    let epsilon = count as f64 * f64::UNIT_ROUNDOFF + of_weights.max(of_biases);
    let found = LayerMoments::gaussian(weights, biases);
    let second = |x: f64| x * (1.0 + epsilon).powi(2);
    let apart = |distance: f64, second: f64| {
        (distance.sqrt() * (1.0 + epsilon) + 2.0 * epsilon * second.sqrt()).powi(2)
    };
    let above = LayerMoments {
        weight: second(found.weight),
        bias: second(found.bias),
        weight_distance: apart(found.weight_distance, found.weight),
        bias_distance: apart(found.bias_distance, found.bias),
    };
    [found, above]
}

/// Without the shift of this layer.
fn still(layer: LayerMoments) -> LayerMoments {
    LayerMoments { weight_distance: 0.0, bias_distance: 0.0, ..layer }
}

fn check(network: &Network, variant: Variant) -> Checked<Outcome> {
    let posed = Posed::of(network, 8, false)?;
    let [hidden, readout] = posed.net.layers() else { return Ok(Outcome::vacuous()) };
    let slopes = [posed.net.activations().first().map_or(1.0, slope), 1.0];
    let x: Vec<Tracked> = network.numbers(3, posed.net.widths().next().unwrap_or(0));
    let mut outcome = Outcome::vacuous();
    for g in network.elements() {
        let moved = posed.pushed(&g, variant != Variant::NotJointly)?;
        let there = posed.joint.inputs().apply(&g, &x);
        let (defect, _) = posed.squared_defect(&g, [&x, there.as_slice()])?;
        // The input is of dyadic fractions, without rounding.
        let length = there.iter().fold(0.0, |sum, x| sum + x.value() * x.value()).sqrt();
        let longest = length * (1.0 + (there.len() + 4) as f64 * f64::UNIT_ROUNDOFF);
        let bound = |which: usize, length: f64| {
            let [first, last] =
                [hidden, readout].map(|layer| moments(layer, &posed.q, &moved)[which]);
            let layers = match variant {
                Variant::Readout => [still(first), last],
                Variant::Hidden => [first, still(last)],
                _ => [first, last],
            };
            layerwise_bound(&layers, length, &slopes).unwrap_or(f64::NAN)
        };
        // All terms are positive: a few roundings for each layer.
        let above = bound(1, longest) * (1.0 + 32.0 * f64::UNIT_ROUNDOFF);
        let factor = if variant == Variant::NineTenths { 0.9 } else { 1.0 };
        let [rhs, above] = [bound(0, length), above].map(|bound| (factor * bound).powi(2));
        let tolerance = (above - rhs) + 8.0 * f64::UNIT_ROUNDOFF * above + defect.bound();
        outcome = outcome.bounded("‖δ_g(x)‖² ≤ D_2²", defect.value(), rhs, tolerance);
    }
    Ok(outcome)
}
