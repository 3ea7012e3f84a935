//! How far a posterior is from invariant, tensor by tensor.

use super::bounds::{DefectBound, DefectBounds, Divergences};
use super::{NotJoint, PosteriorAction};
use crate::checkpoint::Posterior;
use crate::defect::SIMPLEX_DIAMETER_SQUARED;
use crate::group::Finite;
use crate::representation::ActsBySignedPermutations;
use crate::symmetrize::mean_field::{Asymmetry, asymmetry, divergence_from_moved};
use num_traits::ToPrimitive;
use thiserror::Error;

/// A bound on the mean squared defect that is not below this says nothing: no two points of the
/// probability simplex are further apart.
pub const VACUOUS: f64 = SIMPLEX_DIAMETER_SQUARED;

/// Up to this order the group is enumerated for the bound B1; beyond, Jensen's inequality serves.
const ENUMERATED: usize = 1024;

/// One tensor pair's share.
#[derive(Clone, Debug, PartialEq)]
pub struct TensorAudit {
    /// The name of the pair.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// How far it is from invariant.
    pub asymmetry: Asymmetry,
}

/// How far a mean-field posterior is from invariant.
#[derive(Clone, Debug, PartialEq)]
pub struct Audit {
    /// The shares of the tensor pairs, in the order of the posterior.
    pub tensors: Vec<TensorAudit>,
    /// Their sum.
    pub total: Asymmetry,
    /// What follows for the predictive.
    pub bounds: DefectBounds,
    /// The same bounds, as far as they apply, the best one first.
    pub ranking: Vec<DefectBound>,
    /// Why bounds B1 to B4 do not apply: the network is not jointly equivariant, or nobody knows
    /// [which](NotJoint::is_decided); `None` where it is.
    pub not_joint: Option<NotJoint>,
}

/// Values so far apart that their distance is not a finite number.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error(
    "tensor pair {tensor:?}: means or scales on one orbit are too far apart for an orbit divergence in f64: expected a finite one"
)]
pub struct Overflow {
    /// The tensor pair.
    pub tensor: String,
}

impl Audit {
    /// Audits a posterior under an action on the same tensor pairs. A pair that the action does not
    /// list counts as unmoved. The bounds are for images of which no pool meets an odd side; for
    /// [others](PosteriorAction::joint_on) they are to be [withheld](Self::withhold).
    ///
    /// # Errors
    /// [`Overflow`] where a divergence or distance exceeds the range of `f64`.
    pub fn of(posterior: &Posterior, action: &PosteriorAction) -> Result<Self, Overflow> {
        let mut total = Asymmetry::default();
        let mut tensors = Vec::with_capacity(posterior.pairs().len());
        for pair in posterior.pairs() {
            let moved = action.tensors().iter().find(|tensor| tensor.name() == pair.name());
            let share = moved.map_or_else(Asymmetry::default, |tensor| {
                asymmetry(&tensor.orbits(), pair.mean(), pair.sigma())
            });
            if !share.is_finite() {
                return Err(Overflow { tensor: pair.name().into() });
            }
            total += share;
            tensors.push(TensorAudit {
                name: pair.name().into(),
                shape: pair.shape().to_vec(),
                asymmetry: share,
            });
        }
        if !total.is_finite() {
            return Err(Overflow { tensor: "all together".into() });
        }
        let divergences = divergences(posterior, action, total.orbit_divergence);
        let (bounds, ranking) = (divergences.bounds(), divergences.ranking());
        let mut audit = Self { tensors, total, bounds, ranking, not_joint: None };
        if let Err(reason) = action.joint(posterior) {
            audit.withhold(reason);
        }
        Ok(audit)
    }

    /// Takes back the bounds that rest on joint equivariance, B1 to B4, for this reason, or another that was there before.
    pub fn withhold(&mut self, reason: NotJoint) {
        self.bounds = DefectBounds { b1: None, b2: None, b3: None };
        self.ranking.retain(|bound| !matches!(bound.id, "B1" | "B2" | "B3" | "B4"));
        self.not_joint.get_or_insert(reason);
    }
}

/// `KL(q ‖ g_#q)` for each element of a small group, else their average alone.
fn divergences(posterior: &Posterior, action: &PosteriorAction, average: f64) -> Divergences {
    let order = action.group().order().to_f64().unwrap_or(f64::INFINITY);
    let Some(count) = action.group().small_order().filter(|&order| order <= ENUMERATED) else {
        return Divergences { each: vec![average], average, order };
    };
    let each = (0..count).map(|index| {
        let g = action.group().element(index);
        let shares = action.tensors().iter().filter_map(|tensor| {
            let pair = posterior.pair(tensor.name())?;
            let map = tensor.representation().index_map(&g);
            Some(divergence_from_moved(&map, pair.mean(), pair.sigma()))
        });
        shares.sum::<f64>()
    });
    Divergences { each: each.collect(), average, order }
}
