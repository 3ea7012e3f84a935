//! B7: how far the plug-in estimate with shared draws is from its expectation.

use super::control;
use super::world::{World, small_worlds, square};
use crate::claim::rounding::Tracked;
use crate::claim::statistical::binomial::upper_tail;
use crate::claim::statistical::budget::ALPHA;
use crate::claim::statistical::{Design, Measured, Statistical, in_words, instance};
use crate::claim::{About, CONTROL_MARGIN, Claim, Evidence, Mutated, Outcome, Role};
use crate::defect::{deviation_bound, deviation_probability};
use crate::law::Residual;
use crate::scalar::Scalar;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// The claim with its control.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "B7.finite",
        title: "the deviation of the plug-in estimate with shared draws",
        role: Role::Bound,
        of: None,
        evidence: Evidence::Statistical,
        statement: "P(|Δ̂ − E Δ̂| ≥ ε) ≤ 2 exp(−2ε²/(D⁴ (16/T + 1/N_x)))",
        hypotheses: &[
            "(J)",
            "finite group",
            "T independent draws, shared by all inputs",
            "N_x independent inputs",
            "outputs of diameter D",
        ],
        tolerance: "exact binomial tests of the frequencies, at the ε where the bound is ½, 0.1 and 0.01, on nine laws",
        covers: &[],
        cost: 1,
    };
    let fresh = control(
        about,
        "B7.finite-fresh",
        "draws counted again for each input",
        "P(|Δ̂ − E Δ̂| ≥ ε) ≤ 2 exp(−2ε²/(D⁴ (16/(T N_x) + 1/N_x)))",
        &["T draws, however many inputs share them"],
    );
    vec![
        Box::new(Statistical::new(about, DESIGN, shared)),
        Box::new(Statistical::new(fresh, FRESH, counted_again)),
    ]
}

const DESIGN: Design = Design {
    alpha: ALPHA,
    cases: 1,
    repetitions: 20_000,
    miss: 1e-6,
    alternative: "one of the probabilities is twice what the bound says",
};

const FRESH: Design = Design {
    alpha: ALPHA,
    cases: 1,
    repetitions: 2_000,
    miss: 1e-12,
    alternative: "the tightest law below, T = 16, N_x = 1024, whose probabilities are known exactly",
};

/// The values of the bound at which frequencies are compared with it.
const LEVELS: [f64; 3] = [0.5, 0.1, 0.01];

/// The level whose quantile is the tightness.
const QUANTILE: f64 = 0.01;

/// Draws and inputs, of one law after the other.
const SIZES: [(usize, usize); 4] = [(16, 64), (4, 8), (64, 16), (16, 4)];

/// How many laws are looked at.
const LAWS: usize = 9;

/// Sizes and diameters of those that are not random: one in which many inputs share the draws, and one whose diameter is not of
/// the size of 1.
const TIGHTEST: [((usize, usize), f64); 2] = [((64, 1024), 1.0), ((64, 16), 10.0)];

/// A law of differences `d = Φ(θ, ρ_X(g)x) − ρ_Y(g)Φ(θ, x)`, with finitely many parameters and inputs.
struct Law {
    /// `d[x][g][θ]`.
    d: Vec<Vec<Vec<Vec<f64>>>>,
    /// The law of the parameters; inputs are uniform.
    q: Vec<f64>,
    squared_diameter: f64,
    draws: usize,
    inputs: usize,
}

impl Law {
    /// Two elements and two parameters that they exchange, one input. Either parameter alone gives the estimate ½ D²; with the
    /// probabilities `(1 ± √½)/2` the variance of the square is largest.
    fn tightest((draws, inputs): (usize, usize), diameter: f64) -> Self {
        let q = 0.5 * (1.0 + 0.5_f64.sqrt());
        let d = vec![vec![vec![vec![0.0]; 2], vec![vec![diameter], vec![-diameter]]]];
        let squared_diameter = diameter * diameter;
        Self { d, q: vec![q, 1.0 - q], squared_diameter, draws, inputs }
    }

