//! Reynolds operators: the projector `P = avg_g ρ(g)` on the fixed space, and its dual `P*`.

use super::{ActsBySignedPermutations, ActsInfinitesimally, ActsOn, FixedSpace, Representation};
use super::{RepresentationError, SignedOrbits, check_len};
use crate::group::{Finite, FinitelyGenerated, Group};
use crate::scalar::Scalar;
use nalgebra::{DMatrix, DVector};

/// The Reynolds operator of a representation, ready to be applied (claims A2 and A3).
///
/// `P = avg_g ρ(g)` projects vectors on the fixed space `V^G`; `P* = Pᵀ = avg_g ρ(g)⁻ᵀ` projects
/// covectors (natural parameters, gradients) on the fixed space of the dual. They agree when the
/// action is orthogonal and differ by an error of any size when it is not, so they are two methods. Parameters of
/// families have types that choose between the two: [`natural`](Self::natural) and [`mean`](Self::mean).
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::representation::{PermutationRep, Reynolds};
///
/// let shift = PermutationRep::regular(&Cyclic::new(4)?)?;
/// let p = Reynolds::of(&shift);
/// assert_eq!(p.project(&[1.0, 2.0, 3.0, 6.0]).as_slice(), [3.0; 4]);
/// assert_eq!(p.rank(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reynolds<T: Scalar> {
    kind: Kind<T>,
}

#[derive(Clone, Debug)]
enum Kind<T: Scalar> {
    Orbits(SignedOrbits),
    Matrix(DMatrix<T>),
}

impl<T: Scalar> Reynolds<T> {
    /// The Reynolds operator by the cheapest sound way: by orbits where every generator acts by a
    /// signed permutation, else by averaging over the elements.
    pub fn of<R>(rep: &R) -> Self
    where
        R: ActsOn<T>,
        R::Group: Finite,
    {
        let generators = rep.group().generators();
        let maps: Option<Vec<_>> = generators.iter().map(|g| rep.signed_permutation(g)).collect();
        match maps {
            Some(maps) => SignedOrbits::new(rep.dim(), &maps).into(),
            None => Self::by_averaging(rep),
        }
    }

    /// By orbits of coordinates, from the generators alone (A3): the cost does not depend on the
    /// order of the group.
    pub fn by_orbits<R>(rep: &R) -> Self
    where
        R: ActsBySignedPermutations,
        R::Group: FinitelyGenerated,
    {
        SignedOrbits::of(rep).into()
    }

    /// By the definition: the mean of `ρ(g)` over all elements. The oracle of the other ways; its cost
    /// is `|G| · dim²` at least.
    pub fn by_averaging<R>(rep: &R) -> Self
    where
        R: ActsOn<T>,
        R::Group: Finite,
    {
        let dim = rep.dim();
        let mut sum = DMatrix::from_element(dim, dim, T::zero());
        let mut order = 0;
        for g in rep.group().elements() {
            sum += rep.matrix(&g);
            order += 1;
        }
        let order = T::count(order);
        Self { kind: Kind::Matrix(sum.map(|entry| entry / order.clone())) }
    }

    /// From the generators alone, for a representation of any kind (A3): the projector on their common
    /// fixed space along the sum of the images of `ρ(s) − 1`. Its cost does not depend on the order of the
    /// group.
    ///
    /// # Errors
    /// [`RepresentationError::UnclearRank`] in floating point, where the fixed space is not clear;
    /// [`RepresentationError::NoComplement`] if the generators are those of no compact group.
    pub fn by_generators<R>(rep: &R) -> Result<Self, RepresentationError>
    where
        R: ActsOn<T>,
        R::Group: FinitelyGenerated,
    {
        FixedSpace::by_generators(rep)?.try_into()
    }

