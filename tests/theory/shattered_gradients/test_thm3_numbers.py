import pytest
import sympy as sp

from theory.shattered_gradients.thm3_numbers import exact_value, printed_formula


def test_the_printed_formula_gives_one_where_the_text_says_0_7():
    assert printed_formula(100, sp.Rational(1, 10)) == 1


def test_the_exact_values_round_to_the_printed_numbers():
    assert float(exact_value(100, sp.Rational(1, 10))) == pytest.approx(0.709322, abs=1e-6)
    assert float(exact_value(100, 1)) == pytest.approx(0.112697, abs=1e-6)
