//! The network behind the names and shapes of a posterior.

mod error;
mod found;
mod role;

pub use error::ArchitectureError;
pub use role::{AxisRole, TensorRoles};

use super::Posterior;
use super::names::Layer;
use found::{AS_BEFORE, Found};

/// The network of the `augment-bnns` convention, deduced from tensor names and shapes: `n ≥ 1` times convolution (padding
/// 1) → ReLU → max-pool 2, then a head.
///
/// Convolutions are `conv_layers.0`, `conv_layers.1`, … with weights `[out, in, k, k]`; the head is `classifier`, a 1×1
/// convolution before global average pooling, `[classes, channels, 1, 1]`, or `fc`, dense on the flattened features,
/// `[classes, channels · side²]`. Biases `[out]` may be absent. All names may begin with one common path. Posteriors of
/// other conventions will do if their pairs are named so.
///
/// ```
/// use equibayes::checkpoint::{Architecture, AxisRole, Head};
///
/// let shapes: [(&str, &[usize]); 2] = [("conv_layers.0.weight", &[8, 1, 3, 3]), ("fc.weight", &[10, 8 * 16])];
/// let network = Architecture::from_shapes(shapes)?;
/// assert_eq!(network.convolutions()[0].kernel, 3);
/// assert!(matches!(network.head(), Head::Dense { classes: 10, channels: 8, side: 4, .. }));
/// let roles = network.roles("fc.weight").unwrap();
/// assert_eq!(roles[1], AxisRole::FlattenedFeatures { layer: 0, channels: 8, side: 4 });
/// # Ok::<(), equibayes::checkpoint::ArchitectureError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Architecture {
    convolutions: Vec<Convolution>,
    head: Head,
    tensors: Vec<TensorRoles>,
}

/// A hidden convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Convolution {
    /// Output channels.
    pub out_channels: usize,
    /// Input channels.
    pub in_channels: usize,
    /// Side of the square kernel.
    pub kernel: usize,
    /// Whether it has a bias.
    pub has_bias: bool,
}

/// The last layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    /// `classifier`: a 1×1 convolution, then the mean over the image.
    Pointwise {
        /// Number of classes.
        classes: usize,
        /// Channels of the last feature map.
        channels: usize,
        /// Whether it has a bias.
        has_bias: bool,
    },
    /// `fc`: dense on the features flattened as (channel, row, column).
    Dense {
        /// Number of classes.
        classes: usize,
        /// Channels of the last feature map.
        channels: usize,
        /// Side of the last feature map, in pixels.
        side: usize,
        /// Whether it has a bias.
        has_bias: bool,
    },
}

/// A pool that meets a feature map of odd side: it drops the last row and the last column, which no rotation respects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OddPool {
    /// The convolution before the pool, from 0.
    pub layer: usize,
    /// The odd side, in pixels.
    pub side: usize,
}

impl Architecture {
    /// The network of a posterior.
    ///
    /// # Errors
    ///
    /// As [`Architecture::from_shapes`].
    pub fn of(posterior: &Posterior) -> Result<Self, ArchitectureError> {
        Self::from_shapes(posterior.pairs().iter().map(|pair| (pair.name(), pair.shape())))
    }

