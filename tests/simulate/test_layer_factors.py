"""The layer-factor sampler is equal in law to literal networks; a wrong one is caught.

Two-sample Kolmogorov-Smirnov tests at level 1e-4 each, seed fixed before they were first run. The
same tests must reject two samplers that are wrong in one place.
"""

from __future__ import annotations

import functools
import itertools
import math
import time
from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy import stats

from simulate import Setup, SetupError, activations, inputs, networks, run
from simulate.experiments.layer_factors import (
    GROUPS,
    direct_relative_variance,
    factors,
)
from simulate.seeds import Stream

LEVEL = 1e-4
SEED = 20230117
NETWORKS = 20_000
Change = Callable[[torch.Tensor, int, Stream], torch.Tensor]
CASES = {
    "relu": Setup((5, 4, 6, 3, 1), "gaussian", 2.0, "relu", activate_input=True),
    "leaky": Setup(
        (4, 3, 7, 1), "gaussian", 2 / (1 + 0.5**2), "leaky_relu", slope=0.5, activate_input=True
    ),
    "linear": Setup((3, 6, 2, 1), "gaussian", 1.0, "linear", activate_input=True),
    "abs": Setup((3, 4, 1), "gaussian", 1.0, "abs", activate_input=True),
    "square": Setup((4, 4, 4, 1), "gaussian", 1.0, "linear", activate_input=True),
}
each_case = pytest.mark.parametrize("name", CASES)


@functools.cache
def literal_steps(name: str) -> torch.Tensor:
    """(layers, networks): gain mean phi(y_l)^2 over the same below; the first over 1."""
    setup = CASES[name]
    stream = Stream(SEED, f"literal {name}", 0)
    x = inputs.draw(setup, stream, NETWORKS)
    levels = [setup.gain * activations.apply(setup, x).square().mean((1, 2))]
    for layer in networks.forward(setup, stream, NETWORKS, x=x, rescale_every=100):
        if layer.index < setup.depth:
            levels.append(setup.gain * activations.apply(setup, layer.out).square().mean((1, 2)))
    steps = [levels[0]]
    for below, here in itertools.pairwise(levels):
        steps.append(torch.where(below > 0, here / below, torch.nan))  # nan: below was dead
    return torch.stack(steps)


def factor_steps(
    name: str, change: Callable[[torch.Tensor, int, Stream], torch.Tensor]
) -> torch.Tensor:
    """The same from layer factors; `change` spoils them."""
    setup = CASES[name]
    stream = Stream(SEED, f"factors {name}", 0)
    steps, alive = [], torch.ones(NETWORKS, dtype=torch.bool)
    for layer in range(setup.depth):
        step = change(factors(setup, stream, layer, NETWORKS), setup.widths[layer], stream)
        steps.append(torch.where(alive, step, torch.nan))
        alive = alive & (step > 0)
    return torch.stack(steps)


def kurtosis(means: dict[str, float]) -> float:
    """E y^4/(E y^2)^2 from the column means of `layer_factors`."""
    logs = (
        math.log(means[f"fourth_{i}"]) - 2 * math.log(means[f"second_{i}"]) for i in range(GROUPS)
    )
    return math.exp(sum(logs))


def statistics(steps: torch.Tensor) -> dict[str, np.ndarray]:
    """What is compared: each step, the whole product, and how neighbours go together."""
    log = steps.clamp_min(1e-12).log()  # dead: a common value, an atom in both samples
    live = torch.isfinite(log).all(0) & (steps > 0).all(0)
    found = {f"step {i}": row[~row.isnan()] for i, row in enumerate(log)}
    found["product"] = log[:, live].sum(0)
    found["largest"] = log[:, live].amax(0)
    found |= {f"steps {i} - {i + 1}": log[i, live] - log[i + 1, live] for i in range(len(log) - 1)}
    found["alive"] = live.to(torch.float64)
    return {key: value.numpy() for key, value in found.items()}


def p_values(one: torch.Tensor, other: torch.Tensor) -> dict[str, float]:
    mine, theirs = statistics(one), statistics(other)
    return {
        key: float(stats.ks_2samp(mine[key], theirs[key], method="asymp").pvalue) for key in mine
    }


def unchanged(step: torch.Tensor, width: int, stream: Stream) -> torch.Tensor:
    return step


@each_case
def test_equal_in_law_to_literal_networks(name: str) -> None:
    found = p_values(literal_steps(name), factor_steps(name, unchanged))
    assert len(found) >= 5
    assert min(found.values()) > LEVEL, found


def half(step: torch.Tensor, width: int, stream: Stream) -> torch.Tensor:
    """T = chi^2_K/w instead of 2 chi^2_K/w."""
    return step / 2


def one_unit_more(step: torch.Tensor, width: int, stream: Stream) -> torch.Tensor:
    """K ~ Bin(w+1, 1/2) instead of Bin(w, 1/2)."""
    return stream.chi2(stream.binomial(width + 1, 0.5, len(step))) * (2 / width)


@pytest.mark.parametrize("wrong", [half, one_unit_more])
def test_a_wrong_sampler_is_rejected(wrong: Callable[..., torch.Tensor]) -> None:
    found = p_values(literal_steps("relu"), factor_steps("relu", wrong))
    assert found["product"] < LEVEL
    assert found["step 1"] < LEVEL


def test_factors_shared_by_all_layers_are_rejected() -> None:
    """Every step has the right law: only the joint statistics see that they are one number."""
    one = factors(CASES["square"], Stream(SEED, "shared", 0), 0, NETWORKS)
    found = p_values(literal_steps("square"), torch.stack([one] * 3))
    assert min(found["step 0"], found["step 1"], found["step 2"]) > LEVEL
    assert found["product"] < LEVEL
    assert found["steps 0 - 1"] < LEVEL


