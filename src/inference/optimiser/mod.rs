//! Optimisers, with state that can be saved, cleared and symmetrised.
//!
//! The definitions are those of PyTorch. Gradient steps are equivariant under actions that are linear and orthogonal
//! in the coordinates that are optimised; Adam and RMSprop, which look at one coordinate at a time, under signed
//! permutations; natural-gradient steps under every action (claims E4, E5).

mod adam;
mod natural;
mod rmsprop;
mod sgd;

pub use adam::Adam;
pub use natural::NaturalGradient;
pub use rmsprop::RmsProp;
pub use sgd::Sgd;

use super::symmetry::CoordinateSymmetry;
use crate::scalar::Scalar;

/// The learning rate of each coordinate: a common one times a factor.
///
/// # Examples
/// ```
/// use equibayes::inference::optimiser::Rates;
///
/// let rates = Rates { base: 0.01, factors: &[1.0, 10.0] };
/// assert_eq!((rates.at(0), rates.at(1)), (0.01, 0.1));
/// assert_eq!(Rates::uniform(0.5).at(7), 0.5);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Rates<'a, T = f64> {
    /// The rate that all have in common.
    pub base: T,
    /// The factor of each coordinate; empty for 1.
    pub factors: &'a [T],
}

impl<T: Scalar> Rates<'_, T> {
    /// The same rate for all.
    pub fn uniform(base: T) -> Self {
        Self { base, factors: &[] }
    }

    /// The rate of coordinate `i`.
    pub fn at(&self, i: usize) -> T {
        match self.factors.get(i) {
            Some(factor) => self.base.clone() * factor.clone(),
            None => self.base.clone(),
        }
    }
}

/// What an optimiser remembers. Empty moments are those before the first step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State<T = f64> {
    /// How many steps were taken.
    pub steps: u64,
    /// Momentum, or the average of gradients: moves like a gradient.
    pub first: Vec<T>,
    /// The average of squared gradients: moves like one without its signs.
    pub second: Vec<T>,
}

impl<T> Default for State<T> {
    fn default() -> Self {
        Self { steps: 0, first: Vec::new(), second: Vec::new() }
    }
}

impl<T: Scalar> State<T> {
    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Makes the state invariant: the first moment by `P`, the second by the unsigned `|P|`. When coordinates are
    /// symmetrised, this (or [`clear`](State::clear)) has to follow: a stale state breaks invariance in the next step.
    ///
    /// # Panics
    /// If the state is of other coordinates.
    pub fn symmetrize(&mut self, symmetry: &CoordinateSymmetry) {
        if !self.first.is_empty() {
            symmetry.project(&mut self.first);
        }
        if !self.second.is_empty() {
            symmetry.project_unsigned(&mut self.second);
        }
    }
}

/// A rule that moves coordinates along a gradient.
///
/// # Examples
/// ```
/// use equibayes::inference::optimiser::{Optimiser, Rates, Sgd};
///
/// let mut sgd = Sgd::new();
/// let mut w = [1.0];
/// sgd.step(Rates::uniform(0.25), &mut w, &[2.0]);
/// assert_eq!(w, [0.5]);
/// ```
pub trait Optimiser<T: Scalar = f64> {
    /// One step from `w` with this gradient.
    ///
    /// # Panics
    /// If the gradient has another length than `w`, or the state is of other coordinates.
    fn step(&mut self, rates: Rates<'_, T>, w: &mut [T], gradient: &[T]);

    /// What it remembers.
    fn state(&self) -> &State<T>;

    /// What it remembers, to be cleared, symmetrised or restored.
    fn state_mut(&mut self) -> &mut State<T>;
}

/// Checks lengths before a step.
#[track_caller]
fn check<T>(w: &[T], gradient: &[T], moment: &[T]) {
    assert_eq!(w.len(), gradient.len(), "gradient of other coordinates");
    assert!(moment.is_empty() || moment.len() == w.len(), "state of other coordinates");
}

/// A moment that exists: zeros before the first step.
fn started<T: Scalar>(moment: &mut Vec<T>, len: usize) -> &mut [T] {
    if moment.is_empty() {
        moment.resize(len, T::zero());
    }
    moment
}
