//! Sums over groups of consecutive draws, in memory that does not grow with the draws.

/// As soon as so many groups are full they are joined in pairs: between half of it and all of it, plus one that is not
/// full yet.
pub(super) const MOST_GROUPS: usize = 32;

/// `Σ_t d_t` and `Σ_t ‖d_t‖²` over one group.
#[derive(Clone, Debug)]
pub(super) struct GroupSum {
    pub(super) sum: Vec<f64>,
    pub(super) squares: f64,
}

impl GroupSum {
    fn add(&mut self, sum: &[f64], squares: f64) {
        self.sum.iter_mut().zip(sum).for_each(|(sum, d)| *sum += d);
        self.squares += squares;
    }
}

/// Groups of `size` consecutive draws, and one that is not full.
#[derive(Clone, Debug)]
pub(super) struct Groups {
    size: usize,
    groups: Vec<GroupSum>,
    /// How many draws the last one has.
    last: usize,
}

impl Groups {
    pub(super) fn new() -> Self {
        Self { size: 1, groups: Vec::new(), last: 1 }
    }

    /// Adds a draw.
    pub(super) fn push(&mut self, differences: &[f64], squares: f64) {
        if self.last < self.size
            && let Some(last) = self.groups.last_mut()
        {
            last.add(differences, squares);
            self.last += 1;
            return;
        }
        if self.groups.len() == MOST_GROUPS {
            self.join();
        }
        self.groups.push(GroupSum { sum: differences.to_vec(), squares });
        self.last = 1;
    }

    /// Joins neighbours. All are full.
    fn join(&mut self) {
        let mut joined = Vec::with_capacity(MOST_GROUPS);
        let mut groups = self.groups.drain(..);
        while let Some(mut first) = groups.next() {
            if let Some(second) = groups.next() {
                first.add(&second.sum, second.squares);
            }
            joined.push(first);
        }
        drop(groups);
        self.groups = joined;
        self.size *= 2;
    }

    /// How many draws a full group has.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// The full groups.
    pub(super) fn full(&self) -> &[GroupSum] {
        let full = self.groups.len() - usize::from(self.last < self.size);
        &self.groups[..full]
    }

    /// All of them.
    pub(super) fn all(&self) -> &[GroupSum] {
        &self.groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws 1, 2, 3, …: each group holds consecutive ones, equally many, and memory stays.
    #[test]
    fn groups_of_consecutive_draws() {
        let mut groups = Groups::new();
        for t in 1..=1000_usize {
            groups.push(&[t as f64], (t * t) as f64);
            let (size, full) = (groups.size(), groups.full());
            assert!(groups.all().len() <= MOST_GROUPS);
            assert_eq!(full.len(), t / size);
            assert!(full.len() >= t.min(MOST_GROUPS / 2));
            for (k, group) in full.iter().enumerate() {
                let draws = k * size + 1..=(k + 1) * size;
                let sum: usize = draws.clone().sum();
                let squares: usize = draws.map(|t| t * t).sum();
                assert_eq!((group.sum[0], group.squares), (sum as f64, squares as f64));
            }
            let all: f64 = groups.all().iter().map(|group| group.sum[0]).sum();
            assert_eq!(all, (t * (t + 1) / 2) as f64);
        }
    }
}
