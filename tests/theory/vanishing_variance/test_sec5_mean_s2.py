import mpmath
import sympy as sp

from theory import claim
from theory.maths import gaussian
from theory.schema import as_mpf
from theory.vanishing_variance.sec5_mean_s2 import alignment, first_layer, kernel, wide_limit


def test_ends():
    assert (first_layer(1), first_layer(0)) == (1, 1 - 1 / sp.pi)
    assert first_layer(-1) == 1 - 2 / sp.pi  # Var |g|
    assert kernel(sp.Rational(1, 3), 1) == 1
    assert kernel(0, -1) == 0
    assert alignment(1) == 0


def test_the_kernel_is_the_arc_cosine_kernel():
    for c in (sp.Rational(1, 5), -sp.Rational(2, 3)):
        assert abs(sp.N(kernel(0, c) - gaussian.kappa1(c), 20)) < 1e-18


def test_the_angle_recursion_has_the_limit():
    """l^2 (1 - cos theta_l) at infinite width, l = 2000, approaches 9 pi^2/2."""
    theta, values = mpmath.mpf(1), []
    for layer in range(1, 2001):
        theta = gaussian.next_angle(theta)
        if layer in (500, 2000):
            values.append(float(layer**2 * (1 - mpmath.cos(theta)) / as_mpf(wide_limit(0))))
    assert values[0] < values[1] < 1
    assert values[1] > 0.97


def test_the_claim_evaluates():
    assert claim("vev.sec5.mean_s2").evaluate("second layer", slope=0, cosine=1) == 0
