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
    assert_eq!(problem("", 0), "has a bad header: EOF while parsing a value at line 1 column 0");
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
    for nested in ["[".repeat(deep), "{\"a\":".repeat(deep), "[".repeat(deep) + &"]".repeat(deep)] {
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
