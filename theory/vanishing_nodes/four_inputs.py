"""N R of definition (3) to leading order from the Gram matrix of four inputs: no Claim in here.

The second road of vn.eq3.law. Layer by layer the matrix G of inner products of four inputs, over N,
is a mean over N units: its ten entries fluctuate like N^(-1/2) about q on the diagonal and b off
it. One layer maps their covariance S (times N) to

    J S J^T + Cov(f)                          iid weights, f = phi_i phi_j of one unit
    J S J^T + Cov(f) - J Cov(hh) J^T          orthogonal weights, which hand G on without noise

with J = Cov(f, hh) Cov(hh)^{-1} the derivative of E f in the entries of G (the score of a normal
law is linear in h h^T). Then tr C^2 is g_12^2 - 2 g_12 g_13 + g_12 g_34 on average, so

    N R = (S_12,12 - 2 S_12,13 + S_12,34)/(q - b)^2.

Nothing is assumed of Hermite modes; all moments of one unit are sums over a grid.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections import Counter
from typing import Any

import mpmath
import numpy as np
import sympy as sp

from theory.maths import prove
from theory.schema import Finding

PAIRS = tuple(itertools.combinations_with_replacement(range(4), 2))
GRID = np.arange(-72, 73) / 8  # of a normal variable; smooth integrands: error below 1e-14
WEIGHT = np.exp(-(GRID**2) / 2) / math.sqrt(2 * math.pi) / 8
Moments = dict[tuple[int, int], Any]


def _given(activation: str, diagonal: float, off: float) -> Moments:
    """E[phi(h)^p h^r | u] on the grid, h = sqrt(b) u + sqrt(q - b) e: p <= 4, r <= 4 - p."""
    mean, dev = math.sqrt(off) * GRID, math.sqrt(diagonal - off)
    powers = [(p, r) for p in range(5) for r in range(5 - p)]
    if activation == "tanh":
        h = mean[:, None] + dev * GRID[None, :]
        phi = np.tanh(h)
        return {(p, r): (phi**p * h**r) @ WEIGHT for p, r in powers}
    t = mean / dev
    above = np.array([math.erfc(-x / math.sqrt(2)) / 2 for x in t])
    density = np.exp(-(t**2) / 2) / math.sqrt(2 * math.pi)
    # m_k = E h^k over h > 0, and over the line
    half = [above, mean * above + dev * density]
    line = [np.ones_like(mean), mean]
    for k in range(1, 4):
        half.append(mean * half[k] + k * dev**2 * half[k - 1])
        line.append(mean * line[k] + k * dev**2 * line[k - 1])
    return {(p, r): 2 ** (p / 2) * half[p + r] if p else line[r] for p, r in powers}


class Layer:
    """Moments of one unit at four inputs: phi_i phi_j and h_i h_j, their means and covariances."""

    def __init__(self, activation: str, diagonal: float, off: float) -> None:
        self._given = _given(activation, diagonal, off)
        self.mean = np.array([self._expect(pair, ()) for pair in PAIRS])
        of_h = np.array([self._expect((), pair) for pair in PAIRS])

        def covariance(first: int, second: int) -> Any:
            """0: phi phi, 1: h h."""
            means = (self.mean, of_h)
            rows = [
                [self._expect(*_both(first, one, second, two)) for two in PAIRS] for one in PAIRS
            ]
            return np.array(rows) - np.outer(means[first], means[second])

        self.noise, self.of_inputs = covariance(0, 0), covariance(1, 1)
        self.derivative = np.linalg.solve(self.of_inputs, covariance(0, 1).T).T

    def _expect(self, phis: tuple[int, ...], hs: tuple[int, ...]) -> float:
        of_phi, of_h = Counter(phis), Counter(hs)
        product = np.ones_like(GRID)
        for i in range(4):
            product = product * self._given[of_phi[i], of_h[i]]
        return float(product @ WEIGHT)


def _both(first: int, one: Any, second: int, two: Any) -> tuple[Any, Any]:
    """The inputs at which phi, and those at which h, enter the product of two pairs."""
    phis = (one if first == 0 else ()) + (two if second == 0 else ())
    hs = (one if first == 1 else ()) + (two if second == 1 else ())
    return phis, hs


@functools.cache
def leading(activation: str, weights: str, depth: int, variance: float = 1.0) -> float:
    """N R after `depth` layers: He-ReLU ("relu") or tanh, weights "iid" or "orthogonal".

    variance: of the preactivations of the first layer (tanh; ReLU does not see it). Normal inputs.

    >>> round(leading("relu", "iid", 1), 9) == round(1 + math.pi**2 / (4 * (math.pi - 1) ** 2), 9)
    True
    """
    # n_0 = N standard normal entries: a layer of linear units at orthogonal inputs
    diagonal, off = 1.0, 0.0
    spread = np.diag([2.0 if i == j else 1.0 for i, j in PAIRS])
    for layer in range(depth):
        gain = variance if layer == 0 else 1.0
        unit = Layer(activation, gain * diagonal, gain * off)
        spread = unit.derivative @ (gain**2 * spread) @ unit.derivative.T + unit.noise
        if weights == "orthogonal":
            spread = spread - unit.derivative @ unit.of_inputs @ unit.derivative.T
        diagonal, off = unit.mean[PAIRS.index((0, 0))], unit.mean[PAIRS.index((0, 1))]
    at = PAIRS.index
    top = spread[at((0, 1)), at((0, 1))] - 2 * spread[at((0, 1)), at((0, 2))]
    return float((top + spread[at((0, 1)), at((2, 3))]) / (diagonal - off) ** 2)


# --- proofs ----------------------------------------------------------------------------------


def of_relu(law: Any) -> Finding:
    """ReLU, one and three layers."""
    with mpmath.workdps(15):
        return prove.close(
            ((f"L = {depth}", law(depth=depth), leading("relu", "iid", depth)) for depth in (1, 3)),
            digits=10,
        )


def of_tanh(law: Any) -> Finding:
    """tanh, iid and orthogonal weights, two variances of the first preactivations."""
    with mpmath.workdps(15):
        return prove.close(
            (
                (
                    f"{weights}, v = {variance}, L = {depth}",
                    law(weights=weights, depth=depth, variance=variance),
                    leading("tanh", weights, depth, float(variance)),
                )
                for weights in ("iid", "orthogonal")
                for variance in (sp.Integer(1), sp.Rational(37, 100))
                for depth in (1, 2, 4)
            ),
            digits=10,
        )
