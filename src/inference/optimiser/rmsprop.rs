//! RMSprop.

use super::{Optimiser, Rates, State, check, started};
use crate::scalar::Real;
use num_traits::Float;

/// RMSprop: `v ← αv + (1 − α)g²`, `u ← μu + g/(√v + ε)`, `w ← w − rate · u`.
#[derive(Clone, Debug, PartialEq)]
pub struct RmsProp<T = f64> {
    alpha: T,
    epsilon: T,
    momentum: T,
    state: State<T>,
}

impl<T: Real> RmsProp<T> {
    /// With the usual constants: `α = 0.99`, `ε = 10⁻⁸`, no momentum.
    pub fn new() -> Self {
        Self {
            alpha: T::ratio(99, 100),
            epsilon: T::ratio(1, 100_000_000),
            momentum: T::zero(),
            state: State::default(),
        }
    }

    /// With another smoothing constant.
    pub fn alpha(self, alpha: T) -> Self {
        Self { alpha, ..self }
    }

    /// With another `ε`.
    pub fn epsilon(self, epsilon: T) -> Self {
        Self { epsilon, ..self }
    }

    /// With momentum.
    pub fn momentum(self, momentum: T) -> Self {
        Self { momentum, ..self }
    }
}

impl<T: Real> Default for RmsProp<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Real> Optimiser<T> for RmsProp<T> {
    fn step(&mut self, rates: Rates<'_, T>, w: &mut [T], gradient: &[T]) {
        check(w, gradient, &self.state.second);
        let moving = !self.momentum.is_zero();
        let second = started(&mut self.state.second, w.len());
        if moving {
            started(&mut self.state.first, w.len());
        }
        for (i, (x, &g)) in w.iter_mut().zip(gradient).enumerate() {
            second[i] = self.alpha * second[i] + (T::one() - self.alpha) * g * g;
            let mut step = if second[i] > T::zero() {
                g / (Float::sqrt(second[i]) + self.epsilon)
            } else {
                T::zero()
            };
            if moving {
                step += self.momentum * self.state.first[i];
                self.state.first[i] = step;
            }
            *x -= rates.at(i) * step;
        }
        self.state.steps += 1;
    }

    fn state(&self) -> &State<T> {
        &self.state
    }

    fn state_mut(&mut self) -> &mut State<T> {
        &mut self.state
    }
}
