//! What a convolutional network is: its layers, and where their tensors are in `θ`.

use std::ops::Range;
use thiserror::Error;

/// The most numbers in a tensor or map, so that 32 bits address the maps of several images.
const LARGEST: usize = 1 << 28;

/// The pixels that the image is padded with on each side before a convolution.
pub(super) const PADDING: usize = 1;

/// The last layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConvHead {
    /// `classifier`: a 1×1 convolution, then the mean over the feature map.
    Pointwise,
    /// `fc`: dense on the features flattened as (channel, row, column).
    Dense,
}

/// What to do with a feature map of odd side before a pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OddSides {
    /// Refuse the network: no rotation of the image would be a rotation of the features.
    #[default]
    Refuse,
    /// Drop the last row and column, as PyTorch does.
    Floor,
}

/// The shape of a convolutional network; [`ConvNet::new`](super::ConvNet::new) makes it one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConvSpec {
    /// Channels of the image.
    pub image_channels: usize,
    /// Side of the square image, in pixels.
    pub image_side: usize,
    /// Output channels of each convolution, first to last.
    pub channels: Vec<usize>,
    /// Side of every convolution's kernel.
    pub kernel: usize,
    /// Number of classes.
    pub classes: usize,
    /// The last layer.
    pub head: ConvHead,
    /// What to do with odd sides.
    pub odd_sides: OddSides,
}

impl ConvSpec {
    /// A fully convolutional network with 3×3 kernels.
    pub fn new(
        image_channels: usize,
        image_side: usize,
        channels: &[usize],
        classes: usize,
    ) -> Self {
        Self {
            image_channels,
            image_side,
            channels: channels.to_vec(),
            kernel: 3,
            classes,
            head: ConvHead::Pointwise,
            odd_sides: OddSides::Refuse,
        }
    }

    /// The same with another last layer.
    pub fn with_head(self, head: ConvHead) -> Self {
        Self { head, ..self }
    }

    /// The same with other kernels.
    pub fn with_kernel(self, kernel: usize) -> Self {
        Self { kernel, ..self }
    }

    /// The same with another rule for odd sides.
    pub fn with_odd_sides(self, odd_sides: OddSides) -> Self {
        Self { odd_sides, ..self }
    }
}

/// Why a network cannot be.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConvError {
    /// Something is counted as zero.
    #[error("{what}: 0: expected at least 1")]
    Zero {
        /// What there is none of.
        what: &'static str,
    },
    /// A feature map is smaller than what comes next needs.
    #[error(
        "convolution {layer}: side {side} with kernel {kernel}: expected a map of at least 2×2 after it"
    )]
    TooSmall {
        /// The convolution, from 0.
        layer: usize,
        /// The side of the map that it is given.
        side: usize,
        /// The side of its kernel.
        kernel: usize,
    },
    /// The map before a pool has an odd side.
    #[error(
        "side {side} before the pool of convolution {layer}: expected an even side (or `OddSides::Floor`)"
    )]
    OddSide {
        /// The convolution, from 0.
        layer: usize,
        /// The side.
        side: usize,
    },
    /// The network has more numbers than can be counted.
    #[error("the network: a tensor or feature map of more than {LARGEST} numbers: expected fewer")]
    TooLarge,
}

/// A tensor of the network: a range of `θ` in row-major order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvTensor {
    /// Its name in a file, such as `conv_layers.0.weight`.
    pub name: String,
    /// Its shape: `[out, in, k, k]`, `[out]`, `[classes, in, 1, 1]` or `[classes, in · side²]`.
    pub shape: Vec<usize>,
    /// Where it is in `θ`.
    pub range: Range<usize>,
}

/// One convolution with its pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layer {
    /// Channels and side of what goes in.
    pub(super) inputs: usize,
    pub(super) side: usize,
    pub(super) outputs: usize,
    pub(super) kernel: usize,
    /// Where its parameters are.
    pub(super) weight: Range<usize>,
    pub(super) bias: Range<usize>,
}

impl Layer {
    /// The side of what the pool is given.
    pub(super) fn map(&self) -> usize {
        self.side + 2 * PADDING + 1 - self.kernel
    }

    /// The side of what comes out.
    pub(super) fn pooled(&self) -> usize {
        self.map() / 2
    }

    /// What goes in, with its padding.
    pub(super) fn frame(&self) -> Frame {
        Frame { side: self.side, channels: self.inputs, padding: PADDING }
    }

    /// How many inputs one row of the kernel meets: they are neighbours in memory.
    pub(super) fn row(&self) -> usize {
        self.kernel * self.inputs
    }
}

