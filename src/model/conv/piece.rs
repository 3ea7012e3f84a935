//! Some images of a batch on their way through the network, forward and backward.

use super::ConvNet;
use super::aligned::{Aligned, LINE};
use super::backward::{self, InputGradient, IntoBlocks, WeightGradient};
use super::forward::{Forward, Panels};
use super::lanes::Lanes;
use super::lists::{ByChannel, ByPixel, Map, windows};
use super::masked::{self, MaskedWeightGradient};
use super::readout::{self, Logits, ReadoutGradient};
use super::spec::{Frame, Layer};
use super::winograd::{self, Scratch, TransformedForward};
use pulp::Arch;
use std::ops::Range;

/// The most images in a piece: enough to share the weights' gradient among, few enough to stay in
/// the second cache.
pub(super) const PIECE: usize = 8;

/// Bytes of images that may take the first cache: two thirds of the 48 KiB of the machine that this was measured on, and all
/// of one of 32 KiB.
const FIRST_CACHE: usize = 1 << 15;

/// What all pieces read.
pub(super) struct Pass<'a, T> {
    pub(super) arch: Arch,
    /// How many numbers a register holds.
    pub(super) lanes: usize,
    pub(super) theta: &'a [T],
    pub(super) panels: &'a [Panels<T>],
    /// By blocks.
    pub(super) weights: &'a [Aligned<T>],
    pub(super) readout: &'a [T],
    /// Whether a backward pass will follow.
    pub(super) keep: bool,
}

/// Some images of the batch on their way.
#[derive(Clone, Debug)]
pub(super) struct Piece<T> {
    images: usize,
    /// What goes into each layer: frames, one image after the other.
    frames: Vec<Aligned<T>>,
    /// Who won the windows of each layer.
    winners: Vec<Aligned<T>>,
    /// What comes out of the last layer, and the features made of it.
    last: Aligned<T>,
    features: Vec<T>,
    scratch: Scratch<T>,
    by_channel: ByChannel<T>,
    by_pixel: ByPixel<T>,
    /// Inputs of some images, and the gradient of those of one, by blocks.
    blocked_inputs: Aligned<T>,
    blocked_gradient: Aligned<T>,
    /// The gradients of maps, as they lie in frames: of the layer's output, and of its input.
    upstream: Aligned<T>,
    downstream: Aligned<T>,
    /// The gradient of the features of one image.
    feature_gradient: Vec<T>,
    /// This piece's share of the gradients: weights and bias of each layer.
    pub(super) shares: Vec<(Aligned<T>, Aligned<T>)>,
    pub(super) readout: (Vec<T>, Vec<T>),
}

impl<T: Lanes> Piece<T> {
    pub(super) fn new(net: &ConvNet, images: usize, lanes: usize) -> Self {
        let zeros = Aligned::zeros;
        let layers = &net.layers;
        // No layer before the first asks for a gradient of its inputs.
        let later = &layers[1..];
        let listed = || {
            let layers = layers.iter().enumerate();
            layers.filter(|&(index, layer)| !masked::applies(index, layer)).map(|(_, layer)| layer)
        };
        let largest = |numbers: &dyn Fn(&Layer) -> usize,
                       layers: &mut dyn Iterator<Item = &Layer>| {
            layers.map(numbers).max().unwrap_or(0)
        };
        let (last, features) = (net.last_frame().len(), net.head.features());
        let maps = images * last.max(largest(&|layer| layer.frame().len(), &mut later.iter()));
        Self {
            images: 0,
            frames: layers.iter().map(|layer| zeros(images * layer.frame().len())).collect(),
            winners: layers.iter().map(|layer| zeros(images * winners(layer))).collect(),
            last: zeros(images * last),
            features: vec![T::zero(); images * features],
            scratch: Scratch::new(layers),
            by_channel: ByChannel::new(listed().map(|layer| (layer, images.min(together(layer))))),
            by_pixel: ByPixel::new(later.iter()),
            blocked_inputs: zeros(largest(
                &|layer| backward::blocked(layer, images.min(together(layer)), lanes),
                &mut listed(),
            )),
            blocked_gradient: zeros(largest(
                &|layer| backward::blocked(layer, 1, lanes),
                &mut later.iter(),
            )),
            upstream: zeros(maps),
            downstream: zeros(maps),
            feature_gradient: vec![T::zero(); features],
            shares: layers
                .iter()
                .enumerate()
                .map(|(index, layer)| share(index, layer, lanes))
                .collect(),
            readout: (vec![T::zero(); net.head.weight.len()], vec![T::zero(); net.head.classes]),
        }
    }

