"""Exact particle runs: resampling keeps expectations, and the estimate has no bias."""

from __future__ import annotations

from fractions import Fraction

import pytest

from theory.maths import enumeration as en
from theory.maths.particle_runs import particle_mean, resampled


@pytest.mark.parametrize("potentials", [(1, 3), (0, 2, 5), (1, 1, 1), (7, 0, 0, 2)])
def test_expected_copies_are_proportional(potentials: tuple[int, ...]) -> None:
    weights = tuple(map(Fraction, potentials))
    outcomes = resampled(weights)
    assert sum(p for p, _ in outcomes) == 1
    n, total = len(weights), sum(weights)
    for i, weight in enumerate(weights):
        counts = {parents.count(i) for _, parents in outcomes}
        assert sum(p * parents.count(i) for p, parents in outcomes) == n * weight / total
        assert max(counts) - min(counts) <= 1  # floor or ceil: that is what systematic means


def test_one_layer_by_hand() -> None:
    # y = W . phi(x), x and W fair signs, variance 1: E y^4 = P(1 active) + 8 P(2 active)
    assert particle_mean((2,), 1) == Fraction(1, 2) + 8 * Fraction(1, 4)


@pytest.mark.parametrize("particles", [1, 2, 3])
def test_mean_is_the_fourth_moment_of_the_network(particles: int) -> None:
    joint = en.network(en.iid(en.SIGN, 2), (2, 1), en.SIGN, en.leaky(Fraction(0)))
    # raw +-1 weights have the He variance 2/2 at width 2
    assert particle_mean((2, 2), particles) == en.expect(joint, lambda y: y[0] ** 4)