    /// The network of these pairs, names and shapes, in any order.
    ///
    /// # Errors
    ///
    /// An [`ArchitectureError`] that names the tensor, and the axis if it is about one: for names that are not of the
    /// network, missing layers, a missing or second head, wrong numbers of axes, kernels that are not square, channels and
    /// biases that do not fit, a dense head whose features are no square feature map.
    pub fn from_shapes<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a [usize])>,
    ) -> Result<Self, ArchitectureError> {
        let found = Found::collect(pairs)?;
        let mut tensors = Vec::new();
        let mut convolutions: Vec<Convolution> = Vec::new();
        for index in 0..found.convolutions {
            let layer = Layer::Convolution(index);
            let weight = found.weight(layer)?;
            let [out_channels, in_channels, rows, columns] = *weight.shape else {
                return Err(weight.wrong_rank(
                    "four axes: output channels, input channels, kernel rows and columns",
                ));
            };
            if rows != columns {
                return Err(ArchitectureError::KernelNotSquare {
                    tensor: weight.name.to_owned(),
                    rows,
                    columns,
                });
            }
            let input = match convolutions.last() {
                Some(before) => {
                    weight.expect_length(1, before.out_channels, AS_BEFORE)?;
                    AxisRole::HiddenChannels { layer: index - 1, channels: in_channels }
                }
                None => AxisRole::InputChannels { channels: in_channels },
            };
            let output = AxisRole::HiddenChannels { layer: index, channels: out_channels };
            let kernel =
                [AxisRole::KernelRows { side: rows }, AxisRole::KernelColumns { side: rows }];
            tensors.push(weight.with_roles(&[output, input, kernel[0], kernel[1]]));
            let bias = found.bias(layer, out_channels)?;
            tensors.extend(bias.map(|bias| bias.with_roles(&[output])));
            convolutions.push(Convolution {
                out_channels,
                in_channels,
                kernel: rows,
                has_bias: bias.is_some(),
            });
        }
        let Some(&Convolution { out_channels: channels, .. }) = convolutions.last() else {
            return Err(found.missing(Layer::Convolution(0), "the network has no convolution"));
        };
        let head = found.head(channels, convolutions.len() - 1, &mut tensors)?;
        Ok(Self { convolutions, head, tensors })
    }

    /// The hidden convolutions, first to last; there is at least one.
    #[must_use]
    pub fn convolutions(&self) -> &[Convolution] {
        &self.convolutions
    }

    /// The last layer.
    #[must_use]
    pub fn head(&self) -> Head {
        self.head
    }

    /// The tensor pairs with the roles of their axes, in network order.
    #[must_use]
    pub fn tensors(&self) -> &[TensorRoles] {
        &self.tensors
    }

    /// The roles of the axes of a pair.
    #[must_use]
    pub fn roles(&self, pair: &str) -> Option<&[AxisRole]> {
        self.tensors.iter().find(|tensor| tensor.name == pair).map(|tensor| tensor.roles.as_slice())
    }

    /// The pools that meet a feature map of odd side, for square images of `image_side` pixels.
    ///
    /// There a rotation of the image is not a rotation of what follows, and nothing is equivariant. A side of 1 is odd too:
    /// nothing is left of it, and no later pool is listed.
    ///
    /// ```
    /// use equibayes::checkpoint::{Architecture, OddPool};
    ///
    /// let shapes: [(&str, &[usize]); 3] =
    ///     [("conv_layers.0.weight", &[8, 1, 3, 3]), ("conv_layers.1.weight", &[8, 8, 3, 3]), ("classifier.weight", &[10, 8, 1, 1])];
    /// let network = Architecture::from_shapes(shapes)?;
    /// assert_eq!(network.odd_pools(28), []);
    /// assert_eq!(network.odd_pools(30), [OddPool { layer: 1, side: 15 }]);
    /// # Ok::<(), equibayes::checkpoint::ArchitectureError>(())
    /// ```
    #[must_use]
    pub fn odd_pools(&self, image_side: usize) -> Vec<OddPool> {
        let pools = self.sides_before_pools(image_side).into_iter().enumerate();
        pools
            .filter(|(_, side)| side % 2 == 1)
            .map(|(layer, side)| OddPool { layer, side })
            .collect()
    }

    /// The side of the last feature map, in pixels, for square images of `image_side` pixels; `None` if the image is too
    /// small for the network.
    #[must_use]
    pub fn feature_side(&self, image_side: usize) -> Option<usize> {
        let sides = self.sides_before_pools(image_side);
        let last = *sides.get(self.convolutions.len() - 1)?;
        (last >= 2).then_some(last / 2)
    }

    /// The side that each pool meets, up to where nothing is left of the image.
    pub(crate) fn sides_before_pools(&self, image_side: usize) -> Vec<usize> {
        let mut sides = Vec::new();
        let mut side = image_side;
        for convolution in &self.convolutions {
            // Padding 1 on both sides, and as many places as the kernel fits in.
            let padded = side.saturating_add(2);
            if side == 0 || padded < convolution.kernel {
                break;
            }
            let before = padded - convolution.kernel + 1;
            sides.push(before);
            side = before / 2;
        }
        sides
    }
}

#[cfg(test)]
mod tests;
