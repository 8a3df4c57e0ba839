import math

import mpmath
import numpy as np
import pytest

from theory.vanishing_nodes.tanh_layer import one_haar_layer
from theory.vanishing_nodes.tanh_orthogonal import layer_wise


def test_four_nodes_by_a_second_integral():
    # N = 4: (u_1, u_2) is uniform on the disc
    def mean(f):
        return mpmath.quad(
            lambda r, t: r * f(2 * r * mpmath.cos(t), 2 * r * mpmath.sin(t)), [0, 1], [0, math.pi]
        )

    def d(h):
        return 1 - mpmath.tanh(h) ** 2

    with mpmath.workdps(8):
        fourth, pair = mean(lambda a, b: d(a) ** 4), mean(lambda a, b: d(a) ** 2 * d(b) ** 2)
    assert one_haar_layer(4, 1) == pytest.approx(float(4 * fourth / (fourth + 3 * pair)), rel=1e-6)


def test_draws_of_the_sphere_agree():
    h = np.random.default_rng(1).standard_normal((200_000, 8))
    h *= math.sqrt(8) / np.linalg.norm(h, axis=1, keepdims=True)
    d = (1 - np.tanh(h) ** 2) ** 2
    found = 8 * (d**2).sum(1).mean() / (d.sum(1) ** 2).mean()
    assert one_haar_layer(8, 1) == pytest.approx(found, rel=5e-3)


def test_limit_is_the_first_spread():
    assert one_haar_layer(1024, 1) == pytest.approx(float(layer_wise(1, 1, 1)), rel=1e-4)
