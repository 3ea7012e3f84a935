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
//!
//! | kit | for | scalars |
//! |---|---|---|
//! | [`group`], [`group_up_to`] | [`Group`](crate::group::Group) with [`Haar`](crate::group::Haar) | – |
//! | [`finite_group`] | [`Finite`](crate::group::Finite) | – |
//! | [`lie_group`] | [`LieGroup`](crate::group::LieGroup) | `f64` |
//! | [`representation`], [`orthogonal`] | [`ActsOn`](crate::representation::ActsOn) | `f64`; any in [`representation_over`], [`orthogonal_over`] |
//! | [`infinitesimal`] | [`ActsInfinitesimally`](crate::representation::ActsInfinitesimally) | `f64` |
//! | [`signed_permutations`], [`permutations`] | [`ActsBySignedPermutations`](crate::representation::ActsBySignedPermutations) | exact by nature |
//! | [`reynolds`] | a representation of a finite group | `f64`; any in [`reynolds_over`] |
//! | [`coordinates`] | [`Coordinates`](crate::family::Coordinates) | that of the members |
//! | [`family`] | densities and sampling as well | floating point |
//! | [`statistic`], [`averages`] | [`ClosedUnder`](crate::action::ClosedUnder) | that of the points, of the members |
//! | [`closed`] | densities as well | floating point |
//! | [`symmetrization`], [`compact_symmetrization`] | [`Symmetrization`](crate::symmetrize::Symmetrization) | that of the members |
//! | [`symmetrization_gaps`] | its gaps and its residual | floating point |
//! | [`orbit_mixture()`], [`tying()`] | what leaves the family, with its gaps | floating point |
//! | [`sampled_averages`] | averages over draws, with their error bars | floating point |
//! | [`loss`] | [`InvariantUnder`](crate::inference::InvariantUnder), a promise of losses | `f64` |
//! | [`model`](model()) | [`Model`](crate::model::Model) under a [`Joint`](crate::model::Joint) | `f64`; any in [`model_over`] |
//! | [`differentiable`] | [`Differentiable`](crate::model::Differentiable) | `f64`; floating point in [`differentiable_over`] |
//! | [`admissible`] | [`Support`](crate::model::Support) under a representation | that of the support |
//!
//! A kit checks nothing before it is run, and is deterministic: the same seed gives the same
//! instances. A law that panics fails, with the panic as its witness. What the tolerances assume of a
//! type is said where a kit is documented; exact scalars have tolerance zero.

mod admissible;
mod averages;
mod closed;
mod coordinates;
mod derivative;
mod differentiable;
mod draw;
mod error_model;
mod family;
mod gaps;
mod group;
mod infinitesimal;
mod lie_group;
mod loss;
mod model;
mod orbit_mixture;
mod orthogonal;
mod representation;
mod residual;
mod reynolds;
mod sampled;
mod sampling;
mod signed_permutation;
mod statistic;
mod symmetrization;
mod tying;

/// The probability, at the most, with which a law that draws fails on a type that is right: a law about samplers, Haar draws, or
/// averages over draws, on one type and at any seed. A kit that has `k` such laws fails by chance with `k` times this.
pub const ALPHA: f64 = 2e-11;

pub use admissible::admissible;
pub use averages::averages;
pub use closed::closed;
pub use coordinates::coordinates;
pub use differentiable::{differentiable, differentiable_over};
pub use family::family;
pub use gaps::symmetrization_gaps;
pub use group::{finite_group, group, group_up_to};
pub use infinitesimal::infinitesimal;
pub use lie_group::lie_group;
pub use loss::loss;
#[cfg(all(test, feature = "checkpoint"))]
pub(crate) use model::prediction_error;
pub use model::{model, model_over};
pub use orbit_mixture::orbit_mixture;
pub use orthogonal::{orthogonal, orthogonal_over};
pub use representation::{representation, representation_over};
pub use residual::Residual;
pub use reynolds::{reynolds, reynolds_over};
pub use sampled::sampled_averages;
pub use signed_permutation::{permutations, signed_permutations};
pub use statistic::statistic;
pub use symmetrization::{compact_symmetrization, symmetrization};
pub use tying::tying;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::borrow::Cow;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What one check of a law found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The error and its tolerance.
    pub residual: Residual,
    /// The instance, for the message.
    pub witness: String,
}

impl Finding {
    /// A residual with the instance where it was found.
    pub fn new(residual: Residual, witness: impl Into<String>) -> Self {
        Self { residual, witness: witness.into() }
    }

