//! `equibayes expand`, and `equibayes audit` of what it writes.
#![cfg(feature = "cli")]

mod command;

use command::{done, refused, text};
use equibayes::checkpoint::{Convention, Posterior, Precision, TensorPair};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn pair(name: &str, shape: &[usize]) -> TensorPair {
    let n = shape.iter().product::<usize>();
    let mean = (0..n).map(|i| f64::sin((7 * i + name.len()) as f64)).collect();
    let sigma = (0..n).map(|i| 0.5 + 0.25 * f64::cos((3 * i) as f64)).collect();
    TensorPair::new(name, shape.to_vec(), mean, sigma, Precision::F64).expect("a pair")
}

/// Three convolutions of 2, 3 and 2 channels, and a head.
fn network(folder: &Path, dense: bool) -> PathBuf {
    let head = if dense {
        pair("fc.weight", &[5, 2 * 4])
    } else {
        pair("classifier.weight", &[5, 2, 1, 1])
    };
    let posterior = Posterior::new(
        Convention::AugmentBnns,
        vec![
            pair("conv_layers.0.weight", &[2, 1, 3, 3]),
            pair("conv_layers.0.bias", &[2]),
            pair("conv_layers.1.weight", &[3, 2, 3, 3]),
            pair("conv_layers.2.weight", &[2, 3, 3, 3]),
            pair("conv_layers.2.bias", &[2]),
            head,
        ],
    )
    .expect("a posterior");
    let path = folder.join(if dense { "dense.safetensors" } else { "small.safetensors" });
    posterior.write(&path).expect("written");
    path
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&done(&[args, &["--json", "-"]].concat())).expect("JSON")
}

#[test]
fn arrangements_are_written_and_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (network(folder.path(), false), folder.path().join("out.safetensors"));
    let nothing = Value::Null;
    for (arrangement, exact, rows, function, shifts) in [
        ("group-conv", true, 2, "changed", serde_json::json!([1, 1, 1])),
        ("row-rolled", true, 4, "changed", serde_json::json!([1, 2, 3])),
        ("row-constant", false, 1, "changed", serde_json::json!([1, null, null])),
        ("diagonal", true, 4, "group-average", serde_json::json!([1, 1, 1])),
        ("paired", true, 4, "group-average", serde_json::json!([1, 1, 1])),
    ] {
        let result = json(&["expand", text(&input), text(&out), "--arrangement", arrangement]);
        assert_eq!(result["arrangement"], arrangement);
        assert_eq!(result["exact"], exact, "{arrangement}");
        assert_eq!(result["distinct_rows"], rows, "{arrangement}");
        assert_eq!(result["function"], function, "{arrangement}");
        assert_eq!(result["output_shift"], shifts, "{arrangement}");
        assert_eq!(result["witness"] == nothing, exact, "{arrangement}");
        // The audit knows from the file how its channels move.
        let audit = json(&["audit", text(&out)]);
        let divergence = audit["total"]["orbit_divergence"].as_f64().unwrap();
        assert_eq!(divergence == 0.0, exact, "{arrangement}: {divergence}");
        if exact {
            assert_eq!(audit["layout"], "blocked");
            let channels = if arrangement == "row-rolled" { "regular:1,2,3" } else { "regular" };
            assert_eq!(audit["channels"], channels);
        }
    }
}

#[test]
fn shifts_can_be_said_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (network(folder.path(), false), folder.path().join("out.safetensors"));
    done(&["expand", text(&input), text(&out), "--arrangement", "row-rolled"]);
    let divergence = |channels: &str| {
        let args = ["audit", text(&out), "--channels", channels, "--layout", "blocked"];
        json(&args)["total"]["orbit_divergence"].as_f64().unwrap()
    };
    assert_eq!(divergence("regular:2"), 0.0);
    assert_eq!(divergence("regular:1,2,3"), 0.0);
    for other in ["regular", "regular:1", "regular:3", "regular:1,2,2", "trivial"] {
        assert!(divergence(other) > 1.0, "{other}");
    }
    let channels = |channels| ["audit", text(&out), "--channels", channels];
    refused(&channels("regular:1,2"), &["2 shifts", "expected 3"]);
    refused(&channels("regular:4"), &["regular:4", "from 0 to 3"]);
    refused(
        &[&channels("regular:2")[..], &["--group", "d4"]].concat(),
        &["shifted by 2 under d4", "expected 0 or 1"],
    );
}

#[test]
fn a_dense_head_moves_with_its_blocks() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (network(folder.path(), true), folder.path().join("out.safetensors"));
    let exact = |arrangement: &str| {
        json(&["expand", text(&input), text(&out), "--arrangement", arrangement])["exact"].clone()
    };
    assert_eq!(exact("group-conv"), true);
    assert_eq!(json(&["audit", text(&out)])["total"]["orbit_divergence"], 0.0);
    // Not with the shift of row-rolled blocks.
    assert_eq!(exact("row-rolled"), false);
}

