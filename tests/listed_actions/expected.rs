//! Figures and averages of diagonal Gaussians, by enumeration of the group.

use crate::actions::Map;

/// Means and standard deviations.
#[derive(Clone, Debug)]
pub(crate) struct Law {
    pub(crate) mean: Vec<f64>,
    pub(crate) sigma: Vec<f64>,
}

/// A sum, and the sum of the magnitudes of its terms.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sum {
    pub(crate) value: f64,
    pub(crate) size: f64,
}

impl Sum {
    fn add(&mut self, term: f64) {
        self.value += term;
        self.size += term.abs();
    }

    fn over(self, count: usize) -> Self {
        Self { value: self.value / count as f64, size: self.size / count as f64 }
    }
}

impl std::ops::AddAssign for Sum {
    fn add_assign(&mut self, other: Self) {
        self.value += other.value;
        self.size += other.size;
    }
}

impl Law {
    /// The law of `ρ(g)θ`.
    fn moved(&self, map: &Map) -> Self {
        let mut moved = self.clone();
        for (i, &(image, negative)) in map.iter().enumerate() {
            moved.mean[image] = if negative { -self.mean[i] } else { self.mean[i] };
            moved.sigma[image] = self.sigma[i];
        }
        moved
    }

    /// `KL(self ‖ p)`, the logarithms of the densities' ratio averaged.
    fn kl(&self, p: &Self) -> Sum {
        let mut sum = Sum::default();
        for i in 0..self.mean.len() {
            let step = self.mean[i] - p.mean[i];
            sum.add((p.sigma[i] / self.sigma[i]).ln());
            sum.add((self.sigma[i] / p.sigma[i]).powi(2) / 2.0);
            sum.add((step / p.sigma[i]).powi(2) / 2.0);
            sum.add(-0.5);
        }
        sum
    }

    fn squared_distance(&self, p: &Self) -> Sum {
        let mut sum = Sum::default();
        for i in 0..self.mean.len() {
            sum.add((self.mean[i] - p.mean[i]).powi(2));
            sum.add((self.sigma[i] - p.sigma[i]).powi(2));
        }
        sum
    }
}

/// What the methods make of a law, and how far it is from invariant.
pub(crate) struct Averages {
    pub(crate) geometric: Law,
    pub(crate) arithmetic: Law,
    pub(crate) projection: Law,
    pub(crate) tie: Law,
    /// Orbit divergence, its three parts, squared Wasserstein distance: by the names of the report.
    pub(crate) figures: [(&'static str, Sum); 5],
}

impl Averages {
    /// Over all elements.
    pub(crate) fn over(law: &Law, maps: &[&Map]) -> Self {
        let orbit: Vec<Law> = maps.iter().map(|map| law.moved(map)).collect();
        let (n, count) = (law.mean.len(), orbit.len() as f64);
        let average = |term: &dyn Fn(&Law, usize) -> f64| -> Vec<f64> {
            (0..n).map(|i| orbit.iter().map(|moved| term(moved, i)).sum::<f64>() / count).collect()
        };
        let mean = average(&|law, i| law.mean[i]);
        let precision = average(&|law, i| law.sigma[i].powi(-2));
        let weighted = average(&|law, i| law.mean[i] * law.sigma[i].powi(-2));
        let spread = average(&|law, i| law.sigma[i].powi(2) + (law.mean[i] - mean[i]).powi(2));
        let root = |x: &[f64]| x.iter().map(|x| x.sqrt()).collect();
        let geometric = Law {
            mean: weighted.iter().zip(&precision).map(|(m, p)| m / p).collect(),
            sigma: precision.iter().map(|p| p.sqrt().recip()).collect(),
        };
        let arithmetic = Law { mean: mean.clone(), sigma: root(&spread) };
        let projection = Law { mean: mean.clone(), sigma: average(&|law, i| law.sigma[i]) };
        // √diag(P diag(σ²) Pᵀ) with the matrix P.
        let mut p = vec![vec![0.0; n]; n];
        for map in maps {
            for (i, &(image, negative)) in map.iter().enumerate() {
                p[image][i] += if negative { -1.0 / count } else { 1.0 / count };
            }
        }
        let variance = |row: &Vec<f64>| -> f64 {
            row.iter().zip(&law.sigma).map(|(entry, sigma)| (entry * sigma).powi(2)).sum()
        };
        let tie = Law { mean, sigma: p.iter().map(|row| variance(row).sqrt()).collect() };
        let (mut divergence, mut distance) = (Sum::default(), Sum::default());
        for moved in &orbit {
            divergence += law.kl(moved);
            distance += law.squared_distance(moved);
        }
        let figures = [
            ("orbit_divergence", divergence.over(orbit.len())),
            ("geometric_gap", geometric.kl(law)),
            ("arithmetic_gap", law.kl(&arithmetic)),
            ("remainder", arithmetic.kl(&geometric)),
            ("wasserstein", distance.over(orbit.len())),
        ];
        Self { geometric, arithmetic, projection, tie, figures }
    }

    /// By the name of a method.
    pub(crate) fn by(&self, method: &str) -> &Law {
        match method {
            "geometric" => &self.geometric,
            "arithmetic" => &self.arithmetic,
            "projection" => &self.projection,
            "tie" => &self.tie,
            other => panic!("{other} is no method"),
        }
    }
}
