//! Chapter F of the theory: exponential families and closedness.
#![cfg(feature = "catalogue")]

#[macro_use]
mod chapter;

entries! { Families:
    f1_gradient_of_a_is_mu_and_of_mu_is_the_fisher_information: "F1.gradient",
    f1_control_without_the_log_determinant: "F1.no-log-determinant",
    f1_mu_is_the_mean_of_t_and_the_fisher_information_its_covariance: "F1.moments",
    f1_control_deviation_for_variance: "F1.deviation-for-variance",
    f1_eta_and_mu_determine_each_other: "F1.bijection",
    f1_control_overcomplete_statistic: "F1.overcomplete",
    f1_a_plus_its_conjugate_is_the_pairing: "F1.conjugate",
    f1_control_parameters_of_two_members: "F1.unpaired",
    f1_density_and_entropy_are_the_gaussian_ones: "F1.density",
    f1_control_without_the_base_measure: "F1.no-base-measure",
    f1_derivatives_of_every_family: "F1.derivatives",
    f1_control_the_gradient_elsewhere: "F1.derivatives-elsewhere",
    f1_integrals_of_every_family: "F1.integrals",
    f1_control_moments_of_another_member: "F1.integrals-elsewhere",
    f1_inverses_of_every_family: "F1.inverses",
    f1_control_the_mean_parameter_of_another_member: "F1.inverses-elsewhere",
    f2_kl_is_the_bregman_divergence_of_a: "F2.bregman",
    f2_control_arguments_swapped: "F2.swapped",
    f2_control_mean_parameter_of_the_other: "F2.other-mean",
    f2_kl_is_the_mean_log_ratio: "F2.expectation",
    f2_control_expectation_under_the_other: "F2.other-expectation",
    f2_kl_is_positive_and_zero_only_for_equal_members: "F2.positive",
    f2_control_density_not_normalised: "F2.unnormalised",
    f2_divergences_of_every_family: "F2.divergences",
    f2_control_arguments_swapped_in_every_family: "F2.divergences-swapped",
    f3_statistic_moves_linearly: "F3.statistic",
    f3_control_sheared_squares_are_not_affine: "F3.sheared-squares",
    f3_push_forward_has_the_density_of_the_moved_parameter: "F3.density",
    f3_control_diagonal_gaussian_under_a_shear: "F3.sheared-diagonal",
    f3_log_partition_is_constant_on_orbits: "F3.log-partition",
    f3_control_dilation_changes_the_log_partition: "F3.dilation",
    f3_mean_parameter_moves_by_tau: "F3.mean",
    f3_control_natural_parameters_by_the_transpose: "F3.transposed",
    f3_control_signs_forgotten: "F3.signs-forgotten",
    f3_fisher_information_moves_as_a_bilinear_form: "F3.fisher",
    f3_control_fisher_information_as_a_covector: "F3.covector",
    f3_push_forwards_compose: "F3.composition",
    f3_control_composition_reversed: "F3.reversed",
    f3_full_gaussian_is_closed_under_every_invertible_matrix: "F3.linear",
    f3_control_determinant_left_out: "F3.no-jacobian",
    f3_wishart_under_every_invertible_matrix: "F3.congruence",
    f3_control_wishart_without_the_determinant: "F3.congruence-no-shift",
    f3_orbits_of_every_closed_family: "F3.orbits",
    f3_control_the_shift_left_out: "F3.orbits-no-shift",
    f3_control_natural_parameters_like_means: "F3.orbits-transposed",
    f3_control_composition_reversed_in_every_family: "F3.orbits-turned-around",
    f3_control_log_normal_laws_with_fixed_signs: "F3.fixed-signs",
    f3_affine_action_of_every_family_in_rationals: "F3.affine",
    f3_control_the_cocycle_of_the_other_side: "F3.affine-other-side",
    f3_control_a_pairing_that_stays: "F3.affine-constant",
    f3_tilted_base_measures_move_natural_parameters_affinely: "F3.tilt",
    f3_control_the_tilt_forgotten: "F3.tilt-forgotten",
    f3_control_a_tilt_without_its_constant: "F3.tilt-no-constant",
    f3_control_a_tilt_averaged_linearly: "F3.tilt-linear-average",
    f4_gap_is_the_divergence_from_the_moment_matched_member: "F4.formula",
    f4_control_determinant_of_unmoved_variances: "F4.unmoved-volume",
    f4_moment_matching_attains_the_minimum: "F4.minimal",
    f4_control_precisions_matched: "F4.precisions",
    f4_control_reversed_divergence: "F4.reversed",
    f4_gap_is_zero_exactly_for_diagonal_covariances: "F4.zero",
    f4_control_diagonal_gaussian_taken_for_closed: "F4.closed",
    f4_gap_of_the_isotropic_gaussian: "F4.isotropic",
    f4_control_isotropic_gaussian_under_a_stretch: "F4.stretched-isotropic",
    f5_laplace_is_closed_under_signed_permutations: "F5.location-scale",
    f5_control_locations_moved_without_signs: "F5.unsigned",
    f5_projection_is_invariant: "F5.projection",
    f5_control_locations_averaged_without_signs: "F5.unsigned-average",
    f5_laplace_is_not_closed_under_other_rotations: "F5.rotation",
    f5_control_laplace_taken_for_closed_under_rotations: "F5.turned",
    f5_laplace_locations_are_no_exponential_family: "F5.not-exponential",
    f5_control_gaussian_locations_have_bounded_rank: "F5.gaussian-rank",
}

