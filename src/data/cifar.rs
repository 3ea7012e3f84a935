//! The binary version of CIFAR-10: a label and then 32×32 bytes of red, of green and of blue, for each image.

use super::{DataError, Images, file};
use std::path::Path;

const SHAPE: [usize; 3] = [3, 32, 32];
const RECORD: usize = 1 + 3 * 32 * 32;

/// Images and labels from files of CIFAR-10's binary version, one after the other.
///
/// # Errors
/// [`DataError`] if a file cannot be read, is not made of whole records, or has a label above 9.
pub fn cifar10<P: AsRef<Path>>(files: impl IntoIterator<Item = P>) -> Result<Images, DataError> {
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    for path in files {
        let path = path.as_ref();
        append(&file::read(path)?, &mut pixels, &mut labels)
            .map_err(|error| error.in_file(path))?;
    }
    Images::new(SHAPE, u8::MAX, pixels, labels)
}

fn append(bytes: &[u8], pixels: &mut Vec<u8>, labels: &mut Vec<u8>) -> Result<(), DataError> {
    let (records, rest) = bytes.as_chunks::<RECORD>();
    if records.is_empty() || !rest.is_empty() {
        let expected = format!("a multiple of {RECORD}, a label and 3×32×32 pixels for each image");
        return Err(DataError::Count { what: "bytes", found: bytes.len(), expected });
    }
    for (at, record) in records.iter().enumerate() {
        if record[0] > 9 {
            return Err(DataError::Label { at, found: record[0], largest: 9 });
        }
        labels.push(record[0]);
        pixels.extend_from_slice(&record[1..]);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_and_torn_ones_refused() {
        let mut bytes = vec![7];
        bytes.extend((0..3072).map(|i| (i / 1024) as u8 * 100));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test_batch.bin");
        std::fs::write(&path, bytes.repeat(2)).unwrap();
        let images = cifar10([&path, &path]).unwrap();
        assert_eq!((images.len(), images.shape(), images.label(3)), (4, SHAPE, 7));
        let mut image = vec![0.0_f64; 3072];
        images.write(2, &mut image);
        assert_eq!([image[0], image[2048]], [-1.0, (200.0 / 255.0 - 0.5) / 0.5]);

        std::fs::write(&path, &bytes[..3000]).unwrap();
        assert!(cifar10([&path]).unwrap_err().to_string().contains("3000 bytes: expected"));
        std::fs::write(&path, []).unwrap();
        assert!(cifar10([&path]).is_err());
        bytes[0] = 10;
        std::fs::write(&path, &bytes).unwrap();
        assert!(cifar10([&path]).unwrap_err().to_string().contains("label 0 is 10"));
    }
}
