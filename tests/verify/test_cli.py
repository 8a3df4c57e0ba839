import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from verify import cli, plan

ROOT = Path(__file__).resolve().parents[2]
ID = "vev.prop4.3"
AT = ["widths=20*3", "slope=0", "weight_kurtosis=3", "input_kurtosis=3", "input_pair=1"]


@pytest.fixture(autouse=True)
def small_budget(monkeypatch):
    monkeypatch.setitem(plan.BUDGETS, "quick", 1e6)


def run(capsys, *arguments):
    code = cli.run(arguments)
    out, err = capsys.readouterr()
    return code, out, err


def test_list_shows_every_item_in_the_order_of_the_documents(capsys):
    from theory import claims
    from theory.index import items

    code, out, _ = run(capsys, "list")
    assert code == 0
    lines = {line.split()[0]: line.split()[1] for line in out.splitlines()}
    assert list(lines) == [item.id for item in items()]
    assert {one for one, verdict in lines.items() if verdict != "not-tested"} == {
        c.id for c in claims
    }
    assert all(lines[c.id] == c.expected for c in claims)


@pytest.mark.parametrize("arguments", [["vn.table1"], ["vn.table*"], ["vn"], []])
def test_list_says_what_is_about_training(capsys, arguments):
    code, out, _ = run(capsys, "list", *arguments)
    (line,) = [line for line in out.splitlines() if line.startswith("vn.table1 ")]
    assert (code, line.split()[1]) == (0, "not-tested")
    assert line.endswith("AND/XOR/MNIST x init (training)")


@pytest.mark.parametrize(
    ("item", "why"),
    [("vev.fig2", "training"), ("vn.table1", "training"), ("dg.fold", "not yet encoded")],
)
def test_show_says_why_an_item_is_not_tested(capsys, item, why):
    code, out, err = run(capsys, "show", item)
    assert (code, err) == (0, "")
    assert out.startswith(f"{item}  ")
    assert out.endswith(f"\nnot-tested: {why}\n")


def test_list_takes_globs_and_documents(capsys):
    assert run(capsys, "list", "vev.prop4*")[1].split()[0] == ID
    assert run(capsys, "list", "vanishing_variance")[0] == 0


def test_search_is_that_of_the_registry_and_knows_items_without_a_claim(capsys):
    from theory import claims

    code, out, _ = run(capsys, "search", "kurtosis", "recursion")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == [
        c.id for c in claims.search("kurtosis recursion")
    ]
    assert out.startswith(f"{ID} ")
    assert run(capsys, "search", "accuracy vs depth")[1].splitlines()[-1].split()[:2] == [
        "vev.fig2", "not-tested",
    ]  # fmt: skip
    code, out, err = run(capsys, "search", "zebra")
    assert (code, out) == (0, "")
    assert "no claim mentions all of: zebra" in err


def test_show_and_bibtex(capsys):
    assert "Proposition 4.3" in run(capsys, "show", ID)[1]
    assert run(capsys, "show", ID, "--bibtex")[1].startswith("@mastersthesis")


def test_eval_gives_floats_and_digits(capsys):
    assert float(run(capsys, "eval", ID, *AT)[1]) == pytest.approx(3 * 1.25**3)
    code, out, _ = run(capsys, "eval", ID, *AT, "--digits", "30")
    assert code == 0
    assert out.strip() == "5.859375"


@pytest.mark.parametrize(
    "arguments",
    [
        [ID, "--law", "stated", *AT],
        [ID, *AT[:2], "--law", "stated", *AT[2:]],
        ["--law", "stated", ID, *AT],
        [ID, *AT, "--law", "stated"],
    ],
)
def test_eval_takes_options_and_arguments_in_any_order(capsys, arguments):
    code, out, err = run(capsys, "eval", *arguments, "--digits", "30")
    assert (code, out.strip(), err) == (0, "5.859375", "")
    # and an option before the arguments that follow it
    code, out, _ = run(capsys, "eval", ID, "--digits", "30", *AT)
    assert (code, out.strip()) == (0, "5.859375")


