//! The memory of a batch, and how a batch goes through the network.
//!
//! A batch is cut into pieces of a few images each, the same at any number of threads. A piece goes
//! forward and backward on its own, layer by layer, and ends with its share of the gradient; the shares are
//! added in the order of the pieces. So the result is the same, bit by bit, whoever computes it.

use super::ConvNet;
use super::backward::{
    InputGradient, Lists, PackTransposed, SLACK, WeightGradient, begin, gradient_row, list,
};
use super::forward::{Forward, Pack, Panels};
use super::lanes::Lanes;
use super::readout::{self, Logits, ReadoutGradient};
use super::spec::{Frame, Layer};
use super::winograd::{self, PackTransformed, Scratch, TransformedForward};
use pulp::Arch;
use rayon::prelude::*;
use std::ops::Range;

/// The most images in a piece: enough to share the weights' gradient among, few enough to stay in
/// the second cache.
const PIECE: usize = 8;

/// Bytes of images that may take the second cache: half of what processors have today.
const SECOND_CACHE: usize = 1 << 18;

/// The fewest pieces that a large batch is cut into.
const PIECES: usize = 16;

/// What one batch needs, allocated once.
///
/// Made by [`Differentiable::workspace`](crate::model::Differentiable::workspace).
#[derive(Clone, Debug)]
pub struct ConvWorkspace<T: Lanes = f64> {
    arch: Arch,
    /// Weights as the forward pass reads them, and as the backward pass does, by layer.
    panels: Vec<Panels<T>>,
    transposed: Vec<Vec<T>>,
    readout: Vec<T>,
    pieces: Vec<Piece<T>>,
    /// Images that fit, in a piece and in all; and those of the last batch.
    piece: usize,
    capacity: usize,
    images: usize,
    /// Whether the last forward pass has kept what the backward pass needs.
    kept: bool,
}

/// Some images of the batch on their way.
#[derive(Clone, Debug)]
struct Piece<T> {
    images: usize,
    /// What goes into each layer: frames, one image after the other.
    frames: Vec<Vec<T>>,
    /// Who won the windows of each layer.
    winners: Vec<Vec<T>>,
    /// What comes out of the last layer, and the features made of it.
    last: Vec<T>,
    features: Vec<T>,
    scratch: Scratch<T>,
    by_channel: Lists<T>,
    by_pixel: Lists<T>,
    /// The gradients of maps, as they lie in frames: of the layer's output, and of its input.
    upstream: Vec<T>,
    downstream: Vec<T>,
    /// The gradient of the features of one image.
    feature_gradient: Vec<T>,
    /// This piece's share of the gradients: weights and bias of each layer.
    shares: Vec<(Vec<T>, Vec<T>)>,
    readout: (Vec<T>, Vec<T>),
}

impl<T: Lanes> Piece<T> {
    fn new(net: &ConvNet, images: usize) -> Self {
        let zeros = |count: usize| vec![T::zero(); count];
        let layers = &net.layers;
        let frame = |layer: &Layer| zeros(images * layer.frame().len() + SLACK);
        let windows = |layer: &Layer| layer.pooled() * layer.pooled() * layer.outputs;
        let largest =
            |layers: &[Layer]| layers.iter().map(|layer| layer.frame().len()).max().unwrap_or(0);
        let (last, features) = (net.last_frame().len(), net.head.features());
        // No layer before the first asks for a gradient.
        let maps = images * last.max(largest(&layers[1..])) + SLACK;
        Self {
            images: 0,
            frames: layers.iter().map(frame).collect(),
            winners: layers.iter().map(|layer| zeros(images * windows(layer))).collect(),
            last: zeros(images * last),
            features: zeros(images * features),
            scratch: Scratch::new(layers),
            by_channel: Lists::by_channel(layers, images),
            by_pixel: Lists::by_pixel(&layers[1..]),
            upstream: zeros(maps),
            downstream: zeros(maps),
            feature_gradient: zeros(features),
            shares: layers
                .iter()
                .map(|layer| {
                    let rows = layer.outputs * layer.kernel;
                    (zeros(rows * gradient_row(layer)), zeros(layer.outputs))
                })
                .collect(),
            readout: (zeros(net.head.weight.len()), zeros(net.head.classes)),
        }
    }

    /// Puts images into the first layer's frames.
    fn load(&mut self, net: &ConvNet, images: &[T]) {
        let first = &net.layers[0];
        let (frame, side) = (first.frame(), first.side);
        self.images = images.len() / net.image();
        for (index, image) in images.chunks_exact(net.image()).enumerate() {
            let out = &mut self.frames[0][index * frame.len()..];
            for (channel, plane) in image.chunks_exact(side * side).enumerate() {
                for (row, pixels) in plane.chunks_exact(side).enumerate() {
                    let out = out[frame.at(row, 0)..].iter_mut().skip(channel);
                    for (out, &pixel) in out.step_by(frame.channels).zip(pixels) {
                        *out = pixel;
                    }
                }
            }
        }
    }

