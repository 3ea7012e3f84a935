//! The model of the rates of B6 and B7: linear, of two inputs that the group of order two exchanges.

use crate::defect::DefectSweep;
use crate::model::{Linear, Model};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

/// `Φ(θ, x) = Wx` with one row for each output, and a Gaussian posterior. `x = (x_1, x_2)` is exchanged, outputs stay. So
/// `d = W(gx − x) = (x_2 − x_1)(w_1 − w_2)`, and `w_1 − w_2` has the mean `shift` and the standard deviation `spread`.
pub(super) struct Exchange {
    model: Linear,
    shift: Vec<f64>,
    spread: Vec<f64>,
}

impl Exchange {
    pub(super) fn new(shift: Vec<f64>, spread: Vec<f64>) -> Self {
        let model = match Linear::new(2, shift.len()) {
            Ok(model) => model,
            Err(error) => unreachable!("two inputs, and as many outputs as means: {error}"),
        };
        Self { model, shift, spread }
    }

    /// `avg_x avg_g ‖d̄‖²` for given squares `(x_2 − x_1)²`: `½ (x_2 − x_1)²` times `Σ (w̄_1 − w̄_2)²`, whose mean this is
    /// for `T` draws.
    pub(super) fn second_moment(&self, draws: usize) -> f64 {
        let each = self.shift.iter().zip(&self.spread);
        each.map(|(m, s)| m * m + s * s / draws as f64).sum()
    }

    /// The library's plug-in estimate with `T` draws that both elements and all inputs share.
    pub(super) fn estimate(&self, draws: usize, inputs: &[[f64; 2]], rng: &mut ChaCha8Rng) -> f64 {
        let outputs = self.shift.len();
        let mut thetas = Vec::with_capacity(2 * draws * outputs);
        for _ in 0..draws {
            for (shift, spread) in self.shift.iter().zip(&self.spread) {
                // Both weights vary, each with half of the variance of their difference.
                let scale = spread * std::f64::consts::FRAC_1_SQRT_2;
                for mean in [0.5 * shift, -0.5 * shift] {
                    thetas.push(mean + scale * rng.sample::<f64, _>(StandardNormal));
                }
            }
        }
        let mut sweep = DefectSweep::new(inputs.len(), 2, outputs, f64::INFINITY);
        let (mut there, mut here) = (vec![0.0; outputs], vec![0.0; outputs]);
        let mut differences = Vec::with_capacity(inputs.len() * outputs);
        for theta in thetas.chunks_exact(2 * outputs) {
            differences.clear();
            for &[a, b] in inputs {
                self.model.predict(theta, &[b, a], &mut there);
                self.model.predict(theta, &[a, b], &mut here);
                differences.extend(there.iter().zip(&here).map(|(there, here)| there - here));
            }
            sweep.push(&differences);
        }
        sweep.estimates().shared
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    /// Without noise the estimate is the defect: `½ (x_2 − x_1)² ‖shift‖²`.
    #[test]
    fn the_defect_by_hand() {
        let exchange = Exchange::new(vec![3.0, 1.0], vec![0.0, 0.0]);
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let found = exchange.estimate(4, &[[0.5, 2.5]], &mut rng);
        assert_eq!((found, exchange.second_moment(4)), (20.0, 10.0));
    }
}
