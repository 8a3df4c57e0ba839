from fractions import Fraction

import pytest

from theory import claim
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes import spiked_weights as spiked
from theory.vanishing_nodes.probes import MOST_LOG_VARIANCE


def test_two_layers_by_hand():
    # t: N -> N + s^2 -> N + s^2 + s^2 (1 + s^2), p: 1 -> 1 + s^2
    assert spiked.trace(4, 2, 2) == 4 + 4 + 4 * 5
    assert spiked.squares(4, 2) == spiked.trace(4, 1, 2) == 8


def test_square_of_one_trace_is_a_noncentral_chi_square():
    # |W|_F^2 N ~ chi^2 of N^2 degrees with noncentrality N s^2: variance 2 N^2 + 4 N s^2
    n, s = 7, 3
    _, found = spiked.second_moments(n, 1, s)
    assert found == (n + s**2) ** 2 + Fraction(2 * n**2 + 4 * n * s**2, n**2)


def test_no_spike_is_a_gaussian_network():
    assert spiked.annealed(9, 6, 0) == rec.annealed((9,) * 7, 1)
    assert spiked.log_variance(5, 0, 3) == 0


def test_from_s_1_on_the_spike_rules():
    at_two, at_half = (spiked.annealed(10**4, 12, s) for s in (2, Fraction(1, 2)))
    assert at_two > 0.99
    assert float(at_half) < 10 / 10**4 * 12


def test_every_network_of_two_signs():
    # G = +-1/sqrt 2 entries, s = 2: E tr W W^T = 2 + 4
    first, *_ = spiked.counted(2, 1, "SIGN", Fraction(2))
    assert first == 6
    entries, chance = spiked.matrices(2, "GAUSS_LIKE")
    assert (len(entries), chance.sum()) == (81, 6**4)


@pytest.mark.parametrize("probe", claim("vn.fig7").probes, ids=lambda p: p.name)
def test_probes_of_the_trace_keep_the_size_rule(probe):
    width, depth, spike = (
        probe.setup["widths"][0],
        len(probe.setup["widths"]) - 1,
        probe.setup["spike"],
    )
    assert spiked.log_variance(width, depth, spike) <= MOST_LOG_VARIANCE
