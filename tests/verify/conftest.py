"""Hand-made results: a small run in which everything a report can meet happens once."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from verify.results import (
    SCHEMA_VERSION,
    ClaimResult,
    CurveResult,
    DocumentResult,
    LawInfo,
    Line,
    MapsResult,
    MutantResult,
    PanelResult,
    Results,
    Row,
)


def proof_row(claim: str, name: str, outcome: str = "agrees", **more: Any) -> Row:
    law = more.pop("law", "stated")
    fields = {
        "check": f"{claim}/{name}#{law}",
        "claim": claim,
        "law": law,
        "role": more.pop("role", law),
        "kind": "symbolic",
        "name": name,
        "words": "an identity",
        "point": {},
        "admits": "needed",
        "predicted": None,
        "predicted_text": "kappa**2",
        "found_text": "85/16",
        "outcome": outcome,
        "reason": "sympy could not reduce it" if outcome == "undecided" else "",
        "min_detectable": 0.0 if outcome == "agrees" else None,
        "min_detectable_kind": "exact",
        "seconds": 0.25,
    }
    return Row(**{**fields, **more})


def sampled_row(claim: str, name: str, outcome: str = "agrees", **more: Any) -> Row:
    law = more.pop("law", "stated")
    fields = {
        "check": f"{claim}/{name}#{law}",
        "claim": claim,
        "law": law,
        "role": more.pop("role", law),
        "kind": "monte-carlo",
        "name": name,
        "words": "growth with depth",
        "point": {"widths": [20, 20, 20], "slope": 0, "weight_kurtosis": "9/5"},
        "admits": "needed",
        "predicted": 5.2,
        "predicted_text": "26/5 = 5.2",
        "found_text": "5.2037 in [5.14, 5.27]",
        "outcome": outcome,
        "reason": "budget spent" if outcome == "undecided" else "",
        "measured": 5.2037123456,
        "low": 5.1412345,
        "high": 5.2661901,
        "se": 0.0123,
        "margin": 0.52,
        "margin_text": "0.1 of it (exact law: the precision asked for)",
        "min_detectable": 0.113,
        "estimand": "ratio_to_square(mean_fourth, mean_sq)",
        "over": "networks and inputs; annealed",
        "interval": "normal",
        "alpha": 1e-4,
        "looks": 2,
        "sampler": "literal",
        "draws": 16384,
        "seed": 7,
        "curve": "depth",
        "x": 3.0,
        "seconds": 1.5,
    }
    return Row(**{**fields, **more})


def a_claim(claim_id: str, **more: Any) -> ClaimResult:
    fields = {
        "id": claim_id,
        "title": f"something about {claim_id}",
        "document": "alpha_paper",
        "where": "Proposition 4.3",
        "says": "kappa_{l+1} = A kappa_l",
        "kind": "exact identity",
        "module": "theory.alpha_paper.prop",
        "laws": [LawInfo("stated", "stated", r"\kappa_{1} = \frac{a^{2}}{w}", "kurtosis", "")],
        "assumptions": [{"words": "weights iid", "stated": True}],
        "expected": "holds",
        "verdict": "holds",
        "verdict_reason": "every decided check of the stated law agrees",
        "because": "The expansion is exact.",
        "remark": "",
        "strongest": "symbolic",
        "rows": [proof_row(claim_id, "expansion")],
        "mutants": [MutantResult("stated", "off by one", [f"{claim_id}/expansion"])],
        "curves": [],
    }
    return ClaimResult(**{**fields, **more})


def false_claim() -> ClaimResult:
    """Stated law false beside a corrected one, measured once for both, with a figure."""
    name = "al.thm1"
    bounds = {"predicted": [4.0, None], "predicted_text": "between 4 and oo"}
    lines = [
        Line("stated", "stated", [1.0, 2.0, 3.0, 4.0], [3.0, 6.0, None, 24.0]),
        Line("corrected", "corrected", [1.0, 2.0, 3.0, 4.0], [3.0, 4.0, 5.2, 7.0]),
    ]
    return a_claim(
        name,
        title="kurtosis doubles in every layer",
        laws=[
            LawInfo("stated", "stated", r"\kappa_{l} = 2^{l}", "doubling", ""),
            LawInfo("corrected", "corrected", r"\bad{x} = 1", "growth", "O(1/w)"),
        ],
        expected="false-as-stated",
        verdict="false-as-stated",
        verdict_reason="al.thm1/counterexample#stated differs; the corrected law agrees",
        because="Width <b>matters</b> & the document forgets w_{l-1}.",
        remark="A `snake_case` name and kappa_w >= 3.",
        rows=[
            sampled_row(
                name, "depth 3", "differs", predicted=12.0, predicted_text="12", margin=1.2
            ),
            sampled_row(name, "depth 3", law="corrected"),
            sampled_row(name, "depth 4", law="corrected", x=4.0, measured=7.1, **bounds),
            proof_row(name, "counterexample", "differs", kind="exact", steps=["1 != 2", "so"]),
        ],
        mutants=[
            MutantResult("stated", "factor 3", []),
            MutantResult("corrected", "w + 1", [f"{name}/depth 3"]),
        ],
        curves=[CurveResult("depth", "Kurtosis | width 20", "depth", "kappa", False, True, lines)],
        maps=[
            MapsResult(
                "maps by depth",
                "Maps | <width> 3",
                "corrected",
                "one network a map",
                [
                    PanelResult(3, 1, 0.4123, 0.4, [[1.0], [0.2, 1.0], [0.04, 0.6, 1.0]]),
                    PanelResult(3, 9, 1.0, 0.98, [[1.0], [1.0, 1.0], [0.999, 1.0, 1.0]]),
                ],
            )
        ],
    )


def conditional_claim() -> ClaimResult:
    """Holds only if; its undecided row carries a doubt, one row is outside the assumptions."""
    name = "al.prop2"
    return a_claim(
        name,
        expected="holds-if",
        verdict="holds-if",
        verdict_reason="agrees wherever the unstated assumption holds",
        assumptions=[
            {"words": "weights iid", "stated": True},
            {"words": "the input is jointly sign-symmetric", "stated": False},
        ],
        rows=[
            proof_row(name, "expansion"),
            proof_row(name, "breaks it", "differs", admits="stated", point={"inputs": "pair"}),
            sampled_row(name, "outside", admits="outside", curve="", x=None),
            sampled_row(
                name,
                "deep",
                "undecided",
                reason="heavy tail: Pareto shape 0.91",
                doubts=["heavy tail: Pareto shape 0.91"],
                measured=8.123e21,
                se=3.1e20,
                low=6.5e21,
                high=9.7e21,
                predicted=8.1e21,
                predicted_text="8.1e+21",
                margin=8.1e20,
                curve="",
                x=None,
            ),
        ],
    )


def surprising_claim() -> ClaimResult:
    return a_claim(
        "be.eq1",
        document="beta_paper",
        verdict="undecided",
        verdict_reason="be.eq1/expansion#stated is undecided: sympy could not reduce it",
        strongest="none",
        rows=[proof_row("be.eq1", "expansion", "undecided")],
    )


def untested_claim() -> ClaimResult:
    return a_claim(
        "be.fig3",
        document="beta_paper",
        expected="not-tested",
        verdict="not-tested",
        verdict_reason="needs training data",
        strongest="none",
        rows=[],
        mutants=[],
    )


@pytest.fixture
def fake() -> Results:
    """A run with one of everything."""
    missing = [{"id": "al.fig9", "what": "quantile curves", "kind": "empirical figure"}]
    return Results(
        schema_version=SCHEMA_VERSION,
        meta={
            "tier": "quick",
            "tier_means": "wide margins, a first look",
            "seed": 7,
            "device": "cpu",
            "dtype": "float64",
            "selected": [],
            "family_alpha": 1e-3,
            "n_monte_carlo_rows": 5,
            "budget": 1.5e8,
            "errors": [],
            "versions": {"python": "3.12.1", "torch": "2.8.0"},
            "git_revision": "abc1234",
            "source_digest": "00ff",
        },
        timing={"started": "2026-01-02T03:04:05Z", "seconds": 75.25, "jobs": 2},
        documents=[
            DocumentResult("alpha_paper", "al", "On alpha", "Aleph", 2019, "@misc{a}", missing),
            DocumentResult("beta_paper", "be", "On beta", "Beth", 2020, "@misc{b}", []),
        ],
        claims=[
            a_claim("al.lemma1"),
            conditional_claim(),
            false_claim(),
            surprising_claim(),
            untested_claim(),
        ],
    )


@pytest.fixture
def calm(fake: Results) -> Results:
    """The same run without what should alarm a reader."""
    quiet = [c for c in fake.claims if c.id in ("al.lemma1",)]
    return dataclasses.replace(fake, claims=quiet)
