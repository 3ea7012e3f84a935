//! What is written is what is read back.

use crate::files::names_in;
use equibayes::checkpoint::{Convention, Posterior, Precision};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use std::collections::HashMap;
use std::fs;
use tempfile::TempDir;

/// A random posterior file, of any convention, with other tensors and metadata.
fn random_file(rng: &mut ChaCha12Rng) -> (Convention, Vec<u8>) {
    let convention = Convention::ALL[rng.random_range(0..Convention::ALL.len())];
    let mut tensors: Vec<(String, Dtype, Vec<usize>, Vec<u8>)> = Vec::new();
    let mut add = |rng: &mut ChaCha12Rng,
                   name: String,
                   shape: &[usize],
                   lowest: f64,
                   highest: f64| {
        let is_f32 = rng.random_bool(0.5);
        let values =
            (0..shape.iter().product::<usize>()).map(|_| rng.random_range(lowest..highest));
        let bytes = values.flat_map(|v| {
            if is_f32 { (v as f32).to_le_bytes().to_vec() } else { v.to_le_bytes().to_vec() }
        });
        let bytes: Vec<u8> = bytes.collect();
        tensors.push((name, if is_f32 { Dtype::F32 } else { Dtype::F64 }, shape.to_vec(), bytes));
    };
    for layer in 0..rng.random_range(1..14) {
        let layer = if layer == 0 { "fc".to_owned() } else { format!("conv_layers.{layer}") };
        for part in ["weight", "bias"] {
            let (mean, scale) = convention.tensor_names(&format!("{layer}.{part}")).unwrap();
            let shape: Vec<usize> =
                (0..rng.random_range(0..4)).map(|_| rng.random_range(1..5)).collect();
            let (lowest, highest) =
                if convention == Convention::Plain { (1e-6, 10.0) } else { (-30.0, 30.0) };
            add(rng, mean, &shape, -3.0, 3.0);
            add(rng, scale, &shape, lowest, highest);
        }
    }
    tensors.push(("flags".into(), Dtype::BOOL, vec![3], vec![1, 0, 1]));
    tensors.push(("step".into(), Dtype::I64, vec![], rng.random::<u64>().to_le_bytes().into()));
    tensors.push(("nothing".into(), Dtype::U16, vec![0, 4], vec![]));
    tensors.push(("é \"quoted\"\n".into(), Dtype::BF16, vec![1], vec![1, 2]));
    let views = tensors.iter().map(|(name, dtype, shape, bytes)| {
        (name, TensorView::new(*dtype, shape.clone(), bytes).unwrap())
    });
    let metadata = rng
        .random_bool(0.5)
        .then(|| HashMap::from([("key".to_owned(), "a\t\"b\"\u{1}é".to_owned())]));
    (convention, safetensors::serialize(views, metadata).unwrap())
}

#[test]
fn what_was_read_is_written_back_bit_for_bit() {
    let mut rng = ChaCha12Rng::seed_from_u64(7);
    for _ in 0..200 {
        let (convention, bytes) = random_file(&mut rng);
        let posterior = Posterior::from_bytes(&bytes, Some(convention)).unwrap();
        // The library sorts tensors as we do, so that even the files are the same.
        assert_eq!(posterior.to_bytes().unwrap(), bytes, "{convention}");
        let chosen = Posterior::from_bytes(&bytes, None).map(|posterior| posterior.convention());
        let alike = [Convention::AugmentBnns, Convention::Blitz];
        assert!(chosen.as_ref().is_ok_and(|c| *c == convention || alike.contains(c) && alike.contains(&convention)));
    }
}

#[test]
fn random_posteriors_survive_the_round_trip() {
    let mut rng = ChaCha12Rng::seed_from_u64(11);
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("posterior.safetensors");
    for _ in 0..100 {
        let (convention, bytes) = random_file(&mut rng);
        let mut posterior = Posterior::from_bytes(&bytes, Some(convention)).unwrap();
        // New values everywhere, σ from 1e-30 to 1e30.
        let changed = posterior.pairs().iter().map(|pair| {
            let mean = pair.mean().iter().map(|_| rng.random_range(-1.0..1.0)).collect();
            let sigma =
                pair.sigma().iter().map(|_| 10f64.powf(rng.random_range(-30.0..30.0))).collect();
            pair.with_values(mean, sigma).unwrap()
        });
        posterior = posterior.with_pairs(changed.collect()).unwrap();
        assert_eq!(posterior.set_metadata("equibayes.tied", "true"), None);
        posterior.write(&path).unwrap();
        let again = Posterior::read(&path, Some(convention)).unwrap();
        assert_eq!((again.metadata(), again.others()), (posterior.metadata(), posterior.others()));
        assert_eq!(again.pairs().len(), posterior.pairs().len());
        for (new, old) in again.pairs().iter().zip(posterior.pairs()) {
            assert_eq!((new.name(), new.shape()), (old.name(), old.shape()));
            assert_eq!(new.mean_precision(), old.mean_precision());
            assert_eq!(new.scale_precision(), old.scale_precision());
            // Half a unit of the file's type: 2⁻²⁵ of at most 1 for means; for σ relative, times |ρ| ≤ 70.
            let is_f32 = |precision| precision == Precision::F32;
            let mean_bound = if is_f32(old.mean_precision()) { 2f64.powi(-25) } else { 0.0 };
            let sigma_bound =
                if is_f32(old.scale_precision()) { 70.0 * 2f64.powi(-24) } else { 1e-14 };
            for (a, b) in new.mean().iter().zip(old.mean()) {
                assert!(
                    (a - b).abs() <= mean_bound,
                    "{convention} {}: mean {b} became {a}",
                    old.name()
                );
            }
            for (a, b) in new.sigma().iter().zip(old.sigma()) {
                assert!(
                    (a / b - 1.0).abs() <= sigma_bound,
                    "{convention} {}: σ {b:e} became {a:e}",
                    old.name()
                );
            }
        }
        // What was read back is a fixed point.
        let written = fs::read(&path).unwrap();
        again.write(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), written);
    }
    assert_eq!(names_in(folder.path()), ["posterior.safetensors"]);
}

#[test]
fn every_tensor_is_aligned_and_the_bytes_depend_on_nothing_else() {
    let mut rng = ChaCha12Rng::seed_from_u64(3);
    for _ in 0..50 {
        let (convention, bytes) = random_file(&mut rng);
        let mut posterior = Posterior::from_bytes(&bytes, Some(convention)).unwrap();
        for i in 0..20 {
            posterior.set_metadata(format!("key {i}"), "x".repeat(rng.random_range(0..9)));
        }
        let written = posterior.to_bytes().unwrap();
        let (header, metadata) = SafeTensors::read_metadata(&written).unwrap();
        for (name, info) in metadata.tensors() {
            let size = info.dtype.bitsize() / 8;
            assert_eq!((8 + header + info.data_offsets.0) % size, 0, "{name} is not aligned");
        }
        let mut reversed = posterior.pairs().to_vec();
        reversed.reverse();
        assert_eq!(posterior.with_pairs(reversed).unwrap().to_bytes().unwrap(), written);
    }
}
