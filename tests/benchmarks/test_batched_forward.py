"""Batched literal simulator against a loop of nn.Sequential networks, paired in one process.

Width 10, depth 100, 1,024 inputs, float64: the empirical variance of every layer.
Run with `make bench`. The ratio of processor times of one thread is asserted, never a bare time.
"""

import statistics
import time

import torch
from torch import nn

from simulate import Setup, networks
from simulate.quantities.moments import variance_over_inputs
from simulate.registry import cache_block
from simulate.seeds import Stream

WIDTH, DEPTH, INPUTS, AT_LEAST = 10, 100, 1024, 7.0
SETUP = Setup(
    widths=(WIDTH,) * (DEPTH + 1), weights="gaussian", gain=2.0, activation="relu", n_inputs=INPUTS
)


def loop(networks: int) -> None:
    """One nn.Sequential a network, as a reader of the papers would write it."""
    for _ in range(networks):
        x = torch.randn(INPUTS, WIDTH, dtype=torch.float64)
        layers: list[nn.Module] = []
        for _ in range(DEPTH):
            linear = nn.Linear(WIDTH, WIDTH, bias=False, dtype=torch.float64)
            nn.init.normal_(linear.weight, std=(2 / WIDTH) ** 0.5)
            layers += [linear, nn.ReLU()]
        with torch.no_grad():
            for layer in nn.Sequential(*layers):
                x = layer(x)
                if isinstance(layer, nn.Linear):
                    x.var(0)


def batched(blocks: int) -> int:
    size = cache_block(SETUP)
    for block in range(blocks):
        with torch.inference_mode():
            stream = Stream(1, "benchmark", block)
            for layer in networks.forward(SETUP, stream, size, overwrite=True):
                variance_over_inputs(layer.out)
    return blocks * size


def test_batched_forward_is_at_least_7_times_a_loop(benchmark):
    torch.set_num_threads(1)
    loop(2), batched(2)
    ratios = []

    def pair():
        start = time.process_time()
        loop(4)
        middle = time.process_time()
        count = batched(8)
        end = time.process_time()
        ratios.append(((middle - start) / 4) / ((end - middle) / count))

    benchmark.pedantic(pair, rounds=25, warmup_rounds=1)
    ratio = statistics.median(ratios)
    benchmark.extra_info["ratio"] = ratio
    assert ratio >= AT_LEAST, f"{ratio:.1f} times"
