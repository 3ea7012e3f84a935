//! The laws of the tied posterior (claim S3).

use super::draw::{floats, max_norm};
use super::gaps::known;
use super::symmetrization::at_element;
use super::{Finding, Law, Laws};
use crate::action::ClosedUnder;
use crate::family::{GaussianFamily, Member, Sample};
use crate::group::{DenselyGenerated, Haar};
use crate::representation::{ActsOn, HasReynolds};
use crate::scalar::Real;
use crate::symmetrize::{Gap, Symmetrized, Tied, tie};
use nalgebra::DMatrix;
use rand_chacha::ChaCha8Rng;
use std::rc::Rc;

/// What [`tie`](crate::symmetrize::tie) promises with its gaps: draws that nothing moves; divergences that are infinite
/// as soon as something is tied; and the Wasserstein distance, against its formula by the eigenvalues of `Σ^½BΣ^½`,
/// `B = PΣPᵀ`, and against `√E‖θ − Pθ‖²`, which it is for orthogonal actions and at most for all.
///
/// # Examples
/// ```
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::law;
/// use equibayes::representation::PermutationRep;
/// use rand::RngExt;
///
/// let shift = PermutationRep::regular(&Cyclic::new(3)?)?;
/// law::tying(&shift, |rng| {
///     let mean: [f64; 3] = std::array::from_fn(|_| rng.random_range(-2.0..2.0));
///     let variance: [f64; 3] = std::array::from_fn(|_| rng.random_range(0.5..2.0));
///     DiagonalGaussian::with_variance(&mean, &variance).unwrap()
/// })
/// .assert();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn tying<'a, F, R, T, M>(rep: &'a R, members: M) -> Laws<'a>
where
    F: ClosedUnder<R, T> + GaussianFamily<T> + Sample<T> + 'a,
    F::Statistic: HasReynolds<T>,
    R: ActsOn<T> + HasReynolds<T>,
    R::Group: DenselyGenerated + Haar,
    T: Real,
    M: Fn(&mut ChaCha8Rng) -> Member<F, T> + 'a,
{
    type Check<F, R, T> = fn(
        &R,
        &Member<F, T>,
        &Symmetrized<Tied<F, R, T>, T>,
        &mut ChaCha8Rng,
    ) -> Result<Finding, String>;
    let members = Rc::new(members);
    let law = |name, statement, check: Check<F, R, T>| {
        let members = Rc::clone(&members);
        Law::new(name, statement, move |rng| {
            let q = members(rng);
            tie(&q, rep)
                .and_then(|tied| tied.with_gaps())
                .map_err(|why| format!("{q:?} is refused: {why}"))
                .and_then(|found| check(rep, &q, &found, rng))
                .unwrap_or_else(Finding::failure)
        })
    };
    let laws = vec![
        law("draws", "ρ(s)θ = θ over generators s, for a draw θ", draws),
        law("divergences", "infinite where something is tied, else 0", |_, q, found, _| {
            let reynolds = found.posterior.reynolds();
            let (forward, reverse) = (found.gaps.forward, found.gaps.reverse);
            let right = match (forward, reverse) {
                (Gap::Infinite(_), Gap::Infinite(_)) => reynolds.rank() < reynolds.dim(),
                (Gap::Known(a), Gap::Known(b)) => {
                    reynolds.rank() == reynolds.dim() && a.is_zero() && b.is_zero()
                }
                _ => false,
            };
            Ok(Finding::exact(right, format!("{q:?}: {forward}, {reverse}")))
        }),
        law("distance", "W_2² = |m − Pm|² + tr[Σ + B − 2(Σ^½BΣ^½)^½]", distance),
        law("coupling", "W_2² ≤ E‖θ − Pθ‖², with equality for an orthogonal action", coupling),
        law("residual", "√E‖ρ(s)θ − θ‖² is what rounding does, over generators s", motion),
    ];
    Laws::new(format!("tying under {rep:?}"), laws)
}

/// How far `ρ(s)Px` may be from `Px`, relative to `x`, by the worst generator.
fn granted<R, T>(rep: &R) -> Result<f64, String>
where
    R: ActsOn<T> + HasReynolds<T>,
    R::Group: DenselyGenerated,
    T: Real,
{
    let mut worst = 0.0_f64;
    for s in rep.group().dense_generators() {
        let error = at_element(rep, &s)?;
        worst = worst.max((1.0 + error.size) * error.projection + error.size * error.projection);
    }
    Ok(worst)
}

fn draws<F, R, T>(
    rep: &R,
    q: &Member<F, T>,
    found: &Symmetrized<Tied<F, R, T>, T>,
    rng: &mut ChaCha8Rng,
) -> Result<Finding, String>
where
    F: GaussianFamily<T> + Sample<T>,
    R: ActsOn<T> + HasReynolds<T>,
    R::Group: DenselyGenerated,
    T: Real,
{
    let theta = q.family().sample(q, rng);
    let draw = found.posterior.reynolds().project(theta.as_slice());
    let mut error = 0.0_f64;
    for s in rep.group().dense_generators() {
        let step =
            super::draw::distance(rep.apply(&s, draw.as_slice()).as_slice(), draw.as_slice());
        error = if step > error || step.is_nan() { step } else { error };
    }
    let tolerance = granted::<R, T>(rep)? * max_norm(&theta);
    Ok(Finding::within(error, tolerance, format!("{q:?}, θ = {:?}", floats(&theta))))
}

