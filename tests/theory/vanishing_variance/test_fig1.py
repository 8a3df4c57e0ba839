"""Figure 1: crossings beside the published ones, what is stated and what holds of it."""

from __future__ import annotations

import pytest

from theory import claim
from theory.vanishing_variance.fig1_quantiles import NETWORKS, PROTOCOLS, PUBLISHED

FIG1 = claim("vev.fig1")


def test_crossings_of_both_protocols() -> None:
    found = {
        protocol: {
            name: int(FIG1.evaluate("crossing", initialiser=name, protocol=protocol))
            for name in PUBLISHED
        }
        for protocol in PROTOCOLS
    }
    assert found == {
        "input activated": {"he": 48, "glorot": 11, "orthogonal": 75, "gsm": 66},
        "raw input": {"he": 52, "glorot": 12, "orthogonal": 80, "gsm": 66},
    }


def test_every_printed_curve_is_compared_where_it_crosses() -> None:
    probes = [probe for probe in FIG1.probes if probe.laws == ("printed crossing",)]
    assert [probe.at["initialiser"] for probe in probes] == list(PUBLISHED)
    for probe in probes:  # the plots count from 0; no input is activated
        assert len(probe.setup["widths"]) - 1 == PUBLISHED[probe.at["initialiser"]] + 1
        assert probe.setup["activate_input"] is False
        assert probe.margin.kind == "absolute"


def test_only_samples_break_the_assumption() -> None:
    broken = [probe.name for probe in FIG1.probes if FIG1.admits(probe.point) == "stated"]
    assert broken == [f"curves of {NETWORKS} networks, 0.999, to layer 52"]
    assert FIG1.exact("sample curves", networks=NETWORKS, depth=100) == 1  # as stated


@pytest.mark.parametrize("depth", [80, 100])
def test_late_layers_are_below(depth: int) -> None:
    for name in PUBLISHED:
        for protocol in PROTOCOLS:
            at = {"initialiser": name, "depth": depth, "level": 0.9, "protocol": protocol}
            assert FIG1.evaluate("quantile", **at) < -3
