//! The orbit mixture on finitely many points: what S6 sums over.

use super::setting::average;
use crate::action::push_forward;
use crate::claim::families::every::stored;
use crate::claim::registry::families::{FiniteEntry, RepOf};
use crate::claim::rounding::Tracked;
use crate::claim::scene::{Scene, Which};
use crate::family::{Coordinates, FamilyError, FiniteSupport, LogPartition, Member};
use crate::group::Finite;
use crate::representation::{ActsOn, Representation};
use crate::scalar::{Rational, Scalar, dot};
use crate::symmetrize::mixture;
use nalgebra::DVector;
use num_traits::{Float, Zero};

/// What is made invariant by averaging, and what is left as it is drawn.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Law {
    Raw,
    Invariant,
}

/// A posterior on finitely many points, with everything that the claim sums over.
pub(super) struct Tables<E: FiniteEntry> {
    pub(super) q: Member<E::Family, Tracked>,
    pub(super) rep: RepOf<E, Tracked>,
    pub(super) points: Vec<DVector<Tracked>>,
    /// For each group element, where it takes each point.
    pub(super) moves: Vec<Vec<usize>>,
    /// The probabilities of the members of the orbit, one list for each group element.
    pub(super) orbit: Vec<Vec<Tracked>>,
    /// `⟨η, T⟩` at each point: the densities up to a constant, in logarithms.
    energies: Vec<Rational>,
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

impl<E: FiniteEntry> Tables<E> {
    pub(super) fn of(scene: &Scene) -> Result<Self, FamilyError> {
        let (rep, q) = (E::rep::<Tracked>(scene), stored::<E>(scene, Which::Q)?);
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
        let logs: Result<Vec<Vec<Tracked>>, FamilyError> = rep
            .group()
            .elements()
            .map(|g| {
                let m = push_forward(&q, &rep, &g)?;
                Ok(points.iter().map(|x| m.family().log_density(&m, x.as_slice())).collect())
            })
            .collect();
        let exact =
            |x: &[Tracked]| x.iter().filter_map(|x| Rational::from_f64(x.value())).collect();
        let eta: Vec<Rational> = exact(q.natural().as_slice());
        let energies = points
            .iter()
            .map(|x| {
                // Signs, bits and products of them.
                let statistic: Vec<Rational> =
                    exact(q.family().sufficient_statistic(x.as_slice()).as_slice());
                dot(&eta, &statistic)
            })
            .collect();
        let law = mixture(&q, &rep)?;
        let log_mixture: Result<Vec<Tracked>, FamilyError> =
            points.iter().map(|x| law.log_density(x.as_slice())).collect();
        Ok(Self { log_mixture: log_mixture?, orbit: logs?, q, rep, points, moves, energies })
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
        prior: &Member<E::Family, Tracked>,
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

    /// The number of different members of the orbit: the stored parameters are rational numbers.
    pub(super) fn orbit_size(&self) -> usize {
        let moved = |to: &Vec<usize>| -> Vec<&Rational> {
            to.iter().map(|&image| &self.energies[image]).collect()
        };
        let orbit: Vec<Vec<&Rational>> = self.moves.iter().map(moved).collect();
        (0..orbit.len()).filter(|&i| !orbit[..i].contains(&orbit[i])).count()
    }
}
