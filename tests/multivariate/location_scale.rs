use crate::budget::{MEDIAN, hoeffding, median_of_means, share};
use equibayes::action::{project_location_scale, push_forward, push_forward_location_scale};
use equibayes::family::{DiagonalGaussian, FamilyError, Laplace, LocationScale};
use equibayes::group::Cyclic;
use equibayes::representation::{ActsOn, SignedPermutation, SignedPermutationRep};
use equibayes::symmetrize::projection;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Three coordinates in a cycle; going round once negates.
fn rep() -> SignedPermutationRep<Cyclic> {
    SignedPermutationRep::from_fn(Cyclic::new(6).unwrap(), 3, |&k| {
        SignedPermutation::from_fn(3, |i| ((i + k) % 3, (i + k) / 3 % 2 == 1))
    })
}

/// F5: a permutation moves numbers about and rounds none, so but for the order of a sum of three terms
/// the densities are equal.
#[test]
fn f5_laplace_is_closed_under_signed_permutations() {
    let (q, rep) = (Laplace::new(&[1.0_f64, -2.0, 0.3], &[0.5, 3.0, 1.1]).unwrap(), rep());
    for g in 0..6 {
        let moved = push_forward_location_scale(&q, &rep, &g).unwrap();
        for theta in [[0.0, 0.0, 0.0], [1.0, -2.0, 0.3], [5.0, -7.0, 0.25]] {
            let image = rep.apply(&g, &theta);
            let (left, right): (f64, f64) =
                (moved.log_density(image.as_slice()), q.log_density(&theta));
            assert!((left - right).abs() <= 8.0 * f64::EPSILON * right.abs(), "{left}, {right}");
        }
    }
    // A control: scales that do not move.
    let still = Laplace::new(&[-0.3, 1.0, -2.0], &[0.5, 3.0, 1.1]).unwrap();
    let image = rep.apply(&1, &[5.0, -7.0, 0.25]);
    let gap: f64 = still.log_density(image.as_slice()) - q.log_density(&[5.0, -7.0, 0.25]);
    assert!(gap.abs() > 0.1, "{gap}");
}

#[test]
fn gaussians_agree_with_their_own_push_forward_and_projection() {
    let (q, rep) =
        (DiagonalGaussian::with_std_dev(&[1.0_f64, -2.0, 0.5], &[0.5, 4.0, 2.0]).unwrap(), rep());
    for g in 0..6 {
        let moved = push_forward_location_scale(&q, &rep, &g).unwrap();
        assert_eq!(moved, push_forward(&q, &rep, &g).unwrap());
    }
    assert_eq!(project_location_scale(&q, &rep).unwrap(), projection(&q, &rep).unwrap());
}

#[test]
fn projections_are_invariant() {
    let (q, rep) = (Laplace::new(&[1.0_f64, -2.0, 0.3], &[0.5, 3.0, 1.0]).unwrap(), rep());
    let invariant = project_location_scale(&q, &rep).unwrap();
    assert_eq!(invariant.location().as_slice(), [0.0; 3]);
    assert_eq!(invariant.scale().as_slice(), [1.5; 3]);
    for g in 0..6 {
        assert_eq!(push_forward_location_scale(&invariant, &rep, &g).unwrap(), invariant);
    }
}

/// The midpoint rule on both sides of the kink and of the other location.
#[test]
fn divergences_are_those_of_quadrature() {
    for (m, b, n, c) in [(0.0, 1.0, 0.0, 1.0), (0.5, 0.7, -1.0, 2.0), (0.0, 3.0, 0.25, 0.5)] {
        let (q, p) = (Laplace::new(&[m], &[b]).unwrap(), Laplace::new(&[n], &[c]).unwrap());
        let (low, high): (f64, f64) = (f64::min(m, n), f64::max(m, n));
        let mut integral = 0.0;
        let (tail, cells) = (60.0 * b, 40_000);
        for (from, to) in [(low - tail, low), (low, high), (high, high + tail)] {
            let width = (to - from) / f64::from(cells);
            for k in 0..cells {
                let x = [from + (f64::from(k) + 0.5) * width];
                let (lq, lp) = (q.log_density(&x), p.log_density(&x));
                integral += width * lq.exp() * (lq - lp);
            }
        }
        let kl: f64 = q.kl(&p);
        // The midpoint rule errs by length · width²/24 · max|f″| on each of three pieces, where f = qL with
        // q ≤ 1/2b, |q′| ≤ 1/2b², |q″| ≤ 1/2b³, a linear L of slope at most 1/b + 1/c, and the size of L below. What is
        // beyond the tails is e^−60 of that.
        let length = tail.max(high - low);
        let width = length / f64::from(cells);
        let size = (c / b).ln().abs() + (length + high - low) * (1.0 / b + 1.0 / c);
        let bend = size / (2.0 * b.powi(3)) + (1.0 / b + 1.0 / c) / b.powi(2);
        let tolerance = 3.0 * length * width.powi(2) / 24.0 * bend;
        assert!((kl - integral).abs() < tolerance, "{kl}, quadrature {integral} ± {tolerance}");
        // Which is not idle: another divergence of the same size would be seen.
        assert!(tolerance < 0.01 * (1.0 + kl), "{tolerance}");
    }
    // Near members: ½ d²/b² for a step d in location.
    let q = Laplace::new(&[0.0_f64], &[2.0]).unwrap();
    let near = Laplace::new(&[1e-9_f64], &[2.0]).unwrap();
    // The next term of x − 1 + e^−x is x/3 of its first, x = d/b.
    assert!(f64::abs(q.kl(&near) / (0.5 * 0.25e-18) - 1.0) < 0.5e-9 / 3.0 + 16.0 * f64::EPSILON);
    assert_eq!(q.kl(&q), 0.0);
}

