//! E3: the objective of a closed family with an invariant prior is invariant.

use super::regression::{
    self, Checked, DIAGONAL, Diagonal, Drops, Full, Instances, Posed, Setting, measured, posed,
    settled, weight,
};
use super::trained_network::{NETWORKS, Net, batch, entry, net, on_both};
use crate::action::push_forward;
use crate::claim::rounding::{Tracked, all_close, close};
use crate::claim::scene::Scene;
use crate::claim::{About, Claim, Evidence, Feature, Outcome, Role};
use crate::family::{FullGaussian, LogPartition, Member};
use crate::inference::{Loss, SquaredError, on_moments};
use crate::model::{Differentiable, Pointwise};
use crate::representation::ActsBySignedPermutations;
use crate::scalar::{Rational, Scalar};
use nalgebra::DMatrix;

/// The claim in closed form for two families and from draws for networks, and its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let diagonal = About {
        id: "E3.diagonal",
        title: "the objective is invariant: diagonal Gaussians",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "J^G(g·η) = J^G(η) for J^G(η) = N E_{q_η} L^G + KL(q_η‖p)",
        hypotheses: &[
            "(J)",
            "family closed under ρ_Θ",
            "invariant prior",
            "invariant loss, full augmentation",
        ],
        tolerance: "the rounding of both sides, bounded operation by operation (running error analysis)",
        covers: DIAGONAL,
        cost: 4,
    };
    let full =
        About { id: "E3.full", title: "the objective is invariant: full Gaussians", ..diagonal };
    let networks = About {
        id: "E3.networks",
        title: "the Monte-Carlo objective is invariant: networks",
        statement: "J^G(g·w; ρ_Θ(G)ε) = J^G(w; ρ_Θ(G)ε) for noise that is closed under the group, exactly for every ε",
        hypotheses: &[
            "(J)",
            "mean field under signed permutations",
            "invariant prior and loss, full augmentation",
        ],
        covers: NETWORKS,
        cost: 4,
        ..diagonal
    };
    let mut claims = Vec::new();
    claims.extend(in_closed_form::<Diagonal>(diagonal, "E3.diagonal-moving-prior"));
    claims.extend(in_closed_form::<Full>(full, "E3.full-moving-prior"));
    let marginals_only = full.control(
        "E3.full-marginals",
        "a family that is not closed",
        &["the family (independent coordinates) is not closed: g·q is replaced by its marginals"],
        &[Feature::NonOrthogonal],
    );
    let moving_losses = networks.control(
        "E3.networks-moving-loss",
        "a loss that is not invariant",
        &["the loss weighs outputs differently"],
        &[Feature::NonFreeOrbit],
    );
    let fresh_noise = networks.control(
        "E3.networks-fresh-noise",
        "noise that is not closed under the group",
        &["the noise is one draw, without its orbit"],
        &[Feature::NonFreeOrbit],
    );
    claims.extend([
        regression::entry::<Full>(marginals_only, |scene| measured(marginals(scene)), None),
        entry(networks, |scene| settled(on_networks(scene, true))),
        entry(moving_losses, |scene| measured(moving_loss(scene))),
        entry(fresh_noise, |scene| measured(on_networks(scene, false))),
    ]);
    claims
}

