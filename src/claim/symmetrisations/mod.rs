//! Chapter S: symmetrisations.
//!
//! Most statements are checked for two settings: diagonal Gaussians under signed permutations, and
//! full Gaussians under conjugates of them that are in general not orthogonal. The twins in rational
//! arithmetic carry the logarithms of divergences along as rationals, so that they compare with
//! `==` too. Proofs are in `proofs-notes/s-symmetrisations.md`.

mod every;
mod every_exact;
pub(super) mod exact;
mod few;
mod rotations;
mod rounding;
mod s1_geometric;
mod s2_arithmetic;
mod s3_barycentre;
mod s3_location_scale;
mod s3_projection;
mod s3_tying;
mod s3_tying_gap;
mod s3_tying_points;
mod s4_divergence;
#[cfg(feature = "enclosure")]
mod s4_enclosed;
mod s4_mean_field;
mod s5_covariances;
mod s5_order;
mod s6_exact;
mod s6_gaps;
mod s6_gaussian;
mod s6_mixture;
mod s6_tables;
mod s7_descent;
mod s7_exact;
mod s7_families;
mod s7_objective;
mod setting;
mod transport;

use super::Claim;

/// The entries of the chapter.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let mut claims = s1_geometric::claims();
    claims.extend(every::of_s1());
    claims.extend(s2_arithmetic::claims());
    claims.extend(every::of_s2());
    claims.extend(s3_projection::claims());
    claims.extend(s3_location_scale::claims());
    claims.extend(s3_barycentre::claims());
    claims.extend(s3_tying::claims());
    claims.extend(s3_tying_gap::claims());
    claims.extend(s3_tying_points::claims());
    claims.extend(s4_divergence::claims());
    claims.extend(s4_mean_field::claims());
    claims.extend(every::of_s4());
    claims.extend(s5_order::claims());
    claims.extend(s5_covariances::claims());
    claims.extend(s6_mixture::claims());
    claims.extend(s6_gaps::claims());
    claims.extend(s6_gaussian::claims());
    claims.extend(s7_descent::claims());
    claims.extend(rotations::claims());
    claims.extend(s7_families::claims());
    claims
}
