"""Samplers that draw no weight against literal networks of the same law, paired in one process.

Float64, one thread: norms of one input and of its gradient by the radial sampler; activations and
gradients of a pair by the Gram chain; both at every layer. Networks are compared with networks: the
law, hence the standard error of a number of them, is the same.
"""

import statistics
import time

import pytest
import torch
from torch import nn

from simulate import Setup, activations, inputs, networks
from simulate.exact import gram_chain, radial
from simulate.seeds import Stream

PAIR = {"inputs": "pair", "n_inputs": 2, "extra": {"correlation": 0.0}}


def setup(width, depth, **more):
    return Setup((width,) * (depth + 1), "gaussian", 2.0, "relu", **more)


def literal(chosen, count, block):
    """Forward and backward pass of `count` networks; the gradient at every layer."""
    stream = Stream(1, "benchmark", block)
    x = inputs.draw(chosen, stream, count)
    layers = list(networks.forward(chosen, stream, count, x=x))
    d = stream.normal(count, chosen.widths[-1], 1) * activations.derivative(chosen, layers[-1].out)
    for above, layer in zip(reversed(layers), [*reversed(layers[:-1]), None], strict=True):
        d = above.weights.transpose(1, 2) @ d
        if layer is not None:
            d = d * activations.derivative(chosen, layer.out)


def chain(chosen, count, block):
    stream = Stream(1, "benchmark", block)
    layers = list(gram_chain.forward(chosen, stream, count))
    for _ in gram_chain.backward(chosen, stream, layers):
        pass


def norms(chosen, count, block):
    stream = Stream(1, "benchmark", block)
    layers = list(radial.forward(chosen, stream, count))
    for _ in radial.backward(chosen, stream, layers):
        pass


def sequential(chosen, count, block):
    """One nn.Sequential a network in float32 and automatic differentiation, as one would write."""
    width = chosen.widths[0]
    with torch.inference_mode(False):
        for _ in range(count):
            layers = []
            for _ in range(chosen.depth):
                linear = nn.Linear(width, width, bias=False)
                nn.init.normal_(linear.weight, std=(2 / width) ** 0.5)
                layers += [linear, nn.ReLU()]
            x = torch.randn(2, width, requires_grad=True)
            (nn.Sequential(*layers)(x) @ torch.randn(width)).sum().backward()


def paired(benchmark, slow, fast):
    """Median over rounds of processor time a network, slow over fast; each a (pass, count)."""
    torch.set_num_threads(1)
    ratios, block = [], 0

    def pair():
        nonlocal block
        times = []
        for run, chosen, count in (slow, fast):
            block += 1
            start = time.process_time()
            with torch.inference_mode():
                run(chosen, count, block)
            times.append((time.process_time() - start) / count)
        ratios.append(times[0] / times[1])

    benchmark.pedantic(pair, rounds=7, warmup_rounds=1)
    ratio = statistics.median(ratios)
    benchmark.extra_info["ratio"] = ratio
    return ratio


@pytest.mark.parametrize(
    ("width", "depth", "networks_a_round", "at_least"),
    [(200, 20, 4, 15), (1000, 4, 1, 40)],
    ids=str,
)
def test_gram_chain_against_literal_pairs(benchmark, width, depth, networks_a_round, at_least):
    chosen = setup(width, depth, **PAIR)
    fit = max(1, (1 << 17) // (4 * width))
    ratio = paired(benchmark, (literal, chosen, networks_a_round), (chain, chosen, fit))
    assert ratio >= at_least, f"{ratio:.0f} times"


def test_gram_chain_against_a_loop_with_autograd(benchmark):
    """Gradient correlation of a pair, width 200, depth 50: float64 against float32."""
    chosen = setup(200, 50, **PAIR)
    ratio = paired(benchmark, (sequential, chosen, 2), (chain, chosen, 128))
    assert ratio >= 17, f"{ratio:.0f} times"


@pytest.mark.parametrize(
    ("width", "depth", "networks_a_round", "at_least"),
    [(100, 20, 16, 280), (1000, 4, 2, 15_000)],
    ids=str,
)
def test_radial_against_one_literal_input(benchmark, width, depth, networks_a_round, at_least):
    chosen = setup(width, depth)
    ratio = paired(benchmark, (literal, chosen, networks_a_round), (norms, chosen, 4096))
    assert ratio >= at_least, f"{ratio:.0f} times"


def test_radial_costs_the_same_at_any_width(benchmark):
    """A million units against a hundred."""
    ratio = paired(benchmark, (norms, setup(10**6, 50), 1024), (norms, setup(100, 50), 1024))
    assert ratio <= 2, f"{ratio:.2f} times"
