"""What one linear projection of raw bits gets right, and one affine score a class: no Claim here.

one projection     class = argmax_k (alpha_k s + beta_k) of one s = w.x, the bits of an input x
score a class      class = argmax_k (w_k.x + beta_k)

Scores that are affine in s give every class one interval of s, and any intervals are so given: with
slopes 0, 1, 2, ... from the left and the scores of neighbours equal where they meet. Ties of s add
nothing, as intervals may be made open: every answer belongs to one of the finitely many strict
orders that projections put the 2^n inputs in. These are the regions of the arrangement of the
hyperplanes w.(x - x') = 0, which deletion and restriction count without listing them.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from theory.maths import prove
from theory.schema import Choice, Finding, Parameter

Point = tuple[int, ...]
AND4 = "4-class AND"
LABELS: dict[str, Callable[[Point], int]] = {
    "AND": lambda x: x[0] & x[1],
    "XOR": lambda x: x[0] ^ x[1],
    AND4: lambda x: 2 * (x[0] & x[1]) + (x[2] & x[3]),  # section 5.1
}
N_BITS = {"AND": 2, "XOR": 2, AND4: 4}
ONE_PROJECTION = {"AND": 4, "XOR": 3, AND4: 15}
SCORE_A_CLASS = {"AND": 4, "XOR": 3, AND4: 16}
TASK = Parameter("task", Choice(tuple(LABELS)), "task of section 5.1 on bits 0 and 1")
LARGEST = 10  # of the weights tried; the count of regions says that no order is missing


def points(task: str) -> tuple[Point, ...]:
    """All inputs."""
    return tuple(itertools.product((0, 1), repeat=N_BITS[task]))


def of_projection(task: str) -> int:
    """Most inputs that one projection gets right: 4 of 4, 3 of 4, 15 of 16."""
    return ONE_PROJECTION[task]


def of_scores(task: str) -> int:
    """Most inputs that one affine score a class gets right: 4 of 4, 3 of 4, 16 of 16."""
    return SCORE_A_CLASS[task]


# --- counting the orders ---------------------------------------------------------------------


def regions(normals: Sequence[Point]) -> int:
    """Regions that the hyperplanes v.w = 0 cut their space into: r(A + H) = r(A) + r(A on H).

    >>> regions([(1, 0), (0, 1), (1, 1)])  # three lines
    6
    """
    distinct = tuple(dict.fromkeys(v for v in map(_primitive, normals) if any(v)))
    return _regions(distinct)


@functools.cache
def _regions(normals: tuple[Point, ...]) -> int:
    return 1 + sum(regions([_on(v, plane) for v in normals[:i]]) for i, plane in enumerate(normals))


def _primitive(v: Point) -> Point:
    """The multiple of v that is whole, without common factor, of positive first entry."""
    common = math.gcd(*v) * (1 if next((e for e in v if e), 1) > 0 else -1)
    return tuple(e // common for e in v) if common else v


def _on(v: Point, plane: Point) -> Point:
    """Normal of v.w = 0 within the hyperplane, one coordinate of w eliminated."""
    pivot = next(i for i, e in enumerate(plane) if e)
    return tuple(
        plane[pivot] * a - v[pivot] * b
        for i, (a, b) in enumerate(zip(v, plane, strict=True))
        if i != pivot
    )


@functools.cache
def orders(bits: int) -> dict[tuple[Point, ...], Point]:
    """Strict orders of all inputs by w.x, each with one such w of |w_i| <= LARGEST.

    From 0 < w_1 < w_2 < ... by permuting bits and by signs. Raises if their number is not that of
    the regions.
    """
    inputs = tuple(itertools.product((0, 1), repeat=bits))
    found: dict[tuple[Point, ...], Point] = {}
    distinct: set[tuple[Point, ...]] = set()
    for rising in itertools.combinations(range(1, LARGEST + 1), bits):
        order = _sorted(inputs, rising)
        if order is None or order in distinct:
            continue
        distinct.add(order)
        for permuted in itertools.permutations(rising):
            for signs in itertools.product((1, -1), repeat=bits):
                w = tuple(s * e for s, e in zip(signs, permuted, strict=True))
                own = _sorted(inputs, w)
                if own is not None:
                    found[own] = w
    wanted = regions([tuple(a - b for a, b in zip(x, y, strict=True))
                      for x, y in itertools.combinations(inputs, 2)])  # fmt: skip
    if len(found) != wanted:
        raise ArithmeticError(f"{len(found)} orders of {bits} bits were listed; there are {wanted}")
    return found


def _sorted(inputs: Sequence[Point], w: Point) -> tuple[Point, ...] | None:
    """Inputs by rising w.x, None where two are tied."""
    values = {x: sum(a * b for a, b in zip(w, x, strict=True)) for x in inputs}
    if len(set(values.values())) < len(values):
        return None
    return tuple(sorted(inputs, key=values.__getitem__))


def best_intervals(labels: Sequence[int]) -> tuple[int, tuple[int, ...]]:
    """(most right, answers) if every class may answer one run of consecutive inputs only."""
    reached: dict[tuple[frozenset[int], int], tuple[int, tuple[int, ...]]] = {
        (frozenset((k,)), k): (0, ()) for k in set(labels)
    }
    for label in labels:
        following: dict[tuple[frozenset[int], int], tuple[int, tuple[int, ...]]] = {}
        for (used, now), (right, answers) in reached.items():
            for k in set(labels) - used | {now}:
                state = used | {k}, k
                own = right + (k == label), (*answers, k)
                following[state] = max(following.get(state, (-1, ())), own)
        reached = following
    return max(reached.values())


def by_scores(w: Point, order: Sequence[Point], answers: Sequence[int]) -> Callable[[Point], int]:
    """The perceptron of those intervals: argmax of slopes 0, 1, 2, ... times s plus biases."""
    s = [sum(a * b for a, b in zip(w, x, strict=True)) for x in order]
    scores = {answers[0]: (0, Fraction(0))}
    slope, bias = 0, Fraction(0)
    for left, right, before, after in zip(s, s[1:], answers, answers[1:], strict=False):
        if after != before:
            slope, bias = slope + 1, bias - Fraction(left + right, 2)  # equal midway
            scores[after] = slope, bias

    def answer(x: Point) -> int:
        own = sum(a * b for a, b in zip(w, x, strict=True))
        return max(scores, key=lambda k: scores[k][0] * own + scores[k][1])

    return answer


# --- proofs ----------------------------------------------------------------------------------


@functools.cache
def searched(task: str) -> tuple[int, int, Point, int]:
    """(orders, most right over them, a w that reaches it, inputs its perceptron gets right)."""
    label, found = LABELS[task], orders(N_BITS[task])
    cases = {tuple(map(label, order)): order for order in found}  # same labels in order: one case
    (most, answers), order = max((best_intervals(c), order) for c, order in cases.items())
    answer = by_scores(found[order], order, answers)
    return len(found), most, found[order], sum(answer(x) == label(x) for x in points(task))


def every_order(law: Any) -> Finding:
    """The best of all orders of the inputs; and a perceptron that reaches it, run on all inputs."""

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for task in LABELS:
            count, most, w, right = searched(task)
            yield f"{task}: {count} orders, most right", law(task=task), most
            yield f"{task}: scores on w = {w}", law(task=task), right

    return prove.cases(rows())


def certificate(steps: Sequence[Point]) -> tuple[Point, ...] | None:
    """Two to four of the steps that sum to 0: then no w has w.d > 0 for all of them (Farkas)."""
    distinct = sorted(set(steps))
    for size in (2, 3, 4):
        for chosen in itertools.combinations_with_replacement(distinct, size):
            if not any(map(sum, zip(*chosen, strict=True))):
                return chosen
    return None


def steps_up(task: str, order: Sequence[int]) -> list[Point]:
    """x' - x of every input x' of a class and every x of the class before it in the order."""
    members = {k: [x for x in points(task) if LABELS[task](x) == k] for k in order}
    return [
        tuple(a - b for a, b in zip(high, low, strict=True))
        for before, after in itertools.pairwise(order)
        for low, high in itertools.product(members[before], members[after])
    ]


def certificates(law: Any) -> Finding:
    """All right is an order of the classes along s: w for one, or a Farkas certificate for each."""

    def facts() -> Iterator[tuple[str, bool]]:
        for task, label in LABELS.items():
            classes = sorted({label(x) for x in points(task)})
            refuted = True
            for order in itertools.permutations(classes):
                found = certificate(steps_up(task, order))
                refuted = refuted and found is not None
                if found is not None:
                    words = " + ".join(map(str, found))
                    yield (
                        f"{task}, classes {order}: {words} = 0",
                        not any(map(sum, zip(*found, strict=True))),
                    )
                else:
                    w = (1, 1) if order == (0, 1) else (-1, -1)
                    above = all(
                        sum(a * b for a, b in zip(w, d, strict=True)) > 0
                        for d in steps_up(task, order)
                    )
                    yield f"{task}, classes {order}: w = {w}", above
            everything = law(task=task) == len(points(task))
            words = "out of" if refuted else "in"
            yield f"{task}: all right is {words} reach", everything != refuted

    return prove.truth(
        facts(),
        predicted=f"{law(task=AND4)} of 16 for {AND4}",
        found="AND alone is solved by one projection",
    )


def and4_scores(x: Point) -> tuple[Fraction, ...]:
    """+-u +-v with u = x_0 + x_1 - 3/2, v = x_2 + x_3 - 3/2: weights of +-1, biases 3, 0, 0, -3."""
    weights = ((-1, -1, -1, -1), (-1, -1, 1, 1), (1, 1, -1, -1), (1, 1, 1, 1))
    biases = (3, 0, 0, -3)
    return tuple(
        Fraction(sum(w * b for w, b in zip(row, x, strict=True)) + bias)
        for row, bias in zip(weights, biases, strict=True)
    )


SCORES: dict[str, Callable[[Point], tuple[Fraction, ...]]] = {
    "AND": lambda x: (Fraction(0), x[0] + x[1] - Fraction(3, 2)),
    "XOR": lambda x: (Fraction(0), x[0] + x[1] - Fraction(1, 2)),
    AND4: and4_scores,
}


def right_of(task: str) -> int:
    """Inputs whose own class has the one largest score."""
    right = 0
    for x in points(task):
        scores = SCORES[task](x)
        top = max(scores)
        right += scores.count(top) == 1 and scores.index(top) == LABELS[task](x)
    return right
