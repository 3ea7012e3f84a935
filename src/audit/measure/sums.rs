//! What is collected of predictions over the orbits of images, draw by draw.

use super::{DefectEstimates, Measurement};
use crate::audit::orbit_predictions::Orbit;
use crate::defect::{
    DefectSweep, Interval, Intervals, PlugInSums, SIMPLEX_DIAMETER_SQUARED, ScoreSums, Scores,
};
use crate::symmetrize::log_mean_exp;
use rayon::prelude::*;

/// What is collected over draws: for each image, each element and each class, sums; two numbers for every other draw, and
/// nothing else that grows with their number.
pub(super) struct Sums {
    order: usize,
    classes: usize,
    images: usize,
    /// Of draws that all elements share, and of those that each has of its own.
    shared: DefectSweep,
    fresh: PlugInSums,
    /// `F_T`, in logarithms: image, element, class.
    predictions: LogSums,
    /// The means of the probabilities over the draws so far: image, element, class.
    means: Vec<f64>,
    /// The squared distances from them, all together.
    squares: f64,
    /// Of one draw: probabilities at the identity, and differences from them at the other elements.
    still: Vec<f64>,
    differences: Vec<f64>,
}

impl Sums {
    pub(super) fn new(images: usize, order: usize, classes: usize) -> Self {
        Self {
            order,
            classes,
            images,
            shared: DefectSweep::new(images, order, classes, SIMPLEX_DIAMETER_SQUARED),
            fresh: PlugInSums::new(order),
            predictions: LogSums::new(images * order * classes),
            means: vec![0.0; images * order * classes],
            squares: 0.0,
            still: vec![0.0; images * classes],
            differences: vec![0.0; images * (order - 1) * classes],
        }
    }

    /// Adds a draw: `shared` has its log-probabilities, image by image, at each element; `fresh` those of the draws that the
    /// other elements have of their own.
    pub(super) fn push(&mut self, shared: &[f64], fresh: &[f64]) {
        let (classes, orbit) = (self.classes, self.order * self.classes);
        self.predictions.push(shared);
        // Each term is a square, so that nearly equal draws have a variance too (Welford).
        let weight = 1.0 / self.predictions.draws as f64;
        let terms = self.means.iter_mut().zip(shared).map(|(mean, log)| {
            let off = log.exp() - *mean;
            *mean += weight * off;
            off * off * (1.0 - weight)
        });
        self.squares += terms.sum::<f64>();
        for (still, logs) in self.still.chunks_exact_mut(classes).zip(shared.chunks_exact(orbit)) {
            still.iter_mut().zip(logs).for_each(|(still, log)| *still = log.exp());
        }
        // A group of one element leaves no differences.
        if self.order > 1 {
            self.subtract(shared, orbit, classes);
            self.shared.push(&self.differences);
            self.subtract(fresh, orbit - classes, 0);
            self.fresh.push(&self.differences);
        } else {
            self.shared.push(&[]);
            self.fresh.push(&[]);
        }
    }

    /// Probabilities at the other elements, less those at the identity: of each image `logs` has so many numbers, those of the
    /// other elements after the first few.
    fn subtract(&mut self, logs: &[f64], each: usize, skip: usize) {
        let classes = self.classes;
        let of_image = (self.order - 1) * classes;
        self.differences
            .par_chunks_exact_mut(of_image)
            .zip(logs.par_chunks_exact(each))
            .zip(self.still.par_chunks_exact(classes))
            .for_each(|((out, logs), still)| {
                let moved = logs[skip..].iter().zip(still.iter().cycle());
                out.iter_mut().zip(moved).for_each(|(d, (log, still))| *d = log.exp() - still);
            });
    }

