//! How a group moves the parameters of a network, given how it moves the layer spaces.

use super::{AffineLayer, ModelError};
use crate::representation::{
    ActsByPermutations, ActsBySignedPermutations, ActsOn, ActsOrthogonally, Dual, ElementOf,
    Representation, RepresentationError, SignedPermutation, Tensor, hom,
};
use crate::scalar::Scalar;
use std::ops::Range;

/// `ρ_Θ`: every `W_l` moves to `ρ_l(g) W_l ρ_{l−1}(g)⁻¹` and every `b_l` to `ρ_l(g) b_l`, with a representation
/// `ρ_l` on each layer space.
///
/// It keeps the promises that the `ρ_l` make: where they permute coordinates, up to sign, so does `ρ_Θ`, and a
/// mean-field Gaussian posterior is closed under it.
///
/// # Examples
/// ```
/// use equibayes::action::ClosedUnder;
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::model::{Mlp, Pointwise};
/// use equibayes::representation::{ActsOn, PermutationRep, Representation};
///
/// let c3 = Cyclic::new(3)?;
/// let shift = PermutationRep::regular(&c3)?;
/// let net = Mlp::new(&[3, 3, 3], Pointwise::Relu)?;
/// let joint = net.joint(&[shift.clone(), shift.clone(), shift])?;
/// let rho = joint.parameters();
/// assert_eq!(rho.dim(), 24);
/// // The first hidden unit's bias goes to the second.
/// let moved = rho.apply(&1, &(0..24).map(f64::from).collect::<Vec<_>>());
/// assert_eq!(moved.rows(9, 3).as_slice(), [11.0, 9.0, 10.0]);
/// ClosedUnder::<_, f64>::admits(&DiagonalGaussian::new(24), rho)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct LayerAction<R: Representation> {
    first: R,
    layers: Vec<Layer<R>>,
    dim: usize,
}

/// One affine layer.
#[derive(Clone, Debug)]
struct Layer<R: Representation> {
    weights: Tensor<R, Dual<R>>,
    bias: Option<R>,
}

impl<R: Representation> LayerAction<R> {
    /// The action on the parameters of these layers, with a representation of every layer space: of the
    /// inputs first, of the outputs last.
    ///
    /// # Errors
    /// [`ModelError`] unless there is one representation for each space, of its dimension, all of the same
    /// group.
    pub fn new(layers: &[AffineLayer], spaces: &[R]) -> Result<Self, ModelError> {
        let [first, rest @ ..] = spaces else {
            return Err(ModelError::SpaceCount { got: 0, expected: layers.len() + 1 });
        };
        if rest.len() != layers.len() {
            let expected = layers.len() + 1;
            return Err(ModelError::SpaceCount { got: spaces.len(), expected });
        }
        let widths = layers.iter().take(1).map(AffineLayer::inputs);
        let widths = widths.chain(layers.iter().map(AffineLayer::outputs));
        for (space, (rep, width)) in spaces.iter().zip(widths).enumerate() {
            if rep.dim() != width {
                return Err(ModelError::SpaceDimension { space, got: rep.dim(), expected: width });
            }
        }
        let actions = layers
            .iter()
            .zip(spaces.iter().zip(rest))
            .map(|(layer, (from, to))| {
                let bias = layer.bias().map(|_| to.clone());
                Ok(Layer { weights: hom(from.clone(), to.clone())?, bias })
            })
            .collect::<Result<_, RepresentationError>>()?;
        let dim = layers.last().map_or(0, AffineLayer::end);
        Ok(Self { first: first.clone(), layers: actions, dim })
    }

    /// Every summand of `Θ` with where it is: the weights and biases, layer by layer.
    fn summands(&self) -> impl Iterator<Item = (Summand<'_, R>, Range<usize>)> {
        let mut start = 0;
        self.layers
            .iter()
            .flat_map(|layer| {
                let bias = layer.bias.as_ref().map(Summand::Bias);
                std::iter::once(Summand::Weights(&layer.weights)).chain(bias)
            })
            .map(move |summand| {
                let range = start..start + summand.dim();
                start = range.end;
                (summand, range)
            })
    }
}

