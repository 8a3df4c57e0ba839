"""The two matrices that Appendix D's quotation does not survive, and one that it does."""

import pytest
import sympy as sp

from theory import ClaimError, claim
from theory.vanishing_variance.appD_perron import (
    EQUAL,
    PERIODIC,
    dominance,
    matrix,
    printed_limit,
    roots,
    true_limit,
    vectors,
)

HALF = sp.Rational(1, 2)


def test_equal_rows_and_columns_by_hand():
    assert roots(matrix(**EQUAL)) == (3, 1)
    assert [list(v) for v in vectors(matrix(**EQUAL))] == [[HALF, HALF]] * 2
    assert printed_limit(row=1, column=1, **EQUAL) == HALF / 2
    assert true_limit(row=1, column=1, **EQUAL) == HALF
    assert (matrix(**EQUAL) ** 20 / 3**20)[0, 0] == pytest.approx(0.5, rel=1e-9)


def test_the_exchange_matrix():
    assert roots(matrix(**PERIODIC)) == (1, -1)
    assert dominance(**PERIODIC) == 0
    assert matrix(**PERIODIC) ** 2 == sp.eye(2)


def test_one_positive_entry_of_the_diagonal_is_enough():
    at = {"a11": 0, "a12": 2, "a21": 1, "a22": 1}
    assert dominance(**at) == 1
    limit = [true_limit(row=i, column=j, **at) for i in (1, 2) for j in (1, 2)]
    power = matrix(**at) ** 60 / 2**60
    assert [float(e) for e in power] == pytest.approx([float(e) for e in limit])


def test_a_reducible_matrix_is_refused():
    with pytest.raises(ClaimError, match="irreducible"):
        claim("vev.appD").evaluate("item 5, corrected", a11=1, a12=0, a21=1, a22=1)


def test_tiny_and_huge_entries_are_not_rounded():
    at = {"a11": 1e25, "a12": 1e-25, "a21": 1e-25, "a22": 0.0}
    value = claim("vev.appD").evaluate("item 6, corrected", row=2, column=1, digits=20, **at)
    assert float(value) == pytest.approx(1e-50)