    /// Puts images into the first layer's frames.
    pub(super) fn load(&mut self, net: &ConvNet, images: &[T]) {
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

    pub(super) fn forward(&mut self, net: &ConvNet, pass: &Pass<'_, T>, logits: &mut [T]) {
        for (index, layer) in net.layers.iter().enumerate() {
            let winners = winners(layer);
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
                let winners = &mut self.winners[index][image * winners..][..winners];
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

    pub(super) fn backward(&mut self, net: &ConvNet, pass: &Pass<'_, T>, cotangents: &[T]) {
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
            if masked::applies(index, layer) {
                let (weight, bias) = &mut self.shares[index];
                pass.arch.dispatch(MaskedWeightGradient {
                    layer,
                    images: self.images,
                    inputs: &self.frames[index],
                    winners: &self.winners[index],
                    upstream: &self.upstream,
                    frame,
                    weight,
                    bias,
                });
            } else {
                let group = together(layer);
                for first in (0..self.images).step_by(group) {
                    let group = first..self.images.min(first + group);
                    self.listed_backward((index, layer), pass, group, frame);
                }
            }
            std::mem::swap(&mut self.upstream, &mut self.downstream);
            frame = layer.frame();
        }
    }

    /// Some images backward through one layer, from gradients in this frame.
    fn listed_backward(
        &mut self,
        (index, layer): (usize, &Layer),
        pass: &Pass<'_, T>,
        images: Range<usize>,
        frame: Frame,
    ) {
        let (size, winners) = (layer.frame().len(), winners(layer));
        self.by_channel.clear(layer, images.len());
        for (place, image) in images.clone().enumerate() {
            let map = Map {
                winners: &self.winners[index][image * winners..][..winners],
                upstream: &self.upstream[image * frame.len()..][..frame.len()],
                frame,
            };
            self.by_channel.add(layer, place, map);
            if index > 0 {
                self.by_pixel.set(layer, map);
                pass.arch.dispatch(InputGradient {
                    layer,
                    weights: &pass.weights[index],
                    entries: &self.by_pixel,
                    blocked: &mut self.blocked_gradient,
                    gradient: &mut self.downstream[image * size..][..size],
                });
            }
        }
        let inputs = &self.frames[index][images.start * size..images.end * size];
        let blocked =
            &mut self.blocked_inputs[..backward::blocked(layer, images.len(), pass.lanes)];
        pass.arch.dispatch(IntoBlocks { layer, images: inputs, blocked });
        let (weight, bias) = &mut self.shares[index];
        pass.arch.dispatch(WeightGradient {
            layer,
            inputs: blocked,
            entries: &self.by_channel,
            weight,
            bias,
            added: images.start > 0,
        });
    }
}

/// How many images go backward together: one block of their inputs is read again for each filter, from the
/// first cache if they fit there.
fn together(layer: &Layer) -> usize {
    (FIRST_CACHE / (layer.frame().pixels() * LINE)).clamp(1, PIECE)
}

/// How many winners the windows of a map have, of all channels.
fn winners(layer: &Layer) -> usize {
    windows(layer) * layer.outputs
}

/// Room for the gradients of a layer's weights and biases.
fn share<T: Lanes>(index: usize, layer: &Layer, lanes: usize) -> (Aligned<T>, Aligned<T>) {
    let (weight, bias) = match masked::applies(index, layer) {
        true => masked::lengths(layer, lanes),
        false => (backward::blocked_weights(layer, lanes), layer.outputs),
    };
    (Aligned::zeros(weight), Aligned::zeros(bias))
}
