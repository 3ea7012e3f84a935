//! Files read within bounds, and written whole or not at all.

use super::Problem;
use std::fs::{self, File, Metadata};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use tempfile::NamedTempFile;

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
    let io = |action| move |error| Problem::Io { action, error };
    let mut file = new_file_in(folder).map_err(io("create a file in its folder"))?;
    file.write_all(bytes).map_err(io("write the file"))?;
    let written = file.as_file();
    if let Some(permissions) = permissions {
        written.set_permissions(permissions).map_err(io("keep the permissions of the file"))?;
    }
    // Without this a crash soon after could leave the new name on missing data.
    written.sync_all().map_err(io("write the file"))?;
    match file.persist(&target) {
        Ok(_) => Ok(()),
        Err(failure) => Err(io("put the file in its place")(failure.error)),
    }
}

/// A new file that is gone when it is dropped before it has got a lasting name.
fn new_file_in(folder: &Path) -> std::io::Result<NamedTempFile> {
    // A short name of its own: the target's could be too long to be made longer.
    let mut builder = tempfile::Builder::new();
    builder.prefix(".equibayes-").suffix(".tmp");
    // Whatever the process lets new files have; by default others could not read a temporary file, nor then the result.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}
