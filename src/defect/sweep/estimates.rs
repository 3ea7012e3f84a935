//! What the sums say after some draws.

use super::groups::GroupSum;
use super::pairs::Products;
use super::{DefectSweep, square};
use crate::defect::error::{BoundError, probability};
use crate::defect::interval::{Interval, Intervals, Spread, bounded_mean};
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

/// Estimates of `Δ(F) = E_x avg_g ‖F(ρ_X(g)x) − ρ_Y(g)F(x)‖²` from `T` shared draws, by a [`DefectSweep`].
#[derive(Clone, Debug, PartialEq)]
pub struct SharedEstimates {
    /// `avg_x avg_g ‖(1/T) Σ_t d_t‖²` with `d_t = Φ(θ_t, ρ_X(g)x) − ρ_Y(g)Φ(θ_t, x)`: too large by the variance over `T`
    /// (claim B6).
    pub shared: f64,
    /// `avg_x avg_g (‖Σ_t d_t‖² − Σ_t ‖d_t‖²) / (T(T − 1))`, unbiased (claim B6); `None` for one draw.
    pub unbiased: Option<f64>,
    /// `avg_x avg_g (1/T) Σ_t ‖d_t‖²`: the defect of single draws, which PAC-Bayes needs (claim B8).
    pub single: f64,
    /// Standard errors of `unbiased`.
    pub standard_errors: StandardErrors,
    /// Of each input, its share of `unbiased`; of `shared` for one draw.
    by_input: Vec<f64>,
    spread: Spread,
    pairs: Products,
    /// `avg_g ‖·‖²` for a distance of `D` at every `g` but the identity.
    largest: f64,
}

/// Standard errors of the unbiased estimate: the root of an estimate of its variance that is, in the mean over draws and
/// inputs, never too small.
///
/// *Over draws*: the jackknife that leaves out one group of consecutive draws at a time. By Efron and Stein's inequality
/// its mean is at least the variance; where the defect is zero it is too large by a factor that tends to 2, so the
/// error by `√2`. *Over inputs*: the variance between inputs over their number, without bias. *Over both*: by the law of total
/// variance their sum (see `proofs-notes/b-bounds.md`, B6).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StandardErrors {
    /// For other draws on the same inputs; `None` for fewer than three draws.
    pub draws: Option<f64>,
    /// For the same draws on other inputs; `None` for one input, or one draw.
    pub inputs: Option<f64>,
    /// For other draws on other inputs; `None` where one of the two is.
    pub both: Option<f64>,
}

