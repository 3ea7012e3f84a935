//! A stranger's group and representation: the affine maps `x ↦ ax + b` of the integers modulo 5, and how
//! they move functions on those integers. Each can be given a fault.

use equibayes::group::{Finite, FinitelyGenerated, Group, Haar};
use equibayes::representation::{
    ActsByPermutations, ActsBySignedPermutations, ActsOn, ActsOrthogonally, ElementOf,
    Representation, SignedPermutation,
};
use equibayes::scalar::Scalar;
use nalgebra::DMatrix;
use num_bigint::BigUint;
use rand::{Rng, RngExt};

/// The modulus.
pub(crate) const P: usize = 5;

/// What is wrong with the group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum GroupFault {
    None,
    /// `(ab)c ≠ a(bc)`.
    NotAssociative,
    /// The inverse of `x ↦ ax + b` has the shift `−b`, where it should be `−b/a`.
    WrongInverse,
    /// The identity is `x ↦ x + 1`.
    WrongIdentity,
    /// Two elements have the same number.
    NumberTwice,
    /// The identity is number 1.
    IdentityNotFirst,
    /// The translation is no generator.
    GeneratorMissing,
    /// The order is that of a larger group.
    WrongOrder,
    /// Half of the draws are the identity.
    BiasedDraws,
    /// Some draws are not in the group.
    ForeignDraws,
}

/// The group of the maps `x ↦ ax + b`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Affine {
    pub fault: GroupFault,
}

/// The map `x ↦ scale · x + shift`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Map {
    pub scale: usize,
    pub shift: usize,
}

impl Affine {
    pub(crate) const SOUND: Self = Self { fault: GroupFault::None };

    fn reciprocal(scale: usize) -> usize {
        (1..P).find(|x| x * scale % P == 1).unwrap()
    }
}

impl Group for Affine {
    type Element = Map;

    fn identity(&self) -> Map {
        Map { scale: 1, shift: usize::from(self.fault == GroupFault::WrongIdentity) }
    }

    fn compose(&self, a: &Map, b: &Map) -> Map {
        let shift = a.scale * b.shift + a.shift;
        // Wrong only where nothing is the identity, so that only associativity suffers.
        let extra = self.fault == GroupFault::NotAssociative
            && *a != self.identity()
            && *b != self.identity()
            && *b != self.inverse(a);
        Map {
            scale: a.scale * b.scale % P,
            shift: (shift + usize::from(extra && a.shift < b.shift)) % P,
        }
    }

    fn inverse(&self, a: &Map) -> Map {
        let scale = Self::reciprocal(a.scale);
        let shift = if self.fault == GroupFault::WrongInverse {
            (P - a.shift) % P
        } else {
            scale * (P - a.shift) % P
        };
        Map { scale, shift }
    }
}

impl FinitelyGenerated for Affine {
    fn generators(&self) -> Vec<Map> {
        let double = Map { scale: 2, shift: 0 };
        let translate = Map { scale: 1, shift: 1 };
        if self.fault == GroupFault::GeneratorMissing {
            vec![double]
        } else {
            vec![double, translate]
        }
    }
}

impl Haar for Affine {
    fn haar<R: Rng + ?Sized>(&self, rng: &mut R) -> Map {
        if self.fault == GroupFault::BiasedDraws && rng.random() {
            return self.identity();
        }
        let shift = rng.random_range(0..P);
        let lowest = usize::from(self.fault != GroupFault::ForeignDraws);
        Map { scale: rng.random_range(lowest..P).max(lowest), shift }
    }
}

impl Finite for Affine {
    fn order(&self) -> BigUint {
        let order = P * (P - 1);
        (if self.fault == GroupFault::WrongOrder { order + P } else { order }).into()
    }

    fn element(&self, index: usize) -> Map {
        assert!(self.order() > index.into(), "element {index} of {self:?}");
        let index = match self.fault {
            GroupFault::IdentityNotFirst if index < 2 => 1 - index,
            GroupFault::NumberTwice if index == 7 => 6,
            _ => index,
        };
        // A sixth scale does not exist: the faulty order wraps around.
        Map { scale: index / P % (P - 1) + 1, shift: index % P }
    }

    fn index_of(&self, element: &Map) -> Option<usize> {
        let index = (element.scale.checked_sub(1)?) * P + element.shift;
        match self.fault {
            GroupFault::IdentityNotFirst if index < 2 => Some(1 - index),
            _ => (element.scale < P && element.shift < P).then_some(index),
        }
    }
}

