//! Posteriors that were trained elsewhere.

use crate::files::message_of;
use equibayes::checkpoint::{Architecture, Convention, Posterior, Precision, Problem, TensorPair};
use std::fs;
use std::path::PathBuf;

/// A file of the shared test data, if they are here: beside the crate, or where `EQUIBAYES_SHARED_DATA` points.
fn shared(name: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data"));
    let folder = std::env::var_os("EQUIBAYES_SHARED_DATA").map_or_else(beside, PathBuf::from);
    let path = folder.join("posteriors").join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not here", path.display());
    None
}

#[test]
fn trained_posteriors_are_read_and_written_back_byte_for_byte() {
    let trained = [("baseline", [32, 64]), ("projection", [32, 64]), ("group-conv", [128, 256])]
        .map(|(name, channels)| {
            (format!("digits-{name}-seed13.safetensors"), channels, Precision::F32)
        });
    let variants =
        ["before", "avg_geometric", "avg_arithmetic", "proj"].map(|name| (name, [8, 16]));
    let expanded =
        ["expand_gcnn", "expand_row_rolled", "expand_row_constant"].map(|name| (name, [32, 64]));
    let reference = variants.into_iter().chain(expanded).map(|(name, channels)| {
        (format!("reference-seed0/{name}.safetensors"), channels, Precision::F64)
    });
    for (name, channels, precision) in trained.into_iter().chain(reference) {
        let Some(path) = shared(&name) else { return };
        let posterior = Posterior::read(&path, None).unwrap();
        assert_eq!(posterior.convention(), Convention::AugmentBnns, "{name}");
        let names: Vec<&str> = posterior.pairs().iter().map(TensorPair::name).collect();
        let layers = ["conv_layers.0", "conv_layers.1", "classifier"];
        assert_eq!(
            names,
            layers.map(|layer| [format!("{layer}.weight"), format!("{layer}.bias")]).concat()
        );
        assert!(posterior.others().is_empty());
        assert!(posterior.pairs().iter().all(|pair| pair.mean_precision() == precision));
        let architecture = Architecture::of(&posterior).unwrap();
        let out: Vec<usize> = architecture
            .convolutions()
            .iter()
            .map(|convolution| convolution.out_channels)
            .collect();
        assert_eq!(out, channels, "{name}");
        assert_eq!(architecture.odd_pools(8), []);
        assert_eq!(architecture.odd_pools(30).len(), 1);
        assert_eq!(posterior.to_bytes().unwrap(), fs::read(&path).unwrap(), "{name}");
    }
}

#[test]
fn a_file_of_inputs_and_logits_is_no_posterior() {
    let Some(path) = shared("reference-seed0/inputs-and-logits.safetensors") else { return };
    let error = Posterior::read(&path, None).unwrap_err();
    assert!(matches!(error.problem(), Problem::NoConvention { .. }), "{error}");
    assert!(message_of(&error, &path).ends_with("and 20 more"), "{error}");
}
