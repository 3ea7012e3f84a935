//! B4 for networks with one hidden layer, whose outputs have no bound.

use super::networks::{ClosedBound, Posed, closed};
use super::{KINDS, TOLERANCE, bounded, mutations};
use crate::claim::equivariance::network::Network;
use crate::claim::equivariance::regression::{Checked, measured, settled};
use crate::claim::rounding::Tracked;
use crate::claim::{About, Claim, Evidence, Outcome, Role};
use crate::family::{LogPartition, chi_squared};
use crate::group::Group;
use crate::representation::{ActsOn, Representation};
use crate::scalar::Scalar;
use num_traits::{Float, Zero};

/// The claim with its control.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "B4.networks",
        title: "the defect is bounded by variance and χ²: linear models and networks with one hidden layer",
        role: Role::Bound,
        of: None,
        evidence: Evidence::Float,
        statement: "‖δ_g(x)‖² ≤ tr Var_q Φ(θ, ρ_X(g)x) · χ²(g_#q‖q), for ReLU, erf and sine, the defect, the variance and χ² in closed form",
        hypotheses: &["(J)", "diagonal Gaussian", "signed permutations", "2η' − η is a parameter"],
        tolerance: TOLERANCE,
        covers: KINDS,
        cost: 2,
    };
    ClosedBound {
        about,
        instances: |wanted| closed(0..=1, wanted),
        check: |network| settled(check(network, Variant::Bound)),
        mutations: mutations!(check:
            "0.9 χ²" => Variant::NineTenths,
            "KL(g_#q‖q) in place of χ²" => Variant::Divergence,
        ),
        steps: 64,
        not_jointly: ("B4.networks-not-jointly", "‖δ_g(x)‖² ≤ tr Var_q Φ(θ, ρ_X(g)x) · χ²(q‖q)"),
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
    /// `KL(g_#q‖q)` in place of `χ²`.
    Divergence,
}

/// In half of the linear models the input is chosen so that the bound is nearly met: along the shift of the mean, which
/// is small, under equal variances.
fn check(network: &Network, variant: Variant) -> Checked<Outcome> {
    let aligned =
        network.later.len() == 1 && network.activations.first().is_some_and(|code| code % 2 == 0);
    let posed = Posed::of(network, if aligned { 64 } else { 8 }, aligned)?;
    let rep = posed.joint.inputs();
    let mut outcome = Outcome::vacuous();
    for g in network.elements() {
        let moved = posed.pushed(&g, true)?;
        let chi = match variant {
            Variant::NotJointly => Tracked::zero(),
            Variant::NineTenths => chi_squared(&moved, &posed.q)? * Tracked::ratio(9, 10),
            Variant::Divergence => posed.q.family().kl(&moved, &posed.q),
            Variant::Bound => chi_squared(&moved, &posed.q)?,
        };
        if !Float::is_finite(chi) {
            continue;
        }
        let drawn: Vec<Tracked> = network.numbers(3, rep.dim());
        let input = if aligned {
            // The functional (ρ_X(g)x, 1) along the shift of the first output's weights and bias, as far as the shift is
            // more than rounding. The input is ours to choose, so that it has no error itself.
            let shift = posed.q.mean() - moved.mean();
            let of_bias = shift[shift.len() - posed.joint.outputs().dim()];
            let clear = of_bias.value().abs() > 2.0 * of_bias.bound();
            let scale = if network.bias && clear { 1.0 / of_bias.value() } else { 64.0 };
            shift.iter().take(rep.dim()).map(|step| Tracked::exact(step.value() * scale)).collect()
        } else {
            drawn
        };
        let x = rep.apply(&rep.group().inverse(&g), &input);
        let (defect, there) = posed.squared_defect(&g, [x.as_slice(), &input])?;
        let bound = there.covariance.trace() * chi;
        outcome = bounded(outcome, "‖δ_g(x)‖² ≤ tr Var · χ²", &defect, &bound);
    }
    Ok(outcome)
}
