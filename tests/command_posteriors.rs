//! `equibayes audit` and `equibayes symmetrize`, as a user runs them.
#![cfg(feature = "cli")]

use equibayes::checkpoint::{Convention, Posterior, Precision, TensorPair};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

fn equibayes(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_equibayes")).args(arguments).output().expect("it starts")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a temporary path is text")
}

/// Runs a command that must succeed, and returns its standard output.
#[track_caller]
fn done(arguments: &[&str]) -> String {
    let output = equibayes(arguments);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), error.as_str()), (Some(0), ""), "{arguments:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Runs a command that must be refused: status 2, one line on standard error with every one of `says`,
/// nothing on standard output.
#[track_caller]
fn refused(arguments: &[&str], says: &[&str]) {
    let output = equibayes(arguments);
    let line = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {line}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    assert_eq!(line.lines().count(), 1, "{arguments:?}: {line}");
    assert!(line.starts_with("equibayes: ") && line.ends_with('\n'), "{line}");
    for said in says {
        assert!(line.contains(said), "{line:?} does not say {said:?}");
    }
}

fn pair(name: &str, shape: &[usize], precision: Precision) -> TensorPair {
    let n: usize = shape.iter().product();
    let mean = (0..n).map(|i| (i as f64 * 0.7).sin()).collect();
    let sigma = (0..n).map(|i| 0.1 + (i as f64 * 0.3).cos().powi(2)).collect();
    TensorPair::new(name, shape.to_vec(), mean, sigma, precision).expect("valid")
}

/// A small network with four and eight channels and a dense or pointwise head.
fn network(convention: Convention, precision: Precision, head: (&str, &[usize])) -> Posterior {
    let pairs = vec![
        pair("conv_layers.0.weight", &[4, 1, 3, 3], precision),
        pair("conv_layers.0.bias", &[4], precision),
        pair("conv_layers.1.weight", &[8, 4, 3, 3], precision),
        pair("conv_layers.1.bias", &[8], precision),
        pair(head.0, head.1, precision),
    ];
    Posterior::new(convention, pairs).expect("valid")
}

const POINTWISE: (&str, &[usize]) = ("classifier.weight", &[3, 8, 1, 1]);
const DENSE: (&str, &[usize]) = ("fc.weight", &[3, 32]);

