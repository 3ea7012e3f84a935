//! Posterior files: what is read, what is written, and what is refused with which words.
#![cfg(feature = "checkpoint")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

use equibayes::checkpoint::{
    Architecture, CheckpointError, Convention, MAX_FILE_BYTES, Part, Posterior, Precision, Problem,
    TensorPair, write_whole,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

// ---------------------------------------------------------------------------------------------------------- files

/// One tensor of a file to be built.
struct Tensor {
    name: &'static str,
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

fn f32s(name: &'static str, shape: &[usize], values: &[f32]) -> Tensor {
    let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    Tensor { name, dtype: Dtype::F32, shape: shape.to_vec(), bytes }
}

fn f64s(name: &'static str, shape: &[usize], values: &[f64]) -> Tensor {
    let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    Tensor { name, dtype: Dtype::F64, shape: shape.to_vec(), bytes }
}

/// The bytes that the format's own library makes of the tensors.
fn library_file(tensors: &[Tensor], metadata: &[(&str, &str)]) -> Vec<u8> {
    let views = tensors.iter().map(|tensor| {
        let view = TensorView::new(tensor.dtype, tensor.shape.clone(), &tensor.bytes).unwrap();
        (tensor.name.to_owned(), view)
    });
    let metadata: HashMap<String, String> =
        metadata.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    safetensors::serialize(views, (!metadata.is_empty()).then_some(metadata)).unwrap()
}

/// A file of this header, whatever it says, and data.
fn raw_file(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(data);
    bytes
}

/// A small `augment-bnns` posterior in 32 bits, with changes made to its tensors.
fn network(change: impl FnOnce(&mut Vec<Tensor>)) -> Vec<u8> {
    let mut tensors = vec![
        f32s("conv_layers.0.weight_mu", &[2, 1, 1, 1], &[0.5, -0.25]),
        f32s("conv_layers.0.weight_rho", &[2, 1, 1, 1], &[-3.0, -2.5]),
        f32s("conv_layers.0.bias_mu", &[2], &[0.125, 1.5]),
        f32s("conv_layers.0.bias_rho", &[2], &[-3.25, -1.0]),
        f32s("fc.weight_mu", &[3, 2], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        f32s("fc.weight_rho", &[3, 2], &[-1.0, -2.0, -3.0, -4.0, -5.0, -6.0]),
    ];
    change(&mut tensors);
    library_file(&tensors, &[])
}

fn set(tensors: &mut [Tensor], replacement: Tensor) {
    let tensor = tensors.iter_mut().find(|tensor| tensor.name == replacement.name).unwrap();
    *tensor = replacement;
}

fn message_of(error: &CheckpointError, path: &Path) -> String {
    let message = error.to_string();
    assert_eq!(error.path(), path);
    assert!(!message.chars().any(char::is_control), "not one line: {message:?}");
    let start = format!("{path:?}: ");
    message
        .strip_prefix(&start)
        .unwrap_or_else(|| panic!("{message} does not begin with {start}"))
        .to_owned()
}

/// Why a file of these bytes is refused: the problem, and the message after the path.
fn refusal(bytes: &[u8], convention: Option<Convention>) -> (Problem, String) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("posterior.safetensors");
    fs::write(&path, bytes).unwrap();
    let error = Posterior::read(&path, convention).unwrap_err();
    let message = message_of(&error, &path);
    // The same bytes are refused in the same words where they come from memory.
    let problem = Posterior::from_bytes(bytes, convention).unwrap_err();
    assert_eq!(problem.to_string(), message);
    (problem, message)
}

/// Asserts the variant of the problem and its message.
macro_rules! assert_refused {
    ($bytes:expr, $convention:expr, $problem:pat $(if $guard:expr)?, $message:expr $(,)?) => {
        let (problem, message) = refusal(&$bytes, $convention);
        assert_eq!(message, $message);
        assert!(matches!(problem, $problem $(if $guard)?), "{problem:?}");
    };
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

// ------------------------------------------------------------------------------------------------ the file as such

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

// ------------------------------------------------------------------------------------------------------ the header

#[test]
fn a_header_that_lies_is_refused() {
    let pair = |second: &str| {
        raw_file(
            &format!(r#"{{"a.mean":{{"dtype":"F32","shape":[2],"data_offsets":[0,8]}},{second}}}"#),
            &[0; 16],
        )
    };
    assert_refused!(
        pair(r#""a.scale":{"dtype":"F32","shape":[2],"data_offsets":[800,808]}"#),
        None,
        Problem::OffsetsOutsideFile { begin: 800, end: 808, available: 16, .. },
        r#"tensor "a.scale" claims bytes 800..808 of the data, but the file has only 16: truncated, or a bad header"#
    );
    assert_refused!(
        pair(r#""a.mean":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}"#),
        None,
        Problem::DuplicateTensor { .. },
        r#"tensor "a.mean" is there twice"#
    );
    // The same bytes twice: the library itself would keep the last and say nothing.
    let twice = r#"{"a.mean":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a.mean":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a.scale":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}"#;
    let twice = raw_file(twice, &[0; 16]);
    assert!(SafeTensors::deserialize(&twice).is_ok());
    assert_refused!(
        twice,
        None,
        Problem::DuplicateTensor { .. },
        r#"tensor "a.mean" is there twice"#
    );
    assert_refused!(
        pair(r#""a.scale":{"dtype":"F32","shape":[3],"data_offsets":[8,16]}"#),
        None,
        Problem::OffsetsMisfit { expected: 12, .. },
        r#"tensor "a.scale" has offsets 8..16, expected 12 bytes for shape [3] of F32"#
    );
    assert_refused!(
        pair(r#""a.scale":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}"#),
        None,
        Problem::OffsetsNotContiguous { begin: 4, expected: 8, .. },
        r#"tensor "a.scale" begins at byte 4 of the data, expected 8: no holes and no overlaps"#
    );
    assert_refused!(
        pair(r#""a.scale":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}"#),
        None,
        Problem::TrailingBytes { expected: 12, available: 16 },
        "has 16 bytes of data, expected 12: the rest belongs to no tensor"
    );
    assert_refused!(
        pair(r#""a.scale":{"dtype":"F31","shape":[1],"data_offsets":[8,12]}"#),
        None,
        Problem::UnknownDtype { .. },
        r#"tensor "a.scale" has element type "F31", which safetensors does not have"#
    );
    // Half a byte per element, an odd number of them: refused by the library, and so here.
    assert_refused!(
        pair(r#""a.scale":{"dtype":"F4","shape":[15],"data_offsets":[8,16]}"#),
        None,
        Problem::Refused { .. },
        "is refused by the safetensors library: The slice is slicing for subbytes dtypes, and the slice does not end \
         up at a byte boundary, this is invalid."
    );
}

// --------------------------------------------------------------------------------------------- names, shapes, types

#[test]
fn half_a_pair_is_refused() {
    assert_refused!(
        network(|tensors| tensors.retain(|tensor| tensor.name != "conv_layers.0.bias_rho")),
        None,
        Problem::MissingHalf { convention: Convention::AugmentBnns, part: Part::Scale, .. },
        "scale tensor \"conv_layers.0.bias_rho\" is missing, the other half of \"conv_layers.0.bias_mu\" \
         (convention augment-bnns)"
    );
    assert_refused!(
        library_file(
            &[
                f32s("a.mean", &[1], &[0.0]),
                f32s("a.scale", &[1], &[1.0]),
                f32s("b.scale", &[1], &[1.0])
            ],
            &[]
        ),
        Some(Convention::Plain),
        Problem::MissingHalf { part: Part::Mean, .. },
        r#"mean tensor "b.mean" is missing, the other half of "b.scale" (convention plain)"#
    );
}

#[test]
fn a_file_without_pairs_is_refused() {
    let weights =
        library_file(&[f32s("fc.bias", &[1], &[0.0]), f32s("fc.weight", &[1, 1], &[0.0])], &[]);
    assert_refused!(
        weights,
        None,
        Problem::NoConvention { .. },
        r#"no convention fits the tensor names: found "fc.bias", "fc.weight""#
    );
    assert_refused!(
        weights,
        Some(Convention::BayesianTorch),
        Problem::NoPair { convention: Convention::BayesianTorch, .. },
        r#"no tensor pair of convention bayesian-torch: found "fc.bias", "fc.weight""#
    );
    assert_refused!(
        raw_file("{}", &[]),
        None,
        Problem::NoConvention { .. },
        "no convention fits the tensor names: found no tensor"
    );
}

#[test]
fn a_file_of_two_conventions_is_refused_until_one_is_named() {
    let both = network(|tensors| {
        tensors.extend([f32s("n.mean", &[1], &[0.0]), f32s("n.scale", &[1], &[1.0])])
    });
    assert_refused!(
        both,
        None,
        Problem::AmbiguousConvention { .. },
        "more than one convention fits the tensor names, name one: augment-bnns (3 pairs, first \
         \"conv_layers.0.weight\"), plain (1 pair, \"n\"), blitz (3 pairs, first \"conv_layers.0.weight\")"
    );
    let plain = Posterior::from_bytes(&both, Some(Convention::Plain)).unwrap();
    assert_eq!((plain.pairs().len(), plain.others().len()), (1, 6));
}

#[test]
fn pairs_of_odd_shape_or_type_are_refused() {
    assert_refused!(
        network(|tensors| set(tensors, f32s("fc.weight_rho", &[2, 3], &[-1.0; 6]))),
        None,
        Problem::ShapesDiffer { .. },
        r#"tensor "fc.weight_rho" has shape [2, 3], expected [3, 2] as its mean "fc.weight_mu""#
    );
    for (dtype, name) in [(Dtype::F16, "F16"), (Dtype::BF16, "BF16"), (Dtype::I16, "I16")] {
        let bytes = vec![0; 12];
        let half = Tensor { name: "fc.weight_mu", dtype, shape: vec![3, 2], bytes };
        assert_refused!(
            network(|tensors| set(tensors, half)),
            None,
            Problem::UnsupportedDtype { .. },
            format!(r#"tensor "fc.weight_mu" has element type {name}, expected F32 or F64"#)
        );
    }
    let nothing = |tensors: &mut Vec<Tensor>| {
        set(tensors, f32s("fc.weight_mu", &[3, 0], &[]));
        set(tensors, f32s("fc.weight_rho", &[3, 0], &[]));
    };
    assert_refused!(
        network(nothing),
        None,
        Problem::NoElements { .. },
        r#"tensor "fc.weight_mu" has shape [3, 0], expected at least one element"#
    );
}

// ---------------------------------------------------------------------------------------------------------- values

#[test]
fn values_that_are_not_finite_are_refused_with_their_place() {
    for (value, text) in [(f32::NAN, "NaN"), (f32::INFINITY, "inf"), (f32::NEG_INFINITY, "-inf")] {
        for (tensor, part) in [("fc.weight_mu", "mean"), ("fc.weight_rho", "scale")] {
            let values = [1.0, 1.0, 1.0, value, 1.0, value];
            assert_refused!(
                network(|tensors| set(tensors, f32s(tensor, &[3, 2], &values))),
                None,
                Problem::NotFinite { ref index, .. } if *index == [1, 1],
                format!(r#"{part} of "{tensor}" is {text} at [1, 1], expected a finite number"#)
            );
        }
    }
}

#[test]
fn scales_that_make_no_sigma_are_refused_with_their_place() {
    let plain = |scale: f64| {
        library_file(&[f64s("a.mean", &[2], &[0.0; 2]), f64s("a.scale", &[2], &[1.0, scale])], &[])
    };
    for (scale, text) in [(0.0, "0.0"), (-0.0, "-0.0"), (-1e-3, "-0.001")] {
        assert_refused!(
            plain(scale),
            None,
            Problem::BadSigma { .. },
            format!(
                r#"scale of "a.scale" is {text} at [1], which makes σ = {text}, expected 0 < σ < ∞"#
            )
        );
    }
    assert_refused!(
        network(|tensors| set(tensors, f32s("conv_layers.0.bias_rho", &[2], &[-800.0, -3.0]))),
        None,
        Problem::BadSigma { ref index, value: -800.0, sigma: 0.0, .. } if *index == [0],
        r#"scale of "conv_layers.0.bias_rho" is -800.0 at [0], which makes σ = 0.0, expected 0 < σ < ∞"#
    );
    assert_refused!(
        library_file(&[f32s("weight_mu", &[], &[0.0]), f32s("weight_log_sigma", &[], &[1000.0])], &[]),
        None,
        Problem::BadSigma { ref index, .. } if index.is_empty(),
        r#"scale of "weight_log_sigma" is 1000.0 at [], which makes σ = inf, expected 0 < σ < ∞"#
    );
}

// --------------------------------------------------------------------------------------------------------- reading

#[test]
fn a_posterior_is_read_in_network_order_and_in_f64() {
    let posterior =
        Posterior::from_bytes(&network(|tensors| tensors.push(f32s("step", &[], &[7.0]))), None)
            .unwrap();
    assert_eq!(posterior.convention(), Convention::AugmentBnns);
    let names: Vec<&str> = posterior.pairs().iter().map(TensorPair::name).collect();
    assert_eq!(names, ["conv_layers.0.weight", "conv_layers.0.bias", "fc.weight"]);
    let bias = posterior.pair("conv_layers.0.bias").unwrap();
    assert_eq!((bias.shape(), bias.mean()), ([2].as_slice(), [0.125, 1.5].as_slice()));
    // softplus(−3.25) and softplus(−1), computed with 50 digits.
    for (sigma, expected) in bias.sigma().iter().zip([0.038041371687783126, 0.3132616875182228]) {
        assert!((sigma / expected - 1.0).abs() < 1e-15, "σ = {sigma}, not {expected}");
    }
    let other = &posterior.others()[0];
    assert_eq!(
        (other.name(), other.dtype(), other.bytes()),
        ("step", "F32".to_owned(), 7f32.to_le_bytes().as_slice())
    );
    let architecture = Architecture::of(&posterior).unwrap();
    assert_eq!(architecture.convolutions().len(), 1);
}

#[test]
fn each_convention_reads_its_own_sigma() {
    let read = |mean, scale, convention: Convention| {
        let bytes = library_file(&[f64s(mean, &[1], &[0.25]), f64s(scale, &[1], &[0.5])], &[]);
        let posterior = Posterior::from_bytes(&bytes, None).unwrap();
        assert_eq!(posterior.convention(), convention);
        assert_eq!(posterior.to_bytes().unwrap(), bytes);
        posterior.pairs()[0].sigma()[0]
    };
    let softplus = 0.974_076_984_180_106_7;
    let close = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-15;
    assert_eq!(read("a.mean", "a.scale", Convention::Plain), 0.5);
    assert!(close(read("a.weight_mu", "a.weight_rho", Convention::Blitz), softplus));
    assert!(close(
        read("a.weight_sampler.mu", "a.weight_sampler.rho", Convention::Blitz),
        softplus
    ));
    assert!(close(read("a.bias_mu", "a.bias_log_sigma", Convention::Torchbnn), 0.5f64.exp()));
    assert!(close(read("a.mu_kernel", "a.rho_kernel", Convention::BayesianTorch), softplus));
    assert!(close(read("a.weight_mu", "a.weight_sigma", Convention::TorchUncertainty), softplus));
}

// --------------------------------------------------------------------------------------------------------- writing

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

// ------------------------------------------------------------------------------------------------------- real files

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