/// The weights or the bias of a layer.
enum Summand<'a, R: Representation> {
    Weights(&'a Tensor<R, Dual<R>>),
    Bias(&'a R),
}

impl<R: Representation> Summand<'_, R> {
    fn dim(&self) -> usize {
        match self {
            Self::Weights(rep) => rep.dim(),
            Self::Bias(rep) => rep.dim(),
        }
    }

    fn act<T: Scalar>(&self, g: &ElementOf<R>, x: &[T], out: &mut [T])
    where
        R: ActsOn<T>,
    {
        match self {
            Self::Weights(rep) => rep.act(g, x, out),
            Self::Bias(rep) => rep.act(g, x, out),
        }
    }

    fn act_transposed<T: Scalar>(&self, g: &ElementOf<R>, x: &[T], out: &mut [T])
    where
        R: ActsOn<T>,
    {
        match self {
            Self::Weights(rep) => rep.act_transposed(g, x, out),
            Self::Bias(rep) => rep.act_transposed(g, x, out),
        }
    }

    fn signed_permutation(&self, g: &ElementOf<R>) -> Option<SignedPermutation> {
        match self {
            Self::Weights(rep) => rep.signed_permutation(g),
            Self::Bias(rep) => rep.signed_permutation(g),
        }
    }

    fn index_map(&self, g: &ElementOf<R>) -> SignedPermutation
    where
        R: ActsBySignedPermutations,
    {
        match self {
            Self::Weights(rep) => rep.index_map(g),
            Self::Bias(rep) => rep.index_map(g),
        }
    }
}

/// The index map of summands, one after the other.
fn joined(dim: usize, maps: &[SignedPermutation]) -> SignedPermutation {
    let mut images = Vec::with_capacity(dim);
    for map in maps {
        let offset = images.len();
        images.extend((0..map.dim()).map(|i| {
            let (image, negative) = map.image(i);
            (offset + image, negative)
        }));
    }
    SignedPermutation::from_fn(dim, |i| images[i])
}

impl<R: Representation> Representation for LayerAction<R> {
    type Group = R::Group;

    fn group(&self) -> &R::Group {
        self.first.group()
    }

    fn dim(&self) -> usize {
        self.dim
    }

    fn signed_permutation(&self, g: &ElementOf<Self>) -> Option<SignedPermutation> {
        let maps: Option<Vec<_>> =
            self.summands().map(|(rep, _)| rep.signed_permutation(g)).collect();
        maps.map(|maps| joined(self.dim, &maps))
    }
}

impl<T: Scalar, R: ActsOn<T>> ActsOn<T> for LayerAction<R> {
    fn act(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        assert_eq!((x.len(), out.len()), (self.dim, self.dim), "lengths of parameters");
        for (rep, range) in self.summands() {
            rep.act(g, &x[range.clone()], &mut out[range]);
        }
    }

    fn act_transposed(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        assert_eq!((x.len(), out.len()), (self.dim, self.dim), "lengths of parameters");
        for (rep, range) in self.summands() {
            rep.act_transposed(g, &x[range.clone()], &mut out[range]);
        }
    }
}

impl<R: ActsBySignedPermutations> ActsBySignedPermutations for LayerAction<R> {
    fn index_map(&self, g: &ElementOf<Self>) -> SignedPermutation {
        let maps: Vec<_> = self.summands().map(|(rep, _)| rep.index_map(g)).collect();
        joined(self.dim, &maps)
    }
}

impl<R: ActsByPermutations> ActsByPermutations for LayerAction<R> {}
impl<R: ActsOrthogonally> ActsOrthogonally for LayerAction<R> {}
