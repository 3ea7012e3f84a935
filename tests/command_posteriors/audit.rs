//! `audit` of a posterior alone.

use super::command::{done, equibayes, refused, text};
use super::{DENSE, POINTWISE, network, written};
use equibayes::checkpoint::{Convention, Precision, TensorPair};
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

#[test]
fn audit_reports_every_tensor_and_their_sum() {
    let folder = TempDir::new().unwrap();
    let posterior = network(Convention::AugmentBnns, Precision::F64, POINTWISE);
    let path = written(&folder, "in.safetensors", &posterior);
    let out = done(&["audit", text(&path), "--channels", "regular", "--json", "-"]);
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["group"], "c4");
    assert_eq!(json["order"], 4);
    assert_eq!(json["convention"], "augment-bnns");
    assert_eq!(json["channels"], "regular");
    assert_eq!(json["layout"], "interleaved");
    assert_eq!(json["closed"], true);
    assert_eq!(json["data"], Value::Null);
    let tensors = json["tensors"].as_array().unwrap();
    let names: Vec<&str> = tensors.iter().map(|t| t["name"].as_str().unwrap()).collect();
    assert_eq!(names, posterior.pairs().iter().map(TensorPair::name).collect::<Vec<_>>());
    assert_eq!(tensors[0]["shape"], serde_json::json!([4, 1, 3, 3]));
    let number = |value: &Value, field: &str| value[field].as_f64().expect("a number");
    for field in ["orbit_divergence", "geometric_gap", "arithmetic_gap", "remainder", "wasserstein"]
    {
        let sum: f64 = tensors.iter().map(|tensor| number(tensor, field)).sum();
        let total = number(&json["total"], field);
        assert!(total > 0.0 && (sum / total - 1.0).abs() < 1e-14, "{field}: {sum} against {total}");
    }
    // S4.
    let total = &json["total"];
    let parts = ["geometric_gap", "arithmetic_gap", "remainder"].map(|f| number(total, f));
    let split = parts.iter().sum::<f64>() / number(total, "orbit_divergence");
    assert!((split - 1.0).abs() < 1e-12);
    // B2 is the orbit divergence itself, at D² = 2; B1 is better.
    assert!(
        (number(&json["bounds"], "B2") / number(total, "orbit_divergence") - 1.0).abs() < 1e-15
    );
    assert!(number(&json["bounds"], "B1") <= 1.5);
    assert_eq!(json["bounds"]["B3"], Value::Null);
}

#[test]
fn audit_speaks_to_people_unless_quiet() {
    let folder = TempDir::new().unwrap();
    let posterior = network(Convention::AugmentBnns, Precision::F32, DENSE);
    let path = written(&folder, "in.safetensors", &posterior);
    let said = done(&["audit", text(&path)]);
    for part in ["channels trivial", "augment-bnns", "fc.weight", "3×32", "total", "B2"] {
        assert!(said.contains(part), "{said}");
    }
    assert!(!said.contains('\u{1b}'), "no colours into a pipe");
    assert_eq!(done(&["audit", text(&path), "--quiet"]), "");
    let json = folder.path().join("audit.json");
    assert_eq!(done(&["audit", text(&path), "--quiet", "--json", text(&json)]), "");
    assert!(serde_json::from_slice::<Value>(&fs::read(&json).unwrap()).is_ok());
}

#[test]
fn audit_can_be_told_to_refuse() {
    let folder = TempDir::new().unwrap();
    let posterior = network(Convention::AugmentBnns, Precision::F64, POINTWISE);
    let path = written(&folder, "in.safetensors", &posterior);
    let output = equibayes(&["audit", text(&path), "--max-divergence", "1e-3"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("Refused"));
    done(&["audit", text(&path), "--max-divergence", "1e9"]);
    for nonsense in ["-1", "nan", "much"] {
        refused(
            &["audit", text(&path), "--max-divergence", nonsense],
            &["--max-divergence", "0 or more"],
        );
    }
}

#[test]
fn a_tied_file_says_so_when_it_is_audited() {
    let folder = TempDir::new().unwrap();
    let posterior = network(Convention::AugmentBnns, Precision::F64, POINTWISE);
    let path = written(&folder, "in.safetensors", &posterior);
    assert!(!done(&["audit", text(&path)]).contains("tied"));
    done(&["symmetrize", text(&path), text(&path), "--method", "tie"]);
    assert!(done(&["audit", text(&path)]).contains("marginals of a tied posterior"));
}
