//! Files read within bounds, and written whole or not at all.

use super::Problem;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Opens a regular file; gives its length in bytes too.
///
/// What it is is asked before it is opened, for opening a pipe would wait for someone to write into it.
pub(super) fn open_regular(path: &Path) -> Result<(File, u64), Problem> {
    let before =
        fs::metadata(path).map_err(|error| Problem::Io { action: "open the file", error })?;
    check_regular(&before)?;
    let file = File::open(path).map_err(|error| Problem::Io { action: "open the file", error })?;
    let opened = file.metadata().map_err(|error| Problem::Io { action: "open the file", error })?;
    check_regular(&opened)?;
    Ok((file, opened.len()))
}

fn check_regular(metadata: &Metadata) -> Result<(), Problem> {
    if metadata.is_file() {
        return Ok(());
    }
    let found = if metadata.is_dir() { "a directory" } else { "a pipe, a socket or a device" };
    Err(Problem::NotARegularFile { found })
}

/// Appends the next `count` bytes of a file, which must have them.
pub(super) fn append(file: &mut File, bytes: &mut Vec<u8>, count: usize) -> Result<(), Problem> {
    bytes.try_reserve_exact(count).map_err(|_| Problem::OutOfMemory { bytes: count as u64 })?;
    let read = file.take(count as u64).read_to_end(bytes);
    let found = read.map_err(|error| Problem::Io { action: "read the file", error })?;
    if found < count {
        return Err(Problem::Shrunk { expected: count as u64, found: found as u64 });
    }
    Ok(())
}

/// Writes a file whole or not at all.
///
/// The bytes go into a new file beside the target, which then takes the target's place and, if there was one, its
/// permissions. On failure the target is as it was and the new file is gone. A symbolic link stays one; the file that it
/// leads to is replaced.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("result.bin");
/// equibayes::checkpoint::write_whole(&path, b"first").unwrap();
/// equibayes::checkpoint::write_whole(&path, b"second").unwrap();
/// assert_eq!(std::fs::read(&path)?, b"second");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// [`Problem::NotARegularFile`] if something else than a file is there (nothing is renamed over a device),
/// [`Problem::ReadOnly`] if the file is write-protected, [`Problem::NoFileName`], [`Problem::Io`].
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    let (target, permissions) = match fs::metadata(path) {
        Ok(metadata) => {
            check_regular(&metadata)?;
            if metadata.permissions().readonly() {
                return Err(Problem::ReadOnly);
            }
            let target = fs::canonicalize(path)
                .map_err(|error| Problem::Io { action: "follow the path", error })?;
            (target, Some(metadata.permissions()))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => (path.to_path_buf(), None),
        Err(error) => return Err(Problem::Io { action: "write the file", error }),
    };
    if target.file_name().is_none() {
        return Err(Problem::NoFileName);
    }
    let folder =
        target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (temporary, mut file) = Temporary::create_in(folder)?;
    let io = |action| move |error| Problem::Io { action, error };
    file.write_all(bytes).map_err(io("write the file"))?;
    if let Some(permissions) = permissions {
        file.set_permissions(permissions).map_err(io("keep the permissions of the file"))?;
    }
    // Without this a crash soon after could leave the new name on missing data.
    file.sync_all().map_err(io("write the file"))?;
    drop(file);
    temporary.replace(&target)
}

/// A file that is removed when it is dropped before it has taken its place.
struct Temporary {
    path: PathBuf,
    is_placed: bool,
}

impl Temporary {
    fn create_in(folder: &Path) -> Result<(Self, File), Problem> {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        const ATTEMPTS: usize = 1000;
        let mut attempt = 0;
        loop {
            // A short name of its own: the target's could be too long to be made longer.
            let number = COUNTER.fetch_add(1, Ordering::Relaxed);
            let path = folder.join(format!(".equibayes-{}-{number}.tmp", std::process::id()));
            attempt += 1;
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok((Self { path, is_placed: false }, file)),
                Err(error) if error.kind() == ErrorKind::AlreadyExists && attempt < ATTEMPTS => {}
                Err(error) => {
                    return Err(Problem::Io { action: "create a file in its folder", error });
                }
            }
        }
    }

    fn replace(mut self, target: &Path) -> Result<(), Problem> {
        fs::rename(&self.path, target)
            .map_err(|error| Problem::Io { action: "put the file in its place", error })?;
        self.is_placed = true;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.is_placed {
            // There is nothing left to do where even this fails; the error that led here is the one to report.
            let _ = fs::remove_file(&self.path);
        }
    }
}
