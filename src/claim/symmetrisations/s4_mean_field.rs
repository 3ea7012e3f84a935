//! S4 on the fast path: one pass over the orbits of the coordinates, as trained networks go through it.

use super::rounding::{Estimate, Known, Rounded, U};
use super::setting::{DIAGONAL, diagonal_scenes, entrywise, orbit, settled, shown};
use crate::action::ClosedUnder;
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::family::{DiagonalGaussian, FamilyError, Member};
use crate::group::Finite;
use crate::law::Residual;
use crate::representation::{ActsBySignedPermutations, Representation, Reynolds, SignedOrbits};
use crate::symmetrize::mean_field::{self, Asymmetry, Method};
use crate::symmetrize::{arithmetic, geometric, projection, tie};

/// The claim with its control.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let theorem = About {
        id: "S4.mean-field",
        title: "averages and divergences in one pass over the orbits",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "mean_field::symmetrize gives the geometric and arithmetic averages, the projection and the tied marginals, invariant bit for bit; mean_field::asymmetry gives avg_g KL(q‖g_#q), its three parts, and avg_g W₂²(q, g_#q)",
        hypotheses: &["finite group", "diagonal Gaussian", "signed permutations"],
        tolerance: "first-order bounds of both ways, by count of roundings and size of terms",
        covers: DIAGONAL,
        cost: 1,
    };
    vec![
        Box::new(Entry {
            about: theorem,
            instances: diagonal_scenes,
            check: |scene| settled(check(scene)),
            exact: None,
        }),
        Box::new(Entry {
            about: About {
                id: "S4.mean-field-unsigned",
                title: "the signs of the action ignored",
                role: Role::Control,
                of: Some("S4.mean-field"),
                statement: "the asymmetry over orbits without signs is avg_g KL(q‖g_#q)",
                hypotheses: &["|ρ| in place of ρ"],
                covers: &[Feature::SignedOrbit, Feature::KilledOrbit],
                ..theorem
            },
            instances: diagonal_scenes,
            check: |scene| shown(unsigned(scene)),
            exact: None,
        }),
    ]
}

/// Bounds in units of `u`: absolute ones on means, relative ones on variances.
type Bounds = (Vec<f64>, Vec<f64>);

/// A scene's posterior by means and standard deviations.
struct Posterior {
    mean: Vec<f64>,
    std_dev: Vec<f64>,
    orbits: SignedOrbits,
    /// The same as a member: the squares of the standard deviations are rounded, and so are its
    /// natural parameters; that is what the member *is*, and 3 units on the variances between the two.
    q: Known<DiagonalGaussian>,
    reynolds: Reynolds<f64>,
}

impl Posterior {
    fn of(scene: &Scene) -> Result<Self, FamilyError> {
        let rep = scene.signed();
        let q = scene.diagonal::<f64>(Which::Q)?;
        let (mean, std_dev) = (q.mean(), q.std_dev());
        let reynolds = Reynolds::of(&ClosedUnder::<_, f64>::statistic_action(q.family(), &rep));
        let member = DiagonalGaussian::with_std_dev(mean.as_slice(), std_dev.as_slice())?;
        let eta = member.natural().coordinates().clone();
        let member = Member::from_natural(*q.family(), eta)?;
        Ok(Self {
            mean: mean.as_slice().to_vec(),
            std_dev: std_dev.as_slice().to_vec(),
            orbits: SignedOrbits::of(&rep),
            q: Known::given(member),
            reynolds,
        })
    }

    /// For every coordinate, the largest of `values` in its orbit.
    fn orbit_largest(&self, values: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut largest = vec![0.0; self.mean.len()];
        for orbit in self.orbits.iter() {
            let worst = orbit.members().map(|(i, _)| values(i)).fold(0.0, f64::max);
            for (i, _) in orbit.members() {
                largest[i] = worst;
            }
        }
        largest
    }

    fn orbit_lengths(&self) -> Vec<f64> {
        let mut lengths = vec![0.0; self.mean.len()];
        for orbit in self.orbits.iter() {
            for (i, _) in orbit.members() {
                lengths[i] = orbit.len() as f64;
            }
        }
        lengths
    }

