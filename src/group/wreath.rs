//! Wreath products, and the hyperoctahedral groups among them.

use super::numbering::{Digits, Number};
use super::{
    Finite, FinitelyGenerated, Group, GroupError, Haar, MovesPoints, MovesSignedPoints, Signs,
    Symmetric,
};
use num_bigint::BigUint;
use num_traits::{One, Pow};
use rand::Rng;

/// The wreath product `A ≀ P`: one element of `A` for each of the `n` points that `P` moves, and an
/// element of `P` that moves them.
///
/// `(f, π)(f′, π′) = (f · πf′, ππ′)` with `(πf′)_{π(i)} = f′_i`: a machine with `n` equal parts, each with
/// its own symmetries `A`, and the parts exchanged by `P`. Acting with `(f, π)` moves part `i` to the
/// place `π(i)` and turns it there by `f_{π(i)}`.
///
/// Elements are numbered by the parts first, the first part fastest.
///
/// # Examples
/// ```
/// use equibayes::group::{Cyclic, Finite, Symmetric, Wreath};
///
/// // The corners of Rubik's cube, if it could be taken apart: 3^8 · 8!.
/// let corners = Wreath::new(Cyclic::new(3)?, Symmetric::new(8)?);
/// assert_eq!(corners.order(), (6561u64 * 40320).into());
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Wreath<A, P> {
    part: A,
    top: P,
}

/// The element `(f, π)` of a [`Wreath`] product.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WreathElement<A, P> {
    /// The elements `f_i` of `A`, by the places where they act: after the move.
    pub parts: Box<[A]>,
    /// The element `π`, which moves the parts first.
    pub top: P,
}

/// The hyperoctahedral group `B_n = {±1} ≀ S_n`: the signed permutations of `n` coordinates, which are the
/// symmetries of the `n`-dimensional cube. Made by [`Wreath::hyperoctahedral`].
pub type Hyperoctahedral = Wreath<Signs, Symmetric>;

impl<A: Group, P: MovesPoints> Wreath<A, P> {
    /// As many copies of `part` as `top` moves points, exchanged by it.
    pub fn new(part: A, top: P) -> Self {
        Self { part, top }
    }

    /// The group of each part.
    pub fn part(&self) -> &A {
        &self.part
    }

    /// The group that exchanges the parts.
    pub fn top(&self) -> &P {
        &self.top
    }

    /// `f` at one place, and nothing else.
    fn at(&self, place: usize, f: &A::Element) -> WreathElement<A::Element, P::Element> {
        let mut element = self.identity();
        element.parts[place] = f.clone();
        element
    }
}

impl Hyperoctahedral {
    /// The symmetries of the `n`-dimensional cube, of order `2^n n!`.
    ///
    /// # Errors
    /// [`GroupError::TooManyPoints`] beyond `u32::MAX` points.
    ///
    /// # Examples
    /// ```
    /// use equibayes::group::{Finite, MovesSignedPoints, Permutation, Wreath, WreathElement};
    ///
    /// let b2 = Wreath::hyperoctahedral(2)?;
    /// assert_eq!(b2.order(), 8u32.into());
    /// // The quarter turn of the plane: e_0 ↦ e_1 ↦ −e_0.
    /// let turn = WreathElement { parts: [true, false].into(), top: Permutation::new(&[1, 0])? };
    /// assert_eq!([b2.signed_image(&turn, 0), b2.signed_image(&turn, 1)], [(1, false), (0, true)]);
    /// # Ok::<(), equibayes::group::GroupError>(())
    /// ```
    pub fn hyperoctahedral(n: usize) -> Result<Self, GroupError> {
        Ok(Self::new(Signs, Symmetric::new(n)?))
    }
}

impl<A: Group, P: MovesPoints> Group for Wreath<A, P> {
    type Element = WreathElement<A::Element, P::Element>;

    fn identity(&self) -> Self::Element {
        WreathElement {
            parts: vec![self.part.identity(); self.top.points()].into(),
            top: self.top.identity(),
        }
    }

    fn compose(&self, a: &Self::Element, b: &Self::Element) -> Self::Element {
        let mut parts = a.parts.clone();
        for (i, second) in b.parts.iter().enumerate() {
            let place = self.top.image(&a.top, i);
            parts[place] = self.part.compose(&a.parts[place], second);
        }
        WreathElement { parts, top: self.top.compose(&a.top, &b.top) }
    }

