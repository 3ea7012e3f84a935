//! B8: the defect on inputs that the posterior was chosen by.

use super::control;
use super::world::{World, square, worlds};
use crate::claim::rounding::Tracked;
use crate::claim::scene::Which;
use crate::claim::statistical::binomial::upper_tail;
use crate::claim::statistical::budget::ALPHA;
use crate::claim::statistical::{Design, Measured, Statistical, in_words, instance};
use crate::claim::{About, CONTROL_MARGIN, Claim, Evidence, Mutated, Outcome, Role};
use crate::defect::pac_bayes_bound;
use crate::scalar::Scalar;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// The claim with its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "B8.finite",
        title: "the defect of a posterior that was chosen by the inputs",
        role: Role::Bound,
        of: None,
        evidence: Evidence::Statistical,
        statement: "Δ(F_q) ≤ E_q r̂ + D² √((KL(q‖p) + ln(2√N/δ))/(2N)) with probability 1 − δ, r(θ, x) = avg_g ‖Φ(θ, ρ_X(g)x) − ρ_Y(g)Φ(θ, x)‖²",
        hypotheses: &["finite group", "N independent inputs", "p is fixed beforehand", "r ≤ D²"],
        tolerance: "exact binomial tests of the number of samples on which it fails, for Gibbs posteriors on six laws, three that fit every sample, and one that is the prior, δ = 0.05",
        covers: &[],
        cost: 1,
    };
    let copies = control(
        about,
        "B8.finite-copies",
        "moved copies counted as independent inputs",
        "Δ(F_q) ≤ E_q r̂ + D² √((KL(q‖p) + ln(2√(N|G|)/δ))/(2N|G|)) with probability 1 − δ",
        &["N independent inputs"],
    );
    let after = control(
        about,
        "B8.finite-prior-after",
        "a prior that is chosen with the posterior",
        "Δ(F_q) ≤ E_q r̂ + D² √(ln(2√N/δ)/(2N)) with probability 1 − δ: KL(q‖p) = 0 for p = q",
        &["p is fixed beforehand"],
    );
    vec![
        Box::new(Statistical::new(about, DESIGN, coverage)),
        Box::new(Statistical::new(copies, CERTAIN, |design, rng| {
            let moved = |kl, inputs| bound(kl, inputs * COPIES.order);
            shattered(design, rng, &COPIES, moved)
        })),
        Box::new(Statistical::new(after, CERTAIN, |design, rng| {
            shattered(design, rng, &AFTER, |_, inputs| bound(0.0, inputs))
        })),
    ]
}

const DESIGN: Design = Design {
    alpha: ALPHA,
    cases: 1,
    repetitions: 4_000,
    miss: 1e-6,
    alternative: "on one of the laws it fails with probability 2δ",
};

/// The controls fail on every sample.
const CERTAIN: Design = Design {
    alpha: ALPHA,
    cases: 1,
    repetitions: 200,
    miss: 0.0,
    alternative: "a posterior without an empirical defect, and a defect of at least 7/20 on every sample",
};

/// How often the bound may fail.
const DELTA: f64 = 0.05;

/// How many random laws are looked at.
const LAWS: usize = 6;

/// How many laws that are made are looked at besides.
const MADE: usize = 5;

/// Inputs, and the slope of the Gibbs posterior in `N r̂/D²`, of one law after the other.
const SIZES: [(usize, f64); LAWS] = [(1, 1.0), (4, 1.0), (16, 0.5), (4, 8.0), (64, 2.0), (2, 32.0)];

/// Finitely many parameters and inputs.
struct Law {
    /// `d[x][g][θ]`.
    d: Vec<Vec<Vec<Vec<f64>>>>,
    /// `r[x][θ]`.
    r: Vec<Vec<f64>>,
    prior: Vec<f64>,
    /// The largest `‖d‖²`, which is at most `D²`, and all that the bound needs of it.
    largest: f64,
    inputs: usize,
    slope: f64,
}

