//! Plug-in estimates from whatever differences they are of.

use super::square;

/// The plug-in estimate `E_x avg_g ‖(1/T) Σ_t (Φ(θ_{g,t}, ρ_X(g)x) − ρ_Y(g)Φ(θ_t, x))‖²`, with the draws `θ_{g,t}` that
/// each `g` has of its own, as the paper's code, or with shared ones: draw by draw, in memory that does not grow.
///
/// It is too large, by [`plug_in_bias`](super::super::plug_in_bias) or, with draws of its own, by the sum of two such
/// terms (claim B6).
///
/// # Examples
/// ```
/// use equibayes::defect::PlugInSums;
///
/// let mut sums = PlugInSums::new(2); // a group of order two
/// sums.push(&[1.0, 2.0]); // two inputs, one output
/// sums.push(&[3.0, -2.0]);
/// assert_eq!(sums.estimate(2), Some(1.0)); // ½ · ½ (2² + 0²)
/// ```
#[derive(Clone, Debug)]
pub struct PlugInSums {
    order: usize,
    draws: usize,
    sum: Vec<f64>,
}

impl PlugInSums {
    /// No draw yet, for a group of this order.
    ///
    /// # Panics
    /// If the group has no element.
    pub fn new(order: usize) -> Self {
        assert!(order > 0, "a group has at least one element");
        Self { order, draws: 0, sum: Vec::new() }
    }

    /// Adds the differences of a draw: for all inputs, elements but the identity, and outputs.
    ///
    /// # Panics
    /// If there are not as many of them as the first time.
    pub fn push(&mut self, differences: &[f64]) {
        if self.draws == 0 {
            self.sum = vec![0.0; differences.len()];
        }
        assert_eq!(differences.len(), self.sum.len(), "as many differences as before");
        self.sum.iter_mut().zip(differences).for_each(|(sum, d)| *sum += d);
        self.draws += 1;
    }

    /// The estimate, for so many inputs; `None` before the first draw.
    ///
    /// # Panics
    /// If there are no inputs.
    pub fn estimate(&self, inputs: usize) -> Option<f64> {
        assert!(inputs > 0, "a mean over inputs needs at least one");
        let draws = self.draws as f64;
        let sum = square(&self.sum) / (draws * draws);
        (self.draws > 0).then(|| sum / (inputs * self.order) as f64)
    }
}
