//! A control of F3 of another kind: what does not move is not a matrix, but the support.

use super::super::rounding::{Tracked, close};
use super::super::scene::{Scene, Which};
use super::super::{Claim, Entry, Feature, Outcome, strategy};
use super::violating::plain;
use super::{control, settle};
use crate::family::{FamilyError, Independent, LogNormal, LogPartition, Member};
use crate::group::Finite;
use crate::representation::{
    ActsBySignedPermutations, ActsOn, Representation, SignedPermutation, Unsigned,
};
use num_traits::{Float, One, Zero};
use proptest::prop_oneof;
use proptest::strategy::{BoxedStrategy, Strategy};

pub(super) fn of_orbits() -> Box<dyn Claim> {
    Box::new(Entry {
        about: control(
            "F3.fixed-signs",
            "F3.orbits",
            "log-normal laws with fixed signs",
            "a log-normal law with known signs, its coordinates permuted, is the one with the permuted moments of ln|θ|",
            &["coordinates that are permuted have the same sign: a known sign does not move"],
        ),
        instances: permuting,
        check: |scene| settle(|| fixed_signs(scene, true)),
        exact: None,
    })
}

/// How an element permutes the coordinates.
fn permutation(scene: &Scene, pick: usize) -> SignedPermutation {
    let rep = Unsigned::new(scene.signed());
    rep.index_map(&rep.group().element(pick))
}

/// The first coordinate that the element moves, and where it goes.
fn first_moved(permutation: &SignedPermutation) -> Option<(usize, usize)> {
    (0..permutation.dim()).map(|i| (i, permutation.image(i).0)).find(|(i, image)| i != image)
}

/// An element that moves a coordinate: the one that was picked, or the next that does.
fn permuting(_: Option<Feature>) -> BoxedStrategy<Scene> {
    let of = |feature| strategy::scenes_with(4, Some(feature));
    prop_oneof![of(Feature::FreeOrbit), of(Feature::NonFreeOrbit)]
        .prop_map(|scene| {
            let order = scene.group().small_order().unwrap_or(1);
            let first = scene.picks.first().copied().unwrap_or(0);
            let pick = (first..first + order)
                .map(|pick| pick % order)
                .find(|&pick| first_moved(&permutation(&scene, pick)).is_some());
            Scene { picks: pick.into_iter().collect(), ..plain(scene) }
        })
        .boxed()
}

/// Whether each coordinate is negative: at random, but if `unlike` not the same for a coordinate that moves
/// and the one that it moves to; else the same for all.
fn signs(scene: &Scene, dim: usize, unlike: Option<(usize, usize)>) -> Vec<bool> {
    let random: Vec<Tracked> = scene.vector(Which::P, dim);
    let mut negative: Vec<bool> = random.iter().map(|x| *x < Tracked::zero()).collect();
    match unlike {
        Some((from, to)) => negative[to] = !negative[from],
        None => negative.fill(random.iter().any(|x| *x < Tracked::zero())),
    }
    negative
}

/// `T = (ln|θ|, ln²|θ|)` moves by `|ρ| ⊕ |ρ|` whatever the signs, so no member but `ζ` could be the law of `ρθ`.
/// That one has the density `q(θ)` at `ρθ`; `ζ`, like every member, has the density 0 where a sign is not its own.
fn fixed_signs(scene: &Scene, unlike: bool) -> Result<Outcome, FamilyError> {
    let (rep, g) = (Unsigned::new(scene.signed()), scene.element(0));
    let dim = rep.dim();
    let moved = first_moved(&rep.index_map(&g)).filter(|_| unlike);
    let negative = signs(scene, dim, moved);
    let mean: Vec<Tracked> = scene.vector(Which::Q, dim);
    let variance: Vec<Tracked> = scene.positive(Which::Q, dim);
    let sizes: Vec<Tracked> = scene.positive(Which::P, dim);
    let theta: Vec<Tracked> =
        sizes.iter().zip(&negative).map(|(&x, &below)| if below { -x } else { x }).collect();
    let law = |mean: &[Tracked], variance: &[Tracked]| {
        LogNormal::with_variance(&negative, mean, variance)
    };
    let q: Member<Independent<LogNormal>, Tracked> = law(&mean, &variance)?;
    let matched = law(rep.apply(&g, &mean).as_slice(), rep.apply(&g, &variance).as_slice())?;
    let before = q.family().log_density(&q, &theta);
    let after = q.family().log_density(&matched, rep.apply(&g, &theta).as_slice());
    // e^−∞ = 0, without its rounding.
    let ratio = if after.value() == f64::NEG_INFINITY {
        Tracked::zero()
    } else {
        Float::exp(after - before)
    };
    Ok(Outcome::new("q_ζ(ρθ)/q(θ) = 1 for the matched ζ", close(&ratio, &Tracked::one())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::push_forward;
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    /// What refutes the statement are the signs alone, and the library refuses to move these laws and no others.
    #[test]
    fn like_signs_move() {
        let mut runner = TestRunner::deterministic();
        for _ in 0..100 {
            let scene = permuting(None).new_tree(&mut runner).unwrap().current();
            let like = fixed_signs(&scene, false).unwrap();
            assert!(like.residual().holds(), "{scene:?}: {}", like.residual());
            let unlike = fixed_signs(&scene, true).unwrap();
            assert_eq!(unlike.residual().error(), 1.0, "{scene:?}");
            let (rep, g) = (Unsigned::new(scene.signed()), scene.element(0));
            let moved = first_moved(&rep.index_map(&g));
            assert!(moved.is_some(), "{scene:?}");
            let (mean, variance) = (vec![0.0; rep.dim()], vec![1.0; rep.dim()]);
            for (unlike, refused) in [(None, false), (moved, true)] {
                let negative = signs(&scene, rep.dim(), unlike);
                let q = LogNormal::with_variance(&negative, &mean, &variance).unwrap();
                assert_eq!(push_forward(&q, &rep, &g).is_err(), refused, "{scene:?}");
            }
        }
    }
}
