//! Instances on which controls must fail: random scenes, with the few things fixed that the violation
//! hangs on, so that even a single case shows it.

use super::super::scene::{GroupSpec, Scene};
use super::super::{Feature, strategy};
use crate::group::{Finite, Group};
use proptest::prop_oneof;
use proptest::strategy::{BoxedStrategy, Strategy};

/// Scales that are not so wide that rounding covers everything, and members that are not invariant.
pub(super) fn plain(scene: Scene) -> Scene {
    Scene { spread: scene.spread.min(1), invariant: false, ..scene }
}

/// Where the means and variances of the second Gaussian begin.
const SECOND: usize = 24;

/// Two members whose first means and variances differ.
pub(super) fn distinct(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    strategy::scenes_with(4, wanted)
        .prop_map(|scene| {
            let mut scene = plain(scene);
            (scene.means[0], scene.means[SECOND]) = (1, -2);
            (scene.variances[0], scene.variances[SECOND]) = (1, 2);
            scene
        })
        .boxed()
}

/// Two equal members with variances above 1, so that `A > 0`.
pub(super) fn equal_and_wide(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    strategy::scenes_with(4, wanted)
        .prop_map(|scene| {
            let (means, variances) = (vec![1], vec![4]);
            Scene { shears: vec![0], means, variances, ..plain(scene) }
        })
        .boxed()
}

/// The cyclic group of the given order, at most 3 for room in exact arithmetic, whose generator mixes
/// coordinates with different variances.
fn mixing(order: usize) -> BoxedStrategy<Scene> {
    strategy::scenes_with(4, Some(Feature::NonOrthogonal))
        .prop_map(move |scene| Scene {
            group: GroupSpec::Cyclic(order),
            picks: vec![1],
            flips: vec![],
            shuffle: vec![],
            variances: vec![0, 1, 2, 3],
            ..plain(scene)
        })
        .boxed()
}

/// An element that does not act orthogonally.
pub(super) fn sheared(_: Option<Feature>) -> BoxedStrategy<Scene> {
    prop_oneof![mixing(2), mixing(3)].boxed()
}

/// The same, and its inverse is another element: for an involution `τ⁻ᵀ` and `τᵀ` are equal.
pub(super) fn turned(_: Option<Feature>) -> BoxedStrategy<Scene> {
    mixing(3)
}

/// A generator that negates a coordinate whose mean is not 0.
pub(super) fn negated(_: Option<Feature>) -> BoxedStrategy<Scene> {
    strategy::scenes_with(4, Some(Feature::KilledOrbit))
        .prop_map(|scene| Scene { picks: vec![1], means: vec![3], ..plain(scene) })
        .boxed()
}

/// Two elements that do not commute, acting faithfully on coordinates with different variances.
pub(super) fn non_commuting(_: Option<Feature>) -> BoxedStrategy<Scene> {
    strategy::scenes_with(4, Some(Feature::NonFreeOrbit))
        .prop_map(|scene| {
            let group = scene.group();
            let order = group.small_order().unwrap_or(1);
            let differ = |&(i, j): &(usize, usize)| {
                let (g, h) = (group.element(i), group.element(j));
                group.compose(&g, &h) != group.compose(&h, &g)
            };
            let mut pairs = (0..order).flat_map(|i| (0..order).map(move |j| (i, j)));
            let (i, j) = pairs.find(differ).unwrap_or_default();
            Scene { picks: vec![i, j], variances: vec![0, 1, 2, 3], ..plain(scene) }
        })
        .boxed()
}

#[cfg(test)]
mod tests {
    use super::super::super::Instance;
    use super::*;
    use proptest::test_runner::TestRunner;

    #[test]
    fn instances_are_what_they_say() {
        let mut runner = TestRunner::deterministic();
        let mut draw = |strategy: BoxedStrategy<Scene>| {
            proptest::strategy::ValueTree::current(&strategy.new_tree(&mut runner).unwrap())
        };
        for _ in 0..50 {
            assert!(draw(sheared(None)).features().contains(Feature::NonOrthogonal));
            assert!(draw(negated(None)).features().contains(Feature::KilledOrbit));
            let scene = draw(non_commuting(None));
            let (group, g, h) = (scene.group(), scene.element(0), scene.element(1));
            assert_ne!(group.compose(&g, &h), group.compose(&h, &g));
        }
    }
}
