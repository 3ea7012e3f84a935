//! The memory of a batch, and how a batch goes through the network.
//!
//! A batch is cut into pieces of a few images each, the same at any number of threads. A piece goes
//! forward and backward on its own, layer by layer, and ends with its share of the gradient; the shares are
//! added in the order of the pieces. So the result is the same, bit by bit, whoever computes it.

use super::ConvNet;
use super::aligned::Aligned;
use super::backward::{self, PackBlocks};
use super::forward::{Pack, Panels};
use super::lanes::{Lanes, Width};
use super::masked;
use super::piece::{PIECE, Pass, Piece};
use super::readout;
use super::winograd::{self, PackTransformed};
use pulp::Arch;
use rayon::prelude::*;
use std::marker::PhantomData;

/// The fewest pieces that a large batch is cut into.
const PIECES: usize = 16;

/// Numbers of a gradient that are added at a time.
const CHUNK: usize = 1 << 12;

/// What one batch needs, allocated once.
///
/// Made by [`Differentiable::workspace`](crate::model::Differentiable::workspace).
#[derive(Clone, Debug)]
pub struct ConvWorkspace<T: Lanes = f64> {
    arch: Arch,
    /// How many numbers a register holds.
    lanes: usize,
    /// Weights as the forward pass reads them, and as the backward pass does, by layer.
    panels: Vec<Panels<T>>,
    weights: Vec<Aligned<T>>,
    readout: Vec<T>,
    pieces: Vec<Piece<T>>,
    /// Images that fit, in a piece and in all; and those of the last batch.
    piece: usize,
    capacity: usize,
    images: usize,
    /// Whether the last forward pass has kept what the backward pass needs.
    kept: bool,
}

impl<T: Lanes> ConvWorkspace<T> {
    pub(super) fn new(net: &ConvNet, batch: usize) -> Self {
        let piece = batch.div_ceil(PIECES).clamp(1, PIECE);
        let layers = net.layers.len();
        let arch = Arch::new();
        let lanes = arch.dispatch(Width::<T>(PhantomData));
        Self {
            arch,
            lanes,
            panels: vec![Panels::new(); layers],
            weights: vec![Aligned::zeros(0); layers],
            readout: vec![T::zero(); net.head.weight.len()],
            pieces: (0..batch.div_ceil(piece)).map(|_| Piece::new(net, piece, lanes)).collect(),
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
                let weights = &mut self.weights[index];
                self.arch.dispatch(PackBlocks { layer, theta, weights });
            }
        }
        readout::pack(&net.head, theta, &mut self.readout);
        self.kept = keep;
        let pass = Pass {
            arch: self.arch,
            lanes: self.lanes,
            theta,
            panels: &self.panels,
            weights: &self.weights,
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
            lanes: self.lanes,
            theta,
            panels: &self.panels,
            weights: &self.weights,
            readout: &self.readout,
            keep: true,
        };
        let used = self.images.div_ceil(self.piece);
        self.pieces
            .par_iter_mut()
            .zip(cotangents.par_chunks(self.piece * net.head.classes))
            .for_each(|(piece, cotangents)| piece.backward(net, &pass, cotangents));
        let Some((first, rest)) = self.pieces[..used].split_first_mut() else { return };
        for (index, layer) in net.layers.iter().enumerate() {
            let (weight, bias) = &mut first.shares[index];
            weight.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, sum)| {
                for piece in &*rest {
                    add(&piece.shares[index].0[chunk * CHUNK..], sum);
                }
            });
            for piece in &*rest {
                add(&piece.shares[index].1, bias);
            }
            let (weight, bias) = &first.shares[index];
            let unpack_add = match masked::applies(index, layer) {
                true => masked::unpack_add,
                false => backward::unpack_add,
            };
            gradient[layer.weight.clone()]
                .par_chunks_exact_mut(layer.kernel * layer.row())
                .enumerate()
                .for_each(|(output, sum)| unpack_add(layer, self.lanes, weight, output, sum));
            add(bias, &mut gradient[layer.bias.clone()]);
        }
        let (weight, bias) = &mut first.readout;
        for piece in rest {
            add(&piece.readout.0, weight);
            add(&piece.readout.1, bias);
        }
        readout::unpack_add(&net.head, weight, &mut gradient[net.head.weight.clone()]);
        add(bias, &mut gradient[net.head.bias.clone()]);
    }
}

/// Adds one slice to another.
fn add<T: Lanes>(share: &[T], gradient: &mut [T]) {
    for (gradient, &share) in gradient.iter_mut().zip(share) {
        *gradient += share;
    }
}
