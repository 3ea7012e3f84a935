"""The network of benches/network.rs in PyTorch, on two threads: milliseconds, the fastest of many runs.

One step draws the weights, goes forward, takes the softmax cross-entropy, goes backward and updates the
means by plain gradient descent. Evaluation predicts 128 images under 16 draws. See README.md.
"""

import argparse
import time

import torch
from torch import nn

BATCH, SIDE, CLASSES, DRAWS = 128, 28, 10, 16


class Network(nn.Module):
    def __init__(self, channels):
        super().__init__()
        widths = [1, *channels]
        self.layers = nn.ModuleList(
            nn.Conv2d(before, after, 3, padding=1) for before, after in zip(widths, widths[1:])
        )
        self.classifier = nn.Conv2d(widths[-1], CLASSES, 1)

    def forward(self, x):
        for layer in self.layers:
            x = nn.functional.max_pool2d(torch.relu(layer(x)), 2)
        # The mean first: the head is linear, and this order is the faster one.
        return self.classifier(x.mean((2, 3), keepdim=True)).flatten(1)


class Experiment:
    def __init__(self, channels, dtype, layout):
        self.network = Network(channels).to(dtype).to(memory_format=layout)
        self.images = torch.randn(BATCH, 1, SIDE, SIDE, dtype=dtype).to(memory_format=layout)
        self.labels = torch.arange(BATCH) % CLASSES
        self.parameters = list(self.network.parameters())
        self.means = [p.detach().clone() for p in self.parameters]
        self.scales = [torch.full_like(p, 0.01) for p in self.means]

    @torch.no_grad()
    def draw(self):
        for p, mean, scale in zip(self.parameters, self.means, self.scales):
            torch.addcmul(mean, scale, torch.randn_like(p), out=p)

    def step(self):
        self.draw()
        self.network.zero_grad(set_to_none=True)
        nn.functional.cross_entropy(self.network(self.images), self.labels).backward()
        with torch.no_grad():
            for mean, p in zip(self.means, self.parameters):
                mean.add_(p.grad, alpha=-1e-2)

    @torch.no_grad()
    def evaluate(self):
        for _ in range(DRAWS):
            self.draw()
            self.network(self.images)


def fastest(run, seconds, clock):
    """The fastest of the runs that fit so many seconds, and at least three."""
    run()
    best, runs, start = float("inf"), 0, clock()
    while runs < 3 or clock() - start < seconds:
        before = clock()
        run()
        best, runs = min(best, clock() - before), runs + 1
    return 1e3 * best


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5, help="for each figure")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--channels", default="32,64", help="of the convolutions, as 128,256")
    parser.add_argument("--precision", choices=["f32", "f64"], default="f32")
    parser.add_argument("--processor-time", action="store_true", help="of all threads, not the time that passes")
    options = parser.parse_args()
    clock = time.process_time if options.processor_time else time.perf_counter
    torch.set_num_threads(options.threads)
    channels = [int(count) for count in options.channels.split(",")]
    dtype = {"f32": torch.float32, "f64": torch.float64}[options.precision]
    print(f"PyTorch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}, "
          f"{options.threads} threads, {channels}, {options.precision}: ms")
    for name, layout in (("contiguous", torch.contiguous_format), ("channels-last", torch.channels_last)):
        experiment = Experiment(channels, dtype, layout)
        step = fastest(experiment.step, options.seconds, clock)
        evaluation = fastest(experiment.evaluate, options.seconds, clock)
        print(f"{name:14} step {step:8.2f}   evaluation with {DRAWS} draws {evaluation:8.1f}", flush=True)


if __name__ == "__main__":
    main()
