//! Representations of compact groups, their derivatives and averages, and symmetrisations under them, with
//! and without faults.

use super::budget::{hoeffding, share};
use super::own_families::full;
use super::{assert_only, assert_rejected};
use equibayes::action::push_forward;
use equibayes::family::{
    FamilyError, FullGaussian, IsotropicGaussian, LogPartition, Member, VonMisesFisher, Wishart,
};
use equibayes::group::{Cyclic, DenselyGenerated, LieGroup, Orthogonal, SpecialOrthogonal};
use equibayes::law;
use equibayes::representation::{
    ActsInfinitesimally, ActsOn, ChangeOfBasis, DirectSum, Dual, ElementOf, FixedSpace,
    HasReynolds, PermutationRep, Representation, Reynolds, Standard, SymmetricSquare, Tensor,
    TensorPower, Trivial, haar_average,
};
use equibayes::scalar::{Rational, Scalar};
use equibayes::symmetrize::{
    Arithmetic, Gap, Geometric, Projection, Symmetrization, Symmetrized, Why, arithmetic,
    arithmetic_by_sampling, barycentre, geometric, geometric_by_sampling, mixture,
    orbit_divergence, tie,
};
use nalgebra::{DMatrix, dmatrix, dvector};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn so(n: usize) -> Standard<SpecialOrthogonal> {
    Standard::new(SpecialOrthogonal::new(n).unwrap())
}

fn o(n: usize) -> Standard<Orthogonal> {
    Standard::new(Orthogonal::new(n).unwrap())
}

#[test]
fn standard_representations_and_their_tensors_keep_the_laws() {
    for n in 1..=4 {
        law::representation(&so(n)).assert();
        law::orthogonal(&o(n)).assert();
        law::infinitesimal(&so(n)).assert();
        law::infinitesimal(&SymmetricSquare::new(o(n))).assert();
    }
    law::infinitesimal(&TensorPower::new(o(2), 3).unwrap()).assert();
    law::infinitesimal(&Tensor::new(so(3), Dual::new(so(3))).unwrap()).assert();
    let trivial = Trivial::new(SpecialOrthogonal::new(3).unwrap(), 2);
    law::infinitesimal(&DirectSum::new(SymmetricSquare::new(so(3)), trivial).unwrap()).assert();
    let leaning = dmatrix![1.0, 0.5, 0.0; 0.0, 1.0, 0.0; 0.25, 0.0, 2.0];
    let rep = Dual::new(ChangeOfBasis::new(so(3), leaning).unwrap());
    law::infinitesimal(&rep).assert();
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// `dρ(X) = 2X`: a derivative of another curve.
    TwiceAsFast,
    /// `dρ(X) = −X` for the action by `X`: brackets turn around.
    Backwards,
    /// `dρ(X) = |X|`, entry by entry.
    NotLinear,
}

/// The standard representation of the rotations of space with a wrong derivative.
#[derive(Clone, Debug)]
struct Wrong(Fault, Standard<SpecialOrthogonal>);

impl Representation for Wrong {
    type Group = SpecialOrthogonal;

    fn group(&self) -> &SpecialOrthogonal {
        self.1.group()
    }

    fn dim(&self) -> usize {
        self.1.dim()
    }
}

impl ActsOn<f64> for Wrong {
    fn act(&self, g: &ElementOf<Self>, x: &[f64], out: &mut [f64]) {
        self.1.act(g, x, out);
    }
}

impl ActsInfinitesimally<f64> for Wrong {
    fn derivative(&self, x: &DMatrix<f64>) -> DMatrix<f64> {
        match self.0 {
            Fault::TwiceAsFast => x * 2.0,
            Fault::Backwards => -x,
            Fault::NotLinear => x.abs(),
        }
    }
}

#[test]
fn wrong_derivatives_are_rejected() {
    assert_rejected(
        &law::infinitesimal(&Wrong(Fault::TwiceAsFast, so(3))),
        &["brackets", "derivative"],
    );
    assert_rejected(
        &law::infinitesimal(&Wrong(Fault::Backwards, so(3))),
        &["brackets", "derivative"],
    );
    assert_rejected(
        &law::infinitesimal(&Wrong(Fault::NotLinear, so(3))),
        &["linearity", "derivative"],
    );
    // Which is no derivative of a compact group, and has no average.
    assert!(Wrong(Fault::NotLinear, so(2)).reynolds().is_ok_and(|p| p.rank() == 0));
}

