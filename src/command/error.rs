//! How a command ends.

use std::io::Write;
use thiserror::Error;

/// How a command ends that could do what it was asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Done, or every claim holds: exit status 0.
    Done,
    /// A claim fails, or an audit finds what it was told to refuse: exit status 1.
    Refused,
}

/// Bad usage or bad input: exit status 2 and one line that says what, where, and what was expected.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{0}")]
pub(crate) struct CommandError(String);

impl CommandError {
    /// An error from a message; line breaks and other control characters in it are escaped.
    pub(crate) fn new(message: impl std::fmt::Display) -> Self {
        let mut line = String::new();
        for c in message.to_string().chars() {
            if c.is_control() { line.extend(c.escape_default()) } else { line.push(c) }
        }
        Self(line)
    }

    /// Writes the line to standard error.
    pub(crate) fn report(&self) {
        // Where standard error is closed there is nobody to tell.
        let _ = writeln!(std::io::stderr().lock(), "equibayes: {self}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_line() {
        let error = CommandError::new("file 'a\nb\u{1b}[31m': expected é");
        assert_eq!(error.to_string(), "file 'a\\nb\\u{1b}[31m': expected é");
    }
}