/// From `E_q[−ln p] = ln 2c + b/c` for a `p` with the same location, and the divergence.
#[test]
fn entropies_are_what_divergences_leave_of_cross_entropies() {
    for (b, c) in [(0.5, 0.5), (1.0, 3.0), (1e-6, 2.0), (40.0, 0.25_f64)] {
        let (q, p) = (Laplace::new(&[0.3], &[b]).unwrap(), Laplace::new(&[0.3], &[c]).unwrap());
        let cross = (2.0 * c).ln() + b / c;
        let kl: f64 = q.kl(&p);
        // A dozen roundings of terms of these sizes.
        let tolerance = 12.0 * f64::EPSILON * (cross.abs() + kl + b / c + c.ln().abs() + 2.0);
        assert!((q.entropy() - (cross - kl)).abs() <= tolerance, "{b}, {c}: {}", q.entropy());
    }
    // Coordinates add up.
    let both = Laplace::new(&[0.0_f64, 5.0], &[0.5, 2.0]).unwrap();
    assert_eq!(both.entropy(), 2.0 + 4.0_f64.ln());
}

/// `KL = ½ δᵀIδ (1 + O(δ))`, with the next terms of both series: `−x/3` for a step `xb` of the location, at most `−4t/3` for a step
/// `tb` of the scale.
#[test]
fn the_fisher_information_is_the_curvature_of_the_divergence() {
    let (m, b) = (0.5_f64, 0.75);
    let q = Laplace::new(&[m], &[b]).unwrap();
    let information = q.fisher_information();
    assert_eq!(information.shape(), (2, 2));
    for shift in [4, 10, 20] {
        let t = 2f64.powi(-shift);
        let moved =
            [(m + t * b, b), (m, b + t * b)].map(|(n, c)| Laplace::new(&[n], &[c]).unwrap());
        for (k, (p, next)) in moved.iter().zip([t / 3.0, 4.0 * t / 3.0]).enumerate() {
            let leading = 0.5 * (t * b).powi(2) * information[(k, k)];
            let ratio = q.kl(p) / leading;
            let rounding = 16.0 * f64::EPSILON;
            assert!(
                ratio <= 1.0 + rounding && ratio >= 1.0 - next - rounding,
                "{shift}, {k}: {ratio}"
            );
        }
    }
}

/// `E|θ − m| = b` with variance `b²`, and the median is `m`. Either that is off by a twentieth is seen.
#[test]
fn draws_have_the_moments() {
    let q = Laplace::new(&[3.0_f64], &[2.0]).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let draws: Vec<f64> = (0..1 << 18).map(|_| q.sample(&mut rng)[0] - 3.0).collect();
    let sizes: Vec<f64> = draws.iter().map(|x| x.abs()).collect();
    let (spread, allowed) = median_of_means(&sizes, 4.0);
    assert!((spread - 2.0).abs() <= allowed && allowed < 0.1, "{spread} ± {allowed}");
    let above = draws.iter().filter(|&&x| x > 0.0).count() as f64 / draws.len() as f64;
    let allowed = hoeffding(draws.len(), 1.0, share("draws of a Laplace law") - MEDIAN);
    assert!((above - 0.5).abs() <= allowed, "{above} ± {allowed}");
}

#[test]
fn bad_parameters_are_refused() {
    assert!(matches!(Laplace::new(&[0.0], &[0.0]), Err(FamilyError::NotPositive { .. })));
    assert!(matches!(Laplace::new(&[f64::NAN], &[1.0]), Err(FamilyError::NotFinite { .. })));
    assert!(matches!(Laplace::new(&[0.0, 1.0], &[1.0]), Err(FamilyError::WrongLength { .. })));
    let q = Laplace::new(&[0.0_f64], &[1.0]).unwrap();
    assert!(matches!(
        push_forward_location_scale(&q, &rep(), &1),
        Err(FamilyError::WrongRepresentation { .. })
    ));
    assert!(project_location_scale(&q, &rep()).is_err());
}
