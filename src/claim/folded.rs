//! Long lists of numbers, in few words.

use std::fmt;

/// Shows a list with the run of equal entries at its end folded: `[0, -1] ++ [0; 46]`.
pub(super) struct Folded<'a, T>(pub(super) &'a [T]);

impl<T: fmt::Debug + PartialEq> fmt::Debug for Folded<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// A run shorter than this is written out.
        const SHORTEST: usize = 4;
        let Self(list) = self;
        let Some(last) = list.last() else { return write!(f, "[]") };
        let run = list.iter().rev().take_while(|entry| *entry == last).count();
        match list.len() - run {
            _ if run < SHORTEST => write!(f, "{list:?}"),
            0 => write!(f, "[{last:?}; {run}]"),
            start => write!(f, "{:?} ++ [{last:?}; {run}]", &list[..start]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_at_the_end_are_folded() {
        for (list, text) in [
            (&[][..], "[]"),
            (&[1], "[1]"),
            (&[0, 0, 0], "[0, 0, 0]"),
            (&[0, 0, 0, 0], "[0; 4]"),
            (&[0, 0, 0, 0, 1], "[0, 0, 0, 0, 1]"),
            (&[0, -1, 2, 2, 2, 2, 2], "[0, -1] ++ [2; 5]"),
        ] {
            assert_eq!(format!("{:?}", Folded(list)), text);
        }
    }
}
