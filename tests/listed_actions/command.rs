//! The command, and the posteriors that it is run on.

use equibayes::checkpoint::{Convention, Posterior};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

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

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("a path of letters")
}

fn equibayes(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_equibayes")).args(arguments).output().expect("it starts")
}

/// Runs a command that must succeed without a word on standard error, and returns its standard output.
#[track_caller]
pub(crate) fn done(arguments: &[&str]) -> String {
    let output = equibayes(arguments);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), error.as_str()), (Some(0), ""), "{arguments:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Runs a command that must be refused: status 2, nothing on standard output, one line on standard error with every one of `says`.
#[track_caller]
pub(crate) fn refused(arguments: &[&str], says: &[&str]) {
    let output = equibayes(arguments);
    let line = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {line}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    assert_eq!(line.lines().count(), 1, "{arguments:?}: {line}");
    for said in says {
        assert!(line.contains(said), "{line:?} does not say {said:?}");
    }
}
