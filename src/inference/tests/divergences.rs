//! Divergences against those of the exponential families, and on the fixed space, with the rounding of both sides bounded
//! operation by operation.

use super::*;
use crate::claim::rounding::{Tracked, all_close, close};
use crate::family::{FullGaussian, LogPartition, Member};
use crate::law::Residual;
use crate::linalg::inverse;
use nalgebra::DVector;

/// Equal to rounding, of which the bound must tell something.
fn agree(residual: Residual) {
    assert!(residual.holds() && residual.tolerance() < 1e-6, "{residual}");
}

/// A posterior by its coordinates and as a member of the family, against a prior with correlations.
fn check<Q: Posterior<Tracked>>(
    posterior: Q,
    w: &[Tracked],
    member: &Member<FullGaussian, Tracked>,
) {
    let n = posterior.dim();
    let mean = DVector::from_vec(numbers::<Tracked>(8, n));
    let base = DMatrix::from_vec(n, n, numbers::<Tracked>(10, n * n));
    let precision = &base * base.transpose() + DMatrix::identity(n, n);
    let prior = GaussianPrior::with_precision(mean.as_slice(), &precision).unwrap();
    let p = FullGaussian::with_covariance(&mean, &inverse(&precision).unwrap()).unwrap();
    let found = posterior.divergence(w, &prior);
    agree(close(&found, &member.family().kl(member, &p)));
    // The other way round it is another number.
    assert!(!close(&found, &member.family().kl(&p, member)).holds());
}

/// Of five dimensions: bounds on rounding, which add where errors cancel, grow with every elimination.
#[test]
fn divergences_are_those_of_the_families() {
    let (full, w) = (FullCovariance::new(5), numbers::<Tracked>(7, 20));
    check(full, &w, &full.member(&w).unwrap());
    let base = DMatrix::from_vec(5, 5, numbers::<Tracked>(3, 25));
    let scale = |size| DMatrix::from_diagonal_element(5, 5, Tracked::ratio(size, 10));
    let symmetric = scale(5) + scale(1) * (&base + base.transpose());
    let root = SymmetricRoot::new(5);
    let w = root.coordinates_of(&numbers::<Tracked>(4, 5), &symmetric).unwrap();
    check(root, &w, &root.member(&w).unwrap());
}

/// Under a prior with correlations: on the fixed space by its matrix, orbits with signs and a killed one included.
#[test]
fn equivariant_draws_are_compared_on_the_fixed_space() {
    let swap = SignedPermutationRep::from_fn(Cyclic::new(2).unwrap(), 6, |&g| {
        let images = [(1, true), (0, true), (3, false), (2, false), (4, true), (5, false)];
        SignedPermutation::from_fn(6, |i| if g == 0 { (i, false) } else { images[i] })
    });
    let basis = DMatrix::from_row_slice(
        6,
        3,
        &[
            1.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
            1.0,
        ],
    );
    let basis = basis.map(Tracked::exact);
    let mean = nalgebra::DVector::from_vec(numbers::<Tracked>(8, 6));
    let base = DMatrix::from_vec(6, 6, numbers::<Tracked>(10, 36));
    let precision = &base * base.transpose() + DMatrix::identity(6, 6);
    let prior = GaussianPrior::with_precision(mean.as_slice(), &precision).unwrap();

    let conditioned = basis.transpose() * &precision * &basis;
    let pull = basis.transpose() * &precision * &mean;
    let centre = inverse(&conditioned).unwrap() * pull;
    let on_fixed = GaussianPrior::with_precision(centre.as_slice(), &conditioned).unwrap();

    let tied = Tied::new(SignedOrbits::of(&swap), TiedDraws::Equivariant);
    let (field, w) = (MeanField::new(3), numbers::<Tracked>(6, 6));
    let (found, expected) = (tied.divergence(&w, &prior), field.divergence(&w, &on_fixed));
    agree(close(&found, &expected));
    let (mut slopes, mut on_free) = ([Tracked::exact(0.0); 6], [Tracked::exact(0.0); 6]);
    tied.pull_back_divergence(&w, &prior, Tracked::exact(1.5), &mut slopes);
    field.pull_back_divergence(&w, &on_fixed, Tracked::exact(1.5), &mut on_free);
    agree(all_close(&slopes, &on_free));
    // What a scratch holds does not matter.
    let mut scratch = vec![Tracked::exact(f64::NAN); 100];
    assert_eq!(tied.divergence_with(&w, &prior, &mut scratch), found);
    assert_eq!(tied.divergence_with(&w, &prior, &mut scratch), found);
}
