//! What the axes of a network's tensors are axes of.

/// What one axis of a tensor is an axis of. A group acts on it accordingly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AxisRole {
    /// The channels of the image.
    InputChannels {
        /// Their number.
        channels: usize,
    },
    /// The channels that convolution `layer` puts out.
    HiddenChannels {
        /// The convolution, from 0.
        layer: usize,
        /// Their number.
        channels: usize,
    },
    /// The classes.
    Classes {
        /// Their number.
        classes: usize,
    },
    /// The rows of a kernel; its columns are the next axis.
    KernelRows {
        /// Side of the kernel.
        side: usize,
    },
    /// The columns of a kernel.
    KernelColumns {
        /// Side of the kernel.
        side: usize,
    },
    /// The features that convolution `layer` puts out after its pool, flattened as (channel, row, column).
    FlattenedFeatures {
        /// The convolution, from 0.
        layer: usize,
        /// Number of channels.
        channels: usize,
        /// Side of the feature map, in pixels.
        side: usize,
    },
}

impl AxisRole {
    /// The length of the axis.
    #[must_use]
    pub fn length(self) -> usize {
        match self {
            Self::InputChannels { channels } | Self::HiddenChannels { channels, .. } => channels,
            Self::Classes { classes } => classes,
            Self::KernelRows { side } | Self::KernelColumns { side } => side,
            Self::FlattenedFeatures { channels, side, .. } => {
                channels.saturating_mul(side).saturating_mul(side)
            }
        }
    }
}

/// A tensor pair of the network and the role of each of its axes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorRoles {
    /// The pair's name.
    pub name: String,
    /// One role per axis.
    pub roles: Vec<AxisRole>,
}
