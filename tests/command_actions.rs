//! `--actions FILE`, as a user runs it.
#![cfg(feature = "cli")]

mod command;

use command::{done, refused, text};
use equibayes::checkpoint::{Convention, Posterior, Precision, TensorPair};
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

fn pair(name: &str, shape: &[usize]) -> TensorPair {
    let n: usize = shape.iter().product();
    let mean = (0..n).map(|i| (i as f64 * 0.7).sin()).collect();
    let sigma = (0..n).map(|i| 0.1 + (i as f64 * 0.3).cos().powi(2)).collect();
    TensorPair::new(name, shape.to_vec(), mean, sigma, Precision::F64).expect("valid")
}

/// No network of the command's own, and a file of actions for it.
fn files(folder: &TempDir) -> [std::path::PathBuf; 2] {
    let pairs = vec![
        pair("stem.kernel", &[8, 2, 3, 3]),
        pair("stem.bias", &[8]),
        pair("head.weight", &[5, 4]),
    ];
    let path = folder.path().join("in.safetensors");
    Posterior::new(Convention::Plain, pairs).expect("valid").write(&path).expect("writable");
    let actions = folder.path().join("actions.toml");
    fs::write(&actions, ACTIONS).expect("writable");
    [path, actions]
}

const ACTIONS: &str = r#"
[group]
generators = ["r"]

[tensor."stem.kernel"]
axes = ["regular:blocked", "trivial", "spatial", "spatial"]

[tensor."stem.bias"]
axes = "trivial"

[tensor."head.weight"]
axes = ["trivial", { r = [1, 2, 3, 0] }]
"#;

#[test]
fn a_listed_action_is_audited_and_symmetrised() {
    let folder = TempDir::new().unwrap();
    let [path, actions] = files(&folder);
    let out = done(&["audit", text(&path), "--actions", text(&actions), "--json", "-"]);
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&json["group"], &json["order"]), (&"⟨r⟩".into(), &4.into()));
    assert_eq!((&json["channels"], &json["layout"]), (&Value::Null, &Value::Null));
    let moved: Vec<bool> = json["tensors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tensor| tensor["orbit_divergence"].as_f64().unwrap() > 0.0)
        .collect();
    assert_eq!(moved, [true, true, false]);
    assert!(done(&["audit", text(&path), "--actions", text(&actions)]).contains("as listed"));
    let output = folder.path().join("out.safetensors");
    for method in ["geometric", "arithmetic", "projection", "tie"] {
        let line = ["symmetrize", text(&path), text(&output), "--method", method];
        done(&[&line[..], &["--actions", text(&actions)]].concat());
        let check = ["audit", text(&output), "--actions", text(&actions)];
        done(&[&check[..], &["--max-divergence", "0", "--quiet"]].concat());
    }
    let after = Posterior::read(&output, None).unwrap();
    let (head, bias) = (after.pair("head.weight").unwrap(), after.pair("stem.bias").unwrap());
    assert!(head.mean().chunks(4).all(|row| row.iter().all(|x| *x == row[0])));
    assert_eq!(bias, Posterior::read(&path, None).unwrap().pair("stem.bias").unwrap());
}

/// A sign that comes back after a whole turn kills the means, whatever they were.
#[test]
fn signs_are_heeded() {
    let folder = TempDir::new().unwrap();
    let [path, actions] = files(&folder);
    let signed = ACTIONS.replace("[1, 2, 3, 0] }", "[1, 2, 3, 0], sign = [1, 1, 1, -1] }");
    fs::write(&actions, signed.replace("regular:blocked", "trivial")).unwrap();
    let output = folder.path().join("out.safetensors");
    let line = ["symmetrize", text(&path), text(&output), "--method", "projection"];
    let said = done(&[&line[..], &["--actions", text(&actions), "--json", "-"]].concat());
    let json: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(json["after"]["order"], 8);
    let after = Posterior::read(&output, None).unwrap();
    assert!(after.pair("head.weight").unwrap().mean().iter().all(|x| *x == 0.0));
}