    /// The two parameters of the tightest law of which one is certain, and two inputs: at one the elements differ, at the other
    /// nothing does. All that varies is how often either input is drawn, and with so many draws that is more than they could be held
    /// accountable for.
    fn of_inputs() -> Self {
        let Self { mut d, squared_diameter, .. } = Self::tightest((1, 1), 1.0);
        d.push(vec![vec![vec![0.0]; 2]; 2]);
        Self { d, q: vec![1.0, 0.0], squared_diameter, draws: 1024, inputs: 1 }
    }

    /// Large deviations of the law of two parameters, `m = 2c/T − 1` from ½ to 0.9: with so many inputs that they do not count.
    fn far() -> Self {
        Self { q: vec![0.75, 0.25], ..Self::tightest((FAR_DRAWS, 1_000_000_000), 1.0) }
    }

    /// A random world, if something varies there.
    fn random(rng: &mut ChaCha8Rng, (draws, inputs): (usize, usize)) -> Option<Self> {
        let network = instance(&small_worlds(None), rng);
        let world = World::<Tracked>::of(&network, true)?;
        let numbers =
            |v: Vec<Tracked>| v.into_iter().map(|y| y.nearest_f64()).collect::<Vec<f64>>();
        let d = (0..world.inputs)
            .map(|x| {
                let of =
                    |g| (0..world.parameters).map(|t| numbers(world.difference(g, t, x))).collect();
                world.moves.iter().map(of).collect()
            })
            .collect();
        let mut squared_diameter = 0.0_f64;
        for x in 0..world.inputs {
            for a in 0..world.parameters {
                for b in 0..a {
                    let step = super::world::minus(world.model(a, x), world.model(b, x));
                    squared_diameter = squared_diameter.max(square(&step).nearest_f64());
                }
            }
        }
        let q = numbers(world.q);
        (squared_diameter > 0.0).then_some(Self { d, q, squared_diameter, draws, inputs })
    }

    /// `avg_g ‖Σ_θ w_θ d_θ‖²` for each input.
    fn squares(&self, weights: &[f64]) -> Vec<f64> {
        self.d
            .iter()
            .map(|elements| {
                let sum: f64 = elements.iter().map(|d| square(&weighted(d, weights))).sum();
                sum / elements.len() as f64
            })
            .collect()
    }

    /// `E Δ̂ = Δ + (1/T) avg_g tr Var d`, over the inputs too: exact but for rounding.
    fn expectation(&self) -> f64 {
        let defect = self.squares(&self.q);
        let second: Vec<f64> = self
            .d
            .iter()
            .map(|elements| {
                let of = |d: &Vec<Vec<f64>>| {
                    d.iter().zip(&self.q).map(|(d, q)| q * square(d)).sum::<f64>()
                };
                elements.iter().map(of).sum::<f64>() / elements.len() as f64
            })
            .collect();
        let mean = |(defect, second): (&f64, &f64)| defect + (second - defect) / self.draws as f64;
        defect.iter().zip(&second).map(mean).sum::<f64>() / self.d.len() as f64
    }

    /// `Δ̂` once.
    fn estimate(&self, rng: &mut ChaCha8Rng) -> f64 {
        let mut weights = vec![0.0; self.q.len()];
        for _ in 0..self.draws {
            let mut at = rng.random::<f64>();
            let drawn = self.q.iter().position(|q| {
                at -= q;
                at < 0.0
            });
            // Rounding may leave the probabilities just below one.
            weights[drawn.unwrap_or(self.q.len() - 1)] += 1.0 / self.draws as f64;
        }
        let squares = self.squares(&weights);
        let sum: f64 = (0..self.inputs).map(|_| squares[rng.random_range(0..squares.len())]).sum();
        sum / self.inputs as f64
    }

