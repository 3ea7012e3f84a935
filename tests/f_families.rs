//! Chapter F of the theory: exponential families and closedness.
#![cfg(feature = "catalogue")]

use equibayes::claim::{assert_holds, catalogue};

/// One test for each entry, named after it; and the list of what is covered.
macro_rules! entries {
    ($($test:ident: $id:literal,)*) => {
        $(
            #[test]
            fn $test() {
                assert_holds($id);
            }
        )*

        #[test]
        fn every_entry_of_the_chapter_has_a_test() {
            let covered = [$($id),*];
            let listed: Vec<&str> = catalogue()
                .iter()
                .map(|claim| claim.about().id)
                .filter(|id| id.starts_with('F'))
                .collect();
            assert_eq!(listed, covered);
        }
    };
}

entries! {
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
    f2_kl_is_the_bregman_divergence_of_a: "F2.bregman",
    f2_control_arguments_swapped: "F2.swapped",
    f2_control_mean_parameter_of_the_other: "F2.other-mean",
    f2_kl_is_the_mean_log_ratio: "F2.expectation",
    f2_control_expectation_under_the_other: "F2.other-expectation",
    f2_kl_is_positive_and_zero_only_for_equal_members: "F2.positive",
    f2_control_density_not_normalised: "F2.unnormalised",
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
    f4_gap_is_the_divergence_from_the_moment_matched_member: "F4.formula",
    f4_control_determinant_of_unmoved_variances: "F4.unmoved-volume",
    f4_moment_matching_attains_the_minimum: "F4.minimal",
    f4_control_precisions_matched: "F4.precisions",
    f4_control_reversed_divergence: "F4.reversed",
    f4_gap_is_zero_exactly_for_diagonal_covariances: "F4.zero",
    f4_control_diagonal_gaussian_taken_for_closed: "F4.closed",
}
