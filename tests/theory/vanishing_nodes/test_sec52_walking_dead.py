from fractions import Fraction

from theory import claim
from theory.index import index
from theory.vanishing_nodes.items import ITEMS
from theory.vanishing_nodes.sec52_walking_dead import (
    collapsed_xor,
    curvature_of,
    descent,
    most_steps,
    taylor,
)

HALF = Fraction(1, 2)


def test_two_collapsed_nodes_by_hand():
    # cost (2a - 1)^2/4 along a_1 = a_2 = a: 1/4 at the start, gradient (-1/2, -1/2)
    assert collapsed_xor(2)[2] == 1
    assert curvature_of(2) == 1
    assert descent(2, HALF, 2) == [(Fraction(1, 4), HALF), (Fraction(1, 16), Fraction(1, 8))]


def test_first_step_falls_by_the_lower_end():
    before, after = (cost for cost, _ in descent(2, HALF, 2))
    assert before - after == taylor(HALF, HALF, 1).low == Fraction(3, 16)


def test_the_dead_step_keeps_cost_and_gradient():
    run = descent(2, Fraction(2) / curvature_of(2), 4)
    assert len(set(run)) == 1
    assert claim("vn.walkingdead.step").exact("dead step", curvature=1) == 2


def test_gradients_do_not_walk_for_ever():
    assert most_steps(1, Fraction(1, 100), 3) == 600


def test_what_nothing_could_contradict_is_no_claim():
    assert "vn.walkingdead" in ITEMS
    assert not any(entry.id == "vn.walkingdead" for entry in index())
    assert all(law.role == "sharper" for law in claim("vn.walkingdead.step").laws)
