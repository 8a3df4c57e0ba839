import math

import mpmath
import pytest
import sympy as sp

from theory import claim
from theory.schema import TIERS, ClaimError
from theory.vanishing_variance.sec5_gamma_law import _upper, exact_tail, gamma_tail, shape

CLAIM = claim("vev.sec5.gamma")
NETWORK = {"widths": (10,) * 10, "slope": 1}


def test_degrees_of_freedom():
    """n = 3: k = 3/kappa; large n: k = n/(kappa - 1)."""
    assert shape((6,), 1, 3) == sp.Rational(3, 4)
    n = sp.Symbol("n", positive=True)
    assert sp.limit(shape((6,), 1, n) / n, n, sp.oo) == sp.Rational(1, 3)


def test_more_inputs_narrow_the_gamma_law_only():
    levels = [0.25, 1.5]
    gamma = [float(gamma_tail(**NETWORK, samples=5000, threshold=t)) for t in levels]
    exact = [exact_tail(**NETWORK, samples=5000, threshold=t) for t in levels]
    assert gamma[0] > 0.999999
    assert gamma[1] < 1e-6
    assert 0.1 < exact[1] < exact[0] < 0.7


def test_wide_networks_are_chi_square():
    assert exact_tail((4000,), 1, 3, 1.0) == pytest.approx(math.exp(-1), abs=1e-3)


def test_two_laws_on_a_probe_are_told_apart_by_its_margins():
    """The rule beside the probes, from the laws alone."""
    for probe in CLAIM.probes:
        if len(probe.laws) == 2:
            gamma, exact = (float(CLAIM.law(name)(**probe.at)) for name in probe.laws)
            distance = abs(gamma - exact) / max(gamma, exact)
            told = [t for t in TIERS if probe.margin.at(t) <= distance / 2]
            assert list(probe.tiers) == told, probe.name


def test_the_claim_evaluates():
    found = CLAIM.evaluate(**NETWORK, samples=64, threshold=0.25)
    assert 0.9 < found < 1


def test_the_series_meets_the_library():
    with mpmath.workdps(30):
        for k, t in (("0.3", "2"), ("0.0005", "7"), ("0.9", "1")):
            level = mpmath.mpf(k) * mpmath.mpf(t)
            library = mpmath.gammainc(mpmath.mpf(k), level, regularized=True)
            assert abs(_upper(mpmath.mpf(k), mpmath.mpf(t)) / library - 1) < 1e-25


def test_tiny_shapes():
    """Q(k, kt) = -k (ln(kt) + gamma_E) to leading order (vev.sec5.gamma_limit)."""
    k = mpmath.mpf("1e-200")
    assert mpmath.almosteq(_upper(k, 2) / k, -(mpmath.log(2 * k) + mpmath.euler))


def test_the_exact_law_is_of_linear_networks_and_says_so():
    with pytest.raises(ClaimError, match="slope"):
        CLAIM.evaluate("corrected", widths=(10,) * 20, slope=0, samples=50, threshold=1e-3)


def test_as_many_inputs_as_a_data_set_has():
    """Beyond thousands of inputs only the factor of the network is left: n no longer matters."""
    at = {"widths": (10,) * 5, "slope": 1, "threshold": 0.25}
    many, more = (CLAIM.evaluate("corrected", **at, samples=n) for n in (50_000, 10**6))
    assert many == pytest.approx(more, abs=1e-4)
