//! Tensors whose axes move one by one: convolution kernels, biases, dense heads.

use super::signed_permutation::Images;
use super::{
    ActsBySignedPermutations, ActsOn, ActsOrthogonally, AxisOrbits, ElementOf, PermutationRep,
    Representation, RepresentationError, SignedPermutation, SignedPermutationRep, checked_dim,
};
use crate::group::{FinitelyGenerated, Group};
use crate::scalar::Scalar;

/// One axis of a tensor, or several that move together.
#[derive(Clone, Debug)]
pub enum Axis<G: Group> {
    /// So many coordinates, which no group element moves.
    Fixed(usize),
    /// Coordinates that the group permutes and negates. Axes that move together, such as the rows and
    /// columns of a kernel, are one such axis.
    Moved(SignedPermutationRep<G>),
}

impl<G: Group> Axis<G> {
    fn dim(&self) -> usize {
        match self {
            Self::Fixed(dim) => *dim,
            Self::Moved(rep) => rep.dim(),
        }
    }
}

impl<G: Group + 'static> From<PermutationRep<G>> for Axis<G> {
    fn from(rep: PermutationRep<G>) -> Self {
        Self::Moved(rep.into())
    }
}

impl<G: Group> From<SignedPermutationRep<G>> for Axis<G> {
    fn from(rep: SignedPermutationRep<G>) -> Self {
        Self::Moved(rep)
    }
}

/// The tensor product of the representations on the axes of a tensor, in row-major order.
///
/// The same representation as the product of the factors, but it remembers which axes do not move. The
/// index maps of all its blocks are then copies of a small one, and [`orbits`](Self::orbits) looks at
/// that one only: it costs nothing next to the tensor. Channels in regular blocks are two axes:
/// `[Fixed(blocks), Moved(regular)]` where block is outermost (interleaved), the other way round where
/// it is innermost (blocked).
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::representation::{ActsOnGrid, Axis, PermutationRep, Representation, TensorAxes};
///
/// // A kernel [256, 128, 3, 3] with regular channels, interleaved, under C_4.
/// let c4 = Cyclic::new(4)?;
/// let regular = PermutationRep::regular(&c4)?;
/// let kernel = TensorAxes::new(
///     c4,
///     [
///         Axis::Fixed(64),
///         regular.clone().into(),
///         Axis::Fixed(32),
///         regular.into(),
///         c4.on_grid(3)?.into(),
///     ],
/// )?;
/// assert_eq!(kernel.dim(), 256 * 128 * 3 * 3);
/// assert_eq!(kernel.orbits().fixed_dim(), 256 * 128 * 9 / 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct TensorAxes<G: Group> {
    group: G,
    axes: Vec<Axis<G>>,
    dim: usize,
}

impl<G: Group> TensorAxes<G> {
    /// The representation of `group` on tensors with these axes, outermost first. No axes are a tensor
    /// with one coordinate, which does not move.
    ///
    /// # Errors
    /// [`RepresentationError::DifferentGroups`] if an axis is moved by another group,
    /// [`RepresentationError::TooManyCoordinates`].
    pub fn new(
        group: G,
        axes: impl IntoIterator<Item = Axis<G>>,
    ) -> Result<Self, RepresentationError> {
        let axes: Vec<_> = axes.into_iter().collect();
        let mut dim = Some(1_usize);
        for axis in &axes {
            if let Axis::Moved(rep) = axis
                && *rep.group() != group
            {
                return Err(RepresentationError::DifferentGroups {
                    left: format!("{group:?}"),
                    right: format!("{:?}", rep.group()),
                });
            }
            dim = dim.and_then(|dim| dim.checked_mul(axis.dim()));
        }
        let dim = checked_dim(dim)?;
        Ok(Self { group, axes, dim })
    }

    /// The axes, outermost first.
    pub fn axes(&self) -> &[Axis<G>] {
        &self.axes
    }

    /// The orbits of the coordinates, from the generators, as a small pattern that repeats.
    pub fn orbits(&self) -> AxisOrbits
    where
        G: FinitelyGenerated,
    {
        let mut generators: Vec<_> = self.group.generators();
        // Without generators the pattern is still that of the axes.
        if generators.is_empty() {
            generators.push(self.group.identity());
        }
        let maps: Vec<Vec<Option<SignedPermutation>>> =
            generators.iter().map(|g| self.factors(g)).collect();
        let shape: Vec<_> =
            self.axes.iter().map(|axis| (axis.dim(), matches!(axis, Axis::Moved(_)))).collect();
        let patterns: Vec<_> = maps
            .into_iter()
            .map(|factors| {
                factors
                    .into_iter()
                    .flatten()
                    .fold(Images::one(), |images, factor| images.product(&factor))
                    .into()
            })
            .collect();
        AxisOrbits::new(&shape, &patterns)
    }

    /// How `g` moves each axis; `None` for one that does not move.
    fn factors(&self, g: &G::Element) -> Vec<Option<SignedPermutation>> {
        self.axes
            .iter()
            .map(|axis| match axis {
                Axis::Fixed(_) => None,
                Axis::Moved(rep) => Some(rep.index_map(g)),
            })
            .collect()
    }
}

impl<G: Group> Representation for TensorAxes<G> {
    type Group = G;

    fn group(&self) -> &G {
        &self.group
    }

    fn dim(&self) -> usize {
        self.dim
    }

    fn signed_permutation(&self, g: &ElementOf<Self>) -> Option<SignedPermutation> {
        Some(self.index_map(g))
    }
}

