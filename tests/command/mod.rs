//! The command as a user runs it.

use std::path::Path;
use std::process::{Command, Output};

pub(crate) fn equibayes(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_equibayes")).args(arguments).output().expect("it starts")
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("a temporary path is text")
}

/// Runs a command that must succeed, and returns its standard output.
#[track_caller]
pub(crate) fn done(arguments: &[&str]) -> String {
    let output = equibayes(arguments);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), error.as_str()), (Some(0), ""), "{arguments:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Runs a command that must be refused: status 2, one line on standard error with every one of `says`,
/// nothing on standard output.
#[track_caller]
pub(crate) fn refused(arguments: &[&str], says: &[&str]) {
    let output = equibayes(arguments);
    let line = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {line}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    assert_eq!(line.lines().count(), 1, "{arguments:?}: {line}");
    assert!(line.starts_with("equibayes: ") && line.ends_with('\n'), "{line}");
    for said in says {
        assert!(line.contains(said), "{line:?} does not say {said:?}");
    }
}
