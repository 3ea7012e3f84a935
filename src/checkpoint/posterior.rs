//! A posterior as a file has it.

use super::convention::PairNames;
use super::encode::{decode, encode_mean, encode_scale};
use super::error::Part;
use super::header::{Entry, Header, LENGTH_BYTES, add_metadata, header_length};
use super::names::network_order;
use super::tensor::{check_finite, check_sigma, element_count};
use super::whole_file::{append, open_regular, write_whole};
use super::wording::one_line;
use super::{CheckpointError, Convention, OtherTensor, Precision, Problem, TensorPair};
use safetensors::tensor::{SafeTensorError, TensorView};
use safetensors::{Dtype, SafeTensors};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The longest file that is read or written, in bytes: 4 GiB, some half a billion weights in 32 bits.
pub const MAX_FILE_BYTES: u64 = 1 << 32;

/// A mean-field posterior: tensor pairs, and whatever else its file holds.
///
/// Pairs stand in network order: by the numbers in their names, weight before bias, `classifier` or `fc` last. Values are
/// `f64` whatever the file holds; element types, other tensors and metadata are kept when it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Posterior {
    convention: Convention,
    pairs: Vec<TensorPair>,
    others: Vec<OtherTensor>,
    metadata: BTreeMap<String, String>,
}

impl Posterior {
    /// A posterior of these pairs, without other tensors or metadata.
    ///
    /// # Errors
    ///
    /// [`Problem::NoPair`] without pairs, [`Problem::Unnameable`] for a pair's name that the convention has no tensor names
    /// for, [`Problem::DuplicateTensor`] for two pairs of one name.
    pub fn new(convention: Convention, pairs: Vec<TensorPair>) -> Result<Self, Problem> {
        let empty =
            Self { convention, pairs: Vec::new(), others: Vec::new(), metadata: BTreeMap::new() };
        empty.with_pairs(pairs)
    }

    /// This posterior with other pairs: convention, other tensors and metadata stay.
    ///
    /// # Errors
    ///
    /// As [`Posterior::new`]; [`Problem::DuplicateTensor`] also where a pair would get the name of another tensor.
    pub fn with_pairs(&self, mut pairs: Vec<TensorPair>) -> Result<Self, Problem> {
        if pairs.is_empty() {
            return Err(Problem::NoPair {
                convention: self.convention,
                found: "no tensor".to_owned(),
            });
        }
        pairs.sort_by(|a, b| network_order(a.name(), b.name()));
        let mut names: BTreeSet<String> =
            self.others.iter().map(|other| other.name.clone()).collect();
        for pair in &pairs {
            let (mean, scale) = self.tensor_names(pair)?;
            for tensor in [mean, scale] {
                if !names.insert(tensor.clone()) {
                    return Err(Problem::DuplicateTensor { tensor });
                }
            }
        }
        Ok(Self {
            convention: self.convention,
            pairs,
            others: self.others.clone(),
            metadata: self.metadata.clone(),
        })
    }

    /// Reads a file; `None` chooses the convention that accounts for all tensor names together.
    ///
    /// Memory follows the bytes that are there, whatever lengths the header claims.
    ///
    /// # Errors
    ///
    /// A [`CheckpointError`] with the path and the [`Problem`]: with the file, with the format, with the names (no
    /// convention, several, half a pair, no pair), with a pair's shapes and element types, with a value (a mean or a scale
    /// that is not finite, a σ that is not positive and finite).
    pub fn read(
        path: impl AsRef<Path>,
        convention: Option<Convention>,
    ) -> Result<Self, CheckpointError> {
        let path = path.as_ref();
        let read = || {
            let (bytes, header) = read_checked(path)?;
            Self::assemble(&bytes, header, convention)
        };
        read().map_err(|problem| CheckpointError::new(path, problem))
    }

    /// Reads the bytes of a file.
    ///
    /// # Errors
    ///
    /// As [`Posterior::read`].
    pub fn from_bytes(bytes: &[u8], convention: Option<Convention>) -> Result<Self, Problem> {
        check_size(bytes.len() as u64)?;
        let length = header_length(bytes, bytes.len() as u64)?;
        let (header, data) = bytes[LENGTH_BYTES..].split_at(length);
        Self::assemble(bytes, Header::parse(header, data.len())?, convention)
    }

