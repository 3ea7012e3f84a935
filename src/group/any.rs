//! A group that is chosen at run time.

use super::{Cyclic, Dihedral, PermutationGroup};
use super::{Finite, FinitelyGenerated, Group, Haar};
use num_bigint::BigUint;
use rand::Rng;
use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Any finite group behind one type, for code that learns only at run time which: a registry, a group
/// that is read from a file, a random group.
///
/// # Examples
/// ```
/// use equibayes::group::{AnyGroup, Cyclic, Dihedral, DihedralElement, Finite, Group};
///
/// let groups = [AnyGroup::new(Cyclic::new(4)?), AnyGroup::new(Dihedral::new(3)?)];
/// assert_eq!(groups.each_ref().map(|group| group.small_order()), [Some(4), Some(6)]);
///
/// let a = groups[1].element(4);
/// assert_eq!(groups[1].compose(&a, &groups[1].inverse(&a)), groups[1].identity());
/// // What an element is can be asked for.
/// assert!(a.get::<DihedralElement>().is_some_and(|a| a.reflected));
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
#[derive(Clone)]
pub struct AnyGroup(Arc<dyn ErasedGroup>);

/// An element of [`AnyGroup`]. Elements of groups of different types are different.
#[derive(Clone)]
pub struct AnyElement(Arc<dyn ErasedElement>);

/// What a group must do when its type is out of sight.
trait ErasedGroup: Send + Sync + fmt::Debug {
    fn as_any(&self) -> &dyn Any;
    fn equals(&self, other: &dyn ErasedGroup) -> bool;
    fn identity(&self) -> AnyElement;
    fn compose(&self, a: &AnyElement, b: &AnyElement) -> AnyElement;
    fn inverse(&self, a: &AnyElement) -> AnyElement;
    fn generators(&self) -> Vec<AnyElement>;
    fn haar(&self, rng: &mut dyn Rng) -> AnyElement;
    fn order(&self) -> BigUint;
    fn element(&self, index: usize) -> AnyElement;
    fn index_of(&self, element: &AnyElement) -> Option<usize>;
}

trait ErasedElement: Send + Sync + fmt::Debug {
    fn as_any(&self) -> &dyn Any;
    fn equals(&self, other: &dyn ErasedElement) -> bool;
    fn feed(&self, hasher: &mut dyn Hasher);
}

impl<E: Eq + Hash + fmt::Debug + Send + Sync + 'static> ErasedElement for E {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn equals(&self, other: &dyn ErasedElement) -> bool {
        other.as_any().downcast_ref::<E>().is_some_and(|other| self == other)
    }

    fn feed(&self, mut hasher: &mut dyn Hasher) {
        self.hash(&mut hasher);
    }
}

fn wrap<E: Eq + Hash + fmt::Debug + Send + Sync + 'static>(element: E) -> AnyElement {
    AnyElement(Arc::new(element))
}

/// An element of another kind of group is a mistake of the caller's that has no answer.
#[track_caller]
fn own<'a, G>(group: &G, element: &'a AnyElement) -> &'a G::Element
where
    G: Group<Element: 'static>,
{
    match element.get() {
        Some(element) => element,
        None => panic!("{element:?} is not an element of {group:?}"),
    }
}

/// A group out of sight. A type of its own, so that its methods are not found on every group.
#[derive(PartialEq)]
struct Hidden<G>(G);

impl<G: fmt::Debug> fmt::Debug for Hidden<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<G> ErasedGroup for Hidden<G>
where
    G: Finite<Element: Send + Sync + 'static> + Send + Sync + 'static,
{
    fn as_any(&self) -> &dyn Any {
        &self.0
    }

    fn equals(&self, other: &dyn ErasedGroup) -> bool {
        other.as_any().downcast_ref::<G>().is_some_and(|other| self.0 == *other)
    }

    fn identity(&self) -> AnyElement {
        wrap(self.0.identity())
    }

    fn compose(&self, a: &AnyElement, b: &AnyElement) -> AnyElement {
        wrap(self.0.compose(own(&self.0, a), own(&self.0, b)))
    }

    fn inverse(&self, a: &AnyElement) -> AnyElement {
        wrap(self.0.inverse(own(&self.0, a)))
    }

    fn generators(&self) -> Vec<AnyElement> {
        self.0.generators().into_iter().map(wrap).collect()
    }

    fn haar(&self, rng: &mut dyn Rng) -> AnyElement {
        wrap(self.0.haar(rng))
    }

    fn order(&self) -> BigUint {
        self.0.order()
    }

    fn element(&self, index: usize) -> AnyElement {
        wrap(self.0.element(index))
    }

    fn index_of(&self, element: &AnyElement) -> Option<usize> {
        self.0.index_of(element.get()?)
    }
}

#[cfg(feature = "checkpoint")]
impl AnyElement {
    /// An element of a group whose type is known where it is made.
    pub(crate) fn of<E: Eq + Hash + fmt::Debug + Send + Sync + 'static>(element: E) -> Self {
        wrap(element)
    }
}

impl AnyGroup {
    /// The group behind one type.
    pub fn new<G>(group: G) -> Self
    where
        G: Finite<Element: Send + Sync + 'static> + Send + Sync + 'static,
    {
        Self(Arc::new(Hidden(group)))
    }

    /// The group as what it is, if it is a `G`.
    pub fn get<G: Group + 'static>(&self) -> Option<&G> {
        self.0.as_any().downcast_ref()
    }

    /// Whether all elements commute (it is enough that the generators do).
    pub fn is_abelian(&self) -> bool {
        let generators = self.generators();
        generators
            .iter()
            .all(|a| generators.iter().all(|b| self.compose(a, b) == self.compose(b, a)))
    }
}

impl AnyElement {
    /// The element as what it is, if it is an `E`.
    pub fn get<E: 'static>(&self) -> Option<&E> {
        self.0.as_any().downcast_ref()
    }
}

macro_rules! from {
    ($($group:ty),*) => {$(
        impl From<$group> for AnyGroup {
            fn from(group: $group) -> Self {
                Self::new(group)
            }
        }
    )*};
}

from!(Cyclic, Dihedral, PermutationGroup);

impl fmt::Debug for AnyGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl PartialEq for AnyGroup {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.equals(other.0.as_ref())
    }
}

impl fmt::Debug for AnyElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl PartialEq for AnyElement {
    fn eq(&self, other: &Self) -> bool {
        self.0.equals(other.0.as_ref())
    }
}

impl Eq for AnyElement {}

impl Hash for AnyElement {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.feed(state);
    }
}

impl Group for AnyGroup {
    type Element = AnyElement;

    fn identity(&self) -> AnyElement {
        self.0.identity()
    }

    fn compose(&self, a: &AnyElement, b: &AnyElement) -> AnyElement {
        self.0.compose(a, b)
    }

    fn inverse(&self, a: &AnyElement) -> AnyElement {
        self.0.inverse(a)
    }
}

impl FinitelyGenerated for AnyGroup {
    fn generators(&self) -> Vec<AnyElement> {
        self.0.generators()
    }
}

impl Haar for AnyGroup {
    fn haar<R: Rng + ?Sized>(&self, mut rng: &mut R) -> AnyElement {
        self.0.haar(&mut rng)
    }
}

impl Finite for AnyGroup {
    fn order(&self) -> BigUint {
        self.0.order()
    }

    fn element(&self, index: usize) -> AnyElement {
        self.0.element(index)
    }

    fn index_of(&self, element: &AnyElement) -> Option<usize> {
        self.0.index_of(element)
    }
}
