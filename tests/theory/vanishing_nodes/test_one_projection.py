import itertools

import pytest

from theory.vanishing_nodes import one_projection as one
from theory.vanishing_nodes.one_projection import AND4, LABELS


def test_the_tasks_of_section_5():
    assert [LABELS["XOR"](x) for x in one.points("XOR")] == [0, 1, 1, 0]
    labels = [LABELS[AND4](x) for x in one.points(AND4)]
    assert [labels.count(k) for k in range(4)] == [9, 3, 3, 1]
    assert LABELS[AND4]((1, 1, 0, 1)) == 2


def test_regions_of_known_arrangements():
    assert one.regions([]) == 1
    assert one.regions([(1, 0), (-2, 0)]) == 2  # one line, given twice
    assert one.regions([(1, 0, 0), (0, 1, 0), (0, 0, 1)]) == 8
    braid = [(1, -1, 0, 0), (1, 0, -1, 0), (1, 0, 0, -1), (0, 1, -1, 0), (0, 1, 0, -1),
             (0, 0, 1, -1)]  # fmt: skip
    assert one.regions(braid) == 24  # 4! orders of four coordinates


def test_orders_of_three_bits():
    # 0 < w_1 < w_2 < w_3 leave one choice, w_3 or w_1 + w_2 first: 2 x 3! x 2^3
    assert len(one.orders(3)) == 96
    order, w = next(iter(one.orders(3).items()))
    values = [sum(a * b for a, b in zip(w, x, strict=True)) for x in order]
    assert values == sorted(set(values))


def test_intervals_by_hand():
    assert one.best_intervals((0, 1, 1, 0))[0] == 3
    assert one.best_intervals((0, 0, 1, 2, 1, 2))[0] == 5
    assert one.best_intervals((2, 0, 1))[0] == 3


def test_intervals_by_brute_force():
    for labels in itertools.product(range(3), repeat=5):
        runs = (
            sum(a == b for a, b in zip(labels, answers, strict=True))
            for answers in itertools.product(set(labels), repeat=5)
            if len([k for k, _ in itertools.groupby(answers)]) == len(set(answers))
        )
        assert one.best_intervals(labels)[0] == max(runs)


def test_a_certificate_sums_to_zero():
    assert one.certificate([(1, 0), (-1, 1), (0, -1)]) == ((-1, 1), (0, -1), (1, 0))
    assert one.certificate([(1, 0), (0, 1)]) is None


def test_scores_of_four_classes():
    assert one.and4_scores((1, 1, 0, 1)) == (0, -1, 1, 0)  # u = 1/2, v = -1/2
    assert one.right_of(AND4) == 16


@pytest.mark.parametrize("task", LABELS)
def test_one_projection_is_not_better_than_scores(task):
    assert one.of_projection(task) <= one.of_scores(task) <= len(one.points(task))
