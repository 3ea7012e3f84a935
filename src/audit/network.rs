//! The network whose weights a posterior is of.

use crate::checkpoint::{Architecture, ArchitectureError, Head, Posterior, TensorPair};
use crate::model::conv::{ConvError, ConvHead, ConvNet, ConvSpec, OddSides};
use thiserror::Error;

/// A posterior as a network with a mean and a standard deviation for each parameter.
///
/// A bias that the file does not have is 0, and certain.
#[derive(Clone, Debug)]
pub struct PosteriorNetwork {
    net: ConvNet,
    mean: Vec<f64>,
    sigma: Vec<f64>,
    odd_pools: Vec<(usize, usize)>,
}

/// Why a posterior is no network for images of a shape.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum NetworkError {
    /// The tensors are not those of a network that is known.
    #[error(transparent)]
    Architecture(#[from] ArchitectureError),
    /// The network cannot be.
    #[error(transparent)]
    Conv(#[from] ConvError),
    /// The first layer takes other images.
    #[error("images of {found} channels: expected {expected}, which is what the first layer takes")]
    ImageChannels {
        /// Channels of the images.
        found: usize,
        /// Channels that the first layer takes.
        expected: usize,
    },
    /// Images that rotations do not move on themselves.
    #[error("images of {rows}×{columns} pixels: expected square ones")]
    NotSquare {
        /// Rows.
        rows: usize,
        /// Columns.
        columns: usize,
    },
    /// Kernels of several sizes.
    #[error(
        "conv_layers.{layer}: kernel of side {side}: expected {expected}, as in the first layer"
    )]
    Kernels {
        /// The convolution, from 0.
        layer: usize,
        /// The side of its kernel.
        side: usize,
        /// The side of the first kernel.
        expected: usize,
    },
    /// The dense head is for feature maps of another side, so for images of another side.
    #[error(
        "images of side {image}: feature maps of side {found} before fc: expected {expected}, which is what fc takes"
    )]
    FeatureSide {
        /// The side of the images.
        image: usize,
        /// The side of the feature maps.
        found: usize,
        /// The side that the head takes.
        expected: usize,
    },
}

impl PosteriorNetwork {
    /// The network of a posterior for images of `[channels, rows, columns]`.
    ///
    /// # Errors
    /// [`NetworkError`].
    pub fn of(posterior: &Posterior, image: [usize; 3]) -> Result<Self, NetworkError> {
        let architecture = Architecture::of(posterior)?;
        let convolutions = architecture.convolutions();
        let [image_channels, image_side, columns] = image;
        if image_side != columns {
            return Err(NetworkError::NotSquare { rows: image_side, columns });
        }
        let first = convolutions[0];
        if first.in_channels != image_channels {
            return Err(NetworkError::ImageChannels {
                found: image_channels,
                expected: first.in_channels,
            });
        }
        let kernel = first.kernel;
        if let Some((layer, other)) =
            convolutions.iter().enumerate().find(|(_, layer)| layer.kernel != kernel)
        {
            return Err(NetworkError::Kernels { layer, side: other.kernel, expected: kernel });
        }
        let (head, classes) = match architecture.head() {
            Head::Pointwise { classes, .. } => (ConvHead::Pointwise, classes),
            Head::Dense { classes, .. } => (ConvHead::Dense, classes),
        };
        let channels: Vec<usize> = convolutions.iter().map(|layer| layer.out_channels).collect();
        let spec = ConvSpec::new(image_channels, image_side, &channels, classes)
            .with_kernel(kernel)
            .with_head(head)
            .with_odd_sides(OddSides::Floor);
        let net = ConvNet::new(spec)?;
        if let Head::Dense { side: expected, .. } = architecture.head() {
            let found = net.feature_side();
            if found != expected {
                return Err(NetworkError::FeatureSide { image: image_side, found, expected });
            }
        }
        let (mut mean, mut sigma) = (vec![0.0; net.dim()], vec![0.0; net.dim()]);
        for tensor in net.tensors() {
            // All names may begin with one common path.
            let Some(pair) = posterior.pairs().iter().find(|pair| ends_in(pair, &tensor.name))
            else {
                continue;
            };
            mean[tensor.range.clone()].copy_from_slice(pair.mean());
            sigma[tensor.range.clone()].copy_from_slice(pair.sigma());
        }
        let odd = architecture.odd_pools(image_side);
        let odd_pools = odd.iter().map(|pool| (pool.layer, pool.side)).collect();
        Ok(Self { net, mean, sigma, odd_pools })
    }

    /// The network.
    pub fn net(&self) -> &ConvNet {
        &self.net
    }

    /// The means of the parameters, in the network's order.
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// The standard deviations of the parameters, in the network's order.
    pub fn sigma(&self) -> &[f64] {
        &self.sigma
    }

    /// The convolutions, from 0, whose pool meets an odd side, with that side: nothing is equivariant there.
    pub fn odd_pools(&self) -> &[(usize, usize)] {
        &self.odd_pools
    }
}

fn ends_in(pair: &TensorPair, name: &str) -> bool {
    pair.name().strip_suffix(name).is_some_and(|path| path.is_empty() || path.ends_with('.'))
}
