//! Estimates by hand, and over all samples of small populations.

use super::*;
use crate::defect::interval::Interval;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// One output, a group of order two: the differences of every draw, input by input.
fn of(draws: &[&[f64]], squared_diameter: f64) -> SharedEstimates {
    let mut sweep = DefectSweep::new(draws[0].len(), 2, 1, squared_diameter);
    draws.iter().for_each(|draw| sweep.push(draw));
    sweep.estimates()
}

/// The differences 1, 2 and 4, times ½: of all three `49/18`, of pairs `(2 + 4 + 8)/6`. Without one of them 4, 2 and 1: the
/// mean is 7/3, the squares about it sum to 42/9, and two thirds of that is 28/9.
#[test]
fn three_draws_by_hand() {
    let found = of(&[&[1.0], &[2.0], &[4.0]], f64::INFINITY);
    assert!((found.shared - 49.0 / 18.0).abs() < 1e-15);
    assert!((found.unbiased.unwrap() - 14.0 / 6.0).abs() < 1e-15);
    assert!((found.single - 3.5).abs() < 1e-15);
    let errors = found.standard_errors;
    assert!((errors.draws.unwrap() - 28.0_f64.sqrt() / 3.0).abs() < 1e-14);
    assert_eq!((errors.inputs, errors.both), (None, None));
}

