//! Families whose coordinates depend on one another.

use super::*;

/// All pairs of spins: a graph that every permutation leaves alone.
fn complete(n: usize) -> Vec<(usize, usize)> {
    (0..n).flat_map(|j| (0..j).map(move |i| (i, j))).collect()
}

/// Fields and couplings, for `n` spins and all their pairs.
fn couplings<T: Special>(scene: &Scene, which: Which, n: usize) -> DVector<T> {
    let weak =
        scene.vector::<T>(which, n + n * (n - 1) / 2).into_iter().map(|x| x * T::ratio(1, 4));
    DVector::from_iterator(n + n * (n - 1) / 2, weak)
}

/// A configuration of spins.
fn signs<T: Scalar>(scene: &Scene, n: usize) -> Vec<T> {
    bits(scene, n).into_iter().map(|down| T::ratio(if down { -1 } else { 1 }, 1)).collect()
}

impl FamilyEntry for Simplex {
    type Family = Dirichlet;
    type Rep<T: Scalar> = DirectSum<Trivial<AnyGroup>, Plain>;
    const NAME: &'static str = "Dirichlet";

    fn rep<T: Scalar>(scene: &Scene) -> Self::Rep<T> {
        with_a_fixed_one(plain(scene))
    }

    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError> {
        Dirichlet::with_concentration(&scene.positive::<T>(which, dim(scene) + 1))
    }

    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T> {
        let weights: Vec<T> = positive_point(scene, family.dim());
        let sum = weights.iter().fold(T::zero(), |sum, &x| sum + x);
        weights.into_iter().map(|x| x / sum).collect()
    }

    /// The library takes differences of digammas by quadrature where they cancel.
    fn differentiable(
        _: &Self::Family,
        eta: DVector<Dual<Tracked>>,
    ) -> Result<(Dual<Tracked>, DVector<Dual<Tracked>>), FamilyError> {
        let total = eta.iter().fold(Dual::zero(), |sum, &alpha| sum + alpha);
        let logs = eta.iter().fold(Dual::zero(), |sum, &alpha| sum + Special::ln_gamma(alpha));
        let mean = eta.map(|alpha| alpha.digamma() - total.digamma());
        Ok((logs - Special::ln_gamma(total), mean))
    }

    fn moments(q: &Member<Self::Family, Tracked>) -> Moments {
        Moments::of_dirichlet(q)
    }
}

impl FamilyEntry for Classes {
    type Family = Categorical;
    type Rep<T: Scalar> = DirectSum<Trivial<AnyGroup>, Plain>;
    const NAME: &'static str = "categorical";
    const SHIFTED: bool = true;
    const SKEW: bool = true;

    fn rep<T: Scalar>(scene: &Scene) -> Self::Rep<T> {
        with_a_fixed_one(plain(scene))
    }

    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError> {
        Categorical::with_probabilities(&scene.positive::<T>(which, dim(scene) + 1))
    }

    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T> {
        let n = family.dim();
        let class = scene.vector::<f64>(Which::P, 1)[0].abs() as usize % n;
        (0..n).map(|i| T::count(usize::from(i == class))).collect()
    }

    fn moments(q: &Member<Self::Family, Tracked>) -> Moments {
        Moments::by_enumeration(q)
    }
}

impl FamilyEntry for Spins {
    type Family = Ising;
    type Rep<T: Scalar> = Signed;
    const NAME: &'static str = "Ising, spins ±1";

    fn rep<T: Scalar>(scene: &Scene) -> Signed {
        scene.signed()
    }

    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError> {
        let n = dim(scene);
        Member::from_natural(Ising::new(n, &complete(n))?, couplings(scene, which, n))
    }

    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T> {
        signs(scene, family.dim())
    }

    fn moments(q: &Member<Self::Family, Tracked>) -> Moments {
        Moments::by_enumeration(q)
    }
}

impl FamilyEntry for Bits {
    type Family = BinaryIsing;
    type Rep<T: Scalar> = Signed;
    const NAME: &'static str = "Ising, statistics of {0, 1}";
    const SHIFTED: bool = true;

    fn rep<T: Scalar>(scene: &Scene) -> Signed {
        scene.signed()
    }

    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError> {
        let n = dim(scene);
        Member::from_natural(BinaryIsing::new(n, &complete(n))?, couplings(scene, which, n))
    }

    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T> {
        signs(scene, family.dim())
    }

