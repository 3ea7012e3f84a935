//! Every fault is found, by the law that it breaks.

use super::affine::{ActionFault, Affine, Functions, GroupFault, P};
use super::strangers::{Exponentials, FamilyFault, ThreeClasses, odds, rates, three_classes};
use super::{assert_only, assert_rejected};
use equibayes::action::ClosedUnder;
use equibayes::family::{FamilyError, Member};
use equibayes::group::{Cyclic, Permutation};
use equibayes::law;
use equibayes::representation::{
    ActsOn, ActsOrthogonally, ChangeOfBasis, Dense, ElementOf, PermutationRep, Representation,
    Reynolds,
};
use equibayes::symmetrize::Symmetrization;
use nalgebra::dmatrix;

#[test]
fn of_groups() {
    let cases: [(GroupFault, &[&str]); 9] = [
        (GroupFault::NotAssociative, &["associativity"]),
        (GroupFault::WrongInverse, &["left inverse", "right inverse", "inverse of a product"]),
        (GroupFault::WrongIdentity, &["left identity", "right identity"]),
        (GroupFault::NumberTwice, &["numbering", "order"]),
        (GroupFault::IdentityNotFirst, &["first element"]),
        (GroupFault::GeneratorMissing, &["generators"]),
        (GroupFault::WrongOrder, &["numbering", "order", "generators", "uniform draws"]),
        (GroupFault::BiasedDraws, &["uniform draws"]),
        (GroupFault::ForeignDraws, &["members", "uniform draws"]),
    ];
    for (fault, laws) in cases {
        assert_rejected(&law::finite_group(&Affine { fault }), laws);
    }
    // The first kit alone knows these three.
    for fault in [GroupFault::NotAssociative, GroupFault::BiasedDraws] {
        let broken = Affine { fault };
        let expected: &[&str] =
            if fault == GroupFault::BiasedDraws { &[] } else { &["associativity"] };
        let report = law::group(&broken).run(1, 64);
        let found = super::failures(&report);
        assert!(expected.iter().all(|law| found.iter().any(|name| name == law)), "{report}");
        assert_eq!(expected.is_empty(), report.holds());
    }
}

#[test]
fn of_representations() {
    let cases: [(ActionFault, &[&str]); 9] = [
        (ActionFault::AntiHomomorphism, &["homomorphism"]),
        (ActionFault::NotHomomorphism, &["homomorphism", "inverse"]),
        (ActionFault::WrongIdentity, &["identity", "homomorphism"]),
        (ActionFault::NotLinear, &["linearity", "matrix"]),
        (ActionFault::Accumulates, &["output"]),
        (ActionFault::WrongTranspose, &["transpose"]),
        (ActionFault::WrongMatrix, &["matrix"]),
        (ActionFault::WrongCharacter, &["character"]),
        (ActionFault::WrongSignedPermutation, &["signed permutation"]),
    ];
    for (fault, laws) in cases {
        assert_rejected(&law::representation(&Functions { group: Affine::SOUND, fault }), laws);
    }
    // Faults that one law alone can see are seen by no other.
    let of = |fault| law::representation(&Functions { group: Affine::SOUND, fault });
    assert_only(&of(ActionFault::AntiHomomorphism), &["homomorphism"]);
    assert_only(&of(ActionFault::Accumulates), &["output"]);
    assert_only(&of(ActionFault::WrongTranspose), &["transpose"]);
    assert_only(&of(ActionFault::WrongCharacter), &["character"]);
    assert_only(&of(ActionFault::WrongSignedPermutation), &["signed permutation"]);
}

#[test]
fn of_index_maps() {
    let of = |fault| Functions { group: Affine::SOUND, fault };
    assert_only(&law::signed_permutations(&of(ActionFault::NoSignedPermutation)), &["index map"]);
    assert_only(
        &law::signed_permutations(&of(ActionFault::AntiHomomorphism)),
        &["index maps compose"],
    );
    assert_only(
        &law::signed_permutations(&of(ActionFault::NotLinear)),
        &["index map", "index map acts"],
    );
    // Signs are fine for a signed permutation representation, and not for a permutation one.
    let signs = of(ActionFault::HiddenSigns);
    law::signed_permutations(&signs).assert();
    law::representation(&signs).assert();
    assert_only(&law::permutations(&signs), &["no signs"]);
}

/// A shear that promises to be orthogonal.
#[derive(Clone, Debug)]
struct Shear(Dense<Cyclic, f64>);

impl Representation for Shear {
    type Group = Cyclic;

    fn group(&self) -> &Cyclic {
        self.0.group()
    }

    fn dim(&self) -> usize {
        self.0.dim()
    }
}

