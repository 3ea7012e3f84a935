//! Files of actions that do not fit a library's posterior are refused in one line.

use crate::actions::quarter_turns;
use crate::command::{refused, text};
use crate::fixtures::fixtures;
use std::fs;
use tempfile::TempDir;

#[test]
fn actions_that_do_not_fit_are_refused() {
    let folder = TempDir::new().unwrap();
    let (actions, output) =
        (folder.path().join("actions.toml"), folder.path().join("out.safetensors"));
    for fixture in fixtures() {
        let (fits, kernel) = (quarter_turns(&fixture).toml, fixture.kernel());
        let without = |name: &str| {
            let start = fits.find(&format!("[tensor.\"{name}\"]")).expect("it is listed");
            let rest = fits[start + 1..].find("[tensor.").map_or("", |n| &fits[start + 1 + n..]);
            format!("{}{rest}", &fits[..start])
        };
        let with = |from: &str, to: &str| {
            assert!(fits.contains(from), "{from}");
            fits.replacen(from, to, 1)
        };
        let kernel_says = format!("{kernel:?}");
        let cases: [(String, &[&str]); 7] = [
            (without(kernel), &[&kernel_says, "not listed"]),
            (without("body.0.bias"), &["\"body.0.bias\"", "not listed"]),
            (without("head.bias"), &["\"head.bias\"", "not listed"]),
            // The tensors as files name them are no pairs.
            (with("head.bias", "head.bias_mu"), &["\"head.bias_mu\"", "not a tensor pair"]),
            (
                with("[1, 2, 3, 0], sign = [1, -1, 1, -1]", "[1, 2, 0], sign = [1, -1, -1]"),
                &["\"body.0.bias\", axis 0", "3 images", "expected 4"],
            ),
            (
                with("sign = [1, -1, 1, -1]", "sign = [1, -1, 1]"),
                &["\"body.0.bias\", axis 0", "3 signs", "expected 4"],
            ),
            (
                with("\"trivial\", \"spatial\", \"spatial\"", "\"spatial\", \"spatial\""),
                &[&kernel_says, "3 entries", "expected 4"],
            ),
        ];
        for (listed, says) in cases {
            fs::write(&actions, &listed).unwrap();
            let says = [&["--actions", text(&actions)], says].concat();
            let input = fixture.path();
            refused(&["audit", text(&input), "--actions", text(&actions)], &says);
            let line = ["symmetrize", text(&input), text(&output), "--method", "geometric"];
            refused(&[&line[..], &["--actions", text(&actions)]].concat(), &says);
            assert!(!output.exists(), "{listed}");
        }
    }
}