fn written(folder: &TempDir, name: &str, posterior: &Posterior) -> PathBuf {
    let path = folder.path().join(name);
    posterior.write(&path).expect("a temporary folder is writable");
    path
}

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
fn symmetrize_makes_every_posterior_invariant() {
    let folder = TempDir::new().unwrap();
    for (convention, precision, head) in [
        (Convention::AugmentBnns, Precision::F64, POINTWISE),
        (Convention::AugmentBnns, Precision::F32, DENSE),
        (Convention::Plain, Precision::F32, POINTWISE),
        (Convention::Plain, Precision::F64, DENSE),
    ] {
        let before = network(convention, precision, head);
        let input = written(&folder, "in.safetensors", &before);
        let output = folder.path().join("out.safetensors");
        for group in ["c2", "c4", "d4"] {
            for channels in [["--channels", "trivial"], ["--channels", "regular"]] {
                // Four channels do not divide into blocks of eight.
                if group == "d4" && channels[1] == "regular" {
                    continue;
                }
                for layout in ["interleaved", "blocked"] {
                    for method in ["geometric", "arithmetic", "projection", "tie"] {
                        let action =
                            [channels[0], channels[1], "--group", group, "--layout", layout];
                        let command =
                            ["symmetrize", text(&input), text(&output), "--method", method];
                        let said = done(&[&command[..], &action[..], &["--json", "-"]].concat());
                        let json: Value = serde_json::from_str(&said).unwrap();
                        assert_eq!(json["method"], method);
                        assert_eq!(json["after"]["total"]["orbit_divergence"], 0.0);
                        assert!(json["before"]["total"]["orbit_divergence"].as_f64() > Some(0.0));
                        let gap = &json["after"]["total"]["geometric_gap"];
                        assert_eq!(gap.is_null(), method == "tie");
                        // The file is as invariant as the report says, to the last bit.
                        let check = ["audit", text(&output), "--max-divergence", "0", "--quiet"];
                        done(&[&check[..], &action[..]].concat());
                        let after = Posterior::read(&output, None).unwrap();
                        assert_eq!(after.convention(), convention);
                        let tied = after.metadata().get("equibayes.tied").map(String::as_str);
                        assert_eq!(tied, (method == "tie").then_some("true"));
                        for (a, b) in after.pairs().iter().zip(before.pairs()) {
                            assert_eq!((a.name(), a.shape()), (b.name(), b.shape()));
                            assert_eq!(a.mean_precision(), precision);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn symmetrize_says_what_moved_and_warns_of_tying() {
    let folder = TempDir::new().unwrap();
    let posterior = network(Convention::AugmentBnns, Precision::F64, POINTWISE);
    let (input, output) =
        (written(&folder, "in.safetensors", &posterior), folder.path().join("out.safetensors"));
    let said = done(&["symmetrize", text(&input), text(&output), "--method", "geometric"]);
    assert!(said.contains("moved conv_layers.0.weight, conv_layers.1.weight.\n"), "{said}");
    assert!(said.contains("invariant to the last bit"), "{said}");
    let said = done(&["symmetrize", text(&input), text(&output), "--method", "tie"]);
    assert!(said.contains("not equivariant one by one"), "{said}");
    // Again, over itself: an average of what is invariant is what it was.
    done(&["symmetrize", text(&input), text(&input), "--method", "projection"]);
    let first = fs::read(&input).unwrap();
    let said = done(&["symmetrize", text(&input), text(&input), "--method", "projection"]);
    assert!(said.contains("nothing moved"), "{said}");
    assert_eq!(fs::read(&input).unwrap(), first);
}

/// A safetensors file by hand.
fn raw(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

/// The header entry of an f64 tensor.
fn entry(name: &str, shape: &[usize], start: usize) -> String {
    let end = start + 8 * shape.iter().product::<usize>();
    format!(r#""{name}":{{"dtype":"F64","shape":{shape:?},"data_offsets":[{start},{end}]}}"#)
}

/// A file with one pair of one number each.
fn one_pair(mean: f64, rho: f64) -> Vec<u8> {
    let header =
        format!("{{{},{}}}", entry("a.weight_mu", &[1], 0), entry("a.weight_rho", &[1], 8));
    raw(&header, &[mean.to_le_bytes(), rho.to_le_bytes()].concat())
}

#[test]
fn bad_files_are_refused_in_one_line_and_nothing_is_written() {
    let folder = TempDir::new().unwrap();
    let good = network(Convention::AugmentBnns, Precision::F64, POINTWISE).to_bytes().unwrap();
    let noise: Vec<u8> =
        (0..4096u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    // One scale under a name that no convention knows.
    let mut unpaired = good.clone();
    let (name, odd) = (b"conv_layers.0.bias_rho", b"conv_layers.0.bias_odd");
    let place = good.windows(name.len()).position(|window| window == name).unwrap();
    unpaired[place..place + odd.len()].copy_from_slice(odd);
    let misshapen = raw(
        &format!("{{{},{}}}", entry("a.weight_mu", &[2], 0), entry("a.weight_rho", &[1, 2], 16)),
        &[0; 32],
    );
    let outside = raw(
        &format!("{{{},{}}}", entry("a.weight_mu", &[1], 0), entry("a.weight_rho", &[1], 1000)),
        &[0; 16],
    );
    let mut huge = u64::MAX.to_le_bytes().to_vec();
    huge.extend(b"{}");
    let files: [(&str, Vec<u8>, &[&str]); 10] = [
        ("empty", vec![], &[]),
        ("truncated", good[..good.len() - 9].to_vec(), &[]),
        ("headless", good[..100].to_vec(), &[]),
        ("huge", huge, &[]),
        ("noise", noise, &[]),
        ("nan", one_pair(f64::NAN, 0.0), &["a.weight", "NaN"]),
        ("infinite", one_pair(0.0, f64::INFINITY), &["a.weight", "inf"]),
        ("unpaired", unpaired, &["conv_layers.0.bias_mu", "conv_layers.0.bias_rho"]),
        ("misshapen", misshapen, &["a.weight"]),
        ("outside", outside, &["a.weight_rho"]),
    ];
    let output = folder.path().join("out.safetensors");
    let check = |path: &Path, says: &[&str]| {
        let says = [&[text(path)], says].concat();
        refused(&["audit", text(path)], &says);
        refused(&["symmetrize", text(path), text(&output), "--method", "geometric"], &says);
        assert!(!output.exists(), "{path:?}");
    };
    for (name, bytes, says) in files {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        check(&path, says);
        // Only what was there before is there.
        fs::remove_file(&path).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{name}");
    }
    check(&folder.path().join("missing"), &[]);
    check(folder.path(), &[]);
}

#[test]
fn networks_that_the_group_does_not_act_on_are_refused() {
    let folder = TempDir::new().unwrap();
    let with = |pairs: Vec<TensorPair>| {
        let posterior = Posterior::new(Convention::AugmentBnns, pairs).unwrap();
        written(&folder, "in.safetensors", &posterior)
    };
    let output = folder.path().join("out.safetensors");
    let f64 = Precision::F64;
    let odd = with(vec![
        pair("conv_layers.0.weight", &[6, 1, 3, 3], f64),
        pair("classifier.weight", &[3, 6, 1, 1], f64),
    ]);
    let symmetrize = ["symmetrize", text(&odd), text(&output), "--method", "tie"];
    let says = ["conv_layers.0.weight", "axis 0", "6 channels", "multiple of 4"];
    refused(&[&symmetrize[..], &["--channels", "regular"]].concat(), &says);
    refused(&["audit", text(&odd), "--channels", "regular"], &says);
    let d4 = ["audit", text(&odd), "--channels", "regular", "--group", "d4"];
    refused(&d4, &["multiple of 8"]);
    done(&["audit", text(&odd)]);
    let oblong = with(vec![
        pair("conv_layers.0.weight", &[4, 1, 3, 2], f64),
        pair("classifier.weight", &[3, 4, 1, 1], f64),
    ]);
    refused(&["audit", text(&oblong)], &["conv_layers.0.weight", "3", "2", "square"]);
    let strange = with(vec![
        pair("conv_layers.0.weight", &[4, 1, 3, 3], f64),
        pair("fc.weight", &[3, 20], f64),
    ]);
    refused(&["audit", text(&strange)], &["fc.weight"]);
    assert!(!output.exists());
}

#[test]
fn bad_usage_is_refused_in_one_line() {
    let folder = TempDir::new().unwrap();
    let posterior = network(Convention::AugmentBnns, Precision::F64, POINTWISE);
    let path = written(&folder, "in.safetensors", &posterior);
    let (input, output) = (text(&path), folder.path().join("out.safetensors"));
    let out = text(&output);
    refused(&["symmetrize", input, out, "--method", "median"], &["median", "geometric"]);
    refused(&["symmetrize", input, out], &["--method"]);
    refused(&["symmetrize", input, "--method", "tie"], &["OUT"]);
    for (flag, wrong, right) in [
        ("--group", "s20", "c4"),
        ("--channels", "some", "regular"),
        ("--layout", "mixed", "blocked"),
        ("--convention", "pyro", "augment-bnns"),
        ("--seed", "-1", "whole number"),
        ("--threads", "0", "from 1"),
    ] {
        refused(&["audit", input, flag, wrong], &[flag, wrong, right]);
        refused(&["symmetrize", input, out, "--method", "tie", flag, wrong], &[flag, wrong, right]);
    }
    refused(&["audit"], &["POSTERIOR"]);
    refused(&["audit", input, "--convention", "torchbnn"], &["weight_log_sigma"]);
    assert!(!output.exists());
}

#[test]
fn outputs_that_cannot_be_written_are_refused() {
    let folder = TempDir::new().unwrap();
    let posterior = network(Convention::AugmentBnns, Precision::F64, POINTWISE);
    let path = written(&folder, "in.safetensors", &posterior);
    let input = text(&path);
    let nowhere = folder.path().join("no/such/folder/out.safetensors");
    refused(&["symmetrize", input, text(&nowhere), "--method", "tie"], &["no/such/folder"]);
    refused(&["symmetrize", input, text(folder.path()), "--method", "tie"], &["directory"]);
    let out = folder.path().join("out");
    let same = ["symmetrize", input, text(&out), "--method", "tie", "--json", text(&out)];
    refused(&same, &["different"]);
    let json = ["symmetrize", input, text(&out), "--method", "tie", "--json", text(&nowhere)];
    refused(&json, &["no/such/folder"]);
    refused(&["audit", input, "--json", text(&nowhere)], &["no/such/folder"]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn an_input_is_not_replaced_by_a_report() {
    let folder = TempDir::new().unwrap();
    let posterior = network(Convention::AugmentBnns, Precision::F64, POINTWISE);
    let path = written(&folder, "in.safetensors", &posterior);
    let before = fs::read(&path).unwrap();
    let (input, output) = (text(&path), folder.path().join("out.safetensors"));
    refused(&["audit", input, "--json", input], &["--json", "another file"]);
    let symmetrize = ["symmetrize", input, text(&output), "--method", "tie", "--json", input];
    refused(&symmetrize, &["--json", "another file"]);
    // Only --json has a dash for standard output.
    refused(&["symmetrize", input, "-", "--method", "tie"], &["'-'", "--json"]);
    assert_eq!(fs::read(&path).unwrap(), before);
    assert!(!output.exists());
}

#[test]
fn values_too_far_apart_are_refused_not_reported() {
    let folder = TempDir::new().unwrap();
    let mut pairs = network(Convention::Plain, Precision::F64, POINTWISE).pairs().to_vec();
    let (mut mean, sigma) = (pairs[0].mean().to_vec(), pairs[0].sigma().to_vec());
    (mean[0], mean[2]) = (1.7e308, -1.7e308);
    pairs[0] = pairs[0].with_values(mean, sigma).unwrap();
    let posterior = Posterior::new(Convention::Plain, pairs).unwrap();
    let path = written(&folder, "in.safetensors", &posterior);
    let output = folder.path().join("out.safetensors");
    let says = ["conv_layers.0.weight", "too far apart"];
    refused(&["audit", text(&path), "--max-divergence", "1"], &says);
    refused(&["symmetrize", text(&path), text(&output), "--method", "arithmetic"], &says);
    assert!(!output.exists());
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

/// A network for the ten digits.
const DIGITS: (&str, &[usize]) = ("classifier.weight", &[10, 8, 1, 1]);

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
    for field in ["interval", "interval_draws", "interval_inputs"] {
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

#[test]
fn what_cannot_be_measured_is_refused_in_one_line() {
    let folder = TempDir::new().unwrap();
    let posterior = network(Convention::AugmentBnns, Precision::F64, DIGITS);
    let path = written(&folder, "in.safetensors", &posterior);
    let input = text(&path);
    for wrong in ["0", "1", "nan", "-0.5", "sure"] {
        let says = ["--confidence", wrong, "above 0 and below 1"];
        refused(&["audit", input, "--data", "digits", "--confidence", wrong], &says);
    }
    for wrong in ["0", "-3", "2.5", "many"] {
        refused(&["audit", input, "--data", "digits", "--draws", wrong], &["--draws", wrong]);
    }
    for wrong in ["0", "-1", "inf", "wide"] {
        let says = ["--prior-scale", wrong, "above 0"];
        refused(&["audit", input, "--data", "digits", "--prior-scale", wrong], &says);
    }
    refused(&["audit", input, "--sweep"], &["--data"]);
    refused(&["audit", input, "--confidence", "0.9"], &["--data"]);
    refused(&["audit", input, "--draws", "3"], &["--data"]);
    refused(&["audit", input, "--data", "letters"], &["letters", "digits"]);
    refused(&["audit", input, "--data", "idx:/no/such/folder"], &["/no/such/folder"]);
    // Three classes are too few.
    let few = network(Convention::AugmentBnns, Precision::F64, POINTWISE);
    let few = written(&folder, "few.safetensors", &few);
    refused(&["audit", text(&few), "--data", "digits"], &["label", "3 classes"]);
}
