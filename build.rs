//! Tells the crate which compiler built it and from which commit, for its reports.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let rustc = std::env::var_os("RUSTC").unwrap_or("rustc".into());
    if let Some(version) = output(Command::new(rustc).arg("--version")) {
        println!("cargo::rustc-env=EQUIBAYES_RUSTC={version}");
    }
    if let Some(commit) = from_package().or_else(from_git) {
        println!("cargo::rustc-env=EQUIBAYES_COMMIT={commit}");
    }
}

/// What a command prints, if it runs and succeeds.
fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}

/// The commit that a published package was made from, which `cargo package` notes in it.
fn from_package() -> Option<String> {
    let file = ".cargo_vcs_info.json";
    let text = std::fs::read_to_string(file).ok()?;
    println!("cargo::rerun-if-changed={file}");
    let after = text.split_once("\"sha1\"")?.1;
    after.split('"').nth(1).map(str::to_owned).filter(|hash| is_hash(hash))
}

/// The commit that is checked out, if this is the root of a repository.
fn from_git() -> Option<String> {
    let git = |arguments: &[&str]| output(Command::new("git").args(arguments));
    // Not a commit of whatever repository the sources happen to lie in.
    if !git(&["rev-parse", "--show-prefix"])?.is_empty() {
        return None;
    }
    // Both change with what is checked out, the second with every commit. A file that does not exist
    // would run this script at every build.
    for name in ["HEAD", "logs/HEAD"] {
        let path = git(&["rev-parse", "--git-path", name])?;
        if Path::new(&path).exists() {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    git(&["rev-parse", "HEAD"]).filter(|hash| is_hash(hash))
}

fn is_hash(text: &str) -> bool {
    text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
