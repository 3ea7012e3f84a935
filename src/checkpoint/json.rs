//! The little JSON that a safetensors header is made of: strings, whole numbers, arrays and objects of known form.
//!
//! A header is read by hand for three reasons: the errors can name the tensor, a name that occurs twice is seen (a map
//! would keep the last and drop the other in silence), and a hostile header cannot make the parser build anything but
//! the names and shapes it is asked for.

use super::Problem;

/// A place in the text of a header.
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    /// Position of the text in the file, for messages.
    origin: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, origin: usize) -> Self {
        Self { text, at: 0, origin }
    }

    /// The next character after white space, not consumed.
    fn peek(&mut self) -> Option<char> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
        self.text[self.at..].chars().next()
    }

    /// That the header has something else here than `expected`.
    pub(super) fn unexpected(&self, expected: &'static str) -> Problem {
        let found = self.text[self.at..].chars().next();
        let found = found.map_or_else(
            || "the end of the header".to_owned(),
            |character| format!("{character:?}"),
        );
        Problem::BadHeader { position: self.origin + self.at, expected, found }
    }

    /// Consumes `token` if it is next.
    pub(super) fn eat(&mut self, token: char) -> bool {
        let next = self.peek() == Some(token);
        if next {
            self.at += token.len_utf8();
        }
        next
    }

    /// Consumes `token`.
    pub(super) fn expect(&mut self, token: char, expected: &'static str) -> Result<(), Problem> {
        if self.eat(token) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    /// Nothing but white space may follow.
    pub(super) fn end(&mut self) -> Result<(), Problem> {
        if self.peek().is_none() {
            Ok(())
        } else {
            Err(self.unexpected("nothing after the closing brace"))
        }
    }

    /// An object: `entry` is called after each key and its colon.
    pub(super) fn object(
        &mut self,
        mut entry: impl FnMut(&mut Self, String) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        self.expect('{', "an object")?;
        if self.eat('}') {
            return Ok(());
        }
        loop {
            let key = self.string()?;
            self.expect(':', "a colon")?;
            entry(self, key)?;
            if self.eat('}') {
                return Ok(());
            }
            self.expect(',', "a comma or a closing brace")?;
        }
    }

    /// An array of at most `longest` whole numbers.
    pub(super) fn numbers(
        &mut self,
        longest: usize,
        expected: &'static str,
    ) -> Result<Vec<usize>, Problem> {
        let mut numbers = Vec::new();
        self.expect('[', expected)?;
        if self.eat(']') {
            return Ok(numbers);
        }
        loop {
            if numbers.len() == longest {
                return Err(self.unexpected(expected));
            }
            numbers.push(self.number()?);
            if self.eat(']') {
                return Ok(numbers);
            }
            self.expect(',', "a comma or a closing bracket")?;
        }
    }

    /// A whole number that a machine word holds.
    fn number(&mut self) -> Result<usize, Problem> {
        const EXPECTED: &str = "a whole number of at most 64 bits";
        self.peek();
        let rest = &self.text[self.at..];
        let digits = &rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())];
        if digits.len() > 1 && digits.starts_with('0') {
            return Err(self.unexpected(EXPECTED));
        }
        let number = digits.parse().map_err(|_| self.unexpected(EXPECTED))?;
        self.at += digits.len();
        Ok(number)
    }

    /// A string, its escapes resolved.
    pub(super) fn string(&mut self) -> Result<String, Problem> {
        self.expect('"', "a string")?;
        let mut string = String::new();
        loop {
            match self.bump() {
                Some('"') => return Ok(string),
                Some('\\') => string.push(self.escaped()?),
                Some(character) if character >= ' ' => string.push(character),
                Some(character) => {
                    self.at -= character.len_utf8();
                    return Err(self.unexpected("no bare control character in a string"));
                }
                None => return Err(self.unexpected("the end of a string")),
            }
        }
    }

    /// The next character, white space included, consumed.
    fn bump(&mut self) -> Option<char> {
        let character = self.text[self.at..].chars().next()?;
        self.at += character.len_utf8();
        Some(character)
    }

    /// What follows a backslash.
    fn escaped(&mut self) -> Result<char, Problem> {
        let start = self.at;
        let resolved = match self.bump() {
            Some(character @ ('"' | '\\' | '/')) => Some(character),
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some('u') => self.unicode(),
            _ => None,
        };
        resolved.ok_or_else(|| {
            self.at = start;
            self.unexpected("an escape sequence of JSON")
        })
    }

    /// The character of `\uXXXX`, or of a pair of surrogates, from after the `u`.
    fn unicode(&mut self) -> Option<char> {
        let first = self.hexadecimal()?;
        if !(0xD800..0xDC00).contains(&first) {
            return char::from_u32(first);
        }
        if self.bump() != Some('\\') || self.bump() != Some('u') {
            return None;
        }
        let second = self.hexadecimal().filter(|second| (0xDC00..0xE000).contains(second))?;
        char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    }

    /// Four hexadecimal digits.
    fn hexadecimal(&mut self) -> Option<u32> {
        (0..4).try_fold(0, |number, _| Some(number * 16 + self.bump()?.to_digit(16)?))
    }
}

/// `text` as a JSON string, in quotes.
pub(super) fn json_string(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\u{8}' => json.push_str("\\b"),
            '\u{c}' => json.push_str("\\f"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            control if control < ' ' => json.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => json.push(other),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(text: &str) -> Result<String, String> {
        Cursor::new(text, 0).string().map_err(|problem| problem.to_string())
    }

    #[test]
    fn strings_come_back_from_json() {
        for text in
            ["", "plain", "\"\\/", "\u{8}\u{c}\n\r\t\u{1}\u{1f}\u{7f}", "é ∞ 🦀", "conv_layers.0"]
        {
            assert_eq!(string(&json_string(text)).as_deref(), Ok(text));
        }
        assert_eq!(string(r#" "\u00e9\uD83E\uDD80\/" "#).as_deref(), Ok("é🦀/"));
    }

    #[test]
    fn broken_strings_are_refused() {
        for broken in [
            r#""\x""#,
            r#""\u12""#,
            r#""\uD83E""#,
            r#""\uD83E\u0041""#,
            r#""\uDD80""#,
            "\"a\nb\"",
            "\"open",
            "7",
            "",
        ] {
            assert!(string(broken).is_err(), "{broken:?} was taken");
        }
        assert_eq!(
            string("\"a\tb\"").unwrap_err(),
            "has a bad header: expected no bare control character in a string at byte 2, found '\\t'"
        );
    }

    #[test]
    fn numbers_are_whole_and_fit() {
        let numbers = |text: &str| Cursor::new(text, 0).numbers(3, "an array").ok();
        assert_eq!(numbers(" [ 1 , 0,18446744073709551615]"), Some(vec![1, 0, usize::MAX]));
        assert_eq!(numbers("[]"), Some(vec![]));
        for broken in [
            "[1,2,3,4]",
            "[-1]",
            "[1.0]",
            "[1e3]",
            "[01]",
            "[18446744073709551616]",
            "[1,]",
            "[1",
            "1",
        ] {
            assert_eq!(numbers(broken), None, "{broken} was taken");
        }
    }
}
