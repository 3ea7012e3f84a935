//! S3, second form: tying.

use super::rounding::{U, push_error};
use super::setting::{
    DIAGONAL, Diagonal, FULL, Full, Setting, diagonal_scenes, full_scenes, settled, shown,
};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role, compare};
use crate::family::{DiagonalGaussian, FamilyError, Sample};
use crate::group::Finite;
use crate::law::Residual;
use crate::representation::{ActsOn, Representation, Reynolds};
use crate::scalar::{Rational, Scalar};
use crate::symmetrize::{Tied, projection, tie};
use nalgebra::{DMatrix, DVector};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The claims with their controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let tying = About {
        id: "S3.tying",
        title: "tying is the push-forward by P: diagonal Gaussians",
        statement: "θ ∼ P_#q is invariant draw by draw, with mean Pm and covariance PΣPᵀ = avg_{g,h} ρ(g)Σρ(h)ᵀ",
        tolerance: "count of roundings times the size of the terms",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        hypotheses: &["finite group", "diagonal Gaussian", "signed permutations"],
        covers: DIAGONAL,
        cost: 1,
    };
    let control = |id, of, title, statement, hypotheses, covers| About {
        id,
        of: Some(of),
        role: Role::Control,
        title,
        statement,
        hypotheses,
        covers,
        ..tying
    };
    vec![
        Box::new(Entry {
            about: tying,
            instances: diagonal_scenes,
            check: |scene| settled(tying_holds::<Diagonal>(scene)),
            exact: Some(|scene| settled(tied_moments::<Diagonal, Rational>(scene))),
        }),
        Box::new(Entry {
            about: control(
                "S3.tying-projection",
                "S3.tying",
                "tying taken for projection",
                "the marginals of P_#q are the projection of q",
                &["P_#q is not (Pm, |P|σ): independent coordinates average down"],
                &[Feature::FreeOrbit, Feature::KilledOrbit],
            ),
            instances: diagonal_scenes,
            check: |scene| shown(tied_is_projected(scene)),
            exact: None,
        }),
        Box::new(Entry {
            about: About {
                id: "S3.tying-full",
                title: "tying is the push-forward by P: full Gaussians",
                hypotheses: &["finite group", "full Gaussian", "any linear action"],
                covers: FULL,
                cost: 2,
                ..tying
            },
            instances: full_scenes,
            check: |scene| settled(tying_holds::<Full>(scene)),
            exact: Some(|scene| settled(tied_moments::<Full, Rational>(scene))),
        }),
        Box::new(Entry {
            about: About {
                cost: 4,
                ..control(
                    "S3.tying-full-subset",
                    "S3.tying-full",
                    "tying by an average over a subset that is no subgroup",
                    "avg_{g∈S} ρ(g)θ is invariant for every subset S",
                    &["S need not be a subgroup"],
                    &[Feature::NonOrthogonal],
                )
            },
            instances: full_scenes,
            check: subset::<f64>,
            exact: Some(subset::<Rational>),
        }),
    ]
}

/// The mean and the covariance of a tied posterior.
trait TiedMoments<T: Scalar> {
    fn moments(&self) -> (DVector<T>, DMatrix<T>);
    fn untied(&self) -> (DVector<T>, DMatrix<T>);
}

impl<R, T: Scalar> TiedMoments<T> for Tied<DiagonalGaussian, R, T> {
    fn moments(&self) -> (DVector<T>, DMatrix<T>) {
        (self.mean(), self.covariance())
    }

    fn untied(&self) -> (DVector<T>, DMatrix<T>) {
        let q = self.posterior();
        (q.mean(), DMatrix::from_diagonal(&q.variance()))
    }
}

impl<R, T: Scalar> TiedMoments<T> for Tied<crate::family::FullGaussian, R, T> {
    fn moments(&self) -> (DVector<T>, DMatrix<T>) {
        (self.mean(), self.covariance())
    }

    fn untied(&self) -> (DVector<T>, DMatrix<T>) {
        let q = self.posterior();
        (q.mean(), q.covariance())
    }
}

