//! Closedness of categorical distributions under permutations of the classes.

use super::ClosedUnder;
use crate::family::{Categorical, Family};
use crate::group::FinitelyGenerated;
use crate::representation::{
    ActsByPermutations, ActsOn, ElementOf, Representation, SignedOrbits, SignedPermutation,
};
use crate::scalar::{Real, Scalar};
use nalgebra::DVector;

/// How permutations of `k` classes move the indicators of the first `k − 1`: the class that the last
/// one goes to gets the indicator `1 − Σ_i θ_i`, whose linear part this is (the 1 is the shift `c(g)`).
///
/// A permutation representation without its last coordinate is neither a permutation nor orthogonal.
///
/// # Examples
/// ```
/// use equibayes::action::FirstClasses;
/// use equibayes::group::Cyclic;
/// use equibayes::representation::{ActsOn, PermutationRep};
///
/// let tau = FirstClasses::new(PermutationRep::regular(&Cyclic::new(3)?)?);
/// // The class 2 goes to 0, and the classes 0, 1 to 1, 2.
/// assert_eq!(tau.apply(&1, &[0.25, 0.5]).as_slice(), [-0.75, 0.25]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct FirstClasses<R> {
    classes: R,
}

impl<R: ActsByPermutations> FirstClasses<R> {
    /// From the permutation representation on all classes, of which there is at least one.
    ///
    /// # Panics
    /// If the representation has dimension 0.
    pub fn new(classes: R) -> Self {
        assert!(classes.dim() > 0, "a permutation of no classes");
        Self { classes }
    }
}

impl<R: ActsByPermutations> Representation for FirstClasses<R> {
    type Group = R::Group;

    fn group(&self) -> &R::Group {
        self.classes.group()
    }

    fn dim(&self) -> usize {
        self.classes.dim() - 1
    }

    fn signed_permutation(&self, g: &ElementOf<Self>) -> Option<SignedPermutation> {
        let (map, last) = (self.classes.index_map(g), self.dim());
        // Where the last class stays, the others are permuted.
        (map.image(last).0 == last).then(|| SignedPermutation::from_fn(last, |i| map.image(i)))
    }
}

impl<T: Scalar, R: ActsByPermutations> ActsOn<T> for FirstClasses<R> {
    fn act(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        let (map, last) = (self.classes.index_map(g), self.dim());
        assert!(x.len() == last && out.len() == last, "vectors of another dimension than {last}");
        let rest = x.iter().fold(T::zero(), |sum, value| sum - value.clone());
        for (class, value) in x.iter().chain([&rest]).enumerate() {
            if let Some(out) = out.get_mut(map.image(class).0) {
                *out = value.clone();
            }
        }
    }

    fn act_transposed(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        let (map, last) = (self.classes.index_map(g), self.dim());
        assert!(x.len() == last && out.len() == last, "vectors of another dimension than {last}");
        // Log-odds against the last class: the coordinate of the last class is 0.
        let value = |class: usize| x.get(class).cloned().unwrap_or_else(T::zero);
        let against = value(map.image(last).0);
        for (class, out) in out.iter_mut().enumerate() {
            *out = value(map.image(class).0) - against.clone();
        }
    }
}

/// `τ` moves log-odds, and `c(g)` is the unit vector of the class that the last one goes to.
impl<R, T> ClosedUnder<R, T> for Categorical
where
    T: Real,
    R: ActsByPermutations + ActsOn<T>,
    R::Group: FinitelyGenerated,
{
    type Statistic = FirstClasses<R>;

    fn statistic_action(&self, rep: &R) -> FirstClasses<R> {
        FirstClasses::new(rep.clone())
    }

    fn statistic_shift(&self, rep: &R, g: &ElementOf<R>) -> Option<DVector<T>> {
        let last = self.dim() - 1;
        let image = rep.index_map(g).image(last).0;
        let entry = |i| if i == image { T::one() } else { T::zero() };
        Some(DVector::from_fn(last, |i, _| entry(i)))
    }

    /// A uniform element sends the last class to every class of its orbit equally often.
    fn mean_shift(&self, rep: &R) -> Option<DVector<T>> {
        let last = self.dim() - 1;
        let mut shift = DVector::from_element(last, T::zero());
        let orbits = SignedOrbits::of(rep);
        for orbit in orbits.iter().filter(|orbit| orbit.members().any(|(i, _)| i == last)) {
            let share = T::one() / T::count(orbit.len());
            for (i, _) in orbit.members().filter(|&(i, _)| i != last) {
                shift[i] = share;
            }
        }
        Some(shift)
    }
}
