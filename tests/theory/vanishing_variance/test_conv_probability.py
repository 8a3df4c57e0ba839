import pytest

from theory import ClaimError, claim


def test_width_one_is_refused():
    with pytest.raises(ClaimError, match="width"):
        claim("vev.conv_prob").evaluate(width=1, slope=0, threshold=1)
