"""Claims refuse to be built wrong; values handed to one fail with one clear error."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy as sp

from theory.schema import (
    Claim,
    ClaimError,
    Curve,
    Document,
    Estimand,
    Finding,
    Integers,
    Law,
    Maps,
    Mutant,
    Panel,
    Parameter,
    Probe,
    Proof,
    Reals,
    stated,
    unstated,
)

PAPER = Document("toy", "toy", "Toys", "Doe", 2020, "@misc{doe}")
n, x = sp.Symbol("n", integer=True, positive=True), sp.Symbol("x", real=True)
COUNT = Parameter("n", Integers(1, 9), "how many", n)
SHIFT = Parameter("x", Reals(-1, 1, open_low=True), "the shift", x)
LAW = Law("stated", sp.Eq(sp.Symbol("y"), n / 3 + x), (COUNT, SHIFT), "a third and a shift")
TRUE_LAW = replace(LAW, role="corrected", name="corrected", formula=n / 4 + x, evaluate=None)


def toy(**fields: Any) -> Claim:
    given = {
        "id": "toy.1",
        "title": "a toy",
        "source": PAPER.at("eq. (1)", "y = n/3 + x"),
        "kind": "exact identity",
        "laws": (LAW, TRUE_LAW),
        "assumptions": (
            stated("n is not 5", lambda p: p.get("n", 1) != 5),
            unstated("n is not 7", lambda p: p.get("n", 1) != 7),
        ),
        "expected": "holds",
        "because": "it is a toy",
    }
    return Claim(**{**given, **fields})


def probe(**fields: Any) -> Probe:
    given = {
        "name": "p",
        "experiment": "unit_moments",
        "setup": {"widths": (2, 2)},
        "at": {"n": 2, "x": 0},
        "estimand": Estimand("mean", ("a",), "networks"),
        "why": "a toy",
    }
    return Probe(**{**given, **fields})


def maps(name: str, **at: Any) -> Maps:
    return Maps(name, "t", "stated", "w", (Panel({"widths": (3, 3)}, at),))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"id": "vev.1"}, "must start with 'toy'"),
        ({"laws": ()}, "needs a law"),
        ({"laws": (LAW, LAW)}, "two laws share a name"),
        ({"probes": (probe(), probe())}, "two checks share a name"),
        ({"probes": (probe(laws=("sharper",)),)}, "no law named 'sharper'"),
        ({"probes": (probe(at={"n": 2}),)}, "missing argument 'x'"),
        ({"probes": (probe(at={"n": 2, "x": 0, "z": 1}),)}, "unknown argument 'z'"),
        ({"probes": (probe(at={"n": 0, "x": 0}),)}, "'n'.*an integer >= 1 and <= 9; got 0"),
        ({"probes": (probe(curve="c"),)}, "no curve named 'c'"),
        ({"proofs": (Proof("p", "exact", "s", lambda f: Finding(None, "", ""), "no"),)}, "'no'"),
        ({"curves": (Curve("c", "t", "x", "y", (1,), dict),) * 2}, "two figures share"),
        ({"maps": (maps("m", n=1, x=0), maps("m", n=2, x=0))}, "two figures share"),
        ({"curves": (Curve("m", "t", "x", "y", (1,), dict),), "maps": (maps("m", n=1, x=0),)},
         "two figures share"),
        ({"maps": (maps("m", n=1),)}, "missing argument 'x'"),
        ({"maps": (replace(maps("m", n=1, x=0), law="no"),)}, "no law 'no'"),
    ],
)  # fmt: skip
def test_a_claim_refuses(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ClaimError, match=words) as caught:
        toy(**fields)
    assert str(caught.value).startswith(fields.get("id", "toy.1"))


def test_the_law_that_is_true_is_the_corrected_one() -> None:
    assert toy().law() is TRUE_LAW
    assert toy(laws=(LAW,)).law() is LAW
    assert toy().law("stated") is LAW
    with pytest.raises(ClaimError, match=r"no law 'no'.*stated.*corrected"):
        toy().law("no")


def test_exact_and_floating_values() -> None:
    assert toy().exact(n=1, x=Fraction(1, 6)) == sp.Rational(1, 2)
    assert toy().evaluate(n=1, x=0) == pytest.approx(1 / 3, rel=1e-15)
    assert toy().evaluate("corrected", n=1, x=0) == 0.25
    digits = toy().evaluate(n=1, x=0, digits=40)
    with mpmath.workdps(50):
        assert abs(digits - mpmath.mpf(1) / 3) < mpmath.mpf(10) ** -40
    assert np.allclose(toy().lambdify("corrected")(np.array([4, 8]), 0), [1, 2])


def test_a_distribution_evaluates_to_its_function() -> None:
    law = Law("stated", sp.Symbol("F"), (COUNT,), "w", evaluate=lambda n: lambda t: n * t)
    assert toy(laws=(law,)).evaluate(n=3)(2) == 6
    assert toy(laws=(law,)).evaluate(n=3, digits=20)(2) == 6


@pytest.mark.parametrize("digits", [0, -1, 1.5, True, "9", math.nan, 10**9])
def test_digits_must_be_a_count(digits: Any) -> None:
    with pytest.raises(ClaimError, match="'digits'"):
        toy().evaluate(n=1, x=0, digits=digits)


@pytest.mark.parametrize(
    ("law", "n", "breaks"),
    [("stated", 5, True), ("stated", 7, False), ("corrected", 7, False), ("corrected", 5, True)],
)
def test_stated_assumptions_guard_every_law(law: str, n: int, breaks: bool) -> None:
    """Stated assumptions guard every law, unstated ones none: the corrected law is true without."""
    if breaks:
        with pytest.raises(ClaimError, match=f"n is not {n}"):
            toy().exact(law, n=n, x=0)
    else:
        toy().exact(law, n=n, x=0)


def test_admits() -> None:
    assert [toy().admits({"n": k}) for k in (1, 7, 5)] == ["needed", "stated", "outside"]
    assert toy().admits({}) == "needed"


def test_source_and_mutants() -> None:
    mutant = Mutant("m", lambda n, x: n)
    claim = toy(laws=(replace(LAW, mutants=(mutant,)), TRUE_LAW))
    assert claim.mutants == (mutant,)
    assert claim.parameters == (COUNT, SHIFT)
    assert claim.formula == LAW.formula
    assert str(claim.source) == "Doe (2020), eq. (1)"
    assert claim.source.bibtex == "@misc{doe}"


def test_no_more_digits_than_the_law_has() -> None:
    found = toy(laws=(replace(LAW, digits=lambda n, x: 4 if x else n),))
    assert found.evaluate(n=3, x=0.5) == 1.5
    assert found.evaluate(n=3, x=0.5, digits=4) == found.evaluate(n=3, x=0, digits=3) + 0.5
    with pytest.raises(ClaimError, match=r"'digits' must be at most 3.* n = 3, x = 0; got 4"):
        found.evaluate(n=3, x=0, digits=4)
