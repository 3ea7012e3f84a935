//! Families of independent coordinates.

use super::*;

pub(super) fn gammas<T: Special>(
    scene: &Scene,
    which: Which,
    n: usize,
) -> Result<Member<Independent<Gamma>, T>, FamilyError> {
    Gamma::with_shape_rate(&scene.positive(which, n), &others::<T>(scene, which, n))
}

family! {
    Gammas, "gamma", Independent<Gamma>, under Permutations,
    pose: <T> |scene, which, n| gammas(scene, which, n),
    point: <T> |scene, n| positive_point(scene, n),
    moments: moments::gamma
}

family! {
    Exponentials, "exponential", Independent<Exponential>, under Permutations,
    pose: <T> |scene, which, n| Exponential::with_rate(&scene.positive::<T>(which, n)),
    point: <T> |scene, n| positive_point(scene, n),
    moments: moments::exponential,
    /// A variance of `μ²`.
    fn squares(mu: &[Tracked]) -> Option<Tracked> {
        Some(mu.iter().fold(Tracked::zero(), |sum, &mean| sum + Tracked::count(2) * mean * mean))
    }
}

family! {
    Poissons, "Poisson", Independent<Poisson>, under Permutations,
    pose: <T> |scene, which, n| Poisson::with_mean(&scene.positive::<T>(which, n)),
    point: <T> |scene, n| {
        let whole = |x: f64| T::ratio((4.0 * x).abs() as i64, 1);
        scene.vector(Which::P, n).into_iter().map(whole).collect()
    },
    moments: moments::poisson,
    /// A variance of `μ`.
    fn squares(mu: &[Tracked]) -> Option<Tracked> {
        Some(mu.iter().fold(Tracked::zero(), |sum, &mean| sum + mean * mean + mean))
    }
}

/// Log odds. At the edge of the domain they are large: probabilities of `1 − e^−16` and of `e^−64`, say; nearer to 1 a
/// probability does not say any more how far from 1 it is.
fn log_odds<T: Special>(scene: &Scene, which: Which, n: usize) -> Vec<T> {
    let odds: Vec<T> = scene.vector(which, n);
    if scene.spread < EDGE {
        return odds;
    }
    let sizes = scene.positive::<T>(which, n);
    let large = |(odds, size): (T, T)| {
        if odds < T::zero() { -size } else { Float::min(size, T::count(16)) }
    };
    odds.into_iter().zip(sizes).map(large).collect()
}

family! {
    Bernoullis, "Bernoulli", Independent<Bernoulli>, under Permutations,
    pose: <T> |scene, which, n| Bernoulli::with_log_odds(&log_odds::<T>(scene, which, n)),
    point: <T> |scene, n| {
        bits(scene, n).into_iter().map(|bit| T::count(usize::from(bit))).collect()
    },
    moments: moments::bernoulli
}

family! {
    LogNormals, "log-normal of one sign", Independent<LogNormal>, under Permutations,
    // Negative throughout, so that the sign is not what is tested least.
    pose: <T> |scene, which, n| {
        let (mean, variance) = (scene.vector(which, n), scene.positive::<T>(which, n));
        LogNormal::with_variance(&vec![true; n], &mean, &variance)
    },
    point: <T> |scene, n| positive_point::<T>(scene, n).into_iter().map(|x| -x).collect(),
    moments: moments::log_normal
}

family! {
    SignedLogNormals, "log-normal of either sign", Independent<SignedLogNormal>,
    under SignedPermutations,
    pose: <T> |scene, which, n| {
        let mean: Vec<T> = scene.vector(which, n);
        let odds: Vec<T> = mean.iter().rev().copied().collect();
        SignedLogNormal::with_log_odds(&odds, &mean, &scene.positive(which, n))
    },
    point: <T> |scene, n| {
        let signed = |(x, negative): (T, bool)| if negative { -x } else { x };
        positive_point::<T>(scene, n).into_iter().zip(bits(scene, n)).map(signed).collect()
    },
    moments: moments::signed_log_normal
}
