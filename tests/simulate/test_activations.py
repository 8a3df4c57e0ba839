"""phi and phi': by hand, and phi' against differences of phi."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from simulate import Setup, activations
from simulate.setup import ACTIVATIONS


def setup(name: str, slope: float = 0.25) -> Setup:
    return Setup((2, 2), "gaussian", 1.0, name, slope=slope)


BY_HAND = {
    "linear": [-2, 0, 3],
    "relu": [0, 0, 3],
    "leaky_relu": [-0.5, 0, 3],
    "abs": [2, 0, 3],
    "tanh": [math.tanh(-2), 0, math.tanh(3)],
    "hard_tanh": [-1, 0, 1],
    "sigmoid": [1 / (1 + math.exp(2)), 0.5, 1 / (1 + math.exp(-3))],
}


@pytest.mark.parametrize(("name", "values"), BY_HAND.items())
def test_by_hand(name: str, values: list[float]) -> None:
    x = torch.tensor([-2.0, 0.0, 3.0], dtype=torch.float64)
    assert activations.apply(setup(name), x).tolist() == pytest.approx(values)


def test_every_activation_is_tested_by_hand() -> None:
    assert set(BY_HAND) == set(ACTIVATIONS)


@pytest.mark.parametrize("name", ACTIVATIONS)
@given(
    x=st.floats(-5, 5).filter(lambda x: min(abs(x), abs(abs(x) - 1)) > 1e-3),  # no kink near
    slope=st.floats(-1, 1).filter(lambda s: s == 0 or abs(s) > 1e-30),
)
def test_derivative_is_the_slope_of_phi(name: str, x: float, slope: float) -> None:
    chosen = setup(name, slope)
    h = 1e-5
    ends = activations.apply(chosen, torch.tensor([x - h, x + h], dtype=torch.float64))
    at = activations.derivative(chosen, torch.tensor([x], dtype=torch.float64))
    assert float(at) == pytest.approx(float(ends[1] - ends[0]) / (2 * h), abs=1e-6)


@pytest.mark.parametrize("name", ACTIVATIONS)
@given(x=st.floats(-5, 5), t=st.floats(0.01, 100))
def test_homogeneous_means_what_it_says(name: str, x: float, t: float) -> None:
    chosen = setup(name)
    one, scaled = activations.apply(chosen, torch.tensor([x, t * x], dtype=torch.float64))
    same = math.isclose(float(scaled), t * float(one), rel_tol=1e-9, abs_tol=1e-12)
    if activations.is_homogeneous(chosen):
        assert same
    elif abs(x) > 1 and abs(t - 1) > 0.5:
        assert not same


@pytest.mark.parametrize("name", ["linear", "relu", "leaky_relu", "abs"])
def test_independent_slopes_replace_the_indicator_by_a_coin(name: str) -> None:
    """Coin 1 gives the slope above zero, coin 0 the one below."""
    coins = torch.tensor([1.0, 0.0], dtype=torch.float64)
    at = torch.tensor([1.0, -1.0], dtype=torch.float64)
    chosen = setup(name)
    found = activations.independent_slopes(chosen, coins)
    assert torch.equal(found, activations.derivative(chosen, at))


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_dtype_is_kept(name: str, dtype: torch.dtype) -> None:
    x = torch.ones(3, dtype=dtype)
    assert activations.apply(setup(name), x).dtype == dtype
    assert activations.derivative(setup(name), x).dtype == dtype
