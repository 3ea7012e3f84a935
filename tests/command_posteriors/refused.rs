//! What is refused, in one line and with nothing written.

use super::command::{done, refused, text};
use super::{DIGITS, POINTWISE, network, pair, written};
use equibayes::checkpoint::{Convention, Posterior, Precision, TensorPair};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

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
