"""Wild input to every public function and command: a documented error, or an answer that is right.

At least 10,000 inputs (counted), none of which may hang, show a traceback or give nan. The error
classes are ClaimError (theory), SetupError (simulate), PlanError, StoreError, ResultsError (verify)
and the exit codes of the command line.
"""

from __future__ import annotations

import math
import re
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy as sp
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulate import Setup, SetupError, all_experiments, run, run_blocks
from simulate.setup import ACTIVATIONS, FANS, WEIGHTS
from theory import ClaimError, claim, claims, index
from theory.display import example
from theory.schema import Claim, Law, Reals
from verify import cli, plan, report, strategies
from verify.engine import verify
from verify.plan import PlanError
from verify.results import ResultsError, load
from verify.store import StoreError

INPUTS = {
    "evaluate": 3400, "accuracy": 700, "lambdify": 400, "find": 600, "setup": 2500, "run": 900,
    "networks": 700, "verify": 500, "select": 500, "load": 200, "strategies": 300, "commands": 2000,
}  # fmt: skip
COUNTED: Counter[str] = Counter()
FAST = "vev.prop3.2.index"
SECONDS = 20.0  # of processor time, for one input


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


INTEGERS: tuple[Any, ...] = (
    0, -1, 1, 2, 7, 255, 10**5, 10**9, 10**30, -(10**30), 10**400, 10**5000, 2**63, 2**64,
)  # fmt: skip
NUMBERS: tuple[Any, ...] = (
    0.0, -0.0, 0.5, 1.0, -1.0, 3.0, 1e-300, 5e-324, 1e300, -1e300, 1e16, math.nan, math.inf,
    -math.inf, 1 - 2**-53, Fraction(1, 3), Fraction(1, 10**30), Fraction(10**400), Decimal("0.1"),
    Decimal("1e-400"), Decimal("nan"), Decimal("1e999999"), np.float32(0.1), np.float64(2),
    np.float64("nan"), np.int64(3), np.int8(-1), sp.Rational(1, 3), sp.Integer(10) ** 30, sp.pi,
    sp.sqrt(2), sp.Float("0.3", 40), sp.nan, sp.oo, sp.zoo, sp.I, mpmath.mpf("0.1"), mpmath.inf,
    mpmath.nan, mpmath.mpf("1e-100000"), mpmath.mpc(1, 1),
)  # fmt: skip
OTHERS: tuple[Any, ...] = (
    None, True, False, 1j, "", "3", "é", "\u202e", "\ud800", "x" * 10_000, "\0", b"3", (), [], {},
    [1], (2, 2), (2,) * 1000, [2] * 10**5, (10**30,) * 3, (0, 3), (2, None), {"a": 1}, {1},
    range(3), object(), object, print, sp.Symbol("x"), np.array([1.0, 2.0]), np.array(3),
    np.bool_(True), np.array(["a"]),
    torch.tensor(3.0), torch.tensor([1, 2]), Unprintable(), slice(1),
)  # fmt: skip
wild = st.one_of(
    st.sampled_from(INTEGERS),
    st.sampled_from(NUMBERS),
    st.sampled_from(OTHERS),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.lists(st.integers(-3, 40) | st.floats(), max_size=5),
)
members = wild.filter(lambda value: not (isinstance(value, list) and len(value) > 1000))
"""Without 10^5 numbers: a law that is evaluated for each of them is slow, and does not hang."""
words = st.one_of(
    st.text(max_size=20),
    st.text("*?[]!.-vnegsd_ 0123456789", max_size=15),
    st.sampled_from(
        ("vev.prop4.3", "vev.*", "[", "[!]", "*" * 300, "été", "\ud800", "../..", "a\nb")
    ),
)  # fmt: skip


