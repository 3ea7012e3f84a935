//! An entry of the catalogue with more than a check: an enclosed twin, a search for tight instances.

use super::seek::{self, Seeking, Sought};
use super::{About, Case, Claim, Entry, Instance, Mode, Outcome};

/// An [`Entry`] with what only some claims have.
///
/// # Examples
/// ```
/// use equibayes::claim::{About, Claim, Entry, Evidence, Outcome, Role, strategy};
///
/// let about = About {
///     id: "B1.zero",
///     title: "zero is at most one",
///     role: Role::Bound,
///     of: None,
///     evidence: Evidence::Float,
///     statement: "0 ≤ 1",
///     hypotheses: &[],
///     tolerance: "none",
///     covers: &[],
///     cost: 1,
/// };
/// let check = |_: &_| Outcome::vacuous().bounded("0 ≤ 1", 0.0, 1.0, 0.0);
/// let instances = |_| strategy::scenes(2);
/// let entry = Entry { about, instances, check, exact: None }.enclosed(check);
/// assert!(entry.has_enclosed_twin());
/// ```
pub struct Extended<I: Instance + 'static> {
    entry: Entry<I>,
    enclosed: Option<fn(&I) -> Outcome>,
    seeking: Option<Seeking<I>>,
}

impl<I: Instance + 'static> Entry<I> {
    /// The same with a twin in directed rounding, in which an inequality is proved or refuted for its instance, or left
    /// undecided: with an infinite tolerance.
    pub fn enclosed(self, check: fn(&I) -> Outcome) -> Extended<I> {
        Extended { entry: self, enclosed: Some(check), seeking: None }
    }

    /// The same with a search for tight instances.
    pub fn sought(self, seeking: Seeking<I>) -> Extended<I> {
        Extended { entry: self, enclosed: None, seeking: Some(seeking) }
    }
}

impl<I: Instance + 'static> Extended<I> {
    /// The same with a twin in directed rounding: see [`Entry::enclosed`].
    pub fn enclosed(self, check: fn(&I) -> Outcome) -> Self {
        Self { enclosed: Some(check), ..self }
    }
}

impl<I: Instance + 'static> Claim for Extended<I> {
    fn about(&self) -> &About {
        self.entry.about()
    }

    fn has_exact_twin(&self) -> bool {
        self.entry.has_exact_twin()
    }

    fn has_enclosed_twin(&self) -> bool {
        self.enclosed.is_some()
    }

    fn case(&self, seed: u64, index: usize, mode: Mode) -> Case {
        match (mode, self.enclosed) {
            (Mode::Enclosed, Some(check)) => {
                let instance = self.entry.instance(seed, index);
                Case::of(&instance, check(&instance))
            }
            _ => self.entry.case(seed, index, mode),
        }
    }

    fn witness(&self, seed: u64, index: usize, mode: Mode) -> String {
        match (mode, self.enclosed) {
            (Mode::Enclosed, Some(check)) => self.entry.smallest(seed, index, check),
            _ => self.entry.witness(seed, index, mode),
        }
    }

    fn seek(&self, seed: u64, cases: usize, from: usize) -> Option<Sought> {
        self.seeking.as_ref().map(|seeking| seek::seek(&self.entry, seeking, seed, cases, from))
    }
}
