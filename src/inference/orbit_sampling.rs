//! Exactly equivariant predictions from finitely many draws (claim E9).

use super::error::InferenceError;
use super::moves::{Moves, elements};
use crate::group::{Finite, Group};
use crate::model::{Joint, Model};
use crate::representation::{ActsOn, Representation};
use crate::scalar::Scalar;

/// The orbit average `QF(x) = avg_g ρ_Y(g)^{-1} F(ρ_X(g)x)` of a predictor `F`. For a jointly equivariant model and
/// finitely many draws `θ_t` it is the orbit-sampled predictive `(1/T) Σ_t avg_g Φ(ρ_Θ(g)θ_t, x)`, without moving the
/// parameters.
///
/// It is exactly equivariant whatever the draws and their law. In floating point: for signed permutations of inputs
/// and outputs **bit for bit**, if `F` gives the same bits for the same input, because the terms of each output are
/// added in an order that depends on their values alone; for other actions to the rounding of the moves.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::inference::OrbitSampling;
/// use equibayes::model::Joint;
/// use equibayes::representation::{PermutationRep, Trivial};
///
/// let c3 = Cyclic::new(3)?;
/// let shift = PermutationRep::regular(&c3)?;
/// let joint = Joint::new(shift.clone(), shift.clone(), Trivial::new(c3, 1))?;
/// let orbits = OrbitSampling::new(&joint)?;
/// // Not invariant by itself.
/// let predictor = |x: &[f64], out: &mut [f64]| out[0] = (0.1 * x[0] + 0.7 * x[1]).exp();
/// let (mut one, mut other) = ([0.0], [0.0]);
/// orbits.average(&[0.1, 0.2, 0.4], predictor, &mut one);
/// orbits.average(&[0.4, 0.1, 0.2], predictor, &mut other);
/// assert_eq!(one, other);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct OrbitSampling<T: Scalar> {
    forth: Moves<T>,
    back: Moves<T>,
}

impl<T: Scalar> OrbitSampling<T> {
    /// Over the whole group.
    ///
    /// # Errors
    /// [`InferenceError`] if the group is too large to be enumerated.
    pub fn new<P, X, Y>(joint: &Joint<P, X, Y>) -> Result<Self, InferenceError>
    where
        P: Representation<Group = X::Group>,
        X: ActsOn<T>,
        Y: ActsOn<T, Group = X::Group>,
        X::Group: Finite,
    {
        let elements = elements(joint.inputs())?;
        let inverses: Vec<_> = elements.iter().map(|g| joint.group().inverse(g)).collect();
        let forth = Moves::of(joint.inputs(), &elements);
        Ok(Self { forth, back: Moves::of(joint.outputs(), &inverses) })
    }

    /// Writes `QF(x)` to `out`, for a predictor that writes `F(x)` to its second argument.
    ///
    /// # Panics
    /// If `x` or `out` has another dimension than its representation.
    pub fn average(&self, x: &[T], mut predictor: impl FnMut(&[T], &mut [T]), out: &mut [T]) {
        let (inputs, outputs) = (self.forth.dim(), self.back.dim());
        assert_eq!((x.len(), out.len()), (inputs, outputs), "input or output of other dimensions");
        let mut moved = vec![T::zero(); inputs];
        let mut predicted = vec![T::zero(); outputs];
        let mut terms = vec![T::zero(); outputs * self.forth.len()];
        for (k, term) in terms.chunks_exact_mut(outputs.max(1)).enumerate() {
            self.forth.act(k, x, &mut moved);
            predictor(&moved, &mut predicted);
            self.back.act(k, &predicted, term);
        }
        let count = T::count(self.forth.len());
        let mut column = Vec::with_capacity(self.forth.len());
        for (c, value) in out.iter_mut().enumerate() {
            column.clear();
            column.extend(terms.iter().skip(c).step_by(outputs).cloned());
            *value = sum_by_value(&mut column) / count.clone();
        }
    }

    /// The orbit-sampled predictive of a jointly equivariant model, for draws of its parameters one after the other.
    ///
    /// # Panics
    /// If a slice has the wrong length, or there is no draw.
    pub fn predict<M: Model<T>>(&self, model: &M, draws: &[T], x: &[T], out: &mut [T]) {
        let dim = model.parameters();
        assert!(
            dim > 0 && !draws.is_empty() && draws.len().is_multiple_of(dim),
            "draws of other parameters than the model's, or none"
        );
        let mut one = vec![T::zero(); out.len()];
        let mut sum = one.clone();
        for theta in draws.chunks_exact(dim) {
            self.average(x, |x, out| model.predict(theta, x, out), &mut one);
            for (sum, value) in sum.iter_mut().zip(&one) {
                *sum += value.clone();
            }
        }
        let count = T::count(draws.len() / dim);
        for (value, sum) in out.iter_mut().zip(sum) {
            *value = sum / count.clone();
        }
    }
}

/// The sum in an order that the values determine, and so that negating all of them negates it: the positive ones
/// from the smallest up, less the negative ones likewise.
fn sum_by_value<T: Scalar>(values: &mut [T]) -> T {
    let size = |x: &T| x.magnitude();
    values.sort_unstable_by(|a, b| {
        size(a).partial_cmp(&size(b)).unwrap_or(std::cmp::Ordering::Equal)
    });
    let (mut above, mut below) = (T::zero(), T::zero());
    for value in values.iter() {
        if *value < T::zero() {
            below -= value.clone();
        } else {
            above += value.clone();
        }
    }
    above - below
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_depend_on_values_alone_and_are_odd() {
        let values = [0.1, -0.7, 1e16, 0.3, -1.0, 0.1, -1e16];
        let sum = |list: &[f64]| sum_by_value(&mut list.to_vec());
        let mut turned = values.to_vec();
        turned.rotate_left(3);
        assert_eq!(sum(&values).to_bits(), sum(&turned).to_bits());
        assert_eq!(sum(&values.map(|x| -x)).to_bits(), (-sum(&values)).to_bits());
        assert!(sum(&[f64::NAN, 1.0]).is_nan());
    }
}
