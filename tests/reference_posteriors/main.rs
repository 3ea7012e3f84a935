//! Posteriors of the authors' own code: what its operators make of them, and what was trained with it.
//!
//! The files are not part of the crate: without them these tests say so and pass.
#![cfg(feature = "checkpoint")]

#[cfg(feature = "data")]
mod digits;
mod operators;

use equibayes::checkpoint::Posterior;
use std::io::Write;
use std::path::PathBuf;

/// A file of the shared data, or `None`, saying so, where there is none.
fn shared_path(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("EQUIBAYES_SHARED_DATA").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")),
        PathBuf::from,
    );
    let path = folder.join("posteriors").join(name);
    if !path.exists() {
        // Past the test runner, which shows nothing of a test that passes.
        let _ = writeln!(std::io::stderr(), "skipped: no {name} in the shared data");
        return None;
    }
    Some(path)
}

fn shared_bytes(name: &str) -> Option<Vec<u8>> {
    shared_path(name).map(|path| std::fs::read(path).expect("the file is readable"))
}

/// A posterior of the shared data.
fn shared(name: &str) -> Option<Posterior> {
    let path = shared_path(name)?;
    Some(Posterior::read(path, None).expect("the shared posterior is readable"))
}
