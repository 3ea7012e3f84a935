//! Names, shapes and element types.

use crate::files::{Tensor, assert_refused, f32s, library_file, network, raw_file, set};
use equibayes::checkpoint::{Convention, Part, Posterior, Problem};
use safetensors::Dtype;

#[test]
fn half_a_pair_is_refused() {
    assert_refused!(
        network(|tensors| tensors.retain(|tensor| tensor.name != "conv_layers.0.bias_rho")),
        None,
        Problem::MissingHalf { convention: Convention::AugmentBnns, part: Part::Scale, .. },
        "scale tensor \"conv_layers.0.bias_rho\" is missing, the other half of \"conv_layers.0.bias_mu\" \
         (convention augment-bnns)"
    );
    assert_refused!(
        library_file(
            &[
                f32s("a.mean", &[1], &[0.0]),
                f32s("a.scale", &[1], &[1.0]),
                f32s("b.scale", &[1], &[1.0])
            ],
            &[]
        ),
        Some(Convention::Plain),
        Problem::MissingHalf { part: Part::Mean, .. },
        r#"mean tensor "b.mean" is missing, the other half of "b.scale" (convention plain)"#
    );
}

#[test]
fn a_file_without_pairs_is_refused() {
    let weights =
        library_file(&[f32s("fc.bias", &[1], &[0.0]), f32s("fc.weight", &[1, 1], &[0.0])], &[]);
    assert_refused!(
        weights,
        None,
        Problem::NoConvention { .. },
        r#"no convention fits the tensor names: found "fc.bias", "fc.weight""#
    );
    assert_refused!(
        weights,
        Some(Convention::BayesianTorch),
        Problem::NoPair { convention: Convention::BayesianTorch, .. },
        r#"no tensor pair of convention bayesian-torch: found "fc.bias", "fc.weight""#
    );
    assert_refused!(
        raw_file("{}", &[]),
        None,
        Problem::NoConvention { .. },
        "no convention fits the tensor names: found no tensor"
    );
}

#[test]
fn a_file_of_two_conventions_is_refused_until_one_is_named() {
    let both = network(|tensors| {
        tensors.extend([f32s("n.mean", &[1], &[0.0]), f32s("n.scale", &[1], &[1.0])])
    });
    assert_refused!(
        both,
        None,
        Problem::AmbiguousConvention { .. },
        "more than one convention fits the tensor names, name one: augment-bnns (3 pairs, first \
         \"conv_layers.0.weight\"), plain (1 pair, \"n\"), blitz (3 pairs, first \"conv_layers.0.weight\")"
    );
    let plain = Posterior::from_bytes(&both, Some(Convention::Plain)).unwrap();
    assert_eq!((plain.pairs().len(), plain.others().len()), (1, 6));
}

#[test]
fn pairs_of_odd_shape_or_type_are_refused() {
    assert_refused!(
        network(|tensors| set(tensors, f32s("fc.weight_rho", &[2, 3], &[-1.0; 6]))),
        None,
        Problem::ShapesDiffer { .. },
        r#"tensor "fc.weight_rho" has shape [2, 3], expected [3, 2] as its mean "fc.weight_mu""#
    );
    for (dtype, name) in [(Dtype::F16, "F16"), (Dtype::BF16, "BF16"), (Dtype::I16, "I16")] {
        let bytes = vec![0; 12];
        let half = Tensor { name: "fc.weight_mu", dtype, shape: vec![3, 2], bytes };
        assert_refused!(
            network(|tensors| set(tensors, half)),
            None,
            Problem::UnsupportedDtype { .. },
            format!(r#"tensor "fc.weight_mu" has element type {name}, expected F32 or F64"#)
        );
    }
    let nothing = |tensors: &mut Vec<Tensor>| {
        set(tensors, f32s("fc.weight_mu", &[3, 0], &[]));
        set(tensors, f32s("fc.weight_rho", &[3, 0], &[]));
    };
    assert_refused!(
        network(nothing),
        None,
        Problem::NoElements { .. },
        r#"tensor "fc.weight_mu" has shape [3, 0], expected at least one element"#
    );
}
