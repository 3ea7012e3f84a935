//! B9 for linear models, and how the risk of an equivariant target splits.

use super::world::{minus, square};
use super::{TOLERANCE, is_small};
use crate::claim::equivariance::network::{Network, networks};
use crate::claim::equivariance::regression::{Checked, measured, settled};
use crate::claim::rounding::{Judge, Tracked, close};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::group::{AnyElement, AnyGroup, Finite, Group};
use crate::model::{Linear, Model};
use crate::representation::ActsOn;
use crate::scalar::Rational;

/// The claim with its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "B9.linear",
        title: "twice the squared distance from the group average, and the risk of an equivariant target: linear models",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "Δ(F) = 2 E‖F − QF‖² and E‖F − f‖² = E‖QF − f‖² + E‖F − QF‖² for F(x) = Wx + b, x uniform on an orbit, and equivariant f",
        hypotheses: &[
            "finite group",
            "invariant law of inputs, moved by any matrices",
            "ρ_Y orthogonal",
            "f is equivariant",
        ],
        tolerance: TOLERANCE,
        covers: &[
            Feature::TrivialGroup,
            Feature::NonAbelian,
            Feature::FreeOrbit,
            Feature::NonFreeOrbit,
            Feature::NonOrthogonal,
        ],
        cost: 8,
    };
    vec![
        Box::new(Entry {
            about,
            instances: |wanted| networks(3, 0..=0, wanted),
            check: |network| settled(check::<Tracked>(network, Drops::Nothing)),
            exact: Some(|network| settled(check::<Rational>(network, Drops::Nothing))),
        }),
        Box::new(Entry {
            about: about
                .control(
                    "B9.linear-sheared-outputs",
                    "outputs moved by matrices that are not orthogonal",
                    &["ρ_Y is orthogonal"],
                    &[Feature::NonOrthogonal],
                )
                .saying("Δ(F) = 2 E‖F − QF‖² for every ρ_Y"),
            instances: |_| networks(3, 0..=0, Some(Feature::NonOrthogonal)),
            check: |network| measured(check::<Tracked>(network, Drops::Orthogonality)),
            exact: Some(|network| measured(check::<Rational>(network, Drops::Orthogonality))),
        }),
        Box::new(Entry {
            about: about
                .control(
                    "B9.linear-moving-target",
                    "a target that is not equivariant",
                    &["f is equivariant"],
                    &[Feature::NonAbelian],
                )
                .saying("E‖F − f‖² = E‖QF − f‖² + E‖F − QF‖² for every f"),
            instances: |wanted| networks(3, 0..=0, wanted),
            check: |network| measured(check::<Tracked>(network, Drops::Target)),
            exact: Some(|network| measured(check::<Rational>(network, Drops::Target))),
        }),
    ]
}

/// The hypothesis that an instance drops.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Drops {
    Nothing,
    /// The outputs move as the inputs do.
    Orthogonality,
    Target,
}

fn check<T: Judge>(network: &Network, drops: Drops) -> Checked<Outcome> {
    if !is_small(&network.group()) {
        return Ok(Outcome::vacuous());
    }
    let inputs = network.space(0).dense::<T>();
    if drops == Drops::Orthogonality {
        let outputs = inputs.clone();
        identities(network, &inputs, &outputs, drops)
    } else {
        let outputs = network.space(1).signed();
        identities(network, &inputs, &outputs, drops)
    }
}

/// The values of a function at all points of an orbit, in the order of the group's elements.
type Values<T> = Vec<Vec<T>>;

fn identities<T, X, Y>(network: &Network, inputs: &X, outputs: &Y, drops: Drops) -> Checked<Outcome>
where
    T: Judge,
    X: ActsOn<T, Group = AnyGroup>,
    Y: ActsOn<T, Group = AnyGroup>,
{
    let group = network.group();
    let elements: Vec<AnyElement> = group.elements().collect();
    let start: Vec<T> = network.numbers(3, inputs.dim());
    let orbit: Vec<Vec<T>> =
        elements.iter().map(|g| inputs.apply(g, &start).as_slice().to_vec()).collect();
    let model = Linear::with_bias(inputs.dim(), outputs.dim())?;
    let values = |stream: usize| -> Values<T> {
        let theta: Vec<T> = network.numbers(stream, Model::<T>::parameters(&model));
        orbit.iter().map(|x| model.prediction(&theta, x).as_slice().to_vec()).collect()
    };
    // QF(hx) = avg_g ρ_Y(g)⁻¹F(ghx) = ρ_Y(h) avg_k ρ_Y(k)⁻¹F(kx).
    let average = |f: &Values<T>| -> Values<T> {
        let mut sum = vec![T::zero(); outputs.dim()];
        for (k, value) in elements.iter().zip(f) {
            let back = outputs.apply(&group.inverse(k), value);
            sum.iter_mut().zip(back.iter()).for_each(|(sum, y)| *sum += y.clone());
        }
        let mean: Vec<T> = sum.into_iter().map(|y| y / T::count(elements.len())).collect();
        elements.iter().map(|h| outputs.apply(h, &mean).as_slice().to_vec()).collect()
    };
    let distance = |a: &Values<T>, b: &Values<T>| -> T {
        let sum = a.iter().zip(b).fold(T::zero(), |sum, (a, b)| sum + square(&minus(a, b)));
        sum / T::count(elements.len())
    };
    let f = values(0);
    let averaged = average(&f);
    // δ_g(hx) = F(ghx) − ρ_Y(g)F(hx), with gh found among the elements.
    let mut defect = T::zero();
    for g in &elements {
        for (h, here) in elements.iter().zip(&f) {
            let there = &f[group.index_of(&group.compose(g, h)).unwrap_or(0)];
            defect += square(&minus(there, outputs.apply(g, here).as_slice()));
        }
    }
    let defect = defect / T::count(elements.len() * elements.len());
    let rest = distance(&f, &averaged);
    let twice = close(&defect, &(rest.clone() * T::count(2)));
    let target = if drops == Drops::Target { values(5) } else { average(&values(5)) };
    let split = close(&distance(&f, &target), &(distance(&averaged, &target) + rest));
    let outcome = Outcome::vacuous();
    Ok(match drops {
        Drops::Orthogonality => outcome.and("Δ(F) = 2 E‖F − QF‖²", twice),
        Drops::Target => outcome.and("the risk splits", split),
        Drops::Nothing => outcome.and("Δ(F) = 2 E‖F − QF‖²", twice).and("the risk splits", split),
    })
}