/// `m`, `Σ` and `P` in `f64`.
fn parts<F, R, T>(
    q: &Member<F, T>,
    tied: &Tied<F, R, T>,
) -> (nalgebra::DVector<f64>, DMatrix<f64>, DMatrix<f64>)
where
    F: GaussianFamily<T>,
    T: Real,
{
    let (mean, covariance) = q.family().moments(q);
    let p = tied.reynolds().matrix();
    (mean.map(|x| x.nearest_f64()), covariance.map(|x| x.nearest_f64()), p.map(|x| x.nearest_f64()))
}

fn distance<F, R, T>(
    _: &R,
    q: &Member<F, T>,
    found: &Symmetrized<Tied<F, R, T>, T>,
    _: &mut ChaCha8Rng,
) -> Result<Finding, String>
where
    F: GaussianFamily<T>,
    T: Real,
{
    let (m, sigma, p) = parts(q, &found.posterior);
    let n = m.len() as f64;
    let b = &p * &sigma * p.transpose();
    let of_sigma = sigma.clone().symmetric_eigen();
    let root = &of_sigma.eigenvectors
        * DMatrix::from_diagonal(&of_sigma.eigenvalues.map(|x| x.max(0.0).sqrt()))
        * of_sigma.eigenvectors.transpose();
    let product = &root * &b * &root;
    let cross: f64 = ((&product + product.transpose()) * 0.5)
        .symmetric_eigenvalues()
        .map(|x| x.max(0.0).sqrt())
        .sum();
    let step = &m - &p * &m;
    let expected = step.norm_squared() + sigma.trace() + b.trace() - 2.0 * cross;
    // Eigenvalues are off by some 20n³ roundings of the norm, a root by the root of that at worst: here the error of
    // the check, which forgets half of the digits.
    let size = sigma.trace() + b.trace();
    let u = T::UNIT_ROUNDOFF;
    let tolerance = 2.0 * n * (20.0 * n * n * n * u).sqrt() * size
        + 8.0 * (n + 4.0) * u * (m.norm_squared() + (&p * &m).norm_squared());
    let given = known(found.gaps.wasserstein)?.nearest_f64();
    let witness = format!("{q:?}: {given}, expected {}", expected.max(0.0).sqrt());
    Ok(Finding::within((given * given - expected).abs(), tolerance, witness))
}

fn coupling<F, R, T>(
    _: &R,
    q: &Member<F, T>,
    found: &Symmetrized<Tied<F, R, T>, T>,
    _: &mut ChaCha8Rng,
) -> Result<Finding, String>
where
    F: GaussianFamily<T>,
    T: Real,
{
    let (m, sigma, p) = parts(q, &found.posterior);
    let n = m.len() as f64;
    let off = DMatrix::identity(m.len(), m.len()) - &p;
    let cost = (&off * &m).norm_squared() + (&off * &sigma * off.transpose()).trace();
    let given = known(found.gaps.wasserstein)?.nearest_f64();
    let asymmetry = (&p - p.transpose()).amax();
    let u = T::UNIT_ROUNDOFF;
    // Sums of up to n² products twice in a row, of entries of P that may be off themselves.
    let slack = 16.0
        * (n + 2.0)
        * (n + 2.0)
        * u
        * off.norm_squared().max(1.0)
        * (m.norm_squared() + sigma.norm() * n);
    let excess = given * given - cost;
    let error = if asymmetry <= 16.0 * n * u { excess.abs() } else { excess.max(0.0) };
    let witness = format!("{q:?}: W_2² = {}, E‖θ − Pθ‖² = {cost}", given * given);
    Ok(Finding::within(error, slack, witness))
}

fn motion<F, R, T>(
    rep: &R,
    q: &Member<F, T>,
    found: &Symmetrized<Tied<F, R, T>, T>,
    _: &mut ChaCha8Rng,
) -> Result<Finding, String>
where
    F: GaussianFamily<T>,
    R: ActsOn<T> + HasReynolds<T>,
    R::Group: DenselyGenerated,
    T: Real,
{
    let (m, sigma, _) = parts(q, &found.posterior);
    let n = m.len() as f64;
    // In every coordinate of a draw of that size, and the basis vectors of P.
    let size = m.norm() + (n * sigma.trace()).sqrt();
    let tolerance = n.sqrt() * granted::<R, T>(rep)? * size;
    let reported = known(found.residual.distance)?.nearest_f64();
    Ok(Finding::within(reported, tolerance, format!("{q:?}: draws move by {reported}")))
}
