//! The laws of representations (claim A1).

use super::draw::{distance, element, floats, fraction, max_norm, vector};
use super::error_model::{ActionError, SECOND_ORDER};
use super::{Finding, Law, Laws};
use crate::group::{Group, Haar};
use crate::representation::{ActsOn, ElementOf};
use crate::scalar::Scalar;
use rand_chacha::ChaCha8Rng;
use std::rc::Rc;

/// What every representation satisfies, on vectors of `f64`.
///
/// `ρ` is a homomorphism, sends the identity to 1, acts linearly; and the several ways to the action
/// (`act`, `act_transposed`, `matrix`, `character`, `signed_permutation`) agree. The tolerances are those
/// of multiplication by a matrix whose entries are right to 32 roundings; an action that is computed
/// through an ill-conditioned basis, and exact scalars, go through [`representation_over`].
///
/// # Examples
/// ```
/// use equibayes::group::Dihedral;
/// use equibayes::law;
/// use equibayes::representation::{PermutationRep, SymmetricSquare};
///
/// let regular = PermutationRep::regular(&Dihedral::new(3)?)?;
/// law::representation(&SymmetricSquare::new(regular)).assert();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn representation<'a, R>(rep: &R) -> Laws<'a>
where
    R: ActsOn<f64> + 'a,
    R::Group: Haar,
{
    representation_over::<f64, R>(rep, 1.0)
}

/// [`representation`] on vectors of `T`: with exact scalars there is no tolerance at all.
///
/// `condition` multiplies the tolerances: 1 for an action that is just there, and the condition number
/// of the basis for one that is computed through another basis, as
/// [`ChangeOfBasis::condition`](crate::representation::ChangeOfBasis::condition) says it.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::law;
/// use equibayes::representation::{ChangeOfBasis, PermutationRep};
/// use equibayes::scalar::{Rational, Scalar};
/// use nalgebra::dmatrix;
///
/// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
/// let basis = dmatrix![2i64, 1; 0, 3].map(|entry| Rational::ratio(entry, 1));
/// let sheared = ChangeOfBasis::new(swap, basis)?;
/// law::representation_over::<Rational, _>(&sheared, 1.0).assert();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn representation_over<'a, T, R>(rep: &R, condition: f64) -> Laws<'a>
where
    T: Scalar,
    R: ActsOn<T> + 'a,
    R::Group: Haar,
{
    let subject = Rc::new(Subject { rep: rep.clone(), condition });
    let law = |name, statement, check: fn(&Subject<R>, &mut ChaCha8Rng) -> Finding| {
        let subject = Rc::clone(&subject);
        Law::new(name, statement, move |rng| check(&subject, rng))
    };
    let laws = vec![
        law("homomorphism", "ρ(ab)x = ρ(a)ρ(b)x", homomorphism::<T, R>),
        law("identity", "ρ(e)x = x", identity::<T, R>),
        law("inverse", "ρ(g⁻¹)ρ(g)x = x", inverse::<T, R>),
        law("linearity", "ρ(g)(αx + βy) = αρ(g)x + βρ(g)y", linearity::<T, R>),
        law("output", "act and act_transposed overwrite what out held", output::<T, R>),
        law("matrix", "matrix(g) x = ρ(g)x", matrix::<T, R>),
        law("transpose", "act_transposed is matrix(g)ᵀ", transpose::<T, R>),
        law("character", "χ(g) = tr matrix(g)", character::<T, R>),
        law("signed permutation", "signed_permutation(g), if any, acts as ρ(g)", signed::<T, R>),
    ];
    Laws::new(format!("representation {rep:?}"), laws)
}

struct Subject<R> {
    rep: R,
    condition: f64,
}

impl<R> Subject<R> {
    fn error<T: Scalar>(&self, g: &ElementOf<R>) -> ActionError
    where
        R: ActsOn<T>,
    {
        ActionError::of(&self.rep, g, self.condition)
    }

    fn draw<T: Scalar>(&self, rng: &mut ChaCha8Rng) -> (ElementOf<R>, Vec<T>)
    where
        R: ActsOn<T>,
        R::Group: Haar,
    {
        (element(self.rep.group(), rng), vector(rng, self.rep.dim()))
    }
}

