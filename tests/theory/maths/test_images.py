"""The sums over the digits, made again from scikit-learn; the spectrum by hand."""

from __future__ import annotations

from dataclasses import asdict
from fractions import Fraction

import numpy as np
import pytest
from sklearn.datasets import load_digits

from theory.maths import images


def test_sums_over_the_digits() -> None:
    """In Python's own whole numbers: no rounding, no overflow."""
    x = load_digits().data.astype(np.int64).astype(object)
    n, s, gram = len(x), x.sum(0), x.T @ x
    k, y = n * gram - np.outer(s, s), n * x - s
    k_2, norms = k @ k, (y**2).sum(1)
    assert asdict(images.DIGITS) == {
        "count": n,
        "trace": np.trace(k),
        "trace_2": np.trace(k_2),
        "trace_3": np.trace(k_2 @ k),
        "trace_4": np.trace(k_2 @ k_2),
        "norm_fourth": (norms**2).sum(),
        "fourths": (y**4).sum(),
        "raw_trace": np.trace(gram),
        "raw_trace_2": np.trace(gram @ gram),
        "raw_mean": (s * s).sum(),
        "raw_cross": s @ gram @ s,
    }


def test_moments_of_the_digits() -> None:
    digits = images.DIGITS
    assert float(digits.variance) == pytest.approx(64 * 18.773105)
    assert float(digits.pair) == pytest.approx(1.0436399)
    assert float(digits.fourth_share) == pytest.approx(0.04927155)
    assert float(digits.uncentred) == pytest.approx(0.4922258)
    assert float(images.start("digits", 64)) == pytest.approx(0.0759387)


def test_power_sums_of_a_spectrum() -> None:
    p = images.power_sums("image_spectrum", 4)
    total = Fraction(7, 3)
    assert p[2] == (1 + Fraction(2, 8) + Fraction(1, 27)) / total**3
    assert images.power_sums("gaussian", 3)[1] == Fraction(1, 3)


def test_which_widths_there_are() -> None:
    assert images.exists("image_spectrum", 36)
    assert not images.exists("image_spectrum", 35)
    assert images.exists("digits", 64)
    assert not images.exists("digits", 63)
    assert images.exists("gaussian", 7)