#[test]
fn other_groups_expand_too() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (network(folder.path(), false), folder.path().join("out.safetensors"));
    for (group, arrangement, rows, channels) in [
        ("c2", "group-conv", 1, 4),
        ("d4", "group-conv", 4, 16),
        ("c2", "paired", 2, 8),
        ("d4", "paired", 8, 32),
    ] {
        let args =
            ["expand", text(&input), text(&out), "--arrangement", arrangement, "--group", group];
        let result = json(&args);
        assert_eq!((&result["exact"], &result["distinct_rows"]), (&true.into(), &rows.into()));
        let written = Posterior::read(&out, None).unwrap();
        assert_eq!(written.pairs()[0].shape()[0], channels);
        let audit = json(&["audit", text(&out)]);
        assert_eq!(audit["group"], group);
        assert_eq!(audit["total"]["orbit_divergence"], 0.0, "{group}");
    }
    let rolled =
        ["expand", text(&input), text(&out), "--arrangement", "row-rolled", "--group", "d4"];
    refused(&rolled, &["row-rolled", "abelian"]);
}

#[test]
fn kernels_that_do_not_turn_are_equivariant_in_every_arrangement() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (network(folder.path(), false), folder.path().join("out.safetensors"));
    // Every kernel constant over its pixels: fixed by the group.
    let posterior = Posterior::read(&input, None).unwrap();
    let constant = |pair: &TensorPair| {
        let length = pair.shape().get(2..).map_or(1, |kernel| kernel.iter().product());
        let along = |values: &[f64]| -> Vec<f64> {
            values.iter().enumerate().map(|(i, _)| values[i / length * length]).collect()
        };
        pair.with_values(along(pair.mean()), along(pair.sigma())).unwrap()
    };
    let pairs = posterior.pairs().iter().map(constant).collect();
    posterior.with_pairs(pairs).unwrap().write(&input).unwrap();
    for (arrangement, function, rows) in [
        ("group-conv", "changed", 1),
        ("row-rolled", "changed", 1),
        ("row-constant", "changed", 1),
        ("diagonal", "identical", 4),
        ("paired", "identical", 4),
    ] {
        let result = json(&["expand", text(&input), text(&out), "--arrangement", arrangement]);
        assert_eq!(result["exact"], true, "{arrangement}");
        assert_eq!(result["function"], function, "{arrangement}");
        assert_eq!(result["distinct_rows"], rows, "{arrangement}");
        assert_eq!(json(&["audit", text(&out)])["total"]["orbit_divergence"], 0.0);
    }
}

#[test]
fn what_cannot_be_expanded_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (network(folder.path(), false), folder.path().join("out.safetensors"));
    let again = folder.path().join("again.safetensors");
    let group_conv = ["--arrangement", "group-conv"];
    done(&[&["expand", text(&input), text(&out)], &group_conv[..]].concat());
    refused(
        &[&["expand", text(&out), text(&again)], &group_conv[..]].concat(),
        &["out.safetensors", "already expanded"],
    );
    assert!(!again.exists());
    refused(&["expand", text(&input), text(&again)], &["--arrangement"]);
    refused(
        &["expand", text(&input), text(&again), "--arrangement", "cyclic"],
        &["cyclic", "group-conv", "diagonal", "paired"],
    );
    for scale in ["0", "-1", "nan", "inf"] {
        let args = ["--arrangement", "diagonal", "--fill-scale", scale];
        refused(
            &[&["expand", text(&input), text(&again)], &args[..]].concat(),
            &["fill-scale", "positive"],
        );
    }
    assert!(!again.exists());
}

/// Scripts may give the scale with every arrangement.
#[test]
fn a_fill_scale_without_blocks_to_fill_is_noted_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let input = network(folder.path(), false);
    let files =
        ["plain", "told"].map(|name| folder.path().join(name).with_extension("safetensors"));
    for arrangement in ["group-conv", "row-rolled", "row-constant"] {
        let args = |file| ["expand", text(&input), text(file), "--arrangement", arrangement];
        let plain = done(&args(&files[0]));
        assert!(!plain.contains("--fill-scale"), "{plain}");
        let told = done(&[&args(&files[1])[..], &["--fill-scale", "0.5"]].concat());
        let note = format!("Note: --fill-scale has no effect: the arrangement {arrangement} ");
        assert!(told.contains(&note), "{told}");
        let [plain, told] = files.each_ref().map(|file| std::fs::read(file).unwrap());
        assert_eq!(plain, told, "{arrangement}");
    }
}

