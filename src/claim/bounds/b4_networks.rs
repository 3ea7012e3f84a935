//! B4 for networks with one hidden layer, whose outputs have no bound.

use super::networks::{Posed, closed};
use super::world::{minus, square};
use super::{TOLERANCE, bounded};
use crate::action::push_forward;
use crate::claim::equivariance::network::Network;
use crate::claim::equivariance::regression::{Checked, measured, settled};
use crate::claim::rounding::Tracked;
use crate::claim::{About, Claim, Entry, Evidence, Feature, Mutation, Outcome, Role, Seeking};
use crate::family::{LogPartition, chi_squared};
use crate::group::Group;
use crate::model::predictive::{self, GaussianMoments};
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
        covers: &[
            Feature::TrivialGroup,
            Feature::NonAbelian,
            Feature::FreeOrbit,
            Feature::NonFreeOrbit,
        ],
        cost: 2,
    };
    vec![
        Box::new(
            Entry {
                about,
                instances: |wanted| closed(0..=1, wanted),
                check: |network| settled(check(network, Variant::Bound)),
                exact: None,
            }
            .sought(Seeking {
                neighbour: Network::nearby,
                mutations: &[
                    Mutation {
                        name: "0.9 χ²",
                        check: |network| measured(check(network, Variant::NineTenths)),
                    },
                    Mutation {
                        name: "KL(g_#q‖q) in place of χ²",
                        check: |network| measured(check(network, Variant::Divergence)),
                    },
                ],
                steps: 64,
            }),
        ),
        Box::new(Entry {
            about: about
                .control(
                    "B4.networks-not-jointly",
                    "a model that is not jointly equivariant",
                    &["(J): the parameters do not move"],
                    &[Feature::NonAbelian],
                )
                .saying("‖δ_g(x)‖² ≤ tr Var_q Φ(θ, ρ_X(g)x) · χ²(q‖q)"),
            instances: |wanted| closed(0..=1, wanted),
            check: |network| measured(check(network, Variant::NotJointly)),
            exact: None,
        }),
    ]
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
    let moments = GaussianMoments::from(&posed.q);
    let rep = posed.joint.inputs();
    let mut outcome = Outcome::vacuous();
    for g in network.elements() {
        let moved = push_forward(&posed.q, posed.joint.parameters(), &g)?;
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
        let [here, there] =
            [x.as_slice(), &input].map(|x| predictive::one_hidden_layer(&posed.net, &moments, x));
        let (here, there) = (here?, there?);
        let pushed = posed.joint.outputs().apply(&g, here.mean.as_slice());
        let defect = square(&minus(there.mean.as_slice(), pushed.as_slice()));
        let bound = there.covariance.trace() * chi;
        outcome = bounded(outcome, "‖δ_g(x)‖² ≤ tr Var · χ²", &defect, &bound);
    }
    Ok(outcome)
}
