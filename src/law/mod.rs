//! Conformance kits: what any group, representation, family, action or symmetrisation must satisfy.
//!
//! A law is a value: a name, a statement, and a check that returns the residual, the tolerance it is
//! held against and the instance where it was found. The crate's own tests run the same kits, so a
//! type of yours is held to what ours are held to:
//!
//! ```
//! use equibayes::group::Cyclic;
//! use equibayes::law;
//!
//! law::group(&Cyclic::new(6)?).assert();
//! # Ok::<(), equibayes::group::GroupError>(())
//! ```

mod residual;

pub use residual::Residual;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::fmt;

/// What one check of a law found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The error and its tolerance.
    pub residual: Residual,
    /// The instance, for the message.
    pub witness: String,
}

type Check<'a> = Box<dyn Fn(&mut ChaCha8Rng) -> Finding + 'a>;

/// One law: a name, what it says, and a check of it on a random instance.
pub struct Law<'a> {
    name: &'static str,
    statement: &'static str,
    check: Check<'a>,
}

impl<'a> Law<'a> {
    /// A law, with a check that draws its instance from the generator it is given.
    pub fn new(
        name: &'static str,
        statement: &'static str,
        check: impl Fn(&mut ChaCha8Rng) -> Finding + 'a,
    ) -> Self {
        Self { name, statement, check: Box::new(check) }
    }

    /// A short name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What the law says, as a formula.
    pub fn statement(&self) -> &'static str {
        self.statement
    }
}

/// All laws of one subject.
#[must_use = "laws do nothing until they are run or asserted"]
pub struct Laws<'a> {
    subject: String,
    laws: Vec<Law<'a>>,
}

/// The outcome of one law over its random instances.
#[derive(Clone, Debug)]
pub struct LawResult {
    /// The law's name.
    pub name: &'static str,
    /// What it says.
    pub statement: &'static str,
    /// The finding with the largest ratio.
    pub worst: Finding,
}

/// The outcome of a kit.
#[derive(Clone, Debug)]
pub struct LawReport {
    /// What was checked.
    pub subject: String,
    /// How many random instances each law was checked on.
    pub cases: usize,
    /// One result for each law.
    pub results: Vec<LawResult>,
}

impl<'a> Laws<'a> {
    /// A kit for a subject.
    pub fn new(subject: impl Into<String>, laws: Vec<Law<'a>>) -> Self {
        Self { subject: subject.into(), laws }
    }

    /// The laws of another kit as well.
    pub fn and(mut self, other: Laws<'a>) -> Self {
        self.laws.extend(other.laws);
        self
    }

    /// The laws.
    pub fn laws(&self) -> &[Law<'a>] {
        &self.laws
    }

    /// Checks every law on `cases` random instances. The same seed gives the same report.
    pub fn run(&self, seed: u64, cases: usize) -> LawReport {
        let results = self
            .laws
            .iter()
            .enumerate()
            .filter_map(|(index, law)| {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                rng.set_stream(index as u64);
                let worst = (0..cases.max(1))
                    .map(|_| (law.check)(&mut rng))
                    .reduce(|a, b| if b.residual.ratio() > a.residual.ratio() { b } else { a })?;
                Some(LawResult { name: law.name, statement: law.statement, worst })
            })
            .collect();
        LawReport { subject: self.subject.clone(), cases: cases.max(1), results }
    }

    /// Checks every law on 64 random instances.
    ///
    /// # Panics
    /// If a law fails, with the law and the instance.
    #[track_caller]
    pub fn assert(&self) {
        let report = self.run(1, 64);
        assert!(report.holds(), "{report}");
    }
}

impl LawReport {
    /// Whether every law holds.
    pub fn holds(&self) -> bool {
        self.results.iter().all(|result| result.worst.residual.holds())
    }

    /// The laws that fail.
    pub fn failures(&self) -> impl Iterator<Item = &LawResult> {
        self.results.iter().filter(|result| !result.worst.residual.holds())
    }
}

/// One line per law, and the instance where one fails.
impl fmt::Display for LawReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ({} cases each)", self.subject, self.cases)?;
        for result in &self.results {
            let holds = result.worst.residual.holds();
            let mark = if holds { "holds" } else { "FAILS" };
            writeln!(
                f,
                "  {mark}  {}: {} [{}]",
                result.name, result.statement, result.worst.residual
            )?;
            if !holds {
                writeln!(f, "         at {}", result.worst.witness)?;
            }
        }
        Ok(())
    }
}
