import math
from fractions import Fraction

import pytest

from theory import claims
from theory.schema import EXACT_MARGIN
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes.probes import (
    MOST_LOG_VARIANCE,
    extrapolated,
    is_annealed,
    left_by_doubling,
    log_variance,
    network,
    with_remainder,
)

DIRECT = [
    pytest.param(probe, id=f"{claim.id}/{probe.name}")
    for claim in claims
    if claim.source.document is PAPER
    for probe in claim.probes
    if is_annealed(probe)
]


@pytest.mark.parametrize("probe", DIRECT)
def test_direct_annealed_probes_keep_the_size_rule(probe):
    assert log_variance(probe.setup) <= MOST_LOG_VARIANCE


def test_the_rule_is_about_something():
    assert len(DIRECT) >= 15
    assert log_variance(network((20,) * 11, 1)) > MOST_LOG_VARIANCE


def test_one_gaussian_column_by_hand():
    # tr C^2 = (tr C)^2 = |w|^4, w in R^2: E |w|^8/(E |w|^4)^2 = 384/64
    assert log_variance(network((1, 2), 1)) == pytest.approx(math.log(6))


def test_orthogonal_weights_and_readout_are_seen():
    haar = network((16,) * 4, 1, weights="haar")
    assert log_variance(haar) == 0
    assert log_variance(network((9, 9), 0, extra={"readout": "pre"})) == pytest.approx(
        log_variance(network((9, 9), 1))
    )


def test_set_up_keeps_the_trace():
    assert network((3, 3), 0)["gain"] == 2.0
    assert network((3, 3), 1)["activation"] == "linear"


def test_a_remainder_is_added_to_every_tier():
    margin = with_remainder(0.5, "derived")
    for tier in ("quick", "standard", "paper"):
        assert margin.at(tier) == EXACT_MARGIN.at(tier) + 0.5


def test_doubling_cancels_the_first_order():
    def exact(width):
        return Fraction(3, width) + Fraction(40, width**2) + Fraction(7, width**3)

    # 7/N^2 goes to 7/(2 N^2) - 7/N^2
    assert left_by_doubling(exact, 10) == pytest.approx(0.035 / 3, rel=1e-2)
    found = extrapolated(10, [exact(10), 1, exact(20), 1])
    assert found == pytest.approx(3 - 0.035)


def test_doubling_keeps_its_size_rule():
    probes = [p for c in claims for p in c.probes if p.experiment == "width_doubling"]
    assert len(probes) >= 3
    for probe in probes:
        remainder = probe.margin.standard - EXACT_MARGIN.standard
        assert 0 < remainder <= EXACT_MARGIN.standard / 6, probe.name
