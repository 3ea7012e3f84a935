//! Chapter S of the catalogue: one test for each entry, and instances that once went wrong.
#![cfg(feature = "catalogue")]

#[macro_use]
mod chapter;

use equibayes::family::{DiagonalGaussian, FullGaussian, LogPartition};
use equibayes::group::Cyclic;
use equibayes::representation::{PermutationRep, SignedOrbits, SignedPermutation};
use equibayes::representation::{SignedPermutationRep, Unsigned};
use equibayes::scalar::{Rational, Scalar};
use equibayes::symmetrize::mean_field::{self, Method};
use equibayes::symmetrize::{arithmetic, geometric, orbit_divergence};
use nalgebra::{DMatrix, DVector};

entries! { Symmetrisations:
    s1_geometric_average_of_diagonal_gaussians_is_the_i_projection: "S1.diagonal",
    s1_control_pythagoras_needs_an_invariant_zeta: "S1.diagonal-moving-zeta",
    s1_control_a_subset_that_is_no_subgroup: "S1.diagonal-subset",
    s1_geometric_average_of_full_gaussians_is_the_i_projection: "S1.full",
    s1_control_p_for_p_star_is_not_invariant: "S1.full-p-for-p-star",
    s1_control_pythagoras_needs_an_invariant_zeta_full: "S1.full-moving-zeta",
    s1_geometric_averages_of_every_family: "S1.families",
    s1_control_pythagoras_needs_an_invariant_zeta_in_every_family: "S1.families-moving-zeta",
    s1_geometric_average_over_all_rotations: "S1.compact",
    s1_control_rotations_for_all_isometries: "S1.compact-components",
    s1_closed_forms_are_within_the_error_bars_of_haar_draws: "S1.compact-sampled",
    s1_control_draws_that_are_not_uniform: "S1.compact-sampled-still",
    s2_arithmetic_average_over_all_rotations: "S2.compact",
    s2_control_the_spread_of_the_means_counts_over_rotations: "S2.compact-no-spread",
    s3_barycentre_over_all_rotations: "S3.compact",
    s3_control_averaging_variances_over_rotations_is_not: "S3.compact-variances",
    s4_orbit_divergence_over_all_rotations: "S4.compact",
    s4_control_the_remainder_turned_around_over_rotations: "S4.compact-turned-remainder",
    s2_arithmetic_average_of_diagonal_gaussians_is_the_m_projection: "S2.diagonal",
    s2_control_pythagoras_needs_an_invariant_zeta: "S2.diagonal-moving-zeta",
    s2_control_the_spread_of_the_means_counts: "S2.diagonal-no-spread",
    s2_arithmetic_average_of_full_gaussians_is_the_m_projection: "S2.full",
    s2_control_pythagoras_needs_an_invariant_zeta_full: "S2.full-moving-zeta",
    s2_control_p_star_for_p_has_other_moments: "S2.full-p-star-for-p",
    s2_arithmetic_averages_of_every_family: "S2.families",
    s2_control_pythagoras_needs_an_invariant_zeta_in_every_family: "S2.families-moving-zeta",
    s2_control_the_shift_left_out: "S2.families-no-shift",
    s3_projection_is_the_wasserstein_barycentre: "S3.barycentre",
    s3_control_averaging_variances_is_not: "S3.barycentre-variances",
    s3_control_averaging_scales_with_signs_is_not: "S3.barycentre-signed-scales",
    s3_projection_of_every_location_scale_family_is_the_barycentre: "S3.location-scale",
    s3_control_averaging_squares_of_scales_is_not: "S3.location-scale-squares",
    s3_barycentre_of_full_gaussians_is_invariant: "S3.full",
    s3_control_barycentre_under_an_action_that_is_not_orthogonal: "S3.full-sheared",
    s3_barycentre_of_full_gaussians_is_optimal: "S3.full-optimal",
    s3_control_arithmetic_average_is_not: "S3.full-optimal-arithmetic",
    s3_tied_draws_are_invariant: "S3.tying",
    s3_control_tying_is_not_projection: "S3.tying-projection",
    s3_tied_draws_are_invariant_full: "S3.tying-full",
    s3_control_tying_by_a_subset: "S3.tying-full-subset",
    s3_no_law_on_the_fixed_space_is_nearer_than_the_tied_one: "S3.tying-nearest",
    s3_control_nearest_under_an_action_that_is_not_orthogonal: "S3.tying-nearest-sheared",
    s3_control_the_distance_of_the_marginals: "S3.tying-nearest-projection",
    s3_distance_of_the_tied_posterior_under_any_action: "S3.tying-distance",
    s3_control_the_reynolds_operator_for_the_optimal_map: "S3.tying-distance-sheared",
    s3_no_points_on_the_fixed_space_are_nearer_than_the_tied_ones: "S3.tying-points",
    s3_control_nearest_points_under_an_action_that_is_not_orthogonal: "S3.tying-points-sheared",
    s4_orbit_divergence_splits_in_three: "S4.diagonal",
    s4_control_the_remainder_turned_around: "S4.diagonal-turned-remainder",
    s4_control_a_subset_that_is_no_subgroup: "S4.diagonal-subset",
    s4_orbit_divergence_splits_in_three_full: "S4.full",
    s4_control_the_remainder_turned_around_full: "S4.full-turned-remainder",
    s4_control_p_for_p_star: "S4.full-p-for-p-star",
    s4_mean_field_is_the_generic_way: "S4.mean-field",
    s4_control_signs_dropped: "S4.mean-field-unsigned",
    s4_orbit_divergence_of_every_family: "S4.families",
    s4_control_the_shift_left_out: "S4.families-no-shift",
    s4_control_the_remainder_turned_around_in_every_family: "S4.families-turned-remainder",
    s5_variances_are_ordered: "S5.diagonal",
    s5_control_a_geometric_average_over_nothing: "S5.diagonal-subset",
    s5_control_a_projection_under_another_action: "S5.diagonal-other-action",
    s5_covariances_are_ordered_in_loewner_sense: "S5.full",
    s5_control_the_geometric_average_of_less_than_the_group: "S5.full-subset",
    s5_control_full_marginals_are_not_harmonic_means: "S5.full-marginals",
    s5_control_full_barycentre_is_not_in_between: "S5.full-barycentre",
    s6_the_orbit_mixture_gains_at_most_the_logarithm_of_the_orbit: "S6.mixture",
    s6_control_a_prior_that_moves: "S6.moving-prior",
    s6_control_a_loss_that_moves: "S6.moving-loss",
    s6_control_half_of_the_bound: "S6.half-bound",
    s6_control_outputs_moved_on: "S6.wrong-side",
    s6_how_far_the_orbit_mixture_is_from_the_posterior: "S6.gaps",
    s6_control_divergences_for_distances_below: "S6.gaps-kl-below",
    s6_control_distances_for_divergences_above: "S6.gaps-overlap-above",
    s6_control_both_divergences_of_any_invariant_member: "S6.gaps-any-member",
    s6_the_orbit_mixture_of_a_gaussian_on_the_line: "S6.gaussian",
    s6_control_a_moving_prior_for_a_gaussian: "S6.gaussian-moving-prior",
    s7_arithmetic_averaging_never_increases_the_objective: "S7.diagonal",
    s7_control_a_prior_with_two_modes: "S7.bimodal-prior",
    s7_control_convex_in_theta_is_not_enough: "S7.mean-field-regression",
    s7_arithmetic_averaging_never_increases_the_objective_full: "S7.full",
    s7_control_a_loss_that_is_not_invariant: "S7.full-moving-loss",
    s7_control_a_prior_that_is_not_invariant: "S7.full-moving-prior",
    s7_averaging_means_at_a_fixed_covariance: "S7.fixed-covariance",
    s7_control_poisson_regression_with_a_free_variance: "S7.free-covariance",
    s7_arithmetic_averaging_never_increases_the_objective_every_family: "S7.families",
    s7_control_a_loss_that_is_not_invariant_every_family: "S7.families-moving-loss",
    s7_control_a_prior_that_is_not_invariant_every_family: "S7.families-moving-prior",
    s8_every_kernel_is_equivariant: "S8.kernel",
    s8_control_the_kernel_at_the_wrong_quotient: "S8.kernel-right",
    s8_control_a_tiled_readout: "S8.kernel-tiled",
    s8_rows_of_the_named_arrangements: "S8.rows",
    s8_control_rows_counted_by_all_involutions: "S8.rows-not-central",
    s8_factors_keep_variance_and_mean: "S8.variance",
    s8_control_no_factor: "S8.variance-no-factor",
    s8_regular_blocks_of_rings: "S8.iff",
    s8_control_a_weight_that_the_group_fixes: "S8.iff-fixed-weight",
    s8_decision_on_the_composed_network: "S8.decision",
    s8_control_a_moved_readout: "S8.decision-moved-readout",
    s8_row_rolled_blocks_shift_once_more_in_every_layer: "S8.row-rolled",
    s8_control_row_rolled_taken_for_regular: "S8.row-rolled-regular",
    s8_control_row_constant: "S8.row-constant",
    s9_the_diagonal_expansion_is_the_group_average: "S9.diagonal",
    s9_control_group_conv_changes_the_function: "S9.group-conv",
    s9_paired_channels_keep_the_function: "S9.paired",
    s9_control_pairs_that_do_not_cancel: "S9.paired-same-sign",
    s10_expanded_posteriors_are_invariant: "S10.posterior",
    s10_control_scales_that_are_tiled: "S10.posterior-tiled-scales",
    s10_training_keeps_an_expanded_posterior_invariant: "S10.training",
    s10_control_training_on_raw_data: "S10.training-raw",
    s10_control_training_with_independent_noise: "S10.training-fresh-noise",
}

