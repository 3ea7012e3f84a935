//! Everything above for diagonal Gaussians under signed permutations, on plain slices of means and
//! standard deviations.
//!
//! One pass over the orbits of the coordinates, without natural or mean parameters in between, so that
//! scales from 1e-150 to 1e150 keep their relative accuracy (`m² + σ²` would lose `σ` below `10⁻⁸ m`). That
//! is what trained networks go through. The generic functions are its oracle in the tests.
//!
//! Killed orbits (some group element sends a basis vector to minus itself) get the mean 0 from every
//! method; their spread about it is `m²`.
//!
//! Standard deviations must be positive, except where an orbit is invariant already (a tied posterior
//! has the scale 0 on killed orbits, and comes back as it is). Elsewhere a 0 gives NaN.

mod gaps;
mod orbit;
#[cfg(test)]
mod tests;

use crate::representation::{SignedOrbits, SignedPermutation};
pub use gaps::{MeanField, symmetrize_with_gaps};
use orbit::{Values, divergence};
use std::fmt;
use std::ops::AddAssign;
use std::str::FromStr;
use thiserror::Error;

/// How to symmetrise a mean-field posterior.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// [`geometric`](super::geometric) averaging.
    Geometric,
    /// [`arithmetic`](super::arithmetic) averaging.
    Arithmetic,
    /// [`projection`](super::projection).
    Projection,
    /// The marginals of the [tied](super::tie) posterior: mean `Pm`, scale `√diag(P diag(σ²) Pᵀ)`.
    Tie,
}

impl Method {
    /// All methods.
    pub const ALL: [Self; 4] = [Self::Geometric, Self::Arithmetic, Self::Projection, Self::Tie];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Geometric => "geometric",
            Self::Arithmetic => "arithmetic",
            Self::Projection => "projection",
            Self::Tie => "tie",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is none of the methods'.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("method '{0}': expected geometric, arithmetic, projection or tie")]
pub struct UnknownMethod(String);

impl FromStr for Method {
    type Err = UnknownMethod;

    fn from_str(name: &str) -> Result<Self, UnknownMethod> {
        Self::ALL
            .into_iter()
            .find(|method| method.name() == name)
            .ok_or_else(|| UnknownMethod(name.into()))
    }
}

/// How far a mean-field posterior is from invariant.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Asymmetry {
    /// `avg_g KL(q ‖ g_#q)` in nats (claim B2).
    pub orbit_divergence: f64,
    /// `KL(q̃ ‖ q)`, `q̃` the geometric average (claim S1).
    pub geometric_gap: f64,
    /// `KL(q ‖ q̂)`, `q̂` the arithmetic average (claim S2).
    pub arithmetic_gap: f64,
    /// `KL(q̂ ‖ q̃)` (claim S4).
    pub remainder: f64,
    /// `avg_g W_2²(q, g_#q)`: twice the squared distance of `(m, σ)` from its projection.
    pub wasserstein: f64,
}

impl Asymmetry {
    /// Whether all five are finite numbers.
    pub fn is_finite(&self) -> bool {
        [
            self.orbit_divergence,
            self.geometric_gap,
            self.arithmetic_gap,
            self.remainder,
            self.wasserstein,
        ]
        .iter()
        .all(|value| value.is_finite())
    }
}

/// Independent blocks of parameters: all five add.
impl AddAssign for Asymmetry {
    fn add_assign(&mut self, other: Self) {
        self.orbit_divergence += other.orbit_divergence;
        self.geometric_gap += other.geometric_gap;
        self.arithmetic_gap += other.arithmetic_gap;
        self.remainder += other.remainder;
        self.wasserstein += other.wasserstein;
    }
}

#[track_caller]
fn check(orbits: &SignedOrbits, mean: &[f64], std_dev: &[f64]) {
    let lengths = (mean.len(), std_dev.len());
    assert_eq!(lengths, (orbits.dim(), orbits.dim()), "means, standard deviations, coordinates");
}

