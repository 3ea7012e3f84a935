//! Natural-gradient descent for mean fields.

use super::{Optimiser, Rates, State, check};
use crate::inference::{MeanField, Posterior};
use crate::scalar::Real;

/// `w ← w − rate · F(w)^{-1} g`, with the Fisher information of a mean field in its coordinates `(m; ρ)`:
/// `1/σ²` for a mean, `2 (σ'/σ)²` for the coordinate of a scale.
///
/// For steps in natural coordinates, of any family, see
/// [`natural_gradient_step`](crate::inference::natural_gradient_step).
///
/// # Examples
/// ```
/// use equibayes::inference::optimiser::{NaturalGradient, Optimiser, Rates};
/// use equibayes::inference::{MeanField, ScaleLink};
///
/// let q = MeanField::with_link(1, ScaleLink::Exp);
/// let mut w = [1.0, 0.0]; // σ = 1
/// NaturalGradient::new(q).step(Rates::uniform(0.5), &mut w, &[1.0, 1.0]);
/// assert_eq!(w, [0.5, -0.25]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct NaturalGradient<T = f64> {
    posterior: MeanField,
    state: State<T>,
}

impl<T: Real> NaturalGradient<T> {
    /// For the coordinates of this posterior.
    pub fn new(posterior: MeanField) -> Self {
        Self { posterior, state: State::default() }
    }
}

impl<T: Real> Optimiser<T> for NaturalGradient<T> {
    fn step(&mut self, rates: Rates<'_, T>, w: &mut [T], gradient: &[T]) {
        check(w, gradient, &self.state.first);
        let dim = Posterior::<T>::dim(&self.posterior);
        assert_eq!(w.len(), 2 * dim, "coordinates of another posterior");
        let link = self.posterior.link();
        for i in 0..dim {
            let rho = w[dim + i];
            let (scale, slope) = (link.scale(rho), link.slope(rho));
            let ratio = scale / slope;
            w[i] -= rates.at(i) * scale * scale * gradient[i];
            w[dim + i] -= rates.at(dim + i) * T::ratio(1, 2) * ratio * ratio * gradient[dim + i];
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
