//! Actions listed in a file, tensor by tensor and axis by axis.

mod axis;
mod build;
mod elements;
mod error;
mod points;
mod table;
#[cfg(test)]
mod tests;

pub use error::{ActionsError, AxisProblem};

use crate::group::Permutation;
use crate::representation::GridSymmetry;
use axis::AxisEntry;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::str::FromStr;

/// How a finite group moves the tensor pairs of a posterior, whatever its architecture: the contents of
/// a TOML file.
///
/// ```toml
/// [group]
/// generators = ["r"]
///
/// [tensor."conv_layers.1.weight"]
/// axes = ["regular:blocked", "regular:blocked", "spatial", "spatial"]
///
/// [tensor."head.weight"]
/// axes = ["trivial", { r = [1, 2, 3, 0], sign = [1, 1, 1, -1] }]
/// ```
///
/// Every tensor pair has a table, with one entry for each axis, or `axes = "trivial"` if it does not
/// move. An entry is
///
/// - `"trivial"`: the axis does not move;
/// - a table with a list of images for each generator, base 0: `r = [1, 2, 3, 0]` sends coordinate `i`
///   to `i + 1`. With `sign = [1, 1, 1, -1]` coordinate `i` is multiplied by its sign on the way; with
///   several generators `sign` is a table of such lists, and a generator without one negates nothing;
/// - `"spatial"`, on two axes of one length, one after the other: rows and columns. A generator named
///   `r` is a counter-clockwise quarter turn and one named `s` the flip of the last axis. Other names are
///   given a meaning by `spatial = { t = "identity" }` under `[group]`: one of `identity`, `rot90`,
///   `rot180`, `rot270`, `flip` (of the last axis);
/// - `"regular:blocked"` or `"regular:interleaved"` (also `"regular"`): channels that the group permutes
///   in blocks of `|G|`, by the left regular representation, numbered as
///   [`Layout`](crate::audit::Layout) says. The multiples of the first generator come first, then their
///   products with the second, and so on: `r` alone gives `r^k`, and `r` with `s` gives `r^k`, then
///   `r^k s`.
///
/// # The group
/// The generators act together on everything that is listed for them: index maps (with signs), images,
/// and the points of `images = { r = [1, 2, 3, 0] }` under `[group]`, which is there to say what the
/// generators are where nothing else does. The group is what these permutations of all points
/// generate, so every axis carries a representation of it whatever is listed: an index map of order 3
/// for a quarter turn makes a group of order 12. Regular axes add nothing to it; they are built from
/// it.
///
/// # Examples
/// ```
/// use equibayes::audit::{ActionsFile, Audit, PosteriorAction};
/// use equibayes::checkpoint::{Convention, Posterior, Precision, TensorPair};
/// use equibayes::group::Finite;
///
/// // One layer from three inputs to two outputs; the group swaps the outputs and the last two inputs.
/// let actions: ActionsFile = r#"
///     [group]
///     generators = ["swap"]
///     [tensor.layer]
///     axes = [{ swap = [1, 0] }, { swap = [0, 2, 1] }]
/// "#.parse()?;
/// let mean = vec![1.0, 2.0, 3.0, 1.0, 3.0, 2.0];
/// let layer = TensorPair::new("layer", vec![2, 3], mean, vec![0.5; 6], Precision::F64)?;
/// let posterior = Posterior::new(Convention::Plain, vec![layer])?;
/// let action = PosteriorAction::listed(&posterior, &actions)?;
/// assert_eq!(action.group().order(), 2u32.into());
/// assert_eq!(Audit::of(&posterior, &action)?.total.orbit_divergence, 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ActionsFile {
    generators: Vec<String>,
    /// What each generator does to images; `None` where nothing says so.
    grid: Vec<Option<GridSymmetry>>,
    /// Points that only say what the generators are: one permutation for each generator.
    images: Option<Vec<Permutation>>,
    tensors: BTreeMap<String, Axes>,
}

/// How the axes of one tensor move.
#[derive(Clone, Debug)]
enum Axes {
    /// Not at all.
    Trivial,
    /// One entry per axis.
    Each(Vec<AxisEntry>),
}

impl ActionsFile {
    /// The largest file that is read, in bytes.
    pub const MAX_BYTES: u64 = 64 << 20;

    /// Reads a file.
    ///
    /// # Errors
    /// [`ActionsError`] if it cannot be read or is not of the form above.
    pub fn read(path: &Path) -> Result<Self, ActionsError> {
        let max = Self::MAX_BYTES;
        let file = std::fs::File::open(path)?;
        let bytes = file.metadata()?.len();
        if bytes > max {
            return Err(ActionsError::TooLarge { bytes, max });
        }
        let mut text = String::new();
        // A file that grows, or a device, has no length to rely on.
        let read = file.take(max + 1).read_to_string(&mut text)? as u64;
        if read > max {
            return Err(ActionsError::TooLarge { bytes: read, max });
        }
        text.parse()
    }

    /// The names of the generators.
    pub fn generators(&self) -> &[String] {
        &self.generators
    }
}

impl FromStr for ActionsFile {
    type Err = ActionsError;

    fn from_str(text: &str) -> Result<Self, ActionsError> {
        table::parse(text)
    }
}
