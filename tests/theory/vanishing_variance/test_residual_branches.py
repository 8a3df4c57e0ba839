"""Two-layer branches in the cases known by hand."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from theory.maths import enumeration as en
from theory.symbols import a, w
from theory.vanishing_variance import residual_blocks
from theory.vanishing_variance.residual_branches import block, excess, h, moments_of_ratio

e = residual_blocks.e


def test_no_skip_is_two_layers() -> None:
    """e = 1: a linear layer read by a ReLU layer, (1 + 2/w)(1 + 5/h)."""
    _, second = moments_of_ratio()
    assert sp.simplify(second.subs({e: 1, a: 0}) - (1 + 2 / w) * (1 + 5 / h)) == 0


def test_many_hidden_units_are_a_linear_branch() -> None:
    wide = sp.limit(excess(e, w, h, 0), h, sp.oo)
    assert sp.expand(wide - residual_blocks.excess(e, w)) == 0


def test_a_block_by_hand() -> None:
    """1 + w' relu(w) with w, w' = 0 or +-1: w' relu(w) is +-1 with probability 1/36 each."""
    out = block({(Fraction(1),): Fraction(1)}, 1, 1, Fraction(0))
    assert out == {
        (Fraction(1),): Fraction(34, 36),
        (Fraction(2),): Fraction(1, 36),
        (Fraction(0),): Fraction(1, 36),
    }
    assert en.second_moment(out) == 1 + Fraction(2, 36)
