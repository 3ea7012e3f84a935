//! The file as such: what is not there, not a file, truncated, huge or noise.

use crate::files::{assert_refused, message_of, network, raw_file, refusal};
use equibayes::checkpoint::{MAX_FILE_BYTES, Posterior, Problem};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

#[test]
fn a_file_that_is_not_there_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("no\nsuch.safetensors");
    let error = Posterior::read(&path, None).unwrap_err();
    assert!(matches!(error.problem(), Problem::Io { action: "open the file", .. }));
    assert!(message_of(&error, &path).starts_with("cannot open the file: "));
}

#[test]
fn what_is_not_a_regular_file_is_refused() {
    let folder = TempDir::new().unwrap();
    let error = Posterior::read(folder.path(), None).unwrap_err();
    assert!(matches!(error.problem(), Problem::NotARegularFile { .. }));
    assert_eq!(message_of(&error, folder.path()), "is a directory, expected a regular file");
}

#[cfg(unix)]
#[test]
fn a_pipe_a_socket_and_a_device_are_refused_without_waiting() {
    let folder = TempDir::new().unwrap();
    let socket = folder.path().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let pipe = folder.path().join("pipe");
    let mut special = vec![socket, PathBuf::from("/dev/null")];
    match std::process::Command::new("mkfifo").arg(&pipe).status() {
        Ok(status) if status.success() => special.push(pipe),
        _ => println!("no mkfifo here: the pipe is skipped"),
    }
    for path in special {
        let (sender, receiver) = std::sync::mpsc::channel();
        let read = path.clone();
        std::thread::spawn(move || sender.send(Posterior::read(&read, None).unwrap_err()));
        let error = receiver
            .recv_timeout(std::time::Duration::from_secs(20))
            .expect("reading must not wait");
        assert_eq!(
            message_of(&error, &path),
            "is a pipe, a socket or a device, expected a regular file"
        );
        // Nor is anything put in its place.
        let posterior = Posterior::from_bytes(&network(|_| ()), None).unwrap();
        let error = posterior.write(&path).unwrap_err();
        assert!(matches!(error.problem(), Problem::NotARegularFile { .. }), "{error}");
        assert!(!fs::metadata(&path).unwrap().is_file());
    }
}

#[test]
fn an_empty_or_truncated_file_is_refused() {
    assert_refused!([], None, Problem::EmptyFile, "is empty, expected a safetensors file");
    assert_refused!(
        [1, 0, 0],
        None,
        Problem::TooShort { bytes: 3 },
        "is truncated: 3 bytes, expected at least 8 for the length of the header"
    );
    let whole = network(|_| ());
    let header = u64::from_le_bytes(*whole.first_chunk().unwrap());
    assert_refused!(
        whole[..100],
        None,
        Problem::HeaderTruncated { available: 92, .. },
        format!(
            "claims a header of {header} bytes but has only 92 after its length: truncated, or not a safetensors file"
        )
    );
    assert_refused!(
        whole[..whole.len() - 1],
        None,
        Problem::OffsetsOutsideFile { begin: 56, end: 80, available: 79, .. },
        r#"tensor "fc.weight_rho" claims bytes 56..80 of the data, but the file has only 79: truncated, or a bad header"#
    );
    for length in 0..whole.len() {
        refusal(&whole[..length], None);
    }
}

#[test]
fn a_huge_header_is_refused_without_memory_for_it() {
    for claimed in [100_000_001, 1 << 62, u64::MAX] {
        let bytes = [claimed.to_le_bytes().as_slice(), &[b'{'; 64]].concat();
        assert_refused!(
            bytes,
            None,
            Problem::HeaderTooLong { limit: 100_000_000, .. },
            format!(
                "claims a header of {claimed} bytes, expected at most 100000000: not a safetensors file"
            )
        );
    }
    // Nor is there memory for a tensor that only the header has.
    let header = r#"{"a.mean":{"dtype":"F64","shape":[144115188075855872],"data_offsets":[0,1152921504606846976]}}"#;
    assert_refused!(
        raw_file(header, &[0; 16]),
        None,
        Problem::OffsetsOutsideFile { available: 16, .. },
        "tensor \"a.mean\" claims bytes 0..1152921504606846976 of the data, but the file has only 16: \
         truncated, or a bad header"
    );
}

#[test]
fn a_huge_file_is_refused_before_it_is_read() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("huge.safetensors");
    // Sparse files: long, but without a block on the disk.
    let file = fs::File::create(&path).unwrap();
    if file.set_len(MAX_FILE_BYTES + 1).is_err() {
        println!("no sparse files here: skipped");
        return;
    }
    let error = Posterior::read(&path, None).unwrap_err();
    assert!(matches!(error.problem(), Problem::TooLarge { .. }));
    assert_eq!(
        message_of(&error, &path),
        format!(
            "has {} bytes, expected at most {MAX_FILE_BYTES} for a posterior",
            MAX_FILE_BYTES + 1
        )
    );
    file.set_len(MAX_FILE_BYTES).unwrap();
    let error = Posterior::read(&path, None).unwrap_err();
    assert_eq!(
        message_of(&error, &path),
        "has a bad header: EOF while parsing a value at line 1 column 0"
    );
}

#[test]
fn noise_is_refused_and_damaged_files_never_panic() {
    let mut rng = ChaCha12Rng::seed_from_u64(20);
    for length in (1..400).step_by(7) {
        let noise: Vec<u8> = (0..length).map(|_| rng.random()).collect();
        refusal(&noise, None);
        // Noise behind a plausible length gets as far as the header.
        refusal(&[&(length as u64).to_le_bytes()[..], &noise].concat(), None);
    }
    let whole = network(|_| ());
    let (mut read, mut refused) = (0, 0);
    for _ in 0..20_000 {
        let mut damaged = whole.clone();
        for _ in 0..rng.random_range(1..4) {
            let at = rng.random_range(0..damaged.len());
            damaged[at] = rng.random();
        }
        match Posterior::from_bytes(&damaged, None) {
            Ok(posterior) => {
                for pair in posterior.pairs() {
                    assert!(pair.mean().iter().all(|mean| mean.is_finite()));
                    assert!(pair.sigma().iter().all(|sigma| *sigma > 0.0 && sigma.is_finite()));
                }
                let again = Posterior::from_bytes(&posterior.to_bytes().unwrap(), None).unwrap();
                assert_eq!(again, posterior);
                read += 1;
            }
            Err(problem) => {
                assert!(!problem.to_string().chars().any(char::is_control), "{problem:?}");
                refused += 1;
            }
        }
    }
    assert!(
        read > 500 && refused > 5000,
        "{read} read, {refused} refused: the damage is not mixed"
    );
}
