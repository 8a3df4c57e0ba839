import pytest
import sympy as sp

from theory import ClaimError, claim
from theory.vanishing_nodes import layer_slopes, rec_haar_weights
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.layer_wise import annealed, listed


def test_equal_spreads_are_the_law_with_one_slope():
    for slope in (0, 1, sp.Rational(1, 3)):
        q = rec.spread(slope)
        assert annealed((5, 3, 4), (q, q)) == rec.annealed((5, 3, 4), slope)
        haar = rec_haar_weights.of_spreads((5, 3, 4), (q, q))
        assert haar == rec_haar_weights.annealed((5, 3, 4), slope)


def test_no_slope_in_the_last_layer_is_spread_one():
    assert annealed((6, 5, 4), (2, 1)) == rec.annealed((6, 5, 4), 0, "pre")


def test_order_matters_only_between_widths():
    assert annealed((4, 4, 4), (2, 1)) == annealed((4, 4, 4), (1, 2))
    assert annealed((4, 4, 3), (2, 1)) != annealed((4, 4, 3), (1, 2))
    ratios = {slopes: ratio for widths, slopes, ratio in listed() if widths == (2, 2, 3)}
    assert ratios[0, 1] != ratios[1, 0]


def test_first_order_is_one_plus_the_spreads():
    # Gaussian: N R = 1 + sum q_l; Haar: 1 + sum (q_l - 1)
    q = layer_slopes.spreads("tanh", 0, 1, 3)
    wide = (10**5,) * 4
    gaussian, haar = annealed(wide, q), rec_haar_weights.of_spreads(wide, q)
    assert float(10**5 * gaussian) == pytest.approx(float(1 + sum(q)), rel=1e-3)
    assert float(10**5 * haar) == pytest.approx(float(1 + sum(q) - 3), rel=1e-3)


@pytest.mark.parametrize("claim_id", ["vn.rec", "vn.rec.haar"])
def test_arguments(claim_id):
    at = {"widths": (4, 4, 4), "spreads": (1, 2)}
    assert 1 / 4 < claim(claim_id).evaluate("layer-wise", **at) < 1
    with pytest.raises(ClaimError, match=r"one spread for each layer.*spreads = \(2,\)"):
        claim(claim_id).evaluate("layer-wise", widths=(4, 4, 4), spreads=(2,))
    with pytest.raises(ClaimError, match=r"'spreads'.*\[1, inf\)"):  # Cauchy-Schwarz
        claim(claim_id).evaluate("layer-wise", widths=(4, 4), spreads=(0.9,))