    fn inverse(&self, a: &Self::Element) -> Self::Element {
        let back = |i| self.part.inverse(&a.parts[self.top.image(&a.top, i)]);
        let parts = (0..self.top.points()).map(back).collect();
        WreathElement { parts, top: self.top.inverse(&a.top) }
    }

    fn distance(&self, a: &Self::Element, b: &Self::Element) -> f64 {
        if a.parts.len() != b.parts.len() {
            return f64::INFINITY;
        }
        let parts = a.parts.iter().zip(&b.parts).map(|(a, b)| self.part.distance(a, b));
        // The largest one; a NaN stays one.
        parts.fold(self.top.distance(&a.top, &b.top), |worst, distance| {
            if distance > worst || distance.is_nan() { distance } else { worst }
        })
    }

    fn rounding(&self) -> f64 {
        self.part.rounding().max(self.top.rounding())
    }
}

/// Those of `A` at one point of each orbit, and those of `P`.
impl<A: FinitelyGenerated, P: MovesPoints + FinitelyGenerated> FinitelyGenerated for Wreath<A, P> {
    fn generators(&self) -> Vec<Self::Element> {
        let (movers, turns) = (self.top.generators(), self.part.generators());
        let mut generators = Vec::new();
        let mut reached = vec![false; self.top.points()];
        for start in 0..reached.len() {
            if reached[start] {
                continue;
            }
            generators.extend(turns.iter().map(|turn| self.at(start, turn)));
            reached[start] = true;
            let mut front = vec![start];
            while let Some(point) = front.pop() {
                for image in movers.iter().map(|g| self.top.image(g, point)) {
                    if !reached[image] {
                        reached[image] = true;
                        front.push(image);
                    }
                }
            }
        }
        let parts = self.identity().parts;
        generators
            .extend(movers.into_iter().map(|top| WreathElement { parts: parts.clone(), top }));
        generators
    }
}

impl<A: Haar, P: MovesPoints + Haar> Haar for Wreath<A, P> {
    fn haar<R: Rng + ?Sized>(&self, rng: &mut R) -> Self::Element {
        let parts = (0..self.top.points()).map(|_| self.part.haar(rng)).collect();
        WreathElement { parts, top: self.top.haar(rng) }
    }
}

impl<A: Finite, P: MovesPoints + Finite> Finite for Wreath<A, P> {
    fn order(&self) -> BigUint {
        let part = self.part.order();
        // `1^n` is asked for separately: `n` may be anything.
        let parts = if part.is_one() { part } else { Pow::pow(part, self.top.points()) };
        parts * self.top.order()
    }

    fn element(&self, index: usize) -> Self::Element {
        let radix = self.part.small_order();
        let mut digits = Digits::of(index);
        let points = self.top.points();
        let parts = (0..points).map(|_| self.part.element(digits.next(radix))).collect();
        WreathElement { parts, top: self.top.element(digits.next(None)) }
    }

    fn index_of(&self, element: &Self::Element) -> Option<usize> {
        if element.parts.len() != self.top.points() {
            return None;
        }
        let radix = self.part.small_order();
        let mut number = Number::new();
        for part in &element.parts {
            number.push(self.part.index_of(part)?, radix)?;
        }
        number.push(self.top.index_of(&element.top)?, None)?;
        Some(number.value())
    }
}

/// The imprimitive action: the point `k` of part `i` is numbered `i·m + k`, where a part has `m` points.
impl<A: MovesPoints, P: MovesPoints> MovesPoints for Wreath<A, P> {
    fn points(&self) -> usize {
        self.part.points() * self.top.points()
    }

    fn image(&self, g: &Self::Element, point: usize) -> usize {
        let size = self.part.points();
        let place = self.top.image(&g.top, point / size);
        place * size + self.part.image(&g.parts[place], point % size)
    }
}

/// As for points; with [`Signs`] as parts, the signed permutations of the points.
impl<A: MovesSignedPoints, P: MovesPoints> MovesSignedPoints for Wreath<A, P> {
    fn signed_points(&self) -> usize {
        self.part.signed_points() * self.top.points()
    }

    fn signed_image(&self, g: &Self::Element, point: usize) -> (usize, bool) {
        let size = self.part.signed_points();
        let place = self.top.image(&g.top, point / size);
        let (image, negated) = self.part.signed_image(&g.parts[place], point % size);
        (place * size + image, negated)
    }
}
