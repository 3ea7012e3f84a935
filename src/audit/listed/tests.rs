//! The group that a file generates, and the agreement with the built-in actions.

use super::{ActionsFile, elements::Elements};
use crate::audit::{Channels, Layout, NamedGroup, PosteriorAction};
use crate::checkpoint::{Convention, Posterior, Precision, TensorPair};
use crate::group::{Finite, FinitelyGenerated, Group, Permutation};
use crate::representation::ActsBySignedPermutations;
use std::collections::BTreeSet;

fn posterior(pairs: &[(&str, &[usize])]) -> Posterior {
    let pair = |&(name, shape): &(&str, &[usize])| {
        let n: usize = shape.iter().product();
        let mean = (0..n).map(|i| (i as f64 * 0.7).sin()).collect();
        TensorPair::new(name, shape.to_vec(), mean, vec![0.5; n], Precision::F64).unwrap()
    };
    Posterior::new(Convention::Plain, pairs.iter().map(pair).collect()).unwrap()
}

fn listed(posterior: &Posterior, text: &str) -> PosteriorAction {
    PosteriorAction::listed(posterior, &text.parse::<ActionsFile>().unwrap()).unwrap()
}

/// Every generator moves every entry as under the action that is built in.
#[test]
fn a_file_says_what_the_named_groups_do() {
    let network = posterior(&[
        ("conv_layers.0.weight", &[8, 1, 3, 3]),
        ("conv_layers.0.bias", &[8]),
        ("conv_layers.1.weight", &[16, 8, 3, 3]),
        ("classifier.weight", &[3, 16, 1, 1]),
    ]);
    for (group, generators, grid) in [
        (NamedGroup::C4, "[\"r\"]", ""),
        (NamedGroup::D4, "[\"r\", \"s\"]", ""),
        (NamedGroup::C2, "[\"half\"]", "spatial = { half = \"rot180\" }"),
    ] {
        for layout in [Layout::Interleaved, Layout::Blocked] {
            let text = format!(
                r#"
                [group]
                generators = {generators}
                {grid}
                [tensor."conv_layers.0.weight"]
                axes = ["regular:{layout}", "trivial", "spatial", "spatial"]
                [tensor."conv_layers.0.bias"]
                axes = ["regular:{layout}"]
                [tensor."conv_layers.1.weight"]
                axes = ["regular:{layout}", "regular:{layout}", "spatial", "spatial"]
                [tensor."classifier.weight"]
                axes = ["trivial", "regular:{layout}", "spatial", "spatial"]
                "#
            );
            let action = listed(&network, &text);
            let built_in =
                PosteriorAction::of_network(&network, group, Channels::Regular, layout).unwrap();
            assert_eq!(action.group().order(), built_in.group().order());
            for (own, known) in action.tensors().iter().zip(built_in.tensors()) {
                assert_eq!(own.name(), known.name());
                let (g, h) = (action.group().generators(), built_in.group().generators());
                assert_eq!(g.len(), h.len());
                for (g, h) in g.iter().zip(&h) {
                    let (a, b) =
                        (own.representation().index_map(g), known.representation().index_map(h));
                    assert_eq!(a, b, "{group} {layout} {}", own.name());
                }
            }
        }
    }
}

/// A signed map of order 8 beside quarter turns: what is listed together generates one group, and each
/// tensor carries a representation of it.
#[test]
fn all_that_is_listed_generates_one_group() {
    let network = posterior(&[("a", &[3, 3]), ("b", &[2, 4]), ("c", &[48])]);
    let action = listed(
        &network,
        r#"
        [group]
        generators = ["r"]
        images = { r = [1, 2, 0] }
        [tensor.a]
        axes = ["spatial", "spatial"]
        [tensor.b]
        axes = ["trivial", { r = [1, 2, 3, 0], sign = [1, 1, 1, -1] }]
        [tensor.c]
        axes = ["regular"]
        "#,
    );
    let group = action.group();
    assert_eq!(group.order(), 24u32.into());
    for tensor in action.tensors() {
        let rep = tensor.representation();
        let maps: Vec<_> = group.elements().map(|g| (rep.index_map(&g), g)).collect();
        for (a, g) in &maps {
            for (b, h) in &maps {
                assert_eq!(a.compose(b), rep.index_map(&group.compose(g, h)), "{}", tensor.name());
            }
        }
    }
    // The sign comes back after four steps: killed, as nothing is its own negative.
    let killed = action.tensors()[1].orbits();
    assert_eq!(killed.fixed_dim(), 0);
    // Two free orbits of the regular axis.
    let regular = action.tensors()[2].orbits();
    assert_eq!((regular.len(), regular.fixed_dim()), (2, 2));
}

/// Equal actions share their points, so a long file makes no larger a group than a short one.
#[test]
fn equal_axes_add_nothing() {
    let network = posterior(&[("a", &[3, 3]), ("b", &[3])]);
    let action = listed(
        &network,
        r#"
        [group]
        generators = ["cycle", "swap"]
        [tensor.a]
        axes = [{ cycle = [1, 2, 0], swap = [1, 0, 2] }, { cycle = [1, 2, 0], swap = [1, 0, 2] }]
        [tensor.b]
        axes = [{ cycle = [1, 2, 0], swap = [1, 0, 2], sign = { swap = [-1, -1, -1] } }]
        "#,
    );
    let group = action.group();
    assert_eq!(group.order(), 6u32.into());
    assert!(!group.is_abelian());
    let fixed: Vec<usize> = action.tensors().iter().map(|t| t.orbits().fixed_dim()).collect();
    // The diagonal and the rest; and the sign times the permutation representation fixes nothing.
    assert_eq!(fixed, [2, 0]);
    let again = listed(
        &network,
        r#"
        [group]
        generators = ["cycle", "swap"]
        [tensor.a]
        axes = "trivial"
        [tensor.b]
        axes = "trivial"
        "#,
    );
    assert!(again.is_trivial() && again.group().order() == 1u32.into());
}

#[test]
fn elements_are_all_there_once_in_the_promised_order() {
    let (r, s) =
        (Permutation::new(&[1, 2, 3, 0]).unwrap(), Permutation::new(&[0, 3, 2, 1]).unwrap());
    let d4 = Elements::of(&[r.clone(), s.clone()], 4, 8).unwrap();
    // g e_0 = e_g: the image of 0 under the left regular map of g is g's number.
    let number = |g: &Permutation| d4.left(g).image(0);
    let mut power = Permutation::identity(4);
    for k in 0..4 {
        assert_eq!((number(&power), number(&power.compose(&s))), (k, 4 + k));
        power = r.compose(&power);
    }
    // A generator that is made by the others, one that is the identity, and a larger group.
    let maps: Vec<Permutation> =
        [[1, 0, 2, 3], [0, 1, 2, 3], [1, 2, 0, 3], [0, 2, 1, 3], [1, 2, 3, 0]]
            .iter()
            .map(|images| Permutation::new(images).unwrap())
            .collect();
    let s4 = Elements::of(&maps, 4, 24).unwrap();
    assert_eq!(s4.len(), 24);
    let all: BTreeSet<Vec<u32>> = maps.iter().map(|g| s4.left(g).images().to_vec()).collect();
    assert_eq!(all.len(), maps.len());
    assert!(Elements::of(&maps, 1 << 20, 1 << 20).is_err());
}
