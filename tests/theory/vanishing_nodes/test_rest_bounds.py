"""The steps of the theorem on E[1 - R], each by hand or by another road."""

from __future__ import annotations

import itertools
import math

import mpmath
import pytest

from theory.vanishing_nodes.rest_bounds import (
    bounds,
    iv,
    log_bounds,
    log_corner,
    log_overlap,
    log_phi,
    steps_on_the_sphere,
)


def value(interval: object) -> float:
    return float(mpmath.mpf(iv.exp(interval).mid))


@pytest.mark.parametrize("width", [3, 5, 40])
def test_whole_powers_by_hand(width: int) -> None:
    assert value(log_phi(width, 2)) == pytest.approx((width - 1) / (width - 2))
    assert value(log_phi(width, 1)) == pytest.approx(1)  # phi(1) = phi(0)
    # squared Pluecker coordinates sum to 1, squared coordinates too
    assert value(log_corner(width, 2)) == pytest.approx(1 / math.comb(width, 2))
    assert value(log_overlap(width, -1)) == pytest.approx(1 / width)
    assert value(log_overlap(width, -2)) == pytest.approx(3 / width / (width + 2))


def test_corners_of_rotations() -> None:
    """In the plane the corner is all; in space it is a coordinate of the normal, uniform."""
    assert value(log_corner(2, iv.mpf(0.5))) == pytest.approx(1)
    assert value(log_corner(3, 1)) == pytest.approx(1 / 2)
    assert value(log_corner(3, iv.mpf(0.5))) == pytest.approx(2 / 3)


@pytest.mark.parametrize("p", [0.1, 0.25, 0.4, 0.5])
def test_phi_by_quadrature(p: float) -> None:
    """E chi_2^p chi_3^-p from the densities r e^(-r^2/2) and sqrt(2/pi) r^2 e^(-r^2/2)."""
    ends = [0, 1, 3, 8]
    above = mpmath.quad(lambda r: r ** (p + 1) * mpmath.exp(-r * r / 2), ends)
    below = mpmath.quad(lambda r: r ** (2 - p) * mpmath.exp(-r * r / 2), ends)
    below *= mpmath.sqrt(2 / mpmath.pi)
    assert value(log_phi(3, iv.mpf(p))) == pytest.approx(float(above * below))


@pytest.mark.parametrize("share", [1.0, 0.3, 1e-3, 1e-6])
@pytest.mark.parametrize("p", [0.125, 0.25, 0.375])
def test_averages_over_pairs_are_between_the_moments(share: float, p: float) -> None:
    """Steps 2 and 3 for J = diag(1, X): |Ju ^ Jv| = X, |Ju|^2 = cos^2 + X^2 sin^2."""
    mean = mpmath.quad(
        lambda a: (share / (mpmath.cos(a) ** 2 + share**2 * mpmath.sin(a) ** 2)) ** p,
        [0, mpmath.pi / 4, mpmath.pi / 2 - 10 * min(share, 0.05), mpmath.pi / 2],
    ) / (mpmath.pi / 2)
    low = share**p * value(log_corner(2, iv.mpf(p)))
    high = share**p * value(log_overlap(2, iv.mpf(p)))
    assert low - 1e-9 <= mean <= high + 1e-9


def test_c_is_needed_in_space() -> None:
    """Step 2 for J = diag(1, 1, 0): X = 1, and the mean over frames is below 1, not below c(1/2).

    u_3 = s is uniform; |Ju|^2 = 1 - s^2, |Ju ^ Jv| = (1 - s^2)^(1/2) |cos| of a uniform angle.
    """
    turned = mpmath.quad(lambda a: mpmath.cos(a) ** 0.5, [0, mpmath.pi / 2]) / (mpmath.pi / 2)
    mean = turned * mpmath.quad(lambda s: (1 - s * s) ** -0.25, [0, 1])
    assert value(log_corner(3, iv.mpf(0.5))) < mean < 0.92


def test_steps_on_the_sphere_by_hand() -> None:
    """N = 3, L = 0: r = 1/4, q = 0 and t = 1/8 have (1/2)^8; the end above is 2/3."""
    low, high = steps_on_the_sphere(3, 0)
    assert float(low) == pytest.approx(2 / 9 / 2**8)
    assert float(high) == pytest.approx(2 / 3)


@pytest.mark.parametrize("width", [2, 3, 4])
def test_rest_is_between_powers_of_the_ratio(width: int) -> None:
    """Step 5 for every spectrum on a grid of rational numbers."""
    for squares in itertools.combinations_with_replacement((1000, 100, 31, 10, 3, 1), width):
        total, second = sum(squares), squares[1] / squares[0]  # X^2
        rest = 1 - sum(s * s for s in squares) / total**2
        assert 2 * second / width**2 <= rest + 1e-12
        assert rest <= min(1, width * (width - 1) * second) + 1e-12
        assert rest <= (width * (width - 1) * second) ** 0.25


def test_bounds_hold_the_start_and_close_in() -> None:
    found = bounds(5, 0)
    assert found.low <= 1 - 1 / 5 <= found.high + 1e-15
    gaps = []
    for depth in (10**4, 10**8, 10**12):
        low, high = log_bounds(7, depth)
        gaps.append(float(mpmath.mpf(high.mid) - mpmath.mpf(low.mid)) / depth)
    assert gaps[1] < gaps[0] / 50
    assert gaps[2] < gaps[1] / 50
