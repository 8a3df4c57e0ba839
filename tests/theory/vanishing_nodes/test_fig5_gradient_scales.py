import math

import pytest

from theory import claim
from theory.vanishing_nodes.fig5_gradient_scales import spread, turns, typical, vector_moments


def test_the_documents_sizes():
    assert float(typical(30, 50)) == pytest.approx(-1.685, abs=1e-3)
    assert math.exp(-float(typical(30, 50))) == pytest.approx(5.4, abs=0.05)
    assert math.sqrt(float(spread(500, 30, 50))) == pytest.approx(1.96, abs=0.01)


def test_rank_one_loses_gamma_plus_log_two():
    assert float(typical(1, 50)) == pytest.approx(-63.5, abs=0.05)


def test_which_factor_is_similar():
    assert float(turns(30, 50)) == pytest.approx(math.sqrt(5.39), abs=0.01)
    at = {"rank": 30, "depth": 50}
    found = [claim("vn.fig5").admits({**at, "factor": f}) for f in (2, 2.3, 2.4, 10)]
    assert found == ["stated", "stated", "needed", "needed"]
    assert claim("vn.fig5").admits({"rank": 6, "depth": 50, "factor": 10}) == "stated"


def test_moments_of_two_units():
    assert vector_moments(1) == (1, 6)
