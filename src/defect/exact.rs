//! The defect of a function that is known, without draws.

use crate::group::{Finite, Group};
use crate::representation::{ActsOn, Representation};
use crate::scalar::Scalar;
use nalgebra::DVector;

/// `E_x avg_g ‖F(ρ_X(g)x) − ρ_Y(g)F(x)‖²` over these inputs, of a function `F` that can be evaluated: a predictive mean in
/// [closed form](crate::model::predictive), or a single network. Exact for exact scalars; zero for no inputs.
///
/// `F` is asked once for each input and once more for each `g` but the identity.
///
/// # Errors
/// What `F` fails with.
///
/// # Panics
/// If an input is not as long as `X` has dimensions, or `F` gives other than `Y`'s dimensions.
///
/// # Examples
/// ```
/// use equibayes::defect::exact_defect;
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::model::{Linear, predictive};
/// use equibayes::representation::{PermutationRep, Trivial};
///
/// // Two inputs that are exchanged, one output that stays; the mean weights are 1 and 0.
/// let c2 = Cyclic::new(2)?;
/// let (swap, stays) = (PermutationRep::regular(&c2)?, Trivial::new(c2, 1));
/// let q = DiagonalGaussian::with_variance(&[1.0, 0.0], &[1.0, 1.0])?;
/// let predictive = |x: &[f64]| {
///     predictive::linear(&Linear::new(2, 1)?, &(&q).into(), x)
///         .map(|moments| moments.mean)
///         .map_err(Box::<dyn std::error::Error>::from)
/// };
/// // F(x) = 3 and F(ρ(g)x) = 1: half of the squared difference.
/// assert_eq!(exact_defect(predictive, &swap, &stays, [&[3.0, 1.0]])?, 2.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn exact_defect<'a, F, E, X, Y, I, T>(
    mut function: F,
    on_inputs: &X,
    on_outputs: &Y,
    inputs: impl IntoIterator<Item = &'a I>,
) -> Result<T, E>
where
    F: FnMut(&[T]) -> Result<DVector<T>, E>,
    X: ActsOn<T>,
    X::Group: Finite,
    Y: ActsOn<T> + Representation<Group = X::Group>,
    I: AsRef<[T]> + ?Sized + 'a,
    T: Scalar,
{
    let group = on_inputs.group();
    let identity = group.identity();
    let (mut sum, mut count) = (T::zero(), 0);
    for x in inputs {
        let x = x.as_ref();
        let still = function(x)?;
        for g in group.elements() {
            count += 1;
            if g == identity {
                continue;
            }
            let moved = function(on_inputs.apply(&g, x).as_slice())?;
            let expected = on_outputs.apply(&g, still.as_slice());
            for (a, b) in moved.iter().zip(expected.iter()) {
                let difference = a.clone() - b.clone();
                sum += difference.clone() * difference;
            }
        }
    }
    Ok(if count == 0 { sum } else { sum / T::count(count) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defect::DefectSweep;
    use crate::group::Cyclic;
    use crate::representation::PermutationRep;
    use std::convert::Infallible;

    /// Of an equivariant function zero, of another one what a sweep of one draw finds.
    #[test]
    fn as_a_sweep_of_one_draw() {
        let turn = PermutationRep::regular(&Cyclic::new(3).unwrap()).unwrap();
        let equivariant =
            |x: &[f64]| Ok::<_, Infallible>(DVector::from_fn(3, |i, _| x[i] * x[(i + 1) % 3]));
        let inputs = [[1.0, -2.0, 0.5], [0.25, 4.0, 1.0]];
        assert_eq!(exact_defect(equivariant, &turn, &turn, &inputs), Ok(0.0));
        let other = |x: &[f64]| DVector::from_vec(vec![x[0], x[1] * x[1], x[2]]);
        let found =
            exact_defect(|x: &[f64]| Ok::<_, Infallible>(other(x)), &turn, &turn, &inputs).unwrap();
        let mut draw = Vec::new();
        for x in &inputs {
            for g in [1, 2] {
                let moved = other(turn.apply(&g, x).as_slice());
                let expected = turn.apply(&g, other(x).as_slice());
                draw.extend((moved - expected).iter());
            }
        }
        let mut sweep = DefectSweep::new(2, 3, 3, f64::INFINITY);
        sweep.push(&draw);
        assert!((found - sweep.estimates().shared).abs() < 1e-13 * found);
        let none: [[f64; 3]; 0] = [];
        assert_eq!(exact_defect(equivariant, &turn, &turn, &none), Ok(0.0));
    }
}
