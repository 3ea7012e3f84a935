//! Results: text or JSON on standard output, and files that are written whole or not at all.

use super::CommandError;
use equibayes::checkpoint::write_whole;
use equibayes::report::Paint;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Where JSON goes.
pub(super) enum Target {
    StandardOutput,
    File(OutputFile),
}

/// Where a command's results go.
pub(crate) struct Outputs {
    json: Option<Target>,
    quiet: bool,
}

impl Outputs {
    pub(super) fn new(json: Option<Target>, quiet: bool) -> Self {
        Self { json, quiet }
    }

    /// Fails if the JSON would replace this input.
    ///
    /// # Errors
    /// If both are the same file.
    pub(crate) fn keep(&self, input: &Path) -> Result<(), CommandError> {
        let same = |file: &OutputFile| fs::canonicalize(input).is_ok_and(|path| path == file.place);
        match self.json_file() {
            Some(json) if same(json) => Err(CommandError::new(format!(
                "--json {input:?}: expected another file than the posterior that is read"
            ))),
            _ => Ok(()),
        }
    }

    /// The file that JSON goes to, if it goes to a file.
    pub(crate) fn json_file(&self) -> Option<&OutputFile> {
        match &self.json {
            Some(Target::File(file)) => Some(file),
            _ => None,
        }
    }

    /// Writes the result: JSON where it was asked for, and as text unless standard output holds the
    /// JSON or nothing should be said. Both are made only when needed, and end with a line break.
    ///
    /// # Errors
    /// If it cannot be written. That the reader of a pipe has gone is no error.
    pub(crate) fn deliver(
        &self,
        text: impl FnOnce(Paint) -> String,
        json: impl FnOnce() -> String,
    ) -> Result<(), CommandError> {
        match &self.json {
            Some(Target::StandardOutput) => return print(&json()),
            Some(Target::File(file)) => file.write(json().as_bytes())?,
            None => {}
        }
        if self.quiet { Ok(()) } else { print(&text(paint())) }
    }
}

/// Colours if standard output is a terminal that has them and `NO_COLOR` is not set.
fn paint() -> Paint {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    if io::stdout().is_terminal() && !set("NO_COLOR") && !dumb {
        Paint::Colour
    } else {
        Paint::Plain
    }
}

/// Writes to standard output. That the reader of a pipe has gone is no error.
pub(super) fn print(text: &str) -> Result<(), CommandError> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(CommandError::new(format!("standard output: expected to write to it: {error}")))
        }
        _ => Ok(()),
    }
}

/// A file to be written whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OutputFile {
    /// The path as it was given.
    given: PathBuf,
    /// Where that is, with links followed.
    place: PathBuf,
    /// A pipe or a device: it cannot be replaced, so it is written to.
    special: bool,
}

impl OutputFile {
    /// Checks that the file can be written, by making and removing one beside it.
    ///
    /// # Errors
    /// If it cannot be: there is no such directory, it is a directory itself, it is read-only, …
    pub(crate) fn at(given: &Path) -> Result<Self, CommandError> {
        // By convention standard output, which these files do not go to.
        if given == Path::new("-") {
            return Err(refused(given, "only --json takes - for standard output"));
        }
        let file = match fs::canonicalize(given) {
            Ok(place) => Self::existing(given, place)?,
            Err(error) if error.kind() == ErrorKind::NotFound => Self::new(given)?,
            Err(error) => return Err(refused(given, error)),
        };
        if !file.special {
            let name = format!(".equibayes-{}-check.tmp", std::process::id());
            let beside = file.place.with_file_name(name);
            OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(&beside)
                .and_then(|_| fs::remove_file(&beside))
                .map_err(|error| refused(given, error))?;
        }
        Ok(file)
    }

    fn existing(given: &Path, place: PathBuf) -> Result<Self, CommandError> {
        let metadata = fs::metadata(&place).map_err(|error| refused(given, error))?;
        if metadata.is_dir() {
            return Err(refused(given, "it is a directory"));
        }
        if metadata.permissions().readonly() {
            return Err(refused(given, "it is read-only"));
        }
        Ok(Self { given: given.into(), place, special: !metadata.is_file() })
    }

    fn new(given: &Path) -> Result<Self, CommandError> {
        let Some(name) = given.file_name() else { return Err(refused(given, "no name of a file")) };
        let parent = given.parent().filter(|parent| !parent.as_os_str().is_empty());
        let folder = fs::canonicalize(parent.unwrap_or(Path::new(".")))
            .map_err(|error| refused(given, format!("its directory: {error}")))?;
        Ok(Self { given: given.into(), place: folder.join(name), special: false })
    }

    /// Writes the file: beside its place first, then moved there.
    ///
    /// # Errors
    /// If it cannot be written; what was there before then still is.
    pub(crate) fn write(&self, contents: &[u8]) -> Result<(), CommandError> {
        if !self.special {
            return write_whole(&self.given, contents).map_err(|error| refused(&self.given, error));
        }
        let written = OpenOptions::new()
            .write(true)
            .open(&self.place)
            .and_then(|mut file| file.write_all(contents));
        match written {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(refused(&self.given, error)),
            _ => Ok(()),
        }
    }

    /// Whether both are the same place.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.place == other.place
    }
}

fn refused(given: &Path, why: impl std::fmt::Display) -> CommandError {
    let given = given.display();
    CommandError::new(format!("output file '{given}': expected a file that can be written: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("result.json");
        for contents in ["first", "second"] {
            OutputFile::at(&path).unwrap().write(contents.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), contents);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn checking_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        OutputFile::at(&folder.path().join("result.json")).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_failed_write_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("result.json");
        let file = OutputFile::at(&path).unwrap();
        // The place is taken by a directory between the check and the writing.
        fs::create_dir(&path).unwrap();
        fs::write(path.join("inside"), "kept").unwrap();
        assert!(file.write(b"new").is_err());
        assert_eq!(fs::read_to_string(path.join("inside")).unwrap(), "kept");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_devices_are_not_replaced() {
        use std::os::unix::fs::FileTypeExt;
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, "before").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        let file = OutputFile::at(&link).unwrap();
        assert!(file.is_same(&OutputFile::at(&target).unwrap()));
        file.write(b"after").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&target).unwrap(), "after");

        OutputFile::at(Path::new("/dev/null")).unwrap().write(b"gone").unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    }
}