fn isotropic(n: usize) -> impl Fn(&mut ChaCha8Rng) -> Member<IsotropicGaussian> {
    move |rng| {
        let mean: Vec<f64> = (0..n).map(|_| rng.random_range(-2.0..2.0)).collect();
        IsotropicGaussian::with_variance(&mean, rng.random_range(0.25..4.0)).unwrap()
    }
}

fn directions(n: usize) -> impl Fn(&mut ChaCha8Rng) -> Member<VonMisesFisher> {
    move |rng| {
        let eta = nalgebra::DVector::from_fn(n, |_, _| rng.random_range(-2.0..2.0));
        Member::from_natural(VonMisesFisher::new(n).unwrap(), eta).unwrap()
    }
}

fn wishart(n: usize) -> impl Fn(&mut ChaCha8Rng) -> Member<Wishart> {
    move |rng| {
        let root = DMatrix::from_fn(n, n, |i, j| {
            if i == j { rng.random_range(0.5..2.0) } else { rng.random_range(-0.5..0.5) }
        });
        let degrees = rng.random_range(n as f64..n as f64 + 6.0);
        Wishart::with_scale(&(&root * root.transpose()), degrees).unwrap()
    }
}

#[test]
fn symmetrisations_under_rotations_keep_the_laws() {
    for n in 1..=3 {
        law::compact_symmetrization(&Geometric, &so(n), isotropic(n)).assert();
        law::compact_symmetrization(&Arithmetic, &o(n), isotropic(n)).assert();
        law::compact_symmetrization(&Projection, &o(n), isotropic(n)).assert();
        law::compact_symmetrization(&Geometric, &o(n), full::<f64>(n)).assert();
        law::compact_symmetrization(&Arithmetic, &so(n), full::<f64>(n)).assert();
        law::compact_symmetrization(&Projection, &so(n), full::<f64>(n)).assert();
        law::symmetrization_gaps(&Geometric, &so(n), isotropic(n)).assert();
        law::symmetrization_gaps(&Arithmetic, &so(n), full::<f64>(n)).assert();
        law::symmetrization_gaps(&Geometric, &o(n), full::<f64>(n)).assert();
    }
    for n in 2..=3 {
        law::compact_symmetrization(&Geometric, &so(n), directions(n)).assert();
        law::compact_symmetrization(&Geometric, &SymmetricSquare::new(so(n)), wishart(n)).assert();
        law::compact_symmetrization(&Arithmetic, &SymmetricSquare::new(o(n)), wishart(n)).assert();
        law::symmetrization_gaps(&Arithmetic, &SymmetricSquare::new(o(n)), wishart(n)).assert();
    }
    let matrices = TensorPower::new(so(2), 2).unwrap();
    law::compact_symmetrization(&Geometric, &matrices, isotropic(4)).assert();
    law::compact_symmetrization(&Arithmetic, &matrices, directions(4)).assert();
    law::symmetrization_gaps(&Projection, &matrices, isotropic(4)).assert();
    // Not orthogonal: an invariant form that is not the dot product.
    let leaning = ChangeOfBasis::new(so(2), dmatrix![1.0, 2.0; 0.0, 1.0]).unwrap();
    law::compact_symmetrization(&Geometric, &leaning, full::<f64>(2)).assert();
    law::compact_symmetrization(&Arithmetic, &leaning, full::<f64>(2)).assert();
}

#[test]
fn gaps_of_finite_groups_keep_the_laws() {
    let shift = PermutationRep::regular(&Cyclic::new(3).unwrap()).unwrap();
    law::symmetrization_gaps(&Geometric, &shift, full::<f64>(3)).assert();
    law::symmetrization_gaps(&Arithmetic, &shift, full::<f64>(3)).assert();
    law::symmetrization_gaps(&Projection, &shift, full::<f64>(3)).assert();
    let trivial = Trivial::new(Cyclic::new(1).unwrap(), 3);
    law::symmetrization_gaps(&Geometric, &trivial, full::<f64>(3)).assert();
}

