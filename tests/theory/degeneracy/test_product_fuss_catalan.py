"""Singular values of products: digits, margins that are derived, and the rule of sizes."""

from __future__ import annotations

import mpmath
import pytest

from theory.degeneracy.fuss_catalan import largest_first_order, transport
from theory.degeneracy.product_fuss_catalan import CLAIM, width_for

MEASURED = [p for p in CLAIM.probes if p.experiment == "product_spectrum"]


def test_digits() -> None:
    text = mpmath.nstr(CLAIM.evaluate("fraction below", digits=40, threshold=1, depth=1), 40)
    with mpmath.workdps(50):
        area = (mpmath.sqrt(3) / 2 + mpmath.pi / 3) / mpmath.pi
        assert text == mpmath.nstr(area, 40)


@pytest.mark.parametrize("probe", MEASURED, ids=[p.name for p in MEASURED])
def test_sizes_follow_the_rule(probe) -> None:
    widths = probe.setup["widths"]
    depth = len(widths) - 1
    assert depth == probe.at["depth"]
    assert widths[0] in [width_for(depth) * 2**i for i in range(3)]


def test_margins_are_the_sizes_of_the_first_correction() -> None:
    for probe in CLAIM.probes:
        width, depth = probe.setup["widths"][0], probe.at["depth"]
        above = 1 - CLAIM.evaluate("fraction below", threshold=0.5, depth=depth)
        derived = {
            "stated": above + 1 / (4 * width),
            "fraction below": largest_first_order(depth) / width,
            "moments": transport(depth) / width,
        }[probe.laws[0]]
        assert probe.margin.kind == "absolute"
        assert probe.margin.quick == probe.margin.paper == pytest.approx(derived)


def test_correction_vanishes_with_the_width() -> None:
    at = {"threshold": 0.5, "depth": 3}
    wide = CLAIM.evaluate("fraction below", **at)
    errors = [CLAIM.evaluate("first correction", width=n, **at) - wide for n in (12, 24)]
    assert errors[0] == pytest.approx(2 * errors[1], rel=1e-9)


def test_increasingly_is_false_beyond_one() -> None:
    rises = CLAIM.evaluate("increasingly", threshold=2, depth=1)
    assert rises == (1, 1)
    assert CLAIM.evaluate("fraction below", threshold=2, depth=2) < 1
