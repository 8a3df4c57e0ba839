"""The particle estimate: its exact mean is the recursion's kurtosis."""

from __future__ import annotations

import numpy as np
import pytest

from simulate import Setup, run
from simulate.experiments.particles import n_particles
from theory import claim, claims
from theory.vanishing_variance.estimator_laws import product_kurtosis, run_variance, runs_needed
from theory.vanishing_variance.estimators_particles import particle_means, unbiased
from theory.vanishing_variance.gaussian_probes import gaussian_setup
from verify.plan import BUDGETS, trials

CLAIM = claim("vev.est.smc")
LAW = CLAIM.law("sharper")


def test_number_of_particles_does_not_matter() -> None:
    means = {(widths, n): value for widths, n, value in particle_means()}
    assert means[(2, 2), 1] == means[(2, 2), 2]


def test_gaussian_weights_meet_the_product_estimator() -> None:
    arguments = {"slope": 0, "weight_kurtosis": 3, "input_kurtosis": 3, "input_pair": 1}
    assert LAW(widths=(7, 3, 5), **arguments) == product_kurtosis((7, 3, 5), 0)


def test_every_mutant_is_biased() -> None:
    assert unbiased(LAW).agrees
    assert [unbiased(mutant.evaluate).agrees for mutant in LAW.mutants] == [False] * 3


@pytest.mark.parametrize("tier", BUDGETS)
def test_budgets_decide_a_true_law(tier: str) -> None:
    """In a report of all claims; for other weights the Gaussian variance is taken as a guide."""
    planned = [
        t for t in trials(list(claims), tier)
        if t.claim.id == CLAIM.id and t.probe.experiment == "particles"
    ]  # fmt: skip
    assert planned
    for trial in planned:
        widths, slope = trial.probe.at["widths"], trial.probe.at["slope"]
        variance = run_variance(widths, slope, n_particles(trial.setup), trial.setup.widths[-1])
        needed = runs_needed(variance, trial.probe.margin.at(tier), trial.z)
        assert needed <= trial.most, trial.check


def test_numbers_in_the_docstring() -> None:
    deep = [float(run_variance((10,) * 14, 0, n, 10)) for n in (256, 10**6)]
    assert deep[0] == pytest.approx(0.128, abs=5e-4)
    assert [256 * deep[0], 1e6 * deep[1]] == pytest.approx([33, 30], rel=0.05)


def test_variance_of_a_run_is_that_of_literal_runs() -> None:
    setup = Setup(**gaussian_setup((10, 10, 10, 4), 0.0, extra={"particles": 64}))
    fourth = run("particles", setup, replicates=3000, seed=1)["fourth"]
    squares = (fourth / fourth.mean() - 1) ** 2
    error = float(np.std(squares) / np.sqrt(len(squares)))
    exact = float(run_variance((10,) * 3, 0, 64, 4))
    assert abs(squares.mean() - exact) < 4.5 * error < 0.25 * exact
