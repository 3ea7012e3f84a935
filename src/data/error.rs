//! What can be wrong with images.

use std::path::PathBuf;
use thiserror::Error;

/// What can be wrong with images, or with the files that they should come from.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DataError {
    /// A source that is not known.
    #[error("data '{name}': expected digits, mnist:DIR, fashion-mnist:DIR, cifar10:DIR or idx:DIR")]
    UnknownSource {
        /// What was asked for.
        name: String,
    },
    /// No file of those that a folder should hold.
    #[error("folder {folder:?} has no {expected}")]
    NoFile {
        /// The folder.
        folder: PathBuf,
        /// The names that would do.
        expected: String,
    },
    /// The operating system refused something.
    #[error("{path:?}: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        error: std::io::Error,
    },
    /// A file that is larger than any that is meant.
    #[error("{path:?} holds more than {limit} bytes: expected a file of images or labels")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most that is read.
        limit: u64,
    },
    /// Something is wrong in a file.
    #[error("{path:?}: {problem}")]
    InFile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: Box<DataError>,
    },
    /// The first bytes are those of another kind of file.
    #[error("begins with {found}: expected {expected}, {what}")]
    Magic {
        /// What was expected.
        what: &'static str,
        /// The bytes that are there.
        found: String,
        /// The bytes that were expected.
        expected: &'static str,
    },
    /// A count does not fit.
    #[error("{found} {what}: expected {expected}")]
    Count {
        /// What was counted.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: String,
    },
    /// A pixel is brighter than white.
    #[error("pixel {at} is {found}: expected at most {white}")]
    TooBright {
        /// Its place, from 0.
        at: usize,
        /// Its value.
        found: u8,
        /// The largest value.
        white: u8,
    },
    /// A label of no class.
    #[error("label {at} is {found}: expected at most {largest}")]
    Label {
        /// Its place, from 0.
        at: usize,
        /// Its value.
        found: u8,
        /// The largest label.
        largest: u8,
    },
}

impl DataError {
    /// The same, with the file where it was found.
    pub(super) fn in_file(self, path: &std::path::Path) -> Self {
        Self::InFile { path: path.into(), problem: Box::new(self) }
    }
}
