"""What every claim and every experiment owes, checked over the registries.

One test item for each claim and duty, under the claim's id: a new claim file is held to all of
this without a line being added here.
"""

from __future__ import annotations

import functools
import importlib
import itertools
import math
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulate import Setup, activations, all_experiments
from simulate.maps import check_nodes
from simulate.seeds import Stream
from theory import ClaimError, claim
from theory.display import VERDICTS, claim_html, claim_text, example, example_call
from theory.index import DOCUMENTS, index
from theory.maths import enumeration
from theory.schema import LATER, TIERS, Bounds, Integers, Law, Probe, Reals, as_float
from verify import cli, strategies
from verify.exact import ProofRun, run_proof

IDS = [entry.id for entry in index()]
each_claim = pytest.mark.parametrize("claim_id", IDS)
KINDS_OF_ESTIMAND = {
    "mean": 1, "ratio": 2, "ratio_to_square": 2, "normalised": 3, "root_ratio": 4, "probability": 1,
    "distribution": 1, "quantile": 1, "smooth": None,
}  # fmt: skip
GREEK = re.compile(
    r"(?<![\\A-Za-z])(alpha|beta|gamma|delta|kappa|lambda|mu|rho|sigma|tau|theta|chi)(?![a-z])"
)


@functools.cache
def proofs(claim_id: str) -> dict[str, ProofRun]:
    """Every proof of a claim, run on its law and on the mutants of its law."""
    return {proof.name: run_proof(claim_id, proof.name) for proof in claim(claim_id).proofs}


def values_of(result: Any) -> list[float]:
    """The numbers of a law's value: one, or the two ends of a bound."""
    number = as_float(result)
    return list(number) if isinstance(result, Bounds) else [float(number)]


# --- a claim can be found, read and cited ----------------------------------------------------


def test_ids_are_items_of_their_document() -> None:
    """An id is permanent: it stands in the list of the document's items, once."""
    assert len(set(IDS)) == len(IDS)
    for entry in index():
        items = importlib.import_module(f"theory.{entry.document}.items").ITEMS
        assert entry.id in items, f"{entry.id} is no item of {entry.document}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_items_carry_the_prefix(document: str) -> None:
    prefix = importlib.import_module(f"theory.{document}").PAPER.prefix
    items = importlib.import_module(f"theory.{document}.items").ITEMS
    assert all(item.startswith(f"{prefix}.") for item in items)


@each_claim
def test_a_reader_can_place_it(claim_id: str) -> None:
    found = claim(claim_id)
    assert found.source.where
    assert found.source.says
    assert found.source.bibtex.startswith("@")
    assert 0 < len(found.title) <= 90
    assert found.kind
    assert found.expected in VERDICTS
    assert found.because.endswith((".", ")"))
    for other in found.see:
        assert any(other in _items(document) for document in DOCUMENTS), f"see {other!r}"


@functools.cache
def _items(document: str) -> frozenset[str]:
    return frozenset(importlib.import_module(f"theory.{document}.items").ITEMS)


@each_claim
def test_formulas_are_drawn(claim_id: str) -> None:
    """In LaTeX and in a terminal, with Greek letters as letters."""
    found = claim(claim_id)
    for law in found.laws:
        latex = sp.latex(law.formula)
        assert latex.strip()
        assert r"\mathtt" not in latex
        assert "None" not in latex
        words = re.sub(r"\\(text|mathrm|operatorname)\{[^}]*\}", "", latex)
        assert not GREEK.search(words), f"{law.name}: spelled out in {latex}"
    assert found.id in claim_text(found)
    assert found.id in claim_html(found)


@each_claim
def test_the_call_it_prints_works(claim_id: str) -> None:
    found = claim(claim_id)
    call = example_call(found)
    assert call, "no arguments in the domains satisfy the assumptions of the first law"
    value = eval(call, {"claim": claim})
    assert callable(value) or not np.isnan(np.asarray(value, dtype=float)).any(), (
        f"{call} = {value}"
    )


