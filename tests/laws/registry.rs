//! What is in the registry inherits the laws of its kind.

use super::budget::{MEDIAN, hoeffding, median_of_means, share};
use equibayes::claim::registry;
use equibayes::claim::registry::families::{
    Action, FamilyEntry, FamilyVisitor, each_family, registered,
};
use equibayes::claim::registry::location_scale::{
    LocationScaleEntry, LocationScaleVisitor, each_location_scale,
};
use equibayes::claim::registry::representations::REPRESENTATIONS;
use equibayes::claim::scene::{Block, GroupSpec, Points, Scene, Which};
use equibayes::family::LocationScale;
use equibayes::group::Finite;
use equibayes::law;
use equibayes::representation::{ActsOn, Representation};
use equibayes::scalar::{Rational, Scalar};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

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
            acting: 0,
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

/// Runs the kits of every family on one scene, the family's own where no registered representation acts.
struct Kits<'a> {
    scene: &'a Scene,
    /// The types of the families.
    families: Vec<&'static str>,
    /// The registered representations that acted.
    acted: BTreeSet<&'static str>,
}

impl FamilyVisitor for Kits<'_> {
    fn visit<E: FamilyEntry>(&mut self) {
        let scene = self.scene;
        let acting = registered(E::Action::MATRICES, scene).find(|&(k, _)| k == scene.acting);
        // What is too large leaves its place to another, or to the scene's own representation: that is not new.
        if scene.acting > 0 && acting.is_none() {
            return;
        }
        self.acted.extend(acting.map(|(_, entry)| entry.name));
        self.families.push(std::any::type_name::<E::Family>());
        let posed = |rng: &mut ChaCha8Rng| {
            E::pose::<f64>(&with_numbers(scene, rng), Which::Q).expect("a scene is valid")
        };
        let family = E::pose::<f64>(scene, Which::Q).expect("a scene is valid").family().clone();
        let rep = E::rep::<f64>(scene);
        let mut kits = vec![law::closed(&family, &rep, posed)];
        if scene.acting == 0 {
            kits.push(law::family(&family, posed));
        }
        for kit in kits {
            let report = kit.run(1, if scene.acting == 0 { 16 } else { 4 });
            let of = acting.map_or("its own", |(_, entry)| entry.name);
            assert!(report.holds(), "{} under {of}: {report}", E::NAME);
        }
    }
}

/// Scenes with two coordinates, and with three.
fn family_scenes() -> [Scene; 3] {
    let block = |points, signed| Block { points, signed };
    [
        (GroupSpec::Cyclic(2), vec![block(Points::Natural, true)]),
        (GroupSpec::Cyclic(2), vec![block(Points::Natural, true), block(Points::Fixed, false)]),
        (GroupSpec::Dihedral(3), vec![block(Points::Natural, true)]),
    ]
    .map(|(group, blocks)| Scene {
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
        acting: 0,
    })
}

#[test]
fn registered_families_obey_the_laws() {
    for scene in family_scenes() {
        let mut kits = Kits { scene: &scene, families: vec![], acted: BTreeSet::new() };
        each_family(&mut kits);
        assert!(!kits.families.is_empty());
    }
}

/// A representation is registered once, and acts on every family that is closed under its kind.
#[test]
fn registered_families_are_closed_under_registered_representations() {
    let mut acted = BTreeSet::new();
    for scene in family_scenes() {
        for acting in 1..=REPRESENTATIONS.len() {
            let scene = Scene { acting, ..scene.clone() };
            let mut kits = Kits { scene: &scene, families: vec![], acted: BTreeSet::new() };
            each_family(&mut kits);
            acted.extend(kits.acted);
        }
    }
    let all: BTreeSet<_> = REPRESENTATIONS.iter().map(|entry| entry.name).collect();
    assert_eq!(acted, all);
}

/// What stands between `before` and the next character that is not of a name, on every line of the library's families
/// that has it.
fn named_in_the_library(before: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/family");
    let mut names = BTreeSet::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = if path.is_file() { fs::read_to_string(path).unwrap() } else { String::new() };
        for line in text.lines().filter(|line| line.starts_with("impl")) {
            if let Some((_, rest)) = line.split_once(before) {
                names.insert(rest.chars().take_while(|c| c.is_alphanumeric()).collect());
            }
        }
    }
    names
}

/// The names in a list of types.
fn names_of(types: &[&str]) -> BTreeSet<String> {
    let words = |name: &&str| -> Vec<String> {
        name.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect()
    };
    types.iter().flat_map(words).collect()
}

