//! The laws of the coordinates of exponential families (claim F1), for every scalar.

use super::derivative::{Derivative, derivative};
use super::draw::{floats, fraction};
use super::error_model::ParameterError;
use super::{Finding, Law, Laws};
use crate::family::{FisherInformation, Member};
use crate::linalg::Ldl;
use crate::scalar::Scalar;
use nalgebra::{DMatrix, DVector};
use rand_chacha::ChaCha8Rng;
use std::rc::Rc;

/// What the coordinates of every exponential family satisfy: `η ↦ μ` and `μ ↦ η` undo each other, the
/// Fisher information is symmetric and positive definite, and it is the derivative of `μ`.
///
/// `members` draws a member of the family; that is all the kit needs to know about it. Maps between
/// parameters are held to be as accurate as their conditioning, which is the Fisher information,
/// allows; with exact scalars the round trips are held to `==`.
///
/// # Examples
/// ```
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::law;
/// use equibayes::scalar::{Rational, Scalar};
/// use rand::RngExt;
///
/// law::coordinates(&DiagonalGaussian::new(1), |rng| {
///     let mean = Rational::ratio(rng.random_range(-9..=9), 4);
///     let variance = Rational::ratio(rng.random_range(1..=9), 3);
///     DiagonalGaussian::with_variance(&[mean], &[variance]).unwrap()
/// })
/// .assert();
/// ```
pub fn coordinates<'a, F, T, M>(family: &'a F, members: M) -> Laws<'a>
where
    F: FisherInformation<T>,
    T: Scalar,
    M: Fn(&mut ChaCha8Rng) -> Member<F, T> + 'a,
{
    coordinates_of(family, Rc::new(members))
}

/// [`coordinates`], with a generator that other kits share.
pub(super) fn coordinates_of<'a, F, T, M>(family: &'a F, members: Rc<M>) -> Laws<'a>
where
    F: FisherInformation<T>,
    T: Scalar,
    M: Fn(&mut ChaCha8Rng) -> Member<F, T> + 'a,
{
    let law = |name, statement, check: fn(&Member<F, T>, &mut ChaCha8Rng) -> Finding| {
        let members = Rc::clone(&members);
        Law::new(name, statement, move |rng| {
            let q = members(rng);
            if q.family() != family {
                return Finding::failure(format!("{q:?} is not a member of {family:?}"));
            }
            check(&q, rng)
        })
    };
    let laws = vec![
        law("parameters belong together", "μ = ∇A(η)", together),
        law("natural round trip", "η ↦ μ ↦ η", natural_round_trip),
        law("mean round trip", "μ ↦ η ↦ μ", mean_round_trip),
        law("Fisher symmetric", "I(η)ᵀ = I(η)", symmetric),
        law("Fisher positive definite", "I(η) ≻ 0", positive_definite),
        law("Fisher is derivative", "dμ/dt (η + tv) = I(η)v", fisher_is_derivative),
    ];
    Laws::new(format!("coordinates of {family:?}"), laws)
}

/// Two parameters that should be the same, subtracted in the scalar's own arithmetic, against what each coordinate may
/// be off by.
pub(super) fn parameters<T: Scalar>(
    symbol: &str,
    found: &DVector<T>,
    expected: &DVector<T>,
    allowed: &[f64],
    witness: String,
) -> Finding {
    let lengths = (found.len(), expected.len(), allowed.len());
    if lengths.0 != lengths.1 || lengths.0 != lengths.2 {
        return Finding::failure(format!("{witness}: {symbol} of lengths {lengths:?}"));
    }
    let gaps = floats(&(found - expected));
    let witness = format!(
        "{witness}: {symbol} = {:?}, expected {:?}, difference",
        floats(found),
        floats(expected)
    );
    worst_coordinate(&gaps, &vec![0.0; gaps.len()], |k| allowed[k], witness)
}

