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
    fn sides_before_pools(&self, image_side: usize) -> Vec<usize> {
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
mod tests {
    use super::*;

    type Shapes = Vec<(&'static str, Vec<usize>)>;

    fn network() -> Shapes {
        vec![
            ("conv_layers.0.weight", vec![8, 1, 3, 3]),
            ("conv_layers.0.bias", vec![8]),
            ("conv_layers.1.weight", vec![16, 8, 3, 3]),
            ("conv_layers.1.bias", vec![16]),
            ("classifier.weight", vec![10, 16, 1, 1]),
            ("classifier.bias", vec![10]),
        ]
    }

    fn dense(features: usize) -> Shapes {
        let mut shapes = network();
        shapes.truncate(4);
        shapes.extend([("fc.weight", vec![10, features]), ("fc.bias", vec![10])]);
        shapes
    }

    fn of(shapes: &Shapes) -> Result<Architecture, ArchitectureError> {
        Architecture::from_shapes(shapes.iter().map(|(name, shape)| (*name, shape.as_slice())))
    }

    /// The error after one tensor got another shape, or, with none, was taken out.
    fn refused(mut shapes: Shapes, name: &'static str, shape: Option<&[usize]>) -> String {
        shapes.retain(|(other, _)| *other != name);
        shapes.extend(shape.map(|shape| (name, shape.to_vec())));
        of(&shapes).unwrap_err().to_string()
    }

    #[test]
    fn the_network_is_read_off_in_any_order() {
        let mut shapes = network();
        let expected = of(&shapes).unwrap();
        assert_eq!(
            expected.convolutions(),
            [
                Convolution { out_channels: 8, in_channels: 1, kernel: 3, has_bias: true },
                Convolution { out_channels: 16, in_channels: 8, kernel: 3, has_bias: true },
            ]
        );
        assert_eq!(expected.head(), Head::Pointwise { classes: 10, channels: 16, has_bias: true });
        let names: Vec<&str> =
            expected.tensors().iter().map(|tensor| tensor.name.as_str()).collect();
        assert_eq!(names, network().iter().map(|(name, _)| *name).collect::<Vec<_>>());
        shapes.reverse();
        assert_eq!(of(&shapes).unwrap(), expected);
    }

    #[test]
    fn every_axis_has_a_role_of_its_length() {
        use AxisRole::{
            Classes, FlattenedFeatures, HiddenChannels, InputChannels, KernelColumns, KernelRows,
        };
        for shapes in [network(), dense(16 * 49)] {
            let architecture = of(&shapes).unwrap();
            for (name, shape) in &shapes {
                let lengths: Vec<usize> =
                    architecture.roles(name).unwrap().iter().map(|role| role.length()).collect();
                assert_eq!(lengths, *shape, "{name}");
            }
        }
        let architecture = of(&network()).unwrap();
        let kernel = [KernelRows { side: 3 }, KernelColumns { side: 3 }];
        let first = HiddenChannels { layer: 0, channels: 8 };
        let second = HiddenChannels { layer: 1, channels: 16 };
        assert_eq!(
            architecture.roles("conv_layers.0.weight").unwrap()[..2],
            [first, InputChannels { channels: 1 }]
        );
        assert_eq!(
            architecture.roles("conv_layers.1.weight").unwrap(),
            [second, first, kernel[0], kernel[1]]
        );
        assert_eq!(architecture.roles("conv_layers.1.bias").unwrap(), [second]);
        assert_eq!(
            architecture.roles("classifier.weight").unwrap()[..2],
            [Classes { classes: 10 }, second]
        );
        assert_eq!(architecture.roles("classifier.bias").unwrap(), [Classes { classes: 10 }]);
        assert_eq!(architecture.roles("head"), None);
        let features = FlattenedFeatures { layer: 1, channels: 16, side: 7 };
        assert_eq!(
            of(&dense(16 * 49)).unwrap().roles("fc.weight").unwrap(),
            [Classes { classes: 10 }, features]
        );
    }

    #[test]
    fn biases_may_be_absent_and_a_common_path_may_come_first() {
        let shapes: [(&str, &[usize]); 2] =
            [("m.n.conv_layers.0.weight", &[4, 3, 5, 5]), ("m.n.fc.weight", &[2, 4])];
        let architecture = Architecture::from_shapes(shapes).unwrap();
        assert!(!architecture.convolutions()[0].has_bias);
        assert_eq!(
            architecture.head(),
            Head::Dense { classes: 2, channels: 4, side: 1, has_bias: false }
        );
        let shapes: [(&str, &[usize]); 2] =
            [("m.conv_layers.0.weight", &[4, 3, 5, 5]), ("fc.weight", &[2, 4])];
        assert_eq!(
            Architecture::from_shapes(shapes).unwrap_err().to_string(),
            r#"tensor "fc.weight" is of another network, expected the path of "m.conv_layers.0.weight""#
        );
    }

    #[test]
    fn names_and_layers_that_do_not_make_a_network_are_refused() {
        assert_eq!(
            refused(network(), "head.weight", Some(&[1])),
            r#"tensor "head.weight" is not of the network, expected conv_layers.N, classifier or fc with .weight or .bias"#
        );
        assert_eq!(
            refused(network(), "fc.weight", Some(&[10, 16])),
            r#"tensor "fc.weight" is a second head beside "classifier.weight", expected one"#
        );
        assert_eq!(
            refused(network(), "conv_layers.1.weight", None),
            r#"tensor "conv_layers.1.weight" is missing: its bias is there"#
        );
        assert_eq!(
            refused(network(), "conv_layers.3.weight", Some(&[16, 16, 3, 3])),
            r#"tensor "conv_layers.2.weight" is missing: there is a later layer"#
        );
        assert_eq!(
            refused(network(), "conv_layers.18446744073709551615.bias", Some(&[16])),
            r#"tensor "conv_layers.2.weight" is missing: there is a later layer"#
        );
        let mut shapes = network();
        shapes.truncate(4);
        assert_eq!(of(&shapes), Err(ArchitectureError::NoHead));
        let head = network().split_off(4);
        assert_eq!(
            of(&head).unwrap_err().to_string(),
            r#"tensor "conv_layers.0.weight" is missing: the network has no convolution"#
        );
        let twice = [network(), network()].concat();
        assert_eq!(
            of(&twice),
            Err(ArchitectureError::Duplicate { tensor: "conv_layers.0.weight".into() })
        );
        assert!(of(&Shapes::new()).is_err());
    }

    #[test]
    fn shapes_that_do_not_fit_name_the_tensor_and_the_axis() {
        let channels = |shape| refused(network(), "conv_layers.1.weight", Some(shape));
        assert_eq!(
            channels(&[16, 4, 3, 3]),
            r#"tensor "conv_layers.1.weight" has length 4 along axis 1, expected 8, the output channels of the layer before"#
        );
        assert_eq!(
            channels(&[16, 8, 3, 5]),
            r#"tensor "conv_layers.1.weight" has a kernel of 3 by 5 (axes 2 and 3), expected a square"#
        );
        assert_eq!(
            channels(&[16, 8, 3]),
            "tensor \"conv_layers.1.weight\" has shape [16, 8, 3], expected four axes: output channels, input channels, \
             kernel rows and columns"
        );
        assert_eq!(
            channels(&[16, 8, 0, 0]),
            r#"tensor "conv_layers.1.weight" has length 0 along axis 2, expected at least 1"#
        );
        assert_eq!(
            refused(network(), "conv_layers.1.bias", Some(&[15])),
            r#"tensor "conv_layers.1.bias" has length 15 along axis 0, expected 16, as axis 0 of its weight"#
        );
        assert!(
            refused(network(), "conv_layers.1.bias", Some(&[16, 1]))
                .ends_with("expected one axis: output channels")
        );
        assert_eq!(
            refused(network(), "classifier.weight", Some(&[10, 8, 1, 1])),
            r#"tensor "classifier.weight" has length 8 along axis 1, expected 16, the output channels of the layer before"#
        );
        assert_eq!(
            refused(network(), "classifier.weight", Some(&[10, 16, 1, 3])),
            r#"tensor "classifier.weight" has length 3 along axis 3, expected 1, for a classifier is a 1×1 convolution"#
        );
        assert!(
            refused(network(), "classifier.weight", Some(&[10, 16]))
                .ends_with("expected four axes: classes, channels, 1, 1")
        );
        for features in [16 * 7, 16 * 49 + 1, 15] {
            let message = format!(
                r#"tensor "fc.weight" has length {features} along axis 1, expected 16 channels times a square number"#
            );
            assert_eq!(of(&dense(features)).unwrap_err().to_string(), message);
        }
        assert!(
            refused(dense(16), "fc.weight", Some(&[10, 16, 1, 1]))
                .ends_with("expected two axes: classes, features")
        );
    }

    #[test]
    fn odd_sides_before_a_pool_are_listed() {
        let architecture = of(&network()).unwrap();
        assert_eq!(architecture.odd_pools(8), []);
        assert_eq!(architecture.odd_pools(28), []);
        assert_eq!(architecture.odd_pools(30), [OddPool { layer: 1, side: 15 }]);
        assert_eq!(
            architecture.odd_pools(27),
            [OddPool { layer: 0, side: 27 }, OddPool { layer: 1, side: 13 }]
        );
        assert_eq!(architecture.odd_pools(1), [OddPool { layer: 0, side: 1 }]);
        assert_eq!(architecture.odd_pools(0), []);
        for (image, features) in [
            (8, Some(2)),
            (28, Some(7)),
            (30, Some(7)),
            (4, Some(1)),
            (3, None),
            (1, None),
            (0, None),
        ] {
            assert_eq!(architecture.feature_side(image), features, "image of side {image}");
        }
        // A 5×5 kernel with padding 1 takes two pixels away.
        let shapes: [(&str, &[usize]); 2] =
            [("conv_layers.0.weight", &[4, 3, 5, 5]), ("fc.weight", &[2, 4])];
        let architecture = Architecture::from_shapes(shapes).unwrap();
        assert_eq!(architecture.odd_pools(7), [OddPool { layer: 0, side: 5 }]);
        assert_eq!(architecture.odd_pools(2), []);
        assert_eq!(architecture.feature_side(2), None);
    }
}
