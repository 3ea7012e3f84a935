//! A1–A4 for every registered representation: what holds for representations in general.

pub(super) mod dual;
pub(super) mod exact;
pub(super) mod fixed_spaces;
pub(super) mod homomorphism;
pub(super) mod reynolds;

use super::{CONTROL, THEOREM};
use crate::claim::compare::magnitude;
use crate::claim::registry::representations::{
    Matrices, Posed, REPRESENTATIONS, RepresentationEntry,
};
use crate::claim::rounding::{Judge, all_close};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Feature, Outcome, strategy};
use crate::group::{AnyElement, AnyGroup, Finite, FinitelyGenerated};
use crate::law::Residual;
use crate::representation::{AnyRepresentation, Representation};
use proptest::strategy::{BoxedStrategy, Strategy};

const EVERY: &[&str] = &["finite group", "every registered representation"];
const KINDS: &[Feature] = &[
    Feature::TrivialGroup,
    Feature::Abelian,
    Feature::NonAbelian,
    Feature::SignedOrbit,
    Feature::KilledOrbit,
    Feature::NonOrthogonal,
];

const TOLERANCE: &str = "by running error analysis: the bounds that both sides carry";

/// A case goes through all the representations.
const COST: usize = 8;

/// A statement about representations in general.
const EVERY_THEOREM: About =
    About { hypotheses: EVERY, tolerance: TOLERANCE, covers: KINDS, cost: COST, ..THEOREM };

/// As [`EVERY_THEOREM`], with a hypothesis dropped: to be refuted on every representation that it is
/// false for.
const EVERY_CONTROL: About = About { tolerance: TOLERANCE, cost: COST, ..CONTROL };

/// Scenes on at most four coordinates, scales within a factor of a hundred.
fn scenes(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    strategy::scenes_with(4, wanted)
        .prop_map(|scene| Scene { spread: scene.spread.min(1), invariant: false, ..scene })
        .boxed()
}

/// Non-abelian groups that move some of their coordinates, in a basis that is not orthogonal.
fn moving(_: Option<Feature>) -> BoxedStrategy<Scene> {
    scenes(Some(Feature::NonFreeOrbit))
        .prop_map(|scene| Scene { shears: vec![1, 0, -1, 1, 1], ..scene })
        .boxed()
}

fn all(_: &RepresentationEntry) -> bool {
    true
}

fn moves(entry: &RepresentationEntry) -> bool {
    entry.moves
}

fn not_orthogonal(entry: &RepresentationEntry) -> bool {
    entry.matrices > Matrices::Orthogonal
}

/// A registered representation on a scene.
struct Subject<'a, T: Posed> {
    entry: &'a RepresentationEntry,
    scene: &'a Scene,
    rep: AnyRepresentation<T>,
}

impl<T: Posed> Subject<'_, T> {
    /// The group that acts: not the scene's where the representation is a restriction.
    fn group(&self) -> &AnyGroup {
        self.rep.group()
    }

    /// The element with the scene's `k`-th pick.
    fn element(&self, k: usize) -> AnyElement {
        let order = self.group().small_order().unwrap_or(1);
        self.group().element(self.scene.picks.get(k).copied().unwrap_or(0) % order)
    }

    /// A generator, chosen by the scene's first pick; the identity if there is none.
    fn generator(&self) -> AnyElement {
        let generators = self.group().generators();
        let pick = self.scene.picks.first().copied().unwrap_or(0);
        match generators.len() {
            0 => self.group().element(0),
            count => generators[pick % count].clone(),
        }
    }

    /// As many numbers as there are coordinates, in twelfths.
    fn vector(&self, which: Which) -> Vec<T> {
        super::vector(self.scene, which, self.rep.dim())
    }

    /// `Σ_g χ(g)` as it is known, if it is a multiple of the order: then the quotient is `dim V^G`.
    fn known_fixed_dim(&self) -> Option<usize> {
        let sum: i64 =
            self.group().elements().map(|g| (self.entry.character)(self.scene, &g)).sum();
        let order = i64::try_from(self.group().small_order()?).ok()?;
        (sum % order == 0).then(|| usize::try_from(sum / order).ok()).flatten()
    }
}

/// A check on every registered representation that `applies` chooses.
fn every<T: Posed>(
    scene: &Scene,
    applies: fn(&RepresentationEntry) -> bool,
    check: impl Fn(&Subject<T>) -> Outcome,
) -> Outcome {
    REPRESENTATIONS.iter().enumerate().filter(|(_, entry)| applies(entry)).fold(
        Outcome::vacuous(),
        |outcome, (index, entry)| {
            let rep = entry.on(scene);
            let found = rep.map(|rep| check(&Subject { entry, scene, rep }));
            outcome.and_kind(|index| REPRESENTATIONS[index].name, index, found)
        },
    )
}

/// How two lists of numbers are held against each other.
type Near<T> = fn(&[T], &[T]) -> Residual;

/// Within what rounding can have put between them.
fn near<T: Judge>(a: &[T], b: &[T]) -> Residual {
    all_close(a, b)
}

/// As `==` has it, whatever was rounded.
fn equal<T: Judge>(a: &[T], b: &[T]) -> Residual {
    if a.len() != b.len() {
        return Residual::failed();
    }
    a.iter()
        .zip(b)
        .map(|(a, b)| Residual::new(magnitude(&(a.clone() - b.clone())), 0.0))
        .fold(Residual::exact(true), Residual::worse)
}