/// The largest `|a_k − b_k|` against its own tolerance.
pub(super) fn worst_coordinate(
    a: &[f64],
    b: &[f64],
    tolerance: impl Fn(usize) -> f64,
    witness: String,
) -> Finding {
    if a.len() != b.len() {
        return Finding::failure(format!("{witness}: lengths {} and {}", a.len(), b.len()));
    }
    (0..a.len())
        .map(|k| {
            Finding::within(
                (a[k] - b[k]).abs(),
                tolerance(k),
                format!("{witness}: coordinate {k}, {:?} against {:?}", a[k], b[k]),
            )
        })
        .reduce(|a, b| if b.residual.ratio() > a.residual.ratio() { b } else { a })
        .unwrap_or_else(|| Finding::exact(true, witness))
}

/// The differences in the scalar's own arithmetic, to be held against zero.
fn gaps<T: Scalar>(a: &[T], b: &[T]) -> (Vec<f64>, Vec<f64>) {
    if a.len() != b.len() {
        return (floats(a), floats(b));
    }
    let gaps: Vec<f64> =
        a.iter().zip(b).map(|(a, b)| (a.clone() - b.clone()).nearest_f64()).collect();
    let zeros = vec![0.0; gaps.len()];
    (gaps, zeros)
}

fn together<F: FisherInformation<T>, T: Scalar>(q: &Member<F, T>, _: &mut ChaCha8Rng) -> Finding {
    let (error, mean) = match (ParameterError::of(q), q.family().to_mean(q.natural())) {
        (Ok(error), Ok(mean)) => (error, mean),
        (Err(why), _) => return Finding::failure(why),
        (_, Err(why)) => return Finding::failure(format!("{q:?} has no mean: {why}")),
    };
    let (gaps, zeros) = gaps(mean.as_slice(), q.mean_parameter().as_slice());
    // If the member was made from its mean parameter, this is the second half of a round trip.
    worst_coordinate(&gaps, &zeros, |k| 2.0 * error.of_mean(k), format!("{q:?}, to_mean(η) − μ"))
}

fn natural_round_trip<F: FisherInformation<T>, T: Scalar>(
    q: &Member<F, T>,
    _: &mut ChaCha8Rng,
) -> Finding {
    let back = q.family().to_mean(q.natural()).and_then(|mean| q.family().to_natural(&mean));
    let (error, back) = match (ParameterError::of(q), back) {
        (Ok(error), Ok(back)) => (error, back),
        (Err(why), _) => return Finding::failure(why),
        (_, Err(why)) => return Finding::failure(format!("{q:?} does not come back: {why}")),
    };
    let (gaps, zeros) = gaps(back.as_slice(), q.natural().as_slice());
    // There and back: either map contributes the error of η once.
    worst_coordinate(
        &gaps,
        &zeros,
        |k| 2.0 * error.of_natural(k),
        format!("{q:?}, η after − before"),
    )
}

fn mean_round_trip<F: FisherInformation<T>, T: Scalar>(
    q: &Member<F, T>,
    _: &mut ChaCha8Rng,
) -> Finding {
    let back = q.family().to_natural(q.mean_parameter()).and_then(|eta| q.family().to_mean(&eta));
    let (error, back) = match (ParameterError::of(q), back) {
        (Ok(error), Ok(back)) => (error, back),
        (Err(why), _) => return Finding::failure(why),
        (_, Err(why)) => return Finding::failure(format!("{q:?} does not come back: {why}")),
    };
    let (gaps, zeros) = gaps(back.as_slice(), q.mean_parameter().as_slice());
    worst_coordinate(&gaps, &zeros, |k| 2.0 * error.of_mean(k), format!("{q:?}, μ after − before"))
}

fn symmetric<F: FisherInformation<T>, T: Scalar>(q: &Member<F, T>, _: &mut ChaCha8Rng) -> Finding {
    let error = match ParameterError::of(q) {
        Ok(error) => error,
        Err(why) => return Finding::failure(why),
    };
    let fisher = q.family().fisher_information(q);
    let n = fisher.nrows();
    (0..n)
        .flat_map(|k| (0..k).map(move |l| (k, l)))
        .map(|(k, l)| {
            let (below, above) = (fisher[(k, l)].clone(), fisher[(l, k)].clone());
            Finding::within(
                (below.clone() - above.clone()).nearest_f64().abs(),
                2.0 * error.of_information(k, l),
                format!("{q:?}: I[{k},{l}] = {below}, I[{l},{k}] = {above}"),
            )
        })
        .reduce(|a, b| if b.residual.ratio() > a.residual.ratio() { b } else { a })
        .unwrap_or_else(|| Finding::exact(true, format!("{q:?}: one coordinate")))
}

