//! Spins on the vertices of a small graph.

use super::discrete::Discrete;
use super::member::check;
use super::newton::minimum;
use super::{
    Coordinates, Entropy, ExponentialFamily, Family, FamilyError, FiniteSupport, FisherInformation,
    LogPartition, Mean, Member, Natural, Sample,
};
use crate::scalar::{Real, Scalar, dot};
use crate::special::Special;
use nalgebra::{DMatrix, DVector};
use rand::{Rng, RngExt};
use std::fmt::Debug;
use std::marker::PhantomData;
use std::sync::Arc;

/// The most spins: everything is summed over all `2^n` states.
const MOST: usize = 12;

/// The vertices and edges on which spins live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpinGraph {
    spins: usize,
    /// Pairs `i < j` in ascending order.
    edges: Vec<(usize, usize)>,
}

impl SpinGraph {
    /// A graph with so many vertices and these edges, in any order and direction.
    ///
    /// # Errors
    /// [`FamilyError`] unless there are 1 to 12 vertices, and every edge joins two different ones, once.
    pub fn new(spins: usize, edges: &[(usize, usize)]) -> Result<Self, FamilyError> {
        if !(1..=MOST).contains(&spins) {
            let expected = "1 to 12, since all states are enumerated";
            return Err(FamilyError::Size { what: "number of spins", got: spins, expected });
        }
        let mut sorted: Vec<(usize, usize)> =
            edges.iter().map(|&(i, j)| (i.min(j), i.max(j))).collect();
        sorted.sort_unstable();
        let repeated = sorted.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
        let wrong = sorted.iter().copied().find(|&(i, j)| i == j || j >= spins);
        if let Some((from, to)) = wrong.or(repeated) {
            return Err(FamilyError::NotAnEdge { from, to, spins });
        }
        Ok(Self { spins, edges: sorted })
    }

    /// The number of vertices.
    pub fn spins(&self) -> usize {
        self.spins
    }

    /// The edges `(i, j)`, `i < j`, in ascending order: the order of their statistics.
    pub fn edges(&self) -> &[(usize, usize)] {
        &self.edges
    }

    /// Where the edge between two vertices stands among the edges.
    pub fn edge_index(&self, i: usize, j: usize) -> Option<usize> {
        self.edges.binary_search(&(i.min(j), i.max(j))).ok()
    }
}

/// How a spin enters the statistic.
pub trait SpinEncoding: Copy + Debug + PartialEq + Send + Sync + 'static {
    /// The number that stands for a spin, given as ±1.
    fn encode<T: Scalar>(spin: T) -> T;
}

/// A spin enters as ±1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signs;

/// A spin enters as `(1 + θ)/2`, 0 or 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bits;

impl SpinEncoding for Signs {
    fn encode<T: Scalar>(spin: T) -> T {
        spin
    }
}

impl SpinEncoding for Bits {
    fn encode<T: Scalar>(spin: T) -> T {
        (T::one() + spin) * T::ratio(1, 2)
    }
}

/// Distributions of spins `θ ∈ {±1}^n` with interactions on the edges of a graph: the statistic holds
/// the encoded spins `x_i` and the products `x_i x_j` over the edges, so `q(θ) ∝ e^{Σ h_i x_i + Σ J_ij x_i x_j}`; base measure the
/// counting measure.
///
/// Exact, by summing over all `2^n` states, so for at most 12 spins.
///
/// [`Ising`] encodes by [`Signs`], [`BinaryIsing`] by [`Bits`]: the same distributions in other coordinates.
/// Both are closed under the automorphisms of the graph combined with spin flips (claim F3). With signs
/// the statistic moves by a signed permutation; with bits there is a shift `c(g) ≠ 0`.
///
/// # Examples
/// ```
/// use equibayes::family::{Ising, Member};
/// use nalgebra::dvector;
///
/// // Two coupled spins without a field: E θ_0 θ_1 = tanh J.
/// let family = Ising::new(2, &[(0, 1)])?;
/// let q = Member::from_natural(family, dvector![0.0, 0.0, 0.5])?;
/// assert!((q.mean_parameter().as_slice()[2] - 0.5_f64.tanh()).abs() < 1e-15);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SpinFamily<E> {
    graph: Arc<SpinGraph>,
    encoding: PhantomData<E>,
}

