//! The groups that claims are checked on.

use super::SmallGroup;
use crate::group::{
    AnyElement, AnyGroup, Cyclic, Dihedral, DihedralElement, GroupError, Permutation,
};
use std::fmt;
use std::hash::{Hash, Hasher};

/// A kind of finite group, with the parameters that instances are drawn from.
///
/// A new entry of [`GROUPS`] is drawn by every claim that draws groups, and goes through
/// [`law::finite_group`](crate::law::finite_group) in the tests.
pub struct GroupEntry {
    /// The name in witnesses.
    pub name: &'static str,
    /// Parameters of the instances to draw, the simplest first: shrinking goes to the front.
    pub samples: &'static [&'static [usize]],
    /// The group.
    pub build: fn(&[usize]) -> Result<AnyGroup, GroupError>,
    /// Its order, as it is known from elsewhere.
    pub order: fn(&[usize]) -> usize,
    /// How an element permutes a set of points, where there is a natural one. Otherwise the cosets of a
    /// subgroup will do.
    pub natural: Option<fn(&[usize], &AnyElement) -> Permutation>,
}

impl fmt::Debug for GroupEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// An entry with parameters: one group.
#[derive(Clone, Copy)]
pub struct GroupSample {
    /// The kind of group.
    pub entry: &'static GroupEntry,
    /// Its parameters.
    pub parameters: &'static [usize],
}

impl GroupSample {
    /// The group.
    ///
    /// # Panics
    /// If the entry's parameters are not valid: a mistake in the list.
    pub fn build(self) -> AnyGroup {
        match (self.entry.build)(self.parameters) {
            Ok(group) => group,
            Err(error) => panic!("{self:?} in the registry: {error}"),
        }
    }

    /// The group, with its natural action.
    pub(in crate::claim) fn small(self) -> SmallGroup {
        let parameters = self.parameters;
        SmallGroup::new(
            self.build(),
            self.entry.natural.map(|natural| -> super::small_group::Action {
                Box::new(move |g| natural(parameters, g))
            }),
        )
    }

    /// The order, as it is known from elsewhere.
    pub fn order(self) -> usize {
        (self.entry.order)(self.parameters)
    }
}

impl PartialEq for GroupSample {
    fn eq(&self, other: &Self) -> bool {
        self.entry.name == other.entry.name && self.parameters == other.parameters
    }
}

impl Eq for GroupSample {}

impl Hash for GroupSample {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.entry.name, self.parameters).hash(state);
    }
}

/// `dihedral(4)`.
impl fmt::Debug for GroupSample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parameters: Vec<String> = self.parameters.iter().map(usize::to_string).collect();
        write!(f, "{}({})", self.entry.name, parameters.join(", "))
    }
}

/// What an element is, in the type that its entry builds.
#[track_caller]
pub(in crate::claim) fn known<E: 'static>(g: &AnyElement) -> &E {
    match g.get() {
        Some(g) => g,
        None => panic!("{g:?} is not an element of the entry's group"),
    }
}

/// The corners of a polygon, turned, and reflected before if so.
pub(in crate::claim) fn polygon(corners: usize, rotation: usize, reflected: bool) -> Permutation {
    Permutation::from_fn(corners, |i| {
        let start = if reflected { corners - i } else { i };
        (start + rotation) % corners
    })
}

/// The corners of a polygon under an element of a dihedral group.
pub(in crate::claim) fn dihedral_polygon(corners: usize, g: &AnyElement) -> Permutation {
    let g: &DihedralElement = known(g);
    polygon(corners, g.rotation, g.reflected)
}

/// All groups, the simplest first.
pub static GROUPS: &[GroupEntry] = &[
    GroupEntry {
        name: "cyclic",
        samples: &[&[1], &[2], &[3], &[4], &[5], &[6], &[7], &[8]],
        build: |p| Cyclic::new(p[0]).map(AnyGroup::new),
        order: |p| p[0],
        natural: Some(|p, g| polygon(p[0], *known(g), false)),
    },
    GroupEntry {
        name: "dihedral",
        samples: &[&[1], &[2], &[3], &[4], &[5]],
        build: |p| Dihedral::new(p[0]).map(AnyGroup::new),
        order: |p| 2 * p[0],
        natural: Some(|p, g| dihedral_polygon(p[0], g)),
    },
];

/// All groups with all their parameters.
pub fn samples() -> impl Iterator<Item = GroupSample> + Clone {
    GROUPS.iter().flat_map(|entry| {
        entry.samples.iter().map(move |&parameters| GroupSample { entry, parameters })
    })
}
