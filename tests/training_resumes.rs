//! Training gives the same bits at any number of threads, and from a snapshot in a file.
#![cfg(feature = "checkpoint")]

use equibayes::group::Cyclic;
use equibayes::inference::optimiser::{Adam, Optimiser, Sgd};
use equibayes::inference::{
    Augmentation, Augmenter, CrossEntropy, Dataset, Elbo, GaussianPrior, MeanField, Noise,
    Posterior, Settings, Snapshot, Tied, TiedDraws, Trainer, Weights,
};
use equibayes::model::conv::{ConvNet, ConvSpec, Lanes};
use equibayes::model::{Differentiable, Mlp, Model, Pointwise};
use equibayes::representation::{Channels, Layout, PermutationRep, SignedOrbits};
use equibayes::scalar::{Real, Scalar};
use rand_distr::{Distribution, StandardNormal};

/// Numbers in `[−1, 1]` without a pattern.
fn numbers<T: Scalar>(count: usize) -> Vec<T> {
    (0..count).map(|i| T::from_f64(f64::sin(12.9898 * i as f64)).unwrap()).collect()
}

fn data<T: Scalar>(inputs: usize) -> Dataset<T> {
    let one_hot = |k: usize| if k % 3 == k / 3 % 3 { T::one() } else { T::zero() };
    Dataset::new(inputs, numbers(20 * inputs), 3, (0..60).map(one_hot).collect()).unwrap()
}

fn trainer<M, Q, O, T>(
    model: M,
    posterior: Q,
    optimiser: O,
    w: Vec<T>,
) -> Trainer<M, CrossEntropy, Q, O, T>
where
    M: Differentiable<T>,
    Q: Posterior<T>,
    O: Optimiser<T>,
    T: Real,
    StandardNormal: Distribution<T>,
{
    let prior = GaussianPrior::isotropic(posterior.dim(), T::one()).unwrap();
    let data = data(model.inputs());
    let weights = Weights::per_example(20);
    let elbo = Elbo { model, loss: CrossEntropy, posterior, prior, weights };
    // Five draws: more than threads, and not a multiple of them.
    let settings = Settings { batch: 6, draws: 5, chunk: 4, ..Settings::default() };
    Trainer::new(elbo, data, optimiser, w, settings).unwrap()
}

fn net() -> ConvNet {
    ConvNet::new(ConvSpec::new(1, 4, &[16, 8], 3)).unwrap()
}

/// Coordinates after some steps, and losses on held-out data, at several numbers of threads.
#[track_caller]
fn same_at_any_number_of_threads<T: Real>(run: impl Fn() -> (Snapshot<T>, T) + Sync) {
    let at = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(&run)
    };
    let one = at(1);
    assert_eq!(one, at(2));
    assert_eq!(one, at(4));
}

fn steps<M, Q, O, T>(mut trainer: Trainer<M, CrossEntropy, Q, O, T>) -> (Snapshot<T>, T)
where
    M: Differentiable<T>,
    Q: Posterior<T>,
    O: Optimiser<T>,
    T: Real,
    StandardNormal: Distribution<T>,
{
    let inputs = trainer.objective().model.inputs();
    for _ in 0..7 {
        trainer.step().unwrap();
    }
    let loss = trainer.evaluate(&data(inputs), 5).unwrap().loss;
    (trainer.snapshot(), loss)
}

fn augmented_convolutions<T: Lanes>() -> Trainer<ConvNet, CrossEntropy, MeanField, Adam<T>, T>
where
    StandardNormal: Distribution<T>,
{
    let joint =
        net().joint(&Cyclic::new(4).unwrap(), Channels::Trivial, Layout::Interleaved).unwrap();
    let field = MeanField::new(net().dim());
    let scales = vec![T::ratio(1, 10); net().dim()];
    let w = field.coordinates_of(&numbers::<T>(net().dim()), &scales).unwrap();
    trainer(net(), field, Adam::new(), w)
        .augmented(Augmenter::new(&joint, Augmentation::Random(2)).unwrap())
}