# --- the estimator ---------------------------------------------------------------------------


def means(setup: Setup, replicates: int, seed: int) -> dict[str, float]:
    samples = run("layer_factors", setup, replicates=replicates, seed=seed)
    return {column: float(values.mean()) for column, values in samples.columns.items()}


def test_groups_hold_every_layer_once() -> None:
    """Three layers and the output unit: four groups are used, the others are 1."""
    setup = Setup((2, 2, 2, 2), "gaussian", 2.0, "relu", activate_input=True)
    columns = run("layer_factors", setup, replicates=8, seed=0).columns
    for i in range(GROUPS):
        assert np.all(columns[f"fourth_{i}"] == 1) == (i >= 4)
        assert np.all(columns[f"second_{i}"] == 1) == (i >= 4)
        assert np.all(columns[f"eighth_{i}"] == 1) == (i >= 4)


def test_gain_leaves_the_kurtosis() -> None:
    widths = (6,) * 13
    one, other = (
        kurtosis(means(Setup(widths, "gaussian", gain, "relu", activate_input=True), 64, 3))
        for gain in (2.0, 0.5)
    )
    assert one == pytest.approx(other, rel=1e-9)


def test_small_network_agrees_with_a_direct_average() -> None:
    setup = Setup((40, 40, 16), "gaussian", 1.0, "linear", activate_input=True)
    direct = run("unit_moments", setup, replicates=20_000, seed=6)
    sq, fourth = direct["mean_sq"], direct["mean_fourth"]
    ratio = fourth.mean() / sq.mean() ** 2
    influence = fourth / fourth.mean() - 2 * sq / sq.mean()
    error = ratio * influence.std() / math.sqrt(len(sq))
    # its own error is ten times smaller at this size
    assert abs(kurtosis(means(setup, 1000, 7)) - ratio) < 4.5 * error


def test_five_percent_at_depth_100_in_seconds() -> None:
    """The spread of ten estimates, each a fraction of a second of one core."""
    setup = Setup((10,) * 101, "gaussian", 2.0, "relu", activate_input=True)
    start = time.process_time()
    found = [math.log(kurtosis(means(setup, 128, seed))) for seed in range(10)]
    seconds = (time.process_time() - start) / 10
    assert np.std(found, ddof=1) < 0.05
    assert seconds < 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weights", "uniform"),
        ("inputs", "rademacher"),
        ("activation", "tanh"),
        ("activate_input", False),
        ("fan", "out"),
    ],
)
def test_refused_where_it_is_not_equal_in_law(field: str, value: object) -> None:
    setup = Setup(**{**CASES["relu"].as_dict(), field: value})
    with pytest.raises(SetupError, match="layer factors need"):
        run("layer_factors", setup, replicates=2, seed=0)


def test_square_of_the_product() -> None:
    setup = Setup((3, 3, 3), "gaussian", 2.0, "relu", activate_input=True, extra={"draws": 4})
    columns = run("layer_factor_product", setup, replicates=100, seed=1).columns
    assert np.all(columns["fourth_sq"] == columns["fourth"] ** 2)
    assert columns["fourth"].mean() > 0


def test_what_a_direct_average_needs_by_hand() -> None:
    """Linear: E T^4/(E T^2)^2 of chi^2_n/n is (n+4)(n+6)/(n(n+2)); 105/9 for the output unit."""
    setup = Setup((6, 10, 3), "gaussian", 1.0, "linear", activate_input=True)
    columns = run("layer_factors", setup, replicates=2_000, seed=8).columns
    exact = 105 / 9 * 10 * 12 / (6 * 8) * 14 * 16 / (10 * 12)
    assert direct_relative_variance(columns) == pytest.approx(math.log10(exact), abs=0.04)


def log10_error(eighth: list[np.ndarray], fourth: list[np.ndarray]) -> float:
    """Standard error of the log10 of prod E eighth/(E fourth)^2."""
    influence = sum(e / e.mean() - 2 * f / f.mean() for e, f in zip(eighth, fourth, strict=True))
    return float(np.std(influence) / math.sqrt(len(influence)) / math.log(10))


@pytest.mark.parametrize(("activation", "gain", "width"), [("linear", 1.0, 40), ("relu", 2.0, 90)])
def test_what_a_direct_average_needs_in_literal_networks(
    activation: str, gain: float, width: int
) -> None:
    """E y^8/(E y^4)^2 over networks, their last Gaussian layer integrated out (105 and 3)."""
    setup = Setup((width, width, 1), "gaussian", gain, activation, activate_input=True)
    direct = run("scale_powers", setup, replicates=6_000, seed=9)
    eighth, fourth = direct["scale_eighth"], direct["scale_fourth"]
    measured = math.log10(105 / 9 * eighth.mean() / fourth.mean() ** 2)
    columns = run("layer_factors", setup, replicates=2_000, seed=10).columns
    own = log10_error(*([columns[f"{k}_{i}"] for i in range(GROUPS)] for k in ("eighth", "fourth")))
    error = math.hypot(own, log10_error([eighth], [fourth]))
    assert abs(direct_relative_variance(columns) - measured) < 4.5 * error < 0.1


def test_a_direct_average_is_hopeless_at_depth() -> None:
    """Width 10: half a decade for every layer, log10(1178/375), at any depth without overflow."""
    setup = Setup((10,) * 401, "gaussian", 2.0, "relu", activate_input=True)
    columns = run("layer_factors", setup, replicates=32, seed=11).columns
    assert direct_relative_variance(columns) == pytest.approx(400 * 0.497, rel=0.02)
