//! The header of a safetensors file: what tensors there are and where.
//!
//! A file is the header's length (8 bytes, little-endian), the header (JSON), and the tensors' bytes without holes.

use super::Problem;
use super::wording::one_line;
use safetensors::tensor::{Metadata, SafeTensorError};
use safetensors::{Dtype, SafeTensors};
use serde::de::value::{Error as ValueError, StrDeserializer};
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;

/// Bytes before the header.
pub(super) const LENGTH_BYTES: usize = 8;

/// The longest header that the format's own library takes.
const MAX_HEADER_BYTES: u64 = 100_000_000;

/// More axes than any tensor library has; a limit keeps messages and memory small.
const MAX_AXES: usize = 64;

const METADATA: &str = "__metadata__";

/// One tensor of the header.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) dtype: Dtype,
    pub(super) shape: Vec<usize>,
    /// Where its bytes are, from the start of the data.
    pub(super) begin: usize,
    pub(super) end: usize,
}

/// The header of a file, its offsets checked.
pub(super) struct Header {
    /// In the order of their bytes.
    pub(super) entries: Vec<Entry>,
    pub(super) metadata: BTreeMap<String, String>,
    /// Where the data begin, from the start of the file.
    pub(super) data_begin: usize,
}

/// The header's length in bytes, from the first bytes of a file of `file_length` bytes in all.
///
/// The format's library asks for the whole file at once; here the header is to be judged before the data are read.
pub(super) fn header_length(start: &[u8], file_length: u64) -> Result<usize, Problem> {
    let too_short = || Problem::TooShort { bytes: file_length };
    let Some(available) = file_length.checked_sub(LENGTH_BYTES as u64) else {
        return Err(if file_length == 0 { Problem::EmptyFile } else { too_short() });
    };
    let bytes = start.first_chunk::<LENGTH_BYTES>().ok_or_else(too_short)?;
    let claimed = u64::from_le_bytes(*bytes);
    if claimed > MAX_HEADER_BYTES {
        return Err(Problem::HeaderTooLong { claimed, limit: MAX_HEADER_BYTES });
    }
    if claimed > available {
        return Err(Problem::HeaderTruncated { claimed, available });
    }
    usize::try_from(claimed)
        .map_err(|_| Problem::HeaderTooLong { claimed, limit: MAX_HEADER_BYTES })
}

impl Header {
    /// Reads the header's bytes, for a file with `available` bytes of data after it.
    pub(super) fn parse(bytes: &[u8], available: usize) -> Result<Self, Problem> {
        let text = std::str::from_utf8(bytes).map_err(|error| Problem::HeaderNotUtf8 {
            position: LENGTH_BYTES + error.valid_up_to(),
        })?;
        // Entries are first only delimited (without recursion), so that an error in one can name it.
        let Members(members) = serde_json::from_str::<Members<&RawValue>>(text)
            .map_err(|error| Problem::BadHeader { reason: one_line(&error.to_string()) })?;
        let mut entries: Vec<Entry> = Vec::new();
        let mut names = BTreeSet::new();
        let mut metadata = BTreeMap::new();
        for (name, value) in members {
            if !names.insert(name.clone()) {
                return Err(Problem::DuplicateTensor { tensor: name });
            }
            if name != METADATA {
                entries.push(entry(name, value)?);
                continue;
            }
            let Members(pairs) = serde_json::from_str::<Members<String>>(value.get())
                .map_err(|error| bad_entry(METADATA.to_owned(), &error.to_string()))?;
            for (key, value) in pairs {
                if metadata.insert(key.clone(), value).is_some() {
                    return Err(Problem::DuplicateMetadata { key });
                }
            }
        }
        entries.sort_by(|a, b| (a.begin, a.end, &a.name).cmp(&(b.begin, b.end, &b.name)));
        check_offsets(&entries, available)?;
        Ok(Self { entries, metadata, data_begin: LENGTH_BYTES + bytes.len() })
    }
}