#[test]
fn the_fill_is_off_the_diagonal() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (network(folder.path(), false), folder.path().join("out.safetensors"));
    let shown = done(&[
        "expand",
        text(&input),
        text(&out),
        "--arrangement",
        "diagonal",
        "--fill-scale",
        "0.125",
    ]);
    for part in ["equivariant", "group average", "Distinct rows of blocks: 4", "1, 1, 1"] {
        assert!(shown.contains(part), "{shown}");
    }
    let (small, wide) =
        (Posterior::read(&input, None).unwrap(), Posterior::read(&out, None).unwrap());
    let (small, wide) = (&small.pairs()[2], &wide.pairs()[2]);
    assert_eq!(wide.shape(), [12, 8, 3, 3]);
    for (i, (&mean, &sigma)) in wide.mean().iter().zip(wide.sigma()).enumerate() {
        let (row, column, place) = (i / 72, i / 9 % 8, i % 9);
        if row / 3 == column / 2 {
            if row < 3 {
                let trained = (row * 2 + column) * 9 + place;
                assert_eq!(mean, small.mean()[trained]);
            }
        } else {
            assert_eq!(mean, 0.0);
            assert!((sigma - 0.125).abs() < 1e-15);
        }
    }
}

/// By the definition, entry by entry: what two copies share and what one of them mixes in.
#[test]
fn paired_channels_cancel_what_they_mix_in() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (network(folder.path(), false), folder.path().join("out.safetensors"));
    let convolved = folder.path().join("group-conv.safetensors");
    let paired = ["--arrangement", "paired", "--fill-scale", "0.125"];
    let shown = done(&[&["expand", text(&input), text(&out)], &paired[..]].concat());
    for part in ["Arrangement paired", "equivariant", "group average", "Distinct rows of blocks: 4"]
    {
        assert!(shown.contains(part), "{shown}");
    }
    done(&["expand", text(&input), text(&convolved), "--arrangement", "group-conv"]);
    let read = |path: &Path| Posterior::read(path, None).unwrap();
    let (small, wide, convolved) = (read(&input), read(&out), read(&convolved));
    let shapes: Vec<&[usize]> = wide.pairs().iter().map(TensorPair::shape).collect();
    assert_eq!(
        shapes,
        [&[16, 1, 3, 3][..], &[16], &[24, 16, 3, 3], &[16, 24, 3, 3], &[16], &[5, 16, 1, 1]]
    );
    // From 2 channels to 3, in blocks of two copies.
    let (small, wide, convolved) = (&small.pairs()[2], &wide.pairs()[2], &convolved.pairs()[2]);
    let at = |row: usize, column: usize, place: usize| (row * 16 + column) * 9 + place;
    for (row, column, place) in
        (0..24 * 16 * 9).map(|k| (k / 144, k / 9 % 16, k % 9)).filter(|k| k.1 / 2 % 2 == 0)
    {
        let (a, s, o) = (row / 6, row / 3 % 2, row % 3);
        let (b, i) = (column / 4, column % 2);
        let (first, second) =
            (wide.mean()[at(row, column, place)], wide.mean()[at(row, column + 2, place)]);
        // The sum is the diagonal arrangement's block, the difference the paper's, to a rounding of each copy.
        let trained = |a: usize| {
            // Row a of the diagonal arrangement is the trained weight turned a times: in the paper's with factor
            // ½, in block (a, a), which is moved by 2a − a.
            2.0 * convolved.mean()[((a * 3 + o) * 8 + a * 2 + i) * 9 + place]
        };
        let sum = if a == b { trained(a) } else { 0.0 };
        assert!((first + second - sum).abs() <= 2.0 * f64::EPSILON, "{row} {column} {place}");
        let mixed = convolved.mean()[((a * 3 + o) * 8 + b * 2 + i) * 9 + place];
        let difference = if s == 0 { mixed } else { 0.0 };
        assert!((first - second - difference).abs() <= 2.0 * f64::EPSILON);
        for copy in [0, 2] {
            let sigma = wide.sigma()[at(row, column + copy, place)];
            if a != b {
                assert!((sigma - 0.125).abs() < 1e-15);
            } else if a == 0 {
                let trained = small.sigma()[(o * 2 + i) * 9 + place];
                assert!((sigma - trained / 2.0_f64.sqrt()).abs() < 1e-15);
            }
        }
    }
}

