//! The laws of models that a group acts on (claim E1).

use super::draw::{element, floats, fraction, gap};
use super::error_model::SECOND_ORDER;
use super::{Finding, Law, Laws, Residual};
use crate::group::Haar;
use crate::model::{Joint, Model};
use crate::representation::{ActsOn, ElementOf};
use crate::scalar::Scalar;
use rand_chacha::ChaCha8Rng;

/// What a model satisfies that is jointly equivariant, in `f64`: `Φ(ρ_Θ(g)θ, ρ_X(g)x) = ρ_Y(g)Φ(θ, x)`.
///
/// A prediction is held to be mixed stable: what exact arithmetic gives for parameters and inputs that are off by
/// `K u` relative, itself off by `K u` relative, `K = p + d + 16` for `p` parameters and `d` inputs. A network
/// of sums of products and of activations that are right to a few units is, since a rounding of a sum or of an
/// activation can be put on the weights of that sum or of the next. What such an error makes of the
/// outputs is measured by difference quotients, two predictions for each parameter and input.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::law;
/// use equibayes::model::{Mlp, Pointwise};
/// use equibayes::representation::PermutationRep;
///
/// let net = Mlp::new(&[3, 3, 3], Pointwise::Tanh)?;
/// let shift = PermutationRep::regular(&Cyclic::new(3)?)?;
/// let joint = net.joint(&[shift.clone(), shift.clone(), shift])?;
/// law::model(&net, &joint).assert();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn model<'a, M, P, X, Y>(model: &'a M, joint: &'a Joint<P, X, Y>) -> Laws<'a>
where
    M: Model<f64>,
    P: ActsOn<f64, Group: Haar>,
    X: ActsOn<f64, Group = P::Group>,
    Y: ActsOn<f64, Group = P::Group>,
{
    model_over::<f64, M, P, X, Y>(model, joint)
}

/// [`model`] in any scalar: exact ones have no tolerance.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::law;
/// use equibayes::model::{Mlp, PiecewiseLinear};
/// use equibayes::representation::PermutationRep;
/// use equibayes::scalar::Rational;
///
/// let net = Mlp::new(&[2, 2, 2], PiecewiseLinear::Relu)?;
/// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
/// let joint = net.joint(&[swap.clone(), swap.clone(), swap])?;
/// law::model_over::<Rational, _, _, _, _>(&net, &joint).assert();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn model_over<'a, T, M, P, X, Y>(model: &'a M, joint: &'a Joint<P, X, Y>) -> Laws<'a>
where
    T: Scalar,
    M: Model<T>,
    P: ActsOn<T, Group: Haar>,
    X: ActsOn<T, Group = P::Group>,
    Y: ActsOn<T, Group = P::Group>,
{
    let laws = vec![
        Law::new("spaces", "the representations have the dimensions of Θ, X and Y", move |_| {
            let of_model = (model.parameters(), model.inputs(), model.outputs());
            let of_joint = (joint.parameters().dim(), joint.inputs().dim(), joint.outputs().dim());
            let witness = format!("dimensions {of_model:?} of the model, {of_joint:?} of ρ");
            Finding::exact(of_model == of_joint, witness)
        })
        .once(),
        Law::new("output", "predict overwrites what out held", move |rng| {
            let (theta, x) = point::<T, M>(model, rng);
            let run = |start: T| {
                let mut out = vec![start; model.outputs()];
                model.predict(&theta, &x, &mut out);
                out
            };
            let witness = format!("θ = {:?}, x = {:?}", floats(&theta), floats(&x));
            Finding::exact(run(T::zero()) == run(T::ratio(17, 1)), witness)
        }),
        Law::new("joint equivariance", "Φ(ρ_Θ(g)θ, ρ_X(g)x) = ρ_Y(g)Φ(θ, x)", move |rng| {
            jointly(model, joint, rng)
        })
        // Two predictions for each parameter and input are enough of an effort sixteen times.
        .at_most(16),
    ];
    Laws::new("model", laws)
}

/// Parameters and an input, of moderate size: deep networks multiply many of them.
pub(super) fn point<T: Scalar, M: Model<T>>(model: &M, rng: &mut ChaCha8Rng) -> (Vec<T>, Vec<T>) {
    let mut draw = |count: usize| -> Vec<T> {
        (0..count).map(|_| fraction::<T>(rng) / T::count(16)).collect()
    };
    (draw(model.parameters()), draw(model.inputs()))
}

/// How many roundings a parameter or an input is granted.
pub(super) fn granted<T: Scalar, M: Model<T>>(model: &M) -> f64 {
    (model.parameters() + model.inputs() + 16) as f64
}

