//! B3: from the defect of one output to the distance of two posteriors, by the distances of its two laws.

use super::b3_linear::{Constant, Posed};
use super::world::square;
use super::{at_most, bounded};
use crate::claim::Outcome;
use crate::claim::equivariance::regression::Checked;
use crate::claim::rounding::Tracked;
use crate::group::{AnyElement, AnyGroup};
use crate::model::predictive::{self, GaussianMoments, PredictiveMoments};
use crate::representation::ActsOn;
use crate::special::Special;
use nalgebra::{DMatrix, DVector};
use num_traits::{Float, FloatConst, Zero};

/// The whole chain for one element and input, given `W_2(q, g_#q)²`; with another constant than the moved
/// input's, its first part.
pub(super) fn chain<R>(
    outcome: Outcome,
    posed: &Posed<R, Tracked>,
    moments: &GaussianMoments<Tracked>,
    g: &AnyElement,
    inputs: &[Vec<Tracked>; 2],
    distance: Tracked,
    constant: Constant,
) -> Checked<Outcome>
where
    R: ActsOn<Tracked, Group = AnyGroup>,
{
    let defect = posed.defect(g, inputs);
    let rhs = constant.square(&inputs[0], &inputs[1], posed.bias) * distance;
    let mut outcome = bounded(outcome, "‖δ_g(x)‖² ≤ Lip² W_2²", &square(&defect), &rhs);
    if constant != Constant::Moved {
        return Ok(outcome);
    }
    let laws = [&inputs[1], &inputs[0]].map(|x| predictive::linear(&posed.model, moments, x));
    let [there, here] = laws;
    let (there, here): (PredictiveMoments<_>, PredictiveMoments<_>) = (there?, here?);
    // The law of Φ(θ, ρ_X(g)x) under g_#q is that of ρ_Y(g)Φ(θ, x) under q.
    let pushed = moved_covariance(posed.joint.outputs(), g, &here.covariance);
    for (k, &step) in defect.iter().enumerate() {
        let (v, w) = (there.covariance[(k, k)], pushed[(k, k)]);
        let spread = spread(v, w);
        let (first, second) = (mean_distance(step, spread), step * step + spread * spread);
        outcome = at_most(outcome, "|δ_g(x)| ≤ W_1 of an output", &Float::abs(step), &first);
        outcome = at_most(outcome, "W_1 ≤ W_2 of an output", &(first * first), &second);
        outcome = at_most(outcome, "W_2 of an output ≤ Lip W_2", &second, &rhs);
    }
    Ok(outcome)
}

/// `W_1` of two Gaussians on the line whose means and standard deviations differ by these: the coupling that keeps
/// the order is optimal, so it is `E|step + spread Z|`, the mean of a folded normal law.
fn mean_distance(step: Tracked, spread: Tracked) -> Tracked {
    let (d, e) = (Float::abs(step), Float::abs(spread));
    if e.value() <= 2.0 * e.bound() {
        // Between d and d + e.
        return Tracked::new(d.value(), d.bound() + e.value() + e.bound());
    }
    let t = d / (e * Tracked::SQRT_2());
    if t.value() > 40.0 {
        // What spread adds is below e·exp(−t²), which is no number any more.
        return Tracked::new(d.value(), d.bound() + f64::MIN_POSITIVE);
    }
    let density = Tracked::FRAC_2_SQRT_PI() * Float::exp(-(t * t)) / Tracked::SQRT_2();
    e * density + d * t.erf()
}

/// `√v − √w`.
pub(super) fn spread(v: Tracked, w: Tracked) -> Tracked {
    let roots = Float::sqrt(v) + Float::sqrt(w);
    if roots.is_zero() { roots } else { (v - w) / roots }
}

/// `ρ(g) Σ ρ(g)ᵀ`.
pub(super) fn moved_covariance<R: ActsOn<Tracked, Group = AnyGroup>>(
    rep: &R,
    g: &AnyElement,
    covariance: &DMatrix<Tracked>,
) -> DMatrix<Tracked> {
    let columns = |matrix: &DMatrix<Tracked>| {
        let moved: Vec<DVector<Tracked>> = matrix
            .column_iter()
            .map(|column| rep.apply(g, column.clone_owned().as_slice()))
            .collect();
        DMatrix::from_columns(&moved)
    };
    columns(&columns(covariance).transpose())
}
