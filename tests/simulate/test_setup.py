"""A set-up refuses to be built wrong, and says which field, rule and value."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulate import Setup, SetupError

GOOD = {"widths": (3, 4, 2), "weights": "gaussian", "gain": 2.0, "activation": "relu"}


def test_depth_and_weights_counted_by_hand() -> None:
    setup = Setup(**GOOD)
    assert (setup.depth, setup.n_weights) == (2, 3 * 4 + 4 * 2)


def test_variance_is_gain_over_the_fan_by_hand() -> None:
    assert [Setup(**GOOD).weight_variance(layer) for layer in (1, 2)] == [2 / 3, 2 / 4]
    assert [Setup(**GOOD, fan="out").weight_variance(layer) for layer in (1, 2)] == [2 / 4, 2 / 2]


def test_lists_become_tuples() -> None:
    assert Setup(**{**GOOD, "widths": [3, 4, 2]}).widths == (3, 4, 2)


def test_survives_a_record() -> None:
    setup = Setup(**GOOD, extra={"lag": 3})
    assert Setup(**setup.as_dict()) == setup


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("widths", v) for v in ((3,), (), (3, 0), (3, -1), (3, 2.0), (3, True), (3, "4"))),
        *(("widths", v) for v in (3, None)),
        *(("gain", v) for v in (0, -1.0, math.nan, math.inf, "2", True, None, 2j)),
        *(("weight_kurtosis", v) for v in (0.5, math.nan, None)),
        *((name, v) for name in ("slope", "skip", "branch") for v in (math.inf, math.nan, "1")),
        *((name, None) for name in ("slope", "skip", "branch")),
        *(("spike", v) for v in (math.inf, math.nan, "1", None, True, 1e31)),
        *(("n_inputs", v) for v in (0, -1, 1.0, "1", True)),
        *((name, "no such") for name in ("weights", "activation", "fan", "block", "masks")),
        *((name, None) for name in ("weights", "activation", "fan", "block", "masks")),
        *(("extra", v) for v in (None, 3)),
    ],
)  # fmt: skip
def test_refuses(field: str, value: object) -> None:
    with pytest.raises(SetupError, match=field) as caught:
        Setup(**{**GOOD, field: value})
    assert repr(value) in str(caught.value) or isinstance(value, tuple)


@given(st.lists(st.integers(1, 9), min_size=2, max_size=6), st.sampled_from(["in", "out"]))
def test_fan_variance_keeps_the_sum_of_squares(widths: list[int], fan: str) -> None:
    """gain = variance times fan, whichever fan."""
    setup = Setup(**{**GOOD, "widths": widths}, fan=fan)
    for layer in range(1, setup.depth + 1):
        size = widths[layer - 1] if fan == "in" else widths[layer]
        assert setup.weight_variance(layer) * size == pytest.approx(2.0)


def test_an_extra_word_is_one_of_its_options() -> None:
    assert Setup(**GOOD).extra_word("readout", "post", "pre") == "post"
    assert Setup(**GOOD, extra={"readout": "pre"}).extra_word("readout", "post", "pre") == "pre"
    with pytest.raises(SetupError, match=r"readout.*post or pre; got 3"):
        Setup(**GOOD, extra={"readout": 3}).extra_word("readout", "post", "pre")
