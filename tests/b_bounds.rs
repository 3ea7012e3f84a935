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
