"""Two symmetric, uncorrelated variables that are dependent: joint laws as tables of fractions.

Two of them satisfy all that Lemma 4.2 asks and break it, one satisfies what it needs. In the room:
the laws, what a law about pairs takes of them, and the check of such a law. No claim is made here.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from theory.maths import enumeration as en
from theory.maths import prove
from theory.schema import Evaluate, Finding


def aligned_pair() -> en.Joint:
    """L1: s a fair sign; (2s, 2s) with probability 1/5, (s, -s) with 4/5. E xy = 0.

    Equal symmetric marginals of variance 8/5, uncorrelated; not jointly sign-symmetric.
    """
    joint: en.Joint = {}
    for s in (Fraction(1), Fraction(-1)):
        joint[(2 * s, 2 * s)] = Fraction(1, 10)
        joint[(s, -s)] = Fraction(2, 5)
    return joint


def lopsided_pair() -> en.Joint:
    """L2: x = +-2, y = 1 or x = +-1, y = -1, each with 1/4, then x and y swapped by a fair coin."""
    joint: dict[en.Vector, Fraction] = {}
    for x, y in ((2, 1), (-2, 1), (1, -1), (-1, -1)):
        for pair in ((Fraction(x), Fraction(y)), (Fraction(y), Fraction(x))):
            joint[pair] = joint.get(pair, Fraction(0)) + Fraction(1, 8)
    return joint


def sgn(x: Fraction) -> int:
    """Sign of x: -1, 0 or 1.

    >>> sgn(Fraction(-3, 2)), sgn(Fraction(0))
    (-1, 0)
    """
    return (x > 0) - (x < 0)


def facts(pair: en.Joint) -> dict[str, Fraction]:
    """The law's arguments of a joint law of (x, y), summed exactly.

    >>> facts(aligned_pair())["covariance"], facts(aligned_pair())["odd_xy"]
    (Fraction(36, 25), Fraction(12, 5))
    """
    variance = en.second_moment(pair)
    both = en.expect(pair, lambda v: v[0] ** 2 * v[1] ** 2)
    return {
        "variance": variance,
        "covariance": both - variance * en.second_moment(pair, 1),
        "odd_x": en.expect(pair, lambda v: v[0] ** 2 * v[1] ** 2 * sgn(v[0])),
        "odd_y": en.expect(pair, lambda v: v[0] ** 2 * v[1] ** 2 * sgn(v[1])),
        "odd_xy": en.expect(pair, lambda v: v[0] ** 2 * v[1] ** 2 * sgn(v[0]) * sgn(v[1])),
    }


def hypotheses(pair: en.Joint) -> list[tuple[str, bool]]:
    """What the lemma asks of (x, y): equal symmetric marginals, uncorrelated."""
    marginals = []
    for i in (0, 1):
        marginal: dict[Fraction, Fraction] = {}
        for v, p in pair.items():
            marginal[v[i]] = marginal.get(v[i], Fraction(0)) + p
        marginals.append(marginal)
    symmetric = all(m.get(-x) == p for m in marginals for x, p in m.items())
    return [
        ("identically distributed", marginals[0] == marginals[1]),
        ("symmetric", symmetric),
        ("uncorrelated", en.expect(pair, lambda v: v[0] * v[1]) == 0),
    ]


def on_pair(pair: en.Joint, slopes: tuple[Fraction, ...]) -> Callable[[Evaluate], Finding]:
    """A check of the law on one joint law of (x, y), summed exactly at each slope."""

    def check(law: Evaluate) -> Finding:
        failed = [name for name, fact in hypotheses(pair) if not fact]
        if failed:
            return Finding(None, "", "", f"the pair is not {failed[0]}")
        return prove.cases(
            (
                f"a = {slope}",
                law(slope=slope, **facts(pair)),
                en.expect(
                    pair,
                    lambda v, s=slope: (en.leaky(s)(v[0]) * en.leaky(s)(v[1])) ** 2,  # type: ignore[misc]
                ),
            )
            for slope in slopes
        )

    return check


def sign_symmetric_pair() -> en.Joint:
    """|x| = |y| in {1, 2} with equal chance, signs independent: dependent, jointly symmetric."""
    return {
        (s * Fraction(r), t * Fraction(r)): Fraction(1, 8)
        for r in (1, 2)
        for s in (1, -1)
        for t in (1, -1)
    }