impl ActsOn<f64> for Shear {
    fn act(&self, g: &ElementOf<Self>, x: &[f64], out: &mut [f64]) {
        self.0.act(g, x, out);
    }
}

impl ActsOrthogonally for Shear {}

#[test]
fn of_orthogonality() {
    let shear = Shear(Dense::from_fn(Cyclic::new(2).unwrap(), 2, |&k| {
        if k == 0 { dmatrix![1.0, 0.0; 0.0, 1.0] } else { dmatrix![1.0, 1.0; 0.0, -1.0] }
    }));
    law::representation(&shear).assert();
    assert_only(&law::orthogonal(&shear), &["dot product", "transpose is inverse"]);
}

#[test]
fn of_averages_over_what_is_no_group() {
    // Of order 3, not 2: the mean of the two is no projector.
    let c2 = Cyclic::new(2).unwrap();
    let wrong = Dense::from_fn(c2, 2, |&k| {
        if k == 0 { dmatrix![1.0, 0.0; 0.0, 1.0] } else { dmatrix![0.0, -1.0; 1.0, -1.0] }
    });
    assert_rejected(
        &law::reynolds(&wrong),
        &["idempotent", "dual idempotent", "fixed", "dual fixed", "absorbs", "rank"],
    );
    // The generator swaps two coordinates, its cube two others: orbits from the generator are not the
    // average.
    let c4 = Cyclic::new(4).unwrap();
    let wrong = PermutationRep::from_fn(c4, 3, |&k| {
        Permutation::from_fn(3, |i| match (k, i) {
            (1, 0) | (3, 2) => 1,
            (1, 1) => 0,
            (3, 1) => 2,
            _ => i,
        })
    });
    assert_rejected(&law::reynolds(&wrong), &["absorbs", "average"]);
}

#[test]
fn of_conditioning_that_is_not_declared() {
    let swap = PermutationRep::regular(&Cyclic::new(2).unwrap()).unwrap();
    let rep = ChangeOfBasis::new(swap, dmatrix![1.0, 1.0; 1.0, 1.0 + 1e-7] / 3.0).unwrap();
    assert_rejected(&law::representation(&rep), &["identity"]);
}

fn exponentials(fault: FamilyFault) -> Exponentials {
    Exponentials { dim: P, fault }
}

#[test]
fn of_families() {
    let cases: [(FamilyFault, &[&str]); 14] = [
        (FamilyFault::WrongMean, &["natural round trip", "mean round trip", "mean is gradient"]),
        (FamilyFault::WrongNatural, &["natural round trip", "mean round trip"]),
        (FamilyFault::WrongLogPartition, &["mean is gradient"]),
        (FamilyFault::WrongFisher, &["Fisher is derivative", "sampled covariance"]),
        (FamilyFault::AsymmetricFisher, &["Fisher symmetric", "Fisher is derivative"]),
        (FamilyFault::NegativeFisher, &["Fisher positive definite", "Fisher is derivative"]),
        (FamilyFault::WrongConjugate, &["conjugate"]),
        (FamilyFault::SwappedKl, &["KL is Bregman"]),
        (FamilyFault::ShiftedKl, &["KL to itself", "KL is Bregman"]),
        (FamilyFault::NegativeKl, &["KL not negative", "KL is Bregman"]),
        (FamilyFault::UnnormalisedDensity, &["density", "density ratio"]),
        (FamilyFault::BiasedDraws, &["sampled mean"]),
        (FamilyFault::UniformDraws, &["sampled covariance"]),
        (FamilyFault::WrongMean, &["Fisher is derivative"]),
    ];
    for (fault, laws) in cases {
        let family = exponentials(fault);
        assert_rejected(&law::family(&family, rates(family)), laws);
    }
    let of = |fault| exponentials(fault);
    for (fault, laws) in [
        (FamilyFault::WrongConjugate, &["conjugate"][..]),
        (FamilyFault::SwappedKl, &["KL is Bregman"]),
        (FamilyFault::WrongLogPartition, &["mean is gradient"]),
        (FamilyFault::UniformDraws, &["sampled covariance"]),
    ] {
        let family = of(fault);
        assert_only(&law::family(&family, rates(family)), laws);
    }
}

#[test]
fn of_members_of_another_family() {
    let (mine, other) = (exponentials(FamilyFault::None), exponentials(FamilyFault::SwappedKl));
    assert_rejected(&law::coordinates(&mine, rates::<f64>(other)), &["parameters belong together"]);
}

