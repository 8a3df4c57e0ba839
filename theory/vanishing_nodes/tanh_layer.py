"""One tanh layer with Haar weights at one input, at every width: no Claim in here.

J = D O, so C = J J^T = D^2, D = 1 - tanh(h)^2, and h = O x is uniform on the sphere of radius
sqrt(v N). No independence of slopes and weights is assumed, and no factor of vn.rec.haar is used.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import sympy as sp

from theory.maths import prove
from theory.schema import Evaluate, Finding

NODES, WEIGHTS = np.polynomial.legendre.leggauss(200)
ANGLES = np.arange(96) * (2 * math.pi / 96)


def one_haar_layer(width: int, variance: float) -> float:
    """N E tr C^2/E (tr C)^2, width N >= 4: two coordinates u of the sphere have |u|^2 = s,
    density (N/2 - 1)(1 - s)^(N/2 - 2), at a uniform angle. Error below 1e-11 for v <= 1, N <= 1024.

    >>> round(one_haar_layer(16, 1e-9), 9)
    1.0
    """
    # s = 1 - e^(-t/(N/2 - 1)): t is exponential
    reach = 60.0
    t = reach * (NODES + 1) / 2
    weight = WEIGHTS * reach / 2 * np.exp(-t) / len(ANGLES)
    radius = np.sqrt(variance * width * -np.expm1(-t / (width / 2 - 1)))
    first = 1 - np.tanh(radius[:, None] * np.cos(ANGLES)) ** 2
    second = 1 - np.tanh(radius[:, None] * np.sin(ANGLES)) ** 2
    fourth = float(weight @ (first**4).sum(1))
    pair = float(weight @ (first**2 * second**2).sum(1))
    return width * fourth / (fourth + (width - 1) * pair)


def first_layer(law: Evaluate) -> Finding:
    """N R - law is of order 1/N at one layer, two variances."""

    def facts() -> Iterator[tuple[str, bool]]:
        for variance in (sp.Integer(1), sp.Rational(3, 10)):
            value = float(law(width=1, depth=1, variance=variance))
            rest = [(n, one_haar_layer(n, float(variance)) - value) for n in (64, 128, 256, 512)]
            order = prove.slope(rest)
            yield (
                f"v = {variance}, {rest[-1][1]:.2g} at N = 512: N^{order:.2f}",
                -1.1 < order < -0.9,
            )

    return prove.truth(
        facts(),
        predicted="N R = 1 + (q_1 - 1) + O(1/N)",
        found="integrals over the sphere, N = 64 to 512",
    )
