//! What families are closed under, and which registered representations are of that kind.

use crate::claim::registry::representations::{
    Built, Matrices, REPRESENTATIONS, RepresentationEntry,
};
use crate::claim::scene::{GroupSpec, Scene};
use crate::group::{AnyGroup, Finite};
use crate::representation::{
    ActsBySignedPermutations, ActsOn, AnyRepresentation, ChangeOfBasis, DirectSum, Orthogonal,
    PermutationRep, Representation, SignedPermutation, SignedPermutationRep, SymmetricSquare,
    Trivial,
};
use crate::scalar::Scalar;

/// Registered representations of more coordinates do not act on families: a Wishart law on matrices of this
/// size has a Fisher information with 121 entries.
pub const LARGEST: usize = 4;

/// A kind of representation that a family is closed under.
///
/// On a scene there is one that is made of the scene's orbits of coordinates, and every registered
/// representation of the kind; [`Scene::acting`] says which of them acts.
pub trait Action: 'static {
    /// The type of all of them.
    type Rep<T: Scalar>: ActsOn<T, Group = AnyGroup>;

    /// What the matrices of a registered representation must be; `None` if none is taken from there.
    const MATRICES: Option<Matrices>;

    /// The representation that is made of the scene's orbits of coordinates.
    fn own<T: Built>(scene: &Scene) -> Self::Rep<T>;

    /// A registered representation of the kind; `None` if the scene is too large for it.
    fn registered<T: Built>(entry: &RepresentationEntry, scene: &Scene) -> Option<Self::Rep<T>>;

    /// The one that acts.
    fn on<T: Built>(scene: &Scene) -> Self::Rep<T> {
        acting(Self::MATRICES, scene)
            .and_then(|entry| Self::registered(entry, scene))
            .unwrap_or_else(|| Self::own(scene))
    }
}

/// The registered representations of a kind that are not too large on a scene, with the number that chooses each
/// ([`Scene::acting`]).
pub fn registered(
    matrices: Option<Matrices>,
    scene: &Scene,
) -> impl Iterator<Item = (usize, &'static RepresentationEntry)> {
    let fits = |(_, entry): &(usize, &RepresentationEntry)| fits(entry, scene);
    (1..).zip(of_kind(matrices)).filter(fits)
}

fn of_kind(matrices: Option<Matrices>) -> impl Iterator<Item = &'static RepresentationEntry> {
    REPRESENTATIONS.iter().filter(move |entry| matrices.is_some_and(|kind| entry.matrices <= kind))
}

fn fits(entry: &RepresentationEntry, scene: &Scene) -> bool {
    (1..=LARGEST).contains(&(entry.dim)(scene))
}

/// The registered representation that the scene's number stands for, cyclically: if that is too large, the next one.
fn acting(matrices: Option<Matrices>, scene: &Scene) -> Option<&'static RepresentationEntry> {
    let place = scene.acting.checked_sub(1)?;
    let entries: Vec<_> = of_kind(matrices).collect();
    let first = place.checked_rem(entries.len())?;
    let turned = entries[first..].iter().chain(&entries[..first]);
    turned.copied().find(|entry| fits(entry, scene))
}

/// Permutations of the coordinates.
pub struct Permutations;

impl Action for Permutations {
    type Rep<T: Scalar> = PermutationRep<AnyGroup>;

    const MATRICES: Option<Matrices> = Some(Matrices::Permutations);

    fn own<T: Built>(scene: &Scene) -> Self::Rep<T> {
        without_signs(scene.signed())
    }

    fn registered<T: Built>(entry: &RepresentationEntry, scene: &Scene) -> Option<Self::Rep<T>> {
        entry.index_maps(scene).map(without_signs)
    }
}

fn without_signs(rep: SignedPermutationRep<AnyGroup>) -> PermutationRep<AnyGroup> {
    let (group, dim) = (rep.group().clone(), rep.dim());
    PermutationRep::from_fn(group, dim, move |g| rep.index_map(g).permutation().clone())
}

/// Permutations with changes of sign.
pub struct SignedPermutations;

impl Action for SignedPermutations {
    type Rep<T: Scalar> = SignedPermutationRep<AnyGroup>;

    const MATRICES: Option<Matrices> = Some(Matrices::SignedPermutations);

    fn own<T: Built>(scene: &Scene) -> Self::Rep<T> {
        scene.signed()
    }

    fn registered<T: Built>(entry: &RepresentationEntry, scene: &Scene) -> Option<Self::Rep<T>> {
        entry.index_maps(scene)
    }
}

/// Orthogonal matrices: signed permutations of axes that the scene turns.
pub struct Rotations;

impl Action for Rotations {
    type Rep<T: Scalar> = Orthogonal<AnyRepresentation<T>>;

    const MATRICES: Option<Matrices> = Some(Matrices::Orthogonal);

    fn own<T: Built>(scene: &Scene) -> Self::Rep<T> {
        turned(scene.signed(), scene)
    }

    fn registered<T: Built>(entry: &RepresentationEntry, scene: &Scene) -> Option<Self::Rep<T>> {
        entry.on(scene).map(Orthogonal::new)
    }
}

/// `R ρ R⁻¹` for the scene's turns `R`.
fn turned<R, T>(base: R, scene: &Scene) -> Orthogonal<AnyRepresentation<T>>
where
    R: ActsOn<T, Group = AnyGroup> + Send + Sync + 'static,
    T: Scalar,
{
    let turns = scene.turns(base.dim());
    Orthogonal::new(match ChangeOfBasis::new(base.clone(), turns) {
        Ok(rep) => AnyRepresentation::new(rep),
        // Turns are invertible.
        Err(_) => AnyRepresentation::new(base),
    })
}

