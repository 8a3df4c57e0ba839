from fractions import Fraction

from theory import claim
from theory.vanishing_nodes.sec32_representation import (
    BITS,
    counted_xor,
    forward,
    on_a_line,
    rank_one_xor,
    read_off,
    vni_of,
)


def test_xor_by_rank_one_weights():
    first, second = forward(BITS, rank_one_xor(2))
    assert [x[0] for x in second] == [0, 1, 1, 0]
    assert vni_of(first) == Fraction(5, 9)
    assert vni_of(second) == 1


def test_xor_by_counting_ones():
    first, second = forward(BITS, counted_xor(3))
    assert first[3] == (2, 1)
    assert [x[0] for x in second] == [0, 1, 1, 0]


def test_bends_of_a_labelling():
    (_, second) = on_a_line((2, 0, 0, 3), 1)
    assert second == (((-2, 2, 3),), (2,))


def test_readout_finds_the_class():
    assert [read_off(Fraction(s), 4) for s in range(5)] == [0, 1, 2, 3, 4]
    assert read_off(Fraction(21, 10), 4) == 2  # and bears noise


def test_and_is_solved_too():
    layers = ((((1, 1),), (-1,)),)
    (last,) = forward(BITS, layers)
    assert [x[0] for x in last] == [0, 0, 0, 1]


def test_ten_balanced_classes():
    found = claim("vn.collapse.repr")
    assert found.exact("solved task", classes=10) == Fraction(1, 9)
    assert found.exact("stated", labels=(0, 1, 2, 3)) == 2
    assert found.exact("corrected", labels=(0, 1, 2, 3)) == 4
