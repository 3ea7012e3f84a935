//! Chapter S of the catalogue: one test for each entry, and instances that once went wrong.
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
    s1_geometric_average_of_diagonal_gaussians_is_the_i_projection: "S1.diagonal",
    s1_control_pythagoras_needs_an_invariant_zeta: "S1.diagonal.moving-zeta",
    s1_control_a_subset_that_is_no_subgroup: "S1.diagonal.subset",
    s1_geometric_average_of_full_gaussians_is_the_i_projection: "S1.full",
    s1_control_p_for_p_star_is_not_invariant: "S1.full.p-for-p-star",
    s1_control_pythagoras_needs_an_invariant_zeta_full: "S1.full.moving-zeta",
    s2_arithmetic_average_of_diagonal_gaussians_is_the_m_projection: "S2.diagonal",
    s2_control_pythagoras_needs_an_invariant_zeta: "S2.diagonal.moving-zeta",
    s2_control_the_spread_of_the_means_counts: "S2.diagonal.no-spread",
    s2_arithmetic_average_of_full_gaussians_is_the_m_projection: "S2.full",
    s2_control_pythagoras_needs_an_invariant_zeta_full: "S2.full.moving-zeta",
    s2_control_p_star_for_p_has_other_moments: "S2.full.p-star-for-p",
    s3_projection_is_the_wasserstein_barycentre: "S3.barycentre",
    s3_control_averaging_variances_is_not: "S3.barycentre.variances",
    s3_control_averaging_scales_with_signs_is_not: "S3.barycentre.signed-scales",
    s3_tied_draws_are_invariant: "S3.tying",
    s3_control_tying_is_not_projection: "S3.tying.projection",
    s3_tied_draws_are_invariant_full: "S3.tying-full",
    s3_control_tying_by_a_subset: "S3.tying-full.subset",
    s4_orbit_divergence_splits_in_three: "S4.diagonal",
    s4_control_the_remainder_turned_around: "S4.diagonal.turned-remainder",
    s4_control_a_subset_that_is_no_subgroup: "S4.diagonal.subset",
    s4_orbit_divergence_splits_in_three_full: "S4.full",
    s4_control_the_remainder_turned_around_full: "S4.full.turned-remainder",
    s4_control_p_for_p_star: "S4.full.p-for-p-star",
    s4_mean_field_is_the_generic_way: "S4.mean-field",
    s4_control_signs_dropped: "S4.mean-field.unsigned",
    s5_variances_are_ordered: "S5.diagonal",
    s5_control_the_order_reversed: "S5.diagonal.reversed",
    s5_control_across_orbits: "S5.diagonal.across-orbits",
    s5_covariances_are_ordered_in_loewner_sense: "S5.full",
    s5_control_full_marginals_are_not_harmonic_means: "S5.full.marginals",
    s5_control_full_barycentre_is_not_in_between: "S5.full.barycentre",
}

#[test]
fn every_entry_of_the_chapter_has_a_test_here() {
    let claims = catalogue();
    let mut chapter: Vec<&str> = claims
        .iter()
        .map(|claim| claim.about())
        .filter(|about| about.chapter() == Chapter::Symmetrisations)
        .map(|about| about.id)
        .collect();
    let mut tested = TESTED.to_vec();
    chapter.sort_unstable();
    tested.sort_unstable();
    assert_eq!(chapter, tested);
}
