//! What the command finds and writes is what the averages over the group say.

use crate::actions::{Action, COPY, Map, free_quarter_turns, quarter_turns, turns_and_flips};
use crate::command::{done, refused, text};
use crate::expected::{Averages, Law, Sum};
use crate::fixtures::{Fixture, fixtures};
use equibayes::checkpoint::{Convention, Posterior};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Standard deviations that the command computes from a stored number and those of the `.expected` files are within this,
/// relative to them: `tests/convention_fixtures.rs` checks it.
const KNOWN: f64 = 1e-14;

/// A term of a sum has ratios of two of them squared, four times as much; and a sum over fewer than 1000 terms with some
/// ten roundings each.
const FIGURES: f64 = 4.0 * KNOWN + 1010.0 * f64::EPSILON / 2.0;

/// An average over at most eight moved laws, in roundings of its largest term, with the error of standard deviations:
/// twice that in precisions and in what they weigh.
const AVERAGED: f64 = 2.0 * KNOWN + 40.0 * f64::EPSILON / 2.0;

struct Scene {
    fixture: Fixture,
    action: Action,
    averages: Vec<Averages>,
    laws: Vec<Law>,
    folder: TempDir,
}

impl Scene {
    fn of(fixture: Fixture, action: Action) -> Self {
        let expected = Posterior::read(fixture.expected(), Some(Convention::Plain)).unwrap();
        let elements = action.elements();
        assert_eq!(elements.len(), action.order);
        let laws: Vec<Law> = action
            .tensors
            .iter()
            .map(|(name, _)| {
                let layer = name.trim_end_matches(COPY);
                let pair = expected.pair(layer).unwrap_or_else(|| panic!("{fixture:?}: {name}"));
                Law { mean: pair.mean().to_vec(), sigma: pair.sigma().to_vec() }
            })
            .collect();
        let averages = laws
            .iter()
            .enumerate()
            .map(|(k, law)| {
                let maps: Vec<&Map> = elements.iter().map(|element| &element[k]).collect();
                Averages::over(law, &maps)
            })
            .collect();
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("actions.toml"), &action.toml).unwrap();
        Self { fixture, action, averages, laws, folder }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command with the actions, quietly, and reads its report.
    fn report(&self, arguments: &[&str]) -> Value {
        let (actions, json) = (self.file("actions.toml"), self.file("report.json"));
        let flags = ["--actions", text(&actions), "--quiet", "--json", text(&json)];
        assert_eq!(done(&[arguments, &flags].concat()), "");
        serde_json::from_slice(&fs::read(&json).unwrap()).unwrap()
    }

    /// Holds an audit to the figures of the averages.
    fn check_figures(&self, report: &Value) {
        assert_eq!(report["order"], self.action.order, "{:?}", self.fixture);
        assert_eq!(report["convention"], self.fixture.convention.to_string());
        let tensors = report["tensors"].as_array().unwrap();
        assert_eq!(tensors.len(), self.averages.len());
        let mut totals = [Sum::default(); 5];
        for ((name, _), averages) in self.action.tensors.iter().zip(&self.averages) {
            let found = tensors.iter().find(|tensor| tensor["name"] == name.as_str()).unwrap();
            for ((field, wanted), total) in averages.figures.iter().zip(&mut totals) {
                self.check_figure(&found[field], *wanted, name, field);
                *total += *wanted;
            }
        }
        for ((field, _), total) in self.averages[0].figures.iter().zip(totals) {
            self.check_figure(&report["total"][field], total, "total", field);
        }
    }

    fn check_figure(&self, found: &Value, wanted: Sum, of: &str, field: &str) {
        let found = found.as_f64().unwrap_or(f64::NAN);
        let error = (found - wanted.value).abs();
        assert!(
            error <= FIGURES * wanted.size,
            "{:?}, {of}, {field}: {found} for {}",
            self.fixture,
            wanted.value
        );
    }

