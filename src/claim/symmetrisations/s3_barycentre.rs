//! S3 for full covariances: the Wasserstein-2 barycentre of the orbit.

use super::rounding::{U, projection_error};
use super::setting::{Full, Setting, average, entrywise, settled, shown};
use crate::claim::scene::{Block, GroupSpec, Points, Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role, strategy};
use crate::family::{Bures, FamilyError, FullGaussian, Member};
use crate::group::{AnyGroup, Finite};
use crate::law::Residual;
use crate::linalg::{Spectrum, frobenius, units};
use crate::representation::{
    ActsBySignedPermutations, ActsOn, Representation, Reynolds, SignedPermutationRep,
};
use crate::symmetrize::{arithmetic, barycentre, geometric, projection, wasserstein_barycentre};
use nalgebra::{DMatrix, DVector};
use proptest::strategy::{BoxedStrategy, Strategy};

/// The claims with their controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let full = About {
        id: "S3.full",
        title: "the Wasserstein-2 barycentre of the orbit of a full Gaussian",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "the barycentre of {g_# q} is invariant, has the mean Pm, and avg_g T_g = 1 for the optimal maps T_g from it to g_# q; for diagonal Gaussians it is (Pm, |P|σ)",
        hypotheses: &["finite group", "full Gaussian", "orthogonal action"],
        tolerance: "the residual of the iteration times 2β³/avg α², for covariances between α and β; measured errors of the decompositions",
        covers: COVERS,
        cost: 16,
    };
    let optimal = About {
        id: "S3.full-optimal",
        title: "no Gaussian is nearer to the orbit than the barycentre",
        role: Role::Bound,
        statement: "avg_g W₂²(g_#q, q̄) ≤ avg_g W₂²(g_#q, ν) for every Gaussian ν: the other averages, q itself, and neighbours of q̄",
        hypotheses: &["finite group", "full Gaussian", "orthogonal action"],
        tolerance: "errors of the distances; for q̄ the square of its gradient times 2β³/avg α²",
        cost: 8,
        ..full
    };
    vec![
        Box::new(Entry {
            about: full,
            instances: scenes,
            check: |scene| settled(barycentre_holds(scene)),
            exact: None,
        }),
        Box::new(Entry {
            about: About {
                id: "S3.full-sheared",
                of: Some("S3.full"),
                role: Role::Control,
                title: "the barycentre of an orbit under an action that is not orthogonal",
                statement: "the barycentre of {g_# q} is invariant",
                hypotheses: &["the action preserves the dot product"],
                covers: &[Feature::NonOrthogonal],
                cost: 4,
                ..full
            },
            instances: leaning,
            check: |scene| shown(sheared(scene)),
            exact: None,
        }),
        Box::new(Entry {
            about: optimal,
            instances: scenes,
            check: |scene| settled(optimal_holds(scene)),
            exact: None,
        }),
        Box::new(Entry {
            about: About {
                id: "S3.full-optimal-arithmetic",
                of: Some("S3.full-optimal"),
                role: Role::Control,
                title: "the arithmetic average in place of the barycentre",
                statement: "avg_g W₂²(g_#q, q̂) ≤ avg_g W₂²(g_#q, q̄)",
                hypotheses: &["moments for optimal maps"],
                covers: &[Feature::FreeOrbit],
                ..optimal
            },
            instances: scenes,
            check: |scene| shown(arithmetic_is_nearer(scene)),
            exact: None,
        }),
    ]
}

const COVERS: &[Feature] = &[
    Feature::TrivialGroup,
    Feature::NonAbelian,
    Feature::FreeOrbit,
    Feature::NonFreeOrbit,
    Feature::SignedOrbit,
    Feature::KilledOrbit,
];

/// Dimensions of at most 4: a barycentre is an iteration with decompositions of every member.
fn scenes(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    strategy::scenes_with(4, wanted)
        .prop_map(|mut scene| {
            if let GroupSpec::Generated { degree, .. } = &mut scene.group {
                *degree = (*degree).min(4);
            }
            scene.spread = scene.spread.min(1);
            scene
        })
        .boxed()
}

