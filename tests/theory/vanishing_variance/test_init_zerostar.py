"""ZerO*: values by hand."""

from theory import claim

STAR = claim("vev.init.zerostar")


def test_one_coordinate() -> None:
    # w_0 = 1: y = g g', E y^4 = 9; relu of it: (9/2)/(1/4)
    assert STAR.exact("kurtosis", first_width=1, depth=1) == 9
    assert STAR.exact("kurtosis", first_width=1, depth=5) == 18
    assert [STAR.evaluate("mean square", depth=depth) for depth in (1, 2, 9)] == [1, 0.5, 0.5]
