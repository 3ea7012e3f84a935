//! What the tests build, and how they look at what is refused.

use equibayes::checkpoint::{CheckpointError, Convention, Posterior, Problem};
use safetensors::Dtype;
use safetensors::tensor::TensorView;
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// One tensor of a file to be built.
pub(crate) struct Tensor {
    pub(crate) name: &'static str,
    pub(crate) dtype: Dtype,
    pub(crate) shape: Vec<usize>,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) fn f32s(name: &'static str, shape: &[usize], values: &[f32]) -> Tensor {
    let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    Tensor { name, dtype: Dtype::F32, shape: shape.to_vec(), bytes }
}

pub(crate) fn f64s(name: &'static str, shape: &[usize], values: &[f64]) -> Tensor {
    let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    Tensor { name, dtype: Dtype::F64, shape: shape.to_vec(), bytes }
}

/// The bytes that the format's own library makes of the tensors.
pub(crate) fn library_file(tensors: &[Tensor], metadata: &[(&str, &str)]) -> Vec<u8> {
    let views = tensors.iter().map(|tensor| {
        let view = TensorView::new(tensor.dtype, tensor.shape.clone(), &tensor.bytes).unwrap();
        (tensor.name.to_owned(), view)
    });
    let metadata: HashMap<String, String> =
        metadata.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    safetensors::serialize(views, (!metadata.is_empty()).then_some(metadata)).unwrap()
}

/// A file of this header, whatever it says, and data.
pub(crate) fn raw_file(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(data);
    bytes
}

/// A small `augment-bnns` posterior in 32 bits, with changes made to its tensors.
pub(crate) fn network(change: impl FnOnce(&mut Vec<Tensor>)) -> Vec<u8> {
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

pub(crate) fn set(tensors: &mut [Tensor], replacement: Tensor) {
    let tensor = tensors.iter_mut().find(|tensor| tensor.name == replacement.name).unwrap();
    *tensor = replacement;
}

pub(crate) fn message_of(error: &CheckpointError, path: &Path) -> String {
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
pub(crate) fn refusal(bytes: &[u8], convention: Option<Convention>) -> (Problem, String) {
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
        let (problem, message) = $crate::files::refusal(&$bytes, $convention);
        assert_eq!(message, $message);
        assert!(matches!(problem, $problem $(if $guard)?), "{problem:?}");
    };
}
pub(crate) use assert_refused;

pub(crate) fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
