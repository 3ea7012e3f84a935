//! Mixed-radix numbers, which number the elements of groups that are made of smaller parts.

/// Reads digits off a number, the lowest first.
pub(super) struct Digits {
    rest: usize,
}

impl Digits {
    pub(super) fn of(number: usize) -> Self {
        Self { rest: number }
    }

    /// The next digit, in a radix that is `None` if it does not fit: all that is left is one digit then.
    pub(super) fn next(&mut self, radix: Option<usize>) -> usize {
        let Some(radix) = radix else { return std::mem::take(&mut self.rest) };
        let digit = self.rest % radix;
        self.rest /= radix;
        digit
    }

    /// Whether no digit is left but zeros.
    pub(super) fn is_empty(&self) -> bool {
        self.rest == 0
    }
}

/// Puts digits together to a number, the lowest first.
pub(super) struct Number {
    value: usize,
    /// The worth of the next digit; `None` if it does not fit, which only matters for digits that are
    /// not zero.
    place: Option<usize>,
}

impl Number {
    pub(super) fn new() -> Self {
        Self { value: 0, place: Some(1) }
    }

    /// Adds the next digit; `None` if the number gets too large.
    pub(super) fn push(&mut self, digit: usize, radix: Option<usize>) -> Option<()> {
        if digit > 0 {
            self.value = self.value.checked_add(digit.checked_mul(self.place?)?)?;
        }
        self.place = self.place.zip(radix).and_then(|(place, radix)| place.checked_mul(radix));
        Some(())
    }

    pub(super) fn value(self) -> usize {
        self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_numbers_are_inverse() {
        let radices = [Some(3), Some(1), Some(5), None];
        for number in [0, 1, 14, 15, 1000, usize::MAX] {
            let mut digits = Digits::of(number);
            let mut back = Number::new();
            for radix in radices {
                back.push(digits.next(radix), radix).unwrap();
            }
            assert!(digits.is_empty());
            assert_eq!(back.value(), number);
        }
    }

    #[test]
    fn what_does_not_fit_is_not_a_number() {
        let mut number = Number::new();
        number.push(1, None).unwrap();
        number.push(0, Some(7)).unwrap();
        assert!(number.push(1, Some(2)).is_none());
        let mut number = Number::new();
        number.push(2, Some(usize::MAX)).unwrap();
        assert!(number.push(2, Some(3)).is_none());
    }
}