impl Law {
    /// A random world, if it has a defect: the model need not be jointly equivariant.
    fn random(rng: &mut ChaCha8Rng, (inputs, slope): (usize, f64), jointly: bool) -> Option<Self> {
        let network = instance(&worlds(None), rng);
        let world = World::<Tracked>::of(&network, jointly)?;
        let numbers =
            |v: Vec<Tracked>| v.into_iter().map(|y| y.nearest_f64()).collect::<Vec<f64>>();
        let d: Vec<Vec<Vec<Vec<f64>>>> = (0..world.inputs)
            .map(|x| {
                let of =
                    |g| (0..world.parameters).map(|t| numbers(world.difference(g, t, x))).collect();
                world.moves.iter().map(of).collect()
            })
            .collect();
        let order = world.moves.len() as f64;
        let r = d
            .iter()
            .map(|elements| {
                let of =
                    |theta: usize| elements.iter().map(|d| square(&d[theta])).sum::<f64>() / order;
                (0..world.parameters).map(of).collect()
            })
            .collect();
        let largest = d.iter().flatten().flatten().map(|d| square(d)).fold(0.0, f64::max);
        let weights: Vec<Tracked> = network.scene.positive(Which::P, world.parameters);
        let prior = numbers(super::world::normalised(weights));
        (largest > 0.0 && prior.len() > 1).then_some(Self { d, r, prior, largest, inputs, slope })
    }

    /// Both sides, once.
    fn sample(&self, rng: &mut ChaCha8Rng) -> Sample {
        let mut empirical = vec![0.0; self.prior.len()];
        for _ in 0..self.inputs {
            let drawn = &self.r[rng.random_range(0..self.r.len())];
            empirical.iter_mut().zip(drawn).for_each(|(sum, r)| *sum += r / self.inputs as f64);
        }
        let strength = self.slope * self.inputs as f64 / self.largest;
        let least = empirical.iter().copied().fold(f64::INFINITY, f64::min);
        let weights: Vec<f64> = self
            .prior
            .iter()
            .zip(&empirical)
            .map(|(p, r)| p * (strength * (least - r)).exp())
            .collect();
        let q = super::world::normalised(weights);
        let kl: f64 = q
            .iter()
            .zip(&self.prior)
            .map(|(q, p)| if *q > 0.0 { q * (q / p).ln() } else { 0.0 })
            .sum();
        let fit: f64 = q.iter().zip(&empirical).map(|(q, r)| q * r).sum();
        let defect: f64 = self
            .d
            .iter()
            .map(|elements| {
                let of = |d: &Vec<Vec<f64>>| {
                    square(&super::world::weighted(d[0].len(), &q, |theta| &d[theta]))
                };
                elements.iter().map(of).sum::<f64>() / elements.len() as f64
            })
            .sum();
        let defect = defect / self.d.len() as f64;
        Sample { defect, fit, kl: kl.max(0.0), largest: self.largest, inputs: self.inputs }
    }
}

/// What one sample of inputs led to.
#[derive(Clone, Copy)]
struct Sample {
    /// `Δ(F_q)`.
    defect: f64,
    /// `E_q r̂`.
    fit: f64,
    kl: f64,
    /// In the place of `D²`.
    largest: f64,
    inputs: usize,
}

/// A right side.
type Bound = fn(&Sample) -> f64;

fn true_bound(sample: &Sample) -> f64 {
    let Sample { fit, kl, largest, inputs, .. } = *sample;
    pac_bayes_bound(fit, largest, kl, inputs, DELTA).unwrap_or(f64::NAN)
}

/// Smaller right sides: not all of them need be false.
const MUTATIONS: [(&str, Bound); 5] = [
    ("D for D²", |sample| sample.fit + (true_bound(sample) - sample.fit) / sample.largest.sqrt()),
    ("ln(2√N/δ) lost", |sample| {
        sample.fit + sample.largest * (sample.kl / (2.0 * sample.inputs as f64)).sqrt()
    }),
    ("KL(q‖p) lost", |sample| true_bound(&Sample { kl: 0.0, ..*sample })),
    ("E_q r̂ lost", |sample| true_bound(&Sample { fit: 0.0, ..*sample })),
    ("half of the right side", |sample| 0.5 * true_bound(sample)),
];

/// On how many samples a bound fails: rounding alone is no failure.
fn failures(samples: &[Sample], bound: Bound) -> usize {
    samples.iter().filter(|sample| sample.defect > bound(sample) * (1.0 + 1e-12)).count()
}

