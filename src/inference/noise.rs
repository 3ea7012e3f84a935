//! The noise that draws of weights are made of.

use super::error::InferenceError;
use super::moves::elements;
use super::streams::{Streams, Use};
use crate::group::Finite;
use crate::representation::{ActsBySignedPermutations, SignedPermutation};
use crate::scalar::Real;
use rand_distr::{Distribution, StandardNormal};

/// How the noise of one step is made from independent standard normal vectors.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::inference::{Noise, Streams};
/// use equibayes::representation::PermutationRep;
///
/// let shift = PermutationRep::regular(&Cyclic::new(3)?)?;
/// let noise = Noise::orbit_closed(&shift)?;
/// let mut draws: Vec<f64> = Vec::new();
/// noise.fill(Streams::new(1), 0, 3, 2, &mut draws); // two independent draws, and their orbits
/// assert_eq!(draws.len(), 2 * 3 * 3);
/// assert_eq!(draws[3..6], [draws[2], draws[0], draws[1]]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Noise {
    /// Every independent draw is followed by its other images; empty for none.
    orbit: Vec<SignedPermutation>,
    antithetic: bool,
}

impl Noise {
    /// Independent draws.
    pub fn fresh() -> Self {
        Self::default()
    }

    /// With `ε` all `ρ_Θ(g)ε`. The Monte-Carlo objective of a mean field, or of a full covariance by its
    /// [symmetric root](super::SymmetricRoot), is then exactly invariant: a draw with the coordinates `g·w` and the
    /// noise `ρ(g)ε` is `ρ(g)` applied to the draw with `w` and `ε`. By a Cholesky factor it is not.
    ///
    /// # Errors
    /// [`InferenceError`] if the group is too large to be enumerated.
    pub fn orbit_closed<R>(rep: &R) -> Result<Self, InferenceError>
    where
        R: ActsBySignedPermutations,
        R::Group: Finite,
    {
        // The identity first, as the group's numbers have it.
        let orbit = elements(rep)?.iter().map(|g| rep.index_map(g)).collect();
        Ok(Self { orbit, antithetic: false })
    }

    /// With `ε` also `−ε`: the means of the draws are then those of the posterior.
    pub fn antithetic(self) -> Self {
        Self { antithetic: true, ..self }
    }

    /// How many draws there are for one that is independent.
    pub fn copies(&self) -> usize {
        self.orbit.len().max(1) * if self.antithetic { 2 } else { 1 }
    }

    /// Puts `draws · copies()` vectors of `dim` numbers into `out` (which is cleared first), one after the
    /// other. Draw `d` of a step is the same whatever the number of draws.
    ///
    /// # Panics
    /// If orbits are of vectors of another dimension.
    pub fn fill<T: Real>(
        &self,
        streams: Streams,
        step: u64,
        dim: usize,
        draws: usize,
        out: &mut Vec<T>,
    ) where
        StandardNormal: Distribution<T>,
    {
        out.clear();
        for draw in 0..draws {
            let mut rng = streams.stream(Use::Noise, step, draw as u64);
            let start = out.len();
            out.extend((0..dim).map(|_| StandardNormal.sample(&mut rng)));
            self.close(start, dim, out);
        }
    }

    /// The other images of the draw at the end of the list, behind it.
    fn close<T: Real>(&self, start: usize, dim: usize, out: &mut Vec<T>) {
        for map in self.orbit.iter().skip(1) {
            let end = out.len();
            out.resize(end + dim, T::zero());
            let (before, after) = out.split_at_mut(end);
            map.act(&before[start..start + dim], after);
        }
        if self.antithetic {
            for k in start..out.len() {
                let value = -out[k];
                out.push(value);
            }
        }
    }

    /// As [`fill`](Noise::fill), for independent draws that are given: vectors of `dim` numbers, one after the
    /// other.
    ///
    /// # Panics
    /// If `base` is not of whole vectors, or orbits are of vectors of another dimension.
    pub fn expand<T: Real>(&self, base: &[T], dim: usize, out: &mut Vec<T>) {
        assert!(dim > 0 && base.len().is_multiple_of(dim), "draws of another dimension");
        out.clear();
        for draw in base.chunks_exact(dim) {
            let start = out.len();
            out.extend_from_slice(draw);
            self.close(start, dim, out);
        }
    }
}
