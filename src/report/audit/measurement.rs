//! What was measured on images, as text and as JSON.

use super::{Paint, figure};
use crate::audit::Measurement;
use crate::defect::{Interval, Scores};
use serde::Serialize;

/// What was measured on images.
#[derive(Serialize)]
pub(super) struct Data {
    images: usize,
    draws: usize,
    defect: Defect,
    #[serde(flatten)]
    scores: ScoreNumbers,
    orbit_sampled: OrbitSampled,
    /// Estimates after fewer draws, where they were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sweep: Vec<Step>,
}

#[derive(Serialize)]
struct Defect {
    plug_in: f64,
    shared: f64,
    unbiased: Option<f64>,
    /// Over draws and images, and over each of them.
    unbiased_se: Option<f64>,
    unbiased_se_draws: Option<f64>,
    unbiased_se_inputs: Option<f64>,
    /// Of the networks that were drawn, one by one.
    single: f64,
    /// Over draws and images, and over each of them, all with this confidence.
    confidence: f64,
    interval: [f64; 2],
    interval_draws: [f64; 2],
    interval_inputs: [f64; 2],
    /// Whatever the number of draws, fixed beforehand, and their law, as `interval_inputs` is: for independent images.
    interval_guaranteed: [f64; 2],
    interval_draws_guaranteed: [f64; 2],
}

#[derive(Serialize)]
struct Step {
    draws: usize,
    defect: Defect,
    #[serde(flatten)]
    scores: ScoreNumbers,
}

#[derive(Serialize)]
struct ScoreNumbers {
    osp_majority: f64,
    osp_identity: f64,
    symmetric_kl: f64,
    accuracy: f64,
    nll: f64,
    brier: f64,
    ece: f64,
}

#[derive(Serialize)]
struct OrbitSampled {
    #[serde(flatten)]
    scores: ScoreNumbers,
    max_error: f64,
}

impl From<&Scores> for ScoreNumbers {
    fn from(scores: &Scores) -> Self {
        let &Scores { osp_majority, osp_identity, symmetric_kl, accuracy, nll, brier, ece } =
            scores;
        Self { osp_majority, osp_identity, symmetric_kl, accuracy, nll, brier, ece }
    }
}

impl From<&Measurement> for Defect {
    fn from(found: &Measurement) -> Self {
        let (defect, pair) = (&found.defect, |interval: Interval| [interval.low, interval.high]);
        Self {
            plug_in: defect.plug_in,
            shared: defect.shared,
            unbiased: defect.unbiased,
            unbiased_se: defect.unbiased_se,
            unbiased_se_draws: defect.standard_errors.draws,
            unbiased_se_inputs: defect.standard_errors.inputs,
            single: defect.single,
            confidence: defect.confidence,
            interval: pair(defect.intervals.both),
            interval_draws: pair(defect.intervals.draws),
            interval_inputs: pair(defect.intervals.inputs),
            interval_guaranteed: pair(defect.guaranteed_intervals.both),
            interval_draws_guaranteed: pair(defect.guaranteed_intervals.draws),
        }
    }
}

impl Data {
    /// The last measurement; all of them, if they are several, as a sweep.
    pub(super) fn of(found: &Measurement, all: &[Measurement]) -> Self {
        let sweep = if all.len() > 1 { all } else { &[] };
        let step = |found: &Measurement| Step {
            draws: found.draws,
            defect: found.into(),
            scores: (&found.scores).into(),
        };
        Self {
            images: found.images,
            draws: found.draws,
            defect: found.into(),
            scores: (&found.scores).into(),
            orbit_sampled: OrbitSampled {
                scores: (&found.orbit_sampled).into(),
                max_error: found.orbit_sampled_error,
            },
            sweep: sweep.iter().map(step).collect(),
        }
    }
}

fn interval(interval: Interval) -> String {
    format!("[{}, {}]", figure(interval.low), figure(interval.high))
}

/// A number with its error, as far as there are any.
fn with_error(value: Option<f64>, error: Option<f64>) -> String {
    match (value, error) {
        (Some(value), Some(se)) => format!("{} ± {}", figure(value), figure(se)),
        (Some(value), None) => figure(value),
        (None, _) => "takes two draws".to_owned(),
    }
}

