import numpy as np
import pytest
import sympy as sp

from theory import claim
from theory.schema import Bounds, Estimand, absolute, relative
from verify import plan
from verify.estimate import estimate
from verify.exact import ProofRun
from verify.rows import min_detectable, plain_point, proof_row, text, width_of

CLAIM = claim("vev.prop4.3")


def test_margins_are_relative_to_the_prediction_or_absolute():
    assert width_of(relative(0.02, "why"), "standard", (50.0, 50.0)) == pytest.approx(1.0)
    assert width_of(absolute(0.02, "why"), "standard", (50.0, 50.0)) == 0.02
    assert width_of(relative(0.02, "why"), "standard", (1.0, float("inf"))) == 0.02


def test_min_detectable_is_margin_plus_both_quantiles_of_the_design():
    trial = plan.trials([CLAIM], "quick")[0]
    n = trial.most // 4
    draws = np.random.default_rng(1).normal(5.0, 0.08 * np.sqrt(n), size=n)
    measured = estimate(Estimand("mean", ("a",), "test"), {"a": draws}, trial.look_alpha)
    found, unit = min_detectable(trial, measured, (5.0, 5.0), 0.5)
    se = measured.se * np.sqrt(n / trial.most)
    assert unit == "relative"
    assert found == pytest.approx((0.5 + (trial.z + 3.0902) * se) / 5, rel=1e-4)


def test_a_broken_proof_is_undecided_with_its_error():
    row = proof_row(CLAIM, CLAIM.proofs[0], ProofRun(None, (), 0.1, "the check broke: X"))
    assert row.outcome == "undecided"
    assert row.reason == "the check broke: X"


def test_points_become_json():
    point = {"widths": (2, 3), "a": sp.Rational(1, 2), "n": sp.Integer(4), "x": 0.5, "w": "uniform"}
    assert plain_point(point) == {"widths": [2, 3], "a": "1/2", "n": 4, "x": 0.5, "w": "uniform"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (sp.Rational(1, 3), "1/3 = 0.333333"),
        (sp.Integer(4), "4"),
        (2.5, "2.5"),
        (Bounds(sp.Rational(1, 4), 1), "between 1/4 = 0.25 and 1"),
    ],
)
def test_predictions_as_text(value, expected):
    assert text(value) == expected
