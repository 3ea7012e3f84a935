//! Logarithmic axes: where ticks stand, and how they are written.

/// An interval of positive numbers on a logarithmic axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    low: f64,
    high: f64,
}

impl Axis {
    /// An axis that has all of these numbers; those that have no logarithm are left out. Where there are none, or they are all
    /// the same, a factor of two around.
    pub(super) fn around(values: impl IntoIterator<Item = f64>) -> Self {
        let (low, high) = values
            .into_iter()
            .filter(|value| *value > 0.0 && value.is_finite())
            .fold((f64::INFINITY, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
        match (low < high, high > 0.0) {
            (true, _) => Self { low, high },
            (false, true) => Self { low: low / 2.0, high: high * 2.0 },
            (false, false) => Self { low: 0.5, high: 2.0 },
        }
    }

    /// The same, widened to both sides until it spans this factor.
    pub(super) fn at_least(self, factor: f64) -> Self {
        let more = (factor * self.low / self.high).max(1.0).sqrt();
        Self { low: self.low / more, high: self.high * more }
    }

    /// The axis from this number to that one.
    pub(super) fn between(low: f64, high: f64) -> Self {
        Self { low, high }
    }

    /// From 0 at the lower end to 1 at the upper one; what is beyond an end stands there.
    pub(super) fn place(&self, value: f64) -> f64 {
        let (low, high) = (self.low.ln(), self.high.ln());
        ((value.max(f64::MIN_POSITIVE).ln() - low) / (high - low)).clamp(0.0, 1.0)
    }

    /// Powers of ten, and if they are few also their double and fivefold.
    pub(super) fn ticks(&self) -> Vec<f64> {
        let decades = self.low.log10().floor() as i32..=self.high.log10().ceil() as i32;
        let of = |steps: &[f64]| -> Vec<f64> {
            let all = decades.clone().flat_map(|e| steps.iter().map(move |m| m * 10.0_f64.powi(e)));
            // A tick at the end may be off by rounding.
            let inside =
                |tick: &f64| (self.low * (1.0 - 1e-9)..=self.high * (1.0 + 1e-9)).contains(tick);
            all.filter(inside).collect()
        };
        let tens = of(&[1.0]);
        if tens.len() > 2 { tens } else { of(&[1.0, 2.0, 5.0]) }
    }
}

/// A tick's number: `0.05`, `200`, `2·10⁻⁵`.
pub(super) fn label(tick: f64) -> String {
    let exponent = (tick.log10() + 1e-9).floor() as i32;
    let digit = (tick / 10.0_f64.powi(exponent)).round();
    if (-2..4).contains(&exponent) {
        return format!("{:.*}", exponent.min(0).unsigned_abs() as usize, tick);
    }
    let power = format!("10{}", superscript(exponent));
    if digit == 1.0 { power } else { format!("{digit}·{power}") }
}

fn superscript(number: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let sign = if number < 0 { "⁻" } else { "" };
    let digits = number.unsigned_abs().to_string();
    sign.to_owned() + &digits.bytes().map(|b| DIGITS[usize::from(b - b'0')]).collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_powers_of_ten_or_between_them() {
        assert_eq!(Axis::around([0.5, 2000.0]).ticks(), [1.0, 10.0, 100.0, 1000.0]);
        assert_eq!(Axis::between(1e-3, 1.0).ticks().len(), 4);
        let labels: Vec<String> =
            Axis::around([0.03, 0.4]).ticks().into_iter().map(label).collect();
        assert_eq!(labels, ["0.05", "0.1", "0.2"]);
    }

    #[test]
    fn places_are_logarithms() {
        let axis = Axis::around([1.0, 100.0, f64::NAN, 0.0]);
        assert!((axis.place(10.0) - 0.5).abs() < 1e-15);
        assert_eq!((axis.place(0.0), axis.place(1e9)), (0.0, 1.0));
        assert!((Axis::around([3.0]).place(3.0) - 0.5).abs() < 1e-15);
        assert_eq!(Axis::around([]).place(0.5), 0.0);
        let wide = Axis::around([4.0, 9.0]).at_least(9.0);
        assert!((wide.place(2.0)).abs() < 1e-12 && (wide.place(18.0) - 1.0).abs() < 1e-12);
        assert_eq!(Axis::around([1.0, 100.0]).at_least(10.0).place(100.0), 1.0);
    }

    #[test]
    fn labels_are_short() {
        for (tick, text) in [
            (1.0, "1"),
            (0.02, "0.02"),
            (5000.0, "5000"),
            (1e-3, "10⁻³"),
            (2e-5, "2·10⁻⁵"),
            (1e12, "10¹²"),
        ] {
            assert_eq!(label(tick), text);
        }
    }
}
