"""Enumeration by hand, and against a brute force that draws no distinction."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest

from theory.maths import enumeration as en

F = Fraction
LAWS = {"sign": en.SIGN, "three point": en.THREE_POINT, "gauss-like": en.GAUSS_LIKE}


@pytest.mark.parametrize(
    ("name", "variance", "kurtosis"),
    [("sign", 1, 1), ("three point", F(1, 2), 2), ("gauss-like", F(1, 3), 3)],
)
def test_moments_as_documented(name: str, variance: F, kurtosis: F) -> None:
    law = LAWS[name]
    assert sum(law.values()) == 1
    assert (en.moment(law, 1), en.moment(law, 2), en.kurtosis(law)) == (0, variance, kurtosis)


def test_iid_is_the_product() -> None:
    joint = en.iid(en.THREE_POINT, 2)
    assert len(joint) == 9
    assert sum(joint.values()) == 1
    assert joint[(F(1), F(0))] == F(1, 8)


def test_one_layer_by_hand() -> None:
    """y = w_1 x_1 + w_2 x_2 of signs: -2, 0, 2 with probabilities 1/4, 1/2, 1/4."""
    out = en.network(en.iid(en.SIGN, 2), (1,), en.SIGN, en.leaky(F(1)))
    assert out == {(F(-2),): F(1, 4), (F(0),): F(1, 2), (F(2),): F(1, 4)}
    assert (en.second_moment(out), en.unit_kurtosis(out)) == (2, 2)


@pytest.mark.parametrize("slope", [F(0), F(1, 2), F(-1)])
def test_two_layers_against_every_matrix(slope: F) -> None:
    """All 2^4 first and all 2^4 second weight matrices, all inputs, each run as written."""
    phi = en.leaky(slope)
    brute: dict[tuple[F, ...], F] = {}
    for x, p_x in en.iid(en.SIGN, 2).items():
        for first, p_1 in en.matrices(2, 2, en.SIGN):
            h = [phi(sum((w * v for w, v in zip(row, x, strict=True)), F(0))) for row in first]
            for second, p_2 in en.matrices(2, 2, en.SIGN):
                y = tuple(sum((w * v for w, v in zip(row, h, strict=True)), F(0)) for row in second)
                brute[y] = brute.get(y, F(0)) + p_x * p_1 * p_2
    # x enters linearly: the network applies phi to its input, undone here by |x| = 1 and slope -1
    linear = en.next_layer(en.iid(en.SIGN, 2), 2, en.SIGN, lambda v: v)
    assert en.next_layer(linear, 2, en.SIGN, phi) == brute


def test_matrices_are_all_of_them() -> None:
    found = dict(en.matrices(1, 2, en.SIGN))
    signs = (F(-1), F(1))
    assert found == {((a, b),): F(1, 4) for a, b in itertools.product(signs, signs)}


def test_expectations() -> None:
    joint = {(F(1), F(2)): F(1, 2), (F(3), F(0)): F(1, 2)}
    assert en.expect(joint, lambda y: y[0]) == 2
    assert en.second_moment(joint, 1) == 2
    assert en.pair_moment(joint) == F(2) / (5 * 2)  # E x^2 y^2 = 2


def test_leaky() -> None:
    assert [en.leaky(F(1, 4))(F(v)) for v in (-2, 0, 3)] == [F(-1, 2), 0, 3]
