//! Rates: slopes of fitted lines in logarithmic coordinates, with intervals.

use crate::scalar::Real;
use num_traits::Float;

/// A measured value at one place, with an interval for what it estimates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatePoint {
    /// The place: a number of draws, of examples, of elements.
    pub x: f64,
    /// The value.
    pub y: f64,
    /// The interval's lower end; the value itself where nothing is random.
    pub low: f64,
    /// The interval's upper end.
    pub high: f64,
}

/// A line fitted to `ln y` over `ln x` in a window that was chosen beforehand, by least squares.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// What is measured, and where.
    pub name: &'static str,
    /// What stands on the horizontal axis.
    pub x: &'static str,
    /// What stands on the vertical axis.
    pub y: &'static str,
    /// The values, all of those in the window: see [`window`](Self::window).
    pub points: Vec<RatePoint>,
    /// The slope of the fitted line.
    pub slope: f64,
    /// An interval for the slope of the line through the true values.
    pub interval: (f64, f64),
    /// The slope that the statement says.
    pub expected: f64,
    /// By how much the slope over this window may differ from the limit that the statement says.
    pub allowance: f64,
    /// How wide the interval may be at the most: a wider one says too little.
    pub widest: f64,
}

impl Rate {
    /// The first and the last place.
    pub fn window(&self) -> (f64, f64) {
        let place = |point: Option<&RatePoint>| point.map_or(f64::NAN, |point| point.x);
        (place(self.points.first()), place(self.points.last()))
    }

    /// How wide the interval is.
    pub fn width(&self) -> f64 {
        self.interval.1 - self.interval.0
    }

    /// Whether the interval, with the allowance, has the expected slope.
    pub fn has_expected(&self) -> bool {
        self.interval.0 - self.allowance <= self.expected
            && self.expected <= self.interval.1 + self.allowance
    }
}

/// Values of which a line is fitted: an interval of each at every error probability.
pub(super) struct Series<'a> {
    pub(super) name: &'static str,
    pub(super) axes: [&'static str; 2],
    pub(super) x: &'a [f64],
    pub(super) y: &'a [f64],
    pub(super) expected: f64,
    pub(super) allowance: f64,
    pub(super) widest: f64,
    /// The interval of the value with this number that fails with this probability at the most.
    pub(super) interval: &'a dyn Fn(usize, f64) -> (f64, f64),
}

/// The weights `w` of `slope = Σ w_i ln y_i`.
pub(super) fn weights<T: Real>(x: &[T]) -> Vec<T> {
    let logs: Vec<T> = x.iter().map(|&x| Float::ln(x)).collect();
    let mean = logs.iter().fold(T::zero(), |sum, &x| sum + x) / T::count(logs.len());
    let squares = logs.iter().fold(T::zero(), |sum, &x| sum + (x - mean) * (x - mean));
    logs.iter().map(|&x| (x - mean) / squares).collect()
}

impl Series<'_> {
    /// The fit, with the intervals of the points and of the slope together failing with probability `a`.
    ///
    /// If every point is in its interval, the true slope `Σ w_i ln y_i` is between the sums of the ends on the side of the
    /// sign of `w_i`: nothing is assumed of how the points depend on each other.
    pub(super) fn fit(&self, a: f64) -> Rate {
        let each = a / self.x.len() as f64;
        let points: Vec<RatePoint> = (0..self.x.len())
            .map(|i| {
                let (low, high) = (self.interval)(i, each);
                RatePoint { x: self.x[i], y: self.y[i], low, high }
            })
            .collect();
        let (mut slope, mut low, mut high) = (0.0, 0.0, 0.0);
        for (w, point) in weights(self.x).into_iter().zip(&points) {
            slope += w * point.y.ln();
            // An end at or below zero leaves the slope open on that side.
            let ends = [point.low.max(0.0).ln(), point.high.max(0.0).ln()];
            let [near, far] = if w > 0.0 { ends } else { [ends[1], ends[0]] };
            low += if w == 0.0 { 0.0 } else { w * near };
            high += if w == 0.0 { 0.0 } else { w * far };
        }
        let Self { name, axes: [x, y], expected, allowance, widest, .. } = *self;
        Rate { name, x, y, points, slope, interval: (low, high), expected, allowance, widest }
    }

    /// The smallest error probability at which the interval does not have the expected slope.
    pub(super) fn p_value(&self) -> f64 {
        // Intervals grow as the probability falls: the logarithm is found by halving.
        let (mut excluded, mut contained) = (0.0, f64::MIN_POSITIVE.ln());
        if self.fit(1.0).has_expected() {
            return 1.0;
        }
        if !self.fit(f64::MIN_POSITIVE).has_expected() {
            return f64::MIN_POSITIVE;
        }
        for _ in 0..48 {
            let middle = 0.5 * (excluded + contained);
            if self.fit(f64::exp(middle)).has_expected() {
                contained = middle;
            } else {
                excluded = middle;
            }
        }
        f64::exp(excluded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `y = 3/x²` known within a factor `1 ± h` that grows with the logarithm of the probability.
    fn series<'a>(
        x: &'a [f64],
        y: &'a [f64],
        interval: &'a dyn Fn(usize, f64) -> (f64, f64),
    ) -> Series<'a> {
        Series {
            name: "",
            axes: [""; 2],
            x,
            y,
            expected: -2.0,
            allowance: 0.0,
            widest: 1.0,
            interval,
        }
    }

    #[test]
    fn a_line_is_found_with_what_is_known_of_it() {
        let x = [1.0, 2.0, 4.0];
        let y = x.map(|x| 3.0 / (x * x));
        let fit = series(&x, &y, &|i, _| (y[i] / 1.5, y[i] * 1.5)).fit(0.1);
        assert!((fit.slope + 2.0).abs() < 1e-15, "{}", fit.slope);
        // The weights are ∓1/(2 ln 2) and 0: ln 1.5 / ln 2 to both sides.
        let half = 1.5_f64.ln() / 2.0_f64.ln();
        assert!(
            (fit.interval.0 + 2.0 + half).abs() < 1e-14 && (fit.width() - 2.0 * half).abs() < 1e-14
        );
        assert_eq!(fit.window(), (1.0, 4.0));
        assert!(fit.has_expected());
        let open = series(&x, &y, &|i, _| (-y[i], y[i] * 1.5)).fit(0.1);
        assert_eq!((open.interval.0, open.interval.1), (f64::NEG_INFINITY, f64::INFINITY));
    }

    #[test]
    fn the_p_value_is_where_the_interval_begins_to_have_the_slope() {
        let (x, y) = ([1.0, 2.0], [1.0, 1.0]);
        // Both points are within a factor e^{−c ln(a/2)}: the slope 0 reaches −2 where 2 c |ln(a/2)| = 2 ln 2.
        let spread =
            |i: usize, a: f64| (y[i] * (0.05 * a.ln()).exp(), y[i] * (-0.05 * a.ln()).exp());
        let found = series(&x, &y, &spread).p_value();
        // Each of the two points has half of the probability.
        let expected = 2.0 * (-2.0_f64.ln() / 0.05).exp();
        assert!((found / expected - 1.0).abs() < 1e-9, "{found} {expected}");
        let series = Series { expected: 0.0, ..series(&x, &y, &spread) };
        assert_eq!(series.p_value(), 1.0);
        let exact = |i: usize, _: f64| (y[i], y[i]);
        assert_eq!(
            Series { interval: &exact, expected: -1.0, ..series }.p_value(),
            f64::MIN_POSITIVE
        );
    }
}