    /// What the fast geometric average may be off by: absolute on means, relative on variances.
    ///
    /// With the weights `w_i = (σ_min/σ_i)²`, an offset from the reference, its product with the weight and
    /// the sum round `l + 6` times, the sum of the weights and the quotient `l + 4` times; and
    /// `Σ w|d| / Σ w ≤ A + |m_ref| ≤ (l + 1)A` with `A = Σ w|m| / Σ w`, since the reference has at least an
    /// `l`-th of the weight. `A ≤ max|η₁| σ̃²`. The variance is `σ_min² l/Σ w`: below `l + 12` units. To both,
    /// 4 units of the difference between the member's variances and the scales: on `A`, doubled.
    fn geometric_errors(&self, lower: &Member<DiagonalGaussian>) -> Bounds {
        let (length, variance) = (self.orbit_lengths(), lower.variance());
        let pull = self.orbit_largest(|i| self.mean[i].abs() / self.std_dev[i].powi(2));
        let mean = (0..variance.len())
            .map(|i| (2.0 * length[i] + 20.0) * (length[i] + 1.0) * pull[i] * variance[i])
            .collect();
        (mean, length.iter().map(|l| l + 16.0).collect())
    }

    /// What the fast arithmetic average may be off by: absolute on means, relative on variances.
    ///
    /// The offset is a sum of `l` differences, each at most `2M`: below `2(l + 3)M`. In the variance
    /// `v = avg(σ² + (d − d̂)²)` a step is off by `(l + 3) max|d|`, where
    /// `(max|d|)² ≤ 2(d_max − d̂)² + 2(0 − d̂)² ≤ 2lv` (the reference has the offset 0; in a killed orbit
    /// `d̂ = 0`). So `v` is off by `2√2 l(l + 3)` units of itself at most, and `l + 10` of its own rounding.
    fn arithmetic_errors(&self) -> Bounds {
        let length = self.orbit_lengths();
        let largest = self.orbit_largest(|i| self.mean[i].abs());
        let mean = length.iter().zip(&largest).map(|(l, m)| 2.0 * (l + 4.0) * m).collect();
        (mean, length.iter().map(|l| 3.0 * l * (l + 3.0) + l + 14.0).collect())
    }

    fn symmetrize(&self, method: Method) -> (Vec<f64>, Vec<f64>) {
        mean_field::symmetrize(method, &self.orbits, &self.mean, &self.std_dev)
    }

    fn asymmetry(&self) -> Asymmetry {
        mean_field::asymmetry(&self.orbits, &self.mean, &self.std_dev)
    }
}

/// The fast average against the generic one.
fn same_average(
    what: &'static str,
    fast: &(Vec<f64>, Vec<f64>),
    generic: &Known<DiagonalGaussian>,
    (mean, variance): &Bounds,
) -> Outcome {
    let squares: Vec<f64> = fast.1.iter().map(|s| s * s).collect();
    let expected = generic.member.variance();
    let (own_mean, own_variance) = (generic.mean_errors(), generic.variance_errors());
    Outcome::new(
        what,
        entrywise(&fast.0, generic.member.mean().as_slice(), |i| 2.0 * U * (mean[i] + own_mean[i])),
    )
    .and(
        what,
        entrywise(&squares, expected.as_slice(), |i| {
            2.0 * U * (variance[i] + own_variance[i] + 1.0) * expected[i]
        }),
    )
}