impl SharedEstimates {
    /// Intervals around the unbiased estimate, each of which fails with probability `α` at most — those that rest on draws
    /// approximately.
    ///
    /// - *Over draws*: holds the defect on these very inputs. For draws whose groups have normal means, that is in the limit of
    ///   many draws; at any size of the defect, zero included, where the estimate is far from normal. Approximately: the
    ///   argument has gaps, which B6 in `proofs-notes/b-bounds.md` lists, and misses were counted (at most 3.2 % at `α` = 5 %). Never outside `[0, D²(1 − 1/|G|)]`.
    /// - *Over inputs*: holds what the estimate from these very draws would be on all inputs, for independent inputs and whatever
    ///   their law and number: it rests on the diameter `D` alone, by betting (Waudby-Smith and Ramdas, 2023). It may be
    ///   below zero, as the estimate may.
    /// - *Over both*: holds the defect on all inputs: the interval over draws around every number in that over inputs, at
    ///   `α/2` each.
    ///
    /// [`guaranteed_intervals`](Self::guaranteed_intervals) are wider, and rest on no limit.
    ///
    /// From one draw, and from differences that are no numbers, nothing can be said: the intervals are all that is possible. Without a diameter nothing is known of
    /// inputs that were not seen: those over inputs are without an end.
    ///
    /// # Errors
    /// [`BoundError`] for an `α` that is not between 0 and 1.
    ///
    /// # Examples
    /// ```
    /// use equibayes::defect::{DefectSweep, SIMPLEX_DIAMETER_SQUARED};
    ///
    /// // Three inputs, a group of order two, two classes; every draw differs by (±0.1, ∓0.1) or so.
    /// let mut sweep = DefectSweep::new(3, 2, 2, SIMPLEX_DIAMETER_SQUARED);
    /// for t in 0..64 {
    ///     let d = |x: usize| 0.1 + 0.02 * f64::sin((t * (x + 1)) as f64);
    ///     sweep.push(&[d(0), -d(0), d(1), -d(1), d(2), -d(2)]);
    /// }
    /// let found = sweep.estimates();
    /// let (estimate, intervals) = (found.unbiased.unwrap(), found.intervals(0.05)?);
    /// assert!((estimate - 0.01).abs() < 0.001);
    /// assert!(intervals.draws.contains(estimate) && intervals.draws.high < 0.012);
    /// // Three inputs say little about all others.
    /// assert!(intervals.both.contains(estimate) && intervals.both.high > 0.5);
    /// # Ok::<(), equibayes::defect::BoundError>(())
    /// ```
    pub fn intervals(&self, alpha: f64) -> Result<Intervals, BoundError> {
        let alpha = probability("α", alpha)?;
        let possible = self.possible();
        let Some(unbiased) = self.unbiased else {
            return Ok(Intervals { draws: possible, inputs: possible, both: possible });
        };
        let seen = self.over_inputs(alpha / 2.0);
        let around = |value| self.spread.interval(value, alpha / 2.0);
        let both = match seen.low.is_finite() && seen.high.is_finite() {
            true => Interval { low: around(seen.low).low, high: around(seen.high).high },
            false => possible,
        };
        Ok(Intervals {
            draws: self.spread.interval(unbiased, alpha).within(possible),
            inputs: self.over_inputs(alpha),
            both: both.within(possible),
        })
    }

    /// Intervals that fail with probability `α` at most, each, whatever the number of independent draws and whatever their law: for
    /// outputs in a set with the diameter `D`, by betting (Waudby-Smith and Ramdas, 2023). The number of draws is to be fixed beforehand: these
    /// are not intervals for all steps of a sweep at once.
    ///
    /// - *Over draws*: from `avg_x avg_g ⟨d_t, d_{t+1}⟩` for the pairs of draws 1 and 2, 3 and 4, …: independent numbers in
    ///   `D²(1 − 1/|G|) · [−1, 1]`, with the mean `Δ`.
    /// - *Over inputs*: that of [`intervals`](Self::intervals), which is of this kind.
    /// - *Over both*: from the same pairs, each on a single input, one after the other in an order that is shuffled: for inputs
    ///   that are independent, of one law. Fewer inputs than pairs make it wider.
    ///
    /// The price is a width of about `30 D²(1 − 1/|G|)/T` or more at `α` = 5 %, however little the draws vary, where
    /// [`intervals`](Self::intervals) follow the spread. Without a diameter they are all that is possible.
    ///
    /// # Errors
    /// [`BoundError`] for an `α` that is not between 0 and 1.
    ///
    /// # Examples
    /// ```
    /// use equibayes::defect::{DefectSweep, SIMPLEX_DIAMETER_SQUARED};
    ///
    /// // One input, a group of order two, two classes; every draw differs by (±0.5, ∓0.5) or so.
    /// let mut sweep = DefectSweep::new(1, 2, 2, SIMPLEX_DIAMETER_SQUARED);
    /// for t in 0..1024 {
    ///     let d = 0.5 + 0.02 * f64::sin(t as f64);
    ///     sweep.push(&[d, -d]);
    /// }
    /// let found = sweep.estimates();
    /// let (estimate, sure) = (found.unbiased.unwrap(), found.guaranteed_intervals(0.05)?.draws);
    /// assert!(sure.contains(estimate) && sure.low > 0.22 && sure.high < 0.28);
    /// # Ok::<(), equibayes::defect::BoundError>(())
    /// ```
    pub fn guaranteed_intervals(&self, alpha: f64) -> Result<Intervals, BoundError> {
        let alpha = probability("α", alpha)?;
        let possible = self.possible();
        if self.unbiased.is_none() {
            return Ok(Intervals { draws: possible, inputs: possible, both: possible });
        }
        let range = Interval { low: -self.largest, high: self.largest };
        Ok(Intervals {
            draws: self.pairs.over_draws(range, alpha).within(possible),
            inputs: self.over_inputs(alpha),
            both: self.pairs.over_both(self.by_input.len(), range, alpha).within(possible),
        })
    }

