//! Steps of training and evaluations that come again allocate nothing.
//!
//! One test, so that no other runs meanwhile: allocations are counted on all threads.

use equibayes::group::Cyclic;
use equibayes::inference::optimiser::{Adam, Optimiser, Sgd};
use equibayes::inference::{
    Augmentation, Augmenter, CoordinateSymmetry, CrossEntropy, Dataset, Elbo, FullCovariance,
    GaussianPrior, MeanField, Noise, Posterior, Settings, SymmetricRoot, Tied, TiedDraws, Trainer,
    Weights,
};
use equibayes::model::conv::{ConvNet, ConvSpec};
use equibayes::model::{Differentiable, Joint, Mlp, Model, Pointwise};
use equibayes::representation::{
    ActsBySignedPermutations, ActsOn, Channels, Layout, PermutationRep, SignedOrbits,
};
use nalgebra::DMatrix;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

#[global_allocator]
static COUNTED: dhat::Alloc = dhat::Alloc;

/// Numbers in `[−1, 1]` without a pattern.
fn numbers(count: usize) -> Vec<f64> {
    (0..count).map(|i| f64::sin(12.9898 * i as f64)).collect()
}

fn data<M: Model>(model: &M, count: usize) -> Dataset {
    let (inputs, classes) = (model.inputs(), model.outputs());
    let targets = (0..count * classes).map(|k| f64::from(u8::from(k % classes == k % 3))).collect();
    Dataset::new(inputs, numbers(count * inputs), classes, targets).unwrap()
}

fn settings() -> Settings {
    Settings { batch: 6, draws: 3, chunk: 8, rate: 1e-3, ..Settings::default() }
}

/// How many blocks of memory are asked for while the function runs.
fn allocations(run: impl FnOnce()) -> u64 {
    let before = dhat::HeapStats::get().total_blocks;
    run();
    dhat::HeapStats::get().total_blocks - before
}

/// What a pool may still ask for: a thread asks for one block in its life, when it first takes work from another, and
/// when that is depends on the load of the machine. A single thread takes none.
static SPARE: AtomicU64 = AtomicU64::new(0);

/// Trains over the ends of epochs, and evaluates; then four times again, counted.
fn check<M, Q, O>(name: &str, mut trainer: Trainer<M, CrossEntropy, Q, O>, held_out: &Dataset)
where
    M: Differentiable + Send,
    Q: Posterior + Send,
    O: Optimiser + Send,
{
    let mut run = || {
        for _ in 0..5 {
            trainer.step().unwrap();
        }
        trainer.evaluate(held_out, 4).unwrap();
    };
    run();
    let found: u64 = (0..4).map(|_| allocations(&mut run)).sum();
    let spare = SPARE.load(Relaxed);
    assert!(
        found <= spare,
        "{name}: {found} allocations in twenty steps and four evaluations, where the pool's threads may have {spare}"
    );
    SPARE.store(spare - found, Relaxed);
}

fn elbo<M: Model, Q: Posterior>(model: M, posterior: Q) -> Elbo<M, CrossEntropy, Q> {
    let prior = GaussianPrior::isotropic(posterior.dim(), 1.0).unwrap();
    Elbo { model, loss: CrossEntropy, posterior, prior, weights: Weights::per_example(20) }
}

/// A precision with correlations between neighbours.
fn correlated<M: Model, Q: Posterior>(model: M, posterior: Q) -> Elbo<M, CrossEntropy, Q> {
    let dim = posterior.dim();
    let precision = DMatrix::from_fn(dim, dim, |i, j| match i.abs_diff(j) {
        0 => 2.0,
        1 => 0.5,
        _ => 0.0,
    });
    let prior = GaussianPrior::with_precision(&vec![0.0; dim], &precision).unwrap();
    Elbo { prior, ..elbo(model, posterior) }
}

fn tied(orbits: &SignedOrbits, draws: TiedDraws) -> (Tied, Vec<f64>) {
    let tied = Tied::new(orbits.clone(), draws);
    let w = tied.tie(&numbers(orbits.dim()), &vec![0.1; orbits.dim()]).unwrap();
    (tied, w)
}

fn mean_field(dim: usize) -> (MeanField, Vec<f64>) {
    let field = MeanField::new(dim);
    (field, field.coordinates_of(&numbers(dim), &vec![0.1; dim]).unwrap())
}

