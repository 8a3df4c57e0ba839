"""Moments of data behind one random layer, against hand computation and literal layers."""

from __future__ import annotations

import pytest
import torch

from simulate import Setup, data, run
from simulate.quantities.data_moments import input_moments, input_vni


def test_two_inputs_by_hand() -> None:
    """|x|^2 is 5 or 10: E = 15/2, E |x|^4 = 125/2; x_k^4 sum to 17 and 82."""
    found = input_moments(torch.tensor([[1.0, 2.0], [3.0, -1.0]]).double())
    assert found.variance == pytest.approx(15 / 4)
    assert found.pair == pytest.approx(10 / 9)
    assert found.covariance == pytest.approx(15**2 / 16 / 9)
    assert found.fourth_share == pytest.approx((17 + 82) / 2 / (15 / 2) ** 2)


def test_weight_variance_moves_the_scale_alone() -> None:
    x = torch.from_numpy(data.digits().standardised("centred"))
    one, two = input_moments(x), input_moments(x, 2 / 64)
    assert two.variance == pytest.approx(2 * one.variance)
    assert two.covariance == pytest.approx(4 * one.covariance)
    assert (two.pair, two.fourth_share) == (one.pair, one.fourth_share)


def test_one_norm_has_no_covariance() -> None:
    assert input_moments(torch.eye(4).double()).covariance == 0


def test_vni_of_the_data_is_that_of_centred_columns() -> None:
    x = torch.tensor([[1.0, 5.0], [3.0, 5.0], [2.0, 5.0]]).double()
    assert input_vni(x) == pytest.approx(1)
    assert input_vni(torch.from_numpy(data.digits().standardised("none"))) == pytest.approx(
        0.0759387, abs=1e-6
    )


def test_vni_of_the_data_does_not_see_its_scale() -> None:
    x = torch.from_numpy(data.digits().standardised("none"))
    for scale in (1e-170, 1e-80, 1e-3, 1e150):
        assert input_vni(scale * x) == pytest.approx(input_vni(x), rel=1e-12)


def test_literal_layers_have_these_moments(seed: int) -> None:
    """The averages of z_1^2 and z_1^2 z_2^2 over 60,000 networks and digits."""
    setup = Setup((64, 8), "gaussian", 1.0, "linear", inputs="digits")
    drawn = run("unit_moments", setup, replicates=60_000, seed=seed)
    wanted = input_moments(torch.from_numpy(data.digits().standardised("centred")))
    assert drawn["mean_sq"].mean() == pytest.approx(wanted.variance, rel=0.02)
    pair = drawn["mean_pair_sq"].mean() / drawn["mean_sq"].mean() ** 2
    assert pair == pytest.approx(wanted.pair, rel=0.02)