    /// Where the defect is in any case.
    fn possible(&self) -> Interval {
        Interval { low: 0.0, high: self.largest }
    }

    /// For what the unbiased estimate from these draws would be on all inputs.
    fn over_inputs(&self, alpha: f64) -> Interval {
        let others = self.spread.draws as f64 - 1.0;
        // Of one input: between those of orthogonal and of equal differences of length D.
        let range = Interval { low: -self.largest / others, high: self.largest };
        bounded_mean(&self.by_input, range, alpha)
    }
}

impl DefectSweep {
    /// The estimates from the draws so far; NaN before the first.
    pub fn estimates(&self) -> SharedEstimates {
        let each = (self.order - 1) * self.outputs;
        let (draws, order) = (self.draws as f64, self.order as f64);
        let sum = total(self.groups.all(), self.inputs * each);
        let pairs = draws * (draws - 1.0);
        let share = |x: usize| {
            let all = square(&sum[x * each..][..each]);
            let own = self.squares[x];
            let value = if self.draws > 1 { (all - own) / pairs } else { all };
            (all / (draws * draws * order), value / order, own / (draws * order))
        };
        let shares: Vec<(f64, f64, f64)> = (0..self.inputs).map(share).collect();
        let inputs = self.inputs as f64;
        let mean = |of: fn(&(f64, f64, f64)) -> f64| shares.iter().map(of).sum::<f64>() / inputs;
        let (shared, value, single) = (mean(|s| s.0), mean(|s| s.1), mean(|s| s.2));
        let by_input: Vec<f64> = shares.iter().map(|share| share.1).collect();
        let weight = inputs * order;
        let spread = self.spread(&sum, weight, single - shared);
        let over_draws = jackknife(self.groups.full(), self.groups.size(), self.draws, weight);
        let over_inputs = (self.inputs > 1 && self.draws > 1).then(|| {
            let squares: f64 = by_input.iter().map(|share| (share - value).powi(2)).sum();
            (squares / ((inputs - 1.0) * inputs)).sqrt()
        });
        let standard_errors = StandardErrors {
            draws: over_draws,
            inputs: over_inputs,
            both: over_draws.zip(over_inputs).map(|(a, b)| a.hypot(b)),
        };
        SharedEstimates {
            shared,
            unbiased: (self.draws > 1).then_some(value),
            single,
            standard_errors,
            by_input,
            spread,
            pairs: self.pairs.products().clone(),
            largest: match self.order {
                1 => 0.0,
                _ => self.squared_diameter * (1.0 - 1.0 / order),
            },
        }
    }