/// Spins that enter the statistic as ±1.
pub type Ising = SpinFamily<Signs>;

/// Spins that enter the statistic as 0 and 1.
pub type BinaryIsing = SpinFamily<Bits>;

impl<E: SpinEncoding> SpinFamily<E> {
    /// The family on so many spins with interactions on these edges.
    ///
    /// # Errors
    /// [`FamilyError`] as [`SpinGraph::new`].
    pub fn new(spins: usize, edges: &[(usize, usize)]) -> Result<Self, FamilyError> {
        Ok(Self { graph: Arc::new(SpinGraph::new(spins, edges)?), encoding: PhantomData })
    }

    /// The graph.
    pub fn graph(&self) -> &Arc<SpinGraph> {
        &self.graph
    }

    /// The spins of a state: bit `i` of its number is set where spin `i` is up.
    fn state<T: Scalar>(&self, number: usize) -> Vec<T> {
        (0..self.graph.spins)
            .map(|i| if number >> i & 1 == 1 { T::one() } else { -T::one() })
            .collect()
    }

    fn statistics<T: Scalar>(&self) -> impl Iterator<Item = DVector<T>> {
        (0..1usize << self.graph.spins).map(|number| self.statistic(&self.state(number)))
    }

    fn statistic<T: Scalar>(&self, theta: &[T]) -> DVector<T> {
        assert_eq!(theta.len(), self.graph.spins, "θ of another dimension than the family's");
        let mut statistic: Vec<T> = theta.iter().cloned().map(E::encode).collect();
        for &(i, j) in &self.graph.edges {
            statistic.push(statistic[i].clone() * statistic[j].clone());
        }
        DVector::from_vec(statistic)
    }

    /// `⟨v, T⟩` at every state.
    fn pairings<T: Real>(&self, v: &[T]) -> Vec<T> {
        self.statistics().map(|statistic: DVector<T>| dot(v, statistic.as_slice())).collect()
    }

    fn discrete<T: Real>(&self, eta: &[T]) -> Discrete<T> {
        Discrete::new(&self.pairings(eta))
    }

    fn mean_of<T: Real>(&self, eta: &[T]) -> DVector<T> {
        let weights = self.discrete(eta).probabilities;
        let zero = DVector::from_element(eta.len(), T::zero());
        self.statistics().zip(weights).fold(zero, |sum, (statistic, p)| sum + statistic * p)
    }

    fn information_of<T: Real>(&self, eta: &[T]) -> DMatrix<T> {
        let weights = self.discrete(eta).probabilities;
        let mean = self.mean_of(eta);
        let mut information = DMatrix::from_element(eta.len(), eta.len(), T::zero());
        for (statistic, p) in self.statistics::<T>().zip(weights) {
            let step: DVector<T> = statistic - &mean;
            for l in 0..step.len() {
                let weighted = p * step[l];
                for k in 0..step.len() {
                    information[(k, l)] += step[k] * weighted;
                }
            }
        }
        information
    }

    /// Fails unless every mean is strictly between the two values that its statistic takes.
    fn inside<T: Real>(&self, mu: &DVector<T>) -> Result<(), FamilyError> {
        let (low, high) = (E::encode(-T::one()), T::one());
        match mu.iter().find(|value| !(**value > low && **value < high)) {
            Some(value) => {
                let (what, value) = ("mean of a statistic", value.nearest_f64());
                let expected = "strictly between its smallest and its largest value";
                Err(FamilyError::Outside { what, value, expected })
            }
            None => Ok(()),
        }
    }
}

impl<E: SpinEncoding> Family for SpinFamily<E> {
    fn dim(&self) -> usize {
        self.graph.spins
    }
}

