//! Closedness of independent coordinates, of Dirichlet distributions and of products.

use super::{ClosedUnder, Tilt, fits};
use crate::family::{
    Dirichlet, FamilyError, Independent, Permuted, Product, Reflected, UnivariateCoordinates,
};
use crate::group::{FinitelyGenerated, Group};
use crate::representation::{
    ActsByPermutations, ActsBySignedPermutations, ActsOn, DirectSum, ElementOf, Representation,
    Reynolds, SignedPermutation,
};
use crate::scalar::Scalar;
use crate::special::Special;
use nalgebra::DVector;

/// Representations under which blocks of the symmetry `S` are closed: permutations for
/// [`Permuted`], signed permutations for [`Reflected`].
pub trait Moves<S>: ActsBySignedPermutations {}

impl<R: ActsByPermutations> Moves<Permuted> for R {}
impl<R: ActsBySignedPermutations> Moves<Reflected> for R {}

/// The direct sum of `odd` copies of a signed permutation representation `ρ` and `even` copies of its
/// unsigned form `|ρ|`: how the statistics of independent coordinates move.
///
/// # Examples
/// ```
/// use equibayes::action::Components;
/// use equibayes::group::Cyclic;
/// use equibayes::representation::{ActsOn, SignedPermutation, SignedPermutationRep};
///
/// let flip = SignedPermutationRep::from_fn(Cyclic::new(2)?, 1, |&g| {
///     SignedPermutation::from_fn(1, |i| (i, g == 1))
/// });
/// let moved = Components::new(flip, 1, 2).apply(&1, &[1.0, 2.0, 3.0]);
/// assert_eq!(moved.as_slice(), [-1.0, 2.0, 3.0]);
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Components<R> {
    rep: R,
    odd: usize,
    even: usize,
}

impl<R: ActsBySignedPermutations> Components<R> {
    /// `odd` copies of `rep`, then `even` copies without signs.
    pub fn new(rep: R, odd: usize, even: usize) -> Self {
        Self { rep, odd, even }
    }
}

impl<R: ActsBySignedPermutations> Representation for Components<R> {
    type Group = R::Group;

    fn group(&self) -> &R::Group {
        self.rep.group()
    }

    fn dim(&self) -> usize {
        (self.odd + self.even) * self.rep.dim()
    }

    fn signed_permutation(&self, g: &ElementOf<Self>) -> Option<SignedPermutation> {
        Some(self.index_map(g))
    }
}

impl<R: ActsBySignedPermutations> ActsBySignedPermutations for Components<R> {
    fn index_map(&self, g: &ElementOf<Self>) -> SignedPermutation {
        let (map, n) = (self.rep.index_map(g), self.rep.dim());
        SignedPermutation::from_fn(self.dim(), |k| {
            let (copy, (image, negative)) = (k / n, map.image(k % n));
            (copy * n + image, negative && copy < self.odd)
        })
    }
}

impl<R: ActsByPermutations> ActsByPermutations for Components<R> {}
impl<R: ActsBySignedPermutations> crate::representation::ActsOrthogonally for Components<R> {}

impl<R: ActsBySignedPermutations, T: Scalar> ActsOn<T> for Components<R> {
    fn act(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        self.index_map(g).act(x, out);
    }

    fn act_transposed(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        self.index_map(g).act_transposed(x, out);
    }
}

/// `τ`: a copy of `ρ` for every odd statistic, of `|ρ|` for every even one.
impl<U, R, T> ClosedUnder<R, T> for Independent<U>
where
    U: UnivariateCoordinates<T>,
    R: Moves<U::Symmetry> + ActsOn<T>,
    R::Group: FinitelyGenerated,
    T: Scalar,
{
    type Statistic = Components<R>;

    fn statistic_action(&self, rep: &R) -> Components<R> {
        Components::new(rep.clone(), U::ODD, U::STATISTICS - U::ODD)
    }

    /// Only like coordinates may be exchanged, by the generators and so by all.
    fn admits(&self, rep: &R) -> Result<(), FamilyError> {
        fits(self, rep)?;
        let blocks = self.blocks();
        if blocks.windows(2).all(|pair| pair[0] == pair[1]) {
            return Ok(());
        }
        for g in rep.group().generators() {
            let map = rep.index_map(&g);
            for (from, block) in blocks.iter().enumerate() {
                let (to, _) = map.image(from);
                if *block != blocks[to] {
                    return Err(FamilyError::Unlike {
                        from,
                        to,
                        why: format!("{block:?} is not {:?}", blocks[to]),
                    });
                }
            }
        }
        Ok(())
    }
}

