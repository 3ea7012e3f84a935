//! A cyclic subgroup of a scene's group, and representations of it that need not come from the group.

use super::growth::Growth;
use crate::claim::compare::{column_sum_norm, larger, row_sum_norm};
use crate::claim::scene::Scene;
use crate::group::{AnyElement, AnyGroup, Finite, Subgroup};
use crate::representation::Dense;
use crate::scalar::Scalar;
use nalgebra::{DMatrix, dmatrix};

/// The subgroup of the powers of an element of a scene's group.
pub(super) struct CyclicSubgroup {
    pub(super) subgroup: Subgroup<AnyGroup>,
    pub(super) generator: AnyElement,
    pub(super) order: usize,
}

/// A representation of a cyclic group by integer matrices: the powers of one of them.
pub(super) type Powers<T> = Dense<Subgroup<AnyGroup>, T>;

impl CyclicSubgroup {
    /// The powers of the scene's `pick`-th element.
    pub(super) fn of(scene: &Scene, pick: usize) -> Option<Self> {
        let generator = scene.element(pick);
        let subgroup = Subgroup::generated(&scene.group(), vec![generator.clone()]).ok()?;
        let order = subgroup.small_order()?;
        Some(Self { subgroup, generator, order })
    }

    /// An integer matrix whose power with the order of the subgroup is 1, the scene's choice among: 1; −1,
    /// and the companion matrices of the polynomials of primitive third, fourth and sixth roots of unity,
    /// where the order allows; and the sum of the last two kinds there are.
    pub(super) fn root(&self, scene: &Scene) -> DMatrix<i64> {
        let mut roots = vec![dmatrix![1]];
        let known = [
            (2, dmatrix![-1]),
            (3, dmatrix![0, -1; 1, -1]),
            (4, dmatrix![0, -1; 1, 0]),
            (6, dmatrix![0, -1; 1, 1]),
        ];
        roots.extend(
            known.into_iter().filter(|(k, _)| self.order.is_multiple_of(*k)).map(|(_, root)| root),
        );
        if let [.., a, b] = roots.as_slice() {
            let (m, n) = (a.nrows(), b.nrows());
            let mut sum = DMatrix::zeros(m + n, m + n);
            sum.view_mut((0, 0), (m, m)).copy_from(a);
            sum.view_mut((m, m), (n, n)).copy_from(b);
            // Mixed, so that it is no longer a sum in these coordinates, nor orthogonal.
            let mut mixing = DMatrix::identity(m + n, m + n);
            mixing[(0, m + n - 1)] = 1;
            let mut undo = mixing.clone();
            undo[(0, m + n - 1)] = -1;
            roots.push(mixing * sum * undo);
        }
        // From the last on, so that few choices are trivial.
        let pick = scene.picks.get(3).copied().unwrap_or(0) % roots.len();
        roots.swap_remove(roots.len() - 1 - pick)
    }

    /// The map `s^k ↦ C^k`, `0 ≤ k < |H|`: a representation if `C^|H| = 1`. And what its products with
    /// vectors round: `d` times each, as the matrices are integers.
    pub(super) fn powers<T: Scalar>(&self, root: &DMatrix<i64>) -> (Powers<T>, Growth) {
        let d = root.nrows();
        let mut powers = Vec::with_capacity(self.order);
        let mut power = DMatrix::<i64>::identity(d, d);
        let (mut forward, mut transposed) = (1.0, 1.0);
        for _ in 0..self.order {
            let matrix = power.map(|entry| T::ratio(entry, 1));
            forward = larger(forward, row_sum_norm(&matrix));
            transposed = larger(transposed, column_sum_norm(&matrix));
            powers.push(matrix);
            power *= root;
        }
        // What one element generates is numbered by its powers.
        let numbered = self.subgroup.clone();
        let psi = Dense::from_fn(self.subgroup.clone(), d, move |h| {
            powers[numbered.index_of(h).unwrap_or(0)].clone()
        });
        (psi, Growth { forward, transposed, roundings: d })
    }
}
