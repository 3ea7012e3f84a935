//! What is in the registry inherits the laws of its kind.

use equibayes::claim::registry;
use equibayes::claim::registry::families::{FamilyEntry, FamilyVisitor, each_family};
use equibayes::claim::registry::representations::REPRESENTATIONS;
use equibayes::claim::scene::{Block, GroupSpec, Points, Scene, Which};
use equibayes::group::Finite;
use equibayes::law;
use equibayes::representation::{ActsOn, Representation};
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
    let mut names: Vec<_> = REPRESENTATIONS.iter().map(|entry| entry.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), REPRESENTATIONS.len());
}

#[test]
fn registered_representations_of_registered_groups_obey_the_laws_of_what_they_promise() {
    let block = |points, signed| Block { points, signed };
    let mut met = vec![0; REPRESENTATIONS.len()];
    for sample in registry::samples() {
        let scene = Scene {
            group: GroupSpec::Registered(sample),
            blocks: vec![block(Points::Natural, true), block(Points::Fixed, true)],
            shuffle: vec![1, 0, 1],
            flips: vec![false, true],
            max_dim: 4,
            shears: vec![1, 0, -1, 1],
            means: vec![1, -2, 3],
            variances: vec![1, 2, 3],
            spread: 1,
            invariant: false,
            picks: vec![1, 2, 1, 3],
        };
        for (entry, count) in REPRESENTATIONS.iter().zip(&mut met) {
            let Some(rep) = entry.on::<f64>(&scene) else { continue };
            let of = format!("{} of {sample:?}", entry.name);
            assert_eq!(rep.dim(), (entry.dim)(&scene), "{of}");
            for g in rep.group().elements() {
                let character = (entry.character)(&scene, &g) as f64;
                // Sums of up to 16 products of small numbers; the character is a whole number.
                assert!((rep.character(&g) - character).abs() < 0.25, "{of} at {g:?}");
            }
            *count += 1;
            // The kits on one group of each kind, its largest.
            if sample.entry.samples.last() != Some(&sample.parameters) {
                continue;
            }
            for kit in (entry.kits)(&scene) {
                let report = kit.run(1, 4);
                assert!(report.holds(), "{of}: {report}");
            }
        }
    }
    for (entry, count) in REPRESENTATIONS.iter().zip(met) {
        assert!(count >= 12, "{entry:?} is too large for all but {count} groups");
    }
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
