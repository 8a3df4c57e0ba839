"""Moments of linear circular convolutions with Gaussian kernels, by three roads.

C channels on a circle of n pixels, y'_c(a) = sum_{c', m} K_{cc'm} y_{c'}(a+m), m = 0..k-1, entries
of K iid N(0, 1/(kC)): a unit reads kC numbers, and its variance stays 1 from N(0, 1) inputs.

* `pair_sums`: Wick's theorem layer by layer, exact for every n, k, C and depth. Given y, channel c
  is a Gaussian field with covariance G(a, b) = 1/(kC) sum_{c', m} y_{c'}(a+m) y_{c'}(b+m), and
  channels are independent. Four units of one channel have the moment H(ab|cd) + H(ac|bd) +
  H(ad|bc) with H(ab|cd) = E G(a, b) G(c, d), two of one and two of another have H(ab|cd) alone.
* `by_frequency`: one channel and a kernel of the full length. Then the Fourier modes of every
  kernel are independent, and a layer multiplies each mode by its own Gaussian.
* `enumerated`: every kernel and every input of small literal networks, in fractions.
"""

from __future__ import annotations

import functools
import itertools
from collections import Counter, defaultdict
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from theory.maths import enumeration as en


@functools.cache
def pair_sums(pixels: int, kernel: int, channels: int, depth: int) -> tuple[Any, Fraction]:
    """(n x n x n whole numbers, scale): H(0b|cd) after `depth` layers is scale times the numbers.

    Both sums over taps shift a pair of positions; a common shift changes nothing, so what is left
    is the sum over the difference t of the two taps, with multiplicity k - |t|.
    """
    if depth == 0:
        at = np.arange(pixels)
        same = (at[:, None, None] == 0) & (at[None, :, None] == at[None, None, :])
        return same.astype(object) * 1, Fraction(1)
    below, scale = pair_sums(pixels, kernel, channels, depth - 1)
    one_channel = below + below.transpose(1, 0, 2) + below.transpose(1, 2, 0)
    read = channels * one_channel + channels * (channels - 1) * below
    total = sum(
        (kernel - abs(t)) * np.roll(read, (-t, -t), axis=(1, 2)) for t in range(1 - kernel, kernel)
    )
    return total, scale / (kernel * channels) ** 2


def kurtosis(pixels: int, kernel: int, channels: int, depth: int) -> Fraction:
    """kappa_d = E y(0)^4 = 3 H(00|00); E y^2 = 1 at every depth.

    >>> kurtosis(2, 2, 1, 2), kurtosis(5, 1, 4, 2)
    (Fraction(15, 1), Fraction(27, 4))
    """
    numbers, scale = pair_sums(pixels, kernel, channels, depth)
    return 3 * scale * int(numbers[0, 0, 0])


# --- one channel, full kernel ----------------------------------------------------------------


@functools.cache
def classes(pixels: int) -> tuple[tuple[int, int], ...]:
    """(q, number of quadruples of frequencies whose modes have the moment q), q > 0.

    Mode f of a real field is the conjugate of mode -f. A real mode (f = -f) of variance 1 has
    E g^2 = 1, E g^4 = 3; a complex one |z|^2 = 1, |z|^4 = 2; whatever is left unpaired averages to
    0. Every quadruple is visited; sum f = 0 mod n for all that count.
    """
    found: Counter[int] = Counter()
    for quadruple in itertools.product(range(pixels), repeat=4):
        moment = 1
        for f in {min(f, -f % pixels) for f in quadruple}:
            plus, minus = quadruple.count(f), quadruple.count(-f % pixels)
            if f == -f % pixels:
                moment *= {1: 0, 2: 1, 3: 0, 4: 3}[plus]
            else:
                moment *= {(1, 1): 1, (2, 2): 2}.get((plus, minus), 0)
        if moment:
            assert sum(quadruple) % pixels == 0
            found[moment] += 1
    return tuple(sorted(found.items()))


def by_frequency(pixels: int, depth: int) -> Fraction:
    """n^-2 sum over quadruples of q^{d+1}: one factor q for the input and one for each kernel."""
    total = sum(count * q ** (depth + 1) for q, count in classes(pixels))
    return Fraction(total, pixels**2)


# --- literal networks ------------------------------------------------------------------------


def convolved(y: en.Vector, taps: en.Vector) -> en.Vector:
    """The circular convolution, as written: out(a) = sum_m taps(m) y(a + m)."""
    size = len(y)
    return tuple(
        sum((tap * y[(a + m) % size] for m, tap in enumerate(taps)), Fraction(0))
        for a in range(size)
    )


@functools.cache
def enumerated(pixels: int, kernel: int, depth: int) -> Fraction:
    """Kurtosis of a unit over every kernel and input on {-1, 0, 1}, one channel.

    Entries have kurtosis 3 (probabilities 1/6, 2/3, 1/6): their first four moments are those of a
    Gaussian of variance 1/3, and no others enter the fourth moment of a linear network.
    """
    law: en.Joint = en.iid(en.GAUSS_LIKE, pixels)
    kernels = en.iid(en.GAUSS_LIKE, kernel)
    for _ in range(depth):
        following: en.Joint = defaultdict(Fraction)
        for y, p in law.items():
            for taps, q in kernels.items():
                following[convolved(y, taps)] += p * q
        law = dict(following)
    return en.unit_kurtosis(law)


def fully_connected(fan_in: Any, depth: Any) -> Any:
    """3 (1 + 2/w)^d: a linear network of Gaussian weights whose units read w units."""
    return 3 * (1 + sp.Integer(2) / fan_in) ** depth
