"""MetaInit: the quotient of the simulation against the closed form; the reach by hand."""

import math

import pytest
import sympy as sp
import torch

from simulate import Setup, metainit
from theory import claim

META = claim("vev.init.metainit")


def test_values() -> None:
    assert META.exact("reach", steps=2).high == sp.Rational(29, 100)
    assert META.exact("scale", ratios=(2, sp.Rational(1, 3))) == sp.Rational(2, 3)
    assert META.evaluate("quotient", x=2, logit=0) == pytest.approx(2.5)


@pytest.mark.parametrize("label", [0, 1])
def test_the_simulation_computes_this_quotient(label: int) -> None:
    """One layer, two classes, one input: (a, b) = (0.7, -0.4), x = 1.5."""
    setup = Setup((1, 2), "gaussian", 2.0, "relu")
    w = torch.tensor([[[0.7], [-0.4]]], dtype=torch.float64, requires_grad=True)
    x = torch.tensor([[[1.5]]], dtype=torch.float64)
    found = metainit.gradient_quotient(setup, [w], x, torch.tensor([[label]])).item()
    assert found == pytest.approx(META.evaluate("quotient", x=1.5, logit=1.1 * 1.5), rel=1e-4)


def test_the_reach_is_that_of_a_step_of_one_in_the_end() -> None:
    late = [META.exact("reach", steps=k).high for k in (499, 500)]
    assert math.isclose(late[1] - late[0], 1, abs_tol=1e-15)
