//! Headers that lie.

use crate::files::{assert_refused, raw_file};
use equibayes::checkpoint::Problem;
use safetensors::SafeTensors;

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