def test_a_distribution_is_answered_with_a_call_that_works(capsys):
    from theory import claim

    at = ["widths=10*4", "slope=0", "units=0"]
    code, out, err = run(capsys, "eval", "vev.law.product", "--law", "distribution", *at)
    assert (code, out) == (cli.USAGE, "")
    call = err.partition("call it in Python: ")[2].strip().removesuffix("(x)")
    assert (
        call == 'claim("vev.law.product").exact("distribution", widths=(10,) * 4, slope=0, units=0)'
    )
    assert eval(call, {"claim": claim})(50.0) == pytest.approx(1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["eval", ID, "--law", "stated", *AT, "--no-such"], "unrecognized arguments: --no-such"),
        (["show", ID, "vn.eq6"], "unrecognized arguments: vn.eq6"),
    ],
)
def test_what_no_command_takes_is_bad_usage(capsys, arguments, message):
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (cli.USAGE, "")
    assert message in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["eval", "vn.rec", "digits=abc"], "digits are an option, --digits abc; got 'digits=abc'"),
        (["eval", ID, *AT, "digits=30"], "digits are an option, --digits 30"),
        (["show", "vev.prop43"], "unknown claim id 'vev.prop43'; nearest: vev.prop4.3"),
        (["show", "été"], "unknown claim id 'été'"),
        (["eval", ID, "widths=20*3"], "missing argument 'slope'"),
        (["eval", ID, *AT, "depth=3"], "unknown argument 'depth'"),
        (["eval", ID, *AT[1:], "widths=0,3"], "'widths'"),
        (["eval", ID, *AT[1:], "widths=3*9999999999"], "at most 10^6"),
        (["eval", ID, "widths"], "arguments are key=value; got 'widths'"),
        (["eval", ID, *AT, "slope=1"], "argument 'slope' is given twice"),
        (["eval", ID, *AT[:1], "slope=nan", *AT[2:]], "'slope'"),
        (["eval", ID, *AT, "--digits", "0"], "argument 'digits' must be an integer"),
        (["eval", ID, *AT, "--law", "best"], "no law 'best'"),
        (["list", "vev.*", "nope"], "unknown claim id 'nope'"),
        (["verify", "vn.table1"], "no claim tests vn.table1 (AND/XOR/MNIST x init): not-tested"),
        (["plan", "nope"], "unknown claim id 'nope'"),
        (["verify", "nope"], "unknown claim id 'nope'"),
        (["verify", ID, "nope.*"], "unknown claim id 'nope.*'"),
        (["verify", ID, "--tier", "fast"], "tier must be one of quick, standard, paper"),
        (["verify", ID, "--device", "tpu"], "device must be one of auto, cpu, cuda; got 'tpu'"),
        (["verify", ID, "--jobs", "0"], "jobs must be an integer in [1, 256]; got 0"),
        (["verify", ID, "--seed", "-4"], "seed must be an integer in"),
        (["report", "/no/such/run"], "no results at /no/such/run/results.json"),
    ],
)
def test_bad_input_is_one_clear_line(capsys, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, *arguments)
    assert code == cli.USAGE
    assert out == ""
    assert message in err
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_an_unwritable_folder_is_named(capsys, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, err = run(capsys, "verify", ID, "--tier", "quick", "--out", str(tmp_path / "file/x"))
    assert code == cli.USAGE
    assert "--out must be a writable folder" in err


def test_verify_writes_a_run_and_report_renders_it_again(capsys, tmp_path):
    out = tmp_path / "run"
    code, stdout, _ = run(
        capsys, "verify", ID, "--tier", "quick", "--jobs", "1", "--out", str(out), "--json"
    )
    assert code in (cli.OK, cli.UNDECIDED)  # the test's tiny budget leaves rows undecided
    assert json.loads(stdout)["claims"][0]["id"] == ID
    for name in ("results.json", "report.html", "report.md", "junit.xml"):
        assert (out / name).stat().st_size > 0
    (out / "report.html").unlink()
    assert run(capsys, "report", str(out))[0] == code
    assert (out / "report.html").exists()


def test_results_of_another_version_are_refused(capsys, tmp_path):
    (tmp_path / "results.json").write_text('{"schema_version": 99}')
    code, _, err = run(capsys, "report", str(tmp_path))
    assert code == cli.USAGE
    assert "schema version 99" in err


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3), ("-2", -2), ("0.25", Fraction(1, 4)), ("1/3", Fraction(1, 3)),
        ("10*4", (10,) * 4), ("2, 3,5", (2, 3, 5)), ("(2,)", (2,)), ("relu", "relu"), ("1e3", 1000),
    ],
)  # fmt: skip
def test_values(text, value):
    assert cli.parse_value(text) == value


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["list"], 0),
        (["show", "vev.fig2"], 0),
        (["verify", "no.such.id", "--jobs", "2"], 2),
        (["plan", "no.such.id"], 2),
    ],
)
def test_what_is_answered_at_once_imports_nothing_heavy(arguments, code):
    """Nor are worker processes started: what starts them is not imported."""
    program = (
        f"import sys; from verify.cli import run; assert run({arguments}) == {code}\n"
        "heavy = {'torch', 'scipy', 'matplotlib', 'sympy', 'numpy', 'multiprocessing'}\n"
        "heavy &= set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