    /// The average over the Haar measure of a compact Lie group, from its Lie algebra and one element of each
    /// component (A3): exact for exact scalars.
    ///
    /// # Errors
    /// [`RepresentationError::UnclearRank`] in floating point, where the fixed space is not clear;
    /// [`RepresentationError::NoComplement`] if the derivative is that of no compact group.
    ///
    /// # Examples
    /// ```
    /// use equibayes::group::{Orthogonal, SpecialOrthogonal};
    /// use equibayes::representation::{Reynolds, Standard, TensorPower};
    ///
    /// // Rotations of the plane fix the trace and the antisymmetric part of a 2×2 matrix …
    /// let matrices = TensorPower::new(Standard::new(SpecialOrthogonal::new(2)?), 2)?;
    /// let p = Reynolds::of_lie(&matrices)?;
    /// assert_eq!(p.project(&[1.0, 5.0, 1.0, 3.0]).as_slice(), [2.0, 2.0, -2.0, 2.0]);
    /// // … and reflections negate the latter.
    /// let matrices = TensorPower::new(Standard::new(Orthogonal::new(2)?), 2)?;
    /// let p = Reynolds::of_lie(&matrices)?;
    /// assert_eq!(p.project(&[1.0, 5.0, 1.0, 3.0]).as_slice(), [2.0, 0.0, 0.0, 2.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_lie<R: ActsInfinitesimally<T>>(rep: &R) -> Result<Self, RepresentationError> {
        FixedSpace::of_lie(rep)?.try_into()
    }

    /// The mean of `ρ(g)` over the listed elements, whatever they are: a projector only if they are
    /// a subgroup. For controls and for partial augmentation.
    ///
    /// # Panics
    /// If the list is empty.
    pub fn over_subset<R>(rep: &R, elements: &[<R::Group as Group>::Element]) -> DMatrix<T>
    where
        R: ActsOn<T> + Representation,
    {
        assert!(!elements.is_empty(), "the mean over no group elements");
        let dim = rep.dim();
        let sum = elements
            .iter()
            .fold(DMatrix::from_element(dim, dim, T::zero()), |sum, g| sum + rep.matrix(g));
        let order = T::count(elements.len());
        sum.map(|entry| entry / order.clone())
    }

    /// The dimension of the space.
    pub fn dim(&self) -> usize {
        match &self.kind {
            Kind::Orbits(orbits) => orbits.dim(),
            Kind::Matrix(matrix) => matrix.nrows(),
        }
    }

    /// The dimension of the fixed space, `tr P`.
    pub fn rank(&self) -> usize {
        match &self.kind {
            Kind::Orbits(orbits) => orbits.fixed_dim(),
            Kind::Matrix(matrix) => {
                let trace = (0..matrix.nrows()).map(|i| matrix[(i, i)].nearest_f64()).sum::<f64>();
                trace.round() as usize
            }
        }
    }

    /// The orbits, where the operator is held that way.
    pub fn orbits(&self) -> Option<&SignedOrbits> {
        match &self.kind {
            Kind::Orbits(orbits) => Some(orbits),
            Kind::Matrix(_) => None,
        }
    }

    /// `Px`, which no group element moves: for mean parameters and weights. The nearest such vector to
    /// `x` where the action is orthogonal.
    ///
    /// # Panics
    /// If `x` is not as long as the dimension.
    pub fn project(&self, x: &[T]) -> DVector<T> {
        let mut out = DVector::from_element(self.dim(), T::zero());
        check_len(self.dim(), x.len(), out.len());
        match &self.kind {
            Kind::Orbits(orbits) => orbits.project(x, out.as_mut_slice()),
            Kind::Matrix(matrix) => {
                for (column, value) in matrix.column_iter().zip(x) {
                    for (entry, sum) in column.iter().zip(out.iter_mut()) {
                        *sum += entry.clone() * value.clone();
                    }
                }
            }
        }
        out
    }

    /// `P*ξ`, on the dual side: for natural parameters and gradients.
    ///
    /// # Panics
    /// If `xi` is not as long as the dimension.
    pub fn project_dual(&self, xi: &[T]) -> DVector<T> {
        match &self.kind {
            // Signed permutations are orthogonal: P* = P.
            Kind::Orbits(_) => self.project(xi),
            Kind::Matrix(matrix) => {
                check_len(self.dim(), xi.len(), self.dim());
                DVector::from_iterator(
                    self.dim(),
                    matrix.column_iter().map(|column| crate::scalar::dot(column.as_slice(), xi)),
                )
            }
        }
    }

    /// The block of `P` on some coordinates in a row, where these are a summand of the representation.
    pub(crate) fn block(&self, from: usize, size: usize) -> Self {
        let block = self.matrix().view((from, from), (size, size)).into_owned();
        Self { kind: Kind::Matrix(block) }
    }

    /// `P` as a matrix.
    pub fn matrix(&self) -> DMatrix<T> {
        match &self.kind {
            Kind::Matrix(matrix) => matrix.clone(),
            Kind::Orbits(orbits) => {
                let dim = orbits.dim();
                let mut matrix = DMatrix::from_element(dim, dim, T::zero());
                for orbit in orbits.iter().filter(|orbit| !orbit.is_killed()) {
                    let weight = T::one() / T::count(orbit.len());
                    for (i, i_sign) in orbit.members() {
                        for (j, j_sign) in orbit.members() {
                            matrix[(i, j)] =
                                if i_sign == j_sign { weight.clone() } else { -weight.clone() };
                        }
                    }
                }
                matrix
            }
        }
    }
}

impl<T: Scalar> From<SignedOrbits> for Reynolds<T> {
    fn from(orbits: SignedOrbits) -> Self {
        Self { kind: Kind::Orbits(orbits) }
    }
}

/// The projector on the fixed space along its invariant complement.
impl<T: Scalar> TryFrom<FixedSpace<T>> for Reynolds<T> {
    type Error = RepresentationError;

    fn try_from(space: FixedSpace<T>) -> Result<Self, RepresentationError> {
        let projector = space.projector();
        let matrix = projector.ok_or(RepresentationError::NoComplement { fixed: space.dim() })?;
        Ok(Self { kind: Kind::Matrix(matrix) })
    }
}
