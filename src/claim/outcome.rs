//! What a claim's check found on one instance.

use super::{Features, Instance, Kinds};
use crate::law::Residual;

/// The worst residual of a check's parts, and how tight a bound was.
///
/// # Examples
/// ```
/// use equibayes::claim::Outcome;
/// use equibayes::law::Residual;
///
/// let outcome = Outcome::new("P² = P", Residual::new(1e-16, 1e-15))
///     .and("tr P = dim V^G", Residual::new(5e-16, 1e-15));
/// assert_eq!(outcome.part(), "tr P = dim V^G");
/// assert!(outcome.residual().holds());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// What the part is of, where a check goes through several subjects.
    subject: Option<&'static str>,
    part: &'static str,
    residual: Residual,
    tightness: Option<f64>,
    unchecked: bool,
    partial: bool,
    kinds: Option<Kinds>,
    features: Option<Features>,
}

impl Outcome {
    /// The residual of one part of a statement.
    pub fn new(part: &'static str, residual: Residual) -> Self {
        Self {
            subject: None,
            part,
            residual,
            tightness: None,
            unchecked: !residual.is_checked(),
            partial: false,
            kinds: None,
            features: None,
        }
    }

    /// A statement with nothing to check on this instance.
    pub fn vacuous() -> Self {
        Self::new("", Residual::exact(true))
    }

    /// Adds a part; the worst residual is kept.
    pub fn and(mut self, part: &'static str, residual: Residual) -> Self {
        self.unchecked |= !residual.is_checked();
        if residual.ratio() > self.residual.ratio() || self.part.is_empty() {
            (self.subject, self.part, self.residual) = (None, part, residual);
        }
        self
    }

    /// Adds what was found on another subject of the same statement: one of several families, say.
    pub fn and_of(mut self, subject: &'static str, other: Self) -> Self {
        self.unchecked |= other.unchecked;
        self.partial |= other.partial;
        self.tightness = match (self.tightness, other.tightness) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        };
        if other.residual.ratio() > self.residual.ratio() || self.part.is_empty() {
            self.subject = Some(subject);
            (self.part, self.residual) = (other.part, other.residual);
        }
        self
    }

    /// Adds what was found on one of the kinds of subject that the statement is about, by its number among
    /// `name`; `None` or nothing to check if this instance has none of the kind. A control must be refuted on each of them.
    pub(super) fn and_kind(
        self,
        name: fn(usize) -> &'static str,
        index: usize,
        found: Option<Self>,
    ) -> Self {
        let found = found.filter(|outcome| !outcome.is_vacuous());
        let mut kinds = self.kinds.unwrap_or_else(|| Kinds::named(name));
        kinds.add(index, found.map(|outcome| outcome.residual));
        let next = match found {
            Some(found) => self.and_of(name(index), found),
            None => self,
        };
        Self { kinds: Some(kinds), ..next }
    }

    /// The kinds of subject that were gone through, where the statement is about several.
    pub fn kinds(&self) -> Option<Kinds> {
        self.kinds
    }

    /// Adds an inequality `lhs ≤ rhs`, held against a tolerance for rounding. Where the right side
    /// stands above a thousand tolerances, `lhs/rhs` counts towards the tightness.
    pub fn bounded(self, part: &'static str, lhs: f64, rhs: f64, tolerance: f64) -> Self {
        let excess = lhs - rhs;
        // Not `max`, which would drop a NaN.
        let error = if excess <= 0.0 { 0.0 } else { excess };
        let mut next = self.and(part, Residual::new(error, tolerance));
        if rhs > 1e3 * tolerance && error <= tolerance {
            let tightness = (lhs / rhs).clamp(0.0, 1.0);
            next.tightness = Some(next.tightness.map_or(tightness, |old| old.max(tightness)));
        }
        next
    }

    /// Adds how tight a bound was found, where that is not from one instance: a quantile over what it bounds.
    pub(super) fn tight(self, tightness: f64) -> Self {
        let tightness = tightness.clamp(0.0, 1.0);
        let largest = self.tightness.map_or(tightness, |old| old.max(tightness));
        Self { tightness: Some(largest), ..self }
    }

    /// Says that the check was made on this instance in place of the one that was drawn: one that is smaller, or
    /// less extreme.
    pub fn on(self, instance: &impl Instance) -> Self {
        Self { features: Some(instance.features()), ..self }
    }

    /// The kinds of the instance that the check was made on, where that is not the one that was drawn.
    pub fn features(&self) -> Option<Features> {
        self.features
    }

    /// Says that the statement has more parts than were checked here: what an exact twin says that
    /// cannot follow the statement into logarithms or square roots.
    pub fn partial(self) -> Self {
        Self { partial: true, ..self }
    }

    /// Whether the statement has more parts than were checked.
    pub fn is_partial(&self) -> bool {
        self.partial
    }

    /// Whether some part had an infinite tolerance, and so nothing to be held against.
    pub fn is_unchecked(&self) -> bool {
        self.unchecked
    }

    /// Whether there was nothing to check on this instance.
    pub fn is_vacuous(&self) -> bool {
        self.part.is_empty() && self.residual.error() == 0.0
    }

    /// The part with the worst residual.
    pub fn part(&self) -> &'static str {
        self.part
    }

    /// What the part with the worst residual is of, where a check goes through several subjects.
    pub fn subject(&self) -> Option<&'static str> {
        self.subject
    }

    /// The worst residual.
    pub fn residual(&self) -> Residual {
        self.residual
    }

    /// The largest `lhs/rhs` of a bound.
    pub fn tightness(&self) -> Option<f64> {
        self.tightness
    }
}
