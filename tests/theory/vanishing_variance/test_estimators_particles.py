"""The particle estimate: its exact mean is the recursion's kurtosis."""

from __future__ import annotations

from theory import claim
from theory.vanishing_variance.estimators import product_kurtosis
from theory.vanishing_variance.estimators_particles import particle_means, unbiased

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
