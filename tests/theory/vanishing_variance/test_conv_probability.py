import pytest

from theory import ClaimError, claim


def test_width_one_is_refused():
    with pytest.raises(ClaimError, match="width"):
        claim("vev.conv_prob").evaluate(width=1, slope=0, threshold=1)


def test_a_last_layer_of_one_unit_is_allowed():
    """|y| = N^{1/2} there; x and -x: S = sqrt(2)|y| <= 2|y|."""
    assert claim("vev.conv_prob").exact("from roots to S", samples=2, units=1).high == 2