#[test]
fn what_leaves_the_family_keeps_its_laws() {
    let shift = PermutationRep::regular(&Cyclic::new(3).unwrap()).unwrap();
    let leaning =
        ChangeOfBasis::new(shift.clone(), dmatrix![1.0, 0.0, 0.0; 1.0, 1.0, 0.0; 0.0, -1.0, 1.0]);
    let leaning = leaning.unwrap();
    law::orbit_mixture(&shift, full::<f64>(3)).assert();
    law::orbit_mixture(&leaning, full::<f64>(3)).assert();
    law::tying(&shift, full::<f64>(3)).assert();
    law::tying(&leaning, full::<f64>(3)).assert();
    for n in 1..=3 {
        law::tying(&o(n), isotropic(n)).assert();
        law::tying(&so(n), full::<f64>(n)).assert();
    }
    let slanted = ChangeOfBasis::new(so(2), dmatrix![1.0, 2.0; 0.0, 1.0]).unwrap();
    law::tying(&slanted, full::<f64>(2)).assert();
    law::tying(&TensorPower::new(so(2), 2).unwrap(), isotropic(4)).assert();
    law::sampled_averages(&slanted, full::<f64>(2)).assert();
    law::sampled_averages(&o(3), isotropic(3)).assert();
    law::sampled_averages(&shift, full::<f64>(3)).assert();
    // No draw moves anything, and there are no error bars.
    law::sampled_averages(&Trivial::new(Cyclic::new(1).unwrap(), 3), full::<f64>(3)).assert();
}

/// Arithmetic averages that misreport themselves.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Liar {
    SwapsDivergences,
    ClaimsInvariance,
    LeavesHalf,
    ReturnsAnother,
}

type Q = Member<FullGaussian>;

impl Symmetrization<FullGaussian, Standard<Orthogonal>> for Liar {
    fn name(&self) -> &'static str {
        "liar"
    }

    fn symmetrize(&self, q: &Q, rep: &Standard<Orthogonal>) -> Result<Q, FamilyError> {
        if *self == Self::ClaimsInvariance {
            return Ok(q.clone());
        }
        arithmetic(q, rep)
    }

    fn symmetrize_with_gaps(
        &self,
        q: &Q,
        rep: &Standard<Orthogonal>,
    ) -> Result<Symmetrized<Q>, FamilyError> {
        let mut found = Arithmetic.symmetrize_with_gaps(q, rep)?;
        match self {
            Self::SwapsDivergences => {
                std::mem::swap(&mut found.gaps.forward, &mut found.gaps.reverse);
            }
            Self::ClaimsInvariance => {
                found.gaps.forward = Gap::Known(0.0);
                found.gaps.reverse = Gap::Known(0.0);
                found.posterior = q.clone();
            }
            Self::LeavesHalf => {
                let whole = found.gaps.orbit_divergence.known().unwrap();
                found.gaps.orbit_divergence = Gap::Known(whole / 2.0);
            }
            Self::ReturnsAnother => found.posterior = geometric(q, rep)?,
        }
        Ok(found)
    }
}

#[test]
fn gaps_that_are_not_what_they_are_said_to_be_are_rejected() {
    let rep = o(2);
    let kit = |liar| {
        let liar: &'static Liar = Box::leak(Box::new(liar));
        law::symmetrization_gaps(liar, &rep, full::<f64>(2))
    };
    assert_only(&kit(Liar::SwapsDivergences), &["reverse", "forward"]);
    assert_only(&kit(Liar::ClaimsInvariance), &["moved parameters", "moved posterior"]);
    assert_only(&kit(Liar::LeavesHalf), &["orbit divergence"]);
    assert_rejected(&kit(Liar::ReturnsAnother), &["posterior", "reverse", "forward"]);
}

