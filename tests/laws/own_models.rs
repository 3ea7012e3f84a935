//! The crate's models, a stranger's, and broken ones.

use super::{assert_only, assert_rejected};
use equibayes::group::{Cyclic, Dihedral, Symmetric};
use equibayes::law;
use equibayes::model::{
    Differentiable, Joint, LayerAction, Linear, Mlp, Model, PiecewiseLinear, Pointwise, Support,
};
use equibayes::representation::{
    ChangeOfBasis, DirectSum, PermutationRep, Representation, SignedPermutation,
    SignedPermutationRep, Trivial,
};
use equibayes::scalar::{Rational, Real, Scalar};
use nalgebra::{DMatrix, dmatrix};

fn shift(n: usize) -> PermutationRep<Cyclic> {
    PermutationRep::regular(&Cyclic::new(n).unwrap()).unwrap()
}

/// The quarter turns of the plane, twice.
fn turns() -> SignedPermutationRep<Cyclic> {
    SignedPermutationRep::from_fn(Cyclic::new(4).unwrap(), 4, |&k| {
        SignedPermutation::from_fn(4, |i| {
            let (plane, axis) = (i / 2, i % 2);
            (2 * plane + (axis + k) % 2, (axis + k) % 4 >= 2)
        })
    })
}

/// `C_2` by a reflection along a slanted axis.
fn slanted<T: Scalar>() -> ChangeOfBasis<PermutationRep<Cyclic>, T> {
    let basis: DMatrix<T> = dmatrix![2i64, 1; 1, 1].map(|entry| T::ratio(entry, 1));
    ChangeOfBasis::new(shift(2), basis).unwrap()
}

#[test]
fn linear_models_are_models() {
    let linear = Linear::with_bias(2, 2).unwrap();
    law::differentiable(&linear).assert();
    law::differentiable_over::<f32, _>(&linear).assert();
    let spaces = slanted::<f64>();
    law::model(&linear, &linear.joint(&spaces, &spaces).unwrap()).assert();
    let spaces = slanted::<Rational>();
    let joint = linear.joint(&spaces, &spaces).unwrap();
    law::model_over::<Rational, _, _, _, _>(&linear, &joint).assert();
    law::representation_over::<Rational, _>(joint.parameters(), 1.0).assert();
}

#[test]
fn networks_with_every_activation_are_models() {
    for activation in [Pointwise::Tanh, Pointwise::Erf, Pointwise::Sine, Pointwise::Identity] {
        let net = Mlp::new(&[4, 4, 4, 4], activation).unwrap();
        let joint = net.joint(&[turns(), turns(), turns(), turns()]).unwrap();
        law::model(&net, &joint).assert();
        law::differentiable(&net).assert();
        law::signed_permutations(joint.parameters()).assert();
        law::orthogonal(joint.parameters()).assert();
    }
    let d3 = PermutationRep::regular(&Dihedral::new(3).unwrap()).unwrap();
    let net = Mlp::new(&[6, 6, 6], PiecewiseLinear::Relu).unwrap().without_bias();
    let joint = net.joint(&[d3.clone(), d3.clone(), d3]).unwrap();
    law::model(&net, &joint).assert();
    law::model_over::<f32, _, _, _, _>(&net, &joint).assert();
    law::model_over::<Rational, _, _, _, _>(&net, &joint).assert();
    law::permutations(joint.parameters()).assert();
    law::differentiable(&net).assert();
}

/// A set function, `Φ(θ, x) = θ₀ Σ x_i + θ₁ Σ x_i² + θ₂`, by somebody else.
#[derive(Clone, Debug)]
struct SetSum {
    inputs: usize,
}

impl<T: Scalar> Model<T> for SetSum {
    fn parameters(&self) -> usize {
        3
    }

    fn inputs(&self) -> usize {
        self.inputs
    }

    fn outputs(&self) -> usize {
        1
    }

