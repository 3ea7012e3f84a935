//! Expectations of polynomials under a Gaussian, exactly.

use super::posed::Factors;
use crate::scalar::Scalar;
use nalgebra::DVector;

/// A node of a cubature rule.
pub(super) struct Node<T: Scalar> {
    pub(super) weight: T,
    pub(super) theta: DVector<T>,
}

/// A rule with `E f = Σ_k w_k f(θ_k)` for every polynomial `f` of degree at most 5, `θ ∼ N(m, L D Lᵀ)`, with
/// rational weights and nodes: in exact arithmetic there is no error at all.
///
/// `θ = m + Lx` with independent `x_i` of variance `D_i`. Let `c_i` be any scale (a power of two near `√D_i`
/// keeps the weights moderate) and `a_i = D_i/c_i²`. The nodes are `x = 0`, `±c_i e_i`, `±2c_i e_i` and
/// `±c_i e_i ± c_j e_j`, `i < j`, with weights `w_0`, `s_i`, `d_i` and `p_ij`. The rule is symmetric under every
/// sign change, so monomials with an odd exponent come out as 0; those of degree 2 and 4 come out right
/// iff, in units of `c`,
///
/// - `x_i²x_j²`: `4p_ij = a_i a_j`;
/// - `x_i²`: `2s_i + 8d_i + 4Σ_j p_ij = a_i`;
/// - `x_i⁴`: `2s_i + 32d_i + 4Σ_j p_ij = 3a_i²`;
///
/// so `d_i = (3a_i² − a_i)/24` and `s_i = (a_i − a_i Σ_{j≠i} a_j − 8d_i)/2`; the constants fix `w_0`. Weights may be
/// negative, which is no matter for exactness.
pub(super) fn degree_five<T: Scalar>(q: &Factors<T>) -> Vec<Node<T>> {
    let n = q.mean.len();
    let scale: Vec<T> = q.diagonal.iter().map(power_near_root).collect();
    let a: Vec<T> =
        (0..n).map(|i| q.diagonal[i].clone() / (scale[i].clone() * scale[i].clone())).collect();
    let total = a.iter().cloned().fold(T::zero(), |sum, a| sum + a);
    let at = |steps: &[(usize, i64)]| {
        let mut theta = q.mean.clone();
        for &(i, step) in steps {
            let length = T::ratio(step, 1) * scale[i].clone();
            theta += q.lower.column(i) * length;
        }
        theta
    };
    let mut nodes = Vec::with_capacity(1 + 4 * n + 2 * n * n.saturating_sub(1));
    for i in 0..n {
        let (this, others) = (a[i].clone(), total.clone() - a[i].clone());
        let double =
            (T::ratio(3, 1) * this.clone() * this.clone() - this.clone()) * T::ratio(1, 24);
        let single = (this.clone() - this.clone() * others - T::ratio(8, 1) * double.clone())
            * T::ratio(1, 2);
        for sign in [1, -1] {
            nodes.push(Node { weight: single.clone(), theta: at(&[(i, sign)]) });
            nodes.push(Node { weight: double.clone(), theta: at(&[(i, 2 * sign)]) });
        }
        for (j, other) in a.iter().enumerate().take(i) {
            let weight = this.clone() * other.clone() * T::ratio(1, 4);
            for (s, t) in [(1, 1), (1, -1), (-1, 1), (-1, -1)] {
                nodes.push(Node { weight: weight.clone(), theta: at(&[(i, s), (j, t)]) });
            }
        }
    }
    let rest = nodes.iter().fold(T::one(), |rest, node| rest - node.weight.clone());
    nodes.push(Node { weight: rest, theta: q.mean.clone() });
    nodes
}

/// The power of two nearest to `√x`, up to rounding.
fn power_near_root<T: Scalar>(x: &T) -> T {
    let exponent = (x.nearest_f64().log2() / 2.0).round().clamp(-60.0, 60.0) as i32;
    let power = T::ratio(1 << exponent.unsigned_abs(), 1);
    if exponent < 0 { T::one() / power } else { power }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalar::Rational;
    use nalgebra::{dmatrix, dvector};

    /// `E x^k` of a standard normal: 1, 0, 1, 0, 3, 0.
    fn moment(k: u32) -> i64 {
        [1, 0, 1, 0, 3, 0][k as usize]
    }

    #[test]
    fn every_monomial_up_to_degree_five_is_exact_and_not_beyond() {
        let r = |a: i64, b: i64| Rational::ratio(a, b);
        let diagonal = dvector![r(7, 8), r(9, 1), r(3, 64)];
        let q = Factors {
            mean: dvector![r(0, 1), r(0, 1), r(0, 1)],
            lower: dmatrix![1, 0, 0; 0, 1, 0; 0, 0, 1].map(|x| r(x, 1)),
            diagonal: diagonal.clone(),
        };
        let nodes = degree_five(&q);
        let power = |x: &Rational, k: u32| (0..k).fold(r(1, 1), |p, _| p * x);
        let expectation = |k: [u32; 3]| {
            nodes.iter().fold(r(0, 1), |sum, node| {
                let f = (0..3).fold(r(1, 1), |f, i| f * power(&node.theta[i], k[i]));
                sum + node.weight.clone() * f
            })
        };
        for i in 0..6u32 {
            for j in 0..6 - i {
                for k in 0..6 - i - j {
                    let exponents = [i, j, k];
                    let exact = (0..3).fold(r(1, 1), |f, d| {
                        f * r(moment(exponents[d]), 1) * power(&diagonal[d], exponents[d] / 2)
                    });
                    assert_eq!(expectation(exponents), exact, "{exponents:?}");
                }
            }
        }
        assert_ne!(expectation([6, 0, 0]), r(15, 1) * power(&diagonal[0], 3));
    }
}