#[test]
fn averages_over_rotations_are_the_known_ones() {
    let q = FullGaussian::with_covariance(&dvector![3.0, 4.0], &dmatrix![2.0, 1.0; 1.0, 2.0]);
    let q = q.unwrap();
    for_both(&q, &so(2));
    for_both(&q, &o(2));
    fn for_both<R>(q: &Q, rep: &R)
    where
        R: HasReynolds<f64> + equibayes::representation::ActsOrthogonally,
        SymmetricSquare<R>: HasReynolds<f64>,
        DirectSum<R, SymmetricSquare<R>>: HasReynolds<f64>,
    {
        // Traces: of the precision, 4/3; of second moments, 4 + 25; of the roots, √3 + 1.
        let lower = geometric(q, rep).unwrap();
        assert!((lower.covariance() - DMatrix::identity(2, 2) * 1.5).norm() < 1e-15);
        assert_eq!(lower.mean(), dvector![0.0, 0.0]);
        let upper = arithmetic(q, rep).unwrap();
        assert!((upper.covariance() - DMatrix::identity(2, 2) * 14.5).norm() < 1e-14);
        let found = barycentre(q, rep).unwrap();
        let expected = ((3.0_f64.sqrt() + 1.0) / 2.0).powi(2);
        let off = (found.posterior.covariance() - DMatrix::identity(2, 2) * expected).norm();
        assert!(off <= found.error && found.error < 1e-10, "{off:e} of {:e}", found.error);
        let tied = tie(q, rep).unwrap();
        assert_eq!((tied.mean(), tied.covariance()), (dvector![0.0, 0.0], DMatrix::zeros(2, 2)));
        let split = orbit_divergence(q, rep).unwrap();
        // ½[tr Λ (tr Σ + ‖m‖²)/n − n + mᵀΛm], with mᵀΛm = 26/3.
        let total: f64 = 0.5 * (4.0 / 3.0 * 29.0 / 2.0 - 2.0 + 26.0 / 3.0);
        assert!((split.total - total).abs() < 1e-13);
        let parts = split.geometric_gap + split.arithmetic_gap + split.remainder;
        assert!((parts - total).abs() < 1e-12);
        let moments = mixture(q, rep).unwrap().mean_parameter().unwrap();
        assert_eq!(moments, *upper.mean_parameter());
    }
}

#[test]
fn directions_lose_theirs() {
    let q = directions(3)(&mut ChaCha8Rng::seed_from_u64(1));
    let uniform = geometric(&q, &so(3)).unwrap();
    assert_eq!(uniform.natural().as_slice(), [0.0; 3]);
    // On the line there are two, and a reflection exchanges them; rotations of the line are none.
    let line = Member::from_natural(VonMisesFisher::new(2).unwrap(), dvector![1.0, 2.0]).unwrap();
    let axis = DirectSum::new(so(1), so(1)).unwrap();
    assert_eq!(geometric(&line, &axis).unwrap().natural(), line.natural());
    let axis = DirectSum::new(o(1), Trivial::new(Orthogonal::new(1).unwrap(), 1)).unwrap();
    assert_eq!(geometric(&line, &axis).unwrap().natural().as_slice(), [0.0, 2.0]);
}

/// What turns by one radian fix, all turns fix: found without a derivative.
#[test]
fn dense_generators_fix_what_the_group_fixes() {
    fn dims<R: ActsInfinitesimally<f64>>(rep: &R) -> (usize, usize)
    where
        R::Group: DenselyGenerated,
    {
        let moved: Vec<DMatrix<f64>> = rep
            .group()
            .dense_generators()
            .iter()
            .map(|s| rep.matrix(s) - DMatrix::<f64>::identity(rep.dim(), rep.dim()))
            .collect();
        let by_elements = FixedSpace::of_operators(rep.dim(), &moved).unwrap().dim();
        (by_elements, FixedSpace::of_lie(rep).unwrap().dim())
    }
    assert_eq!(dims(&TensorPower::new(so(2), 4).unwrap()), (6, 6));
    assert_eq!(dims(&TensorPower::new(o(2), 4).unwrap()), (3, 3));
    assert_eq!(dims(&TensorPower::new(so(3), 3).unwrap()), (1, 1));
    assert_eq!(dims(&SymmetricSquare::new(o(3))), (1, 1));
    assert_eq!(dims(&so(1)), (1, 1));
}

#[test]
fn averages_of_draws_come_with_their_spread() {
    let rng = &mut ChaCha8Rng::seed_from_u64(7);
    let turns = TensorPower::new(so(2), 2).unwrap();
    let x = [1.0, 5.0, 1.0, 3.0];
    let found = haar_average(&turns, &x, 4000, rng).unwrap();
    // What is not invariant, (−1, 3, 3, 1), turns by twice the angle: √10 cos(2φ + …) in each coordinate. Its squares, up to 10, have a
    // mean within a fifth of 5 but for a probability of e^{−160} (Hoeffding).
    let spread = (10.0_f64 / 2.0 / 4000.0).sqrt();
    let allowed = hoeffding(4000, 2.0 * 10.0_f64.sqrt(), share("an average over turns") / 4.0);
    for (k, known) in [2.0, 2.0, -2.0, 2.0].into_iter().enumerate() {
        assert!((found.standard_error[k] / spread - 1.0).abs() < 0.1, "{found:?}");
        assert!((found.estimate[k] - known).abs() <= allowed, "{found:?}");
    }
    // The error bars tell the two groups apart: reflections would leave no antisymmetric part.
    assert!(found.estimate[1].abs() > 20.0 * found.standard_error[1]);
    let error = haar_average(&turns, &x, 1, rng).unwrap_err();
    assert_eq!(
        error.to_string(),
        "number of draws is 1: expected at least two, so that their spread says how good the mean is"
    );
    let q = IsotropicGaussian::with_variance(&x, 0.5).unwrap();
    let error = arithmetic_by_sampling(&q, &turns, 0, rng).unwrap_err();
    assert!(matches!(error, FamilyError::NoAverage(_)), "{error}");
    let error = geometric_by_sampling(&q, &so(3), 10, rng).unwrap_err();
    assert!(matches!(error, FamilyError::WrongRepresentation { .. }), "{error}");
}

