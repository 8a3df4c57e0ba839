"""Moments over units and variances over data, by hand and against numpy."""

from __future__ import annotations

import itertools
import math

import numpy as np
import torch

from simulate.quantities import moments

Y = torch.tensor([[[1.0], [2.0], [-3.0]], [[0.0], [0.0], [1.0]]], dtype=torch.float64)  # (2, 3, 1)


def test_by_hand() -> None:
    assert torch.allclose(moments.mean_sq(Y), torch.tensor([14 / 3, 1 / 3]).double())
    assert torch.allclose(moments.mean_fourth(Y), torch.tensor([98 / 3, 1 / 3]).double())
    # pairs 1*4, 1*9, 4*9, each twice, over six ordered pairs
    assert torch.allclose(moments.mean_pair_sq(Y), torch.tensor([49 / 3, 0]).double())


def test_pairs_against_the_double_sum() -> None:
    y = torch.from_numpy(np.random.default_rng(0).standard_normal((3, 5, 4)))
    pairs = [y[:, i].square() * y[:, j].square() for i, j in itertools.permutations(range(5), 2)]
    assert torch.allclose(moments.mean_pair_sq(y), torch.stack(pairs).mean((0, 2)))


def test_one_unit_has_no_pair() -> None:
    assert torch.isnan(moments.mean_pair_sq(Y[:, :1])).all()


def test_log_norm_carries_the_scale() -> None:
    found = moments.log_norm_sq(Y, torch.tensor([-1e4, 0.5]).double())
    assert torch.allclose(found, torch.tensor([math.log(14) - 2e4, 1.0]).double())
    assert moments.log_norm_sq(torch.zeros(1, 2, 1), torch.zeros(1)).item() == -math.inf


def test_variance_over_inputs_is_numpys_even_far_from_zero() -> None:
    x = np.random.default_rng(1).standard_normal((2, 3, 50)) + 1e6
    found = moments.variance_over_inputs(torch.from_numpy(x)).numpy()
    assert np.allclose(found, x.var(-1, ddof=1), rtol=1e-8)
    assert float(moments.variance_over_inputs(torch.full((9,), 0.1).double())) == 0.0


def test_the_first_unit_is_not_the_mean_of_the_units():
    y = torch.tensor([[[1.0, 3.0], [0.0, 0.0]]])
    assert moments.variance_of_first_unit(y).tolist() == [2.0]
