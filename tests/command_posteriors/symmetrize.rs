//! `symmetrize`, and `audit` of what it writes.

use super::command::{done, text};
use super::{DENSE, POINTWISE, network, written};
use equibayes::checkpoint::{Convention, Posterior, Precision};
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

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
