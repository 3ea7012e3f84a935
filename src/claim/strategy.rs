//! Strategies for random instances, for proptest.
//!
//! Written once: `verify`, the crate's tests, and a `proptest!` of your own can all draw from them.
//! Shrinking goes through the group first, then the blocks (and so the dimension), then the entries,
//! which move towards zero.
//!
//! ```
//! use equibayes::claim::{scene::Scene, strategy::scenes};
//! use equibayes::group::Finite;
//! use proptest::prelude::*;
//!
//! proptest! {
//!     fn every_scene_has_a_group(scene in scenes(6)) {
//!         prop_assert!(scene.group().small_order().is_some());
//!     }
//! }
//! every_scene_has_a_group();
//! ```

use super::Feature;
use super::registry::representations::REPRESENTATIONS;
use super::registry::{GroupSample, samples};
use super::scene::{Block, EDGE, GroupSpec, Points, Scene};
use crate::group::Group;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::sync::LazyLock;

/// Which groups to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Groups {
    Any,
    Trivial,
    Abelian,
    NonAbelian,
}

/// A group of the registry, and what the strategies choose by.
struct Known {
    sample: GroupSample,
    order: usize,
    abelian: bool,
    /// The number of its natural points.
    degree: usize,
}

static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    samples()
        .map(|sample| {
            let group = sample.small();
            Known {
                sample,
                order: group.order(),
                abelian: group.group().is_abelian(),
                degree: group.natural(&group.group().identity()).dim(),
            }
        })
        .collect()
});

/// Groups of the registry, the simplest first.
fn registered(wanted: impl Fn(&Known) -> bool) -> BoxedStrategy<GroupSpec> {
    let chosen: Vec<GroupSpec> = KNOWN
        .iter()
        .filter(|&known| wanted(known))
        .map(|known| GroupSpec::Registered(known.sample))
        .collect();
    select(chosen).boxed()
}

/// Groups, mostly with a natural set of points that fits `max_dim`, which is at least 3; of all registered
/// ones, some: what does not fit of their actions is left out of a scene.
fn groups(which: Groups, max_dim: usize) -> BoxedStrategy<GroupSpec> {
    let room = max_dim.max(3);
    let generated = move || {
        (3..=room.min(5), vec(vec(0..5usize, 5), 1..=2))
            .prop_map(|(degree, codes)| GroupSpec::Generated { degree, codes })
    };
    let known =
        |wanted: fn(&Known) -> bool| registered(move |known| known.degree <= room && wanted(known));
    match which {
        Groups::Any => {
            prop_oneof![5 => known(|_| true), 1 => registered(|_| true), 4 => generated()].boxed()
        }
        Groups::Trivial => known(|known| known.order == 1),
        Groups::Abelian => known(|known| known.abelian && known.order > 1),
        // An orbit that is neither a point nor free.
        Groups::NonAbelian => {
            known(|known| !known.abelian && 1 < known.degree && known.degree < known.order)
        }
    }
}

fn points() -> BoxedStrategy<Points> {
    prop_oneof![
        Just(Points::Fixed),
        Just(Points::Natural),
        Just(Points::Quotient),
        Just(Points::Regular),
        Just(Points::Monomial)
    ]
    .boxed()
}

fn block() -> impl Strategy<Value = Block> {
    (points(), any::<bool>()).prop_map(|(points, signed)| Block { points, signed })
}

/// Numbers for means and factors: small, towards zero when shrinking.
fn entries() -> impl Strategy<Value = Vec<i8>> {
    vec(-32..=32i8, 48)
}

prop_compose! {
    /// Everything of a scene but its group and blocks.
    fn numbers(max_dim: usize)(
        shuffle in prop_oneof![Just(vec![]), vec(0..24usize, 24)],
        flips in prop_oneof![Just(vec![]), vec(any::<bool>(), 24)],
        shears in prop_oneof![Just(vec![0i8]), vec(-3..=3i8, 31)],
        means in entries(),
        variances in entries(),
        spread in prop_oneof![3 => Just(1u8), 1 => Just(0u8), 1 => Just(8u8)],
        invariant in prop_oneof![9 => Just(false), 1 => Just(true)],
        picks in vec(0..120usize, 4),
    ) -> Scene {
        Scene {
            group: GroupSpec::Cyclic(1),
            blocks: vec![],
            shuffle, flips, max_dim, shears, means, variances, spread, invariant, picks,
            acting: 0,
        }
    }
}

/// The number of a registered representation, from 1; a family counts those that it is closed under.
fn registered_representation() -> BoxedStrategy<usize> {
    (1..=REPRESENTATIONS.len()).boxed()
}

/// These scenes, two thirds of them with a registered representation in place of their own.
pub(super) fn under_registered(scenes: BoxedStrategy<Scene>) -> BoxedStrategy<Scene> {
    let registered = (scenes.clone(), registered_representation())
        .prop_map(|(scene, acting)| Scene { acting, ..scene });
    prop_oneof![1 => scenes, 2 => registered].boxed()
}

fn assembled(
    group: BoxedStrategy<GroupSpec>,
    blocks: BoxedStrategy<Vec<Block>>,
    max_dim: usize,
) -> BoxedStrategy<Scene> {
    (group, blocks, numbers(max_dim))
        .prop_map(|(group, blocks, numbers)| Scene { group, blocks, ..numbers })
        .boxed()
}