/// `σ²/ς² − 1` rounds to −1 below a ratio of 10⁻¹⁶, and its logarithm is then infinite. The divergence is
/// not: it is the logarithm of the ratio.
#[test]
fn s4_regression_divergences_of_very_different_variances_are_finite() {
    let q = DiagonalGaussian::with_variance(&[0.0], &[1e-20]).unwrap();
    let p = DiagonalGaussian::with_variance(&[0.0], &[1.0]).unwrap();
    let exact = 0.5 * (20.0 * std::f64::consts::LN_10 - 1.0);
    assert!((q.family().kl(&q, &p) - exact).abs() < 1e-14);
}

/// A mean of 10²⁰ with a scale of 10³⁰ has no say in the geometric average, and no effect on its rounding.
#[test]
fn s4_regression_a_coordinate_without_weight_does_not_round_the_others_away() {
    let turn = PermutationRep::regular(&Cyclic::new(4).unwrap()).unwrap();
    let (mean, _) = mean_field::symmetrize(
        Method::Geometric,
        &SignedOrbits::of(&turn),
        &[1e20, 1.0, 1e20, 1e20],
        &[1e30, 1e-30, 1e30, 1e30],
    );
    assert_eq!(mean, [1.0; 4]);
}

/// The smallest instance that tells the two directions of the last divergence apart: a sign on the line.
#[test]
fn s4_regression_a_sign_on_the_line() {
    let sign = SignedPermutationRep::from_fn(Cyclic::new(2).unwrap(), 1, |&g| {
        SignedPermutation::from_fn(1, |i| (i, g == 1))
    });
    let q = DiagonalGaussian::with_variance(&[0.25], &[0.25]).unwrap();
    let split = orbit_divergence(&q, &sign).unwrap();
    // Half the group moves the mean by ½, at ½ · ¼ / ¼ nats.
    assert_eq!(split.total, 0.25);
    let upper = arithmetic(&q, &sign).unwrap();
    assert_eq!((upper.mean()[0], upper.variance()[0]), (0.0, 0.3125));
    assert!((split.remainder - 0.5 * (0.25 - 1.25_f64.ln())).abs() < 1e-16);
    // Without the sign nothing moves.
    assert_eq!(orbit_divergence(&q, &Unsigned::new(sign)).unwrap().total, 0.0);
}

