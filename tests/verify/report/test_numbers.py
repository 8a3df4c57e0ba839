import math
from dataclasses import replace

from verify.report import numbers


def test_the_standard_error_decides_the_digits():
    assert numbers.number(5.2037123, 0.0123) == "5.204"
    assert numbers.number(5.2037123, 1.3e-5) == "5.203712"
    assert numbers.number(0.0, 0.01) == "0.000"


def test_large_and_small_numbers_are_powers_of_ten():
    assert numbers.number(8.1234e21, 3e20) == "8.12×10²¹"
    assert numbers.number(-3.21e-9, 1e-11) == "-3.210×10⁻⁹"
    assert numbers.number(1e-7) == "1×10⁻⁷"


def test_what_is_no_number_is_said():
    assert numbers.number(None) == "–"
    assert numbers.number(math.inf) == "∞"
    assert numbers.number(math.nan) == "not a number"


def test_bounds_may_be_open():
    assert numbers.number_or_pair([1.5, None]) == "1.5 to ∞"
    assert numbers.number_or_pair([None, 2]) == "-∞ to 2"


def test_the_error_keeps_its_zeros(fake):
    row = replace(fake.claims[2].rows[0], measured=0.335, se=0.0030)
    assert numbers.measured(row) == "0.3350 ± 0.0030"


def test_a_row_without_standard_error_takes_its_digits_from_the_interval(fake):
    row = replace(fake.claims[2].rows[0], se=None, measured=0.0123456, low=0.01, high=0.02)
    assert numbers.measured(row) == "0.0123"
    assert numbers.interval(row) == "[0.0100, 0.0200]"


def test_a_point_is_written_in_words():
    assert numbers.setting("batch_norm", False) == "no batch norm"
    assert numbers.setting("widths", [3, 5]) == "widths = (3, 5)"
    assert numbers.setting("gain", 1e-9) == "gain = 1×10⁻⁹"
    assert numbers.setting("s_1", -1) == "s₁ = -1"
    assert numbers.setting("odd_x", 2) == "odd x = 2"


def test_tails_are_said_in_words_and_silent_where_nothing_was_looked_at(fake):
    row = next(r for c in fake.claims for r in c.rows if r.kind == "monte-carlo")
    assert numbers.tails(row) == ""
    tails = {"pareto_shape": 0.25, "largest_share": 0.031, "skew_factor": None, "zeros": 12}
    words = numbers.tails(replace(row, tails=tails))
    assert words.startswith("Pareto shape 0.25, largest draw 3.1")
    assert words.endswith("12 draws exactly 0")