    /// `|Δ̂ − E Δ̂|` in order, over the repetitions.
    fn deviations(&self, repetitions: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
        let expectation = self.expectation();
        let mut found: Vec<f64> =
            (0..repetitions).map(|_| (self.estimate(rng) - expectation).abs()).collect();
        found.sort_by(f64::total_cmp);
        found
    }

    fn told(&self) -> String {
        let Self { squared_diameter, draws, inputs, q, .. } = self;
        format!("T = {draws}, N_x = {inputs}, D² = {squared_diameter}, q = {q:?}")
    }
}

/// `Σ_θ w_θ d_θ`.
fn weighted(d: &[Vec<f64>], weights: &[f64]) -> Vec<f64> {
    super::world::weighted(d[0].len(), weights, |theta| &d[theta])
}

/// The deviation that a bound says is exceeded with a probability of at most `level`.
type Bound = fn(&Law, f64) -> f64;

/// Of numbers that are in the range of the bound by construction.
fn bound(level: f64, squared_diameter: f64, draws: usize, inputs: usize) -> f64 {
    deviation_bound(level, squared_diameter, draws, inputs).unwrap_or(f64::NAN)
}

fn true_bound(law: &Law, level: f64) -> f64 {
    bound(level, law.squared_diameter, law.draws, law.inputs)
}

fn drawn_again(law: &Law, level: f64) -> f64 {
    bound(level, law.squared_diameter, law.draws * law.inputs, law.inputs)
}

/// Variants that are false, or would be improvements.
const MUTATIONS: [(&str, Bound); 4] = [
    ("D² for D⁴", |law, level| bound(level, law.squared_diameter.sqrt(), law.draws, law.inputs)),
    ("1/T for 16/T", |law, level| bound(level, law.squared_diameter, 16 * law.draws, law.inputs)),
    ("16/(T N_x) for 16/T", drawn_again),
    ("without 1/N_x", |law, level| bound(level, law.squared_diameter, law.draws, usize::MAX)),
];

/// Draws of the law whose deviations are so rare that they are summed, not drawn.
const FAR_DRAWS: usize = 2000;

/// By which factor the probability of the law [`Law::far`] is larger than a bound says, a power of ten: for what no number of draws shows.
///
/// Its count `c` of one parameter is binomial, and reaches 1900 with the probability `p = e^{−T KL(0.95‖0.75)}`, `KL = 0.1441`, but for a
/// factor of the order of `√T`; the estimate is then `ε = ½D²(0.9² − 0.5²)` above its mean, but for `1/T`. So a bound with
/// `2ε²/(D⁴ c/T)` in the exponent is false for large `T` as soon as `c < ½ · 0.56²/0.1441 = 1.088`.
fn beyond(bound: Bound) -> f64 {
    let (law, reached) = (Law::far(), FAR_DRAWS * 19 / 20);
    let p = upper_tail(reached, FAR_DRAWS, law.q[0]);
    let share = reached as f64 / FAR_DRAWS as f64;
    let deviation = law.squares(&[share, 1.0 - share])[0] - law.expectation();
    let factors = (0..15).map(|power| 10_f64.powi(power));
    // Rounding is no deviation.
    let exceeded = |factor: &f64| bound(&law, p / factor) < deviation * (1.0 - 1e-9);
    factors.filter(exceeded).fold(0.0, f64::max)
}

/// The number of values that are at least `epsilon`: a deviation *at* it counts, but not one that rounding has lifted there.
fn exceeding(sorted: &[f64], epsilon: f64, size: f64) -> usize {
    let least = epsilon + 1e-12 * size;
    sorted.len() - sorted.partition_point(|&deviation| deviation < least)
}

/// The least p-value over levels and laws, times their number, and the law that has it.
fn p_value(laws: &[(Law, Vec<f64>)], bound: Bound) -> (f64, usize) {
    let mut least = (f64::INFINITY, 0);
    for (which, (law, sorted)) in laws.iter().enumerate() {
        for level in LEVELS {
            let count = exceeding(sorted, bound(law, level), law.squared_diameter);
            let p = upper_tail(count, sorted.len(), level);
            if p < least.0 {
                least = (p, which);
            }
        }
    }
    ((least.0 * (laws.len() * LEVELS.len()) as f64).min(1.0), least.1)
}

