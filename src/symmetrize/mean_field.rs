//! Everything above for diagonal Gaussians under signed permutations, on plain slices of means and
//! standard deviations.
//!
//! One pass over the orbits of the coordinates, without natural or mean parameters in between, so that
//! scales from 1e-150 to 1e150 keep their relative accuracy (`m² + σ²` would lose `σ` below `10⁻⁸ m`). That
//! is what trained networks go through. The generic functions are its oracle in the tests.
//!
//! Killed orbits (some group element sends a basis vector to minus itself) get the mean 0 from every
//! method; their spread about it is `m²`.

use crate::family::excess;
use crate::representation::{Orbit, SignedOrbits, SignedPermutation};
use num_traits::Float;
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

/// The values of one orbit, with the signs of its means divided out.
struct Values<'a> {
    orbit: Orbit<'a>,
    mean: &'a [f64],
    std_dev: &'a [f64],
}

/// One Gaussian for the whole orbit.
#[derive(Clone, Copy)]
struct Common {
    mean: f64,
    std_dev: f64,
}

impl Values<'_> {
    fn len(&self) -> f64 {
        self.orbit.len() as f64
    }

    /// `(± m_i, σ_i)` for each coordinate.
    fn iter(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.orbit.members().map(|(i, negative)| {
            (if negative { -self.mean[i] } else { self.mean[i] }, self.std_dev[i])
        })
    }

    /// Whether all coordinates agree to the last bit (and the mean is zero where it must be).
    fn is_invariant(&self) -> bool {
        let mut values = self.iter();
        let Some(first) = values.next() else { return true };
        (!self.orbit.is_killed() || first.0 == 0.0) && values.all(|value| value == first)
    }

    /// The average of the means, accurate where they nearly agree.
    fn average_mean(&self) -> f64 {
        self.orbit.average(self.mean)
    }

    /// Precisions are averaged relative to the largest, so none over- or underflows.
    fn geometric(&self) -> Common {
        let smallest = self.iter().map(|(_, s)| s).fold(f64::INFINITY, f64::min);
        let centre = self.average_mean();
        let (mut weights, mut pull) = (0.0, 0.0);
        for (m, s) in self.iter() {
            let weight = Float::powi(smallest / s, 2);
            weights += weight;
            pull += weight * (m - centre);
        }
        let mean = if self.orbit.is_killed() { 0.0 } else { centre + pull / weights };
        Common { mean, std_dev: smallest * Float::sqrt(self.len() / weights) }
    }

    fn arithmetic(&self) -> Common {
        let mean = self.average_mean();
        let scale =
            self.iter().map(|(m, s)| Float::max(s, Float::abs(m - mean))).fold(0.0, f64::max);
        let spread: f64 = self
            .iter()
            .map(|(m, s)| Float::powi(s / scale, 2) + Float::powi((m - mean) / scale, 2))
            .sum();
        Common { mean, std_dev: scale * Float::sqrt(spread / self.len()) }
    }

    fn projection(&self) -> Common {
        let first = self.iter().next().map_or(0.0, |(_, s)| s);
        let drift: f64 = self.iter().map(|(_, s)| s - first).sum();
        Common { mean: self.average_mean(), std_dev: first + drift / self.len() }
    }

    /// The variance of the average of independent coordinates: `n⁻² Σσ²`; nothing in a killed orbit.
    fn tie(&self) -> Common {
        if self.orbit.is_killed() {
            return Common { mean: 0.0, std_dev: 0.0 };
        }
        let scale = self.iter().map(|(_, s)| s).fold(0.0, f64::max);
        let sum: f64 = self.iter().map(|(_, s)| Float::powi(s / scale, 2)).sum();
        Common { mean: self.average_mean(), std_dev: scale * Float::sqrt(sum) / self.len() }
    }

    fn asymmetry(&self) -> Asymmetry {
        if self.is_invariant() {
            return Asymmetry::default();
        }
        let (lower, upper, middle) = (self.geometric(), self.arithmetic(), self.projection());
        let mut sum = Asymmetry::default();
        // avg_g KL: every coordinate meets every place of the orbit equally often, so with
        // precisions w_j it is ½ Σ_j [w_j avg_i (σ_i² + (m_i − m_j)²) − 1], and the average over i is
        // σ̂² + (m̂ − m_j)², in a killed orbit too (where the cross terms cancel and m̂ = 0).
        for (m, s) in self.iter() {
            sum.orbit_divergence += 0.5
                * (relative_excess_without_log(upper.std_dev, s)
                    + Float::powi((upper.mean - m) / s, 2));
            sum.geometric_gap += kl(lower, Common { mean: m, std_dev: s });
            sum.arithmetic_gap += kl(Common { mean: m, std_dev: s }, upper);
            sum.remainder += kl(upper, lower);
            sum.wasserstein +=
                2.0 * (Float::powi(m - middle.mean, 2) + Float::powi(s - middle.std_dev, 2));
        }
        sum
    }
}

/// `(a/b)² − 1` without cancellation.
fn relative_excess_without_log(a: f64, b: f64) -> f64 {
    let ratio = a / b;
    (a - b) / b * (ratio + 1.0)
}

/// `KL(q ‖ p)` of two Gaussians on the line.
fn kl(q: Common, p: Common) -> f64 {
    0.5 * (excess(relative_excess_without_log(q.std_dev, p.std_dev))
        + Float::powi((q.mean - p.mean) / p.std_dev, 2))
}

fn orbits_of<'a>(
    orbits: &'a SignedOrbits,
    mean: &'a [f64],
    std_dev: &'a [f64],
) -> impl Iterator<Item = Values<'a>> {
    check(orbits, mean, std_dev);
    orbits.iter().map(move |orbit| Values { orbit, mean, std_dev })
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
        if method != Method::Tie && values.is_invariant() {
            continue;
        }
        let common = match method {
            Method::Geometric => values.geometric(),
            Method::Arithmetic => values.arithmetic(),
            Method::Projection => values.projection(),
            Method::Tie => values.tie(),
        };
        for (i, negative) in values.orbit.members() {
            new_mean[i] = if negative { -common.mean } else { common.mean };
            new_std_dev[i] = common.std_dev;
        }
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
            kl(
                Common { mean: mean[image], std_dev: std_dev[image] },
                Common { mean: moved, std_dev: std_dev[i] },
            )
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