/// `SO(2)` fixes the antisymmetric part of a matrix, which `O(2)` negates.
#[test]
fn rotations_of_the_plane_keep_what_reflections_do_not() {
    let q = IsotropicGaussian::with_variance(&[1.0, 5.0, 1.0, 3.0], 0.5).unwrap();
    let rotated = geometric(&q, &TensorPower::new(so(2), 2).unwrap()).unwrap();
    assert_eq!(rotated.mean().as_slice(), [2.0, 2.0, -2.0, 2.0]);
    // The projection has the same mean here, (−1, 3, 3, 1) away.
    let turns = TensorPower::new(so(2), 2).unwrap();
    let found = Projection.symmetrize_with_gaps(&q, &turns).unwrap();
    assert_eq!(found.posterior, rotated);
    assert_eq!(found.gaps.wasserstein, Gap::Known(20.0_f64.sqrt()));
    assert_eq!((found.gaps.forward, found.gaps.reverse), (Gap::Known(20.0), Gap::Known(20.0)));
    let by_geometry = Geometric.symmetrize_with_gaps(&q, &turns).unwrap();
    assert_eq!(by_geometry.gaps.wasserstein, Gap::Unknown(Why::NotSought));
    let all = geometric(&q, &TensorPower::new(o(2), 2).unwrap()).unwrap();
    assert_eq!(all.mean().as_slice(), [2.0, 0.0, 0.0, 2.0]);
    let reflection = o(2).group().components()[1].clone();
    let rep = TensorPower::new(o(2), 2).unwrap();
    let moved = push_forward(&rotated, &rep, &reflection).unwrap();
    assert_eq!(q.family().kl(&moved, &rotated), 32.0);
}

#[test]
fn exact_averages_are_exact() {
    let r = |a, b| Rational::ratio(a, b);
    let p: Reynolds<Rational> = SymmetricSquare::new(so(3)).reynolds().unwrap();
    assert_eq!(p.rank(), 1);
    let x: Vec<_> = (1..=6).map(|k| r(k, 1)).collect();
    // (S_00, S_01, S_02, S_11, S_12, S_22): a trace of 1 + 4 + 6.
    let third = r(11, 3);
    let zero = r(0, 1);
    let expected = [&third, &zero, &zero, &third, &zero, &third].map(Clone::clone);
    assert_eq!(p.project(&x).as_slice(), expected);
}

#[test]
fn a_group_without_a_compact_closure_has_no_average() {
    /// A "derivative" of the plane's rotations that is a shear.
    #[derive(Clone, Debug)]
    struct Shear(Standard<SpecialOrthogonal>);
    impl Representation for Shear {
        type Group = SpecialOrthogonal;
        fn group(&self) -> &SpecialOrthogonal {
            self.0.group()
        }
        fn dim(&self) -> usize {
            2
        }
    }
    impl ActsOn<f64> for Shear {
        fn act(&self, g: &ElementOf<Self>, x: &[f64], out: &mut [f64]) {
            self.0.act(g, x, out);
        }
    }
    impl ActsInfinitesimally<f64> for Shear {
        fn derivative(&self, x: &DMatrix<f64>) -> DMatrix<f64> {
            dmatrix![0.0, x[(0, 1)]; 0.0, 0.0]
        }
    }
    let q = FullGaussian::with_covariance(&dvector![1.0, 1.0], &DMatrix::identity(2, 2)).unwrap();
    let error = tie(&q, &Shear(so(2))).unwrap_err();
    assert!(matches!(error, FamilyError::NoAverage(_)), "{error}");
    assert_eq!(
        error.to_string(),
        "no average over the group: fixed space of dimension 1 has no invariant complement: expected the generators of a compact group"
    );
}
