"""How many networks are alive: by hand, by enumeration, in the limit."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
import sympy as sp

from theory import ClaimError
from theory.vanishing_variance.propB_dirac_limit import (
    alive_exact,
    alive_stated,
    correlated_pair,
    sign_product,
)


def test_stated_law_by_hand() -> None:
    assert alive_stated((1, 2, 9), "gaussian", "gaussian") == Fraction(1, 2) * Fraction(3, 4)


def test_inputs_are_symmetric_and_uncorrelated() -> None:
    for law in (sign_product(1), sign_product(-1), correlated_pair()):
        size = len(next(iter(law)))
        for i, j in itertools.combinations(range(size), 2):
            assert sum(p * x[i] * x[j] for x, p in law.items()) == 0
        for i in range(size):
            assert sum(p * x[i] for x, p in law.items()) == 0
            assert sum(p * x[i] ** 3 for x, p in law.items()) == 0


def test_inputs_that_are_never_all_negative() -> None:
    assert alive_exact((3, 2), "sign_product", "gaussian") == 1
    assert alive_exact((3, 2), "negative_sign_product", "gaussian") == Fraction(3, 4)
    assert alive_exact((2, 2), "correlated_pair", "gaussian") == Fraction(9, 10)


def test_sign_weights_by_hand() -> None:
    """From x = (1, 1), probability 1/4, y is 0 with probability 1/4; from one plus never."""
    assert alive_exact((2, 2), "rademacher", "rademacher") == Fraction(11, 16)
    values = [alive_exact((2,) * (d + 1), "rademacher", "rademacher") for d in (2, 3)]
    assert values == [Fraction(115, 256), Fraction(1211, 4096)]


def test_sign_weights_decay_at_the_eigenvalue() -> None:
    late = [alive_exact((2,) * n, "rademacher", "rademacher") for n in (30, 31)]
    assert float(late[1] / late[0]) == pytest.approx(float((9 + sp.sqrt(145)) / 32), rel=1e-9)


def test_wide_layers_never_die() -> None:
    assert float(alive_exact((40, 40, 40), "gaussian", "gaussian")) == pytest.approx(1)


def test_no_chain_for_a_continuous_input() -> None:
    with pytest.raises(ClaimError, match="inputs"):
        alive_exact((2, 2), "gaussian", "rademacher")
