//! Products of the differences of disjoint pairs of draws: independent numbers whose mean is the defect.

use crate::defect::interval::{Interval, bounded_mean};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Draws on their way into pairs.
#[derive(Clone, Debug)]
pub(super) struct Pairs {
    /// The differences of the draw that waits for its partner.
    first: Vec<f64>,
    waiting: bool,
    /// Whose turn is when.
    turns: Vec<u32>,
    products: Products,
}

/// For each pair of consecutive draws `θ, θ'`, `avg_g ⟨d_g, d'_g⟩`, whose mean is `Δ` (claim B6).
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Products {
    /// The mean over all inputs.
    on_all: Vec<f64>,
    /// Of a single input, each in its turn.
    on_one: Vec<f64>,
}

impl Pairs {
    /// No draw yet, on so many inputs. They have their turns in an order that does not depend on what they are: files are often
    /// sorted.
    pub(super) fn new(inputs: usize) -> Self {
        let mut turns: Vec<u32> = (0..inputs as u32).collect();
        turns.shuffle(&mut ChaCha8Rng::seed_from_u64(inputs as u64));
        Self { first: Vec::new(), waiting: false, turns, products: Products::default() }
    }

    /// Adds the differences of a draw, by a group of this order.
    pub(super) fn push(&mut self, differences: &[f64], order: usize) {
        self.waiting = !self.waiting;
        if self.waiting {
            self.first.clear();
            self.first.extend_from_slice(differences);
            return;
        }
        let inputs = self.turns.len();
        let each = differences.len() / inputs;
        let product = |x: usize| {
            let range = x * each..(x + 1) * each;
            let terms = self.first[range.clone()].iter().zip(&differences[range]);
            terms.map(|(a, b)| a * b).sum::<f64>() / order as f64
        };
        let sum: f64 = (0..inputs).map(product).sum();
        let turn = self.turns[self.products.on_all.len() % inputs] as usize;
        let of_turn = product(turn);
        self.products.on_all.push(sum / inputs as f64);
        self.products.on_one.push(of_turn);
    }

    pub(super) fn products(&self) -> &Products {
        &self.products
    }
}

impl Products {
    /// For the defect on these inputs, from the pairs on all of them.
    pub(super) fn over_draws(&self, range: Interval, alpha: f64) -> Interval {
        bounded_mean(&self.on_all, range, alpha)
    }

    /// For the defect on all inputs there may be. Pairs on the same input make one number, since they are not independent.
    pub(super) fn over_both(&self, inputs: usize, range: Interval, alpha: f64) -> Interval {
        let of_input = |x: usize| {
            let values = self.on_one[x..].iter().step_by(inputs);
            values.clone().sum::<f64>() / values.len() as f64
        };
        let values: Vec<f64> = (0..inputs.min(self.on_one.len())).map(of_input).collect();
        bounded_mean(&values, range, alpha)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two inputs, a group of order three, one output; five pairs and a draw that waits.
    #[test]
    fn products_by_hand() {
        let mut pairs = Pairs { turns: vec![0, 1], ..Pairs::new(2) };
        for t in 0..5 {
            pairs.push(&[1.0, 2.0, 3.0, 0.0], 3);
            pairs.push(&[1.0, 1.0, f64::from(t), 7.0], 3);
        }
        pairs.push(&[9.0; 4], 3);
        let found = pairs.products();
        let (first, second) = (3.0 / 3.0, |t: f64| 3.0 * t / 3.0);
        assert_eq!(found.on_all, [0.0, 1.0, 2.0, 3.0, 4.0].map(|t| (first + second(t)) / 2.0));
        assert_eq!(found.on_one, [first, second(1.0), first, second(3.0), first]);
        // One number for each input: 1 from three pairs, 2 from two.
        let range = Interval { low: -8.0, high: 8.0 };
        assert_eq!(found.over_both(2, range, 0.5), bounded_mean(&[1.0, 2.0], range, 0.5));
        assert_eq!(found.over_both(9, range, 0.5), bounded_mean(&found.on_one, range, 0.5));
    }

    #[test]
    fn everybody_has_a_turn() {
        let mut turns = Pairs::new(100).turns;
        assert!(!turns.is_sorted());
        turns.sort_unstable();
        assert!(turns.into_iter().eq(0..100));
    }
}
