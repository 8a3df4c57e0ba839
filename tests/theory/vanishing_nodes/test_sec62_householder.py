import math

import pytest
import sympy as sp

from theory import ClaimError, claim
from theory.vanishing_nodes.sec62_householder import (
    cube_products,
    gram_entry,
    mean_diagonal,
    mean_square,
    of_length,
    rational_product,
    reflection,
    roots,
)


def test_small_sizes_by_hand():
    assert mean_diagonal(1) == -1  # W = -1
    assert mean_diagonal(2) == 0  # a uniform rotation
    assert mean_diagonal(3) == sp.Rational(1, 27)
    assert mean_square(2) == sp.Rational(1, 2)


def test_large_sizes():
    assert float(mean_diagonal(20)) == pytest.approx(0.12158, abs=5e-6)
    assert float(mean_diagonal(1000)) == pytest.approx(math.exp(-2), rel=5e-3)
    assert 1000 * float(mean_square(1000)) > 15  # e^-4 of an entry of mean square 1


def test_mirrors_of_a_cube():
    assert len(roots(3)) == 9
    assert len(cube_products(3)) == 729
    assert len(set(cube_products(3))) == 24


def test_a_product_is_orthogonal():
    w = rational_product(4)
    assert w.T * w == sp.eye(4)
    assert w.det() == 1
    assert gram_entry(4, 2, 2) == 1
    assert gram_entry(4, 2, 3) == 0


def test_a_reflection_turns_its_own_vector_round():
    column = sp.Matrix([3, 4])
    assert reflection([6, 8]) * column == -column
    assert of_length(10) == 1


def test_an_entry_outside_the_matrix_is_refused():
    with pytest.raises(ClaimError, match="at most its size"):
        claim("vn.householder").evaluate(size=2, row=9, column=9)
    assert claim("vn.householder").evaluate(size=2, row=2, column=2) == 1