/// The p-value of the law with the most failures, times the number of laws, and that law.
fn p_value(laws: &[(Vec<Sample>, String)], bound: Bound) -> (f64, usize) {
    let counts = laws.iter().map(|(samples, _)| failures(samples, bound));
    let (which, most) =
        counts.enumerate().fold((0, 0), |best, each| if each.1 > best.1 { each } else { best });
    let repetitions = laws[which].0.len();
    ((upper_tail(most, repetitions, DELTA) * laws.len() as f64).min(1.0), which)
}

/// The observed quantile of the defect over its bound.
fn tightness(samples: &[Sample]) -> f64 {
    let mut ratios: Vec<f64> =
        samples.iter().map(|sample| sample.defect / true_bound(sample)).collect();
    ratios.sort_by(f64::total_cmp);
    ratios[(ratios.len() as f64 * (1.0 - DELTA)).ceil() as usize - 1]
}

/// A world in which every sample can be fitted: `order` inputs in each of many orbits, an output that a parameter of 0 or 1
/// for each orbit switches on at every other input. On an orbit that is on, half of the elements move the output: `r = ½`.
///
/// The posterior has one point: off on the orbits of the sample, on elsewhere.
struct Shattered {
    orbits: usize,
    order: usize,
    inputs: usize,
}

const COPIES: Shattered = Shattered { orbits: 10, order: 64, inputs: 3 };
const AFTER: Shattered = Shattered { orbits: 100, order: 64, inputs: 30 };

/// The worlds in which every sample is fitted, with `D²`: one with a divergence that is large for the sample, and one whose diameter is not of the
/// size of 1.
const FITTED: [(Shattered, f64); MADE - 2] = [(COPIES, 1.0), (AFTER, 1.0), (COPIES, 100.0)];

/// One parameter, so that posterior and prior are one, and an output that half of the elements move, at half of all inputs: of three
/// inputs, one or none is such with probability ½, and then the empirical defect is below `Δ = ¼D²`.
fn one_parameter(rng: &mut ChaCha8Rng) -> Sample {
    let inputs = 3;
    let moving = (0..inputs).filter(|_| rng.random::<bool>()).count();
    let fit = 0.5 * moving as f64 / inputs as f64;
    Sample { defect: 0.25, fit, kl: 0.0, largest: 1.0, inputs }
}

/// One parameter, and an output that half of the elements move at every input: nothing is random, the defect is the empirical one, and what leaves
/// that out, or half of all, is too small with certainty.
const EVERYWHERE: Sample = Sample { defect: 0.5, fit: 0.5, kl: 0.0, largest: 1.0, inputs: 64 };

impl Shattered {
    /// `Δ(F_q)` for a random sample. `E_q r̂ = 0`.
    fn defect(&self, rng: &mut ChaCha8Rng) -> f64 {
        let mut on = vec![true; self.orbits];
        for _ in 0..self.inputs {
            on[rng.random_range(0..self.orbits)] = false;
        }
        0.5 * on.iter().filter(|&&on| on).count() as f64 / self.orbits as f64
    }

    /// `KL(q‖p)` for the uniform prior on all ways to switch.
    fn divergence(&self) -> f64 {
        self.orbits as f64 * std::f64::consts::LN_2
    }
}

/// The right side without an empirical defect, for `D = 1`.
fn bound(kl: f64, inputs: usize) -> f64 {
    pac_bayes_bound(0.0, 1.0, kl, inputs, DELTA).unwrap_or(f64::NAN)
}