    /// Holds a written file to what a method makes of the posterior.
    fn check_written(&self, output: &Path, method: &str) {
        let fixture = self.fixture;
        let by_itself = Posterior::read(output, None).unwrap();
        assert_eq!(by_itself.convention(), fixture.convention, "{fixture:?}");
        let written = Posterior::read(output, Some(fixture.convention)).unwrap();
        assert_eq!(by_itself.pairs(), written.pairs());
        let stored = fixture.unit_roundoff();
        for (((name, _), averages), law) in
            self.action.tensors.iter().zip(&self.averages).zip(&self.laws)
        {
            let (found, wanted) = (written.pair(name).unwrap(), averages.by(method));
            let largest = law.mean.iter().fold(0.0, |size, x| f64::max(size, x.abs()));
            for i in 0..wanted.mean.len() {
                let (a, b) = (found.mean()[i], wanted.mean[i]);
                let bound = AVERAGED * largest + stored * b.abs();
                assert!((a - b).abs() <= bound, "{fixture:?}, {method}, {name}[{i}]: {a} for {b}");
                let (a, b) = (found.sigma()[i], wanted.sigma[i]);
                // σ = e^ρ or ln(1 + e^ρ): rounding of ρ by u|ρ| moves it by at most u max(|ρ|, 1) relatively, where
                // |ρ| ≤ |ln σ| + 1 for the ρ of small σ.
                // The arithmetic average adds (m − m̄)² ≤ σ², of means that are off by roundings of the largest.
                let of_means = if method == "arithmetic" { AVERAGED * largest / b } else { 0.0 };
                let relative = AVERAGED + KNOWN + of_means + stored * (2.0 + b.ln().abs());
                assert!(
                    (a / b - 1.0).abs() <= relative,
                    "{fixture:?}, {method}, {name}[{i}]: σ {a} for {b}"
                );
            }
        }
    }
}

fn scenes() -> impl Iterator<Item = Scene> {
    fixtures().flat_map(|fixture| {
        [quarter_turns(&fixture), turns_and_flips(&fixture)]
            .map(|action| Scene::of(fixture, action))
    })
}

#[test]
fn audits_find_the_figures_of_the_group_average() {
    let mut scenes_seen = 0;
    for scene in scenes() {
        let report = scene.report(&["audit", text(&scene.fixture.path())]);
        scene.check_figures(&report);
        scenes_seen += 1;
    }
    // Two precisions, six files each, two groups.
    assert_eq!(scenes_seen, 24);
}

#[test]
fn symmetrised_files_hold_the_averages_under_the_same_convention() {
    for scene in scenes() {
        let (input, output) = (scene.fixture.path(), scene.file("out.safetensors"));
        for method in ["geometric", "arithmetic", "projection"] {
            let report =
                scene.report(&["symmetrize", text(&input), text(&output), "--method", method]);
            scene.check_figures(&report["before"]);
            for field in ["orbit_divergence", "geometric_gap", "arithmetic_gap", "wasserstein"] {
                assert_eq!(report["after"]["total"][field], 0.0, "{:?}", scene.fixture);
            }
            scene.check_written(&output, method);
            let audit = scene.report(&["audit", text(&output), "--max-divergence", "0"]);
            assert_eq!(audit["total"]["orbit_divergence"], 0.0);
        }
    }
}

#[test]
fn tied_files_hold_the_marginals() {
    for fixture in fixtures() {
        let scene = Scene::of(fixture, free_quarter_turns(&fixture));
        let (input, output) = (fixture.path(), scene.file("out.safetensors"));
        let report = scene.report(&["symmetrize", text(&input), text(&output), "--method", "tie"]);
        scene.check_figures(&report["before"]);
        // The marginals are invariant; the tied posterior itself is singular.
        assert_eq!(report["after"]["total"]["orbit_divergence"], 0.0, "{fixture:?}");
        for field in ["geometric_gap", "arithmetic_gap", "remainder"] {
            assert!(report["after"]["total"][field].is_null(), "{fixture:?}: {field}");
        }
        scene.check_written(&output, "tie");
    }
}

/// Where two coordinates are killed their common draw is 0, and no library's file can hold a deviation of 0.
#[test]
fn tied_files_with_killed_coordinates_are_refused() {
    for fixture in fixtures() {
        let scene = Scene::of(fixture, quarter_turns(&fixture));
        let (input, output) = (fixture.path(), scene.file("out.safetensors"));
        let actions = scene.file("actions.toml");
        let line = ["symmetrize", text(&input), text(&output), "--method", "tie"];
        let says = ["does not fit its file", "\"head.bias", "[0]", "0 < σ"];
        refused(&[&line[..], &["--actions", text(&actions)]].concat(), &says);
        assert!(!output.exists());
    }
}