/// Covariances that do not commute: the variance of the Wasserstein barycentre, 9/13, is below that of
/// the geometric average, so the projection of diagonal Gaussians has no such analogue.
#[test]
fn s5_regression_the_barycentre_of_full_covariances_is_below_the_geometric_average() {
    let swap = SignedPermutationRep::from_fn(Cyclic::new(2).unwrap(), 4, |&g| {
        SignedPermutation::from_fn(4, |i| ((i + 2 * g) % 4, false))
    });
    let entries = [[1, 3, 0, 0], [3, 10, 0, 0], [0, 0, 1, 0], [0, 0, 0, 16]];
    let covariance = DMatrix::from_fn(4, 4, |i, j| Rational::ratio(entries[i][j], 1));
    let mean = DVector::from_element(4, Rational::ratio(0, 1));
    let q = FullGaussian::with_covariance(&mean, &covariance).unwrap();
    let variance = geometric(&q, &swap).unwrap().covariance()[(0, 0)].clone();
    assert_eq!(variance, Rational::ratio(34, 43));
    // W = ¼ (A + B + R + Rᵀ), R = (AB + 4)/13: entry (0, 0) of AB is 1.
    let barycentre = (Rational::ratio(2, 1) + Rational::ratio(10, 13)) * Rational::ratio(1, 4);
    assert_eq!(barycentre, Rational::ratio(9, 13));
    assert!(barycentre < variance);
}