/// The claim in one of the settings with closed forms, and its control.
fn in_closed_form<S>(about: About, moving: &'static str) -> [Box<dyn Claim>; 2]
where
    S: Setting<Tracked> + Setting<Rational> + Instances,
    <S as Setting<Tracked>>::Family: LogPartition<Tracked>,
{
    let dropped = &["the prior is not invariant"];
    let moving =
        about.control(moving, "a prior that is not invariant", dropped, &[Feature::NonAbelian]);
    [
        regression::entry::<S>(
            about,
            |scene| settled(check::<S>(scene, Drops::Nothing)),
            Some(|scene| settled(twin::<S>(scene))),
        ),
        regression::entry::<S>(moving, |scene| measured(check::<S>(scene, Drops::Prior)), None),
    ]
}

fn objective<S>(posed: &Posed<S, Tracked>, q: &Member<S::Family, Tracked>) -> Tracked
where
    S: Setting<Tracked>,
    S::Family: LogPartition<Tracked>,
{
    weight::<Tracked>() * S::expected(&posed.risk, q) + q.family().kl(q, &posed.prior)
}

fn check<S>(scene: &Scene, drops: Drops) -> Checked<Outcome>
where
    S: Setting<Tracked>,
    S::Family: LogPartition<Tracked>,
{
    let posed = posed::<S, Tracked>(scene, drops)?;
    let here = objective(&posed, &posed.q);
    let mut outcome = Outcome::vacuous();
    for k in 0..2 {
        let moved = push_forward(&posed.q, &posed.rep, &scene.element(k))?;
        outcome = outcome.and("J(g·η) = J(η)", close(&objective(&posed, &moved), &here));
    }
    Ok(outcome)
}

/// The parts that are rational: the expected loss, and that the prior does not move.
fn twin<S: Setting<Rational>>(scene: &Scene) -> Checked<Outcome> {
    let posed = posed::<S, Rational>(scene, Drops::Nothing)?;
    let g = scene.element(0);
    let moved = push_forward(&posed.q, &posed.rep, &g)?;
    let prior = push_forward(&posed.prior, &posed.rep, &g)?;
    let (here, there) = (S::expected(&posed.risk, &posed.q), S::expected(&posed.risk, &moved));
    let fixed = all_close(prior.natural().as_slice(), posed.prior.natural().as_slice());
    Ok(Outcome::new("E_{g·q} L^G = E_q L^G", close(&here, &there)).and("g·p = p", fixed).partial())
}

/// The diagonal of the scene's covariance; moved, it has correlations, which are dropped.
fn marginals(scene: &Scene) -> Checked<Outcome> {
    let posed = posed::<Full, Tracked>(scene, Drops::Nothing)?;
    let independent = |q: &Member<FullGaussian, Tracked>| {
        let covariance = DMatrix::from_diagonal(&q.covariance().diagonal());
        FullGaussian::with_covariance(&q.mean(), &covariance)
    };
    let q = independent(&posed.q)?;
    let moved = independent(&push_forward(&q, &posed.rep, &scene.element(0))?)?;
    let residual = close(&objective::<Full>(&posed, &moved), &objective::<Full>(&posed, &q));
    Ok(Outcome::new("J of the marginals of g·q = J(q)", residual))
}

/// `Σ_k (k + 1)(a_k − b_k)²`.
struct Weighted;

impl<T: Scalar> Loss<T> for Weighted {
    fn value(&self, prediction: &[T], target: &[T]) -> T {
        prediction.iter().zip(target).enumerate().fold(T::zero(), |sum, (k, (a, b))| {
            let step = a.clone() - b.clone();
            sum + T::count(k + 1) * step.clone() * step
        })
    }

    fn gradient(&self, prediction: &[T], target: &[T], out: &mut [T]) -> T {
        for (k, ((slope, a), b)) in out.iter_mut().zip(prediction).zip(target).enumerate() {
            *slope = T::count(2 * (k + 1)) * (a.clone() - b.clone());
        }
        self.value(prediction, target)
    }
}

fn on_networks(scene: &Scene, closed: bool) -> Checked<Outcome> {
    on_both!(scene, Pointwise::Tanh, |net| on_network(&net, scene, SquaredError, closed))
}

/// On the perceptron: the outputs of the convolutional network do not move, so that any loss is invariant.
fn moving_loss(scene: &Scene) -> Checked<Outcome> {
    on_network(&net(scene, Pointwise::Tanh)?, scene, Weighted, true)
}

fn on_network<M, L>(net: &Net<M>, scene: &Scene, loss: L, closed: bool) -> Checked<Outcome>
where
    M: Differentiable<Tracked> + Clone,
    L: Loss<Tracked>,
{
    let elbo = net.elbo(loss, net.mean_field())?;
    let data = net.orbits(&net.data(scene)?)?;
    let noise = net.noise(scene, closed)?;
    let w = net.coordinates(scene);
    let map = on_moments(&net.joint.parameters().index_map(&net.element(scene, 0)));
    let mut moved = w.clone();
    map.act(&w, &mut moved);
    let here = elbo.value(&w, batch(&data), &noise).value;
    let there = elbo.value(&moved, batch(&data), &noise).value;
    Ok(Outcome::new("J(g·w) = J(w)", close(&here, &there)))
}
