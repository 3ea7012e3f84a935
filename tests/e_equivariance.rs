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
    e3_diagonal: "E3.diagonal",
    e3_full: "E3.full",
    e3_networks: "E3.networks",
    e3_diagonal_moving_prior: "E3.diagonal-moving-prior",
    e3_full_moving_prior: "E3.full-moving-prior",
    e3_full_marginals: "E3.full-marginals",
    e3_networks_moving_loss: "E3.networks-moving-loss",
    e3_networks_fresh_noise: "E3.networks-fresh-noise",
    e3_subset: "E3.subset",
    e3_subset_others: "E3.subset-others",
    e3_subset_left_cosets: "E3.subset-left-cosets",
    e4_diagonal: "E4.diagonal",
    e4_full: "E4.full",
    e4_networks: "E4.networks",
    e4_diagonal_moving_prior: "E4.diagonal-moving-prior",
    e4_full_plain_step: "E4.full-plain-step",
    e4_cholesky: "E4.cholesky",
    e5_minimisers_diagonal: "E5.minimisers-diagonal",
    e5_minimisers_full: "E5.minimisers-full",
    e5_minimisers_subset: "E5.minimisers-subset",
    e5_minimisers_moving_prior: "E5.minimisers-moving-prior",
    e5_linear_optimisers: "E5.linear-optimisers",
    e5_adaptive: "E5.adaptive",
    e5_linear_moving_prior: "E5.linear-moving-prior",
    e5_linear_subset: "E5.linear-subset",
    e5_stale_momentum: "E5.stale-momentum",
    e5_adaptive_turn: "E5.adaptive-turn",
    e5_killed_coordinates: "E5.killed-coordinates",
    e7_random: "E7.random",
    e7_random_path: "E7.random-path",
    e7_random_mean_path: "E7.random-mean-path",
    e7_random_subset: "E7.random-subset",
    e8_diagonal: "E8.diagonal",
    e8_full: "E8.full",
    e8_step: "E8.step",
    e8_equivariant_draws: "E8.equivariant-draws",
    e8_diagonal_moving: "E8.diagonal-moving",
    e8_full_moving: "E8.full-moving",
    e8_step_fresh_noise: "E8.step-fresh-noise",
    e8_step_sum: "E8.step-sum",
    e8_independent_draws: "E8.independent-draws",
    e9_orbit_sampling: "E9.orbit-sampling",
    e9_plain: "E9.plain",
    e9_wrong_side: "E9.wrong-side",
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
