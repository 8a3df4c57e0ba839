"""The plugin, in small pytest runs of its own: items, outcomes, options, fixtures."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import verify.engine  # before any run in this process: such a run forgets what it imports
from theory import claim, claims
from theory.schema import Claim, Probe
from verify import pytest_plugin
from verify.results import ClaimResult, Row

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
# a claim without measurements takes no time to verify
FAST = next(c for c in claims if not c.probes and c.expected in ("holds", "false-as-stated"))
KURTOSIS = "vev.prop4.3"


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run pytest in an empty folder, in this process; warnings are errors there as well."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # whether it is installed or not
    pytester.makeini("[pytest]\nfilterwarnings = error\naddopts = --strict-markers -rs")
    return functools.partial(pytester.runpytest_inprocess, plugins=[pytest_plugin])


def row(**fields: Any) -> Row:
    given: dict[str, Any] = {
        "check": f"{KURTOSIS}/p#stated", "claim": KURTOSIS, "law": "stated", "role": "stated",
        "kind": "exact", "name": "p", "words": "counted", "point": {"n": 3}, "admits": "needed",
        "predicted": 2.0, "predicted_text": "two", "found_text": "three", "outcome": "differs",
    }  # fmt: skip
    return Row(**{**given, **fields})


# --- items -----------------------------------------------------------------------------------


def test_one_item_for_each_check_and_one_for_the_verdict(run: Any) -> None:
    result = run("--claims", KURTOSIS, "--collect-only", "-q")
    found = claim(KURTOSIS)
    wanted = [f"{KURTOSIS}::{p.name}#{p.law} [{p.kind}]" for p in found.proofs]
    wanted += [f"{KURTOSIS}::{p.name}#{law} [monte-carlo]" for p in _quick(found) for law in p.laws]
    wanted += [f"{KURTOSIS}::verdict"]
    assert [line for line in result.outlines if "::" in line] == wanted


def test_a_claim_is_verified(run: Any) -> None:
    result = run("--claims", FAST.id, "-v")
    result.assert_outcomes(passed=len(FAST.proofs) + 1)
    result.stdout.fnmatch_lines(
        [f"depthlaws: claims {FAST.id}, tier quick, seed 0", f"*{FAST.id}::verdict PASSED*"]
    )


def test_selection_by_keyword_verifies_only_what_is_left(run: Any, fake: list[Any]) -> None:
    result = run("--claims", f"{KURTOSIS},{FAST.id}", "-k", f"verdict and {FAST.id}")
    result.assert_outcomes(passed=1, deselected=_count(KURTOSIS) + _count(FAST.id) - 1)
    assert fake == [{"ids": [FAST.id], "tier": "quick", "seed": 0, "jobs": 1}]


def test_one_computation_for_all_items(run: Any, fake: list[Any]) -> None:
    options = ("--claims-tier", "standard", "--claims-seed", "7", "--claims-jobs", "2")
    run("--claims", KURTOSIS, "--claims", FAST.id, *options)
    assert [(len(call["ids"]), call["tier"], call["seed"], call["jobs"]) for call in fake] == [
        (2, "standard", 7, 2)
    ]


def _quick(c: Claim) -> list[Probe]:
    return [p for p in c.probes if p.belongs_to("quick")]


def _count(claim_id: str) -> int:
    found = claim(claim_id)
    return len(found.proofs) + sum(len(p.laws) for p in _quick(found)) + 1


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """verify() replaced: every row agrees, every verdict is as expected; its calls are noted."""
    return pretend(monkeypatch)


def pretend(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> list[Any]:
    """verify() gives what the claim expects; `changed` alters the first row or the verdict."""
    calls: list[Any] = []
    verdict = changed.pop("verdict", None)

    def result(claim_id: str) -> ClaimResult:
        c = claim(claim_id)
        rows = [row(check=f"{c.id}/{p.name}#{p.law}", outcome="agrees") for p in c.proofs]
        rows += [
            row(check=f"{c.id}/{p.name}#{law}", outcome="agrees")
            for p in _quick(c)
            for law in p.laws
        ]
        if changed:
            rows[0] = row(**{"check": rows[0].check, **changed})
        return ClaimResult(
            id=c.id, title=c.title, document="d", where="w", says="s", kind="k", module="m",
            laws=[], assumptions=[], expected=c.expected, verdict=verdict or c.expected,
            verdict_reason="why", because=c.because, remark="", strongest="exact", rows=rows,
            mutants=[], curves=[],
        )  # fmt: skip

    def verify_all(ids: list[str], **options: Any) -> Any:
        calls.append({"ids": ids, **options})
        return SimpleNamespace(claims=[result(i) for i in ids])

    monkeypatch.setattr(verify.engine, "verify", verify_all)
    return calls


def test_an_undecided_check_is_skipped_with_its_reason(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, outcome="undecided", reason="heavy tail")
    result = run("--claims", KURTOSIS)
    result.assert_outcomes(passed=_count(KURTOSIS) - 1, skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*undecided: heavy tail"])


def test_a_check_that_contradicts_fails_with_the_numbers_and_no_traceback(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, outcome="differs", admits="needed", kind="monte-carlo", doubts=["a doubt"])
    result = run("--claims", KURTOSIS)
    result.assert_outcomes(passed=_count(KURTOSIS) - 1, failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["*predicted  two", "*found      three", "*at *n = 3", "*doubt: a doubt"]
    )
    result.stdout.fnmatch_lines(["*committed verdict is 'holds-if'*"])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")


def test_another_verdict_fails_and_says_why(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, verdict="undecided", outcome="undecided", reason="budget spent")
    result = run("--claims", KURTOSIS, "-k", "verdict")
    result.assert_outcomes(failed=1, deselected=_count(KURTOSIS) - 1)
    result.stdout.fnmatch_lines(
        ["*verdict    undecided: why", "*committed  holds-if: *", "*budget spent*"]
    )


def test_a_missing_row_fails(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, check="vev.prop4.3/no such#stated")
    run("--claims", KURTOSIS).assert_outcomes(passed=_count(KURTOSIS) - 1, failed=1)


def test_a_broken_computation_breaks_every_item_once(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def broken(ids: list[str], **options: Any) -> None:
        calls.append(ids)
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(verify.engine, "verify", broken)
    result = run("--claims", FAST.id)
    result.assert_outcomes(failed=len(FAST.proofs) + 1)
    assert len(calls) == 1
    result.stdout.fnmatch_lines(["*the disk is full*"])


@pytest.mark.parametrize(
    ("fields", "expected", "fits"),
    [
        ({"outcome": "agrees"}, "holds", True),
        ({}, "holds", False),
        ({}, "false-as-stated", True),
        ({}, "holds-if", False),
        ({"admits": "stated"}, "holds-if", True),
        ({"admits": "stated"}, "holds", False),
        ({"admits": "outside"}, "holds", True),
        ({"role": "corrected"}, "false-as-stated", False),
        ({"role": "corrected", "admits": "outside"}, "false-as-stated", True),
        ({"role": "sharper"}, "holds", False),
        ({"role": "proof-step"}, "holds", True),
    ],
)
def test_which_outcomes_fit_a_verdict(fields: dict[str, str], expected: str, fits: bool) -> None:
    assert pytest_plugin.allowed(row(**fields), expected) is fits


# --- options ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--claims", "vev.prop43"), "*vev.prop43*nearest*vev.prop4.3*"),
        (("--claims", "qqqqq*"), "*qqqqq*"),
        (("--claims", "*", "--claims-tier", "slow"), "*--claims-tier*slow*"),
        (("--claims", "*", "--claims-seed", "-1"), "*--claims-seed*-1*"),
        (("--claims", "*", "--claims-seed", "x"), "*--claims-seed*x*"),
        (("--claims", "*", "--claims-jobs", "0"), "*--claims-jobs*0*"),
    ],
)
def test_bad_options_are_usage_errors(run: Any, arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    output = result.errlines + result.outlines
    pytest.LineMatcher(output).fnmatch_lines([message])
    assert not any("Traceback" in line for line in output)


def test_a_document_and_a_glob_select(run: Any) -> None:
    by_key = run("--claims", "vanishing_variance", "--collect-only", "-q").outlines
    by_glob = run("--claims", "vev.*", "--collect-only", "-q").outlines
    wanted = {c.id for c in claims if c.id.startswith("vev.")}
    for lines in (by_key, by_glob):
        assert {line.split("::")[0] for line in lines if "::" in line} == wanted


def test_without_the_option_nothing_changes_and_nothing_is_loaded(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(
        test_light="""
        import sys

        def test_nothing_heavy():
            heavy = {"torch", "sympy", "mpmath", "scipy", "theory", "simulate"}
            assert not heavy & {name.split(".")[0] for name in sys.modules}
        """
    )
    result = pytester.runpytest_subprocess("-p", "verify.pytest_plugin")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("depthlaws:*")


def test_pytest_finds_the_plugin() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"depthlaws": pytest_plugin.__name__}


# --- fixtures --------------------------------------------------------------------------------


def test_fixtures_of_a_users_test(run: Any, pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_mine=f"""
        import pytest

        @pytest.mark.claim("{KURTOSIS}")
        def test_points(claim, claim_points):
            assert claim.id == "{KURTOSIS}"
            assert len(claim_points) > 1
            for point in claim_points:
                assert claim.admits(point) == "needed"
                assert claim.evaluate(**point) > 0

        @pytest.mark.claim("{FAST.id}")
        class TestMarkedOnce:
            def test_still(self, claim, verify_claim):
                assert verify_claim().verdict == claim.expected

            def test_points(self, claim, claim_points):
                for point in claim_points:
                    claim.exact(**point)

        def test_named(verify_claim):
            assert verify_claim("{FAST.id}", tier="quick", seed=3).id == "{FAST.id}"
        """
    )
    run().assert_outcomes(passed=4)


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ("", '*@pytest.mark.claim("<id>")*'),
        ("@pytest.mark.claim", '*@pytest.mark.claim("<id>")*'),
        ("@pytest.mark.claim(3)", '*@pytest.mark.claim("<id>")*'),
        ("@pytest.mark.claim('vev.prop43')", "*nearest: *vev.prop4.3*"),
    ],
)
def test_a_wrong_marker_is_explained(
    run: Any, pytester: pytest.Pytester, marker: str, message: str
) -> None:
    pytester.makepyfile(f"import pytest\n\n{marker}\ndef test_it(claim):\n    pass\n")
    result = run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])


def test_claims_run_beside_a_users_tests(run: Any, pytester: pytest.Pytester, fake: Any) -> None:
    pytester.makepyfile("def test_mine():\n    pass\n")
    run("--claims", FAST.id).assert_outcomes(passed=len(FAST.proofs) + 2)
    run("--claims", FAST.id, "-m", "claim").assert_outcomes(
        passed=len(FAST.proofs) + 1, deselected=1
    )
