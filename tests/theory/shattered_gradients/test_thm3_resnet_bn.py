import pytest

from theory.shattered_gradients.thm3_resnet_bn import correlation, printed, variance


def test_centred_batch_norm_at_a_known_point():
    assert float(variance(24, 1, 48)) == pytest.approx(62.862, abs=1e-3)
    assert float(correlation(24, 1, 48)) == pytest.approx(0.14425, abs=1e-5)


def test_what_the_document_prints():
    assert printed(24, 1, 48) == 24
    assert printed(1, 1, 48) == 1
