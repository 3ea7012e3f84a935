//! An entry of the catalogue: instances and a check.

use super::{About, CONTROL_MARGIN, Design, Feature, Features, Outcome, Rate, Role, Sought};
use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::fmt::Debug;

/// A random instance that knows what kind it is.
pub trait Instance: Clone + Debug {
    /// The kinds of instance that this is one of.
    fn features(&self) -> Features;
}

/// Which of a claim's checks to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// In floating point (or, for combinatorial claims, as they are).
    Normal,
    /// The twin in rational arithmetic.
    Exact,
    /// The twin in directed rounding.
    Enclosed,
}

/// What was found on one random instance.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The error and its tolerance.
    pub outcome: Outcome,
    /// The kind of instance that was checked.
    pub features: Features,
}

impl Case {
    /// What a check found on this instance.
    pub(super) fn of(instance: &impl Instance, outcome: Outcome) -> Self {
        Self { outcome, features: outcome.features().unwrap_or_else(|| instance.features()) }
    }
}

/// A claim, with its instances out of sight.
pub trait Claim: Send + Sync {
    /// What the claim says.
    fn about(&self) -> &About;

    /// Whether there is a twin in exact arithmetic.
    fn has_exact_twin(&self) -> bool;

    /// Whether there is a twin in directed rounding.
    fn has_enclosed_twin(&self) -> bool {
        false
    }

    /// What a statistical check declares in advance. Such a claim has as many cases as it says here, whatever number is asked
    /// for, and draws as often.
    fn design(&self) -> Option<Design> {
        None
    }

    /// Checks one random instance. The same seed and index give the same instance, in all modes.
    fn case(&self, seed: u64, index: usize, mode: Mode) -> Case;

    /// The smallest instance that still violates the statement grossly, starting from this case, in
    /// words: the instance, the part that fails, and by how much.
    fn witness(&self, seed: u64, index: usize, mode: Mode) -> String;

    /// Seeks tighter instances of a bound, beginning with the instance with the number `from`, and holds variants of the
    /// bound against them and against the first `cases` instances. `None` where nothing is sought.
    fn seek(&self, _seed: u64, _cases: usize, _from: usize) -> Option<Sought> {
        None
    }

    /// The slopes that were fitted, where the claim is about rates: with the draws that its verdict is from.
    fn rates(&self, _seed: u64) -> Vec<Rate> {
        vec![]
    }
}

/// A claim from its parts: a strategy for instances of each kind, and a check.
pub struct Entry<I: Instance> {
    /// What the claim says.
    pub about: About,
    /// Instances, of a wanted kind or of any.
    pub instances: fn(Option<Feature>) -> BoxedStrategy<I>,
    /// The check.
    pub check: fn(&I) -> Outcome,
    /// The check in exact arithmetic.
    pub exact: Option<fn(&I) -> Outcome>,
}

/// The instances with the numbers below this are stratified.
pub(super) const STRATIFIED: usize = 16;

/// A 64-bit FNV-1a hash: gives each claim a stream of its own, independent of the catalogue's order.
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The seed of the stream of random numbers with this number, of the claim with this id.
pub(super) fn stream(id: &str, seed: u64, number: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&fnv1a(id).to_le_bytes());
    bytes[16..24].copy_from_slice(&number.to_le_bytes());
    bytes
}

impl<I: Instance> Entry<I> {
    /// The seed of the claim's stream of random numbers with this number.
    pub(super) fn stream(&self, seed: u64, number: u64) -> [u8; 32] {
        stream(self.about.id, seed, number)
    }

    /// The random instance with this number.
    pub(super) fn instance(&self, seed: u64, index: usize) -> I {
        self.tree(seed, index).current()
    }

    fn tree(&self, seed: u64, index: usize) -> Box<dyn ValueTree<Value = I>> {
        let bytes = self.stream(seed, index as u64);
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        // The first instances go through the wanted kinds in turn, then comes anything.
        let covers = self.about.covers;
        let wanted = if index < STRATIFIED && !covers.is_empty() {
            Some(covers[index % covers.len()])
        } else {
            None
        };
        match (self.instances)(wanted).new_tree(&mut runner) {
            Ok(tree) => tree,
            Err(reason) => panic!("no instance for {}: {reason}", self.about.id),
        }
    }

    fn check_in(&self, mode: Mode) -> fn(&I) -> Outcome {
        match (mode, self.exact) {
            (Mode::Exact, Some(exact)) => exact,
            _ => self.check,
        }
    }

    pub(super) fn outcome(&self, instance: &I, mode: Mode) -> Outcome {
        self.check_in(mode)(instance)
    }

    /// The smallest instance that this check still violates grossly, starting from the one with this number, in words.
    pub(super) fn smallest(&self, seed: u64, index: usize, check: fn(&I) -> Outcome) -> String {
        /// Shrinking stops after this many instances.
        const STEPS: usize = 2_000;
        let mut tree = self.tree(seed, index);
        let mut smallest = tree.current();
        let mut outcome = check(&smallest);
        // Shrinking must not turn a gross violation into one that rounding might explain: it stays
        // above the margin if it was above it, and above a tenth of what it was if not.
        let found = self.about.weigh(outcome.residual());
        let floor = match self.about.role {
            Role::Control => CONTROL_MARGIN,
            _ if found >= CONTROL_MARGIN => CONTROL_MARGIN,
            _ => f64::max(1.0, found / 10.0),
        };
        let mut steps = 0;
        if tree.simplify() {
            loop {
                let candidate = tree.current();
                let attempt = check(&candidate);
                let ratio = self.about.weigh(attempt.residual());
                let violates = ratio >= floor && ratio > 1.0;
                if violates {
                    (smallest, outcome) = (candidate, attempt);
                }
                steps += 1;
                let more = if violates { tree.simplify() } else { tree.complicate() };
                if !more || steps >= STEPS {
                    break;
                }
            }
        }
        let of = outcome.subject().map(|subject| format!("{subject}: ")).unwrap_or_default();
        format!("{smallest:?}: {of}{}: {}", outcome.part(), outcome.residual())
    }
}

impl<I: Instance> Claim for Entry<I> {
    fn about(&self) -> &About {
        &self.about
    }

    fn has_exact_twin(&self) -> bool {
        self.exact.is_some()
    }

    fn case(&self, seed: u64, index: usize, mode: Mode) -> Case {
        let instance = self.instance(seed, index);
        Case::of(&instance, self.outcome(&instance, mode))
    }

    fn witness(&self, seed: u64, index: usize, mode: Mode) -> String {
        self.smallest(seed, index, self.check_in(mode))
    }
}