fn full_covariance(dim: usize) -> (FullCovariance, Vec<f64>) {
    let full = FullCovariance::new(dim);
    let factor = DMatrix::from_diagonal_element(dim, dim, 0.1);
    (full, full.coordinates_of(&numbers(dim), &factor).unwrap())
}

fn on_all<M: Differentiable + Send>(
    name: &str,
    net: impl Fn() -> M,
    joint: &Joint<
        impl ActsBySignedPermutations<Group = Cyclic>,
        PermutationRep<Cyclic>,
        impl ActsOn<f64, Group = Cyclic>,
    >,
) {
    let (train, held_out) = (data(&net(), 20), data(&net(), 11));
    let dim = net().parameters();
    let rep = joint.parameters();

    let (field, w) = mean_field(dim);
    let symmetry = CoordinateSymmetry::of_mean_field(&field, rep);
    let augmenter = |policy| Augmenter::new(joint, policy).unwrap();
    let plain = Trainer::new(elbo(net(), field), train.clone(), Adam::new(), w.clone(), settings());
    check(
        &format!("{name}, mean field, random augmentation, projected gradient"),
        plain.unwrap().augmented(augmenter(Augmentation::Random(2))).projected(symmetry).unwrap(),
        &held_out,
    );
    let sgd = || Sgd::new().momentum(0.9).nesterov();
    let closed = Trainer::new(elbo(net(), field), train.clone(), sgd(), w, settings()).unwrap();
    check(
        &format!("{name}, mean field, orbits and orbit-closed noise"),
        closed
            .augmented(augmenter(Augmentation::Full))
            .noise(Noise::orbit_closed(rep).unwrap().antithetic()),
        &held_out,
    );
    if dim < 100 {
        // An inverse in each step.
        let root = SymmetricRoot::new(dim);
        let scales = DMatrix::from_diagonal_element(dim, dim, 0.1);
        let w = root.coordinates_of(&numbers(dim), &scales).unwrap();
        for elbo in [elbo(net(), root), correlated(net(), root)] {
            let root = Trainer::new(elbo, train.clone(), sgd(), w.clone(), settings()).unwrap();
            check(&format!("{name}, symmetric root"), root, &held_out);
        }
    }
    let (full, w) = full_covariance(dim);
    let full = Trainer::new(elbo(net(), full), train.clone(), Adam::new(), w, settings()).unwrap();
    check(&format!("{name}, full covariance"), full, &held_out);
    for draws in [TiedDraws::Independent, TiedDraws::Equivariant] {
        let (tied, w) = tied(&SignedOrbits::of(rep), draws);
        for (prior, elbo) in
            [("", elbo(net(), tied.clone())), (" under correlations", correlated(net(), tied))]
        {
            let tied = Trainer::new(elbo, train.clone(), sgd(), w.clone(), settings()).unwrap();
            check(&format!("{name}, tied, {draws:?}{prior}"), tied, &held_out);
        }
    }
}

#[test]
fn steps_and_evaluations_allocate_nothing() {
    let _profiler = dhat::Profiler::builder().testing().build();
    assert!(allocations(|| drop(std::hint::black_box(vec![1; 10]))) > 0, "nothing is counted");

    let c4 = Cyclic::new(4).unwrap();
    let run = || {
        let spec = || ConvSpec::new(1, 4, &[16, 8], 3);
        let net = || ConvNet::new(spec()).unwrap();
        let joint = net().joint(&c4, Channels::Regular, Layout::Interleaved).unwrap();
        on_all("convolutions", net, &joint);

        let ring = PermutationRep::regular(&c4).unwrap();
        let still = PermutationRep::fixed(&c4, 3);
        let net = || Mlp::new(&[4, 4, 3], Pointwise::Tanh).unwrap();
        let joint = net().joint(&[ring.clone(), ring, still]).unwrap();
        on_all("perceptron", net, &joint);
    };
    // Inside a pool, as all parallel work of the pool's own threads is: from outside each call is put into a
    // queue, whose memory grows by a block now and then.
    for threads in [1, 2] {
        SPARE.store(if threads == 1 { 0 } else { threads as u64 }, Relaxed);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(run);
    }
}
