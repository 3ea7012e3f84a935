//! Data sets: inputs with targets.

use super::error::{InferenceError, check_numbers};
use crate::scalar::Scalar;
use rand::RngExt;

/// Pairs of an input and a target, each list row-major: one example after the other.
///
/// # Examples
/// ```
/// use equibayes::inference::Dataset;
///
/// let data = Dataset::new(2, vec![1.0, 2.0, 3.0, 4.0], 1, vec![0.5, 0.25])?;
/// assert_eq!(data.len(), 2);
/// assert_eq!((data.input(1), data.target(1)), (&[3.0, 4.0][..], &[0.25][..]));
/// # Ok::<(), equibayes::inference::InferenceError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset<T = f64> {
    len: usize,
    inputs: Vec<T>,
    targets: Vec<T>,
    input_size: usize,
    target_size: usize,
}

impl<T: Scalar> Dataset<T> {
    /// Examples of `input_size` and `target_size` numbers each.
    ///
    /// # Errors
    /// [`InferenceError`] if there are no examples, a size is zero, a list is not of whole examples or not of as many as
    /// the other, or an entry is not a number.
    pub fn new(
        input_size: usize,
        inputs: Vec<T>,
        target_size: usize,
        targets: Vec<T>,
    ) -> Result<Self, InferenceError> {
        for (what, list, size) in
            [("inputs", &inputs, input_size), ("targets", &targets, target_size)]
        {
            if size == 0 || !list.len().is_multiple_of(size) {
                return Err(InferenceError::NotWholeExamples { what, got: list.len(), size });
            }
            check_numbers(what, list)?;
        }
        let len = inputs.len() / input_size;
        super::error::check_length("targets", targets.len(), len * target_size)?;
        if len == 0 {
            return Err(InferenceError::Count {
                what: "number of examples",
                got: 0,
                expected: "at least 1",
            });
        }
        Ok(Self { len, inputs, targets, input_size, target_size })
    }

    /// The number of examples, at least 1.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.len
    }

    /// The numbers of one input.
    pub fn input_size(&self) -> usize {
        self.input_size
    }

    /// The numbers of one target.
    pub fn target_size(&self) -> usize {
        self.target_size
    }

    /// One input.
    ///
    /// # Panics
    /// If `index` is not below [`len`](Dataset::len).
    pub fn input(&self, index: usize) -> &[T] {
        &self.inputs[index * self.input_size..][..self.input_size]
    }

    /// One target.
    ///
    /// # Panics
    /// If `index` is not below [`len`](Dataset::len).
    pub fn target(&self, index: usize) -> &[T] {
        &self.targets[index * self.target_size..][..self.target_size]
    }

    /// All inputs, one after the other.
    pub fn inputs(&self) -> &[T] {
        &self.inputs
    }

    /// All targets, one after the other.
    pub fn targets(&self) -> &[T] {
        &self.targets
    }

    /// The examples with these indices, in this order.
    ///
    /// # Errors
    /// [`InferenceError`] if there is none, or an index is not below [`len`](Dataset::len).
    pub fn subset(&self, indices: &[usize]) -> Result<Self, InferenceError> {
        if let Some(&index) = indices.iter().find(|&&index| index >= self.len) {
            return Err(InferenceError::NoExample { index, len: self.len });
        }
        let inputs = indices.iter().flat_map(|&i| self.input(i)).cloned().collect();
        let targets = indices.iter().flat_map(|&i| self.target(i)).cloned().collect();
        Self::new(self.input_size, inputs, self.target_size, targets)
    }

    /// Splits at random: first the examples to train on, then `held_out` others, for validation.
    /// The same seed gives the same split.
    ///
    /// # Errors
    /// [`InferenceError`] unless at least one example is on either side.
    pub fn split(&self, held_out: usize, seed: u64) -> Result<(Self, Self), InferenceError> {
        if held_out == 0 || held_out >= self.len {
            return Err(InferenceError::Count {
                what: "number of held-out examples",
                got: held_out,
                expected: "at least 1, and fewer than there are examples",
            });
        }
        let mut order = Vec::new();
        let mut rng = super::Streams::new(seed).stream(super::Use::Split, 0, 0);
        shuffle(self.len, &mut rng, &mut order);
        let (kept, held) = order.split_at(self.len - held_out);
        Ok((self.subset(kept)?, self.subset(held)?))
    }
}

/// Replaces the list by a uniform order of `0…n−1` (Fisher–Yates).
pub(super) fn shuffle(n: usize, rng: &mut impl rand::Rng, order: &mut Vec<usize>) {
    order.clear();
    order.extend(0..n);
    for last in (1..n).rev() {
        order.swap(last, rng.random_range(0..=last));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_sizes_are_refused() {
        assert!(Dataset::new(2, vec![1.0; 3], 1, vec![1.0]).is_err());
        assert!(Dataset::new(1, vec![1.0; 3], 1, vec![1.0; 2]).is_err());
        assert!(Dataset::<f64>::new(1, vec![], 1, vec![]).is_err());
        assert!(Dataset::new(0, vec![1.0], 1, vec![1.0]).is_err());
        assert!(Dataset::new(1, vec![f64::NAN], 1, vec![1.0]).is_err());
    }

    #[test]
    fn a_split_is_a_partition_and_depends_on_the_seed_alone() {
        let data = Dataset::new(1, (0..20).map(f64::from).collect(), 1, vec![0.0; 20]).unwrap();
        let (train, held) = data.split(5, 3).unwrap();
        assert_eq!((train.len(), held.len()), (15, 5));
        let mut all = [train.inputs(), held.inputs()].concat();
        all.sort_by(f64::total_cmp);
        assert_eq!(all, data.inputs());
        assert_eq!(data.split(5, 3).unwrap(), (train.clone(), held));
        assert_ne!(data.split(5, 4).unwrap().0, train);
        assert!(data.split(20, 1).is_err() && data.split(0, 1).is_err());
    }
}