@each_claim
def test_assumptions_are_silent_about_what_a_point_leaves_open(claim_id: str) -> None:
    found = claim(claim_id)
    for assumption in found.assumptions:
        assert assumption.words
        assert assumption.holds_at({}), f"{assumption.words}: write point.get(name, <satisfying>)"


@each_claim
def test_symbols_assume_no_more_than_their_domains(claim_id: str) -> None:
    """A symbol declared positive over a domain that holds 0 makes sympy prove too much."""
    for law in claim(claim_id).laws:
        for p in law.parameters:
            if not isinstance(p.symbol, sp.Symbol) or not isinstance(p.domain, Integers | Reals):
                continue
            low = p.domain.low
            open_at_zero = isinstance(p.domain, Reals) and low == 0 and p.domain.open_low
            assert not p.symbol.is_positive or low > 0 or open_at_zero, f"{p.name}: positive"
            assert not p.symbol.is_nonnegative or low >= 0, f"{p.name}: nonnegative"
            assert not p.symbol.is_integer or isinstance(p.domain, Integers), f"{p.name}: integer"


@each_claim
def test_laws_take_the_points_at_which_they_are_measured(claim_id: str) -> None:
    found = claim(claim_id)
    for probe in found.probes:
        if found.admits(probe.point) != "outside":
            for name in probe.laws:
                found.exact(name, **probe.at)


# --- its laws are tested, and the tests can fail ---------------------------------------------


@each_claim
def test_every_law_is_tested(claim_id: str) -> None:
    found = claim(claim_id)
    for law in found.laws:
        by_proof = any(proof.law == law.name for proof in found.proofs)
        by_probe = any(law.name in probe.laws for probe in found.probes)
        assert by_proof or by_probe, f"law {law.name!r} is declared and never tested"


@each_claim
def test_a_proof_that_waits_leaves_its_law_with_another_check(claim_id: str) -> None:
    found = claim(claim_id)
    for proof in found.proofs:
        assert proof.tiers in (TIERS, LATER), proof.name
        if "quick" not in proof.tiers:
            others = [p for p in found.proofs if p.law == proof.law and "quick" in p.tiers]
            sampled = [p for p in found.probes if proof.law in p.laws and p.belongs_to("quick")]
            assert others or sampled, f"{proof.name}: nothing checks {proof.law!r} at quick"


@each_claim
def test_every_law_has_a_wrong_version(claim_id: str) -> None:
    found = claim(claim_id)
    if found.kind == "definition":  # a definition is not right or wrong
        return
    for law in found.laws:
        assert law.mutants, f"law {law.name!r} has no mutant: what would its checks reject?"


@each_claim
def test_every_proof_decides(claim_id: str) -> None:
    """And for the law, where that is ours and what it assumes holds: a stated law may be false."""
    found = claim(claim_id)
    ours = {
        p.name
        for p in found.proofs
        if found.law(p.law).role in ("corrected", "sharper") and found.admits(p.point) != "outside"
    }
    for name, run in proofs(claim_id).items():
        assert run.finding is not None, f"{name}: {run.error}"
        assert run.finding.agrees is not None, f"{name} is undecided: {run.finding.detail}"
        assert run.finding.agrees or name not in ours, f"{name} differs: {run.finding.detail}"
        assert run.finding.predicted, f"{name} does not say what was predicted"
        assert run.finding.found, f"{name} does not say what was found"


@each_claim
def test_every_mutant_is_rejected(claim_id: str) -> None:
    """By a proof of its law; else a measurement of the law must be there to reject it."""
    found = claim(claim_id)
    for law in found.laws:
        rejected = {
            name
            for proof in found.proofs
            if proof.law == law.name
            for name in proofs(claim_id)[proof.name].rejected
        }
        alive = [m for m in law.mutants if m.name not in rejected]
        measured = [p for p in found.probes if law.name in p.laws]
        for mutant in alive:
            assert any(_visible(law, mutant.evaluate, p) for p in measured), (
                f"mutant {mutant.name!r} of {law.name!r} survives every proof, and differs by more "
                "than its margin at no measurement"
            )