    /// How the draws spread, in the space of all differences with the inner product `avg_x avg_g ⟨·, ·⟩`, from the full
    /// groups. `biased` is `(1/T) Σ_t ‖d_t‖² − ‖(1/T) Σ_t d_t‖²`.
    fn spread(&self, sum: &[f64], weight: f64, biased: f64) -> Spread {
        let (groups, size) = (self.groups.full(), self.groups.size() as f64);
        let draws = self.draws as f64;
        if groups.len() < 2 {
            return Spread { draws: self.draws, ..Spread::default() };
        }
        let freedom = groups.len() - 1;
        let mean: Vec<f64> =
            total(groups, sum.len()).iter().map(|sum| sum / groups.len() as f64).collect();
        // One draw's variance, in the sum of one group.
        let scale = weight * freedom as f64 * size;
        let gram = centred_gram(groups, &mean) / scale;
        // Iterations for numbers that are none would not end.
        let eigenvalues = match gram.iter().all(|value| value.is_finite()) {
            true => gram.symmetric_eigenvalues(),
            false => DVector::from_element(1, f64::NAN),
        };
        let length = square(sum) / weight;
        let along = if length > 0.0 {
            let parts = groups.par_iter().map(|group| {
                let terms = group.sum.iter().zip(&mean).zip(sum);
                terms.map(|((own, mean), sum)| (own - mean) * sum).sum::<f64>() / weight
            });
            let parts: Vec<f64> = parts.collect();
            square(&parts) / (length * freedom as f64 * size)
        } else {
            0.0
        };
        let largest = eigenvalues.max();
        // Rounding may leave a little below zero; what is no number stays none.
        let known = |value: f64| if value < 0.0 { 0.0 } else { value };
        let largest = if eigenvalues.len() == gram.nrows() { known(largest) } else { f64::NAN };
        Spread {
            draws: self.draws,
            freedom,
            trace: gram.trace(),
            norm: gram.norm(),
            largest,
            // Rounding aside it is no larger anyway.
            along: if along > largest { largest } else { along },
            own_trace: known(biased * draws / (draws - 1.0)),
        }
    }
}

/// The sum of all groups.
fn total(groups: &[GroupSum], len: usize) -> Vec<f64> {
    let mut sum = vec![0.0; len];
    for group in groups {
        sum.iter_mut().zip(&group.sum).for_each(|(sum, value)| *sum += value);
    }
    sum
}

/// The inner products of the groups' sums less their mean.
fn centred_gram(groups: &[GroupSum], mean: &[f64]) -> DMatrix<f64> {
    let count = groups.len();
    let pairs: Vec<(usize, usize)> =
        (0..count).flat_map(|k| (0..=k).map(move |l| (k, l))).collect();
    // Each product is one sum, in one order: the same at any number of threads.
    let products = pairs.par_iter().map(|&(k, l)| {
        let terms = groups[k].sum.iter().zip(&groups[l].sum).zip(mean);
        terms.map(|((a, b), mean)| (a - mean) * (b - mean)).sum::<f64>()
    });
    let products: Vec<f64> = products.collect();
    let mut gram = DMatrix::zeros(count, count);
    for (&(k, l), product) in pairs.iter().zip(products) {
        gram[(k, l)] = product;
        gram[(l, k)] = product;
    }
    gram
}

/// The standard error over draws: what leaving out a group changes.
fn jackknife(groups: &[GroupSum], size: usize, draws: usize, weight: f64) -> Option<f64> {
    let used = groups.len() * size;
    // Two draws must be left.
    if groups.len() < 2 || used - size < 2 {
        return None;
    }
    let sum = total(groups, groups[0].sum.len());
    let squares: f64 = groups.iter().map(|group| group.squares).sum();
    let left = (used - size) as f64;
    let without = groups.par_iter().map(|group| {
        let all: f64 = sum.iter().zip(&group.sum).map(|(sum, own)| (sum - own).powi(2)).sum();
        (all - (squares - group.squares)) / (left * (left - 1.0) * weight)
    });
    let without: Vec<f64> = without.collect();
    let count = groups.len() as f64;
    let mean = without.iter().sum::<f64>() / count;
    let spread: f64 = without.iter().map(|value| (value - mean).powi(2)).sum();
    // Draws in a group that is not full yet make the variance smaller at least in proportion.
    let variance = (count - 1.0) / count * spread * (used as f64 / draws as f64);
    Some(variance.sqrt())
}