#[test]
fn of_closedness() {
    let rep = Functions::SOUND;
    let cases: [(FamilyFault, &[&str]); 5] = [
        (FamilyFault::WrongTau, &["statistic moves", "τ: homomorphism", "density moves"]),
        (
            FamilyFault::SpuriousShift,
            &[
                "statistic moves",
                "shift",
                "log-partition moves",
                "mean moves",
                "average over orbit",
            ],
        ),
        (FamilyFault::SpuriousMeanShift, &["mean shift", "average over orbit"]),
        (FamilyFault::UnevenBaseMeasure, &["base measure", "density moves"]),
        (FamilyFault::WrongAverage, &["average of means", "average over orbit"]),
    ];
    for (fault, laws) in cases {
        let family = exponentials(fault);
        assert_rejected(&law::closed(&family, &rep, rates(family)), laws);
    }
    let family = exponentials(FamilyFault::UnevenBaseMeasure);
    assert_only(&law::closed(&family, &rep, rates(family)), &["base measure", "density moves"]);
    let family = exponentials(FamilyFault::WrongAverage);
    assert_only(
        &law::closed(&family, &rep, rates(family)),
        &["average of means", "average over orbit"],
    );
}

#[test]
fn of_shifts_left_out() {
    let family = ThreeClasses { without_shift: true };
    assert_rejected(
        &law::closed(&family, &three_classes(), odds(family)),
        &["statistic moves", "log-partition moves", "mean moves", "average over orbit"],
    );
}

/// What is wrong with the symmetrisation.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Slip {
    /// Half way to the geometric average.
    HalfWay,
    /// Twice the geometric average.
    Doubled,
    /// Every coordinate becomes the first one.
    FirstTakesAll,
    /// Nothing happens.
    Nothing,
    /// Right, but without a name.
    Nameless,
    /// Every second member is refused.
    Refusing,
}

impl<R> Symmetrization<Exponentials, R> for Slip
where
    R: ActsOn<f64>,
    R::Group: equibayes::group::Finite,
    Exponentials: ClosedUnder<R>,
{
    fn name(&self) -> &'static str {
        if *self == Self::Nameless { "" } else { "slip" }
    }

    fn symmetrize(
        &self,
        q: &Member<Exponentials>,
        rep: &R,
    ) -> Result<Member<Exponentials>, FamilyError> {
        let eta = q.natural().coordinates();
        let average = Reynolds::of(rep).project_dual(eta.as_slice());
        let result = match self {
            Self::HalfWay => (eta + average) / 2.0,
            Self::Doubled => average * 2.0,
            Self::FirstTakesAll => average.map(|_| eta[0]),
            Self::Nothing => eta.clone(),
            Self::Nameless => average,
            Self::Refusing => eta.map(|eta| eta + 2.0),
        };
        Member::from_natural(*q.family(), result)
    }
}

#[test]
fn of_symmetrisations() {
    let (rep, family) = (Functions::SOUND, exponentials(FamilyFault::None));
    let cases: [(Slip, &[&str]); 5] = [
        (Slip::HalfWay, &["invariant", "idempotent", "constant on orbits"]),
        (Slip::Doubled, &["idempotent"]),
        (Slip::FirstTakesAll, &["constant on orbits"]),
        (Slip::Nothing, &["invariant", "constant on orbits"]),
        (Slip::Nameless, &["name"]),
    ];
    for (slip, laws) in cases {
        assert_only(&law::symmetrization(&slip, &rep, rates::<f64>(family)), laws);
    }
    let report = law::symmetrization(&Slip::Refusing, &rep, rates::<f64>(family)).run(1, 64);
    let refused = report.failures().find(|result| result.name == "invariant").unwrap();
    assert!(refused.worst.witness.contains("expected a positive number"), "{report}");
}

#[test]
fn a_panic_fails_the_law_that_met_it() {
    // Zero has no reciprocal, and the stranger's group unwraps one.
    let report = law::group(&Affine { fault: GroupFault::ForeignDraws }).run(1, 64);
    let left = report.failures().find(|result| result.name == "left inverse").unwrap();
    assert!(left.worst.witness.contains("panicked: called `Option::unwrap()`"), "{report}");
}

#[test]
fn a_report_says_what_failed_and_where() {
    let broken = Affine { fault: GroupFault::WrongInverse };
    let report = law::group(&broken).run(1, 64);
    let text = report.to_string();
    assert!(text.contains("FAILS  left inverse: a⁻¹a = e [violated]"), "{text}");
    assert!(text.contains("at a = Map { scale:"), "{text}");
    assert!(text.contains("holds  associativity: (ab)c = a(bc) [exact]"), "{text}");
    // The same seed, the same report; and `assert` panics with it.
    assert_eq!(text, law::group(&broken).run(1, 64).to_string());
    let panic = std::panic::catch_unwind(|| law::group(&broken).assert()).unwrap_err();
    assert_eq!(panic.downcast_ref::<String>(), Some(&text));
}
