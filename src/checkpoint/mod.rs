//! Posteriors in safetensors files: reading, checking, writing back.
//!
//! A trained mean-field posterior is a file of *tensor pairs*, a mean and a scale of one shape. Libraries name them, and
//! store the standard deviation σ, each in their own way; a [`Convention`] is one such way. [`Posterior`] holds the pairs
//! as means and σ in `f64` whatever the file holds, and [`Architecture`] says which axis of which tensor is what.
//!
//! | file | subject |
//! |---|---|
//! | `scale` | [`ScaleMap`]: the stored number ρ ↔ the standard deviation σ |
//! | `convention` | [`Convention`]: which tensors form pairs, and the choice among conventions |
//! | `names` | network order of tensor names; the layers `conv_layers.i`, `classifier`, `fc` |
//! | `header` | the safetensors header, checked against the length of the file |
//! | `tensor`, `encode` | [`TensorPair`], [`OtherTensor`]; numbers to and from the file's bytes |
//! | `posterior` | [`Posterior`]: read, write |
//! | `snapshot` | [`Snapshot`](crate::inference::Snapshot): training that stops and goes on |
//! | `whole_file` | [`write_whole`]: a file written whole or not at all |
//! | `architecture` | [`Architecture`], [`AxisRole`]: the network behind the names and shapes |
//! | `error`, `wording` | [`CheckpointError`] (a file and its [`Problem`]); names in messages |
//!
//! # Example
//!
//! ```
//! use equibayes::checkpoint::{Convention, Posterior, Precision, TensorPair};
//!
//! let pair = TensorPair::new("head.weight", vec![1, 2], vec![0.5, -0.5], vec![1e-3, 2.0], Precision::F64)?;
//! let posterior = Posterior::new(Convention::Plain, vec![pair])?;
//! let again = Posterior::from_bytes(&posterior.to_bytes()?, None)?;
//! assert_eq!(again.convention(), Convention::Plain);
//! assert_eq!(again.pairs()[0].sigma(), [1e-3, 2.0]);
//! # Ok::<(), equibayes::checkpoint::Problem>(())
//! ```

mod architecture;
mod convention;
mod encode;
mod error;
mod header;
mod names;
mod posterior;
mod scale;
mod snapshot;
mod tensor;
mod whole_file;
mod wording;

pub use architecture::{
    Architecture, ArchitectureError, AxisRole, Convolution, Head, OddPool, TensorRoles,
};
pub use convention::{Convention, UnknownConvention};
pub use error::{CheckpointError, Part, Problem};
pub use posterior::{MAX_FILE_BYTES, Posterior};
pub use scale::ScaleMap;
pub use tensor::{OtherTensor, Precision, TensorPair};
pub use whole_file::write_whole;
