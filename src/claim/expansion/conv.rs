//! The expansion of a convolutional network of two filters under quarter turns: its channels become blocks of the
//! regular representation.

use crate::claim::scene::{GroupSpec, Scene};
use crate::group::{AnyGroup, Finite, Group};
use crate::model::Joint;
use crate::model::conv::{ConvNet, ConvSpec};
use crate::representation::{
    ActsOn, ActsOnGrid, Channels, Layout, PermutationRep, SignedPermutationRep,
};
use crate::scalar::{Rational, Scalar};
use std::error::Error;

type Rep = SignedPermutationRep<AnyGroup>;

/// The expanded network, how the group moves it, and where the numbers of the small one go.
pub(super) struct Expanded {
    pub(super) net: ConvNet,
    pub(super) joint: Joint<Rep, Rep, Rep>,
    group: AnyGroup,
    grid: PermutationRep<AnyGroup>,
}

/// The side of the kernels.
const KERNEL: usize = 3;

impl Expanded {
    /// Of `[convolution, ReLU, max-pool] × 2` with one filter each and two classes, on images of 4×4.
    pub(super) fn new() -> Result<Self, Box<dyn Error>> {
        let group = GroupSpec::Cyclic(4).build();
        let order = group.elements().count();
        let net = ConvNet::new(ConvSpec::new(1, 4, &[order, order], 2))?;
        let joint = net.joint(&group, Channels::Regular, Layout::Interleaved)?;
        let [parameters, inputs, outputs] =
            [joint.parameters(), joint.inputs(), joint.outputs()].map(|rep| Rep::from(rep.clone()));
        let grid = group.on_grid(KERNEL)?;
        Ok(Self { net, joint: Joint::new(parameters, inputs, outputs)?, group, grid })
    }

    /// Parameters expanded by S8: filter `a` of the first layer is `a·W`, filter `(a, b)` of the second `a·K(a⁻¹b)`,
    /// biases are repeated, and the readout averages. If `moved` is false filters stay as they are.
    pub(super) fn parameters(
        &self,
        mut number: impl FnMut() -> Rational,
        moved: bool,
    ) -> Vec<Rational> {
        let mut filter = || -> Vec<Rational> { (0..KERNEL * KERNEL).map(|_| number()).collect() };
        let elements: Vec<_> = self.group.elements().collect();
        let (weight, kernels) = (filter(), elements.iter().map(|_| filter()).collect::<Vec<_>>());
        let (biases, classes) = ([number(), number()], [number(), number()]);
        let by = |a: usize, filter: &[Rational]| -> Vec<Rational> {
            let a = if moved { a } else { 0 };
            self.grid.apply(&elements[a], filter).as_slice().to_vec()
        };
        let quotient = |a: usize, b: usize| {
            let product = self.group.compose(&self.group.inverse(&elements[a]), &elements[b]);
            // The group is closed.
            self.group.index_of(&product).unwrap_or(0)
        };
        let all = 0..elements.len();
        let mut theta: Vec<Rational> = all.clone().flat_map(|a| by(a, &weight)).collect();
        theta.extend(all.clone().map(|_| biases[0].clone()));
        for a in all.clone() {
            theta.extend(all.clone().flat_map(|b| by(a, &kernels[quotient(a, b)])));
        }
        theta.extend(all.clone().map(|_| biases[1].clone()));
        let share = Rational::ratio(1, elements.len() as i64);
        for class in &classes {
            theta.extend(all.clone().map(|_| class.clone() * share.clone()));
        }
        theta.extend(classes);
        theta
    }

    /// Means in quarters, from the numbers of a scene.
    pub(super) fn means(&self, scene: &Scene) -> Vec<Rational> {
        self.parameters(reading(&scene.means), true)
    }

    /// Scales above 1.
    pub(super) fn scales(&self, scene: &Scene, moved: bool) -> Vec<Rational> {
        let mut next = reading(&scene.variances);
        self.parameters(|| Rational::ratio(1, 1) + next().magnitude(), moved)
    }
}

/// The numbers of a list in quarters, one after the other; when the list is through, with something added.
pub(super) fn reading(list: &[i8]) -> impl FnMut() -> Rational {
    let mut k = 0;
    move || {
        let entry = list.get(k % list.len().max(1)).copied().unwrap_or_default();
        let turn = (k / list.len().max(1)) as i64 % 7;
        k += 1;
        Rational::ratio(i64::from(entry) + turn, 4)
    }
}