fn coverage(design: &Design, rng: &mut ChaCha8Rng) -> Measured {
    let mut laws: Vec<Law> = Vec::with_capacity(LAWS);
    while laws.len() < LAWS {
        laws.extend(Law::random(rng, SIZES[laws.len()], laws.len().is_multiple_of(2)));
    }
    let mut found: Vec<(Vec<Sample>, String)> = laws
        .iter()
        .map(|law| {
            let samples = (0..design.repetitions).map(|_| law.sample(rng)).collect();
            let Law { inputs, slope, prior, .. } = law;
            (samples, format!("Gibbs posterior, N = {inputs}, slope {slope}, prior {prior:?}"))
        })
        .collect();
    for (world, largest) in FITTED {
        let (kl, inputs) = (world.divergence(), world.inputs);
        let samples = (0..design.repetitions).map(|_| {
            let defect = largest * world.defect(rng);
            Sample { defect, fit: 0.0, kl, largest, inputs }
        });
        let told = format!("a posterior that fits every sample, N = {inputs}, D² = {largest}");
        found.push((samples.collect(), told));
    }
    let samples = (0..design.repetitions).map(|_| one_parameter(rng)).collect();
    found.push((samples, "one parameter, N = 3".to_owned()));
    found.push((
        vec![EVERYWHERE; design.repetitions],
        "one parameter, moved everywhere, N = 64".to_owned(),
    ));
    let (p, _) = p_value(&found, true_bound);
    // Where nothing is random the bound is as tight as its first term, which says nothing of the second.
    let random = found.len() - 1;
    let tight = found[..random].iter().map(|(samples, _)| tightness(samples)).enumerate();
    let tight = tight.fold((0, 0.0), |best, each| if each.1 > best.1 { each } else { best });
    let (samples, told) = &found[tight.0];
    let failed = failures(samples, true_bound);
    let told = format!("{told}: {failed} of {} samples failed", design.repetitions);
    let outcome = Outcome::new("failures among the samples", design.judge(p)).tight(tight.1);
    let mutations = MUTATIONS.map(|(name, bound)| {
        let (p, which) = p_value(&found, bound);
        let shown = design.judge(p).ratio();
        let witness =
            (shown >= CONTROL_MARGIN).then(|| format!("{}: {}", found[which].1, in_words(p)));
        Mutated { name, shown, witness }
    });
    Measured { mutations: mutations.into(), ..Measured::new(outcome, told) }
}

fn shattered(
    design: &Design,
    rng: &mut ChaCha8Rng,
    world: &Shattered,
    bound: impl Fn(f64, usize) -> f64,
) -> Measured {
    let right = bound(world.divergence(), world.inputs);
    let failures = (0..design.repetitions).filter(|_| world.defect(rng) > right).count();
    let p = upper_tail(failures, design.repetitions, DELTA);
    let Shattered { orbits, order, inputs } = world;
    let found = format!(
        "{orbits} orbits of {order} inputs, N = {inputs}: it failed on {failures} of {} samples, right side {right:.3}",
        design.repetitions
    );
    Measured::new(Outcome::new("failures among the samples", design.judge(p)), found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::CONTROL_MARGIN;
    use crate::claim::statistical::binomial::{critical, lower_tail};

    #[test]
    fn the_declared_power_is_there() {
        let n = DESIGN.repetitions;
        let least = critical(n, DELTA, DESIGN.alpha / (LAWS + MADE) as f64);
        let miss = lower_tail(least - 1, n, 2.0 * DELTA);
        assert!(miss <= DESIGN.miss, "{miss}");
        // The controls: a sample has at most N orbits, and the defect is above the bound whatever it is.
        let least = |world: &Shattered| 0.5 * (1.0 - world.inputs as f64 / world.orbits as f64);
        assert!(least(&COPIES) > bound(COPIES.divergence(), COPIES.inputs * COPIES.order));
        assert!(least(&AFTER) > bound(0.0, AFTER.inputs));
        assert!(least(&COPIES) >= 0.35 - 1e-12 && least(&AFTER) >= 0.35 - 1e-12);
        let all = upper_tail(CERTAIN.repetitions, CERTAIN.repetitions, DELTA);
        assert!(all <= CERTAIN.alpha / CONTROL_MARGIN);
    }

    /// Every false variant is refuted: by the made laws, which exceed what they are made against with certainty, but for one with
    /// probability ½. That 4000 samples of it do not show that has a probability below 1e-100 (Hoeffding).
    #[test]
    fn every_variant_is_refuted() {
        use rand::SeedableRng;
        let found = coverage(&DESIGN, &mut ChaCha8Rng::seed_from_u64(1));
        assert!(found.mutations.iter().all(Mutated::is_refuted), "{:?}", found.mutations);
    }

    /// The closed form of the world that can be fitted, by its definition.
    #[test]
    fn half_of_the_elements_move_an_output() {
        let order = COPIES.order;
        let output = |input: usize| (input % 2) as f64;
        for x in 0..order {
            let r = (0..order).map(|g| (output((x + g) % order) - output(x)).powi(2)).sum::<f64>();
            assert_eq!(r / order as f64, 0.5);
        }
    }
}
