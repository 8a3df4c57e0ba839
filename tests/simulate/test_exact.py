"""Samplers that draw no weight are equal in law to literal networks; wrong ones are caught.

Two-sample Kolmogorov-Smirnov tests of joint statistics of forward and backward pass, 20,000
networks a side, widths 3 to 16. The seed was fixed before the tests were first run, and so was the
level: 1e-3 for all statistics of a sampler together (Bonferroni). At this size a distance of 0.024
between two distribution functions is seen; samplers that are wrong in one place must be rejected at
1e-6, by the same statistics of the same networks.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping

import numpy as np
import pytest
import torch
from scipy import stats

from simulate import Setup, SetupError, activations, inputs, networks
from simulate.exact import radial
from simulate.seeds import Stream

SEED = 20230117
NETWORKS = 20_000
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


SETUPS = ONE_INPUT


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


def radial_norms(name: str) -> Sample:
    setup, stream = SETUPS[name], Stream(SEED, f"radial {name}", 0)
    layers = list(radial.forward(setup, stream, NETWORKS))
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


def one_unit_more(stream: Stream, width: int, *rest: float, **more: bool) -> object:
    return split(stream, width + 1, *rest, **more)  # type: ignore[arg-type]


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
    p, where, _ = smallest({name: p_values(literal_norms(name), radial_norms(name))})
    assert p < REJECTED, where


def test_each_pass_alone_does_not_see_the_order_of_layers() -> None:
    """Networks dealt anew to the gradients: every norm keeps its law, the joint ones do not."""
    name = "relu"
    fair = radial_norms(name)
    turned = {
        key: (fair[f"forward {key[8:]}"] + fair[f"backward {key[8:]}"].roll(1))
        for key in fair
        if key.startswith("product")
    }
    mine = {key: literal_norms(name)[key] for key in turned}
    assert smallest({name: p_values(mine, turned)})[0] < REJECTED


def test_radial_dead_networks_stay_dead() -> None:
    """Width 1: half of the living networks die in each layer; nothing comes back."""
    setup = Setup((4, *(1,) * 6), "gaussian", 2.0, "relu", extra={"readout": "pre"})
    stream = Stream(SEED, "dead", 0)
    layers = list(radial.forward(setup, stream, NETWORKS))
    top, *gradients = radial.backward(setup, stream, layers)
    alive = torch.stack([torch.isfinite(layer.log_read) for layer in layers]).to(torch.float64)
    assert torch.all(alive[1:] <= alive[:-1])
    expected = 2.0 ** -torch.arange(7)
    assert torch.all((alive.mean(1) - expected).abs() < 4.5 * (expected / NETWORKS).sqrt())
    assert torch.all(torch.isfinite(top))  # r itself
    for gradient in gradients:
        assert torch.equal(torch.isfinite(gradient), alive[-2] == 1)


def test_radial_at_a_width_nobody_draws(device: str) -> None:
    """A million units, 100 layers: |h_L|^2/n and 2 |d_0|^2/n: log-variance 5 * 100/n, mean 1."""
    setup = Setup((10**6,) * 101, "gaussian", 2.0, "relu", activate_input=True)
    stream = Stream(SEED, "wide", 0, device=device)
    layers = list(radial.forward(setup, stream, 1000))
    gradients = list(radial.backward(setup, stream, layers))
    for norm in (layers[-1].log_out, gradients[-1] + np.log(2)):
        log = norm.cpu() - np.log(10**6)
        assert log.std() == pytest.approx(np.sqrt(5e-4), rel=0.1)
        assert abs(log.mean() + 2.5e-4) < 4.5 * log.std() / np.sqrt(1000)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weights", "uniform"),
        ("activation", "tanh"),
        ("inputs", "rademacher"),
        ("block", "residual"),
        ("n_inputs", 2),
        ("masks", "independent"),
        ("tuning", 1),
    ],
)
def test_radial_refuses_what_it_is_not_exact_for(field: str, value: object) -> None:
    setup = Setup(**{**ONE_INPUT["relu"].as_dict(), field: value})
    with pytest.raises(SetupError, match="the radial sampler"):
        next(radial.forward(setup, Stream(1, "a", 0), 2))


def test_radial_refuses_an_unknown_readout() -> None:
    setup = Setup(**{**ONE_INPUT["relu"].as_dict(), "extra": {"readout": "middle"}})
    stream = Stream(1, "a", 0)
    with pytest.raises(SetupError, match=r"readout.*middle"):
        next(radial.backward(setup, stream, list(radial.forward(setup, stream, 2))))
