//! How tight all bounds are, in one chart.

use super::super::ratio;
use super::axis::{Axis, label};
use super::escape;
use crate::claim::{ClaimReport, Report, Role};

const WIDTH: f64 = 720.0;
/// Height of a row.
const ROW: f64 = 20.0;
/// Room for the ids, and at the other side for the numbers.
const LEFT: f64 = 190.0;
const RIGHT: f64 = 60.0;
/// Room for the axis's numbers.
const FOOT: f64 = 22.0;

/// Every bound's largest left side over right side on a logarithmic axis that ends at 1; nothing without bounds.
pub(super) fn chart(report: &Report) -> String {
    let bounds: Vec<(&ClaimReport, f64)> = report
        .claims
        .iter()
        .filter(|claim| claim.about.role == Role::Bound)
        .filter_map(|claim| Some((claim, claim.tightness?)))
        .collect();
    if bounds.is_empty() {
        return String::new();
    }
    let least =
        bounds.iter().map(|(_, tightness)| *tightness).filter(|t| *t > 0.0).fold(0.1, f64::min);
    // A whole number of decades, but not more than twelve.
    let axis = Axis::between(10.0_f64.powf(least.log10().floor().max(-12.0)), 1.0);
    let across = |value: f64| LEFT + (WIDTH - LEFT - RIGHT) * axis.place(value);
    let base = ROW * bounds.len() as f64;
    let grid: String = axis
        .ticks()
        .into_iter()
        .map(|tick| {
            let x = across(tick);
            format!(
                "<path class=\"grid\" d=\"M{x:.1} 0V{base}\"/>\
                 <text class=\"edge\" x=\"{x:.1}\" y=\"{:.1}\">{}</text>",
                base + 15.0,
                label(tick)
            )
        })
        .collect();
    let rows: String = bounds
        .iter()
        .enumerate()
        .map(|(row, (claim, tightness))| {
            let (x, y) = (across(*tightness), ROW * (row as f64 + 0.5));
            let id = escape(claim.about.id);
            format!(
                "<a href=\"#{id}\"><text class=\"left\" x=\"{:.1}\" y=\"{:.1}\">{id}</text></a>\
                 <path class=\"stem\" d=\"M{LEFT} {y}H{x:.1}\"/>\
                 <circle class=\"within\" cx=\"{x:.1}\" cy=\"{y}\" r=\"4\"/>\
                 <text class=\"start\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                LEFT - 8.0,
                y + 4.0,
                WIDTH - RIGHT + 12.0,
                y + 4.0,
                ratio(*tightness)
            )
        })
        .collect();
    format!(
        "<section class=\"overview\">\n<h2>How tight the bounds are</h2>\n<figure>\
         <svg class=\"tightness\" viewBox=\"0 0 {WIDTH} {:.1}\" role=\"img\" \
         aria-label=\"largest left side over right side of each bound\">{grid}{rows}</svg>\
         <figcaption>The largest left side over right side that was found, for each bound: 1 is equality. For bounds on the \
         probability of a deviation, an observed quantile over its bound.</figcaption></figure>\n</section>\n",
        base + FOOT
    )
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::*;

    #[test]
    fn one_row_for_each_bound() {
        let mut report = sample::holding();
        let found = chart(&report);
        assert_eq!(found.matches("<circle").count(), 1);
        assert!(found.contains("href=\"#S5.chain\"") && found.contains("0.998"));
        report.claims[2].tightness = Some(0.0);
        assert!(chart(&report).contains("cx=\"190.0\""));
        report.claims[2].tightness = None;
        assert_eq!(chart(&report), "");
    }
}