/// As [`Rotations`], with a coordinate more, so that there are at least two.
pub struct RotationsOfMore;

impl Action for RotationsOfMore {
    type Rep<T: Scalar> = Orthogonal<AnyRepresentation<T>>;

    const MATRICES: Option<Matrices> = Some(Matrices::Orthogonal);

    fn own<T: Built>(scene: &Scene) -> Self::Rep<T> {
        turned(with_one_more(scene.signed()), scene)
    }

    fn registered<T: Built>(entry: &RepresentationEntry, scene: &Scene) -> Option<Self::Rep<T>> {
        Some(Orthogonal::new(AnyRepresentation::new(with_one_more(entry.on::<T>(scene)?))))
    }
}

/// With a coordinate in front that stays.
fn with_one_more<R: Representation<Group = AnyGroup>>(rep: R) -> DirectSum<Trivial<AnyGroup>, R> {
    DirectSum::of_same_group(Trivial::new(rep.group().clone(), 1), rep)
}

/// Invertible matrices.
pub struct Invertible;

impl Action for Invertible {
    type Rep<T: Scalar> = AnyRepresentation<T>;

    const MATRICES: Option<Matrices> = Some(Matrices::Invertible);

    fn own<T: Built>(scene: &Scene) -> Self::Rep<T> {
        AnyRepresentation::new(scene.dense::<T>())
    }

    fn registered<T: Built>(entry: &RepresentationEntry, scene: &Scene) -> Option<Self::Rep<T>> {
        entry.on(scene)
    }
}

/// A kind of representation, with a coordinate in front that stays.
pub struct WithOneMore<A>(A);

impl<A: Action> Action for WithOneMore<A> {
    type Rep<T: Scalar> = DirectSum<Trivial<AnyGroup>, A::Rep<T>>;

    const MATRICES: Option<Matrices> = A::MATRICES;

    fn own<T: Built>(scene: &Scene) -> Self::Rep<T> {
        with_one_more(A::own::<T>(scene))
    }

    fn registered<T: Built>(entry: &RepresentationEntry, scene: &Scene) -> Option<Self::Rep<T>> {
        A::registered::<T>(entry, scene).map(with_one_more)
    }
}

/// Symmetric matrices, under a kind of representation from both sides.
pub struct Congruences<A>(A);

impl<A: Action> Action for Congruences<A> {
    type Rep<T: Scalar> = SymmetricSquare<A::Rep<T>>;

    const MATRICES: Option<Matrices> = A::MATRICES;

    fn own<T: Built>(scene: &Scene) -> Self::Rep<T> {
        SymmetricSquare::new(A::own::<T>(scene))
    }

    fn registered<T: Built>(entry: &RepresentationEntry, scene: &Scene) -> Option<Self::Rep<T>> {
        A::registered::<T>(entry, scene).map(SymmetricSquare::new)
    }
}

/// A kind of representation on one factor and a kind on the other; those of the first are of the second too.
pub struct Both<A, B>(A, B);

impl<A: Action, B: Action> Action for Both<A, B> {
    type Rep<T: Scalar> = DirectSum<A::Rep<T>, B::Rep<T>>;

    const MATRICES: Option<Matrices> = A::MATRICES;

    fn own<T: Built>(scene: &Scene) -> Self::Rep<T> {
        DirectSum::of_same_group(A::own::<T>(scene), B::own::<T>(scene))
    }

    fn registered<T: Built>(entry: &RepresentationEntry, scene: &Scene) -> Option<Self::Rep<T>> {
        let (first, second) = (A::registered(entry, scene)?, B::registered(entry, scene)?);
        Some(DirectSum::of_same_group(first, second))
    }
}

/// Turns and reflections of a ring of [`LARGEST`] points with changes of sign, by a group as abelian as the scene's.
pub struct RingSymmetries;

impl Action for RingSymmetries {
    type Rep<T: Scalar> = SignedPermutationRep<AnyGroup>;

    const MATRICES: Option<Matrices> = None;

    fn own<T: Built>(scene: &Scene) -> Self::Rep<T> {
        let own = scene.group();
        let group = match own.small_order() {
            Some(1) => GroupSpec::Cyclic(1),
            _ if own.is_abelian() => GroupSpec::Cyclic(LARGEST),
            _ => GroupSpec::Dihedral(LARGEST),
        };
        let small = group.small();
        let negated = scene.blocks.first().is_some_and(|block| block.signed);
        let flips: Vec<bool> = (0..LARGEST)
            .map(|i| !scene.flips.is_empty() && scene.flips[i % scene.flips.len()])
            .collect();
        SignedPermutationRep::from_fn(small.group().clone(), LARGEST, move |g| {
            let corners = small.natural(g);
            let sign = negated && small.is_negative(g);
            SignedPermutation::from_fn(LARGEST, |i| {
                // The trivial group has one point of its own.
                let image = if corners.dim() == LARGEST { corners.image(i).0 } else { i };
                (image, sign ^ flips[i] ^ flips[image])
            })
        })
    }

    fn registered<T: Built>(_: &RepresentationEntry, _: &Scene) -> Option<Self::Rep<T>> {
        None
    }
}