def _visible(law: Law, mutant: Callable[..., Any], probe: Probe) -> bool:
    """Whether the mutant lies beyond twice the standard margin from the law at this probe."""
    try:
        right, wrong = law(**probe.at), mutant(**probe.at)
        if callable(right):
            grid = np.linspace(-5, 5, 401)
            return bool(np.max(np.abs(right(grid) - wrong(grid))) > 2 * probe.margin.standard)
        pairs = list(zip(values_of(right), values_of(wrong), strict=True))
    except (ArithmeticError, ValueError, TypeError):
        return False
    for a, b in pairs:
        scale = abs(a) if probe.margin.kind == "relative" else 1.0
        if abs(a - b) > 2 * probe.margin.standard * scale:
            return True
    return False


# --- its measurements can be made ------------------------------------------------------------


@each_claim
def test_probes_name_what_exists(claim_id: str) -> None:
    for probe in claim(claim_id).probes:
        experiment = all_experiments()[probe.experiment]
        setup = Setup(**probe.setup)
        assert set(probe.estimand.columns) <= set(experiment.columns), probe.name
        assert experiment.cost(setup) >= 1
        assert experiment.replicates(setup) >= 1
        assert probe.why
        assert probe.margin.why
        assert probe.estimand.over
        assert probe.budget > 0
        assert probe.tiers
        assert (probe.x is not None) == bool(probe.curve), f"{probe.name}: curve and x go together"
        kind = probe.estimand.kind
        assert kind in KINDS_OF_ESTIMAND
        n = KINDS_OF_ESTIMAND[kind]
        assert n is None or len(probe.estimand.columns) == n, f"{kind} takes {n} columns"
        assert probe.estimand.columns
        assert (probe.estimand.function is not None) == (kind == "smooth")


@each_claim
def test_laws_have_values_where_they_are_measured(claim_id: str) -> None:
    found = claim(claim_id)
    for probe in found.probes:
        for name in probe.laws:
            value = found.law(name)(**probe.at)
            if probe.estimand.kind == "distribution":
                _is_distribution_function(value)
                continue
            numbers = values_of(value)
            assert not any(math.isnan(v) for v in numbers), f"{probe.name}: {name} is nan"
            assert any(math.isfinite(v) for v in numbers), f"{probe.name}: {name} is not finite"


def _is_distribution_function(cdf: Any) -> None:
    grid = np.linspace(-50, 50, 501)
    values = np.asarray(cdf(grid), dtype=float)
    assert values.shape == grid.shape
    assert np.all(np.diff(values) >= -1e-9)
    assert values.min() >= -1e-9
    assert values.max() <= 1 + 1e-9


@each_claim
def test_setups_run(claim_id: str) -> None:
    """Two networks of every probe: shapes, and no nan in the columns that are used.

    Hundreds of steps of MetaInit would take a minute and run the same lines as two.
    """
    for probe in claim(claim_id).probes:
        setup = Setup(**{**probe.setup, "tuning": min(2, probe.setup.get("tuning", 0))})
        measured = _measure(probe.experiment, setup, replicates=2)
        for column in probe.estimand.columns:
            assert not torch.isnan(measured[column]).any(), f"{probe.name}: nan in {column}"


@each_claim
def test_the_formula_shown_is_the_law_that_runs(claim_id: str) -> None:
    """Where letters and arguments are the same, both are computed at the measured points."""
    found = claim(claim_id)
    for law in found.laws:
        letters = {p.symbol: p.name for p in law.parameters if isinstance(p.symbol, sp.Symbol)}
        only_arguments = law.rhs.free_symbols == set(letters) and isinstance(law.rhs, sp.Expr)
        if not only_arguments or len(letters) < len(law.parameters):
            continue
        for probe in (p for p in found.probes if law.name in p.laws):
            at = {s: sp.sympify(probe.at[name]) for s, name in letters.items()}
            shown = law.rhs.subs(at, simultaneous=True).doit().evalf(30)
            if shown.is_Number:  # else it holds a function that only the document defines
                assert values_of(law(**probe.at)) == pytest.approx([float(shown)]), law.name


