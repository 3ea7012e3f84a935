//! Bounds and measurements on images.

use super::command::{done, text};
use super::{DIGITS, POINTWISE, network, written};
use equibayes::checkpoint::{Convention, Posterior, Precision};
use serde_json::{Value, json};
use tempfile::TempDir;

#[test]
fn audit_ranks_bounds_and_says_at_what_scale_they_speak() {
    let folder = TempDir::new().unwrap();
    let posterior = network(Convention::AugmentBnns, Precision::F64, POINTWISE);
    let path = written(&folder, "in.safetensors", &posterior);
    let json: Value = serde_json::from_str(&done(&["audit", text(&path), "--json", "-"])).unwrap();
    let ranked = json["ranked_bounds"].as_array().unwrap();
    let value = |bound: &Value| bound["value"].as_f64().unwrap();
    assert_eq!(ranked.len(), 2);
    assert!(value(&ranked[0]) <= value(&ranked[1]));
    for bound in ranked {
        let id = bound["id"].as_str().unwrap();
        assert_eq!(bound["value"], json["bounds"][id]);
        // Of order four, D² = 2.
        let vacuous = value(bound) >= 1.5 * (1.0 - 1e-9);
        assert_eq!(bound["vacuous"], vacuous, "{id}");
        assert_eq!(bound["informative_at"].is_number(), vacuous, "{id}");
        if vacuous && id == "B2" {
            let scale = bound["informative_at"].as_f64().unwrap();
            assert!((scale * value(bound) / 1.5 - 1.0).abs() < 1e-6);
        }
    }
    assert_eq!(json["joint"], json!({ "holds": true, "reason": null }));
    let said = done(&["audit", text(&path)]);
    let (b1, b2) = (said.find("  B1  ").unwrap(), said.find("  B2  ").unwrap());
    assert!(b1 < b2 && said.contains("best first") && said.contains("  B3  "), "{said}");
    assert!(said.contains("B2  orbit divergence") && said.contains("of the divergences down"));
    // What is invariant has nothing to say of scales.
    let out = folder.path().join("out");
    done(&["symmetrize", text(&path), text(&out), "--method", "geometric"]);
    let json: Value = serde_json::from_str(&done(&["audit", text(&out), "--json", "-"])).unwrap();
    for bound in json["ranked_bounds"].as_array().unwrap() {
        assert_eq!((value(bound), &bound["vacuous"]), (0.0, &Value::Bool(false)));
        assert_eq!(bound["informative_at"], Value::Null);
    }
}

#[test]
fn audit_measures_with_intervals_and_sweeps_in_one_pass() {
    let folder = TempDir::new().unwrap();
    // Little noise: a few draws say something.
    let noisy = network(Convention::AugmentBnns, Precision::F64, DIGITS);
    let quiet = noisy.pairs().iter().map(|pair| {
        let sigma = pair.sigma().iter().map(|sigma| 0.02 * sigma).collect();
        pair.with_values(pair.mean().to_vec(), sigma).unwrap()
    });
    let posterior = Posterior::new(Convention::AugmentBnns, quiet.collect()).unwrap();
    let path = written(&folder, "in.safetensors", &posterior);
    let audit = ["audit", text(&path), "--data", "digits", "--json", "-", "--draws", "4"];
    let json = |more: &[&str]| -> Value {
        serde_json::from_str(&done(&[&audit[..], more].concat())).unwrap()
    };
    let plain = json(&["--threads", "1"]);
    let data = &plain["data"];
    let number = |value: &Value| value.as_f64().unwrap();
    let fields =
        ["osp_majority", "osp_identity", "symmetric_kl", "accuracy", "nll", "ece", "brier"];
    for scores in [data, &data["orbit_sampled"]] {
        assert!(fields.iter().all(|&field| scores[field].is_number()), "{scores}");
    }
    let defect = &data["defect"];
    let of = |field: &str| number(&defect[field]);
    let unbiased = of("unbiased");
    assert!(unbiased < of("shared") && of("shared") < of("single"));
    let squares = of("unbiased_se_draws").powi(2) + of("unbiased_se_inputs").powi(2);
    assert!((of("unbiased_se").powi(2) / squares - 1.0).abs() < 1e-12);
    let interval = |defect: &Value, field: &str| {
        let [low, high] = [0, 1].map(|end| number(&defect[field][end]));
        assert!(low <= high, "{field}: {low} {high}");
        (low, high)
    };
    for field in [
        "interval",
        "interval_draws",
        "interval_inputs",
        "interval_guaranteed",
        "interval_draws_guaranteed",
    ] {
        let (low, high) = interval(defect, field);
        assert!(low <= unbiased && unbiased <= high, "{field}: {low} {unbiased} {high}");
        assert!(high <= 1.5);
    }
    let both = interval(defect, "interval");
    let draws = interval(defect, "interval_draws");
    assert!(both.0 <= draws.0 && draws.1 <= both.1);
    assert_eq!((of("confidence"), &data["sweep"]), (0.95, &Value::Null));
    // A sweep ends in the same figures, and begins with one draw, of which nothing is known.
    let mut swept = json(&["--sweep"]);
    let sweep = swept["data"].as_object_mut().unwrap().remove("sweep").unwrap();
    assert_eq!(swept, plain);
    let counts: Vec<u64> =
        sweep.as_array().unwrap().iter().map(|step| step["draws"].as_u64().unwrap()).collect();
    assert_eq!(counts, [1, 2, 4]);
    assert_eq!(sweep[2]["defect"], plain["data"]["defect"]);
    assert_eq!(sweep[0]["defect"]["unbiased"], Value::Null);
    assert_eq!(interval(&sweep[0]["defect"], "interval"), (0.0, 1.5));
    let audit = ["audit", text(&path), "--data", "digits", "--draws", "2", "--sweep"];
    let said = done(&[&audit[..], &["--confidence", "0.999", "--prior-scale", "2"]].concat());
    let says = [
        "Brier",
        "99.9 % intervals",
        "whatever the draws",
        "B3  Wasserstein",
        "B4  χ²",
        "B8  PAC-Bayes",
        "on these images",
        "single draws",
        "measured",
        "fresh",
    ];
    assert!(says.iter().all(|part| said.contains(part)), "{said}");
}