/// How far a computed prediction may be off, output by output, where parameters and inputs are known to within
/// `K u` of the given sizes: `K u (Σ_i σ_i |∂_i Φ| + |Φ|)`. Exact scalars round nothing.
///
/// The quotient of a function with a kink is the mean of its two slopes, which the larger one is at most
/// twice of, or, with slopes of opposite signs, nothing: hence both one-sided quotients are taken.
pub(crate) fn prediction_error<T: Scalar, M: Model<T>>(
    model: &M,
    (theta, x): (&[T], &[T]),
    (theta_sizes, x_sizes): (&[f64], &[f64]),
) -> Vec<f64> {
    if T::UNIT_ROUNDOFF == 0.0 {
        return vec![0.0; model.outputs()];
    }
    let here = model.prediction(theta, x);
    let mut sum: Vec<f64> = here.iter().map(|out| out.nearest_f64().abs()).collect();
    // Between the roundings, u/h, and the curvature, h.
    let h = T::UNIT_ROUNDOFF.sqrt();
    let (mut theta, mut x) = (theta.to_vec(), x.to_vec());
    let sizes = theta_sizes.iter().chain(x_sizes).copied();
    for (i, size) in sizes.enumerate().filter(|(_, size)| *size > 0.0) {
        let in_theta = i < theta.len();
        let at = if in_theta { i } else { i - theta.len() };
        let value = if in_theta { theta[at].clone() } else { x[at].clone() };
        let Some(step) = T::from_f64(h * size) else { continue };
        let mut side = |moved: T| {
            if in_theta {
                theta[at] = moved
            } else {
                x[at] = moved
            }
            let out = model.prediction(&theta, &x);
            out.iter().zip(here.iter()).map(|(a, b)| gap(a, b) / h).collect::<Vec<_>>()
        };
        let (ahead, behind) = (side(value.clone() + step.clone()), side(value.clone() - step));
        side(value);
        for ((sum, ahead), behind) in sum.iter_mut().zip(ahead).zip(behind) {
            *sum += if ahead > behind { ahead } else { behind };
        }
    }
    let unit = granted::<T, M>(model) * T::UNIT_ROUNDOFF * SECOND_ORDER;
    sum.into_iter().map(|sum| unit * sum).collect()
}

/// `|ρ(g)| v` for sizes `v`.
fn moved_sizes<T: Scalar, R: ActsOn<T>>(rep: &R, g: &ElementOf<R>, sizes: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; sizes.len()];
    match rep.signed_permutation(g) {
        Some(map) => map.unsigned().act(sizes, &mut out),
        None => {
            let matrix = rep.matrix(g);
            for (i, row) in matrix.row_iter().enumerate() {
                let terms = row.iter().zip(sizes).map(|(a, size)| a.nearest_f64().abs() * size);
                out[i] = terms.sum();
            }
        }
    }
    out
}

fn jointly<T, M, P, X, Y>(model: &M, joint: &Joint<P, X, Y>, rng: &mut ChaCha8Rng) -> Finding
where
    T: Scalar,
    M: Model<T>,
    P: ActsOn<T, Group: Haar>,
    X: ActsOn<T, Group = P::Group>,
    Y: ActsOn<T, Group = P::Group>,
{
    let (theta, x) = point::<T, M>(model, rng);
    let g = element(joint.group(), rng);
    let (moved, moved_x) = (joint.parameters().apply(&g, &theta), joint.inputs().apply(&g, &x));
    let there = model.prediction(moved.as_slice(), moved_x.as_slice());
    let here = model.prediction(&theta, &x);
    let expected = joint.outputs().apply(&g, here.as_slice());
    let size = |v: &[T]| -> Vec<f64> { v.iter().map(|x| x.nearest_f64().abs()).collect() };
    let (theta_sizes, x_sizes) = (size(&theta), size(&x));
    // The moved parameters were computed with terms of these sizes, no more of them than there are parameters.
    let moved_theta_sizes = moved_sizes(joint.parameters(), &g, &theta_sizes);
    let moved_x_sizes = moved_sizes(joint.inputs(), &g, &x_sizes);
    let of_there = prediction_error(
        model,
        (moved.as_slice(), moved_x.as_slice()),
        (&moved_theta_sizes, &moved_x_sizes),
    );
    let of_here = prediction_error(model, (&theta, &x), (&theta_sizes, &x_sizes));
    let outputs = (model.outputs() as f64 + 1.0) * T::UNIT_ROUNDOFF;
    let of_here: Vec<f64> = of_here
        .iter()
        .zip(size(here.as_slice()))
        .map(|(error, size)| error + outputs * size)
        .collect();
    let of_expected = moved_sizes(joint.outputs(), &g, &of_here);
    let mut worst = (Residual::exact(true), 0);
    for k in 0..there.len() {
        // The moved parameters round once in moving and once in predicting.
        let tolerance = 2.0 * of_there[k] + of_expected[k];
        let residual = Residual::new(gap(&there[k], &expected[k]), tolerance);
        if residual.ratio() > worst.0.ratio() {
            worst = (residual, k);
        }
    }
    let witness = format!(
        "g = {g:?}, output {}: Φ(ρθ, ρx) = {:?}, ρΦ(θ, x) = {:?}, θ = {:?}, x = {:?}",
        worst.1,
        floats(&there),
        floats(&expected),
        floats(&theta),
        floats(&x)
    );
    Finding::within(worst.0.error(), worst.0.tolerance(), witness)
}
