//! How good class probabilities are, and how far they agree over an orbit.

/// The number of bins of the expected calibration error.
const BINS: usize = 15;

/// Scores of predicted class probabilities on images and their orbits.
///
/// All are means over images.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scores {
    /// `max_c #{g : argmax F(gx) = c} / |G|`.
    pub osp_majority: f64,
    /// The share of the `g`, the identity included, with `argmax F(gx) = argmax F(x)`.
    pub osp_identity: f64,
    /// The mean over `g ≠ e` of `KL(F(gx)‖F(x)) + KL(F(x)‖F(gx))`, in nats; 0 for the trivial group.
    pub symmetric_kl: f64,
    /// The share of images whose class is the most probable one, at the identity.
    pub accuracy: f64,
    /// `−log F(x)_label`, in nats, at the identity.
    pub nll: f64,
    /// The Brier score `Σ_c (F(x)_c − [c = label])²`, from 0 to 2, at the identity.
    pub brier: f64,
    /// The expected calibration error at the identity, with 15 bins of equal width.
    pub ece: f64,
}

/// Collects [`Scores`] image by image.
///
/// # Examples
/// ```
/// use equibayes::defect::ScoreSums;
///
/// let mut sums = ScoreSums::new(2);
/// let log = |p: [f64; 2]| p.map(f64::ln);
/// // One image with its orbit of two: probabilities at the identity, then at the other element.
/// sums.add(&[log([0.75, 0.25]), log([0.25, 0.75])].concat(), 0, 2);
/// let scores = sums.scores();
/// assert_eq!((scores.accuracy, scores.osp_majority, scores.osp_identity), (1.0, 0.5, 0.5));
/// assert!((scores.symmetric_kl - 3.0_f64.ln()).abs() < 1e-15);
/// assert!((scores.ece - 0.25).abs() < 1e-15);
/// assert!((scores.brier - 0.125).abs() < 1e-15);
/// ```
#[derive(Clone, Debug)]
pub struct ScoreSums {
    order: usize,
    images: usize,
    majority: usize,
    agree: usize,
    symmetric_kl: f64,
    correct: usize,
    nll: f64,
    brier: f64,
    /// For each bin, confidences less correct answers, summed.
    bins: [f64; BINS],
}

impl ScoreSums {
    /// No image yet, under a group of this order.
    ///
    /// # Panics
    /// If the order is zero.
    pub fn new(order: usize) -> Self {
        assert!(order > 0, "a group has at least one element");
        Self {
            order,
            images: 0,
            majority: 0,
            agree: 0,
            symmetric_kl: 0.0,
            correct: 0,
            nll: 0.0,
            brier: 0.0,
            bins: [0.0; BINS],
        }
    }

    /// Adds an image: its log-probabilities at each group element, the identity first, one row of `classes`
    /// after the other.
    ///
    /// Logarithms, because a probability that is too small for a number still has one.
    ///
    /// # Panics
    /// If there is not one row for each element, or no class `label`.
    pub fn add(&mut self, log_probabilities: &[f64], label: usize, classes: usize) {
        assert_eq!(log_probabilities.len(), self.order * classes, "one row for each element");
        let rows = log_probabilities.chunks_exact(classes);
        let first = &log_probabilities[..classes];
        let guess = largest(first);
        let mut votes = vec![0; classes];
        let mut divergence = 0.0;
        for row in rows {
            votes[largest(row)] += 1;
            divergence += symmetric_kl(row, first);
        }
        self.images += 1;
        self.majority += votes.iter().copied().max().unwrap_or(0);
        self.agree += votes[guess];
        self.symmetric_kl += divergence / (self.order.max(2) - 1) as f64;
        let correct = guess == label;
        self.correct += usize::from(correct);
        self.nll -= first[label];
        let gap = |(class, log): (usize, &f64)| log.exp() - f64::from(u8::from(class == label));
        self.brier += first.iter().enumerate().map(gap).map(|gap| gap * gap).sum::<f64>();
        let confidence = first[guess].exp();
        // Bins are open on the left: (0, 1/15], (1/15, 2/15], …
        let bin = ((confidence * BINS as f64).ceil() as usize).clamp(1, BINS) - 1;
        self.bins[bin] += confidence - f64::from(u8::from(correct));
    }

    /// The scores; all NaN before the first image.
    pub fn scores(&self) -> Scores {
        let images = self.images as f64;
        let votes = images * self.order as f64;
        Scores {
            osp_majority: self.majority as f64 / votes,
            osp_identity: self.agree as f64 / votes,
            symmetric_kl: self.symmetric_kl / images,
            accuracy: self.correct as f64 / images,
            nll: self.nll / images,
            brier: self.brier / images,
            ece: self.bins.iter().map(|gap| gap.abs()).sum::<f64>() / images,
        }
    }
}

/// The class of the largest value, the first of several.
fn largest(row: &[f64]) -> usize {
    row.iter()
        .enumerate()
        .fold(0, |best, (class, value)| if *value > row[best] { class } else { best })
}

/// `KL(p‖q) + KL(q‖p) = Σ (p − q)(log p − log q)`, from logarithms.
fn symmetric_kl(p: &[f64], q: &[f64]) -> f64 {
    p.iter()
        .zip(q)
        // Equal ones contribute nothing, two that are both −∞ included.
        .filter(|(p, q)| p != q)
        .map(|(p, q)| (p.exp() - q.exp()) * (p - q))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidences_and_hits_meet_in_bins() {
        let mut sums = ScoreSums::new(1);
        // Two images in one bin, one right and one wrong: |0.9 + 0.9 − 1| / 2.
        for label in [0, 1] {
            sums.add(&[0.9_f64.ln(), 0.1_f64.ln()], label, 2);
        }
        let scores = sums.scores();
        assert!((scores.ece - 0.4).abs() < 1e-15);
        assert_eq!((scores.accuracy, scores.symmetric_kl, scores.osp_identity), (0.5, 0.0, 1.0));
        assert!((scores.nll + 0.5 * 0.09_f64.ln()).abs() < 1e-15);
        // Right: 2 · 0.1², wrong: 2 · 0.9².
        assert!((scores.brier - 0.82).abs() < 1e-15);
    }

    #[test]
    fn what_no_number_holds_has_a_logarithm() {
        let mut sums = ScoreSums::new(2);
        sums.add(&[0.0, -1000.0, -1000.0, 0.0], 1, 2);
        let scores = sums.scores();
        assert_eq!((scores.nll, scores.symmetric_kl), (1000.0, 2000.0));
    }
}