/// A group far beyond any enumeration: its order is written out in full.
#[test]
fn large_groups_are_no_larger_a_task() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("in.safetensors");
    let posterior = Posterior::new(Convention::Plain, vec![pair("w", &[30, 30])]).unwrap();
    posterior.write(&path).unwrap();
    let actions = folder.path().join("actions.toml");
    let cycle: Vec<usize> = (0..30).map(|i| (i + 1) % 30).collect();
    let swap: Vec<usize> = (0..30).map(|i| if i < 2 { 1 - i } else { i }).collect();
    let axis = format!("{{ c = {cycle:?}, t = {swap:?} }}");
    let listed =
        format!("[group]\ngenerators = [\"c\", \"t\"]\n[tensor.w]\naxes = [{axis}, {axis}]\n");
    fs::write(&actions, &listed).unwrap();
    let out = done(&["audit", text(&path), "--actions", text(&actions), "--json", "-"]);
    assert!(out.contains("\"order\": 265252859812191058636308480000000,"), "{out}");
    fs::write(&actions, listed.replacen(&axis, "\"regular\"", 1)).unwrap();
    let says = ["\"w\", axis 0", "30 channels", "265252859812191058636308480000000"];
    refused(&["audit", text(&path), "--actions", text(&actions)], &says);
}

#[test]
fn it_stands_instead_of_the_other_flags() {
    let folder = TempDir::new().unwrap();
    let [path, actions] = files(&folder);
    for (flag, value) in [("--group", "c4"), ("--channels", "trivial"), ("--layout", "blocked")] {
        let audit = ["audit", text(&path), "--actions", text(&actions), flag, value];
        refused(&audit, &["--actions", flag, "cannot be used with"]);
        let both = ["symmetrize", text(&path), "x", "--method", "tie", flag, value];
        refused(&[&both[..], &["--actions", text(&actions)]].concat(), &["--actions", flag]);
    }
}

