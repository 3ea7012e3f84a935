//! Steps from a scene to another one near it, for searches.

use super::Scene;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// The largest size of a number of the lists.
const LARGEST: i8 = 32;

/// Another number: a small step away, or anywhere.
fn another(number: i8, rng: &mut ChaCha8Rng) -> i8 {
    let far = rng.random_range(0..4) == 0;
    let reach = if far { 2 * LARGEST } else { 3 };
    (number + rng.random_range(-reach..=reach)).clamp(-LARGEST, LARGEST)
}

impl Scene {
    /// A scene that differs from this one in one to three of its means and variances, and now and then in a pick of
    /// an element. The group and its actions stay.
    pub(in crate::claim) fn nearby(&self, rng: &mut ChaCha8Rng) -> Self {
        let mut next = self.clone();
        for _ in 0..rng.random_range(1..=3) {
            let list = if rng.random::<bool>() { &mut next.means } else { &mut next.variances };
            if list.is_empty() {
                continue;
            }
            let place = rng.random_range(0..list.len());
            list[place] = another(list[place], rng);
        }
        if !next.picks.is_empty() && rng.random_range(0..8) == 0 {
            let place = rng.random_range(0..next.picks.len());
            next.picks[place] = rng.random_range(0..120);
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use crate::claim::strategy::scenes;
    use proptest::strategy::{Strategy, ValueTree};
    use proptest::test_runner::TestRunner;
    use rand::SeedableRng;

    #[test]
    fn steps_change_numbers_and_keep_the_group() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        let start = scenes(3).new_tree(&mut TestRunner::deterministic()).unwrap().current();
        let mut here = start.clone();
        for _ in 0..200 {
            let next = here.nearby(&mut rng);
            let changed = |a: &[i8], b: &[i8]| a.iter().zip(b).filter(|(a, b)| a != b).count();
            let steps =
                changed(&next.means, &here.means) + changed(&next.variances, &here.variances);
            assert!(steps <= 3);
            here = next;
        }
        assert_eq!((&here.group, &here.blocks), (&start.group, &start.blocks));
        assert_ne!(here.means, start.means);
        assert_ne!(here.variances, start.variances);
    }
}
