//! An entry of the catalogue with more than a check: an enclosed twin, a search for tight instances.

use super::entry::STRATIFIED;
use super::seek::{self, Seeking, Sought, told};
use super::{About, Case, Claim, Design, Entry, Instance, Mode, Outcome, Rate};

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
    rates: Option<fn(&I) -> Vec<Rate>>,
    design: Option<Design>,
}

impl<I: Instance + 'static> Entry<I> {
    /// The same with a twin in directed rounding, in which an inequality is proved or refuted for its instance, or left
    /// undecided: with an infinite tolerance.
    pub fn enclosed(self, check: fn(&I) -> Outcome) -> Extended<I> {
        Extended { enclosed: Some(check), ..Extended::from(self) }
    }

    /// The same with a search for tight instances.
    pub fn sought(self, seeking: Seeking<I>) -> Extended<I> {
        Extended { seeking: Some(seeking), ..Extended::from(self) }
    }

    /// The same as a statistical check, which has declared how many instances it draws, and is not shrunk: that would be
    /// to draw again.
    pub fn declared(self, design: Design) -> Extended<I> {
        Extended { design: Some(design), ..Extended::from(self) }
    }

    /// The same with slopes to be shown: of the first instance that has some.
    pub fn with_rates(self, rates: fn(&I) -> Vec<Rate>) -> Extended<I> {
        Extended { rates: Some(rates), ..Extended::from(self) }
    }
}

impl<I: Instance + 'static> From<Entry<I>> for Extended<I> {
    fn from(entry: Entry<I>) -> Self {
        Self { entry, enclosed: None, seeking: None, rates: None, design: None }
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

    fn design(&self) -> Option<Design> {
        self.design
    }

    fn witness(&self, seed: u64, index: usize, mode: Mode) -> String {
        if self.design.is_some() {
            let instance = self.entry.instance(seed, index);
            return told(&instance, &self.entry.outcome(&instance, mode));
        }
        match (mode, self.enclosed) {
            (Mode::Enclosed, Some(check)) => self.entry.smallest(seed, index, check),
            _ => self.entry.witness(seed, index, mode),
        }
    }

    fn seek(&self, seed: u64, cases: usize, from: usize) -> Option<Sought> {
        self.seeking.as_ref().map(|seeking| seek::seek(&self.entry, seeking, seed, cases, from))
    }

    fn rates(&self, seed: u64) -> Vec<Rate> {
        let Some(rates) = self.rates else { return vec![] };
        let each = (0..STRATIFIED).map(|index| rates(&self.entry.instance(seed, index)));
        each.into_iter().find(|rates| !rates.is_empty()).unwrap_or_default()
    }
}
