"""Samplers that draw no weight are equal in law to literal networks; wrong ones are caught.

Two-sample Kolmogorov-Smirnov tests of joint statistics of forward and backward pass, 20,000
networks a side, widths 3 to 16. The seed was fixed before the tests were first run, and so was the
level: 1e-3 for all statistics of a sampler together (Bonferroni), at which a distance of 0.027
between two distribution functions is seen. A quarter of the same networks must reject samplers that
are wrong in one place, at 1e-6. Fresh backward weights are an error of order L/N: at width 16 and
four layers it takes all of them.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
import torch
from scipy import stats

from simulate import Setup, activations, inputs, networks
from simulate.exact import gram_chain, radial
from simulate.seeds import Stream

SEED = 20230117
NETWORKS = 20_000
FEW = 5_000  # are enough to reject a wrong sampler
LEVEL = 1e-3  # of a family: all set-ups and statistics of one sampler
REJECTED = 1e-6
DEAD = -40.0  # stands for the log of zero: an atom in both samples

ONE_INPUT = {
    "relu": Setup((5, 4, 6, 3, 4), "gaussian", 2.0, "relu", activate_input=True),
    "relu, deep": Setup((8,) * 11, "gaussian", 2.0, "relu"),
    "relu, read before": Setup(
        (3, 16, 3, 5), "gaussian", 2.0, "relu", inputs="sphere", extra={"readout": "pre"}
    ),
    "leaky": Setup(
        (4, 3, 7, 3), "gaussian", 1.6, "leaky_relu", slope=0.5, extra={"readout": "pre"}
    ),
    "leaky, folded": Setup(
        (4, 3, 4, 3), "gaussian", 1.6, "leaky_relu", slope=-0.5, activate_input=True,
        inputs="sphere",
    ),
    "linear": Setup((3, 4, 5, 3), "gaussian", 1.0, "linear", fan="out"),
    "abs": Setup((3, 4, 5, 3), "gaussian", 1.0, "abs", activate_input=True),
}  # fmt: skip
PAIR = {"inputs": "pair", "n_inputs": 2, "extra": {"correlation": 0.3}}
PAIRS = {
    "pair": Setup((5, 4, 6, 3, 4), "gaussian", 2.0, "relu", activate_input=True, **PAIR),
    "pair, deep": Setup((8,) * 11, "gaussian", 2.0, "relu", **PAIR),
    "pair, wider": Setup((16,) * 5, "gaussian", 2.0, "relu", n_inputs=2),
    "pair, leaky": Setup(
        (4, 3, 7, 3), "gaussian", 1.6, "leaky_relu", slope=0.5, n_inputs=2,
        extra={"readout": "pre"},
    ),
    "pair, linear": Setup((3, 4, 5, 3), "gaussian", 1.0, "linear", fan="out", **PAIR),
    "more inputs than units": Setup((3, 4, 3, 4), "gaussian", 2.0, "relu", n_inputs=5),
}  # fmt: skip


# --- literal networks -------------------------------------------------------------------------


@functools.cache
def literal(setup_name: str) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """h_l as (R, N, B) and df/dh_l as (R, N, B), l = 0..L, every weight drawn; f reads by r."""
    setup = SETUPS[setup_name]
    stream = Stream(SEED, f"literal {setup_name}", 0)
    x = inputs.draw(setup, stream, NETWORKS)
    out, weights = [x], []
    for layer in networks.forward(setup, stream, NETWORKS, x=x, rescale_every=setup.depth):
        out.append(layer.out * layer.log_scale.exp().view(-1, 1, 1))
        weights.append(layer.weights)
    gradient = stream.normal(NETWORKS, setup.widths[-1], 1).expand_as(out[-1])
    if setup.extra.get("readout", "post") == "post":
        gradient = gradient * activations.derivative(setup, out[-1])
    gradients = [gradient]
    for index in reversed(range(setup.depth)):
        gradient = weights[index].transpose(1, 2) @ gradient
        if index or setup.activate_input:
            gradient = gradient * activations.derivative(setup, out[index])
        gradients.insert(0, gradient)
    return out, gradients


SETUPS = ONE_INPUT | PAIRS


def read(setup: Setup, out: list[torch.Tensor]) -> list[torch.Tensor]:
    """What the layer above reads: phi(h_l), but for an input that is not activated."""
    first = activations.apply(setup, out[0]) if setup.activate_input else out[0]
    return [first, *(activations.apply(setup, h) for h in out[1:])]


# --- what is compared -------------------------------------------------------------------------

Sample = Mapping[str, torch.Tensor]


def of_norms(forward: list[torch.Tensor], backward: list[torch.Tensor]) -> Sample:
    """Each log squared norm, and how those of two passes and of two layers go together."""
    f, b = ([x.clamp_min(DEAD) for x in logs] for logs in (forward, backward))
    layers = range(len(f))
    found = {f"forward {i}": f[i] for i in layers} | {f"backward {i}": b[i] for i in layers}
    found |= {f"product {i}": f[i] + b[i] for i in layers}
    found |= {f"backward {i} - {j}": b[i] - b[j] for i, j in itertools.pairwise(layers)}
    found["ends, forward"] = f[0] - f[-1]
    found["ends, backward"] = b[0] - b[-1]
    found["backward below, forward above"] = b[0] - f[-1]
    return found


def p_values(one: Sample, other: Sample) -> dict[str, float]:
    """Kolmogorov-Smirnov, rounded first: atoms must not differ in the last digit."""
    return {
        key: float(
            stats.ks_2samp(
                *(np.round(sample[key].numpy(), 9) for sample in (one, other)), method="asymp"
            ).pvalue
        )
        for key in one
    }


def few(sample: Sample) -> Sample:
    return {key: value[:FEW] for key, value in sample.items()}


def smallest(found: Mapping[str, Mapping[str, float]]) -> tuple[float, str, int]:
    """(p times the number of statistics, which one, how many)."""
    flat = {f"{name}: {key}": p for name, ps in found.items() for key, p in ps.items()}
    where = min(flat, key=lambda key: flat[key])
    return flat[where] * len(flat), where, len(flat)


# --- one input: norms -------------------------------------------------------------------------


def log_norms(vectors: list[torch.Tensor]) -> list[torch.Tensor]:
    return [v.square().flatten(1).sum(1).log() for v in vectors]


@functools.cache
def literal_norms(name: str) -> Sample:
    out, gradients = literal(name)
    return of_norms(log_norms(read(SETUPS[name], out)), log_norms(gradients))


def radial_norms(name: str, count: int = NETWORKS) -> Sample:
    setup, stream = SETUPS[name], Stream(SEED, f"radial {name}", 0)
    layers = list(radial.forward(setup, stream, count))
    gradients = list(radial.backward(setup, stream, layers))[::-1]
    return of_norms([layer.log_read for layer in layers], gradients)


def test_radial_is_equal_in_law_to_literal_networks() -> None:
    found = {name: p_values(literal_norms(name), radial_norms(name)) for name in ONE_INPUT}
    p, where, count = smallest(found)
    assert count >= 100
    assert p > LEVEL, where


def test_radial_output_before_the_activation() -> None:
    for name, setup in ONE_INPUT.items():
        *_, top = radial.forward(setup, Stream(SEED, f"top {name}", 0), NETWORKS)
        (literal_top,) = log_norms(literal(name)[0][-1:])
        one = {"out": top.log_out.clamp_min(DEAD)}
        assert p_values(one, {"out": literal_top.clamp_min(DEAD)})["out"] > LEVEL / len(ONE_INPUT)


def nothing_along(log_f: torch.Tensor, log_read: torch.Tensor) -> torch.Tensor:
    return torch.full_like(log_f, -torch.inf)


def one_unit_more(stream: Stream, width: int, *rest: Any, **more: Any) -> object:
    return split(stream, width + 1, *rest, **more)


split = radial.split
WRONG_RADIAL: dict[str, dict[str, Callable[..., object]]] = {
    "fresh weights in the backward pass": {
        "_along": nothing_along, "free_directions": lambda count: count,
    },
    "nothing pulled back": {"_along": nothing_along},
    "one direction too many": {"free_directions": lambda count: count},
    "one unit too many": {"split": one_unit_more},
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG_RADIAL)
@pytest.mark.parametrize("name", ["relu", "relu, deep", "leaky"])
def test_a_wrong_radial_sampler_is_rejected(
    wrong: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for attribute, change in WRONG_RADIAL[wrong].items():
        monkeypatch.setattr(radial, attribute, change)
    p, where, _ = smallest({name: p_values(few(literal_norms(name)), radial_norms(name, FEW))})
    assert p < REJECTED, where


def test_gradients_of_other_networks_are_rejected() -> None:
    """Networks dealt anew to the gradients: every norm keeps its law, the joint ones do not."""
    name = "relu"
    fair = radial_norms(name, FEW)
    turned = {
        key: (fair[f"forward {key[8:]}"] + fair[f"backward {key[8:]}"].roll(1))
        for key in fair
        if key.startswith("product")
    }
    mine = {key: few(literal_norms(name))[key] for key in turned}
    assert smallest({name: p_values(mine, turned)})[0] < REJECTED


# --- several inputs ---------------------------------------------------------------------------


def cosine(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:  # (R, N), (R, N) -> (R,)
    """0 where one of them is zero."""
    size = torch.linalg.vector_norm(one, dim=1) * torch.linalg.vector_norm(other, dim=1)
    return (one * other).sum(1) / size.clamp_min(1e-300)


def of_pairs(
    setup: Setup, out: list[torch.Tensor], gradients: list[torch.Tensor]
) -> Sample:  # (R, N, B) each
    """The statistics of norms for the first input, and how the first and the last input differ.

    `across`: x_l(a) against the gradient at b; its own would be the output itself (Euler).
    """
    x = read(setup, out)
    found = dict(
        of_norms(
            [log_norms([v])[0] for v in (u[..., 0] for u in x)],
            [log_norms([v])[0] for v in (d[..., 0] for d in gradients)],
        )
    )
    layers = range(len(x))
    forward = [cosine(v[..., 0], v[..., -1]) for v in x]
    backward = [cosine(d[..., 0], d[..., -1]) for d in gradients]
    for i in layers:
        found[f"cosine, forward {i}"] = forward[i]
        found[f"cosine, backward {i}"] = backward[i]
        found[f"cosines {i}"] = forward[i] * backward[i]
        found[f"cosines {i}, difference"] = forward[i] - backward[i]
        found[f"across {i}"] = cosine(out[i][..., 0], gradients[i][..., -1])
        found[f"norm and cosine {i}"] = found[f"forward {i}"] * backward[i]
    for i, j in itertools.pairwise(layers):
        found[f"cosine, forward {i} - {j}"] = forward[i] - forward[j]
        found[f"cosine, backward {i} - {j}"] = backward[i] - backward[j]
    found["cosine, ends"] = backward[0] * forward[-1]
    return found


@functools.cache
def literal_pairs(name: str) -> Sample:
    return of_pairs(SETUPS[name], *literal(name))


def chain(
    setup: Setup, stream: Stream, replicates: int, readouts: int = 1
) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """h_l as (R, N, B) and the gradients of the first readout, at true scale."""
    layers = list(gram_chain.forward(setup, stream, replicates))
    gradients = list(gram_chain.backward(setup, stream, layers, readouts))[::-1]
    return (
        [v.out.transpose(1, 2) * v.log_scale.exp().view(-1, 1, 1) for v in layers],
        [d.vectors[:, :, 0].transpose(1, 2) * d.log_scale.exp().view(-1, 1, 1) for d in gradients],
    )


def chain_pairs(name: str, count: int = NETWORKS) -> Sample:
    stream = Stream(SEED, f"chain {name}", 0)
    return of_pairs(SETUPS[name], *chain(SETUPS[name], stream, count))


def test_the_chain_is_equal_in_law_to_literal_networks() -> None:
    found = {name: p_values(literal_pairs(name), chain_pairs(name)) for name in PAIRS}
    p, where, count = smallest(found)
    assert count >= 200
    assert p > LEVEL, where


def nothing_seen(s: torch.Tensor, p: torch.Tensor, image: torch.Tensor) -> torch.Tensor:
    return s.new_zeros(s.shape[0], s.shape[1], image.shape[1])


def no_overlap(fresh: torch.Tensor, frame: torch.Tensor) -> torch.Tensor:
    return fresh.new_zeros(fresh.shape[0], fresh.shape[1], frame.shape[1])


WRONG_CHAIN: dict[str, dict[str, Callable[..., torch.Tensor]]] = {
    "fresh weights in the backward pass": {"_seen": nothing_seen, "_overlap": no_overlap},
    "nothing pulled back": {"_seen": nothing_seen},
    "fresh part not projected": {"_overlap": no_overlap},
}


@pytest.mark.parametrize("wrong", WRONG_CHAIN)
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("pair", FEW),
        ("pair, deep", FEW),
        ("more inputs than units", FEW),
        ("pair, wider", NETWORKS),
    ],
)
def test_a_wrong_chain_is_rejected(
    wrong: str, name: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for attribute, change in WRONG_CHAIN[wrong].items():
        monkeypatch.setattr(gram_chain, attribute, change)
    mine = {key: value[:count] for key, value in literal_pairs(name).items()}
    p, where, _ = smallest({name: p_values(mine, chain_pairs(name, count))})
    assert p < REJECTED, where


def test_each_layer_of_the_chain_needs_one_matrix_for_all_inputs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every input with weights of its own: the norms stay right, the cosines do not."""

    def apart(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        size = torch.linalg.vector_norm(x, dim=2)
        return x / size.unsqueeze(2).clamp_min(1e-300), torch.diag_embed(size)

    monkeypatch.setattr(gram_chain, "orthogonal", apart)
    found = p_values(few(literal_pairs("pair")), chain_pairs("pair", FEW))
    assert found["forward 4"] > LEVEL / len(found)
    assert found["cosine, forward 4"] < REJECTED
