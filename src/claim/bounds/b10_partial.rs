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
use crate::scalar::{Rational, dot};

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
            check: |network| library(network, pairs(network, &network.scene.signed(), true)),
            exact: Some(|network| compared::<Rational, _>(network, &network.scene.signed(), true)),
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
            check: |network| compared::<Tracked, _>(network, &network.scene.dense(), true),
            exact: Some(|network| compared::<Rational, _>(network, &network.scene.dense(), true)),
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
            check: |network| compared::<Tracked, _>(network, &network.scene.signed(), false),
            exact: Some(|network| compared::<Rational, _>(network, &network.scene.signed(), false)),
        }),
    ]
}

/// `E‖(I − P)ĝ‖²` as the mean over all pairs of elements, or over those of different ones; and `‖(I − P)v‖²/2`. `None` for a
/// group that is not gone through, or has no pairs.
fn pairs<T: Judge, R: ActsOn<T, Group = AnyGroup>>(
    network: &Network,
    rep: &R,
    replaced: bool,
) -> Option<[T; 2]> {
    if !is_enumerated(network) {
        return None;
    }
    let v: Vec<T> = network.numbers(0, rep.dim());
    let moved: Vec<Vec<T>> =
        rep.group().elements().map(|g| rep.apply(&g, &v).as_slice().to_vec()).collect();
    let order = moved.len();
    if order < 2 && !replaced {
        return None;
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
    Some([sum / T::count(count), identity / T::count(2)])
}

fn held<T: Judge>([mean, half]: &[T; 2]) -> Outcome {
    Outcome::new("E‖(I − P)ĝ‖² = ‖(I − P)v‖²/2", close(mean, half))
}

fn compared<T: Judge, R: ActsOn<T, Group = AnyGroup>>(
    network: &Network,
    rep: &R,
    replaced: bool,
) -> Outcome {
    pairs::<T, R>(network, rep, replaced).map_or_else(Outcome::vacuous, |sides| held(&sides))
}

/// The library's value, too, against the mean over pairs, which needs no projection.
fn library(network: &Network, sides: Option<[Tracked; 2]>) -> Outcome {
    let Some(sides) = sides else { return Outcome::vacuous() };
    let rep = network.scene.signed();
    let v: Vec<Tracked> = network.numbers(0, Representation::dim(&rep));
    let residual = match partial_augmentation(&Reynolds::of(&rep), &v, 2) {
        Ok(found) => close(&found, &sides[0]),
        Err(_) => Residual::failed(),
    };
    held(&sides).and("the library's", residual)
}
