//! B10: gradients under an augmentation by some elements.

use super::world::is_enumerated;
use super::{TOLERANCE, control};
use crate::claim::equivariance::network::{Network, networks};
use crate::claim::rounding::{Judge, Tracked, close};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::defect::partial_augmentation;
use crate::group::{AnyGroup, Finite};
use crate::law::Residual;
use crate::representation::{ActsOn, Representation, Reynolds};
use crate::scalar::{Rational, Scalar, dot};

/// The claim with its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "B10.pairs",
        title: "augmentation by two random elements, over all choices",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "E‖(I − P)ĝ‖² = ‖(I − P)v‖²/k for ĝ = (1/k) Σ ρ(g_i)v with k = 2 uniform elements",
        hypotheses: &["finite group", "orthogonal action", "elements drawn with replacement"],
        tolerance: TOLERANCE,
        covers: &[
            Feature::TrivialGroup,
            Feature::NonAbelian,
            Feature::FreeOrbit,
            Feature::NonFreeOrbit,
            Feature::KilledOrbit,
        ],
        cost: 4,
    };
    vec![
        Box::new(Entry {
            about,
            instances: |wanted| networks(4, 0..=0, wanted),
            check: |network| {
                pairs::<Tracked, _>(network, &network.scene.signed(), true)
                    .and("the library's", library(network))
            },
            exact: Some(|network| pairs::<Rational, _>(network, &network.scene.signed(), true)),
        }),
        Box::new(Entry {
            about: About {
                covers: &[Feature::NonOrthogonal],
                ..control(
                    about,
                    "B10.pairs-sheared",
                    "an action that is not orthogonal",
                    "E‖(I − P)ĝ‖² = ‖(I − P)v‖²/k for every action",
                    &["orthogonal action"],
                )
            },
            instances: |wanted| networks(4, 0..=0, wanted),
            check: |network| pairs::<Tracked, _>(network, &network.scene.dense(), true),
            exact: Some(|network| pairs::<Rational, _>(network, &network.scene.dense(), true)),
        }),
        Box::new(Entry {
            about: About {
                covers: &[Feature::NonFreeOrbit],
                ..control(
                    about,
                    "B10.pairs-distinct",
                    "two elements that are never the same",
                    "E‖(I − P)ĝ‖² = ‖(I − P)v‖²/k for distinct elements",
                    &["elements drawn with replacement"],
                )
            },
            instances: |wanted| networks(4, 0..=0, wanted),
            check: |network| pairs::<Tracked, _>(network, &network.scene.signed(), false),
            exact: Some(|network| pairs::<Rational, _>(network, &network.scene.signed(), false)),
        }),
    ]
}

/// The mean over all pairs of elements, or over those of different ones.
fn pairs<T: Judge, R: ActsOn<T, Group = AnyGroup>>(
    network: &Network,
    rep: &R,
    replaced: bool,
) -> Outcome {
    if !is_enumerated(network) {
        return Outcome::vacuous();
    }
    let v: Vec<T> = network.numbers(0, rep.dim());
    let moved: Vec<Vec<T>> =
        rep.group().elements().map(|g| rep.apply(&g, &v).as_slice().to_vec()).collect();
    let order = moved.len();
    if order < 2 && !replaced {
        return Outcome::vacuous();
    }
    let average: Vec<T> = (0..v.len())
        .map(|i| {
            let sum = moved.iter().fold(T::zero(), |sum, row| sum + row[i].clone());
            sum / T::count(order)
        })
        .collect();
    // (I − P)ρ(g)v = ρ(g)v − Pv.
    let rest: Vec<Vec<T>> = moved
        .iter()
        .map(|row| row.iter().zip(&average).map(|(a, b)| a.clone() - b.clone()).collect())
        .collect();
    let (mut sum, mut count) = (T::zero(), 0);
    for (i, a) in rest.iter().enumerate() {
        for (j, b) in rest.iter().enumerate() {
            if replaced || i != j {
                let both: Vec<T> = a.iter().zip(b).map(|(a, b)| a.clone() + b.clone()).collect();
                sum += dot(&both, &both) / T::count(4);
                count += 1;
            }
        }
    }
    let identity = v.iter().zip(&average).fold(T::zero(), |sum, (v, average)| {
        let step = v.clone() - average.clone();
        sum + step.clone() * step
    });
    let residual = close(&(sum / T::count(count)), &(identity / T::count(2)));
    Outcome::new("E‖(I − P)ĝ‖² = ‖(I − P)v‖²/2", residual)
}

/// The library's value against half the square of `v − Pv`.
fn library(network: &Network) -> Residual {
    let rep = network.scene.signed();
    let v: Vec<Tracked> = network.numbers(0, Representation::dim(&rep));
    let reynolds = Reynolds::<Tracked>::of(&rep);
    let invariant = reynolds.project(&v);
    let square = v
        .iter()
        .zip(invariant.iter())
        .fold(Tracked::exact(0.0), |sum, (&v, &average)| sum + (v - average) * (v - average));
    match partial_augmentation(&reynolds, &v, 2) {
        Ok(found) => close(&found, &(square / Tracked::count(2))),
        Err(_) => Residual::failed(),
    }
}
