//! Making a posterior invariant.

use super::{Audit, Overflow, PosteriorAction};
use crate::checkpoint::{Posterior, Problem};
use crate::symmetrize::mean_field::{self, Method};
use thiserror::Error;

/// The metadata key of a file that holds the marginals of a tied posterior.
pub const TIED_METADATA: &str = "equibayes.tied";

/// A posterior before and after.
#[derive(Clone, Debug)]
pub struct Symmetrized {
    /// The invariant posterior, as its file holds it.
    pub posterior: Posterior,
    /// The audit of the original.
    pub before: Audit,
    /// The audit of the result. For [`Method::Tie`] that of the marginals: the tied posterior itself
    /// is singular, and its divergences are infinite.
    pub after: Audit,
    /// The names of the tensor pairs whose means or scales changed.
    pub moved: Vec<String>,
}

/// Why a posterior cannot be symmetrised.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SymmetrizeError {
    /// Values on one orbit are too far apart.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// A value of the result does not fit its file.
    #[error("the symmetrised posterior does not fit its file: {0}")]
    Problem(#[from] Problem),
}

/// Symmetrises every tensor pair of a posterior. The result is what the file will hold: rounded to its
/// element types, so the audit of it is that of the file.
///
/// # Errors
/// [`SymmetrizeError`] if values are too far apart, or one does not fit the element type of its tensor.
pub fn symmetrize(
    posterior: &Posterior,
    action: &PosteriorAction,
    method: Method,
) -> Result<Symmetrized, SymmetrizeError> {
    // First of all: what cannot be audited overflows in its averages too.
    let before = Audit::of(posterior, action)?;
    let mut moved = Vec::new();
    let pairs = posterior
        .pairs()
        .iter()
        .map(|pair| {
            let Some(tensor) = action.tensors().iter().find(|tensor| tensor.name() == pair.name())
            else {
                return Ok(pair.clone());
            };
            let (mean, sigma) =
                mean_field::symmetrize(method, &tensor.orbits(), pair.mean(), pair.sigma());
            if mean != pair.mean() || sigma != pair.sigma() {
                moved.push(pair.name().to_owned());
            }
            pair.with_values(mean, sigma)
        })
        .collect::<Result<Vec<_>, Problem>>()?;
    let mut result = posterior.with_pairs(pairs)?;
    if method == Method::Tie {
        result.set_metadata(TIED_METADATA, "true");
    }
    let result = Posterior::from_bytes(&result.to_bytes()?, Some(posterior.convention()))?;
    let after = Audit::of(&result, action)?;
    Ok(Symmetrized { posterior: result, before, after, moved })
}
