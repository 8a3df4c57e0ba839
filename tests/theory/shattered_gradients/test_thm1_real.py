import pytest

from theory.shattered_gradients.thm1_real import pair_correlation


@pytest.mark.parametrize(
    ("depth", "expected"), [(1, 0.5), (2, 0.3015576), (10, 0.0336522), (50, 9.12024e-4)]
)
def test_table_of_orthogonal_inputs(depth, expected):
    assert float(pair_correlation(depth, 0)) == pytest.approx(expected, rel=2e-6)


def test_decay_is_a_power_law_with_exponent_three():
    near, far = (float(pair_correlation(n, 0)) for n in (2000, 4000))
    assert near / far == pytest.approx(8, rel=0.02)


def test_equal_inputs_stay_equal():
    assert float(pair_correlation(7, 1)) == pytest.approx(1)
