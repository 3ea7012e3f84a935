//! E9: orbit sampling is exactly equivariant for finitely many draws of any posterior.

use super::regression::{Checked, measured, settled};
use super::trained_network::{NETWORKS, Net, net, numbers, on_both, scenes};
use crate::claim::rounding::{Judge, Tracked, all_close};
use crate::claim::scene::Scene;
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::group::Finite;
use crate::inference::OrbitSampling;
use crate::law::Residual;
use crate::model::{Model, PiecewiseLinear, Pointwise};
use crate::representation::{ActsOn, Representation};
use crate::scalar::{Rational, Scalar};

/// The claim, and its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "E9.orbit-sampling",
        title: "orbit sampling is exactly equivariant",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "F_{T,G}(ρ_X(h)x) = ρ_Y(h)F_{T,G}(x), bit for bit under signed permutations, for F_{T,G}(x) = (1/T) Σ_t avg_g ρ_Y(g)⁻¹Φ(θ_t, ρ_X(g)x) = (1/T) Σ_t avg_g Φ(ρ_Θ(g)θ_t, x) and every T and θ_t",
        hypotheses: &["(J)"],
        tolerance: "none for equivariance; for the two forms the rounding of both, bounded operation by operation",
        covers: NETWORKS,
        cost: 4,
    };
    vec![
        Box::new(Entry {
            about,
            instances: scenes,
            check: |scene| settled(in_floating_point(scene)),
            exact: Some(|scene| settled(in_rationals(scene))),
        }),
        Box::new(Entry {
            about: about
                .control(
                    "E9.plain",
                    "plain Monte Carlo",
                    &["no average over the group"],
                    &[Feature::NonFreeOrbit],
                )
                .saying("F_T(ρ_X(h)x) = ρ_Y(h)F_T(x) for F_T(x) = (1/T) Σ_t Φ(θ_t, x)"),
            instances: scenes,
            check: |scene| measured(plain(scene)),
            exact: None,
        }),
        Box::new(Entry {
            about: about
                .control(
                    "E9.wrong-side",
                    "outputs moved on instead of back",
                    &["the inverse is left out"],
                    &[Feature::NonAbelian],
                )
                .saying("avg_g ρ_Y(g)Φ(θ, ρ_X(g)x) is equivariant"),
            instances: scenes,
            check: |scene| measured(wrong_side(scene)),
            exact: None,
        }),
    ]
}

const DRAWS: usize = 3;

/// Draws of no particular law, and an input.
fn draws<M, T: Scalar>(net: &Net<M>, scene: &Scene) -> (Vec<T>, Vec<T>) {
    (numbers(scene, DRAWS * net.dim(), 17), numbers(scene, net.joint.inputs().dim(), 991))
}

/// `F_{T,G}(ρ_X(h)x)` and `ρ_Y(h)F_{T,G}(x)`.
fn sides<M: Model<T>, T: Scalar>(net: &Net<M>, scene: &Scene) -> Checked<(Vec<T>, Vec<T>)> {
    let sampling = OrbitSampling::new(&net.joint)?;
    let (theta, x) = draws(net, scene);
    let h = net.element(scene, 0);
    let predict = |x: &[T]| {
        let mut out = vec![T::zero(); net.model.outputs()];
        sampling.predict(&net.model, &theta, x, &mut out);
        out
    };
    let there = predict(net.joint.inputs().apply(&h, &x).as_slice());
    let here = net.joint.outputs().apply(&h, &predict(&x));
    Ok((there, here.as_slice().to_vec()))
}

/// The other form, which moves the parameters.
fn by_parameters<M: Model<T>, T: Scalar>(net: &Net<M>, scene: &Scene) -> (Vec<T>, Vec<T>) {
    let (theta, x) = draws::<M, T>(net, scene);
    let mut sum = vec![T::zero(); net.model.outputs()];
    let mut count = 0;
    for theta in theta.chunks_exact(net.dim()) {
        for g in net.joint.group().elements() {
            let moved = net.joint.parameters().apply(&g, theta);
            for (total, y) in sum.iter_mut().zip(&net.model.prediction(moved.as_slice(), &x)) {
                *total += y.clone();
            }
            count += 1;
        }
    }
    let mean = sum.into_iter().map(|total| total / T::count(count)).collect();
    (mean, x)
}

/// Both forms agree.
fn forms<M: Model<T>, T: Judge>(net: &Net<M>, scene: &Scene) -> Checked<Residual> {
    let (mean, x) = by_parameters(net, scene);
    let (theta, _) = draws::<M, T>(net, scene);
    let mut out = vec![T::zero(); net.model.outputs()];
    OrbitSampling::new(&net.joint)?.predict(&net.model, &theta, &x, &mut out);
    Ok(all_close(&out, &mean))
}

fn in_floating_point(scene: &Scene) -> Checked<Outcome> {
    fn check<M: Model<f64> + Model<Tracked>>(net: &Net<M>, scene: &Scene) -> Checked<Outcome> {
        let (there, here) = sides::<_, f64>(net, scene)?;
        Ok(Outcome::new("equivariant, bit for bit", Residual::exact(there == here))
            .and("both forms", forms::<_, Tracked>(net, scene)?))
    }
    on_both!(scene, Pointwise::Tanh, |net| check(&net, scene))
}

/// ReLU where the group acts without signs; else a linear network.
fn in_rationals(scene: &Scene) -> Checked<Outcome> {
    fn check<M: Model<Rational>>(net: &Net<M>, scene: &Scene) -> Checked<Outcome> {
        let (there, here) = sides::<_, Rational>(net, scene)?;
        Ok(Outcome::new("equivariant", all_close(&there, &here))
            .and("both forms", forms::<_, Rational>(net, scene)?))
    }
    let relu = net(scene, PiecewiseLinear::Relu).is_ok();
    let activation = if relu { PiecewiseLinear::Relu } else { PiecewiseLinear::Identity };
    on_both!(scene, activation, |net| check(&net, scene))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    None,
    Wrong,
}

fn plain(scene: &Scene) -> Checked<Outcome> {
    on_both!(scene, Pointwise::Tanh, |net| without(&net, scene, Side::None))
}

/// On the perceptron: the outputs of the convolutional network do not move, neither on nor back.
fn wrong_side(scene: &Scene) -> Checked<Outcome> {
    without(&net(scene, Pointwise::Tanh)?, scene, Side::Wrong)
}

fn without<M: Model<Tracked>>(net: &Net<M>, scene: &Scene, side: Side) -> Checked<Outcome> {
    let (theta, x) = draws::<_, Tracked>(net, scene);
    let h = net.element(scene, 0);
    let (on_inputs, on_outputs) = (net.joint.inputs(), net.joint.outputs());
    let predict = |x: &[Tracked]| {
        let mut sum = vec![Tracked::count(0); on_outputs.dim()];
        let many = if side == Side::None { 1 } else { usize::MAX };
        for g in net.joint.group().elements().take(many) {
            for theta in theta.chunks_exact(net.dim()) {
                let y = net.model.prediction(theta, on_inputs.apply(&g, x).as_slice());
                for (total, &y) in sum.iter_mut().zip(&on_outputs.apply(&g, y.as_slice())) {
                    *total += y;
                }
            }
        }
        sum
    };
    let there = predict(on_inputs.apply(&h, &x).as_slice());
    let here = on_outputs.apply(&h, &predict(&x));
    Ok(Outcome::new("equivariant", all_close(&there, here.iter())))
}
