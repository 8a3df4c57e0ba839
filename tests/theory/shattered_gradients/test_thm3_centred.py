import pytest

from theory.shattered_gradients.thm3_centred import correlation, shares, variance


def test_centred_batch_norm_at_a_known_point():
    assert float(variance(24, 1, 48)) == pytest.approx(62.862, abs=1e-3)
    assert float(correlation(24, 1, 48)) == pytest.approx(0.14425, abs=1e-5)


def test_share_of_the_first_block_by_hand():
    """h = 4 at M = 4: the branch is 4 parts of 5."""
    assert shares(1, 1.0, 4) == [pytest.approx(0.8)]
