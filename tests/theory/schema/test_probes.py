"""What is estimated, and to which margin."""

from __future__ import annotations

from typing import Any

import pytest

from theory.schema import LATER, ClaimError, Estimand, Margin, Probe, absolute, relative


def probe(**fields: Any) -> Probe:
    given = {
        "name": "p",
        "experiment": "unit_moments",
        "setup": {"widths": (2, 2)},
        "at": {"n": 2, "x": 0},
        "estimand": Estimand("mean", ("a",), "networks"),
        "why": "a toy",
    }
    return Probe(**{**given, **fields})


@pytest.mark.parametrize("margin", [(0.1, 0.2, 0.1), (0.2, 0.1, 0.2), (0.1, 0.1, 0), (-1, -1, -1)])
def test_a_margin_refuses(margin: tuple[float, float, float]) -> None:
    with pytest.raises(ClaimError, match="paper <= standard <= quick"):
        Margin(*margin, why="w")


def test_margins() -> None:
    assert relative(0.1, "w").kind == "relative"
    assert absolute(0.1, "w", quick=0.3, paper=0.05) == Margin(0.3, 0.1, 0.05, "w", "absolute")
    assert [Margin(0.3, 0.2, 0.1, "w").at(tier) for tier in ("quick", "standard", "paper")] == [
        0.3,
        0.2,
        0.1,
    ]


def test_a_point_holds_setup_arguments_and_facts() -> None:
    found = probe(facts={"shared": True}).point
    assert found == {"widths": (2, 2), "n": 2, "x": 0, "shared": True}


@pytest.mark.parametrize("level", [0, 1, -0.5, float("nan")])
def test_a_level_lies_inside(level: float) -> None:
    with pytest.raises(ClaimError, match="level must lie in"):
        Estimand("quantile", ("a",), "networks", level=level)


def test_quick_leaves_out_what_asks_for_more() -> None:
    assert [probe().belongs_to(tier) for tier in ("quick", "standard", "paper")] == [True] * 3
    for larger in (probe(budget=2.0), probe(tiers=LATER)):
        assert [larger.belongs_to(tier) for tier in ("quick", "standard", "paper")] == [
            False,
            True,
            True,
        ]