/// Estimates and scores.
pub(super) fn text(found: &Measurement, paint: Paint) -> String {
    let defect = &found.defect;
    let mut text = format!(
        "\n{}\n",
        paint.strong(&format!("Measured on {} images with {} draws:", found.images, found.draws))
    );
    text.push_str(&format!(
        "  mean squared defect  unbiased {}; plug-in {} with shared draws, {} with fresh ones; single draws {}\n",
        with_error(defect.unbiased, defect.unbiased_se),
        figure(defect.shared),
        figure(defect.plug_in),
        figure(defect.single)
    ));
    text.push_str(&format!(
        "  {} % intervals        {} on these images, {} on all, {} for these draws on all\n",
        // Rounded where binary digits show.
        (1e4 * 100.0 * defect.confidence).round() / 1e4,
        interval(defect.intervals.draws),
        interval(defect.intervals.both),
        interval(defect.intervals.inputs)
    ));
    text.push_str(&format!(
        "    whatever the draws   {} on these images, {} on all\n",
        interval(defect.guaranteed_intervals.draws),
        interval(defect.guaranteed_intervals.both),
    ));
    let columns = ["accuracy", "NLL", "Brier", "ECE", "majority", "identity", "symmetric KL"];
    let line = |name: &str, cells: [String; 7]| {
        let cells: Vec<String> = cells
            .iter()
            .zip(columns)
            .map(|(cell, name)| format!("{cell:>w$}", w = name.len().max(9)))
            .collect();
        format!("  {name:<19}  {}\n", cells.join("  "))
    };
    text.push_str(&line("", columns.map(str::to_owned)));
    for (name, scores) in [("posterior", &found.scores), ("orbit-sampled", &found.orbit_sampled)] {
        let share = |x: f64| format!("{:.2} %", 100.0 * x);
        text.push_str(&line(
            name,
            [
                share(scores.accuracy),
                figure(scores.nll),
                figure(scores.brier),
                figure(scores.ece),
                share(scores.osp_majority),
                share(scores.osp_identity),
                figure(scores.symmetric_kl),
            ],
        ));
    }
    text.push_str(&format!(
        "  Majority and identity: the share of an orbit with the same class. Orbit-sampled probabilities \
         differ by at most {} over an orbit.\n",
        figure(found.orbit_sampled_error)
    ));
    text
}

/// Estimates of the defect after every number of draws; nothing for fewer than two.
pub(super) fn sweep(all: &[Measurement], paint: Paint) -> String {
    if all.len() < 2 {
        return String::new();
    }
    let line = |cells: [&str; 5]| {
        let [draws, unbiased, interval, shared, fresh] = cells;
        format!("{draws:>7}  {unbiased:>22}  {interval:>24}  {shared:>10}  {fresh:>10}")
    };
    let head = line(["draws", "unbiased", "on these images", "shared", "fresh"]);
    let mut text = format!("\n{}\n", paint.strong(&head));
    for found in all {
        let defect = &found.defect;
        let row = line([
            &found.draws.to_string(),
            &with_error(defect.unbiased, defect.standard_errors.draws),
            &interval(defect.intervals.draws),
            &figure(defect.shared),
            &figure(defect.plug_in),
        ]);
        text.push_str(&format!("{row}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::DefectEstimates;
    use crate::defect::{Intervals, StandardErrors};

    /// Six intervals that nobody can take for each other.
    #[test]
    fn every_interval_is_where_it_belongs() {
        let scores = Scores {
            osp_majority: 1.0,
            osp_identity: 1.0,
            symmetric_kl: 0.0,
            accuracy: 1.0,
            nll: 0.0,
            brier: 0.0,
            ece: 0.0,
        };
        let of = |k: f64| Interval { low: k, high: k + 0.5 };
        let intervals = |k: f64| Intervals { draws: of(k), inputs: of(k + 1.0), both: of(k + 2.0) };
        let defect = DefectEstimates {
            plug_in: 0.25,
            shared: 0.25,
            unbiased: None,
            unbiased_se: None,
            standard_errors: StandardErrors::default(),
            single: 0.25,
            intervals: intervals(1.0),
            guaranteed_intervals: intervals(4.0),
            confidence: 0.95,
        };
        let found = Measurement {
            images: 3,
            draws: 2,
            defect,
            variance: None,
            scores,
            orbit_sampled: scores,
            orbit_sampled_error: 0.0,
        };
        let json = serde_json::to_value(Defect::from(&found)).unwrap();
        for (field, low) in [
            ("interval_draws", 1.0),
            ("interval_inputs", 2.0),
            ("interval", 3.0),
            ("interval_draws_guaranteed", 4.0),
            ("interval_guaranteed", 6.0),
        ] {
            assert_eq!(json[field], serde_json::json!([low, low + 0.5]), "{field}");
        }
        let text = text(&found, Paint::Plain);
        let places =
            ["[1.000, 1.500] on these", "[3.000, 3.500] on all", "[4.000, 4.500] on these"];
        for place in places.into_iter().chain(["[6.000, 6.500] on all"]) {
            assert!(text.contains(place), "{place}: {text}");
        }
    }
}
