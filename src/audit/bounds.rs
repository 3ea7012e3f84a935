//! Bounds on the defect of a posterior's predictions, best first.

use crate::defect::{SIMPLEX_DIAMETER_SQUARED, mean_squared_defect_bound};

/// How much of the trivial bound another must leave to say something: closer to it they cannot be told apart.
const TOLD_APART: f64 = 1e-9;

/// What B1 and B2 grow with.
const DIVERGENCES: &str = "the divergences";

/// Bounds on the mean squared defect `Δ` of the predictive softmax probabilities that follow from the
/// posterior alone; `None` where they do not apply.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DefectBounds {
    /// By total variation, element by element.
    pub b1: Option<f64>,
    /// By the orbit divergence.
    pub b2: Option<f64>,
    /// By Lipschitz constant and Wasserstein distance: a deep network has no global constant.
    pub b3: Option<f64>,
}

/// One bound on the mean squared defect of the predictive softmax probabilities.
#[derive(Clone, Debug, PartialEq)]
pub struct DefectBound {
    /// The claim that it is.
    pub id: &'static str,
    /// What it is by.
    pub name: &'static str,
    /// The bound.
    pub value: f64,
    /// Whether it says no more than `D² (1 − 1/|G|)`, which holds for every predictive.
    pub vacuous: bool,
    /// What of the moved posteriors it grows with: the divergences (B1, B2), `W²` (B3) or `ln(1 + χ²)` (B4); empty if it does
    /// not (B8).
    pub scaled: &'static str,
    /// At how many times that, all elements alike, a vacuous bound would begin to say
    /// something: a number below 1. `None` if it says something as it is, or would at no scale. Means and scales whose differences over an orbit
    /// are `s` times as large have about `s²` times all three.
    pub informative_at: Option<f64>,
}

/// How far a posterior is from its images under a group.
pub(super) struct Divergences {
    /// `KL(q ‖ g_#q)` of each `g`, or their average alone.
    pub(super) each: Vec<f64>,
    /// Their average.
    pub(super) average: f64,
    /// The order of the group.
    pub(super) order: f64,
}

impl Divergences {
    /// B1 if all divergences were `scale` times as large.
    fn b1(&self, scale: f64) -> f64 {
        let scaled = self.each.iter().map(|divergence| scale * divergence);
        mean_squared_defect_bound(SIMPLEX_DIAMETER_SQUARED, scaled)
    }

    /// B2 likewise.
    fn b2(&self, scale: f64) -> f64 {
        0.5 * SIMPLEX_DIAMETER_SQUARED * scale * self.average
    }

    pub(super) fn bounds(&self) -> DefectBounds {
        DefectBounds { b1: Some(self.b1(1.0)), b2: Some(self.b2(1.0)), b3: None }
    }

    /// The bounds that apply, the smallest first.
    pub(super) fn ranking(&self) -> Vec<DefectBound> {
        let mut all = vec![
            DefectBound::rated("B1", "total variation", DIVERGENCES, self.order, |s| self.b1(s)),
            DefectBound::rated("B2", "orbit divergence", DIVERGENCES, self.order, |s| self.b2(s)),
        ];
        DefectBound::rank(&mut all);
        all
    }
}

impl DefectBound {
    /// A bound that grows with `scaled`, from what it would be if that were `scale` times as large, for a group of this
    /// order.
    pub(super) fn rated(
        id: &'static str,
        name: &'static str,
        scaled: &'static str,
        order: f64,
        bound: impl Fn(f64) -> f64,
    ) -> Self {
        let plain = Self::unscaled(id, name, order, bound(1.0));
        let enough = trivial(order) * (1.0 - TOLD_APART);
        let informative_at = (plain.vacuous && enough > 0.0).then(|| {
            // Between powers of two: the scale from which on the bound is vacuous.
            let (mut low, mut high) = (-1100.0, 0.0);
            for _ in 0..60 {
                let middle: f64 = 0.5 * (low + high);
                match bound(middle.exp2()) >= enough {
                    true => high = middle,
                    false => low = middle,
                }
            }
            low.exp2()
        });
        // At no scale that a number can hold.
        Self { scaled, informative_at: informative_at.filter(|&scale| scale > 0.0), ..plain }
    }

    /// A bound that no scale of the asymmetry decides.
    pub(super) fn unscaled(id: &'static str, name: &'static str, order: f64, value: f64) -> Self {
        let vacuous = value > 0.0 && value >= trivial(order) * (1.0 - TOLD_APART);
        Self { id, name, value, vacuous, scaled: "", informative_at: None }
    }

    /// Sorts bounds, the smallest first; of equal ones the first stays first.
    pub fn rank(bounds: &mut [Self]) {
        bounds.sort_by(|a, b| a.value.total_cmp(&b.value));
    }
}

/// `D² (1 − 1/|G|)`: the identity contributes nothing to the defect, and every other element `D²` at most.
fn trivial(order: f64) -> f64 {
    SIMPLEX_DIAMETER_SQUARED * (1.0 - 1.0 / order)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Divergences 0 and 40 of a group of two: B2 is 20 of a trivial 1, B1 is `1 − e^{−40}`, which is 1 to nine digits; at
    /// `1/20` of it and at `9 ln 10/40` they are no longer.
    #[test]
    fn the_best_is_first_and_scales_are_where_bounds_begin_to_speak() {
        let divergences = Divergences { each: vec![0.0, 40.0], average: 20.0, order: 2.0 };
        let found = divergences.ranking();
        assert_eq!((found[0].id, found[1].id), ("B1", "B2"));
        assert!(found.iter().all(|bound| bound.vacuous));
        let scale = |i: usize| found[i].informative_at.unwrap();
        assert!((scale(0) / (9.0 * 10.0_f64.ln() / 40.0) - 1.0).abs() < 1e-7, "{}", scale(0));
        assert!((scale(1) / 0.05 - 1.0).abs() < 1e-8, "{}", scale(1));
        // Just below its scale a bound speaks.
        let each = vec![0.0, 40.0 * scale(1) * 0.999];
        let smaller = Divergences { average: each[1] / 2.0, each, order: 2.0 };
        assert!(smaller.ranking().iter().all(|bound| !bound.vacuous));
    }

    #[test]
    fn what_is_invariant_has_bounds_that_speak() {
        for order in [1.0, 4.0] {
            let found = Divergences { each: vec![0.0], average: 0.0, order }.ranking();
            assert!(found.iter().all(|bound| bound.value == 0.0 && !bound.vacuous));
            assert!(found.iter().all(|bound| bound.informative_at.is_none()));
        }
    }
}