    /// What the draws so far say. `labels` are those of the images.
    pub(super) fn measurement(
        &self,
        orbit: &Orbit,
        labels: impl Iterator<Item = usize>,
        alpha: f64,
    ) -> Measurement {
        let shared = self.shared.estimates();
        let all = Interval { low: 0.0, high: SIMPLEX_DIAMETER_SQUARED };
        let unknown = Intervals { draws: all, inputs: all, both: all };
        let logs = self.predictions.log_means();
        let (scores, sampled, worst) = self.scores(&logs, orbit, labels);
        let draws = self.shared.draws() as f64;
        let variance = (draws > 1.0).then(|| {
            let count = (self.images * self.order) as f64;
            self.squares / ((draws - 1.0) * count)
        });
        Measurement {
            images: self.images,
            draws: self.shared.draws(),
            defect: DefectEstimates {
                plug_in: self.fresh.estimate(self.images).unwrap_or(f64::NAN),
                shared: shared.shared,
                unbiased: shared.unbiased,
                unbiased_se: shared.standard_errors.both,
                standard_errors: shared.standard_errors,
                single: shared.single,
                // Never unknown: that the confidence is one was checked.
                intervals: shared.intervals(alpha).unwrap_or(unknown),
                guaranteed_intervals: shared.guaranteed_intervals(alpha).unwrap_or(unknown),
                confidence: 1.0 - alpha,
            },
            variance,
            scores,
            orbit_sampled: sampled,
            orbit_sampled_error: worst,
        }
    }

    /// Scores of `F_T` and of the orbit-sampled predictive, and how far the latter is from equivariant.
    fn scores(
        &self,
        logs: &[f64],
        orbit: &Orbit,
        labels: impl Iterator<Item = usize>,
    ) -> (Scores, Scores, f64) {
        let (classes, of_image) = (self.classes, self.order * self.classes);
        let (mut plain, mut sampled) = (ScoreSums::new(self.order), ScoreSums::new(self.order));
        let mut worst = 0.0;
        let mut averages = vec![0.0; of_image];
        for (logs, label) in logs.chunks_exact(of_image).zip(labels) {
            plain.add(logs, label, classes);
            let rows = averages.chunks_exact_mut(classes);
            for (average, products) in rows.zip(&orbit.products) {
                for (class, average) in average.iter_mut().enumerate() {
                    let mut terms: Vec<f64> =
                        products.iter().map(|&product| logs[product * classes + class]).collect();
                    // In an order that the values determine: the same all over the orbit, to the last bit.
                    terms.sort_unstable_by(f64::total_cmp);
                    *average = log_mean_exp(&terms);
                }
            }
            sampled.add(&averages, label, classes);
            let still = averages[..classes].iter().cycle();
            for (moved, still) in averages.iter().zip(still) {
                worst = f64::max(worst, (moved.exp() - still.exp()).abs());
            }
        }
        (plain.scores(), sampled.scores(), worst)
    }
}

/// `log Σ_t exp(·)`, one number at a time: a sum, in units of its largest term, for a probability that is too small for a number
/// still has a logarithm.
struct LogSums {
    draws: usize,
    /// The largest term and the sum over it.
    sums: Vec<(f64, f64)>,
}

impl LogSums {
    fn new(len: usize) -> Self {
        Self { draws: 0, sums: vec![(f64::NEG_INFINITY, 0.0); len] }
    }

    fn push(&mut self, logs: &[f64]) {
        self.draws += 1;
        self.sums.par_iter_mut().zip(logs).with_min_len(1024).for_each(|((largest, sum), &log)| {
            if log <= *largest {
                *sum += (log - *largest).exp();
            } else {
                *sum = *sum * (*largest - log).exp() + 1.0;
                *largest = log;
            }
        });
    }

    fn log_means(&self) -> Vec<f64> {
        let draws = self.draws as f64;
        self.sums.iter().map(|(largest, sum)| largest + (sum / draws).ln()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_of_means_in_any_order() {
        let terms = [[-1.0, -900.0], [-3.0, -901.0], [-0.5, -899.0]];
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let mut sums = LogSums::new(2);
            order.iter().for_each(|&t| sums.push(&terms[t]));
            for (class, found) in sums.log_means().into_iter().enumerate() {
                let expected = log_mean_exp(&terms.map(|row| row[class]));
                assert!((found / expected - 1.0).abs() < 1e-15, "{found} {expected}");
            }
        }
    }
}
