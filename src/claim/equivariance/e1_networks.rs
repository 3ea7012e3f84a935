//! E1 for multilayer perceptrons: joint equivariance where every nonlinearity commutes.

use super::network::{Choice, Network, jointly, measured, networks, settled};
use crate::claim::rounding::{Judge, Tracked};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::law::Residual;
use crate::model::{Activation, Joint, LayerAction, Mlp, ModelError, PiecewiseLinear, Pointwise};
use crate::representation::Representation;
use crate::scalar;

/// The claim, and its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "E1.networks",
        title: "joint equivariance of multilayer perceptrons",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "Φ(ρ_Θ(g)θ, ρ_X(g)x) = ρ_Y(g)Φ(θ, x) for ρ_Θ(g): W_l ↦ ρ_l(g)W_lρ_{l−1}(g)⁻¹, b_l ↦ ρ_l(g)b_l",
        hypotheses: &[
            "layer spaces that are permuted, up to sign",
            "pointwise nonlinearities, odd where there are signs",
        ],
        tolerance: "the rounding of both sides, bounded operation by operation (running error analysis)",
        covers: &[
            Feature::TrivialGroup,
            Feature::NonAbelian,
            Feature::FreeOrbit,
            Feature::NonFreeOrbit,
            Feature::SignedOrbit,
            Feature::KilledOrbit,
        ],
        cost: 2,
    };
    vec![
        Box::new(Entry {
            about,
            instances: |wanted| networks(6, 1..=3, wanted),
            check: |network| settled(commuting::<Tracked, Pointwise>(network)),
            exact: Some(|network| {
                settled(commuting::<scalar::Rational, super::network::Piecewise>(network))
            }),
        }),
        Box::new(Entry {
            about: about
                .control(
                    "E1.networks-signed-relu",
                    "ReLU on a space with signs",
                    &["the nonlinearity is not odd"],
                    &[Feature::SignedOrbit, Feature::KilledOrbit],
                )
                .saying("(J) for a hidden layer of ReLU on which the group acts with signs"),
            instances: |wanted| networks(6, 1..=1, wanted),
            check: |network| measured(signed_relu::<Tracked>(network)),
            exact: Some(|network| measured(signed_relu::<scalar::Rational>(network))),
        }),
        Box::new(Entry {
            about: about.control("E1.networks-mixing", "a nonlinearity on a space whose coordinates are mixed", &[
                    "a pointwise function commutes with no more than permutations, with signs if it is odd",
                ], &[Feature::NonOrthogonal]).saying("(J) for a hidden layer of ReLU on which the group acts by S ρ S⁻¹"),
            instances: |wanted| networks(4, 1..=1, wanted),
            check: |network| measured(mixing::<Tracked>(network)),
            exact: Some(|network| measured(mixing::<scalar::Rational>(network))),
        }),
    ]
}

/// A network with the representations that its activations admit.
fn commuting<T: Judge, A: Choice + Activation<T>>(
    network: &Network,
) -> Result<Outcome, ModelError> {
    let spaces = network.suited::<A>();
    let mlp = network.mlp::<A, _>(&spaces)?;
    let joint = mlp.joint(&spaces)?;
    // What the signs do not admit must be refused.
    let strict = network.signed();
    let admitted = strict[1..].iter().zip(network.choices::<A>()).all(|(space, activation)| {
        use crate::group::FinitelyGenerated;
        use crate::representation::ActsBySignedPermutations;
        let generators = space.group().generators();
        activation.is_odd() || generators.iter().all(|g| space.index_map(g).is_unsigned())
    });
    let refused = mlp.joint(&strict).is_err();
    Ok(Outcome::new("(J)", jointly::<T, _, _, _>(network, &mlp, &joint))
        .and("signs are refused where they do not commute", Residual::exact(refused != admitted)))
}

/// One hidden layer of ReLU, on the representation of the inputs with all its signs.
fn signed_relu<T: Judge>(network: &Network) -> Result<Outcome, ModelError> {
    let space = network.scene.signed();
    on_one_space::<T, _>(network, &space)
}

fn mixing<T: Judge>(network: &Network) -> Result<Outcome, ModelError> {
    on_one_space::<T, _>(network, &network.scene.dense::<T>())
}

/// (J) for a hidden layer of ReLU, with the same representation on all spaces whether it commutes or not.
fn on_one_space<T, R>(network: &Network, space: &R) -> Result<Outcome, ModelError>
where
    T: Judge,
    R: crate::representation::ActsOn<T, Group = crate::group::AnyGroup>,
{
    let mlp = Mlp::new(&[space.dim(); 3], PiecewiseLinear::Relu)?;
    let spaces = [space.clone(), space.clone(), space.clone()];
    let action = LayerAction::new(mlp.layers(), &spaces)?;
    let joint = Joint::new(action, space.clone(), space.clone())?;
    Ok(Outcome::new("(J)", jointly::<T, _, _, _>(network, &mlp, &joint)))
}