    fn predict(&self, theta: &[T], x: &[T], out: &mut [T]) {
        let (mut sum, mut squares) = (T::zero(), T::zero());
        for x in x {
            sum += x.clone();
            squares += x.clone() * x.clone();
        }
        out[0] = theta[0].clone() * sum + theta[1].clone() * squares + theta[2].clone();
    }
}

impl<T: Real> Differentiable<T> for SetSum {
    type Workspace = ();

    fn workspace(&self, _: usize) {}

    fn forward(&self, theta: &[T], inputs: &[T], outputs: &mut [T], (): &mut ()) {
        for (x, out) in inputs.chunks(self.inputs).zip(outputs.chunks_mut(1)) {
            self.predict(theta, x, out);
        }
    }

    fn backward(&self, _: &[T], inputs: &[T], v: &[T], gradient: &mut [T], (): &mut ()) {
        for (x, &v) in inputs.chunks(self.inputs).zip(v) {
            gradient[0] += v * x.iter().fold(T::zero(), |sum, &x| sum + x);
            gradient[1] += v * x.iter().fold(T::zero(), |sum, &x| sum + x * x);
            gradient[2] += v;
        }
    }
}

#[test]
fn a_stranger_s_model_passes() {
    let model = SetSum { inputs: 4 };
    let s4 = Symmetric::new(4).unwrap();
    let joint =
        Joint::new(Trivial::new(s4, 3), PermutationRep::natural(&s4), Trivial::new(s4, 1)).unwrap();
    law::model(&model, &joint).assert();
    law::model_over::<Rational, _, _, _, _>(&model, &joint).assert();
    law::differentiable(&model).assert();
    // It does not commute with signs, and has no other number of inputs.
    let still = |dim| Trivial::new(Cyclic::new(4).unwrap(), dim);
    let signed = Joint::new(still(3), turns(), still(1)).unwrap();
    assert_only(&law::model(&model, &signed), &["joint equivariance"]);
    let short = Joint::new(still(3), shift(4), still(2)).unwrap();
    assert_rejected(&law::model(&model, &short), &["spaces"]);
}

#[test]
fn representations_that_are_not_the_network_s_are_refuted() {
    let net = Mlp::new(&[3, 3, 3], Pointwise::Tanh).unwrap();
    let right = net.joint(&[shift(3), shift(3), shift(3)]).unwrap();
    // The hidden layer is not permuted.
    let still = PermutationRep::from_fn(Cyclic::new(3).unwrap(), 3, |_| {
        equibayes::group::Permutation::identity(3)
    });
    let wrong = LayerAction::new(net.layers(), &[shift(3), still.clone(), still]).unwrap();
    let joint = Joint::new(wrong, shift(3), shift(3)).unwrap();
    assert_only(&law::model(&net, &joint), &["joint equivariance"]);
    // The last bias is not moved.
    let c3 = Cyclic::new(3).unwrap();
    let weights = net.clone().without_bias();
    let weights = weights.joint(&[shift(3), shift(3), shift(3)]).unwrap();
    let wrong = DirectSum::new(weights.parameters().clone(), Trivial::new(c3, 6)).unwrap();
    let joint = Joint::new(wrong, shift(3), shift(3)).unwrap();
    assert_only(&law::model(&net, &joint), &["joint equivariance"]);
    law::model(&net, &right).assert();
    // ReLU under signs, exactly.
    let relu = Mlp::new(&[4, 4, 4], PiecewiseLinear::Relu).unwrap();
    let action = LayerAction::new(relu.layers(), &[turns(), turns(), turns()]).unwrap();
    let joint = Joint::new(action, turns(), turns()).unwrap();
    assert_only(&law::model(&relu, &joint), &["joint equivariance"]);
    let exact = law::model_over::<Rational, _, _, _, _>(&relu, &joint);
    assert_only(&exact, &["joint equivariance"]);
}

