//! The three representations of one group that a model is equivariant under.

use crate::group::Group;
use crate::representation::{Representation, RepresentationError, same_group};

/// Representations of one group on the parameters, the inputs and the outputs of a model.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::model::Joint;
/// use equibayes::representation::{PermutationRep, Trivial};
///
/// // ⟨θ, x⟩ does not change when both are shifted.
/// let c3 = Cyclic::new(3)?;
/// let shift = PermutationRep::regular(&c3)?;
/// let joint = Joint::new(shift.clone(), shift, Trivial::new(c3, 1))?;
/// assert_eq!(joint.group(), &c3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Joint<P, X, Y> {
    parameters: P,
    inputs: X,
    outputs: Y,
}

impl<G, P, X, Y> Joint<P, X, Y>
where
    G: Group,
    P: Representation<Group = G>,
    X: Representation<Group = G>,
    Y: Representation<Group = G>,
{
    /// The representations `ρ_Θ`, `ρ_X` and `ρ_Y`.
    ///
    /// # Errors
    /// [`RepresentationError::DifferentGroups`] unless all three are of the same group.
    pub fn new(parameters: P, inputs: X, outputs: Y) -> Result<Self, RepresentationError> {
        same_group(&parameters, &inputs)?;
        same_group(&parameters, &outputs)?;
        Ok(Self { parameters, inputs, outputs })
    }

    /// The group that acts.
    pub fn group(&self) -> &G {
        self.parameters.group()
    }

    /// `ρ_Θ`, on the parameters.
    pub fn parameters(&self) -> &P {
        &self.parameters
    }

    /// `ρ_X`, on the inputs.
    pub fn inputs(&self) -> &X {
        &self.inputs
    }

    /// `ρ_Y`, on the outputs.
    pub fn outputs(&self) -> &Y {
        &self.outputs
    }
}
