"""Records refuse to be built wrong; values handed to a claim fail with one clear error."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from theory.schema import (
    Bounds,
    Choice,
    Claim,
    ClaimError,
    Curve,
    Document,
    Domain,
    Estimand,
    Finding,
    Integers,
    Law,
    Maps,
    Margin,
    Mutant,
    Panel,
    Parameter,
    Probe,
    Proof,
    Reals,
    Tuples,
    absolute,
    as_float,
    as_mpf,
    relative,
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


# --- domains ---------------------------------------------------------------------------------

DOMAINS: tuple[Domain, ...] = (
    Integers(0),
    Integers(-3, 3),
    Reals(),
    Reals(0, 1, open_low=True, open_high=True),
    Choice(("relu", "tanh", 1)),
    Tuples(Integers(1)),
    Tuples(Reals(0), min_size=2),
)
ODDITIES: tuple[object, ...] = (
    sp.oo, sp.zoo, sp.nan, sp.I, sp.Symbol("x"), sp.pi, sp.Rational(1, 3), sp.true,
    mpmath.mpf("0.5"), mpmath.inf, mpmath.mpc(1, 1),
    np.float64("nan"), np.int64(3), np.bool_(True), np.array([1.0]), np.array([1.0, 2.0]),
    "relu", object(), int, Bounds(0, 1), range(3), {1}, Decimal("sNaN"),
)  # fmt: skip
SHORT = {"max_size": 3}
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.fractions(), st.decimals(),
    st.complex_numbers(), st.text(**SHORT), st.binary(**SHORT), st.lists(st.integers(), **SHORT),
    st.tuples(st.floats(), st.floats()), st.dictionaries(st.text(), st.integers(), max_size=1),
    st.sampled_from(ODDITIES),
)  # fmt: skip
NO_NUMBERS = st.one_of(
    st.none(), st.booleans(), st.text(**SHORT), st.complex_numbers(), st.just(math.nan)
)


@pytest.mark.parametrize("domain", DOMAINS, ids=str)
@given(value=ANYTHING)
def test_every_value_is_in_or_out(domain: Domain, value: object) -> None:
    """No domain raises, whatever it is asked; the error names argument, rule and value."""
    inside = domain.contains(value)
    assert inside in (True, False)
    parameter = Parameter("letter", domain, "a letter")
    if inside:
        parameter.check("toy.1", value)
        return
    with pytest.raises(ClaimError) as caught:
        parameter.check("toy.1", value)
    for part in ("toy.1", "'letter'", "a letter", str(domain), repr(value)):
        assert part in str(caught.value)


@given(NO_NUMBERS)
def test_no_number_is_in_no_numeric_domain(value: object) -> None:
    assert not any(d.contains(value) for d in DOMAINS if not isinstance(d, Choice))


@given(st.integers(-10, 10))
def test_integers_by_comparison(value: int) -> None:
    assert Integers(-3, 3).contains(value) == (-3 <= value <= 3)
    assert Integers(-3, 3).contains(sp.Integer(value)) == (-3 <= value <= 3)
    assert not Integers(-3, 3).contains(float(value))


@given(st.floats(-2, 2).filter(lambda x: x == 0 or abs(x) > 1e-12))
def test_reals_by_comparison(value: float) -> None:
    for exact in (value, Fraction(value), mpmath.mpf(value), sp.Rational(value), np.float64(value)):
        assert Reals(0, 1).contains(exact) == (0 <= value <= 1)
        assert Reals(0, 1, open_low=True, open_high=True).contains(exact) == (0 < value < 1)


@pytest.mark.parametrize(
    ("domain", "words"),
    [
        (Integers(0), "an integer >= 0"),
        (Integers(1, 4), "an integer >= 1 and <= 4"),
        (Reals(), "a real number in (-inf, inf)"),
        (Reals(0, 1, open_high=True), "a real number in [0, 1)"),
        (Choice(("a", "b")), "one of 'a', 'b'"),
        (Tuples(Integers(1), min_size=2), "a sequence of at least 2, each an integer >= 1"),
    ],
)
def test_domains_in_words(domain: Domain, words: str) -> None:
    assert str(domain) == words


def test_members_of_sequences() -> None:
    assert Tuples(Integers(1)).contains([1, 2])
    assert not Tuples(Integers(1)).contains([1, 0])
    assert not Tuples(Integers(1)).contains(())
    assert Choice(("relu", 1)).contains("relu")
    assert not Choice(("relu", 1)).contains(True)


# --- laws ------------------------------------------------------------------------------------


def test_a_law_without_evaluate_substitutes_exactly() -> None:
    assert LAW(n=2, x=Fraction(1, 3)) == 1
    assert LAW.rhs == n / 3 + x
    assert replace(LAW, formula=n + x, evaluate=None)(n=1, x=2) == 3  # an expression is its own rhs


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"parameters": (COUNT, replace(SHIFT, name="n"))}, "named twice"),
        ({"mutants": (Mutant("m", len), Mutant("m", max))}, "share a name"),
        (
            {"parameters": (replace(COUNT, symbol=None), SHIFT), "evaluate": None},
            "needs `evaluate`",
        ),
    ],
)
def test_a_law_refuses(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ClaimError, match=words):
        replace(LAW, **fields)


def test_lambdify_is_elementwise() -> None:
    assert np.allclose(LAW.lambdify()(np.array([3, 6]), 0.5), [1.5, 2.5])
    hidden = Law("stated", sp.Symbol("y"), (COUNT,), "w", evaluate=lambda n: Fraction(n, 2))
    assert hidden.lambdify()(np.array([1, 2])).tolist() == [0.5, 1.0]


def test_bounds_are_pairs() -> None:
    assert as_float(Bounds(Fraction(1, 4), sp.oo)) == (0.25, math.inf)
    assert as_mpf(Bounds(-sp.oo, 1)) == (-mpmath.inf, 1)


@pytest.mark.parametrize("value", [2, Fraction(1, 3), sp.Rational(1, 3), 0.1, mpmath.mpf(1) / 3])
def test_numbers(value: Any) -> None:
    with mpmath.workdps(50):
        exact = as_mpf(value)
    assert float(exact) == pytest.approx(float(value), rel=1e-15)


def test_a_complex_value_is_refused() -> None:
    with pytest.raises(ClaimError, match="no real number"):
        as_mpf(sp.sqrt(-2))


def test_truth_values_stay_truth_values() -> None:
    assert as_float(sp.true) is True
    assert as_mpf(sp.false) is False


# --- claims ----------------------------------------------------------------------------------


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


@pytest.mark.parametrize("margin", [(0.1, 0.2, 0.1), (0.2, 0.1, 0.2), (0.1, 0.1, 0), (-1, -1, -1)])
def test_a_margin_refuses(margin: tuple[float, float, float]) -> None:
    with pytest.raises(ClaimError, match="paper <= standard <= quick"):
        Margin(*margin, why="w")


def test_margins() -> None:
    assert relative(0.1, "w").kind == "relative"
    assert absolute(0.1, "w", quick=0.3, paper=0.05) == Margin(0.3, 0.1, 0.05, "w", "absolute")
    assert [Margin(0.3, 0.2, 0.1, "w").at(tier) for tier in ("quick", "standard", "paper")] == [
        0.3,
        0.2,
        0.1,
    ]


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


def test_a_point_holds_setup_arguments_and_facts() -> None:
    found = probe(facts={"shared": True}).point
    assert found == {"widths": (2, 2), "n": 2, "x": 0, "shared": True}


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