/// The observed quantile over its bound.
fn tightness((law, sorted): &(Law, Vec<f64>)) -> f64 {
    let rank = (sorted.len() as f64 * (1.0 - QUANTILE)).ceil() as usize;
    sorted[rank - 1] / true_bound(law, QUANTILE)
}

/// The probability that the library gives for its own deviation is the level again.
///
/// `ε²` and the exponent `x = ln(2/α)` made of it take 16 roundings at the most, so `2e^{−x}` is off by `16(x + 1)` of them.
fn solved(law: &Law) -> Residual {
    LEVELS.into_iter().fold(Residual::exact(true), |worst, level| {
        let epsilon = true_bound(law, level);
        let found = deviation_probability(epsilon, law.squared_diameter, law.draws, law.inputs);
        let error = (found.unwrap_or(f64::NAN) - level).abs();
        let roundings = 16.0 * ((2.0 / level).ln() + 1.0);
        worst.worse(Residual::new(error, roundings * f64::UNIT_ROUNDOFF * level))
    })
}

fn shared(design: &Design, rng: &mut ChaCha8Rng) -> Measured {
    let mut laws: Vec<Law> = TIGHTEST.map(|(size, diameter)| Law::tightest(size, diameter)).into();
    laws.push(Law::of_inputs());
    while laws.len() < LAWS {
        laws.extend(Law::random(rng, SIZES[laws.len() % SIZES.len()]));
    }
    let laws: Vec<(Law, Vec<f64>)> = laws
        .into_iter()
        .map(|law| {
            let deviations = law.deviations(design.repetitions, rng);
            (law, deviations)
        })
        .collect();
    let (p, _) = p_value(&laws, true_bound);
    let tight =
        laws.iter().map(tightness).enumerate().fold((0.0, 0), |best, (which, tight)| {
            if tight > best.0 { (tight, which) } else { best }
        });
    let part = "frequencies of deviations";
    let outcome = laws.iter().fold(Outcome::new(part, design.judge(p)), |outcome, (law, _)| {
        outcome.and("the probability at the deviation that has it", solved(law))
    });
    let outcome = outcome.tight(tight.0);
    let mutations = MUTATIONS.map(|(name, bound)| {
        let (p, which) = p_value(&laws, bound);
        let shown = design.judge(p).ratio();
        if shown >= CONTROL_MARGIN {
            let witness = Some(format!("{}: {}", laws[which].0.told(), in_words(p)));
            return Mutated { name, shown, witness };
        }
        let shown = shown.max(beyond(bound));
        let witness = (shown >= CONTROL_MARGIN).then(|| {
            format!(
                "{}: a probability of {shown:.0e} times what it says, or more",
                Law::far().told()
            )
        });
        Mutated { name, shown, witness }
    });
    let found = format!("{}: {}", laws[tight.1].0.told(), in_words(p));
    Measured { mutations: mutations.into(), ..Measured::new(outcome, found) }
}

fn counted_again(design: &Design, rng: &mut ChaCha8Rng) -> Measured {
    let law = Law::tightest(FRESH_SIZE, 1.0);
    let deviations = law.deviations(design.repetitions, rng);
    let told = law.told();
    let (p, _) = p_value(&[(law, deviations)], drawn_again);
    let found = format!("{told}: {} over {} repetitions", in_words(p), design.repetitions);
    Measured::new(Outcome::new("frequencies of deviations", design.judge(p)), found)
}

