//! The groups that claims are checked on.

use super::SmallGroup;
use crate::group::{
    Alternating, AnyElement, AnyGroup, Cyclic, Dicyclic, Dihedral, Direct, Finite, GroupError,
    MatrixGroup, MovesPoints, MovesSignedPoints, Semidirect, Symmetric, Wreath,
};
use crate::representation::SignedPermutation;
use nalgebra::dmatrix;
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
    /// The group with its natural action.
    pub build: fn(&[usize]) -> Result<Acting, GroupError>,
    /// Its order, as it is known from elsewhere.
    pub order: fn(&[usize]) -> usize,
}

type Natural = Box<dyn Fn(&AnyElement) -> SignedPermutation + Send + Sync>;

/// A finite group with a natural action on points or signed points, if it has one; without, the cosets of
/// a subgroup will do.
pub struct Acting {
    pub(in crate::claim) group: AnyGroup,
    pub(in crate::claim) natural: Option<Natural>,
}

/// What an element is, in the type of its group.
#[track_caller]
fn own<E: 'static>(g: &AnyElement) -> &E {
    match g.get() {
        Some(g) => g,
        None => panic!("{g:?} is an element of another group"),
    }
}

impl Acting {
    /// A group without a natural action.
    pub fn alone<G>(group: G) -> Self
    where
        G: Finite<Element: Send + Sync + 'static> + Send + Sync + 'static,
    {
        Self { group: AnyGroup::new(group), natural: None }
    }

    /// A group that moves points.
    pub fn on_points<G>(group: G) -> Self
    where
        G: MovesPoints + Finite<Element: Send + Sync + 'static> + Send + Sync + 'static,
    {
        let acting = group.clone();
        let natural: Natural = Box::new(move |g| acting.permutation(own(g)).into());
        Self { group: AnyGroup::new(group), natural: Some(natural) }
    }

    /// A group that moves points up to sign.
    pub fn on_signed_points<G>(group: G) -> Self
    where
        G: MovesSignedPoints + Finite<Element: Send + Sync + 'static> + Send + Sync + 'static,
    {
        let acting = group.clone();
        let natural: Natural = Box::new(move |g| {
            SignedPermutation::from_fn(acting.signed_points(), |i| acting.signed_image(own(g), i))
        });
        Self { group: AnyGroup::new(group), natural: Some(natural) }
    }
}

impl fmt::Debug for Acting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.group.fmt(f)
    }
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
    fn acting(self) -> Acting {
        match (self.entry.build)(self.parameters) {
            Ok(group) => group,
            Err(error) => panic!("{self:?} in the registry: {error}"),
        }
    }

    /// The group.
    ///
    /// # Panics
    /// If the entry's parameters are not valid: a mistake in the list.
    pub fn build(self) -> AnyGroup {
        self.acting().group
    }

    /// The group, with its natural action.
    pub(in crate::claim) fn small(self) -> SmallGroup {
        SmallGroup::new(self.acting())
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

fn factorial(n: usize) -> usize {
    (1..=n).product()
}

/// All groups, the simplest first.
pub static GROUPS: &[GroupEntry] = &[
    GroupEntry {
        name: "cyclic",
        samples: &[&[1], &[2], &[3], &[4], &[5], &[6], &[7], &[8]],
        build: |p| Cyclic::new(p[0]).map(Acting::on_points),
        order: |p| p[0],
    },
    GroupEntry {
        name: "dihedral",
        samples: &[&[1], &[2], &[3], &[4], &[5]],
        build: |p| Dihedral::new(p[0]).map(Acting::on_points),
        order: |p| 2 * p[0],
    },
    GroupEntry {
        name: "symmetric",
        samples: &[&[3], &[4]],
        build: |p| Symmetric::new(p[0]).map(Acting::on_points),
        order: |p| factorial(p[0]),
    },
    GroupEntry {
        name: "alternating",
        samples: &[&[3], &[4]],
        build: |p| Alternating::new(p[0]).map(Acting::on_points),
        order: |p| factorial(p[0]) / 2,
    },
    GroupEntry {
        // A direct product of a cyclic and a dihedral group: not generated by one element and a swap.
        name: "direct",
        samples: &[&[2, 2], &[2, 3], &[3, 3]],
        build: |p| {
            let (first, second) = (Cyclic::new(p[0])?, Dihedral::new(p[1])?);
            Ok(Acting::on_points(Direct::new(first, second)))
        },
        order: |p| 2 * p[0] * p[1],
    },
    GroupEntry {
        name: "dicyclic",
        samples: &[&[2], &[3]],
        build: |p| Dicyclic::new(p[0]).map(Acting::on_signed_points),
        order: |p| 4 * p[0],
    },
    GroupEntry {
        name: "hyperoctahedral",
        samples: &[&[2], &[3]],
        build: |p| Wreath::hyperoctahedral(p[0]).map(Acting::on_signed_points),
        order: |p| (1 << p[0]) * factorial(p[0]),
    },
    GroupEntry {
        // x ↦ mᵏx + b modulo n, m of order h: Frobenius groups for a prime n.
        name: "affine",
        samples: &[&[5, 4, 2], &[7, 3, 2]],
        build: |p| {
            let (n, m) = (p[0], p[2]);
            let power = move |k: usize| (0..k).fold(1, |x, _| x * m % n);
            let (lines, scales) = (Cyclic::new(n)?, Cyclic::new(p[1])?);
            Semidirect::new(lines, scales, move |&k, &b| power(k) * b % n).map(Acting::alone)
        },
        order: |p| p[0] * p[1],
    },
    GroupEntry {
        name: "wreath",
        samples: &[&[3, 2]],
        build: |p| {
            let (part, top) = (Cyclic::new(p[0])?, Symmetric::new(p[1])?);
            Ok(Acting::on_points(Wreath::new(part, top)))
        },
        order: |p| p[0].pow(p[1] as u32) * factorial(p[1]),
    },
    GroupEntry {
        // The rotations of the cube, which move the six unit vectors ± e_i.
        name: "octahedral",
        samples: &[&[]],
        build: |_| {
            let turns = [dmatrix![0, -1, 0; 1, 0, 0; 0, 0, 1], dmatrix![0, 0, 1; 1, 0, 0; 0, 1, 0]];
            MatrixGroup::from_integers(3, &turns).map(Acting::on_points)
        },
        order: |_| 24,
    },
];

/// All groups with all their parameters.
pub fn samples() -> impl Iterator<Item = GroupSample> + Clone {
    GROUPS.iter().flat_map(|entry| {
        entry.samples.iter().map(move |&parameters| GroupSample { entry, parameters })
    })
}
