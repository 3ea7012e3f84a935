//! Groups that move points, and groups that move points up to a sign.

use super::{Cyclic, Dihedral, Direct, FinitelyGenerated, Group, Permutation, PermutationGroup};

/// A group with a natural action on the points `0…n − 1`, as symmetric groups have and the groups of a
/// polygon.
///
/// `image(ab, i) = image(a, image(b, i))`. It need not be faithful: `D_2` moves the corners of a
/// two-gon as `C_2` does.
///
/// # Examples
/// ```
/// use equibayes::group::{Dihedral, DihedralElement, MovesPoints};
///
/// let square = Dihedral::new(4)?;
/// let diagonal = DihedralElement { rotation: 0, reflected: true };
/// assert_eq!(square.permutation(&diagonal).to_string(), "(1 3)");
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
pub trait MovesPoints: Group {
    /// The number of points.
    fn points(&self) -> usize;

    /// Where `g` moves a point.
    ///
    /// # Panics
    /// If `point` is not below [`points`](MovesPoints::points).
    fn image(&self, g: &Self::Element, point: usize) -> usize;

    /// How `g` moves all points.
    fn permutation(&self, g: &Self::Element) -> Permutation {
        Permutation::from_fn(self.points(), |point| self.image(g, point))
    }
}

/// A group with a natural action on signed points: the coordinate axes, each with a direction.
///
/// # Examples
/// ```
/// use equibayes::group::{Dicyclic, Group, MovesSignedPoints};
///
/// // Left multiplication by i on the quaternions 1, i, j, k: i·i = −1, i·j = k.
/// let q8 = Dicyclic::quaternion();
/// let i = q8.element_of(1, false);
/// assert_eq!(q8.signed_image(&i, 1), (0, true));
/// assert_eq!(q8.signed_image(&i, 2), (3, false));
/// ```
pub trait MovesSignedPoints: Group {
    /// The number of points.
    fn signed_points(&self) -> usize;

    /// Where `g` moves a point, and whether its sign changes on the way.
    ///
    /// # Panics
    /// If `point` is not below [`signed_points`](MovesSignedPoints::signed_points).
    fn signed_image(&self, g: &Self::Element, point: usize) -> (usize, bool);
}

/// The corners of the polygon that the generator turns by one.
impl MovesPoints for Cyclic {
    fn points(&self) -> usize {
        self.modulus()
    }

    fn image(&self, g: &usize, point: usize) -> usize {
        assert!(point < self.points(), "point {point} of {}", self.points());
        self.compose(g, &point)
    }
}

/// The corners of the polygon; `s` fixes corner 0.
impl MovesPoints for Dihedral {
    fn points(&self) -> usize {
        self.rotations()
    }

    fn image(&self, g: &Self::Element, point: usize) -> usize {
        let n = self.rotations();
        assert!(point < n, "point {point} of {n}");
        let start = if g.reflected { (n - point) % n } else { point };
        // Both are below n, but their sum may not fit: subtract before adding.
        let room = n - start;
        let turn = g.rotation % n;
        if turn >= room { turn - room } else { turn + start }
    }
}

impl MovesPoints for PermutationGroup {
    fn points(&self) -> usize {
        self.degree()
    }

    fn image(&self, g: &Permutation, point: usize) -> usize {
        g.image(point)
    }

    fn permutation(&self, g: &Permutation) -> Permutation {
        g.clone()
    }
}

/// The points of the first factor, then those of the second.
impl<A: MovesPoints, B: MovesPoints> MovesPoints for Direct<A, B> {
    fn points(&self) -> usize {
        self.first().points() + self.second().points()
    }

    fn image(&self, (a, b): &Self::Element, point: usize) -> usize {
        match point.checked_sub(self.first().points()) {
            None => self.first().image(a, point),
            Some(rest) => self.first().points() + self.second().image(b, rest),
        }
    }
}

impl PermutationGroup {
    /// The permutations by which a group moves its points. A quotient of it, if the action is not
    /// faithful.
    ///
    /// # Errors
    /// [`GroupError::TooManyPoints`](super::GroupError::TooManyPoints) beyond `u32::MAX` points.
    ///
    /// # Examples
    /// ```
    /// use equibayes::group::{Finite, PermutationGroup, Symmetric, Wreath};
    ///
    /// // B_3 on the six faces of the cube.
    /// let faces = PermutationGroup::image_of(&Wreath::hyperoctahedral(3)?)?;
    /// assert_eq!((faces.degree(), faces.order()), (6, 48u32.into()));
    /// # Ok::<(), equibayes::group::GroupError>(())
    /// ```
    pub fn image_of<G: MovesPoints + FinitelyGenerated>(
        group: &G,
    ) -> Result<Self, super::GroupError> {
        let generators = group.generators();
        Self::new(group.points(), generators.iter().map(|g| group.permutation(g)).collect())
    }
}
