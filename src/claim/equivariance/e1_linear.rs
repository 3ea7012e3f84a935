//! E1 for linear models: joint equivariance under any representations.

use super::network::{Network, jointly, measured, networks, settled};
use crate::claim::rounding::{Judge, Tracked};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::group::AnyGroup;
use crate::model::{Joint, Linear, Mlp, ModelError, PiecewiseLinear};
use crate::representation::{
    ChangeOfBasis, DirectSum, Representation, SignedPermutationRep, Tensor, Trivial,
};
use crate::scalar::{Rational, Scalar};

type Sheared<T> = ChangeOfBasis<SignedPermutationRep<AnyGroup>, T>;

/// The claim, and its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "E1.linear",
        title: "joint equivariance of linear models",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "Φ(ρ_Θ(g)θ, ρ_X(g)x) = ρ_Y(g)Φ(θ, x) for ρ_Θ(g): W_l ↦ ρ_l(g)W_lρ_{l−1}(g)⁻¹, b_l ↦ ρ_l(g)b_l",
        hypotheses: &["representations of one group on all layer spaces", "linear layers"],
        tolerance: "the rounding of both sides, bounded operation by operation (running error analysis)",
        covers: &[
            Feature::TrivialGroup,
            Feature::NonAbelian,
            Feature::NonFreeOrbit,
            Feature::KilledOrbit,
            Feature::NonOrthogonal,
        ],
        cost: 4,
    };
    vec![
        Box::new(Entry {
            about,
            instances: |wanted| networks(4, 0..=2, wanted),
            check: |network| settled(linear::<Tracked>(network)),
            exact: Some(|network| settled(linear::<Rational>(network))),
        }),
        Box::new(Entry {
            about: about.control("E1.linear-transposed", "the transpose for the inverse", &[
                    "the weights move by the inverse, which is the transpose only of an orthogonal matrix",
                ], &[Feature::NonOrthogonal]).saying("(J) for W ↦ ρ_Y(g) W ρ_X(g)ᵀ"),
            instances: |wanted| networks(4, 0..=0, wanted),
            check: |network| measured(transposed::<Tracked>(network)),
            exact: Some(|network| measured(transposed::<Rational>(network))),
        }),
        Box::new(Entry {
            about: about
                .control(
                    "E1.linear-still-bias",
                    "a bias that does not move",
                    &["the bias moves with the outputs"],
                    &[Feature::NonFreeOrbit],
                )
                .saying("(J) for W ↦ ρ_Y(g) W ρ_X(g)⁻¹, b ↦ b"),
            instances: |wanted| networks(4, 0..=0, wanted),
            check: |network| measured(still_bias::<Tracked>(network)),
            exact: Some(|network| measured(still_bias::<Rational>(network))),
        }),
    ]
}

fn spaces<T: Scalar>(network: &Network) -> Vec<Sheared<T>> {
    (0..=network.later.len()).map(|number| network.space(number).dense()).collect()
}

/// One layer as a linear model, and all of them as a deep linear network.
fn linear<T: Judge>(network: &Network) -> Result<Outcome, ModelError> {
    let spaces = spaces::<T>(network);
    let widths: Vec<usize> = spaces.iter().map(Representation::dim).collect();
    let deep = Mlp::new(&widths, PiecewiseLinear::Identity)?;
    let deep = if network.bias { deep } else { deep.without_bias() };
    let shallow = if network.bias {
        Linear::with_bias(widths[0], widths[1])?
    } else {
        Linear::new(widths[0], widths[1])?
    };
    let (one, all) = (shallow.joint(&spaces[0], &spaces[1])?, deep.joint(&spaces)?);
    let outcome = Outcome::new("linear model", jointly::<T, _, _, _>(network, &shallow, &one));
    Ok(outcome.and("deep linear network", jointly::<T, _, _, _>(network, &deep, &all)))
}

/// Outputs on the space of the inputs: a control that does not hang on the other spaces.
fn transposed<T: Judge>(network: &Network) -> Result<Outcome, ModelError> {
    let space = network.space(0).dense::<T>();
    let model = Linear::new(space.dim(), space.dim())?;
    let wrong = Tensor::new(space.clone(), space.clone())?;
    let joint = Joint::new(wrong, space.clone(), space)?;
    Ok(Outcome::new("(J)", jointly::<T, _, _, _>(network, &model, &joint)))
}

fn still_bias<T: Judge>(network: &Network) -> Result<Outcome, ModelError> {
    let space = network.space(0).dense::<T>();
    let model = Linear::with_bias(space.dim(), space.dim())?;
    let weights = Linear::new(space.dim(), space.dim())?.joint(&space, &space)?;
    let still = Trivial::new(network.group(), space.dim());
    let wrong = DirectSum::new(weights.parameters().clone(), still)?;
    let joint = Joint::new(wrong, space.clone(), space)?;
    Ok(Outcome::new("(J)", jointly::<T, _, _, _>(network, &model, &joint)))
}