fn check(scene: &Scene) -> Result<Outcome, FamilyError> {
    let rep = scene.signed();
    let here = Posterior::of(scene)?;
    let q = &here.q;
    let lower = q.geometric(geometric(&q.member, &rep)?, &here.reynolds);
    let upper = q.arithmetic(arithmetic(&q.member, &rep)?, &here.reynolds);
    let (lower_errors, upper_errors) =
        (here.geometric_errors(&lower.member), here.arithmetic_errors());
    let (fast_lower, fast_upper) =
        (here.symmetrize(Method::Geometric), here.symmetrize(Method::Arithmetic));
    let mut outcome = same_average("geometric", &fast_lower, &lower, &lower_errors);
    let arithmetic = same_average("arithmetic", &fast_upper, &upper, &upper_errors);
    outcome = outcome.and(arithmetic.part(), arithmetic.residual());

    // Projection and tying: means as above; scales by orbits, and through squares and roots in the
    // generic function, all relative to the largest of the orbit.
    let length = here.orbit_lengths();
    let largest = here.orbit_largest(|i| here.std_dev[i]);
    let projected = projection(&q.member, &rep)?;
    let fast = here.symmetrize(Method::Projection);
    let mean = |i: usize| 2.0 * U * (upper_errors.0[i] + upper.mean_errors()[i]);
    let scale = |i: usize| U * (3.0 * length[i] + 32.0) * largest[i];
    outcome = outcome
        .and("projection", entrywise(&fast.0, projected.mean().as_slice(), mean))
        .and("projection", entrywise(&fast.1, projected.std_dev().as_slice(), scale));
    let tied = tie(&q.member, &rep)?;
    let fast = here.symmetrize(Method::Tie);
    let (tied_mean, covariance) = (tied.mean(), tied.covariance());
    let deviations: Vec<f64> = (0..rep.dim()).map(|i| covariance[(i, i)].sqrt()).collect();
    // Σ_j p_ij² σ_j² by matrices: n + 6 roundings of positive terms, and the root.
    let n = rep.dim() as f64;
    outcome = outcome.and("tied", entrywise(&fast.0, tied_mean.as_slice(), mean)).and(
        "tied",
        entrywise(&fast.1, &deviations, |i| U * (n + length[i] + 20.0) * deviations[i]),
    );

    for method in Method::ALL {
        outcome = outcome.and("invariant", Residual::exact(fixed(&here, &rep, method)));
    }
    divergences(&here, &rep, outcome, (&lower, &upper), (lower_errors, upper_errors))
}

/// Whether every element leaves the result alone to the last bit, and the method leaves it alone too.
fn fixed<R>(here: &Posterior, rep: &R, method: Method) -> bool
where
    R: ActsBySignedPermutations,
    R::Group: Finite,
{
    let (mean, std_dev) = here.symmetrize(method);
    let stays = rep.group().elements().all(|g| {
        let map = rep.index_map(&g);
        let (mut moved_mean, mut moved_std_dev) = (mean.clone(), std_dev.clone());
        map.act(&mean, &mut moved_mean);
        map.unsigned().act(&std_dev, &mut moved_std_dev);
        moved_mean == mean && moved_std_dev == std_dev
    });
    let again = mean_field::symmetrize(method, &here.orbits, &mean, &std_dev);
    let clear = mean_field::asymmetry(&here.orbits, &mean, &std_dev) == Asymmetry::default();
    stays && clear && (method == Method::Tie || again == (mean, std_dev))
}