    fn forward(&mut self, net: &ConvNet, pass: &Pass<'_, T>, logits: &mut [T]) {
        for (index, layer) in net.layers.iter().enumerate() {
            let windows = layer.pooled() * layer.pooled() * layer.outputs;
            let (before, after) = self.frames.split_at_mut(index + 1);
            let (output, frame) = match after.first_mut() {
                Some(next) => (next, net.layers[index + 1].frame()),
                None => (&mut self.last, net.last_frame()),
            };
            if winograd::applies(layer) {
                pass.arch.dispatch(TransformedForward {
                    layer,
                    panels: &pass.panels[index],
                    images: self.images,
                    inputs: &before[index],
                    outputs: output,
                    frame,
                    winners: if pass.keep { &mut self.winners[index] } else { &mut [] },
                    scratch: &mut self.scratch,
                });
                continue;
            }
            for image in 0..self.images {
                let winners = &mut self.winners[index][image * windows..][..windows];
                pass.arch.dispatch(Forward {
                    layer,
                    panels: &pass.panels[index],
                    input: &before[index][image * layer.frame().len()..][..layer.frame().len()],
                    output: &mut output[image * frame.len()..][..frame.len()],
                    frame,
                    winners: if pass.keep { winners } else { &mut [] },
                });
            }
        }
        let (head, frame) = (&net.head, net.last_frame());
        let maps = self.last.chunks_exact(frame.len());
        let features = self.features.chunks_exact_mut(head.features());
        for ((map, features), out) in maps.zip(features).zip(logits.chunks_exact_mut(head.classes))
        {
            readout::features(head, frame, map, features);
            let bias = &pass.theta[head.bias.clone()];
            pass.arch.dispatch(Logits { weights: pass.readout, bias, features, out });
        }
    }

    fn backward(&mut self, net: &ConvNet, pass: &Pass<'_, T>, cotangents: &[T]) {
        self.readout.0.fill(T::zero());
        self.readout.1.fill(T::zero());
        let (head, mut frame) = (&net.head, net.last_frame());
        let features = self.features.chunks_exact(head.features());
        let maps = self.upstream.chunks_exact_mut(frame.len());
        for ((features, map), cotangent) in
            features.zip(maps).zip(cotangents.chunks_exact(head.classes))
        {
            pass.arch.dispatch(ReadoutGradient {
                weights: pass.readout,
                features,
                cotangent,
                weight: &mut self.readout.0,
                bias: &mut self.readout.1,
                upstream: &mut self.feature_gradient,
            });
            readout::spread(head, frame, &self.feature_gradient, map);
        }
        for (index, layer) in net.layers.iter().enumerate().rev() {
            let group = together::<T>(layer);
            for first in (0..self.images).step_by(group) {
                let group = first..self.images.min(first + group);
                self.layer_backward((index, layer), pass, group, frame);
            }
            std::mem::swap(&mut self.upstream, &mut self.downstream);
            frame = layer.frame();
        }
    }
}

impl<T: Lanes> Piece<T> {
    /// Some images backward through one layer, from gradients in this frame.
    fn layer_backward(
        &mut self,
        (index, layer): (usize, &Layer),
        pass: &Pass<'_, T>,
        images: Range<usize>,
        frame: Frame,
    ) {
        let windows = layer.pooled() * layer.pooled() * layer.outputs;
        let added = images.start > 0;
        begin(layer, images.len(), &mut self.by_channel);
        for image in images {
            let winners = &self.winners[index][image * windows..][..windows];
            let upstream = &self.upstream[image * frame.len()..][..frame.len()];
            let by_pixel = (index > 0).then_some(&mut self.by_pixel);
            list(layer, image, winners, (upstream, frame), &mut self.by_channel, by_pixel);
            if index > 0 {
                let size = layer.frame().len();
                pass.arch.dispatch(InputGradient {
                    layer,
                    weights: &pass.transposed[index],
                    entries: &self.by_pixel,
                    gradient: &mut self.downstream[image * size..][..size + SLACK],
                });
            }
        }
        let (weight, bias) = &mut self.shares[index];
        pass.arch.dispatch(WeightGradient {
            layer,
            inputs: &self.frames[index],
            entries: &self.by_channel,
            weight,
            bias,
            added,
        });
    }
}

/// How many images go backward together: their inputs are read again for each filter, from the second
/// cache if they fit there, and so are the lists.
fn together<T>(layer: &Layer) -> usize {
    // An entry of a list is a number and a place, padded to twice the number.
    let lists = 2 * layer.outputs * layer.pooled() * layer.pooled();
    (SECOND_CACHE / ((layer.frame().len() + lists) * size_of::<T>())).clamp(1, PIECE)
}

/// What all pieces read.
struct Pass<'a, T> {
    arch: Arch,
    theta: &'a [T],
    panels: &'a [Panels<T>],
    transposed: &'a [Vec<T>],
    readout: &'a [T],
    keep: bool,
}

