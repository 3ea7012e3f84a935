//! Adam and AdamW.

use super::{Optimiser, Rates, State, check, started};
use crate::scalar::Real;
use num_traits::Float;

/// Adam, or with [`decoupled`](Adam::decoupled) weight decay AdamW: `m ← β₁m + (1 − β₁)g`, `v ← β₂v + (1 − β₂)g²`,
/// `w ← w − rate · m̂/(√v̂ + ε)` with `m̂ = m/(1 − β₁ᵗ)`, `v̂ = v/(1 − β₂ᵗ)`.
///
/// Odd in the gradient and one coordinate at a time: equivariant under signed permutations, and under other
/// orthogonal actions in general not. On a coordinate that the group kills, the exact gradient is 0 and a step
/// divides rounding by rounding: project the gradient there, or tie.
///
/// # Examples
/// ```
/// use equibayes::inference::optimiser::{Adam, Optimiser, Rates};
///
/// let mut adam = Adam::new();
/// let mut w = [1.0_f64];
/// adam.step(Rates::uniform(0.1), &mut w, &[1e-3]);
/// assert!((w[0] - 0.9).abs() < 1e-5); // the first step is the rate, whatever the gradient
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Adam<T = f64> {
    betas: (T, T),
    epsilon: T,
    decay: T,
    decoupled: bool,
    state: State<T>,
}

impl<T: Real> Adam<T> {
    /// With the usual constants: `β = (0.9, 0.999)`, `ε = 10⁻⁸`, no decay.
    pub fn new() -> Self {
        Self {
            betas: (T::ratio(9, 10), T::ratio(999, 1000)),
            epsilon: T::ratio(1, 100_000_000),
            decay: T::zero(),
            decoupled: false,
            state: State::default(),
        }
    }

    /// With other constants.
    pub fn betas(self, first: T, second: T) -> Self {
        Self { betas: (first, second), ..self }
    }

    /// With another `ε`.
    pub fn epsilon(self, epsilon: T) -> Self {
        Self { epsilon, ..self }
    }

    /// With weight decay as part of the gradient.
    pub fn decay(self, decay: T) -> Self {
        Self { decay, decoupled: false, ..self }
    }

    /// With decoupled weight decay, `w ← (1 − rate · decay) w` before the step: AdamW.
    pub fn decoupled(self, decay: T) -> Self {
        Self { decay, decoupled: true, ..self }
    }
}

impl<T: Real> Default for Adam<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Real> Optimiser<T> for Adam<T> {
    fn step(&mut self, rates: Rates<'_, T>, w: &mut [T], gradient: &[T]) {
        check(w, gradient, &self.state.first);
        let one = T::one();
        self.state.steps += 1;
        let steps = i32::try_from(self.state.steps).unwrap_or(i32::MAX);
        let (beta, gamma) = self.betas;
        let correction = one - Float::powi(beta, steps);
        let root = Float::sqrt(one - Float::powi(gamma, steps));
        let first = started(&mut self.state.first, w.len());
        let second = started(&mut self.state.second, w.len());
        for (i, (x, &slope)) in w.iter_mut().zip(gradient).enumerate() {
            let (rate, mut g) = (rates.at(i), slope);
            if self.decoupled {
                *x *= one - rate * self.decay;
            } else if !self.decay.is_zero() {
                g += self.decay * *x;
            }
            first[i] = beta * first[i] + (one - beta) * g;
            second[i] = gamma * second[i] + (one - gamma) * g * g;
            // A gradient that was always zero moves nothing.
            if second[i] > T::zero() {
                let scale = Float::sqrt(second[i]) / root + self.epsilon;
                *x -= rate / correction * (first[i] / scale);
            }
        }
    }

    fn state(&self) -> &State<T> {
        &self.state
    }

    fn state_mut(&mut self) -> &mut State<T> {
        &mut self.state
    }
}
