//! B10: augmentation by a subgroup, which leaves nothing that the subgroup moves.

use super::{TOLERANCE, is_small};
use crate::action::push_forward;
use crate::claim::equivariance::regression::{
    Checked, Drops, FULL, Full, Setting, data, full_scenes, measured, posed, risk, settled, weight,
};
use crate::claim::rounding::{Judge, Tracked, all_close, close};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::group::{AnyElement, AnyGroup, Finite, Group};
use crate::inference::Augmentation;
use crate::representation::{ActsOn, Dual, Representation};
use crate::scalar::{Rational, Scalar, dot};

/// The claim with its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "B10.subgroup",
        title: "augmentation by a subgroup K gives exact K-equivariance",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "ρ(k)ĝ = ĝ for ĝ = avg_{k∈K} ρ(k)v, and k·η* = η*, F(ρ_X(k)x) = F(x) for the posterior of linear regression augmented by K, for every k in K",
        hypotheses: &["K is a subgroup", "K-invariant prior"],
        tolerance: TOLERANCE,
        covers: FULL,
        cost: 8,
    };
    let control = |id, title, dropped, by: Copies, moved: Moved| -> Box<dyn Claim> {
        let about = about.control(id, title, dropped, &[Feature::NonAbelian]);
        match (by, moved) {
            (Copies::Powers, _) => Box::new(Entry {
                about: about.saying("augmentation by K gives exact G-equivariance"),
                instances: full_scenes,
                check: |scene| measured(check::<Tracked>(scene, Copies::Powers, Moved::All)),
                exact: Some(|scene| measured(check::<Rational>(scene, Copies::Powers, Moved::All))),
            }),
            (Copies::Two, _) => Box::new(Entry {
                about: about.saying("augmentation by two elements leaves nothing that they move"),
                instances: full_scenes,
                check: |scene| measured(check::<Tracked>(scene, Copies::Two, Moved::Own)),
                exact: Some(|scene| measured(check::<Rational>(scene, Copies::Two, Moved::Own))),
            }),
        }
    };
    vec![
        Box::new(Entry {
            about,
            instances: full_scenes,
            check: |scene| settled(check::<Tracked>(scene, Copies::Powers, Moved::Own)),
            exact: Some(|scene| settled(check::<Rational>(scene, Copies::Powers, Moved::Own))),
        }),
        control(
            "B10.subgroup-whole-group",
            "an augmentation by a subgroup, for all of the group",
            &["k is in K"],
            Copies::Powers,
            Moved::All,
        ),
        control(
            "B10.subgroup-two",
            "an augmentation by two elements, which are no subgroup",
            &["K is a subgroup"],
            Copies::Two,
            Moved::Own,
        ),
    ]
}

/// What is augmented by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Copies {
    /// The powers of the scene's first element: a subgroup.
    Powers,
    /// The identity and the scene's first element.
    Two,
}

/// What the result is held to be invariant under.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moved {
    /// What is augmented by.
    Own,
    /// The whole group.
    All,
}

/// The elements of a group that are augmented by.
fn copies(group: &AnyGroup, g: AnyElement, by: Copies) -> Vec<AnyElement> {
    let mut powers = vec![group.identity()];
    let mut power = g.clone();
    while power != group.identity() && (by == Copies::Powers || powers.len() < 2) {
        powers.push(power.clone());
        power = group.compose(&g, &power);
    }
    powers
}

fn check<T: Judge>(scene: &Scene, by: Copies, moved: Moved) -> Checked<Outcome> {
    let group = scene.group();
    if !is_small(&group) {
        return Ok(Outcome::vacuous());
    }
    let copies = copies(&group, scene.element(0), by);
    let movers: Vec<AnyElement> = match moved {
        Moved::Own => copies.clone(),
        Moved::All => group.elements().collect(),
    };
    // The prior is invariant, the raw risk is not.
    let start = posed::<Full, T>(scene, Drops::Nothing)?;
    let (rep, prior) = (start.rep, start.prior);
    let v: Vec<T> = scene.vector(Which::Q, rep.dim());
    let gradient = average(&rep, &v, &copies);
    let loss = risk(&rep, &data(scene, rep.dim())?, Augmentation::Subset(copies))?;
    let q = <Full as Setting<T>>::minimiser(&prior, &loss, weight())?;
    let inputs = Dual::new(rep.clone());
    let (mean, x) = (q.mean(), scene.vector::<T>(Which::P, rep.dim()));
    let mut outcome = Outcome::vacuous();
    for g in &movers {
        let there = rep.apply(g, &gradient);
        outcome = outcome.and("ρ(k)ĝ = ĝ", all_close(there.as_slice(), &gradient));
        let pushed = push_forward(&q, &rep, g)?;
        let residual = all_close(pushed.natural().as_slice(), q.natural().as_slice());
        outcome = outcome.and("k·η* = η*", residual);
        let input = inputs.apply(g, &x);
        let defect =
            close(&dot(mean.as_slice(), input.as_slice()), &dot(mean.as_slice(), x.as_slice()));
        outcome = outcome.and("F(ρ_X(k)x) = F(x)", defect);
    }
    Ok(outcome)
}

/// `avg_{k∈S} ρ(k)v`.
fn average<T: Scalar, R: ActsOn<T, Group = AnyGroup>>(
    rep: &R,
    v: &[T],
    elements: &[AnyElement],
) -> Vec<T> {
    let mut sum = vec![T::zero(); v.len()];
    for g in elements {
        for (sum, entry) in sum.iter_mut().zip(rep.apply(g, v).iter()) {
            *sum += entry.clone();
        }
    }
    sum.into_iter().map(|entry| entry / T::count(elements.len())).collect()
}