/// Dimensions of at most 3 and variances of one size: what an action that is not orthogonal loses grows with both.
/// (In the plane, midpoints of orbits of two under an involution showed no violation.)
fn small(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    strategy::scenes_with(3, wanted)
        .prop_map(|mut scene| {
            if let GroupSpec::Generated { degree, .. } = &mut scene.group {
                *degree = (*degree).min(4);
            }
            scene.spread = 0;
            scene
        })
        .boxed()
}

/// Two points that are swapped and one that stays, in a basis that is not orthogonal.
fn leaning(_: Option<Feature>) -> BoxedStrategy<Scene> {
    small(Some(Feature::NonOrthogonal))
        .prop_map(|scene| Scene {
            group: GroupSpec::Cyclic(2),
            blocks: [Points::Natural, Points::Fixed]
                .map(|points| Block { points, signed: false })
                .to_vec(),
            shuffle: vec![],
            flips: vec![],
            shears: vec![1, 0, -1, 1, 1],
            ..scene
        })
        .boxed()
}

/// What is stored as natural parameters is `q`.
fn given(scene: &Scene, which: Which) -> Result<Member<FullGaussian>, FamilyError> {
    let stored = scene.full::<f64>(which)?;
    Member::from_natural(*stored.family(), stored.natural().coordinates().clone())
}

fn spectrum(matrix: &DMatrix<f64>) -> Result<Spectrum<f64>, FamilyError> {
    let lost = || FamilyError::NotPositiveDefinite { what: "covariance", row: 0, value: f64::NAN };
    Spectrum::new(matrix).ok_or_else(lost)
}

/// What a covariance is off by after it has been inverted to be stored and inverted back: `3n + 1` roundings of
/// `tr Λ (tr Σ)²` each, doubled for second order.
fn round_trip(q: &Member<FullGaussian>) -> f64 {
    let trace = q.covariance().trace();
    2.0 * 2.0 * (3 * q.mean().len() + 1) as f64 * U * q.precision().trace() * trace * trace
}

/// Means and covariances of an orbit under signed permutations, as index maps move them: without rounding.
struct Orbit {
    means: Vec<DVector<f64>>,
    covariances: Vec<DMatrix<f64>>,
}

impl Orbit {
    fn of(q: &Member<FullGaussian>, rep: &SignedPermutationRep<AnyGroup>) -> Self {
        let (mean, covariance, n) = (q.mean(), q.covariance(), rep.dim());
        let mut orbit = Self { means: Vec::new(), covariances: Vec::new() };
        for g in rep.group().elements() {
            orbit.means.push(rep.apply(&g, mean.as_slice()));
            let map = rep.index_map(&g);
            let mut moved = DMatrix::zeros(n, n);
            for i in 0..n {
                for j in 0..n {
                    let ((k, minus_k), (l, minus_l)) = (map.image(i), map.image(j));
                    let entry = covariance[(i, j)];
                    moved[(k, l)] = if minus_k == minus_l { entry } else { -entry };
                }
            }
            orbit.covariances.push(moved);
        }
        orbit
    }

    /// `avg_g W₂²(g_#q, ν)` with a bound on its error.
    ///
    /// A distance `d` off by `e` has a square off by `2de + e²`; a step of the means rounds `n + 3` times what
    /// `(|m| + |ν|)²` bounds, and the sums `|G| + 2` times.
    fn objective(&self, nu: &Member<FullGaussian>) -> Result<(f64, f64), FamilyError> {
        let (mean, covariance) = (nu.mean(), nu.covariance());
        let (mut sum, mut error) = (0.0, 0.0);
        for (m, sigma) in self.means.iter().zip(&self.covariances) {
            let bures = Bures::new(&covariance, sigma)?;
            let (d, off) = (bures.distance, bures.error);
            let size = (m.norm() + mean.norm()).powi(2);
            sum += d * d + (m - &mean).norm_squared();
            error += 2.0 * d * off + off * off + U * (m.len() + 3) as f64 * size;
        }
        let order = self.means.len() as f64;
        Ok((sum / order, error / order + U * (order + 4.0) * sum / order))
    }

