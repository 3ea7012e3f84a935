//! What a claim says about itself.

use super::Feature;
use crate::law::Residual;
use std::fmt;

/// A chapter of the theory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Chapter {
    /// Groups, representations, Reynolds operators.
    Algebra,
    /// Exponential families and closedness.
    Families,
    /// Exact equivariance.
    Equivariance,
    /// Error bounds.
    Bounds,
    /// Symmetrisations.
    Symmetrisations,
}

impl Chapter {
    /// All chapters, in the order of the theory.
    pub const ALL: [Self; 5] =
        [Self::Algebra, Self::Families, Self::Equivariance, Self::Bounds, Self::Symmetrisations];

    /// The letter that its ids begin with.
    pub fn letter(self) -> char {
        match self {
            Self::Algebra => 'A',
            Self::Families => 'F',
            Self::Equivariance => 'E',
            Self::Bounds => 'B',
            Self::Symmetrisations => 'S',
        }
    }

    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Algebra => "Algebra",
            Self::Families => "Exponential families",
            Self::Equivariance => "Exact equivariance",
            Self::Bounds => "Error bounds",
            Self::Symmetrisations => "Symmetrisations",
        }
    }

    /// The chapter that an id belongs to.
    pub fn of(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|chapter| id.starts_with(chapter.letter()))
    }
}

/// What part an entry of the catalogue plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// An identity or property that must hold within its tolerance.
    Theorem,
    /// An inequality that must hold, and whose tightness is reported.
    Bound,
    /// A theorem with a hypothesis dropped: it must be refuted by a margin.
    Control,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Theorem => "theorem",
            Self::Bound => "bound",
            Self::Control => "control",
        })
    }
}

/// How strong the evidence is, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Evidence {
    /// Rational or combinatorial arithmetic without rounding.
    Exact,
    /// Floating point with directed rounding.
    Enclosed,
    /// Floating point against a derived tolerance.
    Float,
    /// A test with an error probability declared in advance.
    Statistical,
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exact => "exact",
            Self::Enclosed => "enclosed",
            Self::Float => "float",
            Self::Statistical => "statistical",
        })
    }
}

/// What a claim says about itself.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The id of the theory, `F3`, or `F3.slug` where a claim has parts.
    pub id: &'static str,
    /// A few words.
    pub title: &'static str,
    /// The part it plays.
    pub role: Role,
    /// For a control, the id of the claim whose hypothesis it drops.
    pub of: Option<&'static str>,
    /// How strong its evidence is without an exact twin.
    pub evidence: Evidence,
    /// The statement, as a formula in plain text.
    pub statement: &'static str,
    /// What is assumed; for a control, what is dropped.
    pub hypotheses: &'static [&'static str],
    /// Where the tolerance comes from, in one sentence.
    pub tolerance: &'static str,
    /// The kinds of instance that a run of 64 cases or more must have met.
    pub covers: &'static [Feature],
    /// How many times more a case costs than usual: the number of cases is divided by it.
    pub cost: usize,
}

impl About {
    /// A control of this claim, which drops a hypothesis, and which instances of these kinds show. It says what the
    /// claim says, unless it is told [`saying`](Self::saying) otherwise.
    pub(super) fn control(
        self,
        id: &'static str,
        title: &'static str,
        dropped: &'static [&'static str],
        covers: &'static [Feature],
    ) -> Self {
        let (of, role) = (Some(self.id), Role::Control);
        Self { id, of, role, title, hypotheses: dropped, covers, ..self }
    }

    /// The same with another statement.
    pub(super) fn saying(self, statement: &'static str) -> Self {
        Self { statement, ..self }
    }

    /// The chapter of the theory.
    ///
    /// # Panics
    /// If the id does not begin with the letter of a chapter.
    pub fn chapter(&self) -> Chapter {
        match Chapter::of(self.id) {
            Some(chapter) => chapter,
            None => panic!("claim id {} names no chapter", self.id),
        }
    }

    /// How far a residual is from what the entry wants to see, in tolerances: for a theorem the error,
    /// where NaN is the worst of all; for a control the violation, where NaN is none.
    pub(super) fn weigh(&self, residual: Residual) -> f64 {
        match self.role {
            Role::Control => residual.violation(),
            Role::Theorem | Role::Bound => residual.ratio(),
        }
    }

    /// The theory's number without a part: `F3` for `F3.slug`.
    pub fn number(&self) -> &'static str {
        self.id.split('.').next().unwrap_or(self.id)
    }
}