/// The members of a JSON object in their order, none dropped: a map would keep the last of one name in silence.
struct Members<V>(Vec<(String, V)>);

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Members<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect<V>(PhantomData<V>);

        impl<'de, V: Deserialize<'de>> Visitor<'de> for Collect<V> {
            type Value = Members<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Collect(PhantomData))
    }
}

/// What the header says of a tensor. A field that is not known could not be written back, so it is not passed over.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: [usize; 2],
}

/// The tensor `name` from its description.
fn entry(name: String, json: &RawValue) -> Result<Entry, Problem> {
    let json = json.get();
    // Serde would take the fields from an array as well, in their order; the format does not.
    if !json.starts_with('{') {
        return Err(bad_entry(name, "expected an object of dtype, shape and data_offsets"));
    }
    let fields: Fields = match serde_json::from_str(json) {
        Ok(fields) => fields,
        Err(error) => return Err(bad_entry(name, &error.to_string())),
    };
    let Fields { dtype, shape, data_offsets: [begin, end] } = fields;
    if shape.len() > MAX_AXES {
        let axes = shape.len();
        return Err(bad_entry(
            name,
            &format!("a shape of {axes} axes, expected at most {MAX_AXES}"),
        ));
    }
    match Dtype::deserialize(StrDeserializer::<ValueError>::new(&dtype)) {
        Ok(dtype) => Ok(Entry { name, dtype, shape, begin, end }),
        Err(_) => Err(Problem::UnknownDtype { tensor: name, dtype }),
    }
}

fn bad_entry(entry: String, reason: &str) -> Problem {
    Problem::BadEntry { entry, reason: one_line(reason) }
}

/// Puts metadata into a file that has none.
///
/// The library would write them in the random order of a hash map, so that a file's bytes were not the same each time.
pub(super) fn add_metadata(
    file: &mut Vec<u8>,
    metadata: &BTreeMap<String, String>,
) -> Result<(), SafeTensorError> {
    #[derive(Serialize)]
    struct Written<'a> {
        #[serde(rename = "__metadata__")]
        metadata: &'a BTreeMap<String, String>,
        #[serde(flatten)]
        tensors: Metadata,
    }

    let (length, tensors) = SafeTensors::read_metadata(file)?;
    let mut json = serde_json::to_vec(&Written { metadata, tensors })?;
    // As the library does it: the data begin at a multiple of eight.
    json.resize(json.len().next_multiple_of(LENGTH_BYTES), b' ');
    let length_before = (json.len() as u64).to_le_bytes();
    file.splice(..LENGTH_BYTES + length, length_before.into_iter().chain(json));
    Ok(())
}

/// Each tensor has the bytes its shape needs, inside the file, and they follow one another without holes.
///
/// The library makes sure of the same, but it wants the data first and does not say which tensor is wrong by how much.
fn check_offsets(entries: &[Entry], available: usize) -> Result<(), Problem> {
    let mut expected = 0;
    for entry in entries {
        let tensor = || entry.name.clone();
        let (begin, end) = (entry.begin, entry.end);
        if end > available && begin <= end {
            return Err(Problem::OffsetsOutsideFile { tensor: tensor(), begin, end, available });
        }
        let bits =
            elements(&entry.shape).and_then(|elements| elements.checked_mul(entry.dtype.bitsize()));
        let Some(bits) = bits else {
            return Err(Problem::ShapeTooLarge { tensor: tensor(), shape: entry.shape.clone() });
        };
        let needed = bits.div_ceil(8);
        if end.checked_sub(begin) != Some(needed) {
            let (shape, dtype) = (entry.shape.clone(), entry.dtype.to_string());
            return Err(Problem::OffsetsMisfit {
                tensor: tensor(),
                begin,
                end,
                expected: needed,
                shape,
                dtype,
            });
        }
        if begin != expected {
            return Err(Problem::OffsetsNotContiguous { tensor: tensor(), begin, expected });
        }
        expected = end;
    }
    if expected != available {
        return Err(Problem::TrailingBytes { expected, available });
    }
    Ok(())
}

/// The number of elements of a shape, if a machine word holds it.
pub(super) fn elements(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1_usize, |product, &length| product.checked_mul(length))
}

#[cfg(test)]
mod tests;