    /// `header` is that of `bytes`, the whole file, and has been checked against its length.
    fn assemble(
        bytes: &[u8],
        header: Header,
        convention: Option<Convention>,
    ) -> Result<Self, Problem> {
        // A second opinion: what is read here, every reader of the format must be able to read.
        check_with_library(bytes)?;
        let data = &bytes[header.data_begin..];
        let entries: BTreeMap<&str, &Entry> =
            header.entries.iter().map(|entry| (entry.name.as_str(), entry)).collect();
        let names = entries.keys().copied().collect();
        let (convention, found) = match convention {
            Some(convention) => (convention, convention.pairs(&names)?),
            None => Convention::choose(&names)?,
        };
        let mut pairs = Vec::with_capacity(found.len());
        let mut used = BTreeSet::new();
        for PairNames { name, mean, scale } in found {
            if let (Some((mean, mean_entry)), Some((scale, scale_entry))) =
                (entries.get_key_value(mean.as_str()), entries.get_key_value(scale.as_str()))
            {
                used.extend([*mean, *scale]);
                let pair = read_pair(name, (mean_entry, scale_entry), data, convention)?;
                pairs.push(pair.stored_as(mean, scale));
            }
        }
        let others = header.entries.iter().filter(|entry| !used.contains(entry.name.as_str())).map(
            |entry| OtherTensor {
                name: entry.name.clone(),
                dtype: entry.dtype,
                shape: entry.shape.clone(),
                bytes: data[entry.begin..entry.end].to_vec(),
            },
        );
        let mut others: Vec<OtherTensor> = others.collect();
        others.sort_by(|a, b| network_order(&a.name, &b.name));
        Ok(Self { convention, pairs, others, metadata: header.metadata })
    }

    /// Writes a file, whole or not at all; the path may be the one it was read from.
    ///
    /// # Errors
    ///
    /// A [`CheckpointError`] with the path and the [`Problem`], see [`Posterior::to_bytes`] and [`write_whole`].
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), CheckpointError> {
        let path = path.as_ref();
        let written = self.to_bytes().and_then(|bytes| write_whole(path, &bytes));
        written.map_err(|problem| CheckpointError::new(path, problem))
    }

    /// The bytes of a file.
    ///
    /// They depend on nothing but the posterior. Tensors stand as the format's own library puts them, by descending
    /// alignment and then by name, so that each is aligned, and metadata by key; the scales of entries whose σ has not
    /// changed have the bits they were read from.
    ///
    /// # Errors
    ///
    /// [`Problem::Unrepresentable`] for a mean or a σ that the element type cannot hold; [`Problem::TooLarge`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, Problem> {
        let map = self.convention.scale_map();
        let mut halves = Vec::with_capacity(2 * self.pairs.len());
        for pair in &self.pairs {
            let (mean, scale) = self.tensor_names(pair)?;
            for (bytes, name, precision) in [
                (encode_mean(pair, &mean)?, mean, pair.mean_precision()),
                (encode_scale(pair, &scale, map)?, scale, pair.scale_precision()),
            ] {
                let (dtype, shape) = (precision.dtype(), pair.shape().to_vec());
                halves.push(OtherTensor { name, dtype, shape, bytes });
            }
        }
        let tensors = || halves.iter().chain(&self.others);
        check_size(tensors().map(|tensor| tensor.bytes.len() as u64).sum())?;
        let mut views = Vec::with_capacity(tensors().count());
        for OtherTensor { name, dtype, shape, bytes } in tensors() {
            // It multiplies the shape unchecked; that has been done before, when it was read or held against values.
            let view = TensorView::new(*dtype, shape.clone(), bytes).map_err(refused)?;
            views.push((name, view));
        }
        let mut file = safetensors::serialize(views, None).map_err(refused)?;
        if !self.metadata.is_empty() {
            add_metadata(&mut file, &self.metadata).map_err(refused)?;
        }
        check_size(file.len() as u64)?;
        check_with_library(&file)?;
        Ok(file)
    }

    /// The names of a pair's mean and scale tensors.
    fn tensor_names(&self, pair: &TensorPair) -> Result<(String, String), Problem> {
        // A pair comes back under the names it was read from, if they are names in this convention.
        if let Some((mean, scale)) = pair.stored_names()
            && self.convention.also_names(pair.name(), mean, scale)
        {
            return Ok((mean.clone(), scale.clone()));
        }
        let names = self.convention.tensor_names(pair.name());
        names.ok_or_else(|| Problem::Unnameable {
            pair: pair.name().to_owned(),
            convention: self.convention,
        })
    }

    /// The convention of its file.
    #[must_use]
    pub fn convention(&self) -> Convention {
        self.convention
    }

    /// The pairs in network order; there is at least one.
    #[must_use]
    pub fn pairs(&self) -> &[TensorPair] {
        &self.pairs
    }

    /// The pair of this name, e.g. `conv_layers.0.weight`.
    #[must_use]
    pub fn pair(&self, name: &str) -> Option<&TensorPair> {
        self.pairs.iter().find(|pair| pair.name() == name)
    }

    /// The tensors that belong to no pair, by name. They are kept as they are.
    #[must_use]
    pub fn others(&self) -> &[OtherTensor] {
        &self.others
    }

    /// The file's metadata, texts under keys.
    #[must_use]
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// Sets a metadata entry; gives the value it had.
    pub fn set_metadata(
        &mut self,
        key: impl Into<String>,
        value: impl Into<String>,
    ) -> Option<String> {
        self.metadata.insert(key.into(), value.into())
    }

    /// Removes a metadata entry; gives the value it had.
    pub fn remove_metadata(&mut self, key: &str) -> Option<String> {
        self.metadata.remove(key)
    }
}

