//! Chapter B of the catalogue: one test for each entry.
#![cfg(feature = "catalogue")]

#[macro_use]
mod chapter;

entries! { Bounds:
    b1_total_variation: "B1.finite",
    b1_control_not_jointly_equivariant: "B1.finite-not-jointly",
    b1_control_nine_tenths_of_the_diameter: "B1.finite-nine-tenths",
    b2_orbit_divergence_of_categorical_posteriors: "B2.categorical",
    b2_control_nine_tenths_of_the_squared_diameter: "B2.categorical-nine-tenths",
    b4_variance_and_chi_squared: "B4.finite",
    b4_control_not_jointly_equivariant: "B4.finite-not-jointly",
    b4_control_nine_tenths_of_chi_squared: "B4.finite-nine-tenths",
    b5_the_rate_of_the_asymmetry: "B5.rate",
    b5_control_the_root_of_the_rate: "B5.rate-root",
    b6_the_bias_of_the_plug_in_estimate: "B6.finite",
    b6_control_taken_for_unbiased: "B6.finite-unbiased",
    b6_control_the_bias_of_shared_draws: "B6.finite-own-draws",
    b6_the_rate_of_the_bias: "B6.rate",
    b6_control_the_root_of_the_rate: "B6.rate-root",
    b7_the_deviation_of_shared_draws: "B7.finite",
    b7_control_draws_counted_again_for_each_input: "B7.finite-fresh",
    b7_the_rates_of_the_deviation: "B7.rate",
    b7_control_the_rates_exchanged: "B7.rate-exchanged",
    b7_the_floor_of_redrawn_inputs: "B7.floor",
    b7_control_a_floor_that_falls: "B7.floor-falling",
    b8_posteriors_chosen_by_the_inputs: "B8.finite",
    b8_control_moved_copies_counted: "B8.finite-copies",
    b8_control_a_prior_chosen_afterwards: "B8.finite-prior-after",
    b9_twice_the_distance_from_the_average: "B9.finite",
    b9_control_a_law_that_moves: "B9.finite-moving-law",
    b9_control_once_the_distance: "B9.finite-once",
    b10_two_random_elements: "B10.pairs",
    b10_control_not_orthogonal: "B10.pairs-sheared",
    b10_control_two_different_elements: "B10.pairs-distinct",
    b10_the_rate_of_partial_augmentation: "B10.rate",
    b10_control_the_square_of_the_rate: "B10.rate-linear",
}
