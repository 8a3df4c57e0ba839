"""Second roads to the Fuss-Catalan spectrum: each oracle against a number known by hand."""

from __future__ import annotations

import math

import pytest
import sympy as sp

from theory.degeneracy import spectrum_proofs as proofs


def test_derivations_go_through() -> None:
    assert len(proofs.derivation()) == 6
    assert len(proofs.correction_derivation()) == 5


def test_first_coefficients_by_hand() -> None:
    """k = 2: L (L + 1)/2, from [(n + 2)(1 + 2/n)^L - (n - 1)(1 - 1/n)^L]/3."""
    for k, depth, coefficient in proofs.first_coefficients():
        assert coefficient.is_Integer
        if k == 2:
            assert coefficient == sp.Rational(depth * (depth + 1), 2)


def test_one_pairing_count_is_a_catalan_number() -> None:
    assert {k: count for depth, k, count in proofs.planar() if depth == 1} == {
        1: 1, 2: 2, 3: 5, 4: 14
    }  # fmt: skip


def test_resolvent_knows_the_quarter_circle() -> None:
    depth, at, area = proofs.resolvent_tails()[0]
    assert (depth, float(at)) == (1, 0.5)
    by_hand = (0.25 * math.sqrt(4 - 0.25) + 2 * math.asin(0.25)) / math.pi
    assert float(area) == pytest.approx(by_hand, abs=1e-12)
