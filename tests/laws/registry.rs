//! What is in the registry inherits the laws of its kind.

use equibayes::claim::registry;
use equibayes::claim::registry::families::{FamilyEntry, FamilyVisitor, each_family};
use equibayes::claim::scene::{Block, GroupSpec, Points, Scene, Which};
use equibayes::group::Finite;
use equibayes::law;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

#[test]
fn registered_groups_obey_the_laws_and_have_their_known_orders() {
    for sample in registry::samples() {
        let group = sample.build();
        assert_eq!(group.order(), sample.order().into(), "{sample:?}");
        law::finite_group(&group).assert();
    }
}

#[test]
fn names_are_unique() {
    let mut names: Vec<_> = registry::GROUPS.iter().map(|entry| entry.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), registry::GROUPS.len());
}

/// A scene with new numbers for its members.
fn with_numbers(scene: &Scene, rng: &mut ChaCha8Rng) -> Scene {
    let mut numbers = || (0..48).map(|_| rng.random_range(-9..=9)).collect();
    Scene { means: numbers(), variances: numbers(), ..scene.clone() }
}

/// Runs the kits of every family on one scene.
struct Kits<'a>(&'a Scene, usize);

impl FamilyVisitor for Kits<'_> {
    fn visit<E: FamilyEntry>(&mut self) {
        let Self(scene, count) = self;
        let posed = |rng: &mut ChaCha8Rng| {
            E::pose::<f64>(&with_numbers(scene, rng), Which::Q).expect("a scene is valid")
        };
        let family = E::pose::<f64>(scene, Which::Q).expect("a scene is valid").family().clone();
        let rep = E::rep::<f64>(scene);
        for kit in [law::family(&family, posed), law::closed(&family, &rep, posed)] {
            let report = kit.run(1, 16);
            assert!(report.holds(), "{}: {report}", E::NAME);
        }
        *count += 1;
    }
}

#[test]
fn registered_families_obey_the_laws() {
    let block = |points, signed| Block { points, signed };
    for (group, blocks) in [
        (GroupSpec::Cyclic(2), vec![block(Points::Natural, true), block(Points::Fixed, false)]),
        (GroupSpec::Dihedral(3), vec![block(Points::Natural, true)]),
    ] {
        let scene = Scene {
            group,
            blocks,
            shuffle: vec![],
            flips: vec![],
            max_dim: 3,
            shears: vec![1, 0, -1],
            means: vec![1, -2, 3],
            variances: vec![1, 2, 3],
            spread: 1,
            invariant: false,
            picks: vec![1, 2],
        };
        let mut kits = Kits(&scene, 0);
        each_family(&mut kits);
        assert_eq!(kits.1, 16, "families in the registry");
    }
}
