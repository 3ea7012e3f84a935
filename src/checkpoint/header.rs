//! The header of a safetensors file: what tensors there are and where.
//!
//! A file is the header's length (8 bytes, little-endian), the header (JSON), and the tensors' bytes without holes.

use super::Problem;
use super::error::one_line;
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
mod tests {
    use super::*;

    const PAIR: &str = r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F64","shape":[],"data_offsets":[8,16]}}"#;

    fn problem(header: &str, available: usize) -> String {
        Header::parse(header.as_bytes(), available).map(|_| ()).unwrap_err().to_string()
    }

    /// `PAIR` with something put in place of its first "F32".
    fn pair_with(dtype: &str) -> String {
        PAIR.replacen("\"F32\"", dtype, 1)
    }

    #[test]
    fn metadata_are_added_by_key_and_come_back() {
        let without = [&(PAIR.len() as u64).to_le_bytes(), PAIR.as_bytes(), &[7; 16]].concat();
        let texts = ["", "\"\\/", "\u{8}\u{c}\n\r\t\u{1}\u{1f}\u{7f}", "é ∞ 🦀", "plain"];
        let metadata: BTreeMap<String, String> =
            texts.iter().rev().map(|text| (format!("key {text}"), (*text).to_owned())).collect();
        let mut file = without.clone();
        add_metadata(&mut file, &metadata).unwrap();
        let length = header_length(&file, file.len() as u64).unwrap();
        let header = Header::parse(&file[8..8 + length], 16).unwrap();
        assert_eq!(header.metadata, metadata);
        assert_eq!((header.data_begin % 8, &file[header.data_begin..]), (0, [7; 16].as_slice()));
        let names: Vec<&str> = header.entries.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
        for _ in 0..8 {
            let mut again = without.clone();
            add_metadata(&mut again, &metadata).unwrap();
            assert_eq!(again, file);
        }
    }

    #[test]
    fn text_that_is_no_object_is_refused() {
        assert_eq!(
            problem("", 0),
            "has a bad header: EOF while parsing a value at line 1 column 0"
        );
        assert_eq!(
            problem("[]", 0),
            "has a bad header: invalid type: sequence, expected an object at line 1 column 0"
        );
        assert_eq!(problem("{} x", 0), "has a bad header: trailing characters at line 1 column 4");
        assert_eq!(
            Header::parse(b"{\"\xff", 0).map(|_| ()).unwrap_err().to_string(),
            "has a header that is not UTF-8 at byte 10: not a safetensors file"
        );
        for broken in [
            r#"{"\x":{}}"#,
            r#"{"\u12":{}}"#,
            r#"{"\uD83E":{}}"#,
            r#"{"\uDD80":{}}"#,
            "{\"a\nb\":{}}",
            "{\"open",
            r#"{"a":}"#,
            r#"{"a":{},}"#,
            r#"{"a" {}}"#,
        ] {
            let message = problem(broken, 0);
            assert!(message.starts_with("has a bad header: "), "{broken:?}: {message}");
        }
    }

