//! The header of a safetensors file: what tensors there are and where.
//!
//! A file is the header's length (8 bytes, little-endian), the header (JSON), and the tensors' bytes without holes.

use super::Problem;
use super::json::{Cursor, json_string};
use safetensors::Dtype;
use std::collections::{BTreeMap, BTreeSet};

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
        let mut cursor = Cursor::new(text, LENGTH_BYTES);
        let mut entries: Vec<Entry> = Vec::new();
        let mut names = BTreeSet::new();
        let mut metadata = BTreeMap::new();
        cursor.object(|cursor, name| {
            if !names.insert(name.clone()) {
                return Err(Problem::DuplicateTensor { tensor: name });
            }
            if name == METADATA {
                return cursor.object(|cursor, key| {
                    let value = cursor.string()?;
                    match metadata.insert(key.clone(), value) {
                        Some(_) => Err(Problem::DuplicateMetadata { key }),
                        None => Ok(()),
                    }
                });
            }
            entries.push(entry(cursor, name)?);
            Ok(())
        })?;
        cursor.end()?;
        entries.sort_by(|a, b| (a.begin, a.end, &a.name).cmp(&(b.begin, b.end, &b.name)));
        check_offsets(&entries, available)?;
        Ok(Self { entries, metadata, data_begin: LENGTH_BYTES + bytes.len() })
    }
}

