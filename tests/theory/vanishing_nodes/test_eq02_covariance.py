import mpmath
import pytest
import sympy as sp

from theory import claim
from theory.maths import gaussian
from theory.vanishing_nodes.eq02_covariance import first_overlap, kept, overlap


def test_one_layer_is_exact():
    assert kept(0, 1) == 1 - 1 / sp.pi
    assert first_overlap(-1) == 2 / sp.pi  # |z|: mean sqrt(2/pi)


def test_relu_is_the_arc_cosine_kernel():
    c = sp.Integer(0)
    for depth in range(1, 5):
        c = gaussian.kappa1(c)
        assert float(overlap(0, depth)) == pytest.approx(float(c.evalf(20)), rel=1e-14)


def test_values_at_depth():
    known = {3: 0.3952, 10: 0.1285, 20: 0.0516, 40: 0.0176}
    for depth, value in known.items():
        assert float(kept(0, depth)) == pytest.approx(value, abs=5e-5)


def test_large_depth():
    # 1 - c falls like 9 pi^2/(2 L^2)
    assert float(kept(0, 4000)) * 4000**2 == pytest.approx(9 * mpmath.pi**2 / 2, rel=0.02)


def test_linear_networks_lose_nothing():
    assert kept(1, 7) == 1
    assert claim("vn.eq2").admits({"slope": 0}) == "stated"
