//! Convolutional networks, by their fast layers and by their definition.

use super::assert_only;
use equibayes::group::{AnyGroup, Cyclic, Dihedral};
use equibayes::law;
use equibayes::model::conv::{ConvByDefinition, ConvHead, ConvNet, ConvSpec, Lanes, OddSides};
use equibayes::model::{Differentiable, Model, Support};
use equibayes::representation::{Channels, Layout};
use equibayes::scalar::Rational;

fn groups() -> [AnyGroup; 2] {
    [Cyclic::new(4).unwrap().into(), Dihedral::new(4).unwrap().into()]
}

/// Both heads, both kinds of channels, one convolution and two.
fn networks() -> Vec<(ConvNet, Channels)> {
    [
        (ConvSpec::new(1, 4, &[2], 2), Channels::Trivial),
        (ConvSpec::new(2, 4, &[1, 2], 2).with_head(ConvHead::Dense), Channels::Trivial),
        (ConvSpec::new(1, 4, &[8], 2).with_head(ConvHead::Dense), Channels::Regular),
        (ConvSpec::new(1, 3, &[8], 2).with_kernel(2), Channels::Regular),
    ]
    .map(|(spec, channels)| (ConvNet::new(spec).unwrap(), channels))
    .into()
}

#[test]
fn convolutional_networks_are_models() {
    for (net, channels) in networks() {
        for group in groups() {
            let joint = net.joint(&group, channels, Layout::Interleaved).unwrap();
            law::model(&net, &joint).assert();
            law::model_over::<Rational, _, _, _, _>(&net, &joint).assert();
            law::permutations(joint.parameters()).assert();
        }
    }
}

#[test]
fn convolutional_networks_have_gradients() {
    for (net, _) in networks() {
        law::differentiable(&net).assert();
        law::differentiable_over::<f32, _>(&net).assert();
        law::differentiable(&ConvByDefinition::new(net)).assert();
    }
}

/// So many channels that 3×3 kernels are transformed: of a side that is cut, of one whose windows do not fill the
/// blocks that are multiplied together, behind a plain convolution, and with outputs that do not fill a register.
fn transformed() -> Vec<(ConvNet, Channels)> {
    [
        (ConvSpec::new(16, 2, &[8], 2), Channels::Trivial),
        (ConvSpec::new(16, 3, &[8], 1).with_odd_sides(OddSides::Floor), Channels::Trivial),
        (ConvSpec::new(17, 4, &[8], 1).with_head(ConvHead::Dense), Channels::Regular),
        (ConvSpec::new(1, 4, &[16, 11], 2), Channels::Trivial),
    ]
    .map(|(spec, channels)| (ConvNet::new(spec).unwrap(), channels))
    .into()
}

/// A network whose predictions are its forward pass.
struct Forward(ConvNet);

impl<T: Lanes> Model<T> for Forward {
    fn parameters(&self) -> usize {
        self.0.dim()
    }

    fn inputs(&self) -> usize {
        Model::<T>::inputs(&self.0)
    }

    fn outputs(&self) -> usize {
        Model::<T>::outputs(&self.0)
    }

    fn predict(&self, theta: &[T], x: &[T], out: &mut [T]) {
        self.0.forward(theta, x, out, &mut self.0.workspace(1));
    }
}

#[test]
fn transformed_convolutions_have_gradients() {
    let networks = transformed();
    for (net, _) in &networks {
        law::differentiable(net).assert();
    }
    // In single precision where it costs least.
    law::differentiable_over::<f32, _>(&networks[0].0).assert();
}

#[test]
fn transformed_convolutions_are_models() {
    for (net, channels) in transformed().into_iter().filter(|(net, _)| !cuts(net)) {
        for group in groups() {
            let joint = net.joint(&group, channels, Layout::Interleaved).unwrap();
            let net = Forward(net.clone());
            law::model(&net, &joint).assert();
        }
        let joint = net.joint(&groups()[0], channels, Layout::Interleaved).unwrap();
        law::model_over::<f32, _, _, _, _>(&Forward(net), &joint).assert();
    }
}

fn cuts(net: &ConvNet) -> bool {
    net.spec().odd_sides == OddSides::Floor
}

/// A pool that drops the last row and column, whether its convolution is transformed or not.
#[test]
fn odd_sides_are_no_model_of_turns() {
    let spec = ConvSpec::new(1, 5, &[2], 2).with_odd_sides(OddSides::Floor);
    let net = ConvNet::new(spec).unwrap();
    for group in groups() {
        let joint = net.joint(&group, Channels::Trivial, Layout::Interleaved).unwrap();
        assert_only(&law::model(&net, &joint), &["joint equivariance"]);
    }
    for (net, channels) in transformed().into_iter().filter(|(net, _)| cuts(net)) {
        let joint = net.joint(&groups()[0], channels, Layout::Interleaved).unwrap();
        assert_only(&law::model(&Forward(net), &joint), &["joint equivariance"]);
    }
}

/// Kernels of a plus and of an L: the group keeps the one and not the other.
#[test]
fn kernels_of_a_shape_are_admissible_if_the_group_keeps_it() {
    let net = ConvNet::new(ConvSpec::new(1, 4, &[8, 8], 2)).unwrap();
    let shaped = |keeps: fn(usize) -> bool| {
        let mut free = vec![true; net.dim()];
        for tensor in net.tensors().iter().filter(|tensor| tensor.shape.ends_with(&[3, 3])) {
            for i in tensor.range.clone() {
                free[i] = keeps((i - tensor.range.start) % 9);
            }
        }
        Support::<f64>::new(&free)
    };
    for group in groups() {
        for channels in [Channels::Trivial, Channels::Regular] {
            let joint = net.joint(&group, channels, Layout::Blocked).unwrap();
            let (plus, corner) = (shaped(|tap| tap % 2 == 1 || tap == 4), shaped(|tap| tap < 5));
            law::admissible(&plus, joint.parameters()).assert();
            assert_only(&law::admissible(&corner, joint.parameters()), &["generators", "elements"]);
        }
    }
}