fn homomorphism<T: Scalar, R: ActsOn<T>>(subject: &Subject<R>, rng: &mut ChaCha8Rng) -> Finding
where
    R::Group: Haar,
{
    let rep = &subject.rep;
    let ((a, x), (b, _)) = (subject.draw::<T>(rng), subject.draw::<T>(rng));
    let product = rep.group().compose(&a, &b);
    let left = rep.apply(&product, &x);
    let right = rep.apply(&a, rep.apply(&b, &x).as_slice());
    // ρ(ab) once, ρ(b) and then ρ(a): three actions, each off by its own relative error.
    let (at_a, at_b, at_ab) = (subject.error(&a), subject.error(&b), subject.error(&product));
    let tolerance = (at_ab.forward + at_a.forward * at_b.rows + at_a.rows * at_b.forward)
        * SECOND_ORDER
        * max_norm(&x);
    Finding::within(
        distance(left.as_slice(), right.as_slice()),
        tolerance,
        format!(
            "a = {a:?}, b = {b:?}, x = {:?}: ρ(ab)x = {:?}, ρ(a)ρ(b)x = {:?}",
            floats(&x),
            floats(&left),
            floats(&right)
        ),
    )
}

fn identity<T: Scalar, R: ActsOn<T>>(subject: &Subject<R>, rng: &mut ChaCha8Rng) -> Finding
where
    R::Group: Haar,
{
    let e = subject.rep.group().identity();
    let x: Vec<T> = vector(rng, subject.rep.dim());
    let moved = subject.rep.apply(&e, &x);
    Finding::within(
        distance(moved.as_slice(), &x),
        subject.error(&e).forward * SECOND_ORDER * max_norm(&x),
        format!("x = {:?}, ρ(e)x = {:?}", floats(&x), floats(&moved)),
    )
}

fn inverse<T: Scalar, R: ActsOn<T>>(subject: &Subject<R>, rng: &mut ChaCha8Rng) -> Finding
where
    R::Group: Haar,
{
    let rep = &subject.rep;
    let (g, x) = subject.draw::<T>(rng);
    let undo = rep.group().inverse(&g);
    let back = rep.apply(&undo, rep.apply(&g, &x).as_slice());
    let (there, again) = (subject.error(&g), subject.error(&undo));
    let tolerance =
        (again.forward * there.rows + again.rows * there.forward) * SECOND_ORDER * max_norm(&x);
    Finding::within(
        distance(back.as_slice(), &x),
        tolerance,
        format!("g = {g:?}, x = {:?}, ρ(g⁻¹)ρ(g)x = {:?}", floats(&x), floats(&back)),
    )
}

fn linearity<T: Scalar, R: ActsOn<T>>(subject: &Subject<R>, rng: &mut ChaCha8Rng) -> Finding
where
    R::Group: Haar,
{
    let rep = &subject.rep;
    let (g, x) = subject.draw::<T>(rng);
    let y: Vec<T> = vector(rng, rep.dim());
    let (alpha, beta): (T, T) = (fraction(rng), fraction(rng));
    let combine = |x: &[T], y: &[T]| -> Vec<T> {
        x.iter().zip(y).map(|(x, y)| alpha.clone() * x.clone() + beta.clone() * y.clone()).collect()
    };
    let left = rep.apply(&g, &combine(&x, &y));
    let right = combine(rep.apply(&g, &x).as_slice(), rep.apply(&g, &y).as_slice());
    let size = alpha.nearest_f64().abs() * max_norm(&x) + beta.nearest_f64().abs() * max_norm(&y);
    // The action on either side; three roundings of the combination on either side.
    let error = subject.error(&g);
    let tolerance =
        (2.0 * error.forward + 6.0 * T::UNIT_ROUNDOFF * error.rows) * SECOND_ORDER * size;
    Finding::within(
        distance(left.as_slice(), &right),
        tolerance,
        format!("g = {g:?}, α = {alpha}, x = {:?}, β = {beta}, y = {:?}", floats(&x), floats(&y)),
    )
}

fn output<T: Scalar, R: ActsOn<T>>(subject: &Subject<R>, rng: &mut ChaCha8Rng) -> Finding
where
    R::Group: Haar,
{
    let rep = &subject.rep;
    let (g, x) = subject.draw::<T>(rng);
    let run = |start: T| {
        let (mut moved, mut back) = (vec![start.clone(); rep.dim()], vec![start; rep.dim()]);
        rep.act(&g, &x, &mut moved);
        rep.act_transposed(&g, &x, &mut back);
        (moved, back)
    };
    Finding::exact(
        run(T::zero()) == run(T::ratio(17, 1)),
        format!("g = {g:?}, x = {:?}: the result depends on what out held before", floats(&x)),
    )
}