/// What can be wrong with a model's implementation.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// `predict` adds to what `out` held.
    Accumulates,
    /// The forward pass leaves out a constant.
    ForwardWithoutConstant,
    /// The second example of a batch is predicted for the first one's input.
    BatchReadsFirst,
    /// `backward` overwrites the gradient.
    Overwrites,
    /// The gradient of the squares is wrong by its factor.
    HalfGradient,
    /// The gradient of all but the last example is lost.
    LastExample,
    /// The forward pass adds what the workspace remembers.
    Remembers,
}

#[derive(Clone, Debug)]
struct Faulty {
    sum: SetSum,
    fault: Fault,
}

impl Model<f64> for Faulty {
    fn parameters(&self) -> usize {
        3
    }

    fn inputs(&self) -> usize {
        self.sum.inputs
    }

    fn outputs(&self) -> usize {
        1
    }

    fn predict(&self, theta: &[f64], x: &[f64], out: &mut [f64]) {
        let before = out[0];
        self.sum.predict(theta, x, out);
        if self.fault == Fault::Accumulates {
            out[0] += before;
        }
    }
}

impl Differentiable<f64> for Faulty {
    type Workspace = f64;

    fn workspace(&self, _: usize) -> f64 {
        0.0
    }

    fn forward(&self, theta: &[f64], inputs: &[f64], outputs: &mut [f64], memory: &mut f64) {
        let width = self.sum.inputs;
        for (i, out) in outputs.iter_mut().enumerate() {
            let i = if self.fault == Fault::BatchReadsFirst { 0 } else { i };
            let x = &inputs[i * width..(i + 1) * width];
            *out = self.sum.prediction(theta, x)[0];
            if self.fault == Fault::ForwardWithoutConstant {
                *out -= theta[2];
            }
            if self.fault == Fault::Remembers {
                *out += *memory;
            }
        }
        *memory = 1.0;
    }

    fn backward(&self, theta: &[f64], x: &[f64], v: &[f64], gradient: &mut [f64], _: &mut f64) {
        let width = self.sum.inputs;
        if self.fault == Fault::Overwrites {
            gradient.fill(0.0);
        }
        let skipped = if self.fault == Fault::LastExample { v.len() - 1 } else { 0 };
        let before = gradient[1];
        self.sum.backward(theta, &x[skipped * width..], &v[skipped..], gradient, &mut ());
        if self.fault == Fault::HalfGradient {
            gradient[1] = 0.5 * (before + gradient[1]);
        }
    }
}

#[test]
fn faulty_models_are_refuted() {
    for (fault, expected) in [
        (Fault::ForwardWithoutConstant, "forward"),
        (Fault::BatchReadsFirst, "forward"),
        (Fault::Overwrites, "backward"),
        (Fault::HalfGradient, "backward"),
        (Fault::LastExample, "backward"),
        (Fault::Remembers, "workspace"),
    ] {
        let model = Faulty { sum: SetSum { inputs: 3 }, fault };
        assert_only(&law::differentiable(&model), &[expected]);
    }
    let model = Faulty { sum: SetSum { inputs: 3 }, fault: Fault::Accumulates };
    let c3 = Cyclic::new(3).unwrap();
    let joint = Joint::new(Trivial::new(c3, 3), shift(3), Trivial::new(c3, 1)).unwrap();
    assert_only(&law::model(&model, &joint), &["output"]);
}

#[test]
fn supports_are_admissible_or_refuted() {
    let net = Mlp::new(&[4, 4, 4], Pointwise::Relu).unwrap();
    let joint = net.joint(&[shift(4), shift(4), shift(4)]).unwrap();
    let rho = joint.parameters();
    // Circulant bands: every hidden unit reads two neighbours, and nothing is forbidden behind it.
    let band: Vec<bool> = (0..rho.dim()).map(|i| i >= 16 || (i % 4 + 4 - i / 4) % 4 < 2).collect();
    law::admissible(&Support::<f64>::new(&band), rho).assert();
    law::admissible(&Support::<Rational>::new(&band), rho).assert();
    let mut cut = band;
    cut[0] = false;
    let cut = Support::<f64>::new(&cut);
    assert_only(&law::admissible(&cut, rho), &["generators", "elements"]);
}
