//! Rates (B5, B6, B7, B10): slopes of lines fitted in windows that are stated beforehand.

mod asymmetry;
mod bias;
mod deviation;
mod exchange;
mod floor;
mod partial;

use crate::claim::rate::Series;
use crate::claim::statistical::{Design, Measured};
use crate::claim::{Claim, Outcome};
use crate::law::Residual;

/// The rate of B5.
pub(super) fn of_asymmetry() -> Vec<Box<dyn Claim>> {
    asymmetry::claims()
}

/// The rate of B6.
pub(super) fn of_bias() -> Vec<Box<dyn Claim>> {
    bias::claims()
}

/// The rates of B7.
pub(super) fn of_deviation() -> Vec<Box<dyn Claim>> {
    let mut claims = deviation::claims();
    claims.extend(floor::claims());
    claims
}

/// The rate of B10.
pub(super) fn of_partial_augmentation() -> Vec<Box<dyn Claim>> {
    partial::claims()
}

/// Half of the error probability is for intervals that do not have the true slope, half for intervals that are too wide; each
/// half is shared by the fits.
fn level(design: &Design, fits: usize) -> f64 {
    design.alpha / (2 * fits) as f64
}

/// Every interval must have the expected slope, and be as narrow as stated.
fn hold(design: &Design, fits: &[Series<'_>]) -> Measured {
    let rates: Vec<_> = fits.iter().map(|fit| fit.fit(level(design, fits.len()))).collect();
    let least = fits.iter().map(Series::p_value).fold(1.0, f64::min);
    let p = (least * (2 * fits.len()) as f64).min(1.0);
    let width = rates
        .iter()
        .map(|rate| Residual::new(rate.width(), rate.widest))
        .fold(Residual::exact(true), Residual::worse);
    let outcome =
        Outcome::new("the expected slope", design.judge(p)).and("the interval's width", width);
    Measured { rates: rates.clone(), ..Measured::new(outcome, told(&rates)) }
}

/// No interval may have the slope that is expected wrongly.
fn refute(design: &Design, fits: &[Series<'_>]) -> Measured {
    let rates: Vec<_> = fits.iter().map(|fit| fit.fit(design.alpha)).collect();
    let p = fits.iter().map(Series::p_value).fold(0.0, f64::max);
    let outcome = Outcome::new("the expected slope", design.judge(p));
    Measured { rates: rates.clone(), ..Measured::new(outcome, told(&rates)) }
}

fn told(rates: &[crate::claim::Rate]) -> String {
    let each: Vec<String> = rates
        .iter()
        .map(|rate| {
            let (low, high) = rate.interval;
            format!(
                "{}: slope {:.3} in [{low:.3}, {high:.3}], expected {}",
                rate.name, rate.slope, rate.expected
            )
        })
        .collect();
    each.join("; ")
}
