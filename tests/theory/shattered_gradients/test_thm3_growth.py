import math

import pytest
import sympy as sp

from theory import claim
from theory.shattered_gradients.thm3_growth import constant


def test_constant_of_the_growth():
    assert constant(1) == 2 / sp.sqrt(sp.pi)
    assert float(constant(sp.Rational(1, 10))) == pytest.approx(0.100125, abs=1e-6)


def test_printed_and_corrected_covariance_at_beta_one():
    found = claim("sg.thm3b")
    stated, corrected = (float(found.law(n)(depth=10**4, beta=1)) for n in ("stated", "corrected"))
    assert stated == pytest.approx(100)
    assert corrected / stated == pytest.approx(2 / math.sqrt(math.pi))
