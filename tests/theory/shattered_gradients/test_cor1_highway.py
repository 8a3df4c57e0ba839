import math

import pytest
import sympy as sp

from theory import claim
from theory.shattered_gradients.cor1_highway import mask_correlation, real_correlation, real_limit


def test_mask_model_and_its_limit():
    assert float(mask_correlation(10, sp.Rational(1, 10))) == pytest.approx(0.598736939, abs=1e-9)
    assert float(mask_correlation(1000, sp.Rational(1, 1000))) == pytest.approx(
        math.exp(-0.5), rel=2e-4
    )


def test_real_networks_start_at_the_same_point_and_end_elsewhere():
    assert float(real_correlation(1, sp.Rational(1, 2))) == pytest.approx(0.75)
    assert float(real_limit(0)) == pytest.approx(0.633638, abs=1e-6)


def test_highway_claim_is_here():
    assert claim("sg.cor1.lim").source.document.prefix == "sg"
