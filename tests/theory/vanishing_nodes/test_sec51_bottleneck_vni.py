import pytest
import sympy as sp

from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.sec51_bottleneck_vni import (
    CLAIM,
    annealed,
    by_traces,
    first_order,
)


def test_values_at_the_documents_sizes():
    found = [float(annealed(500, 30, depth, 1)) for depth in (1, 5, 10, 50)]
    assert found == pytest.approx([0.0375, 0.1883, 0.3825, 0.98407], abs=5e-5)
    assert float(annealed(37, 5, 7, 1)) == pytest.approx(0.96919, abs=5e-6)


def test_it_is_a_network_of_alternating_widths():
    assert annealed(7, 3, 2, 1) == rec.annealed((7, 3, 7, 3, 7), 1)
    assert by_traces(sp.Integer(4), sp.Integer(1), 1, 2) == annealed(4, 1, 1, 0) == 1


def test_full_rank_is_two_gaussian_layers():
    assert annealed(500, 500, 50, 1) == rec.annealed((500,) * 101, 1)


def test_first_order_of_a_shallow_network():
    assert float(first_order(10**4, 10**3, 2, 0)) == pytest.approx(
        float(annealed(10**4, 10**3, 2, 0)), rel=5e-3
    )


def test_the_reading_is_a_mean_of_at_least_the_level():
    at = {"width": 500, "rank": 30, "depth": 50, "slope": 1}
    assert CLAIM.evaluate(**at, level=0.95) == (0.95, 1.0)
    levels = {float(p.at["level"]) for p in CLAIM.probes if "stated" in p.laws}
    assert levels == {0.8, 0.9, 0.95}


def test_two_bits_are_shown_and_not_counted():
    found = {p.name: CLAIM.admits(p.point) for p in CLAIM.probes}
    outside = {name for name, admits in found.items() if admits == "outside"}
    assert outside == {"two inputs N=100 N_b=6 L=10, at least 0.95"}


def test_a_fifth_of_their_sizes_has_the_same_depth_over_rank():
    for probe in CLAIM.probes:
        if "level" in probe.at:
            n, b, depth = (probe.at[key] for key in ("width", "rank", "depth"))
            assert depth / b + depth / n == pytest.approx(50 / 30 + 50 / 500)
