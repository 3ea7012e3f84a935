//! Data sets by the names that the command line gives them.

use super::{DataError, Images, cifar10, digits, file, idx};
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Where images come from.
///
/// # Examples
/// ```
/// use equibayes::data::{Part, Source};
///
/// let source: Source = "digits".parse()?;
/// assert_eq!(source.load(Part::Test)?.len(), 1797);
/// assert_eq!("mnist:some/folder".parse::<Source>()?.to_string(), "mnist:some/folder");
/// assert!("imagenet".parse::<Source>().is_err());
/// # Ok::<(), equibayes::data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The embedded digits, all of them in either part.
    Digits,
    /// A folder with the files of MNIST, or others of that format and those names.
    Idx {
        /// What the folder is said to hold: `mnist`, `fashion-mnist` or `idx`.
        name: &'static str,
        /// The folder.
        folder: PathBuf,
    },
    /// A folder with the files of CIFAR-10's binary version.
    Cifar10 {
        /// The folder.
        folder: PathBuf,
    },
}

/// Which part of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What models are trained on.
    Train,
    /// What they are judged by.
    Test,
}

impl Source {
    /// Reads the images.
    ///
    /// IDX files are looked for by the names of MNIST, `train-images-idx3-ubyte` or `t10k-images-idx3-ubyte` and
    /// the labels likewise; failing these, without the first word, for a folder that holds one set only. All
    /// may be compressed by gzip.
    ///
    /// # Errors
    /// [`DataError`] if files are absent or damaged.
    pub fn load(&self, part: Part) -> Result<Images, DataError> {
        match self {
            Self::Digits => Ok(digits()),
            Self::Idx { folder, .. } => {
                let prefix = match part {
                    Part::Train => "train-",
                    Part::Test => "t10k-",
                };
                let file = |kind: &str| {
                    file::find(
                        folder,
                        &[&format!("{prefix}{kind}-ubyte"), &format!("{kind}-ubyte")],
                    )
                };
                idx(&file("images-idx3")?, &file("labels-idx1")?)
            }
            Self::Cifar10 { folder } => {
                let names: &[&str] = match part {
                    Part::Train => &[
                        "data_batch_1.bin",
                        "data_batch_2.bin",
                        "data_batch_3.bin",
                        "data_batch_4.bin",
                        "data_batch_5.bin",
                    ],
                    Part::Test => &["test_batch.bin"],
                };
                let files: Result<Vec<_>, _> =
                    names.iter().map(|name| file::find(folder, &[name])).collect();
                cifar10(files?)
            }
        }
    }
}

impl FromStr for Source {
    type Err = DataError;

    fn from_str(text: &str) -> Result<Self, DataError> {
        let unknown = || DataError::UnknownSource { name: text.into() };
        if text == "digits" {
            return Ok(Self::Digits);
        }
        let (kind, folder) = text.split_once(':').ok_or_else(unknown)?;
        if folder.is_empty() {
            return Err(unknown());
        }
        let folder = PathBuf::from(folder);
        match kind {
            "mnist" => Ok(Self::Idx { name: "mnist", folder }),
            "fashion-mnist" => Ok(Self::Idx { name: "fashion-mnist", folder }),
            "idx" => Ok(Self::Idx { name: "idx", folder }),
            "cifar10" => Ok(Self::Cifar10 { folder }),
            _ => Err(unknown()),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Digits => f.write_str("digits"),
            Self::Idx { name, folder } => write!(f, "{name}:{}", folder.display()),
            Self::Cifar10 { folder } => write!(f, "cifar10:{}", folder.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_mnist_are_found_before_bare_ones() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        };
        let source: Source = format!("idx:{}", folder.path().display()).parse().unwrap();
        let error = source.load(Part::Test).unwrap_err();
        assert!(matches!(error, DataError::NoFile { .. }), "{error}");
        let labels = |label| [0, 0, 8, 1, 0, 0, 0, 1, label];
        write("images-idx3-ubyte", &[0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9]);
        write("labels-idx1-ubyte", &labels(3));
        assert_eq!(source.load(Part::Train).unwrap().label(0), 3);
        write("t10k-labels-idx1-ubyte", &labels(4));
        assert_eq!(source.load(Part::Test).unwrap().label(0), 4);
        assert_eq!(source.load(Part::Train).unwrap().label(0), 3);
    }

    #[test]
    fn unknown_sources_name_those_that_are_known() {
        for name in ["", "mnist", "mnist:", "svhn:x", ":x"] {
            let error = name.parse::<Source>().unwrap_err().to_string();
            assert!(error.contains("expected digits, mnist:DIR"), "{error}");
        }
    }
}
