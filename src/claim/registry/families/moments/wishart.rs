//! Wishart laws, by Bartlett's factor.

use super::Moments;
use super::gaussian::root_of_inverse;
use super::line::GammaLine;
use crate::claim::rounding::Tracked;
use crate::family::{LogPartition, Member, Wishart};
use crate::representation::{pair_count, pair_index, pairs};
use crate::scalar::Scalar;
use nalgebra::{DMatrix, DVector};
use num_traits::{Float, FloatConst, One, Zero};

/// An entry of the triangular factor.
type Entry = (usize, usize);

/// The entries of `A`: below the diagonal normal with variance ½, and on it the root of a gamma variable of rate 1.
struct Factor {
    /// For each diagonal entry `E u`, `E u²`, `E ln u`, `E u ln u`, `E ln² u`, with `u = A_ii²`.
    diagonal: Vec<[Tracked; 5]>,
}

impl Factor {
    /// `E Π A_e · ln u_k`, over a list of entries, with the logarithm if there is one.
    fn expectation(&self, entries: &[Entry], log: Option<usize>) -> Tracked {
        let mut left = entries.to_vec();
        let mut product = Tracked::one();
        let mut logged = log;
        while let Some(&entry) = left.first() {
            let before = left.len();
            left.retain(|other| *other != entry);
            let power = before - left.len();
            let (i, j) = entry;
            if i != j {
                product *= match power {
                    2 => Tracked::ratio(1, 2),
                    4 => Tracked::ratio(3, 4),
                    // The only odd powers; what they are multiplied by does not matter.
                    _ => return Tracked::zero(),
                };
                continue;
            }
            let [u, u_u, _, u_log, _] = self.diagonal[i];
            let has_log = logged == Some(i);
            product *= match (power, has_log) {
                (2, false) => u,
                (2, true) => u_log,
                (4, false) => u_u,
                // Odd powers come with an odd power of an entry below the diagonal.
                _ => Tracked::zero(),
            };
            if has_log {
                logged = None;
            }
        }
        match logged {
            Some(i) => product * self.diagonal[i][2],
            None => product,
        }
    }
}

impl Moments {
    /// With `X = R A Aᵀ Rᵀ`, `R Rᵀ = Λ⁻¹` and `A` lower triangular, `det X^{a − (d+1)/2} e^{−tr ΛX} dX` is
    /// `det Λ^{−a} Π_i u_i^{a − (i−1)/2 − 1} e^{−u_i} du_i Π_{i>j} e^{−A_ij²} dA_ij`, `u_i = A_ii²`.
    pub(in super::super) fn of_wishart(q: &Member<Wishart, Tracked>) -> Self {
        let (eta, d) = (q.natural().as_slice(), q.family().size());
        let count = pair_count(d);
        let shape = eta[count];
        // ⟨η, T⟩ = −tr ΛX + a ln det X, with every pair of coordinates once.
        let mut precision = DMatrix::from_element(d, d, Tracked::zero());
        for (k, (i, j)) in pairs(d).enumerate() {
            let entry = if i == j { -eta[k] } else { -eta[k] * Tracked::ratio(1, 2) };
            (precision[(i, j)], precision[(j, i)]) = (entry, entry);
        }
        let (root, det) = root_of_inverse(&precision);
        let log_det = Tracked::count(2) * Float::ln(det);
        let mut log_total = shape * log_det - q.family().log_partition(q);
        let mut total = Tracked::one();
        let diagonal: Vec<[Tracked; 5]> = (0..d)
            .map(|i| {
                let line = GammaLine::new(shape - Tracked::ratio(i as i64, 2), Tracked::one());
                let [one, log, log_log, u, u_log, u_u] = line.integrals;
                log_total += line.log_scale;
                total *= one;
                [u / one, u_u / one, log / one, u_log / one, log_log / one]
            })
            .collect();
        for _ in 0..count - d {
            total *= Float::sqrt(Tracked::PI());
        }
        let factor = Factor { diagonal };
        // M = A Aᵀ: M_ij = Σ_k A_ik A_jk.
        let terms = |(i, j): Entry| (0..=i.min(j)).map(move |k| [(i, k), (j, k)]);
        let inner: Vec<Entry> = pairs(d).collect();
        let sum = |entry: Entry, log: Option<usize>| {
            terms(entry).fold(Tracked::zero(), |sum, t| sum + factor.expectation(&t, log))
        };
        let mut mean = DVector::from_element(count + 1, Tracked::zero());
        let mut covariance = DMatrix::from_element(count + 1, count + 1, Tracked::zero());
        for (k, &a) in inner.iter().enumerate() {
            mean[k] = sum(a, None);
            for (l, &b) in inner.iter().enumerate() {
                let second = terms(a).fold(Tracked::zero(), |sum, s| {
                    terms(b).fold(sum, |sum, t| {
                        sum + factor.expectation(&[s[0], s[1], t[0], t[1]], None)
                    })
                });
                covariance[(k, l)] = second - sum(a, None) * sum(b, None);
            }
            // With Σ ln u_i.
            let cross = (0..d).fold(Tracked::zero(), |total, i| {
                let log = factor.diagonal[i][2];
                total + sum(a, Some(i)) - sum(a, None) * log
            });
            (covariance[(k, count)], covariance[(count, k)]) = (cross, cross);
        }
        for [_, _, log, _, log_log] in &factor.diagonal {
            mean[count] += *log;
            covariance[(count, count)] += *log_log - *log * *log;
        }
        // X = R M Rᵀ, and ln det X = Σ ln u_i − ln det Λ.
        let mut map = DMatrix::from_element(count + 1, count + 1, Tracked::zero());
        for (k, (i, j)) in pairs(d).enumerate() {
            for a in 0..d {
                for b in 0..d {
                    map[(k, pair_index(d, a.min(b), a.max(b)))] += root[(i, a)] * root[(j, b)];
                }
            }
        }
        map[(count, count)] = Tracked::one();
        let mut mean = &map * mean;
        mean[count] += log_det;
        let covariance = &map * covariance * map.transpose();
        Self { total: total * Float::exp(log_total), mean, covariance }
    }
}
