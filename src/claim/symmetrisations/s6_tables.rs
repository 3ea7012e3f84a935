//! The orbit mixture on finitely many points: what S6 sums over.

use super::setting::{Setting, average, orbit};
use crate::claim::rounding::Tracked;
use crate::claim::scene::{Scene, Which};
use crate::family::{Categorical, FamilyError, FiniteSupport, Ising, LogPartition, Member};
use crate::group::{AnyGroup, Finite};
use crate::representation::{ActsOn, Representation, SignedPermutationRep, Unsigned};
use crate::scalar::Scalar;
use crate::symmetrize::mixture;
use nalgebra::DVector;
use num_traits::{Float, Zero};

/// Ising spins with all interactions, so that every signed permutation is an automorphism.
pub(super) struct Spins;

/// Categorical laws under permutations of the classes.
pub(super) struct Classes;

impl Setting<Tracked> for Spins {
    type Rep = SignedPermutationRep<AnyGroup>;
    type Family = Ising;

    fn rep(scene: &Scene) -> Self::Rep {
        scene.signed()
    }

    fn member(scene: &Scene, which: Which) -> Result<Member<Ising, Tracked>, FamilyError> {
        let n = scene.signed().dim();
        let edges: Vec<_> = (0..n).flat_map(|j| (0..j).map(move |i| (i, j))).collect();
        let family = Ising::new(n, &edges)?;
        let eta = scene.vector(which, n + edges.len());
        // Fields and couplings of at most 1: means are not so extreme that they round to ±1.
        let eta = DVector::from_vec(eta).map(|x: Tracked| x * Tracked::ratio(1, 8));
        Member::from_natural(family, eta)
    }

    fn shear(_: &Self::Rep) -> f64 {
        0.0
    }
}

impl Setting<Tracked> for Classes {
    type Rep = Unsigned<SignedPermutationRep<AnyGroup>>;
    type Family = Categorical;

    fn rep(scene: &Scene) -> Self::Rep {
        Unsigned::new(scene.signed())
    }

    fn member(scene: &Scene, which: Which) -> Result<Member<Categorical, Tracked>, FamilyError> {
        let family = Categorical::new(scene.signed().dim())?;
        let eta = scene.vector(which, scene.signed().dim() - 1);
        Member::from_natural(family, DVector::from_vec(eta))
    }

    fn shear(_: &Self::Rep) -> f64 {
        0.0
    }
}

/// What is made invariant by averaging, and what is left as it is drawn.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Law {
    Raw,
    Invariant,
}

/// A posterior on finitely many points, with everything that the claim sums over.
pub(super) struct Tables<S: Setting<Tracked>> {
    pub(super) q: Member<S::Family, Tracked>,
    pub(super) rep: S::Rep,
    pub(super) points: Vec<DVector<Tracked>>,
    /// For each group element, where it takes each point.
    pub(super) moves: Vec<Vec<usize>>,
    /// The probabilities of the members of the orbit, one list for each group element.
    pub(super) orbit: Vec<Vec<Tracked>>,
    /// Their natural parameters.
    pub(super) parameters: Vec<DVector<Tracked>>,
    /// `ln q̄`.
    pub(super) log_mixture: Vec<Tracked>,
}

/// The mean of a table over all points.
pub(super) fn expectation(law: &[Tracked], table: &[Tracked]) -> Tracked {
    law.iter().zip(table).fold(Tracked::zero(), |sum, (&p, &x)| sum + p * x)
}

/// `KL` of two laws from their logarithms.
pub(super) fn divergence(law: &[Tracked], other: &[Tracked]) -> Tracked {
    law.iter().zip(other).fold(Tracked::zero(), |sum, (&a, &b)| sum + Float::exp(a) * (a - b))
}

pub(super) fn exponentials(logs: &[Tracked]) -> Vec<Tracked> {
    logs.iter().map(|&x| Float::exp(x)).collect()
}

impl<S> Tables<S>
where
    S: Setting<Tracked>,
    S::Family: FiniteSupport<Tracked> + LogPartition<Tracked>,
{
    pub(super) fn of(scene: &Scene) -> Result<Self, FamilyError> {
        let (rep, q) = (S::rep(scene), S::member(scene, Which::Q)?);
        let points: Vec<DVector<Tracked>> = q.family().support().collect();
        let place = |x: &DVector<Tracked>| points.iter().position(|point| point == x);
        let moves: Option<Vec<Vec<usize>>> = rep
            .group()
            .elements()
            .map(|g| points.iter().map(|x| place(&rep.apply(&g, x.as_slice()))).collect())
            .collect();
        // A signed permutation maps signs to signs, a permutation one-hot vectors to such.
        let moves = moves.ok_or(FamilyError::Outside {
            what: "moved point",
            value: f64::NAN,
            expected: "a point of the support",
        })?;
        let members = orbit::<S, Tracked>(&q, &rep)?;
        let logs = members
            .iter()
            .map(|m| points.iter().map(|x| m.family().log_density(m, x.as_slice())).collect())
            .collect();
        let parameters = members.iter().map(|m| m.natural().coordinates().clone()).collect();
        let law = mixture(&q, &rep)?;
        let log_mixture: Result<Vec<Tracked>, FamilyError> =
            points.iter().map(|x| law.log_density(x.as_slice())).collect();
        Ok(Self { log_mixture: log_mixture?, q, rep, points, moves, orbit: logs, parameters })
    }

    /// A table of small numbers, averaged over the group where it is to be invariant.
    pub(super) fn table(&self, scene: &Scene, law: Law) -> Vec<Tracked> {
        let raw = scene.vector(Which::P, self.points.len());
        if law == Law::Raw {
            return raw;
        }
        let moved: Vec<Vec<Tracked>> = self
            .moves
            .iter()
            .map(|move_of| move_of.iter().map(|&image| raw[image]).collect())
            .collect();
        average(moved.iter().map(Vec::as_slice))
    }

    /// `avg_g KL(g_#q ‖ q̄)`.
    pub(super) fn gain(&self) -> Tracked {
        let sum = self
            .orbit
            .iter()
            .fold(Tracked::zero(), |sum, law| sum + divergence(law, &self.log_mixture));
        sum / Tracked::count(self.orbit.len())
    }

    /// `J(q) − J(q̄)` for this prior and loss.
    pub(super) fn difference(
        &self,
        prior: &Member<S::Family, Tracked>,
        loss: &[Tracked],
    ) -> Tracked {
        let data = Tracked::count(5);
        // The identity is the first element.
        let own = exponentials(&self.orbit[0]);
        let of_q = data * expectation(&own, loss) + self.q.family().kl(&self.q, prior);
        let log_prior: Vec<Tracked> =
            self.points.iter().map(|x| prior.family().log_density(prior, x.as_slice())).collect();
        let mixed = exponentials(&self.log_mixture);
        let of_mixture =
            data * expectation(&mixed, loss) + divergence(&self.log_mixture, &log_prior);
        of_q - of_mixture
    }

    /// The number of different members of the orbit. Their parameters are dyadic and never round.
    pub(super) fn orbit_size(&self) -> usize {
        let p = &self.parameters;
        (0..p.len()).filter(|&i| !p[..i].contains(&p[i])).count()
    }
}
