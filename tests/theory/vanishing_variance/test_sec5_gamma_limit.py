import mpmath
import sympy as sp

from theory import claim
from theory.vanishing_variance.sec5_gamma_limit import tail_leading

CLAIM = claim("vev.sec5.gamma_limit")


def test_density_over_k_at_small_k():
    k, x = mpmath.mpf("1e-9"), mpmath.mpf(2)
    density = x ** (k - 1) * mpmath.exp(-k * x) * k**k / mpmath.gamma(k)
    assert abs(density / k - CLAIM.evaluate("rate", point=2)) < 1e-7


def test_tail_at_small_k():
    k = mpmath.mpf("1e-6")
    exact = mpmath.gammainc(k, 3 * k, regularized=True)
    assert abs(exact - float(tail_leading(3, sp.Rational(1, 10**6)))) < 1e-9


def test_the_limit_is_zero():
    assert CLAIM.evaluate(point=0.3) == 0