/// Two inputs, a group of order three, two outputs, two draws.
#[test]
fn elements_and_outputs_by_hand() {
    let mut sweep = DefectSweep::new(2, 3, 2, 2.0);
    sweep.push(&[1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    sweep.push(&[1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 2.0, 0.0]);
    let found = sweep.estimates();
    // Products of the two draws: 1 and 0 for the first input, 0 and 0 for the second.
    assert_eq!(found.unbiased, Some(1.0 / 6.0));
    // Squares of their sums: 4, 2, 0, 4.
    assert!((found.shared - 10.0 / 4.0 / 6.0).abs() < 1e-15);
    // Shares ⅓ and 0: the variance is 1/18, over two inputs.
    assert!((found.standard_errors.inputs.unwrap() - 1.0 / 6.0).abs() < 1e-15);
    assert_eq!(found.standard_errors.draws, None);
}

#[test]
fn nothing_that_moves_and_nothing_to_move() {
    for (order, len) in [(1, 0), (3, 10)] {
        let mut sweep = DefectSweep::new(5, order, 1, 2.0);
        for _ in 0..40 {
            sweep.push(&vec![0.0; len]);
        }
        let found = sweep.estimates();
        assert_eq!((found.shared, found.unbiased, found.single), (0.0, Some(0.0), 0.0));
        let errors = found.standard_errors;
        assert_eq!((errors.draws, errors.inputs, errors.both), (Some(0.0), Some(0.0), Some(0.0)));
        let intervals = found.intervals(0.05).unwrap();
        assert_eq!(intervals.draws, Interval { low: 0.0, high: 0.0 });
        assert_eq!(intervals.both.low, 0.0);
        let sure = found.guaranteed_intervals(0.05).unwrap();
        assert!(sure.draws.low.is_sign_positive() && sure.both.low.is_sign_positive());
        assert_eq!((sure.draws.high == 0.0, sure.both.high == 0.0), (order == 1, order == 1));
        // Of a group of one element the defect is zero; of others five inputs say little.
        assert_eq!(intervals.both.high == 0.0, order == 1);
    }
}

#[test]
fn one_draw_says_nothing() {
    let found = of(&[&[0.5, 0.25]], 2.0);
    assert_eq!(found.shared, 0.078125); // (½)² + (¼)², over two inputs and two elements
    assert_eq!((found.unbiased, found.standard_errors), (None, StandardErrors::default()));
    let all = Interval { low: 0.0, high: 1.0 };
    let intervals = found.intervals(0.05).unwrap();
    assert_eq!((intervals.draws, intervals.inputs, intervals.both), (all, all, all));
    assert_eq!(found.guaranteed_intervals(0.05).unwrap(), intervals);
    assert!(found.guaranteed_intervals(1.0).is_err());
    assert!(found.intervals(0.0).is_err() && found.intervals(f64::NAN).is_err());
}

#[test]
fn without_a_diameter_nothing_is_known_of_other_inputs() {
    let found = of(&[&[1.0, 2.0], &[1.5, 2.5], &[1.0, 2.0]], f64::INFINITY);
    let intervals = found.intervals(0.05).unwrap();
    assert_eq!(intervals.inputs, Interval { low: f64::NEG_INFINITY, high: f64::INFINITY });
    assert_eq!(intervals.both, Interval { low: 0.0, high: f64::INFINITY });
    assert!(intervals.draws.contains(found.unbiased.unwrap()) && intervals.draws.high < 1e4);
    let sure = found.guaranteed_intervals(0.05).unwrap();
    assert_eq!((sure.draws, sure.both), (intervals.both, intervals.both));
}

#[test]
fn a_sweep_is_as_many_runs() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let draws: Vec<Vec<f64>> =
        (0..130).map(|_| (0..12).map(|_| rng.random_range(-1.0..1.0)).collect()).collect();
    let mut sweep = DefectSweep::new(2, 4, 2, 2.0);
    for (t, draw) in draws.iter().enumerate() {
        sweep.push(draw);
        if [1, 2, 3, 4, 32, 33, 64, 65, 100, 128, 130].contains(&(t + 1)) {
            let mut run = DefectSweep::new(2, 4, 2, 2.0);
            draws[..=t].iter().for_each(|draw| run.push(draw));
            // The same bits, in a pool of any size.
            let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
            let many = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
            let found = sweep.estimates();
            assert_eq!(found, alone.install(|| run.estimates()));
            assert_eq!(found, many.install(|| run.estimates()));
            // By definition.
            let sum = |i: usize| draws[..=t].iter().map(|draw| draw[i]).sum::<f64>();
            let expected: f64 =
                (0..12).map(|i| sum(i).powi(2)).sum::<f64>() / (8.0 * ((t + 1) as f64).powi(2));
            assert!((found.shared - expected).abs() < 1e-12);
        }
    }
}

/// A model of three parameters and three inputs, all equally likely.
const TABLE: [[f64; 3]; 3] = [[1.0, -0.5, 0.25], [-0.25, 2.0, 0.75], [0.5, 1.0, -1.5]];

/// Over all samples of draws, and all of two inputs, with replacement: the unbiased estimate is that, without any Monte
/// Carlo, and no squared standard error is too small in the mean.
#[test]
fn over_all_samples_of_a_population() {
    let mean = |x: usize| TABLE.iter().map(|row| row[x]).sum::<f64>() / 3.0;
    let defect = (0..3).map(|x| mean(x) * mean(x)).sum::<f64>() / 6.0;
    for draws in [3, 4, 5] {
        let samples = 3_usize.pow(draws);
        let (mut estimates, mut errors) = (Vec::new(), Vec::new());
        for sample in 0..samples {
            let drawn = |t: u32| TABLE[sample / 3_usize.pow(t) % 3];
            let (mut over, mut own) = (Vec::new(), Vec::new());
            for (a, b) in (0..9).map(|inputs| (inputs % 3, inputs / 3)) {
                let rows: Vec<[f64; 2]> = (0..draws).map(|t| [drawn(t)[a], drawn(t)[b]]).collect();
                let rows: Vec<&[f64]> = rows.iter().map(|row| &row[..]).collect();
                let found = of(&rows, f64::INFINITY);
                over.push(found.unbiased.unwrap());
                own.push(found.standard_errors);
            }
            estimates.push(over);
            errors.push(own);
        }
        let average = |of: &dyn Fn(usize, usize) -> f64| {
            let all = (0..samples).flat_map(|s| (0..9).map(move |i| (s, i)));
            all.map(|(s, i)| of(s, i)).sum::<f64>() / (9 * samples) as f64
        };
        let all = average(&|s, i| estimates[s][i]);
        assert!((all - defect).abs() < 1e-13, "{draws}: {all} {defect}");
        // Over draws, on inputs as they are; over inputs, from draws as they are; over both.
        let of_draws = average(&|s, i| {
            let here = (0..samples).map(|s| estimates[s][i]).sum::<f64>() / samples as f64;
            (estimates[s][i] - here).powi(2)
        });
        let of_inputs =
            average(&|s, i| (estimates[s][i] - estimates[s].iter().sum::<f64>() / 9.0).powi(2));
        let of_both = average(&|s, i| (estimates[s][i] - defect).powi(2));
        let found_draws = average(&|s, i| errors[s][i].draws.unwrap().powi(2));
        let found_inputs = average(&|s, i| errors[s][i].inputs.unwrap().powi(2));
        let found_both = average(&|s, i| errors[s][i].both.unwrap().powi(2));
        assert!(found_draws > of_draws, "{draws}: {found_draws} {of_draws}");
        assert!((found_inputs - of_inputs).abs() < 1e-12, "{draws}: {found_inputs} {of_inputs}");
        assert!(found_both > of_both, "{draws}: {found_both} {of_both}");
        // Nor is any of them larger than it would be for a defect of zero.
        let most = 2.0 * f64::from(draws - 1) / f64::from(draws - 2);
        assert!(found_draws < most * of_draws && found_both < most * of_both);
    }
}

/// The root of the mean squared standard error over the spread of 2000 repetitions: one where the defect is far above the
/// noise. A spread over 2000 repetitions is known to 1.6 %, the mean of squared errors from three draws to 2.5 %: 20 % is
/// 6.7 deviations of both together: by the normal law a false alarm of 2e-11 for each of the six rows, no exact probability.
/// Without a defect it is larger, never smaller: by `√(2 (T − 1)/(T − 2))`, which is 2 at
/// three draws.
#[test]
fn the_standard_error_is_that_of_repetitions() {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    for (draws, shift) in [(3, 10.0), (4, 10.0), (24, 10.0), (100, 10.0), (3, 0.0), (24, 0.0)] {
        let (mut values, mut squared_errors) = (Vec::new(), 0.0);
        for _ in 0..2000 {
            let mut sweep = DefectSweep::new(40, 2, 1, f64::INFINITY);
            let scales: Vec<f64> = (0..40).map(|_| rng.random_range(0.9..1.1)).collect();
            for _ in 0..draws {
                let effect = shift + rng.random_range(-1.0..1.0);
                let draw: Vec<f64> = scales.iter().map(|scale| scale * effect).collect();
                sweep.push(&draw);
            }
            let found = sweep.estimates();
            values.push(found.unbiased.unwrap());
            squared_errors += found.standard_errors.both.unwrap().powi(2) / 2000.0;
        }
        let mean = values.iter().sum::<f64>() / 2000.0;
        let spread = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 1999.0;
        let ratio = (squared_errors / spread).sqrt();
        let range = if shift > 0.0 { 0.8..1.2 } else { 1.0..2.3 };
        assert!(range.contains(&ratio), "{draws} draws, {shift}: {ratio}");
    }
}

/// Of a draw that is no number nothing is known, and least of all that the defect is zero.
#[test]
fn what_is_no_number_leaves_all_that_is_possible() {
    for bad in [f64::NAN, f64::INFINITY] {
        let mut sweep = DefectSweep::new(2, 2, 1, 2.0);
        for t in 0..6 {
            sweep.push(&[0.1, if t == 3 { bad } else { 0.2 }]);
        }
        let sure = sweep.estimates().guaranteed_intervals(0.05).unwrap();
        let found = sweep.estimates().intervals(0.05).unwrap();
        let all = |interval: crate::defect::Interval| (interval.low, interval.high);
        assert_eq!(all(found.draws), (0.0, 1.0));
        assert_eq!(all(found.both), (0.0, 1.0));
        // The third and the fourth draw are a pair.
        assert_eq!(all(sure.draws), (0.0, 1.0));
        assert_eq!(found.inputs.high, 1.0);
    }
}