impl<G: Group, T: Scalar> ActsOn<T> for TensorAxes<G> {
    fn act(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        self.index_map(g).act(x, out);
    }

    fn act_transposed(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        self.index_map(g).act_transposed(x, out);
    }
}

impl<G: Group> ActsBySignedPermutations for TensorAxes<G> {
    fn index_map(&self, g: &ElementOf<Self>) -> SignedPermutation {
        self.axes
            .iter()
            .zip(self.factors(g))
            .fold(Images::one(), |images, (axis, factor)| match factor {
                Some(factor) => images.product(&factor),
                None => images.repeated(axis.dim()),
            })
            .into()
    }
}

impl<G: Group> ActsOrthogonally for TensorAxes<G> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::{Cyclic, Dihedral, Permutation};
    use crate::law;
    use crate::representation::{ActsOnGrid, SignedOrbits};

    /// `C_2` on three coordinates: swaps two, negates the third.
    fn swap_and_negate(c2: Cyclic) -> SignedPermutationRep<Cyclic> {
        SignedPermutationRep::from_fn(c2, 3, |&g| {
            SignedPermutation::from_fn(3, |i| if i < 2 { (i ^ g, false) } else { (2, g == 1) })
        })
    }

    fn agree<G: crate::group::Finite>(rep: &TensorAxes<G>) {
        let (fast, slow) = (rep.orbits(), SignedOrbits::of(rep));
        assert_eq!(fast.expanded(), slow);
        assert_eq!((fast.dim(), fast.len()), (slow.dim(), slow.len()));
        assert_eq!(fast.fixed_dim(), slow.fixed_dim());
        assert_eq!(fast.unsigned().expanded(), slow.unsigned());
        let x: Vec<f64> = (0..rep.dim()).map(|i| (i as f64).sin() / 3.0).collect();
        let (mut a, mut b) = (vec![1.0; x.len()], vec![2.0; x.len()]);
        for (fast, slow) in [(&fast, &slow), (&fast.unsigned(), &slow.unsigned())] {
            fast.project(&x, &mut a);
            slow.project(&x, &mut b);
            assert_eq!(a, b, "{rep:?}");
        }
    }

    #[test]
    fn a_repeated_pattern_has_the_orbits_of_the_whole_tensor() {
        let c4 = Cyclic::new(4).unwrap();
        let regular = || Axis::from(PermutationRep::regular(&c4).unwrap());
        let grid = |side| Axis::from(c4.on_grid(side).unwrap());
        for axes in [
            vec![],
            vec![Axis::Fixed(5)],
            vec![regular()],
            vec![Axis::Fixed(3), regular()],
            vec![regular(), Axis::Fixed(3)],
            vec![regular(), Axis::Fixed(1030)],
            vec![Axis::Fixed(3), regular(), Axis::Fixed(2), regular(), grid(3)],
            vec![regular(), Axis::Fixed(3), regular(), Axis::Fixed(2), grid(2)],
            vec![Axis::Fixed(10), Axis::Fixed(2), regular(), grid(3), Axis::Fixed(1)],
            vec![Axis::Fixed(2), grid(3), Axis::Fixed(8)],
            vec![regular(), Axis::Fixed(0)],
        ] {
            agree(&TensorAxes::new(c4, axes).unwrap());
        }
        let d3 = Dihedral::new(3).unwrap();
        let sixes = Axis::from(PermutationRep::regular(&d3).unwrap());
        agree(&TensorAxes::new(d3, [sixes.clone(), Axis::Fixed(2), sixes]).unwrap());
        let c1 = Cyclic::new(1).unwrap();
        let still = PermutationRep::from_fn(c1, 2, |_| Permutation::identity(2));
        agree(&TensorAxes::new(c1, [still.into(), Axis::Fixed(2)]).unwrap());
    }

    #[test]
    fn signs_and_killed_orbits_repeat_too() {
        let c2 = Cyclic::new(2).unwrap();
        for width in [1, 2, 9, 600] {
            for outer in [1, 3] {
                let moved = || Axis::Moved(swap_and_negate(c2));
                let axes =
                    [Axis::Fixed(outer), moved(), Axis::Fixed(2), moved(), Axis::Fixed(width)];
                agree(&TensorAxes::new(c2, axes).unwrap());
            }
        }
    }

    #[test]
    fn axes_keep_the_laws_of_representations() {
        let c2 = Cyclic::new(2).unwrap();
        let axes =
            [Axis::Fixed(2), Axis::Moved(swap_and_negate(c2)), Axis::from(c2.on_grid(2).unwrap())];
        let rep = TensorAxes::new(c2, axes).unwrap();
        law::representation(&rep).assert();
        law::signed_permutations(&rep).assert();
        law::orthogonal(&rep).assert();
        law::reynolds(&rep).assert();
    }

    #[test]
    fn an_axis_of_another_group_and_an_enormous_tensor_are_refused() {
        let (c2, c3) = (Cyclic::new(2).unwrap(), Cyclic::new(3).unwrap());
        let axis = Axis::from(PermutationRep::regular(&c3).unwrap());
        let error = TensorAxes::new(c2, [axis]).unwrap_err();
        assert!(matches!(error, RepresentationError::DifferentGroups { .. }));
        let error = TensorAxes::new(c2, [Axis::Fixed(usize::MAX), Axis::Fixed(2)]).unwrap_err();
        assert!(matches!(error, RepresentationError::TooManyCoordinates { .. }));
    }
}