fn matrix<T: Scalar, R: ActsOn<T>>(subject: &Subject<R>, rng: &mut ChaCha8Rng) -> Finding
where
    R::Group: Haar,
{
    let rep = &subject.rep;
    let (g, x) = subject.draw::<T>(rng);
    let matrix = rep.matrix(&g);
    if matrix.shape() != (rep.dim(), rep.dim()) {
        return Finding::failure(format!("matrix({g:?}) has shape {:?}", matrix.shape()));
    }
    let moved = rep.apply(&g, &x);
    let product = &matrix * nalgebra::DVector::from_column_slice(&x);
    // Each column of the matrix is an action of its own, so their sum is off by up to n of them; the
    // product and the action itself by one each.
    let tolerance =
        (rep.dim() as f64 + 2.0) * subject.error(&g).forward * SECOND_ORDER * max_norm(&x);
    Finding::within(
        distance(moved.as_slice(), product.as_slice()),
        tolerance,
        format!(
            "g = {g:?}, x = {:?}: act gives {:?}, the matrix {:?}",
            floats(&x),
            floats(&moved),
            floats(&product)
        ),
    )
}

fn transpose<T: Scalar, R: ActsOn<T>>(subject: &Subject<R>, rng: &mut ChaCha8Rng) -> Finding
where
    R::Group: Haar,
{
    let rep = &subject.rep;
    let (g, y) = subject.draw::<T>(rng);
    let mut moved = vec![T::zero(); rep.dim()];
    rep.act_transposed(&g, &y, &mut moved);
    let product = rep.matrix(&g).transpose() * nalgebra::DVector::from_column_slice(&y);
    // As for the matrix, with the entries of a column of matrix(g) for the transposed action.
    let error = subject.error(&g);
    let tolerance =
        (rep.dim() as f64 * error.forward + 2.0 * error.transposed) * SECOND_ORDER * max_norm(&y);
    Finding::within(
        distance(&moved, product.as_slice()),
        tolerance,
        format!(
            "g = {g:?}, y = {:?}: act_transposed gives {:?}, matrix(g)ᵀ {:?}",
            floats(&y),
            floats(&moved),
            floats(&product)
        ),
    )
}

fn character<T: Scalar, R: ActsOn<T>>(subject: &Subject<R>, rng: &mut ChaCha8Rng) -> Finding
where
    R::Group: Haar,
{
    let rep = &subject.rep;
    let g = element(rep.group(), rng);
    let (character, matrix) = (rep.character(&g), rep.matrix(&g));
    let trace = (0..rep.dim()).fold(T::zero(), |sum, i| sum + matrix[(i, i)].clone());
    // n entries on either side; their sum adds less than the entries are off.
    let tolerance = 4.0 * rep.dim() as f64 * subject.error(&g).forward;
    Finding::within(
        distance(&[character.clone()], &[trace.clone()]),
        tolerance,
        format!("g = {g:?}: χ = {character}, tr matrix = {trace}"),
    )
}

fn signed<T: Scalar, R: ActsOn<T>>(subject: &Subject<R>, rng: &mut ChaCha8Rng) -> Finding
where
    R::Group: Haar,
{
    let rep = &subject.rep;
    let (g, x) = subject.draw::<T>(rng);
    let Some(map) = rep.signed_permutation(&g) else {
        return Finding::exact(true, format!("g = {g:?} is no signed permutation"));
    };
    if map.dim() != rep.dim() {
        return Finding::failure(format!("g = {g:?}: index map of dimension {}", map.dim()));
    }
    let moved = rep.apply(&g, &x);
    let mut mapped = vec![T::zero(); rep.dim()];
    map.act(&x, &mut mapped);
    Finding::within(
        distance(moved.as_slice(), &mapped),
        subject.error(&g).forward * SECOND_ORDER * max_norm(&x),
        format!(
            "g = {g:?}, map {map:?}, x = {:?}: act gives {:?}, the map {:?}",
            floats(&x),
            floats(&moved),
            floats(&mapped)
        ),
    )
}