fn positive_definite<F: FisherInformation<T>, T: Scalar>(
    q: &Member<F, T>,
    _: &mut ChaCha8Rng,
) -> Finding {
    let fisher = q.family().fisher_information(q);
    if T::UNIT_ROUNDOFF == 0.0 {
        let failed = Ldl::new(&fisher).err();
        return Finding::exact(failed.is_none(), format!("{q:?}: pivot {failed:?}"));
    }
    let error = match ParameterError::of(q) {
        Ok(error) => error,
        Err(why) => return Finding::failure(why),
    };
    let n = fisher.nrows();
    let fisher = &error.information;
    if let Some(k) = (0..n).find(|&k| fisher[(k, k)].is_nan() || fisher[(k, k)] <= 0.0) {
        return Finding::failure(format!("{q:?}: I[{k},{k}] = {}", fisher[(k, k)]));
    }
    let root: Vec<f64> = (0..n).map(|k| fisher[(k, k)].sqrt()).collect();
    let scaled = DMatrix::from_fn(n, n, |k, l| fisher[(k, l)] / (root[k] * root[l]));
    // With a unit diagonal: a pivot is off by no more than n entries are, and by n roundings.
    let entry = (0..n).map(|k| error.of_information(k, k) / fisher[(k, k)]).fold(0.0, f64::max);
    let tolerance = n as f64 * (entry + f64::EPSILON);
    let lacking = Ldl::new(&scaled).err().map_or(0.0, |(_, pivot)| -pivot);
    Finding::within(
        lacking.max(0.0),
        tolerance,
        format!("{q:?}: pivot {} of the scaled matrix", -lacking),
    )
}

/// A direction of unit Fisher norm; `Err` where the information has no use.
pub(super) fn direction<F: FisherInformation<T>, T: Scalar>(
    q: &Member<F, T>,
    rng: &mut ChaCha8Rng,
) -> Result<DVector<T>, String> {
    let error = ParameterError::of(q)?;
    let n = error.scale.len();
    // Coordinates of equal weight, whatever the scales of the statistic.
    let raw: Vec<f64> =
        (0..n).map(|k| fraction::<f64>(rng) / error.information[(k, k)].abs().sqrt()).collect();
    let raw = DVector::from_vec(raw);
    let norm = (raw.transpose() * &error.information * &raw)[(0, 0)].abs().sqrt();
    let scale = if norm > 0.0 { 1.0 / norm } else { 0.0 };
    let unit: Option<Vec<T>> = raw.iter().map(|v| T::from_f64(v * scale)).collect();
    unit.map(DVector::from_vec).ok_or_else(|| format!("no direction at {q:?}"))
}

fn fisher_is_derivative<F: FisherInformation<T>, T: Scalar>(
    q: &Member<F, T>,
    rng: &mut ChaCha8Rng,
) -> Finding {
    let (error, v) = match (ParameterError::of(q), direction(q, rng)) {
        (Ok(error), Ok(v)) => (error, v),
        (Err(why), _) | (_, Err(why)) => return Finding::failure(why),
    };
    let family = q.family();
    let slope = derivative::<F, T>(q, &v, |member| member.mean_parameter().as_slice().to_vec());
    let Derivative { value, truncation, step } = match slope {
        Ok(slope) => slope,
        Err(why) => return Finding::failure(format!("{family:?}: {why}")),
    };
    let exact = family.fisher_information(q) * &v;
    let (gaps, zeros) = gaps(&value, exact.as_slice());
    // The differences of two rounded means over two steps; the information itself is off by c u
    // relative to the same scales, which is less by the factor `step`.
    let spread = (0..error.scale.len())
        .map(|k| truncation.get(k).copied().unwrap_or(f64::INFINITY) / error.scale[k])
        .fold(0.0, f64::max);
    worst_coordinate(
        &gaps,
        &zeros,
        |k| spread * error.scale[k] + 2.0 * error.of_mean(k) / step,
        format!("{q:?} along v = {:?}, difference quotient of μ − Iv", floats(&v)),
    )
}
