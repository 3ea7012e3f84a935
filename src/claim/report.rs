//! What a run of the catalogue found.

use super::{About, Design, Evidence, Feature, Rate, Role, Sought};
use std::fmt;
use std::time::Duration;

/// Whether a claim, or all of them, held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The statement held on every instance; for a control, the violation was shown.
    Holds,
    /// It did not, or the instances it had to meet were not met.
    Fails,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Holds => "holds",
            Self::Fails => "fails",
        })
    }
}

/// The outcome of a claim's twin in rational arithmetic or in directed rounding.
#[derive(Clone, Debug)]
pub struct Twin {
    /// How many instances were checked.
    pub cases: usize,
    /// Whether it checks the whole statement, or only the parts without logarithms and square roots.
    pub whole: bool,
    /// How many of them had something left open: intervals that overlap prove nothing. None in rational arithmetic.
    pub undecided: usize,
    /// Whether every one that was decided held: in rational arithmetic, with `==`.
    pub verdict: Verdict,
    /// How long it took.
    pub time: Duration,
}

/// The outcome of one claim.
#[derive(Clone, Debug)]
pub struct ClaimReport {
    /// What the claim says.
    pub about: About,
    /// The strongest evidence that was obtained.
    pub evidence: Evidence,
    /// How many random instances were checked.
    pub cases: usize,
    /// The largest error/tolerance. For a control, how grossly the violation was shown.
    pub worst: f64,
    /// For a bound, the largest lhs/rhs.
    pub tightness: Option<f64>,
    /// Whether it held.
    pub verdict: Verdict,
    /// On how many instances some part of the statement had nothing to be held against, because
    /// conditioning left no digit (an infinite tolerance), or the statement of a theorem had nothing to check. More than half
    /// of them is a failure.
    pub unchecked: usize,
    /// Why it failed, where the reason is not the witness.
    pub reason: Option<String>,
    /// For a failed claim the smallest counterexample; for a control the violation it had to show.
    pub witness: Option<String>,
    /// How often each kind of instance that it covers was met.
    pub hits: Vec<(Feature, usize)>,
    /// How the errors are spread: see [`ClaimReport::BIN_EDGES`].
    pub histogram: [usize; ClaimReport::BINS],
    /// The twin in exact arithmetic, if it was asked for and there is one.
    pub exact: Option<Twin>,
    /// The twin in directed rounding, if it was asked for and there is one.
    pub enclosed: Option<Twin>,
    /// What a search for tight instances found, where there is one.
    pub sought: Option<Sought>,
    /// What a statistical check had declared in advance.
    pub statistical: Option<Design>,
    /// The slopes that were fitted, where the claim is about rates.
    pub rates: Vec<Rate>,
    /// How long it took, as the sum over threads.
    pub time: Duration,
}

impl ClaimReport {
    /// The number of bins of the histogram.
    pub const BINS: usize = 8;

    /// The upper edges of the bins of error/tolerance: no error at all, then powers of ten up to 1;
    /// the last bin is what lies above.
    pub const BIN_EDGES: [f64; Self::BINS] =
        [0.0, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, f64::INFINITY];

    /// The bin that a ratio falls in.
    pub(super) fn bin(ratio: f64) -> usize {
        Self::BIN_EDGES.iter().position(|&edge| ratio <= edge).unwrap_or(Self::BINS - 1)
    }

    /// The command that reproduces this entry.
    pub fn reproduce(&self, seed: u64) -> String {
        let exact = if self.exact.is_some() { " --exact" } else { "" };
        let enclosed = if self.enclosed.is_some() { " --enclosed" } else { "" };
        // A statistical check has a number of repetitions of its own.
        if self.statistical.is_some() {
            return format!("equibayes verify {} --seed {seed}", self.about.number());
        }
        // A control's id starts with its claim's number, so that is what is selected.
        let cases = self.cases * self.about.cost.max(1);
        format!(
            "equibayes verify {} --cases {cases} --seed {seed}{exact}{enclosed}",
            self.about.number()
        )
    }
}

/// The outcome of a run.
#[derive(Clone, Debug)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// The number of random instances that each claim of unit cost was given.
    pub cases: usize,
    /// One outcome for each claim, in the order of the catalogue.
    pub claims: Vec<ClaimReport>,
    /// How long it took by the clock.
    pub time: Duration,
}

impl Report {
    /// Whether every claim held and every control was refuted.
    pub fn holds(&self) -> bool {
        self.verdict() == Verdict::Holds
    }

    /// The verdict over all claims.
    pub fn verdict(&self) -> Verdict {
        if self.claims.iter().all(|claim| claim.verdict == Verdict::Holds) {
            Verdict::Holds
        } else {
            Verdict::Fails
        }
    }

    /// The entries that failed.
    pub fn failures(&self) -> impl Iterator<Item = &ClaimReport> {
        self.claims.iter().filter(|claim| claim.verdict == Verdict::Fails)
    }

    /// How many entries have this role.
    pub fn count(&self, role: Role) -> usize {
        self.claims.iter().filter(|claim| claim.about.role == role).count()
    }
}

/// One line per entry, and the witness where one fails.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for claim in &self.claims {
            writeln!(
                f,
                "{:<5} {:<34} {:>4} cases  worst {:.2e}",
                claim.verdict.to_string(),
                claim.about.id,
                claim.cases,
                claim.worst
            )?;
            if claim.verdict == Verdict::Fails {
                for line in [&claim.reason, &claim.witness].into_iter().flatten() {
                    writeln!(f, "      {line}")?;
                }
            }
        }
        Ok(())
    }
}
