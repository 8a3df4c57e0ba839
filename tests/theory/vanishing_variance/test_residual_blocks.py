"""Moments of residual blocks in the cases known by hand."""

from fractions import Fraction

import sympy as sp

from theory.vanishing_variance.residual_blocks import block, enumerated, noncentral


def test_the_ratio_of_a_plain_layer_is_a_chi_square() -> None:
    w, e = sp.Symbol("w", integer=True, positive=True), sp.Symbol("e", nonnegative=True)
    first, second = noncentral(w)
    assert sp.simplify(first.subs(e, 1)) == 1
    assert sp.simplify(second.subs(e, 1) - 1 - 2 / w) == 0


def test_a_block_without_skip_is_a_layer() -> None:
    sign = {(Fraction(1),): Fraction(1, 2), (Fraction(-1),): Fraction(1, 2)}
    assert block(sign, 0)[(Fraction(0),)] == Fraction(2, 3)
    assert all(found >= 3 for _, _, found in enumerated())