/// Random scenes of dimension at most `max_dim`.
pub fn scenes(max_dim: usize) -> BoxedStrategy<Scene> {
    assembled(groups(Groups::Any, max_dim), vec(block(), 1..=3).boxed(), max_dim)
}

/// Random scenes of dimension at most `max_dim` (at least 3, for room) that have the wanted feature.
/// Features that no scene has are ignored.
pub fn scenes_with(max_dim: usize, wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    let Some(wanted) = wanted else { return scenes(max_dim) };
    let any_blocks = || vec(block(), 1..=3).boxed();
    // One block of the wanted kind first, so that it always fits.
    let starting = |points: Points, signed: bool| {
        vec(block(), 0..=2)
            .prop_map(move |rest| {
                let mut blocks = vec![Block { points, signed }];
                blocks.extend(rest);
                blocks
            })
            .boxed()
    };
    let with = |group: Groups, blocks| assembled(groups(group, max_dim), blocks, max_dim);
    let small = || (2..=max_dim.min(6)).prop_map(GroupSpec::Cyclic).boxed();
    let even = || (1..=max_dim.min(6) / 2).prop_map(|half| GroupSpec::Cyclic(2 * half)).boxed();
    match wanted {
        Feature::TrivialGroup => with(Groups::Trivial, any_blocks()),
        Feature::Abelian => with(Groups::Abelian, any_blocks()),
        Feature::NonAbelian => with(Groups::NonAbelian, any_blocks()),
        Feature::FreeOrbit => assembled(small(), starting(Points::Regular, false), max_dim),
        Feature::NonFreeOrbit => with(Groups::NonAbelian, starting(Points::Natural, false)),
        Feature::FixedPoint => with(Groups::NonAbelian, starting(Points::Fixed, false)),
        // Flips might happen to undo the signs.
        Feature::SignedOrbit => assembled(even(), starting(Points::Regular, true), max_dim)
            .prop_map(|scene| Scene { flips: vec![], ..scene })
            .boxed(),
        Feature::KilledOrbit => assembled(even(), starting(Points::Fixed, true), max_dim),
        Feature::NonOrthogonal => assembled(small(), starting(Points::Regular, false), max_dim)
            .prop_map(|scene| Scene { shears: vec![1, 0, -1, 1, 1], ..scene })
            .boxed(),
        Feature::Rotated => assembled(small(), starting(Points::Regular, false), max_dim)
            .prop_map(|scene| Scene { shears: vec![1, 2, -1, 3, -2], ..scene })
            .boxed(),
        Feature::Registered => (with(Groups::Any, any_blocks()), registered_representation())
            .prop_map(|(scene, acting)| Scene { acting, ..scene })
            .boxed(),
        Feature::Invariant => with(Groups::Any, any_blocks())
            .prop_map(|scene| Scene { invariant: true, ..scene })
            .boxed(),
        Feature::WideScales => with(Groups::NonAbelian, starting(Points::Natural, false))
            .prop_map(|mut scene| {
                scene.variances[..2].copy_from_slice(&[-5, 4]);
                (scene.spread, scene.invariant) = (8, false);
                scene.variances[0] = 5; // residue 0: 2^−16 against 2^16
                scene
            })
            .boxed(),
        Feature::RepeatedVariances => with(Groups::NonAbelian, starting(Points::Natural, false))
            .prop_map(|mut scene| {
                scene.variances[1] = scene.variances[0];
                scene
            })
            .boxed(),
        Feature::DomainEdge => with(Groups::NonAbelian, starting(Points::Natural, false))
            .prop_map(|mut scene| {
                (scene.spread, scene.invariant) = (EDGE, false);
                // 2^−6 and 2^6 times numbers of moderate size, in both members.
                for offset in [0, 24] {
                    scene.variances[offset..offset + 2].copy_from_slice(&[5, 4]);
                }
                scene
            })
            .boxed(),
        Feature::IsotropicPlane
        | Feature::QuarterTurn
        | Feature::MixingTurn
        | Feature::ChangesVolume => scenes(max_dim),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Instance;
    use super::*;
    use proptest::test_runner::TestRunner;

    #[test]
    fn every_wanted_feature_is_had() {
        let mut runner = TestRunner::deterministic();
        // What comes later are features of other instances.
        let of_scenes = Feature::ALL.iter().take_while(|&&f| f != Feature::IsotropicPlane);
        for &feature in of_scenes {
            for max_dim in [3, 4, 6, 12] {
                let strategy = scenes_with(max_dim, Some(feature));
                for _ in 0..50 {
                    let scene = strategy.new_tree(&mut runner).unwrap().current();
                    assert!(scene.features().contains(feature), "{feature} in {scene:?}");
                }
            }
        }
    }

    /// Whatever the dimension: a new group takes part by one entry.
    #[test]
    fn every_registered_group_is_drawn() {
        let mut runner = TestRunner::deterministic();
        let strategy = scenes(3);
        let mut missing: Vec<GroupSpec> =
            KNOWN.iter().map(|known| GroupSpec::Registered(known.sample)).collect();
        // The rarest is one draw in ten times as many as there are groups: that 10 000 draws miss one of
        // fewer than 100 has a probability below 100·e⁻¹⁰.
        assert!(missing.len() < 100);
        for _ in 0..10_000 {
            let drawn = strategy.new_tree(&mut runner).unwrap().current().group;
            missing.retain(|group| *group != drawn);
        }
        assert!(missing.is_empty(), "never drawn: {missing:?}");
    }
}
