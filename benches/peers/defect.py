"""The defect evaluation of the paper's code in PyTorch, for the posterior and images of benches/defect.rs.

For each of the four turns, T fresh draws of the weights, 256 turned images, softmax probabilities; the mean over
draws, then the plug-in estimate. No gradients, channels-last, batches of a size that is fast. See README.md.
"""

import argparse
import math
import time

import torch
from torch import nn

SIDE, CLASSES, IMAGES, TURNS, CHANNELS = 28, 10, 256, 4, (32, 64)


def posterior(dtype):
    """Means and standard deviations of the tensors, by the formulas of defect.rs."""
    shapes = []
    for before, after in zip((1, *CHANNELS), CHANNELS):
        shapes += [((after, before, 3, 3), 2.0), ((after,), 0.0)]
    shapes += [((CLASSES, CHANNELS[-1], 1, 1), 8.0), ((CLASSES,), 0.0)]
    tensors, start = [], 0
    for shape, size in shapes:
        inputs, count = math.prod(shape[1:]), math.prod(shape)
        index = torch.arange(start, start + count, dtype=torch.float64)
        mean = size / math.sqrt(inputs) * torch.sin(12.9898 * index)
        layout = {"memory_format": torch.channels_last} if len(shape) == 4 else {}
        mean = mean.reshape(shape).to(dtype).to(**layout)
        tensors.append((mean, torch.full_like(mean, 0.1 / math.sqrt(inputs))))
        start += count
    return tensors


def images(dtype):
    """Stripes across and along, by the formulas of defect.rs."""
    pixel, index = torch.arange(SIDE, dtype=torch.float64), torch.arange(IMAGES)
    across = torch.sin(0.05 * (1 + index % 16).double()[:, None, None] * pixel[None, :, None])
    along = torch.cos(0.03 * (index // 16).double()[:, None, None] * pixel[None, None, :] + 1)
    return (across * along)[:, None].to(dtype)


def probabilities(theta, x):
    for weight, bias in zip(theta[:-2:2], theta[1:-2:2]):
        x = nn.functional.max_pool2d(torch.relu_(nn.functional.conv2d(x, weight, bias, padding=1)), 2)
    return torch.softmax(nn.functional.linear(x.mean((2, 3)), theta[-2].flatten(1), theta[-1]), 1)


@torch.no_grad()
def plug_in(tensors, turned, draws):
    """`turned` holds the images of each turn, batch by batch."""
    means = []
    for batches in turned:
        mean = 0
        for _ in range(draws):
            theta = [torch.addcmul(mean, scale, torch.randn_like(mean)) for mean, scale in tensors]
            mean = mean + torch.cat([probabilities(theta, x) for x in batches]) / draws
        means.append(mean)
    return sum(((mean - means[0]) ** 2).sum(1).mean().item() for mean in means) / TURNS


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repetitions", type=int, default=10)
    parser.add_argument("--draws", type=int, default=16)
    parser.add_argument("--batch", type=int, default=32, help="images at a time")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--precision", choices=["f32", "f64"], default="f32")
    parser.add_argument("--processor-time", action="store_true", help="of all threads, not the time that passes")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    dtype = {"f32": torch.float32, "f64": torch.float64}[options.precision]
    clock = time.process_time if options.processor_time else time.perf_counter
    tensors, x = posterior(dtype), images(dtype)
    turned = [
        [x.contiguous(memory_format=torch.channels_last) for x in torch.rot90(x, g, (2, 3)).split(options.batch)]
        for g in range(TURNS)
    ]
    plug_in(tensors, turned, 2)
    values, seconds = [], []
    for _ in range(options.repetitions):
        before = clock()
        values.append(plug_in(tensors, turned, options.draws))
        seconds.append(clock() - before)
    values = torch.tensor(values, dtype=torch.float64)
    print(f"PyTorch {torch.__version__}, {options.precision}, {options.threads} threads, {options.draws} draws, "
          f"seconds: fastest {min(seconds):.3f}, median {sorted(seconds)[len(seconds) // 2]:.3f}; "
          f"estimate: mean {values.mean():.4e}, sd {values.std():.3e}")


if __name__ == "__main__":
    main()
