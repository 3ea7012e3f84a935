//! Gradient descent, heavy-ball and Nesterov momentum.

use super::{Optimiser, Rates, State, check};
use crate::scalar::Scalar;

/// Gradient descent: `v ← μv + g`, `w ← w − rate · v`, with Nesterov's variant `w ← w − rate · (g + μv)`; `g` includes
/// `decay · w`, unless weight decay is [`decoupled`](Sgd::decoupled). The first `v` is `g`. In exact arithmetic too.
///
/// # Examples
/// ```
/// use equibayes::inference::optimiser::{Optimiser, Rates, Sgd};
///
/// let mut sgd = Sgd::new().momentum(0.5).nesterov();
/// let mut w = [0.0];
/// sgd.step(Rates::uniform(1.0), &mut w, &[1.0]); // v = 1, step 1 + ½
/// sgd.step(Rates::uniform(1.0), &mut w, &[1.0]); // v = 3/2, step 1 + ¾
/// assert_eq!(w, [-3.25]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Sgd<T = f64> {
    momentum: T,
    nesterov: bool,
    decay: T,
    decoupled: bool,
    state: State<T>,
}

impl<T: Scalar> Sgd<T> {
    /// Plain gradient descent.
    pub fn new() -> Self {
        Self {
            momentum: T::zero(),
            nesterov: false,
            decay: T::zero(),
            decoupled: false,
            state: State::default(),
        }
    }

    /// With momentum `μ`.
    pub fn momentum(self, momentum: T) -> Self {
        Self { momentum, ..self }
    }

    /// With Nesterov's variant of momentum.
    pub fn nesterov(self) -> Self {
        Self { nesterov: true, ..self }
    }

    /// With weight decay as part of the gradient.
    pub fn decay(self, decay: T) -> Self {
        Self { decay, decoupled: false, ..self }
    }

    /// With decoupled weight decay, `w ← (1 − rate · decay) w` before the step: it stays out of the momentum.
    ///
    /// # References
    /// I. Loshchilov, F. Hutter, *Decoupled Weight Decay Regularization* (2019), algorithm 1.
    ///
    /// # Examples
    /// ```
    /// use equibayes::inference::optimiser::{Optimiser, Rates, Sgd};
    ///
    /// let mut sgd = Sgd::new().momentum(0.5).decoupled(0.5);
    /// let mut w = [4.0];
    /// sgd.step(Rates::uniform(0.5), &mut w, &[0.0]); // ¾ of 4
    /// sgd.step(Rates::uniform(0.5), &mut w, &[0.0]); // ¾ of 3: nothing is left of the first step
    /// assert_eq!(w, [2.25]);
    /// ```
    pub fn decoupled(self, decay: T) -> Self {
        Self { decay, decoupled: true, ..self }
    }
}

impl<T: Scalar> Default for Sgd<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Optimiser<T> for Sgd<T> {
    fn step(&mut self, rates: Rates<'_, T>, w: &mut [T], gradient: &[T]) {
        check(w, gradient, &self.state.first);
        let moving = !self.momentum.is_zero();
        let first = self.state.first.is_empty();
        if moving && first {
            self.state.first.reserve_exact(w.len());
        }
        for (i, (x, slope)) in w.iter_mut().zip(gradient).enumerate() {
            let mut g = slope.clone();
            if self.decoupled {
                *x *= T::one() - rates.at(i) * self.decay.clone();
            } else if !self.decay.is_zero() {
                g += self.decay.clone() * x.clone();
            }
            if moving {
                let v = if first {
                    self.state.first.push(g.clone());
                    g.clone()
                } else {
                    let v = self.momentum.clone() * self.state.first[i].clone() + g.clone();
                    self.state.first[i] = v.clone();
                    v
                };
                g = if self.nesterov { g + self.momentum.clone() * v } else { v };
            }
            *x -= rates.at(i) * g;
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
