//! Chapter B of the catalogue: one test for each entry.
#![cfg(feature = "catalogue")]

#[macro_use]
mod chapter;

entries! { Bounds:
    b1_total_variation: "B1.finite",
    b1_control_not_jointly_equivariant: "B1.finite-not-jointly",
    b1_control_nine_tenths_of_the_diameter: "B1.finite-nine-tenths",
    b2_the_orbit_divergence_in_closed_form: "B2.families",
    b2_control_p_for_p_star: "B2.families-p-for-p-star",
    b2_orbit_divergence: "B2.finite",
    b2_control_not_jointly_equivariant: "B2.finite-not-jointly",
    b3_wasserstein_distance_of_diagonal_gaussians: "B3.diagonal",
    b3_control_diagonal_not_jointly_equivariant: "B3.diagonal-not-jointly",
    b3_wasserstein_distance_of_full_gaussians: "B3.full",
    b3_control_full_not_jointly_equivariant: "B3.full-not-jointly",
    b3_control_the_constant_of_the_wrong_side: "B3.full-wrong-side",
    b4_variance_and_chi_squared: "B4.finite",
    b4_control_not_jointly_equivariant: "B4.finite-not-jointly",
    b4_control_nine_tenths_of_chi_squared: "B4.finite-nine-tenths",
    b5_a_conjugate_posterior_is_as_asymmetric_as_its_prior: "B5.conjugate",
    b5_control_conjugate_subset: "B5.conjugate-subset",
    b5_control_mean_field: "B5.conjugate-mean-field",
    b5_the_symmetric_divergence_of_minimisers: "B5.convex",
    b5_control_a_loss_that_moves: "B5.convex-moving-loss",
    b5_control_a_concave_loss: "B5.convex-concave",
    b5_location_and_scale_of_ridge_regression: "B5.ridge",
    b5_control_ridge_subset: "B5.ridge-subset",
    b5_control_a_prior_whose_variances_differ: "B5.ridge-wide-prior",
    b5_location_and_scale_of_logistic_regression: "B5.logistic",
    b5_control_logistic_subset: "B5.logistic-subset",
    b5_control_noise_that_is_not_closed: "B5.logistic-open-noise",
    b6_the_bias_of_the_plug_in_estimate: "B6.finite",
    b6_control_taken_for_unbiased: "B6.finite-unbiased",
    b6_control_the_bias_of_shared_draws: "B6.finite-own-draws",
    b9_twice_the_distance_from_the_average: "B9.finite",
    b9_control_a_law_that_moves: "B9.finite-moving-law",
    b9_control_once_the_distance: "B9.finite-once",
    b10_two_random_elements: "B10.pairs",
    b10_control_not_orthogonal: "B10.pairs-sheared",
    b10_control_two_different_elements: "B10.pairs-distinct",
}
