import sympy as sp

from theory.shattered_gradients.sec33_rescaling import block_factors


def test_one_block_by_hand():
    assert block_factors(1, 1) == (2, sp.Rational(3, 2))
    assert block_factors(sp.Rational(1, 2), 1) == (1, sp.Rational(3, 4))


def test_correlation_does_not_depend_on_alpha():
    alpha, beta = sp.symbols("alpha beta", positive=True)
    variance, covariance = block_factors(alpha, beta)
    assert sp.simplify(sp.diff(covariance / variance, alpha)) == 0