/// `τ = ρ`: the logarithms of the weights move as the weights do.
impl<R, T> ClosedUnder<R, T> for Dirichlet
where
    R: ActsByPermutations + ActsOn<T>,
    T: Special,
{
    type Statistic = R;

    fn statistic_action(&self, rep: &R) -> R {
        rep.clone()
    }
}

/// `τ = τ_A ⊕ τ_B`, `c = (c_A, c_B)`.
impl<A, B, RA, RB, T> ClosedUnder<DirectSum<RA, RB>, T> for Product<A, B>
where
    A: ClosedUnder<RA, T>,
    B: ClosedUnder<RB, T>,
    RA: ActsOn<T>,
    RB: ActsOn<T, Group = RA::Group>,
    T: Scalar,
{
    type Statistic = DirectSum<A::Statistic, B::Statistic>;

    fn statistic_action(&self, rep: &DirectSum<RA, RB>) -> Self::Statistic {
        DirectSum::of_same_group(
            self.first().statistic_action(rep.first()),
            self.second().statistic_action(rep.second()),
        )
    }

    /// Each factor by itself: the sum of the dimensions alone would not tell.
    fn admits(&self, rep: &DirectSum<RA, RB>) -> Result<(), FamilyError> {
        self.first().admits(rep.first())?;
        self.second().admits(rep.second())
    }

    fn statistic_shift(
        &self,
        rep: &DirectSum<RA, RB>,
        g: &ElementOf<DirectSum<RA, RB>>,
    ) -> Option<DVector<T>> {
        let a = self.first().statistic_shift(rep.first(), g);
        let b = self.second().statistic_shift(rep.second(), g);
        shifts(self, a, b)
    }

    fn mean_shift(&self, rep: &DirectSum<RA, RB>) -> Option<DVector<T>> {
        let a = self.first().mean_shift(rep.first());
        let b = self.second().mean_shift(rep.second());
        shifts(self, a, b)
    }

    fn tilt(&self, rep: &DirectSum<RA, RB>, g: &ElementOf<DirectSum<RA, RB>>) -> Option<Tilt<T>> {
        let a = self.first().tilt(rep.first(), g);
        let b = self.second().tilt(rep.second(), g);
        let part = |tilt: Option<Tilt<T>>| match tilt {
            Some(tilt) => (Some(tilt.linear), tilt.constant),
            None => (None, T::zero()),
        };
        let ((a, of_a), (b, of_b)) = (part(a), part(b));
        Some(Tilt { linear: shifts(self, a, b)?, constant: of_a + of_b })
    }

    /// By the blocks of the Reynolds operator, where there is a tilt at all.
    fn mean_tilt(&self, rep: &DirectSum<RA, RB>, reynolds: &Reynolds<T>) -> Option<DVector<T>> {
        self.tilt(rep, &rep.group().identity())?;
        let (n, m) = (self.first().statistic_dim(), self.second().statistic_dim());
        let a = self.first().mean_tilt(rep.first(), &reynolds.block(0, n));
        let b = self.second().mean_tilt(rep.second(), &reynolds.block(n, m));
        shifts(self, a, b)
    }
}

/// Two shifts on top of each other, with zeros for one that is missing.
fn shifts<A, B, T>(
    family: &Product<A, B>,
    a: Option<DVector<T>>,
    b: Option<DVector<T>>,
) -> Option<DVector<T>>
where
    A: crate::family::ExponentialFamily,
    B: crate::family::ExponentialFamily,
    T: Scalar,
{
    if a.is_none() && b.is_none() {
        return None;
    }
    let zero = |dim| DVector::from_element(dim, T::zero());
    let a = a.unwrap_or_else(|| zero(family.first().statistic_dim()));
    let b = b.unwrap_or_else(|| zero(family.second().statistic_dim()));
    Some(DVector::from_iterator(a.len() + b.len(), a.iter().chain(b.iter()).cloned()))
}
