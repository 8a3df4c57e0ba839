from fractions import Fraction

import pytest

from theory.vanishing_nodes.masks import (
    INPUT,
    STATISTICS,
    W_1,
    W_2,
    literal,
    mask_model,
    over_signs,
    signs,
    statistic_of,
)

FIRST, SECOND = (tuple(v for row in w for v in row) for w in (W_1, W_2))


def test_every_sign_vector_once():
    assert sorted(signs(2)) == [(-1, -1), (-1, 1), (1, -1), (1, 1)]


def test_literal_network_by_hand():
    # h_1 = (3*2 - 5*9, 7*2 + 2*9) = (-39, 32): row 2 of W_1 survives; h_2 = (128, 352)
    assert literal((W_1, W_2), ((0, 0), (0, 0)), INPUT, Fraction(0)) == ((28, 8), (77, 22))
    with pytest.raises(ValueError, match="tie"):
        literal((((1, -1),),), ((0,),), (1, 1), Fraction(0))


def test_statistics_of_a_rank_one_matrix():
    assert [statistic_of(((3, 0), (4, 0)), name) for name in STATISTICS] == [25, 625, 1]
    assert statistic_of(((0, 0), (0, 0)), "vni") == 0


@pytest.mark.parametrize("slope", [Fraction(0), Fraction(1, 3), Fraction(-1)])
def test_signs_act_as_independent_masks(slope):
    for statistic in STATISTICS:
        masks = mask_model(FIRST, SECOND, slope, statistic)
        assert sum(masks.values()) == 1
        assert over_signs(slope, "none", statistic, "integers") == masks
        assert over_signs(slope, "flipped", statistic, "integers") == masks


def test_negative_controls_differ():
    masks = mask_model(FIRST, SECOND, Fraction(0), "trace")
    assert over_signs(Fraction(0), "fixed", "trace", "integers") != masks
    assert mask_model(FIRST, SECOND, Fraction(0), "trace", shared=True) != masks
    assert mask_model(FIRST, SECOND, Fraction(0), "trace", active=Fraction(1, 3)) != masks


def test_ties_matter_only_at_rows_that_are_not_zero():
    ones = mask_model((1,) * 4, (1,) * 4, Fraction(0), "trace")
    assert over_signs(Fraction(0), "none", "trace", "+-1 weights") == ones
    assert over_signs(Fraction(0), "none", "trace", "+-1 weights, +-1 input") != ones