/// Counterexamples that were met on the way, kept.
mod frozen {
    use equibayes::action::{closedness_gap, push_forward};
    use equibayes::claim::rounding::{Tracked, close};
    use equibayes::family::{DiagonalGaussian, FullGaussian, LogPartition, Member};
    use equibayes::group::Cyclic;
    use equibayes::representation::Dense;
    use equibayes::scalar::{Rational, Scalar};
    use nalgebra::{DMatrix, DVector, dmatrix, dvector};
    use statrs::distribution::{Continuous, MultivariateNormal};

    /// The oracle takes its determinant as a sum over permutations (up to three dimensions), which
    /// keeps no digits here; at the mean, the log density is −½(3 ln 2π + Σ ln D).
    #[test]
    fn wide_scales_defeat_the_oracle() {
        let exact = |x: f64| Tracked::exact(x);
        let lower = dmatrix![1.0, 0.0, 0.0; 0.25, 1.0, 0.0; 0.25, 0.0, 1.0];
        let diagonal = dvector![1.75 * 65536.0, 1.625 / 65536.0, 1.5 / 256.0];
        let covariance = &lower * DMatrix::from_diagonal(&diagonal) * lower.transpose();
        let mean = DVector::from_element(3, 0.0);
        let q = FullGaussian::with_covariance(&mean.map(exact), &covariance.map(exact)).unwrap();
        let ours = q.family().log_density(&q, q.mean().as_slice());
        let log_det: f64 = diagonal.iter().map(|d| d.ln()).sum();
        let true_value = -0.5 * (3.0 * std::f64::consts::TAU.ln() + log_det);
        assert!((ours.value() - true_value).abs() <= ours.bound() + 1e-14);
        let oracle = MultivariateNormal::new_from_nalgebra(mean.clone(), covariance).unwrap();
        let error = (oracle.ln_pdf(&mean) - true_value).abs();
        assert!(error > 1e3 * ours.bound(), "the oracle is right to {error:e} now");
    }

    /// An exact zero has no inverse: a refusal, not a division by zero.
    #[test]
    fn an_exact_zero_precision_is_refused() {
        let eta = dvector![Rational::ratio(1, 1), Rational::ratio(0, 1)];
        assert!(Member::from_natural(DiagonalGaussian::new(1), eta).is_err());
    }

    /// `tr − n − ln det` came out as −2.2e-16 here, where the divergence is 1.7e-19.
    #[test]
    fn divergences_of_near_members_are_positive() {
        let near = |step: f64| {
            let covariance = dmatrix![1.0 + step, 0.5; 0.5, 1.0];
            FullGaussian::with_covariance(&dvector![0.0, 0.0], &covariance).unwrap()
        };
        let step = 2f64.powi(-31);
        let (q, p) = (near(0.0), near(step));
        // ½ (x − ln(1 + x)) with x = step Λ_11 = 4/3 step, to second order.
        let expected = 0.25 * (4.0 / 3.0 * step).powi(2);
        let kl = q.family().kl(&q, &p);
        assert!((kl / expected - 1.0).abs() < 1e-6, "{kl:e}, expected {expected:e}");
    }

    /// The logarithm of a ratio near 1 rounded small gaps to 0.
    #[test]
    fn a_turn_by_a_millionth_has_a_gap() {
        let (sin, cos) = 1e-6_f64.sin_cos();
        let turn =
            Dense::from_fn(Cyclic::new(1).unwrap(), 2, move |_| dmatrix![cos, -sin; sin, cos]);
        let q = DiagonalGaussian::with_variance(&[0.0, 0.0], &[1.0, 3.0]).unwrap();
        let gap: f64 = closedness_gap(&q, &turn, &0).unwrap();
        let expected = 0.5 * (2e-6_f64.sin().powi(2) / 3.0);
        assert!((gap / expected - 1.0).abs() < 1e-9, "{gap:e}, expected {expected:e}");
    }

    /// Closedness under every invertible action does not mean that A stays: volumes count.
    #[test]
    fn a_dilation_moves_the_log_partition_by_its_log_determinant() {
        let twice = |factor: f64| DMatrix::from_diagonal_element(1, 1, Tracked::exact(factor));
        // One matrix and its inverse: enough of an action for one push-forward.
        let rep = Dense::from_fn(Cyclic::new(3).unwrap(), 1, move |&k| twice([1.0, 2.0, 0.5][k]));
        let q = FullGaussian::with_covariance(&dvector![Tracked::exact(1.0)], &twice(1.0)).unwrap();
        let moved = push_forward(&q, &rep, &1).unwrap();
        let shift = q.family().log_partition(&moved) - q.family().log_partition(&q);
        assert!(close(&shift, &Tracked::rounded(std::f64::consts::LN_2)).holds());
    }
}
