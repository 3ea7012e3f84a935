//! Claims about random quantities: tests whose error probability, number of repetitions and power are declared in advance.

pub(super) mod binomial;
pub(super) mod budget;

use super::entry::stream;
use super::{About, Case, Claim, Evidence, Features, Mode, Mutated, Outcome, Rate, Role, Sought};
use crate::law::Residual;
use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::sync::{Arc, Mutex, PoisonError};

/// What a statistical check declares before it draws anything.
///
/// The check finds a p-value: the smallest error probability at which its test would reject the statement. A true statement
/// gets one below `alpha` with probability `alpha` at the most; a control is refuted by one below `alpha` over
/// [`CONTROL_MARGIN`](super::CONTROL_MARGIN). So `alpha` over the p-value takes the place of error over tolerance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Design {
    /// The probability of rejecting a true statement, at the most.
    pub alpha: f64,
    /// How many random instances are looked at, each with its own test: `alpha` is for all of them together.
    pub cases: usize,
    /// How often the random quantity is drawn: for each law that is looked at, if there are several.
    pub repetitions: usize,
    /// The probability, at the most, with which the test does not reject the alternative; for a control, with which the
    /// violation is not shown.
    pub miss: f64,
    /// What the power is against. For a control: what it says is false.
    pub alternative: &'static str,
}

impl Design {
    /// The probability of rejecting the alternative, at the least.
    pub fn power(&self) -> f64 {
        1.0 - self.miss
    }

    /// With which probability an entry of this role gets the wrong verdict by chance, at the most, if the theory is right.
    pub fn wrong(&self, role: Role) -> f64 {
        match role {
            Role::Control => self.miss,
            Role::Theorem | Role::Bound => self.alpha,
        }
    }

    /// The p-value of a test as a residual: its ratio is `alpha` over the p-value.
    pub(super) fn judge(&self, p_value: f64) -> Residual {
        Residual::new(self.alpha, p_value.max(f64::MIN_POSITIVE))
    }
}

/// What a statistical check found.
#[derive(Clone, Debug)]
pub(super) struct Measured {
    /// The p-value as a residual, with parts that are not random, and the tightness of a bound.
    pub(super) outcome: Outcome,
    /// The law that says most, and what was found on it.
    pub(super) found: String,
    /// Fitted slopes.
    pub(super) rates: Vec<Rate>,
    /// False variants of a bound, held against the same draws.
    pub(super) mutations: Vec<Mutated>,
}

impl Measured {
    /// Without slopes or variants.
    pub(super) fn new(outcome: Outcome, found: String) -> Self {
        Self { outcome, found, rates: vec![], mutations: vec![] }
    }
}

/// A statistical claim. It draws once for each seed, as often as it has declared, whatever number of cases is asked for:
/// nothing is drawn again because of what came out, and there is no shrinking.
pub(super) struct Statistical {
    about: About,
    design: Design,
    check: fn(&Design, &mut ChaCha8Rng) -> Measured,
    /// What was found with the last seed: verdict, witness and slopes come from the same draws.
    last: Mutex<Option<(u64, Arc<Measured>)>>,
}

impl Statistical {
    pub(super) fn new(
        about: About,
        design: Design,
        check: fn(&Design, &mut ChaCha8Rng) -> Measured,
    ) -> Self {
        let about = About { evidence: Evidence::Statistical, covers: &[], cost: 1, ..about };
        Self { about, design, check, last: Mutex::new(None) }
    }

    fn measured(&self, seed: u64) -> Arc<Measured> {
        // Not held while drawing: what is drawn in parallel must not wait for it.
        let last = || self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, measured)) = &*last()
            && *of == seed
        {
            return Arc::clone(measured);
        }
        let mut rng = ChaCha8Rng::from_seed(stream(self.about.id, seed, 0));
        let measured = Arc::new((self.check)(&self.design, &mut rng));
        *last() = Some((seed, Arc::clone(&measured)));
        measured
    }
}

impl Claim for Statistical {
    fn about(&self) -> &About {
        &self.about
    }

    fn has_exact_twin(&self) -> bool {
        false
    }

    fn design(&self) -> Option<Design> {
        Some(self.design)
    }

    fn case(&self, seed: u64, _: usize, _: Mode) -> Case {
        Case { outcome: self.measured(seed).outcome, features: Features::default() }
    }

    fn witness(&self, seed: u64, _: usize, _: Mode) -> String {
        self.measured(seed).found.clone()
    }

    fn rates(&self, seed: u64) -> Vec<Rate> {
        self.measured(seed).rates.clone()
    }

    fn seek(&self, seed: u64, _: usize, _: usize) -> Option<Sought> {
        let measured = self.measured(seed);
        (!measured.mutations.is_empty()).then(|| Sought {
            evaluations: self.design.repetitions,
            tightest: measured
                .outcome
                .tightness()
                .map(|tightness| (tightness, measured.found.clone())),
            worst: 0.0,
            counterexample: None,
            mutations: measured.mutations.clone(),
        })
    }
}

/// A p-value in words: those below the range of numbers are only said to be so.
pub(super) fn in_words(p_value: f64) -> String {
    if p_value < 1e-300 { "p < 1e-300".into() } else { format!("p = {p_value:.1e}") }
}

/// A random instance of a strategy.
pub(super) fn instance<I: std::fmt::Debug>(strategy: &BoxedStrategy<I>, rng: &mut ChaCha8Rng) -> I {
    let seed: [u8; 32] = rng.random();
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    match strategy.new_tree(&mut runner) {
        Ok(tree) => tree.current(),
        Err(reason) => panic!("no instance: {reason}"),
    }
}