@contextmanager
def no_hang(what: object) -> Iterator[None]:
    """Fail, instead of waiting, when one input takes too much processor time."""

    def stop(*_: object) -> None:
        pytest.fail(f"hangs: {what}")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def answer(what: str, errors: Any, function: Callable[[], Any], *, names: str = "") -> Any:
    """What a function returns; the error if it is a documented one, whose message is one line."""
    COUNTED[what] += 1
    with no_hang((what, names)):
        try:
            return function()
        except errors as error:
            text = str(error)
            assert text
            assert "\n" not in text, text
            assert len(text) < 3000, text
            assert names in text, (names, text)
            return error


def fuzz(what: str) -> Callable[[Any], Any]:
    return settings(
        max_examples=INPUTS[what],
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


# --- theory ----------------------------------------------------------------------------------


def laws() -> list[tuple[Claim, Law, dict[str, Any]]]:
    """Every law with arguments at which it is known to have a value."""
    found = []
    for c in claims:
        for law in c.laws:
            names = {p.name for p in law.parameters}
            known = [dict(p.at) for p in c.probes if law.name in p.laws] + [example(c) or {}]
            found += [(c, law, at) for at in known if set(at) == names][:1]
    return found


LAWS = laws()
each_law = st.integers(0, len(LAWS) - 1).map(LAWS.__getitem__)


@fuzz("evaluate")
@given(each_law, st.data())
def test_evaluate(chosen: tuple[Claim, Law, dict[str, Any]], data: st.DataObject) -> None:
    found, law, at = chosen
    name = data.draw(st.sampled_from([*sorted(at), "no_such"]) if at else st.just("no_such"))
    value = data.draw(wild)
    digits = data.draw(st.sampled_from((None, None, None, 5, 40, 0, -1, 10**9, 10**30, "3", 2.5)))
    values = {**at, name: value}
    given_digits = None if isinstance(digits, str | float) else digits
    result = answer(
        "evaluate", ClaimError, lambda: found.evaluate(law.name, digits=digits, **values)
    )
    if isinstance(result, ClaimError):
        assert found.id in str(result)
        return
    assert name != "no_such"
    assert digits is given_digits
    for number in result if isinstance(result, tuple) else (result,):
        if callable(number):
            continue
        assert isinstance(number, bool | float | mpmath.mpf)
        assert not mpmath.isnan(number)


@fuzz("accuracy")
@given(each_law, st.data())
def test_accuracy(chosen: tuple[Claim, Law, dict[str, Any]], data: st.DataObject) -> None:
    """A float is right to nine digits or all that are known, whatever the size of an argument."""
    found, law, at = chosen
    real = [p.name for p in law.parameters if isinstance(p.domain, Reals)]
    if not real:
        return
    size = data.draw(st.floats(-12, 12).map(lambda x: 10.0**x))
    value = data.draw(st.sampled_from((size, -size, 1 + size, 1 - size, 1 / (1 + size))))
    values = {**at, data.draw(st.sampled_from(real)): value}
    short = answer("accuracy", ClaimError, lambda: found.evaluate(law.name, **values))
    if isinstance(short, ClaimError) or callable(short):
        return
    known = 60 if law.digits is None else min(60, law.digits(**values))
    long = found.evaluate(law.name, digits=known, **values)
    for a, b in zip(np.atleast_1d(short), np.atleast_1d(long), strict=True):
        off = 10.0 ** -min(9, known) * abs(b)
        assert a == b or abs(a - b) <= off, (found.id, law.name, values, a, b)


@fuzz("lambdify")
@given(each_law, st.data())
def test_lambdify(chosen: tuple[Claim, Law, dict[str, Any]], data: st.DataObject) -> None:
    found, law, at = chosen
    arguments = list(at.values())
    if arguments:
        arguments[data.draw(st.integers(0, len(arguments) - 1))] = data.draw(members)
    if data.draw(st.integers(0, 9)) == 0:
        arguments.append(1)
    if any(callable(law(**at)) for _ in (0,)):
        return  # a law of a distribution is no function of numbers alone
    result = answer("lambdify", ClaimError, lambda: found.lambdify(law.name)(*arguments))
    if not isinstance(result, ClaimError):
        numbers = np.asarray(result).tolist()  # of bounds, an array of pairs
        assert not np.isnan(np.asarray(numbers, dtype=float)).any()


@fuzz("find")
@given(wild | words)
def test_find(text: Any) -> None:
    known = isinstance(text, str) and text in claims
    found = answer("find", ClaimError, lambda: claim(text))
    assert isinstance(found, Claim) == known
    found = answer("find", ClaimError, lambda: claims.search(text))
    assert isinstance(found, list) == isinstance(text, str)
    assert (text in claims) == known


# --- simulate --------------------------------------------------------------------------------

PLAIN = {"widths": (3, 3), "weights": "gaussian", "gain": 2.0, "activation": "relu"}
FIELDS = (
    *PLAIN, "fan", "slope", "weight_kurtosis", "activate_input", "inputs", "n_inputs", "block",
    "skip", "branch", "masks", "norm", "extra", "rank", "first_weights", "first_gain", "tuning",
    "spike",
)  # fmt: skip


@fuzz("setup")
@given(st.dictionaries(st.sampled_from(FIELDS), wild, min_size=1, max_size=2))
def test_setup(fields: dict[str, Any]) -> None:
    made = answer("setup", SetupError, lambda: Setup(**{**PLAIN, **fields}))
    if isinstance(made, SetupError):
        assert any(name in str(made) for name in fields), str(made)
    else:
        assert made.n_weights >= 1


@fuzz("run")
@given(
    st.sampled_from(("name", "setup", "replicates", "seed", "check", "device", "dtype")),
    wild,
    st.sampled_from((3, 10**5)),
)
def test_run(argument: str, value: Any, width: int) -> None:
    setup = Setup(**{**PLAIN, "widths": (width, width)})
    values = {"name": "unit_moments", "setup": setup, "replicates": 2, "seed": 1, argument: value}
    if argument == "replicates" and isinstance(value, int) and 10**4 < value < 10**9:
        return  # allowed, and long
    found = answer("run", SetupError, lambda: run(**values))
    if width == 10**5:
        assert isinstance(found, SetupError)
    if not isinstance(found, SetupError):
        assert len(found) == values["replicates"]
        assert all(np.isfinite(column).all() for column in found.columns.values())


@fuzz("run")
@given(st.sampled_from(("first", "count", "seed", "check", "dtype", "device")), wild)
def test_run_blocks(argument: str, value: Any) -> None:
    values = {"seed": 1, "check": "x", "first": 0, "count": 1, argument: value}
    if argument == "count" and isinstance(value, int) and 10 < value < 10**9:
        return
    setup = Setup(**PLAIN)
    answer("run", SetupError, lambda: run_blocks("unit_moments", setup, **values), names=argument)


@st.composite
def setups(draw: st.DrawFn) -> Setup:
    """Set-ups that are allowed one by one, and make sense together or not."""
    width = st.sampled_from((1, 2, 3, 8))
    scale = st.sampled_from((1.0, 0.5, 2.0, 1e-30, 1e30, -1.0, 0.0))
    widths = draw(st.lists(width, min_size=2, max_size=5))
    if draw(st.booleans()):
        widths = [widths[0]] * len(widths)
    law, first = draw(st.sampled_from(WEIGHTS)), draw(st.sampled_from(("", "", "", *WEIGHTS)))
    if "mirrored" in (law, first):
        widths = [2 * n for n in widths]
    extra = {
        "correlation": 0.5, "lag": 1, "index": 1, "draws": 4, "particles": 8, "threshold": 0.5,
        "readouts": 2, "scales": [1.0] * (len(widths) - 1), "skip_matrix": "haar",
        "residual": "skew", "readout": "pre", "directions": 2, "scale": 2.0, "drift": 0.1,
    }  # fmt: skip
    value = st.sampled_from([*extra.values(), None, math.nan, -1, 10**30, "x", [None], True])
    keys = draw(st.lists(st.sampled_from(sorted(extra)), max_size=4, unique=True))
    return Setup(
        widths=tuple(widths),
        weights=law,
        gain=draw(st.sampled_from((1.0, 2.0, 1e-30, 1e30))),
        activation=draw(st.sampled_from(ACTIVATIONS)),
        fan=draw(st.sampled_from(FANS)),
        rank=draw(st.sampled_from((1, 2, 9))),
        spike=draw(scale),
        first_weights=first,
        first_gain=draw(st.sampled_from((0.0, 0.0, 1.0, 1e30))),
        tuning=draw(st.sampled_from((0, 0, 0, 0, 0, 1))),
        slope=draw(scale),
        weight_kurtosis=draw(st.sampled_from((1.0, 3.0, 1e6))),
        activate_input=draw(st.booleans()),
        inputs=draw(st.sampled_from(("gaussian", "sphere", "pair", "sign_product", "no"))),
        n_inputs=draw(st.sampled_from((1, 2, 3))),
        block=draw(st.sampled_from(("plain", "plain", "residual"))),
        skip=draw(scale),
        branch=draw(scale),
        masks=draw(st.sampled_from(("own", "own", "independent"))),
        norm=draw(st.sampled_from(("none", "none", "given", "centre_frozen", "batch_frozen", "z"))),
        extra={key: draw(value) if draw(st.integers(0, 4)) == 0 else extra[key] for key in keys},
    )


@fuzz("networks")
@given(st.sampled_from(sorted(all_experiments())), setups())
def test_networks(name: str, setup: Setup) -> None:
    """Every experiment either measures what the set-up says, or says what it does not build."""
    found = answer("networks", SetupError, lambda: run(name, setup, replicates=3, seed=1))
    if not isinstance(found, SetupError):
        assert {column.shape for column in found.columns.values()} == {(3,)}


# --- verify ----------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def small_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    for tier in plan.BUDGETS:
        monkeypatch.setitem(plan.BUDGETS, tier, 2e4)


@fuzz("verify")
@given(
    st.sampled_from(("patterns", "tier", "seed", "jobs", "device", "dtype", "folder", "resume")),
    wild,
)
def test_verify(tmp_path: Path, argument: str, value: Any) -> None:
    if argument == "jobs" and isinstance(value, int) and 2 <= value <= 256:
        return  # allowed: processes
    if argument == "patterns" and isinstance(value, list | tuple) and not value:
        return  # allowed: all claims
    if argument == "folder" and isinstance(value, str):
        value = tmp_path / value.replace("/", "_").replace("..", "_")
    if isinstance(value, Path):
        with_folder = value if value != tmp_path else tmp_path / "run"
        value = with_folder
    values = {"patterns": [FAST], "tier": "quick", argument: value}
    patterns = values.pop("patterns")
    answer("verify", (PlanError, StoreError), lambda: verify(patterns, **values))
    for made in tmp_path.iterdir():
        shutil.rmtree(made, ignore_errors=True)


@fuzz("select")
@given(st.lists(wild | words, min_size=1, max_size=3) | wild | words)
def test_select(patterns: Any) -> None:
    found = answer("select", PlanError, lambda: plan.select(patterns))
    assert isinstance(found, PlanError) or len(found) > 0


@fuzz("load")
@given(st.binary(max_size=200) | st.text(max_size=50).map(str.encode))
def test_load(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "results.json").write_bytes(content)
    found = answer("load", ResultsError, lambda: load(tmp_path / "results.json"))
    assert isinstance(found, ResultsError)


@fuzz("strategies")
@given(each_law, st.data())
def test_strategies(chosen: tuple[Claim, Law, dict[str, Any]], data: st.DataObject) -> None:
    """What the strategies call a member is accepted; what they call outside is refused by name."""
    found, law, _ = chosen
    inside = data.draw(strategies.arguments(law))
    for parameter in law.parameters:
        assert parameter.domain.contains(inside[parameter.name])
    outside = data.draw(strategies.outside(found, law.name))
    error = answer("strategies", ClaimError, lambda: found.exact(law.name, **outside.arguments))
    assert isinstance(error, ClaimError)
    assert outside.broken in str(error)


# --- commands --------------------------------------------------------------------------------

ENTRIES = index.index()
VALUES = st.one_of(
    st.sampled_from((
        "1", "0", "-1", "2.5", "1/3", "1/0", "nan", "inf", "-inf", "1e5", "1e400", "1e-400",
        "1e999999999", "10**30", "10*3", "10*10**9", "10*1000000", "10*²", "3*-1", "1,2,3", ",", "",
        "(2,)", "[]", "9" * 5000, "relu", "\ud800", "٣", "0x10", "1_000", "True", "None", "e", "1e",
    )),
    st.text(max_size=12),
    st.integers().map(str),
    st.floats().map(str),
)  # fmt: skip
IDS = st.one_of(st.sampled_from([c.id for c in claims]), words)


@st.composite
def evals(draw: st.DrawFn) -> list[str]:
    found, law, at = draw(each_law)
    pairs = {k: ",".join(map(str, v)) if isinstance(v, list | tuple) else str(v)
             for k, v in at.items()}  # fmt: skip
    for _ in range(draw(st.integers(0, 2))):
        pairs[draw(st.sampled_from([*pairs, "depth", "é", "", "--digits"]))] = draw(VALUES)
    line = ["eval", found.id, *(f"{k}={v}" for k, v in pairs.items()), "--law", law.name]
    if draw(st.booleans()):
        line += [
            "--digits",
            draw(st.sampled_from(("5", "30", "0", "-3", "1000000000", "x", "1e3"))),
        ]
    return line


@st.composite
def verifies(draw: st.DrawFn) -> list[str]:
    line = ["verify", draw(st.sampled_from((FAST, "nope", "", "[", "vev.propB.2*x", "\ud800")))]
    for option, values in (
        ("--tier", ("quick", "fast", "", "\0", "../x")),
        ("--seed", ("0", "7", "-1", "1.5", "nan", "9" * 30, "9" * 5000, "")),
        ("--jobs", ("1", "0", "-2", "257", "1e3", "9" * 30)),
        ("--device", ("cpu", "tpu", "cuda:99", "")),
        ("--dtype", ("float64", "float32", "float16", "complex")),
    ):
        if draw(st.booleans()):
            line += [option, draw(st.sampled_from(values))]
    if "--jobs" not in line:
        line += ["--jobs", "1"]  # processes take seconds to start
    return [*line, *draw(st.lists(st.sampled_from(("--resume", "--json")), unique=True))]


commands = st.one_of(
    evals(),
    evals(),
    verifies(),
    st.lists(IDS, max_size=3).map(lambda ids: ["list", *ids]),
    st.tuples(IDS, st.sampled_from(((), ("--bibtex",)))).map(lambda t: ["show", t[0], *t[1]]),
    words.map(lambda where: ["report", where]),
    st.lists(
        words.filter(lambda w: w != "verify") | st.sampled_from(("eval", "--help", "--", "-1")),
        max_size=4,
    ),
)


@fuzz("commands")
@given(commands)
def test_commands(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    line: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(index, "index", lambda: ENTRIES)
    monkeypatch.setattr(report, "render", lambda *_: None)
    if line[:1] == ["verify"]:
        line = [*line, "--out", str(tmp_path / "run")]
    if line == ["verify"] or (line[:1] == ["list"] and len(line) == 1):
        return
    COUNTED["commands"] += 1
    with no_hang(line):
        code = cli.run(line)
    out, err = capsys.readouterr()
    assert code in (cli.OK, cli.UNEXPECTED, cli.USAGE, cli.UNDECIDED), (line, err)
    assert "Traceback" not in err
    assert "internal error" not in err
    if code == cli.USAGE:
        assert err
        assert len(err) < 5000
        assert out == ""
    elif line[:1] == ["eval"] and code == cli.OK and "--help" not in line:
        assert re.search(r"\d|inf|True|False", out), (line, out)
        assert "nan" not in out
    shutil.rmtree(tmp_path / "run", ignore_errors=True)


def test_there_were_10_000_inputs() -> None:
    assert sum(INPUTS.values()) >= 10_000
    if set(COUNTED) == set(INPUTS):  # the whole file was run
        assert sum(COUNTED.values()) >= 10_000, COUNTED
