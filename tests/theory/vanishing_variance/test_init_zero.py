"""ZerO: the matrices of both sides, literal outputs, values by hand."""

from fractions import Fraction

import numpy as np
import pytest

from simulate import laws
from theory import claim
from theory.vanishing_variance import init_zero

ZERO = claim("vev.init.zero")


def test_values() -> None:
    assert ZERO.evaluate("variance", depth=2) == pytest.approx(0.340845, abs=1e-6)
    assert ZERO.exact("variance", depth=1) == 1
    assert ZERO.exact("column norm", n_in=2, n_out=3) == Fraction(3, 4)


@pytest.mark.parametrize(("rows", "columns"), [(2, 5), (4, 4), (4, 3), (5, 3), (7, 1), (1, 1)])
def test_both_sides_build_one_matrix(rows: int, columns: int) -> None:
    scale = 2 ** (init_zero.order(rows) / 2) if rows > columns else 1
    ours = np.array(init_zero.zero_matrix(rows, columns).tolist(), dtype=float) / scale
    assert np.allclose(ours, laws.zero(rows, columns).numpy())


def test_a_literal_network() -> None:
    x = [Fraction(-2), Fraction(3), Fraction(5)]
    assert init_zero.output(x, (2,)) == [-2, 3]
    assert init_zero.output(x, (2, 2, 1)) == [0]


def test_nothing_changes_after_the_first_layer() -> None:
    assert ZERO.exact(depth=2) == 1
    outs = [[init_zero.output(x, (3,) * k)[0] for x in init_zero.DATA] for k in (1, 2, 5)]
    first, second, fifth = (init_zero.sample_variance(values) for values in outs)
    assert first > second == fifth > 0