    fn moments(q: &Member<Self::Family, Tracked>) -> Moments {
        Moments::by_enumeration(q)
    }
}

/// `₀F₁(; d/2; x) = Σ x^k / (k! (d/2)_k)`, until the rest is below a geometric series that does not matter.
fn confluent(d: usize, x: Dual<Tracked>) -> Dual<Tracked> {
    let (mut term, mut sum) = (Dual::<Tracked>::one(), Dual::<Tracked>::one());
    for k in 0.. {
        let factors = Dual::count(k + 1) * Dual::ratio((d + 2 * k) as i64, 2);
        let ratio = x / factors;
        term *= ratio;
        sum += term;
        if !sum.value().value().is_finite() {
            return Dual::new(Tracked::new(f64::NAN, f64::NAN), Tracked::new(f64::NAN, f64::NAN));
        }
        let left = [term.value(), term.slope()].map(|part| part.value().abs());
        // Terms fall by more than 4 from here, their slopes by more than 2.
        let falling = ratio.value().value() < 0.25 && k > 1;
        if falling && left[0] <= 1e-25 && left[1] <= 1e-25 {
            let wider = |part: Tracked, left: f64| Tracked::new(part.value(), part.bound() + left);
            return Dual::new(wider(sum.value(), left[0]), wider(sum.slope(), left[1]));
        }
    }
    sum
}

impl FamilyEntry for Sphere {
    type Family = VonMisesFisher;
    type Rep<T: Scalar> = DirectSum<Trivial<AnyGroup>, Signed>;
    const NAME: &'static str = "von Mises–Fisher";

    fn rep<T: Scalar>(scene: &Scene) -> Self::Rep<T> {
        with_a_fixed_one(scene.signed())
    }

    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError> {
        // Of moderate concentration, unless the scene is one of extremes.
        let scale = if scene.spread < EDGE {
            T::one()
        } else {
            Float::min(scene.positive(which, 1)[0], T::count(8))
        };
        let eta = scene.vector::<T>(which, dim(scene) + 1);
        let eta: Vec<T> = eta.into_iter().map(|entry| entry * scale).collect();
        Member::from_natural(VonMisesFisher::new(eta.len())?, DVector::from_vec(eta))
    }

    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T> {
        // A coordinate of 1 and the others 0: on the sphere without rounding.
        let n = family.dim();
        let axis = scene.vector::<f64>(Which::P, 1)[0].abs() as usize % n;
        (0..n).map(|i| T::count(usize::from(i == axis))).collect()
    }

    /// The library has Bessel ratios from continued fractions; these are power series.
    fn differentiable(
        _: &Self::Family,
        eta: DVector<Dual<Tracked>>,
    ) -> Result<(Dual<Tracked>, DVector<Dual<Tracked>>), FamilyError> {
        let n = eta.len();
        let x = dot(eta.as_slice(), eta.as_slice()) * Dual::ratio(1, 4);
        let (series, next) = (confluent(n, x), confluent(n + 2, x));
        Ok((Float::ln(series), eta.map(|entry| entry * next / (series * Dual::count(n)))))
    }

    fn moments(q: &Member<Self::Family, Tracked>) -> Moments {
        Moments::of_von_mises_fisher(q)
    }
}

impl FamilyEntry for Scatter {
    type Family = Wishart;
    type Rep<T: Scalar> = SymmetricSquare<ChangeOfBasis<Signed, T>>;
    const NAME: &'static str = "Wishart";
    const SKEW: bool = true;

    fn rep<T: Scalar>(scene: &Scene) -> Self::Rep<T> {
        SymmetricSquare::new(scene.dense())
    }

    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError> {
        let (_, lower, diagonal) = scene.factors::<T>(which);
        let scale = &lower * DMatrix::from_diagonal(&diagonal) * lower.transpose();
        let excess = scene.positive::<T>(which, 1)[0];
        // Draws near the edge, where there is no excess, are nearly singular.
        Wishart::with_scale(&scale, T::count(scale.nrows() + 7) + excess)
    }

    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T> {
        let (_, lower, diagonal) = scene.factors::<T>(Which::P);
        let matrix = &lower * DMatrix::from_diagonal(&diagonal) * lower.transpose();
        pairs(family.size()).map(|(i, j)| matrix[(i, j)]).collect()
    }

    fn moments(q: &Member<Self::Family, Tracked>) -> Moments {
        Moments::of_wishart(q)
    }
}
