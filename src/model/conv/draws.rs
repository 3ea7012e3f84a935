//! Predictions of one batch under many draws of the parameters.

use super::{ConvNet, ConvWorkspace, Lanes};

impl ConvNet {
    /// The logits of one batch under draws of the parameters, one draw after the other.
    ///
    /// For each draw `t` in `0..draws`, `draw(t, θ)` fills `θ` in and `each(t, logits)` is given the
    /// logits, row by row. The images are laid out once, for all draws; nothing is kept for a gradient, and
    /// memory does not grow with the number of draws.
    ///
    /// # Panics
    /// If `inputs` are not of whole examples, or of more than the workspace is for.
    ///
    /// # Examples
    /// ```
    /// use equibayes::model::Differentiable;
    /// use equibayes::model::conv::{ConvNet, ConvSpec};
    ///
    /// let net = ConvNet::new(ConvSpec::new(1, 4, &[2], 3))?;
    /// let images = [0.5_f32; 2 * 16];
    /// let mut mean = [0.0; 2 * 3];
    /// net.for_each_draw(
    ///     &images,
    ///     4,
    ///     |t, theta| theta.fill(0.1 * t as f32),
    ///     |_, logits| mean.iter_mut().zip(logits).for_each(|(mean, x)| *mean += x / 4.0),
    ///     &mut net.workspace(2),
    /// );
    /// assert!(mean.iter().all(|&x| x > 0.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn for_each_draw<T: Lanes>(
        &self,
        inputs: &[T],
        draws: usize,
        mut draw: impl FnMut(usize, &mut [T]),
        mut each: impl FnMut(usize, &[T]),
        workspace: &mut ConvWorkspace<T>,
    ) {
        workspace.load(self, inputs);
        let mut theta = vec![T::zero(); self.dim()];
        let mut logits = vec![T::zero(); inputs.len() / self.image() * self.head.classes];
        for t in 0..draws {
            draw(t, &mut theta);
            workspace.forward(self, &theta, &mut logits, false);
            each(t, &logits);
        }
    }
}
