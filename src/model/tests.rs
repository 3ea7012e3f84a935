//! Linear models and networks by hand, against forward-mode derivatives, and one example at a time.

use super::*;
use crate::dual::Dual;
use crate::scalar::Rational;

/// Numbers in `[−1, 1]` without a pattern.
fn numbers(seed: u64, count: usize) -> Vec<f64> {
    (0..count).map(|i| f64::sin(1.7 * (seed as f64) + 12.9898 * i as f64)).collect()
}

fn networks() -> Vec<Mlp<Pointwise>> {
    use Pointwise::*;
    let mixed = vec![Tanh, Relu, Erf, Sine, Identity];
    vec![
        Mlp::new(&[3, 2], Relu).unwrap(),
        Mlp::new(&[3, 11, 2], Tanh).unwrap(),
        Mlp::new(&[2, 9, 17, 1], Erf).unwrap().without_bias(),
        Mlp::with_activations(&[10, 4, 3, 12, 8, 2, 3], mixed).unwrap(),
    ]
}

/// Checks the batched gradient of `Σ_i ⟨v_i, Φ(θ, x_i)⟩` against forward mode, one parameter at a time.
fn check_gradient<M: Differentiable + Model<Dual<f64>>>(model: &M) {
    let (parameters, inputs, outputs) = (
        Model::<f64>::parameters(model),
        Model::<f64>::inputs(model),
        Model::<f64>::outputs(model),
    );
    let batch = 3;
    let theta = numbers(1, parameters);
    let x = numbers(2, batch * inputs);
    let v = numbers(3, batch * outputs);
    let mut out = vec![0.0; batch * outputs];
    // Room for more than is used; what an earlier pass left must not matter.
    let mut workspace = model.workspace(batch + 2);
    model.forward(&theta, &x[..inputs], &mut out[..outputs], &mut workspace);
    model.forward(&theta, &x, &mut out, &mut workspace);
    for (x, out) in x.chunks(inputs).zip(out.chunks(outputs)) {
        assert_eq!(model.prediction(&theta, x).as_slice(), out);
    }
    let start = numbers(4, parameters);
    let mut gradient = start.clone();
    model.backward(&theta, &x, &v, &mut gradient, &mut workspace);
    for k in 0..parameters {
        let along =
            |i: usize| if i == k { Dual::variable(theta[i]) } else { Dual::constant(theta[i]) };
        let theta: Vec<_> = (0..parameters).map(along).collect();
        let slope: f64 = x
            .chunks(inputs)
            .zip(v.chunks(outputs))
            .map(|(x, v)| {
                let x: Vec<_> = x.iter().map(|&x| Dual::constant(x)).collect();
                let out = model.prediction(&theta, &x);
                out.iter().zip(v).map(|(out, v)| out.slope() * v).sum::<f64>()
            })
            .sum();
        // Depth and widths are at most 6 and 17: below 10⁴ terms of at most order 1.
        let distance = (gradient[k] - start[k] - slope).abs();
        assert!(distance < 1e4 * f64::EPSILON, "{k}: {distance}");
    }
}

#[test]
fn gradients_are_those_of_forward_mode() {
    for net in networks() {
        check_gradient(&net);
    }
    check_gradient(&Linear::new(9, 4).unwrap());
    check_gradient(&Linear::with_bias(2, 3).unwrap());
}

#[test]
fn a_network_is_what_its_layers_say() {
    let net = Mlp::with_activations(&[2, 2, 1], vec![PiecewiseLinear::Relu]).unwrap();
    let theta: Vec<Rational> =
        [1, 2, 3, 4, 5, -60, 7, 8, 9].iter().map(|&w| Rational::ratio(w, 1)).collect();
    let x = [Rational::ratio(1, 2), Rational::ratio(1, 1)];
    // z = (½ + 2 + 5, 3/2 + 4 − 60), a = (15/2, 0), 7·15/2 + 9.
    assert_eq!(net.prediction(&theta, &x)[0], Rational::ratio(123, 2));
    assert_eq!(net.widths().collect::<Vec<_>>(), [2, 2, 1]);
    assert_eq!(net.layers()[1].weights(), 6..8);
    assert_eq!(net.layers()[1].bias(), Some(8..9));
    assert_eq!(net.without_bias().layers()[1].weights(), 4..6);
}

#[test]
fn without_hidden_layers_a_network_is_linear() {
    let (net, linear) =
        (Mlp::new(&[9, 2], Pointwise::Relu).unwrap(), Linear::with_bias(9, 2).unwrap());
    let (theta, x) = (numbers(1, 20), numbers(2, 9));
    assert_eq!(net.prediction(&theta, &x), linear.prediction(&theta, &x));
}

#[test]
fn what_is_no_network_is_refused() {
    use PiecewiseLinear::Relu;
    assert_eq!(Mlp::new(&[3], Relu), Err(ModelError::TooFewWidths { got: 1 }));
    assert_eq!(Mlp::new(&[], Relu), Err(ModelError::TooFewWidths { got: 0 }));
    assert_eq!(Mlp::new(&[3, 0, 1], Relu), Err(ModelError::NoCoordinates { space: 1 }));
    assert_eq!(Linear::new(1, 0), Err(ModelError::NoCoordinates { space: 1 }));
    let short = Mlp::with_activations(&[1, 1, 1, 1], vec![Relu]);
    assert_eq!(short, Err(ModelError::ActivationCount { got: 1, hidden: 2 }));
    let half = 1 << (usize::BITS / 2);
    assert!(matches!(Linear::new(half, half), Err(ModelError::TooManyParameters { .. })));
}

#[test]
#[should_panic(expected = "a workspace for 1 examples got 2")]
fn a_batch_beyond_the_workspace_is_a_programmer_s_error() {
    let linear = Linear::new(1, 1).unwrap();
    let mut workspace = Differentiable::<f64>::workspace(&linear, 1);
    linear.forward(&[1.0], &[1.0, 2.0], &mut [0.0, 0.0], &mut workspace);
}

#[test]
fn representations_that_do_not_fit_are_refused() {
    use crate::group::Cyclic;
    use crate::representation::{PermutationRep, RepresentationError};
    let net = Mlp::new(&[2, 3, 1], Pointwise::Relu).unwrap();
    let rep = |order: usize, dim: usize| {
        let group = Cyclic::new(order).unwrap();
        PermutationRep::from_fn(group, dim, move |_| crate::group::Permutation::identity(dim))
    };
    let short = net.joint(&[rep(2, 2), rep(2, 3)]).map(|_| ());
    assert_eq!(short, Err(ModelError::SpaceCount { got: 2, expected: 3 }));
    assert_eq!(
        net.joint::<PermutationRep<Cyclic>>(&[]).map(|_| ()),
        Err(ModelError::SpaceCount { got: 0, expected: 3 })
    );
    let wide = net.joint(&[rep(2, 2), rep(2, 4), rep(2, 1)]).map(|_| ());
    assert_eq!(wide, Err(ModelError::SpaceDimension { space: 1, got: 4, expected: 3 }));
    let mixed = net.joint(&[rep(2, 2), rep(3, 3), rep(2, 1)]).map(|_| ());
    assert!(matches!(
        mixed,
        Err(ModelError::Representation(RepresentationError::DifferentGroups { .. }))
    ));
}
