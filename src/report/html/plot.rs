//! Rates as plots in logarithmic coordinates.

use super::axis::{Axis, label};
use super::escape;
use crate::claim::Rate;

const WIDTH: f64 = 352.0;
const HEIGHT: f64 = 190.0;
/// Room for the numbers of the vertical axis, and at the other side for half of a label.
const LEFT: f64 = 46.0;
const RIGHT: f64 = 14.0;
/// Room for the vertical axis's name, and for numbers and name of the horizontal one.
const TOP: f64 = 20.0;
const BOTTOM: f64 = 34.0;

/// Where things stand.
struct Frame {
    x: Axis,
    y: Axis,
}

impl Frame {
    fn of(rate: &Rate, ends: &[f64]) -> Self {
        let bars = rate.points.iter().flat_map(|point| [point.y, point.low, point.high]);
        Self {
            x: Axis::around(rate.points.iter().map(|point| point.x)),
            // A line that is all but level must look it.
            y: Axis::around(bars.chain(ends.iter().copied())).at_least(10.0),
        }
    }

    /// A little inside of the frame, so that points at the ends are whole.
    fn across(&self, x: f64) -> f64 {
        LEFT + 10.0 + (WIDTH - LEFT - RIGHT - 20.0) * self.x.place(x)
    }

    fn down(&self, y: f64) -> f64 {
        HEIGHT - BOTTOM - 6.0 - (HEIGHT - TOP - BOTTOM - 12.0) * self.y.place(y)
    }
}

/// The height of a line with this slope through the middle of the points, at `x`.
fn line(rate: &Rate, slope: f64, x: f64) -> f64 {
    let count = rate.points.len() as f64;
    let mean = |of: fn(&crate::claim::RatePoint) -> f64| {
        rate.points.iter().map(|point| of(point).ln()).sum::<f64>() / count
    };
    (mean(|point| point.y) + slope * (x.ln() - mean(|point| point.x))).exp()
}

/// Points with their intervals, the fitted line, and dashed the expected one.
pub(super) fn log_log(rate: &Rate) -> String {
    let (first, last) = rate.window();
    let ends = [rate.slope, rate.expected].map(|slope| [first, last].map(|x| line(rate, slope, x)));
    let frame = Frame::of(rate, ends.as_flattened());
    let stroke = |class: &str, [from, to]: [f64; 2]| {
        format!(
            "<path class=\"{class}\" d=\"M{:.1} {:.1}L{:.1} {:.1}\"/>",
            frame.across(first),
            frame.down(from),
            frame.across(last),
            frame.down(to)
        )
    };
    let points: String = rate
        .points
        .iter()
        .map(|point| {
            let (x, y) = (frame.across(point.x), frame.down(point.y));
            format!(
                "<path class=\"bar\" d=\"M{x:.1} {:.1}V{:.1}\"/>\
                 <circle class=\"within\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>",
                frame.down(point.low),
                frame.down(point.high)
            )
        })
        .collect();
    let base = HEIGHT - BOTTOM;
    let below: String = rate
        .points
        .iter()
        .map(|point| {
            let (x, text) = (frame.across(point.x), place(point.x));
            format!("<text class=\"edge\" x=\"{x:.1}\" y=\"{:.1}\">{text}</text>", base + 14.0)
        })
        .collect();
    let beside: String = frame
        .y
        .ticks()
        .into_iter()
        .map(|tick| {
            let (y, text) = (frame.down(tick), label(tick));
            format!(
                "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{WIDTH}\"/>\
                 <text class=\"edge left\" x=\"{:.1}\" y=\"{:.1}\">{text}</text>",
                LEFT - 5.0,
                y + 4.0
            )
        })
        .collect();
    format!(
        "<svg class=\"rate\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-label=\"{name}: slope {slope:.3}, expected {expected}\">{beside}\
         <path class=\"axis\" d=\"M{LEFT} {TOP}V{base}H{WIDTH}\"/>{below}\
         <text class=\"edge start\" x=\"0\" y=\"11\">{up}</text>\
         <text class=\"edge left\" x=\"{WIDTH}\" y=\"{foot:.1}\">{along}</text>\
         {fitted}{expected_line}{points}</svg>",
        name = escape(rate.name),
        slope = rate.slope,
        expected = rate.expected,
        up = escape(rate.y),
        along = escape(rate.x),
        foot = HEIGHT - 4.0,
        expected_line = stroke("expected", ends[1]),
        fitted = stroke("fit", ends[0]),
    )
}

/// A place on the horizontal axis: a whole number, in powers of two where it is large.
fn place(x: f64) -> String {
    if x >= 1000.0 && x.log2().fract() == 0.0 {
        return format!("2<tspan class=\"power\" dy=\"-4\">{}</tspan>", x.log2());
    }
    format!("{x}")
}

/// What the plot says, in words.
pub(super) fn caption(rate: &Rate) -> String {
    let (first, last) = rate.window();
    let (low, high) = rate.interval;
    let allowance = match rate.allowance {
        0.0 => String::new(),
        allowance => {
            let digits = decimals(allowance);
            format!(" (± {allowance:.digits$} over this window)")
        }
    };
    let digits = decimals(rate.width()).max(3);
    let numbers = format!(
        "slope {:.digits$} in [{low:.digits$}, {high:.digits$}] over {first} … {last}, expected (dashed) {}{allowance}",
        rate.slope, rate.expected
    );
    format!("{}: {}", rate.name, numbers.replace('-', "−"))
}

/// How many decimals show two figures of this number.
fn decimals(value: f64) -> usize {
    if value > 0.0 && value < 1.0 { ((1.0 - value.log10()).ceil() as usize).min(8) } else { 3 }
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::*;

    #[test]
    fn points_lines_and_words() {
        let rate = sample::rate();
        let plot = log_log(&rate);
        assert_eq!(plot.matches("<circle").count(), rate.points.len());
        assert!(plot.contains("class=\"fit\"") && plot.contains("class=\"expected\""));
        assert!(!plot.contains("NaN") && !plot.contains("inf"), "{plot}");
        assert_eq!(
            caption(&rate),
            "a < b: slope −0.980 in [−1.100, −0.900] over 16 … 64, expected (dashed) −1 (± 0.0050 over this window)"
        );
        assert!(plot.contains("a &lt; b"));
    }

    /// The fitted line goes through the middle of the points, so a power law lies on it.
    #[test]
    fn a_line_through_the_middle() {
        let rate = sample::rate();
        let slope = (rate.points[2].y / rate.points[0].y).ln() / 4.0_f64.ln();
        for point in &rate.points {
            assert!((line(&rate, slope, point.x) / point.y - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn open_intervals_stay_in_the_frame() {
        let mut rate = sample::rate();
        (rate.points[0].low, rate.points[0].high) = (0.0, f64::INFINITY);
        let plot = log_log(&rate);
        assert!(!plot.contains("NaN") && !plot.contains("inf"), "{plot}");
    }
}
