//! The IDX format of MNIST: a magic number, sizes in big-endian order, bytes.

use super::{DataError, Images, file};
use std::path::Path;

/// Images and labels from two IDX files, compressed by gzip or not; pixels up to 255.
///
/// # Errors
/// [`DataError`] if a file cannot be read, is none of images (or labels), or the counts do not fit.
pub fn idx(images: &Path, labels: &Path) -> Result<Images, DataError> {
    let bytes = file::read(images)?;
    let (shape, count, pixels) = parse_images(&bytes).map_err(|error| error.in_file(images))?;
    let bytes = file::read(labels)?;
    let labelled = parse_labels(&bytes).map_err(|error| error.in_file(labels))?;
    joined(shape, count, pixels, labelled, u8::MAX).map_err(|error| error.in_file(labels))
}

/// The same from bytes.
pub(super) fn parse(images: &[u8], labels: &[u8], white: u8) -> Result<Images, DataError> {
    let (shape, count, pixels) = parse_images(images)?;
    joined(shape, count, pixels, parse_labels(labels)?, white)
}

fn joined(
    shape: [usize; 3],
    count: usize,
    pixels: &[u8],
    labels: &[u8],
    white: u8,
) -> Result<Images, DataError> {
    if labels.len() != count {
        let expected = format!("one for each of {count} images");
        return Err(DataError::Count { what: "labels", found: labels.len(), expected });
    }
    Images::new(shape, white, pixels.to_vec(), labels.to_vec())
}

/// A kind of file: its first four bytes, and what to call it.
struct Kind {
    magic: [u8; 4],
    hex: &'static str,
    what: &'static str,
}

const IMAGES: Kind =
    Kind { magic: [0, 0, 8, 3], hex: "[00, 00, 08, 03]", what: "an IDX file of images" };
const LABELS: Kind =
    Kind { magic: [0, 0, 8, 1], hex: "[00, 00, 08, 01]", what: "an IDX file of labels" };

/// The sizes behind the magic number, and the data, which is as long as they say.
fn split<'a, const AXES: usize>(
    bytes: &'a [u8],
    kind: &Kind,
) -> Result<([usize; AXES], &'a [u8]), DataError> {
    let Some(rest) = bytes.strip_prefix(&kind.magic) else {
        let first = &bytes[..bytes.len().min(4)];
        let found = if first.is_empty() { "nothing".into() } else { format!("{first:02x?}") };
        return Err(DataError::Magic { what: kind.what, found, expected: kind.hex });
    };
    let Some((sizes, data)) = rest.split_at_checked(4 * AXES) else {
        let expected = format!("{}, for {AXES} sizes", 4 * AXES);
        return Err(DataError::Count { what: "bytes of sizes", found: rest.len(), expected });
    };
    let mut counts = [0; AXES];
    for (count, size) in counts.iter_mut().zip(sizes.as_chunks::<4>().0) {
        *count = u32::from_be_bytes(*size) as usize;
    }
    let all = counts.iter().try_fold(1_usize, |product, &n| product.checked_mul(n));
    if all != Some(data.len()) {
        let expected = format!("the product of {counts:?}");
        return Err(DataError::Count { what: "bytes of data", found: data.len(), expected });
    }
    Ok((counts, data))
}

fn parse_images(bytes: &[u8]) -> Result<([usize; 3], usize, &[u8]), DataError> {
    let ([count, rows, columns], pixels) = split(bytes, &IMAGES)?;
    Ok(([1, rows, columns], count, pixels))
}

fn parse_labels(bytes: &[u8]) -> Result<&[u8], DataError> {
    Ok(split::<1>(bytes, &LABELS)?.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(magic: u8, sizes: &[u32], data: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0, 8, magic];
        sizes.iter().for_each(|size| bytes.extend(size.to_be_bytes()));
        bytes.extend(data);
        bytes
    }

    #[test]
    fn two_files_make_images() {
        let images = file(3, &[2, 1, 2], &[0, 255, 51, 102]);
        let read = parse(&images, &file(1, &[2], &[4, 9]), 255).unwrap();
        assert_eq!((read.len(), read.shape(), read.label(1)), (2, [1, 1, 2], 9));
        assert_eq!(read.to_inputs::<f64>()[..2], [-1.0, 1.0]);
    }

    #[test]
    fn damaged_files_are_refused() {
        let images = file(3, &[2, 1, 2], &[0, 255, 51, 102]);
        let labels = file(1, &[2], &[4, 9]);
        for end in 0..images.len() {
            assert!(parse(&images[..end], &labels, 255).is_err(), "{end} bytes of images");
        }
        for end in 0..labels.len() {
            assert!(parse(&images, &labels[..end], 255).is_err(), "{end} bytes of labels");
        }
        assert!(parse(&labels, &images, 255).is_err());
        assert!(parse(&images, &file(1, &[3], &[4, 9, 1]), 255).is_err());
        let enormous = file(3, &[u32::MAX, u32::MAX, u32::MAX], &[]);
        let error = parse(&enormous, &labels, 255).unwrap_err();
        assert!(matches!(error, DataError::Count { what: "bytes of data", .. }), "{error}");
    }
}
