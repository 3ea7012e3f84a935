//! Which of several kinds of subject a check met, and which of them refute.

use super::CONTROL_MARGIN;
use crate::law::Residual;

/// The kinds of subject that a statement is about, of one list: which were met, and on which the statement
/// was grossly violated.
///
/// A statement about all kinds is checked on each; a control that drops a hypothesis must be refuted on
/// each, which the worst residual over all of them does not say.
#[derive(Clone, Copy, Debug)]
pub struct Kinds {
    name: fn(usize) -> &'static str,
    asked: u64,
    met: u64,
    refuted: u64,
}

impl Kinds {
    /// No kinds yet, of a list with these names: 64 at most.
    pub(super) fn named(name: fn(usize) -> &'static str) -> Self {
        Self { name, asked: 0, met: 0, refuted: 0 }
    }

    /// Adds what was found on the kind with this number; `None` if there is none on this instance.
    pub(super) fn add(&mut self, index: usize, found: Option<Residual>) {
        let bit = 1 << index;
        self.asked |= bit;
        if let Some(residual) = found {
            self.met |= bit;
            if residual.violation() >= CONTROL_MARGIN {
                self.refuted |= bit;
            }
        }
    }

    /// What two instances say together.
    pub fn and(self, other: Self) -> Self {
        Self {
            asked: self.asked | other.asked,
            met: self.met | other.met,
            refuted: self.refuted | other.refuted,
            ..self
        }
    }

    /// The number of kinds that the statement is about.
    pub fn count(&self) -> u32 {
        self.asked.count_ones()
    }

    /// The number of those on which it was violated.
    pub fn refuted(&self) -> u32 {
        self.refuted.count_ones()
    }

    /// The names of those that no instance had.
    pub fn missing(&self) -> Vec<&'static str> {
        self.names(self.asked & !self.met)
    }

    /// The names of those on which it was not violated.
    pub fn unrefuted(&self) -> Vec<&'static str> {
        self.names(self.asked & !self.refuted)
    }

    fn names(&self, set: u64) -> Vec<&'static str> {
        (0..64).filter(|k| set >> k & 1 == 1).map(self.name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        About, Claim, ClaimReport, Entry, Evidence, Features, Instance, Outcome, Role, Settings,
        Verdict, run,
    };
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    struct Nothing;

    impl Instance for Nothing {
        fn features(&self) -> Features {
            Features::default()
        }
    }

    fn found(on_b: Option<Residual>) -> Outcome {
        let name = |k: usize| ["a", "b"][k];
        let gross = Outcome::new("part", Residual::new(1.0, 0.0));
        Outcome::vacuous().and_kind(name, 0, Some(gross)).and_kind(
            name,
            1,
            on_b.map(|residual| Outcome::new("part", residual)),
        )
    }

    /// What a run says of a claim with this check.
    fn report(role: Role, check: fn(&Nothing) -> Outcome) -> ClaimReport {
        let about = About {
            id: "A0.test",
            title: "",
            role,
            of: None,
            evidence: Evidence::Exact,
            statement: "",
            hypotheses: &[],
            tolerance: "",
            covers: &[],
            cost: 1,
        };
        let instances = |_| Just(Nothing).boxed();
        let claims: Vec<Box<dyn Claim>> =
            vec![Box::new(Entry { about, instances, check, exact: None })];
        let settings = Settings { seed: 1, cases: 16, ..Settings::default() };
        run(&claims, &settings).claims.remove(0)
    }

    #[test]
    fn a_control_is_to_be_refuted_on_every_kind() {
        let shown = report(Role::Control, |_| found(Some(Residual::new(1.0, 0.0))));
        assert_eq!(shown.verdict, Verdict::Holds);
        assert!(shown.witness.unwrap().starts_with("refuted on 2 of 2 kinds"));
        let half = report(Role::Control, |_| found(Some(Residual::exact(true))));
        assert_eq!(half.verdict, Verdict::Fails);
        assert_eq!(half.reason.unwrap(), "the violation was not shown for: b");
        let absent = report(Role::Control, |_| found(None));
        assert_eq!(absent.verdict, Verdict::Fails);
    }

    fn fine() -> Outcome {
        Outcome::new("part", Residual::exact(true))
    }

    #[test]
    fn a_theorem_must_meet_every_kind() {
        fn met(on_b: Option<Outcome>) -> Outcome {
            let name = |k: usize| ["a", "b"][k];
            Outcome::vacuous().and_kind(name, 0, Some(fine())).and_kind(name, 1, on_b)
        }
        assert_eq!(report(Role::Theorem, |_| met(Some(fine()))).verdict, Verdict::Holds);
        // What has nothing to check is not met.
        assert_eq!(
            report(Role::Theorem, |_| met(Some(Outcome::vacuous()))).verdict,
            Verdict::Fails
        );
        let starved = report(Role::Theorem, |_| met(None));
        assert_eq!(starved.verdict, Verdict::Fails);
        assert_eq!(starved.reason.unwrap(), "16 cases met none of the kind: b");
    }

    #[test]
    fn what_was_met_and_what_refutes() {
        let mut first = Kinds::named(|k| ["a", "b", "c"][k]);
        first.add(0, Some(Residual::new(1.0, 1e-9)));
        first.add(1, Some(Residual::new(1.0, 0.1)));
        first.add(2, None);
        assert_eq!((first.count(), first.refuted()), (3, 1));
        assert_eq!((first.missing(), first.unrefuted()), (vec!["c"], vec!["b", "c"]));
        let mut second = Kinds::named(|k| ["a", "b", "c"][k]);
        second.add(2, Some(Residual::new(1.0, 0.0)));
        // A failed check refutes nothing.
        second.add(1, Some(Residual::failed()));
        assert_eq!(first.and(second).unrefuted(), ["b"]);
        assert_eq!(first.and(second).missing(), [] as [&str; 0]);
    }
}