    /// The finding of a yes-or-no law.
    pub fn exact(holds: bool, witness: impl Into<String>) -> Self {
        Self::new(Residual::exact(holds), witness)
    }

    /// An error with its tolerance. A tolerance that is not a finite number would excuse everything, so
    /// it is a failure.
    pub fn within(error: f64, tolerance: f64, witness: impl Into<String>) -> Self {
        if tolerance.is_finite() {
            Self::new(Residual::new(error, tolerance), witness)
        } else {
            Self::failure(format!("{}; the tolerance would be {tolerance}", witness.into()))
        }
    }

    /// The law cannot even be evaluated, which no tolerance excuses.
    pub fn failure(witness: impl Into<String>) -> Self {
        Self::new(Residual::new(f64::INFINITY, 0.0), witness)
    }
}

type Check<'a> = Box<dyn Fn(&mut ChaCha8Rng) -> Finding + 'a>;

/// One law: a name, what it says, and a check of it on a random instance.
///
/// # Examples
/// ```
/// use equibayes::law::{Finding, Law, Laws};
/// use rand::RngExt;
///
/// let even = Law::new("even", "2k is even", |rng| {
///     let k: u32 = rng.random_range(0..1000);
///     Finding::exact((2 * k).is_multiple_of(2), format!("k = {k}"))
/// });
/// Laws::new("doubling", vec![even]).assert();
/// ```
pub struct Law<'a> {
    name: Cow<'static, str>,
    statement: &'static str,
    /// How many instances are enough, where that is known.
    at_most: usize,
    check: Check<'a>,
}

impl<'a> Law<'a> {
    /// A law, with a check that draws its instance from the generator it is given.
    pub fn new(
        name: &'static str,
        statement: &'static str,
        check: impl Fn(&mut ChaCha8Rng) -> Finding + 'a,
    ) -> Self {
        Self { name: name.into(), statement, at_most: usize::MAX, check: Box::new(check) }
    }

    /// The law, checked on no more than `cases` instances (at least one): for checks that draw many
    /// samples themselves.
    pub fn at_most(self, cases: usize) -> Self {
        Self { at_most: cases.max(1), ..self }
    }

    /// The law, checked once: for checks without a random instance.
    pub fn once(self) -> Self {
        self.at_most(1)
    }

    /// A short name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the law says, as a formula.
    pub fn statement(&self) -> &'static str {
        self.statement
    }

    /// One check. A panic of the type that is checked breaks the law, like any other wrong answer.
    fn check(&self, rng: &mut ChaCha8Rng) -> Finding {
        // Nothing of the check outlives a panic but the generator, which any state of is a valid one.
        catch_unwind(AssertUnwindSafe(|| (self.check)(rng))).unwrap_or_else(|panic| {
            let message = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("without a message");
            Finding::failure(format!("an instance that panicked: {message}"))
        })
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
    pub name: Cow<'static, str>,
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
    /// How many random instances each law was checked on, at most.
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

    /// The same laws, their names beginning with `part`: `τ: homomorphism`.
    pub fn of_part(mut self, part: &str) -> Self {
        for law in &mut self.laws {
            law.name = format!("{part}: {}", law.name).into();
        }
        self
    }

    /// The laws.
    pub fn laws(&self) -> &[Law<'a>] {
        &self.laws
    }

    /// Checks every law on `cases` random instances (at least one). The same seed gives the same
    /// report.
    pub fn run(&self, seed: u64, cases: usize) -> LawReport {
        let cases = cases.max(1);
        let results = self
            .laws
            .iter()
            .enumerate()
            .filter_map(|(index, law)| {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                rng.set_stream(index as u64);
                let worst = (0..cases.min(law.at_most))
                    .map(|_| law.check(&mut rng))
                    .reduce(|a, b| if b.residual.ratio() > a.residual.ratio() { b } else { a })?;
                Some(LawResult { name: law.name.clone(), statement: law.statement, worst })
            })
            .collect();
        LawReport { subject: self.subject.clone(), cases, results }
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
    ///
    /// # Examples
    /// ```
    /// use equibayes::group::Cyclic;
    /// use equibayes::law;
    ///
    /// let report = law::finite_group(&Cyclic::new(6)?).run(1, 64);
    /// assert_eq!(report.failures().count(), 0);
    /// # Ok::<(), equibayes::group::GroupError>(())
    /// ```
    pub fn failures(&self) -> impl Iterator<Item = &LawResult> {
        self.results.iter().filter(|result| !result.worst.residual.holds())
    }
}

/// One line per law, and the instance where one fails.
impl fmt::Display for LawReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} (at most {} cases each)", self.subject, self.cases)?;
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