@each_claim
def test_curves_have_values(claim_id: str) -> None:
    found = claim(claim_id)
    for curve in found.curves:
        assert len(curve.xs) >= 2
        for name, member, x in itertools.product(curve.laws, curve.family, curve.xs):
            numbers = values_of(curve.value(found.law(name), x, member))
            assert any(map(math.isfinite, numbers)), f"{curve.name}: {name} at {x}: {numbers}"


@each_claim
def test_maps_can_be_drawn(claim_id: str) -> None:
    """Each panel has a set-up that `simulate` takes, a law with a number, a stream of its own."""
    found = claim(claim_id)
    for maps in found.maps:
        sizes = set()
        for panel in maps.panels:
            setup = Setup(**panel.setup)
            check_nodes(setup)
            sizes.add((setup.widths[-1], setup.depth))
            assert set(panel.tiers) <= set(TIERS)
            (value,) = values_of(found.law(maps.law)(**panel.at))
            assert 0 <= value <= 1
            assert found.admits({**panel.setup, **panel.at}) != "outside"
        assert len(sizes) == len(maps.panels) > 0
        assert any("quick" in panel.tiers for panel in maps.panels)


@each_claim
def test_a_curve_meets_its_measurements(claim_id: str) -> None:
    """The line and the point at one abscissa are the same law at the same arguments."""
    found = claim(claim_id)
    for probe in found.probes:
        if not probe.curve:
            continue
        curve = next(c for c in found.curves if c.name == probe.curve)
        for name in set(curve.laws) & set(probe.laws):
            law = found.law(name)
            at_the_point = pytest.approx(values_of(law(**probe.at)))
            on_the_lines = [values_of(curve.value(law, probe.x, m)) for m in curve.family]
            assert at_the_point in on_the_lines, f"{probe.name} is off {curve.name}"


# --- arguments -------------------------------------------------------------------------------

few = settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])


@each_claim
def test_a_choice_can_be_typed(claim_id: str) -> None:
    for law in claim(claim_id).laws:
        for parameter in law.parameters:
            for option in getattr(parameter.domain, "options", ()):
                assert cli.argument(f" {option}", parameter.domain) is option, parameter.name


@each_claim
@few
@given(data=st.data())
def test_a_wrong_argument_is_named(claim_id: str, data: st.DataObject) -> None:
    found = claim(claim_id)
    wrong = data.draw(strategies.outside(found))
    with pytest.raises(ClaimError) as caught:
        found.evaluate(**wrong.arguments)
    assert claim_id in str(caught.value)
    assert wrong.broken in str(caught.value)


@each_claim
@few
@given(data=st.data())
def test_arguments_in_the_domain_have_a_value(claim_id: str, data: st.DataObject) -> None:
    """Inside the domains and the assumptions a law is a number, a bound, or a function."""
    found = claim(claim_id)
    point = data.draw(strategies.points(found))
    value = found.exact(**point)
    assert callable(value) or not any(math.isnan(v) for v in values_of(value)), f"{point}: {value}"


# --- what is written twice on purpose --------------------------------------------------------


@pytest.mark.parametrize("slope", [Fraction(0), Fraction(1, 4), Fraction(-1), Fraction(-3, 10)])
def test_the_two_leaky_rectifiers_are_one_function(slope: Fraction) -> None:
    points = [Fraction(k, 7) for k in range(-20, 21)]
    theirs = [float(enumeration.leaky(slope)(x)) for x in points]
    setup = Setup((1, 1), "gaussian", 1.0, "leaky_relu", slope=float(slope))
    x = torch.tensor([float(p) for p in points], dtype=torch.float64)
    assert activations.apply(setup, x).tolist() == pytest.approx(theirs)


