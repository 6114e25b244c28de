"""What is measured: the same numbers in, the same work, one number out to compare.

workloads.json lists the workloads for Python and Go alike. Inputs come from a
formula, so that nothing has to be stored or handed over. Element i of a
row-major array with tag t is

    h = t + (i + 1)·0x9E3779B97F4A7C15            modulo 2⁶⁴, splitmix64
    h = (h ^ h>>30)·0xBF58476D1CE4E5B9
    h = (h ^ h>>27)·0x94D049BB133111EB
    u = ((h ^ h>>31) >> 40) / 2²⁴                 in [0, 1), exact in float32

    W       (2u − 1)/√J       tag 1     J × K     generator
    x       u                 tag 2     B × J     observations
    z₀      u/10              tag 3     B × K     start of the inversion
    labels  ⌊10u⌋             tag 4     B         one of ten classes
    V       (2u − 1)/√K       tag 5    10 × K     linear head
    b, c    0                           J and 10  biases of generator and head

computed in float64 and rounded once to float32.

forward   z ← z − s·Wᵀ(Wz − x), N times from z₀.
          Checksum: Σ over samples and latents k of (k + 1)/K·z².

train     A training step on the mean softmax cross entropy of the logits:
          z ← prox(z − s·Wᵀ(Wz + b − x)), N times; logits z (there is no b then)
          or, with the linear head, Vz + c; the exact gradient in all parameters
          through all N steps; parameter ← parameter − rate·gradient.
          prox "nonneg" is max(·, 0).
          Checksum: the loss after CHECKED_STEPS training steps, which is right
          only if every gradient is. Timed steps run with the rate IDLE_RATE, so
          that each of them is the same work on the same numbers.
"""

import argparse
import json
import math
import os
import pathlib
import statistics
import sys
import time

CLASSES = 10
CHECKED_STEPS = 3
IDLE_RATE = 1e-12
ABSENT = 3  # exit status of a program whose framework is not installed


class Workload:
    """One entry of workloads.json, and its inputs as NumPy arrays."""

    def __init__(self, entry):
        self.name = entry["name"]
        self.kind = entry["kind"]
        self.pixels = entry["pixels"]
        self.latents = entry["latents"]
        self.samples = entry["samples"]
        self.steps = entry["steps"]
        self.step = entry["step"]
        self.nonneg = entry.get("prox") == "nonneg"
        self.linear_head = entry.get("head") == "linear"
        self.rate = entry.get("rate", 0.0)

    def w(self):
        return float32((2 * uniform(1, (self.pixels, self.latents)) - 1) / math.sqrt(self.pixels))

    def x(self):
        return float32(uniform(2, (self.samples, self.pixels)))

    def z0(self):
        return float32(uniform(3, (self.samples, self.latents)) / 10)

    def labels(self):
        return (CLASSES * uniform(4, (self.samples,))).astype("int64")

    def head(self):
        return float32((2 * uniform(5, (CLASSES, self.latents)) - 1) / math.sqrt(self.latents))

    def parameters(self):
        """W, and for a linear head b, V and c."""
        if not self.linear_head:
            return [self.w()]
        zeros = lambda n: float32(0 * uniform(0, (n,)))
        return [self.w(), zeros(self.pixels), self.head(), zeros(CLASSES)]

    def forward_checksum(self, z):
        """From z as an array of any framework, samples as rows."""
        return sum((k + 1) / self.latents * float(c) for k, c in enumerate((float64(z) ** 2).sum(axis=0)))


class Rows:
    """Samples as rows, the layout of the inputs."""

    name = "rows"

    def arrange(self, a):
        return a

    def factors(self, a, samples):
        """The two matrices whose matmul applies A to every sample."""
        return samples, a.T

    def outer(self, a, b):
        """The two whose matmul is Σ a·bᵀ over the samples."""
        return a.T, b

    def spread(self, bias):
        """A bias, in the shape that adds it to every sample."""
        return bias

    def over_samples(self):
        return 0

    def as_rows(self, a):
        return a


class Columns(Rows):
    """Samples as columns. Some matrix products are much faster this way."""

    name = "columns"

    def arrange(self, a):
        return a.T.copy()

    def factors(self, a, samples):
        return a, samples

    def outer(self, a, b):
        return a, b.T

    def spread(self, bias):
        return bias[:, None]

    def over_samples(self):
        return 1

    def as_rows(self, a):
        return a.T


def uniform(tag, shape):
    import numpy as np

    i = np.arange(1, math.prod(shape) + 1, dtype=np.uint64)
    h = np.uint64(tag) + i * np.uint64(0x9E3779B97F4A7C15)
    h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    h ^= h >> np.uint64(31)
    return (h >> np.uint64(40)).astype("float64").reshape(shape) / 2**24


def float32(a):
    return a.astype("float32")


def float64(a):
    import numpy as np

    return np.asarray(a, "float64")


def entries():
    return json.loads((pathlib.Path(__file__).parent / "workloads.json").read_text())


def arguments():
    """The command line, and the environment set for its number of threads.

    To be called before a framework is imported: OpenBLAS, OpenMP and MKL read
    their number of threads once, when they are loaded.
    """
    works = {entry["name"]: Workload(entry) for entry in entries()}
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", choices=list(works), help="workload; without it, print the version only")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=2.0, help="time to measure for")
    args = parser.parse_args()
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(args.threads)
    args.work = works.get(args.work)
    return args


def measure(run, seconds):
    """Median seconds of run() and the number of runs, after two to warm up."""
    run()
    run()
    times, end = [], time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times), len(times)


def checked_loss(work, step):
    """The loss after CHECKED_STEPS steps; step(rate) returns the loss before its update."""
    for _ in range(CHECKED_STEPS):
        step(work.rate)
    return float(step(IDLE_RATE))


def evaluate(work, layout, forward, trainer, seconds):
    """One layout's part of the report."""
    if work.kind == "forward":
        run = forward(work, layout)
        checksum = work.forward_checksum(layout.as_rows(run()))
    else:
        checksum = checked_loss(work, trainer(work, layout))
        step = trainer(work, layout)
        run = lambda: step(IDLE_RATE)
    median, runs = measure(run, seconds)
    return {"layout": layout.name, "median_seconds": median, "runs": runs, "checksum": checksum}


def main(peer, load, forward, trainer):
    """Runs a peer's program: its version without --work, else one line of JSON.

    load(threads) imports the framework and returns its version. forward(work,
    layout) returns run() → z; trainer(work, layout) returns step(rate) → loss.
    Both layouts are measured, for half of the time each, and the faster one is
    reported: a peer is compared at its best.
    """
    args = arguments()
    try:
        version = load(args.threads)
        import numpy
    except ImportError as error:
        print(f"{peer}: {error}", file=sys.stderr)
        sys.exit(ABSENT)
    report = {"peer": peer, "version": version}
    if args.work:
        report |= {"work": args.work.name, "threads": args.threads}
        parts = [evaluate(args.work, layout, forward, trainer, args.seconds / 2) for layout in (Rows(), Columns())]
        report |= min(parts, key=lambda part: part["median_seconds"])
    print(json.dumps(report))
