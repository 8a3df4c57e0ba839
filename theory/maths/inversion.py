"""From a transform to a distribution function: Gil-Pelaez inversion, tabulated once."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from typing import Any


class Distribution:
    """Distribution function of a real X from z -> E e^{zX}; callable on numpy arrays.

    F(x) = 1/2 - (1/pi) int_0^inf Im(e^{-isx} E e^{isX}) ds/s by the midpoint rule, whose period
    covers all but 1e-8 of the mass (Chernoff bounds), until |E e^{isX}| < 1e-9; tabulated with the
    density, cubic Hermite between, increasing. Absolute error below 1e-6 for the laws used here:
    tested against known functions and 20-digit inversion. X must have a density and tails that fall
    exponentially.
    strip: the transform is finite for -strip/4 <= Re z <= 3 strip/4.

    >>> import mpmath
    >>> exponential = Distribution(lambda z: complex(mpmath.gamma(1 + z)))  # X = log of Exp(1)
    >>> bool(abs(exponential(0.0) - (1 - mpmath.exp(-1))) < 1e-6)
    True
    """

    def __init__(self, transform: Callable[[complex], complex], strip: float = 1.0) -> None:
        rest = 8 * math.log(10)
        low, high = -strip / 4, strip * 3 / 4
        left = -(rest + math.log(transform(low).real)) / -low
        right = (rest + math.log(transform(high).real)) / high
        step = 2 * math.pi / (1.02 * (right - left))
        nodes: list[tuple[float, complex]] = []
        while not nodes or abs(nodes[-1][1]) > 1e-9 or nodes[-1][0] < 3 * step:
            s = (len(nodes) + 0.5) * step
            nodes.append((s, transform(complex(0, s))))
        tiny = cmath.log(transform(complex(0, 1e-3)))
        mean, deviation = tiny.imag / 1e-3, math.sqrt(max(0.0, -2 * tiny.real)) / 1e-3
        fine = [mean + deviation * i / 16 for i in range(-160, 161)]
        self.mean, self.deviation = mean, deviation
        self._x = [
            *(left + (fine[0] - left) * i / 80 for i in range(80) if left < fine[0]),
            *(x for x in fine if left <= x <= right),
            *(right - (right - fine[-1]) * i / 20 for i in range(19, -1, -1) if fine[-1] < right),
        ]
        self._f: list[float] = []
        self._density: list[float] = []
        for x in self._x:
            terms = [(s, value * cmath.exp(complex(0, -s * x))) for s, value in nodes]
            mass = math.fsum(term.imag / s for s, term in terms) * step / math.pi
            below = self._f[-1] if self._f else 0.0
            self._f.append(min(1.0, max(below, 0.5 - mass)))
            density = math.fsum(term.real for _, term in terms) * step / math.pi
            self._density.append(max(0.0, density))
        for i in range(len(self._x) - 1):  # slopes up to three secants keep a cubic increasing
            most = 3 * (self._f[i + 1] - self._f[i]) / (self._x[i + 1] - self._x[i])
            self._density[i] = min(self._density[i], most)
            self._density[i + 1] = min(self._density[i + 1], most)

    def __call__(self, x: Any) -> Any:
        """P(X <= x), elementwise."""
        import numpy as np

        knots, f, slope = np.array(self._x), np.array(self._f), np.array(self._density)
        at = np.clip(np.asarray(x, dtype=float), knots[0], knots[-1])
        i = np.clip(np.searchsorted(knots, at, side="right") - 1, 0, len(knots) - 2)
        gap = knots[i + 1] - knots[i]
        t = (at - knots[i]) / gap
        value = (
            f[i] * (1 + 2 * t) * (1 - t) ** 2
            + f[i + 1] * t * t * (3 - 2 * t)
            + gap * (slope[i] * t * (1 - t) ** 2 - slope[i + 1] * t * t * (1 - t))
        )
        return np.where(x < knots[0], 0.0, np.where(x > knots[-1], 1.0, np.clip(value, 0.0, 1.0)))
