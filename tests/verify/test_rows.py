import dataclasses

import numpy as np
import pytest
import sympy as sp

from simulate import run_blocks
from theory import claim
from theory.schema import Bounds, Estimand, absolute, relative
from verify import plan
from verify.estimate import estimate
from verify.exact import ProofRun
from verify.results import Row
from verify.rows import (
    Progress,
    instead_of_direct,
    min_detectable,
    plain_point,
    proof_row,
    text,
    width_of,
    would_decide,
)

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


def test_a_decided_row_is_not_looked_at_again():
    """The stated law is rejected at the first look, the sharper one needs more draws."""
    probe = next(p for p in claim("vev.propB.1").probes if "three_point" in p.name)
    trial = plan.plan_probe(claim("vev.propB.1"), probe, "quick", 1e-5)
    progress = Progress(trial)
    seen = []
    while not progress.done:
        for first, count in progress.missing():
            progress.chunks[first] = run_blocks(
                probe.experiment, trial.setup, seed=0, check=trial.check, first=first, count=count
            )
        progress.decide(0)
        seen.append({row.law: (row.outcome, row.draws) for row in progress.rows})
    outcomes = {law: [s[law] for s in seen] for law in probe.laws}
    for law, course in outcomes.items():
        first = next(k for k, (outcome, _) in enumerate(course) if outcome != "undecided")
        assert len(set(course[first:])) == 1, law
    assert len({course[-1][1] for course in outcomes.values()}) == 2  # decided at two looks


def heavy_trial(budget):
    """A direct kurtosis whose interval fits long before its largest draw is admissible."""
    base = next(p for p in CLAIM.probes if p.name == "depth 1")
    probe = dataclasses.replace(base, margin=relative(0.5, "wide"), budget=budget)
    return plan.plan_probe(CLAIM, probe, "quick", 1e-4)


def test_the_reserve_is_drawn_only_by_rows_in_doubt():
    trial = heavy_trial(0.008)
    assert trial.looks[-1] == 4 * trial.looks[-1 - trial.reserve]
    for seed in range(4):
        progress = Progress(trial)
        spent = []
        while not progress.done:
            for first, count in progress.missing():
                progress.chunks[first] = run_blocks(
                    trial.probe.experiment, trial.setup, seed=seed, check=trial.check,
                    first=first, count=count,
                )  # fmt: skip
            progress.decide(seed)
            spent.append(progress.rows[0])
        for row in spent[len(trial.looks) - trial.reserve - 1 : -1]:
            assert row.outcome == "undecided"
            assert would_decide(row)


def test_doubts_that_no_draw_can_settle_do_not_touch_the_reserve():
    row = Row(
        check="", claim="", law="", role="", kind="", name="", words="", point={}, admits="",
        predicted=1.0, predicted_text="", found_text="", outcome="undecided", low=0.99, high=1.01,
        margin=0.1, doubts=["heavy tail: the largest draw carries 9% of the squared error"],
    )  # fmt: skip
    assert would_decide(row)
    assert not would_decide(dataclasses.replace(row, high=1.2))  # more draws, not more trust
    assert not would_decide(dataclasses.replace(row, doubts=["3 of 9 draws of a are not finite"]))


def test_a_stand_in_says_what_literal_networks_would_have_cost():
    """At depth/width 10 the eighth moment asks for 10^50 networks; a literal row is silent."""
    found = claim("vev.est.product")
    deep = next(p for p in found.probes if p.name == "depth 100")
    trial = plan.plan_probe(found, deep, "quick", 1e-5)
    columns = run_blocks(deep.experiment, trial.setup, seed=1, check="t", first=0, count=20)
    words = instead_of_direct(trial, columns)
    assert words.startswith("depth/width = 10: a direct average would need about 10^")
    assert int(words.split("10^")[1].split()[0]) >= 50
    literal = plan.trials([CLAIM], "quick")[0]
    assert instead_of_direct(literal, {}) == ""
