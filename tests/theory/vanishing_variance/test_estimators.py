"""The product of layer factors: its claim's numbers at the ends of what it says."""

from __future__ import annotations

import pytest
import sympy as sp

from simulate.experiments.layer_factors import n_draws
from theory import claim, claims
from theory.vanishing_variance.estimator_laws import factor_moment, runs_needed
from theory.vanishing_variance.estimators import kurtosis_is_recursion, kurtosis_of_one_layer
from verify.plan import BUDGETS, trials

CLAIM = claim("vev.est.product")


def test_a_wide_layer_and_many_draws() -> None:
    assert CLAIM.exact("kurtosis", widths=(200,), slope=1) == 3 + sp.Rational(6, 200)
    few, many = (
        float(CLAIM.exact("relative variance", widths=(10, 10), slope=0, draws=n))
        for n in (10**3, 10**4)
    )
    assert few / many == pytest.approx(10, rel=0.01)


def test_a_factor_is_needed_for_every_layer() -> None:
    def without_last(widths, slope):
        return CLAIM.law("kurtosis")(widths=widths[:-1], slope=slope)

    assert kurtosis_is_recursion(without_last).agrees is False
    assert kurtosis_of_one_layer(without_last).agrees is False


@pytest.mark.parametrize("tier", BUDGETS)
def test_budgets_decide_a_true_law(tier: str) -> None:
    """In a report of all claims. A run is a mean of draws of T^2/E T^2 - 2 T/E T, per layer.

    To first order that is the relative error of the kurtosis, T being the growth of the squared
    norm. Output units, one more factor, are left out: they add a hundredth at depth 100.
    """
    planned = [
        t for t in trials(list(claims), tier)
        if t.claim.id == CLAIM.id and t.probe.experiment == "layer_factors"
    ]  # fmt: skip
    assert planned
    for trial in planned:
        variance = 0.0
        for width in trial.probe.at["widths"]:
            one, two, three, four = (
                float(factor_moment(width, sp.nsimplify(trial.probe.at["slope"]), k))
                for k in (1, 2, 3, 4)
            )
            square, single, both = four / two**2, two / one**2, three / (two * one)
            variance += (square - 1 + 4 * (single - 1) - 4 * (both - 1)) / n_draws(trial.setup)
        needed = runs_needed(variance, trial.probe.margin.at(tier), trial.z)
        assert needed <= trial.most, (trial.check, needed / trial.most)
