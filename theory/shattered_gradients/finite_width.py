"""The first term in 1/N of gradient correlations in plain rectifier nets; no claim in here.

One replicate of everything is a sum over N rows of weights, each row reading two inputs x_i, x_j
and pushing a direction e through both Jacobians, p = J_i e and q = J_j e. Given the Gram matrix of
the four vectors the N rows are iid, so the Gram matrices of the layers are a Markov chain of
empirical means, and E p.q/N (the mean over units of g_i g_j) follows by the delta method: the
second derivative of one layer's mean, against what earlier layers have fluctuated.

    rho  cosine of the inputs     mean shift `shift`/N, variance `spread`/N
    tau  p.q/N                    shift/N, covariance with rho `tilt`/N
    P, Q cosines of p, q with the two inputs, of mean zero: E P_a Q_b = `lean`_ab/N

Lengths drop out: a rectifier net is positively homogeneous in each input.
"""

from __future__ import annotations

from typing import Any

import mpmath
import sympy as sp

from theory.schema import EXACT_MARGIN, Margin, absolute, as_mpf


def quadrant_moments(angle: Any) -> tuple[Any, Any, Any, Any]:
    """E[a^m b^n 1{a>0} 1{b>0}] for (m, n) = (1,1), (2,0), (2,2), (3,1); a, b at that angle. Exact.

    Radial part E r^(m+n) times an angular integral, done in the proof "quadrants" of sg.thm1.fw.

    >>> quadrant_moments(sp.pi / 2)
    (1/(2*pi), 1/4, 1/4, 1/pi)
    """
    lib = sp if isinstance(angle, sp.Basic) else mpmath
    s, c, rest = lib.sin(angle), lib.cos(angle), lib.pi - angle
    sums = (
        s + rest * c,
        rest + s * c,
        rest * (1 + 2 * c**2) + 3 * s * c,
        3 * rest * c + s * (2 + c**2),
    )
    return tuple(value / (2 * lib.pi) for value in sums)


def layers(depth: int, rho_0: Any, *, lean: bool = True, tilt: bool = True) -> tuple[Any, Any]:
    """(R_L, c_L): E g_i g_j = R_L + c_L/N + O(1/N^2) after L layers; mpf. c_1 = 0.

    Inputs of cosine rho_0 exactly, |rho_0| < 1; He-ReLU, Gaussian weights, own masks, mean over the
    units of layer 0. E g_i^2 = 1 exactly, so this is the correlation too. `lean`, `tilt` False
    leave out that directions lean on the inputs, or that tau moves with rho (wrong on purpose).
    """
    rho = as_mpf(sp.sympify(rho_0))
    tau, shift_rho, shift_tau = mpmath.mpf(1), mpmath.mpf(0), mpmath.mpf(0)
    spread, joint = mpmath.mpf(0), mpmath.mpf(0)
    # p = q = e at the bottom, averaged over directions: E (e.x_a)(e.x_b) = rho_ab/N
    pairs = mpmath.matrix([[1, rho], [rho, 1]])
    for _ in range(int(depth)):
        angle = mpmath.acos(rho)
        sine = mpmath.sin(angle)
        j11, j20, j22, j31 = quadrant_moments(angle)
        above = 2 * j11  # kappa1
        k0, k0_1 = 1 - angle / mpmath.pi, 1 / (mpmath.pi * sine)
        k0_2 = rho / (mpmath.pi * sine**3)
        # p.q one layer up, given this one: kappa0 tau + sum over the plane of the inputs
        both = pairs[0, 1] + pairs[1, 0] - rho * (pairs[0, 0] + pairs[1, 1])
        plane = k0_1 * both if lean else 0
        cross = joint if tilt else 0
        shift_tau = (
            k0 * shift_tau + k0_1 * (tau * shift_rho + cross) + k0_2 * tau * spread / 2 + plane
        )
        # row variables A = 2 a^2 1_a, B = 2 b^2 1_b, C = 2 a b 1_a 1_b; rho' = C/sqrt(A B)
        ab, ac = 4 * j22 - 1, 4 * j31 - above
        cc, aa = 4 * j22 - above**2, mpmath.mpf(5)
        noise = cc - 2 * above * ac + above**2 * (aa + ab) / 2
        bias = -ac + above * (3 * aa + ab) / 4
        joint = k0 * (k0 * joint + k0_1 * tau * spread) + tau * 4 * (j11 - above * j20)
        shift_rho = k0 * shift_rho + k0_1 * spread / 2 + bias
        spread = k0**2 * spread + noise
        # P_1' = P_1, P_2' = u P_1 + v P_2; Q mirrored; rows add 4 tau E[psi_a psi_b]
        u, v = 2 * (j11 - rho * j20) / sine**2, 2 * (j20 - rho * j11) / sine**2
        push_p, push_q = mpmath.matrix([[1, 0], [u, v]]), mpmath.matrix([[v, u], [0, 1]])
        fresh = 4 * tau * mpmath.matrix([[j20, j11], [j11, j20]])
        pairs = push_p * pairs * push_q.T + fresh
        tau, rho = k0 * tau, above
    return tau, shift_tau


def excess(depth: int, rho_0: Any) -> Any:
    """c_L of `layers`: what finite width adds to the correlation, times N.

    >>> mpmath.nstr(excess(2, 0), 6), mpmath.nstr(excess(5, 0), 6)
    ('0.376897', '1.24982')
    """
    return layers(depth, rho_0)[1]


def margin(depth: int, width: int, rho_0: float = 0.0) -> Margin:
    """Around the N -> inf correlation of a plain net: the precision asked for, and c_L/N."""
    with mpmath.workdps(20):
        limit, first = (float(v) for v in layers(depth, sp.Rational(str(rho_0))))
    asked = {tier: EXACT_MARGIN.at(tier) * limit for tier in ("quick", "standard", "paper")}
    return absolute(
        **{tier: size + abs(first) / width for tier, size in asked.items()},
        why=f"precision asked for, and the derived first term {first:.4f}/N (sg.thm1.fw)",
    )


def width_for(depth: int, share: float = 0.01, rho_0: float = 0.0) -> int:
    """Width at which the first term is `share` of the correlation, L layers of a plain net.

    The rule for sizes; nothing is sampled. One layer has no first term: it counts as two.

    >>> width_for(2), width_for(5)
    (125, 1196)
    """
    with mpmath.workdps(20):
        limit, first = layers(max(2, depth), sp.Rational(str(rho_0)))
        return int(mpmath.ceil(abs(first) / limit / share))


def margin_width(depth: int, rho_0: float = 0.0) -> int:
    """Width for rows of the N -> inf law under `margin`: the first term equals the precision.

    What is of second order, about the square of 3 %, is then small beside that precision.

    >>> margin_width(2), margin_width(8)
    (42, 1176)
    """
    return width_for(depth, EXACT_MARGIN.standard, rho_0)
