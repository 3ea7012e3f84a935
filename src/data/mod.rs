//! Labelled images: the digits that are embedded, and files in the formats of MNIST and CIFAR-10.
//!
//! [`Images`] keeps the bytes of the file; a network is given `(x/white − ½)/½`, which is between −1 and 1,
//! with `white` 16 for the digits and 255 elsewhere. [`Source`] is what the command line's `--data` names.

mod cifar;
mod digits;
mod error;
mod file;
mod idx;
mod source;

pub use cifar::cifar10;
pub use digits::digits;
pub use error::DataError;
pub use idx::idx;
pub use source::{Part, Source};

use crate::scalar::{Real, Scalar};

/// Labelled images of one shape.
///
/// # Examples
/// ```
/// use equibayes::data;
///
/// let digits = data::digits();
/// assert_eq!((digits.len(), digits.shape()), (1797, [1, 8, 8]));
/// assert_eq!(digits.label(3), 3);
/// let mut pixels = [0.0_f32; 64];
/// digits.write(0, &mut pixels);
/// assert_eq!(pixels[..3], [-1.0, -1.0, (5.0 / 16.0 - 0.5) / 0.5]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    shape: [usize; 3],
    /// What a pixel of full brightness is.
    white: u8,
    pixels: Vec<u8>,
    labels: Vec<u8>,
}

impl Images {
    /// Images as bytes: `labels.len()` of them, one after the other, each channel by channel and row by row.
    ///
    /// # Errors
    /// [`DataError::Count`] if there are not as many pixels as the shape and the labels say,
    /// [`DataError::TooBright`] for a pixel above `white`.
    pub fn new(
        shape: [usize; 3],
        white: u8,
        pixels: Vec<u8>,
        labels: Vec<u8>,
    ) -> Result<Self, DataError> {
        let image = shape.iter().try_fold(1_usize, |product, &n| product.checked_mul(n));
        let expected = image.and_then(|image| image.checked_mul(labels.len()));
        if expected != Some(pixels.len()) {
            return Err(DataError::Count {
                what: "pixels",
                found: pixels.len(),
                expected: format!("{} images of {shape:?}", labels.len()),
            });
        }
        if let Some(at) = pixels.iter().position(|&pixel| pixel > white) {
            return Err(DataError::TooBright { at, found: pixels[at], white });
        }
        Ok(Self { shape, white, pixels, labels })
    }

    /// How many images there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Channels, rows and columns.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// How many numbers an image has.
    pub fn dim(&self) -> usize {
        self.shape.iter().product()
    }

    /// One more than the largest label.
    pub fn classes(&self) -> usize {
        self.labels.iter().max().map_or(0, |&label| usize::from(label) + 1)
    }

    /// The class of an image.
    ///
    /// # Panics
    /// If there is no such image.
    pub fn label(&self, image: usize) -> usize {
        usize::from(self.labels[image])
    }

    /// The classes of all images.
    pub fn labels(&self) -> impl ExactSizeIterator<Item = usize> + Clone + '_ {
        self.labels.iter().map(|&label| usize::from(label))
    }

    /// Writes an image as a network is given it: `(x/white − ½)/½`, channel by channel and row by row.
    ///
    /// # Panics
    /// If there is no such image, or `out` is not as long as it.
    pub fn write<T: Real>(&self, image: usize, out: &mut [T]) {
        let dim = self.dim();
        assert_eq!(out.len(), dim, "numbers of an image");
        let (white, half) = (T::count(usize::from(self.white)), <T as Scalar>::ratio(1, 2));
        for (value, &pixel) in out.iter_mut().zip(&self.pixels[image * dim..][..dim]) {
            *value = (T::count(usize::from(pixel)) / white - half) / half;
        }
    }

    /// All images as a network is given them, one after the other.
    pub fn to_inputs<T: Real>(&self) -> Vec<T> {
        let mut inputs = vec![T::zero(); self.pixels.len()];
        if self.dim() > 0 {
            for (image, out) in inputs.chunks_exact_mut(self.dim()).enumerate() {
                self.write(image, out);
            }
        }
        inputs
    }

    /// These images alone, in this order.
    ///
    /// # Panics
    /// If there is no such image.
    pub fn select(&self, images: impl IntoIterator<Item = usize>) -> Self {
        let dim = self.dim();
        let (mut pixels, mut labels) = (Vec::new(), Vec::new());
        for image in images {
            pixels.extend_from_slice(&self.pixels[image * dim..][..dim]);
            labels.push(self.labels[image]);
        }
        Self { pixels, labels, ..*self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_brightness_are_checked() {
        let error = Images::new([1, 2, 2], 16, vec![0; 7], vec![0, 1]).unwrap_err();
        assert!(matches!(error, DataError::Count { found: 7, .. }), "{error}");
        let error = Images::new([1, 1, 2], 16, vec![0, 16, 17, 3], vec![0, 1]).unwrap_err();
        assert!(matches!(error, DataError::TooBright { at: 2, found: 17, .. }), "{error}");
        let error = Images::new([usize::MAX, 2, 1], 16, vec![], vec![0]).unwrap_err();
        assert!(matches!(error, DataError::Count { .. }), "{error}");
    }

    #[test]
    fn a_selection_keeps_pixels_with_their_labels() {
        let all = Images::new([1, 1, 2], 2, vec![0, 1, 2, 0, 1, 2], vec![5, 0, 3]).unwrap();
        let two = all.select([2, 0]);
        assert_eq!((two.len(), two.label(0), two.label(1), two.classes()), (2, 3, 5, 6));
        assert_eq!(two.to_inputs::<f64>(), [0.0, 1.0, -1.0, 0.0]);
    }
}