fn orbits_of<'a>(
    orbits: &'a SignedOrbits,
    mean: &'a [f64],
    std_dev: &'a [f64],
) -> impl Iterator<Item = Values<'a>> {
    check(orbits, mean, std_dev);
    orbits.iter().map(move |orbit| Values::new(orbit, mean, std_dev))
}

/// The means and standard deviations of the invariant posterior. What is invariant already comes
/// back bit for bit (except from [`Method::Tie`], which shrinks the scale of every orbit).
///
/// A tied posterior has the scale 0 on killed orbits.
///
/// # Panics
/// If the lengths differ from the number of coordinates.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::representation::{ActsOnGrid, SignedOrbits};
/// use equibayes::symmetrize::mean_field::{Method, symmetrize};
///
/// // A 2×2 kernel under quarter turns: one orbit.
/// let orbits = SignedOrbits::of(&Cyclic::new(4)?.on_grid(2)?);
/// let (mean, std_dev) =
///     symmetrize(Method::Projection, &orbits, &[1.0, 2.0, 3.0, 6.0], &[0.1, 0.1, 0.1, 0.5]);
/// assert_eq!(mean, [3.0; 4]);
/// assert_eq!(std_dev, [0.2; 4]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn symmetrize(
    method: Method,
    orbits: &SignedOrbits,
    mean: &[f64],
    std_dev: &[f64],
) -> (Vec<f64>, Vec<f64>) {
    let (mut new_mean, mut new_std_dev) = (mean.to_vec(), std_dev.to_vec());
    for values in orbits_of(orbits, mean, std_dev) {
        values.symmetrize(method, &mut new_mean, &mut new_std_dev);
    }
    (new_mean, new_std_dev)
}

/// `KL(q ‖ g_#q)` for one group element, given how it moves the coordinates. In nats.
///
/// # Panics
/// If the lengths differ from the number of coordinates.
///
/// # Examples
/// ```
/// use equibayes::group::Permutation;
/// use equibayes::symmetrize::mean_field::divergence_from_moved;
///
/// let swap = Permutation::new(&[1, 0])?.into();
/// // Both means move by 1, at a variance of 1: half a nat each.
/// assert_eq!(divergence_from_moved(&swap, &[1.0, 2.0], &[1.0, 1.0]), 1.0);
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
pub fn divergence_from_moved(map: &SignedPermutation, mean: &[f64], std_dev: &[f64]) -> f64 {
    let lengths = (mean.len(), std_dev.len());
    assert_eq!(lengths, (map.dim(), map.dim()), "means, standard deviations, coordinates");
    (0..map.dim())
        .map(|i| {
            let (image, negative) = map.image(i);
            let moved = if negative { -mean[i] } else { mean[i] };
            divergence(mean[image] - moved, std_dev[image], std_dev[i])
        })
        .sum()
}

/// The orbit divergence with its split, and the mean squared Wasserstein distance to the orbit.
///
/// Cost: one pass over the coordinates, whatever the order of the group.
///
/// # Panics
/// If the lengths differ from the number of coordinates.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::representation::{PermutationRep, SignedOrbits};
/// use equibayes::symmetrize::mean_field::asymmetry;
///
/// let orbits = SignedOrbits::of(&PermutationRep::regular(&Cyclic::new(2)?)?);
/// let found = asymmetry(&orbits, &[1.0, 2.0], &[1.0, 1.0]);
/// assert!((found.orbit_divergence - 0.5).abs() < 1e-15);
/// assert_eq!(found.wasserstein, 1.0);
/// assert_eq!(asymmetry(&orbits, &[1.0, 1.0], &[3.0, 3.0]).orbit_divergence, 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn asymmetry(orbits: &SignedOrbits, mean: &[f64], std_dev: &[f64]) -> Asymmetry {
    let mut total = Asymmetry::default();
    for values in orbits_of(orbits, mean, std_dev) {
        total += values.asymmetry();
    }
    total
}
