//! Actions under which the network is jointly equivariant, and actions under which it is not.

use super::*;
use crate::audit::{ActionsFile, Channels, Layout, NamedGroup};
use crate::checkpoint::{Convention, Precision, TensorPair};

fn posterior(head: (&str, &[usize]), kernel: usize) -> Posterior {
    let pair = |name: &str, shape: &[usize]| {
        let n: usize = shape.iter().product();
        let mean = (0..n).map(|i| (i as f64).sin()).collect();
        TensorPair::new(name, shape.to_vec(), mean, vec![0.5; n], Precision::F64).unwrap()
    };
    let pairs = vec![
        pair("conv_layers.0.weight", &[8, 1, kernel, kernel]),
        pair("conv_layers.0.bias", &[8]),
        pair("conv_layers.1.weight", &[8, 8, kernel, kernel]),
        pair(head.0, head.1),
    ];
    Posterior::new(Convention::AugmentBnns, pairs).unwrap()
}

const POINTWISE: (&str, &[usize]) = ("classifier.weight", &[3, 8, 1, 1]);
const DENSE: (&str, &[usize]) = ("fc.weight", &[3, 8 * 4]);

#[test]
fn named_actions_are_joint() {
    for (head, kernel) in [(POINTWISE, 3), (DENSE, 3), (POINTWISE, 1), (DENSE, 5)] {
        let posterior = posterior(head, kernel);
        for group in [NamedGroup::C2, NamedGroup::C4, NamedGroup::D4] {
            for layout in [Layout::Interleaved, Layout::Blocked] {
                for channels in [Channels::Trivial, Channels::Regular] {
                    let action = PosteriorAction::of_network(&posterior, group, channels, layout);
                    assert_eq!(action.unwrap().joint(&posterior), Ok(()), "{group} {layout}");
                }
                let shifts = if group == NamedGroup::D4 { [1, 0] } else { [0, 3] };
                let action =
                    PosteriorAction::of_shifted_network(&posterior, group, &shifts, layout);
                assert_eq!(action.unwrap().joint(&posterior), Ok(()), "{group} {layout}");
            }
        }
    }
}

