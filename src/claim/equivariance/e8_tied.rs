//! E8: invariant posteriors are trained on raw data with the gradient of full augmentation.

use super::regression::{
    self, Checked, DIAGONAL, Diagonal, Drops, Full, Instances, Setting, measured, posed, settled,
};
use super::trained_network::{NETWORKS, Net, batch, entry, numbers, on_both};
use crate::action::ClosedUnder;
use crate::claim::rounding::{Judge, Tracked, all_close, close};
use crate::claim::scene::Scene;
use crate::claim::{About, Claim, Evidence, Feature, Outcome, Role};
use crate::inference::optimiser::{Optimiser, Rates, Sgd};
use crate::inference::{Posterior, SquaredError, Tied, TiedDraws};
use crate::model::{Differentiable, Pointwise};
use crate::representation::{Reynolds, SignedOrbits};
use crate::scalar::{Rational, Scalar};
use crate::symmetrize::geometric;

/// The claim in closed form and for networks, and its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let diagonal = About {
        id: "E8.diagonal",
        title: "augmentation-free training: diagonal Gaussians",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "E_q L^G = E_q L and ∇_μ E_q L^G = P*∇_μ E_q L for invariant q",
        hypotheses: &["(J), invariant loss", "invariant posterior"],
        tolerance: "the rounding of both sides, bounded operation by operation (running error analysis)",
        covers: DIAGONAL,
        cost: 4,
    };
    let full =
        About { id: "E8.full", title: "augmentation-free training: full Gaussians", ..diagonal };
    let step = About {
        id: "E8.step",
        title: "a tied step on raw examples is the untied step on their orbits",
        statement: "with orbit-closed noise the tied objective on B raw examples is the untied one on their B|G| images; its gradient, an orbit sum divided by the orbit's length, and the step are the untied ones",
        hypotheses: &[
            "(J), invariant loss and prior",
            "signed permutations",
            "noise closed under the group",
            "draws without kinks: no equal maxima above 0 in a window of a pool",
        ],
        covers: NETWORKS,
        cost: 4,
        ..diagonal
    };
    let draws = About {
        id: "E8.equivariant-draws",
        title: "equivariant draws see no augmentation",
        statement: "for draws in the fixed space objective and gradient on raw examples are those on their orbits, for every single draw",
        hypotheses: &[
            "(J), invariant loss",
            "signed permutations",
            "equivariant draws",
            "for gradients no kinks: no equal maxima above 0 in a window of a pool",
        ],
        ..step
    };
    let mut claims = Vec::new();
    let covers = &[Feature::NonFreeOrbit];
    claims.extend(in_closed_form::<Diagonal>(diagonal, "E8.diagonal-moving", covers));
    claims.extend(in_closed_form::<Full>(full, "E8.full-moving", &[Feature::NonAbelian]));
    let control =
        |of: About, id, title, dropped, check| entry(of.control(id, title, dropped, covers), check);
    claims.extend([
        entry(step, |scene| settled(on_networks(scene, true, true))),
        control(
            step,
            "E8.step-fresh-noise",
            "noise that is not closed under the group",
            &["the noise is one draw, without its orbit"],
            |scene| measured(on_networks(scene, false, true)),
        ),
        control(
            step,
            "E8.step-sum",
            "the orbit sum as it is",
            &["the gradient in free coordinates is not divided by the length of the orbit"],
            |scene| measured(on_networks(scene, true, false)),
        ),
        entry(draws, |scene| settled(one_draw(scene, TiedDraws::Equivariant))),
        control(
            draws,
            "E8.independent-draws",
            "draws of an invariant posterior that are not equivariant",
            &["means and scales are tied, the noise is not"],
            |scene| measured(one_draw(scene, TiedDraws::Independent)),
        ),
    ]);
    claims
}

/// The claim in one of the settings with closed forms, and its control.
fn in_closed_form<S>(
    about: About,
    moving: &'static str,
    covers: &'static [Feature],
) -> [Box<dyn Claim>; 2]
where
    S: Setting<Tracked> + Setting<Rational> + Instances,
{
    let (title, dropped) =
        ("a posterior that is not invariant", &["the posterior is not invariant"]);
    [
        regression::entry::<S>(
            about,
            |scene| settled(check::<S, Tracked>(scene, true)),
            Some(|scene| settled(check::<S, Rational>(scene, true))),
        ),
        regression::entry::<S>(
            about.control(moving, title, dropped, covers),
            |scene| measured(check::<S, Tracked>(scene, false)),
            Some(|scene| measured(check::<S, Rational>(scene, false))),
        ),
    ]
}

