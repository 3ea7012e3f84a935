//! Estimates of the defect from draws that all inputs and group elements share, draw by draw.

#[cfg(all(test, feature = "catalogue"))]
mod coverage;
mod estimates;
mod groups;
mod pairs;
mod plug_in;
#[cfg(test)]
mod tests;

pub use estimates::{SharedEstimates, StandardErrors};
pub use plug_in::PlugInSums;

use groups::Groups;
use pairs::Pairs;

/// Estimates `Δ(F) = E_x avg_g ‖F(ρ_X(g)x) − ρ_Y(g)F(x)‖²` (`ρ_Y` orthogonal) from draws that all inputs and group
/// elements share (claim B6), in one pass: draw by draw, in memory that does not grow with their number, but for two numbers for
/// every other draw.
///
/// Estimates may be taken after any draw, so that a sweep over `T = 1, 2, 4, …` costs no more than its last number of
/// draws. Up to 34 times `inputs × (order − 1) × outputs` numbers are held: the sums of up to 32 groups of
/// consecutive draws, for standard errors and intervals, one of all, and the draw that waits for its pair.
///
/// # Examples
/// ```
/// use equibayes::defect::DefectSweep;
///
/// // One input, a group of order two, one output: the differences 1 and 3.
/// let mut sweep = DefectSweep::new(1, 2, 1, f64::INFINITY);
/// sweep.push(&[1.0]);
/// assert_eq!(sweep.estimates().shared, 0.5); // ½ (0² + 1²)
/// sweep.push(&[3.0]);
/// let found = sweep.estimates();
/// assert_eq!((found.shared, found.unbiased), (2.0, Some(1.5))); // ½ · 2² and ½ · 1 · 3
/// ```
#[derive(Clone, Debug)]
pub struct DefectSweep {
    inputs: usize,
    order: usize,
    outputs: usize,
    squared_diameter: f64,
    draws: usize,
    /// For each input, `Σ_t Σ_g ‖d_t‖²`.
    squares: Vec<f64>,
    groups: Groups,
    pairs: Pairs,
}

impl DefectSweep {
    /// No draw yet, for so many inputs, a group of this order, and models with so many outputs, in a set with the diameter
    /// `D`: `D² = 2` for [class probabilities](super::SIMPLEX_DIAMETER_SQUARED), infinity if there is none.
    ///
    /// # Panics
    /// If there are no inputs or outputs, or the group has no element, or the squared diameter is negative or NaN.
    pub fn new(inputs: usize, order: usize, outputs: usize, squared_diameter: f64) -> Self {
        assert!(inputs > 0, "a mean over inputs needs at least one");
        assert!(order > 0, "a group has at least one element");
        assert!(outputs > 0, "a model has at least one output");
        assert!(squared_diameter >= 0.0, "a squared diameter is not negative");
        Self {
            inputs,
            order,
            outputs,
            squared_diameter,
            draws: 0,
            squares: vec![0.0; inputs],
            groups: Groups::new(),
            pairs: Pairs::new(inputs),
        }
    }

    /// Adds a draw `θ`: the differences `Φ(θ, ρ_X(g)x) − ρ_Y(g)Φ(θ, x)`, for each input, in it for each `g` but the
    /// identity, in it for each output.
    ///
    /// # Panics
    /// If there are not `inputs × (order − 1) × outputs` of them.
    pub fn push(&mut self, differences: &[f64]) {
        let each = (self.order - 1) * self.outputs;
        assert_eq!(differences.len(), self.inputs * each, "inputs × (order − 1) × outputs");
        let mut all = 0.0;
        for (x, squares) in self.squares.iter_mut().enumerate() {
            let own = square(&differences[x * each..][..each]);
            *squares += own;
            all += own;
        }
        self.groups.push(differences, all);
        self.pairs.push(differences, self.order);
        self.draws += 1;
    }

    /// How many draws there were.
    pub fn draws(&self) -> usize {
        self.draws
    }
}

/// `‖v‖²`.
fn square(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum()
}
