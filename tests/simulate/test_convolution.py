"""Circular convolutions, against a loop over positions and against networks known by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from simulate import Setup, SetupError, run
from simulate.experiments.convolution import circular, convolution
from simulate.seeds import Stream

SETUP = Setup((3, 5, 2), "gaussian", 1.0, "linear", n_inputs=6, extra={"kernel": 4})


def test_it_is_the_convolution_as_written() -> None:
    stream = Stream(1, "convolution", 0)
    x, kernel = stream.normal(2, 3, 6), stream.normal(2, 4, 3, 5)
    found = circular(x, kernel)
    for r, out, a in ((0, 0, 0), (1, 3, 5), (1, 2, 4)):
        expected = sum(
            kernel[r, out, c, m] * x[r, c, (a + m) % 6] for c in range(3) for m in range(5)
        )
        assert float(found[r, out, a]) == pytest.approx(float(expected))


def test_one_tap_at_one_pixel_is_a_layer() -> None:
    x, kernel = torch.tensor([[[2.0], [3.0]]]), torch.tensor([[[[5.0], [7.0]]]])
    assert circular(x, kernel).tolist() == [[[31.0]]]


def test_one_channel_by_hand(seed: int) -> None:
    """Two pixels, two taps: E y^2 = 1, E y^4 = 3 E (|x|^2/2)^2 = 6."""
    setup = Setup((1, 1), "gaussian", 1.0, "linear", n_inputs=2, extra={"kernel": 2})
    columns = run("convolution", setup, replicates=40_000, seed=seed).columns
    for name, expected in (("mean_sq", 1), ("mean_fourth", 6)):
        error = columns[name].std() / math.sqrt(40_000)
        assert abs(columns[name].mean() - expected) < 5 * error, name


def test_true_scale_at_depth() -> None:
    """A gain of 2^40 a layer is carried in exponents; what no float holds is nan, not infinite."""
    deep = Setup((4,) * 5, "gaussian", 2.0, "relu", n_inputs=3, extra={"kernel": 2})
    loud = replace(deep, gain=2.0 * 2**40)
    quiet, much = (convolution(s, Stream(5, "scale", 0), 8)["mean_sq"] for s in (deep, loud))
    assert much.tolist() == pytest.approx((quiet * 2.0**160).tolist())
    beyond = convolution(
        replace(loud, widths=(4,) * 61, activation="linear"), Stream(5, "scale", 0), 2
    )["mean_sq"]
    assert torch.isnan(beyond).all()


@pytest.mark.parametrize(
    ("field", "value"),
    [("extra", {"kernel": 7}), ("weights", "haar"), ("block", "residual"), ("fan", "out")],
)
def test_what_it_does_not_build_is_refused(field: str, value: object) -> None:
    with pytest.raises(SetupError, match=field.replace("extra", "kernel")):
        run("convolution", replace(SETUP, **{field: value}), replicates=2, seed=0)
