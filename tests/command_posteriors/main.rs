//! `equibayes audit` and `equibayes symmetrize`, as a user runs them.
#![cfg(feature = "cli")]

mod audit;
#[path = "../command/mod.rs"]
mod command;
mod measured;
mod refused;
mod symmetrize;

use equibayes::checkpoint::{Convention, Posterior, Precision, TensorPair};
use std::path::PathBuf;
use tempfile::TempDir;

fn pair(name: &str, shape: &[usize], precision: Precision) -> TensorPair {
    let n: usize = shape.iter().product();
    let mean = (0..n).map(|i| (i as f64 * 0.7).sin()).collect();
    let sigma = (0..n).map(|i| 0.1 + (i as f64 * 0.3).cos().powi(2)).collect();
    TensorPair::new(name, shape.to_vec(), mean, sigma, precision).expect("valid")
}

/// A small network with four and eight channels and a dense or pointwise head.
fn network(convention: Convention, precision: Precision, head: (&str, &[usize])) -> Posterior {
    let pairs = vec![
        pair("conv_layers.0.weight", &[4, 1, 3, 3], precision),
        pair("conv_layers.0.bias", &[4], precision),
        pair("conv_layers.1.weight", &[8, 4, 3, 3], precision),
        pair("conv_layers.1.bias", &[8], precision),
        pair(head.0, head.1, precision),
    ];
    Posterior::new(convention, pairs).expect("valid")
}

const POINTWISE: (&str, &[usize]) = ("classifier.weight", &[3, 8, 1, 1]);
const DENSE: (&str, &[usize]) = ("fc.weight", &[3, 32]);

fn written(folder: &TempDir, name: &str, posterior: &Posterior) -> PathBuf {
    let path = folder.path().join(name);
    posterior.write(&path).expect("a temporary folder is writable");
    path
}

/// A network for the ten digits.
const DIGITS: (&str, &[usize]) = ("classifier.weight", &[10, 8, 1, 1]);