    /// `‖avg_g T_g − 1‖` for the optimal maps `T_g = Σ_g^½(Σ_g^½SΣ_g^½)^{-½}Σ_g^½` from `N(0, S)`, with a bound on its
    /// error: the gradient of the objective at `S`. (The library takes the roots of the other one, `S`.)
    fn gradient(&self, s: &DMatrix<f64>, off: f64) -> Result<(f64, f64), FamilyError> {
        let n = s.nrows();
        let (mut sum, mut error) = (DMatrix::zeros(n, n), 0.0);
        for sigma in &self.covariances {
            let of_sigma = spectrum(sigma)?;
            let (root, root_error) = (of_sigma.root(), of_sigma.root_error(0.0));
            let size = frobenius(&root);
            let product = &root * s * &root;
            let of_product = spectrum(&((&product + product.transpose()) * 0.5))?;
            let rounding = units::<f64>(2 * n + 2) * size;
            let product_error =
                size * frobenius(s) * (rounding + 2.0 * root_error) + size * size * off;
            // An inverse root is off by its norm squared times what the root is, and rounds no more than that.
            let inverse = of_product.map(|value| 1.0 / value.sqrt());
            let inverse_error = 4.0 * of_product.root_error(product_error) / of_product.smallest();
            error += size * size * inverse_error
                + 2.0 * size * root_error * frobenius(&inverse)
                + rounding * size * frobenius(&inverse);
            sum += &root * inverse * &root;
        }
        let order = self.covariances.len() as f64;
        error = error / order + U * (order + 1.0) * frobenius(&sum) / order;
        Ok((frobenius(&(sum / order - DMatrix::identity(n, n))), error))
    }

    /// How far the objective at `S` may be above its minimum: it is convex with the modulus `avg α²/(2β³)`.
    fn excess(&self, s: &DMatrix<f64>) -> Result<f64, FamilyError> {
        let (gradient, error) = self.gradient(s, 0.0)?;
        let sigma = spectrum(&self.covariances[0])?;
        let modulus = sigma.smallest().powi(2) / (2.0 * sigma.largest().powi(3));
        Ok((gradient + error).powi(2) / modulus)
    }
}

/// Whether the barycentre of the listed orbit is invariant, whatever the action.
///
/// The listed covariances are off by `δ` from an orbit; `T` moves by at most `(σ_max/σ_min) δ/(2√(σ_min α))` with
/// the eigenvalues `σ` of the barycentre, and the barycentre by `2β³/avg α²` times that.
fn invariance<R>(q: &Member<FullGaussian>, rep: &R) -> Result<Residual, FamilyError>
where
    R: ActsOn<f64, Group = AnyGroup>,
{
    let n = rep.dim();
    let (mean, covariance) = (q.mean(), q.covariance());
    let mut members = Vec::new();
    let mut off = 0.0_f64;
    let (mut low, mut square, mut high) = (f64::INFINITY, 0.0, 0.0_f64);
    for g in rep.group().elements() {
        // Matrices of integers, so that only the two products round.
        let rho = rep.matrix(&g);
        let moved = &rho * &covariance * rho.transpose();
        let member = FullGaussian::with_covariance(&(&rho * &mean), &moved)?;
        let sigma = spectrum(&member.covariance())?;
        low = low.min(sigma.smallest());
        square += sigma.smallest().powi(2);
        high = high.max(sigma.largest());
        let rounding = units::<f64>(2 * n + 2) * frobenius(&rho).powi(2) * frobenius(&covariance);
        off = off.max(round_trip(&member) + rounding);
        members.push(member);
    }
    square /= members.len() as f64;
    let found = wasserstein_barycentre(&members)?;
    let s = found.posterior.covariance();
    let sizes = spectrum(&s)?;
    let slope = sizes.largest() / sizes.smallest() / (sizes.smallest() * low).sqrt();
    let error = found.error + slope * off * 2.0 * high.powi(3) / square;
    let mut worst = Residual::exact(true);
    for g in rep.group().elements() {
        let rho = rep.matrix(&g);
        let moved = &rho * &s * rho.transpose();
        let norm = frobenius(&rho).powi(2);
        let tolerance = (1.0 + norm) * error + norm * frobenius(&s) * units::<f64>(2 * n + 2);
        worst = worst.worse(Residual::new(frobenius(&(moved - &s)), tolerance));
    }
    Ok(worst)
}