/// The bytes of a file and its header. The data are not read before the header has been found to fit them.
pub(super) fn read_checked(path: &Path) -> Result<(Vec<u8>, Header), Problem> {
    let (mut file, length) = open_regular(path)?;
    check_size(length)?;
    let too_large = |_| Problem::TooLarge { bytes: length, limit: MAX_FILE_BYTES };
    let length_in_memory = usize::try_from(length).map_err(too_large)?;
    let mut bytes = Vec::new();
    append(&mut file, &mut bytes, length_in_memory.min(LENGTH_BYTES))?;
    let header_bytes = header_length(&bytes, length)?;
    append(&mut file, &mut bytes, header_bytes)?;
    let rest = length_in_memory - bytes.len();
    let header = Header::parse(&bytes[LENGTH_BYTES..], rest)?;
    append(&mut file, &mut bytes, rest)?;
    Ok((bytes, header))
}

fn check_size(bytes: u64) -> Result<(), Problem> {
    if bytes > MAX_FILE_BYTES {
        Err(Problem::TooLarge { bytes, limit: MAX_FILE_BYTES })
    } else {
        Ok(())
    }
}

fn check_with_library(bytes: &[u8]) -> Result<(), Problem> {
    SafeTensors::deserialize(bytes).map(|_| ()).map_err(refused)
}

pub(super) fn refused(error: SafeTensorError) -> Problem {
    Problem::Refused { reason: one_line(&error.to_string()) }
}

/// Reads a pair from the entries of its mean and its scale.
fn read_pair(
    name: String,
    (mean, scale): (&Entry, &Entry),
    data: &[u8],
    convention: Convention,
) -> Result<TensorPair, Problem> {
    let map = convention.scale_map();
    let mean_precision = precision(mean)?;
    let scale_precision = precision(scale)?;
    if mean.shape != scale.shape {
        return Err(Problem::ShapesDiffer {
            mean: mean.name.clone(),
            mean_shape: mean.shape.clone(),
            scale: scale.name.clone(),
            scale_shape: scale.shape.clone(),
        });
    }
    let shape = mean.shape.clone();
    element_count(&mean.name, &shape)?;
    let means = decode(&data[mean.begin..mean.end], mean_precision);
    let scales = decode(&data[scale.begin..scale.end], scale_precision);
    check_finite(&mean.name, &shape, Part::Mean, &means)?;
    check_finite(&scale.name, &shape, Part::Scale, &scales)?;
    let sigma: Vec<f64> = scales.iter().map(|&rho| map.to_sigma(rho)).collect();
    check_sigma(&scale.name, &shape, &scales, &sigma)?;
    Ok(TensorPair::from_file(
        name,
        shape,
        (means, mean_precision),
        (scales, scale_precision),
        sigma,
    ))
}

fn precision(entry: &Entry) -> Result<Precision, Problem> {
    match entry.dtype {
        Dtype::F32 => Ok(Precision::F32),
        Dtype::F64 => Ok(Precision::F64),
        other => {
            Err(Problem::UnsupportedDtype { tensor: entry.name.clone(), dtype: other.to_string() })
        }
    }
}