/// Mean and covariance against sums over the group, and `Pθ` invariant for a vector of the scene.
fn tied_moments<S, T>(scene: &Scene) -> Result<Outcome, FamilyError>
where
    S: Setting<T>,
    T: Scalar,
    Tied<S::Family, S::Rep, T>: TiedMoments<T>,
{
    let rep = S::rep(scene);
    let tied = tie(&S::member(scene, Which::Q)?, &rep)?;
    let n = rep.dim();
    let (mean, covariance) = tied.moments();
    let (m, sigma) = tied.untied();
    let matrices: Vec<DMatrix<T>> = rep.group().elements().map(|g| rep.matrix(&g)).collect();
    let order = T::count(matrices.len());
    let zero = DMatrix::from_element(n, n, T::zero());
    // Σ_{g,h} ρ(g)Σρ(h)ᵀ, by rows and columns.
    let sum = matrices.iter().fold(zero, |sum, matrix| sum + matrix);
    let expected_mean = (&sum * &m).map(|x| x / order.clone());
    let expected = (&sum * &sigma * sum.transpose()).map(|x| x / (order.clone() * order.clone()));
    let (size_m, size_s) = (compare::total(m.as_slice()), compare::total(sigma.as_slice()));
    // Entries of Σ_g ρ(g) are integers; those of P are them over |G|, rounded once and at most `growth`.
    // A mean is a sum of n products, by orbits of differences of twice the size of their terms; a
    // covariance is two such sums in a row. Here and there: 2(2n + 7) and twice that.
    let growth = compare::largest_entry(&sum) / order.nearest_f64();
    let terms = 4.0 * n as f64 + 14.0;
    let u = T::UNIT_ROUNDOFF;
    let theta = scene.vector::<T>(Which::P, n);
    let draw = tied.reynolds().project(&theta);
    let p = tied.reynolds().matrix();
    Ok(Outcome::new(
        "mean Pm",
        Residual::new(
            compare::distance(mean.as_slice(), expected_mean.as_slice()),
            // By orbits, m itself is what differences are taken from, however small P's entries.
            u * terms * (growth + 2.0) * size_m,
        ),
    )
    .and(
        "covariance PΣPᵀ",
        Residual::new(
            compare::matrix_distance(&covariance, &expected),
            2.0 * u * terms * growth * growth * size_s,
        ),
    )
    .and("Pθ is invariant", stays::<S, T>(&rep, &p, &theta, draw.as_slice())))
}

/// Whether `Pθ` stays where it is, against what rounding may do: `(n + 1) max|p_ij| Σ|θ_i|` units in `Pθ`,
/// before and after it is moved (which multiplies it by the shear at most), and those of moving it.
fn stays<S, T>(rep: &S::Rep, p: &DMatrix<T>, theta: &[T], draw: &[T]) -> Residual
where
    S: Setting<T>,
    T: Scalar,
{
    let (n, shear) = (rep.dim(), S::shear(rep));
    let floats: Vec<f64> = draw.iter().map(Scalar::nearest_f64).collect();
    let projected = (n + 1) as f64 * compare::largest_entry(p) * compare::total(theta);
    // Index maps round nothing, and an average by orbits gives every coordinate the same number.
    let tolerance = if shear == 0.0 {
        0.0
    } else {
        T::UNIT_ROUNDOFF * (push_error(shear, n, &floats) + (1.0 + shear) * projected)
    };
    rep.group().elements().fold(Residual::exact(true), |worst, g| {
        let moved = rep.apply(&g, draw);
        worst.worse(Residual::new(compare::distance(moved.as_slice(), draw), tolerance))
    })
}

/// The moments, and draws: `P` of what the untied posterior draws with the same generator.
fn tying_holds<S>(scene: &Scene) -> Result<Outcome, FamilyError>
where
    S: Setting<f64>,
    S::Family: Sample<f64>,
    Tied<S::Family, S::Rep, f64>: TiedMoments<f64>,
{
    let rep = S::rep(scene);
    let tied = tie(&S::member(scene, Which::Q)?, &rep)?;
    let seed = scene.picks.first().map_or(0, |&pick| pick as u64);
    let draw = tied.sample(&mut ChaCha8Rng::seed_from_u64(seed));
    let theta =
        tied.posterior().family().sample(tied.posterior(), &mut ChaCha8Rng::seed_from_u64(seed));
    let same = draw == tied.reynolds().project(theta.as_slice());
    let p = tied.reynolds().matrix();
    let fixed = stays::<S, f64>(&rep, &p, theta.as_slice(), draw.as_slice());
    Ok(tied_moments::<S, f64>(scene)?
        .and("a draw is P of a draw", Residual::exact(same))
        .and("a draw is invariant", fixed))
}

/// The tied marginals against the projection.
fn tied_is_projected(scene: &Scene) -> Result<Outcome, FamilyError> {
    let (rep, q) = (scene.signed(), scene.diagonal::<f64>(Which::Q)?);
    let covariance = tie(&q, &rep)?.covariance();
    let projected = projection(&q, &rep)?;
    let worst = (0..rep.dim()).fold(Residual::exact(true), |worst, i| {
        let (tied, scale) = (covariance[(i, i)].sqrt(), projected.std_dev()[i]);
        // n² terms of a variance, 2n + 16 roundings of a scale, relative to the largest scale.
        let n = rep.dim() as f64;
        let largest = q.std_dev().max();
        let tolerance = U * (n * n + 2.0 * n + 16.0) * largest;
        worst.worse(Residual::new((tied - scale).abs(), tolerance))
    });
    Ok(Outcome::new("scale", worst))
}

/// `avg_{g∈S} ρ(g)θ` for three elements of the scene.
fn subset<T: Scalar>(scene: &Scene) -> Outcome {
    let rep = <Full as Setting<T>>::rep(scene);
    let few = [scene.element(0), scene.element(1), scene.element(2)];
    let p: DMatrix<T> = Reynolds::<T>::over_subset(&rep, &few);
    let theta = scene.vector::<T>(Which::P, rep.dim());
    let draw = &p * DVector::from_vec(theta.clone());
    let fixed = stays::<Full, T>(&rep, &p, &theta, draw.as_slice());
    Outcome::new("invariant", fixed)
}
