//! Closedness of Wishart distributions under congruence.

use super::ClosedUnder;
use crate::family::Wishart;
use crate::group::Haar;
use crate::representation::{ActsOn, DirectSum, Representation as _, SymmetricSquare, Trivial};
use crate::special::Special;

/// `τ = Sym² ρ ⊕ 1`. The shift `c(g) = (0, ln det ρ(g)²)` is a homomorphism to the real numbers in its last entry, and
/// a group with a normalised Haar measure, being compact, has no such homomorphism but zero:
/// `|det ρ(g)| = 1`.
impl<R, T> ClosedUnder<SymmetricSquare<R>, T> for Wishart
where
    T: Special,
    R: ActsOn<T>,
    R::Group: Haar,
{
    type Statistic = DirectSum<SymmetricSquare<R>, Trivial<R::Group>>;

    fn statistic_action(&self, rep: &SymmetricSquare<R>) -> Self::Statistic {
        DirectSum::of_same_group(rep.clone(), Trivial::new(rep.group().clone(), 1))
    }
}