/// The last layer: dense on so many features, which are `side`² pixels of the last map, or its mean
/// (side 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Readout {
    pub(super) channels: usize,
    pub(super) side: usize,
    pub(super) classes: usize,
    pub(super) weight: Range<usize>,
    pub(super) bias: Range<usize>,
}

impl Readout {
    pub(super) fn features(&self) -> usize {
        self.channels * self.side * self.side
    }
}

/// Images in memory: row, column, channel, with zeros around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) side: usize,
    pub(super) channels: usize,
    pub(super) padding: usize,
}

impl Frame {
    /// The side, padding included.
    #[inline(always)]
    pub(super) fn full_side(self) -> usize {
        self.side + 2 * self.padding
    }

    /// Pixels in all.
    pub(super) fn pixels(self) -> usize {
        self.full_side() * self.full_side()
    }

    /// Numbers from one row to the next.
    #[inline(always)]
    pub(super) fn stride(self) -> usize {
        self.full_side() * self.channels
    }

    /// Numbers in all.
    pub(super) fn len(self) -> usize {
        self.pixels() * self.channels
    }

    /// Where the channels of a pixel begin.
    #[inline(always)]
    pub(super) fn at(self, row: usize, column: usize) -> usize {
        (row + self.padding) * self.stride() + (column + self.padding) * self.channels
    }
}

/// Lays the layers and their tensors out.
pub(super) fn lay_out(
    spec: &ConvSpec,
) -> Result<(Vec<Layer>, Readout, Vec<ConvTensor>), ConvError> {
    let counts = [
        ("image channels", spec.image_channels),
        ("image side", spec.image_side),
        ("kernel side", spec.kernel),
        ("classes", spec.classes),
        ("convolutions", spec.channels.len()),
    ];
    let channels = spec.channels.iter().map(|&count| ("channels of a convolution", count));
    if let Some((what, _)) = counts.into_iter().chain(channels).find(|&(_, count)| count == 0) {
        return Err(ConvError::Zero { what });
    }
    let mut tensors = Tensors::default();
    let mut layers: Vec<Layer> = Vec::with_capacity(spec.channels.len());
    let (mut inputs, mut side) = (spec.image_channels, spec.image_side);
    for (index, &outputs) in spec.channels.iter().enumerate() {
        let kernel = spec.kernel;
        // The map is the padded image less the kernel, plus one; the pool needs two pixels of it.
        let padded = side.checked_add(2 * PADDING).ok_or(ConvError::TooLarge)?;
        if padded < kernel.saturating_add(1) {
            return Err(ConvError::TooSmall { layer: index, side, kernel });
        }
        let map = padded + 1 - kernel;
        if map % 2 == 1 && spec.odd_sides == OddSides::Refuse {
            return Err(ConvError::OddSide { layer: index, side: map });
        }
        small(&[padded, padded, inputs.max(outputs)])?;
        let name = format!("conv_layers.{index}");
        let weight = tensors.push(&name, "weight", &[outputs, inputs, kernel, kernel])?;
        let bias = tensors.push(&name, "bias", &[outputs])?;
        layers.push(Layer { inputs, side, outputs, kernel, weight, bias });
        (inputs, side) = (outputs, map / 2);
    }
    let (name, shape, side) = match spec.head {
        ConvHead::Pointwise => ("classifier", vec![spec.classes, inputs, 1, 1], 1),
        ConvHead::Dense => ("fc", vec![spec.classes, small(&[inputs, side, side])?], side),
    };
    let weight = tensors.push(name, "weight", &shape)?;
    let bias = tensors.push(name, "bias", &[spec.classes])?;
    let head = Readout { channels: inputs, side, classes: spec.classes, weight, bias };
    Ok((layers, head, tensors.0))
}

/// The product of lengths, if it is not too large.
fn small(lengths: &[usize]) -> Result<usize, ConvError> {
    lengths
        .iter()
        .try_fold(1_usize, |product, &length| product.checked_mul(length))
        .filter(|&product| product <= LARGEST)
        .ok_or(ConvError::TooLarge)
}

/// Tensors, one after the other.
#[derive(Default)]
struct Tensors(Vec<ConvTensor>);

impl Tensors {
    fn push(
        &mut self,
        layer: &str,
        kind: &str,
        shape: &[usize],
    ) -> Result<Range<usize>, ConvError> {
        let start = self.0.last().map_or(0, |tensor| tensor.range.end);
        let end = start.checked_add(small(shape)?).ok_or(ConvError::TooLarge)?;
        self.0.push(ConvTensor {
            name: format!("{layer}.{kind}"),
            shape: shape.to_vec(),
            range: start..end,
        });
        Ok(start..end)
    }
}