/// The bytes of a header with its length before it, padded so that the data begin at a multiple of eight.
pub(super) fn header_to_bytes(entries: &[Entry], metadata: &BTreeMap<String, String>) -> Vec<u8> {
    let mut members = Vec::with_capacity(entries.len() + 1);
    if !metadata.is_empty() {
        let pairs = metadata
            .iter()
            .map(|(key, value)| format!("{}:{}", json_string(key), json_string(value)));
        members.push(format!("\"{METADATA}\":{{{}}}", pairs.collect::<Vec<_>>().join(",")));
    }
    members.extend(entries.iter().map(|entry| {
        let shape: Vec<String> = entry.shape.iter().map(usize::to_string).collect();
        format!(
            "{}:{{\"dtype\":\"{}\",\"shape\":[{}],\"data_offsets\":[{},{}]}}",
            json_string(&entry.name),
            entry.dtype,
            shape.join(","),
            entry.begin,
            entry.end
        )
    }));
    let mut json = format!("{{{}}}", members.join(","));
    json.extend(std::iter::repeat_n(' ', json.len().next_multiple_of(LENGTH_BYTES) - json.len()));
    let mut bytes = (json.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(json.as_bytes());
    bytes
}

/// The description of the tensor `name`, after its colon.
fn entry(cursor: &mut Cursor<'_>, name: String) -> Result<Entry, Problem> {
    const FIELDS: &str = "the fields dtype, shape and data_offsets, each once";
    let (mut dtype, mut shape, mut offsets) = (None, None, None);
    cursor.object(|cursor, field| {
        match field.as_str() {
            "dtype" if dtype.is_none() => dtype = Some(cursor.string()?),
            "shape" if shape.is_none() => {
                shape = Some(cursor.numbers(MAX_AXES, "a shape of at most 64 axes")?)
            }
            "data_offsets" if offsets.is_none() => {
                offsets = Some(cursor.numbers(2, "two offsets")?)
            }
            // A field that is not known could not be written back, so it is not passed over.
            _ => return Err(cursor.unexpected(FIELDS)),
        }
        Ok(())
    })?;
    let (Some(dtype), Some(shape), Some(offsets)) = (dtype, shape, offsets) else {
        return Err(cursor.unexpected(FIELDS));
    };
    let [begin, end] = offsets[..] else {
        return Err(cursor.unexpected("two offsets"));
    };
    let Some(dtype) = DTYPES.into_iter().find(|known| known.to_string() == dtype) else {
        return Err(Problem::UnknownDtype { tensor: name, dtype });
    };
    Ok(Entry { name, dtype, shape, begin, end })
}

/// Each tensor has the bytes its shape needs, inside the file, and they follow one another without holes.
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

/// The element types of safetensors 0.8.
const DTYPES: [Dtype; 22] = [
    Dtype::BOOL,
    Dtype::F4,
    Dtype::F6_E2M3,
    Dtype::F6_E3M2,
    Dtype::U8,
    Dtype::I8,
    Dtype::F8_E5M2,
    Dtype::F8_E4M3,
    Dtype::F8_E8M0,
    Dtype::F8_E4M3FNUZ,
    Dtype::F8_E5M2FNUZ,
    Dtype::I16,
    Dtype::U16,
    Dtype::F16,
    Dtype::BF16,
    Dtype::I32,
    Dtype::U32,
    Dtype::F32,
    Dtype::C64,
    Dtype::F64,
    Dtype::I64,
    Dtype::U64,
];

#[cfg(test)]
mod tests {
    use super::*;

    const PAIR: &str = r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F64","shape":[],"data_offsets":[8,16]}}"#;

    fn problem(header: &str, available: usize) -> String {
        Header::parse(header.as_bytes(), available).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn a_header_comes_back_from_its_bytes() {
        let mut header = Header::parse(PAIR.as_bytes(), 16).unwrap();
        header.metadata.insert("key \"1\"".into(), "line\nline".into());
        let bytes = header_to_bytes(&header.entries, &header.metadata);
        assert_eq!(bytes.len() % 8, 0);
        let length = header_length(&bytes, bytes.len() as u64 + 16).unwrap();
        assert_eq!(length, bytes.len() - 8);
        let again = Header::parse(&bytes[8..], 16).unwrap();
        assert_eq!(again.metadata, header.metadata);
        assert_eq!(again.data_begin, bytes.len());
        assert_eq!(header_to_bytes(&again.entries, &again.metadata), bytes);
    }

    #[test]
    fn headers_out_of_form_are_refused_where_they_stand() {
        assert_eq!(
            problem("", 0),
            "has a bad header: expected an object at byte 8, found the end of the header"
        );
        assert_eq!(problem("[]", 0), "has a bad header: expected an object at byte 8, found '['");
        assert_eq!(
            problem("{} x", 0),
            "has a bad header: expected nothing after the closing brace at byte 11, found 'x'"
        );
        let extra = PAIR.replace("\"F32\"", "\"F32\",\"stride\":1");
        assert!(problem(&extra, 16).starts_with("has a bad header: expected the fields dtype, shape and data_offsets, each once at byte 37"));
        let twice = PAIR.replace("\"F32\"", "\"F32\",\"dtype\":\"F32\"");
        assert!(problem(&twice, 16).contains("each once"));
        let without = PAIR.replace("\"dtype\":\"F32\",", "");
        assert!(problem(&without, 16).contains("each once"));
        assert!(problem(&PAIR.replace("[8,16]", "[8]"), 16).contains("expected two offsets"));
        assert!(problem(&PAIR.replace("[8,16]", "[8,16,24]"), 16).contains("expected two offsets"));
        let deep = format!("{{\"a\":{{\"shape\":[{}1]}}}}", "1,".repeat(64));
        assert!(problem(&deep, 0).contains("expected a shape of at most 64 axes"));
        assert!(problem(&"[".repeat(1_000_000), 0).contains("expected an object"));
        assert_eq!(
            Header::parse(b"{\"\xff", 0).map(|_| ()).unwrap_err().to_string(),
            "has a header that is not UTF-8 at byte 10: not a safetensors file"
        );
        assert_eq!(
            problem(r#"{"__metadata__":{"a":"","a":""}}"#, 0),
            r#"metadata key "a" is there twice"#
        );
        assert!(problem(r#"{"__metadata__":{"a":1}}"#, 0).contains("expected a string at byte 29"));
    }

    #[test]
    fn offsets_are_held_against_shape_and_file() {
        assert_eq!(
            problem(PAIR, 15),
            r#"tensor "b" claims bytes 8..16 of the data, but the file has only 15: truncated, or a bad header"#
        );
        assert_eq!(
            problem(PAIR, 17),
            "has 17 bytes of data, expected 16: the rest belongs to no tensor"
        );
        assert_eq!(
            problem(&PAIR.replace("[0,8]", "[0,7]"), 16),
            r#"tensor "a" has offsets 0..7, expected 8 bytes for shape [2] of F32"#
        );
        assert_eq!(
            problem(&PAIR.replace("[0,8]", "[8,0]"), 16),
            r#"tensor "a" has offsets 8..0, expected 8 bytes for shape [2] of F32"#
        );
        assert_eq!(
            problem(&PAIR.replace("[0,8]", "[1,9]"), 16),
            r#"tensor "a" begins at byte 1 of the data, expected 0: no holes and no overlaps"#
        );
        assert_eq!(
            problem(&PAIR.replace("[2]", "[4294967296,4294967296]"), 16),
            r#"tensor "a" has shape [4294967296, 4294967296], too large to count"#
        );
        assert_eq!(
            problem(&PAIR.replace("F32", "F33"), 16),
            r#"tensor "a" has element type "F33", which safetensors does not have"#
        );
    }

    #[test]
    fn every_element_type_of_the_library_is_known() {
        let mut names: Vec<String> = DTYPES.iter().map(Dtype::to_string).collect();
        names.dedup();
        assert_eq!(names.len(), 22);
        assert!(DTYPES.is_sorted(), "in the library's order of alignment");
    }
}