@pytest.mark.parametrize(("name", "slope"), [("linear", 1), ("relu", 0), ("abs", -1)])
def test_named_activations_are_leaky_rectifiers(name: str, slope: int) -> None:
    """theory writes linear, ReLU and |.| as phi_a with a = 1, 0, -1."""
    x = torch.linspace(-3, 3, 13, dtype=torch.float64)
    theirs = [float(enumeration.leaky(Fraction(slope))(Fraction(v))) for v in x.tolist()]
    assert activations.apply(Setup((1, 1), "gaussian", 1.0, name), x).tolist() == theirs


# --- experiments -----------------------------------------------------------------------------

EXPERIMENTS = sorted(all_experiments())
each_experiment = pytest.mark.parametrize("name", EXPERIMENTS)


def _measure(
    name: str, setup: Setup, *, replicates: int, block: int = 0, seed: int = 0
) -> Mapping[str, torch.Tensor]:
    stream = Stream(seed, f"contract/{name}", block)
    with torch.inference_mode():
        measured = all_experiments()[name].measure(setup, stream, replicates)
    assert set(measured) == set(all_experiments()[name].columns)
    for column, values in measured.items():
        assert values.numel() == replicates, f"{column}: {tuple(values.shape)}"
    return measured


@functools.cache
def _smallest_setup(name: str) -> Setup:
    """The cheapest set-up at which a claim uses the experiment; a plain one if none does."""
    setups = [
        Setup(**probe.setup)
        for claim_id in IDS
        for probe in claim(claim_id).probes
        if probe.experiment == name
    ]
    plain = Setup((3, 3, 3), "gaussian", 2.0, "relu", n_inputs=2)
    return min(setups, key=all_experiments()[name].cost, default=plain)


@each_experiment
def test_an_experiment_says_what_it_is(name: str) -> None:
    experiment = all_experiments()[name]
    assert experiment.summary
    assert experiment.sampler
    assert experiment.columns
    assert len(set(experiment.columns)) == len(experiment.columns)


@each_experiment
def test_an_experiment_is_used(name: str) -> None:
    used = {probe.experiment for claim_id in IDS for probe in claim(claim_id).probes}
    assert name in used, "no claim measures with it"


@each_experiment
def test_an_experiment_is_reproducible(name: str) -> None:
    """Equal for an equal key, to the last bit; different for another block or seed."""
    setup = _smallest_setup(name)
    first, again = (_measure(name, setup, replicates=64) for _ in range(2))
    others = [_measure(name, setup, replicates=64, **key) for key in ({"block": 1}, {"seed": 1})]
    for column in first:
        assert torch.equal(first[column].nan_to_num(9.9), again[column].nan_to_num(9.9)), column
    for other in others:
        assert any(not torch.equal(first[c], other[c]) for c in first), "nothing changed"


@each_experiment
def test_an_experiment_measures_numbers(name: str) -> None:
    """No nan at a small set-up in any column that some claim uses there."""
    setup = _smallest_setup(name)
    for column, values in _measure(name, setup, replicates=16).items():
        assert not torch.isnan(values).any(), column


@each_experiment
def test_replicates_are_independent_networks(name: str) -> None:
    """Sixteen replicates are not one network sixteen times."""
    measured = _measure(name, _smallest_setup(name), replicates=64)
    assert any(values.unique().numel() > 1 for values in measured.values())


@each_experiment
def test_a_block_does_not_grow_with_memory(name: str) -> None:
    """The number of replicates in a block depends on the set-up alone."""
    experiment, setup = all_experiments()[name], _smallest_setup(name)
    assert experiment.replicates(setup) == experiment.replicates(Setup(**setup.as_dict()))


def test_examples_satisfy_their_own_claims() -> None:
    for claim_id in IDS:
        found = claim(claim_id)
        arguments = example(found)
        assert arguments is not None, claim_id
        assert found.admits(arguments) == "needed", claim_id
