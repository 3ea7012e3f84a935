//! Text for messages: whatever a file says stays on one line and of bearable length.

const LONGEST_NAME: usize = 100;
const LONGEST_REASON: usize = 200;
pub(super) const LONGEST_PATH: usize = 1000;

/// A name from a file, in quotes, on one line, of bearable length.
pub(super) fn quoted(name: &str) -> String {
    shortened(format!("{name:?}"), LONGEST_NAME)
}

/// What a library says is wrong, which may repeat text of a file, on one line of bearable length.
pub(super) fn one_line(reason: &str) -> String {
    let escaped = |character| match character {
        // Quotes separate words here; that the library's own stay legible matters more than telling them from others.
        '"' | '\'' | '\\' => String::from(character),
        other => other.escape_debug().to_string(),
    };
    shortened(reason.to_owned(), LONGEST_REASON).chars().map(escaped).collect()
}

/// The first few of some names, and how many there are.
pub(super) fn some_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 4;
    let names: Vec<&str> = names.into_iter().collect();
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| quoted(name)).collect();
    match (names.len(), names.len().saturating_sub(SHOWN)) {
        (0, _) => "no tensor".to_owned(),
        (_, 0) => shown.join(", "),
        (_, more) => format!("{} and {more} more", shown.join(", ")),
    }
}

/// `text` with its middle cut out where it has more than `longest` characters.
pub(super) fn shortened(text: String, longest: usize) -> String {
    let length = text.chars().count();
    if length <= longest {
        return text;
    }
    let start: String = text.chars().take(longest / 2).collect();
    let end: String = text.chars().skip(length - longest / 2).collect();
    format!("{start}…{end}")
}

#[cfg(test)]
mod tests {
    use super::super::{CheckpointError, Problem};
    use super::*;
    use std::path::Path;

    #[test]
    fn names_stay_on_one_line_and_short() {
        let problem = Problem::DuplicateTensor { tensor: "a\nb\u{2028}\u{1b}".into() };
        assert_eq!(problem.to_string(), r#"tensor "a\nb\u{2028}\u{1b}" is there twice"#);
        let long = quoted(&"é".repeat(1000));
        assert_eq!(long.chars().count(), LONGEST_NAME + 1);
        assert!(long.starts_with("\"é") && long.ends_with("é\"") && long.contains('…'));
        let error = CheckpointError::new(Path::new("x\ny"), Problem::EmptyFile);
        assert_eq!(error.to_string(), r#""x\ny": is empty, expected a safetensors file"#);
    }

    #[test]
    fn reasons_keep_their_quotes_but_stay_on_one_line_and_short() {
        assert_eq!(one_line("`a\"\n\u{1b}\u{2028}\\'é`"), r#"`a"\n\u{1b}\u{2028}\'é`"#);
        let long = one_line(&format!("unknown field `{}` at line 1", "x".repeat(10_000)));
        assert_eq!(long.chars().count(), LONGEST_REASON + 1);
        assert!(long.starts_with("unknown field") && long.ends_with("at line 1"));
    }

    #[test]
    fn lists_of_names_say_how_many_were_left_out() {
        assert_eq!(some_of([]), "no tensor");
        assert_eq!(some_of(["a", "b"]), r#""a", "b""#);
        assert_eq!(some_of(["a", "b", "c", "d", "e", "f"]), r#""a", "b", "c", "d" and 2 more"#);
    }
}