fn check<S: Setting<T>, T: Judge>(scene: &Scene, invariant: bool) -> Checked<Outcome> {
    let posed = posed::<S, T>(scene, Drops::Nothing)?;
    let q = if invariant { geometric(&posed.q, &posed.rep)? } else { posed.q };
    let tau = q.family().statistic_action(&posed.rep);
    let average = Reynolds::of(&tau).project_dual(S::slope(&posed.raw, &q).as_slice());
    let value = close(&S::expected(&posed.risk, &q), &S::expected(&posed.raw, &q));
    Ok(Outcome::new("E_q L^G = E_q L", value)
        .and("∇_μ E_q L^G = P*∇_μ E_q L", all_close(&S::slope(&posed.risk, &q), &average)))
}

fn on_networks(scene: &Scene, closed: bool, divided: bool) -> Checked<Outcome> {
    on_both!(scene, Pointwise::Tanh, |net| on_network(&net, scene, closed, divided))
}

fn on_network<M>(net: &Net<M>, scene: &Scene, closed: bool, divided: bool) -> Checked<Outcome>
where
    M: Differentiable<Tracked> + Clone,
{
    let tied = Tied::new(SignedOrbits::of(net.joint.parameters()), TiedDraws::Independent);
    let raw = net.data(scene)?;
    let orbits = net.orbits(&raw)?;
    let noise: Vec<Tracked> = net.noise(scene, closed)?;
    let mut free: Vec<Tracked> = numbers(scene, tied.coordinates(), 61);
    let untie = |w: &[Tracked]| tied.untie(w).unwrap_or_default();
    let mut w = untie(&free);

    let on_raw = net.elbo(SquaredError, tied.clone())?;
    let mut memory = on_raw.memory(16);
    let mut slope = free.clone();
    let here = on_raw.gradient(&free, batch(&raw), &noise, &mut slope, &mut memory);
    if let (true, Some(counts)) = (divided, tied.multiplicity()) {
        slope.iter_mut().zip(counts).for_each(|(slope, &count)| *slope /= count);
    }
    let on_orbits = net.elbo(SquaredError, net.mean_field())?;
    let mut memory = on_orbits.memory(16);
    let mut other = w.clone();
    let there = on_orbits.gradient(&w, batch(&orbits), &noise, &mut other, &mut memory);
    let gradients = all_close(&untie(&slope), &other);

    let rate = Rates::uniform(Tracked::ratio(1, 100));
    Sgd::new().step(rate, &mut free, &slope);
    Sgd::new().step(rate, &mut w, &other);
    Ok(Outcome::new("J tied, on raw data = J^G untied", close(&here.value, &there.value))
        .and("the gradients", gradients)
        .and("the steps", all_close(&untie(&free), &w)))
}

fn one_draw(scene: &Scene, draws: TiedDraws) -> Checked<Outcome> {
    on_both!(scene, Pointwise::Tanh, |net| one_draw_of(&net, scene, draws))
}

fn one_draw_of<M>(net: &Net<M>, scene: &Scene, draws: TiedDraws) -> Checked<Outcome>
where
    M: Differentiable<Tracked> + Clone,
{
    let tied = Tied::new(SignedOrbits::of(net.joint.parameters()), draws);
    let raw = net.data(scene)?;
    let orbits = net.orbits(&raw)?;
    let noise: Vec<Tracked> = numbers(scene, tied.noise_dim(), 257);
    let w: Vec<Tracked> = numbers(scene, tied.coordinates(), 61);
    if noise.is_empty() {
        // The group kills every parameter.
        return Ok(Outcome::vacuous());
    }
    let elbo = net.elbo(SquaredError, tied)?;
    let mut memory = elbo.memory(16);
    let mut gradient = |data| {
        let mut slope = w.clone();
        let terms = elbo.gradient(&w, batch(data), &noise, &mut slope, &mut memory);
        (terms.value, slope)
    };
    let ((here, slope), (there, other)) = (gradient(&raw), gradient(&orbits));
    Ok(Outcome::new("J on raw data = J^G", close(&here, &there))
        .and("the gradients", all_close(&slope, &other)))
}
