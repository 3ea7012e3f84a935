//! The posterior, the images and the predictions of the benchmarks `defect` and `bounds`.

use equibayes::model::Model;
use equibayes::model::conv::{ConvNet, ConvSpec, ConvWorkspace, Lanes};
use equibayes::scalar::Scalar;
use num_traits::Float;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

pub(crate) const SIDE: usize = 28;
pub(crate) const CLASSES: usize = 10;
pub(crate) const IMAGES: usize = 256;
pub(crate) const TURNS: usize = 4;
pub(crate) const DRAWS: usize = 16;

/// Images that go through the network at a time, with all their turns.
pub(crate) const CHUNK: usize = 32;

/// A posterior and the orbits of images, by formulas that are easy to repeat elsewhere.
pub(crate) struct Experiment<T: Lanes> {
    pub(crate) net: ConvNet,
    workspace: ConvWorkspace<T>,
    pub(crate) mean: Vec<T>,
    pub(crate) scale: Vec<T>,
    /// By chunk, turn, image.
    pub(crate) images: Vec<T>,
}

fn number<T: Lanes>(x: f64) -> T {
    <T as Scalar>::from_f64(x).expect("a finite number")
}

impl<T: Lanes> Experiment<T>
where
    StandardNormal: Distribution<T>,
{
    pub(crate) fn new() -> Self {
        let net = ConvNet::new(ConvSpec::new(1, SIDE, &[32, 64], CLASSES)).expect("fits");
        let (mut mean, mut scale) = (Vec::new(), Vec::new());
        for tensor in net.tensors() {
            let inputs: usize = tensor.shape[1..].iter().product();
            let size = match tensor.name.as_str() {
                name if name.ends_with("bias") => 0.0,
                "classifier.weight" => 8.0,
                _ => 2.0,
            } / (inputs as f64).sqrt();
            for index in tensor.range.clone() {
                mean.push(number(size * (12.9898 * index as f64).sin()));
                scale.push(number(0.1 / (inputs as f64).sqrt()));
            }
        }
        let images: Vec<Vec<f64>> = (0..IMAGES).map(image).collect();
        let mut turned = Vec::new();
        for chunk in images.chunks(CHUNK) {
            let mut chunk = chunk.to_vec();
            for _ in 0..TURNS {
                turned.extend(chunk.iter().flatten().map(|&x| number::<T>(x)));
                chunk = chunk.iter().map(|image| turn(image)).collect();
            }
        }
        let workspace = equibayes::model::Differentiable::workspace(&net, CHUNK * TURNS);
        Self { workspace, net, mean, scale, images: turned }
    }

    /// The probabilities of a chunk, turned, under one draw after the other: `each(draw, turn, image, class)`.
    pub(crate) fn probabilities(
        &mut self,
        chunk: usize,
        turns: std::ops::Range<usize>,
        draws: std::ops::Range<usize>,
        seed: u64,
        mut each: impl FnMut(usize, &[T]),
    ) {
        let Self { net, workspace, mean, scale, images } = self;
        let image = Model::<T>::inputs(net);
        let size = CHUNK * image;
        let inputs = &images[(chunk * TURNS + turns.start) * size..][..turns.len() * size];
        let mut probabilities = vec![T::zero(); turns.len() * CHUNK * CLASSES];
        net.for_each_draw(
            inputs,
            draws.len(),
            |t, theta| {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                rng.set_stream((draws.start + t) as u64);
                for ((theta, &mean), &scale) in theta.iter_mut().zip(&*mean).zip(&*scale) {
                    let noise: T = StandardNormal.sample(&mut rng);
                    *theta = mean + scale * noise;
                }
            },
            |t, logits| {
                for (p, logits) in
                    probabilities.chunks_exact_mut(CLASSES).zip(logits.chunks_exact(CLASSES))
                {
                    let largest = logits.iter().fold(logits[0], |a, &b| Float::max(a, b));
                    p.iter_mut().zip(logits).for_each(|(p, &x)| *p = Float::exp(x - largest));
                    let sum = p.iter().fold(T::zero(), |sum, &p| sum + p);
                    p.iter_mut().for_each(|p| *p /= sum);
                }
                each(t, &probabilities);
            },
            workspace,
        );
    }
}

/// Stripes across and along, of sixteen widths each.
pub(crate) fn image(index: usize) -> Vec<f64> {
    let (a, b) = ((index % 16) as f64, (index / 16) as f64);
    let pixel = |row: usize, column: usize| {
        (0.05 * (1.0 + a) * row as f64).sin() * (0.03 * b * column as f64 + 1.0).cos()
    };
    (0..SIDE * SIDE).map(|at| pixel(at / SIDE, at % SIDE)).collect()
}

/// A quarter turn.
fn turn(image: &[f64]) -> Vec<f64> {
    (0..SIDE * SIDE).map(|at| image[at % SIDE * SIDE + SIDE - 1 - at / SIDE]).collect()
}
