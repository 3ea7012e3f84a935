//! What is collected of predictions over the orbits of images.

use super::{DefectEstimates, Measurement};
use crate::audit::orbit_predictions::{Evaluator, Orbit, mean_of_draws};
use crate::defect::{ScoreSums, SharedSums};
use crate::symmetrize::log_mean_exp;

/// What is collected over blocks of images.
pub(super) struct Sums {
    order: usize,
    draws: usize,
    classes: usize,
    images: usize,
    shared: SharedSums,
    scores: ScoreSums,
    sampled: ScoreSums,
    /// `Σ_x Σ_g ‖F'_g(gx) − F(x)‖²` with fresh draws for each `g`.
    plug_in: f64,
    worst: f64,
}

impl Sums {
    pub(super) fn new(order: usize, draws: usize, classes: usize) -> Self {
        Self {
            order,
            draws,
            classes,
            images: 0,
            shared: SharedSums::new(draws),
            scores: ScoreSums::new(order),
            sampled: ScoreSums::new(order),
            plug_in: 0.0,
            worst: 0.0,
        }
    }

    /// Evaluates the network on a block: `inputs` holds all images moved by the first element, then by the
    /// next. Fails with the number of an image whose logits are not finite.
    pub(super) fn add_block(
        &mut self,
        evaluator: &mut Evaluator<'_>,
        orbit: &Orbit,
        inputs: &[f64],
        labels: impl ExactSizeIterator<Item = usize>,
    ) -> Result<(), usize> {
        let (count, classes) = (labels.len(), self.classes);
        // Log-probabilities: draw, element, image, class.
        let per_draw = self.order * count * classes;
        let mut logs = vec![0.0; self.draws * per_draw];
        for (t, logs) in logs.chunks_exact_mut(per_draw).enumerate() {
            evaluator.draw(0, t);
            evaluator.log_probabilities(inputs, logs);
        }
        if let Some(at) = logs.iter().position(|log| !log.is_finite()) {
            return Err(at / classes % count);
        }
        // log F_T: element, image, class.
        let predictions = mean_of_draws(&logs, self.draws);
        self.add_fresh(evaluator, inputs, &predictions[..count * classes])?;
        let mut differences = vec![0.0; (self.order - 1) * self.draws * classes];
        for (i, label) in labels.enumerate() {
            let of =
                |t: usize, g: usize| &logs[t * per_draw + (g * count + i) * classes..][..classes];
            for (row, out) in differences.chunks_exact_mut(classes).enumerate() {
                let (g, t) = (row / self.draws + 1, row % self.draws);
                let pairs = of(t, g).iter().zip(of(t, 0));
                out.iter_mut().zip(pairs).for_each(|(d, (p, q))| *d = p.exp() - q.exp());
            }
            let elements = differences.chunks_exact(self.draws * classes);
            self.shared.add(self.order, classes, elements);
            let row = |g: usize| &predictions[(g * count + i) * classes..][..classes];
            let rows: Vec<&[f64]> = (0..self.order).map(row).collect();
            self.scores.add(&rows.concat(), label, classes);
            self.add_orbit_sampled(orbit, &rows, label);
            self.images += 1;
        }
        Ok(())
    }

    /// Fresh draws for each element but the identity, whose log-predictions are `still`.
    fn add_fresh(
        &mut self,
        evaluator: &mut Evaluator<'_>,
        inputs: &[f64],
        still: &[f64],
    ) -> Result<(), usize> {
        let mut log = vec![0.0; still.len()];
        let mut fresh = vec![0.0; still.len()];
        for (g, inputs) in inputs.chunks_exact(inputs.len() / self.order).enumerate().skip(1) {
            fresh.fill(0.0);
            for t in 0..self.draws {
                evaluator.draw(g, t);
                evaluator.log_probabilities(inputs, &mut log);
                if let Some(at) = log.iter().position(|log| !log.is_finite()) {
                    return Err(at / self.classes);
                }
                fresh.iter_mut().zip(&log).for_each(|(sum, log)| *sum += log.exp());
            }
            let draws = self.draws as f64;
            let squares =
                fresh.iter().zip(still).map(|(sum, log)| (sum / draws - log.exp()).powi(2));
            self.plug_in += squares.sum::<f64>();
        }
        Ok(())
    }

    /// `rows` are the log-predictions of one image at each element.
    fn add_orbit_sampled(&mut self, orbit: &Orbit, rows: &[&[f64]], label: usize) {
        let mut averages = Vec::with_capacity(self.order * self.classes);
        for products in &orbit.products {
            averages.extend((0..self.classes).map(|class| {
                let mut terms: Vec<f64> =
                    products.iter().map(|&product| rows[product][class]).collect();
                // In an order that the values determine: the same all over the orbit, to the last bit.
                terms.sort_unstable_by(f64::total_cmp);
                log_mean_exp(&terms)
            }));
        }
        self.sampled.add(&averages, label, self.classes);
        let still = &averages[..self.classes];
        for row in averages.chunks_exact(self.classes) {
            for (moved, still) in row.iter().zip(still) {
                self.worst = f64::max(self.worst, (moved.exp() - still.exp()).abs());
            }
        }
    }

    pub(super) fn measurement(&self) -> Measurement {
        let estimates = self.shared.estimates();
        Measurement {
            images: self.images,
            draws: self.draws,
            defect: DefectEstimates {
                plug_in: self.plug_in / (self.images * self.order) as f64,
                shared: estimates.shared,
                unbiased: estimates.unbiased,
                unbiased_se: estimates.unbiased_se,
            },
            scores: self.scores.scores(),
            orbit_sampled: self.sampled.scores(),
            orbit_sampled_error: self.worst,
        }
    }
}
