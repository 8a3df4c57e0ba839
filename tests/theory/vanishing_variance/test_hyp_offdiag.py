"""Orthogonal layers that keep every norm, and those that do not."""

from fractions import Fraction

import pytest
import sympy as sp

from theory import ClaimError, claim
from theory.vanishing_variance.hyp_offdiag import norm_ratios, rotation, times

OFFDIAG = claim("vev.hyp.offdiag")


def test_values() -> None:
    assert OFFDIAG.exact("corrected", width=10, slope=0, family="orthogonal") == sp.oo
    assert OFFDIAG.exact("corrected", width=10, slope=-1, family="orthogonal") == 3
    assert OFFDIAG.exact("corrected", width=10, slope=0, family="mirrored orthogonal") == 3
    assert OFFDIAG.exact("kurtosis", width=10, slope=0, depth=2) == 3 * sp.Rational(25, 16)


def test_only_mirrored_blocks_need_an_even_width() -> None:
    assert OFFDIAG.exact("corrected", width=7, slope=1, family="orthogonal") == 3
    for law in ("stated", "corrected"):
        with pytest.raises(ClaimError, match="mirrored blocks need an even integer >= 2"):
            OFFDIAG.exact(law, width=7, slope=0, family="mirrored orthogonal")


def test_rotations_are_orthogonal() -> None:
    for flip in (False, True):
        u = rotation((3, 4, 5), flip=flip)
        assert sum(v * v for v in times(u, [Fraction(2), Fraction(7)])) == 53


def test_a_relu_between_rotations_changes_norms() -> None:
    assert norm_ratios("mirrored orthogonal", Fraction(0)) == {1}
    assert len(norm_ratios("orthogonal", Fraction(0))) > 1
