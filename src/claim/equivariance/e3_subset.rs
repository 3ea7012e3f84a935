//! E3 for augmentation by a subset: invariant under the elements that keep it, and no more.

use super::regression::{
    Checked, Diagonal, Setting, data, diagonal_scenes, measured, risk, settled,
};
use crate::action::push_forward;
use crate::claim::rounding::{Judge, Tracked, close};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::group::{AnyElement, Finite, Group};
use crate::inference::Augmentation;
use crate::representation::Representation;
use crate::scalar::Rational;
use proptest::strategy::{BoxedStrategy, Strategy};

/// The claim, and what it does not say.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "E3.subset",
        title: "augmentation by a subset",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "E_{h·q} L^S = E_q L^S for every h with hS = S; a union of right cosets Kc has all h in K",
        hypotheses: &["(J)", "invariant loss"],
        tolerance: "the rounding of both sides, bounded operation by operation (running error analysis)",
        covers: &[
            Feature::TrivialGroup,
            Feature::NonAbelian,
            Feature::FreeOrbit,
            Feature::SignedOrbit,
        ],
        cost: 4,
    };
    let others = about
        .control(
            "E3.subset-others",
            "an element that does not keep the subset",
            &["hS = S is dropped"],
            &[Feature::NonAbelian],
        )
        .saying("E_{h·q} L^S = E_q L^S for an h with hS ≠ S");
    let left_cosets = about
        .control(
            "E3.subset-left-cosets",
            "a left coset",
            &["the coset is cK, not Kc"],
            &[Feature::NonAbelian],
        )
        .saying("E_{k·q} L^{cK} = E_q L^{cK} for every k in K");
    let entry = |about, instances, check, exact| -> Box<dyn Claim> {
        Box::new(Entry { about, instances, check, exact: Some(exact) })
    };
    vec![
        entry(
            about,
            diagonal_scenes,
            |scene| settled(check::<Tracked>(scene, Elements::Keeping)),
            |scene| settled(check::<Rational>(scene, Elements::Keeping)),
        ),
        entry(
            others,
            diagonal_scenes,
            |scene| measured(check::<Tracked>(scene, Elements::Others)),
            |scene| measured(check::<Rational>(scene, Elements::Others)),
        ),
        entry(
            left_cosets,
            moved_cosets,
            |scene| measured(left_coset::<Tracked>(scene)),
            |scene| measured(left_coset::<Rational>(scene)),
        ),
    ]
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Elements {
    Keeping,
    Others,
}

/// The cyclic subgroup of an element.
fn generated<G: Group<Element: PartialEq>>(group: &G, k: &G::Element) -> Vec<G::Element> {
    let mut subgroup = vec![group.identity()];
    loop {
        let next = group.compose(k, &subgroup[subgroup.len() - 1]);
        if next == subgroup[0] {
            return subgroup;
        }
        subgroup.push(next);
    }
}

/// The largest change of the expected loss under these elements.
fn change<T: Judge>(
    scene: &Scene,
    subset: Vec<AnyElement>,
    moves: &[AnyElement],
) -> Checked<Outcome> {
    let rep = <Diagonal as Setting<T>>::rep(scene);
    let q = <Diagonal as Setting<T>>::member(scene, Which::Q)?;
    let risk = risk(&rep, &data::<T>(scene, rep.dim())?, Augmentation::Subset(subset))?;
    let here = Diagonal::expected(&risk, &q);
    let mut outcome = Outcome::vacuous();
    for h in moves {
        let moved = push_forward(&q, &rep, h)?;
        outcome =
            outcome.and("E_{h·q} L^S = E_q L^S", close(&Diagonal::expected(&risk, &moved), &here));
    }
    Ok(outcome)
}

/// `S = K ∪ Kc`, with a cyclic `K`.
fn check<T: Judge>(scene: &Scene, which: Elements) -> Checked<Outcome> {
    let group = scene.group();
    let (k, c) = (scene.element(0), scene.element(1));
    let mut subset = generated(&group, &k);
    let shifted: Vec<_> = subset.iter().map(|k| group.compose(k, &c)).collect();
    subset.extend(shifted.into_iter().filter(|g| !subset.contains(g)).collect::<Vec<_>>());
    let keeps = |h: &AnyElement| subset.iter().all(|s| subset.contains(&group.compose(h, s)));
    let wanted = |h: &AnyElement| keeps(h) == (which == Elements::Keeping);
    let moves: Vec<_> = group.elements().filter(wanted).take(24).collect();
    change::<T>(scene, subset, &moves)
}

/// Scenes of groups that are not abelian, with elements `k` and `c` for which `c⟨k⟩c⁻¹` is not `⟨k⟩`, if there are
/// any.
fn moved_cosets(_: Option<Feature>) -> BoxedStrategy<Scene> {
    diagonal_scenes(Some(Feature::NonAbelian))
        .prop_map(|mut scene| {
            let group = scene.group();
            let elements: Vec<_> = group.elements().collect();
            let start = scene.picks.iter().sum::<usize>();
            let pairs = (0..elements.len() * elements.len()).map(|n| {
                let n = (n + start) % (elements.len() * elements.len());
                (n / elements.len(), n % elements.len())
            });
            let moved = |&(k, c): &(usize, usize)| {
                let subgroup = generated(&group, &elements[k]);
                let conjugate = group.compose(
                    &group.compose(&elements[c], &elements[k]),
                    &group.inverse(&elements[c]),
                );
                !subgroup.contains(&conjugate)
            };
            let found = pairs.into_iter().find(moved);
            if let (Some((k, c)), [first, second, ..]) = (found, &mut scene.picks[..]) {
                (*first, *second) = (k, c);
            }
            scene
        })
        .boxed()
}

fn left_coset<T: Judge>(scene: &Scene) -> Checked<Outcome> {
    let group = scene.group();
    let subgroup = generated(&group, &scene.element(0));
    let c = scene.element(1);
    let coset = subgroup.iter().map(|k| group.compose(&c, k)).collect();
    change::<T>(scene, coset, &subgroup)
}