fn tied_perceptron() -> Trainer<Mlp<Pointwise>, CrossEntropy, Tied, Sgd> {
    let c4 = Cyclic::new(4).unwrap();
    let net = Mlp::new(&[4, 8, 3], Pointwise::Tanh).unwrap();
    let ring = PermutationRep::regular(&c4).unwrap();
    let hidden = ring.product(&PermutationRep::fixed(&c4, 2)).unwrap();
    let joint = net.joint(&[ring, hidden, PermutationRep::fixed(&c4, 3)]).unwrap();
    let dim = Model::<f64>::parameters(&net);
    let tied = Tied::new(SignedOrbits::of(joint.parameters()), TiedDraws::Independent);
    let w = tied.tie(&numbers::<f64>(dim), &vec![0.1; dim]).unwrap();
    trainer(net, tied, Sgd::new().momentum(0.9), w)
        .noise(Noise::orbit_closed(joint.parameters()).unwrap())
}

#[test]
fn threads_do_not_change_a_bit() {
    same_at_any_number_of_threads(|| steps(augmented_convolutions::<f64>()));
    same_at_any_number_of_threads(|| steps(augmented_convolutions::<f32>()));
    same_at_any_number_of_threads(|| steps(tied_perceptron()));
}

#[test]
fn training_goes_on_from_a_file_to_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("snapshot.safetensors");
    macro_rules! check {
        ($make:expr, $scalar:ty) => {
            let mut whole = $make;
            let mut first = $make;
            for step in 0..11 {
                whole.step().unwrap();
                // In the middle of an epoch, and before the first step.
                if step < 4 {
                    first.step().unwrap();
                }
            }
            first.snapshot().write(&path).unwrap();
            let mut second = $make;
            second.restore(Snapshot::<$scalar>::read(&path).unwrap()).unwrap();
            assert_eq!(second.steps(), 4);
            for _ in 4..11 {
                second.step().unwrap();
            }
            assert_eq!(second.snapshot(), whole.snapshot());
            assert_ne!(second.snapshot(), first.snapshot());
            let untouched = $make.snapshot();
            untouched.write(&path).unwrap();
            assert_eq!(Snapshot::<$scalar>::read(&path).unwrap(), untouched);
        };
    }
    check!(augmented_convolutions::<f64>(), f64);
    check!(augmented_convolutions::<f32>(), f32);
    check!(tied_perceptron(), f64);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn other_files_are_no_snapshots() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("snapshot.safetensors");
    let refused = |says: &str| {
        let error = Snapshot::<f64>::read(&path).unwrap_err().to_string();
        assert!(error.contains("snapshot.safetensors") && error.contains(says), "{error}");
        assert_eq!(error.lines().count(), 1);
    };
    refused("cannot open");
    let single = augmented_convolutions::<f32>().snapshot();
    single.write(&path).unwrap();
    refused("tensor coordinates of F32 and 1 axes: expected F64");
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    refused("truncated");
    std::fs::write(&path, "text").unwrap();
    refused("truncated");
    use equibayes::checkpoint::{Convention, Posterior, Precision, TensorPair};
    let pair = TensorPair::new("x", vec![1], vec![0.5], vec![0.5], Precision::F64).unwrap();
    Posterior::new(Convention::Plain, vec![pair]).unwrap().write(&path).unwrap();
    refused("no metadata equibayes.snapshot");
    // The right form of another posterior is the trainer's to refuse.
    tied_perceptron().snapshot().write(&path).unwrap();
    let snapshot = Snapshot::<f64>::read(&path).unwrap();
    let error = augmented_convolutions::<f64>().restore(snapshot).unwrap_err().to_string();
    assert!(error.contains("coordinates of the snapshot has length"), "{error}");
}
