import math

import pytest
import sympy as sp

from theory.vanishing_nodes.sec51_rank_one import correlation, log_scale, one_layer, over


def test_wide_relu_layer():
    limit = (1 + 1 / (math.pi - 1) ** 2) / 2
    assert limit == pytest.approx(0.609018, abs=1e-6)
    assert float(one_layer(10**4, 0)) == pytest.approx(limit, abs=2e-4)
    assert float(one_layer(2000, 0)) == pytest.approx(0.610, abs=1e-3)


def test_an_even_activation_makes_all_nodes_copies():
    assert correlation(-1) == 1
    assert one_layer(7, -1) == 1


def test_two_inputs_have_one_direction():
    assert over((-1, 1), (1, -1)) == 1
    assert over((-2, -1, 1, 2), (1, -1)) == sp.Rational(101, 121)


def test_scale_at_the_documents_size():
    found = float(log_scale(500, 50, 1))
    per_layer = -float(sp.EulerGamma + sp.log(2))
    assert per_layer == pytest.approx(-1.2704, abs=1e-4)
    assert found == pytest.approx(49 * per_layer - 51 / 500, abs=1e-3)
