//! Files, as they are or compressed by gzip.

use super::DataError;
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

/// More than any data set of this kind takes: CIFAR-10 has 30 MB in a file, MNIST 47 MB.
const LIMIT: u64 = 1 << 30;

/// The first bytes of whatever gzip has written.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// All bytes of a file, unpacked if it is compressed.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, DataError> {
    let failed = |error| DataError::Io { path: path.into(), error };
    let file = File::open(path).map_err(failed)?;
    let packed = at_most(file, path, LIMIT)?;
    if packed.starts_with(&GZIP) {
        at_most(MultiGzDecoder::new(Cursor::new(packed)), path, LIMIT)
    } else {
        Ok(packed)
    }
}

/// All bytes of a stream, which has no more than `limit`.
fn at_most(from: impl Read, path: &Path, limit: u64) -> Result<Vec<u8>, DataError> {
    let mut bytes = Vec::new();
    from.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| DataError::Io { path: path.into(), error })?;
    if bytes.len() as u64 > limit {
        return Err(DataError::TooLarge { path: path.into(), limit });
    }
    Ok(bytes)
}

/// The first of these files that the folder has, itself or with `.gz`.
pub(super) fn find(folder: &Path, names: &[&str]) -> Result<PathBuf, DataError> {
    names
        .iter()
        .flat_map(|name| [folder.join(name), folder.join(format!("{name}.gz"))])
        .find(|path| path.is_file())
        .ok_or_else(|| DataError::NoFile {
            folder: folder.into(),
            expected: format!("{}, plain or .gz", names.join(" or ")),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn compressed_files_are_unpacked_and_bombs_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.gz");
        std::fs::write(&path, packed(b"twelve bytes")).unwrap();
        assert_eq!(read(&path).unwrap(), b"twelve bytes");
        let error = at_most(Cursor::new([0; 9]), &path, 8).unwrap_err();
        assert!(matches!(error, DataError::TooLarge { limit: 8, .. }), "{error}");
        assert_eq!(at_most(Cursor::new([0; 8]), &path, 8).unwrap().len(), 8);
    }

    #[test]
    fn what_is_torn_or_absent_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("torn.gz");
        let whole = packed(&[7; 1000]);
        std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        assert!(matches!(read(&path).unwrap_err(), DataError::Io { .. }));
        assert!(matches!(read(folder.path()).unwrap_err(), DataError::Io { .. }));
        let error = find(folder.path(), &["a", "b"]).unwrap_err();
        assert!(error.to_string().ends_with("has no a or b, plain or .gz"), "{error}");
        assert_eq!(find(folder.path(), &["absent", "torn"]).unwrap(), path);
    }
}