/// What is wrong with the representation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ActionFault {
    None,
    /// `ρ(ab) = ρ(b)ρ(a)`.
    AntiHomomorphism,
    /// Every element but the identity also doubles.
    NotHomomorphism,
    /// The identity reverses the order of the coordinates.
    WrongIdentity,
    /// A constant is added.
    NotLinear,
    /// The result is added to what was there.
    Accumulates,
    /// The transpose is the action itself.
    WrongTranspose,
    /// The matrix is that of the inverse.
    WrongMatrix,
    /// The character is the number of coordinates.
    WrongCharacter,
    /// `signed_permutation` is that of the inverse.
    WrongSignedPermutation,
    /// `signed_permutation` has nothing, where `index_map` has something.
    NoSignedPermutation,
    /// Translations negate, in the index map and in the action.
    HiddenSigns,
}

/// Functions on the integers modulo 5.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Functions {
    pub group: Affine,
    pub fault: ActionFault,
}

impl Functions {
    pub(crate) const SOUND: Self = Self { group: Affine::SOUND, fault: ActionFault::None };

    fn map(&self, g: &Map) -> SignedPermutation {
        let inverse = self.group.inverse(g);
        let g = if self.fault == ActionFault::AntiHomomorphism { &inverse } else { g };
        let reversed = self.fault == ActionFault::WrongIdentity && *g == self.group.identity();
        // The sign of a scale that is no square is a character; of a translation there is none.
        let negative = self.fault == ActionFault::HiddenSigns && matches!(g.scale, 2 | 3);
        SignedPermutation::from_fn(P, |x| {
            let image = (g.scale * x + g.shift) % P;
            (if reversed { P - 1 - image } else { image }, negative)
        })
    }
}

impl Representation for Functions {
    type Group = Affine;

    fn group(&self) -> &Affine {
        &self.group
    }

    fn dim(&self) -> usize {
        P
    }

    fn signed_permutation(&self, g: &Map) -> Option<SignedPermutation> {
        match self.fault {
            ActionFault::WrongSignedPermutation => Some(self.map(g).inverse()),
            // These are no permutations.
            ActionFault::NoSignedPermutation
            | ActionFault::NotHomomorphism
            | ActionFault::NotLinear
            | ActionFault::Accumulates => None,
            _ => Some(self.map(g)),
        }
    }
}

impl<T: Scalar> ActsOn<T> for Functions {
    fn act(&self, g: &Map, x: &[T], out: &mut [T]) {
        let before = out.to_vec();
        self.map(g).act(x, out);
        for (value, before) in out.iter_mut().zip(before) {
            match self.fault {
                ActionFault::NotHomomorphism if *g != self.group.identity() => {
                    *value *= T::ratio(2, 1);
                }
                ActionFault::NotLinear => *value += T::one(),
                ActionFault::Accumulates => *value += before,
                _ => {}
            }
        }
    }

    fn act_transposed(&self, g: &Map, x: &[T], out: &mut [T]) {
        match self.fault {
            ActionFault::WrongTranspose => self.map(g).act(x, out),
            ActionFault::NotHomomorphism => {
                self.map(g).act_transposed(x, out);
                if *g != self.group.identity() {
                    out.iter_mut().for_each(|value| *value *= T::ratio(2, 1));
                }
            }
            _ => self.map(g).act_transposed(x, out),
        }
    }

    fn matrix(&self, g: &ElementOf<Self>) -> DMatrix<T> {
        let inverse = self.group.inverse(g);
        let g = if self.fault == ActionFault::WrongMatrix { &inverse } else { g };
        let mut matrix = DMatrix::from_element(P, P, T::zero());
        let mut unit = vec![T::zero(); P];
        for (i, mut column) in matrix.column_iter_mut().enumerate() {
            unit[i] = T::one();
            self.act(g, &unit, column.as_mut_slice());
            unit[i] = T::zero();
        }
        matrix
    }

    fn character(&self, g: &ElementOf<Self>) -> T {
        if self.fault == ActionFault::WrongCharacter {
            return T::count(P);
        }
        let matrix = ActsOn::<T>::matrix(self, g);
        (0..P).fold(T::zero(), |sum, i| sum + matrix[(i, i)].clone())
    }
}

impl ActsBySignedPermutations for Functions {
    fn index_map(&self, g: &Map) -> SignedPermutation {
        self.map(g)
    }
}

impl ActsByPermutations for Functions {}
impl ActsOrthogonally for Functions {}
