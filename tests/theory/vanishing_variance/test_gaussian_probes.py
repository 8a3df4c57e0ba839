"""What the shared estimands compute from column means, and what the assumption lets pass."""

from __future__ import annotations

import numpy as np
import pytest

from simulate import Setup
from simulate.experiments import layer_factors
from theory.vanishing_variance.gaussian_probes import GAUSSIAN, GROUPS, PRODUCT, gaussian_setup


def test_groups_are_those_of_the_experiment() -> None:
    assert layer_factors.GROUPS == GROUPS
    assert len(PRODUCT.columns) == 2 * GROUPS


def test_product_of_ratios_by_hand() -> None:
    assert PRODUCT.function is not None
    fourth, second = np.ones(GROUPS), np.ones(GROUPS)
    fourth[2], second[2], fourth[5] = 12.0, 2.0, 5.0
    assert PRODUCT.function(np.concatenate([fourth, second])) == pytest.approx(15)


def test_setup_has_the_he_variance() -> None:
    setup = Setup(**gaussian_setup((4, 6, 1), 0.5))
    assert setup.gain == pytest.approx(2 / 1.25)
    assert setup.activate_input


def test_other_weights_break_the_assumption() -> None:
    assert GAUSSIAN.holds_at(gaussian_setup((3, 3), 0.0))
    assert not GAUSSIAN.holds_at({"weights": "uniform"})
    assert not GAUSSIAN.holds_at({"inputs": "rademacher"})
