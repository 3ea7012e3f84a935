//! What can be wrong with a posterior file.

use super::wording::{LONGEST_PATH, one_line, quoted, shortened};
use super::{Convention, Precision};
use std::fmt;
use std::path::{Path, PathBuf};

/// A file and what is wrong with it, in one line.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", shortened(format!("{path:?}"), LONGEST_PATH))]
pub struct CheckpointError {
    path: PathBuf,
    problem: Box<Problem>,
}

impl CheckpointError {
    pub(super) fn new(path: &Path, problem: Problem) -> Self {
        Self { path: path.to_path_buf(), problem: Box::new(problem) }
    }

    /// The file, as the caller named it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is wrong with it.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}

/// Which half of a tensor pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The mean.
    Mean,
    /// The scale: ρ in a file, σ in a [`TensorPair`](super::TensorPair).
    Scale,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mean => "mean",
            Self::Scale => "scale",
        })
    }
}

/// What is wrong with a posterior, or why it cannot be written.
///
/// The message is always one line: names from the file are quoted with their control characters escaped, and long ones
/// are shortened. An `index` has one entry per axis, row-major, from 0.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    // The file itself.
    /// The operating system refused something.
    #[error("cannot {action}: {error}")]
    Io {
        /// What was attempted, e.g. "open the file".
        action: &'static str,
        /// The system's answer.
        error: std::io::Error,
    },
    /// The path leads to a directory, a pipe, a device…
    #[error("is {found}, expected a regular file")]
    NotARegularFile {
        /// What is there.
        found: &'static str,
    },
    /// The path does not end in a file name.
    #[error("does not end in a file name")]
    NoFileName,
    /// The file to be replaced is write-protected.
    #[error("is write-protected, so it is not replaced")]
    ReadOnly,
    /// The file has no bytes.
    #[error("is empty, expected a safetensors file")]
    EmptyFile,
    /// The file is larger than [`MAX_FILE_BYTES`](super::MAX_FILE_BYTES).
    #[error("has {bytes} bytes, expected at most {limit} for a posterior")]
    TooLarge {
        /// Length of the file in bytes.
        bytes: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// There is no memory for the file's bytes.
    #[error("needs {bytes} bytes of memory, which are not to be had")]
    OutOfMemory {
        /// Bytes asked for.
        bytes: u64,
    },
    /// The file became shorter while it was read.
    #[error("became shorter while it was read: expected {expected} bytes, got {found}")]
    Shrunk {
        /// Bytes expected.
        expected: u64,
        /// Bytes read.
        found: u64,
    },

    /// The file is not a snapshot of training, or one of another precision.
    #[error("has {}: expected {expected}", one_line(.found))]
    NotASnapshot {
        /// What is there.
        found: String,
        /// What would be there.
        expected: String,
    },

    // The safetensors format.
    /// Fewer bytes than the header's length takes.
    #[error("is truncated: {bytes} bytes, expected at least 8 for the length of the header")]
    TooShort {
        /// Length of the file in bytes.
        bytes: u64,
    },
    /// The header claims more bytes than the format allows.
    #[error("claims a header of {claimed} bytes, expected at most {limit}: not a safetensors file")]
    HeaderTooLong {
        /// Claimed length in bytes.
        claimed: u64,
        /// The format's limit in bytes.
        limit: u64,
    },
    /// The header claims more bytes than the file has.
    #[error(
        "claims a header of {claimed} bytes but has only {available} after its length: truncated, or not a safetensors file"
    )]
    HeaderTruncated {
        /// Claimed length in bytes.
        claimed: u64,
        /// Bytes there are.
        available: u64,
    },
    /// The header is not UTF-8.
    #[error("has a header that is not UTF-8 at byte {position}: not a safetensors file")]
    HeaderNotUtf8 {
        /// Position in the file, in bytes.
        position: usize,
    },
    /// The header is not a JSON object.
    #[error("has a bad header: {reason}")]
    BadHeader {
        /// What the JSON parser says, with the position in the header.
        reason: String,
    },
    /// An entry of the header is not what the format prescribes.
    #[error("entry {} of the header is bad: {reason}", quoted(.entry))]
    BadEntry {
        /// The tensor's name, or `__metadata__`.
        entry: String,
        /// What is wrong, with the position in the entry.
        reason: String,
    },
    /// Two tensors of the same name.
    #[error("tensor {} is there twice", quoted(.tensor))]
    DuplicateTensor {
        /// The name.
        tensor: String,
    },
    /// Two metadata entries of the same key.
    #[error("metadata key {} is there twice", quoted(.key))]
    DuplicateMetadata {
        /// The key.
        key: String,
    },
    /// An element type that the format does not know.
    #[error("tensor {} has element type {}, which safetensors does not have", quoted(.tensor), quoted(.dtype))]
    UnknownDtype {
        /// The tensor's name.
        tensor: String,
        /// The type as written.
        dtype: String,
    },
    /// A tensor with more elements than a machine word counts.
    #[error("tensor {} has shape {shape:?}, too large to count", quoted(.tensor))]
    ShapeTooLarge {
        /// The tensor's name.
        tensor: String,
        /// Its shape.
        shape: Vec<usize>,
    },
    /// A tensor whose bytes would lie beyond the end of the file.
    #[error("tensor {} claims bytes {begin}..{end} of the data, but the file has only {available}: truncated, or a bad header", quoted(.tensor))]
    OffsetsOutsideFile {
        /// The tensor's name.
        tensor: String,
        /// First byte claimed, from the start of the data.
        begin: usize,
        /// End of the bytes claimed.
        end: usize,
        /// Bytes of data in the file.
        available: usize,
    },
    /// Offsets that do not span what shape and type need.
    #[error("tensor {} has offsets {begin}..{end}, expected {expected} bytes for shape {shape:?} of {dtype}", quoted(.tensor))]
    OffsetsMisfit {
        /// The tensor's name.
        tensor: String,
        /// First byte claimed.
        begin: usize,
        /// End of the bytes claimed.
        end: usize,
        /// Bytes needed.
        expected: usize,
        /// The tensor's shape.
        shape: Vec<usize>,
        /// Its element type.
        dtype: String,
    },
    /// A hole or an overlap in the data.
    #[error("tensor {} begins at byte {begin} of the data, expected {expected}: no holes and no overlaps", quoted(.tensor))]
    OffsetsNotContiguous {
        /// The tensor's name.
        tensor: String,
        /// Where it begins.
        begin: usize,
        /// Where the one before it ends.
        expected: usize,
    },
    /// Bytes after the last tensor.
    #[error("has {available} bytes of data, expected {expected}: the rest belongs to no tensor")]
    TrailingBytes {
        /// Bytes of data the tensors need.
        expected: usize,
        /// Bytes of data in the file.
        available: usize,
    },
    /// The safetensors library itself refuses the bytes.
    #[error("is refused by the safetensors library: {reason}")]
    Refused {
        /// Its reason.
        reason: String,
    },

    // Names.
    /// No convention fits the names.
    #[error("no convention fits the tensor names: found {found}")]
    NoConvention {
        /// The names found, the first few of them.
        found: String,
    },
    /// More than one convention fits, and they disagree.
    #[error("more than one convention fits the tensor names, name one: {candidates}")]
    AmbiguousConvention {
        /// The candidates, each with its number of pairs.
        candidates: String,
    },
    /// The convention asked for finds no pair.
    #[error("no tensor pair of convention {convention}: found {found}")]
    NoPair {
        /// The convention.
        convention: Convention,
        /// The names found, the first few of them.
        found: String,
    },
    /// Half of a pair is missing.
    #[error("{part} tensor {} is missing, the other half of {} (convention {convention})", quoted(.expected), quoted(.tensor))]
    MissingHalf {
        /// The convention.
        convention: Convention,
        /// The half that is there.
        tensor: String,
        /// Which half is missing.
        part: Part,
        /// The name it should have.
        expected: String,
    },
    /// A pair's name that the convention has no tensor names for.
    #[error("pair {} has no tensor names in convention {convention}", quoted(.pair))]
    Unnameable {
        /// The pair's name.
        pair: String,
        /// The convention.
        convention: Convention,
    },

    // Shapes, types and values.
    /// Mean and scale of different shapes.
    #[error("tensor {} has shape {scale_shape:?}, expected {mean_shape:?} as its mean {}", quoted(.scale), quoted(.mean))]
    ShapesDiffer {
        /// The mean tensor.
        mean: String,
        /// Its shape.
        mean_shape: Vec<usize>,
        /// The scale tensor.
        scale: String,
        /// Its shape.
        scale_shape: Vec<usize>,
    },
    /// A pair's tensor with other elements than floats of 32 or 64 bits.
    #[error("tensor {} has element type {dtype}, expected F32 or F64", quoted(.tensor))]
    UnsupportedDtype {
        /// The tensor's name.
        tensor: String,
        /// Its element type.
        dtype: String,
    },
    /// A pair without elements.
    #[error("tensor {} has shape {shape:?}, expected at least one element", quoted(.tensor))]
    NoElements {
        /// The tensor's name.
        tensor: String,
        /// Its shape.
        shape: Vec<usize>,
    },
    /// As many values as the shape does not have.
    #[error("{part} of {} has {found} values, expected {expected} for shape {shape:?}", quoted(.tensor))]
    WrongLength {
        /// The pair's name.
        tensor: String,
        /// Mean or scale.
        part: Part,
        /// Number of values.
        found: usize,
        /// Number expected.
        expected: usize,
        /// The shape.
        shape: Vec<usize>,
    },
    /// A NaN or an infinite value.
    #[error("{part} of {} is {value:?} at {index:?}, expected a finite number", quoted(.tensor))]
    NotFinite {
        /// The tensor's name (in memory, the pair's).
        tensor: String,
        /// Mean or scale.
        part: Part,
        /// Where.
        index: Vec<usize>,
        /// What.
        value: f64,
    },
    /// A scale that stands for no standard deviation: zero, negative, underflown or overflown.
    #[error("scale of {} is {value:?} at {index:?}, which makes σ = {sigma:?}, expected 0 < σ < ∞", quoted(.tensor))]
    BadSigma {
        /// The tensor's name (in memory, the pair's).
        tensor: String,
        /// Where.
        index: Vec<usize>,
        /// The stored scale.
        value: f64,
        /// The σ that it makes.
        sigma: f64,
    },
    /// A value that the file's element type cannot hold.
    #[error("{part} of {} is {value:e} at {index:?}, which {precision} cannot hold (it would read {reread:e})", quoted(.tensor))]
    Unrepresentable {
        /// The tensor's name.
        tensor: String,
        /// Mean or scale; for a scale, `value` and `reread` are σ.
        part: Part,
        /// Where.
        index: Vec<usize>,
        /// The value to be written.
        value: f64,
        /// What a reader of the file would get.
        reread: f64,
        /// The element type.
        precision: Precision,
    },
}
