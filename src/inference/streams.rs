//! Random streams that depend on a seed and on what they are for, not on the order they are asked in.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// What a random stream is used for. Streams of different uses are independent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// The noise of weight draws.
    Noise,
    /// Group elements of a random augmentation.
    Augmentation,
    /// The order of the examples in an epoch.
    Order,
    /// The split into training and validation.
    Split,
    /// Draws of weights for prediction.
    Prediction,
}

/// Streams of random numbers by index: the same for any number of threads, and for a run that was
/// stopped and resumed.
///
/// # Examples
/// ```
/// use equibayes::inference::{Streams, Use};
/// use rand::Rng;
///
/// let streams = Streams::new(7);
/// let first = streams.stream(Use::Noise, 12, 0).next_u64();
/// assert_eq!(first, Streams::new(7).stream(Use::Noise, 12, 0).next_u64());
/// assert_ne!(first, streams.stream(Use::Noise, 12, 1).next_u64());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streams {
    seed: u64,
}

impl Streams {
    /// The streams of a seed.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The stream with these two indices: a step and a draw, say.
    pub fn stream(&self, what: Use, first: u64, second: u64) -> ChaCha8Rng {
        // The whole key: different indices cannot collide.
        let mut key = [0; 32];
        for (part, word) in key.chunks_exact_mut(8).zip([self.seed, what as u64, first, second]) {
            part.copy_from_slice(&word.to_le_bytes());
        }
        ChaCha8Rng::from_seed(key)
    }
}
