//! Training that goes on another day: snapshots in safetensors files.

use super::header::{Entry, Header, add_metadata};
use super::posterior::{read_checked, refused};
use super::whole_file::write_whole;
use super::{CheckpointError, Problem};
use crate::inference::Snapshot;
use crate::inference::optimiser::State;
use crate::scalar::Real;
use safetensors::Dtype;
use safetensors::tensor::TensorView;
use std::collections::BTreeMap;
use std::path::Path;

/// The metadata key that says what the file is, with the version of its form.
const FORM: &str = "equibayes.snapshot";
const VERSION: &str = "1";
/// The metadata keys of the counters.
const STEP: &str = "equibayes.snapshot.step";
const STEPS: &str = "equibayes.snapshot.optimiser_steps";

const COORDINATES: &str = "coordinates";
const FIRST: &str = "first_moment";
const SECOND: &str = "second_moment";

/// A scalar of a file.
trait Element: Real {
    const DTYPE: Dtype;
    const BYTES: usize;
    fn push(self, bytes: &mut Vec<u8>);
    fn all(bytes: &[u8]) -> Vec<Self>;
}

macro_rules! element {
    ($scalar:ty, $dtype:expr) => {
        impl Element for $scalar {
            const DTYPE: Dtype = $dtype;
            const BYTES: usize = size_of::<$scalar>();

            fn push(self, bytes: &mut Vec<u8>) {
                bytes.extend_from_slice(&self.to_le_bytes());
            }

            fn all(bytes: &[u8]) -> Vec<Self> {
                bytes.as_chunks().0.iter().map(|chunk| Self::from_le_bytes(*chunk)).collect()
            }
        }

        impl Snapshot<$scalar> {
            /// Writes a file, whole or not at all: the coordinates and the optimiser's moments as tensors of a
            /// safetensors file, the counters as its metadata. Nothing is rounded.
            ///
            /// # Errors
            /// A [`CheckpointError`] with the path and the [`Problem`].
            pub fn write(&self, path: impl AsRef<Path>) -> Result<(), CheckpointError> {
                let path = path.as_ref();
                let written = bytes_of(self).and_then(|bytes| write_whole(path, &bytes));
                written.map_err(|problem| CheckpointError::new(path, problem))
            }

            /// Reads a file that [`write`](Self::write) has written. A
            /// [`Trainer`](crate::inference::Trainer) of the same objective, data and settings that is
            /// [restored](crate::inference::Trainer::restore) from it goes on to the same bits.
            ///
            /// # Errors
            /// A [`CheckpointError`] with the path and the [`Problem`]: [`Problem::NotASnapshot`] for other
            /// files and other precisions.
            pub fn read(path: impl AsRef<Path>) -> Result<Self, CheckpointError> {
                let path = path.as_ref();
                read(path).map_err(|problem| CheckpointError::new(path, problem))
            }
        }
    };
}

element!(f32, Dtype::F32);
element!(f64, Dtype::F64);

fn bytes_of<T: Element>(snapshot: &Snapshot<T>) -> Result<Vec<u8>, Problem> {
    let lists = [
        (COORDINATES, &snapshot.coordinates),
        (FIRST, &snapshot.state.first),
        (SECOND, &snapshot.state.second),
    ];
    let encoded: Vec<_> = lists
        .into_iter()
        .map(|(name, list)| {
            let mut bytes = Vec::with_capacity(list.len() * T::BYTES);
            list.iter().for_each(|value| value.push(&mut bytes));
            (name, list.len(), bytes)
        })
        .collect();
    let mut views = Vec::with_capacity(encoded.len());
    for (name, count, bytes) in &encoded {
        views.push((*name, TensorView::new(T::DTYPE, vec![*count], bytes).map_err(refused)?));
    }
    let mut file = safetensors::serialize(views, None).map_err(refused)?;
    let metadata = BTreeMap::from([
        (FORM.to_owned(), VERSION.to_owned()),
        (STEP.to_owned(), snapshot.step.to_string()),
        (STEPS.to_owned(), snapshot.state.steps.to_string()),
    ]);
    add_metadata(&mut file, &metadata).map_err(refused)?;
    Ok(file)
}

fn wrong(found: impl Into<String>, expected: impl Into<String>) -> Problem {
    Problem::NotASnapshot { found: found.into(), expected: expected.into() }
}

fn read<T: Element>(path: &Path) -> Result<Snapshot<T>, Problem> {
    let (bytes, header) = read_checked(path)?;
    let metadata = |key: &str| header.metadata.get(key);
    match metadata(FORM) {
        Some(version) if version == VERSION => {}
        Some(version) => {
            return Err(wrong(format!("{FORM} = {version:?}"), format!("version {VERSION}")));
        }
        None => {
            return Err(wrong(format!("no metadata {FORM}"), "a file that training has written"));
        }
    }
    let counter = |key: &str| {
        let found = metadata(key).map_or("nothing", String::as_str);
        found.parse::<u64>().map_err(|_| wrong(format!("{key} = {found:?}"), "a whole number"))
    };
    let (step, steps) = (counter(STEP)?, counter(STEPS)?);
    let list = |name: &str| list(&header, &bytes, name);
    let coordinates: Vec<T> = list(COORDINATES)?;
    let (first, second) = (list(FIRST)?, list(SECOND)?);
    Ok(Snapshot { step, coordinates, state: State { steps, first, second } })
}

/// The numbers of a tensor with one axis.
fn list<T: Element>(header: &Header, bytes: &[u8], name: &str) -> Result<Vec<T>, Problem> {
    let found = header.entries.iter().find(|entry| entry.name == name);
    let Some(Entry { dtype, shape, begin, end, .. }) = found else {
        return Err(wrong(format!("no tensor {name}"), "one in every snapshot"));
    };
    if *dtype != T::DTYPE || shape.len() != 1 {
        return Err(wrong(
            format!("tensor {name} of {dtype} and {} axes", shape.len()),
            format!("{} and one axis", T::DTYPE),
        ));
    }
    Ok(T::all(&bytes[header.data_begin..][*begin..*end]))
}