/// Draws and inputs of the control.
const FRESH_SIZE: (usize, usize) = (16, 1024);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::statistical::binomial::{critical, lower_tail};

    /// `P(X = k)` by the recurrence.
    fn masses(n: usize, p: f64) -> Vec<f64> {
        let upper: Vec<f64> = (0..=n + 1).map(|k| upper_tail(k, n, p)).collect();
        (0..=n).map(|k| upper[k] - upper[k + 1]).collect()
    }

    /// `P(|Δ̂ − E Δ̂| ≥ ε)` of the tightest law, over all counts.
    fn exactly(law: &Law, epsilon: f64) -> f64 {
        let expectation = law.expectation();
        let deviates = |k: usize| {
            let share = k as f64 / law.draws as f64;
            (law.squares(&[share, 1.0 - share])[0] - expectation).abs() >= epsilon
        };
        masses(law.draws, law.q[0])
            .iter()
            .enumerate()
            .map(|(k, mass)| if deviates(k) { *mass } else { 0.0 })
            .sum()
    }

    #[test]
    fn the_expectation_is_that_over_all_counts() {
        let law = Law::tightest((5, 1), 1.0);
        let mean: f64 = masses(5, law.q[0])
            .iter()
            .enumerate()
            .map(|(k, mass)| mass * law.squares(&[k as f64 / 5.0, 1.0 - k as f64 / 5.0])[0])
            .sum();
        assert!((mean - law.expectation()).abs() < 1e-12, "{mean}");
    }

    /// On this law the bound is true by exact probabilities too.
    #[test]
    fn the_bound_holds_without_draws() {
        for size in [(1, 1), (4, 8), (16, 64), (64, 1)] {
            let law = Law::tightest(size, 2.0);
            for level in [0.9, 0.5, 0.1, 0.01, 1e-4] {
                assert!(exactly(&law, true_bound(&law, level)) <= level);
            }
        }
    }

    /// Every false variant is refuted, and which of them by probabilities that are summed. The others fail with a probability of 0.15 or more at a
    /// level of 0.01: that 20 000 draws do not show it has a probability below 1e-100 (Hoeffding). The bound itself is not, nor is it with
    /// 1.1/T in the place of 16/T.
    #[test]
    fn every_variant_is_refuted() {
        use rand::SeedableRng;
        let found = shared(&DESIGN, &mut ChaCha8Rng::seed_from_u64(1));
        for mutated in &found.mutations {
            let witness = mutated.witness.as_ref();
            let summed = witness.is_some_and(|witness| witness.contains("times what it says"));
            assert!(witness.is_some() && summed == (mutated.name == "1/T for 16/T"), "{mutated:?}");
        }
        assert_eq!(beyond(true_bound), 0.0);
        let nearly: Bound = |law, level| {
            let share = law.draws as f64 / 1.1;
            bound(level, law.squared_diameter, (16.0 * share) as usize, law.inputs)
        };
        assert_eq!(beyond(nearly), 0.0);
    }

    #[test]
    fn the_declared_power_is_there() {
        let tests = LEVELS.len() * LAWS;
        for level in LEVELS {
            let least = critical(DESIGN.repetitions, level, DESIGN.alpha / tests as f64);
            let miss = lower_tail(least - 1, DESIGN.repetitions, 2.0 * level);
            assert!(miss <= DESIGN.miss, "{level}: {miss}");
        }
        // Where inputs alone vary, every deviation is a quarter of D²: certain, at levels that are small.
        let law = Law::of_inputs();
        let (expectation, found) = (law.expectation(), law.squares(&law.q));
        assert_eq!((expectation, found), (0.25, vec![0.5, 0.0]));
        let without = MUTATIONS[3].1;
        assert!(without(&law, LEVELS[2]) < 0.25);
        // The control, by what its law does with certainty.
        let law = Law::tightest(FRESH_SIZE, 1.0);
        let miss = LEVELS.map(|level| {
            let p = exactly(&law, drawn_again(&law, level) * (1.0 + 1e-9));
            let limit = FRESH.alpha / CONTROL_MARGIN / LEVELS.len() as f64;
            lower_tail(critical(FRESH.repetitions, level, limit) - 1, FRESH.repetitions, p)
        });
        let miss = miss.into_iter().fold(1.0, f64::min);
        assert!(miss <= FRESH.miss, "{miss}");
    }
}
