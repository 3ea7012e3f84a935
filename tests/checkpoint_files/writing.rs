//! Writing to a disk, and what is refused before.

use crate::files::{f32s, library_file, message_of, names_in, network, refusal};
use equibayes::checkpoint::{
    Convention, Part, Posterior, Precision, Problem, TensorPair, write_whole,
};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

#[test]
fn a_file_may_be_written_over_itself() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("posterior.safetensors");
    let bytes = network(|_| ());
    fs::write(&path, &bytes).unwrap();
    let posterior = Posterior::read(&path, None).unwrap();
    posterior.write(&path).unwrap();
    assert_eq!(fs::read(&path).unwrap(), bytes);
    assert_eq!(names_in(folder.path()), ["posterior.safetensors"]);
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_permissions_stay() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let (path, link) = (folder.path().join("posterior.safetensors"), folder.path().join("link"));
    fs::write(&path, network(|_| ())).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("posterior.safetensors", &link).unwrap();
    let mut posterior = Posterior::read(&link, None).unwrap();
    posterior.set_metadata("written", "through a link");
    posterior.write(&link).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(Posterior::read(&path, None).unwrap().metadata()["written"], "through a link");
    // A file that was not there gets the permissions of any new file.
    let (new, any) = (folder.path().join("new.safetensors"), folder.path().join("any"));
    posterior.write(&new).unwrap();
    fs::write(&any, b"").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&new), mode(&any));
}

#[test]
fn a_failed_write_leaves_everything_as_it_was() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("posterior.safetensors");
    let bytes = network(|_| ());
    fs::write(&path, &bytes).unwrap();
    let posterior = Posterior::read(&path, None).unwrap();

    // A σ that 32 bits cannot hold.
    let pair = posterior.pair("fc.weight").unwrap();
    let mut sigma = pair.sigma().to_vec();
    sigma[4] = 1e60;
    let mut pairs = posterior.pairs().to_vec();
    pairs[2] = pair.with_values(pair.mean().to_vec(), sigma).unwrap();
    let error = posterior.with_pairs(pairs).unwrap().write(&path).unwrap_err();
    assert!(matches!(error.problem(), Problem::Unrepresentable { part: Part::Scale, .. }));
    assert_eq!(
        message_of(&error, &path),
        r#"scale of "fc.weight_rho" is 1e60 at [2, 0], which F32 cannot hold (it would read inf)"#
    );

    // A name that ends in a slash is found to be impossible only after the temporary file is written.
    let mut slashed = folder.path().join("new").into_os_string();
    slashed.push("/");
    let slashed = PathBuf::from(slashed);
    let error = posterior.write(&slashed).unwrap_err();
    assert!(matches!(error.problem(), Problem::Io { .. }), "{error}");

    let missing = folder.path().join("no such folder").join("x");
    let error = posterior.write(&missing).unwrap_err();
    assert!(message_of(&error, &missing).starts_with("cannot create a file in its folder: "));

    let error = posterior.write(folder.path()).unwrap_err();
    assert_eq!(message_of(&error, folder.path()), "is a directory, expected a regular file");
    for nameless in ["", "/.."] {
        let error = posterior.write(nameless).unwrap_err();
        assert!(
            matches!(error.problem(), Problem::NoFileName | Problem::NotARegularFile { .. }),
            "{error}"
        );
    }

    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let error = posterior.write(&path).unwrap_err();
    assert!(matches!(error.problem(), Problem::ReadOnly));
    assert_eq!(message_of(&error, &path), "is write-protected, so it is not replaced");

    assert_eq!(fs::read(&path).unwrap(), bytes);
    assert_eq!(names_in(folder.path()), ["posterior.safetensors"]);
}

#[test]
fn a_file_is_written_into_the_current_folder_too() {
    // Tests run in the package's folder; the name has no folder part.
    let name = format!("equibayes-test-{}.tmp", std::process::id());
    write_whole(Path::new(&name), b"bytes").unwrap();
    let read = fs::read(&name);
    fs::remove_file(&name).unwrap();
    assert_eq!(read.unwrap(), b"bytes");
}

#[test]
fn pairs_that_make_no_posterior_are_refused() {
    let pair =
        |name: &str| TensorPair::new(name, vec![1], vec![0.0], vec![1.0], Precision::F64).unwrap();
    let refused = |convention, pairs| Posterior::new(convention, pairs).unwrap_err().to_string();
    assert_eq!(
        refused(Convention::Plain, vec![]),
        "no tensor pair of convention plain: found no tensor"
    );
    assert_eq!(
        refused(Convention::AugmentBnns, vec![pair("fc.weight"), pair("fc.weight")]),
        r#"tensor "fc.weight_mu" is there twice"#
    );
    assert_eq!(
        refused(Convention::AugmentBnns, vec![pair("fc.kernel")]),
        r#"pair "fc.kernel" has no tensor names in convention augment-bnns"#
    );
    // A tensor that is kept must not get a namesake.
    let bytes = network(|tensors| tensors.push(f32s("extra.weight_mu", &[1], &[0.0])));
    assert!(matches!(refusal(&bytes, None).0, Problem::MissingHalf { .. }));
    let plain = library_file(
        &[f32s("a.mean", &[1], &[0.0]), f32s("a.scale", &[1], &[1.0]), f32s("scale", &[1], &[1.0])],
        &[],
    );
    let posterior = Posterior::from_bytes(&plain, None).unwrap();
    assert_eq!(posterior.others().len(), 1);
    assert!(posterior.with_pairs(vec![pair("b")]).is_ok());
    assert_eq!(
        posterior.with_pairs(vec![pair("")]).unwrap_err().to_string(),
        r#"pair "" has no tensor names in convention plain"#
    );
}