/// In single precision the copies of what is mixed in are rounded apart; the function is kept to that.
#[test]
fn paired_channels_in_single_precision() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.safetensors");
    let single = folder.path().join("single.safetensors");
    let posterior = Posterior::read(network(folder.path(), false), None).unwrap();
    let narrow = |pair: &TensorPair| {
        let (mean, sigma) = (pair.mean().to_vec(), pair.sigma().to_vec());
        TensorPair::new(pair.name(), pair.shape().to_vec(), mean, sigma, Precision::F32).unwrap()
    };
    let pairs = posterior.pairs().iter().map(narrow).collect();
    Posterior::new(Convention::AugmentBnns, pairs).unwrap().write(&single).unwrap();
    let result = json(&["expand", text(&single), text(&out), "--arrangement", "paired"]);
    assert_eq!((&result["exact"], &result["function"]), (&true.into(), &"group-average".into()));
    assert_eq!(json(&["audit", text(&out)])["total"]["orbit_divergence"], 0.0);
}

/// There is no layer between hidden channels: the rows are those of the first.
#[test]
fn one_hidden_layer_has_the_rows_of_its_first_layer() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) =
        (folder.path().join("one.safetensors"), folder.path().join("out.safetensors"));
    let pairs = vec![pair("conv_layers.0.weight", &[2, 1, 3, 3]), pair("fc.weight", &[5, 8])];
    Posterior::new(Convention::AugmentBnns, pairs).unwrap().write(&input).unwrap();
    for arrangement in ["group-conv", "row-constant", "diagonal", "paired"] {
        let result = json(&["expand", text(&input), text(&out), "--arrangement", arrangement]);
        assert_eq!(result["distinct_rows"], 4, "{arrangement}");
        assert_eq!(result["function"], "group-average", "{arrangement}");
    }
}

/// What the file holds tells, where training has not touched it; else nothing does, and that is said.
#[test]
fn files_without_metadata_are_refused_where_they_tell() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (network(folder.path(), false), folder.path().join("out.safetensors"));
    let again = folder.path().join("again.safetensors");
    let stripped = |posterior: &Posterior, nudge: f64| {
        let pairs = posterior.pairs().iter().enumerate().map(|(k, pair)| {
            let mut mean = pair.mean().to_vec();
            // One mean of the first weight.
            mean[0] += if k == 0 { nudge } else { 0.0 };
            pair.with_values(mean, pair.sigma().to_vec()).unwrap()
        });
        let bare = Posterior::new(Convention::AugmentBnns, pairs.collect()).unwrap();
        bare.write(&out).unwrap();
    };
    let expand = ["expand", text(&out), text(&again), "--arrangement", "diagonal"];
    for (group, arrangement) in
        [("c4", "group-conv"), ("c4", "row-constant"), ("c2", "diagonal"), ("d4", "paired")]
    {
        let arguments = ["--arrangement", arrangement, "--group", group];
        done(&[&["expand", text(&input), text(&out)], &arguments[..]].concat());
        let wide = Posterior::read(&out, None).unwrap();
        stripped(&wide, 0.0);
        refused(&expand, &["already expanded", "conv_layers.0.weight", group, "blocked"]);
        assert!(!again.exists());
    }
    // A network with regular channels, made so by averaging, is as good as expanded.
    let wide = Posterior::read(&out, None).unwrap();
    stripped(&wide, 1e-9);
    let tied = folder.path().join("tied.safetensors");
    let method = ["--method", "projection", "--channels", "regular"];
    done(&[&["symmetrize", text(&out), text(&tied)], &method[..]].concat());
    refused(
        &["expand", text(&tied), text(&again), "--arrangement", "diagonal"],
        &["already expanded", "interleaved"],
    );
    // After a step of training nothing tells.
    let notes = |result: &Value| result["notes"].to_string();
    let result = json(&expand);
    assert!(notes(&result).contains("whether it was expanded before"), "{result}");
    // With 2, 3 and 2 channels it certainly was not.
    let result = json(&["expand", text(&input), text(&again), "--arrangement", "diagonal"]);
    assert!(!notes(&result).contains("expanded before"), "{result}");
}

#[test]
fn what_is_expanded_is_not_tied() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (network(folder.path(), false), folder.path().join("out.safetensors"));
    let tied = folder.path().join("tied.safetensors");
    done(&["symmetrize", text(&input), text(&tied), "--method", "tie"]);
    let metadata = |path: &Path| Posterior::read(path, None).unwrap().metadata().clone();
    assert_eq!(metadata(&tied).get("equibayes.tied").map(String::as_str), Some("true"));
    let result = json(&["expand", text(&tied), text(&out), "--arrangement", "diagonal"]);
    assert!(result["notes"].to_string().contains("tied"), "{result}");
    assert_eq!(metadata(&out).get("equibayes.tied"), None);
    assert_eq!(metadata(&out).get("equibayes.expanded").map(String::as_str), Some("diagonal"));
}