    #[test]
    fn an_entry_out_of_form_is_refused_by_name() {
        assert_eq!(
            problem(&pair_with("\"F32\",\"stride\":1"), 16),
            "entry \"a\" of the header is bad: unknown field `stride`, expected one of `dtype`, `shape`, `data_offsets` \
             at line 1 column 23"
        );
        assert_eq!(
            problem(&pair_with("\"F32\",\"dtype\":\"F32\""), 16),
            "entry \"a\" of the header is bad: duplicate field `dtype` at line 1 column 22"
        );
        assert_eq!(
            problem(&PAIR.replacen("\"dtype\":\"F32\",", "", 1), 16),
            "entry \"a\" of the header is bad: missing field `dtype` at line 1 column 34"
        );
        assert!(
            problem(&pair_with("32"), 16).contains("invalid type: integer `32`, expected a string")
        );
        assert_eq!(
            problem(r#"{"a":["F32",[2],[0,8]]}"#, 8),
            "entry \"a\" of the header is bad: expected an object of dtype, shape and data_offsets"
        );
        for offsets in ["[8]", "[8,16,24]", "[8,16.0]", "8", "[8,16"] {
            let message = problem(&PAIR.replace("[8,16]", offsets), 16);
            assert!(message.contains("bad"), "{offsets}: {message}");
        }
        let longest = format!("[{}1]", "1,".repeat(63));
        assert!(Header::parse(PAIR.replace("[]", &longest).as_bytes(), 16).is_ok());
        let longer = format!("[{}1]", "1,".repeat(64));
        assert_eq!(
            problem(&PAIR.replace("[]", &longer), 16),
            "entry \"b\" of the header is bad: a shape of 65 axes, expected at most 64"
        );
    }

    #[test]
    fn lengths_are_whole_numbers_that_fit() {
        let shape = |shape: &str| {
            let header = PAIR.replace("[2]", shape);
            Header::parse(header.as_bytes(), 16).map(|header| header.entries[0].shape.clone())
        };
        assert_eq!(shape(" [ 1 ,2, 1] ").unwrap(), [1, 2, 1]);
        assert!(matches!(shape("[18446744073709551615]"), Err(Problem::ShapeTooLarge { .. })));
        for broken in
            ["[-1]", "[2.0]", "[2e0]", "[02]", "[18446744073709551616]", "[2,]", "2", "[\"2\"]"]
        {
            let refused =
                matches!(shape(broken), Err(Problem::BadEntry { .. } | Problem::BadHeader { .. }));
            assert!(refused, "{broken} was taken");
        }
    }

    #[test]
    fn metadata_are_texts_under_keys_of_their_own() {
        assert_eq!(
            problem(r#"{"__metadata__":{"a":"","a":""}}"#, 0),
            r#"metadata key "a" is there twice"#
        );
        assert_eq!(
            problem(r#"{"__metadata__":{},"__metadata__":{}}"#, 0),
            r#"tensor "__metadata__" is there twice"#
        );
        assert_eq!(
            problem(r#"{"__metadata__":{"a":1}}"#, 0),
            "entry \"__metadata__\" of the header is bad: invalid type: integer `1`, expected a string at line 1 column 6"
        );
        assert!(problem(r#"{"__metadata__":null}"#, 0).contains("expected an object"));
        let header = Header::parse(br#"{"__metadata__":{"\u00e9":"\uD83E\uDD80\/"}}"#, 0).unwrap();
        assert_eq!(header.metadata, BTreeMap::from([("é".to_owned(), "🦀/".to_owned())]));
    }

    #[test]
    fn hostile_headers_do_no_harm() {
        // Deep nesting wherever a value can stand, closed or not.
        let deep = 1_000_000;
        for nested in
            ["[".repeat(deep), "{\"a\":".repeat(deep), "[".repeat(deep) + &"]".repeat(deep)]
        {
            for header in [
                nested.clone(),
                format!("{{\"a\":{nested}}}"),
                pair_with(&nested),
                PAIR.replace("[2]", &nested),
                format!("{{\"__metadata__\":{nested}}}"),
                format!("{{\"__metadata__\":{{\"a\":{nested}}}}}"),
            ] {
                assert!(problem(&header, 16).contains("bad"));
            }
        }
        // What a message repeats of the header stays short and on its line.
        let ugly = r"\n\u001b[2J\u2028".repeat(1000);
        for header in [
            pair_with(&format!("\"F32\",\"{ugly}\":1")),
            pair_with(&format!("\"{ugly}\"")),
            PAIR.replace("[2]", &format!("\"{ugly}\"")),
            PAIR.replace("\"a\"", &format!("\"{ugly}\"")).replace("[2]", "2"),
        ] {
            let message = problem(&header, 16);
            assert!(message.chars().count() < 2000, "{message}");
            assert!(!message.contains(|c: char| c.is_control() || c == '\u{2028}'), "{message:?}");
        }
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
}
