from fractions import Fraction

import mpmath
import pytest
import sympy as sp

from theory.maths import power_sums
from theory.maths.power_sums import (
    P,
    borel,
    cycle_lengths,
    differentiated,
    mean_ratio,
    mean_square,
    pairings,
    product,
    q,
    wick_series,
)


def test_series_of_the_quenched_mean():
    assert mean_ratio(4) == (0, 1, Fraction(1, 2), Fraction(-11, 6), Fraction(-71, 24))


def test_three_roads_to_the_series():
    assert tuple(power_sums.differentiated()) == mean_ratio(5)
    by_wick = [sp.expand(c - q**k * f) for k, (c, f) in enumerate(
        zip(power_sums.wick_series(), mean_ratio(3), strict=True)
    )]  # fmt: skip
    assert by_wick == [0, 0, 0, 0]


def test_pairings_derive_the_generator():
    drift, covariance = power_sums.from_wick()
    at_one = [sp.expand(d.subs(q, 1)) for d in drift]
    assert at_one == [0, P[0] ** 2 + P[1], 3 * P[0] * P[1] + 3 * P[2],
                      4 * P[0] * P[2] + 2 * P[1] ** 2 + 6 * P[3]]  # fmt: skip
    assert covariance[1, 1].subs(q, 1) == 2 * P[1]
    assert covariance[2, 2].subs(q, 1) == 8 * P[3]


def test_pairings_are_counted_by_double_factorials():
    assert [len(list(pairings(n))) for n in (2, 4, 6, 8)] == [1, 3, 15, 105]


def test_components_of_a_graph():
    assert cycle_lengths([(0, 1)]) == (1,)
    assert cycle_lengths([(0, 1), (1, 2), (3, 3)]) == (1, 2)


def test_borel_sums_a_known_divergent_series():
    # sum (-1)^k k! x^k = int e^-t/(1 + x t) dt, at x = 1: e E_1(1)
    factorials = tuple(Fraction((-1) ** k * int(mpmath.factorial(k))) for k in range(9))
    assert float(borel(factorials[:3], 1)) == pytest.approx(float(mpmath.e * mpmath.e1(1)))


@pytest.mark.parametrize(("time", "spread"), [(0.25, 3e-5), (0.5, 1e-3), (1.0, 1e-2)])
def test_neighbouring_sums_agree_as_stated(time, spread):
    one, two = (float(borel(mean_ratio(order), time)) for order in (12, 13))
    assert one == pytest.approx(two, rel=spread)


def test_series_of_the_quenched_square_by_three_roads():
    found = mean_square(5)
    assert found == tuple(map(Fraction, ("0", "0", "1", "1", "-25/12", "-193/60")))
    assert list(differentiated(2)) == [sp.Rational(c.numerator, c.denominator) for c in found]
    assert [c.subs(q, 1) for c in wick_series(2)] == [0, 0, 1, 1]


def test_product_of_series():
    one, half = Fraction(1), Fraction(1, 2)
    assert product((one, half, one), (one, one, one)) == (1, Fraction(3, 2), Fraction(5, 2))
