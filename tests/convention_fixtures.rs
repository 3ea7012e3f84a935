//! Posteriors that other libraries wrote, with what those libraries take them to mean.
//!
//! `tests/fixtures/conventions/README.md` says how the files were made.
#![cfg(feature = "checkpoint")]

use equibayes::checkpoint::{Convention, Posterior, Precision};
use std::path::PathBuf;

fn fixture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/fixtures/conventions", name].iter().collect()
}

const LIBRARIES: [(Convention, &[&str]); 4] = [
    (Convention::Blitz, &["", ".whole"]),
    (Convention::Torchbnn, &[""]),
    (Convention::BayesianTorch, &[""]),
    (Convention::TorchUncertainty, &["", ".whole"]),
];

#[test]
fn what_libraries_write_is_read_as_they_mean_it() {
    let mut entries = 0;
    for (convention, kinds) in LIBRARIES {
        for (label, precision) in [("f32", Precision::F32), ("f64", Precision::F64)] {
            let expected = fixture(&format!("{convention}.{label}.expected.safetensors"));
            let expected = Posterior::read(expected, Some(Convention::Plain)).unwrap();
            assert_eq!(expected.pairs().len(), 4, "{convention}");
            for kind in kinds {
                let name = format!("{convention}.{label}{kind}.safetensors");
                let by_name = Posterior::read(fixture(&name), Some(convention)).unwrap();
                let by_itself = Posterior::read(fixture(&name), None).unwrap();
                assert_eq!(by_itself.convention(), convention, "{name}");
                assert_eq!(by_itself.pairs(), by_name.pairs(), "{name}");
                for wanted in expected.pairs() {
                    let found = by_name.pair(wanted.name()).unwrap_or_else(|| {
                        panic!("{name} has no pair {}", wanted.name());
                    });
                    assert_eq!(found.shape(), wanted.shape());
                    assert_eq!(found.mean_precision(), precision);
                    for (a, b) in found.mean().iter().zip(wanted.mean()) {
                        assert_eq!(a.to_bits(), b.to_bits(), "{name} {}", wanted.name());
                    }
                    for (a, b) in found.sigma().iter().zip(wanted.sigma()) {
                        // Both are double precision functions of the very same stored number.
                        let error = (a / b - 1.0).abs();
                        assert!(error <= 1e-14, "{name} {}: {a} for {b}", wanted.name());
                        entries += 1;
                    }
                }
            }
        }
    }
    // 2 precisions, 6 files, 36 + 4 + 48 + 3 entries.
    assert_eq!(entries, 2 * 6 * 91);
}

/// A file comes back under the names and with the bits it was read from, other tensors and all.
#[test]
fn what_libraries_write_is_written_back_as_it_was() {
    for (convention, kinds) in LIBRARIES {
        for kind in kinds {
            let name = format!("{convention}.f32{kind}.safetensors");
            let posterior = Posterior::read(fixture(&name), None).unwrap();
            let bytes = std::fs::read(fixture(&name)).unwrap();
            let original = safetensors::SafeTensors::deserialize(&bytes).unwrap();
            let bytes = posterior.to_bytes().unwrap();
            let written = safetensors::SafeTensors::deserialize(&bytes).unwrap();
            assert_eq!(original.len(), written.len(), "{name}");
            for (tensor, view) in original.tensors() {
                let again = written.tensor(&tensor).unwrap();
                assert_eq!(again.dtype(), view.dtype(), "{name} {tensor}");
                assert_eq!(again.data(), view.data(), "{name} {tensor}");
            }
        }
    }
}

/// `safetensors.torch.save_model` keeps one of the names of tensors that share memory, the first in the
/// alphabet. For TorchUncertainty that is the mean of the layer and the scale of the sampler.
#[test]
fn torch_uncertainty_saved_as_a_model_pairs_across_layer_and_sampler() {
    let posterior = Posterior::read(fixture("torch-uncertainty.f32.safetensors"), None).unwrap();
    let names: Vec<&str> = posterior.pairs().iter().map(|pair| pair.name()).collect();
    assert_eq!(names, ["body.0.weight", "body.0.bias", "head.weight", "head.bias"]);
    // The same pairs in another convention get that convention's names.
    let moved = Posterior::new(Convention::Blitz, posterior.pairs().to_vec()).unwrap();
    let again = Posterior::from_bytes(&moved.to_bytes().unwrap(), Some(Convention::Blitz)).unwrap();
    assert_eq!(again.pairs().len(), 4);
    // Half a pair is still half a pair.
    let bytes = std::fs::read(fixture("torch-uncertainty.f32.safetensors")).unwrap();
    let (name, odd) = (b"\"head.weight_sampler.rho\":", b"\"head.weight_sampler.rhu\":");
    let place = bytes.windows(name.len()).position(|window| window == name).unwrap();
    let mut broken = bytes.clone();
    broken[place..place + odd.len()].copy_from_slice(odd);
    let error = Posterior::from_bytes(&broken, None).unwrap_err().to_string();
    assert!(error.contains("head.weight_mu"), "{error}");
}
