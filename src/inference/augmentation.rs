//! Augmentation: which moved copies of an example a step sees.

use super::data::Dataset;
use super::error::InferenceError;
use super::moves::{Moves, elements};
use super::streams::{Streams, Use};
use crate::group::Finite;
use crate::model::Joint;
use crate::representation::{ActsOn, ElementOf, Representation};
use crate::scalar::Scalar;
use rand::RngExt;

/// Which copies `(ρ_X(g)x, ρ_Y(g)y)` of an example `(x, y)` are trained on.
#[derive(Clone, Debug, PartialEq)]
pub enum Augmentation<E> {
    /// The example as it is.
    None,
    /// Its whole orbit, one copy for each group element.
    Full,
    /// One copy for each of these elements; a subgroup, or any other subset (of which the loss is then invariant
    /// under `{h : hS = S}` and no more).
    Subset(Vec<E>),
    /// This many copies, each moved by a uniform element: independent for each copy, example and step.
    Random(usize),
}

/// Makes the batches that a policy asks for.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::inference::{Augmentation, Augmenter, Dataset};
/// use equibayes::model::Joint;
/// use equibayes::representation::{PermutationRep, Trivial};
///
/// let c3 = Cyclic::new(3)?;
/// let shift = PermutationRep::regular(&c3)?;
/// let joint = Joint::new(shift.clone(), shift, Trivial::new(c3, 1))?;
/// let augmenter = Augmenter::new(&joint, Augmentation::Full)?;
/// let data = Dataset::new(3, vec![1.0, 2.0, 3.0], 1, vec![0.5])?;
/// let orbit = augmenter.expand(&data)?;
/// assert_eq!(orbit.inputs(), [1.0, 2.0, 3.0, 3.0, 1.0, 2.0, 2.0, 3.0, 1.0]);
/// assert_eq!(orbit.targets(), [0.5; 3]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Augmenter<T: Scalar> {
    /// Absent if examples stay as they are.
    moves: Option<(Moves<T>, Moves<T>)>,
    /// How many copies are drawn; 0 for one of each element.
    random: usize,
}

impl<T: Scalar> Augmenter<T> {
    /// No augmentation.
    pub fn none() -> Self {
        Self { moves: None, random: 0 }
    }

    /// The policy, for inputs and targets that move by the representations of `joint`.
    ///
    /// # Errors
    /// [`InferenceError`] if the group is too large to be enumerated, the subset is empty, or no random
    /// copy is asked for.
    pub fn new<P, X, Y>(
        joint: &Joint<P, X, Y>,
        policy: Augmentation<ElementOf<X>>,
    ) -> Result<Self, InferenceError>
    where
        P: Representation<Group = X::Group>,
        X: ActsOn<T>,
        Y: ActsOn<T, Group = X::Group>,
        X::Group: Finite,
    {
        let few = |what| InferenceError::Count { what, got: 0, expected: "at least 1" };
        let (chosen, random) = match policy {
            Augmentation::None => return Ok(Self::none()),
            Augmentation::Full => (elements(joint.inputs())?, 0),
            Augmentation::Subset(subset) if subset.is_empty() => {
                return Err(few("number of elements to augment by"));
            }
            Augmentation::Subset(subset) => (subset, 0),
            Augmentation::Random(0) => return Err(few("number of random copies")),
            Augmentation::Random(copies) => (elements(joint.inputs())?, copies),
        };
        let moves = (Moves::of(joint.inputs(), &chosen), Moves::of(joint.outputs(), &chosen));
        Ok(Self { moves: Some(moves), random })
    }

    /// How many copies an example has in a batch.
    pub fn copies(&self) -> usize {
        match &self.moves {
            None => 1,
            Some(_) if self.random > 0 => self.random,
            Some((inputs, _)) => inputs.len(),
        }
    }

    /// Puts the copies of the examples into `inputs` and `targets` (which are cleared first), example by
    /// example. Random elements are those of this step and example.
    ///
    /// # Panics
    /// If an index is not one of the data, or the data has other dimensions than the representations.
    pub fn fill(
        &self,
        data: &Dataset<T>,
        indices: &[usize],
        streams: Streams,
        step: u64,
        inputs: &mut Vec<T>,
        targets: &mut Vec<T>,
    ) {
        inputs.clear();
        targets.clear();
        for &index in indices {
            let Some((on_inputs, on_targets)) = &self.moves else {
                inputs.extend_from_slice(data.input(index));
                targets.extend_from_slice(data.target(index));
                continue;
            };
            let mut rng =
                (self.random > 0).then(|| streams.stream(Use::Augmentation, step, index as u64));
            for copy in 0..self.copies() {
                let k = match &mut rng {
                    Some(rng) => rng.random_range(0..on_inputs.len()),
                    None => copy,
                };
                append(on_inputs, k, data.input(index), inputs);
                append(on_targets, k, data.target(index), targets);
            }
        }
    }

    /// All copies of all examples, as a data set of its own. Random elements are those of step 0, seed 0.
    ///
    /// # Errors
    /// [`InferenceError`] if moving an example leaves the range of the scalar.
    ///
    /// # Panics
    /// If the data has other dimensions than the representations.
    pub fn expand(&self, data: &Dataset<T>) -> Result<Dataset<T>, InferenceError> {
        let (mut inputs, mut targets) = (Vec::new(), Vec::new());
        let all: Vec<usize> = (0..data.len()).collect();
        self.fill(data, &all, Streams::new(0), 0, &mut inputs, &mut targets);
        Dataset::new(data.input_size(), inputs, data.target_size(), targets)
    }
}

fn append<T: Scalar>(moves: &Moves<T>, k: usize, x: &[T], list: &mut Vec<T>) {
    let start = list.len();
    list.resize(start + moves.dim(), T::zero());
    moves.act(k, x, &mut list[start..]);
}