#[test]
fn wrong_files_are_refused_in_one_line() {
    let folder = TempDir::new().unwrap();
    let [path, actions] = files(&folder);
    let kernel = r#"["regular:blocked", "trivial", "spatial", "spatial"]"#;
    let head = "{ r = [1, 2, 3, 0] }";
    let of_kernel = |axes: &str| ACTIONS.replace(kernel, axes);
    let of_head = |axis: &str| ACTIONS.replace(head, axis);
    let cases: Vec<(String, &[&str])> = vec![
        ("".into(), &["is empty", "[group]"]),
        (" \n\n".into(), &["is empty"]),
        ("[group\n".into(), &["line 1, column"]),
        ("a = 1\nb = = 2\n".into(), &["line 2, column 5"]),
        ("[tensor.w]\naxes = \"trivial\"\n".into(), &["missing field `group`"]),
        (ACTIONS.replace("generators", "generator"), &["line 3", "generator"]),
        (ACTIONS.replace("[\"r\"]", "[]"), &["[group] generators", "[]", "one or more"]),
        (ACTIONS.replace("[\"r\"]", "[\"r\", \"r\"]"), &["different"]),
        (ACTIONS.replace("[\"r\"]", "[\"sign\"]"), &["sign"]),
        (ACTIONS.replace("[\"r\"]", "\"r\""), &["line 3", "sequence"]),
        (
            ACTIONS.replace("[\"r\"]", "[\"r\"]\nspatial = { r = \"turn\" }"),
            &["[group] spatial", "\"r\"", "turn", "rot90"],
        ),
        (
            ACTIONS.replace("[\"r\"]", "[\"r\"]\nspatial = { t = \"flip\" }"),
            &["[group] spatial", "\"t\"", "expected one of r"],
        ),
        (
            ACTIONS.replace("[\"r\"]", "[\"r\"]\nimages = { r = [0, 0] }"),
            &["[group] images", "\"r\"", "image 0 of point 1"],
        ),
        (
            ACTIONS.replace("\"stem.bias\"", "stem.bias"),
            &["tensor \"stem\"", "no key axes", "quotes"],
        ),
        (
            ACTIONS.replace("[tensor.\"stem.bias\"]\naxes = \"trivial\"", ""),
            &["\"stem.bias\"", "not listed", "trivial"],
        ),
        (
            ACTIONS.replace("stem.bias", "stem.gain"),
            &["\"stem.gain\"", "not a tensor pair", "\"stem.bias\""],
        ),
        (ACTIONS.replace("\"trivial\"\n", "\"fixed\"\n"), &["\"stem.bias\"", "\"fixed\""]),
        (ACTIONS.replace("\"trivial\"\n", "[]\n"), &["\"stem.bias\"", "0 entries", "[8]"]),
        (of_kernel("[\"trivial\", \"trivial\"]"), &["\"stem.kernel\"", "2 entries", "expected 4"]),
        (
            of_kernel(r#"["regular:2", "trivial", "spatial", "spatial"]"#),
            &["\"stem.kernel\", axis 0", "regular:2", "not supported"],
        ),
        (
            of_kernel(r#"["regula", "trivial", "spatial", "spatial"]"#),
            &["axis 0", "\"regula\"", "regular:interleaved"],
        ),
        (
            of_kernel(r#"[7, "trivial", "spatial", "spatial"]"#),
            &["\"stem.kernel\", axis 0", "7", "a table of index maps"],
        ),
        (
            of_kernel(r#"["trivial", "regular", "spatial", "spatial"]"#),
            &["\"stem.kernel\", axis 1", "2 channels", "multiple of 4"],
        ),
        (
            of_kernel(r#"["trivial", "trivial", "trivial", "spatial"]"#),
            &["\"stem.kernel\", axis 3", "1 \"spatial\"", "two"],
        ),
        (
            of_kernel(r#"["spatial", "spatial", "trivial", "trivial"]"#),
            &["\"stem.kernel\", axis 0", "8 by 2", "square"],
        ),
        (
            of_kernel(r#"["spatial", "trivial", "trivial", "spatial"]"#),
            &["\"stem.kernel\", axis 0", "one after the other"],
        ),
        (
            ACTIONS.replace("\"r\"]", "\"t\"]").replace("r = ", "t = "),
            &["\"stem.kernel\", axis 2", "\"t\"", "rot90", "[group] spatial"],
        ),
        (of_head("{ }"), &["\"head.weight\", axis 1", "no images", "\"r\""]),
        (of_head("{ r = [1, 2, 0] }"), &["axis 1", "3 images of \"r\"", "expected 4"]),
        (of_head("{ r = [1, 2, 3, 3] }"), &["axis 1", "\"r\"", "image 3 of point 3", "once"]),
        (of_head("{ r = [1, 2, 3, 4] }"), &["axis 1", "image 4 of point 3"]),
        (of_head("{ r = [1, 2, 3, -1] }"), &["axis 1", "-1", "whole numbers"]),
        (of_head("{ r = \"swap\" }"), &["axis 1", "\"swap\"", "list"]),
        (of_head("{ r = [1, 0, 3, 2], s = [0] }"), &["axis 1", "key \"s\"", "r or sign"]),
        (
            of_head("{ r = [1, 0, 3, 2], sign = [1, 1] }"),
            &["axis 1", "2 signs", "expected 4 signs"],
        ),
        (of_head("{ r = [1, 0, 3, 2], sign = [1, 1, 1, 2] }"), &["axis 1", "sign: 2", "1 or -1"]),
        (of_head("{ r = [1, 0, 3, 2], sign = 1 }"), &["axis 1", "sign: 1", "list"]),
        (
            of_head("{ r = [1, 0, 3, 2], sign = { q = [1] } }"),
            &["axis 1", "key \"q\"", "one of r"],
        ),
        (
            "[group]\ngenerators = [\"g\"]\n[tensor.\"stem.kernel\"]\naxes = \"trivial\"\n\
             [tensor.\"stem.bias\"]\naxes = [\"regular\"]\n[tensor.\"head.weight\"]\naxes = \"trivial\"\n"
                .into(),
            &["\"stem.bias\", axis 0", "nothing says", "[group]"],
        ),
    ];
    let output = folder.path().join("out.safetensors");
    for (listed, says) in cases {
        fs::write(&actions, &listed).unwrap();
        let says = [&["--actions", text(&actions)], says].concat();
        refused(&["audit", text(&path), "--actions", text(&actions)], &says);
        let line = ["symmetrize", text(&path), text(&output), "--method", "tie"];
        refused(&[&line[..], &["--actions", text(&actions)]].concat(), &says);
        assert!(!output.exists(), "{listed}");
    }
    fs::write(&actions, [0xff, 0xfe, 0]).unwrap();
    refused(&["audit", text(&path), "--actions", text(&actions)], &["UTF-8"]);
    refused(&["audit", text(&path), "--actions", "nowhere.toml"], &["nowhere.toml"]);
    refused(&["audit", text(&path), "--actions", text(folder.path())], &["directory"]);
}

/// A network that is recognised is evaluated on images, moved as the file says.
#[test]
fn the_defect_is_measured_under_listed_actions() {
    let folder = TempDir::new().expect("a folder");
    let pairs = vec![
        pair("conv_layers.0.weight", &[2, 1, 3, 3]),
        pair("conv_layers.0.bias", &[2]),
        pair("classifier.weight", &[10, 2, 1, 1]),
    ];
    let path = folder.path().join("in.safetensors");
    let posterior = Posterior::new(Convention::AugmentBnns, pairs).expect("valid");
    posterior.write(&path).expect("writable");
    let actions = folder.path().join("actions.toml");
    let list = |generators: &str, classes: &str| {
        let listed = format!(
            r#"
            [group]
            {generators}
            [tensor."conv_layers.0.weight"]
            axes = ["trivial", "trivial", "spatial", "spatial"]
            [tensor."conv_layers.0.bias"]
            axes = "trivial"
            [tensor."classifier.weight"]
            axes = [{classes}, "trivial", "trivial", "trivial"]
            "#
        );
        fs::write(&actions, listed).expect("writable");
    };
    let data = ["--data", "digits", "--draws", "1"];
    let measured = |how: &[&str]| -> Value {
        let text = done(&[&["audit", text(&path), "--json", "-"], how, &data].concat());
        serde_json::from_str::<Value>(&text).expect("JSON")["data"].clone()
    };
    for (generators, group) in [
        (r#"generators = ["r"]"#, "c4"),
        ("generators = [\"half\"]\nspatial = { half = \"rot180\" }", "c2"),
    ] {
        list(generators, "\"trivial\"");
        let listed = measured(&["--actions", text(&actions)]);
        assert_eq!(listed, measured(&["--group", group]));
        assert_eq!(listed["images"], 1797);
        assert!(listed["defect"]["shared"].as_f64() > Some(0.0));
        assert_eq!(listed["orbit_sampled"]["max_error"], 0.0);
    }
    list(r#"generators = ["r"]"#, "{ r = [1, 2, 3, 0, 4, 5, 6, 7, 8, 9] }");
    let arguments = ["audit", text(&path), "--actions", text(&actions)];
    refused(&[&arguments[..], &data].concat(), &["classifier.weight", "axis 0", "moves classes"]);
    // Another network than the command knows.
    let [path, actions] = files(&folder);
    let arguments = ["audit", text(&path), "--actions", text(&actions)];
    refused(&[&arguments[..], &data].concat(), &["not of the network"]);
}

/// What is not jointly equivariant has no bound by its divergences, and says so; also where it turns images and nothing else, so that the
/// group of the parameters is trivial, and the defect is not zero.
#[test]
fn whether_the_network_is_jointly_equivariant_is_said() {
    let folder = TempDir::new().unwrap();
    let pairs = vec![
        pair("conv_layers.0.weight", &[2, 1, 3, 3]),
        pair("conv_layers.1.weight", &[2, 2, 3, 3]),
        pair("classifier.weight", &[10, 2, 1, 1]),
    ];
    let path = folder.path().join("in.safetensors");
    let posterior = Posterior::new(Convention::AugmentBnns, pairs).unwrap();
    posterior.write(&path).unwrap();
    let actions = folder.path().join("actions.toml");
    let audited = |first: &str, second: &str| -> Value {
        let listed = format!(
            "[group]\ngenerators = [\"r\"]\n[tensor.\"conv_layers.0.weight\"]\naxes = {first}\n\
             [tensor.\"conv_layers.1.weight\"]\naxes = {second}\n\
             [tensor.\"classifier.weight\"]\naxes = \"trivial\"\n"
        );
        fs::write(&actions, listed).unwrap();
        let data = ["--data", "digits", "--draws", "2", "--prior-scale", "1"];
        let arguments = ["audit", text(&path), "--actions", text(&actions), "--json", "-"];
        serde_json::from_str(&done(&[&arguments[..], &data].concat())).unwrap()
    };
    let turns = r#"["trivial", "trivial", "spatial", "spatial"]"#;
    assert_eq!(audited(turns, turns)["joint"]["holds"], true);
    for first in [turns, "\"trivial\""] {
        let json = audited(first, "\"trivial\"");
        assert_eq!(json["joint"]["holds"], false);
        let reason = json["joint"]["reason"].as_str().unwrap();
        assert!(reason.ends_with("does not move as the pixels of the images do"), "{reason}");
        let ranked = json["ranked_bounds"].as_array().unwrap();
        assert!(ranked.iter().all(|bound| bound["id"] == "B8"), "{ranked:?}");
        // What B8 allows for two draws, 1.5 √(ln(2/0.05)/4), is that of the images' four turns, whatever moves the parameters.
        let single = json["data"]["defect"]["single"].as_f64().unwrap();
        assert!(single > 1e-6 && ranked[0]["value"].as_f64().unwrap() > single + 1.44);
    }
    // Out channels for rows, in channels for columns.
    let mixed = audited(turns, r#"["spatial", "spatial", "trivial", "trivial"]"#);
    assert_eq!(mixed["joint"]["holds"], Value::Null);
    assert!(mixed["joint"]["reason"].as_str().unwrap().starts_with("not decided: "));
}
