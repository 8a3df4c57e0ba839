"""Exact moments of inputs that resemble images: a power-law spectrum, and scikit-learn's digits.

    spectrum(k)        eigenvalues of the covariance of Gaussian images of k x k pixels
    start(inputs, n)   R_0 = tr S^2/(tr S)^2 of an input law, by the name that simulations use
    DIGITS             sums over the 1,797 digits, as whole numbers

The sums were made once, from `sklearn.datasets.load_digits` (1.9.1) in whole numbers;
tests/theory/maths/test_images.py makes them again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

CORRELATED = ("image_spectrum", "digits")
INPUTS = ("gaussian", *CORRELATED)
PIXELS = {"digits": 64}


@dataclass(frozen=True)
class Sums:
    """Whole numbers over n images x of non-negative whole pixels; s = sum of x, G = sum of x x^T.

    y = n x - s is n times the centred image; K = n G - s s^T = n^2 S, S the covariance.
    """

    count: int
    trace: int  # tr K
    trace_2: int  # tr K^2
    trace_3: int
    trace_4: int
    norm_fourth: int  # sum of |y|^4
    fourths: int  # sum of y_k^4, over images and pixels
    raw_trace: int  # tr G
    raw_trace_2: int  # tr G^2
    raw_mean: int  # |s|^2
    raw_cross: int  # s^T G s

    @property
    def variance(self) -> Fraction:
        """E||x - mean||^2 = tr S."""
        return Fraction(self.trace, self.count**2)

    @property
    def pair(self) -> Fraction:
        """m_0 = E||x - mean||^4/(E||x - mean||^2)^2."""
        return Fraction(self.norm_fourth, self.count * self.trace**2)

    @property
    def fourth_share(self) -> Fraction:
        """sum_k E (x_k - mean)^4 over (E||x - mean||^2)^2."""
        return Fraction(self.fourths, self.count * self.trace**2)

    @property
    def power_sums(self) -> tuple[Fraction, ...]:
        """tr S^k/(tr S)^k for k = 1..4; R_0 is the second."""
        sums = (self.trace, self.trace_2, self.trace_3, self.trace_4)
        return tuple(Fraction(p, self.trace**k) for k, p in enumerate(sums, start=1))

    @property
    def uncentred(self) -> Fraction:
        """tr M^2/(tr M)^2 of the second moments M = E x x^T, the mean left in."""
        return Fraction(self.raw_trace_2, self.raw_trace**2)


def spectrum(k: int) -> tuple[Fraction, ...]:
    """1/(1 + f^2 + g^2) for the frequencies f, g = 0..k-1.

    >>> [str(v) for v in spectrum(2)]
    ['1', '1/2', '1/2', '1/3']
    """
    return tuple(Fraction(1, 1 + f * f + g * g) for f in range(k) for g in range(k))


def power_sums(inputs: str, width: int) -> tuple[Fraction, ...]:
    """tr S^k/(tr S)^k for k = 1..4 of an input law of `width` entries. Exact.

    >>> [str(p) for p in power_sums("gaussian", 5)]
    ['1', '1/5', '1/25', '1/125']
    """
    if inputs == "digits":
        return DIGITS.power_sums
    values = spectrum(math.isqrt(width)) if inputs == "image_spectrum" else (Fraction(1),) * width
    total = sum(values)
    return tuple(sum((v**k for v in values), Fraction(0)) / total**k for k in (1, 2, 3, 4))


def start(inputs: str, width: int) -> Fraction:
    """R_0 = tr S^2/(tr S)^2 of the covariance S of an input law.

    >>> start("image_spectrum", 4), round(float(start("digits", 64)), 5)
    (Fraction(29, 98), 0.07594)
    """
    return power_sums(inputs, width)[1]


def exists(inputs: str, width: int) -> bool:
    """Whether the law has inputs of that width: 64 pixels, a square, or any."""
    if inputs == "image_spectrum":
        return math.isqrt(width) ** 2 == width
    return PIXELS.get(inputs, width) == width


DIGITS = Sums(
    count=1797,
    trace=3879825952,
    trace_2=1143109439131312468,
    trace_3=503661751597246830530291398,
    trace_4=250298609711419607379591424640033548,
    norm_fourth=28230804975442773612240,
    fourths=1332811663919204291496,
    raw_trace=6907012,
    raw_trace_2=23482524452676,
    raw_mean=8532074612,
    raw_cross=41035939635755440,
)