fn barycentre_holds(scene: &Scene) -> Result<Outcome, FamilyError> {
    let (rep, q) = (scene.signed(), given(scene, Which::Q)?);
    let n = rep.dim();
    let found = barycentre(&q, &rep)?;
    let orbit = Orbit::of(&q, &rep);

    // The mean by its definition.
    let mean = average(orbit.means.iter().map(DVector::as_slice));
    let rounding = projection_error(&Reynolds::of(&rep), q.mean().as_slice(), false);
    let enumerated = (orbit.means.len() + 1) as f64 * q.mean().amax();
    let means =
        entrywise(found.posterior.mean().as_slice(), &mean, |i| U * (rounding[i] + enumerated));

    // What is stored has been projected once more, and inverted twice.
    let s = found.posterior.covariance();
    let off = round_trip(&found.posterior) + U * (4 * n * (n + 1) + 14) as f64 * frobenius(&s);
    let (gradient, error) = orbit.gradient(&s, off)?;
    let maps = Residual::new(gradient, found.residual + error);

    // The same as the projection of a diagonal Gaussian: variances that are squares of orbit averages of roots,
    // 2n + 16 roundings, and 4 of the inversions of a diagonal matrix.
    let diagonal = scene.diagonal::<f64>(Which::Q)?;
    let embedded = FullGaussian::with_covariance(
        &diagonal.mean(),
        &DMatrix::from_diagonal(&diagonal.variance()),
    )?;
    let (expected, by_iteration) = (projection(&diagonal, &rep)?, barycentre(&embedded, &rep)?);
    let difference =
        by_iteration.posterior.covariance() - DMatrix::from_diagonal(&expected.variance());
    let tolerance = by_iteration.error + U * (4 * n + 40) as f64 * diagonal.variance().sum();

    Ok(Outcome::new("the mean is Pm", means)
        .and("avg_g T_g = 1", maps)
        .and("invariant", invariance(&q, &rep)?)
        .and("the projection, if diagonal", Residual::new(frobenius(&difference), tolerance)))
}

fn sheared(scene: &Scene) -> Result<Outcome, FamilyError> {
    let rep = <Full as Setting<f64>>::rep(scene);
    Ok(Outcome::new("invariant", invariance(&given(scene, Which::Q)?, &rep)?))
}

fn optimal_holds(scene: &Scene) -> Result<Outcome, FamilyError> {
    let (rep, q) = (scene.signed(), given(scene, Which::Q)?);
    let orbit = Orbit::of(&q, &rep);
    let found = barycentre(&q, &rep)?.posterior;
    let (mean, s) = (found.mean(), found.covariance());
    let (here, here_error) = orbit.objective(&found)?;
    // The mean's own error, squared, is far below the rounding of what it is added to.
    let allowed = here_error + orbit.excess(&s)?;
    let mut outcome = Outcome::vacuous();
    let mut against = |part, nu: &Member<FullGaussian>| -> Result<(), FamilyError> {
        let (there, error) = orbit.objective(nu)?;
        outcome = outcome.bounded(part, here, there, allowed + error);
        Ok(())
    };
    let upper = arithmetic(&q, &rep)?;
    against("geometric average", &geometric(&q, &rep)?)?;
    against("arithmetic average", &upper)?;
    against("q itself", &q)?;
    against("another barycentre", &barycentre(&given(scene, Which::P)?, &rep)?.posterior)?;
    for scale in [0.875, 1.0 - 1.0 / 64.0, 1.0 + 1.0 / 64.0, 1.125] {
        against("a multiple", &FullGaussian::with_covariance(&mean, &(&s * scale))?)?;
    }
    for step in [1.0 / 64.0, 0.25] {
        let towards = |other: DMatrix<f64>| &s * (1.0 - step) + other * step;
        let nu = FullGaussian::with_covariance(&mean, &towards(upper.covariance()))?;
        against("towards the arithmetic average", &nu)?;
        against("towards q", &FullGaussian::with_covariance(&mean, &towards(q.covariance()))?)?;
    }
    Ok(outcome)
}

fn arithmetic_is_nearer(scene: &Scene) -> Result<Outcome, FamilyError> {
    let (rep, q) = (scene.signed(), given(scene, Which::Q)?);
    let orbit = Orbit::of(&q, &rep);
    let (upper, upper_error) = orbit.objective(&arithmetic(&q, &rep)?)?;
    let (here, error) = orbit.objective(&barycentre(&q, &rep)?.posterior)?;
    Ok(Outcome::vacuous().bounded("arithmetic average", upper, here, upper_error + error))
}