/// An action by quarter turns named `r`, with one tensor's axes in place of what would fit.
fn listed(head: (&str, &[usize]), kernel: usize, changed: &[(&str, &str)]) -> Result<(), NotJoint> {
    let regular = "\"regular\"";
    let fits = [
        ("group", r#"generators = ["r"]"#.to_owned()),
        ("conv_layers.0.weight", format!(r#"[{regular}, "trivial", "spatial", "spatial"]"#)),
        ("conv_layers.0.bias", format!("[{regular}]")),
        ("conv_layers.1.weight", format!(r#"[{regular}, {regular}, "spatial", "spatial"]"#)),
        ("classifier.weight", format!(r#"["trivial", {regular}, "trivial", "trivial"]"#)),
    ];
    let of = |name: &str, fits: &str| {
        let other = changed.iter().find(|(changed, _)| *changed == name);
        other.map_or_else(|| fits.to_owned(), |(_, other)| (*other).to_owned())
    };
    let mut text = String::from("[group]\n");
    for (name, fits) in &fits {
        match *name {
            "group" => text.push_str(&of(name, fits)),
            name => text.push_str(&format!("\n[tensor.\"{name}\"]\naxes = {}", of(name, fits))),
        }
    }
    let posterior = posterior(head, kernel);
    let actions: ActionsFile = text.parse().unwrap();
    PosteriorAction::listed(&posterior, &actions).unwrap().joint(&posterior)
}

#[test]
fn listed_actions_are_joint_where_all_axes_move_alike() {
    assert_eq!(listed(POINTWISE, 3, &[]), Ok(()));
    // Another group, with a name of its own.
    let half = r#"generators = ["h"]
        spatial = { h = "rot180" }"#;
    assert_eq!(listed(POINTWISE, 3, &[("group", half)]), Ok(()));
    // Images that are inverted as they turn, with a first kernel that inverts its weights.
    let inverted = r#"["regular", { r = [0], sign = [-1] }, "spatial", "spatial"]"#;
    assert_eq!(listed(POINTWISE, 3, &[("conv_layers.0.weight", inverted)]), Ok(()));
    // Classes that move: so do the outputs.
    let classes = r#"[{ r = [1, 2, 0] }, "regular", "trivial", "trivial"]"#;
    // The group has order 12 then, and 8 channels are no blocks of it.
    let stays = |first: &str, spatial: &str| format!(r#"["trivial", {first}, {spatial}]"#);
    let kernels = stays("\"trivial\"", r#""spatial", "spatial""#);
    let head = classes.replace("\"regular\"", "\"trivial\"");
    let changed = [
        ("conv_layers.0.weight", kernels.as_str()),
        ("conv_layers.0.bias", r#"["trivial"]"#),
        ("conv_layers.1.weight", kernels.as_str()),
        ("classifier.weight", head.as_str()),
    ];
    assert_eq!(listed(POINTWISE, 3, &changed), Ok(()));
}

#[test]
fn what_does_not_move_alike_is_not_joint() {
    let said = |kernel: usize, changed: &[(&str, &str)]| {
        listed(POINTWISE, kernel, changed).unwrap_err().to_string()
    };
    let bias = said(3, &[("conv_layers.0.bias", r#"["trivial"]"#)]);
    assert_eq!(
        bias,
        "tensor conv_layers.0.bias, axis 0: moves hidden channels in another way than tensor conv_layers.0.weight: expected the same map"
    );
    let input = r#"["regular", "trivial", "spatial", "spatial"]"#;
    let input = said(3, &[("conv_layers.1.weight", input)]);
    assert!(input.starts_with("tensor conv_layers.1.weight, axis 1: moves hidden"), "{input}");
    let layout = r#"["trivial", "regular:blocked", "trivial", "trivial"]"#;
    let layout = said(3, &[("classifier.weight", layout)]);
    assert!(layout.starts_with("tensor classifier.weight, axis 1: moves hidden"), "{layout}");
    // Kernels that stay while images turn.
    let stays = r#"["regular", "regular", "trivial", "trivial"]"#;
    let stays = said(3, &[("conv_layers.1.weight", stays)]);
    assert_eq!(
        stays,
        "tensor conv_layers.1.weight, axis 2: does not move as the pixels of the images do"
    );
    // Signs behind the first layer's inputs.
    let sign = r#"[{ r = [0, 1, 2, 3, 4, 5, 6, 7], sign = [1, 1, 1, 1, 1, 1, 1, -1] }]"#;
    let trivial = |signs: &str| format!(r#"[{signs}, "trivial", "spatial", "spatial"]"#);
    let first = trivial(&sign[1..sign.len() - 1]);
    let changed = [
        ("conv_layers.0.weight", first.as_str()),
        ("conv_layers.0.bias", sign),
        ("conv_layers.1.weight", r#"["regular", "trivial", "spatial", "spatial"]"#),
    ];
    assert!(said(3, &changed).starts_with("tensor conv_layers.0.weight: the action changes signs"));
    let unsigned = r#"["trivial", "trivial", "spatial", "spatial"]"#;
    let changed = [("conv_layers.0.weight", unsigned), ("conv_layers.0.bias", sign)];
    assert!(said(3, &changed).starts_with("tensor conv_layers.0.bias: the action changes signs"));
}

/// A generator that moves no parameter is the identity of the group, which has no generators then; images it turns all the same.
#[test]
fn generators_that_move_images_alone_are_asked() {
    let still = r#"["trivial", "trivial", "trivial", "trivial"]"#;
    let unmoved = |group: &'static str| {
        let changed = [
            ("group", group),
            ("conv_layers.0.weight", still),
            ("conv_layers.0.bias", r#"["trivial"]"#),
            ("conv_layers.1.weight", still),
            ("classifier.weight", still),
        ];
        listed(POINTWISE, 3, &changed)
    };
    let spatial = |found| matches!(found, Err(NotJoint::Spatial { axis: 2, .. }));
    assert!(spatial(unmoved(r#"generators = ["r"]"#)));
    let group = r#"generators = ["t", "r"]
        spatial = { t = "identity" }"#;
    assert!(spatial(unmoved(group)));
    let identity = r#"generators = ["t"]
        spatial = { t = "identity" }"#;
    assert_eq!(unmoved(identity), Ok(()));
}

/// At an odd side, what does not turn images is as equivariant as at an even one.
#[test]
fn odd_pools_are_for_what_turns() {
    let posterior = posterior(POINTWISE, 3);
    let named = PosteriorAction::of_network(
        &posterior,
        NamedGroup::C2,
        Channels::Trivial,
        Layout::Interleaved,
    );
    let named = named.unwrap();
    assert_eq!(named.joint_on(&posterior, 8), Ok(()));
    let odd = NotJoint::OddPool { layer: 1, side: 5 };
    assert_eq!(named.joint_on(&posterior, 10), Err(odd));
    let text = r#"
        [group]
        generators = ["t"]
        spatial = { t = "identity" }
        [tensor."conv_layers.0.weight"]
        axes = "trivial"
        [tensor."conv_layers.0.bias"]
        axes = "trivial"
        [tensor."conv_layers.1.weight"]
        axes = [{ t = [1, 0, 2, 3, 4, 5, 6, 7] }, "trivial", "trivial", "trivial"]
        [tensor."classifier.weight"]
        axes = ["trivial", { t = [1, 0, 2, 3, 4, 5, 6, 7] }, "trivial", "trivial"]
    "#;
    let actions: ActionsFile = text.parse().unwrap();
    let swapped = PosteriorAction::listed(&posterior, &actions).unwrap();
    assert_eq!(swapped.joint_on(&posterior, 10), Ok(()));
}

#[test]
fn what_is_not_decided_says_so() {
    let said = |kernel: usize, changed: &[(&str, &str)]| {
        listed(POINTWISE, kernel, changed).unwrap_err().to_string()
    };
    let fixed = r#"["trivial", "trivial", "trivial", "trivial"]"#;
    let names = [
        ("group", r#"generators = ["t"]"#),
        ("conv_layers.0.weight", fixed),
        ("conv_layers.0.bias", r#"[{ t = [1, 0, 2, 3, 4, 5, 6, 7] }]"#),
        ("conv_layers.1.weight", fixed),
        ("classifier.weight", fixed),
    ];
    assert!(said(3, &names).starts_with("not decided: generator \"t\": expected r, s"));
    // A cycle of three named r, and nothing that turns: no action on images.
    let cycle = r#"[{ r = [1, 2, 0, 3, 4, 5, 6, 7] }]"#;
    let moved = |axes: [&str; 4]| format!("[{}]", axes.join(", "));
    let (own, stays) = (&cycle[1..cycle.len() - 1], "\"trivial\"");
    let (first, head) = (moved([own, stays, stays, stays]), moved([stays, stays, stays, stays]));
    let second = moved([stays, own, stays, stays]);
    let names = [
        ("conv_layers.0.weight", first.as_str()),
        ("conv_layers.0.bias", cycle),
        ("conv_layers.1.weight", second.as_str()),
        ("classifier.weight", head.as_str()),
    ];
    assert!(said(1, &names).starts_with("not decided: no tensor has pixels"));
    let pair = TensorPair::new("layer", vec![1], vec![0.0], vec![1.0], Precision::F64).unwrap();
    let other = Posterior::new(Convention::Plain, vec![pair]).unwrap();
    let file = "[group]\ngenerators = [\"r\"]\nimages = { r = [1, 0] }\n[tensor.layer]\naxes = \"trivial\"";
    let actions: ActionsFile = file.parse().unwrap();
    let found = PosteriorAction::listed(&other, &actions).unwrap().joint(&other);
    assert!(found.unwrap_err().to_string().starts_with("not decided: "));
}
