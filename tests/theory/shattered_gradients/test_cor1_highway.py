import pytest
import sympy as sp

from theory import claim
from theory.shattered_gradients.cor1_highway import mask_correlation, real_correlation


def test_mask_model_by_hand():
    assert mask_correlation(2, sp.Rational(1, 2)) == sp.Rational(9, 16)
    assert float(mask_correlation(10, sp.Rational(1, 10))) == pytest.approx(0.598736939, abs=1e-9)


def test_real_networks_start_at_the_same_point():
    assert float(real_correlation(1, sp.Rational(1, 2))) == pytest.approx(0.75)
    assert float(real_correlation(5, sp.Rational(1, 2))) == pytest.approx(0.309471, abs=1e-6)


def test_highway_claim_is_here():
    assert claim("sg.cor1").source.document.prefix == "sg"