impl<T: Lanes> ConvWorkspace<T> {
    pub(super) fn new(net: &ConvNet, batch: usize) -> Self {
        let piece = batch.div_ceil(PIECES).clamp(1, PIECE);
        let layers = net.layers.len();
        Self {
            arch: Arch::new(),
            panels: vec![Panels::new(); layers],
            transposed: vec![Vec::new(); layers],
            readout: vec![T::zero(); net.head.weight.len()],
            pieces: (0..batch.div_ceil(piece)).map(|_| Piece::new(net, piece)).collect(),
            piece,
            capacity: batch,
            images: 0,
            kept: false,
        }
    }

    /// Takes a batch of images.
    pub(super) fn load(&mut self, net: &ConvNet, inputs: &[T]) {
        assert_eq!(inputs.len() % net.image(), 0, "inputs of whole examples");
        self.images = inputs.len() / net.image();
        assert!(
            self.images <= self.capacity,
            "{} examples in a workspace for {}",
            self.images,
            self.capacity
        );
        self.kept = false;
        self.pieces
            .par_iter_mut()
            .zip(inputs.par_chunks(self.piece * net.image()))
            .for_each(|(piece, images)| piece.load(net, images));
    }

    /// The logits of the images taken last.
    pub(super) fn forward(&mut self, net: &ConvNet, theta: &[T], outputs: &mut [T], keep: bool) {
        assert_eq!(theta.len(), net.dim(), "parameters of the network");
        assert_eq!(outputs.len(), self.images * net.head.classes, "one output for each input");
        for (index, layer) in net.layers.iter().enumerate() {
            let panels = &mut self.panels[index];
            if winograd::applies(layer) {
                self.arch.dispatch(PackTransformed { layer, theta, panels });
            } else {
                self.arch.dispatch(Pack { layer, theta, panels });
            }
            if keep && index > 0 {
                let weights = &mut self.transposed[index];
                self.arch.dispatch(PackTransposed { layer, theta, weights });
            }
        }
        readout::pack(&net.head, theta, &mut self.readout);
        self.kept = keep;
        let pass = Pass {
            arch: self.arch,
            theta,
            panels: &self.panels,
            transposed: &self.transposed,
            readout: &self.readout,
            keep,
        };
        self.pieces
            .par_iter_mut()
            .zip(outputs.par_chunks_mut(self.piece * net.head.classes))
            .for_each(|(piece, logits)| piece.forward(net, &pass, logits));
    }

    /// Adds the gradient of the last forward pass.
    pub(super) fn backward(
        &mut self,
        net: &ConvNet,
        theta: &[T],
        inputs: &[T],
        cotangents: &[T],
        gradient: &mut [T],
    ) {
        assert!(self.kept, "a backward pass comes after a forward pass");
        assert_eq!(theta.len(), net.dim(), "parameters of the network");
        assert_eq!(gradient.len(), net.dim(), "parameters of the network");
        assert_eq!(inputs.len(), self.images * net.image(), "the inputs of the forward pass");
        assert_eq!(
            cotangents.len(),
            self.images * net.head.classes,
            "one cotangent for each output"
        );
        let pass = Pass {
            arch: self.arch,
            theta,
            panels: &self.panels,
            transposed: &self.transposed,
            readout: &self.readout,
            keep: true,
        };
        let used = self.images.div_ceil(self.piece);
        self.pieces
            .par_iter_mut()
            .zip(cotangents.par_chunks(self.piece * net.head.classes))
            .for_each(|(piece, cotangents)| piece.backward(net, &pass, cotangents));
        let pieces = &self.pieces[..used];
        for (index, layer) in net.layers.iter().enumerate() {
            gradient[layer.weight.clone()]
                .par_chunks_exact_mut(layer.kernel * layer.row())
                .enumerate()
                .for_each(|(output, gradient)| {
                    for piece in pieces {
                        unpack_add(layer, &piece.shares[index].0, output, gradient);
                    }
                });
            for piece in pieces {
                add(&piece.shares[index].1, &mut gradient[layer.bias.clone()]);
            }
        }
        for piece in pieces {
            let (weight, bias) = &piece.readout;
            readout::unpack_add(&net.head, weight, &mut gradient[net.head.weight.clone()]);
            add(bias, &mut gradient[net.head.bias.clone()]);
        }
    }
}

/// Adds one filter's share to its gradient in the order of the file: input, kernel row, column.
fn unpack_add<T: Lanes>(layer: &Layer, share: &[T], output: usize, gradient: &mut [T]) {
    let (kernel, row) = (layer.kernel, gradient_row(layer));
    let share = &share[output * kernel * row..][..kernel * row];
    for (tap_row, share) in share.chunks_exact(row).enumerate() {
        for column in 0..kernel {
            let tap = tap_row * kernel + column;
            let share = &share[column * layer.inputs..][..layer.inputs];
            let gradient = gradient.iter_mut().skip(tap).step_by(kernel * kernel);
            for (gradient, &share) in gradient.zip(share) {
                *gradient += share;
            }
        }
    }
}

/// Adds one slice to another.
fn add<T: Lanes>(share: &[T], gradient: &mut [T]) {
    for (gradient, &share) in gradient.iter_mut().zip(share) {
        *gradient += share;
    }
}
