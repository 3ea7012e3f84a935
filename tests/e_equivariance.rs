//! Chapter E of the catalogue: one test for each entry.
#![cfg(feature = "catalogue")]

use equibayes::claim::{Chapter, assert_holds, catalogue};

macro_rules! entries {
    ($($name:ident: $id:literal,)*) => {
        /// The entries that have a test in this file.
        const TESTED: &[&str] = &[$($id),*];

        $(
            #[test]
            fn $name() {
                assert_holds($id);
            }
        )*
    };
}

entries! {
    e1_linear_models_are_jointly_equivariant: "E1.linear",
    e1_control_the_transpose_for_the_inverse: "E1.linear-transposed",
    e1_control_a_bias_that_does_not_move: "E1.linear-still-bias",
    e1_networks_are_jointly_equivariant: "E1.networks",
    e1_control_relu_on_signs: "E1.networks-signed-relu",
    e1_control_relu_on_mixed_coordinates: "E1.networks-mixing",
    e1_restricted_architectures_are_jointly_equivariant: "E1.admissible",
    e1_control_a_support_that_cuts_an_orbit: "E1.admissible-cut-orbit",
    e2_the_augmented_squared_error_is_invariant: "E2.squared",
    e2_control_a_loss_that_is_not_invariant: "E2.squared-weighted",
    e2_control_augmentation_by_a_subset: "E2.squared-subset",
    e2_control_no_augmentation: "E2.squared-plain",
    e2_control_outputs_moved_by_no_orthogonal_action: "E2.squared-sheared",
    e2_augmentation_by_cosets_of_a_subgroup: "E2.subgroup",
    e2_the_augmented_cross_entropy_is_invariant: "E2.cross-entropy",
    e2_control_cross_entropy_of_signed_outputs: "E2.cross-entropy-signs",
    e6_linear_models_predict_equivariantly: "E6.linear",
    e6_control_a_posterior_that_moves_linear: "E6.linear-moving",
    e6_networks_predict_equivariantly: "E6.networks",
    e6_control_a_posterior_that_moves: "E6.networks-moving",
    e6_control_scales_that_move: "E6.networks-moving-scales",
    e6_networks_with_correlated_parameters_predict_equivariantly: "E6.correlated",
    e6_control_a_correlated_posterior_that_moves: "E6.correlated-moving",
}

#[test]
fn every_entry_of_the_chapter_has_a_test_here() {
    let claims = catalogue();
    let mut chapter: Vec<&str> = claims
        .iter()
        .map(|claim| claim.about())
        .filter(|about| about.chapter() == Chapter::Equivariance)
        .map(|about| about.id)
        .collect();
    let mut tested = TESTED.to_vec();
    chapter.sort_unstable();
    tested.sort_unstable();
    assert_eq!(chapter, tested);
}
