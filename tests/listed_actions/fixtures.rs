//! The posteriors that the command is run on.

use equibayes::checkpoint::{Convention, Posterior};
use std::path::PathBuf;

/// A posterior in the file of a library.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fixture {
    pub(crate) convention: Convention,
    /// `f32` or `f64`.
    pub(crate) label: &'static str,
    /// Nothing, or `.whole` for a file with tensors under several names.
    kind: &'static str,
}

impl Fixture {
    pub(crate) fn path(&self) -> PathBuf {
        fixture(&format!("{}.{}{}.safetensors", self.convention, self.label, self.kind))
    }

    /// Means and standard deviations as the library takes them, in the plain convention.
    pub(crate) fn expected(&self) -> PathBuf {
        fixture(&format!("{}.{}.expected.safetensors", self.convention, self.label))
    }

    /// What this library calls the weights of the convolution.
    pub(crate) fn kernel(&self) -> &'static str {
        if self.convention == Convention::BayesianTorch { "body.0.kernel" } else { "body.0.weight" }
    }

    /// The names of its tensor pairs.
    pub(crate) fn names(&self) -> Vec<String> {
        let posterior = Posterior::read(self.path(), None).expect("a posterior");
        posterior.pairs().iter().map(|pair| pair.name().to_owned()).collect()
    }

    /// Half the distance of neighbouring numbers of the file, relative to them.
    pub(crate) fn unit_roundoff(&self) -> f64 {
        if self.label == "f32" { f64::from(f32::EPSILON) / 2.0 } else { f64::EPSILON / 2.0 }
    }
}

fn fixture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/fixtures/conventions", name].iter().collect()
}

/// All files that libraries wrote.
pub(crate) fn fixtures() -> impl Iterator<Item = Fixture> {
    let kinds: [(Convention, &[&str]); 4] = [
        (Convention::Blitz, &["", ".whole"]),
        (Convention::Torchbnn, &[""]),
        (Convention::BayesianTorch, &[""]),
        (Convention::TorchUncertainty, &["", ".whole"]),
    ];
    kinds.into_iter().flat_map(|(convention, kinds)| {
        kinds
            .iter()
            .flat_map(move |kind| ["f32", "f64"].map(|label| Fixture { convention, label, kind }))
    })
}
