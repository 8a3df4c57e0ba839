import math
from fractions import Fraction

import numpy as np
import pytest

from theory.schema import as_float
from theory.vanishing_nodes.fig9_histogram import (
    GROUPS,
    MOST_OF_FAILED,
    box_values,
    number,
    possible,
    square_bound,
    two_values,
)


def test_bound_without_rounding():
    # (1 - 0.9949)(0.9949 - 0.9029)
    assert square_bound("failed", slack=Fraction(0)) == Fraction(51, 10**4) * Fraction(920, 10**4)
    assert math.sqrt(square_bound("failed", slack=Fraction(0))) == pytest.approx(0.02166, abs=1e-5)


def test_failed_runs_cannot_have_it_and_successful_ones_can():
    for group, fits in (("failed", False), ("successful", True)):
        most = as_float(possible(group))[1]
        assert (float(number(GROUPS[group].deviation)) <= most) is fits


def test_a_two_valued_sample_reaches_the_bound():
    low, high, share = 0.9029, 1.0, 0.0525
    values = np.array([low] * 525 + [high] * 9475)
    assert np.mean(values) == pytest.approx(high - share * (high - low))
    most = math.sqrt((high - values.mean()) * (values.mean() - low))
    assert values.std() == pytest.approx(most)
    assert values.std() <= float(MOST_OF_FAILED)


def test_no_point_of_the_rounding_intervals_has_more():
    rng = np.random.default_rng(3)
    for group, s in GROUPS.items():
        most = float(max(box_values(group).values()))
        assert most == pytest.approx(float(square_bound(group)), abs=1e-15)
        for _ in range(200):
            low, high, mu = (float(x) + rng.uniform(-5e-5, 5e-5) for x in (s.low, s.high, s.mean))
            assert (min(high, 1.0) - mu) * (mu - low) <= most


def test_the_bound_is_rounded_up_to_four_digits():
    assert MOST_OF_FAILED == "0.0218"


def test_two_values_by_hand():
    assert two_values(0, 1, Fraction(1, 2)) == Fraction(1, 4)
