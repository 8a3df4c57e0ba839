"""Normals of a stream, from the bits of numpy's SFC64, against torch.randn of the same shape.

Most of a literal simulation at few inputs a network is drawing its weights, so this ratio bounds
all others. float64, the default.
"""

import statistics
import time

import torch

from simulate.seeds import Stream

SHAPE = (64, 30, 30)
AT_LEAST = 2.0


def test_normals_are_drawn_faster_than_by_torch(benchmark):
    torch.set_num_threads(1)
    stream = Stream(1, "benchmark", 0)
    generator = torch.Generator().manual_seed(1)
    ratios = []

    def pair():
        start = time.process_time()
        for _ in range(20):
            torch.randn(SHAPE, generator=generator, dtype=torch.float64)
        middle = time.process_time()
        for _ in range(20):
            stream.normal(*SHAPE)
        ratios.append((middle - start) / (time.process_time() - middle))

    benchmark.pedantic(pair, rounds=25, warmup_rounds=1)
    ratio = statistics.median(ratios)
    benchmark.extra_info["ratio"] = ratio
    assert ratio >= AT_LEAST, f"{ratio:.2f} times"