#[test]
fn every_family_of_the_library_is_registered() {
    struct Types(Vec<&'static str>);
    impl FamilyVisitor for Types {
        fn visit<E: FamilyEntry>(&mut self) {
            self.0.push(std::any::type_name::<E::Family>());
        }
    }
    let mut types = Types(vec![]);
    each_family(&mut types);
    let registered = names_of(&types.0);
    let mut found = 0;
    // Families, what they are made of where they are of independent coordinates, and encodings of spins.
    for what in [" ExponentialFamily for ", " Univariate for ", " SpinEncoding for "] {
        let library = named_in_the_library(what);
        let missing: Vec<_> = library.difference(&registered).collect();
        assert!(missing.is_empty(), "in src/family, but not in the registry: {missing:?}");
        found += library.len();
    }
    assert!(found > 12, "families are no longer found by how their impls begin");
}

struct LocationScales(Vec<&'static str>);

impl LocationScaleVisitor for LocationScales {
    fn visit<E: LocationScaleEntry>(&mut self) {
        self.0.push(std::any::type_name::<E::Float>());
        let log = <E::Float as LocationScale<f64>>::log_standard_density;
        // ∫ f and ∫ z² f over both halves of the line, by the trapezoidal rule in ln |z|: for integrands that are analytic in
        // a strip its error falls like e^{−c/h}, far below what some hundred terms round.
        let step = 1.0 / 64.0;
        let (mut mass, mut square) = (0.0, 0.0);
        for k in -2560..=512 {
            let z = (f64::from(k) * step).exp();
            assert_eq!(log(z), log(-z), "{}", E::NAME);
            let weight = 2.0 * z * step * log(z).exp();
            mass += weight;
            square += weight * z * z;
        }
        // What is left out below e^−40 is less than that; a sum of 3072 positive terms.
        let rounding = 4000.0 * f64::EPSILON;
        assert!((mass - 1.0).abs() < rounding, "{}: {mass}", E::NAME);
        assert!((square - E::SQUARE).abs() < rounding * E::SQUARE, "{}: {square}", E::NAME);
        // The energy is ln f up to constants.
        let energy = |x: i64| E::energy(&Rational::ratio(x, 1)).nearest_f64();
        for x in [2, 3, 5] {
            let (fall, unit) = (log(0.0) - log(x as f64), log(0.0) - log(1.0));
            let ratio = energy(x) / energy(1);
            // A dozen roundings of numbers below fall + ln 2π.
            let tolerance = 12.0 * f64::EPSILON * (fall + 2.0) * (1.0 + ratio);
            assert!((fall - ratio * unit).abs() < tolerance, "{}: {fall} at {x}", E::NAME);
        }
        // Draws: z² has a standard deviation below 5. A mean square that is off by a seventh is seen, and so are signs by a two-hundredth.
        let mut rng = ChaCha8Rng::seed_from_u64(11);
        let n = 1 << 20;
        let draws: Vec<f64> =
            (0..n).map(|_| <E::Float as LocationScale<f64>>::standard_sample(&mut rng)).collect();
        let squares: Vec<f64> = draws.iter().map(|z| z * z).collect();
        let (square, allowed) = median_of_means(&squares, 25.0);
        assert!((square - E::SQUARE).abs() <= allowed, "{}: {square} ± {allowed}", E::NAME);
        let up = draws.iter().filter(|&&z| z > 0.0).count() as f64 / n as f64;
        let of_each = share("draws of standard laws") / FAMILIES - MEDIAN;
        let allowed = hoeffding(n, 1.0, of_each);
        assert!((up - 0.5).abs() <= allowed, "{}: {up} ± {allowed}", E::NAME);
    }
}

/// How many families have a part of the share.
const FAMILIES: f64 = 10.0;

#[test]
fn location_scale_families_are_registered_with_their_standard_law() {
    let mut visitor = LocationScales(vec![]);
    each_location_scale(&mut visitor);
    assert!(visitor.0.len() as f64 <= FAMILIES);
    let registered = names_of(&visitor.0);
    // Of `Member<Family, T>` the family counts.
    for name in named_in_the_library(" LocationScale<T> for ") {
        assert!(name == "Member" || registered.contains(&name), "{name} is not registered");
    }
    let members = named_in_the_library(" LocationScale<T> for Member<");
    assert!(members.is_subset(&registered) && !members.is_empty(), "{members:?}");
}
