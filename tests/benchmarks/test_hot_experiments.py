"""The three experiments that take most of a quick run, against their floor: the random numbers.

A replay draws the same numbers in the same order and does nothing with them. What an experiment
costs beyond that is arithmetic; no experiment may cost much more than its floor. Beside it, the
gradients of pairs against a loop of nn.Sequential networks and automatic differentiation.
"""

import statistics
import time

import pytest
import torch
from torch import nn

from simulate import Setup
from simulate.registry import get
from simulate.seeds import Stream

DRAWS = ("normal", "uniform", "coins", "signs", "chi2", "binomial")


def setup(width, depth, weights="gaussian", **more):
    widths = (width,) * (depth + 1)
    return Setup(widths=widths, weights=weights, gain=2.0, **{"activation": "relu", **more})


PAIR = {"n_inputs": 2, "inputs": "pair", "extra": {"correlation": 0.0}}
HOT = {
    "gradient_pairs, width 100": ("gradient_pairs", setup(100, 5, **PAIR), 2.5),
    "gradient_pairs, residual, coins": (
        "gradient_pairs",
        setup(16, 8, block="residual", masks="independent", n_inputs=2),
        3.0,
    ),
    "gradient_pairs, batch norm": (
        "gradient_pairs",
        setup(100, 10, block="residual", norm="batch_frozen", n_inputs=16, extra={"readouts": 4}),
        3.0,
    ),
    "particles, gaussian": ("particles", setup(10, 7), 2.5),
    "particles, signs": ("particles", setup(10, 7, "rademacher"), 3.0),
    "unit_moments": ("unit_moments", setup(24, 2), 2.5),
}


class Recorder(Stream):
    """A stream that remembers what was drawn from it."""

    def __init__(self):
        super().__init__(1, "benchmark", 0)
        self.calls = []


def _recorded(name):
    def draw(self, *arguments, **named):
        self.calls.append((name, arguments, named))
        return getattr(Stream, name)(self, *arguments, **named)

    return draw


for _name in DRAWS:
    setattr(Recorder, _name, _recorded(_name))


def paired(benchmark, slow, fast):
    """Median over rounds of processor time of slow() over that of fast()."""
    torch.set_num_threads(1)
    slow(), fast()
    ratios = []

    def pair():
        start = time.process_time()
        slow()
        middle = time.process_time()
        fast()
        ratios.append((middle - start) / (time.process_time() - middle))

    benchmark.pedantic(pair, rounds=25, warmup_rounds=1)
    ratio = statistics.median(ratios)
    benchmark.extra_info["ratio"] = ratio
    return ratio


@pytest.mark.parametrize("case", HOT)
def test_experiment_costs_little_more_than_its_random_numbers(benchmark, case):
    name, chosen, most = HOT[case]
    experiment = get(name)
    size = experiment.replicates(chosen)

    def measure(stream):
        with torch.inference_mode():
            experiment.measure(chosen, stream, size)

    recorder = Recorder()
    measure(recorder)
    repeats = range(8)

    def replay():
        for block in repeats:
            stream = Stream(1, "benchmark", block)
            for draw, arguments, named in recorder.calls:
                getattr(stream, draw)(*arguments, **named)

    def run():
        for block in repeats:
            measure(Stream(1, "benchmark", block))

    ratio = paired(benchmark, run, replay)
    assert ratio <= most, f"{ratio:.2f} times the random numbers alone"


def test_gradients_of_pairs_are_at_least_twice_as_fast_as_autograd(benchmark):
    """Width 100, depth 20, one readout, float64: both inputs' gradients of each network."""
    chosen = setup(100, 20, n_inputs=2, extra={"readouts": 1})
    experiment = get("gradient_pairs")
    size = experiment.replicates(chosen)

    def batched():
        with torch.inference_mode():
            experiment.measure(chosen, Stream(1, "benchmark", 0), size)

    def loop():
        for _ in range(size):
            layers = []
            for _ in range(20):
                linear = nn.Linear(100, 100, bias=False, dtype=torch.float64)
                nn.init.normal_(linear.weight, std=(2 / 100) ** 0.5)
                layers += [linear, nn.ReLU()]
            x = torch.randn(2, 100, dtype=torch.float64, requires_grad=True)
            (nn.Sequential(*layers)(x) @ torch.randn(100, dtype=torch.float64)).sum().backward()

    ratio = paired(benchmark, loop, batched)
    assert ratio >= 2, f"{ratio:.1f} times"