fn divergences(
    here: &Posterior,
    rep: &crate::representation::SignedPermutationRep<crate::group::AnyGroup>,
    outcome: Outcome,
    (lower, upper): (&Known<DiagonalGaussian>, &Known<DiagonalGaussian>),
    (lower_errors, upper_errors): (Bounds, Bounds),
) -> Result<Outcome, FamilyError> {
    let q = &here.q;
    let n = rep.dim();
    let found = here.asymmetry();
    // The members that the fast path goes through, with what it may have them off by.
    let fast_lower = Known::within(lower.member.clone(), lower_errors.0, lower_errors.1);
    let fast_upper = Known::within(upper.member.clone(), upper_errors.0, upper_errors.1);
    // m/σ² and back: 3 roundings.
    let own = here.mean.iter().map(|m| 3.0 * m.abs()).collect();
    let fast_q = Known::within(q.member.clone(), own, vec![4.0; n]);
    // Three roundings more for a ratio of scales instead of variances, which is squared.
    let fast = |value: f64, a: &Known<_>, b: &Known<_>| {
        Estimate::new(value, 2.0 * DiagonalGaussian::kl_error(a, b))
    };
    let moved = orbit::<super::setting::Diagonal, f64>(&q.member, rep)?;
    let divergences: Vec<Estimate> =
        moved.into_iter().map(|member| q.kl(&Known::given(member))).collect();
    let enumerated = Estimate::average(&divergences);
    // A sum of squares. With t = (v − v̄)/v̄ and T its largest magnitude in an orbit of l, t is off by
    // 2(l + 6)T units, so its term t²v̄/v by 4(l + 6)T²v̄/v, and T²v̄ ≤ l max v. With the spread S of the means,
    // whose offsets are at most √(2lS), the terms (S + (d̂ − d)²)/v are off by 8l(l + 6)S/v. The sum rounds n
    // times, and the member's variances differ from the squared scales by 4 units.
    let lengths = here.orbit_lengths();
    let centre = upper.member.mean();
    let variances = here.orbit_largest(|j| here.std_dev[j].powi(2));
    let spreads = here.orbit_largest(|j| (here.mean[j] - centre[j]).powi(2));
    let units = (0..n)
        .map(|i| {
            let size = 1.0 + (variances[i] + spreads[i]) / here.std_dev[i].powi(2);
            (8.0 * lengths[i] * (lengths[i] + 8.0) + n as f64) * size
        })
        .sum();
    let total = Estimate::new(found.orbit_divergence, units);
    // avg_g W₂² by enumeration, over the location–scale vectors: squares of differences, 3 roundings, and
    // the sums; the projection inside is off by 2l + 8 units of the largest of the orbit.
    let mut sum = 0.0;
    let mut order = 0.0;
    for g in rep.group().elements() {
        let map = rep.index_map(&g);
        let (mut m, mut s) = (here.mean.clone(), here.std_dev.clone());
        map.act(&here.mean, &mut m);
        map.unsigned().act(&here.std_dev, &mut s);
        let steps = here.mean.iter().zip(&m).chain(here.std_dev.iter().zip(&s));
        sum += steps.map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
        order += 1.0;
    }
    let sizes: f64 =
        here.orbit_largest(|i| here.mean[i].powi(2) + here.std_dev[i].powi(2)).iter().sum();
    let distance = Residual::new(
        (found.wasserstein - sum / order).abs(),
        U * 4.0 * sizes * (order + 4.0 * n as f64 + 24.0),
    );
    let split = [found.geometric_gap, found.arithmetic_gap, found.remainder];
    Ok(outcome
        .and("avg_g KL(q‖g_#q)", total.agrees(enumerated))
        .and("KL(q̃‖q)", fast(split[0], &fast_lower, &fast_q).agrees(lower.kl(q)))
        .and("KL(q‖q̂)", fast(split[1], &fast_q, &fast_upper).agrees(q.kl(upper)))
        .and("KL(q̂‖q̃)", fast(split[2], &fast_upper, &fast_lower).agrees(upper.kl(lower)))
        .and("avg_g W₂²(q, g_#q)", distance))
}

/// The asymmetry over orbits without their signs, against the closed form.
fn unsigned(scene: &Scene) -> Result<Outcome, FamilyError> {
    let here = Posterior::of(scene)?;
    let rep = scene.signed();
    let wrong = mean_field::asymmetry(&here.orbits.unsigned(), &here.mean, &here.std_dev);
    let moved = orbit::<super::setting::Diagonal, f64>(&here.q.member, &rep)?;
    let divergences: Vec<Estimate> =
        moved.into_iter().map(|member| here.q.kl(&Known::given(member))).collect();
    let enumerated = Estimate::average(&divergences);
    // The value's own rounding is relative: n roundings of a sum of squares, and 8l(l + 8) inside.
    let n = rep.dim() as f64;
    let wrong =
        Estimate::new(wrong.orbit_divergence, (8.0 * n * (n + 8.0) + n) * wrong.orbit_divergence);
    Ok(Outcome::new("avg_g KL(q‖g_#q)", wrong.agrees(enumerated)))
}
