//! Charts as inline SVG.

use crate::claim::{ClaimReport, Role};

/// Width of a bar with its gap.
const STEP: f64 = 44.0;
/// Width of a bar.
const BAR: f64 = 34.0;
/// Height of the highest bar.
const HEIGHT: f64 = 72.0;
/// Room above the bars for the counts.
const TOP: f64 = 16.0;
/// Room below the bars for the edges.
const BOTTOM: f64 = 20.0;
/// The least height of a bar that is not empty.
const LEAST: f64 = 2.0;

/// What stands below each bar: nothing but zero, up to each power of ten, more than the tolerance.
const LABELS: [&str; ClaimReport::BINS] =
    ["0", "10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "1", "&gt; 1"];

/// How error/tolerance is spread over the cases. The dashed line is the tolerance.
pub(super) fn histogram(claim: &ClaimReport) -> String {
    let counts = &claim.histogram;
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let (width, height) = (STEP * counts.len() as f64, TOP + HEIGHT + BOTTOM);
    let mut bars = String::new();
    for (bin, (&count, label)) in counts.iter().zip(LABELS).enumerate() {
        let tall = HEIGHT * count as f64 / most as f64;
        let tall = if count > 0 { tall.max(LEAST) } else { 0.0 };
        let x = STEP * bin as f64 + (STEP - BAR) / 2.0;
        let middle = x + BAR / 2.0;
        let top = TOP + HEIGHT - tall;
        let beyond = bin == counts.len() - 1;
        let class = match (beyond, claim.about.role) {
            (false, _) => "within",
            (true, Role::Control) => "shown",
            (true, _) => "beyond",
        };
        if count > 0 {
            bars.push_str(&format!(
                "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{top:.1}\" width=\"{BAR}\" height=\"{tall:.1}\"/>\
                 <text x=\"{middle:.1}\" y=\"{:.1}\">{count}</text>",
                top - 4.0
            ));
        }
        bars.push_str(&format!(
            "<text class=\"edge\" x=\"{middle:.1}\" y=\"{:.1}\">{label}</text>",
            TOP + HEIGHT + 14.0
        ));
    }
    let limit = STEP * (counts.len() - 1) as f64;
    let base = TOP + HEIGHT;
    format!(
        "<svg class=\"histogram\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         aria-label=\"histogram of error over tolerance\">{bars}\
         <path class=\"axis\" d=\"M0 {base}H{width}\"/>\
         <path class=\"limit\" d=\"M{limit} 4V{base}\"/></svg>"
    )
}

/// A number between 0 and 1 as a bar.
pub(super) fn gauge(value: f64) -> String {
    let (width, height) = (STEP * ClaimReport::BINS as f64, 10.0);
    let filled = width * value.clamp(0.0, 1.0);
    format!(
        "<svg class=\"gauge\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{value:.3} of 1\">\
         <rect class=\"track\" width=\"{width}\" height=\"{height}\" rx=\"5\"/>\
         <rect class=\"within\" width=\"{filled:.1}\" height=\"{height}\" rx=\"5\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::*;

    #[test]
    fn labels_say_the_edges() {
        let superscript = |exponent: i32| ["⁰", "¹", "²", "³", "⁴", "⁵"][exponent as usize];
        for (label, edge) in LABELS.iter().zip(ClaimReport::BIN_EDGES) {
            let expected = match edge {
                0.0 => "0".to_owned(),
                1.0 => "1".to_owned(),
                f64::INFINITY => "&gt; 1".to_owned(),
                _ => format!("10⁻{}", superscript(-edge.log10().round() as i32)),
            };
            assert_eq!(*label, expected);
        }
    }

    #[test]
    fn one_bar_for_each_bin_that_is_not_empty() {
        let report = sample::holding();
        let theorem = histogram(&report.claims[2]);
        assert_eq!(theorem.matches("<rect").count(), 4);
        assert!(!theorem.contains("\"beyond\"") && !theorem.contains("\"shown\""));
        let control = histogram(&report.claims[3]);
        assert!(control.contains("class=\"shown\""));
    }
}