impl<E: SpinEncoding> ExponentialFamily for SpinFamily<E> {
    fn statistic_dim(&self) -> usize {
        self.graph.spins + self.graph.edges.len()
    }
}

impl<E: SpinEncoding, T: Special> Coordinates<T> for SpinFamily<E> {
    fn sufficient_statistic(&self, theta: &[T]) -> DVector<T> {
        self.statistic(theta)
    }

    /// Refuses parameters so large that a mean rounds to an extreme value.
    fn to_mean(&self, eta: &Natural<Self, T>) -> Result<Mean<Self, T>, FamilyError> {
        check("natural parameter", eta.coordinates(), self.statistic_dim())?;
        let mu = self.mean_of(eta.as_slice());
        check("mean parameter", &mu, self.statistic_dim())?;
        self.inside(&mu)?;
        Ok(Mean::new(mu))
    }

    /// By Newton's method: there is no closed form.
    fn to_natural(&self, mu: &Mean<Self, T>) -> Result<Natural<Self, T>, FamilyError> {
        check("mean parameter", mu.coordinates(), self.statistic_dim())?;
        self.inside(mu.coordinates())?;
        let target: Vec<f64> = mu.as_slice().iter().map(|mu| mu.value()).collect();
        let eta = minimum(
            self.statistic_dim(),
            |eta| self.discrete(eta).log_partition - dot(eta, &target),
            |eta: &[T]| (self.mean_of(eta) - mu.coordinates()).iter().copied().collect(),
            |eta| self.information_of(eta),
        );
        eta.map(|eta| Natural::new(DVector::from_vec(eta))).ok_or(FamilyError::NoNaturalParameter)
    }
}

impl<E: SpinEncoding, T: Special> FiniteSupport<T> for SpinFamily<E> {
    fn support(&self) -> impl Iterator<Item = DVector<T>> {
        (0..1usize << self.graph.spins).map(|number| DVector::from_vec(self.state(number)))
    }
}

impl<E: SpinEncoding, T: Special> LogPartition<T> for SpinFamily<E> {
    fn log_partition(&self, q: &Member<Self, T>) -> T {
        self.discrete(q.natural().as_slice()).log_partition
    }

    /// 0 where every spin is ±1, `−∞` elsewhere.
    fn log_base_measure(&self, theta: &[T]) -> T {
        assert_eq!(theta.len(), self.graph.spins, "θ of another dimension than the family's");
        let all = theta.iter().all(|&spin| spin == T::one() || spin == -T::one());
        if all { T::zero() } else { T::neg_infinity() }
    }

    /// A sum over the states in which no term is negative, so small divergences keep their relative
    /// accuracy.
    fn kl(&self, q: &Member<Self, T>, p: &Member<Self, T>) -> T {
        let step = p.natural().coordinates() - q.natural().coordinates();
        let (at_q, at_p) =
            (self.discrete(q.natural().as_slice()), self.discrete(p.natural().as_slice()));
        at_q.divergence(&self.pairings(step.as_slice()), &at_p)
    }
}

impl<E: SpinEncoding, T: Special> FisherInformation<T> for SpinFamily<E> {
    fn fisher_information(&self, q: &Member<Self, T>) -> DMatrix<T> {
        self.information_of(q.natural().as_slice())
    }
}

impl<E: SpinEncoding, T: Special> Sample<T> for SpinFamily<E> {
    /// Exact, at the cost of enumerating the states.
    fn sample<R: Rng + ?Sized>(&self, q: &Member<Self, T>, rng: &mut R) -> DVector<T> {
        let uniform = rng.random_range(T::zero()..T::one());
        let number = self.discrete(q.natural().as_slice()).quantile(uniform);
        DVector::from_vec(self.state(number))
    }
}

impl<E: SpinEncoding, T: Special> Entropy<T> for SpinFamily<E> {
    /// `−Σ p ln p` over the states.
    fn entropy(&self, q: &Member<Self, T>) -> T {
        self.discrete(q.natural().as_slice()).entropy()
    }
}
