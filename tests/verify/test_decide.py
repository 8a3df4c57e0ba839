import math

import pytest

from verify.decide import decide


@pytest.mark.parametrize(
    ("low", "high", "outcome"),
    [
        (0.95, 1.05, "agrees"),
        (0.9, 1.1, "agrees"),  # the edge belongs to the margin
        (1.11, 1.2, "differs"),
        (0.5, 0.89, "differs"),
        (1.05, 1.15, "undecided"),
        (0.5, 2.0, "undecided"),
    ],
)
def test_interval_against_margin(low, high, outcome):
    assert decide((1.0, 1.0), low, high, 0.1)[0] == outcome


def test_a_doubt_mutes_agrees_and_differs_alike():
    for low, high in ((0.99, 1.01), (5.0, 6.0)):
        outcome, reason = decide((1.0, 1.0), low, high, 0.1, ["heavy tail"])
        assert outcome == "undecided"
        assert reason == "heavy tail"


def test_bounds_are_one_interval_with_margins_outside():
    assert decide((1.0, 2.0), 1.2, 1.9, 0.0)[0] == "agrees"
    assert decide((1.0, math.inf), 5.0, 9.0, 0.0)[0] == "agrees"
    assert decide((1.0, 2.0), 2.2, 2.9, 0.1)[0] == "differs"


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_not_finite_decides_nothing(bad):
    assert decide((1.0, 1.0), 0.5, bad, 0.1)[0] == "undecided"
    assert decide((math.nan, math.nan), 0.5, 0.6, 0.1)[0] == "undecided"
