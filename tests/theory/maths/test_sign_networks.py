"""The chain of +-1 ReLU networks, by hand and against brute force."""

from __future__ import annotations

from fractions import Fraction

from theory.maths import enumeration as en
from theory.maths.sign_networks import active_part, next_active, signed_sums


def test_active_part_by_hand() -> None:
    assert active_part((3, -1, 6)) == (0, 1, 2)
    assert active_part((-2, 0)) == (0, 0)


def test_sums_by_hand() -> None:
    quarter, half = Fraction(1, 4), Fraction(1, 2)
    assert dict(signed_sums((1, 1))) == {2: quarter, 0: half, -2: quarter}
    assert dict(signed_sums((0, 0))) == {0: 1}


def test_step_of_width_two_by_hand() -> None:
    # each unit of (1, 1) is 2, 0, -2 with probability 1/4, 1/2, 1/4
    assert dict(next_active((1, 1), 2)) == {
        (0, 0): Fraction(9, 16),
        (0, 1): Fraction(6, 16),
        (1, 1): Fraction(1, 16),
    }


def test_step_against_every_weight_matrix() -> None:
    start = (0, 1, 2)
    law: dict[tuple[int, ...], Fraction] = {}
    for rows, p in en.matrices(2, 3, en.SIGN):
        y = [sum(w * f for w, f in zip(row, start, strict=True)) for row in rows]
        law[active_part(y)] = law.get(active_part(y), Fraction(0)) + p
    assert dict(next_active(start, 2)) == law
