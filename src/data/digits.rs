//! The embedded digits.

use super::{Images, idx};

/// All 1797 images of 8×8 pixels with 17 shades, in the order of the original file.
///
/// "Optical Recognition of Handwritten Digits", the test part: E. Alpaydin and C. Kaynak (1998), UCI Machine
/// Learning Repository, licensed CC BY 4.0. Here in the IDX format; the numbers are unchanged.
pub fn digits() -> Images {
    let images = include_bytes!("digits-images.idx3");
    let labels = include_bytes!("digits-labels.idx1");
    match idx::parse(images, labels, 16) {
        Ok(images) => images,
        // The bytes are part of the crate, and a test reads them.
        Err(error) => unreachable!("embedded digits: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts of the classes and the sum of all pixels, as published copies of the data have them.
    #[test]
    fn the_digits_are_those_of_the_repository() {
        let digits = digits();
        let mut counts = [0; 10];
        digits.labels().for_each(|label| counts[label] += 1);
        assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
        // x ↦ x/8 − 1 of 115 008 pixels that sum to 561 718, without rounding.
        let sum: f64 = digits.to_inputs::<f64>().iter().sum();
        assert_eq!(sum, 561_718.0 / 8.0 - 115_008.0);
    }
}
