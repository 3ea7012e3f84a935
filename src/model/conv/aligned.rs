//! Numbers that begin on a cache line.

use super::lanes::Lanes;
use std::ops::{Deref, DerefMut};

/// Bytes of a cache line, and of the widest register.
pub(super) const LINE: usize = 64;

/// A slice whose first number begins a cache line. A register is loaded from one line then, not from two,
/// which would take twice as long: nothing else depends on it.
#[derive(Debug)]
pub(super) struct Aligned<T> {
    numbers: Vec<T>,
    start: usize,
    len: usize,
}

impl<T: Lanes> Aligned<T> {
    /// So many zeros.
    pub(super) fn zeros(len: usize) -> Self {
        let numbers = vec![T::zero(); len + LINE / size_of::<T>()];
        Self { start: start(&numbers), numbers, len }
    }

    /// So many zeros, unless there are so many numbers already.
    pub(super) fn make_room(&mut self, len: usize) {
        if self.len != len {
            *self = Self::zeros(len);
        }
    }
}

/// Where the first line begins; an address that cannot be aligned is only slower.
fn start<T>(numbers: &[T]) -> usize {
    numbers.as_ptr().align_offset(LINE).min(LINE / size_of::<T>())
}

/// The copy lies elsewhere, and is aligned there.
impl<T: Clone> Clone for Aligned<T> {
    fn clone(&self) -> Self {
        let mut numbers = self.numbers.clone();
        let start = start(&numbers);
        numbers[start..][..self.len].clone_from_slice(self);
        Self { numbers, start, len: self.len }
    }
}

impl<T> Deref for Aligned<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        &self.numbers[self.start..][..self.len]
    }
}

impl<T> DerefMut for Aligned<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.numbers[self.start..][..self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn begins_a_line_copied_too() {
        for len in [0, 1, 5, 64, 1000] {
            let mut numbers = Aligned::<f64>::zeros(len);
            numbers.iter_mut().zip(1..).for_each(|(x, i)| *x = f64::from(i));
            let copy = numbers.clone();
            assert_eq!(*copy, *numbers);
            for numbers in [&numbers, &copy] {
                assert_eq!((numbers.len(), numbers.as_ptr().addr() % LINE), (len, 0));
            }
        }
    }
}
